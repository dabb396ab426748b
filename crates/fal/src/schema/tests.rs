use super::*;
use proptest::prelude::*;
use serde_json::json;

fn lora(key: &str, value: Value) -> Value {
    let mut body = json!({ "prompt": "a harbour", "loras": [{ "path": "https://x.example/a.safetensors", "scale": 1.0 }] });
    body[key] = value;
    body
}

fn ultra(key: &str, value: Value) -> Value {
    let mut body = json!({ "prompt": "a harbour", "finetune_id": "f-1", "finetune_strength": 1.1 });
    body[key] = value;
    body
}

fn only_problem(route: Route, body: &Value, extras: Extras) -> Value {
    let details = check(route, body, extras).expect_err("should be refused");
    assert_eq!(details.len(), 1, "{details:?}");
    serde_json::to_value(&details[0]).unwrap()
}

#[test]
fn bodies_at_the_edges_of_their_ranges_are_taken() {
    let cases = [
        ("num_inference_steps", json!(1)),
        ("num_inference_steps", json!(50)),
        ("guidance_scale", json!(0)),
        ("guidance_scale", json!(35.0)),
        ("num_images", json!(4)),
        ("seed", json!(u64::MAX)),
        ("seed", json!(0)),
        ("seed", Value::Null),
        ("image_size", json!("portrait_16_9")),
        ("image_size", json!({"width": 1, "height": 14142})),
        ("image_size", json!({})),
        ("loras", json!([])),
        ("loras", json!([{"path": "owner/repo"}, {"path": "b", "scale": 4}])),
        ("acceleration", json!("regular")),
        ("output_format", json!("png")),
        ("sync_mode", json!(false)),
        ("prompt", json!("")),
        ("prompt", json!("https://x.example/a.png")),
        // Whole numbers, however they are written.
        ("num_inference_steps", json!(28.0)),
        ("num_images", json!(4.0)),
        ("image_size", json!({"width": 1024.0, "height": 768})),
        // A seed has no limits.
        ("seed", json!(-1)),
        ("seed", json!(i64::MIN)),
        ("seed", json!(7.0)),
        ("seed", json!(1e30)),
        // What FAL does not know, it ignores.
        ("aspect_ratio", json!("16:9")),
        ("strength", json!(1)),
        ("negative_prompt", json!("blurry: fog, see also notes")),
        ("mask_url", Value::Null),
        ("extra", json!({"deep": [1, "text", null]})),
        ("loras", json!([{"path": "https://x.example/a", "force": true, "weight_name": "a"}])),
    ];
    for (key, value) in cases {
        assert_eq!(
            check(Route::FLUX_LORA, &lora(key, value.clone()), Extras::Refuse),
            Ok(()),
            "{key} {value}"
        );
    }
    for (key, value) in [
        ("aspect_ratio", json!("5:4")),
        ("raw", json!(true)),
        ("safety_tolerance", json!("6")),
        ("image_url", Value::Null),
    ] {
        assert_eq!(
            check(Route::ULTRA_FINETUNED, &ultra(key, value.clone()), Extras::Refuse),
            Ok(()),
            "{key} {value}"
        );
    }
}

#[test]
fn values_out_of_range_name_their_limit() {
    let cases = [
        ("num_inference_steps", json!(51), "less_than_equal", json!({"le": 50})),
        ("num_inference_steps", json!(0), "greater_than_equal", json!({"ge": 1})),
        ("num_inference_steps", json!(-3), "greater_than_equal", json!({"ge": 1})),
        ("num_images", json!(1_000_000_000_u64), "less_than_equal", json!({"le": 4})),
        ("guidance_scale", json!(35.01), "less_than_equal", json!({"le": 35.0})),
        ("guidance_scale", json!(-0.5), "greater_than_equal", json!({"ge": 0.0})),
        ("num_images", json!(0.0), "greater_than_equal", json!({"ge": 1})),
        ("num_images", json!(5.0), "less_than_equal", json!({"le": 4})),
        ("num_images", json!(1e19), "less_than_equal", json!({"le": 4})),
    ];
    for (key, value, kind, ctx) in cases {
        let problem = only_problem(Route::FLUX_LORA, &lora(key, value.clone()), Extras::Pass);
        assert_eq!(problem["loc"], json!(["body", key]));
        assert_eq!(
            (&problem["type"], &problem["ctx"], &problem["input"]),
            (&json!(kind), &ctx, &value),
            "{key}"
        );
    }
}

#[test]
fn values_of_another_type_are_told_which_type_is_expected() {
    let cases = [
        ("prompt", json!(7), "string_type"),
        ("prompt", Value::Null, "string_type"),
        ("num_images", json!("4"), "int_type"),
        ("num_images", json!(2.5), "int_type"),
        ("num_images", json!(true), "int_type"),
        ("num_images", Value::Null, "int_type"),
        ("seed", json!("5"), "int_type"),
        ("seed", json!(1.5), "int_type"),
        ("guidance_scale", json!("3.5"), "float_type"),
        ("guidance_scale", json!([3.5]), "float_type"),
        ("enable_safety_checker", json!("true"), "bool_type"),
        ("enable_safety_checker", json!(1), "bool_type"),
        ("loras", json!({}), "list_type"),
        ("output_format", json!("webp"), "literal_error"),
        ("output_format", json!(3), "literal_error"),
        ("image_size", json!("huge"), "one_of"),
        ("image_size", json!(1024), "one_of"),
    ];
    for (key, value, kind) in cases {
        let problem = only_problem(Route::FLUX_LORA, &lora(key, value.clone()), Extras::Pass);
        assert_eq!(
            (&problem["type"], &problem["loc"]),
            (&json!(kind), &json!(["body", key])),
            "{key} {value}"
        );
    }
    let problem =
        only_problem(Route::ULTRA_FINETUNED, &ultra("safety_tolerance", json!(2)), Extras::Pass);
    assert_eq!(problem["ctx"]["expected"], "'1', '2', '3', '4', '5' or '6'");
}

