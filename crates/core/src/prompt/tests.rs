//! The published trigger cases by name, and the properties that hold for any text.

use super::*;
use crate::avatar::AvatarKind;
use proptest::prelude::*;

fn avatar(kind: AvatarKind, word: &str, phrase: &str) -> Avatar {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Avatar {
        id: String::new(),
        name: String::new(),
        kind,
        trigger_word: text(word),
        trigger_phrase: text(phrase),
        lora_url: None,
        lora_scale: None,
        finetune_id: None,
        finetune_strength: None,
    }
}

fn artistic(word: &str) -> Avatar {
    avatar(AvatarKind::Artistic, word, "")
}

fn portrait(phrase: &str) -> Avatar {
    avatar(AvatarKind::Portrait, "TOK", phrase)
}

fn composed(avatar: &Avatar, text: &str) -> String {
    compose(avatar, text).unwrap().text
}

const PHRASE: &str = "a photo of TOK person";

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
        "a photo of TOK person confident woman"
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

#[test]
fn a_phrase_that_is_absent_is_added_even_if_its_token_was_typed() {
    assert_eq!(composed(&portrait(PHRASE), "TOK in armor"), "a photo of TOK person TOK in armor");
    assert_eq!(
        composed(&portrait(PHRASE), "a photo of a tok in armor"),
        "a photo of TOK person a photo of a tok in armor"
    );
}

#[test]
fn a_merged_head_may_end_the_text_or_be_followed_by_a_comma() {
    assert_eq!(composed(&portrait(PHRASE), "The portrait of the woman"), PHRASE);
    assert_eq!(
        composed(&portrait(PHRASE), "an image of a man, smiling"),
        "a photo of TOK person an image of a man, smiling"
    );
    assert_eq!(
        composed(&portrait(PHRASE), "a picture of a well-dressed, tall"),
        "a photo of TOK person, tall"
    );
}

#[test]
fn a_phrase_that_is_no_head_merges_nothing() {
    assert_eq!(
        composed(&portrait("TOK person"), "a photo of a man"),
        "TOK person a photo of a man"
    );
}

#[test]
fn every_typed_trigger_stays_and_is_spelled_as_trained() {
    let composition = compose(&artistic("ARTST"), "artst castle, Artst fog").unwrap();
    assert_eq!(composition.text, "ARTST castle, ARTST fog");
    assert_eq!(composition.trigger, TriggerUse::Typed(2));
}

#[test]
fn composed_and_decomposed_letters_are_the_same() {
    assert_eq!(composed(&artistic("ZOÉ"), "zoe\u{301} by the sea"), "ZOÉ by the sea");
    assert_eq!(composed(&artistic("Андрей"), "андреи\u{306} у моря"), "Андрей у моря");
    assert_eq!(composed(&artistic("각"), "\u{1100}\u{1161}\u{11A8} 바다"), "각 바다");
    assert_eq!(composed(&artistic("ZOE"), "zoe\u{301} by the sea"), "ZOE, zoe\u{301} by the sea");
}

#[test]
fn case_is_ignored_beyond_ascii() {
    assert_eq!(composed(&artistic("ВЕРА"), "вера на набережной"), "ВЕРА на набережной");
    assert_eq!(composed(&artistic("ΟΔΥΣΣΕΥΣ"), "ο οδυσσευς"), "ο ΟΔΥΣΣΕΥΣ");
    assert_eq!(composed(&artistic("STRASSE"), "die straße"), "die STRASSE");
}

#[test]
fn spans_say_what_came_from_whom() {
    let spans: Vec<_> = compose(&artistic("ARTST"), "a tower, artst")
        .unwrap()
        .spans
        .into_iter()
        .map(|span| (span.text, span.origin))
        .collect();
    assert_eq!(
        spans,
        [("a tower, ".to_owned(), Origin::You), ("ARTST".to_owned(), Origin::Avatar)]
    );
    let origins: Vec<_> = compose(&artistic("ARTST"), "a tower")
        .unwrap()
        .spans
        .into_iter()
        .map(|span| span.origin)
        .collect();
    assert_eq!(origins, [Origin::Avatar, Origin::Joint, Origin::You]);
}

#[test]
fn commas_around_a_trigger_are_not_part_of_it() {
    assert_eq!(composed(&artistic(" ARTST, "), "a tower"), "ARTST, a tower");
}

