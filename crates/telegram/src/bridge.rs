//! What the app and Telegram's client say to each other: names, the version that knows them first,
//! and what an event means.

pub mod cloud;

use serde_json::Value;

/// A version of the Mini Apps interface, which a client tells at the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u16,
    minor: u16,
}

impl Version {
    /// The first one, which every client knows.
    pub const FIRST: Self = Self::new(6, 0);

    /// A version by its two numbers: 6.10 comes after 6.9.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Reads `8.0`; a third number does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next().map_or(Some(0), |minor| minor.parse().ok())?;
        Some(Self { major, minor })
    }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident = $wire:literal since ($major:literal, $minor:literal)),+ $(,)?) => {
        /// Something that the app asks the client to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Call { $($(#[$doc])* $name),+ }

        impl Call {
            /// Every call.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }

            /// The version that knows it first.
            pub const fn since(self) -> Version {
                match self { $(Self::$name => Version::new($major, $minor)),+ }
            }
        }
    };
}

calls! {
    /// Label and state of the main button.
    MainButton = "web_app_setup_main_button" since (6, 0),
    /// Whether there is a way back.
    BackButton = "web_app_setup_back_button" since (6, 1),
    /// A short shake.
    Haptic = "web_app_trigger_haptic_feedback" since (6, 1),
    /// Opens an address outside the app.
    OpenLink = "web_app_open_link" since (6, 1),
    /// Opens an address of t.me in Telegram.
    OpenTelegramLink = "web_app_open_tg_link" since (6, 1),
    /// The colour around the page.
    BackgroundColour = "web_app_set_background_color" since (6, 1),
    /// Whether closing has to be confirmed.
    ClosingBehaviour = "web_app_setup_closing_behavior" since (6, 2),
    /// The colour of the header.
    HeaderColour = "web_app_set_header_color" since (6, 9),
    /// Asks the person to let the bot write to them.
    WriteAccess = "web_app_request_write_access" since (6, 9),
    /// A method of the bot's storage at Telegram.
    CustomMethod = "web_app_invoke_custom_method" since (6, 9),
    /// Whether the menu has an item for settings.
    SettingsButton = "web_app_setup_settings_button" since (6, 10),
    /// Whether a swipe down closes the app.
    SwipeBehaviour = "web_app_setup_swipe_behavior" since (7, 7),
    /// A story with a picture.
    Story = "web_app_share_to_story" since (7, 8),
    /// The colour of the bar at the bottom.
    BottomBarColour = "web_app_set_bottom_bar_color" since (7, 10),
    /// The whole screen.
    Fullscreen = "web_app_request_fullscreen" since (8, 0),
    /// No longer the whole screen.
    ExitFullscreen = "web_app_exit_fullscreen" since (8, 0),
    /// A message that the bot prepared, into a chat that the person chooses.
    PreparedMessage = "web_app_send_prepared_message" since (8, 0),
    /// Saves a file on the device.
    Download = "web_app_request_file_download" since (8, 0),
    /// Takes the keyboard away.
    HideKeyboard = "web_app_hide_keyboard" since (9, 1),
}

/// How much of each side is covered, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Insets {
    /// Above.
    pub top: f64,
    /// Below.
    pub bottom: f64,
    /// On the left.
    pub left: f64,
    /// On the right.
    pub right: f64,
}

/// Something that the client tells. What is not understood is no event; clients send much that we
/// never asked for, and some send it empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Other colours: the object of them.
    Theme(Value),
    /// The height that will last until the next such event, in CSS pixels.
    StableHeight(f64),
    /// What notches and bars of the device cover.
    SafeArea(Insets),
    /// What the client's own controls cover beyond it.
    ContentSafeArea(Insets),
    /// The main button was pressed.
    MainButton,
    /// The way back.
    BackButton,
    /// The item for settings.
    SettingsButton,
    /// Whether the app has the whole screen.
    Fullscreen(bool),
    /// It cannot have it; the client's word for why.
    FullscreenFailed(String),
    /// What became of a prepared message; the client's word for why it was not sent.
    PreparedMessage(Result<(), String>),
    /// Whether the person wants the file.
    Download(bool),
    /// Whether the bot may write to the person.
    WriteAccess(bool),
    /// The answer to a [`Call::CustomMethod`]: the id of the request, and what it gave.
    CustomMethod(String, Result<Value, String>),
}