#[test]
fn problems_inside_lists_and_objects_say_where() {
    let problem = only_problem(
        Route::FLUX_LORA,
        &lora("image_size", json!({"width": 0, "height": 512})),
        Extras::Pass,
    );
    assert_eq!(problem["loc"], json!(["body", "image_size", "width"]));
    assert_eq!(problem["type"], "greater_than");
    let body = lora("loras", json!([{"path": "a"}, {"scale": 1}, {"path": 1, "scale": 5}, 9]));
    let details = check(Route::FLUX_LORA, &body, Extras::Pass).unwrap_err();
    let locs: Vec<Value> = details.iter().map(|detail| json!(detail.loc)).collect();
    let expected = json!([
        ["body", "loras", 1, "path"],
        ["body", "loras", 2, "path"],
        ["body", "loras", 2, "scale"],
        ["body", "loras", 3]
    ]);
    assert_eq!(json!(locs), expected);
}

#[test]
fn what_is_required_and_missing_is_named_all_at_once() {
    for route in [Route::FLUX_PRO_FINETUNED, Route::ULTRA_FINETUNED] {
        let details = check(route, &json!({}), Extras::Pass).unwrap_err();
        let keys: Vec<Value> =
            details.iter().map(|detail| json!(detail)["loc"][1].clone()).collect();
        assert_eq!(json!(keys), json!(["prompt", "finetune_id", "finetune_strength"]));
        assert!(details.iter().all(|detail| detail.kind == "missing"));
    }
    for body in [json!([]), json!("text"), Value::Null] {
        assert_eq!(
            only_problem(Route::FLUX_LORA, &body, Extras::Pass)["type"],
            "model_attributes_type"
        );
    }
}

#[test]
fn the_gate_refuses_what_fal_would_fetch_or_answer_at_length() {
    let address = "https://x.example/a.png";
    for body in [
        lora("sync_mode", json!(true)),
        lora("image_url", json!(address)),
        lora("image_url", json!("")),
        lora("mask_url", json!("a")),
        lora("image_urls", json!([address])),
        lora("images", json!([{ "of": " HTTPS://x.example/" }])),
        lora("control", json!("data:image/png;base64,AAAA")),
        lora("controlnets", json!([{ "path": "s3://bucket/key" }])),
        lora("loras", json!([{ "path": address, "config_url": address }])),
        lora("loras", json!([{ "path": address, "mask": [address] }])),
    ] {
        assert_eq!(check(Route::FLUX_LORA, &body, Extras::Pass), Ok(()));
        assert!(check(Route::FLUX_LORA, &body, Extras::Refuse).is_err(), "{body}");
    }
    let image = ultra("image_url", json!("https://x.example/a.png"));
    assert_eq!(check(Route::ULTRA_FINETUNED, &image, Extras::Pass), Ok(()));
    assert_eq!(
        only_problem(Route::ULTRA_FINETUNED, &image, Extras::Refuse)["type"],
        "feature_not_supported"
    );
    for (key, value) in [
        ("enable_safety_checker", json!(true)),
        ("image_size", json!("square_hd")),
        ("num_inference_steps", json!(28)),
    ] {
        assert_eq!(
            check(Route::ULTRA_FINETUNED, &ultra(key, value), Extras::Refuse),
            Ok(()),
            "{key}"
        );
    }
}

#[test]
fn a_prompt_is_never_repeated() {
    let secret = "a very private wish that must not be in a log";
    let bodies = [
        json!({ "prompt": secret, "output_format": secret, "image_size": secret, "num_images": secret }),
        json!({ "prompt": { "text": secret }, "loras": secret, "seed": [secret] }),
        json!(secret),
    ];
    for body in bodies {
        let details = check(Route::FLUX_LORA, &body, Extras::Refuse).unwrap_err();
        assert!(!Detail::reply(&details).to_string().contains("private"), "{details:?}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    let keys: Vec<String> = Route::ALL
        .into_iter()
        .flat_map(|route| route.spec().fields)
        .map(|field| field.key.to_owned())
        .collect();
    prop_oneof![prop::sample::select(keys), "[a-z_]{1,8}"]
}

proptest! {
    #[test]
    fn any_json_is_judged_without_a_panic_and_the_gate_is_never_looser_than_fal(body in any_json()) {
        for route in Route::ALL {
            if check(route, &body, Extras::Refuse).is_ok() {
                prop_assert_eq!(check(route, &body, Extras::Pass), Ok(()));
            }
        }
    }
}
