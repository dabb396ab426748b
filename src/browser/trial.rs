//! Tries the storage with a database of its own, which is gone afterwards.

use super::{
    bytes,
    database::{Change, Database, Table},
};
use likeness_studio::ports::StoreError;
use wasm_bindgen::JsValue;
use web_sys::Blob;

const NAME: &str = "likeness-check";
const KEY: &str = "check";
/// Letters of several scripts, an emoji and a zero character: what a text may lose on the way.
const TEXT: &str = "Вера, 각, 🌃\0 <b>";

/// How this browser takes pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As files, the usual way.
    Files,
    /// As plain bytes only. Private windows of some browsers are so.
    Bytes,
}

/// Writes a text, bytes and a file, reads them again and compares.
///
/// # Errors
/// [`StoreError::Refused`] and [`StoreError::Full`] as the browser says; [`StoreError::Failed`] if something else came back, or nothing.
pub async fn storage() -> Result<Form, StoreError> {
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

async fn round(database: &Database) -> Result<Form, StoreError> {
    let text = JsValue::from_str(TEXT);
    let parts = js_sys::Array::of1(&text);
    let blob = Blob::new_with_str_sequence(&parts).map_err(|_| StoreError::Failed)?;
    let record = bytes::record(&blob).await.map_err(|_| StoreError::Failed)?;
    let put = |table, value| Change::Put(table, KEY.to_owned(), value);
    let changes = vec![put(Table::Avatars, text.clone()), put(Table::Thumbnails, record)];
    database.write(changes).await?;
    let is_text = database.get(Table::Avatars, KEY).await? == Some(text);
    let mut is_same = is_text && holds(database, Table::Thumbnails).await?;
    let form = if database.takes_blobs().await { Form::Files } else { Form::Bytes };
    if form == Form::Files {
        database.write(vec![put(Table::Files, blob.into())]).await?;
        is_same &= holds(database, Table::Files).await?;
    }
    database.clear().await?;
    if is_same { Ok(form) } else { Err(StoreError::Failed) }
}

/// Whether the bytes of the text are there.
async fn holds(database: &Database, table: Table) -> Result<bool, StoreError> {
    let file = database.get(table, KEY).await?.and_then(bytes::of_record);
    let Some(file) = file else { return Ok(false) };
    Ok(super::files::read(&file).await.is_ok_and(|bytes| bytes == TEXT.as_bytes()))
}
