//! What the validator accepts, FAL accepts; what it refuses, FAL refuses too, but for a short list of refusals of our own: whatever the form holds.

use likeness_core::{Field, Issue, Reason, Route};
use likeness_fal::{compose, schema};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u64..60).prop_map(Value::from),
        (-1.0..40.0).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(|seed| Value::from(seed.to_string())),
        prop::sample::select(vec![
            "1",
            "6",
            "7",
            "png",
            "jpeg",
            "none",
            "square",
            "16:9",
            "landscape_4_3"
        ])
        .prop_map(Value::from),
        (200_u32..2100, 200_u32..2100)
            .prop_map(|(width, height)| json!({ "width": width, "height": height })),
    ]
}

fn overrides() -> impl Strategy<Value = Map<String, Value>> {
    let key = prop::sample::select(Field::ALL.map(Field::key).to_vec());
    prop::collection::btree_map(key, value(), 0..4)
        .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn avatar() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({ "kind": "portrait", "trigger_word": "TOK", "lora_url": "https://x.example/tok.safetensors", "lora_scale": 1.2 }),
        json!({ "kind": "artistic", "trigger_word": "ARTST", "finetune_id": "f-1", "finetune_strength": 0.7 }),
        json!({ "finetune_id": "f-1" }),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_body_that_is_composed_passes_the_gate(
        avatar in avatar(), overrides in overrides(), prompt in "[a-z ]{1,40}",
        preset in prop::sample::select(vec!["fast", "balanced", "quality", "ultra", "portrait", "artistic", "landscape", "photorealistic"]),
    ) {
        let request = json!({ "avatar": avatar, "prompt": prompt, "preset": preset, "overrides": overrides });
        if let Ok(composed) = compose::compose(&request, 0) {
            let route = Route::of_endpoint(composed.endpoint).expect("composed for a known route");
            let body = serde_json::to_value(&composed.body).unwrap();
            prop_assert_eq!(schema::check(route, &body, schema::Extras::Refuse), Ok(()), "{}", body);
        }
    }
    #[test]
    fn a_value_that_is_refused_would_be_refused_by_fal(
        avatar in avatar(), key in prop::sample::select(Field::ALL.map(Field::key).to_vec()), value in value(),
        preset in prop::sample::select(vec!["fast", "balanced", "quality", "portrait", "artistic", "landscape", "photorealistic"]),
    ) {
        let plain = json!({ "avatar": avatar, "prompt": "at dawn", "preset": preset });
        let mut edited = plain.clone();
        edited["overrides"] = json!({ key: value });
        let Err(issues) = compose::compose(&edited, 0) else { return Ok(()) };
        let composed = compose::compose(&plain, 0).expect("without the edit nothing is wrong");
        let route = Route::of_endpoint(composed.endpoint).expect("composed for a known route");
        // FAL ignores what it does not know, whatever is in it.
        let wire_key = if key == "lora_scale" { "loras" } else { key };
        let is_known = route.wire(wire_key).is_some();
        let body = with(serde_json::to_value(&composed.body).unwrap(), key, &value);
        for issue in issues.iter().filter(|issue| is_known && issue.is_error() && !is_our_own(issue, &value)) {
            let verdict = schema::check(route, &body, schema::Extras::Refuse);
            prop_assert!(verdict.is_err(), "{issue:?} of {key}: {value}, though FAL takes {body}");
        }
    }
}

/// The body with the value as it was typed, where its field stands on the wire.
fn with(mut body: Value, key: &str, value: &Value) -> Value {
    match (key, body.pointer_mut("/loras/0")) {
        ("lora_scale", Some(lora)) => lora["scale"] = value.clone(),
        _ => body[key] = value.clone(),
    }
    body
}

/// Refusals beyond FAL's schema: contradictions between our own switches, sides that make no picture, ratios that FAL's schema calls "text" and its page
/// does not know, and whole numbers that are not written as such.
fn is_our_own(issue: &Issue, value: &Value) -> bool {
    let is_conflict =
        matches!(issue.reason, Reason::UltraSwitch | Reason::UltraPreset | Reason::UltraOff);
    let are_sides = issue.reason == Reason::OutOfRange && value.is_object();
    let is_ratio = issue.reason == Reason::UnknownValue && issue.field == "overrides.aspect_ratio";
    let is_not_plain = value.is_f64() && value.as_f64().is_some_and(|number| number.fract() == 0.0);
    is_conflict || are_sides || is_ratio || is_not_plain
}
