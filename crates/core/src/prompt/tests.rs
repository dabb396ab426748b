//! The published trigger cases by name, and the properties that hold for any text.

mod published;
mod random;

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

const PHRASE: &str = "a photo of TOK person";

fn composed(avatar: &Avatar, text: &str) -> String {
    compose(avatar, text).unwrap().text
}

/// What is typed and what is sent, with the phrase "a photo of TOK woman", which stands here as P.
#[test]
fn a_phrase_joins_what_was_typed() {
    let phrase = "a photo of TOK woman";
    for (typed, sent) in [
        ("in medieval armor", "P in medieval armor"),
        ("a photo of a man in armor", "P in armor"),
        ("woman in red", "P in red"),
        ("a photo of a young woman in armor", "P, a young woman in armor"),
        ("a photo of a forest at dawn", "P, a forest at dawn"),
        ("a photo of a model train", "P, a model train"),
        ("a male model in a suit", "P, a male model in a suit"),
        ("a photo of a man, smiling", "P, smiling"),
        ("a castle", "P, a castle"),
        ("Tokyo street", "P, Tokyo street"),
        ("red coat, snow", "P, red coat, snow"),
        ("smiling, close-up", "P smiling, close-up"),
        ("TOK", "P"),
        ("TOK on a horse", "P on a horse"),
        ("TOK woman on a horse", "P on a horse"),
        ("TOK man on a horse", "TOK man on a horse"),
        ("tok's face", "P's face"),
        ("TOK-like robot", "TOK-like robot"),
        ("oil painting of tok in a boat", "oil painting of TOK in a boat"),
        ("фото женщины", "P, фото женщины"),
        // More of the same kinds.
        ("The portrait of the woman", "P"),
        ("an image of a man (smiling)", "P, (smiling)"),
        ("a picture of a well-dressed, tall man", "P, a well-dressed, tall man"),
        ("a photograph of", "P"),
        ("photo of the old harbour", "P, the old harbour"),
        ("a photographer at work", "P, a photographer at work"),
        ("a man's hat", "P, a man's hat"),
        ("seated on a throne", "P seated on a throne"),
        ("red hair", "P, red hair"),
        ("aged wood", "P, aged wood"),
        ("king of the hill", "P, king of the hill"),
        ("\u{200B}, in red", "P, in red"),
        ("Tok woman's hat", "P's hat"),
        ("tok: a life", "P: a life"),
        ("TOK womanly", "P, womanly"),
        ("TOK站在海边", "TOK站在海边"),
        ("<lora:TOK:1> in red", "P, <lora:TOK:1> in red"),
        ("see https://a.example/TOK now", "P, see https://a.example/TOK now"),
    ] {
        let sent = sent.strip_prefix('P').map_or(sent.to_owned(), |rest| format!("{phrase}{rest}"));
        assert_eq!(composed(&portrait(phrase), typed), sent, "{typed}");
    }
}

#[test]
fn a_trigger_with_commas_consists_of_its_parts() {
    let listed = portrait("a photo of TOK woman, green eyes");
    for (typed, sent) in [
        ("a man in armor", "a photo of TOK woman, green eyes, in armor"),
        ("green eyes, in armor", "a photo of TOK woman, green eyes, in armor"),
        ("a photo of tok woman in armor", "green eyes, a photo of TOK woman in armor"),
        ("oil painting of tok", "oil painting of TOK"),
        ("TOK, Green Eyes", "a photo of TOK woman, green eyes"),
    ] {
        assert_eq!(composed(&listed, typed), sent, "{typed}");
    }
    let listed = artistic("kvr man, blue eyes, man, kvr man");
    for (typed, sent) in [
        ("kvr man, in a park", "blue eyes, kvr man, in a park"),
        ("in a park", "kvr man, blue eyes, in a park"),
        ("a KVR MAN with Blue eyes", "a kvr man with blue eyes"),
    ] {
        assert_eq!(composed(&listed, typed), sent, "{typed}");
    }
}

