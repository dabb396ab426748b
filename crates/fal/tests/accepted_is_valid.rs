//! What the validator accepts, FAL accepts: whatever the form holds.

use likeness_core::{Field, Route};
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
        if let Ok(composed) = compose::compose(&request) {
            let route = Route::of_endpoint(composed.endpoint).expect("composed for a known route");
            let body = serde_json::to_value(&composed.body).unwrap();
            prop_assert_eq!(schema::check(route, &body, schema::Extras::Refuse), Ok(()), "{}", body);
        }
    }
}
