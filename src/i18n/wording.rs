//! Rules that the words of every language keep.

use super::{FailureWords, Language, PresetWords, Text, Words};
use likeness_core::{
    Field, Preset, Reason,
    job::{Charge, Failure, FailureKind},
};
use likeness_studio::remedy::{Remedy, of_failure};

const BOTH: [Language; 2] = [Language::En, Language::Ru];

/// What a text says, with some values where it takes any.
pub(super) trait Said {
    fn said(&self) -> Vec<String>;
}

impl Said for Text {
    fn said(&self) -> Vec<String> {
        vec![(*self).to_owned()]
    }
}

impl Said for &'static [Text] {
    fn said(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

impl Said for fn(Preset) -> PresetWords {
    fn said(&self) -> Vec<String> {
        let words = Preset::ALL.map(self);
        words.iter().flat_map(|words| [words.name.to_owned(), words.advice.to_owned()]).collect()
    }
}

impl Said for fn(Field) -> Text {
    fn said(&self) -> Vec<String> {
        Field::ALL.map(|field| self(field).to_owned()).to_vec()
    }
}

impl Said for fn(Reason) -> Text {
    fn said(&self) -> Vec<String> {
        Reason::ALL.map(|reason| self(reason).to_owned()).to_vec()
    }
}

impl Said for fn(Reason) -> (Text, Text) {
    fn said(&self) -> Vec<String> {
        let words = Reason::ALL.map(self);
        words.iter().flat_map(|(what, next)| [(*what).to_owned(), (*next).to_owned()]).collect()
    }
}

impl Said for for<'a> fn(&'a FailureKind) -> FailureWords {
    fn said(&self) -> Vec<String> {
        let words = |kind| self(kind);
        let words = failures().iter().map(words).collect::<Vec<_>>();
        words.iter().flat_map(|words| [words.what.to_owned(), words.next.to_owned()]).collect()
    }
}

/// Texts with values: each is said with the smallest and the largest of them, and with some between.
macro_rules! said {
    ($(($($value:ident: $type:ty = $samples:expr),*) -> $result:ty;)*) => {$(
        impl Said for fn($($type),*) -> $result {
            fn said(&self) -> Vec<String> {
                let mut texts = Vec::new();
                said!(@each self texts ($($value = $samples),*) ($($value),*));
                texts
            }
        }
    )*};
    (@each $text:ident $texts:ident () ($($value:ident),*)) => {
        $texts.push($text($($value),*).to_string())
    };
    (@each $text:ident $texts:ident ($first:ident = $samples:expr $(, $rest:ident = $more:expr)*) $values:tt) => {
        for $first in $samples {
            said!(@each $text $texts ($($rest = $more),*) $values);
        }
    };
}

said! {
    (a: usize = [1, 2, 5, 21, 12_345]) -> String;
    (a: usize = [1, 2], b: usize = [1, 2, 5, 21]) -> String;
    (a: usize = [1, 2, 5, 21], b: &str = ["Vera"]) -> String;
    (a: usize = [1, 2, 5], b: u64 = [9, 600]) -> String;
    (a: u8 = [1, 2, 4]) -> String;
    (a: u8 = [1, 2, 4], b: &str = ["about $1"]) -> String;
    (a: u16 = [25], b: u16 = [35]) -> String;
    (a: u32 = [0, 1, 4, 21]) -> String;
    (a: u64 = [9, 600, 46_800, 864_000]) -> String;
    (a: u64 = [9, 600], b: u16 = [25], c: u16 = [35]) -> String;
    (a: i32 = [-2, -1, 0, 1, 2, 3, 12, 22]) -> Text;
    (a: &str = ["", "Vera"]) -> String;
    (a: &str = ["Vera"], b: &str = ["Vera"]) -> String;
    (a: &str = ["Vera"], b: &str = ["Vera", "Ink"], c: &str = ["Vera"], d: &str = ["Vera"]) -> String;
}

fn failures() -> Vec<FailureKind> {
    [FailureKind::ALL, &[FailureKind::Other("a kind of tomorrow".to_owned())]].concat()
}

/// Everything that is said in a language.
fn all(language: Language) -> Vec<(&'static str, String)> {
    let sayings = [language.messages().sayings(), language.rooms().sayings()].concat();
    let each = |(name, texts): (&'static str, Vec<String>)| {
        texts.into_iter().map(move |text| (name, text))
    };
    sayings.into_iter().flat_map(each).collect()
}

