use super::*;
use proptest::prelude::*;

const ID: &str = "764cabcf-b745-4b3e-ae38-1200304cf45b";

fn error(url: &str) -> TargetError {
    Target::parse(url).expect_err(url)
}

#[test]
fn every_address_that_fal_hands_out_is_understood() {
    let cases = [
        ("https://queue.fal.run/fal-ai/flux-lora", Method::Post),
        ("https://queue.fal.run/fal-ai/flux-pro/finetuned", Method::Post),
        (
            "https://queue.fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned?fal_max_queue_length=5",
            Method::Post,
        ),
        ("https://queue.fal.run/fal-ai/flux-pro/requests/ID/status", Method::Get),
        ("https://queue.fal.run/fal-ai/flux-pro/requests/ID/status?logs=1", Method::Get),
        ("https://queue.fal.run/fal-ai/flux-pro/finetuned/requests/ID/status?logs=0", Method::Get),
        ("https://queue.fal.run/fal-ai/flux-lora/requests/ID/status/stream?logs=1", Method::Get),
        ("https://queue.fal.run/fal-ai/flux-lora/requests/ID", Method::Get),
        (
            "https://queue.fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned/requests/ID/response",
            Method::Get,
        ),
        ("https://queue.fal.run/fal-ai/flux-pro/requests/ID/cancel", Method::Put),
        ("https://fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned", Method::Post),
        ("https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3", Method::Post),
        ("https://rest.fal.ai/storage/upload/initiate?storage_type=gcs", Method::Post),
        (
            "https://rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3",
            Method::Post,
        ),
        ("https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3", Method::Post),
    ];
    for (url, method) in cases {
        let url = url.replace("ID", ID);
        let target =
            Target::parse_for(method, &url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(target.to_string(), url);
    }
}

#[test]
fn another_method_is_told_which_one_is_right() {
    let submit = "https://queue.fal.run/fal-ai/flux-lora";
    let wrong = Target::parse_for(Method::Put, submit).unwrap_err();
    assert_eq!(wrong, TargetError::WrongMethod { allowed: Method::Post });
    assert_eq!(wrong.status(), 405);
    let cancel = format!("{submit}/requests/{ID}/cancel");
    assert_eq!(
        Target::parse_for(Method::Post, &cancel),
        Err(TargetError::WrongMethod { allowed: Method::Put })
    );
}

#[test]
fn what_is_not_in_the_catalogue_is_an_unknown_endpoint() {
    for url in [
        "https://queue.fal.run/fal-ai/flux-lora-evil",
        "https://queue.fal.run/fal-ai/flux-lora/image-to-image",
        "https://queue.fal.run/fal-ai/flux-pro",
        "https://queue.fal.run/FAL-AI/flux-lora",
        "https://queue.fal.run/fal-ai/fast-sdxl/requests/764cabcf/status",
        "https://fal.run/fal-ai/flux-lora/stream",
        "https://rest.fal.ai/tokens",
        "https://rest.fal.ai/storage/upload/complete?storage_type=fal-cdn-v3",
        "https://rest.fal.ai/storage/auth",
    ] {
        assert_eq!(error(url), TargetError::UnknownEndpoint, "{url}");
    }
}

#[test]
fn foreign_hosts_are_named_as_such() {
    for host in [
        "evil-fal.run",
        "fal.run.evil.com",
        "queue.fal.run.evil.com",
        "queue.fal.run%2eevil.com",
        "api.fal.run",
        "QUEUE.fal.run",
        "queue.fal.run.",
        "queue.fal.run:443",
        "queue.fal.run:8443",
        "queue.fal.run:",
        "a:b@queue.fal.run",
        "queue.fal.run@evil.com",
        "127.0.0.1",
        "0x7f.1",
        "[::1]",
        "169.254.169.254",
        "fаl.run",
        "queue。fal。run",
        "",
        "queue.fal.run\\@evil.com",
        "rest.alpha.fal.ai",
    ] {
        assert_eq!(
            error(&format!("https://{host}/fal-ai/flux-lora")),
            TargetError::ForeignHost,
            "{host}"
        );
    }
}

#[test]
fn only_the_canonical_spelling_is_taken() {
    for url in [
        "",
        " ",
        "not a url",
        "https://",
        "https://queue.fal.run",
        "https:queue.fal.run/fal-ai/flux-lora",
        "http://queue.fal.run/fal-ai/flux-lora",
        "ws://queue.fal.run/fal-ai/flux-lora",
        "//queue.fal.run/fal-ai/flux-lora",
        "HTTPS://queue.fal.run/fal-ai/flux-lora",
        " https://queue.fal.run/fal-ai/flux-lora",
        "https://queue.fal.run/fal-ai/flux-lora/",
        "https://queue.fal.run//fal-ai/flux-lora",
        "https://queue.fal.run/fal-ai/../fal-ai/flux-lora",
        "https://queue.fal.run/./fal-ai/flux-lora",
        "https://queue.fal.run/fal-ai/flux%2dlora",
        "https://queue.fal.run/fal-ai%2fflux-lora",
        "https://queue.fal.run/fal-ai/%2e%2e/flux-lora",
        "https://queue.fal.run/fal-ai\\flux-lora",
        "https://queue.fal.run/fal-ai/flux-lora#",
        "https://queue.fal.run/fal-ai/flux-lora;a=b",
        "https://queue.fal.run/fal-ai/flux-lora\r\n",
        "https://queue.fal.run/fal-ai/flux-lora?fal_max_queue_length=",
        "https://queue.fal.run/fal-ai/flux-lora?fal_max_queue_length=%2B5",
        "https://queue.fal.run/fal-ai/flux-lora?fal_max_queue_length=4294967296",
        "https://queue.fal.run/fal-ai/flux-lora?%",
        "https://queue.fal.run/fal-ai/flux-lora?other=1",
        "https://queue.fal.run/fal-ai/flux-lora?logs=1#",
        "https://queue.fal.run/fal-ai/flux-lora?fal_max_queue_length=5&fal_max_queue_length=6",
        "https://fal.run/fal-ai/flux-lora?logs=1",
        "https://rest.fal.ai/storage/upload/initiate",
        "https://rest.fal.ai/storage/upload/initiate?storage_type=s3",
        "https://rest.fal.ai/storage/auth/token?storage_type=gcs",
        "https://queue.fal.run/fal-ai/flux-lora,https://queue.fal.run/fal-ai/flux-lora",
    ] {
        assert_eq!(error(url), TargetError::Malformed, "{url}");
    }
    for tail in [
        "",
        "/",
        "/short",
        "/764cabcf%20",
        "/764cabcf/",
        "/764cabcf/logs",
        "/764cabcf/status/",
        "/764cabcf/status?logs=2",
        "/764cabcf/status?logs=",
        "/764cabcf/status?logs=%zz",
        "/764cabcf/status?LOGS=1",
        "/764cabcf/status?logs=1&logs=1",
        "/764cabcf/cancel?x=1",
        "/764cabcf?logs=1",
        "/764cabcf/status/stream/x",
        "/a_b_c_d_e",
    ] {
        let url = format!("https://queue.fal.run/fal-ai/flux-lora/requests{tail}");
        assert_eq!(error(&url), TargetError::Malformed, "{url}");
    }
    assert_eq!(
        error(&format!("https://queue.fal.run/{}", "a/".repeat(1500))),
        TargetError::Malformed
    );
}

#[test]
fn a_query_is_taken_by_what_it_means() {
    let status = format!("https://queue.fal.run/fal-ai/flux-lora/requests/{ID}/status");
    let submit = "https://queue.fal.run/fal-ai/flux-lora".to_owned();
    let token = "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3".to_owned();
    for (url, query, meant) in [
        (&status, "?", status.clone()),
        (&status, "?&&", status.clone()),
        (&status, "?logs=true", format!("{status}?logs=1")),
        (&status, "?logs=True&", format!("{status}?logs=1")),
        (&status, "?l%6Fgs=%31", format!("{status}?logs=1")),
        (&status, "?logs=false", format!("{status}?logs=0")),
        (&status, "/stream?logs=FALSE", format!("{status}/stream?logs=0")),
        (&submit, "?", submit.clone()),
        (&submit, "?fal_max_queue_length=05", format!("{submit}?fal_max_queue_length=5")),
        (
            &submit,
            "?fal_max_queue_length=1000000",
            format!("{submit}?fal_max_queue_length=1000000"),
        ),
        (&token, "&", token.clone()),
    ] {
        let url = format!("{url}{query}");
        let target = Target::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(target.to_string(), meant, "{url}");
    }
}

#[test]
fn an_address_to_report_to_is_refused_by_its_name_and_fal_takes_it() {
    let submit = "https://queue.fal.run/fal-ai/flux-lora";
    for query in
        ["fal_webhook=https://evil.com", "fal_max_queue_length=5&fal_webhook=", "fal%5Fwebhook=x"]
    {
        let url = format!("{submit}?{query}");
        assert_eq!(error(&url), TargetError::Webhook, "{url}");
        assert_eq!(TargetError::Webhook.status(), 400);
        let max_queue = query.starts_with("fal_max").then_some(5);
        let target = Target::Submit { route: Route::FLUX_LORA, max_queue };
        assert_eq!(Target::parse_as_fal(&url), Ok(target), "{url}");
    }
}

#[test]
fn fal_minds_no_key_that_it_does_not_know() {
    let status = format!("https://queue.fal.run/fal-ai/flux-lora/requests/{ID}/status");
    for (query, logs) in [
        ("?x=1&logs=1", Some(true)),
        ("?logs=perhaps", None),
        ("?logs=0&logs=1", Some(true)),
        ("?%=1", None),
    ] {
        let Ok(Target::Status { logs: read, .. }) =
            Target::parse_as_fal(&format!("{status}{query}"))
        else {
            panic!("{query}")
        };
        assert_eq!(read, logs, "{query}");
    }
}

#[test]
fn pictures_come_from_media_hosts_by_canonical_addresses() {
    for url in [
        "https://v3b.fal.media/files/b/0a8c/Xy_z-1.png",
        "https://fal.media/files/cat.jpeg?Expires=1&Signature=a%2Bb",
    ] {
        let media = MediaUrl::parse(url).unwrap();
        assert_eq!(media.to_string(), url);
        assert_eq!(format!("https://{}{}", media.host(), media.path_and_query()), url);
    }
    for url in [
        "http://v3.fal.media/a.png",
        "https://v3.fal.media",
        "https://v3.fal.media/",
        "https://v3.fal.media/../a",
        "https://v3.fal.media//a",
        "https://v3.fal.media/a#b",
        "https://v3.fal.media/a?",
        "https://v3.fal.media/%2e%2e/a",
        "https://evilfal.media/a.png",
        "https://v3.fal.media:443/a.png",
        "https://user@v3.fal.media/a.png",
        "https://storage.googleapis.com/falserverless/a.png",
        "https://queue.fal.run/fal-ai/flux-lora",
        "data:image/png;base64,AAAA",
        "",
    ] {
        assert_eq!(MediaUrl::parse(url), None, "{url}");
    }
}

#[test]
fn methods_are_read_and_written_as_http_has_them() {
    for (method, name) in [(Method::Get, "GET"), (Method::Post, "POST"), (Method::Put, "PUT")] {
        assert_eq!((method.name(), Method::parse(name)), (name, Some(method)));
    }
    assert_eq!((Method::parse("get"), Method::parse("DELETE")), (None, None));
}

#[test]
fn a_place_is_written_as_in_an_address_and_knows_its_app() {
    for (place, name) in [
        (Place::App("fal-ai/flux-pro"), "fal-ai/flux-pro"),
        (Place::Endpoint(Route::FLUX_PRO_FINETUNED), "fal-ai/flux-pro/finetuned"),
    ] {
        assert_eq!((place.to_string().as_str(), place.app()), (name, "fal-ai/flux-pro"));
    }
}

#[test]
fn only_what_starts_a_run_has_a_body_to_pay_for() {
    let route = |url: &str| Target::parse(url).unwrap().paid_route();
    for host in ["queue.fal.run", "fal.run"] {
        let start = format!("https://{host}/fal-ai/flux-lora");
        assert_eq!(route(&start), Some(Route::FLUX_LORA), "{host}");
    }
    let status = format!("https://queue.fal.run/fal-ai/flux-lora/requests/{ID}/status");
    assert_eq!(route(&status), None);
    assert_eq!(route("https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3"), None);
}

#[test]
fn the_id_of_a_run_is_written_as_it_was_read() {
    let id = RequestId::parse(ID).unwrap();
    assert_eq!((id.to_string().as_str(), id.as_str()), (ID, ID));
    assert_eq!(String::from(id), ID);
}

/// Texts near the border between right and wrong: real parts in random order.
fn near_miss() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "https://",
        "http://",
        "queue.fal.run",
        "fal.run",
        "rest.fal.ai",
        "v3.fal.media",
        "/",
        "fal-ai",
        "flux-lora",
        "flux-pro",
        "finetuned",
        "/requests/",
        ID,
        "status",
        "stream",
        "response",
        "cancel",
        "?",
        "logs=1",
        "&",
        "..",
        ".",
        "%2e",
        "#",
        "@",
        ":443",
        "\\",
        "é",
        "/storage/upload/initiate",
        "?storage_type=fal-cdn-v3",
        "?fal_max_queue_length=",
        "7",
        "/fal-ai/flux-lora",
        "https://queue.fal.run",
    ]);
    prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic_and_what_passes_is_rendered_back(text in prop_oneof![any::<String>(), near_miss()]) {
        if let Ok(target) = Target::parse(&text) {
            let rendered = target.to_string();
            let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
            prop_assert_eq!(path(&rendered), path(&text));
            prop_assert_eq!(Target::parse_as_fal(&text), Ok(target.clone()));
            prop_assert_eq!(Target::parse(&rendered), Ok(target));
        }
        if let Some(media) = MediaUrl::parse(&text) {
            prop_assert_eq!(media.to_string(), text);
        }
    }

    #[test]
    fn ids_of_the_stated_form_pass_and_no_others(text in "[A-Za-z0-9_-]{6,66}") {
        let fits = (8..=64).contains(&text.len()) && !text.contains('_');
        prop_assert_eq!(RequestId::parse(&text).is_ok(), fits);
    }
}
