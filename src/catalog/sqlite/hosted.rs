//! A store on the files of a JavaScript host.
//!
//! There is one thread, and SQLite has no shared memory for the index of its write-ahead log. So one connection reads and
//! writes, and whatever takes long would hold up all others. Two ways around it:
//!
//! - **A snapshot that lasts.** Nothing changes the file of the store between two checkpoints. [`Sqlite::freeze`] moves the log
//!   into the file, keeps it from being moved again, and reads the file through a second connection as one that nobody
//!   writes. Meanwhile the log takes all changes. A crash leaves a longer log.
//! - **A store built beside.** [`Sqlite::begin_building`] creates a second file, with one transaction that stays open between the
//!   steps of its builder. [`Sqlite::put_in_place`] gives it the settings of the store, closes the store, and renames
//!   the new file over the old one. The rename is the moment of the change: a crash before it leaves the old store, and a
//!   part of the new file, which the next start deletes. A crash after it leaves the new one.

use super::{Lent, Session, Sqlite, configure};
use crate::catalog::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The file of the store.
const FILE: &str = "catalog.db";

/// Its write-ahead log.
const LOG: &str = "catalog.db-wal";

/// The file that is built beside it.
pub(crate) const BUILT: &str = "import.db";

/// How many pages of the log a commit waits for before it moves them into the file: SQLite's default.
const CHECKPOINT_PAGES: i64 = 1000;

/// How much a text index collects before it writes: SQLite's default, and less while a store is built in steps, of which one
/// that writes 1 MB takes 50 ms.
const TEXT_MEMORY: i64 = 1 << 20;
const BUILDING_TEXT_MEMORY: i64 = 1 << 17;

/// The files of the host.
pub(crate) trait Files: Send + Sync {
    fn delete(&self, name: &str) -> std::io::Result<()>;
    /// Renames a file, over another one if need be. Returns when that is durable.
    fn rename(&self, from: &str, to: &str) -> std::io::Result<()>;
}

/// What a hosted store has besides.
#[derive(Default)]
pub(super) struct Hosted {
    vfs: &'static str,
    /// `None` if the host cannot rename files.
    files: Option<Box<dyn Files>>,
    /// Alive while a snapshot is open.
    snapshot: Mutex<Weak<()>>,
    /// Whether the log is kept from being moved.
    is_frozen: AtomicBool,
    /// Whether the connection of the store had to be closed, and could not be opened again.
    is_closed: AtomicBool,
}

fn failed(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full(Box::new(error)),
        _ => Error::Store(Box::new(error)),
    }
}

fn open(vfs: &str, durable: bool) -> Result<Connection> {
    let connection = Connection::open_with_flags_and_vfs(FILE, OpenFlags::default(), vfs)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", if durable { "FULL" } else { "OFF" })?;
    Ok(connection)
}

impl Sqlite {
    /// Opens the store in the file `catalog.db` of a registered VFS, which has one owner at a time. Without `durable` a
    /// commit does not wait for the bytes to reach the disk.
    pub(crate) fn hosted(vfs: &'static str, durable: bool, files: Option<Box<dyn Files>>) -> Result<Sqlite> {
        if let Some(files) = &files {
            // What a crash has left of a store that was being built.
            files.delete(BUILT).map_err(failed)?;
        }
        let mut store = Sqlite::migrated(open(vfs, durable)?)?;
        store.is_durable = durable;
        store.hosted = Hosted {
            vfs,
            files,
            ..Hosted::default()
        };
        Ok(store)
    }

