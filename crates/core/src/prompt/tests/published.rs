//! The published cases, by their names.

use super::*;

#[test]
fn a1_an_artistic_trigger_is_added_in_front() {
    assert_eq!(composed(&artistic("ARTST"), "castle in the fog"), "ARTST, castle in the fog");
}

#[test]
fn a2_a_typed_artistic_trigger_stays_as_it_is() {
    assert_eq!(composed(&artistic("ARTST"), "ARTST castle in the fog"), "ARTST castle in the fog");
}

#[test]
fn a3_without_a_trigger_the_text_is_unchanged() {
    let composition = compose(&artistic(""), "castle in the fog").unwrap();
    assert_eq!(
        (composition.text.as_str(), composition.trigger),
        ("castle in the fog", TriggerUse::None)
    );
}

#[test]
fn p1_a_phrase_is_added_as_a_sentence_head() {
    assert_eq!(
        composed(&portrait(PHRASE), "in medieval armor"),
        "a photo of TOK person in medieval armor"
    );
}

#[test]
fn p2_a_text_that_starts_with_the_phrase_is_unchanged() {
    let text = "a photo of TOK person in medieval armor";
    assert_eq!(composed(&portrait(PHRASE), text), text);
}

#[test]
fn p3_a_portrait_without_phrase_falls_back_to_its_word() {
    assert_eq!(composed(&portrait(""), "business portrait"), "TOK, business portrait");
}

#[test]
fn x1_a_trigger_inside_another_word_does_not_count() {
    for text in ["Tokyo street at night", "a token of love", "stoke the fire"] {
        assert_eq!(composed(&portrait(""), text), format!("TOK, {text}"));
    }
}

#[test]
fn x2_a_word_that_starts_with_the_trigger_does_not_count() {
    assert_eq!(
        composed(&artistic("ARTST"), "an artstation concept"),
        "ARTST, an artstation concept"
    );
}

#[test]
fn x3_a_longer_token_does_not_count() {
    let text = "portrait of TOK_ab12cd34x";
    assert_eq!(composed(&artistic("TOK_ab12cd34"), text), format!("TOK_ab12cd34, {text}"));
}

#[test]
fn x4_two_heads_are_merged_into_one() {
    let composition = compose(&portrait(PHRASE), "a photo of a man in armor").unwrap();
    assert_eq!(composition.text, "a photo of TOK person in armor");
    assert_eq!(composition.trigger, TriggerUse::Merged("a photo of a man".into()));
}

#[test]
fn x5_an_empty_prompt_composes_nothing() {
    for text in ["", "   ", "\n\t", "\u{200B}\u{FEFF}", "\u{3164}", "\0\u{7}"] {
        assert_eq!(compose(&portrait(PHRASE), text), None, "{text:?}");
    }
}

#[test]
fn x6_blanks_are_trimmed_and_collapsed() {
    assert_eq!(
        composed(&artistic("ARTST"), "  castle \n\n in\tthe  fog "),
        "ARTST, castle in the fog"
    );
}

#[test]
fn x7_a_lower_case_trigger_is_spelled_as_trained() {
    assert_eq!(composed(&portrait(""), "portrait of tok at dawn"), "portrait of TOK at dawn");
}

#[test]
fn x8_running_a_composed_prompt_again_adds_nothing() {
    let once = composed(&portrait(PHRASE), "at dawn");
    assert_eq!(composed(&portrait(PHRASE), &once), once);
}

#[test]
fn x9_a_portrait_with_an_empty_phrase_still_has_its_word() {
    assert_eq!(composed(&avatar(AvatarKind::Portrait, "TOK", "  "), "at dawn"), "TOK, at dawn");
}

#[test]
fn x10_no_gender_is_ever_added() {
    assert_eq!(
        composed(&portrait(PHRASE), "confident woman"),
        "a photo of TOK person, confident woman"
    );
}

#[test]
fn x11_a_lower_case_trigger_with_a_comma_counts() {
    assert_eq!(composed(&portrait(""), "tok, at dawn"), "TOK, at dawn");
}

#[test]
fn x14_emoji_quotes_and_markup_are_text() {
    let text = "<b>\"night\"</b> *bold* _x_ 🌃 &amp; {}";
    assert_eq!(composed(&artistic("ARTST"), text), format!("ARTST, {text}"));
}
