//! Why a run gave no pictures, and whether it cost anything.

use serde::{Deserialize, Serialize};

/// Declares the kinds with the names under which they are stored.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal;)*) => {
        /// What went wrong.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum FailureKind {
            $($(#[$doc])* $kind,)*
            /// One of another version, by its name.
            Other(String),
        }

        impl FailureKind {
            /// Every kind that this version knows.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// As it is stored.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind => $name,)*
                    Self::Other(name) => name,
                }
            }
        }

        impl From<String> for FailureKind {
            fn from(name: String) -> Self {
                match name.as_str() {
                    $($name => Self::$kind,)*
                    _ => Self::Other(name),
                }
            }
        }
    };
}

kinds! {
    /// FAL does not take the server's key.
    Unauthorized = "unauthorized";
    /// The key may not use this model.
    Forbidden = "forbidden";
    /// FAL's account has to be topped up.
    ExhaustedBalance = "exhausted_balance";
    /// The safety filter refused words or picture.
    ContentPolicy = "content_policy";
    /// The model ran and produced nothing.
    NoMedia = "no_media";
    /// FAL no longer has the model.
    EndpointGone = "endpoint_gone";
    /// FAL knows no such run, or no longer.
    UnknownRequest = "unknown_request";
    /// FAL could not download the LoRA.
    DeadLora = "dead_lora";
    /// FAL does not know the finetune.
    FinetuneMissing = "finetune_missing";
    /// FAL refused values of the body.
    Validation = "validation";
    /// Too many calls or too many runs at once.
    RateLimited = "rate_limited";
    /// More runs waiting than the caller allowed.
    QueueFull = "queue_full";
    /// The run did not start in time.
    StartTimeout = "start_timeout";
    /// It took too long.
    Timeout = "timeout";
    /// The run was cancelled.
    Cancelled = "cancelled";
    /// A fault on FAL's side.
    Upstream = "upstream";
    /// The answer could not be read.
    Garbled = "garbled";
    /// No answer.
    Network = "network";
    /// The body is larger than somebody on the way takes.
    TooLarge = "too_large";
    /// A run left and its answer was lost.
    UnknownOutcome = "unknown_outcome";
    /// Our server refused or failed by itself.
    Server = "server";
    /// Refused for a reason that has no kind of its own.
    Refused = "refused";
    /// No room is left in this browser.
    StorageFull = "storage_full";
    /// The caller's budget for the day is spent.
    UserDaySpent = "user_day_spent";
    /// The server's budget for the day is spent.
    DaySpent = "day_spent";
    /// The server's budget for the month is spent.
    MonthSpent = "month_spent";
    /// Too many runs are under way at our server.
    TooManyRuns = "too_many_runs";
    /// Runs were started too fast for our server.
    TooManySubmits = "too_many_submits";
    /// Our server knows no price for the model.
    UnknownPrice = "unknown_price";
    /// Our server cannot reach its ledger.
    LedgerAway = "ledger_away";
    /// Our server does not know who is calling.
    SignInRequired = "sign_in_required";
    /// The access code is not the one.
    WrongCode = "wrong_code";
    /// The session is over.
    SessionOver = "session_over";
    /// Our server serves its own machine only.
    LoopbackOnly = "loopback_only";
    /// The browser could not store it.
    StorageFailed = "storage_failed";
    /// A newer version of the app has the library.
    StorageNewer = "storage_newer";
    /// The order is no longer valid.
    Outdated = "outdated";
    /// FAL had deleted the pictures before they were fetched.
    PictureGone = "picture_gone";
    /// Our server does not fetch from a picture's address.
    PictureRefused = "picture_refused";
    /// FAL no longer has the result.
    ResultExpired = "result_expired";
    /// The bytes are no picture that the platform can show.
    Unreadable = "unreadable";
}

impl From<FailureKind> for String {
    fn from(kind: FailureKind) -> Self {
        kind.name().to_owned()
    }
}

/// Whether a failed run was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// Provably not.
    No,
    /// FAL may count it: some models bill refused inputs, and whether FAL counts its own faults is for FAL to say.
    Maybe,
    /// A run may have been started that nobody knows the id of.
    Unknown,
}

/// Why a run gave no pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong; the interface has a text for each.
    pub kind: FailureKind,
    /// What the other side said, if it said something readable.
    pub said: Option<String>,
    /// The field of the request that it is about, such as `avatar.lora_url`.
    pub field: Option<String>,
    /// Whether it cost anything.
    pub charge: Charge,
    /// From when on another attempt may succeed, where the other side said so, in milliseconds since 1970.
    #[serde(default)]
    pub retry_at: Option<u64>,
}

impl Failure {
    /// A failure that nobody said more about.
    pub const fn of(kind: FailureKind, charge: Charge) -> Self {
        Self { kind, said: None, field: None, charge, retry_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_stored_by_its_name_and_one_of_another_version_keeps_its_own() {
        let other = FailureKind::Other("never heard of".to_owned());
        for kind in FailureKind::ALL.iter().chain([&other]) {
            let stored = serde_json::to_value(kind).unwrap();
            assert_eq!(stored, kind.name());
            assert_eq!(&serde_json::from_value::<FailureKind>(stored).unwrap(), kind);
        }
        assert!(!FailureKind::ALL.iter().any(|kind| matches!(kind, FailureKind::Other(_))));
    }
}
