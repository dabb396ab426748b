//! Every fault as the wire shows it.

use super::*;

#[tokio::test]
async fn every_wrong_answer_shows_on_the_wire() {
    let bench = Bench::start().await;
    let kind = |kind: &str| Fault::WrongType { content_type: kind.to_owned() };
    let rows: Vec<(&str, Call, Fault, Shows)> = vec![
        ("other success", Call::Status, Fault::OtherSuccess, |h, b| {
            h.contains(" 202 ") && is_json(b)
        }),
        ("400", Call::Submit, refused(400, Form::Text, None), |h, _| h.contains(" 400 ")),
        ("401", Call::Submit, refused(401, Form::Text, None), |h, _| h.contains(" 401 ")),
        ("402", Call::Submit, refused(402, Form::Text, None), |h, _| h.contains(" 402 ")),
        ("403", Call::Result, refused(403, Form::Text, None), |h, _| h.contains(" 403 ")),
        ("404 after completion", Call::Result, refused(404, Form::Text, None), |h, _| {
            h.contains(" 404 ")
        }),
        ("409", Call::Submit, refused(409, Form::Text, None), |h, _| h.contains(" 409 ")),
        ("422 list", Call::Result, refused(422, Form::List, None), |h, b| {
            h.contains(" 422 ") && b.starts_with(br#"{"detail":[{"#)
        }),
        ("422 text", Call::Result, refused(422, Form::Text, None), |h, b| {
            h.contains(" 422 ") && b.starts_with(br#"{"detail":"A"#)
        }),
        ("429", Call::Status, refused(429, Form::Text, None), |h, _| {
            h.contains(" 429 ") && !h.contains("retry-after")
        }),
        ("429 seconds", Call::Status, refused(429, Form::Text, Some("7")), |h, _| {
            h.contains("retry-after: 7\r\n")
        }),
        (
            "429 date",
            Call::Status,
            refused(429, Form::Text, Some("Wed, 21 Oct 2026 07:28:00 GMT")),
            |h, _| h.contains("retry-after: wed, 21"),
        ),
        ("429 absurd", Call::Status, refused(429, Form::Text, Some("-1e99")), |h, _| {
            h.contains("retry-after: -1e99")
        }),
        ("500", Call::Submit, refused(500, Form::Infra, None), |h, b| {
            h.contains(" 500 ") && is_json(b)
        }),
        ("502 page", Call::Status, refused(502, Form::Html, None), |h, b| {
            h.contains(" 502 ") && h.contains("text/html") && b.starts_with(b"<!doctype")
        }),
        ("503", Call::Submit, refused(503, Form::Infra, None), |h, _| {
            h.contains(" 503 ") && h.contains("x-fal-error-type")
        }),
        ("504 user", Call::Submit, refused(504, Form::UserLimit, None), |h, _| {
            h.contains("x-fal-request-timeout-type: user")
        }),
        ("504 infra", Call::Submit, refused(504, Form::Infra, None), |h, _| {
            h.contains(" 504 ") && !h.contains("timeout-type")
        }),
        ("half of the JSON", Call::Result, Fault::Half, |h, b| {
            h.contains(" 200 ") && !b.is_empty() && !is_json(b)
        }),
        ("wrong shape", Call::Status, Fault::WrongShape, |h, b| {
            h.contains(" 200 ") && b.starts_with(b"[{")
        }),
        ("empty", Call::Submit, Fault::Empty, |h, b| h.contains(" 200 ") && b.is_empty()),
        ("10 MB", Call::Result, Fault::Huge { bytes: 10_000_000 }, |_, b| {
            b.len() > 10_000_000 && is_json(b)
        }),
        ("a key twice", Call::Result, Fault::DoubleKey, |_, b| {
            String::from_utf8_lossy(b).matches("\"has_nsfw_concepts\":").count() == 2
        }),
        ("byte order mark", Call::Status, Fault::ByteOrderMark, |_, b| {
            b.starts_with(b"\xef\xbb\xbf{")
        }),
        ("wrong type", Call::Status, kind("text/html"), |h, b| {
            h.contains("content-type: text/html") && is_json(b)
        }),
        ("result null", Call::Result, Fault::Null, |h, b| h.contains(" 200 ") && b == b"null"),
        ("unknown status", Call::Status, Fault::UnknownStatus, |_, b| {
            String::from_utf8_lossy(b).contains("\"PONDERING\"")
        }),
        ("backwards", Call::Status, Fault::Backwards, |h, b| {
            h.contains(" 202 ") && String::from_utf8_lossy(b).contains("\"IN_PROGRESS\"")
        }),
        (
            "redirect",
            Call::Media,
            Fault::Redirect { status: 307, location: "http://evil.example/".to_owned() },
            |h, _| h.contains(" 307 ") && h.contains("location: http://evil.example/"),
        ),
        ("picture 404", Call::Media, refused(404, Form::Text, None), |h, _| h.contains(" 404 ")),
        ("picture 403", Call::Media, refused(403, Form::Text, None), |h, _| h.contains(" 403 ")),
        ("picture as a page", Call::Media, kind("text/html"), |h, b| {
            h.contains("text/html") && b.starts_with(b"\xff\xd8")
        }),
        ("half a picture", Call::Media, Fault::Half, |h, b| {
            h.contains("image/jpeg") && b.starts_with(b"\xff\xd8") && !b.ends_with(b"\xff\xd9")
        }),
        ("picture of 0 bytes", Call::Media, Fault::Empty, |h, b| {
            h.contains("image/jpeg") && b.is_empty()
        }),
        ("upload refused", Call::Upload, refused(500, Form::Text, None), |h, _| {
            h.contains(" 500 ")
        }),
        ("events: cut character", Call::Stream, Fault::Events { flaw: Flaw::SplitUtf8 }, |h, b| {
            h.contains("text/event-stream")
                && b.windows(4).any(|w| w == b"\xc3\r\n2" || w[..3] == *b"\xc3\r\n")
        }),
        (
            "events: no blank line",
            Call::Stream,
            Fault::Events { flaw: Flaw::NoBlankLine },
            |_, b| !String::from_utf8_lossy(b).contains("COMPLETED\"}\n\n"),
        ),
        ("events: huge", Call::Stream, Fault::Events { flaw: Flaw::Huge }, |_, b| {
            b.len() > 1 << 20
        }),
        (
            "events: heartbeats",
            Call::Stream,
            Fault::Events { flaw: Flaw::HeartbeatsOnly },
            |_, b| {
                b.windows(11).any(|w| w == b": heartbeat") && !b.windows(5).any(|w| w == b"data:")
            },
        ),
        ("events: silent end", Call::Stream, Fault::Events { flaw: Flaw::SilentEnd }, |_, b| {
            !String::from_utf8_lossy(b).contains("COMPLETED")
        }),
    ];
    for (name, call, fault, shows) in rows {
        bench.play(Rule::on(call, fault.clone()));
        let (bytes, end) = bench.ask(call).await;
        let (head, body) = split(&bytes);
        let sample = String::from_utf8_lossy(&body[..body.len().min(300)]);
        assert!(shows(&head, body), "{name}: {head}{sample} {end:?}");
        // A script is data: what is sent over HTTP is what Rust sees.
        let text = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&text).unwrap(), fault, "{text}");
    }
}

