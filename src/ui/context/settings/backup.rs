//! Everything that a person has here, as one file.

use super::Studio;
use crate::browser::{clock, files, store::Store};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use likeness_core::job::Millis;
use likeness_studio::{
    archive::{Archive, TooLarge},
    image_type, library, order,
    picture::Picture,
};
use serde_json::json;
use web_sys::{Blob, BlobPropertyBag};

/// A zip file of avatars, settings, pictures as they were received, and what is known of each.
///
/// # Errors
/// [`TooLarge`] if a zip file cannot hold it.
pub(super) async fn pack(studio: Studio, store: &Store) -> Result<Blob, TooLarge> {
    let pictures = studio.pictures.get_untracked();
    let avatars = studio.avatars.with_untracked(|avatars| library::export(avatars));
    let settings = json!({
        "language": studio.language.get_untracked().tag(),
        "theme": studio.theme.get_untracked().name(),
        "main_avatar": studio.main_avatar.get_untracked(),
        "draft": studio.draft.get_untracked(),
    });
    let mut packing = Packing { archive: Archive::default(), parts: Array::new() };
    let now = clock::now();
    packing.add_text("avatars.json", now, &avatars)?;
    packing.add_text("settings.json", now, &(pretty(&settings) + "\n"))?;
    let records: Vec<_> = pictures.iter().map(without_keys).collect();
    packing.add_text("pictures.json", now, &(pretty(&records) + "\n"))?;
    for picture in pictures {
        // One whose bytes are gone is still among the records.
        let Some(file) = store.file(&picture.id).await else { continue };
        let Ok(bytes) = files::read(&file).await else { continue };
        let header =
            packing.archive.add(&name(&picture, &file.type_()), picture.created_at, &bytes)?;
        packing.push(&header);
        // The browser's own copy: it need not lie in memory.
        packing.parts.push(&file);
    }
    packing.finish()
}

/// What is known of a picture, without the keys in its addresses.
fn without_keys(picture: &Picture) -> Picture {
    Picture { order: order::masked(&picture.order), ..picture.clone() }
}

fn name(picture: &Picture, content_type: &str) -> String {
    image_type::file_name(&["pictures/", &picture.id.0].concat(), content_type)
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

struct Packing {
    archive: Archive,
    parts: Array,
}

impl Packing {
    fn push(&self, bytes: &[u8]) {
        self.parts.push(&Uint8Array::from(bytes));
    }

    fn add_text(&mut self, name: &str, at: Millis, text: &str) -> Result<(), TooLarge> {
        let header = self.archive.add(name, at, text.as_bytes())?;
        self.push(&header);
        self.push(text.as_bytes());
        Ok(())
    }

    fn finish(self) -> Result<Blob, TooLarge> {
        let Self { archive, parts } = self;
        parts.push(&Uint8Array::from(archive.finish().as_slice()));
        let options = BlobPropertyBag::new();
        options.set_type("application/zip");
        Blob::new_with_blob_sequence_and_options(&parts, &options).map_err(|_| TooLarge)
    }
}
