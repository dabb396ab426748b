//! What is wrong with a request, where, and how to put it right.

use serde::Serialize;
use serde_json::{Map, Value, json};

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
    /// `user/repo` in place of the address of a file.
    RepositoryName,
    /// Blanks or control characters inside an address.
    BlankInAddress,
    /// The address of a page about a file, or of a whole model.
    PageAddress,
    /// The address of a service that shows a page in place of the file it shares.
    SharingPage,
    /// The address of an archive.
    ArchiveFile,
    /// The address of weights in another form.
    OtherWeights,
    /// The address of settings, a text or a picture.
    OtherFile,
    /// An address that is signed for a time.
    EndingAddress,
    /// An address that was signed for a time which is over.
    EndedAddress,
    /// A key or password in an address.
    SecretInAddress,
    /// A key that was taken out of an address.
    MaskedSecret,
    /// A `%` in an address that stands for no character.
    LonePercent,
    /// Quotes, commas or brackets behind an address.
    SignsBehind,
    /// An address in place of a finetune id.
    AddressAsId,
    /// The avatar has no trigger.
    NoTrigger,
    /// Half a surrogate pair: an emoji that was cut in two.
    HalfCharacter,
    /// The trigger phrase stands in place of words that say the same.
    MergedHead,
    /// Only the token of the phrase stands in the prompt.
    TokenAlone,
    /// Weights of another program, such as `(word:1.2)`.
    Weights,
    /// Tags of another program, such as `<lora:name:0.8>`.
    LoraTags,
    /// A placeholder for the trigger, such as `[trigger]`.
    Placeholder,
    /// A whole parameter text of another program.
    PastedParameters,
    /// More than about [`crate::validate::MAX_TOKENS`] tokens.
    ManyTokens,
    /// Guidance over [`crate::validate::HIGH_GUIDANCE`].
    HighGuidance,
    /// LoRA scale over [`crate::validate::HIGH_LORA_SCALE`].
    HighLoraScale,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 50] = [
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
        Self::RepositoryName,
        Self::BlankInAddress,
        Self::PageAddress,
        Self::SharingPage,
        Self::ArchiveFile,
        Self::OtherWeights,
        Self::OtherFile,
        Self::EndingAddress,
        Self::EndedAddress,
        Self::SecretInAddress,
        Self::MaskedSecret,
        Self::LonePercent,
        Self::SignsBehind,
        Self::AddressAsId,
        Self::NoTrigger,
        Self::HalfCharacter,
        Self::MergedHead,
        Self::TokenAlone,
        Self::Weights,
        Self::LoraTags,
        Self::Placeholder,
        Self::PastedParameters,
        Self::ManyTokens,
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
            | Self::NotSize
            | Self::HalfCharacter => Code::WrongType,
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
            Self::NotHttps | Self::RepositoryName | Self::BlankInAddress => Code::UnsafeUrl,
            Self::NoTrigger => Code::NoTrigger,
            Self::PageAddress
            | Self::SharingPage
            | Self::ArchiveFile
            | Self::OtherWeights
            | Self::OtherFile
            | Self::EndingAddress
            | Self::EndedAddress
            | Self::SecretInAddress
            | Self::MaskedSecret
            | Self::LonePercent
            | Self::SignsBehind
            | Self::AddressAsId
            | Self::MergedHead
            | Self::TokenAlone
            | Self::Weights
            | Self::LoraTags
            | Self::Placeholder
            | Self::PastedParameters
            | Self::ManyTokens
            | Self::HighGuidance
            | Self::HighLoraScale => Code::Notice,
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
            Self::RepositoryName => {
                "This is the name of a model, not the https address of its LoRA file."
            }
            Self::BlankInAddress => "An address has no blanks inside. Write %20 for one.",
            Self::PageAddress => {
                "This is the address of a web page, not of the LoRA file itself. Use its download address."
            }
            Self::SharingPage => {
                "This service shows a page in place of the file. Put the file where it has a direct address."
            }
            Self::ArchiveFile => {
                "This is an archive. Unpack it and use the address of the .safetensors file in it."
            }
            Self::OtherWeights => "These are weights in another form. A LoRA ends in .safetensors.",
            Self::OtherFile => "This is not the LoRA file, which ends in .safetensors.",
            Self::EndingAddress => {
                "This address is signed for a limited time. It will stop working, or has already."
            }
            Self::EndedAddress => {
                "This address was signed for a limited time, which is over. It no longer works."
            }
            Self::SecretInAddress => {
                "This address holds a key. Whoever sees the address can use it."
            }
            Self::MaskedSecret => {
                "The key in this address was left out when it was exported. Put it back."
            }
            Self::LonePercent => "A % stands alone in this address. Write %25 for one.",
            Self::SignsBehind => {
                "There are characters after this address that do not belong to it."
            }
            Self::AddressAsId => "This is an address. A finetune id is not one.",
            Self::NoTrigger => {
                "The avatar has no trigger word, so the picture may not look like it."
            }
            Self::HalfCharacter => {
                "The text holds half a character, such as an emoji that was cut in two. Remove it."
            }
            Self::MergedHead => {
                "The trigger phrase takes the place of the words of your text that say the same."
            }
            Self::TokenAlone => {
                "The text holds the trigger without its phrase, so the phrase was not added."
            }
            Self::Weights => "Weights such as (word:1.2) mean nothing to this model.",
            Self::LoraTags => "Tags such as <lora:name:0.8> mean nothing to this model.",
            Self::Placeholder => "A placeholder such as [trigger] is sent as it stands.",
            Self::PastedParameters => "The text holds the parameters of another program.",
            Self::ManyTokens => {
                "The text is longer than about 512 tokens. The model may not read its end."
            }
            Self::HighGuidance => "Guidance above 5 often looks overcooked.",
            Self::HighLoraScale => "A LoRA scale above 1.3 often distorts faces.",
        }
    }
}

