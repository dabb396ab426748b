//! The longer texts of the help page.

pub(super) const FIRST: &[&str] = &[
    "Choose an avatar. In the demo Vera is ready: her pictures are drawn, not photographed, and cost nothing.",
    "Say what to show: a place, clothes, light, a mood. Leave out the name and the face, the avatar has them. English works best, because the models learned from it.",
    "Begin with the Balanced preset and press the button. The picture appears under “Latest pictures”, usually within half a minute.",
    "If you like it, keep its variant (under Details; experts call this number the seed) and change one thing at a time.",
];

pub(super) const PORTRAIT: &[&str] = &[
    "A Person avatar knows one face. FLUX.1 [dev] makes its pictures with a small file, called a LoRA, in which training has stored the face.",
    "Training happens at fal.ai, not here. Open one of its FLUX LoRA trainers, upload a zip of ten or more photographs and choose a trigger word. When it is done, copy the https address of the .safetensors file (diffusers_lora_file in the result) into the avatar. Keep a copy of the file as well: fal.ai may delete it after a while.",
    "The trigger word, often TOK, is the avatar’s own word: it calls the face up. A trigger phrase is a whole opening with that word, such as “a photo of TOK person”. It also says what kind of picture is meant, and stands in place of the word.",
    "Resemblance (lora_scale) is how strongly the face shows. 1 is as trained. Less leaves more to your words; above 1.3 faces are often distorted.",
];

pub(super) const ARTISTIC: &[&str] = &[
    "A Style avatar knows one look. FLUX.1 [pro] makes its pictures from what was trained there (a finetune), which stays at fal.ai and has an id instead of a file. Its trigger is always a word, never a phrase.",
    "fal.ai has closed the trainer for these. You can use the ids you have, but not train new ones.",
    "fal.ai no longer lists fal-ai/flux-pro/finetuned either and may drop it. If it fails, turn on “Extra large”: the same avatar works there, with pictures of about four megapixels, but without steps and closeness to text to set.",
];

pub(super) const PROMPT: &[&str] = &[
    "Your words stay as you wrote them; only surplus spaces go. The avatar’s own words (its trigger) are put in front once: a phrase directly, a word with a comma, as in “ARTST, castle in the fog”.",
    "If you type the trigger yourself, it stays where you put it and is spelled as it was trained. Capitals do not matter, but it has to be a word of its own, not a part of one.",
    "If you begin with “a photo of a man” and the avatar’s phrase is “a photo of TOK person”, the phrase takes the place of your opening; so it does if you begin with the avatar’s word. Words of yours are replaced in no other case, and you see it under the field before anything is sent.",
    "Nothing else is added: no gender, no praise of quality. An avatar without words of its own gets your text alone, and the picture may not look like it.",
];

pub(super) const COST: &[&str] = &[
    "fal.ai charges the account whose key is on the server. It changes prices without notice, so \
     every estimate names its source and the day it was read. Some come from third parties, and \
     say so.",
    "Pictures of a Person are priced by the megapixel, rounded up. 1024 × 1024 is one megapixel if \
     that means 2²⁰ pixels, but two if it means a million. We show the smaller sum and name the \
     larger as “at most”.",
    "Where we know no price we say so; unknown never counts as free. A fault at fal.ai is not \
     charged, as far as it says; refused settings and held-back pictures may be. That is why \
     everything is checked before it is sent.",
];

pub(super) const TELEGRAM: &[&str] = &[
    "Telegram saves no files from pages. Open a picture and press “Send or save”: into your \
     chat with the bot, as a photo or as a file in full quality; to anybody; onto this device; \
     into a story. Which of these are there depends on your Telegram and on the studio.",
    "Your text and settings are left out. A file keeps the mark that says AI, where there was \
     one; Telegram makes its photos smaller and keeps no marks.",
    "For this the studio’s server holds the picture for a quarter of an hour. Pictures and avatars \
     are kept in this Telegram, on this device: another device, or a browser, has its own.",
    "Orders under way, with their text and settings, and the language and the colours that you \
     chose are also kept by Telegram, in the storage of the bot, so that they are found again here \
     or on another of your devices. An order is removed there when it is over.",
    "Where this Telegram lets the studio store nothing, pictures last until you close it, which is \
     why it asks. Avatars are then kept in the storage of the bot too, until you delete them or \
     erase everything.",
    "A backup cannot be saved here. The button that exports avatars copies them as text.",
];
