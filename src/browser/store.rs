//! Records of the library in the database.

use super::database::{Change, Database, Table};
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

/// The name of the database of the app. Tests open others.
pub const NAME: &str = "likeness";

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
}

/// The library of this browser.
#[derive(Clone)]
pub struct Store(Rc<Database>);

impl Store {
    /// Opens the library; in memory if the browser refuses storage.
    pub async fn open(name: &str) -> Self {
        Self(Rc::new(Database::open(name).await.unwrap_or_else(|_| Database::in_memory())))
    }

    /// Whether the library outlives the page.
    pub fn is_durable(&self) -> bool {
        self.0.is_durable()
    }

    /// Reads everything but the bytes of pictures.
    pub async fn contents(&self) -> Contents {
        let mut corrupt = 0;
        let avatars = self.records(Table::Avatars, &mut corrupt).await;
        let mut jobs: Vec<Job> = self.records(Table::Jobs, &mut corrupt).await;
        let mut pictures: Vec<Picture> = self.records(Table::Pictures, &mut corrupt).await;
        jobs.sort_by_key(|job| job.created_at);
        pictures.sort_by(|a, b| (b.created_at, &a.id).cmp(&(a.created_at, &b.id)));
        Contents { avatars, jobs, pictures, corrupt }
    }

    async fn records<T: DeserializeOwned>(&self, table: Table, corrupt: &mut usize) -> Vec<T> {
        let values = self.0.all(table).await.unwrap_or_default();
        let found = values.len();
        let records: Vec<T> = values
            .into_iter()
            .filter_map(|value| serde_wasm_bindgen::from_value(value).ok())
            .collect();
        *corrupt += found - records.len();
        records
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

    /// Stores a picture with its bytes and its small copy, all or nothing.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn put_picture(
        &self,
        picture: &Picture,
        file: Option<Blob>,
        thumbnail: Option<Blob>,
    ) -> Result<(), StoreError> {
        let key = || picture.id.0.clone();
        let mut changes = vec![Change::Put(Table::Pictures, key(), record(picture)?)];
        changes.extend(file.map(|blob| Change::Put(Table::Files, key(), blob.into())));
        changes.extend(thumbnail.map(|blob| Change::Put(Table::Thumbnails, key(), blob.into())));
        self.0.write(changes).await
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
    value.serialize(&serializer).map_err(|_| StoreError::Failed)
}
