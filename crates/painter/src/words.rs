//! What a prompt says about the picture, as far as a drawing can follow it.
//!
//! This is a stand-in's understanding: a list of words in English and Russian. An entry that ends
//! in `*` stands for all words that begin so.

use super::colour::Colour;

/// Where the picture is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Studio,
    Forest,
    Sea,
    Castle,
    City,
    Hills,
    Desert,
}

/// The time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hour {
    Day,
    Golden,
    Night,
}

/// What falls from the sky.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    Clear,
    Snow,
    Rain,
    Fog,
}

/// What the person wears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Garment {
    Tee,
    Turtleneck,
    Shirt,
    Suit,
    Coat,
    Hoodie,
    Dress,
    Armor,
}

/// How the person is read, where the prompt says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Woman,
    Man,
}

/// The drawable part of a prompt. `None`: the prompt leaves it open.
#[derive(Debug, Clone)]
pub(super) struct Mood {
    pub(super) place: Option<Place>,
    pub(super) hour: Option<Hour>,
    pub(super) weather: Option<Weather>,
    pub(super) garment: Option<Garment>,
    pub(super) cloth: Option<Colour>,
    pub(super) presence: Option<Presence>,
    pub(super) person: bool,
    pub(super) smile: bool,
    pub(super) hat: bool,
    pub(super) glasses: bool,
    pub(super) monochrome: bool,
}

const PLACES: &[(Place, &str)] = &[
    (
        Place::Castle,
        "castle medieval knight ruin fortress tower замок* замк* крепост* рыцар* башн*",
    ),
    (
        Place::Forest,
        "forest wood tree pine park autumn jungle garden лес лес* сосн* парк* осен* дерев* сад саду",
    ),
    (
        Place::Sea,
        "sea ocean beach embankment river lake coast harbour harbor boat sail море моря пляж* набережн* река реки озер* океан* берег*",
    ),
    (
        Place::City,
        "city street town urban downtown neon cyberpunk skyline rooftop cafe город* улиц* неон* кафе",
    ),
    (
        Place::Hills,
        "hill mountain field meadow valley alps village гора горы горах холм* поле поля луг* долин*",
    ),
    (Place::Desert, "desert dune sand mars пустын* дюн* песк*"),
    (
        Place::Studio,
        "studio headshot business corporate linkedin passport backdrop студи* делов* паспорт*",
    ),
];

const HOURS: &[(Hour, &str)] = &[
    (
        Hour::Night,
        "night midnight moon dark stars neon evening cyberpunk noir ночь ночи ночн* луна луны тёмн* темн* вечер*",
    ),
    (
        Hour::Golden,
        "sunset sunrise dawn dusk golden sun morning low autumn warm закат* рассвет* солнц* утро утрен* золот*",
    ),
    (Hour::Day, "day noon bright daylight день днём днем полдень ярк*"),
];

const WEATHERS: &[(Weather, &str)] = &[
    (
        Weather::Snow,
        "snow winter frost frosty snowy ice christmas снег* снеж* зим* мороз* рождеств*",
    ),
    (Weather::Rain, "rain rainy storm дожд* гроз*"),
    (Weather::Fog, "fog mist misty haze foggy туман* дымк*"),
];

const GARMENTS: &[(Garment, &str)] = &[
    (Garment::Armor, "armor armour knight доспех* латы латах рыцар*"),
    (
        Garment::Suit,
        "suit business blazer tie tuxedo corporate linkedin jacket костюм* пиджак* галстук* делов*",
    ),
    (Garment::Coat, "coat parka trench overcoat winter пальто шуб* плащ* куртк*"),
    (Garment::Hoodie, "hoodie sweatshirt sport худи толстовк* спорт*"),
    (Garment::Turtleneck, "turtleneck sweater pullover knit свитер* водолазк* вязан*"),
    (Garment::Shirt, "shirt linen blouse denim рубашк* блуз* сорочк*"),
    (Garment::Dress, "dress gown evening princess queen плать* принцесс* королев*"),
    (Garment::Tee, "tee tshirt футболк* майк*"),
];

