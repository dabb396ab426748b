//! What a demo gives a newcomer.

use likeness_core::{Avatar, AvatarKind};

/// The two drawn avatars of demo mode. Their models exist in the simulator only.
pub fn avatars() -> [Avatar; 2] {
    let named = |id: &str, name: &str, kind| Avatar {
        id: id.to_owned(),
        name: name.to_owned(),
        ..Avatar::blank(kind)
    };
    [
        Avatar {
            trigger_word: Some("TOK".to_owned()),
            trigger_phrase: Some("a photo of TOK woman".to_owned()),
            lora_url: Some("https://v3.fal.media/files/demo/vera.safetensors".to_owned()),
            ..named("demo-vera", "Vera", AvatarKind::Portrait)
        },
        Avatar {
            trigger_word: Some("ARTST".to_owned()),
            finetune_id: Some("demo-ink-and-ash".to_owned()),
            ..named("demo-ink", "Ink & ash", AvatarKind::Artistic)
        },
    ]
}
