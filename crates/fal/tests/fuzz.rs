//! Readers of other people's bytes, fed with seeds that were mutated at random: none may panic, and what one accepts it must be able to say
//! again. `FUZZ_RUNS` sets how many inputs each target gets; a failure names the input, which then joins the seeds in `tests/corpus`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "how much was tried is for people to read")]

use likeness_core::Route;
use likeness_core::json::parse_strict;
use likeness_fal::billing::Billed;
use likeness_fal::compose::compose;
use likeness_fal::error::{Call, FalError};
use likeness_fal::schema::{self, Extras};
use likeness_fal::target::{MediaUrl, Target};
use likeness_fal::wire::{Output, QueueStatus, SubmitReply};
use mutation::{corpus, fuzz};

#[path = "support/mutation.rs"]
mod mutation;

/// The folder of a target's seeds.
macro_rules! seeds {
    ($name:literal) => {
        corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/", $name))
    };
}

#[test]
fn an_address_that_is_accepted_is_the_one_that_leaves() {
    fuzz(&seeds!("addresses"), |input| {
        let Ok(text) = std::str::from_utf8(input) else { return };
        if let Ok(target) = Target::parse(text) {
            assert_eq!(Target::parse(&target.to_string()), Ok(target));
        }
        let _ = MediaUrl::parse(text);
    });
}

#[test]
fn a_body_that_is_accepted_is_accepted_again_as_it_is_written() {
    fuzz(&seeds!("bodies"), |input| {
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
    fuzz(&seeds!("replies"), |input| {
        let _ = (SubmitReply::read(input), QueueStatus::read(input), Output::read(input));
    });
}

#[test]
fn every_body_that_may_leave_has_a_price_and_one_picture_more_never_costs_less() {
    fuzz(&seeds!("bodies"), |input| {
        let Ok(body) = parse_strict(input) else { return };
        for route in Route::ALL {
            if schema::check(route, &body, Extras::Refuse).is_err() {
                continue;
            }
            let Billed { area, pictures } = Billed::read(route, &body);
            let price = route.spec().price;
            let range = price.of(area, pictures).expect("what the schema takes has a price");
            assert!(range.low > 0 && range.low <= range.high && (1..=4).contains(&pictures));
            assert!(price.of(area, pictures + 1).unwrap().high > range.high);
        }
    });
}

#[test]
fn errors_of_any_bytes_are_told_and_requests_to_compose_are_judged() {
    fuzz(&seeds!("errors"), |input| {
        for call in [Call::Submit, Call::Status, Call::Result, Call::Cancel] {
            for status in [200, 400, 403, 404, 422, 429, 500, 503] {
                let error = FalError::read(call, status, &|_| None, input);
                let _ = (error.costs(), error.kind().failure(), error.field());
            }
        }
        if let Ok(request) = parse_strict(input) {
            let _ = compose(&request, 0);
        }
    });
}
