//! The catalog on SQLite.
//!
//! One connection writes, and a mutex makes its transactions take turns. A store in a file has further connections that
//! read, each in a transaction of its own, so that no reader waits for the writer. A store in memory, and one on the files
//! of a JavaScript host, have one connection for both.
//!
//! | File | Contents |
//! |---|---|
//! | `items.rs`, `trees.rs`, `stale.rs` | rows of folders and files, changes of whole trees, and files that follow them later |
//! | `listing.rs`, `search.rs` | pages that walk an index, and the trigram index |
//! | `events.rs` | events and their deliveries |
//! | `uploads.rs` | uploads, imports, jobs |
//! | `bundles.rs` | recipes of zips, and blobs that wait for their removal |
//! | `load.rs` | reset and bulk loading |
//! | `hosted.rs` | a store on the files of a JavaScript host: long snapshots, and a store built beside |
//! | `inspection.rs` | a check in steps |
//! | `lock.rs` | the lock of a store in a file |
//! | `migrations/` | one script per version of the schema |

mod assets;
mod bundles;
mod events;
#[cfg(target_arch = "wasm32")]
pub(super) mod hosted;
mod inspection;
mod items;
mod listing;
mod load;
#[cfg(not(target_arch = "wasm32"))]
mod lock;
mod lookup;
mod search;
mod stale;
mod trees;
mod uploads;

use super::fold::{fold, fold_all, is_older, rules};
use super::{Area, Catalog, Error, Inspection, Read, ReadSettings, Result, Write, WriteAll, WriteSettings};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use std::fmt;
use std::ops::Deref;
#[cfg(not(target_arch = "wasm32"))]
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One script per version: the first creates version 1, each further one migrates from the version before.
const MIGRATIONS: [&str; 6] = [
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
];

/// The most memory for pages of the file, in KiB, for each connection. SQLite's default of 2,000 is less than what one
/// search in a million files reads, so that the next letter of that search would read everything again.
const CACHE_SIZE: i64 = 16_000;

/// How many connections for reading stay open. A reader that finds all of them in use opens one for itself.
#[cfg(not(target_arch = "wasm32"))]
const POOLED_READERS: usize = 4;

/// How long a statement waits for a lock of another connection. Within one process no connection holds one for long.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// The metadata store on SQLite, in memory or in a file.
///
/// Readers of a store in a file do not wait for the writer. A store in memory has one transaction at a time, whether it
/// reads or writes.
///
/// ```
/// use wix_media::catalog::{Catalog, Sqlite};
///
/// let catalog = Sqlite::memory()?;
/// let mut writer = catalog.write()?;
/// writer.set_setting("name", "value")?;
/// writer.commit()?;
/// assert_eq!(catalog.read()?.setting("name")?.as_deref(), Some("value"));
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
pub struct Sqlite {
    // Fields are dropped in this order: the lock goes when the last connection is closed.
    #[cfg(not(target_arch = "wasm32"))]
    readers: Option<Readers>,
    writer: Mutex<Connection>,
    /// Whether a commit waits for its bytes to reach the disk.
    is_durable: bool,
    #[cfg(not(target_arch = "wasm32"))]
    lock: Option<lock::Lock>,
    #[cfg(target_arch = "wasm32")]
    hosted: hosted::Hosted,
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sqlite").finish_non_exhaustive()
    }
}

/// The connections that read a store in a file.
#[cfg(not(target_arch = "wasm32"))]
struct Readers {
    path: PathBuf,
    pool: Vec<Mutex<Connection>>,
}

#[cfg(not(target_arch = "wasm32"))]
impl Readers {
    fn new(path: &Path) -> Result<Readers> {
        let mut readers = Readers {
            path: path.to_owned(),
            pool: Vec::new(),
        };
        for _ in 0..POOLED_READERS {
            let connection = readers.connect()?;
            readers.pool.push(Mutex::new(connection));
        }
        Ok(readers)
    }

    fn connect(&self) -> Result<Connection> {
        let connection = Connection::open(&self.path)?;
        configure(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    /// A connection that nobody else uses.
    fn acquire(&self) -> Result<Lent<'_>> {
        let free = self.pool.iter().find_map(|connection| match connection.try_lock() {
            Ok(connection) => Some(connection),
            Err(std::sync::TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(std::sync::TryLockError::WouldBlock) => None,
        });
        match free {
            Some(connection) => Ok(Lent::Shared(connection)),
            None => Ok(Lent::owned(self.connect()?)),
        }
    }
}

/// A connection for the length of a transaction.
enum Lent<'a> {
    Shared(MutexGuard<'a, Connection>),
    Owned {
        connection: Connection,
        /// Tells the store that its snapshot is still open.
        _held: Option<Arc<()>>,
    },
}

impl Lent<'_> {
    fn owned(connection: Connection) -> Lent<'static> {
        Lent::Owned {
            connection,
            _held: None,
        }
    }
}

