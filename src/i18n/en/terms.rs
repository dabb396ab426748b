//! Words for presets, settings, and what can be wrong.

use super::super::{FailureWords, PresetWords};
use likeness_core::{Field, Preset, Reason};

pub(super) fn preset(preset: Preset) -> PresetWords {
    let (name, advice) = match preset {
        Preset::Fast => ("Fast", "To try an idea"),
        Preset::Balanced => ("Balanced", "Start with this one"),
        Preset::Quality => ("Quality", "For ones you keep"),
        Preset::Ultra => ("Ultra", "Largest, for print"),
        Preset::Portrait => ("Portrait", "Head and shoulders, upright"),
        Preset::Landscape => ("Landscape", "You and the place"),
        Preset::Artistic => ("Artistic", "Style above all else"),
        Preset::Photorealistic => ("Photo-real", "Real skin, less gloss"),
    };
    PresetWords { name, advice }
}

pub(super) fn field(field: Field) -> &'static str {
    match field {
        Field::NumInferenceSteps => "Steps",
        Field::GuidanceScale => "Guidance",
        Field::ImageSize => "Size",
        Field::AspectRatio => "Shape",
        Field::LoraScale | Field::FinetuneStrength => "Likeness",
        Field::SafetyTolerance => "Safety tolerance",
        Field::EnableSafetyChecker => "Safety checker",
        Field::Raw => "Natural look",
        Field::NumImages => "Pictures",
        Field::OutputFormat => "File",
        Field::Seed => "Seed",
        Field::UseUltra => "Ultra quality",
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
            "How closely the picture keeps to your words. Above 5 it often looks harsh."
        }
        Field::ImageSize => "How many pixels the picture has, and whether it stands or lies.",
        Field::AspectRatio => {
            "Whether the picture stands or lies on Ultra, which chooses the pixels itself."
        }
        Field::LoraScale => {
            "How strongly a portrait avatar shows. 1 is as trained; above 1.3 faces are often \
             distorted."
        }
        Field::FinetuneStrength => {
            "How strongly an artistic avatar’s style shows. 1 is as trained; more can drown your \
             words."
        }
        Field::SafetyTolerance => {
            "How much the filter of fal.ai lets through: 1 is strictest, 6 is loosest."
        }
        Field::EnableSafetyChecker => {
            "Has fal.ai look for unsafe pictures. Those it finds come back black."
        }
        Field::Raw => "Less polished pictures on Ultra, closer to a snapshot.",
        Field::NumImages => "How many pictures one run makes. Each is charged.",
        Field::OutputFormat => "JPEG is smaller; PNG keeps every pixel as it was made.",
        Field::Seed => {
            "The number that chance begins with. The same seed and settings give the same \
             picture."
        }
        Field::UseUltra => {
            "Sends an artistic avatar to the Ultra model whatever the preset: larger, slower, \
             fewer settings."
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
        Reason::SidesOnUltra => "Ultra takes a shape, not width and height. They are not sent.",
        Reason::RatioWins => "A shape is set as well, and it wins. The size is not sent.",
        Reason::UltraPreset => "Ultra needs an artistic avatar.",
        Reason::UltraSwitch => "Ultra quality needs an artistic avatar. Turn it off.",
        Reason::UltraOff => "The Ultra preset needs Ultra quality. Turn it on.",
        Reason::BothModels => "An avatar has a LoRA file or a finetune id, not both. Remove one.",
        Reason::NoModel => "Add a LoRA file or a finetune id.",
        Reason::NoLora => "Add the https address of the LoRA file.",
        Reason::NoFinetune => "Add the finetune id.",
        Reason::OtherKindsModel => "This belongs to the other kind of avatar.",
        Reason::NotHttps => "The address must begin with https:// and name a site.",
        Reason::NoTrigger => {
            "There is no trigger word, so the picture may not look like the avatar."
        }
        Reason::MergedHead => "Your opening became the avatar’s phrase.",
        Reason::HighGuidance => "Guidance above 5 often makes pictures harsh.",
        Reason::HighLoraScale => "Likeness above 1.3 often distorts faces.",
    }
}