fn any_avatar() -> impl Strategy<Value = Avatar> {
    let word = prop_oneof![
        "[A-Z]{2,6}",
        "[A-Za-z_0-9]{1,8}",
        "\\PC{1,6}",
        "Вера|ЗОЯ|ÉLÉ|각|a b a|,x|, ,",
        Just(String::new())
    ];
    let phrase = prop_oneof![
        Just(PHRASE.to_owned()),
        Just("a photo of TOK".to_owned()),
        "[a-z]{1,3} [a-z]{1,3}",
        "\\PC{1,10}",
        Just(String::new())
    ];
    (any::<bool>(), word, phrase).prop_map(|(is_portrait, word, phrase)| {
        avatar(
            if is_portrait { AvatarKind::Portrait } else { AvatarKind::Artistic },
            &word,
            &phrase,
        )
    })
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("TOK".to_owned()),
        Just("tok".to_owned()),
        Just("вера".to_owned()),
        Just("a photo of a man".to_owned()),
        Just(PHRASE.to_owned()),
        Just("a b a b".to_owned()),
        Just("x".to_owned()),
        Just("\u{301}".to_owned()),
        "[ ,.a-z]{0,8}",
        "\\PC{0,8}",
        any::<String>(),
    ];
    (proptest::collection::vec(piece, 0..6), prop_oneof![Just(" "), Just(""), Just(", ")])
        .prop_map(|(pieces, joint)| pieces.join(joint))
}

/// The trigger as it is put into a text, and how often it stands there.
fn trigger_text(avatar: &Avatar) -> Option<String> {
    Some(match avatar.trigger()? {
        Trigger::Word(word) => collapse_trigger(word),
        Trigger::Phrase { phrase, .. } => collapse_trigger(phrase),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn composing_twice_equals_composing_once(avatar in any_avatar(), text in any_text()) {
        if let Some(once) = compose(&avatar, &text) {
            prop_assert_eq!(&compose(&avatar, &once.text).unwrap().text, &once.text);
        }
    }

    #[test]
    fn the_spans_are_the_text(avatar in any_avatar(), text in any_text()) {
        if let Some(composition) = compose(&avatar, &text) {
            let joined: String = composition.spans.iter().map(|span| span.text.as_str()).collect();
            prop_assert_eq!(joined, composition.text);
            prop_assert!(composition.spans.iter().all(|span| !span.text.is_empty()));
        }
    }

    #[test]
    fn the_words_of_the_person_survive_in_order(avatar in any_avatar(), text in any_text()) {
        let Some(composition) = compose(&avatar, &text) else { return Ok(()) };
        let collapsed = collapse(&text);
        match &composition.trigger {
            TriggerUse::None => prop_assert_eq!(composition.text, collapsed),
            TriggerUse::Added => prop_assert!(composition.text.ends_with(&collapsed)),
            TriggerUse::Merged(head) => {
                let rest = collapsed.strip_prefix(head.as_str()).unwrap();
                prop_assert!(composition.text.ends_with(rest));
            }
            TriggerUse::Typed(_) => {
                let mut rest = collapsed.as_str();
                for span in composition.spans.iter().filter(|span| span.origin == Origin::You) {
                    let at = rest.find(&span.text);
                    prop_assert!(at.is_some());
                    rest = &rest[at.unwrap() + span.text.len()..];
                }
            }
        }
    }

    #[test]
    fn an_absent_trigger_stands_once_and_a_typed_one_as_often_as_typed(avatar in any_avatar(), text in any_text()) {
        let (Some(composition), Some(trigger)) = (compose(&avatar, &text), trigger_text(&avatar)) else { return Ok(()) };
        let needle = Needle::new(&trigger);
        let typed = needle.ranges(&collapse(&text)).count();
        let found: Vec<_> = needle.ranges(&composition.text).collect();
        prop_assert_eq!(found.len(), typed.max(1));
        prop_assert!(found.into_iter().all(|range| composition.text[range] == trigger));
    }

    #[test]
    fn no_text_makes_it_panic(word in any::<String>(), phrase in any::<String>(), text in any::<String>()) {
        for kind in AvatarKind::ALL {
            let _ = compose(&avatar(kind, &word, &phrase), &text);
        }
    }
}
