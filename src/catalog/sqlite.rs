//! The catalog on SQLite.
//!
//! A page costs the same at the start and at the end of a list. The order is "key in either direction, then id
//! ascending", and there is one index per key, read forwards or backwards. Read backwards it would give equal keys in
//! descending order of their ids, so the last run of equal keys of a page is read once more the right way round; that
//! saves a second set of six indexes on each insert.
//!
//! A search text of three characters or more asks the trigram index, when that finds a page sooner than walking the order
//! and looking into each item.

use super::fold::{fold, fold_all};
use super::search::{Numbers, Search, Way};
use super::{
    ArchiveEntry, Area, Branch, Catalog, Children, Delivery, Entity, Error, File, Folder, Import, Item, Job, Key, Leaf,
    Page, Result, Sort, Trashed, Tree, Upload,
};
use crate::model::system_folder;
#[cfg(target_arch = "wasm32")]
use rusqlite::OpenFlags;
use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, Row, params, params_from_iter};
use std::cmp::Ordering;
use std::path::Path;

/// One script per version, the first makes version 1.
const MIGRATIONS: [&str; 2] = [include_str!("schema.sql"), include_str!("version-2.sql")];

/// The most memory for pages of the file, in KiB. SQLite's own choice of 2,000 is less than what one search in a million
/// files reads, so that the next letter of it would read everything again.
const CACHE: i64 = 16_000;

/// The metadata store on SQLite, in memory or in a file.
///
/// ```
/// use wix_media::catalog::{Catalog, Sqlite};
///
/// let mut catalog = Sqlite::memory()?;
/// catalog.set_setting("name", "value")?;
/// assert_eq!(catalog.setting("name")?.as_deref(), Some("value"));
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked,
            _ => Error::Store(Box::new(error)),
        }
    }
}

fn damaged(cause: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(cause))
}

impl Sqlite {
    /// An empty store that lives as long as the value.
    ///
    /// ```
    /// assert!(wix_media::catalog::Sqlite::memory().is_ok());
    /// ```
    pub fn memory() -> Result<Sqlite> {
        Sqlite::prepare(Connection::open_in_memory()?)
    }

    /// Opens the store in the file `path`, and makes it when there is none. A second process that opens the same file
    /// gets [`Error::Locked`].
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
    pub fn open(path: &Path) -> Result<Sqlite> {
        let connection = Connection::open(path)?;
        // The lock is the one of the database file itself: it goes with the process, so no stale lock can stay behind.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        Sqlite::prepare(connection)
    }

    /// Opens the store in the file `catalog.db` of a registered VFS, which has one owner at a time. Without `durable` SQLite
    /// does not wait for the bytes to be safe.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn hosted(vfs: &str, durable: bool) -> Result<Sqlite> {
        let connection = Connection::open_with_flags_and_vfs("catalog.db", OpenFlags::default(), vfs)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", if durable { "FULL" } else { "OFF" })?;
        Sqlite::prepare(connection)
    }

    fn prepare(connection: Connection) -> Result<Sqlite> {
        connection.set_prepared_statement_cache_capacity(128);
        connection.pragma_update(None, "cache_size", -CACHE)?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let done = usize::try_from(found).ok().filter(|&done| done <= MIGRATIONS.len());
        let Some(done) = done else {
            return Err(Error::Newer { found });
        };
        for (at, script) in MIGRATIONS.iter().enumerate().skip(done) {
            connection.execute_batch(&format!("BEGIN; {script}; PRAGMA user_version = {}; COMMIT", at + 1))?;
        }
        let store = Sqlite { connection };
        let rules = super::fold::rules();
        if store.setting("fold")?.as_deref() != Some(&rules) {
            store.connection.execute_batch("BEGIN IMMEDIATE")?;
            // A store that cannot be folded is not opened, and what was begun goes with the connection.
            store.fold_anew()?;
            store.run(
                "INSERT OR REPLACE INTO setting (name, value) VALUES ('fold', ?)",
                [rules],
            )?;
            store.connection.execute_batch("COMMIT")?;
        }
        Ok(store)
    }

    /// Folds all texts by the present rules.
    fn fold_anew(&self) -> Result<()> {
        const STEP: i64 = 1000;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        for (table, texts) in [("folder", "name, '', '[]'"), ("file", "name, mime, labels")] {
            let mut last = i64::MIN;
            loop {
                let sql = format!("SELECT number, {texts} FROM {table} WHERE number > ? ORDER BY number LIMIT ?");
                let rows: Vec<(i64, String, String, String)> = self.all(&sql, [last, STEP], read)?;
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
                    let sql = format!("UPDATE {table} SET folded = ?2 WHERE number = ?1 AND folded <> ?2");
                    self.run(&sql, params![number, folded])?;
                }
            }
        }
        Ok(())
    }

    /// Whether SQLite finds the file whole, text index included.
    ///
    /// ```
    /// assert!(wix_media::catalog::Sqlite::memory()?.is_whole()?);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn is_whole(&self) -> Result<bool> {
        let verdict: String = self
            .connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        let texts = self.connection.execute_batch(
            "INSERT INTO file_text (file_text, rank) VALUES ('integrity-check', 1);
             INSERT INTO folder_text (folder_text, rank) VALUES ('integrity-check', 1);",
        );
        Ok(verdict == "ok" && texts.is_ok())
    }

    /// Removes a trigger, and answers the statement that makes it again.
    fn take_trigger(&self, name: &str) -> Result<String> {
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?";
        let found = self.one(sql, [name], |row| row.get(0))?;
        self.connection
            .execute_batch(&format!("DROP TRIGGER IF EXISTS {name}"))?;
        Ok(found.unwrap_or_default())
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(values)?)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self
            .connection
            .prepare_cached(sql)?
            .query_row(values, read)
            .optional()?)
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(values, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The page of one table: that of each area, merged.
    fn page<T: Item>(&self, table: &Table<T>, page: &Page) -> Result<Vec<T>> {
        let ranges = match &page.children {
            Children::Of(parent) => vec![("parent", Value::from(parent.clone()))],
            Children::In(areas) => areas.iter().map(|&area| ("area", area_value(area))).collect(),
        };
        let mut conditions = String::new();
        let mut values = Vec::new();
        if let Some(types) = &page.media_types {
            if types.is_empty() {
                return Ok(Vec::new());
            }
            conditions.push_str(" AND media_type IN (?");
            conditions.push_str(&", ?".repeat(types.len() - 1));
            conditions.push(')');
            values.extend(types.iter().cloned().map(Value::from));
        }
        if let Some(private) = page.private {
            conditions.push_str(" AND private = ?");
            values.push(Value::from(private));
        }
        if let Some(until) = page.until {
            conditions.push_str(" AND updated <= ? AND coalesce(deleted, 0) <= ?");
            values.extend([Value::from(until), Value::from(until)]);
        }
        let mut way = Way::Walk;
        if !page.text.is_empty() {
            let place = match &ranges[..] {
                [(column, value)] => Some((*column, value)),
                _ => None,
            };
            let search = Search {
                store: self,
                name: table.name,
                text: &page.text,
                place,
                wanted: page.limit,
            };
            way = search.way()?;
            conditions.push_str(" AND instr(folded, ?) > 0");
            values.push(Value::from(page.text.clone()));
        }
        let several = ranges.len() > 1;
        let mut found = Vec::new();
        for (column, value) in ranges {
            let walk = Walk {
                connection: self,
                table,
                page,
                column,
                value,
                conditions: &conditions,
                values: &values,
                through: match &way {
                    Way::Through(numbers) => Some(numbers),
                    _ => None,
                },
            };
            found.extend(match &way {
                Way::LookUp(numbers) => walk.looked_up(numbers)?,
                _ => walk.walked()?,
            });
        }
        if several {
            found.sort_by(|one: &T, other: &T| {
                let (one, other) = (one.position(page.sort), other.position(page.sort));
                let keys = one.key.cmp(&other.key);
                let order = if page.descending { keys.reverse() } else { keys }.then(one.id.cmp(&other.id));
                if page.backwards { order.reverse() } else { order }
            });
            found.truncate(page.limit as usize);
        }
        Ok(found)
    }
}

