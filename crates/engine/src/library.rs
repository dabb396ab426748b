//! Avatars as files: import, tolerant of old shapes, and export.

use likeness_core::{Avatar, AvatarKind, json::parse_strict, reference};
use serde_json::{Map, Value, json};

/// The largest file that is read, in bytes.
pub const MAX_IMPORT_BYTES: u64 = 4 << 20;
/// The most avatars that one file may bring. Each is a card, a choice in the composer and a record.
pub const MAX_IMPORT_AVATARS: usize = 500;

/// Why a file brings no avatars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// Larger than [`MAX_IMPORT_BYTES`].
    TooLarge,
    /// Not JSON.
    NotJson,
    /// JSON without a single avatar.
    NoAvatars,
    /// More than [`MAX_IMPORT_AVATARS`].
    TooMany {
        /// How many.
        count: usize,
    },
}

/// What a file brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The avatars, without ids; some may be incomplete.
    pub avatars: Vec<Avatar>,
    /// Entries that were no avatars.
    pub skipped: usize,
}

impl Import {
    /// How many avatars pin a strength, which presets then no longer decide.
    pub fn pinned(&self) -> usize {
        self.avatars
            .iter()
            .filter(|avatar| avatar.lora_scale.is_some() || avatar.finetune_strength.is_some())
            .count()
    }

    /// The same with the strengths left to the presets.
    pub fn without_pins(mut self) -> Self {
        for avatar in &mut self.avatars {
            avatar.lora_scale = None;
            avatar.finetune_strength = None;
        }
        self
    }
}

/// Reads one avatar, a list of avatars, or `{"avatars": [...]}`. Takes the original system's shape too: kinds `style` and `character`, a LoRA address
/// under `diffusers_lora_file_url`, and keys that mean nothing here, which are left out.
///
/// # Errors
/// [`ImportError`] if the file is too large, not JSON, or holds no avatar or too many.
pub fn import(bytes: &[u8]) -> Result<Import, ImportError> {
    if bytes.len() as u64 > MAX_IMPORT_BYTES {
        return Err(ImportError::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let value = parse_strict(bytes).map_err(|_| ImportError::NotJson)?;
    let entries = match &value {
        Value::Array(list) => list.as_slice(),
        Value::Object(object) => match object.get("avatars") {
            Some(Value::Array(list)) => list.as_slice(),
            _ => core::slice::from_ref(&value),
        },
        _ => &[],
    };
    // Counted before any of them is built.
    if entries.len() > MAX_IMPORT_AVATARS {
        return Err(ImportError::TooMany { count: entries.len() });
    }
    let avatars: Vec<_> = entries.iter().filter_map(Value::as_object).filter_map(avatar).collect();
    if avatars.is_empty() {
        return Err(ImportError::NoAvatars);
    }
    Ok(Import { skipped: entries.len() - avatars.len(), avatars })
}

/// The avatars as a file, with a line that says what it is. A file is passed on, so keys in addresses are left out of it.
pub fn export(avatars: &[Avatar]) -> String {
    let avatars: Vec<Avatar> = avatars.iter().map(masked).collect();
    let file = json!({ "format": "likeness avatars 1", "avatars": avatars });
    serde_json::to_string_pretty(&file).expect("avatars hold only texts and finite numbers") + "\n"
}

fn masked(avatar: &Avatar) -> Avatar {
    let mask = |reference: &Option<String>| reference.as_deref().map(reference::masked);
    Avatar {
        lora_url: mask(&avatar.lora_url),
        finetune_id: mask(&avatar.finetune_id),
        ..avatar.clone()
    }
}

fn avatar(entry: &Map<String, Value>) -> Option<Avatar> {
    let text = |keys: &[&str]| {
        let text = keys.iter().find_map(|key| entry.get(*key)?.as_str())?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let number = |key: &str| entry.get(key).and_then(Value::as_f64);
    let lora_url = text(&["lora_url", "diffusers_lora_file_url"]);
    let finetune_id = text(&["finetune_id"]);
    let kind = match text(&["kind", "avatar_type", "training_type", "type"]).as_deref() {
        Some("artistic" | "style") => AvatarKind::Artistic,
        Some("portrait" | "character") => AvatarKind::Portrait,
        _ if lora_url.is_some() => AvatarKind::Portrait,
        _ if finetune_id.is_some() => AvatarKind::Artistic,
        _ => return None,
    };
    Some(Avatar {
        id: String::new(),
        name: text(&["name"]).unwrap_or_default(),
        kind,
        trigger_word: text(&["trigger_word"]),
        trigger_phrase: text(&["trigger_phrase"]),
        lora_url,
        lora_scale: number("lora_scale"),
        finetune_id,
        finetune_strength: number("finetune_strength"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_comes_back_as_it_was() {
        let first =
            import(br#"[{"name":"Vera","lora_url":"https://example.org/a","lora_scale":1.15}]"#)
                .unwrap();
        let again = import(export(&first.avatars).as_bytes()).unwrap();
        assert_eq!(again, first);
        assert_eq!((again.pinned(), again.without_pins().pinned()), (1, 0));
        // The example bots read it so.
        let file: Value = serde_json::from_str(&export(&first.avatars)).unwrap();
        assert_eq!(file["avatars"][0]["lora_url"], "https://example.org/a");
    }

    #[test]
    fn a_key_in_an_address_is_not_exported() {
        let file = br#"{"lora_url":"https://example.org/a.safetensors?token=hf_secret"}"#;
        let text = export(&import(file).unwrap().avatars);
        assert!(text.contains("a.safetensors?token=***") && !text.contains("hf_secret"), "{text}");
    }

    #[test]
    fn the_original_flat_portrait_is_taken() {
        let old =
            br#"{"name":"Old","gender":"female","training_type":"portrait","trigger_word":"TOK",
            "lora_url":"https://example.org/a","lora_scale":1.0,"is_main":true}"#;
        let import = import(old).unwrap();
        assert_eq!((import.avatars[0].kind, import.skipped), (AvatarKind::Portrait, 0));
        let style =
            super::import(br#"{"avatars":[{"type":"style","finetune_id":"x"},7,{}]}"#).unwrap();
        assert_eq!((style.avatars[0].kind, style.skipped), (AvatarKind::Artistic, 2));
    }

    #[test]
    fn five_hundred_avatars_come_in_at_once_and_one_more_is_too_many() {
        let file = |count: usize| format!("[{}]", vec![r#"{"finetune_id":"x"}"#; count].join(","));
        let import = |count| super::import(file(count).as_bytes());
        assert_eq!(import(MAX_IMPORT_AVATARS).unwrap().avatars.len(), 500);
        assert_eq!(import(501), Err(ImportError::TooMany { count: 501 }));
        assert_eq!(import(20_000), Err(ImportError::TooMany { count: 20_000 }));
    }

    #[test]
    fn bad_files_are_named() {
        assert_eq!(import(b"<html>"), Err(ImportError::NotJson));
        assert_eq!(import(b"{}"), Err(ImportError::NoAvatars));
        assert_eq!(import(b"[]"), Err(ImportError::NoAvatars));
        assert_eq!(import(&vec![b' '; MAX_IMPORT_BYTES as usize + 1]), Err(ImportError::TooLarge));
    }
}
