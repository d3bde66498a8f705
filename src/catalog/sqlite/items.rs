//! Rows of folders and files.

use super::super::{Error, File, Folder, ReadItems, Result, Trashed, WriteItems};
use super::{Session, damaged, read_area};
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use rusqlite::{Row, ToSql, params};

/// A table of items, as values of `T`.
pub(super) struct Table<T> {
    pub(super) name: &'static str,
    pub(super) columns: &'static str,
    pub(super) read: fn(&Row<'_>) -> rusqlite::Result<T>,
}

/// The columns that both tables begin with.
macro_rules! item_columns {
    () => {
        "id, name, parent, area, created, updated, origin_parent, origin_area, deletion, deleted"
    };
}

macro_rules! file_columns {
    () => {
        concat!(
            item_columns!(),
            ", media_type, mime, private, size, hash, crc, status, ready_at, labels, facts, external, source_url, tag, blob"
        )
    };
}

/// As many parameters as a file has columns, `folded` included.
macro_rules! file_parameters {
    () => {
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    };
}

pub(super) const FOLDERS: Table<Folder> = Table {
    name: "folder",
    columns: item_columns!(),
    read: read_folder,
};

pub(super) const FILES: Table<File> = Table {
    name: "file",
    columns: file_columns!(),
    read: read_file,
};

fn read_trashed(row: &Row<'_>) -> rusqlite::Result<Option<Trashed>> {
    let Some(deletion) = row.get(8)? else {
        return Ok(None);
    };
    Ok(Some(Trashed {
        parent: row.get(6)?,
        area: read_area(row, 7)?,
        deletion,
        at: row.get(9)?,
    }))
}

fn read_folder(row: &Row<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder {
        id: row.get(0)?,
        name: row.get(1)?,
        parent: row.get(2)?,
        area: read_area(row, 3)?,
        created: row.get(4)?,
        updated: row.get(5)?,
        trashed: read_trashed(row)?,
    })
}

/// Reads a column that holds the spelling of a value.
fn read_spelled<T>(row: &Row<'_>, column: usize, parse: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| {
        let cause = format!("unknown value {text:?}").into();
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, cause)
    })
}

pub(super) fn read_file(row: &Row<'_>) -> rusqlite::Result<File> {
    let labels: String = row.get(18)?;
    Ok(File {
        id: row.get(0)?,
        name: row.get(1)?,
        parent: row.get(2)?,
        area: read_area(row, 3)?,
        created: row.get(4)?,
        updated: row.get(5)?,
        trashed: read_trashed(row)?,
        media_type: read_spelled(row, 10, MediaType::parse)?,
        mime: row.get(11)?,
        private: row.get(12)?,
        size: row.get(13)?,
        hash: row.get(14)?,
        crc: row.get(15)?,
        status: read_spelled(row, 16, Status::parse)?,
        ready_at: row.get(17)?,
        labels: serde_json::from_str(&labels).map_err(damaged)?,
        facts: row.get(19)?,
        external: row.get(20)?,
        source_url: row.get(21)?,
        tag: row.get(22)?,
        blob: row.get(23)?,
    })
}

/// Runs a statement whose parameters begin with the columns of a file and its folded texts, followed by `more`.
fn run_with_file(session: &Session<'_>, sql: &str, file: &File, more: &[&dyn ToSql]) -> Result<()> {
    let labels = serde_json::to_string(&file.labels).map_err(|cause| Error::Store(Box::new(cause)))?;
    let folded = file.folded();
    let trashed = file.trashed.as_ref();
    let columns: [&dyn ToSql; 25] = [
        &file.id,
        &file.name,
        &file.parent,
        &file.area.number(),
        &file.created,
        &file.updated,
        &trashed.map(|trashed| &trashed.parent),
        &trashed.map(|trashed| trashed.area.number()),
        &trashed.map(|trashed| trashed.deletion),
        &trashed.map(|trashed| trashed.at),
        &file.media_type.as_str(),
        &file.mime,
        &file.private,
        &file.size,
        &file.hash,
        &file.crc,
        &file.status.as_str(),
        &file.ready_at,
        &labels,
        &file.facts,
        &file.external,
        &file.source_url,
        &file.tag,
        &file.blob,
        &folded,
    ];
    let mut statement = session.prepare_cached(sql)?;
    for (at, value) in columns.iter().chain(more).enumerate() {
        statement.raw_bind_parameter(at + 1, value)?;
    }
    statement.raw_execute()?;
    Ok(())
}

