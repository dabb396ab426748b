//! Rules that the words of every language keep.

use super::{Language, Words};
use likeness_core::{Field, Preset, Reason};
use likeness_engine::runner::TOLD_APART;
use likeness_fal::error::Kind;

const BOTH: [Language; 2] = [Language::En, Language::Ru];

fn buttons(t: Words) -> Vec<&'static str> {
    vec![
        t.close,
        t.rooms().reload,
        t.add,
        t.clear,
        t.rooms().copy,
        t.rooms().copied,
        t.remove,
        t.turn_off,
        t.rooms().undo_fix,
        t.rooms().more,
        t.rooms().cancel,
        t.rooms().cancel_waiting,
        t.rooms().cancel_all,
        t.rooms().send_again,
        t.rooms().code_enter,
        t.rooms().again,
        t.rooms().dismiss,
        t.rooms().edit,
        t.try_again,
        t.rooms().use_ultra,
        t.rooms().open_avatar,
        t.first_picture,
        t.add_mine,
        t.rooms().use_settings,
        t.rooms().download,
        t.rooms().delete,
        t.undo,
        t.rooms().avatar_add,
        t.rooms().avatar_complete,
        t.rooms().save,
        t.rooms().import,
        t.rooms().export,
        t.rooms().choose_file,
        t.rooms().import_pins_keep,
        t.rooms().import_pins_drop,
        t.rooms().storage_keep,
        t.rooms().erase_keep,
        t.rooms().erase_word,
        t.rooms().check_run,
        t.rooms().check_again,
        t.rooms().to_start,
    ]
}

fn long_texts(t: Words) -> Vec<&'static str> {
    let help = [
        t.rooms().help_first_text,
        t.rooms().help_portrait_text,
        t.rooms().help_artistic_text,
        t.rooms().help_prompt_text,
        t.rooms().help_cost_text,
    ];
    let mut texts = help.concat();
    texts.extend([
        t.rooms().help_lead,
        t.rooms().help_presets_text,
        t.rooms().help_failures_text,
        t.rooms().help_tests_text,
    ]);
    texts.extend(Field::ALL.map(t.rooms().field_hint));
    texts.extend(Preset::ALL.map(|preset| (t.preset_words)(preset).advice));
    let server = TOLD_APART.iter().map(|code| code.name());
    texts.extend(Kind::KEYS.into_iter().chain(server).flat_map(|kind| {
        let words = (t.rooms().failure)(kind);
        [words.what, words.next]
    }));
    texts
}

#[test]
fn a_button_has_at_most_fifteen_characters() {
    for language in BOTH {
        for text in buttons(language.words()) {
            assert!(text.chars().count() <= 15, "{text}");
        }
    }
}

#[test]
fn every_kind_of_failure_has_words_of_its_own() {
    for language in BOTH {
        let failure = language.rooms().failure;
        let generic = failure("a kind of tomorrow");
        let server = TOLD_APART.iter().map(|code| code.name());
        let store = ["storage_full", "storage_failed", "storage_newer", "outdated", "picture_gone"];
        for kind in Kind::KEYS.into_iter().chain(store).chain(server) {
            assert_ne!(failure(kind).what, generic.what, "{kind}");
            assert_ne!(failure(kind).next, generic.next, "{kind}");
        }
    }
}

#[test]
fn quotation_marks_dashes_and_blanks_are_those_of_print() {
    for language in BOTH {
        for text in long_texts(language.words()) {
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
        for text in Field::ALL.map(language.rooms().field_hint) {
            assert!(text.ends_with('.'), "{text}");
        }
    }
}

#[test]
fn the_first_prompt_is_english_in_both_because_models_learned_from_it() {
    assert_eq!(Language::Ru.messages().first_prompt, Language::En.messages().first_prompt);
}
