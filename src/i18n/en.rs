//! English.

mod help;
mod terms;

use super::{Messages, plural::english};

pub(super) const MESSAGES: Messages = Messages {
    skip: "Skip to content",
    nav_main: "Main",
    nav_create: "Create",
    nav_pictures: "Pictures",
    nav_avatars: "Avatars",
    nav_help: "Help",
    nav_settings: "Settings",
    nav_check: "Self-check",
    nav_about: "About",
    nav_more: "More",
    language: "Language",
    notices: "Notices",
    messages: "Messages",
    demo: "Demo",
    demo_why: "drawn, not photographed",
    close: "Close",
    reload: "Reload",
    offline: "You are offline.",
    offline_why: "Your pictures are here. New ones will start when the network is back.",
    no_storage: "This browser refuses to store anything.",
    no_storage_why: "Pictures are gone when you close the tab. Download the ones you want.",
    storage_full: "Storage is full.",
    storage_full_why: "New pictures last only until you close \
         the tab. Delete some old ones, or download the new.",
    no_server: "The studio’s server does not answer.",
    no_server_why: "Your pictures are here. New ones have to wait until it is back.",

    composer: "New picture",
    who: "Who",
    manage: "Manage",
    add: "Add",
    portrait: "Portrait",
    artistic: "Artistic",
    not_ready: "Not ready",
    what: "What to show",
    prompt_placeholder: "a place, clothes, light, a mood",
    prompt_count: |typed| format!("{} of 16,000 characters", grouped(typed)),
    clear: "Clear",
    trigger_why: "The words your avatar was trained with. \
         We add them, so you need not type them.",
    trigger_inside: |trigger| format!("“{trigger}” is already in your text"),
    trigger_none: "This avatar has no trigger word",
    sent_label: "Will be sent:",
    sent_empty: "nothing yet. Say what to show.",
    origin_avatar: "from the avatar",
    origin_you: "your words",
    merged: |head| format!("joined: “{head}” became your avatar’s phrase"),
    first_prompt: "in a red wool coat on a frosty embankment, low morning sun",
    how: "How",
    our_estimate: "* our estimate: no figure is published",
    only_artistic: "Artistic avatars only",
    only_artistic_long: "Ultra needs an artistic avatar.",
    steps_more: |more| {
        let count = more.unsigned_abs() as usize;
        let steps = english(count, "step", "steps");
        match more {
            0 => "the same steps".to_owned(),
            1.. => format!("{count} {steps} more"),
            _ => format!("{count} {steps} fewer"),
        }
    },
    likeness_of: |likeness| format!("likeness {likeness}"),
    tolerance_of: |tolerance| format!("tolerance {tolerance}"),
    baseline: |steps, likeness| {
        let noun = english(steps.into(), "step", "steps");
        format!("{steps} {noun}, likeness {likeness}")
    },
    ultra_quality: "Ultra quality",
    ultra_hint: |pixels| format!("{pixels}, 60–90\u{A0}s, no steps or guidance to set"),
    legacy: "fal.ai no longer lists this model. If it fails, turn on Ultra quality.",
    seconds: |low, high| format!("{low}–{high}\u{A0}s"),
    details: "Details",
    details_yours: |count| format!("{count} of yours"),
    yours: "yours",
    pinned: "pinned",
    from_preset: |value| format!("As in the preset: {value}"),
    reset_all: |preset| format!("Reset to {preset}"),
    shape: "Shape",
    own_size: "Own",
    width: "Width",
    height: "Height",
    pixels: "pixels",
    count: "Pictures",
    seed: "Seed",
    seed_random: "random each time",
    seed_keep: "Keep this seed",
    seed_new: "New random seed",
    seed_last: "Seed of the last picture",
    seed_hint: "The same seed and settings give the same picture.",
    format: "File",
    tolerance: "Safety tolerance",
    tolerance_strict: "strictest",
    tolerance_usual: "usual",
    tolerance_loose: "loosest",
    checker: "Safety checker",
    checker_hint: "Pictures that fal.ai finds unsafe come back black.",
    raw: "Natural look",
    raw_hint: "Less polished, closer to a snapshot.",
    request: "Request",
    copy: "Copy",
    copied: "Copied",
    copy_failed: "Could not copy. Select the text and copy it by hand.",
    left_out: |keys| format!("Not sent, because this model does not take it: {keys}"),
    request_blocked: "The request appears here once everything is in order.",
    make: |count| format!("Make {}", pictures(count.into())),
    about: |cost| format!("about {cost}"),
    cost_unknown: "price unknown",
    ready_hint: "Everything checked. Nothing is sent until you press.",
    sending: "Sending…",
    cost_hint: |low, high, source, as_of| {
        let most = if low == high { String::new() } else { format!(", at most {high}") };
        format!("About {low}{most}. Price: {source}, {as_of}")
    },
    reasons: |count| match count {
        1 => "One thing first".to_owned(),
        2 => "Two things first".to_owned(),
        3 => "Three things first".to_owned(),
        4 => "Four things first".to_owned(),
        5 => "Five things first".to_owned(),
        _ => format!("{count} things first"),
    },
    demo_free: "Demo: drawn here, costs nothing",
    use_value: |value| format!("Use {value}"),
    remove: "Remove",
    turn_off: "Turn off",
    undo_fix: "Put it back",

    sheet: "Contact sheet",
    pictures_count: pictures,
    all_pictures: "All pictures",
    jobs: "In the works",
    today: "Today",
    yesterday: "Yesterday",
    more: "Show more",
    job_intended: "Getting ready",
    job_waiting: "Waits for the network",
    job_sent: "Sending",
    job_unknown: "We do not know whether it arrived",
    job_unknown_cost: |cost| match cost {
        "" => "Counted as spent.".to_owned(),
        _ => format!("Counted as spent, about {cost}."),
    },
    job_unknown_next: "The line broke while sending, so a picture may have been made that cannot \
         be fetched. We never send it again by ourselves; you can, at the risk of paying twice.",
    job_queued: |ahead| match ahead {
        0 => "Next in the queue".to_owned(),
        1 => "Second in the queue".to_owned(),
        2 => "Third in the queue".to_owned(),
        3 => "Fourth in the queue".to_owned(),
        4 => "Fifth in the queue".to_owned(),
        _ => format!("{} ahead in the queue", grouped(ahead as usize)),
    },
    job_queued_somewhere: "In the queue",
    job_running: "Developing",
    job_slow: "Longer than usual",
    job_saving: "Saving",
    job_elapsed: |elapsed, low, high| {
        let elapsed_text = duration(elapsed);
        if elapsed > u64::from(high) {
            format!("{elapsed_text}, usually {low}–{high}\u{A0}s")
        } else {
            format!("{elapsed_text} of a usual {low}–{high}\u{A0}s")
        }
    },
    job_saved: |saved, all| format!("{saved} of {all} on this device"),
    job_cancelling: "Cancelling",
    job_cancelling_why: "It may still finish. Then the picture is kept and counted.",
    job_cancelled: "Cancelled",
    job_cancelled_why: "Before it started, so nothing was charged.",
    job_trouble: "No answer just now. We keep asking, and the run goes on.",
    job_full: "The pictures are ready, but storage is full. Delete some old ones to save them.",
    cancel: "Cancel",
    again: "Again",
    dismiss: "Dismiss",
    edit: "Edit",
    for_experts: "For experts",
    try_again: "Try again",
    use_ultra: "Use Ultra",
    open_avatar: "Open avatar",
    cost_none: "Nothing was charged.",
    cost_maybe: |cost| match cost {
        "" => "It may have cost something.".to_owned(),
        _ => format!("It may have cost about {cost}."),
    },
    done_announce: |count| format!("{} ready.", pictures(count)),
    queued_announce: "Sent. It is in the queue.",
    failed_announce: |what| format!("No picture. {what}"),
    blocked_announce: "The safety filter held a picture back.",
    print_blocked: "Held back",
    print_lost: "File is missing",
    print_corrupt: "File is damaged",
    blocked_why: "The safety filter of fal.ai held this picture \
         back. Say it differently, or take another seed.",
    empty_title: "Your pictures will be here",
    empty_demo: "Vera is a drawn avatar to try things with. A first \
         picture is already described; press the button. It costs nothing.",
    empty_live: "Choose an avatar, say what to show and \
         press the button. Nothing is sent before that.",
    first_picture: "First picture",
    add_mine: "Add my avatar",
    pictures_empty: "No pictures yet. The first one you make will be here.",

    preset: "Preset",
    size: "Size",
    seed_used: "Seed used",
    cost: "Cost",
    file: "File",
    took: "Took",
    engine: "Model",
    use_settings: "Use settings",
    download: "Download",
    delete: "Delete",
    previous: "Previous picture",
    next: "Next picture",
    copy_seed: "Copy the seed",
    deleted: |count| format!("{} deleted", pictures(count)),
    undo: "Undo",
    viewer_when: |name, when| format!("{name}, {when}"),
    sent_prompt: "What was sent",

    avatar_add: "Add avatar",
    avatar_new: "New avatar",
    avatar_edit: "Edit avatar",
    avatar_ready: "Ready",
    avatar_main: "Main avatar",
    avatar_delete: |name| format!("Delete {name}"),
    avatar_duplicate: |name| format!("Duplicate {name}"),
    avatar_edit_named: |name| format!("Edit {name}"),
    avatar_deleted: |name| format!("{name} deleted"),
    avatar_saved: |name| format!("{name} saved"),
    avatar_copy: |name| format!("{name}, copy"),
    avatar_kind: "Kind",
    avatar_kind_hint: "Portrait: a person, from a LoRA \
         file. Artistic: a style, from a finetune id.",
    avatar_name: "Name",
    avatar_name_missing: "Give it a name you will recognise.",
    avatar_word: "Trigger word",
    avatar_word_hint: "The word the model was trained with, often TOK.",
    avatar_phrase: "Trigger phrase",
    avatar_phrase_hint: "A whole opening with that word, such as \
         “a photo of TOK person”. It is used in place of the word.",
    optional: "optional",
    avatar_lora: "LoRA file",
    avatar_lora_hint: "The https address of the .safetensors file that training gave you.",
    avatar_finetune: "Finetune id",
    avatar_finetune_hint: "The id that FLUX.1 [pro] training gave you.",
    avatar_pin: "Pin the likeness for this avatar",
    avatar_pin_hint: "Pinned, it stays the same whatever the preset.",
    avatar_pinned: |likeness| format!("Likeness {likeness} pinned"),
    avatar_trigger: |trigger| format!("trigger {trigger}"),
    avatar_no_trigger: "no trigger word",
    avatar_complete: "Complete",
    avatars_empty: "No avatars yet",
    avatars_empty_why: "An avatar knows a face or a style that \
         was trained at fal.ai. Add yours, or import a file.",
    save: "Save",
    import: "Import",
    export: "Export",
    import_drop: "Drop a file with avatars here",
    choose_file: "Choose a file",
    imported: |count| format!("{count} {} added.", english(count, "avatar", "avatars")),
    import_pins: |count| {
        let verb = english(
            count,
            "avatar has a likeness of its own",
            "avatars have a likeness of their own",
        );
        format!("{count} {verb}. Keep it pinned, or let presets set it?")
    },
    import_pins_keep: "Keep pinned",
    import_pins_drop: "Use presets",
    import_too_large: "The file is too large. Choose one that holds avatars only.",
    import_not_json: "This file cannot be read. Choose one that was exported from Avatars.",
    import_none: "There are no avatars in this file. Nothing has changed.",
    import_skipped: |count| {
        let entries = english(count, "entry was not an avatar", "entries were not avatars");
        format!("{count} {entries}, left out.")
    },

    theme: "Light",
    theme_hint: "“System” follows your device.",
    theme_system: "System",
    theme_dark: "Darkroom",
    theme_light: "Light table",
    storage: "Storage",
    storage_hint: |count, size| {
        format!("{}, {size}. The browser may clear them when the disk is full.", pictures(count))
    },
    storage_of: |used, quota| format!("{used} of about {quota}"),
    storage_keep: "Keep for good",
    storage_kept: "The browser will not clear them by itself.",
    storage_not_kept: "The browser did not agree. Download the pictures you want to keep.",
    backup: "Backup",
    backup_hint: "One file with your avatars. Pictures are downloaded one by one.",
    erase: "Erase everything",
    erase_hint: "Avatars, pictures and settings on this device.",
    erase_ask: "Erase everything?",
    erase_ask_why: "This cannot be undone. Avatars stay where they were trained.",
    erase_keep: "Keep all",
    erased: "Everything is erased.",
    erase_word: "Erase",

    help_lead: "An avatar knows a face or a style. You say what to show, \
         choose how, and press the button. Nothing is sent before that.",
    contents: "Contents",
    help_first: "A first picture",
    help_first_text: help::FIRST,
    help_portrait: "Portrait avatars",
    help_portrait_text: help::PORTRAIT,
    help_artistic: "Artistic avatars",
    help_artistic_text: help::ARTISTIC,
    help_presets: "The eight presets",
    help_presets_text: "A preset sets all the details at once. What \
         you change yourself stays yours when you take another preset. \
         Times with a * are our own estimate: no figure is published.",
    help_good_for: "Good for",
    help_route: "Model",
    help_fields: "Details, one by one",
    help_fields_text: "What each setting does, its range, and what is sent when nobody sets it.",
    help_range: "Range",
    help_default: "Usually",
    help_prompt: "From your words to the text that is sent",
    help_prompt_text: help::PROMPT,
    help_cost: "What it costs",
    help_cost_text: help::COST,
    help_failures: "When something fails",
    help_failures_text: "Every message says what happened, whether it cost anything, and \
         what to do next. A run that may have started is never sent a second time by itself.",
    help_failure: "What happened",
    help_failure_next: "What to do",
    help_keys: "Keys",
    help_key_make: "Make the pictures",
    help_key_viewer: "Previous and next picture",
    help_tests: "Trying without paying",
    help_tests_text: "In the demo pictures are drawn, not made by fal.ai, and \
         cost nothing; each carries a mark. The self-check tries presets, trigger \
         words and storage on this device; it sends nothing and spends nothing.",
    help_results: "Test results",
    help_setting: "Setting",
    help_meaning: "What it does",
    help_time: "Time",
    help_not_sent: "not sent",
    help_any: "any",
    check_title: "Self-check",
    check_lead: "Checks this copy of Likeness on this device. \
         Nothing is sent to fal.ai and nothing is spent.",
    check_again: "Run again",
    check_found: "Found instead:",
    check_storage_why: "What was stored did not come back. Download the pictures you want to keep.",
    check_run: "Run the checks",
    check_passed: |passed, all| format!("{passed} of {all} passed"),
    check_pass: "passed",
    check_fail: "failed",
    check_presets: "The eight presets",
    check_validations: "Wrong values are stopped",
    check_triggers_artistic: "Trigger words of artistic avatars",
    check_triggers_portrait: "Trigger words of portrait avatars",
    check_kinds: "Each kind of avatar gets its model",
    check_storage: "Storage keeps what it is given",
    about_title: "About Likeness",
    about_text: "Pictures of you, from your own trained avatar. \
         They are made by fal.ai and kept in this browser.",
    about_version: "Version",
    about_mode: "Mode",
    about_mode_demo: "Demo: pictures are drawn here",
    about_mode_live: "Live: pictures are made by fal.ai",
    about_engines: "Models",
    about_private: "Avatars and pictures lie in this browser. For each run your text, \
         the settings and the address or id of the model go through this studio’s \
         server to fal.ai, which may keep them and the pictures for a while.",
    about_server: "Server",
    about_licence: "Licence",
    about_server_unknown: "Not known: the server does not answer",
    not_found: "Nothing is here",
    not_found_why: "The link is old or mistyped. Your pictures are where they were.",
    to_start: "To the start",

    kilobytes: "kB",
    megabytes: "MB",
    gigabytes: "GB",
    seconds_short: "s",
    preset_words: terms::preset,
    field_name: terms::field,
    field_hint: terms::field_hint,
    reason: terms::reason,
    limit_range: |min, max| format!("From {min} to {max}."),
    failure: terms::failure,
};

