//! Readers of other people's bytes, fed with seeds that were mutated at random: none may panic, and what one accepts it must be able to say
//! again. `FUZZ_RUNS` sets how many inputs each target gets; a failure names the input, which then joins the seeds.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "how much was tried is for people to read")]

use likeness_core::Route;
use likeness_core::cost::Price;
use likeness_core::json::parse_strict;
use likeness_fal::billing::Billed;
use likeness_fal::compose::compose;
use likeness_fal::error::{Call, FalError};
use likeness_fal::schema::{self, Extras};
use likeness_fal::target::{MediaUrl, Target};
use likeness_fal::wire::{Output, QueueStatus, SubmitReply};
use mutation::fuzz;

#[path = "support/mutation.rs"]
mod mutation;

const BODIES: [&[u8]; 3] = [
    br#"{"prompt":"a","loras":[{"path":"https://x.example/a.safetensors","scale":1.0}],"image_size":{"width":512,"height":512},"num_images":1,"seed":7}"#,
    br#"{"prompt":"a","finetune_id":"f","finetune_strength":1.0,"image_size":"square_hd","safety_tolerance":"2"}"#,
    br#"{"prompt":"a","finetune_id":"f","aspect_ratio":"16:9","raw":false,"output_format":"png"}"#,
];

#[test]
fn an_address_that_is_accepted_is_the_one_that_leaves() {
    let seeds: [&[u8]; 4] = [
        b"https://queue.fal.run/fal-ai/flux-lora",
        b"https://queue.fal.run/fal-ai/flux-pro/requests/764cabcf-b745-4b3e-ae38-1200304cf45b/status?logs=1",
        b"https://fal.run/fal-ai/flux-pro/v1.1-ultra-finetuned",
        b"https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
    ];
    fuzz(&seeds, |input| {
        let Ok(text) = std::str::from_utf8(input) else { return };
        if let Ok(target) = Target::parse(text) {
            assert_eq!(target.to_string(), text);
        }
        let _ = MediaUrl::parse(text);
    });
}

#[test]
fn a_body_that_is_accepted_is_accepted_again_as_it_is_written() {
    fuzz(&BODIES, |input| {
        let Ok(body) = parse_strict(input) else { return };
        for route in Route::ALL {
            let judged = schema::check(route, &body, Extras::Refuse).is_ok();
            let written = parse_strict(body.to_string().as_bytes()).unwrap();
            assert_eq!(schema::check(route, &written, Extras::Refuse).is_ok(), judged);
        }
    });
}

#[test]
fn replies_of_any_bytes_are_read_or_refused() {
    let seeds: [&[u8]; 3] = [
        br#"{"status":"IN_QUEUE","request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","queue_position":0,"status_url":"https://queue.fal.run/x"}"#,
        br#"{"status":"COMPLETED","request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","logs":[{"message":"m","timestamp":"t"}],"metrics":{"inference_time":1.5}}"#,
        br#"{"images":[{"url":"https://v3.fal.media/a.png","width":64,"height":64,"content_type":"image/png"}],"seed":18446744073709551615,"has_nsfw_concepts":[false]}"#,
    ];
    fuzz(&seeds, |input| {
        let _ = (SubmitReply::read(input), QueueStatus::read(input), Output::read(input));
    });
}

#[test]
fn every_body_that_may_leave_has_a_price_and_one_picture_more_never_costs_less() {
    fuzz(&BODIES, |input| {
        let Ok(body) = parse_strict(input) else { return };
        for route in Route::ALL {
            if schema::check(route, &body, Extras::Refuse).is_err() {
                continue;
            }
            let Billed { area, pictures } = Billed::read(route, &body);
            let price = Price::listed(route);
            let range = price.of(area, pictures).expect("what the schema takes has a price");
            assert!(range.low > 0 && range.low <= range.high && (1..=4).contains(&pictures));
            assert!(price.of(area, pictures + 1).unwrap().high > range.high);
        }
    });
}

#[test]
fn errors_of_any_bytes_are_told_and_requests_to_compose_are_judged() {
    let seeds: [&[u8]; 4] = [
        br#"{"detail":[{"loc":["body","prompt"],"msg":"m","type":"content_policy_violation"}]}"#,
        br#"{"detail":"User is locked. Reason: Exhausted balance.","error_type":"x"}"#,
        br#"{"error":{"code":"day_spent","message":"m","retryable":true,"retry_after_ms":1,"request_id":"a"}}"#,
        br#"{"avatar":{"trigger_phrase":"a photo of TOK person","lora_url":"https://x.example/a.safetensors"},"prompt":"a man","preset":"quality","overrides":{"seed":7}}"#,
    ];
    fuzz(&seeds, |input| {
        for call in [Call::Submit, Call::Status, Call::Result, Call::Cancel] {
            for status in [200, 400, 403, 404, 422, 429, 500, 503] {
                let error = FalError::read(call, status, &|_| None, input);
                let _ = (error.costs(), error.is_retryable(), error.field(), error.next_step());
            }
        }
        if let Ok(request) = parse_strict(input) {
            let _ = compose(&request);
        }
    });
}
