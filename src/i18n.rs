//! The words of the interface, one constant per language: a missing translation does not compile.

mod en;
mod plural;
mod ru;
#[cfg(test)]
mod wording;

use likeness_core::{Field, Preset, Reason};

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

    /// Its words.
    pub const fn messages(self) -> &'static Messages {
        match self {
            Self::En => &en::MESSAGES,
            Self::Ru => &ru::MESSAGES,
        }
    }

    /// A number with a fixed count of decimals and the language's decimal mark.
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        let text = format!("{value:.decimals$}");
        match self {
            Self::En => text,
            Self::Ru => text.replace('.', ","),
        }
    }

    /// A number as short as it can be written, with at most two decimals.
    pub fn number(self, value: f64) -> String {
        let text = format!("{value:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match self {
            Self::En => text.to_owned(),
            Self::Ru => text.replace('.', ","),
        }
    }

    /// A sum in dollars from millionths: two decimals, three below ten cents.
    pub fn money(self, micro_usd: u64) -> String {
        let decimals = if micro_usd.is_multiple_of(10_000) { 2 } else { 3 };
        format!("${}", self.decimal(micro_usd as f64 / 1e6, decimals))
    }

    /// A count of bytes in kB, MB or GB.
    pub fn bytes(self, bytes: u64) -> String {
        let t = self.messages();
        match bytes {
            0..1_000_000 => format!("{} {}", bytes.div_ceil(1000), t.kilobytes),
            1_000_000..1_000_000_000 => {
                format!("{} {}", self.decimal(bytes as f64 / 1e6, 1), t.megabytes)
            }
            _ => format!("{} {}", self.decimal(bytes as f64 / 1e9, 1), t.gigabytes),
        }
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
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// Every text of the interface.
        #[allow(missing_docs, reason = "a text is its own description")]
        pub struct Messages { $($(#[$doc])* pub $name: $type,)* }
    };
}

type Text = &'static str;

messages! {
    // Frame
    skip: Text, nav_main: Text, nav_create: Text, nav_pictures: Text, nav_avatars: Text, nav_help: Text,
    nav_settings: Text, nav_check: Text, nav_about: Text, nav_more: Text, language: Text, notices: Text, messages: Text,
    demo: Text, demo_why: Text, close: Text, reload: Text,
    offline: Text, offline_why: Text, no_storage: Text, no_storage_why: Text, storage_full: Text, storage_full_why: Text,
    no_server: Text, no_server_why: Text,
    // Composer
    composer: Text, who: Text, manage: Text, add: Text, portrait: Text, artistic: Text, not_ready: Text,
    what: Text, prompt_placeholder: Text, prompt_count: fn(usize) -> String, clear: Text,
    trigger_why: Text, trigger_inside: fn(&str) -> String, trigger_none: Text,
    sent_label: Text, sent_empty: Text, origin_avatar: Text, origin_you: Text, merged: fn(&str) -> String,
    first_prompt: Text,
    how: Text, our_estimate: Text, only_artistic: Text, only_artistic_long: Text,
    steps_more: fn(i32) -> String, likeness_of: fn(&str) -> String, tolerance_of: fn(&str) -> String, baseline: fn(u8, &str) -> String,
    ultra_quality: Text, ultra_hint: fn(&str) -> String, legacy: Text,
    seconds: fn(u16, u16) -> String,
    details: Text, details_yours: fn(usize) -> String, yours: Text, pinned: Text, from_preset: fn(&str) -> String, reset_all: fn(&str) -> String,
    shape: Text, own_size: Text, width: Text, height: Text, pixels: Text,
    count: Text, seed: Text, seed_random: Text, seed_keep: Text, seed_new: Text, seed_last: Text, seed_hint: Text,
    format: Text, tolerance: Text, tolerance_strict: Text, tolerance_usual: Text, tolerance_loose: Text, checker: Text, checker_hint: Text,
    raw: Text, raw_hint: Text,
    request: Text, copy: Text, copied: Text, copy_failed: Text, left_out: fn(&str) -> String, request_blocked: Text,
    make: fn(u8) -> String, about: fn(&str) -> String, cost_unknown: Text, ready_hint: Text, sending: Text,
    cost_hint: fn(&str, &str, &str, &str) -> String, reasons: fn(usize) -> String, demo_free: Text, use_value: fn(&str) -> String, remove: Text, turn_off: Text,
    undo_fix: Text,
    // Contact sheet
    sheet: Text, pictures_count: fn(usize) -> String, all_pictures: Text, jobs: Text, today: Text, yesterday: Text, more: Text,
    job_intended: Text, job_waiting: Text, job_sent: Text, job_unknown: Text, job_unknown_cost: fn(&str) -> String, job_unknown_next: Text,
    job_queued: fn(u32) -> String, job_queued_somewhere: Text, job_running: Text, job_slow: Text, job_saving: Text,
    job_elapsed: fn(u64, u16, u16) -> String, job_saved: fn(usize, usize) -> String,
    job_cancelling: Text, job_cancelling_why: Text, job_cancelled: Text, job_cancelled_why: Text, job_trouble: Text,
    job_full: Text,
    cancel: Text, again: Text, dismiss: Text, edit: Text, for_experts: Text, try_again: Text, use_ultra: Text, open_avatar: Text,
    cost_none: Text, cost_maybe: fn(&str) -> String,
    done_announce: fn(usize) -> String, queued_announce: Text, failed_announce: fn(&str) -> String, blocked_announce: Text,
    print_blocked: Text, print_lost: Text, print_corrupt: Text, blocked_why: Text,
    empty_title: Text, empty_demo: Text, empty_live: Text, first_picture: Text, add_mine: Text, pictures_empty: Text,
    // Viewer
    preset: Text, size: Text, seed_used: Text, cost: Text, file: Text, took: Text, engine: Text, use_settings: Text, download: Text, delete: Text,
    previous: Text, next: Text, copy_seed: Text, deleted: fn(usize) -> String, undo: Text, viewer_when: fn(&str, &str) -> String, sent_prompt: Text,
    // Avatars
    avatar_add: Text, avatar_new: Text, avatar_edit: Text, avatar_ready: Text, avatar_main: Text, avatar_delete: fn(&str) -> String,
    avatar_duplicate: fn(&str) -> String, avatar_edit_named: fn(&str) -> String, avatar_deleted: fn(&str) -> String, avatar_saved: fn(&str) -> String, avatar_copy: fn(&str) -> String,
    avatar_kind: Text, avatar_kind_hint: Text, avatar_name: Text, avatar_name_missing: Text, avatar_word: Text, avatar_word_hint: Text,
    avatar_phrase: Text, avatar_phrase_hint: Text, optional: Text, avatar_lora: Text, avatar_lora_hint: Text, avatar_finetune: Text, avatar_finetune_hint: Text,
    avatar_pin: Text, avatar_pin_hint: Text, avatar_pinned: fn(&str) -> String, avatar_trigger: fn(&str) -> String, avatar_no_trigger: Text,
    avatar_complete: Text, avatars_empty: Text, avatars_empty_why: Text,
    save: Text, import: Text, export: Text, import_drop: Text, choose_file: Text,
    imported: fn(usize) -> String, import_pins: fn(usize) -> String, import_pins_keep: Text, import_pins_drop: Text,
    import_too_large: Text, import_not_json: Text, import_none: Text, import_skipped: fn(usize) -> String,
    // Settings
    theme: Text, theme_hint: Text, theme_system: Text, theme_dark: Text, theme_light: Text,
    storage: Text, storage_hint: fn(usize, &str) -> String, storage_of: fn(&str, &str) -> String, storage_keep: Text, storage_kept: Text, storage_not_kept: Text,
    backup: Text, backup_hint: Text, erase: Text, erase_hint: Text, erase_ask: Text, erase_ask_why: Text, erase_keep: Text, erased: Text, erase_word: Text,
    // Help, self-check, about
    help_lead: Text, contents: Text, help_first: Text, help_first_text: &'static [Text],
    help_portrait: Text, help_portrait_text: &'static [Text], help_artistic: Text, help_artistic_text: &'static [Text],
    help_presets: Text, help_presets_text: Text, help_good_for: Text, help_route: Text, help_fields: Text, help_fields_text: Text, help_range: Text, help_default: Text,
    help_prompt: Text, help_prompt_text: &'static [Text], help_cost: Text, help_cost_text: &'static [Text], help_failures: Text, help_failures_text: Text,
    help_failure: Text, help_failure_next: Text, help_keys: Text, help_key_make: Text, help_key_viewer: Text, help_tests: Text, help_tests_text: Text,
    help_results: Text, help_setting: Text, help_meaning: Text, help_time: Text, help_not_sent: Text, help_any: Text,
    check_title: Text, check_lead: Text, check_again: Text, check_found: Text, check_storage_why: Text, check_run: Text, check_passed: fn(usize, usize) -> String, check_pass: Text, check_fail: Text,
    check_presets: Text, check_validations: Text, check_triggers_artistic: Text, check_triggers_portrait: Text, check_kinds: Text, check_storage: Text,
    about_title: Text, about_text: Text, about_version: Text, about_mode: Text, about_mode_demo: Text, about_mode_live: Text, about_engines: Text, about_private: Text,
    about_server: Text, about_licence: Text, about_server_unknown: Text,
    not_found: Text, not_found_why: Text, to_start: Text,
    // Units and tables
    kilobytes: Text, megabytes: Text, gigabytes: Text, seconds_short: Text,
    preset_words: fn(Preset) -> PresetWords,
    field_name: fn(Field) -> Text,
    field_hint: fn(Field) -> Text,
    reason: fn(Reason) -> Text,
    limit_range: fn(&str, &str) -> String,
    failure: fn(&str) -> FailureWords,
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
