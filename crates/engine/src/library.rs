//! Avatars as files: import, tolerant of old shapes, and export.

mod doubles;
mod entry;

pub use doubles::Doubles;
pub use entry::{LeftOut, Why};

use likeness_core::{Avatar, json::parse_strict, reference};
use serde_json::{Value, json};

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
    /// The avatars in the order of the file, without ids; some may be incomplete.
    pub avatars: Vec<Avatar>,
    /// Entries that were no avatars.
    pub skipped: usize,
    /// What the entries held and no avatar can.
    pub left_out: Vec<LeftOut>,
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
/// under `diffusers_lora_file_url`; and the result of a training. What it has to leave out, it says.
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
    let mut left_out = entry::beside(&value);
    let avatars: Vec<_> = entries
        .iter()
        .enumerate()
        .filter_map(|(at, value)| entry::read(value, at + 1, &mut left_out))
        .collect();
    if avatars.is_empty() {
        return Err(ImportError::NoAvatars);
    }
    Ok(Import { skipped: entries.len() - avatars.len(), avatars, left_out })
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

#[cfg(test)]
mod tests;