/// Rows by their numbers, the first parameter of a statement whose others stay the same.
pub(super) struct Lookup<'a>(CachedStatement<'a>);

impl<'a> Lookup<'a> {
    pub(super) fn new(store: &'a Sqlite, sql: &str, values: &[Value]) -> Result<Lookup<'a>> {
        let mut statement = store.connection.prepare_cached(sql)?;
        for (at, value) in values.iter().enumerate() {
            statement.raw_bind_parameter(at + 2, value)?;
        }
        Ok(Lookup(statement))
    }

    /// The row with this number, if there is one that meets the conditions.
    pub(super) fn get<T>(
        &mut self,
        number: i64,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.0.raw_bind_parameter(1, number)?;
        Ok(self.0.raw_query().next()?.map(read).transpose()?)
    }
}

struct Table<T> {
    name: &'static str,
    columns: &'static str,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
}

/// One range of one index.
struct Walk<'a, T> {
    connection: &'a Sqlite,
    table: &'a Table<T>,
    page: &'a Page,
    column: &'static str,
    value: Value,
    conditions: &'a str,
    values: &'a [Value],
    /// The items that can be on the page; any can when there is none.
    through: Option<&'a Numbers>,
}

impl<T: Item> Walk<'_, T> {
    fn key(&self) -> &'static str {
        match self.page.sort {
            Sort::Name => "name",
            Sort::Updated => "updated",
            Sort::Size => "size",
        }
    }

    /// Direction of the keys, and that of the ids of one key.
    fn directions(&self) -> (&'static str, &'static str) {
        let name = |descending| if descending { "DESC" } else { "ASC" };
        (
            name(self.page.descending != self.page.backwards),
            name(self.page.backwards),
        )
    }

    fn select(&self, range: &str, range_values: &[Value], order: &str, limit: usize) -> Result<Vec<T>> {
        let Table { name, columns, read } = self.table;
        let (column, conditions) = (self.column, self.conditions);
        let place = std::iter::once(&self.value).chain(range_values);
        let Some(numbers) = self.through else {
            let sql = format!(
                "SELECT {columns} FROM {name} WHERE {column} = ?{range}{conditions} ORDER BY {order} LIMIT {limit}"
            );
            return self
                .connection
                .all(&sql, params_from_iter(place.chain(self.values)), read);
        };
        // Everything that this asks for stands in the index, so no row is read.
        let sql = format!("SELECT number FROM {name} WHERE {column} = ?{range} ORDER BY {order}");
        let mut steps = self.connection.connection.prepare_cached(&sql)?;
        let mut steps = steps.query(params_from_iter(place))?;
        let mut rows = self.rows(columns, conditions, self.values)?;
        let mut found = Vec::new();
        while found.len() < limit
            && let Some(step) = steps.next()?
        {
            let number: i64 = step.get(0)?;
            if numbers.contains(number) {
                found.extend(rows.get(number, read)?);
            }
        }
        Ok(found)
    }

    /// The rows that meet these conditions, to be read one by one.
    fn rows(&self, columns: &str, conditions: &str, values: &[Value]) -> Result<Lookup<'_>> {
        let sql = format!("SELECT {columns} FROM {} WHERE number = ?{conditions}", self.table.name);
        Lookup::new(self.connection, &sql, values)
    }

    /// Those of a few items that belong on the page, sorted.
    fn looked_up(&self, numbers: &[i64]) -> Result<Vec<T>> {
        let key = self.key();
        let (keys, ids) = self.directions();
        let (key_sign, id_sign) = (sign(keys), sign(ids));
        let mut conditions = format!(" AND {} = ?", self.column);
        let mut values = vec![self.value.clone()];
        if let Some(from) = &self.page.from {
            conditions.push_str(&format!(" AND ({key} {key_sign} ? OR {key} = ? AND id {id_sign} ?)"));
            values.extend([value(&from.key), value(&from.key), Value::from(from.id.clone())]);
        }
        conditions.push_str(self.conditions);
        values.extend_from_slice(self.values);
        let mut rows = self.rows(&format!("{key}, id"), &conditions, &values)?;
        let mut places = Vec::new();
        for &number in numbers {
            places.extend(rows.get(number, |row| Ok((read_key(row)?, row.get::<_, String>(1)?, number)))?);
        }
        places.sort_by(|(one_key, one, _), (other_key, other, _)| {
            let (by_key, by_id) = (one_key.cmp(other_key), one.cmp(other));
            let turned = |order: Ordering, direction| if direction == "ASC" { order } else { order.reverse() };
            turned(by_key, keys).then(turned(by_id, ids))
        });
        places.truncate(self.page.limit as usize);
        let mut rows = self.rows(self.table.columns, "", &[])?;
        let mut found = Vec::new();
        for (.., number) in places {
            found.extend(rows.get(number, self.table.read)?);
        }
        Ok(found)
    }

    /// The next items in the order of the index.
    fn walked(&self) -> Result<Vec<T>> {
        let key = self.key();
        let (keys, ids) = self.directions();
        let limit = self.page.limit as usize;
        let mut found = Vec::new();
        let mut range = String::new();
        let mut values = Vec::new();
        if let Some(from) = &self.page.from {
            let run = format!(" AND {key} = ? AND id {} ?", sign(ids));
            let run_values = [value(&from.key), Value::from(from.id.clone())];
            found = self.select(&run, &run_values, &format!("id {ids}"), limit)?;
            if found.len() == limit {
                return Ok(found);
            }
            range = format!(" AND {key} {} ?", sign(keys));
            values.push(value(&from.key));
        }
        let behind = self.select(
            &range,
            &values,
            &format!("{key} {keys}, id {keys}"),
            limit - found.len(),
        )?;
        if keys == ids || behind.is_empty() {
            found.extend(behind);
            return Ok(found);
        }
        // Runs of equal keys came the wrong way round, and of the last one perhaps not the right items.
        let sort = self.page.sort;
        let mut runs: Vec<(Key, Vec<T>)> = Vec::new();
        for item in behind {
            let key = item.position(sort).key;
            match runs.last_mut() {
                Some((last, run)) if *last == key => run.push(item),
                _ => runs.push((key, vec![item])),
            }
        }
        let last = runs.pop();
        for (_, run) in runs {
            found.extend(run.into_iter().rev());
        }
        if let Some((last, _)) = last {
            let rest = limit - found.len();
            found.extend(self.select(&format!(" AND {key} = ?"), &[value(&last)], &format!("id {ids}"), rest)?);
        }
        Ok(found)
    }
}

