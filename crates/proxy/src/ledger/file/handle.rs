//! The open file. After an I/O error redb takes nothing more, so it is opened anew as soon as that
//! is possible.

use super::tables::Tables;
use crate::ledger::Away;
use redb::{Database, ReadTransaction, ReadableDatabase};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

type Opener = dyn Fn() -> Result<Database, Away> + Send + Sync;

/// A database, and how it is opened.
pub(super) struct Handle {
    opener: Box<Opener>,
    /// None while it cannot be opened.
    database: RwLock<Option<Database>>,
    is_broken: AtomicBool,
}

impl Handle {
    pub(super) fn open(
        opener: impl Fn() -> Result<Database, Away> + Send + Sync + 'static,
    ) -> Result<Self, Away> {
        let database = RwLock::new(Some(opened(&opener)?));
        Ok(Self { opener: Box::new(opener), database, is_broken: AtomicBool::new(false) })
    }

    /// Whether there was an I/O error since it was opened.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    pub(super) fn read<T>(
        &self,
        act: impl FnOnce(&ReadTransaction) -> Result<T, Away>,
    ) -> Result<T, Away> {
        self.with(|database| act(&database.begin_read()?))
    }

    /// Does something in one transaction, which is on the disk when this returns. Takes as long as
    /// the disk does.
    pub(super) fn write<T>(
        &self,
        act: impl FnOnce(&mut Tables<'_>) -> Result<T, Away>,
    ) -> Result<T, Away> {
        if self.is_broken() {
            self.reopen()?;
        }
        self.with(|database| write(database, act))
    }

    fn with<T>(&self, act: impl FnOnce(&Database) -> Result<T, Away>) -> Result<T, Away> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let done = act(database.as_ref().ok_or_else(|| Away::new("it cannot be opened"))?);
        if done.as_ref().is_err_and(|away| away.is_io) {
            self.is_broken.store(true, Ordering::Relaxed);
        }
        done
    }

    fn reopen(&self) -> Result<(), Away> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever waited for the same finds it done.
        if !self.is_broken() {
            return Ok(());
        }
        // It holds the lock of the file.
        *database = None;
        *database = Some(opened(&self.opener)?);
        self.is_broken.store(false, Ordering::Relaxed);
        tracing::info!("the ledger is open again");
        Ok(())
    }
}

/// From here on every table exists, so reading needs no special case, and the file can be written
/// to.
fn opened(opener: &dyn Fn() -> Result<Database, Away>) -> Result<Database, Away> {
    let database = opener()?;
    write(&database, |_| Ok(()))?;
    Ok(database)
}

fn write<T>(
    database: &Database,
    act: impl FnOnce(&mut Tables<'_>) -> Result<T, Away>,
) -> Result<T, Away> {
    let write = database.begin_write()?;
    let done = act(&mut Tables::open(&write)?)?;
    write.commit()?;
    Ok(done)
}

/// The file, which only its owner can read: it says who ordered what.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(mode & 0o700))?;
        }
    }
    Ok(file)
}
