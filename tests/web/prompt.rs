//! The rules as wasm runs them: its numbers and its Unicode tables are not those of the machine that tests the rest.

use crate::support::{artistic, portrait};
use likeness_core::{Avatar, prompt};
use likeness_studio::selfcheck::Group;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

fn composed(avatar: &Avatar, text: &str) -> String {
    prompt::compose(avatar, text).unwrap().text
}

fn trigger(word: &str) -> Avatar {
    Avatar {
        trigger_word: Some(word.into()).filter(|word: &String| !word.is_empty()),
        ..artistic()
    }
}

#[wasm_bindgen_test]
fn a1_to_a3_the_trigger_of_a_style() {
    assert_eq!(composed(&artistic(), "castle in the fog"), "ARTST, castle in the fog");
    assert_eq!(composed(&artistic(), "ARTST castle in the fog"), "ARTST castle in the fog");
    assert_eq!(composed(&trigger(""), "castle in the fog"), "castle in the fog");
}

#[wasm_bindgen_test]
fn p1_to_p3_the_trigger_of_a_person() {
    let sent = "a photo of TOK person in medieval armor";
    assert_eq!(composed(&portrait(), "in medieval armor"), sent);
    assert_eq!(composed(&portrait(), sent), sent);
    let word_only = Avatar { trigger_phrase: None, ..portrait() };
    assert_eq!(composed(&word_only, "business portrait"), "TOK, business portrait");
}

#[wasm_bindgen_test]
fn composed_and_decomposed_letters_are_the_same() {
    assert_eq!(composed(&trigger("ZOÉ"), "zoe\u{301} by the sea"), "ZOÉ by the sea");
    assert_eq!(composed(&trigger("Андрей"), "андреи\u{306} у моря"), "Андрей у моря");
    assert_eq!(composed(&trigger("각"), "\u{1100}\u{1161}\u{11A8} 바다"), "각 바다");
    assert_eq!(composed(&trigger("ZOE"), "zoe\u{301} by the sea"), "ZOE, zoe\u{301} by the sea");
}

#[wasm_bindgen_test]
fn a_word_ends_where_another_script_begins() {
    for text in ["TOK站在海边", "夜のTOK", "TOKв лесу", "TOKⒶ"] {
        assert_eq!(composed(&trigger("TOK"), text), text);
    }
    for text in ["TOK_站", "TOK2站", "TOK\u{301}站", "TOK٣"] {
        assert_eq!(composed(&trigger("TOK"), text), format!("TOK, {text}"));
    }
}

#[wasm_bindgen_test]
fn every_self_check_passes_here_too() {
    let mut count = 0;
    for group in Group::ALL {
        for check in group.run() {
            assert!(check.is_passed(), "{group:?}: {check:?}");
            count += 1;
        }
    }
    assert!(count >= 8 + 8 + 3 + 3, "{count}");
}

#[wasm_bindgen_test]
fn a_seed_that_no_javascript_number_can_hold_reaches_the_body_unchanged() {
    for seed in ["0", "9007199254740993", "18446744073709551615"] {
        let request = json!({
            "avatar": portrait(),
            "prompt": "at dawn",
            "preset": "balanced",
            "overrides": { "seed": seed },
        });
        let composed = likeness_fal::compose::compose(&request, 0).unwrap();
        let body = serde_json::to_string(&composed.body).unwrap();
        let sent = body.split("\"seed\":").nth(1).and_then(|rest| rest.split([',', '}']).next());
        assert_eq!(sent, Some(seed), "{body}");
    }
}