/// A transaction: one that reads, or, from [`Catalog::write`], one that also writes.
struct Session<'a> {
    connection: Lent<'a>,
    /// `None` in a snapshot that lasts, which nothing can be written through.
    store: Option<&'a Sqlite>,
    /// Whether this session has begun a transaction of SQLite.
    is_open: bool,
    /// Whether the commit of this session does not wait for its bytes to reach the disk.
    is_lazy: bool,
    /// The triggers that [`begin_load`](WriteAll::begin_load) has removed, as the statements that create them.
    suspended: Option<Vec<String>>,
}

impl Deref for Session<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.connection {
            Lent::Shared(connection) => connection,
            Lent::Owned { connection, .. } => connection,
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // After an error such as a full disk SQLite has rolled back by itself.
        if self.is_open && !self.is_autocommit() {
            _ = self.execute_batch("ROLLBACK");
        }
        if self.is_lazy {
            // A connection on which this fails cannot write anything either.
            _ = self.run("PRAGMA synchronous = FULL", []);
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Unavailable(Box::new(error)),
            Some(ErrorCode::DiskFull) => Error::Full(Box::new(error)),
            _ => Error::Store(Box::new(error)),
        }
    }
}

/// The error of a text that is not the JSON it should be.
fn damaged(cause: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(cause))
}

/// Sets what SQLite keeps for each connection and not in the file.
fn configure(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(128);
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection.pragma_update(None, "cache_size", -CACHE_SIZE)?)
}

impl Sqlite {
    /// Creates an empty store that lives as long as the value.
    ///
    /// ```
    /// assert!(wix_media::catalog::Sqlite::memory().is_ok());
    /// ```
    pub fn memory() -> Result<Sqlite> {
        Sqlite::migrated(Connection::open_in_memory()?)
    }

    /// Opens the store in the file `path`, and creates it when the file is missing.
    ///
    /// Returns [`Error::Locked`] while another process, or another value in this process, has the store open, and
    /// [`Error::Newer`] for a store of a later release. A store named `catalog.db` shares the lock of its directory with the
    /// package for JavaScript (`docs/manager.md#the-lock-of-a-directory`): when the owner before may still be alive, this
    /// waits up to 15 seconds. A file that is missing or empty beside a folder `blobs` with content is refused. Every
    /// transaction of an owner that was overtaken fails with [`Error::LockLost`].
    ///
    /// ```
    /// use wix_media::catalog::{Error, Sqlite};
    ///
    /// let folder = std::env::temp_dir().join(format!("wix-media-catalog-{}", std::process::id()));
    /// std::fs::create_dir_all(&folder)?;
    /// let path = folder.join("catalog.db");
    /// let first = Sqlite::open(&path)?;
    /// assert!(matches!(Sqlite::open(&path), Err(Error::Locked)));
    /// drop(first);
    /// assert!(Sqlite::open(&path).is_ok());
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn open(path: &Path) -> Result<Sqlite> {
        let lock = lock::Lock::acquire(path, lock::Times::default())?;
        if is_lost(path) {
            let text =
                "it is missing or empty, but there are blobs: restore it from a backup, or run wix-media recover";
            return Err(Error::Store(text.into()));
        }
        let connection = Connection::open(path)?;
        // Releases before version 3 of the schema held SQLite's own lock for as long as they ran. Waiting is no use then.
        connection.busy_timeout(std::time::Duration::ZERO)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .and_then(|()| connection.execute_batch("BEGIN EXCLUSIVE; COMMIT"))
            .map_err(|error| match Error::from(error) {
                Error::Unavailable(_) => Error::Locked,
                other => other,
            })?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let mut store = Sqlite::migrated(connection)?;
        store.is_durable = true;
        store.readers = Some(Readers::new(path)?);
        store.lock = Some(lock);
        Ok(store)
    }