pub(super) fn failure(kind: &str) -> FailureWords {
    let (what, next) = match kind {
        "unauthorized" => (
            "fal.ai does not accept the key.",
            "The owner of this studio has to check the key on the server.",
        ),
        "forbidden" => (
            "The key may not use this model.",
            "The owner of this studio has to check what the key is allowed to do.",
        ),
        "exhausted_balance" => {
            ("The fal.ai account has run out of money.", "Top it up at fal.ai, then try again.")
        }
        "content_policy" => (
            "The safety filter of fal.ai said no.",
            "Say it differently. The same words will be refused again.",
        ),
        "no_media" => {
            ("The model finished without a picture.", "Try again with another seed or other words.")
        }
        "endpoint_gone" => (
            "fal.ai has retired this model.",
            "Turn on Ultra quality: artistic avatars work there too.",
        ),
        "unknown_request" => {
            ("fal.ai does not know this run, or no longer.", "Make the pictures again.")
        }
        "result_expired" => (
            "fal.ai no longer has the pictures.",
            "Make them again. With the same seed they come out the same.",
        ),
        "dead_lora" => (
            "The avatar’s file cannot be reached.",
            "Open the avatar and check the address of its LoRA file, then try again.",
        ),
        "finetune_missing" => (
            "fal.ai does not know this finetune.",
            "Open the avatar and check its finetune id, then try again.",
        ),
        "validation" => (
            "fal.ai refused a setting.",
            "Change the setting named below, or go back to the preset.",
        ),
        "rate_limited" => ("Too many runs at once.", "Wait a little, then try again."),
        "queue_full" => ("The queue is full.", "Wait a few minutes, then try again."),
        "start_timeout" => {
            ("The run did not start in time.", "fal.ai is busy. Try again in a few minutes.")
        }
        "timeout" => ("The run took too long.", "Try again, or ask for fewer pictures."),
        "cancelled" => ("The run was cancelled.", "Make it again if you still want it."),
        "upstream" => ("Something broke at fal.ai.", "Try again in a few minutes."),
        "garbled" => {
            ("The answer could not be read.", "Try again. If it goes on, try another network.")
        }
        "network" => ("Nothing answered.", "Check your connection, then try again."),
        "too_large" => ("The request is too large.", "Shorten the text, then try again."),
        "unknown_outcome" => (
            "We do not know whether it arrived.",
            "Look at the requests in the fal.ai account before you try again.",
        ),
        "server" => (
            "This studio’s server could not do it.",
            "Try again. If it goes on, tell the owner of this studio.",
        ),
        "refused" => {
            ("fal.ai refused the request.", "Check the text and the settings, then try again.")
        }
        "storage_full" => {
            ("There is no room left on this device.", "Delete some old pictures, then try again.")
        }
        "storage_failed" => (
            "The browser could not store the order, so it was not sent.",
            "Reload the page, then try again.",
        ),
        "storage_newer" => (
            "A newer Likeness has taken the library over, so this was not sent.",
            "Reload the page, then try again.",
        ),
        "user_day_spent" => (
            "Your budget for today is used up.",
            "It was not sent. Tomorrow there is a new one, or the owner of this studio can raise it.",
        ),
        "day_spent" => {
            ("This studio’s budget for today is used up.", "It was not sent. Try again tomorrow.")
        }
        "month_spent" => (
            "This studio’s budget for the month is used up.",
            "It was not sent. Only the owner of this studio can raise it before the next month.",
        ),
        "too_many_runs" => (
            "Too many runs are under way here.",
            "It was not sent. Wait until one of them is done, then try again.",
        ),
        "too_many_submits" => (
            "Too many runs were started in a short time.",
            "It was not sent. Wait a little, then try again.",
        ),
        "unknown_price" => (
            "This studio does not know what the model costs, so it does not use it.",
            "Choose another preset, or ask the owner of this studio to set a price.",
        ),
        "ledger_away" => (
            "The server cannot look into its ledger just now, so it spends nothing.",
            "It was not sent. Try again in a minute.",
        ),
        "sign_in_required" => (
            "The server does not know you, or no longer.",
            "It was not sent. Sign in again, then try again.",
        ),
        "wrong_code" => (
            "The access code is no longer the right one.",
            "It was not sent. Enter the new one above, then try again.",
        ),
        "session_over" => (
            "You have been signed in for as long as this studio lets you.",
            "Close the studio and open it again from the chat. Runs that were sent go on and are found again.",
        ),
        "loopback_only" => (
            "This server spends money for its own machine only.",
            "Ask the owner of this studio for access.",
        ),
        "outdated" => (
            "This order is not valid any more.",
            "It was not sent. Press “Edit” to see what to change.",
        ),
        "picture_gone" => (
            "fal.ai had deleted the picture before it could be fetched.",
            "It cannot be brought back. The same settings and seed make it again.",
        ),
        _ => ("It did not work.", "Try again. What was answered is under “For experts”."),
    };
    FailureWords { what, next }
}
