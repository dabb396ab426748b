//! Words for presets, settings, and what can be wrong.

use super::super::{FailureWords, PresetWords};
use likeness_core::{Field, Preset, Reason, job::FailureKind};

pub(super) fn preset(preset: Preset) -> PresetWords {
    let (name, advice) = match preset {
        Preset::Fast => ("Fast", "To try an idea"),
        Preset::Balanced => ("Balanced", "Start with this one"),
        Preset::Quality => ("Quality", "For pictures to keep"),
        Preset::Ultra => ("Ultra", "Largest, for print"),
        Preset::Portrait => ("Portrait", "Head and shoulders, upright"),
        Preset::Landscape => ("Landscape", "You and the place"),
        Preset::Artistic => ("Artistic", "More art than photo"),
        Preset::Photorealistic => ("Photo-real", "Real skin, less gloss"),
    };
    PresetWords { name, advice }
}

pub(super) fn field(field: Field) -> &'static str {
    match field {
        Field::NumInferenceSteps => "Steps",
        Field::GuidanceScale => "Closeness to text",
        Field::ImageSize => "Size",
        Field::AspectRatio => "Shape",
        Field::LoraScale => "Resemblance",
        Field::FinetuneStrength => "Style strength",
        Field::SafetyTolerance => "Filter strictness",
        Field::EnableSafetyChecker => "Safety filter",
        Field::Raw => "Natural look",
        Field::NumImages => "How many",
        Field::OutputFormat => "File type",
        Field::Seed => "Variant (seed)",
        Field::UseUltra => "Extra large",
        Field::Acceleration => "Speed-up",
        Field::EnhancePrompt => "Rewriting",
    }
}

pub(super) fn field_hint(field: Field) -> &'static str {
    match field {
        Field::NumInferenceSteps => {
            "How many times the picture is worked over. More is finer and takes longer; beyond 40 \
             little changes."
        }
        Field::GuidanceScale => {
            "How closely the picture keeps to your text. Above 5 it often looks harsh."
        }
        Field::ImageSize => "How many pixels the picture has, and whether it is upright or lying.",
        Field::AspectRatio => {
            "Upright, lying or square. For extra large pictures, whose pixels the model chooses itself."
        }
        Field::LoraScale => {
            "How strongly the person shows. 1 is as trained; above 1.3 faces are often distorted."
        }
        Field::FinetuneStrength => {
            "How strongly the style shows. 1 is as trained; more can drown your words."
        }
        Field::SafetyTolerance => {
            "How much the filter of fal.ai lets through: 1 is strictest, 6 is mildest."
        }
        Field::EnableSafetyChecker => {
            "Has fal.ai look for unsafe pictures. Those it finds come back black."
        }
        Field::Raw => "Less polished extra large pictures, closer to a snapshot.",
        Field::NumImages => "How many pictures one press makes. Each is charged.",
        Field::OutputFormat => "JPEG is smaller; PNG keeps every pixel as it was made.",
        Field::Seed => {
            "The number that chance begins with. The same number with the same settings gives the \
             same picture."
        }
        Field::UseUltra => {
            "Makes the pictures of a Style avatar extra large with any preset: slower, and with fewer \
             settings."
        }
        Field::Acceleration => {
            "Lets fal.ai take shortcuts to be faster, at some cost in detail. Only for programs; \
             the studio leaves it alone."
        }
        Field::EnhancePrompt => {
            "Lets fal.ai rewrite your text first. Only for programs; the studio leaves it alone."
        }
    }
}

pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotAnObject => "This part cannot be read.",
        Reason::Missing => "This is missing. Fill it in.",
        Reason::BlankPrompt => "Say what to show.",
        Reason::LongPrompt => "The text is too long. Shorten it.",
        Reason::NotText => "Type words here.",
        Reason::NotNumber => "Type a number.",
        Reason::NotInteger => "Type a whole number, digits only.",
        Reason::Fraction => "Type a whole number, without a fraction.",
        Reason::NotFlag => "This can only be on or off.",
        Reason::NotSize => "Choose a shape, or type width and height.",
        Reason::OutOfRange => "This is too much or too little.",
        Reason::UnknownValue => "Choose one of the values offered.",
        Reason::UnknownKey => "There is no such setting.",
        Reason::NotTaken => "This avatar’s model has no such setting. It is not sent.",
        Reason::SidesOnUltra => {
            "Extra large takes a shape, not width and height. They are not sent."
        }
        Reason::RatioWins => "A shape is set as well, and it goes first. The size is not sent.",
        Reason::UltraPreset => "Ultra needs a Style avatar.",
        Reason::UltraSwitch => "Extra large needs a Style avatar. Turn it off.",
        Reason::UltraOff => "Ultra is always extra large. Remove the setting against it.",
        Reason::BothModels => {
            "An avatar has a file (LoRA) or an id (finetune id), not both. Remove one."
        }
        Reason::NoModel => "Add the avatar’s file (LoRA) or its id (finetune id).",
        Reason::NoLora => "Add the https address of the avatar’s file (LoRA).",
        Reason::NoFinetune => "Add the style’s id (finetune id).",
        Reason::OtherKindsModel => "This belongs to the other kind of avatar.",
        Reason::NotHttps => "The address must begin with https:// and name a site.",
        Reason::NoTrigger => {
            "This avatar has no word that calls it up, so the picture may not look like it."
        }
        Reason::HalfCharacter => "Half a character is left here, like an emoji cut in two.",
        Reason::RepositoryName
        | Reason::BlankInAddress
        | Reason::PageAddress
        | Reason::SharingPage
        | Reason::ArchiveFile
        | Reason::OtherWeights
        | Reason::OtherFile
        | Reason::EndingAddress
        | Reason::EndedAddress
        | Reason::LonePercent
        | Reason::SignsBehind
        | Reason::SecretInAddress
        | Reason::MaskedSecret
        | Reason::AddressAsId
        | Reason::TokenAlone
        | Reason::Weights
        | Reason::LoraTags
        | Reason::Placeholder
        | Reason::PastedParameters
        | Reason::ManyTokens => "Look at your words once more.",
        Reason::MergedHead => "The avatar’s own words stand in place of your opening.",
        Reason::HighGuidance => "Closeness to text above 5 often makes pictures harsh.",
        Reason::HighLoraScale => "Resemblance above 1.3 often distorts faces.",
    }
}

/// What is worth knowing about the words, and the button that helps.
pub(super) fn noticed(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::TokenAlone => (
            "Your text names the avatar, but without its whole phrase. It is sent as you wrote it.",
            "Add the phrase",
        ),
        Reason::Weights => (
            "The model does not know weights such as “(word:1.2)” and reads them as words.",
            "Drop weights",
        ),
        Reason::LoraTags => (
            "The model does not know tags such as “<lora:name:0.8>” and reads them as words.",
            "Drop tags",
        ),
        Reason::Placeholder => {
            ("“[trigger]” is sent as it stands. It does not call your avatar up.", "Fill it in")
        }
        Reason::PastedParameters => (
            "This looks like settings copied from another program. The model reads them as words.",
            "Sort it out",
        ),
        Reason::ManyTokens => {
            ("The text is very long. The model may not read the end of it.", "Cut the end")
        }
        Reason::PageAddress => (
            "This is the address of a page, not of the file itself. Use the one behind its download button.",
            "Fix address",
        ),
        Reason::SharingPage => (
            "This site shows a page in place of the file. Put the file where it has a direct address, such as Hugging Face.",
            "",
        ),
        Reason::ArchiveFile => (
            "This is an archive. Unpack it and use the address of the .safetensors file in it.",
            "",
        ),
        Reason::OtherWeights => {
            ("This is a model in another form. An avatar’s file ends in .safetensors.", "")
        }
        Reason::OtherFile => ("This is not the avatar’s file, which ends in .safetensors.", ""),
        Reason::EndingAddress => {
            ("This address works for a limited time only, and may have stopped already.", "")
        }
        Reason::RepositoryName => {
            ("This is a model’s name. Add the https address of its file.", "Fix address")
        }
        Reason::BlankInAddress => ("There is a space in the address.", "Fix address"),
        Reason::SignsBehind => {
            ("There are characters after the address that do not belong to it.", "Fix address")
        }
        Reason::LonePercent => {
            ("There is a % in the address that stands for nothing.", "Fix address")
        }
        Reason::EndedAddress => ("This address worked for a limited time and has stopped.", ""),
        Reason::SecretInAddress => (
            "There is a key in this address. It is left out of what you export, and hidden where the request is shown.",
            "",
        ),
        Reason::MaskedSecret => {
            ("The key in this address was left out when it was exported. Type it in again.", "")
        }
        Reason::AddressAsId => {
            ("This is an address. An id looks different: short, without https.", "Move it")
        }
        other => (self::reason(other), "Fix address"),
    }
}

