//! A thin layer over IndexedDB: open, read, write in one durable transaction. Where the browser refuses it, everything is kept in memory instead.
//!
//! A transaction commits as soon as the event loop is reached with no request pending, so nothing but its own requests is awaited inside one: all writes
//! are issued at once, and then its completion is awaited.
//!
//! Every call has an end. Some browsers neither complete nor fail what they began (WebKit after a `Blob` that it refuses), so each is given up after a while.

use super::clock::in_time;
use js_sys::{Array, Function, Object, Promise, Reflect};
use likeness_studio::ports::StoreError;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Blob, DomException, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbTransaction,
};

/// A store of the database; one kind of record each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Avatars by id.
    Avatars,
    /// Jobs by id.
    Jobs,
    /// What is known of pictures, by id.
    Pictures,
    /// Their bytes, as [`super::bytes`] writes them.
    Files,
    /// Small copies of them, in the same way.
    Thumbnails,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 5] =
        [Self::Avatars, Self::Jobs, Self::Pictures, Self::Files, Self::Thumbnails];

    const fn name(self) -> &'static str {
        match self {
            Self::Avatars => "avatars",
            Self::Jobs => "jobs",
            Self::Pictures => "pictures",
            Self::Files => "files",
            Self::Thumbnails => "thumbnails",
        }
    }
}

/// One change; several are made together or not at all.
#[derive(Clone)]
pub enum Change {
    /// Sets a record.
    Put(Table, String, JsValue),
    /// Removes a record.
    Delete(Table, String),
}

impl Change {
    const fn table(&self) -> Table {
        match self {
            Self::Put(table, ..) | Self::Delete(table, _) => *table,
        }
    }
}

/// In the first version all bytes were `Blob`s. Pages of that version cannot read anything else, so they have to let go.
const VERSION: u32 = 2;

/// How long opening may take, in milliseconds.
const OPENING: u32 = 10_000;
/// How long a read or a write may take: longer than many megabytes take on a slow phone.
const PATIENCE: u32 = 8_000;

/// The database of this browser, or its stand-in in memory.
pub enum Database {
    /// IndexedDB.
    Disk(Disk),
    /// Records that live as long as the page.
    Memory(RefCell<BTreeMap<(Table, String), JsValue>>),
}

/// IndexedDB under one name. The browser may close the handle at any time (WebKit does so in the background), and a newer version of the app makes it close.
/// Whatever fails on a handle is tried once more on a new one.
pub struct Disk {
    name: String,
    handle: RefCell<Option<IdbDatabase>>,
}

impl Database {
    /// Opens the database of this name, and makes it if it is not there. `on_blocked` is called if an older version of the app in another tab keeps it,
    /// and again from time to time until it lets go.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the browser gives none, as some do in private windows and foreign frames, or no answer; [`StoreError::Newer`] if it belongs to a newer
    /// version of the app.
    pub async fn open(name: &str, on_blocked: impl Fn() + 'static) -> Result<Self, StoreError> {
        let handle = open(name, on_blocked).await?;
        Ok(Self::Disk(Disk { name: name.to_owned(), handle: RefCell::new(Some(handle)) }))
    }

    /// A stand-in that forgets everything with the page.
    pub fn in_memory() -> Self {
        Self::Memory(RefCell::default())
    }

    /// Whether records outlive the page.
    pub fn is_durable(&self) -> bool {
        matches!(self, Self::Disk(_))
    }

