//! What is refused, where, and with which fix.

use super::*;
use crate::{Code, Pixels, Seed};
use serde_json::json;

/// The moment of these tests does not matter.
fn check(request: &Value) -> Checked {
    super::check(request, 0)
}

fn portrait() -> Value {
    json!({
        "avatar": {"kind": "portrait", "trigger_word": "TOK", "lora_url": "https://example.org/vera.safetensors"},
        "prompt": "at dawn", "preset": "balanced",
    })
}

fn artistic() -> Value {
    json!({
        "avatar": {"kind": "artistic", "trigger_word": "ARTST", "finetune_id": "ink-and-ash"},
        "prompt": "a castle", "preset": "balanced",
    })
}

fn with(mut request: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    if request.pointer(parent).is_none() {
        request["overrides"] = json!({});
    }
    request.pointer_mut(parent).unwrap()[key] = value;
    request
}

/// Field and code of every issue.
fn issues(request: &Value) -> Vec<(String, Code)> {
    check(request).issues.into_iter().map(|issue| (issue.field, issue.reason.code())).collect()
}

fn override_issue(key: &str, value: Value) -> Option<Code> {
    let found = issues(&with(portrait(), &format!("/overrides/{key}"), value));
    assert!(found.len() < 2, "{found:?}");
    found.into_iter().next().map(|(field, code)| {
        assert!(field.starts_with(&format!("overrides.{key}")), "{field}");
        code
    })
}

#[test]
fn a_complete_request_has_no_issues() {
    assert_eq!(issues(&portrait()), []);
    assert_eq!(issues(&artistic()), []);
    assert!(check(&portrait()).into_recipe().is_ok());
}

#[test]
fn null_means_absent() {
    let request =
        with(with(portrait(), "/overrides/seed", Value::Null), "/avatar/finetune_id", Value::Null);
    assert_eq!(issues(&request), []);
    assert_eq!(issues(&with(portrait(), "/overrides", Value::Null)), []);
    assert_eq!(
        issues(&with(portrait(), "/prompt", Value::Null)),
        [("prompt".into(), Code::Required)]
    );
}

