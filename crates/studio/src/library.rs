//! Avatars as files: import, tolerant of old shapes, and export.

mod doubles;
mod entry;

pub use doubles::Doubles;
pub use entry::{LeftOut, Why};

use likeness_core::{Avatar, reference};
use serde_json::{json, value::RawValue};
use std::borrow::Cow;
use std::collections::BTreeMap;

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
    /// What did not come: entries, and what entries held and no avatar can.
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
    let text = text(bytes).ok_or(ImportError::NotJson)?;
    let (entries, mut left_out) = entries(&text)?;
    // Counted before any of them is built.
    if entries.len() > MAX_IMPORT_AVATARS {
        return Err(ImportError::TooMany { count: entries.len() });
    }
    let mut avatars: Vec<Avatar> = Vec::new();
    let mut skipped = 0;
    for (json, place) in entries.iter().zip(1..) {
        match entry::read(json.get(), place, &mut left_out) {
            None => skipped += 1,
            Some(avatar) if avatars.contains(&avatar) => {
                left_out.push(LeftOut::alone(&entry::shown_name(&avatar, place), Why::Twice));
            }
            Some(avatar) => avatars.push(avatar),
        }
    }
    if avatars.is_empty() {
        return Err(ImportError::NoAvatars);
    }
    Ok(Import { avatars, skipped, left_out })
}

/// The text of a file; none if it is none. Programs of Windows write UTF-16, with a mark in front that says so.
fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes.as_chunks();
        let units: Vec<_> = units.iter().copied().map(unit).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty()).map(Cow::from)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => str::from_utf8(rest).ok().map(Cow::from),
        bytes => str::from_utf8(bytes).ok().map(Cow::from),
    }
}

/// The entries of a file, unread, and what stands beside a list of them but for the line that says what the file is.
fn entries(text: &str) -> Result<(Vec<&RawValue>, Vec<LeftOut>), ImportError> {
    if let Ok(list) = serde_json::from_str(text) {
        return Ok((list, Vec::new()));
    }
    let whole: &RawValue = serde_json::from_str(text).map_err(|_| ImportError::NotJson)?;
    let Ok(file) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) else {
        return Ok((vec![whole], Vec::new()));
    };
    let list = file.get("avatars").and_then(|list| serde_json::from_str(list.get()).ok());
    let Some(list) = list else { return Ok((vec![whole], Vec::new())) };
    let keys = file.keys().filter(|key| !["avatars", "format"].contains(&key.as_str()));
    Ok((list, keys.map(|key| LeftOut::alone(key, Why::Unknown)).collect()))
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
