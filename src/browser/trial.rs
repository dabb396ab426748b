//! Tries the storage with a database of its own, which is gone afterwards.

use super::database::{Change, Database, Table};
use likeness_engine::ports::StoreError;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

const NAME: &str = "likeness-check";
const KEY: &str = "check";
/// Letters of several scripts, an emoji and a zero character: what a text may lose on the way.
const TEXT: &str = "Вера, 각, 🌃\0 <b>";

/// Writes a text and a file, reads both again and compares.
///
/// # Errors
/// [`StoreError::Refused`] and [`StoreError::Full`] as the browser says; [`StoreError::Failed`] if something else came back.
pub async fn storage() -> Result<(), StoreError> {
    let database = Database::open(NAME, || {}).await?;
    let verdict = round(&database).await;
    if let Database::Disk(disk) = &database {
        disk.close();
    }
    let factory = web_sys::window().and_then(|window| window.indexed_db().ok().flatten());
    if let Some(factory) = factory {
        // If it fails an empty database stays behind and is used again next time.
        let _ = factory.delete_database(NAME);
    }
    verdict
}

async fn round(database: &Database) -> Result<(), StoreError> {
    let text = JsValue::from_str(TEXT);
    let parts = js_sys::Array::of1(&text);
    let blob = Blob::new_with_str_sequence(&parts).map_err(|_| StoreError::Failed)?;
    let size = blob.size();
    let changes = vec![
        Change::Put(Table::Avatars, KEY.to_owned(), text.clone()),
        Change::Put(Table::Files, KEY.to_owned(), blob.into()),
    ];
    database.write(changes).await?;
    let read = database.get(Table::Avatars, KEY).await?;
    let file = database.get(Table::Files, KEY).await?;
    let file = file.and_then(|file| file.dyn_into::<Blob>().ok()).ok_or(StoreError::Failed)?;
    let bytes = super::files::read(&file).await.map_err(|_| StoreError::Failed)?;
    let is_same = read == Some(text) && file.size() == size && bytes == TEXT.as_bytes();
    database.clear().await?;
    if is_same { Ok(()) } else { Err(StoreError::Failed) }
}
