//! Rules that the words of every language keep.

use super::{Language, Messages};
use likeness_core::{Field, Preset, Reason};
use likeness_fal::error::Kind;

const BOTH: [Language; 2] = [Language::En, Language::Ru];

fn buttons(t: &Messages) -> Vec<&'static str> {
    vec![
        t.close,
        t.reload,
        t.add,
        t.clear,
        t.copy,
        t.copied,
        t.remove,
        t.turn_off,
        t.undo_fix,
        t.more,
        t.cancel,
        t.again,
        t.dismiss,
        t.edit,
        t.try_again,
        t.use_ultra,
        t.open_avatar,
        t.first_picture,
        t.add_mine,
        t.use_settings,
        t.download,
        t.delete,
        t.undo,
        t.avatar_add,
        t.avatar_complete,
        t.save,
        t.import,
        t.export,
        t.choose_file,
        t.import_pins_keep,
        t.import_pins_drop,
        t.storage_keep,
        t.erase_keep,
        t.erase_word,
        t.check_run,
        t.check_again,
        t.to_start,
    ]
}

fn long_texts(t: &Messages) -> Vec<&'static str> {
    let help = [
        t.help_first_text,
        t.help_portrait_text,
        t.help_artistic_text,
        t.help_prompt_text,
        t.help_cost_text,
    ];
    let mut texts = help.concat();
    texts.extend([t.help_lead, t.help_presets_text, t.help_failures_text, t.help_tests_text]);
    texts.extend(Field::ALL.map(t.field_hint));
    texts.extend(Preset::ALL.map(|preset| (t.preset_words)(preset).advice));
    texts.extend(Kind::KEYS.into_iter().flat_map(|kind| {
        let words = (t.failure)(kind);
        [words.what, words.next]
    }));
    texts
}

#[test]
fn a_button_has_at_most_fifteen_characters() {
    for language in BOTH {
        for text in buttons(language.messages()) {
            assert!(text.chars().count() <= 15, "{text}");
        }
    }
}

#[test]
fn every_kind_of_failure_has_words_of_its_own() {
    for language in BOTH {
        let failure = language.messages().failure;
        let generic = failure("a kind of tomorrow");
        for kind in Kind::KEYS.into_iter().chain(["storage_full"]) {
            assert_ne!(failure(kind).what, generic.what, "{kind}");
            assert_ne!(failure(kind).next, generic.next, "{kind}");
        }
    }
}

#[test]
fn quotation_marks_dashes_and_blanks_are_those_of_print() {
    for language in BOTH {
        for text in long_texts(language.messages()) {
            assert!(!text.contains(['"', '\'', '—']), "{text}");
            assert!(!text.contains("  ") && !text.contains(" - "), "{text}");
            assert_eq!(text, text.trim());
        }
    }
}

#[test]
fn what_is_said_at_a_field_is_a_sentence() {
    for language in BOTH {
        let reason = language.messages().reason;
        for text in [Reason::Missing, Reason::OutOfRange, Reason::NotHttps].map(reason) {
            assert!(text.ends_with('.'), "{text}");
        }
        for text in Field::ALL.map(language.messages().field_hint) {
            assert!(text.ends_with('.'), "{text}");
        }
    }
}

#[test]
fn the_first_prompt_is_english_in_both_because_models_learned_from_it() {
    assert_eq!(Language::Ru.messages().first_prompt, Language::En.messages().first_prompt);
}