    /// Opens a snapshot that lasts.
    pub(super) fn freeze(&self) -> Result<Session<'static>> {
        self.reopen()?;
        let connection = self.connection();
        let mut snapshot = self.hosted.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if snapshot.strong_count() > 0 {
            return Err(Error::Unavailable("a snapshot is open already".into()));
        }
        let is_busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_busy != 0 {
            return Err(Error::Unavailable("the log of the catalog is in use".into()));
        }
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        self.hosted.is_frozen.store(true, Ordering::Relaxed);
        let held = Arc::new(());
        *snapshot = Arc::downgrade(&held);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let frozen = Connection::open_with_flags_and_vfs("file:catalog.db?immutable=1", flags, self.hosted.vfs)?;
        configure(&frozen)?;
        Ok(Session {
            connection: Lent::Owned {
                connection: frozen,
                _held: Some(held),
            },
            store: None,
            is_open: false,
            is_lazy: false,
            suspended: None,
        })
    }

    /// Lets commits move the log into the file again, once no snapshot reads it.
    pub(super) fn thaw(&self, connection: &Connection) -> Result<()> {
        let snapshot = self.hosted.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if snapshot.strong_count() == 0 && self.hosted.is_frozen.swap(false, Ordering::Relaxed) {
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        }
        Ok(())
    }

    /// Begins to build a store beside this one. `None` if the host cannot rename files.
    pub(super) fn begin_building(&self) -> Result<Option<Session<'static>>> {
        let Some(files) = &self.hosted.files else {
            return Ok(None);
        };
        files.delete(BUILT).map_err(failed)?;
        let connection = Connection::open_with_flags_and_vfs(BUILT, OpenFlags::default(), self.hosted.vfs)?;
        // A crash leaves nothing that is worth a journal.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "OFF")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        let built = Sqlite::migrated(connection)?;
        let connection = built.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        set_text_memory(&connection, BUILDING_TEXT_MEMORY)?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Some(Session {
            connection: Lent::owned(connection),
            store: None,
            is_open: true,
            is_lazy: false,
            suspended: None,
        }))
    }

    pub(super) fn delete_built(&self) {
        if let Some(files) = &self.hosted.files {
            // The next start deletes what cannot be deleted now.
            _ = files.delete(BUILT);
        }
    }

    /// Puts the store that was built in the place of this one.
    pub(super) fn put_in_place(&self) -> Result<()> {
        let Some(files) = &self.hosted.files else {
            return Err(Error::Store("nothing was built".into()));
        };
        self.reopen()?;
        let snapshot = self
            .hosted
            .snapshot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .strong_count();
        if snapshot > 0 {
            // Closing the store would move the log into the file that the snapshot reads.
            return Err(Error::Unavailable("a snapshot is open".into()));
        }
        let mut connection = self.connection();
        complete(&connection, self.hosted.vfs, self.is_durable)?;
        // The last connection that closes moves the log into the file, and deletes it.
        self.hosted.is_closed.store(true, Ordering::Relaxed);
        *connection = Connection::open_in_memory()?;
        // A log that stayed would be replayed into the new file.
        let replaced = files.delete(LOG).and_then(|()| files.rename(BUILT, FILE));
        drop(connection);
        // Whichever of the two there is now.
        self.reopen()?;
        replaced.map_err(failed)
    }

    /// Opens the store again, if it could not be opened after a replacement.
    pub(super) fn reopen(&self) -> Result<()> {
        if !self.hosted.is_closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let connection = open(self.hosted.vfs, self.is_durable)?;
        configure(&connection)?;
        *self.connection() = connection;
        self.hosted.is_closed.store(false, Ordering::Relaxed);
        self.hosted.is_frozen.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// Sets after how many bytes a text index writes what it has collected.
fn set_text_memory(connection: &Connection, size: i64) -> Result<()> {
    for table in ["folder_text", "file_text"] {
        let sql = format!("INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)");
        connection.execute(&sql, [size])?;
    }
    Ok(())
}

/// Gives the built store what it takes from the old one, and makes it durable.
fn complete(old: &Connection, vfs: &str, durable: bool) -> Result<()> {
    let built = Connection::open_with_flags_and_vfs(BUILT, OpenFlags::default(), vfs)?;
    built.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    built.pragma_update(None, "journal_mode", "OFF")?;
    built.pragma_update(None, "synchronous", if durable { "FULL" } else { "OFF" })?;
    let text = |sql: &str| -> Result<Vec<(String, String)>> {
        let mut statement = old.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    built.execute_batch("BEGIN")?;
    set_text_memory(&built, TEXT_MEMORY)?;
    for row in text("SELECT name, value FROM setting")? {
        built.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [row.0, row.1],
        )?;
    }
    for (name, number) in text("SELECT name, CAST(seq AS TEXT) FROM sqlite_sequence")? {
        let sql = "UPDATE sqlite_sequence SET seq = max(seq, CAST(?2 AS INTEGER)) WHERE name = ?1";
        if built.execute(sql, [&name, &number])? == 0 {
            let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?, CAST(? AS INTEGER))";
            built.execute(sql, [&name, &number])?;
        }
    }
    Ok(built.execute_batch("COMMIT")?)
}
