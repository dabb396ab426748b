//! Every fault that FAL or the network may have is answered in time, while others are served.

use crate::common::{KEY, TestServer};
use likeness_simulator::script::{Call, Ending, Fault, Form, Place, Rule};
use likeness_simulator::{Config, Script, Simulator};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// How long FAL may take to begin its answer, and what a busy machine adds. The time that each took is printed.
const DEADLINE: Duration = Duration::from_secs(45);

fn faults() -> Vec<(Fault, &'static str)> {
    let refused = |status, form| Fault::Refused { status, form, retry_after: None };
    let cut = |at, how| Fault::Cut { at, how };
    vec![
        (Fault::Slow { ms: 300 }, "404"),
        (refused(400, Form::Text), "400"),
        (refused(401, Form::Text), "401"),
        (refused(402, Form::Text), "402"),
        (refused(403, Form::Text), "403"),
        (refused(409, Form::Text), "409"),
        (refused(422, Form::List), "422"),
        (refused(422, Form::Text), "422"),
        (refused(429, Form::Text), "429"),
        (refused(500, Form::Infra), "500"),
        (refused(502, Form::Html), "502"),
        (refused(503, Form::Infra), "503"),
        (refused(504, Form::UserLimit), "504"),
        (Fault::Half, "404"),
        (Fault::WrongShape, "404"),
        (Fault::Empty, "404"),
        (Fault::Huge { bytes: 10_000_000 }, "502"),
        (Fault::DoubleKey, "404"),
        (Fault::ByteOrderMark, "404"),
        (Fault::WrongType { content_type: "text/html".to_owned() }, "404"),
        (Fault::Null, "404"),
        (Fault::Redirect { status: 307, location: "http://127.0.0.1:1/".to_owned() }, "502"),
        (Fault::Drip { ms: 5, from: Place::Start }, "404"),
        (cut(Place::Start, Ending::Reset), "502"),
        (cut(Place::Start, Ending::Close), "502"),
        (cut(Place::Head, Ending::Close), "502"),
        (cut(Place::Body, Ending::Reset), "502"),
        (cut(Place::Body, Ending::Close), "502"),
        (Fault::Hang { at: Place::Start }, "504"),
        (Fault::Hang { at: Place::Body }, "504"),
        (Fault::Garbage, "502"),
    ]
}

#[tokio::test]
async fn every_fault_is_answered_within_its_deadline_while_others_are_served() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let simulator = Simulator::new(Config::at(format!("{base}/media")));
    let serving = simulator.clone();
    let router = simulator.router();
    tokio::spawn(async move { serving.serve(listener, router, std::future::pending()).await });
    let id = |number: usize| format!("00000000-0000-4000-8000-{number:012}");
    let rules = faults()
        .into_iter()
        .enumerate()
        .map(|(number, (fault, _))| Rule { id: Some(id(number)), ..Rule::on(Call::Status, fault) });
    simulator.play(Script { seed: 0, rules: rules.collect() });

    let queue = format!("{base}/queue");
    let server = TestServer::start(&["--fal-queue", &queue], Some(KEY)).await;
    let ask = |number: usize| {
        let target =
            format!("https://queue.fal.run/fal-ai/flux-lora/requests/{}/status", id(number));
        server.relay("GET", &target).send()
    };
    let run = futures_util::future::join_all(faults().into_iter().enumerate().map(
        |(number, (fault, expected))| {
            let asked = ask(number);
            async move {
                let begun = Instant::now();
                let reply = asked.await.expect("every fault is answered");
                let got = reply.status().as_u16().to_string();
                reply.bytes().await.expect("every reply is whole");
                (fault, expected, got, begun.elapsed())
            }
        },
    ));
    let healthy = async {
        for _ in 0..100 {
            // Slower than the pace that one user is held to.
            tokio::time::sleep(Duration::from_millis(60)).await;
            let reply = ask(99_999).await.expect("healthy traffic goes on");
            assert_eq!(reply.status(), 404, "nobody has submitted this run, and FAL says so");
        }
    };
    let (answered, ()) = tokio::join!(run, healthy);
    let mut wrong = 0;
    for (fault, expected, got, took) in &answered {
        let is_right = got == expected && *took <= DEADLINE;
        let mark = if is_right { "" } else { "  <-- WRONG" };
        println!(
            "{:<75.75} expected {expected} got {got} in {took:.1?}{mark}",
            format!("{fault:?}")
        );
        wrong += u32::from(!is_right);
    }
    assert_eq!(wrong, 0, "the rows marked WRONG stand above");
    assert!(simulator.account().struck.iter().all(|struck| *struck >= 1), "each rule struck");
}
