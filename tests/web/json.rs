//! The browser's parser gives what serde would.

use likeness::browser::json::parse;
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
fn what_is_no_json_is_nothing() {
    for text in ["", "{", "undefined", "NaN", "<html>", "{'a': 1}"] {
        assert_eq!(parse(text), None, "{text}");
    }
}