#[test]
fn every_issue_is_reported_at_once() {
    let request = json!({
        "avatar": {"kind": "portrait", "lora_url": "http://example.org/x", "finetune_id": "x", "age": 3},
        "prompt": "   ", "preset": "best", "overrides": {"num_images": 9, "sharpness": 1}, "extra": 1,
    });
    let found = issues(&request);
    for expected in [
        ("extra", Code::UnknownKey),
        ("prompt", Code::Required),
        ("avatar.age", Code::UnknownKey),
        ("avatar.finetune_id", Code::Conflict),
        ("avatar.lora_url", Code::UnsafeUrl),
        ("preset", Code::UnknownValue),
        ("overrides.num_images", Code::OutOfRange),
        ("overrides.sharpness", Code::UnknownKey),
        ("avatar.trigger_word", Code::NoTrigger),
    ] {
        assert!(found.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {found:?}");
    }
}

#[test]
fn integers_are_integers() {
    let cases = [
        (json!(28), None),
        (json!(1), None),
        (json!(50), None),
        (json!(0), Some(Code::OutOfRange)),
        (json!(51), Some(Code::OutOfRange)),
        (json!(-1), Some(Code::OutOfRange)),
        (json!(28.0), Some(Code::WrongType)),
        (json!(1e3), Some(Code::WrongType)),
        (json!("2"), Some(Code::WrongType)),
        (json!(28.5), Some(Code::NotWhole)),
        (json!(1e300), Some(Code::OutOfRange)),
        (json!(-2.5), Some(Code::OutOfRange)),
        (json!(true), Some(Code::WrongType)),
        (json!([28]), Some(Code::WrongType)),
    ];
    for (value, expected) in cases {
        assert_eq!(override_issue("num_inference_steps", value.clone()), expected, "{value}");
    }
}

#[test]
fn numbers_keep_their_ranges() {
    assert_eq!(override_issue("guidance_scale", json!(0)), None);
    assert_eq!(override_issue("guidance_scale", json!(35)), Some(Code::Notice));
    assert_eq!(override_issue("guidance_scale", json!(35.01)), Some(Code::OutOfRange));
    assert_eq!(override_issue("guidance_scale", json!(-0.01)), Some(Code::OutOfRange));
    assert_eq!(override_issue("guidance_scale", json!("3")), Some(Code::WrongType));
    assert_eq!(override_issue("lora_scale", json!(1.31)), Some(Code::Notice));
    assert_eq!(override_issue("lora_scale", json!(4)), Some(Code::Notice));
    assert_eq!(override_issue("lora_scale", json!(4.01)), Some(Code::OutOfRange));
    assert_eq!(
        issues(&with(artistic(), "/overrides/guidance_scale", json!(0.5)))[0].1,
        Code::OutOfRange
    );
    assert_eq!(
        issues(&with(artistic(), "/overrides/guidance_scale", json!(20)))[0].1,
        Code::Notice
    );
}

#[test]
fn seeds_are_exact_u64s() {
    for (value, expected) in [
        (json!(0), 0),
        (json!(9_007_199_254_740_993_u64), 9_007_199_254_740_993),
        (json!("18446744073709551615"), u64::MAX),
    ] {
        let checked = check(&with(portrait(), "/overrides/seed", value));
        assert_eq!(checked.edits.seed, Some(Seed::new(expected)));
        assert!(checked.is_ready());
    }
    assert_eq!(override_issue("seed", json!(-1)), Some(Code::OutOfRange));
    assert_eq!(override_issue("seed", json!(1.5)), Some(Code::NotWhole));
    assert_eq!(override_issue("seed", json!("18446744073709551616")), Some(Code::OutOfRange));
    assert_eq!(override_issue("seed", json!("lucky")), Some(Code::WrongType));
    assert_eq!(override_issue("seed", json!("")), Some(Code::WrongType));
}

#[test]
fn own_sides_are_256_to_2048() {
    assert_eq!(override_issue("image_size", json!({"width": 256, "height": 2048})), None);
    assert_eq!(
        override_issue("image_size", json!({"width": 255, "height": 2048})),
        Some(Code::OutOfRange)
    );
    assert_eq!(
        override_issue("image_size", json!({"width": 640, "height": 640.5})),
        Some(Code::NotWhole)
    );
    assert_eq!(
        override_issue("image_size", json!({"width": 640, "height": 640, "depth": 1})),
        Some(Code::UnknownKey)
    );
    assert_eq!(override_issue("image_size", json!("huge")), Some(Code::UnknownValue));
    assert_eq!(override_issue("image_size", json!(7)), Some(Code::WrongType));
    let checked = check(&with(portrait(), "/overrides/image_size", json!({"width": 640})));
    assert_eq!(checked.edits.image_size.unwrap().pixels().height, 512);
}

#[test]
fn texts_come_from_their_lists() {
    assert_eq!(override_issue("output_format", json!("png")), None);
    assert_eq!(override_issue("output_format", json!("webp")), Some(Code::UnknownValue));
    let checked = check(&with(artistic(), "/overrides/safety_tolerance", json!(3)));
    assert_eq!(checked.issues[0].reason.code(), Code::WrongType);
    assert_eq!(checked.issues[0].fix[0].value, json!("3"));
    assert_eq!(override_issue("enable_safety_checker", json!("yes")), Some(Code::WrongType));
}

#[test]
fn an_own_setting_that_the_route_does_not_take_is_a_warning() {
    for (key, value) in
        [("raw", json!(true)), ("aspect_ratio", json!("3:4")), ("finetune_strength", json!(1.0))]
    {
        let request = with(portrait(), &format!("/overrides/{key}"), value);
        assert_eq!(issues(&request), [(format!("overrides.{key}"), Code::NotApplicable)]);
        assert!(check(&request).into_recipe().is_ok());
    }
    assert_eq!(override_issue("raw", json!("yes")), Some(Code::WrongType));
}

#[test]
fn ultra_is_for_artistic_avatars() {
    let checked = check(&with(portrait(), "/preset", json!("ultra")));
    assert_eq!(checked.issues[0].reason, Reason::UltraPreset);
    assert_eq!(checked.issues[0].fix[0].value, json!("quality"));
    assert_eq!(override_issue("use_ultra", json!(true)), Some(Code::Conflict));
    assert_eq!(override_issue("use_ultra", json!(false)), None);
    let off =
        with(with(artistic(), "/preset", json!("ultra")), "/overrides/use_ultra", json!(false));
    assert_eq!(issues(&off), [("overrides.use_ultra".into(), Code::Conflict)]);
}

#[test]
fn a_size_name_becomes_a_ratio_on_ultra_and_own_sides_do_not() {
    let ultra = with(artistic(), "/preset", json!("ultra"));
    assert_eq!(issues(&with(ultra.clone(), "/overrides/image_size", json!("portrait_4_3"))), []);
    let sides = with(ultra.clone(), "/overrides/image_size", json!({"width": 640, "height": 480}));
    assert_eq!(issues(&sides), [("overrides.image_size".into(), Code::NotApplicable)]);
    let both = with(
        with(ultra, "/overrides/image_size", json!("portrait_4_3")),
        "/overrides/aspect_ratio",
        json!("1:1"),
    );
    assert_eq!(issues(&both), [("overrides.image_size".into(), Code::NotApplicable)]);
}

#[test]
fn a_missing_kind_follows_from_the_model() {
    let checked = check(&with(
        portrait(),
        "/avatar",
        json!({"lora_url": "https://example.org/x", "trigger_word": "TOK"}),
    ));
    assert_eq!(checked.route, Some(Route::FLUX_LORA));
    let checked =
        check(&with(portrait(), "/avatar", json!({"finetune_id": "x", "trigger_word": "TOK"})));
    assert_eq!(checked.route, Some(Route::FLUX_PRO_FINETUNED));
    assert_eq!(
        issues(&with(portrait(), "/avatar", json!({}))),
        [("avatar".into(), Code::Required)]
    );
    assert_eq!(
        issues(&with(portrait(), "/avatar", json!([]))),
        [("avatar".into(), Code::WrongType)]
    );
}

#[test]
fn a_lora_address_is_https_with_a_host() {
    let address = |text: &str| issues(&with(portrait(), "/avatar/lora_url", json!(text)));
    for good in [
        "https://example.org/a",
        "HTTPS://example.org",
        " https://v3.fal.media/files/x.safetensors ",
    ] {
        assert_eq!(address(good), [], "{good}");
    }
    for bad in [
        "http://example.org/a",
        "javascript:alert(1)",
        "data:,x",
        "//example.org",
        "https://",
        "https:///x",
        "https://a b",
        "ftp://x",
    ] {
        assert_eq!(address(bad), [("avatar.lora_url".into(), Code::UnsafeUrl)], "{bad}");
    }
    assert_eq!(address("  "), [("avatar.lora_url".into(), Code::Required)]);
    let fixed = check(&with(portrait(), "/avatar/lora_url", json!("http://example.org/a")));
    assert_eq!(fixed.issues[0].fix[0].value, json!("https://example.org/a"));
}

#[test]
fn prompts_have_a_longest_length_after_collapsing() {
    let prompt = |text: String| issues(&with(portrait(), "/prompt", json!(text)));
    let many_tokens = [("prompt".into(), Code::Notice)];
    assert_eq!(prompt("я".repeat(MAX_PROMPT)), many_tokens);
    assert_eq!(prompt("я ".repeat(MAX_PROMPT)), [("prompt".into(), Code::TooLong)]);
    assert_eq!(prompt(format!("{}x", " ".repeat(100_000))), []);
    assert_eq!(prompt("x".repeat(100_000)), [("prompt".into(), Code::TooLong)]);
    assert_eq!(
        issues(&with(portrait(), "/prompt", json!(5))),
        [("prompt".into(), Code::WrongType)]
    );
}

#[test]
fn a_merged_head_is_told() {
    let request = with(portrait(), "/avatar/trigger_phrase", json!("a photo of TOK person"));
    let request = with(request, "/prompt", json!("a photo of a man in armor"));
    assert_eq!(issues(&request), [("prompt".into(), Code::Notice)]);
}

#[test]
fn a_token_alone_offers_the_phrase() {
    let request = with(portrait(), "/avatar/trigger_phrase", json!("a photo of TOK person"));
    let request = with(request, "/prompt", json!("oil painting of tok"));
    let mut found = check(&request).issues;
    let fix = found.remove(0).fix.remove(0);
    assert_eq!((fix.field.as_str(), found.len()), ("prompt", 0));
    assert_eq!(fix.value, json!("a photo of TOK person, oil painting of tok"));
    assert_eq!(issues(&with(request, "/prompt", fix.value)), []);
}

#[test]
fn half_a_character_is_told_at_its_field_with_its_place() {
    let request = r#"{"avatar": {"kind": "portrait", "name": "\ud83d", "lora_url": "https://a.example/b", "trigger_word": "TOK"},
        "prompt": "\u043d\u043e\ud83dchь", "preset": "balanced\udc00", "overrides": {"output_format": "\udc00png", "seed": "1\ud800"}}"#;
    let checked = check(&crate::json::parse_with_halves(request.as_bytes()).unwrap());
    let found: Vec<_> = checked
        .issues
        .iter()
        .map(|issue| {
            assert_eq!(issue.reason, Reason::HalfCharacter, "{issue:?}");
            (
                issue.field.as_str(),
                issue.limit.clone().unwrap()["position"].clone(),
                issue.fix[0].value.clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("prompt", json!(2), json!("ноchь")),
            ("avatar.name", json!(0), json!("")),
            ("preset", json!(8), json!("balanced")),
            ("overrides.output_format", json!(0), json!("png")),
            ("overrides.seed", json!(1), json!("1")),
        ]
    );
    assert_eq!(Reason::HalfCharacter.code(), Code::WrongType);
}

#[test]
fn what_is_of_another_type_is_told_once_and_not_as_missing_too() {
    let half = || crate::json::parse_with_halves(br#""a\ud83d""#).unwrap();
    let fields = [
        (portrait(), vec!["id", "name", "kind", "trigger_word", "trigger_phrase", "lora_url"]),
        (artistic(), vec!["id", "name", "kind", "trigger_word", "trigger_phrase", "finetune_id"]),
    ];
    for (request, fields) in fields {
        let unnamed = with(request.clone(), "/avatar/kind", Value::Null);
        for field in fields {
            for wrong in [half(), json!(7), json!([]), json!({}), json!(true)] {
                let path = format!("/avatar/{field}");
                let expected = [(format!("avatar.{field}"), Code::WrongType)];
                assert_eq!(issues(&with(request.clone(), &path, wrong.clone())), expected);
                assert_eq!(issues(&with(unnamed.clone(), &path, wrong.clone())), expected);
            }
        }
        for field in ["prompt", "preset", "avatar", "overrides"] {
            let found = issues(&with(request.clone(), &format!("/{field}"), json!(7)));
            assert_eq!(found, [(field.to_owned(), Code::WrongType)]);
        }
    }
}

#[test]
fn ratios_lie_between_21_9_and_9_21() {
    let ultra = with(artistic(), "/preset", json!("ultra"));
    let ratio = |value: Value| check(&with(ultra.clone(), "/overrides/aspect_ratio", value));
    for good in ["5:4", "21:9", "9:21", "100:233"] {
        let checked = ratio(json!(good));
        assert_eq!(checked.issues, []);
        assert_eq!(checked.edits.aspect_ratio.unwrap().to_string(), good);
    }
    for (bad, code) in [
        ("22:9", Code::OutOfRange),
        ("1:9", Code::OutOfRange),
        ("wide", Code::UnknownValue),
        ("1.5:1", Code::UnknownValue),
    ] {
        assert_eq!(ratio(json!(bad)).issues[0].reason.code(), code, "{bad}");
    }
    assert_eq!(ratio(json!(1.5)).issues[0].reason.code(), Code::WrongType);
    assert_eq!(ratio(json!("50:1")).issues[0].fix[0].value, json!("21:9"));
}

#[test]
fn own_sides_come_rounded_down_and_are_reserved_as_typed() {
    let sides = json!({"width": 1080, "height": 1350});
    let prepared = |request: Value| {
        let request = with(request, "/overrides/image_size", sides.clone());
        check(&request).into_recipe().unwrap().prepare()
    };
    let (lora, pro) = (prepared(portrait()), prepared(artistic()));
    assert_eq!(lora.parameters.pixels(), Pixels { width: 1072, height: 1344 });
    assert_eq!(lora.parameters.asked(), Pixels { width: 1080, height: 1350 });
    assert_eq!(pro.parameters.pixels(), Pixels { width: 1056, height: 1344 });
    let wide = with(artistic(), "/overrides/image_size", json!({"width": 2048, "height": 256}));
    let wide = check(&wide).into_recipe().unwrap().prepare();
    assert_eq!(wide.parameters.pixels(), Pixels { width: 1440, height: 256 });
    // 1400 × 1429 is 2,000,600 pixels, which may be billed as three megapixels; 1392 × 1424 comes, which is less than two of 2²⁰.
    let asked = with(portrait(), "/overrides/image_size", json!({"width": 1400, "height": 1429}));
    let range = check(&asked).into_recipe().unwrap().prepare().cost.micro_usd.unwrap();
    assert_eq!((range.low, range.high), (70_000, 105_000));
}

#[test]
fn a_trigger_may_be_as_long_as_a_prompt() {
    let trigger = |length: usize| {
        issues(&with(portrait(), "/avatar/trigger_word", json!("x".repeat(length))))
    };
    assert_eq!(trigger(MAX_PROMPT), []);
    assert_eq!(trigger(MAX_PROMPT + 1), [("avatar.trigger_word".into(), Code::TooLong)]);
}

#[test]
fn a_pinned_strength_wins_over_the_preset_and_loses_to_an_own_edit() {
    let scale = |request: Value| {
        let prepared = check(&request).into_recipe().unwrap().prepare();
        prepared.parameters.values().lora_scale.unwrap()
    };
    assert_eq!(scale(with(portrait(), "/preset", json!("quality"))), 1.2);
    let pinned =
        with(with(portrait(), "/preset", json!("quality")), "/avatar/lora_scale", json!(0.7));
    assert_eq!(scale(pinned.clone()), 0.7);
    assert_eq!(scale(with(pinned, "/overrides/lora_scale", json!(0.5))), 0.5);
}

#[test]
fn following_every_fix_leads_to_a_request_that_runs() {
    let mut request = json!({
        "avatar": {"kind": "portrait", "trigger_word": "TOK", "lora_url": "http://example.org/x", "finetune_id": "x"},
        "prompt": "at dawn", "preset": "ultra",
        "overrides": {"num_images": 9, "seed": -4, "num_inference_steps": 2.5, "sharpness": 1, "use_ultra": true},
    });
    for _ in 0..3 {
        for fix in check(&request).issues.into_iter().flat_map(|issue| issue.fix) {
            request = with(request, &format!("/{}", fix.field.replace('.', "/")), fix.value);
        }
        // A fix for an unknown key says to leave it out.
        request["overrides"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    assert!(check(&request).is_ready(), "{:?}", check(&request).issues);
}
