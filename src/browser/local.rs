//! Small settings that must be there before the first paint: `localStorage`, where the browser gives it.

use super::telegram;
use web_sys::Storage;

/// A setting by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `en` or `ru`; also read by `boot.js`.
    Language,
    /// `dark` or `light`; absent for the system's. Also read by `boot.js`.
    Theme,
    /// The draft in the composer, as JSON.
    Draft,
    /// The id of the main avatar.
    MainAvatar,
    /// Set once the library holds something: from then on it is opened with the page, and nobody is a newcomer.
    Library,
    /// The access code of this server.
    Code,
    /// How many pictures there are. If fewer are found, the browser has cleared some.
    Pictures,
    /// The ids of the last runs that are over, with commas between: what Telegram still keeps of them is out of date.
    Over,
    /// Set once the person has read that the models understand English best.
    EnglishBest,
    /// What was removed and may still lie in the library.
    Removed,
    /// Set while everything is being erased.
    Erasing,
}

impl Key {
    const ALL: [Self; 11] = [
        Self::Language,
        Self::Theme,
        Self::Draft,
        Self::MainAvatar,
        Self::Library,
        Self::Code,
        Self::Pictures,
        Self::Over,
        Self::EnglishBest,
        Self::Removed,
        Self::Erasing,
    ];

    /// Under Telegram several people may use one browser: what is theirs is kept apart. How it looks belongs to the device.
    fn name(self) -> String {
        let user = match self {
            Self::Language | Self::Theme => None,
            _ => telegram::user(),
        };
        match user {
            Some(user) => format!("{}.{user}", self.plain_name()),
            None => self.plain_name().to_owned(),
        }
    }

    const fn plain_name(self) -> &'static str {
        match self {
            Self::Language => "likeness.language",
            Self::Theme => "likeness.theme",
            Self::Draft => "likeness.draft",
            Self::MainAvatar => "likeness.main-avatar",
            Self::Code => "likeness.code",
            Self::Library => "likeness.library",
            Self::Pictures => "likeness.pictures",
            Self::Over => "likeness.over",
            Self::EnglishBest => "likeness.english-best",
            Self::Removed => "likeness.removed",
            Self::Erasing => "likeness.erasing",
        }
    }
}

/// The value of a setting; none if it was never set or the browser refuses.
pub fn get(key: Key) -> Option<String> {
    storage()?.get_item(&key.name()).ok()?
}

/// Sets a setting, or removes it. Where the browser refuses, it lasts as long as the page.
pub fn set(key: Key, value: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = match value {
            Some(value) => storage.set_item(&key.name(), value),
            None => storage.remove_item(&key.name()),
        };
    }
}

/// Whether the browser refuses to keep settings.
pub fn is_refused() -> bool {
    storage().is_none()
}

/// Removes every setting.
pub fn clear() {
    Key::ALL.into_iter().for_each(|key| set(key, None));
}

/// None inside Telegram either where nobody knows whose things they would be.
fn storage() -> Option<Storage> {
    if telegram::is_nameless() {
        return None;
    }
    web_sys::window()?.local_storage().ok()?
}