/// A lower height is a fault of a client, of which some report a single pixel while the keyboard
/// moves.
const LEAST_HEIGHT: f64 = 100.0;

impl Event {
    /// Reads an event.
    pub fn read(name: &str, data: &Value) -> Option<Self> {
        let text = |key: &str| data[key].as_str().map(str::to_owned);
        Some(match name {
            "theme_changed" if data["theme_params"].is_object() => {
                Self::Theme(data["theme_params"].clone())
            }
            "viewport_changed" if data["is_state_stable"] == Value::Bool(true) => {
                let height = data["height"].as_f64().filter(|height| *height >= LEAST_HEIGHT);
                Self::StableHeight(height?)
            }
            "safe_area_changed" => Self::SafeArea(insets(data)?),
            "content_safe_area_changed" => Self::ContentSafeArea(insets(data)?),
            "main_button_pressed" => Self::MainButton,
            "back_button_pressed" => Self::BackButton,
            "settings_button_pressed" => Self::SettingsButton,
            "fullscreen_changed" => Self::Fullscreen(data["is_fullscreen"].as_bool()?),
            "fullscreen_failed" => Self::FullscreenFailed(text("error")?),
            "prepared_message_sent" => Self::PreparedMessage(Ok(())),
            "prepared_message_failed" => Self::PreparedMessage(Err(text("error")?)),
            "file_download_requested" => Self::Download(text("status")? == "downloading"),
            "write_access_requested" => Self::WriteAccess(text("status")? == "allowed"),
            "custom_method_invoked" => Self::CustomMethod(
                text("req_id")?,
                text("error").map_or_else(|| Ok(data["result"].clone()), Err),
            ),
            _ => return None,
        })
    }
}

/// No side can be covered by less than nothing or by more than any screen has.
fn insets(data: &Value) -> Option<Insets> {
    if !data.is_object() {
        return None;
    }
    let side = |key: &str| data[key].as_f64().map_or(0.0, |side| side.clamp(0.0, 500.0));
    Some(Insets {
        top: side("top"),
        bottom: side("bottom"),
        left: side("left"),
        right: side("right"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_are_compared_by_number() {
        let version = |text| Version::parse(text).unwrap();
        assert!(
            version("6.10") > version("6.9")
                && version("8.0") > version("7.10")
                && version("9") > version("8.1")
        );
        assert_eq!(version("9.6.1"), Version::new(9, 6));
        for text in ["", "x", "6.x", "-1.0"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_old_client_is_asked_for_the_main_button_alone() {
        let known: Vec<_> =
            Call::ALL.iter().filter(|call| call.since() <= Version::FIRST).collect();
        assert_eq!(known, [&Call::MainButton]);
    }

    #[test]
    fn what_clients_send_empty_or_wrong_is_no_event() {
        for (name, data) in [
            ("viewport_changed", Value::Null),
            ("viewport_changed", json!({"height": 1, "is_state_stable": true})),
            ("viewport_changed", json!({"height": 700, "is_state_stable": false})),
            ("safe_area_changed", json!("x")),
            ("theme_changed", json!({"theme_params": null})),
            ("fullscreen_changed", json!({})),
            ("custom_method_invoked", json!({"result": 1})),
            ("prepared_message_failed", json!({})),
            ("file_download_requested", Value::Null),
            ("write_access_requested", json!({"status": true})),
            ("__proto__", json!({})),
        ] {
            assert_eq!(Event::read(name, &data), None, "{name} {data}");
        }
    }

    #[test]
    fn insets_stay_within_a_screen() {
        let event =
            Event::read("safe_area_changed", &json!({"top": 47, "bottom": -3, "left": 1e9}));
        assert_eq!(
            event,
            Some(Event::SafeArea(Insets { top: 47.0, bottom: 0.0, left: 500.0, right: 0.0 }))
        );
    }

    #[test]
    fn an_answer_is_a_result_or_an_error() {
        let read = |data| Event::read("custom_method_invoked", &data);
        assert_eq!(
            read(json!({"req_id": "1", "result": {"a": "b"}})),
            Some(Event::CustomMethod("1".into(), Ok(json!({"a": "b"}))))
        );
        assert_eq!(
            read(json!({"req_id": "1", "error": "NO"})),
            Some(Event::CustomMethod("1".into(), Err("NO".into())))
        );
    }
}