#[test]
fn a_mark_without_a_letter_is_no_trigger() {
    assert_eq!(composed(&artistic("\u{301}"), "a tower"), "a tower");
    assert_eq!(composed(&portrait("A,\u{C55}"), "an"), "A, an");
    assert_eq!(composed(&portrait("\u{C55}"), "a tower"), "TOK, a tower");
}

#[test]
fn nothing_in_a_tag_or_an_address_counts_or_changes() {
    for text in ["<lora:tok:0.8> in a park", "at www.tok.example", "HTTPS://tok.example/tok ok"] {
        assert_eq!(composed(&artistic("TOK"), text), format!("TOK, {text}"));
    }
    assert_eq!(composed(&artistic("TOK"), "tok <lora:tok:1>, tok"), "TOK <lora:tok:1>, TOK");
    // A trigger that looks like a tag still calls the avatar up.
    let tag = artistic("<lora:tok:1>");
    assert_eq!(composed(&tag, "<LORA:TOK:1> at dawn"), "<lora:tok:1> at dawn");
    assert_eq!(composed(&tag, "at dawn <lora:tok:1>"), "<lora:tok:1>, at dawn <lora:tok:1>");
}

#[test]
fn a_word_ends_where_another_script_begins() {
    for text in ["TOK站在海边", "夜のTOK", "TOK바다", "TOKв лесу", "TOKनमस्ते", "TOKⒶ", "海TOK山"]
    {
        assert_eq!(composed(&artistic("TOK"), text), text);
    }
    for text in ["TOK_站", "TOK2站", "TOK\u{301}站", "TOK٣", "Tokio"] {
        assert_eq!(composed(&artistic("TOK"), text), format!("TOK, {text}"));
    }
    assert_eq!(composed(&artistic("站"), "TOK站"), "TOK站");
}

#[test]
fn a_token_typed_where_the_phrase_does_not_fit_offers_the_phrase_in_front() {
    let composition = compose(&portrait("a photo of TOK woman"), "oil painting of tok").unwrap();
    let with_phrase = "a photo of TOK woman, oil painting of tok".to_owned();
    let again = composed(&portrait("a photo of TOK woman"), &with_phrase);
    assert_eq!(again, "a photo of TOK woman, oil painting of TOK");
    assert_eq!(composition.trigger, TriggerUse::Token { with_phrase });
}

#[test]
fn what_the_phrase_takes_the_place_of_is_told() {
    let merged = |text: &str| compose(&portrait("a photo of TOK woman"), text).unwrap().trigger;
    let words = |words: &str| TriggerUse::Merged(words.to_owned());
    assert_eq!(merged("a photo of a young woman"), words("a photo of"));
    assert_eq!(merged("Woman in red"), words("Woman"));
    assert_eq!(merged("tok WOMAN in red"), words("tok WOMAN"));
    assert_eq!(merged("in red"), TriggerUse::Added);
}

#[test]
fn the_token_of_a_phrase_is_its_word_or_written_like_one() {
    let token = |phrase: &str, word: Option<&str>| {
        trigger::token(phrase, word).map(|token| token.text().to_owned())
    };
    for (phrase, word, expected) in [
        ("a photo of sks man", Some("SKS"), Some("sks")),
        ("a photo of sks man", Some("man, tall"), None),
        ("a photo of a TOK_1 man", Some("other"), Some("TOK_1")),
        ("photo of the man", None, None),
        ("OHWX woman", None, Some("OHWX")),
        ("A portrait of sks man", None, None),
        ("A man", None, None),
        ("prof TOK", None, None),
    ] {
        assert_eq!(token(phrase, word).as_deref(), expected, "{phrase}");
    }
}

#[test]
fn every_typed_trigger_stays_and_is_spelled_as_trained() {
    let composition = compose(&artistic("ARTST"), "artst castle, Artst fog").unwrap();
    assert_eq!(composition.text, "ARTST castle, ARTST fog");
    assert_eq!(composition.trigger, TriggerUse::Typed);
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