fn sign(direction: &str) -> &'static str {
    if direction == "ASC" { ">" } else { "<" }
}

fn read_key(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok(match row.get(0)? {
        Value::Text(text) => Key::Text(text),
        _ => Key::Number(row.get(0)?),
    })
}

fn value(key: &Key) -> Value {
    match key {
        Key::Number(number) => Value::from(*number),
        Key::Text(text) => Value::from(text.clone()),
    }
}

fn area_value(area: Area) -> Value {
    Value::from(area as i64)
}

fn area_of(value: i64) -> Area {
    match value {
        0 => Area::Site,
        1 => Area::Visitors,
        _ => Area::Trash,
    }
}

/// The columns that both tables begin with.
macro_rules! item_columns {
    () => {
        "id, name, parent, area, created, updated, origin_parent, origin_area, deletion, deleted"
    };
}

const FOLDERS: Table<Folder> = Table {
    name: "folder",
    columns: item_columns!(),
    read: read_folder,
};

const FILES: Table<File> = Table {
    name: "file",
    columns: concat!(
        item_columns!(),
        ", media_type, mime, private, size, hash, crc, status, ready_at, labels, facts, external, source_url, tag, blob"
    ),
    read: read_file,
};

fn read_trashed(row: &Row<'_>) -> rusqlite::Result<Option<Trashed>> {
    let Some(deletion) = row.get(8)? else {
        return Ok(None);
    };
    Ok(Some(Trashed {
        parent: row.get(6)?,
        area: area_of(row.get(7)?),
        deletion,
        at: row.get(9)?,
    }))
}

fn read_folder(row: &Row<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder {
        id: row.get(0)?,
        name: row.get(1)?,
        parent: row.get(2)?,
        area: area_of(row.get(3)?),
        created: row.get(4)?,
        updated: row.get(5)?,
        trashed: read_trashed(row)?,
    })
}

fn read_file(row: &Row<'_>) -> rusqlite::Result<File> {
    let labels: String = row.get(18)?;
    Ok(File {
        id: row.get(0)?,
        name: row.get(1)?,
        parent: row.get(2)?,
        area: area_of(row.get(3)?),
        created: row.get(4)?,
        updated: row.get(5)?,
        trashed: read_trashed(row)?,
        media_type: row.get(10)?,
        mime: row.get(11)?,
        private: row.get(12)?,
        size: row.get(13)?,
        hash: row.get(14)?,
        crc: row.get(15)?,
        status: row.get(16)?,
        ready_at: row.get(17)?,
        labels: serde_json::from_str(&labels).map_err(damaged)?,
        facts: row.get(19)?,
        external: row.get(20)?,
        source_url: row.get(21)?,
        tag: row.get(22)?,
        blob: row.get(23)?,
    })
}