/// Where only those look who want to know more: the technical names are explained here.
const EXPLAINED: [&str; 4] =
    ["help_portrait_text", "help_artistic_text", "help_prompt_text", "help_first_text"];

/// What a newcomer cannot know, and what has another name on the screen. In parentheses and in quotation marks they may stand.
const RIDDLES: [(Language, &[&str]); 2] = [
    (
        Language::En,
        &[
            "trigger",
            "lora",
            "finetune",
            "seed",
            "guidance",
            "tolerance",
            "checker",
            "inference",
            "endpoint",
            "contact sheet",
            "darkroom",
            "light table",
            "developing",
            "whole screen",
            "whoever",
            "portrait avatar",
            "artistic avatar",
            "prompt",
            "ultra quality",
            "this run",
            "runs were",
            "tok",
        ],
    ),
    (
        Language::Ru,
        &[
            "триггер",
            "lora",
            "finetune",
            "seed",
            "пресет",
            "зерн",
            "допуск",
            "хозя",
            "чернот",
            "вживую",
            "контактный лист",
            "дообуч",
            "проявля",
            "световой стол",
            "тёмная комната",
            "промпт",
            "качество «ультра»",
            "точность к словам",
            "tok",
        ],
    ),
];

/// The text without what stands in parentheses or quotation marks.
fn outside(text: &str) -> String {
    let mut depth = 0;
    let keep = |mark: &char| {
        match mark {
            '(' | '“' | '«' => depth += 1,
            ')' | '”' | '»' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(keep).collect::<String>().to_lowercase()
}

#[test]
fn nothing_on_a_screen_is_a_riddle_to_a_newcomer() {
    for (language, riddles) in RIDDLES {
        for (name, text) in all(language) {
            let seen = outside(&text);
            let is_word = |word: &&str| {
                seen.match_indices(*word).any(|(at, _)| !seen[..at].ends_with(char::is_alphabetic))
            };
            let riddle = riddles.iter().copied().find(is_word);
            assert!(riddle.is_none() || EXPLAINED.contains(&name), "{name}: {text}: {riddle:?}");
        }
    }
}

#[test]
fn a_number_has_the_decimal_mark_of_its_language() {
    for language in BOTH {
        for (name, text) in all(language) {
            let text = text.replace("FLUX.1", "FLUX");
            let marks: Vec<char> = text.chars().collect();
            for around in marks.windows(3) {
                let [before, mark, after] = [around[0], around[1], around[2]];
                if before.is_ascii_digit() && after.is_ascii_digit() {
                    let other = if language == Language::Ru { '.' } else { ',' };
                    let is_thousands = language == Language::En
                        && ["16,000", "12,345"].iter().any(|number| text.contains(number));
                    assert!(mark != other || is_thousands, "{name}: {text}");
                }
            }
        }
    }
}

#[test]
fn a_person_and_a_style_are_never_called_like_a_preset() {
    for language in BOTH {
        let t = language.messages();
        let presets = Preset::ALL.map(|preset| (t.preset_words)(preset).name);
        let rooms = language.rooms();
        for name in [rooms.portrait, rooms.artistic, rooms.ultra_quality] {
            assert!(!presets.contains(&name), "{name}");
        }
        for field in Field::ALL {
            assert_ne!((t.field_name)(field), "Likeness");
        }
    }
}

#[test]
fn no_setting_is_explained_by_the_name_of_a_preset() {
    for language in BOTH {
        let t = language.messages();
        let presets = Preset::ALL.map(|preset| (t.preset_words)(preset).name);
        for hint in Field::ALL.map(language.rooms().field_hint) {
            let mut words = hint.split(|c: char| !c.is_alphabetic());
            // A model has that name too, in Latin letters in each language.
            assert!(!words.any(|word| presets.contains(&word) || word == "Ultra"), "{hint}");
        }
    }
}

/// How a text speaks of a button, or of what it does.
fn spoken(language: Language, remedy: Remedy) -> &'static [&'static str] {
    match (language, remedy) {
        (Language::En, Remedy::TryAgain) => {
            &["ry again", "ake the pictures again", "ake them again", "ake it again"]
        }
        (Language::Ru, Remedy::TryAgain) => &[
            "овторите",
            "делайте снимки заново",
            "делайте их заново",
            "делайте его заново",
            "дадут такой же",
        ],
        (Language::En, Remedy::Send | Remedy::Repeat) => &["end it again"],
        (Language::Ru, Remedy::Send | Remedy::Repeat) => &["тправить снова"],
        (Language::En, Remedy::OpenAvatar) => &["Open the avatar"],
        (Language::Ru, Remedy::OpenAvatar) => &["Откройте аватар"],
        (Language::En, Remedy::UseUltra) => &["“Extra large”"],
        (Language::Ru, Remedy::UseUltra) => &["«Очень крупно»"],
        (Language::En, Remedy::Reload) => &["Reload the page"],
        (Language::Ru, Remedy::Reload) => &["Обновите страницу"],
        (Language::En, Remedy::Edit) => &["“Edit”"],
        (Language::Ru, Remedy::Edit) => &["«Изменить»"],
    }
}

#[test]
fn a_failure_speaks_of_the_buttons_on_its_card_and_of_no_others() {
    use Remedy::{Edit, OpenAvatar, Reload, Repeat, TryAgain, UseUltra};
    for language in BOTH {
        for kind in FailureKind::ALL {
            let failure = Failure::of(kind.clone(), Charge::No);
            let offered = of_failure(&failure, true, 0);
            let next = (language.rooms().failure)(kind).next;
            let is_spoken_of =
                |remedy| spoken(language, remedy).iter().any(|words| next.contains(words));
            for remedy in [TryAgain, Repeat, OpenAvatar, UseUltra, Reload] {
                // After a reload there is no card, and the same is made anew.
                let is_left = remedy == TryAgain && offered.contains(&Reload);
                assert!(
                    is_left || is_spoken_of(remedy) == offered.contains(&remedy),
                    "{remedy:?}: {next}"
                );
            }
            assert!(!is_spoken_of(Edit) || offered.contains(&Edit), "{next}");
        }
    }
}

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
        t.reset_all,
        t.manage,
        t.all_pictures,
        t.rooms().undo_fix,
        (t.rooms().noticed)(Reason::TokenAlone).1,
        (t.rooms().noticed)(Reason::Weights).1,
        (t.rooms().noticed)(Reason::LoraTags).1,
        (t.rooms().noticed)(Reason::Placeholder).1,
        (t.rooms().noticed)(Reason::PastedParameters).1,
        (t.rooms().noticed)(Reason::ManyTokens).1,
        (t.rooms().noticed)(Reason::NotHttps).1,
        (t.rooms().noticed)(Reason::PageAddress).1,
        (t.rooms().noticed)(Reason::AddressAsId).1,
        t.rooms().visit,
        t.rooms().import_skip,
        t.rooms().import_replace,
        t.rooms().import_both,
        t.rooms().visit_underway,
        t.rooms().more,
        t.rooms().cancel,
        t.rooms().cancel_waiting,
        t.rooms().cancel_all,
        t.rooms().send_again,
        t.rooms().another_yes,
        t.rooms().another_no,
        t.rooms().with_seed,
        t.rooms().seed_drop,
        t.demo_pair,
        t.use_english,
        t.understood,
        t.rooms().code_enter,
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
        t.rooms().send_now,
        t.rooms().earlier,
        t.rooms().later,
        t.rooms().chat_open,
        t.rooms().chat_photo,
        t.rooms().chat_file,
        t.rooms().chat_share,
        t.rooms().chat_choose,
        t.rooms().chat_save,
        t.rooms().chat_story,
        t.rooms().chat_allow,
        t.rooms().fullscreen_on,
        t.rooms().fullscreen_off,
        t.rooms().theme_system,
        t.rooms().theme_dark,
        t.rooms().theme_light,
        t.rooms().portrait,
        t.rooms().artistic,
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
    texts.extend(FailureKind::ALL.iter().flat_map(|kind| {
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
        let generic = failure(&FailureKind::Other("a kind of tomorrow".to_owned()));
        // A picture that cannot be shown is tried again, and never how a run ends.
        for kind in FailureKind::ALL.iter().filter(|kind| **kind != FailureKind::Unreadable) {
            assert_ne!(failure(kind).what, generic.what, "{kind:?}");
            assert_ne!(failure(kind).next, generic.next, "{kind:?}");
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
fn a_first_prompt_in_another_language_has_the_english_one_beside_it() {
    let (english, russian) = (Language::En.messages(), Language::Ru.messages());
    assert_eq!(russian.first_prompt_english, english.first_prompt);
    assert!(!russian.first_prompt.is_ascii());
    assert!(english.first_prompt_english.is_empty());
}
