//! What is wrong with a request, where, and how to put it right.

use serde::Serialize;
use serde_json::{Value, json};

/// Whether an issue stops the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is sent.
    Error,
    /// Sent, but worth knowing.
    Warning,
}

/// The machine-readable kind of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Missing, or nothing in it.
    Required,
    /// Another JSON type than the field takes.
    WrongType,
    /// A fraction where a whole number is needed.
    NotWhole,
    /// Outside the range.
    OutOfRange,
    /// Not one of the known texts.
    UnknownValue,
    /// No field has this name.
    UnknownKey,
    /// The route does not take the field; it is left out.
    NotApplicable,
    /// Two settings that cannot both hold.
    Conflict,
    /// Not an https address.
    UnsafeUrl,
    /// Too many characters.
    TooLong,
    /// Nothing will call the avatar up.
    NoTrigger,
    /// Allowed, but often a mistake.
    Notice,
}

/// Exactly what is wrong; the key of the message that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The request is not a JSON object.
    NotAnObject,
    /// A field that must be there is missing.
    Missing,
    /// The prompt has nothing to see in it.
    BlankPrompt,
    /// The prompt is over [`crate::validate::MAX_PROMPT`] characters.
    LongPrompt,
    /// A text was expected.
    NotText,
    /// A number was expected.
    NotNumber,
    /// A whole number in plain digits was expected.
    NotInteger,
    /// A whole number was expected, a fraction was found.
    Fraction,
    /// `true` or `false` was expected.
    NotFlag,
    /// A size name or `{width, height}` was expected.
    NotSize,
    /// Outside the range.
    OutOfRange,
    /// Not one of the known texts.
    UnknownValue,
    /// No field has this name.
    UnknownKey,
    /// This avatar's route does not take the field.
    NotTaken,
    /// Own sides have no place on Ultra, which takes a ratio.
    SidesOnUltra,
    /// The ratio was set too, and it wins.
    RatioWins,
    /// Preset `ultra` with a portrait avatar.
    UltraPreset,
    /// The Ultra switch with a portrait avatar.
    UltraSwitch,
    /// Preset `ultra` with the Ultra switch turned off.
    UltraOff,
    /// LoRA address and finetune id on one avatar.
    BothModels,
    /// Neither LoRA address nor finetune id.
    NoModel,
    /// A portrait without a LoRA address.
    NoLora,
    /// An artistic avatar without a finetune id.
    NoFinetune,
    /// A finetune id on a portrait, or a LoRA address on an artistic avatar.
    OtherKindsModel,
    /// The LoRA address is not https.
    NotHttps,
    /// The avatar has no trigger.
    NoTrigger,
    /// A generic head was replaced by the trigger phrase.
    MergedHead,
    /// Guidance over [`crate::validate::HIGH_GUIDANCE`].
    HighGuidance,
    /// LoRA scale over [`crate::validate::HIGH_LORA_SCALE`].
    HighLoraScale,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 29] = [
        Self::NotAnObject,
        Self::Missing,
        Self::BlankPrompt,
        Self::LongPrompt,
        Self::NotText,
        Self::NotNumber,
        Self::NotInteger,
        Self::Fraction,
        Self::NotFlag,
        Self::NotSize,
        Self::OutOfRange,
        Self::UnknownValue,
        Self::UnknownKey,
        Self::NotTaken,
        Self::SidesOnUltra,
        Self::RatioWins,
        Self::UltraPreset,
        Self::UltraSwitch,
        Self::UltraOff,
        Self::BothModels,
        Self::NoModel,
        Self::NoLora,
        Self::NoFinetune,
        Self::OtherKindsModel,
        Self::NotHttps,
        Self::NoTrigger,
        Self::MergedHead,
        Self::HighGuidance,
        Self::HighLoraScale,
    ];

    /// The machine-readable kind.
    pub const fn code(self) -> Code {
        match self {
            Self::Missing | Self::BlankPrompt | Self::NoModel | Self::NoLora | Self::NoFinetune => {
                Code::Required
            }
            Self::NotAnObject
            | Self::NotText
            | Self::NotNumber
            | Self::NotInteger
            | Self::NotFlag
            | Self::NotSize => Code::WrongType,
            Self::LongPrompt => Code::TooLong,
            Self::Fraction => Code::NotWhole,
            Self::OutOfRange => Code::OutOfRange,
            Self::UnknownValue => Code::UnknownValue,
            Self::UnknownKey => Code::UnknownKey,
            Self::NotTaken | Self::SidesOnUltra | Self::RatioWins => Code::NotApplicable,
            Self::UltraPreset
            | Self::UltraSwitch
            | Self::UltraOff
            | Self::BothModels
            | Self::OtherKindsModel => Code::Conflict,
            Self::NotHttps => Code::UnsafeUrl,
            Self::NoTrigger => Code::NoTrigger,
            Self::MergedHead | Self::HighGuidance | Self::HighLoraScale => Code::Notice,
        }
    }

    /// Whether it stops the request.
    pub const fn severity(self) -> Severity {
        match self.code() {
            Code::NotApplicable | Code::NoTrigger | Code::Notice => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The constant English sentence of the API.
    pub const fn english(self) -> &'static str {
        match self {
            Self::NotAnObject => "A JSON object is expected here.",
            Self::Missing => "This is needed.",
            Self::BlankPrompt => "Write what the picture should show.",
            Self::LongPrompt => "The text is too long. Shorten it.",
            Self::NotText => "A text is expected here.",
            Self::NotNumber => "A number is expected here.",
            Self::NotInteger => "A whole number in plain digits is expected here.",
            Self::Fraction => "A whole number is expected here, without a fraction.",
            Self::NotFlag => "true or false is expected here.",
            Self::NotSize => "A size name or {\"width\", \"height\"} is expected here.",
            Self::OutOfRange => "The value is outside the allowed range.",
            Self::UnknownValue => "This is not one of the known values.",
            Self::UnknownKey => "No setting has this name.",
            Self::NotTaken => {
                "The model of this avatar does not take this setting. It is left out."
            }
            Self::SidesOnUltra => {
                "Ultra takes an aspect ratio, not own sides. The sides are left out."
            }
            Self::RatioWins => "An aspect ratio is set too. The size is left out.",
            Self::UltraPreset => {
                "The Ultra preset works with artistic avatars only. The nearest preset is Quality."
            }
            Self::UltraSwitch => "Ultra quality works with artistic avatars only. Turn it off.",
            Self::UltraOff => "The Ultra preset cannot run with Ultra quality turned off.",
            Self::BothModels => "An avatar has either a LoRA address or a finetune id, not both.",
            Self::NoModel => "The avatar needs a LoRA address or a finetune id.",
            Self::NoLora => "A portrait avatar needs the https address of its LoRA.",
            Self::NoFinetune => "An artistic avatar needs its finetune id.",
            Self::OtherKindsModel => "This belongs to the other kind of avatar.",
            Self::NotHttps => "The LoRA address must start with https:// and name a host.",
            Self::NoTrigger => {
                "The avatar has no trigger word, so the picture may not look like it."
            }
            Self::MergedHead => {
                "The trigger phrase takes the place of the generic opening of your text."
            }
            Self::HighGuidance => "Guidance above 5 often looks overcooked.",
            Self::HighLoraScale => "A LoRA scale above 1.3 often distorts faces.",
        }
    }
}

