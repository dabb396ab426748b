//! Where things lie. A name in braces stands for one part that the caller fills in, by [`filled`].

/// FAL's proxy protocol, with the target in [`super::header::TARGET`].
pub const RELAY: &str = "/api/fal/proxy";
/// What would be sent for a request.
pub const COMPOSE: &str = "/api/v1/compose";
/// Whether a LoRA lies at an address.
pub const AVATAR_TEST: &str = "/api/v1/avatars/test";
/// A picture from FAL's media hosts.
pub const IMAGE: &str = "/api/v1/image";
/// The caller's budgets.
pub const SPENDING: &str = "/api/v1/spending";
/// What became of a submit.
pub const SUBMISSION: &str = "/api/v1/submissions/{key}";
/// What the server says of itself.
pub const CONFIG: &str = "/api/v1/config";
/// The description of this interface.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// A picture in one call.
pub const GENERATE: &str = "/api/v1/generate";
/// How such a run stands.
pub const JOB: &str = "/api/v1/jobs/{id}";
/// What everything about Telegram begins with.
pub const TELEGRAM: &str = "/api/v1/telegram/";
/// Signing in by what Telegram launched the app with.
pub const TELEGRAM_SESSION: &str = "/api/v1/telegram/session";
/// Takes a picture that is to go to Telegram.
pub const TELEGRAM_PICTURES: &str = "/api/v1/telegram/pictures";
/// Sends it into the caller's own chat.
pub const TELEGRAM_SEND: &str = "/api/v1/telegram/pictures/{id}/send";
/// Prepares a message with it for any chat.
pub const TELEGRAM_SHARE: &str = "/api/v1/telegram/pictures/{id}/share";
/// Makes an address for it that needs no sign-in.
pub const TELEGRAM_LINK: &str = "/api/v1/telegram/pictures/{id}/link";
/// That address.
pub const TELEGRAM_FILE: &str = "/api/v1/telegram/files/{name}";
/// Pictures and uploads of a demo, as on FAL's media hosts.
pub const DEMO_MEDIA: &str = "/api/v1/demo/media";
/// Whether the process lives.
pub const HEALTH: &str = "/healthz";
/// Whether requests are welcome.
pub const READY: &str = "/readyz";

/// Every address but those under [`DEMO_MEDIA`], which answer as FAL's media hosts do.
pub const ALL: [&str; 18] = [
    RELAY,
    HEALTH,
    READY,
    CONFIG,
    OPENAPI,
    COMPOSE,
    AVATAR_TEST,
    GENERATE,
    JOB,
    SPENDING,
    SUBMISSION,
    IMAGE,
    TELEGRAM_SESSION,
    TELEGRAM_PICTURES,
    TELEGRAM_SEND,
    TELEGRAM_SHARE,
    TELEGRAM_LINK,
    TELEGRAM_FILE,
];

/// An address with `part` in place of its name in braces.
pub fn filled(address: &str, part: &str) -> String {
    let (before, rest) = address.split_once('{').unwrap_or((address, ""));
    let (_, after) = rest.split_once('}').unwrap_or_default();
    [before, part, after].concat()
}

/// What stands before the part that is filled in.
pub fn start(address: &str) -> &str {
    address.split_once('{').map_or(address, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_takes_the_place_of_its_name() {
        assert_eq!(filled(SUBMISSION, "k-1"), "/api/v1/submissions/k-1");
        assert_eq!(filled(TELEGRAM_SEND, "7"), "/api/v1/telegram/pictures/7/send");
        assert_eq!(start(JOB), "/api/v1/jobs/");
    }
}