    /// The store on this connection, brought to the latest version of the schema and of the folding rules.
    fn migrated(connection: Connection) -> Result<Sqlite> {
        configure(&connection)?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let done = usize::try_from(found).ok().filter(|&done| done <= MIGRATIONS.len());
        let Some(done) = done else {
            return Err(Error::Newer { found });
        };
        for (at, script) in MIGRATIONS.iter().enumerate().skip(done) {
            connection.execute_batch(&format!("BEGIN; {script}; PRAGMA user_version = {}; COMMIT", at + 1))?;
        }
        let store = Sqlite {
            #[cfg(not(target_arch = "wasm32"))]
            readers: None,
            writer: Mutex::new(connection),
            is_durable: false,
            #[cfg(not(target_arch = "wasm32"))]
            lock: None,
            #[cfg(target_arch = "wasm32")]
            hosted: hosted::Hosted::default(),
        };
        let mut session = store.begin(false)?;
        if session.setting("fold")?.is_none_or(|found| is_older(&found)) {
            session.fold_again()?;
            session.set_setting("fold", &rules())?;
            Box::new(session).commit()?;
        } else {
            drop(session);
        }
        Ok(store)
    }

    /// The only connection that writes, or the only one at all.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A thread that panicked has dropped its session, which has rolled back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails once another process may have taken the store over.
    fn check_lock(&self) -> Result<()> {
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(lock) = &self.lock {
            lock.check()?;
        }
        Ok(())
    }

    fn begin(&self, is_lazy: bool) -> Result<Session<'_>> {
        #[cfg(target_arch = "wasm32")]
        self.reopen()?;
        let mut session = Session {
            connection: Lent::Shared(self.connection()),
            store: Some(self),
            is_open: false,
            is_lazy: is_lazy && self.is_durable,
            suspended: None,
        };
        self.check_lock()?;
        #[cfg(target_arch = "wasm32")]
        self.thaw(&session)?;
        if session.is_lazy {
            session.run("PRAGMA synchronous = NORMAL", [])?;
        }
        session.run("BEGIN IMMEDIATE", [])?;
        session.is_open = true;
        Ok(session)
    }

    fn snapshot(&self) -> Result<Session<'_>> {
        self.check_lock()?;
        #[cfg(target_arch = "wasm32")]
        self.reopen()?;
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(readers) = &self.readers {
            return Session::reading(readers.acquire()?, Some(self));
        }
        // Nothing else can write while this holds the only connection, so a transaction would add nothing.
        Ok(Session {
            connection: Lent::Shared(self.connection()),
            store: Some(self),
            is_open: false,
            is_lazy: false,
            suspended: None,
        })
    }
}

/// Whether there is no catalog at `path`, but one has been there: to a new one all blobs beside it would be orphans.
#[cfg(not(target_arch = "wasm32"))]
fn is_lost(path: &Path) -> bool {
    let has_bytes = |path: &Path| std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0);
    if has_bytes(path) {
        return false;
    }
    let folders = std::fs::read_dir(path.with_file_name("blobs"))
        .into_iter()
        .flatten()
        .flatten();
    let mut files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten());
    has_bytes(&lock::beside(path, "-wal")) || files.next().is_some()
}

impl Catalog for Sqlite {
    fn read(&self) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.snapshot()?))
    }

    fn write(&self) -> Result<Box<dyn Write + '_>> {
        Ok(Box::new(self.begin(false)?))
    }

    fn write_lazily(&self) -> Result<Box<dyn Write + '_>> {
        Ok(Box::new(self.begin(true)?))
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn read_long(&self) -> Result<Option<Box<dyn Read>>> {
        self.check_lock()?;
        let Some(readers) = &self.readers else {
            return Ok(None);
        };
        let session = Session::reading(Lent::owned(readers.connect()?), None)?;
        Ok(Some(Box::new(session)))
    }

    #[cfg(target_arch = "wasm32")]
    fn read_long(&self) -> Result<Option<Box<dyn Read>>> {
        Ok(Some(Box::new(self.freeze()?)))
    }

    #[cfg(target_arch = "wasm32")]
    fn build(&self) -> Result<Option<super::BuildWriter>> {
        Ok(self
            .begin_building()?
            .map(|session| Box::new(session) as Box<dyn Write>))
    }

    #[cfg(target_arch = "wasm32")]
    fn replace(&self) -> Result<()> {
        self.put_in_place()
    }

    #[cfg(target_arch = "wasm32")]
    fn discard_built(&self) {
        self.delete_built();
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn inspect(&self) -> Result<Option<Box<dyn Inspection>>> {
        self.check_lock()?;
        let Some(readers) = &self.readers else {
            return Ok(None);
        };
        // Not one of the readers, which can create no table, not even one that only they see.
        let connection = Connection::open(&readers.path)?;
        configure(&connection)?;
        let session = Session::reading(Lent::owned(connection), None)?;
        Ok(Some(Box::new(Sqlite::begin_inspecting(session)?)))
    }

    #[cfg(target_arch = "wasm32")]
    fn inspect(&self) -> Result<Option<Box<dyn Inspection>>> {
        Ok(Some(Box::new(Sqlite::begin_inspecting(self.freeze()?)?)))
    }

    fn is_intact(&self) -> Result<bool> {
        // The check of a text index is an INSERT, so it needs the connection that writes.
        let session = self.begin(false)?;
        let verdict: String = session.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        let texts = session.execute_batch(
            "INSERT INTO file_text (file_text, rank) VALUES ('integrity-check', 1);
             INSERT INTO folder_text (folder_text, rank) VALUES ('integrity-check', 1);",
        );
        Ok(verdict == "ok" && texts.is_ok())
    }
}

