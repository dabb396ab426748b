//! Records of the library in the database.

use super::{
    bytes,
    database::{Change, Database, Table},
    fetch::PictureFile,
    telegram,
};
use js_sys::Reflect;
use likeness_core::{
    Avatar,
    job::{Job, JobId},
};
use likeness_studio::{
    picture::{Picture, PictureId},
    ports::StoreError,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use wasm_bindgen::JsValue;
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
pub struct Store(Rc<Library>);

struct Library {
    database: Database,
    /// What lies on the disk, where it can be read and nothing can be written.
    beneath: Option<Database>,
    /// Bytes of pictures that are not stored.
    held: RefCell<BTreeMap<PictureId, PictureFile>>,
    /// Pictures that the person has deleted, whatever still arrives of them.
    deleted: RefCell<BTreeSet<PictureId>>,
    /// Whether the database takes `Blob`s, once it is known.
    takes_blobs: Cell<Option<bool>>,
}

impl Store {
    fn of(database: Database, beneath: Option<Database>) -> Self {
        Self(Rc::new(Library {
            database,
            beneath,
            held: RefCell::default(),
            deleted: RefCell::default(),
            takes_blobs: Cell::new(None),
        }))
    }

    /// Opens the library. One that can be read and not written lasts as long as the page, beside what is on the disk. `on_blocked` is called as
    /// [`Database::open`] says.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open(name: &str, on_blocked: impl Fn() + 'static) -> Result<Self, StoreError> {
        let disk = Database::open(name, on_blocked).await?;
        Ok(match disk.trial().await {
            Err(StoreError::Failed | StoreError::Refused) => {
                Self::of(Database::in_memory(), Some(disk))
            }
            // A full one takes records again once something is deleted.
            Ok(()) | Err(StoreError::Full | StoreError::Newer) => Self::of(disk, None),
        })
    }

    /// A library that lasts as long as the page.
    pub fn in_memory() -> Self {
        Self::of(Database::in_memory(), None)
    }

    /// Whether the library outlives the page.
    pub fn is_durable(&self) -> bool {
        self.0.database.is_durable()
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
        if found.failure.is_some() {
            return Vec::new();
        }
        let database = self.0.beneath.as_ref().unwrap_or(&self.0.database);
        let values = match database.all(table).await {
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
        let Some(value) = self.get(from, id).await? else { return Ok(None) };
        if is_newer(&value) {
            return Err(StoreError::Newer);
        }
        serde_wasm_bindgen::from_value(value).map(Some).map_err(|_| StoreError::Failed)
    }

    async fn get(&self, from: Table, id: &str) -> Result<Option<JsValue>, StoreError> {
        match (self.0.database.get(from, id).await?, &self.0.beneath) {
            (None, Some(beneath)) => beneath.get(from, id).await,
            (value, _) => Ok(value),
        }
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

    /// Stores avatars under their ids, all or none.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn put_avatars(&self, avatars: &[Avatar]) -> Result<(), StoreError> {
        let put =
            |avatar: &Avatar| Ok(Change::Put(Table::Avatars, avatar.id.clone(), record(avatar)?));
        self.0.database.write(avatars.iter().map(put).collect::<Result<_, _>>()?).await
    }

    /// Removes an avatar.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn delete_avatar(&self, id: &str) -> Result<(), StoreError> {
        self.0.database.write(vec![Change::Delete(Table::Avatars, id.to_owned())]).await
    }

    /// Stores a job under its id.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn put_job(&self, job: &Job) -> Result<(), StoreError> {
        self.0.database.write(vec![Change::Put(Table::Jobs, job.id.0.clone(), record(job)?)]).await
    }

    /// Removes a job.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn delete_job(&self, id: &JobId) -> Result<(), StoreError> {
        self.0.database.write(vec![Change::Delete(Table::Jobs, id.0.clone())]).await
    }

    /// Stores a picture with its bytes and its small copy, all or nothing, and makes sure that the bytes can be read back. One that was deleted stays so.
    ///
    /// # Errors
    /// As [`Database::write`]; [`StoreError::Failed`] also if something else came back.
    pub async fn put_picture(
        &self,
        picture: &Picture,
        file: Option<Blob>,
        thumbnail: Option<Blob>,
    ) -> Result<(), StoreError> {
        if self.is_deleted(&picture.id) {
            return Ok(());
        }
        let key = || picture.id.0.clone();
        let mut changes = vec![Change::Put(Table::Pictures, key(), record(picture)?)];
        if let Some(thumbnail) = thumbnail {
            let thumbnail = bytes::record(&thumbnail).await.map_err(|_| StoreError::Failed)?;
            changes.push(Change::Put(Table::Thumbnails, key(), thumbnail));
        }
        let Some(file) = file else { return self.0.database.write(changes).await };
        self.put_with_file(key(), &file, changes).await?;
        let stored = self.stored(Table::Files, &picture.id).await;
        if stored.map(|stored| stored.size()) != Some(file.size()) {
            return Err(StoreError::Failed);
        }
        self.0.held.borrow_mut().remove(&picture.id);
        Ok(())
    }

    /// The file as a `Blob`; where the browser does not take it so, as its bytes.
    async fn put_with_file(
        &self,
        key: String,
        file: &Blob,
        changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        let with = |file: JsValue| {
            let mut changes = changes.clone();
            changes.push(Change::Put(Table::Files, key.clone(), file));
            changes
        };
        if self.takes_blobs().await {
            let outcome = self.0.database.write_once(with(file.clone().into())).await;
            if outcome != Err(StoreError::Failed) {
                return outcome;
            }
        }
        let file = bytes::record(file).await.map_err(|_| StoreError::Failed)?;
        self.0.database.write(with(file)).await?;
        self.0.takes_blobs.set(Some(false));
        Ok(())
    }

    async fn takes_blobs(&self) -> bool {
        if let Some(known) = self.0.takes_blobs.get() {
            return known;
        }
        let takes_blobs = self.0.database.takes_blobs().await;
        self.0.takes_blobs.set(Some(takes_blobs));
        takes_blobs
    }

    /// Keeps the bytes of a picture in the page until they are stored.
    pub fn hold(&self, id: &PictureId, bytes: PictureFile) {
        self.0.held.borrow_mut().insert(id.clone(), bytes);
    }

    /// Whether the person has deleted this picture.
    pub fn is_deleted(&self, id: &PictureId) -> bool {
        self.0.deleted.borrow().contains(id)
    }

    /// From now on a picture is taken for deleted, whatever still arrives of it.
    pub fn note_deleted(&self, id: &PictureId) {
        self.0.deleted.borrow_mut().insert(id.clone());
        self.0.held.borrow_mut().remove(id);
    }

    /// Removes a picture with its bytes.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn delete_picture(&self, id: &PictureId) -> Result<(), StoreError> {
        self.note_deleted(id);
        let tables = [Table::Pictures, Table::Files, Table::Thumbnails];
        self.0.database.write(tables.map(|table| Change::Delete(table, id.0.clone())).into()).await
    }

    /// The bytes of a picture under their own type, if they are here.
    pub async fn file(&self, id: &PictureId) -> Option<Blob> {
        let held = self.0.held.borrow().get(id).map(|held| held.file.clone());
        match held {
            Some(file) => Some(file),
            None => Some(bytes::typed(self.stored(Table::Files, id).await?).await),
        }
    }

    /// The small copy of a picture, else its bytes.
    pub async fn thumbnail(&self, id: &PictureId) -> Option<Blob> {
        let held = self.0.held.borrow().get(id).cloned();
        if let Some(held) = held {
            return Some(held.thumbnail.unwrap_or(held.file));
        }
        match self.stored(Table::Thumbnails, id).await {
            Some(blob) => Some(blob),
            None => self.stored(Table::Files, id).await,
        }
    }

    async fn stored(&self, table: Table, id: &PictureId) -> Option<Blob> {
        bytes::of_record(self.get(table, &id.0).await.ok()??)
    }

    /// Removes everything.
    ///
    /// # Errors
    /// As [`Database::clear`].
    pub async fn clear(&self) -> Result<(), StoreError> {
        self.0.held.borrow_mut().clear();
        if let Some(beneath) = &self.0.beneath {
            beneath.clear().await?;
        }
        self.0.database.clear().await
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
