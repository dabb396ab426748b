//! The browser reads and writes JSON as serde would.

use likeness::browser::json::{parse, text};
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn values_are_those_that_serde_reads() {
    for text in [
        "null",
        "true",
        r#""a \"b\" \u00e9 \ud83d\ude00""#,
        "0",
        "-3",
        "1.15",
        "9007199254740991",
        "[]",
        "{}",
        r#"[1, [2, {"x": null}]]"#,
        r#"{"prompt":"at dawn","overrides":{"seed":"18446744073709551615","image_size":{"width":640,"height":480},"guidance_scale":3.5}}"#,
    ] {
        assert_eq!(parse(text), serde_json::from_str::<Value>(text).ok(), "{text}");
    }
}

#[wasm_bindgen_test]
fn what_is_written_is_read_as_the_same() {
    let draft = serde_json::json!({
        "prompt": "at \"dawn\"\n\u{1F600} \u{2028}", "avatar_id": "", "preset": "fast", "none": null,
        "overrides": { "seed": "18446744073709551615", "guidance_scale": 1.3294539180715275, "num_images": 4,
            "enable_safety_checker": false, "image_size": { "width": 640, "height": 480 }, "rest": [1, -2.5e-7, [], {}] },
    });
    assert_eq!(serde_json::from_str::<Value>(&text(&draft)).ok().as_ref(), Some(&draft));
    assert_eq!(parse(&text(&draft)), Some(draft));
}

#[wasm_bindgen_test]
fn what_is_no_json_is_nothing() {
    for text in ["", "{", "undefined", "NaN", "<html>", "{'a': 1}"] {
        assert_eq!(parse(text), None, "{text}");
    }
}
