//! Properties that hold for any prompt and any avatar.

use super::*;

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