    /// Makes all changes or none, if it can be done at the first attempt. For what can be done in another way instead.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn write_once(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let Self::Disk(disk) = self else { return self.write(changes).await };
        let outcome = write(&disk.handle().await?, changes).await;
        if outcome == Err(StoreError::Failed) {
            disk.close();
        }
        outcome
    }

    /// Whether this browser stores `Blob`s: private windows of WebKit do not. Nothing is left of the attempt, which is one request alone: with others beside it
    /// the transaction might never end.
    pub async fn takes_blobs(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Disk(disk) => match disk.handle().await {
                Ok(handle) => takes_blobs(&handle).await.unwrap_or_default(),
                Err(_) => false,
            },
        }
    }

    /// Whether anything can be written at all. Nothing is left of the attempt.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn trial(&self) -> Result<(), StoreError> {
        let key = || "trial".to_owned();
        let put = Change::Put(Table::Jobs, key(), "trial".into());
        self.write_once(vec![put, Change::Delete(Table::Jobs, key())]).await
    }

    /// Makes all changes or none. When it returns, they survive a crash.
    ///
    /// # Errors
    /// [`StoreError::Full`] without room, [`StoreError::Newer`] if a newer version of the app has taken over, [`StoreError::Failed`] otherwise.
    pub async fn write(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        match self {
            Self::Memory(records) => {
                let mut records = records.borrow_mut();
                for change in changes {
                    match change {
                        Change::Put(table, key, value) => drop(records.insert((table, key), value)),
                        Change::Delete(table, key) => drop(records.remove(&(table, key))),
                    }
                }
                Ok(())
            }
            Self::Disk(disk) => {
                disk.twice(async |handle| write(&handle, changes.clone()).await).await
            }
        }
    }

    /// One record, if it is there.
    ///
    /// # Errors
    /// As [`Database::write`], if it cannot be read.
    pub async fn get(&self, from: Table, key: &str) -> Result<Option<JsValue>, StoreError> {
        let value = match self {
            Self::Memory(records) => {
                return Ok(records.borrow().get(&(from, key.to_owned())).cloned());
            }
            Self::Disk(disk) => disk.twice(async |handle| get(&handle, from, key).await).await?,
        };
        Ok((!value.is_undefined()).then_some(value))
    }

    /// Every record of a table, in the order of their keys.
    ///
    /// # Errors
    /// As [`Database::write`], if they cannot be read.
    pub async fn all(&self, from: Table) -> Result<Vec<JsValue>, StoreError> {
        match self {
            Self::Memory(records) => {
                let records = records.borrow();
                Ok(records
                    .iter()
                    .filter(|((table, _), _)| *table == from)
                    .map(|(_, value)| value.clone())
                    .collect())
            }
            Self::Disk(disk) => disk.twice(async |handle| all(&handle, from).await).await,
        }
    }

    /// Removes every record.
    ///
    /// # Errors
    /// As [`Database::write`], if the browser does not let go of them.
    pub async fn clear(&self) -> Result<(), StoreError> {
        match self {
            Self::Memory(records) => records.borrow_mut().clear(),
            Self::Disk(disk) => disk.twice(async |handle| clear(&handle).await).await?,
        }
        Ok(())
    }
}

impl Disk {
    /// Lets go of the handle. The next use opens a new one.
    pub fn close(&self) {
        if let Some(handle) = self.handle.borrow_mut().take() {
            handle.close();
        }
    }

    /// Does it, and if it fails for anything but room, once more on a new handle: a dead one never comes back to life.
    async fn twice<T>(
        &self,
        work: impl AsyncFn(IdbDatabase) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match work(self.handle().await?).await {
            Err(StoreError::Failed) => {
                self.close();
                work(self.handle().await?).await
            }
            outcome => outcome,
        }
    }

    async fn handle(&self) -> Result<IdbDatabase, StoreError> {
        let handle = self.handle.borrow().clone();
        if let Some(handle) = handle {
            return Ok(handle);
        }
        let handle = open(&self.name, || {}).await?;
        *self.handle.borrow_mut() = Some(handle.clone());
        Ok(handle)
    }
}