const UPLOAD_COLUMNS: &str = "id, file, request, resumable, expires, done, transfer, blob, length, received, filename";

fn read_upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        id: row.get(0)?,
        file: row.get(1)?,
        request: row.get(2)?,
        resumable: row.get(3)?,
        expires: row.get(4)?,
        done: row.get(5)?,
        transfer: row.get(6)?,
        blob: row.get(7)?,
        length: row.get(8)?,
        received: row.get(9)?,
        filename: row.get(10)?,
    })
}

fn read_import(row: &Row<'_>) -> rusqlite::Result<Import> {
    Ok(Import {
        file: row.get(0)?,
        request: row.get(1)?,
    })
}

/// The imports in the order of their files. CROSS, since SQLite would rather walk all files in that order than sort a few.
const IMPORTS: &str =
    "SELECT import.file, import.request FROM import CROSS JOIN file ON file.id = import.file ORDER BY file.number";

const DELIVERY_COLUMNS: &str =
    "delivery.number, url, tries, due, body FROM delivery JOIN event ON event.number = delivery.event";

fn read_delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        number: row.get(0)?,
        url: row.get(1)?,
        tries: row.get(2)?,
        due: row.get(3)?,
        body: row.get(4)?,
    })
}

/// A folder and all folders below it.
const BELOW: &str = "WITH RECURSIVE below (id) AS (
    SELECT id FROM folder WHERE id = ?1 UNION SELECT folder.id FROM folder JOIN below ON folder.parent = below.id
)";

fn file_values(file: &File) -> Result<Vec<Value>> {
    let labels = serde_json::to_string(&file.labels).map_err(|cause| Error::Store(Box::new(cause)))?;
    let texts = [&file.name[..], &file.mime].into_iter();
    let folded = fold_all(texts.chain(file.labels.iter().map(String::as_str)));
    let trashed = file.trashed.as_ref();
    Ok(vec![
        Value::from(file.id.clone()),
        Value::from(file.name.clone()),
        Value::from(file.parent.clone()),
        area_value(file.area),
        Value::from(file.created),
        Value::from(file.updated),
        Value::from(trashed.map(|trashed| trashed.parent.clone())),
        trashed.map_or(Value::Null, |trashed| area_value(trashed.area)),
        Value::from(trashed.map(|trashed| trashed.deletion)),
        Value::from(trashed.map(|trashed| trashed.at)),
        Value::from(file.media_type.clone()),
        Value::from(file.mime.clone()),
        Value::from(file.private),
        Value::from(file.size),
        Value::from(file.hash.clone()),
        Value::from(file.crc),
        Value::from(file.status.clone()),
        Value::from(file.ready_at),
        Value::from(labels),
        Value::from(file.facts.clone()),
        Value::from(file.external.clone()),
        Value::from(file.source_url.clone()),
        Value::from(file.tag.clone()),
        Value::from(file.blob.clone()),
        Value::from(folded),
    ])
}

impl Catalog for Sqlite {
    fn begin(&mut self) -> Result<()> {
        self.run("BEGIN IMMEDIATE", []).map(drop)
    }

    fn commit(&mut self) -> Result<()> {
        self.run("COMMIT", []).map(drop)
    }

    fn rollback(&mut self) -> Result<()> {
        self.run("ROLLBACK", []).map(drop)
    }

    fn setting(&self, name: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM setting WHERE name = ?", [name], |row| row.get(0))
    }

    fn set_setting(&mut self, name: &str, value: &str) -> Result<()> {
        self.run(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            [name, value],
        )
        .map(drop)
    }

    fn folder(&self, id: &str) -> Result<Option<Folder>> {
        let sql = concat!("SELECT ", item_columns!(), " FROM folder WHERE id = ?");
        self.one(sql, [id], read_folder)
    }

    fn folder_named(&self, parent: &str, name: &str) -> Result<Option<Folder>> {
        let sql = concat!(
            "SELECT ",
            item_columns!(),
            " FROM folder WHERE parent = ? AND name = ? AND area <> 2 ORDER BY created, id LIMIT 1"
        );
        self.one(sql, [parent, name], read_folder)
    }

    fn insert_folder(&mut self, folder: &Folder) -> Result<()> {
        let trashed = folder.trashed.as_ref();
        self.run(
            concat!(
                "INSERT INTO folder (",
                item_columns!(),
                ", folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ),
            params![
                folder.id,
                folder.name,
                folder.parent,
                folder.area as i64,
                folder.created,
                folder.updated,
                trashed.map(|trashed| &trashed.parent),
                trashed.map(|trashed| trashed.area as i64),
                trashed.map(|trashed| trashed.deletion),
                trashed.map(|trashed| trashed.at),
                fold(&folder.name),
            ],
        )
        .map(drop)
    }

    fn update_folder(&mut self, folder: &Folder) -> Result<()> {
        self.run(
            "UPDATE folder SET name = ?2, parent = ?3, area = ?4, updated = ?5, folded = ?6 WHERE id = ?1",
            params![
                folder.id,
                folder.name,
                folder.parent,
                folder.area as i64,
                folder.updated,
                fold(&folder.name),
            ],
        )
        .map(drop)
    }

    fn folders_above(&self, id: &str) -> Result<Vec<String>> {
        self.all(
            "WITH RECURSIVE above (id, level) AS (
                 SELECT parent, 1 FROM folder WHERE id = ?1
                 UNION SELECT folder.parent, level + 1 FROM folder JOIN above ON folder.id = above.id
             ) SELECT id FROM above ORDER BY level",
            [id],
            |row| row.get(0),
        )
    }

