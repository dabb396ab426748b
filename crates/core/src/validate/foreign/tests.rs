//! What is noticed in a prompt, and what its fix makes of it.

use super::*;
use crate::issue::Fix;

const WORD: Option<Trigger<'_>> = Some(Trigger::Word("TOK"));
const PHRASE: Option<Trigger<'_>> =
    Some(Trigger::Phrase { phrase: "a photo of TOK woman", word: None });

/// The only notice, with its fix of the prompt.
fn noticed(text: &str, trigger: Option<Trigger<'_>>) -> Option<(Reason, String)> {
    let mut found = notices(text, trigger, None);
    assert!(found.len() < 2, "{found:?}");
    let issue = found.pop()?;
    assert!(!issue.is_error());
    let fixed = issue.fix.first().map_or("", |fix| fix.value.as_str().unwrap());
    Some((issue.reason, fixed.to_owned()))
}

#[test]
fn weights_become_their_words() {
    for (text, fixed) in [
        ("a (red:1.2) coat", "a red coat"),
        ("(red coat:1.2), (snow:0.8)", "red coat, snow"),
        ("((red:1.1) coat:1.3) (old)", "red coat (old)"),
        ("(фонари: .9) ночью", "фонари ночью"),
        ("(a \u{1F600}b:2)", "a \u{1F600}b"),
    ] {
        assert_eq!(noticed(text, WORD), Some((Reason::Weights, fixed.to_owned())), "{text}");
    }
    for text in [
        "(at 5:30)",
        "(16:9)",
        "(note: red)",
        "(psalm:23)",
        "a:1.2",
        ")(:1.2)",
        "\\(a:1.2",
        "(a:)",
        "(a:.)",
    ] {
        assert_eq!(noticed(text, WORD), None, "{text}");
    }
}

#[test]
fn tags_go_with_their_commas() {
    for (text, fixed) in [
        ("<lora:tok:0.8> in a park", "in a park"),
        ("a park, <LORA:tok:0.8>, at dawn", "a park, at dawn"),
        ("a park <lyco:x><lora:y:1>", "a park"),
        ("<lora:x:1>, a park, <lora:y:1>", "a park"),
        ("<lora:x:1>", ""),
    ] {
        assert_eq!(noticed(text, WORD), Some((Reason::LoraTags, fixed.to_owned())), "{text}");
    }
    for text in ["<b>", "<lora>", "I <3 lora:", "<other:x>", "<lora:x"] {
        assert_eq!(noticed(text, WORD), None, "{text}");
    }
}

#[test]
fn a_placeholder_becomes_the_trigger() {
    for (text, trigger, fixed) in [
        ("[trigger] in a park", WORD, "TOK in a park"),
        ("a photo of [Trigger], [trigger]", WORD, "a photo of TOK, TOK"),
        ("[trigger_word] in a park", PHRASE, "a photo of TOK woman in a park"),
        ("a photo of [trigger] in a park", PHRASE, "a photo of TOK woman in a park"),
        ("[trigger]", None, ""),
    ] {
        assert_eq!(noticed(text, trigger), Some((Reason::Placeholder, fixed.to_owned())), "{text}");
    }
    assert_eq!(noticed("[triggers] [a] trigger", WORD), None);
}

#[test]
fn pasted_parameters_become_words_seed_and_size() {
    let fix = |field: &str, value: Value| Fix { field: field.to_owned(), value };
    let text = "a castle, fog\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12, Size: 512x768, Model: x";
    for text in [text.to_owned(), text.replace('\n', " ")] {
        let found = notices(&text, WORD, Some(Route::FLUX_LORA));
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].fix,
            [
                fix("prompt", json!("a castle, fog")),
                fix("overrides.seed", json!(12)),
                fix("overrides.image_size", json!({ "width": 512, "height": 768 })),
            ]
        );
    }
    let found = notices(text, WORD, Some(Route::ULTRA_FINETUNED));
    assert_eq!(found[0].fix[2], fix("overrides.aspect_ratio", json!("2:3")));
    let found = notices("fog, Steps: 20, Seed: 18446744073709551615, Size: 64x64", WORD, None);
    assert_eq!(found[0].fix[1..], [fix("overrides.seed", json!("18446744073709551615"))]);
    for text in
        ["three steps: up", "size: large, seed: none", "The sampler: a portrait", "steps: 20"]
    {
        assert_eq!(noticed(text, WORD), None, "{text}");
    }
    assert_eq!(
        noticed("negative prompt: x", WORD),
        Some((Reason::PastedParameters, String::new()))
    );
}

#[test]
fn more_than_about_512_tokens_are_noticed_and_cut() {
    let words = |count: usize| vec!["a"; count].join(" ");
    assert_eq!(noticed(&words(393), WORD), None);
    assert_eq!(noticed(&words(394), WORD), Some((Reason::ManyTokens, words(393))));
    assert_eq!(noticed(&"я".repeat(2048), WORD), None);
    assert_eq!(noticed(&"я".repeat(2049), WORD), Some((Reason::ManyTokens, "я".repeat(2048))));
    let long = format!("{} {}", "x".repeat(2000), "y".repeat(100));
    assert_eq!(noticed(&long, WORD), Some((Reason::ManyTokens, "x".repeat(2000))));
}

#[test]
fn texts_that_cannot_have_notices_have_none() {
    let many = "a ".repeat(400);
    for text in ["(a:1.2)", "<lora:a:1>", "[trigger]", "a Steps: 20, Seed: 5, Size: 512x512", &many]
    {
        assert!(!notices(text, WORD, None).is_empty(), "{text}");
        assert!(crate::validate::may_have_word_notices(text), "{text}");
        let harmless = text.replace(['(', '[', '<', ':'], "");
        let harmless = &harmless[..harmless.len().min(crate::validate::MAX_TOKENS)];
        assert!(!crate::validate::may_have_word_notices(harmless), "{harmless}");
        assert!(notices(harmless, WORD, None).is_empty(), "{harmless}");
    }
}