/// A change that helps to remove an issue: set the field to the value, or leave it out where the value is null.
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
    /// What would be allowed: `{"min", "max"}`, `{"one_of"}` or `{"max_length"}`; where in a text the mistake is: `{"position"}`, in characters;
    /// or when an address ends: `{"until"}`, in seconds since 1970.
    pub limit: Option<Value>,
    /// The changes that together remove the issue; empty where none are known.
    pub fix: Vec<Fix>,
}

impl Issue {
    /// An issue without limit and fix.
    pub fn new(field: impl AsRef<str>, reason: Reason) -> Self {
        Self::at(field.as_ref(), reason)
    }

    #[inline(never)]
    fn at(field: &str, reason: Reason) -> Self {
        Self { field: field.to_owned(), reason, limit: None, fix: Vec::new() }
    }

    /// The same with the smallest and the largest value that would be allowed.
    pub(crate) fn range(self, min: Value, max: Value) -> Self {
        self.limit("min", min).limit("max", max)
    }

    /// The same with the texts that would be allowed.
    pub(crate) fn one_of(self, names: &[&str]) -> Self {
        self.limit("one_of", names.into())
    }

    /// The same with the greatest number of characters.
    pub(crate) fn max_length(self, characters: usize) -> Self {
        self.limit("max_length", characters.into())
    }

    /// The same with the number of characters before the mistake.
    pub(crate) fn position(self, characters: u64) -> Self {
        self.limit("position", characters.into())
    }

    /// The same with the second of Unix time at which something ends.
    pub(crate) fn until(self, second: u64) -> Self {
        self.limit("until", second.into())
    }

    // Not inlined, and so is all that adds something to an issue: there are dozens of issues on the first page.
    #[inline(never)]
    fn limit(mut self, key: &str, value: Value) -> Self {
        let limit = self.limit.get_or_insert_with(|| Map::new().into());
        limit[key] = value;
        self
    }

    /// The same with a change that removes it, or helps to do so beside others.
    pub fn fix(self, field: &str, value: impl Into<Value>) -> Self {
        self.changed(field, value.into())
    }

    #[inline(never)]
    fn changed(mut self, field: &str, value: Value) -> Self {
        self.fix.push(Fix { field: field.to_owned(), value });
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
        match self.fix.as_slice() {
            [] => {}
            [fix] => object["fix"] = json!(fix),
            fixes => object["fix"] = json!(fixes),
        }
        object.serialize(serializer)
    }
}