    fn height(&self, id: &str) -> Result<u32> {
        let height = self.one(
            "WITH RECURSIVE below (id, level) AS (
                 VALUES (?1, 0)
                 UNION SELECT folder.id, level + 1 FROM folder JOIN below ON folder.parent = below.id
             ) SELECT max(level) FROM below",
            [id],
            |row| row.get(0),
        )?;
        Ok(height.unwrap_or(0))
    }

    fn folders(&self, page: &Page) -> Result<Vec<Folder>> {
        self.page(&FOLDERS, page)
    }

    fn file(&self, id: &str) -> Result<Option<File>> {
        let sql = format!("SELECT {} FROM file WHERE id = ?", FILES.columns);
        self.one(&sql, [id], read_file)
    }

    fn insert_file(&mut self, file: &File) -> Result<()> {
        let values = file_values(file)?;
        let sql = format!(
            "INSERT INTO file ({}, folded) VALUES (?{})",
            FILES.columns,
            ", ?".repeat(values.len() - 1)
        );
        self.run(&sql, params_from_iter(values)).map(drop)
    }

    fn update_file(&mut self, file: &File) -> Result<()> {
        let mut values = file_values(file)?;
        let sql = format!(
            "UPDATE file SET ({}, folded) = (?{}) WHERE id = ?",
            FILES.columns,
            ", ?".repeat(values.len() - 1)
        );
        values.push(Value::from(file.id.clone()));
        self.run(&sql, params_from_iter(values)).map(drop)
    }

    fn remove_file(&mut self, id: &str) -> Result<()> {
        self.run("DELETE FROM file WHERE id = ?", [id]).map(drop)
    }

    fn files(&self, page: &Page) -> Result<Vec<File>> {
        self.page(&FILES, page)
    }

    fn has_children(&self, parent: &str) -> Result<bool> {
        let found = self.one(
            "SELECT EXISTS (SELECT 1 FROM file WHERE parent = ?1 AND area <> 2)
                 OR EXISTS (SELECT 1 FROM folder WHERE parent = ?1 AND area <> 2)",
            [parent],
            |row| row.get(0),
        )?;
        Ok(found.unwrap_or(false))
    }

    fn due(&self, now: i64) -> Result<Vec<File>> {
        let sql = format!(
            "SELECT {} FROM file WHERE ready_at IS NOT NULL AND ready_at <= ? ORDER BY ready_at, number",
            FILES.columns
        );
        self.all(&sql, [now], read_file)
    }

    fn next_due(&self) -> Result<Option<i64>> {
        let next = self.one(
            "SELECT min(due) FROM (
                 SELECT min(ready_at) AS due FROM file WHERE ready_at IS NOT NULL UNION ALL SELECT min(due) FROM job
             )",
            [],
            |row| row.get(0),
        )?;
        Ok(next.flatten())
    }

    fn total_size(&self) -> Result<i64> {
        let total = self.one("SELECT coalesce(sum(size), 0) FROM file WHERE size > 0", [], |row| {
            row.get(0)
        })?;
        Ok(total.unwrap_or(0))
    }

    fn tree(&self, top: &str) -> Result<Tree> {
        let folders = self.all(
            "WITH RECURSIVE below (id, parent, level, created) AS (
                 SELECT id, parent, 0, created FROM folder WHERE id = ?1
                 UNION
                 SELECT folder.id, folder.parent, level + 1, folder.created
                 FROM folder JOIN below ON folder.parent = below.id
             ) SELECT id, parent, level FROM below ORDER BY level, created, id",
            [top],
            |row| {
                Ok(Branch {
                    id: row.get(0)?,
                    parent: row.get(1)?,
                    depth: row.get(2)?,
                })
            },
        )?;
        let files = self.all(
            &format!(
                "{BELOW} SELECT id, parent, blob FROM file WHERE parent IN (SELECT id FROM below) ORDER BY created, id"
            ),
            [top],
            |row| {
                Ok(Leaf {
                    id: row.get(0)?,
                    parent: row.get(1)?,
                    blob: row.get(2)?,
                })
            },
        )?;
        Ok(Tree { folders, files })
    }

    fn move_tree(&mut self, top: &str, area: Area) -> Result<()> {
        for (table, column) in [("folder", "id"), ("file", "parent")] {
            self.run(
                &format!("{BELOW} UPDATE {table} SET area = ?2 WHERE {column} IN (SELECT id FROM below)"),
                params![top, area as i64],
            )?;
        }
        Ok(())
    }

    fn trash_tree(&mut self, top: &str, deletion: i64, now: i64) -> Result<()> {
        for (table, column) in [("folder", "id"), ("file", "parent")] {
            self.run(
                &format!(
                    "{BELOW} UPDATE {table}
                     SET origin_parent = parent, origin_area = area, area = 2, deletion = ?2, deleted = ?3
                     WHERE {column} IN (SELECT id FROM below)"
                ),
                params![top, deletion, now],
            )?;
        }
        self.run(
            "UPDATE folder SET parent = ?2 WHERE id = ?1",
            [top, system_folder::TRASH_ROOT],
        )
        .map(drop)
    }

    fn restore_tree(&mut self, top: &str, parent: &str, area: Area) -> Result<()> {
        for (table, column) in [("folder", "id"), ("file", "parent")] {
            self.run(
                &format!(
                    "{BELOW} UPDATE {table}
                     SET origin_parent = NULL, origin_area = NULL, area = ?2, deletion = NULL, deleted = NULL
                     WHERE {column} IN (SELECT id FROM below)"
                ),
                params![top, area as i64],
            )?;
        }
        self.run("UPDATE folder SET parent = ?2 WHERE id = ?1", [top, parent])
            .map(drop)
    }

    fn remove_tree(&mut self, top: &str) -> Result<()> {
        for (table, column) in [("file", "parent"), ("folder", "id")] {
            self.run(
                &format!("{BELOW} DELETE FROM {table} WHERE {column} IN (SELECT id FROM below)"),
                [top],
            )?;
        }
        Ok(())
    }

    fn count_event(&mut self, entity: Entity, id: &str) -> Result<i64> {
        let sql = match entity {
            Entity::File => "UPDATE file SET events = events + 1 WHERE id = ? RETURNING events",
            Entity::Folder => "UPDATE folder SET events = events + 1 WHERE id = ? RETURNING events",
        };
        Ok(self.one(sql, [id], |row| row.get(0))?.unwrap_or(1))
    }

    fn events_of(&self, entity: Entity, id: &str) -> Result<i64> {
        let sql = match entity {
            Entity::File => "SELECT events FROM file WHERE id = ?",
            Entity::Folder => "SELECT events FROM folder WHERE id = ?",
        };
        Ok(self.one(sql, [id], |row| row.get(0))?.unwrap_or(0))
    }

    fn set_events_of(&mut self, entity: Entity, id: &str, count: i64) -> Result<()> {
        let sql = match entity {
            Entity::File => "UPDATE file SET events = ?2 WHERE id = ?1",
            Entity::Folder => "UPDATE folder SET events = ?2 WHERE id = ?1",
        };
        self.run(sql, params![id, count]).map(drop)
    }

    fn is_whole(&self) -> Result<bool> {
        Sqlite::is_whole(self)
    }

    fn insert_event(&mut self, body: &str) -> Result<i64> {
        self.run("INSERT INTO event (body) VALUES (?)", [body])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn events(&self, after: i64, limit: u32) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT number, body FROM event WHERE number > ? ORDER BY number LIMIT ?",
            params![after, limit],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn last_event(&self) -> Result<i64> {
        let last = self.one("SELECT seq FROM sqlite_sequence WHERE name = 'event'", [], |row| {
            row.get(0)
        })?;
        Ok(last.unwrap_or(0))
    }

    fn skip_events(&mut self, number: i64) -> Result<()> {
        let known = self.run(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'event'",
            [number],
        )?;
        if known == 0 {
            self.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)", [number])?;
        }
        Ok(())
    }

    fn remove_events(&mut self, up_to: i64) -> Result<()> {
        self.run(
            "DELETE FROM event WHERE number <= ?
             AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.number)",
            [up_to],
        )
        .map(drop)
    }

    fn insert_delivery(&mut self, event: i64, url: &str, due: i64) -> Result<()> {
        self.run(
            "INSERT INTO delivery (event, url, tries, due) VALUES (?, ?, 0, ?)",
            params![event, url, due],
        )
        .map(drop)
    }

    fn delivery(&self, number: i64) -> Result<Option<Delivery>> {
        let sql = format!("SELECT {DELIVERY_COLUMNS} WHERE delivery.number = ?");
        self.one(&sql, [number], read_delivery)
    }

    fn deliveries(&self, after: (i64, i64), limit: u32) -> Result<Vec<Delivery>> {
        let sql = format!(
            "SELECT {DELIVERY_COLUMNS} WHERE (due, delivery.number) > (?, ?) ORDER BY due, delivery.number LIMIT ?"
        );
        self.all(&sql, params![after.0, after.1, limit], read_delivery)
    }

    fn put_off_delivery(&mut self, number: i64, tries: u32, due: i64) -> Result<()> {
        self.run(
            "UPDATE delivery SET tries = ?2, due = ?3 WHERE number = ?1",
            params![number, tries, due],
        )
        .map(drop)
    }

    fn remove_delivery(&mut self, number: i64) -> Result<()> {
        self.run("DELETE FROM delivery WHERE number = ?", [number]).map(drop)
    }

    fn keep_deliveries(&mut self, urls: &[&str]) -> Result<()> {
        let list = vec!["?"; urls.len()].join(", ");
        let sql = format!("DELETE FROM delivery WHERE url NOT IN ({list})");
        self.run(&sql, params_from_iter(urls)).map(drop)
    }

    fn upload(&self, id: &str) -> Result<Option<Upload>> {
        let sql = format!("SELECT {UPLOAD_COLUMNS} FROM upload WHERE id = ?");
        self.one(&sql, [id], read_upload)
    }

    fn upload_of_transfer(&self, transfer: &str) -> Result<Option<Upload>> {
        let sql = format!("SELECT {UPLOAD_COLUMNS} FROM upload WHERE transfer = ?");
        self.one(&sql, [transfer], read_upload)
    }

    fn put_upload(&mut self, upload: &Upload) -> Result<()> {
        self.run(
            &format!("INSERT OR REPLACE INTO upload ({UPLOAD_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            params![
                upload.id,
                upload.file,
                upload.request,
                upload.resumable,
                upload.expires,
                upload.done,
                upload.transfer,
                upload.blob,
                upload.length,
                upload.received,
                upload.filename,
            ],
        )
        .map(drop)
    }

    fn remove_uploads(&mut self, before: i64) -> Result<()> {
        self.run("DELETE FROM upload WHERE expires < ?", [before]).map(drop)
    }

    fn put_import(&mut self, import: &Import) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO import (file, request) VALUES (?, ?)",
            [&import.file, &import.request],
        )
        .map(drop)
    }

    fn import(&self, file: &str) -> Result<Option<Import>> {
        self.one("SELECT file, request FROM import WHERE file = ?", [file], read_import)
    }

    fn imports(&self) -> Result<Vec<Import>> {
        self.all(IMPORTS, [], read_import)
    }

    fn remove_import(&mut self, file: &str) -> Result<()> {
        self.run("DELETE FROM import WHERE file = ?", [file]).map(drop)
    }

    fn insert_job(&mut self, job: &Job) -> Result<()> {
        self.run(
            "INSERT INTO job (due, operation, fields) VALUES (?, ?, ?)",
            params![job.due, job.operation, job.fields],
        )
        .map(drop)
    }

    fn take_job(&mut self, now: i64) -> Result<Option<Job>> {
        self.one(
            "DELETE FROM job WHERE number = (SELECT number FROM job WHERE due <= ? ORDER BY due, number LIMIT 1)
             RETURNING due, operation, fields",
            [now],
            |row| {
                Ok(Job {
                    due: row.get(0)?,
                    operation: row.get(1)?,
                    fields: row.get(2)?,
                })
            },
        )
    }

    fn insert_archive(&mut self, id: &str, name: &str, lasting: bool) -> Result<()> {
        self.run(
            "INSERT INTO archive (id, name, lasting) VALUES (?, ?, ?)",
            params![id, name, lasting],
        )
        .map(drop)
    }

    fn insert_archive_entry(&mut self, archive: &str, position: i64, entry: &ArchiveEntry) -> Result<()> {
        self.run(
            "INSERT INTO archive_entry (archive, position, path, blob, size, crc, updated) VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                archive,
                position,
                entry.path,
                entry.blob,
                entry.size,
                entry.crc,
                entry.updated
            ],
        )
        .map(drop)
    }

    fn archive(&self, id: &str) -> Result<Option<String>> {
        self.one("SELECT name FROM archive WHERE id = ?", [id], |row| row.get(0))
    }

    fn archive_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, ArchiveEntry)>> {
        self.all(
            "SELECT position, path, blob, size, crc, updated FROM archive_entry
             WHERE archive = ? AND position >= ? ORDER BY position LIMIT ?",
            params![id, from, limit],
            |row| {
                let entry = ArchiveEntry {
                    path: row.get(1)?,
                    blob: row.get(2)?,
                    size: row.get(3)?,
                    crc: row.get(4)?,
                    updated: row.get(5)?,
                };
                Ok((row.get(0)?, entry))
            },
        )
    }

    fn remove_archive(&mut self, id: &str) -> Result<()> {
        self.run("DELETE FROM archive_entry WHERE archive = ?", [id])?;
        self.run("DELETE FROM archive WHERE id = ?", [id]).map(drop)
    }

    fn passing(&self) -> Result<Vec<String>> {
        self.all("SELECT id FROM archive WHERE lasting = 0 ORDER BY id", [], |row| {
            row.get(0)
        })
    }

    fn all_folders(&self, after: &str, limit: u32) -> Result<Vec<Folder>> {
        let sql = concat!(
            "SELECT ",
            item_columns!(),
            " FROM folder WHERE id > ? ORDER BY id LIMIT ?"
        );
        self.all(sql, params![after, limit], read_folder)
    }

    fn all_files(&self, after: &str, limit: u32) -> Result<Vec<File>> {
        let sql = format!("SELECT {} FROM file WHERE id > ? ORDER BY id LIMIT ?", FILES.columns);
        self.all(&sql, params![after, limit], read_file)
    }

    fn clear(&mut self) -> Result<()> {
        for name in ["folder", "file"] {
            // The text index can forget everything at once, for which each row need not be told of on its own.
            let trigger = self.take_trigger(&format!("{name}_deleted"))?;
            self.connection.execute_batch(&format!(
                "DELETE FROM {name}; INSERT INTO {name}_text ({name}_text) VALUES ('delete-all'); {trigger}"
            ))?;
        }
        let rest = "DELETE FROM upload; DELETE FROM archive; DELETE FROM archive_entry; DELETE FROM event; DELETE FROM delivery; DELETE FROM import; DELETE FROM job;";
        Ok(self.connection.execute_batch(rest)?)
    }

    fn fill(&mut self, add: &mut dyn FnMut(&mut dyn Catalog) -> Result<()>) -> Result<()> {
        // Made anew at the end, the text index takes a quarter of the time that it takes row by row.
        let triggers = [
            self.take_trigger("folder_inserted")?,
            self.take_trigger("file_inserted")?,
        ];
        add(self)?;
        self.connection.execute_batch(&format!(
            "INSERT INTO folder_text (folder_text) VALUES ('rebuild'); INSERT INTO file_text (file_text) VALUES ('rebuild'); {}",
            triggers.join("; ")
        ))?;
        Ok(())
    }

    fn settle_areas(&mut self, levels: u32) -> Result<Option<(Entity, String)>> {
        let roots = system_folder::SYSTEM_FOLDERS.iter().map(|folder| {
            let area = match folder.id {
                system_folder::TRASH_ROOT => Area::Trash,
                system_folder::VISITOR_UPLOADS => Area::Visitors,
                _ => Area::Site,
            };
            format!("('{}', {})", folder.id, area as i64)
        });
        let roots = format!(
            "root (id, area) AS (VALUES {}), reached (id, area, level) AS (
                 SELECT id, area, 0 FROM root
                 UNION ALL
                 SELECT folder.id, reached.area, level + 1 FROM folder JOIN reached ON folder.parent = reached.id
             )",
            roots.collect::<Vec<_>>().join(", ")
        );
        for (table, column) in [("folder", "id"), ("file", "parent")] {
            self.run(
                &format!(
                    "WITH RECURSIVE {roots} UPDATE {table} SET area = {visitors}
                     WHERE area = {site} AND {column} IN (SELECT id FROM reached WHERE area = {visitors})",
                    visitors = Area::Visitors as i64,
                    site = Area::Site as i64
                ),
                [],
            )?;
        }
        for (entity, table, column, levels) in [
            (Entity::Folder, "folder", "id", levels),
            (Entity::File, "file", "parent", u32::MAX),
        ] {
            let found = self.one(
                &format!(
                    "WITH RECURSIVE {roots} SELECT {table}.id FROM {table}
                     LEFT JOIN reached ON reached.id = {table}.{column}
                     WHERE reached.id IS NULL OR reached.area <> {table}.area OR level > ?
                     ORDER BY {table}.id LIMIT 1"
                ),
                [levels],
                |row| row.get(0),
            )?;
            if let Some(id) = found {
                return Ok(Some((entity, id)));
            }
        }
        Ok(None)
    }

    fn needs_blob(&self, blob: &str) -> Result<bool> {
        let found = self.one(
            "SELECT EXISTS (SELECT 1 FROM file WHERE blob = ?1)
                 OR EXISTS (SELECT 1 FROM upload WHERE blob = ?1)
                 OR EXISTS (SELECT 1 FROM archive_entry WHERE blob = ?1)",
            [blob],
            |row| row.get(0),
        )?;
        Ok(found.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance;
    use super::*;

    #[test]
    fn in_memory() {
        conformance::all(&mut || Sqlite::memory().expect("a store"));
    }

    #[test]
    fn in_a_file() {
        let folder = std::env::temp_dir().join(format!("wix-media-sqlite-{}", std::process::id()));
        let mut count = 0;
        conformance::all(&mut || {
            count += 1;
            let folder = folder.join(count.to_string());
            std::fs::create_dir_all(&folder).expect("a folder");
            Sqlite::open(&folder.join("catalog.db")).expect("a store")
        });
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn what_was_committed_is_there_after_opening_again() {
        let folder = std::env::temp_dir().join(format!("wix-media-reopened-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("catalog.db");
        let mut store = Sqlite::open(&path).expect("a store");
        store.set_setting("kept", "yes").expect("set");
        store.begin().expect("begun");
        store.set_setting("lost", "yes").expect("set");
        drop(store);
        let store = Sqlite::open(&path).expect("a store");
        assert_eq!(store.setting("kept").expect("read").as_deref(), Some("yes"));
        assert_eq!(store.setting("lost").expect("read"), None);
        assert!(store.is_whole().expect("checked"));
        drop(store);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn what_version_1_left_is_kept() {
        let connection = Connection::open_in_memory().expect("a store");
        let script = format!(
            "{}; PRAGMA user_version = 1; INSERT INTO archive (id, name) VALUES ('a', 'zip'); INSERT INTO event (body) VALUES ('e');",
            MIGRATIONS[0]
        );
        connection.execute_batch(&script).expect("version 1");
        let mut store = Sqlite::prepare(connection).expect("migrated");
        assert_eq!(store.archive("a").expect("read").as_deref(), Some("zip"));
        assert_eq!(store.passing().expect("read"), [""; 0]);
        store.insert_delivery(1, "u", 5).expect("inserted");
        assert_eq!(store.deliveries((0, 0), 1).expect("read")[0].body, "e");
    }

    #[test]
    fn texts_that_were_folded_by_other_rules_are_folded_anew() {
        let mut store = Sqlite::memory().expect("a store");
        let mut file = File::new("a", "Cafe\u{301}", "p", Area::Site, 1);
        file.labels = vec!["\u{c9}t\u{e9}".into()];
        store.insert_file(&file).expect("added");
        store
            .insert_folder(&Folder::new("f", "\u{c9}t\u{e9}", "p", Area::Site, 1))
            .expect("added");
        let other =
            "UPDATE file SET folded = 'older'; UPDATE folder SET folded = 'older'; UPDATE setting SET value = '1'";
        store.connection.execute_batch(other).expect("set");
        let store = Sqlite::prepare(store.connection).expect("opened");
        let mut page = Page::new(Children::Of("p".into()), 10);
        for (text, files, folders) in [("caf\u{e9}", 1, 0), ("E\u{301}T", 1, 1), ("older", 0, 0)] {
            page.text = fold(text);
            assert_eq!(store.files(&page).expect("found").len(), files, "{text}");
            assert_eq!(store.folders(&page).expect("found").len(), folders, "{text}");
        }
        assert!(store.is_whole().expect("checked"));
    }

    #[test]
    fn a_later_version_is_refused() {
        let store = Sqlite::memory().expect("a store");
        store.connection.pragma_update(None, "user_version", 99).expect("set");
        assert!(matches!(
            Sqlite::prepare(store.connection),
            Err(Error::Newer { found: 99 })
        ));
    }

    #[test]
    fn what_is_still_to_be_done_is_found_without_walking_the_files() {
        let store = Sqlite::memory().expect("a store");
        let sql = format!("EXPLAIN QUERY PLAN {IMPORTS}");
        let plan = store.all(&sql, [], |row| row.get::<_, String>(3)).expect("a plan");
        assert!(plan[0].contains("SCAN import"), "{plan:?}");
        assert!(plan[1].contains("SEARCH file"), "{plan:?}");
    }

    #[test]
    fn pages_walk_an_index_and_never_sort() {
        let store = Sqlite::memory().expect("a store");
        for column in ["parent", "area"] {
            for (key, kind) in [("name", "name"), ("updated", "date"), ("size", "size")] {
                for direction in ["ASC", "DESC"] {
                    let sql = format!(
                        "EXPLAIN QUERY PLAN SELECT * FROM file WHERE {column} = ? AND {key} < ? ORDER BY {key} {direction}, id {direction}"
                    );
                    let plan = store
                        .all(&sql, params!["x", 1], |row| row.get::<_, String>(3))
                        .expect("a plan");
                    let place = if column == "parent" { "folder" } else { "area" };
                    assert_eq!(plan.len(), 1, "{plan:?}");
                    assert!(plan[0].contains(&format!("file_in_{place}_by_{kind}")), "{plan:?}");
                }
            }
        }
    }
}