pub(super) fn failure(kind: &FailureKind) -> FailureWords {
    let (what, next) = match kind {
        FailureKind::Unauthorized => (
            "fal.ai does not accept the studio’s key.",
            "The owner of this studio has to check the key on the server.",
        ),
        FailureKind::Forbidden => (
            "The studio’s key may not use this model.",
            "Choose another preset or avatar, or ask the owner of this studio to check what the key is allowed to do.",
        ),
        FailureKind::ExhaustedBalance => (
            "The fal.ai account has run out of money.",
            "The owner of this studio can top it up at fal.ai. Then try again.",
        ),
        FailureKind::ContentPolicy => (
            "The safety filter of fal.ai refused these words.",
            "Say it differently. The same words will be refused again.",
        ),
        FailureKind::NoMedia => {
            ("The model finished without a picture.", "Try again, or say it in other words.")
        }
        FailureKind::EndpointGone => (
            "fal.ai has closed this model.",
            "Turn on “Extra large”: Style avatars work there too.",
        ),
        FailureKind::UnknownRequest => {
            ("fal.ai does not know this order, or no longer.", "Make the pictures again.")
        }
        FailureKind::ResultExpired => (
            "fal.ai no longer has the pictures.",
            "Make them again. With the same variant (seed) they come out the same.",
        ),
        FailureKind::DeadLora => (
            "The avatar’s file cannot be reached.",
            "Open the avatar and check the address of its file (LoRA).",
        ),
        FailureKind::FinetuneMissing => (
            "fal.ai does not know this avatar’s style.",
            "Open the avatar and check its id (finetune id).",
        ),
        FailureKind::Validation => (
            "fal.ai refused a setting.",
            "Change the setting named below, or go back to the preset.",
        ),
        FailureKind::RateLimited => ("Too many orders at once.", "Wait a little, then try again."),
        FailureKind::QueueFull => ("The queue is full.", "Wait a few minutes, then try again."),
        FailureKind::StartTimeout => {
            ("The work did not start in time.", "fal.ai is busy. Try again in a few minutes.")
        }
        FailureKind::Timeout => {
            ("The work took too long.", "Try again, or ask for fewer pictures.")
        }
        FailureKind::Cancelled => {
            ("The order was cancelled.", "Make it again if you still want it.")
        }
        FailureKind::Upstream => ("Something broke at fal.ai.", "Try again in a few minutes."),
        FailureKind::Garbled => {
            ("The answer could not be read.", "Try again. If it goes on, try another network.")
        }
        FailureKind::Network => ("There was no answer.", "Check your connection, then try again."),
        FailureKind::TooLarge => ("The order is too large.", "Press “Edit” and shorten the text."),
        FailureKind::UnknownOutcome => (
            "We do not know whether your order arrived.",
            "Look at the requests in the fal.ai account before you send it again.",
        ),
        FailureKind::Server => (
            "This studio’s server could not do it.",
            "Try again. If it goes on, tell the owner of this studio.",
        ),
        FailureKind::Refused => {
            ("fal.ai refused the order.", "Press “Edit” and check the text and the settings.")
        }
        FailureKind::StorageFull => {
            ("There is no room left on this device.", "Delete some old pictures, then try again.")
        }
        FailureKind::StorageFailed => (
            "The browser could not store the order, so it was not sent.",
            "Reload the page, then make the pictures again.",
        ),
        FailureKind::StorageNewer => (
            "A newer version of Likeness is in use here, so this was not sent.",
            "Reload the page, then make the pictures again.",
        ),
        FailureKind::UserDaySpent => (
            "Your budget for today is used up.",
            "It was not sent. Tomorrow there is a new one, or the owner of this studio can raise it.",
        ),
        FailureKind::DaySpent => (
            "This studio’s budget for today is used up.",
            "It was not sent. Tomorrow there is a new one.",
        ),
        FailureKind::MonthSpent => (
            "This studio’s budget for the month is used up.",
            "It was not sent. Only the owner of this studio can raise it before the next month.",
        ),
        FailureKind::TooManyRuns => (
            "Too many orders are under way here.",
            "It was not sent. Wait until one of them is done, then try again.",
        ),
        FailureKind::TooManySubmits => (
            "Too many orders were sent in a short time.",
            "It was not sent. Wait a little, then try again.",
        ),
        FailureKind::UnknownPrice => (
            "This studio does not know what the model costs, so it does not use it.",
            "It was not sent. Choose another preset or avatar, or ask the owner of this studio to set a price.",
        ),
        FailureKind::LedgerAway => (
            "The server cannot check the budget just now, so it spends nothing.",
            "It was not sent. Try again in a minute.",
        ),
        FailureKind::SignInRequired => (
            "The server does not know you, or no longer.",
            "It was not sent. Sign in again, then try again.",
        ),
        FailureKind::WrongCode => (
            "The access code is no longer the right one.",
            "It was not sent. Enter the new one above, then try again.",
        ),
        FailureKind::SessionOver => (
            "Your sign-in has run out.",
            "Close the studio and open it again from the chat. What was sent goes on and is found again.",
        ),
        FailureKind::LoopbackOnly => (
            "This studio makes real pictures only for the computer that it runs on.",
            "It was not sent. Ask the owner of this studio for access.",
        ),
        FailureKind::Outdated => (
            "This order is not valid any more.",
            "It was not sent. Press “Edit” to see what to change.",
        ),
        FailureKind::PictureGone => (
            "fal.ai had deleted the picture before it could be fetched.",
            "It cannot be brought back. The same settings and variant (seed) make it again.",
        ),
        FailureKind::PictureRefused => (
            "This studio’s server does not fetch from the address that fal.ai gave.",
            "Open the address yourself: the picture may be there, for some days.",
        ),
        _ => ("It did not work.", "Try again. What was answered is under “For experts”."),
    };
    FailureWords { what, next }
}