const CLOTHS: &[((f32, f32, f32), &str)] = &[
    ((0.50, 0.175, 27.0), "red scarlet crimson красн* алый алое алом алая багров*"),
    ((0.62, 0.13, 55.0), "orange оранж* рыж*"),
    ((0.78, 0.13, 90.0), "yellow mustard gold golden жёлт* желт* золот*"),
    ((0.45, 0.09, 145.0), "green emerald olive зелён* зелен* изумруд*"),
    ((0.43, 0.10, 255.0), "blue navy denim син* голуб*"),
    ((0.42, 0.11, 310.0), "purple violet lilac фиолет* лилов* сирен*"),
    ((0.72, 0.09, 5.0), "pink rose розов*"),
    ((0.24, 0.008, 60.0), "black noir чёрн* черн*"),
    ((0.90, 0.015, 85.0), "white ivory cream бел* кремов*"),
    ((0.55, 0.012, 250.0), "grey gray silver сер* серебр*"),
    ((0.42, 0.06, 55.0), "brown camel leather коричнев* кожан* бежев*"),
];

const PRESENCES: &[(Presence, &str)] = &[
    (
        Presence::Woman,
        "woman girl lady female queen princess women женщин* девушк* девочк* королев*",
    ),
    (
        Presence::Man,
        "man boy male king gentleman men guy knight мужчин* парень парня мальчик* корол* рыцар*",
    ),
];

impl Mood {
    /// Reads a prompt.
    pub(super) fn read(prompt: &str) -> Self {
        let lower = prompt.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let says = |list: &str| words.iter().any(|word| listed(word, list));
        let presence = first(&words, PRESENCES);
        let people =
            "person portrait photo face selfie headshot people child человек* портрет* фото* лицо";
        Self {
            place: first(&words, PLACES),
            hour: first(&words, HOURS),
            weather: first(&words, WEATHERS),
            garment: first(&words, GARMENTS),
            cloth: first(&words, CLOTHS).map(|(l, c, h)| Colour::new(l, c, h)),
            presence,
            person: presence.is_some() || says(people),
            smile: says("smile smiling laugh laughing happy joy улыб* сме* счастл* радост*"),
            hat: says("hat beanie cap шапк* шляп* кепк*"),
            glasses: says("glasses spectacles sunglasses очки очках"),
            monochrome: says("monochrome noir bw grayscale blackandwhite монохром* чб")
                || lower.contains("black and white")
                || lower.contains("чёрно-бел")
                || lower.contains("черно-бел"),
        }
    }
}

/// The meaning of the earliest word that has one.
fn first<T: Copy>(words: &[&str], table: &[(T, &str)]) -> Option<T> {
    words.iter().find_map(|word| table.iter().find(|(_, l)| listed(word, l)).map(|(t, _)| *t))
}

/// Whether the list has the word, its plural, or a beginning of it.
fn listed(word: &str, list: &str) -> bool {
    list.split(' ').any(|entry| match entry.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == entry || word.strip_suffix('s') == Some(entry),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_read_in_english_and_russian() {
        let mood = Mood::read(
            "a photo of TOK woman in a red wool coat on a frosty embankment, low morning sun",
        );
        assert_eq!((mood.garment, mood.place), (Some(Garment::Coat), Some(Place::Sea)));
        assert_eq!((mood.hour, mood.weather), (Some(Hour::Golden), Some(Weather::Snow)));
        assert_eq!(mood.presence, Some(Presence::Woman));
        let mood = Mood::read("Мужчина в синем свитере, ночной лес, снегопад");
        assert_eq!((mood.garment, mood.place), (Some(Garment::Turtleneck), Some(Place::Forest)));
        assert_eq!((mood.hour, mood.weather), (Some(Hour::Night), Some(Weather::Snow)));
        assert!(mood.cloth.is_some() && mood.presence == Some(Presence::Man));
    }

    #[test]
    fn the_first_prompt_of_a_newcomer_is_drawn_alike_in_both_languages() {
        let drawn = |prompt: &str| {
            let mood = Mood::read(prompt);
            (mood.place, mood.hour, mood.weather, mood.garment, format!("{:?}", mood.cloth))
        };
        assert_eq!(
            drawn("в красном шерстяном пальто на морозной набережной, низкое утреннее солнце"),
            drawn("in a red wool coat on a frosty embankment, low morning sun"),
        );
    }

    #[test]
    fn words_inside_other_words_do_not_count() {
        let mood = Mood::read("seasoned sunday manifest, forestry, redwood treehouse");
        assert!(
            mood.place.is_none()
                && mood.hour.is_none()
                && mood.cloth.is_none()
                && mood.presence.is_none()
        );
    }

    #[test]
    fn plurals_count() {
        assert_eq!(Mood::read("castles").place, Some(Place::Castle));
    }
}