fn pictures(count: usize) -> String {
    format!("{} {}", grouped(count), english(count, "picture", "pictures"))
}

fn grouped(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1000), number % 1000),
    }
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..180 => format!("{seconds}\u{A0}s"),
        _ => format!("{}\u{A0}min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::MESSAGES as t;

    #[test]
    fn one_is_singular() {
        assert_eq!((t.make)(1), "Make 1 picture");
        assert_eq!((t.make)(2), "Make 2 pictures");
        assert_eq!((t.steps_more)(-1), "1 step fewer");
        assert_eq!((t.steps_more)(22), "22 steps more");
        assert_eq!((t.imported)(1), "1 avatar added.");
    }

    #[test]
    fn large_counts_are_grouped_by_commas() {
        assert_eq!((t.prompt_count)(16_014), "16,014 of 16,000 characters");
        assert_eq!((t.pictures_count)(1_000_007), "1,000,007 pictures");
    }

    #[test]
    fn the_queue_counts_those_ahead_from_zero() {
        assert_eq!((t.job_queued)(0), "Next in the queue");
        assert_eq!((t.job_queued)(1), "Second in the queue");
        assert_eq!((t.job_queued)(5), "5 ahead in the queue");
    }

    #[test]
    fn a_slow_run_is_not_said_to_be_within_the_usual_time() {
        assert_eq!((t.job_elapsed)(18, 25, 35), "18\u{A0}s of a usual 25–35\u{A0}s");
        assert_eq!((t.job_elapsed)(58, 25, 35), "58\u{A0}s, usually 25–35\u{A0}s");
        assert_eq!((t.job_elapsed)(720, 25, 35), "12\u{A0}min, usually 25–35\u{A0}s");
    }

    #[test]
    fn an_estimate_names_its_source_and_its_date() {
        assert_eq!(
            (t.cost_hint)("$0.07", "$0.14", "fal.ai model page", "22 Nov 2026"),
            "About $0.07, at most $0.14. Price: fal.ai model page, 22 Nov 2026"
        );
        assert_eq!((t.cost_hint)("$0.07", "$0.07", "x", "y"), "About $0.07. Price: x, y");
        assert_eq!((t.cost_maybe)(""), "It may have cost something.");
    }
}
