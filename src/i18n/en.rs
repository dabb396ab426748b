//! English.

mod help;
mod rooms;
mod terms;

pub(super) use rooms::ROOMS;

use super::{Messages, plural::english};

pub(super) const MESSAGES: Messages = Messages {
    skip: "Skip to content",
    nav_main: "Main",
    nav_create: "Create",
    nav_pictures: "Pictures",
    nav_avatars: "Avatars",
    nav_help: "Help",
    nav_settings: "Settings",
    nav_more: "More",
    language: "Language",
    notices: "Notices",
    messages: "Messages",
    demo: "Demo",
    demo_why: "drawings",
    close: "Close",
    offline: "You are offline.",
    offline_why: "Your pictures are here. New ones start when you are back online.",
    no_storage: "Nothing can be stored here.",
    no_storage_why: "Pictures are gone when you close the tab. Save the ones you want.",
    storage_full: "Storage is full.",
    storage_full_why: "New pictures wait at fal.ai until there is room. \
         Delete some old ones, or download the new.",
    no_server: "The studio’s server does not answer.",
    no_server_why: "Your pictures are here. New ones have to wait until it is back.",
    composer: "New picture",
    who: "Who",
    manage: "Manage",
    add: "Add",
    what: "What to show",
    prompt_placeholder: "a place, clothes, light, a mood",
    prompt_count: |typed| format!("{} of 16,000 characters", grouped(typed)),
    clear: "Clear",
    trigger_why: "Your avatar was trained with these words. We add them, so you need not type them.",
    trigger_inside: |trigger| format!("“{trigger}” is already in your text"),
    trigger_none: "This avatar has no word of its own",
    sent_label: "Will be sent:",
    sent_empty: "nothing yet. Say what to show.",
    sent_wrong: "nothing until what is wrong is put right.",
    sent_nobody: "nothing yet. Add an avatar first.",
    origin_avatar: "from the avatar",
    origin_you: "your words",
    merged: |head| format!("from the avatar, in place of your “{head}”"),
    first_prompt: "in a red wool coat on a frosty embankment, low morning sun",
    how: "How",
    presets_all: "All 8",
    our_estimate: "* Our own estimate: fal.ai does not say how long it takes.",
    only_artistic: "Style avatars only",
    steps_more: |more| match more {
        ..=-1 => "less detail",
        0 => "the same detail",
        1..=5 => "a bit more detail",
        6..=15 => "more detail",
        16.. => "much more detail",
    },
    likeness_of: |tenths| match tenths {
        ..=-2 => "less\u{A0}like\u{A0}you",
        -1 => "a\u{A0}bit\u{A0}less\u{A0}like\u{A0}you",
        0 => "as much like you",
        1 => "a\u{A0}bit\u{A0}more\u{A0}like\u{A0}you",
        2 => "more\u{A0}like\u{A0}you",
        3.. => "much\u{A0}more\u{A0}like\u{A0}you",
    },
    style_of: |tenths| match tenths {
        ..=-2 => "weaker\u{A0}style",
        -1 => "slightly weaker\u{A0}style",
        0 => "the same style",
        1 => "slightly stronger\u{A0}style",
        2 => "stronger\u{A0}style",
        3.. => "much stronger\u{A0}style",
    },
    tolerance_of: "milder filter",
    baseline: "the middle way",
    seconds: |low, high| format!("{low}–{high}\u{A0}s"),
    details: "Details",
    details_yours: |count| format!("{count} changed"),
    from_preset: |preset| format!("as in {preset}"),
    reset_all: "Reset all",
    width: "Width",
    height: "Height",
    seed: "Variant (seed)",
    request: "For experts",
    make: |count| format!("Make {}", pictures(count.into())),
    about: |cost| format!("about\u{A0}{cost}"),
    cost_unknown: "price unknown",
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
    demo_else: |price| format!("Demo: drawn here, costs nothing. With real pictures: {price}"),
    use_value: |value| format!("Use {value}"),
    remove: "Remove",
    turn_off: "Turn off",
    sheet: "Latest pictures",
    pictures_count: pictures,
    all_pictures: "All pictures",
    jobs: "In progress",
    part_missing: "Part of the studio did not load.",
    part_missing_why: "Check the network and try again. Nothing is lost.",
    part_missing_order: "Nothing was ordered and nothing was charged. Check the network and try again.",
    storage_failed: "The browser could not store this. It lasts until you close the tab.",
    try_again: "Try again",
    print_lost: "File is missing",
    empty_title: "Your pictures will be here",
    empty_demo: "Vera is a drawn avatar to try things with. A first picture is already described: press the button. It costs nothing.",
    empty_live: "Choose an avatar, say what to show and \
         press the button. Nothing is sent before that.",
    first_picture: "First picture",
    add_mine: "Add my avatar",
    preset: "Preset",
    cost: "Cost",
    undo: "Undo",
    avatar_new: "New avatar",
    avatar_edit: "Edit avatar",
    avatar_deleted: |name| format!("{name} deleted"),
    avatar_copy: |name| format!("{name}, copy"),
    avatar_name: "Name",
    avatars_empty: "Add an avatar first",
    imported: |count| format!("{count} {} added.", english(count, "avatar", "avatars")),
    updated: "Likeness was updated.",
    updated_why: "Reload the page to go on. What is stored here stays.",
    reload: "Reload",
    import_skipped: |count| {
        let entries = english(count, "entry was not an avatar", "entries were not avatars");
        format!("{count} {entries} and left out.")
    },
    theme: "Colours",
    check_title: "Self-check",
    about_title: "About Likeness",
    not_found: "Nothing is here",
    kilobytes: "kB",
    megabytes: "MB",
    gigabytes: "GB",
    preset_words: terms::preset,
    field_name: terms::field,
    reason: terms::reason,
    limit_range: |min, max| format!("From {min} to {max}."),
    demo_pair: "Bring Vera back",
    avatar_first_why: "An avatar knows a face or a style that was trained at fal.ai.",
    first_prompt_english: "",
    english_best: "The models understand English best.",
    in_english: "In English:",
    use_english: "Use English",
    understood: "Got it",
    cleared: "The text is cleared.",
    edits_reset: "Your changes are taken back.",
    half_at: |place| {
        format!("Half a character is left at place {place}, like an emoji cut in two.")
    },
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
        180..7200 => format!("{}\u{A0}min", seconds / 60),
        7200..172_800 => format!("{}\u{A0}h", seconds / 3600),
        _ => format!("{}\u{A0}days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::MESSAGES as t;
    use super::ROOMS;

    #[test]
    fn a_wait_is_told_in_the_unit_that_fits() {
        for (seconds, told) in [(9, "9 s"), (600, "10 min"), (46_800, "13 h"), (864_000, "10 days")]
        {
            let expected = format!("Worth another try in {told}.");
            assert_eq!((ROOMS.retry_in)(seconds).replace('\u{A0}', " "), expected);
        }
    }

    #[test]
    fn one_is_singular() {
        assert_eq!((t.make)(1), "Make 1 picture");
        assert_eq!((t.make)(2), "Make 2 pictures");
        assert_eq!((t.imported)(1), "1 avatar added.");
    }

    #[test]
    fn large_counts_are_grouped_by_commas() {
        assert_eq!((t.prompt_count)(16_014), "16,014 of 16,000 characters");
        assert_eq!((t.pictures_count)(1_000_007), "1,000,007 pictures");
    }

    #[test]
    fn the_queue_counts_those_ahead_from_zero() {
        assert_eq!((ROOMS.job_queued)(0), "Next in the queue");
        assert_eq!((ROOMS.job_queued)(1), "Second in the queue");
        assert_eq!((ROOMS.job_queued)(5), "5 ahead in the queue");
    }

    #[test]
    fn a_run_is_told_beside_the_usual_time_whether_it_is_slow_or_not() {
        assert_eq!((ROOMS.job_elapsed)(18, 25, 35), "18\u{A0}s, usually 25–35\u{A0}s");
        assert_eq!((ROOMS.job_elapsed)(720, 25, 35), "12\u{A0}min, usually 25–35\u{A0}s");
    }

    #[test]
    fn an_estimate_names_its_source_and_its_date() {
        assert_eq!(
            (t.cost_hint)("$0.07", "$0.14", "fal.ai model page", "22 Nov 2026"),
            "About $0.07, at most $0.14. Price: fal.ai model page, 22 Nov 2026"
        );
        assert_eq!((t.cost_hint)("$0.07", "$0.07", "x", "y"), "About $0.07. Price: x, y");
        assert_eq!((ROOMS.cost_maybe)(""), "It may have cost something.");
    }
}