async fn open(name: &str, on_blocked: impl Fn() + 'static) -> Result<IdbDatabase, StoreError> {
    let factory = factory().ok_or(StoreError::Refused)?;
    let request = factory.open_with_u32(name, VERSION).map_err(|_| StoreError::Refused)?;
    let upgrade = Closure::once_into_js(|event: web_sys::Event| create_tables(&event));
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let on_blocked = Rc::new(on_blocked);
    let is_blocked = Rc::new(Cell::new(false));
    let (tell, blocked) = (on_blocked.clone(), is_blocked.clone());
    let hear = Closure::once_into_js(move || {
        blocked.set(true);
        tell();
    });
    request.set_onblocked(Some(hear.unchecked_ref()));
    let opened = outcome(&request);
    let database = loop {
        match in_time(opened.clone(), OPENING).await {
            Some(Ok(_)) => break request.result().map_err(|_| StoreError::Refused)?,
            Some(Err(_)) => {
                return Err(match name_of(&error_of(&request)).as_deref() {
                    Some("VersionError") => StoreError::Newer,
                    _ => StoreError::Refused,
                });
            }
            // It goes on as soon as the person has closed the other tab.
            None if is_blocked.get() => on_blocked(),
            None => {
                close_when_opened(&request);
                return Err(StoreError::Refused);
            }
        }
    };
    let database: IdbDatabase = database.dyn_into().map_err(|_| StoreError::Refused)?;
    close_for_newer_versions(&database);
    Ok(database)
}

/// Nobody waits for it any more, and a handle that is open would keep newer versions out.
fn close_when_opened(request: &IdbOpenDbRequest) {
    let late = request.clone();
    let close = Closure::once_into_js(move || {
        if let Some(database) = late.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok())
        {
            database.close();
        }
    });
    request.set_onsuccess(Some(close.unchecked_ref()));
}

async fn takes_blobs(handle: &IdbDatabase) -> Result<bool, JsValue> {
    let transaction = transaction(handle, &[Table::Files], "readwrite")?;
    let blob = Blob::new_with_str_sequence(&Array::of1(&"trial".into()))?;
    let table = transaction.object_store(Table::Files.name())?;
    let is_taken = match table.put_with_key(&blob, &"trial".into()) {
        Ok(request) => matches!(in_time(outcome(&request), PATIENCE).await, Some(Ok(_))),
        Err(_) => false,
    };
    give_up(Some(&transaction));
    Ok(is_taken)
}

async fn write(handle: &IdbDatabase, changes: Vec<Change>) -> Result<(), StoreError> {
    let mut tables: Vec<_> = changes.iter().map(Change::table).collect();
    tables.sort();
    tables.dedup();
    let transaction = transaction(handle, &tables, "readwrite").map_err(|error| reason(&error))?;
    if let Err(error) = issue(&transaction, changes) {
        // Left alone it would commit the changes before the one that failed.
        let _ = transaction.abort();
        return Err(error);
    }
    completed(&transaction).await.map_err(|error| reason(&error))
}

async fn get(handle: &IdbDatabase, from: Table, key: &str) -> Result<JsValue, StoreError> {
    let transaction = transaction(handle, &[from], "readonly").map_err(|error| reason(&error))?;
    let request = table(&transaction, from)?.get(&key.into()).map_err(|error| reason(&error))?;
    finished(&request).await.map_err(|error| reason(&error))
}

async fn all(handle: &IdbDatabase, from: Table) -> Result<Vec<JsValue>, StoreError> {
    let transaction = transaction(handle, &[from], "readonly").map_err(|error| reason(&error))?;
    let request = table(&transaction, from)?.get_all().map_err(|error| reason(&error))?;
    let values = finished(&request).await.map_err(|error| reason(&error))?;
    Ok(Array::from(&values).to_vec())
}

async fn clear(handle: &IdbDatabase) -> Result<(), StoreError> {
    let transaction =
        transaction(handle, &Table::ALL, "readwrite").map_err(|error| reason(&error))?;
    for each in Table::ALL {
        table(&transaction, each)?.clear().map_err(|error| reason(&error))?;
    }
    completed(&transaction).await.map_err(|error| reason(&error))
}

