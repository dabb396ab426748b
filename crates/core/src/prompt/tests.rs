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

/// Words that the rules care about, and some that they do not.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "an", "the", "photo", "of", "picture", "portrait", "woman", "man", "person", "model", "TOK", "tok", "Tok", "TOK2", "TOK_2", "tok's",
    "TOK-like", "OHWX", "sks", "young", "old", "in", "on", "with", "and", "at dawn", "standing", "dressed", ",", ".", ":", "(", "[trigger]",
    "'s", "’s", "<lora:tok:0.8>", "<a:", "https://x.example/tok", "www.tok.com,", "TOK站", "在海", "바다TOK", "夜の", "женщина", "नमस्ते",
    "\u{200B}", "\u{FEFF}TOK", "tok\u{301}", "É1", "e\u{301}1", "ß", "SS", "👩\u{200D}🚀", "\u{202E}TOK", "blue eyes", "kvr man", "beard", "5:30",
];

fn any_words() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(WORDS);
    (proptest::collection::vec(word, 1..9), prop_oneof![9 => Just(" "), 1 => Just("")])
        .prop_map(|(words, joint)| words.join(joint))
}

fn any_avatar() -> impl Strategy<Value = Avatar> {
    let word = prop_oneof![
        Just("TOK".to_owned()),
        Just("kvr man, blue eyes, beard".to_owned()),
        any_words(),
        "[A-Z]{2,6}",
        "[A-Za-z_0-9]{1,8}",
        "\\PC{1,6}",
        "Вера|ЗОЯ|ÉLÉ|각|a b a|,x|, ,",
        Just(String::new())
    ];
    let phrase = prop_oneof![
        Just(PHRASE.to_owned()),
        Just("a photo of TOK".to_owned()),
        Just("a photo of TOK woman, green eyes, TOK".to_owned()),
        Just("OHWX woman, blue eyes".to_owned()),
        any_words(),
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
        any_words(),
        any_words(),
    ];
    (proptest::collection::vec(piece, 0..6), prop_oneof![Just(" "), Just(""), Just(", ")])
        .prop_map(|(pieces, joint)| pieces.join(joint))
}

/// The parts of the trigger.
fn parts(avatar: &Avatar) -> Vec<Needle> {
    match avatar.trigger() {
        None => Vec::new(),
        Some(Trigger::Word(text) | Trigger::Phrase { phrase: text, .. }) => trigger::parts(text),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn composing_twice_equals_composing_once(avatar in any_avatar(), text in any_text()) {
        if let Some(once) = compose(&avatar, &text) {
            prop_assert_eq!(&compose(&avatar, &once.text).unwrap().text, &once.text);
        }
    }

    #[test]
    fn the_spans_are_the_text(avatar in any_avatar(), text in any_text()) {
        if let Some(composition) = compose(&avatar, &text) {
            prop_assert_eq!(joined(&composition.spans), composition.text);
            prop_assert!(composition.spans.iter().all(|span| !span.text.is_empty()));
        }
    }

    #[test]
    fn the_words_of_the_person_survive_in_order(avatar in any_avatar(), text in any_text()) {
        let Some(composition) = compose(&avatar, &text) else { return Ok(()) };
        let collapsed = collapse(&text);
        let mut rest = match &composition.trigger {
            TriggerUse::Merged(replaced) => collapsed.strip_prefix(replaced.as_str()).unwrap(),
            _ => collapsed.as_str(),
        };
        for span in &composition.spans {
            match span.origin {
                // A trigger that was typed; one that was added does not stand in the text.
                Origin::Avatar => {
                    let trimmed = rest.trim_start_matches(' ');
                    if let Some(end) = Needle::new(&span.text).end_at(trimmed, 0) {
                        rest = &trimmed[end..];
                    }
                }
                Origin::You => {
                    let after = rest.strip_prefix(&span.text);
                    let after = after.or_else(|| rest.trim_start_matches(' ').strip_prefix(&span.text));
                    prop_assert!(after.is_some(), "{:?} is not next in {:?}", span, rest);
                    rest = after.unwrap();
                }
                Origin::Joint => {}
            }
        }
        prop_assert!(rest.trim().is_empty(), "{:?} is lost", rest);
    }

    #[test]
    fn only_what_the_phrase_says_is_left_out(avatar in any_avatar(), text in any_text()) {
        let Some(Composition { trigger: TriggerUse::Merged(replaced), .. }) = compose(&avatar, &text) else { return Ok(()) };
        let parts = parts(&avatar);
        let phrase = parts[0].text();
        let token = trigger::token(phrase, avatar.trigger_word.as_deref());
        if token.is_some_and(|token| token.end_at(&replaced, 0).is_some()) {
            // The token, with words that the phrase has too.
            prop_assert!(Needle::new(&replaced).is_in(phrase), "{replaced:?} is not in {phrase:?}");
            return Ok(());
        }
        prop_assert!(english::has_medium(phrase));
        let rest = &replaced[english::medium(&replaced).unwrap_or(0)..];
        let rest = english::without_article(rest.trim_start());
        prop_assert!(rest.is_empty() || english::begins_with_person(rest) && !rest.contains(' '), "{replaced:?}");
    }

    #[test]
    fn each_part_stands_as_often_as_typed_and_at_least_once(avatar in any_avatar(), text in any_text()) {
        let Some(composition) = compose(&avatar, &text) else { return Ok(()) };
        let parts = parts(&avatar);
        let collapsed = collapse(&text);
        let (typed, sent) = (Words::new(&collapsed, &parts), Words::new(&composition.text, &parts));
        for part in &parts {
            let found: Vec<_> = sent.ranges(part).collect();
            let count = typed.ranges(part).count();
            let is_left = matches!(composition.trigger, TriggerUse::Token { .. }) && count == 0;
            if !is_left {
                // A phrase in front may bring another part along, never take one away.
                prop_assert!(found.len() >= count.max(1), "{part:?} in {:?}", composition.text);
            }
        }
    }

    #[test]
    fn tags_and_addresses_stay_as_they_were_typed(avatar in any_avatar(), text in any_text()) {
        let Some(composition) = compose(&avatar, &text) else { return Ok(()) };
        let collapsed = collapse(&text);
        let parts = parts(&avatar);
        let start = Words::new(&collapsed, &parts);
        for range in start.verbatim() {
            prop_assert!(composition.text.contains(&collapsed[range.clone()]));
        }
    }

    #[test]
    fn no_text_makes_it_panic(word in any::<String>(), phrase in any::<String>(), text in any::<String>()) {
        for kind in AvatarKind::ALL {
            let _ = compose(&avatar(kind, &word, &phrase), &text);
        }
    }
}
