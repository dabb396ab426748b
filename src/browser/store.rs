//! Records of the library in the database.

use super::{
    database::{Change, Database, Table},
    telegram,
};
use js_sys::Reflect;
use likeness_core::{
    Avatar,
    job::{Job, JobId},
};
use likeness_engine::{
    picture::{Picture, PictureId},
    ports::StoreError,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// The name of the database of the app: one for each person that Telegram names, one for all others. Tests open others.
pub fn name() -> String {
    telegram::user().map_or_else(|| "likeness".to_owned(), |user| format!("likeness-{user}"))
}

/// What was found when the library was opened.
#[derive(Default)]
pub struct Contents {
    /// Avatars.
    pub avatars: Vec<Avatar>,
    /// Jobs, the oldest first.
    pub jobs: Vec<Job>,
    /// Pictures, the newest first.
    pub pictures: Vec<Picture>,
    /// Records that could not be read. They are left where they are.
    pub corrupt: usize,
    /// Records that a newer version of the app has written. They are left alone: this one would drop what it does not know.
    pub newer: usize,
    /// Why even the list of records could not be read.
    pub failure: Option<StoreError>,
}

/// The shape of the records that this version writes, as each of them says in [`SHAPE_KEY`].
const SHAPE: f64 = 1.0;
const SHAPE_KEY: &str = "v";

/// The library of this browser.
#[derive(Clone)]
pub struct Store(Rc<Database>);

impl Store {
    /// Opens the library, or none where the browser refuses storage. `on_blocked` is called if an older version of the app in another tab keeps it.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open(name: &str, on_blocked: impl FnOnce() + 'static) -> Result<Self, StoreError> {
        Ok(Self(Rc::new(Database::open(name, on_blocked).await?)))
    }

    /// A library that lasts as long as the page.
    pub fn in_memory() -> Self {
        Self(Rc::new(Database::in_memory()))
    }

    /// Whether the library outlives the page.
    pub fn is_durable(&self) -> bool {
        self.0.is_durable()
    }

    /// Reads everything but the bytes of pictures.
    pub async fn contents(&self) -> Contents {
        let mut contents = Contents::default();
        contents.avatars = self.records(Table::Avatars, &mut contents).await;
        contents.jobs = self.records(Table::Jobs, &mut contents).await;
        contents.pictures = self.records(Table::Pictures, &mut contents).await;
        contents.jobs.sort_by_key(|job| job.created_at);
        contents.pictures.sort_by(|a, b| (b.created_at, &a.id).cmp(&(a.created_at, &b.id)));
        contents
    }

    async fn records<T: DeserializeOwned>(&self, table: Table, found: &mut Contents) -> Vec<T> {
        let values = match self.0.all(table).await {
            Ok(values) => values,
            Err(error) => {
                found.failure = Some(error);
                return Vec::new();
            }
        };
        let mut records = Vec::new();
        for value in values {
            if is_newer(&value) {
                found.newer += 1;
                continue;
            }
            match serde_wasm_bindgen::from_value(value) {
                Ok(record) => records.push(record),
                Err(_) => found.corrupt += 1,
            }
        }
        records
    }

    async fn one<T: DeserializeOwned>(
        &self,
        from: Table,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let Some(value) = self.0.get(from, id).await? else { return Ok(None) };
        if is_newer(&value) {
            return Err(StoreError::Newer);
        }
        serde_wasm_bindgen::from_value(value).map(Some).map_err(|_| StoreError::Failed)
    }

    /// A job by its id, if it is there.
    ///
    /// # Errors
    /// As [`Database::get`]; [`StoreError::Newer`] also if a newer version of the app has written it.
    pub async fn job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        self.one(Table::Jobs, &id.0).await
    }

    /// What is known of a picture, if it is there.
    ///
    /// # Errors
    /// As [`Store::job`].
    pub async fn picture(&self, id: &PictureId) -> Result<Option<Picture>, StoreError> {
        self.one(Table::Pictures, &id.0).await
    }

    /// Stores an avatar under its id.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn put_avatar(&self, avatar: &Avatar) -> Result<(), StoreError> {
        self.0.write(vec![Change::Put(Table::Avatars, avatar.id.clone(), record(avatar)?)]).await
    }

    /// Removes an avatar.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn delete_avatar(&self, id: &str) -> Result<(), StoreError> {
        self.0.write(vec![Change::Delete(Table::Avatars, id.to_owned())]).await
    }

    /// Stores a job under its id.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn put_job(&self, job: &Job) -> Result<(), StoreError> {
        self.0.write(vec![Change::Put(Table::Jobs, job.id.0.clone(), record(job)?)]).await
    }

    /// Removes a job.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn delete_job(&self, id: &JobId) -> Result<(), StoreError> {
        self.0.write(vec![Change::Delete(Table::Jobs, id.0.clone())]).await
    }

    /// Stores a picture with its bytes and its small copy, all or nothing, and makes sure that the bytes can be read back.
    ///
    /// # Errors
    /// As [`Database::write`]; [`StoreError::Failed`] also if something else came back.
    pub async fn put_picture(
        &self,
        picture: &Picture,
        file: Option<Blob>,
        thumbnail: Option<Blob>,
    ) -> Result<(), StoreError> {
        let key = || picture.id.0.clone();
        let size = file.as_ref().map(Blob::size);
        let mut changes = vec![Change::Put(Table::Pictures, key(), record(picture)?)];
        changes.extend(file.map(|blob| Change::Put(Table::Files, key(), blob.into())));
        changes.extend(thumbnail.map(|blob| Change::Put(Table::Thumbnails, key(), blob.into())));
        self.0.write(changes).await?;
        let stored = match size {
            Some(_) => self.file(&picture.id).await.map(|blob| blob.size()),
            None => None,
        };
        if stored == size { Ok(()) } else { Err(StoreError::Failed) }
    }

    /// Removes a picture with its bytes.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn delete_picture(&self, id: &PictureId) -> Result<(), StoreError> {
        let tables = [Table::Pictures, Table::Files, Table::Thumbnails];
        self.0.write(tables.map(|table| Change::Delete(table, id.0.clone())).into()).await
    }

    /// The bytes of a picture, if they are here.
    pub async fn file(&self, id: &PictureId) -> Option<Blob> {
        self.blob(Table::Files, id).await
    }

    /// The small copy of a picture, else its bytes.
    pub async fn thumbnail(&self, id: &PictureId) -> Option<Blob> {
        match self.blob(Table::Thumbnails, id).await {
            Some(blob) => Some(blob),
            None => self.file(id).await,
        }
    }

    async fn blob(&self, table: Table, id: &PictureId) -> Option<Blob> {
        self.0.get(table, &id.0).await.ok()??.dyn_into().ok()
    }

    /// Removes everything.
    ///
    /// # Errors
    /// As [`Database::clear`].
    pub async fn clear(&self) -> Result<(), StoreError> {
        self.0.clear().await
    }
}

fn record<T: Serialize>(value: &T) -> Result<JsValue, StoreError> {
    let serializer = Serializer::new().serialize_maps_as_objects(true);
    let record = value.serialize(&serializer).map_err(|_| StoreError::Failed)?;
    Reflect::set(&record, &SHAPE_KEY.into(), &SHAPE.into()).map_err(|_| StoreError::Failed)?;
    Ok(record)
}

/// Records of the first versions say no shape and have this one.
fn is_newer(record: &JsValue) -> bool {
    let shape = Reflect::get(record, &SHAPE_KEY.into()).ok().and_then(|shape| shape.as_f64());
    shape.is_some_and(|shape| shape > SHAPE)
}