#[tokio::test]
async fn every_break_of_the_wire_shows_on_the_wire() {
    let bench = Bench::start().await;
    let cut = |at, how| Fault::Cut { at, how };
    // Name, call, fault, end, whether a byte of the head came, whether a byte of the body came.
    let rows = [
        (
            "reply lost, FIN",
            Call::Submit,
            cut(Place::Start, Ending::Close),
            End::Closed,
            false,
            false,
        ),
        (
            "reply lost, RST",
            Call::Submit,
            cut(Place::Start, Ending::Reset),
            End::Reset,
            false,
            false,
        ),
        ("head only half", Call::Status, cut(Place::Head, Ending::Close), End::Closed, true, false),
        ("RST in the body", Call::Result, cut(Place::Body, Ending::Reset), End::Reset, true, true),
        ("FIN in the body", Call::Result, cut(Place::Body, Ending::Close), End::Closed, true, true),
        ("hang", Call::Status, Fault::Hang { at: Place::Start }, End::Silent, false, false),
        ("hang in the body", Call::Media, Fault::Hang { at: Place::Body }, End::Silent, true, true),
        (
            "accept, then RST",
            Call::Connect,
            cut(Place::Start, Ending::Reset),
            End::Reset,
            false,
            false,
        ),
        (
            "accept, then hang",
            Call::Connect,
            Fault::Hang { at: Place::Start },
            End::Silent,
            false,
            false,
        ),
    ];
    for (name, call, fault, end, head, body) in rows {
        bench.play(Rule::on(call, fault).times(1));
        let (bytes, ended) = bench.ask(call).await;
        let (seen, rest) = split(&bytes);
        // The kernel may drop what it has not delivered when a reset follows at once.
        let is_reset = ended == End::Reset && end == End::Reset;
        assert_eq!(ended, end, "{name}: {seen}");
        assert!(is_reset || (seen.is_empty() != head && rest.is_empty() != body), "{name}: {seen}");
        assert!(rest.len() <= 10, "{name}");
        assert_eq!(bench.simulator.account().struck, [1], "{name}");
        let (after, _) = bench.ask(Call::Status).await;
        assert!(split(&after).0.contains(" 200 "), "{name}: it struck once");
    }
    for call in [Call::Connect, Call::Status] {
        bench.play(Rule::on(call, Fault::Garbage).times(1));
        let (bytes, _) = bench.ask(call).await;
        assert!(bytes.is_empty() || bytes.starts_with(b"\x15\x03\x03"), "{bytes:?}");
    }
}
