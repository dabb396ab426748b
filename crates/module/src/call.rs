//! The calls of the module, each one a way into the rules that the studio and the server use. `now` is the caller's clock.

use crate::Answer;
use likeness_api::Composed;
use likeness_core::{
    Field, Prepared, Preset, Route, Rule,
    cost::AS_OF,
    job::Millis,
    json::{parse_strict, parse_with_halves},
    preset::Seconds,
    validate::check,
};
use likeness_fal::request::{self, Body};
use serde_json::{Map, Value, json};

/// The longest request, in bytes of JSON: as much as the server reads.
pub const MOST_REQUEST: usize = 512 << 10;

/// `[{name, settings, seconds}]`, in the order in which the studio shows them. `seconds` by endpoint, for the routes that take the preset.
pub fn presets() -> Answer {
    let preset = |preset: Preset| {
        let layer = preset.layer();
        let settings: Map<String, Value> = Field::ALL
            .into_iter()
            .filter_map(|field| Some((field.key().to_owned(), layer.value(field)?)))
            .collect();
        let times: Map<String, Value> = Route::ALL
            .into_iter()
            .filter(|route| preset != Preset::Ultra || route.is_ultra())
            .map(|route| (route.endpoint().to_owned(), seconds(preset.seconds(route))))
            .collect();
        json!({ "name": preset.name(), "settings": settings, "seconds": times })
    };
    Answer::of(Preset::ALL.map(preset))
}

/// `[{endpoint, engine, kind, legacy, defaults, rules, price}]`.
pub fn routes() -> Answer {
    let route = |route: Route| {
        let defaults = route.defaults();
        let fields = || Field::ALL.into_iter();
        let rules: Map<String, Value> = fields()
            .filter_map(|field| Some((field.key().to_owned(), rule(route.rule(field)?))))
            .collect();
        let defaults: Map<String, Value> = fields()
            .filter_map(|field| Some((field.key().to_owned(), defaults.value(field)?)))
            .collect();
        let price = route.spec().price;
        json!({
            "endpoint": route.endpoint(), "engine": route.engine(), "kind": route.kind(), "legacy": route.is_legacy(),
            "defaults": defaults, "rules": rules,
            "price": { "micro_usd": price.micro_usd, "source": price.source, "as_of": AS_OF },
        })
    };
    Answer::of(Route::ALL.map(route))
}

/// What `POST /api/v1/compose` answers: `{endpoint, body, prompt, issues, cost}`.
pub fn compose(request: &str, now: Millis) -> Answer {
    with(request, |request| match likeness_fal::compose::compose(request, now) {
        Ok(Composed { endpoint, body, prompt, issues, cost }) => {
            Answer::of(Composed { endpoint, body: value(&body), prompt, issues, cost })
        }
        Err(issues) => Answer::Issues(issues),
    })
}

/// All issues, warnings among them. A request that cannot be sent is an answer here, not an error.
pub fn validate(request: &str, now: Millis) -> Answer {
    with(request, |request| Answer::of(check(request, now).issues))
}

/// `{endpoint, body, json}`: where a run is sent and what, `json` being the text of the body as it goes on the wire.
pub fn build_request(request: &str, now: Millis) -> Answer {
    prepared(request, now, |prepared| {
        let body = request::body(prepared);
        let endpoint = prepared.parameters.route().endpoint();
        json!({ "endpoint": endpoint, "body": value(&body), "json": body.to_json() })
    })
}

/// A body as it is read by whoever is sent it. It is written in one way only, which keeps the module small.
fn value(body: &Body) -> Value {
    parse_strict(body.to_json().as_bytes()).expect("a body is JSON")
}

/// `{cost, seconds}`.
pub fn estimate(request: &str, now: Millis) -> Answer {
    prepared(
        request,
        now,
        |prepared| json!({ "cost": prepared.cost, "seconds": seconds(prepared.seconds) }),
    )
}

fn with(request: &str, answer: impl FnOnce(&Value) -> Answer) -> Answer {
    if request.len() > MOST_REQUEST {
        let message = "The request is over 524288 bytes of JSON.";
        return Answer::Unreadable { code: "too_large", message };
    }
    match parse_with_halves(request.as_bytes()) {
        Ok(request) => answer(&request),
        Err(_) => Answer::Unreadable {
            code: "malformed",
            message: "The request is not JSON, or nested over 128 levels.",
        },
    }
}

fn prepared(request: &str, now: Millis, answer: impl FnOnce(&Prepared) -> Value) -> Answer {
    with(request, |request| match check(request, now).into_recipe() {
        Ok(recipe) => Answer::Value(answer(&recipe.prepare())),
        Err(issues) => Answer::Issues(issues),
    })
}

fn seconds(seconds: Seconds) -> Value {
    json!({ "low": seconds.low, "high": seconds.high, "is_our_estimate": seconds.is_our_estimate })
}

fn rule(rule: Rule) -> Value {
    match rule {
        Rule::Whole { min, max } => json!({ "type": "whole", "min": min, "max": max }),
        Rule::Number { min, max } => json!({ "type": "number", "min": min, "max": max }),
        Rule::OneOf(texts) => json!({ "type": "one_of", "one_of": texts }),
        Rule::Flag => json!({ "type": "flag" }),
        Rule::Size => json!({ "type": "size" }),
        Rule::Seed => json!({ "type": "seed" }),
        Rule::Ratio => json!({ "type": "ratio", "min": "9:21", "max": "21:9" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Value {
        json!({
            "avatar": { "trigger_word": "TOK", "lora_url": "https://a.example/l.safetensors" },
            "prompt": "TOK in the fog", "preset": "balanced", "overrides": { "seed": u64::MAX },
        })
    }

    #[test]
    fn a_request_is_built_as_it_is_composed() {
        let text = request().to_string();
        let (Answer::Value(composed), Answer::Value(built)) =
            (compose(&text, 0), build_request(&text, 0))
        else {
            panic!("a right request is answered");
        };
        assert_eq!(
            (&composed["body"], &composed["endpoint"]),
            (&built["body"], &built["endpoint"])
        );
        let sent = built["json"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(sent).unwrap(), built["body"]);
        assert!(sent.contains("18446744073709551615"), "{sent}");
        let Answer::Value(estimate) = estimate(&text, 0) else { panic!("it is estimated") };
        assert_eq!(estimate["cost"], composed["cost"]);
    }

    #[test]
    fn issues_are_an_answer_to_validate_and_an_error_to_the_others() {
        assert!(
            matches!(validate("{}", 0), Answer::Value(issues) if issues.as_array().unwrap().len() == 3)
        );
        for call in [compose, build_request, estimate] {
            assert!(matches!(call("{}", 0), Answer::Issues(issues) if issues.len() == 3));
        }
    }

    #[test]
    fn the_callers_clock_tells_an_address_that_has_ended() {
        let mut request = request();
        request["avatar"]["lora_url"] =
            "https://a.example/l.safetensors?Expires=1700000000&Signature=x".into();
        let text = request.to_string();
        let message = |now| match validate(&text, now) {
            Answer::Value(issues) => issues[0]["message"].clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(message(1_700_000_000_000), likeness_core::Reason::EndedAddress.english());
        assert_eq!(message(1_699_999_999_999), likeness_core::Reason::EndingAddress.english());
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let code = |text: &str| match compose(text, 0) {
            Answer::Unreadable { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code("{"), "malformed");
        assert_eq!(code(r#"{"prompt":"\ud800""#), "malformed");
        assert_eq!(code(&"[".repeat(200)), "malformed");
        assert_eq!(code(&" ".repeat(MOST_REQUEST + 1)), "too_large");
    }
}