fn factory() -> Option<IdbFactory> {
    // Reading the property throws where storage is denied to a foreign frame.
    web_sys::window()?.indexed_db().ok()?
}

fn create_tables(event: &web_sys::Event) {
    let request = event.target().and_then(|target| target.dyn_into::<IdbOpenDbRequest>().ok());
    let database = request
        .and_then(|request| request.result().ok())
        .and_then(|value| value.dyn_into::<IdbDatabase>().ok());
    if let Some(database) = database {
        for table in Table::ALL {
            // A table that is already there is left as it is.
            let _ = database.create_object_store(table.name());
        }
    }
}

/// A newer version of the app in another tab may change the tables only when this one lets go.
fn close_for_newer_versions(database: &IdbDatabase) {
    let held = database.clone();
    let close = Closure::<dyn FnMut()>::new(move || held.close()).into_js_value();
    database.set_onversionchange(Some(close.unchecked_ref()));
}

/// With `durability: "strict"`, where the browser knows it: completed means on the disk.
fn transaction(
    database: &IdbDatabase,
    tables: &[Table],
    mode: &str,
) -> Result<IdbTransaction, JsValue> {
    let names: Array = tables.iter().map(|table| JsValue::from_str(table.name())).collect();
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let open: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    open.call3(database, &names, &mode.into(), &options)?.dyn_into()
}

fn issue(transaction: &IdbTransaction, changes: Vec<Change>) -> Result<(), StoreError> {
    for change in changes {
        let table = table(transaction, change.table())?;
        match change {
            Change::Put(_, id, value) => table.put_with_key(&value, &id.into()),
            Change::Delete(_, id) => table.delete(&id.into()),
        }
        .map_err(|error| reason(&error))?;
    }
    Ok(())
}

fn table(transaction: &IdbTransaction, table: Table) -> Result<IdbObjectStore, StoreError> {
    transaction.object_store(table.name()).map_err(|error| reason(&error))
}

/// Settles with the request.
fn outcome(request: &IdbRequest) -> Promise {
    Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
}

fn error_of(request: &IdbRequest) -> JsValue {
    request.error().ok().flatten().map_or(JsValue::NULL, JsValue::from)
}

/// The result of a request. One that takes too long fails without a reason, and its transaction is given up.
async fn finished(request: &IdbRequest) -> Result<JsValue, JsValue> {
    match in_time(outcome(request), PATIENCE).await {
        Some(Ok(_)) => request.result(),
        Some(Err(_)) => Err(error_of(request)),
        None => {
            give_up(request.transaction().as_ref());
            Err(JsValue::NULL)
        }
    }
}

async fn completed(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let end = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onerror(Some(&reject));
        transaction.set_onabort(Some(&reject));
    });
    match in_time(end, PATIENCE).await {
        Some(Ok(_)) => Ok(()),
        Some(Err(event)) => {
            let request = event.dyn_into::<web_sys::Event>().ok().and_then(|event| event.target());
            let error = match request.and_then(|it| it.dyn_into::<IdbRequest>().ok()) {
                Some(request) => error_of(&request),
                None => transaction.error().map_or(JsValue::NULL, JsValue::from),
            };
            // After a request that failed it is bound to be aborted, but may not come to it by itself.
            give_up(Some(transaction));
            Err(error)
        }
        None => {
            give_up(Some(transaction));
            Err(JsValue::NULL)
        }
    }
}

/// Aborts a transaction, so that it keeps no other waiting.
fn give_up(transaction: Option<&IdbTransaction>) {
    if let Some(transaction) = transaction {
        // One that is over cannot be aborted, and need not be.
        let _ = transaction.abort();
    }
}

fn reason(error: &JsValue) -> StoreError {
    match name_of(error).as_deref() {
        Some("QuotaExceededError") => StoreError::Full,
        _ => StoreError::Failed,
    }
}

fn name_of(error: &JsValue) -> Option<String> {
    error.dyn_ref::<DomException>().map(DomException::name)
}