/// A change that removes the issue: set the field to the value, or leave it out where the value is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fix {
    /// Path in the request.
    pub field: String,
    /// The value to set, null to leave it out.
    pub value: Value,
}

/// One thing that is wrong or worth knowing.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Path in the request, such as `overrides.seed`; empty for the request itself.
    pub field: String,
    /// What is wrong.
    pub reason: Reason,
    /// What would be allowed: `{"min", "max"}`, `{"one_of"}` or `{"max_length"}`.
    pub limit: Option<Value>,
    /// A change that removes the issue, where one exists.
    pub fix: Option<Fix>,
}

impl Issue {
    /// An issue without limit and fix.
    pub fn new(field: impl Into<String>, reason: Reason) -> Self {
        Self { field: field.into(), reason, limit: None, fix: None }
    }

    /// The same with what would be allowed.
    pub fn limit(mut self, limit: Value) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The same with a change that removes it.
    pub fn fix(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fix = Some(Fix { field: field.to_owned(), value: value.into() });
        self
    }

    /// Whether it stops the request.
    pub fn is_error(&self) -> bool {
        self.reason.severity() == Severity::Error
    }
}

impl Serialize for Issue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = json!({
            "severity": self.reason.severity(), "field": self.field, "code": self.reason.code(),
            "message": self.reason.english(),
        });
        if let Some(limit) = &self.limit {
            object["limit"] = limit.clone();
        }
        if let Some(fix) = &self.fix {
            object["fix"] = json!(fix);
        }
        object.serialize(serializer)
    }
}
