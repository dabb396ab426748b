//! The words of the interface, one constant per language: a missing translation does not compile.

mod en;
mod plural;
mod ru;
#[cfg(test)]
mod wording;

use crate::later::Missing;
#[cfg(all(feature = "split", target_arch = "wasm32"))]
use crate::later::later;
use core::ops::Deref;
use likeness_core::{Field, Preset, Reason, job::FailureKind};
#[cfg(all(feature = "split", target_arch = "wasm32"))]
use std::sync::OnceLock;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// The language of a BCP 47 tag, such as `ru-RU`; English for all that is not Russian.
    pub fn of_tag(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ru") { Self::Ru } else { Self::En }
    }

    /// The tag, for `lang` and for `Intl`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// Its words; English until those of another language are [loaded](Self::load).
    pub fn messages(self) -> &'static Messages {
        match self {
            Self::En => &en::MESSAGES,
            #[cfg(not(all(feature = "split", target_arch = "wasm32")))]
            Self::Ru => &ru::MESSAGES,
            #[cfg(all(feature = "split", target_arch = "wasm32"))]
            Self::Ru => RUSSIAN.get().copied().unwrap_or(&en::MESSAGES),
        }
    }

    /// Its words for what is fetched when it is needed. Whatever calls this brings them along.
    pub fn rooms(self) -> &'static Rooms {
        match self {
            Self::En => &en::ROOMS,
            Self::Ru => &ru::ROOMS,
        }
    }

    /// All its words.
    pub fn words(self) -> Words {
        Words { language: self, messages: self.messages() }
    }

    /// Fetches its words, if they are not here yet.
    ///
    /// # Errors
    /// [`Missing`] if they cannot be had now.
    pub async fn load(self) -> Result<(), Missing> {
        #[cfg(all(feature = "split", target_arch = "wasm32"))]
        if self == Self::Ru && RUSSIAN.get().is_none() {
            // Two calls at once find the same words.
            let _ = RUSSIAN.set(russian().await?);
        }
        Ok(())
    }

    /// A number with a fixed count of decimals, at most three, and the language's decimal mark.
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        let unit = 10_u64.pow(decimals as u32);
        let sign = if value < 0.0 { "-" } else { "" };
        let units = (value.abs() * unit as f64).round_ties_even() as u64;
        [sign, &self.fixed(units, decimals)].concat()
    }

    /// A number as short as it can be written, with at most two decimals.
    pub fn number(self, value: f64) -> String {
        let text = self.decimal(value, 2);
        text.trim_end_matches('0').trim_end_matches(self.mark()).to_owned()
    }

    /// A sum in dollars from millionths: two decimals, three below ten cents.
    pub fn money(self, micro_usd: u64) -> String {
        let sum = if micro_usd.is_multiple_of(10_000) {
            self.fixed(micro_usd / 10_000, 2)
        } else {
            self.fixed((micro_usd + 500) / 1_000, 3)
        };
        ["$", &sum].concat()
    }

    /// A count of bytes in kB, MB or GB.
    pub fn bytes(self, bytes: u64) -> String {
        let t = self.messages();
        let tenths = |unit: u64| self.fixed((bytes + unit / 20) / (unit / 10), 1);
        let (count, unit) = match bytes {
            0..1_000_000 => (bytes.div_ceil(1_000).to_string(), t.kilobytes),
            1_000_000..1_000_000_000 => (tenths(1_000_000), t.megabytes),
            _ => (tenths(1_000_000_000), t.gigabytes),
        };
        [&count, " ", unit].concat()
    }

    /// A number that was written with a point, with the language's decimal mark.
    pub fn marked(self, number: &str) -> String {
        number.replace('.', self.mark().encode_utf8(&mut [0; 4]))
    }

    const fn mark(self) -> char {
        match self {
            Self::En => '.',
            Self::Ru => ',',
        }
    }

    /// A whole count of tenths, hundredths or thousandths. Floats are never printed: the standard library's printer for them weighs as much as a page.
    fn fixed(self, units: u64, decimals: usize) -> String {
        let mut text = format!("{units:0width$}", width = decimals + 1);
        if decimals > 0 {
            text.insert(text.len() - decimals, self.mark());
        }
        text
    }
}