impl Read for Session<'_> {}

impl Write for Session<'_> {
    fn commit(mut self: Box<Self>) -> Result<()> {
        // Committed without its triggers, the schema would be damaged for good.
        self.end_load()?;
        if let Some(store) = self.store {
            store.check_lock()?;
        }
        self.run("COMMIT", [])?;
        self.is_open = false;
        Ok(())
    }
}

impl ReadSettings for Session<'_> {
    fn setting(&self, name: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM setting WHERE name = ?", [name], |row| row.get(0))
    }
}

impl WriteSettings for Session<'_> {
    fn set_setting(&mut self, name: &str, value: &str) -> Result<()> {
        self.run(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            [name, value],
        )
        .map(drop)
    }

    fn increment_setting(&mut self, name: &str) -> Result<i64> {
        let mut statement = self.prepare_cached(
            "INSERT INTO setting (name, value) VALUES (?, '1') ON CONFLICT (name) DO UPDATE
             SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING CAST(value AS INTEGER)",
        )?;
        Ok(statement.query_row([name], |row| row.get(0))?)
    }
}

impl<'a> Session<'a> {
    /// Begins to read on a connection of its own.
    #[cfg(not(target_arch = "wasm32"))]
    fn reading(connection: Lent<'a>, store: Option<&'a Sqlite>) -> Result<Session<'a>> {
        let session = Session {
            connection,
            store,
            is_open: true,
            is_lazy: false,
            suspended: None,
        };
        session.run("BEGIN", [])?;
        // BEGIN alone takes no snapshot: the first statement that reads does.
        session.one("SELECT EXISTS (SELECT 1 FROM setting)", [], |_| Ok(()))?;
        Ok(session)
    }
}

impl Session<'_> {
    /// Folds all texts by the present rules.
    fn fold_again(&self) -> Result<()> {
        const BATCH_SIZE: i64 = 1000;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        for (table, texts) in [("folder", "name, '', '[]'"), ("file", "name, mime, labels")] {
            let select = format!("SELECT number, {texts} FROM {table} WHERE number > ? ORDER BY number LIMIT ?");
            let update = format!("UPDATE {table} SET folded = ?2 WHERE number = ?1 AND folded <> ?2");
            let mut last = i64::MIN;
            loop {
                let rows: Vec<(i64, String, String, String)> = self.all(&select, [last, BATCH_SIZE], read)?;
                let Some((number, ..)) = rows.last() else { break };
                last = *number;
                for (number, name, mime, labels) in rows {
                    let folded = if table == "file" {
                        let labels: Vec<String> = serde_json::from_str(&labels).map_err(damaged)?;
                        let texts = [&name[..], &mime].into_iter();
                        fold_all(texts.chain(labels.iter().map(String::as_str)))
                    } else {
                        fold(&name)
                    };
                    self.run(&update, params![number, folded])?;
                }
            }
        }
        Ok(())
    }

    /// Runs a statement and returns how many rows it changed.
    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        Ok(self.prepare_cached(sql)?.execute(values)?)
    }

    /// The first row of an answer.
    fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.prepare_cached(sql)?.query_row(values, read).optional()?)
    }

    /// The number in the first row of an answer, 0 without a row.
    fn number(&self, sql: &str, values: impl rusqlite::Params) -> Result<i64> {
        Ok(self.one(sql, values, |row| row.get(0))?.unwrap_or(0))
    }

    /// Every row of an answer.
    fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare_cached(sql)?;
        let rows = statement.query_map(values, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a query that asks `SELECT EXISTS` finds something.
    fn exists(&self, sql: &str, values: impl rusqlite::Params) -> Result<bool> {
        Ok(self.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
    }
}

fn read_area(row: &Row<'_>, column: usize) -> rusqlite::Result<Area> {
    let number = row.get(column)?;
    Area::from_number(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, number))
}

#[cfg(test)]
mod tests;