impl ReadItems for Session<'_> {
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

    // The limit of levels ends the recursion in a damaged catalog whose folders form a circle.
    fn folders_above(&self, id: &str) -> Result<Vec<String>> {
        self.all(
            "WITH RECURSIVE above (id, level) AS (
                 SELECT parent, 1 FROM folder WHERE id = ?1
                 UNION SELECT folder.parent, level + 1 FROM folder JOIN above ON folder.id = above.id WHERE level < 1000
             ) SELECT id FROM above ORDER BY level",
            [id],
            |row| row.get(0),
        )
    }

    fn height(&self, id: &str) -> Result<u32> {
        let height = self.one(
            "WITH RECURSIVE below (id, level) AS (
                 VALUES (?1, 0)
                 UNION SELECT folder.id, level + 1 FROM folder JOIN below ON folder.parent = below.id WHERE level < 1000
             ) SELECT max(level) FROM below",
            [id],
            |row| row.get(0),
        )?;
        Ok(height.unwrap_or(0))
    }

    fn file(&self, id: &str) -> Result<Option<File>> {
        match self.stored_file(id)? {
            Some(file) => Ok(self.fresh(vec![file])?.pop()),
            None => Ok(None),
        }
    }

    fn has_children(&self, parent: &str) -> Result<bool> {
        self.exists(
            "SELECT EXISTS (
                 SELECT 1 FROM file
                 WHERE parent = ?1 AND coalesce((SELECT area FROM folder WHERE id = ?1), area) <> 2
             )
                 OR EXISTS (SELECT 1 FROM folder WHERE parent = ?1 AND area <> 2)",
            [parent],
        )
    }

    fn total_size(&self) -> Result<i64> {
        self.number("SELECT value FROM counter WHERE name = 'bytes'", [])
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
        let sql = concat!(
            "SELECT ",
            file_columns!(),
            " FROM file WHERE id > ? ORDER BY id LIMIT ?"
        );
        self.fresh(self.all(sql, params![after, limit], read_file)?)
    }
}

impl Session<'_> {
    /// A file as its row has it, also when that is out of date.
    pub(super) fn stored_file(&self, id: &str) -> Result<Option<File>> {
        let sql = concat!("SELECT ", file_columns!(), " FROM file WHERE id = ?");
        self.one(sql, [id], read_file)
    }
}

impl WriteItems for Session<'_> {
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
                folder.area.number(),
                folder.created,
                folder.updated,
                trashed.map(|trashed| &trashed.parent),
                trashed.map(|trashed| trashed.area.number()),
                trashed.map(|trashed| trashed.deletion),
                trashed.map(|trashed| trashed.at),
                folder.folded(),
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
                folder.area.number(),
                folder.updated,
                folder.folded(),
            ],
        )
        .map(drop)
    }

    fn insert_file(&mut self, file: &File) -> Result<()> {
        let sql = concat!(
            "INSERT INTO file (",
            file_columns!(),
            ", folded) VALUES ",
            file_parameters!()
        );
        run_with_file(self, sql, file, &[])
    }

    fn update_files(&mut self, files: &[File]) -> Result<()> {
        let sql = concat!(
            "UPDATE file SET (",
            file_columns!(),
            ", folded) = ",
            file_parameters!(),
            " WHERE id = ?"
        );
        files
            .iter()
            .try_for_each(|file| run_with_file(self, sql, file, &[&file.id]))
    }

    fn remove_files(&mut self, ids: &[&str]) -> Result<()> {
        for id in ids {
            self.run("DELETE FROM file WHERE id = ?", [id])?;
        }
        Ok(())
    }
}