/// The words of a language: those of the first page as fields, the others behind [`Words::rooms`].
#[derive(Clone, Copy)]
pub struct Words {
    language: Language,
    messages: &'static Messages,
}

impl Words {
    /// The words for what is fetched when it is needed.
    pub fn rooms(self) -> &'static Rooms {
        self.language.rooms()
    }
}

impl Deref for Words {
    type Target = Messages;

    fn deref(&self) -> &Messages {
        self.messages
    }
}

#[cfg(all(feature = "split", target_arch = "wasm32"))]
static RUSSIAN: OnceLock<&'static Messages> = OnceLock::new();

#[cfg(all(feature = "split", target_arch = "wasm32"))]
later! {
    russian:
    fn russian() -> &'static Messages {
        &ru::MESSAGES
    }
}

/// What a preset is called and good for.
pub struct PresetWords {
    /// Its name.
    pub name: &'static str,
    /// When to take it, in about four words.
    pub advice: &'static str,
}

/// What a kind of failure is called and what to do about it.
pub struct FailureWords {
    /// What happened.
    pub what: &'static str,
    /// What to do next.
    pub next: &'static str,
}

macro_rules! messages {
    ($(#[$meta:meta])* $all:ident: $($name:ident: $type:ty,)*) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "a text is its own description")]
        pub struct $all { $(pub $name: $type,)* }

        #[cfg(test)]
        impl $all {
            /// Everything that can be said, by the name of its text.
            fn sayings(&self) -> Vec<(&'static str, Vec<String>)> {
                vec![$((stringify!($name), wording::Said::said(&self.$name)),)*]
            }
        }
    };
}

type Text = &'static str;

messages! {
    /// The texts of the first page.
    Messages:
    // Frame
    skip: Text, nav_main: Text, nav_create: Text, nav_pictures: Text, nav_avatars: Text, nav_help: Text,
    nav_settings: Text, nav_more: Text, language: Text, notices: Text, messages: Text,
    demo: Text, demo_why: Text, close: Text,
    offline: Text, offline_why: Text, no_storage: Text, no_storage_why: Text, storage_full: Text, storage_full_why: Text,
    no_server: Text, no_server_why: Text,
    // Composer
    composer: Text, who: Text, manage: Text, add: Text,
    what: Text, prompt_placeholder: Text, prompt_count: fn(usize) -> String, clear: Text,
    trigger_why: Text, trigger_inside: fn(&str) -> String, trigger_none: Text,
    sent_label: Text, sent_empty: Text, sent_wrong: Text, sent_nobody: Text, origin_avatar: Text, origin_you: Text, merged: fn(&str) -> String,
    first_prompt: Text,
    how: Text, presets_all: Text, our_estimate: Text, only_artistic: Text,
    steps_more: fn(i32) -> Text, likeness_of: fn(i32) -> Text, style_of: fn(i32) -> Text, tolerance_of: Text, baseline: Text,
    seconds: fn(u16, u16) -> String,
    details: Text, details_yours: fn(usize) -> String, from_preset: fn(&str) -> String, reset_all: Text,
    width: Text, height: Text,
    seed: Text,
    request: Text,
    make: fn(u8) -> String, about: fn(&str) -> String, cost_unknown: Text, sending: Text,
    cost_hint: fn(&str, &str, &str, &str) -> String, reasons: fn(usize) -> String, demo_else: fn(&str) -> String, use_value: fn(&str) -> String, remove: Text, turn_off: Text,
    // Contact sheet
    sheet: Text, pictures_count: fn(usize) -> String, all_pictures: Text, jobs: Text,
    part_missing: Text, part_missing_why: Text, part_missing_order: Text, storage_failed: Text,
    try_again: Text,
    print_lost: Text,
    empty_title: Text, empty_demo: Text, empty_live: Text, first_picture: Text, add_mine: Text,
    // Viewer
    preset: Text, cost: Text,
    undo: Text,
    // Avatars
    avatar_new: Text, avatar_edit: Text,
    avatar_deleted: fn(&str) -> String, avatar_copy: fn(&str) -> String,
    avatar_name: Text,
    avatars_empty: Text,
    imported: fn(usize) -> String,
    // After an upgrade of the server
    updated: Text, updated_why: Text, reload: Text,
    import_skipped: fn(usize) -> String,
    // Settings
    theme: Text,
    // Help, self-check, about
    check_title: Text,
    about_title: Text,
    not_found: Text,
    // Units and tables
    kilobytes: Text, megabytes: Text, gigabytes: Text,
    preset_words: fn(Preset) -> PresetWords,
    field_name: fn(Field) -> Text,
    reason: fn(Reason) -> Text,
    limit_range: fn(&str, &str) -> String,
    // The first minutes
    demo_pair: Text, avatar_first_why: Text,
    first_prompt_english: Text, english_best: Text, in_english: Text, use_english: Text, understood: Text,
    cleared: Text, edits_reset: Text,
    half_at: fn(&str) -> String,
}

messages! {
    /// The texts of everything that is fetched when it is needed: other pages, runs, the viewer, single settings. They come with the code that shows them, in
    /// every language.
    Rooms:
    // Frame
    nav_check: Text, nav_about: Text,
    reload: Text,
    // Composer
    yours: Text, pinned: Text,
    shape: Text, own_size: Text, pixels: Text,
    seed_random: Text, seed_keep: Text, seed_new: Text, seed_last: Text, seed_hint: Text,
    tolerance: Text, tolerance_strict: Text, tolerance_usual: Text, tolerance_loose: Text, checker_hint: Text,
    raw: Text, raw_hint: Text,
    copy: Text, copied: Text, copy_failed: Text, left_out: fn(&str) -> String, request_blocked: Text,
    undo_fix: Text,
    // Contact sheet
    today: Text, yesterday: Text, more: Text,
    job_waiting: Text, job_sent: Text, job_unknown_cost: fn(&str) -> String, job_unknown_next: Text,
    job_queued: fn(u32) -> String, job_queued_somewhere: Text, job_running: Text, job_slow: Text, job_saving: Text,
    job_elapsed: fn(u64, u16, u16) -> String, job_saved: fn(usize, usize) -> String,
    job_cancelling: Text, job_cancelling_why: Text, job_cancelled_why: Text, job_trouble: Text,
    job_full: Text, job_waiting_why: Text, job_checking: Text, job_checking_next: Text, job_checking_trouble: Text,
    job_unsent: Text, job_unsent_next: Text, no_other_model: Text, send_again: Text,
    job_place: fn(usize, usize) -> String, earlier: Text, later: Text,
    job_changed: Text, job_repriced: Text, job_changed_next: Text, send_now: Text,
    code_title: Text, code_why: Text, code_label: Text, code_enter: Text, code_missing: Text, code_wrong: Text, code_wait: fn(u32) -> String, retry_in: fn(u64) -> String, retry_now: Text,
    cancel_waiting: Text, cancel_all: Text, finished_anyway: Text,
    telegram_title: Text, telegram_outside: Text, telegram_empty: Text, telegram_refused: Text,
    link_opened: Text, link_avatar: Text, link_refused: Text, fullscreen: Text, fullscreen_hint: Text, fullscreen_hint_browser: Text, fullscreen_on: Text, fullscreen_off: Text, fullscreen_failed: Text,
    one_tab: Text, other_version: Text, newer_version: Text, newer_records: Text,
    pictures_cleared: fn(usize) -> String, storage_tight: fn(&str, &str) -> String,
    cancel: Text, dismiss: Text, edit: Text, for_experts: Text, use_ultra: Text, open_avatar: Text,
    cost_none: Text, cost_maybe: fn(&str) -> String,
    blanked: fn(usize, usize) -> String, blanked_list: Text, blanked_cost: fn(&str) -> String,
    blanked_next: Text, blanked_checker: Text, blanked_tolerance: Text, blanked_gone: Text,
    pictures_empty: Text,
    // Viewer
    size: Text, seed_used: Text, took: Text, engine: Text, use_settings: Text, download: Text, delete: Text,
    previous: Text, next: Text, copy_seed: Text, viewer_when: fn(&str, &str) -> String, sent_prompt: Text,
    // Into Telegram
    chat_open: Text, chat_off: Text, chat_note: Text, chat_mark: Text, chat_preparing: Text, chat_working: Text, chat_no_files: Text, chat_not_forgotten: Text, chat_copied: Text, chat_not_copied: Text,
    chat_photo: Text, chat_photo_hint: Text, chat_file: Text, chat_file_hint: Text, chat_share: Text, chat_share_hint: Text, chat_choose: Text,
    chat_save: Text, chat_save_hint: Text, chat_story: Text, chat_story_hint: Text,
    chat_sent: Text, chat_sent_file: Text, chat_ready: Text, chat_ready_share: Text, chat_asked: Text, chat_shared: Text, chat_saving: Text, chat_declined: Text,
    chat_no_access: Text, chat_no_access_old: Text, chat_access_asked: Text, chat_access_denied: Text, chat_allow: Text, chat_pause: fn(u64) -> String, chat_pause_over: Text,
    chat_no_network: Text, chat_unknown: Text, chat_away: Text, chat_refused: Text, chat_unsupported: Text, chat_too_large: Text, chat_bad: Text, chat_gone: Text, chat_busy: Text, chat_failed: Text,
    // Avatars
    avatar_add: Text, avatar_ready: Text, avatar_main: Text, avatar_delete: fn(&str) -> String,
    avatar_duplicate: fn(&str) -> String, avatar_edit_named: fn(&str) -> String, avatar_saved: fn(&str) -> String,
    avatar_kind: Text, avatar_kind_hint: Text, avatar_name_missing: Text, avatar_word: Text, avatar_word_hint: Text,
    avatar_phrase: Text, avatar_phrase_hint: Text, optional: Text, avatar_lora: Text, avatar_lora_hint: Text, avatar_finetune: Text, avatar_finetune_hint: Text,
    avatar_pin: Text, avatar_pin_hint: Text, avatar_pinned: fn(&str) -> String, avatar_trigger: fn(&str) -> String, avatar_no_trigger: Text,
    avatar_complete: Text, avatars_empty_why: Text,
    save: Text, import: Text, export: Text, import_drop: Text, choose_file: Text,
    import_pins: fn(usize) -> String, import_pins_keep: Text, import_pins_drop: Text,
    import_too_large: Text, import_not_json: Text, import_none: Text,
    // Settings
    theme_hint: Text, theme_hint_telegram: Text, theme_system: Text, theme_dark: Text, theme_light: Text,
    storage: Text, storage_hint: fn(usize, &str) -> String, storage_of: fn(&str, &str) -> String, storage_keep: Text, storage_kept: Text, storage_not_kept: Text,
    backup: Text, backup_hint: Text, backup_too_large: Text, erase: Text, erase_hint: Text, erase_ask: Text, erase_ask_why: Text, erase_keep: Text, erased: Text, erase_word: Text,
    // Help, self-check, about
    help_lead: Text, contents: Text, help_first: Text, help_first_text: &'static [Text],
    help_portrait: Text, help_portrait_text: &'static [Text], help_artistic: Text, help_artistic_text: &'static [Text],
    help_presets: Text, help_presets_text: Text, help_good_for: Text, help_route: Text, help_fields: Text, help_fields_text: Text, help_range: Text, help_default: Text,
    help_prompt: Text, help_prompt_text: &'static [Text], help_cost: Text, help_cost_text: &'static [Text], help_telegram: Text, help_telegram_text: &'static [Text], help_failures: Text, help_failures_text: Text,
    help_failure: Text, help_failure_next: Text, help_keys: Text, help_key_make: Text, help_key_viewer: Text, help_tests: Text, help_tests_text: Text,
    help_results: Text, help_setting: Text, help_meaning: Text, help_time: Text, help_not_sent: Text, help_any: Text,
    check_lead: Text, check_again: Text, check_found: Text, check_storage_why: Text, check_run: Text, check_passed: fn(usize, usize) -> String, check_pass: Text, check_fail: Text,
    check_presets: Text, check_validations: Text, check_triggers_artistic: Text, check_triggers_portrait: Text, check_kinds: Text, check_storage: Text,
    about_text: Text, about_version: Text, about_mode: Text, about_mode_demo: Text, about_mode_live: Text, about_engines: Text, about_private: Text,
    about_server: Text, about_licence: Text, about_server_unknown: Text,
    not_found_why: Text, to_start: Text,
    // Units and tables
    seconds_short: Text,
    field_hint: fn(Field) -> Text,
    failure: fn(&FailureKind) -> FailureWords,
    // Addresses
    picture_unknown: Text,
    // The first minutes
    show: Text, underway_running: fn(usize, u64) -> String, underway_queued: fn(usize) -> String, underway_waiting: fn(usize) -> String,
    another: fn(u8, &str) -> String, another_free: fn(u8) -> String, another_yes: Text, another_no: Text,
    times: fn(usize) -> String,
    with_seed: Text, seed_kept: fn(&str) -> String, seed_drop: Text,
    avatars_all: fn(usize) -> String, avatars_fold: Text, avatars_search: Text, avatars_none_found: Text,
    noticed: fn(Reason) -> (Text, Text),
    comes_as: fn(&str) -> String,
    // Pictures that could not be stored, files with too many avatars, and what the self-check says of a browser that takes no files.
    not_stored: Text, not_stored_why: Text, job_unstored: Text, job_unreadable: Text, import_too_many: fn(usize) -> String, check_storage_bytes: Text,
    // References
    address_ended: fn(&str) -> String, address_ends: fn(&str) -> String, request_masked: Text,
    visit: Text, visit_underway: Text, visit_found: fn(&str) -> String, visit_not_found: Text, visit_no_file: Text, visit_unreachable: Text,
    visit_untested: Text, visit_too_many: Text, visit_away: Text, training_read: Text,
    import_doubles: fn(&str) -> String, import_skip: Text, import_replace: Text, import_both: Text, import_replaced: fn(usize) -> String, import_left: fn(usize) -> String,
    import_left_out: Text, import_more: fn(usize) -> String, import_unknown: Text, import_not_text: Text, import_not_number: Text, import_not_kind: Text,
    // Runs and pictures
    portrait: Text, artistic: Text, demo_free: Text, job_unknown: Text, job_cancelled: Text, done_announce: fn(usize) -> String, queued_announce: Text, failed_announce: fn(&str) -> String, blocked_announce: Text, print_corrupt: Text, file: Text, deleted: fn(usize) -> String,
    // What files bring and do not bring
    import_out_of_range: Text, import_other_kind: Text, import_second_model: Text, import_half: Text, import_not_avatar: Text, import_unreadable: Text, import_twice: Text,
    import_alike: fn(&str) -> String,
    avatar_refused: Text, key_left: Text, key_right: Text,
    ultra_quality: Text, ultra_hint: fn(&str) -> String, legacy: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_shows_tenths_of_cents_only_where_there_are_any() {
        assert_eq!(Language::En.money(70_000), "$0.07");
        assert_eq!(Language::En.money(35_000), "$0.035");
        assert_eq!(Language::Ru.money(35_000), "$0,035");
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        assert_eq!(Language::En.number(1.0), "1");
        assert_eq!(Language::Ru.number(1.25), "1,25");
        assert_eq!(Language::En.number(0.5), "0.5");
        assert_eq!(Language::En.number(100.0), "100");
        assert_eq!(Language::Ru.number(-0.05), "-0,05");
        assert_eq!(Language::En.number(0.0), "0");
    }

    #[test]
    fn decimals_are_those_of_the_standard_library() {
        for hundredths in -2_000_i32..40_000 {
            let value = f64::from(hundredths) / 100.0;
            assert_eq!(Language::En.decimal(value, 2), format!("{value:.2}"));
            if hundredths.rem_euclid(10) != 5 {
                assert_eq!(Language::En.decimal(value, 1), format!("{value:.1}"));
            }
            if hundredths.rem_euclid(100) != 50 {
                assert_eq!(Language::En.decimal(value, 0), format!("{value:.0}"));
            }
        }
    }

    #[test]
    fn bytes_are_counted_in_the_unit_that_fits() {
        assert_eq!(Language::En.bytes(1), "1 kB");
        assert_eq!(Language::Ru.bytes(1_260_000), "1,3 МБ");
        assert_eq!(Language::En.bytes(10_737_418_240), "10.7 GB");
    }

    #[test]
    fn anything_but_russian_is_english() {
        assert_eq!(Language::of_tag("ru-RU"), Language::Ru);
        assert_eq!(Language::of_tag("run"), Language::En);
        assert_eq!(Language::of_tag(""), Language::En);
    }
}
