//! Rows of folders and files.

use crate::grams::{self, grams};
use crate::session::Session;
use crate::values::{Value, get, get_u32, typed, values};
use std::collections::{HashMap, HashSet};
use tokio_postgres::Row;
use wix_media::catalog::{Area, Error, File, Folder, ReadItems, Result, Trashed, WriteItems};
use wix_media::model::media_type::MediaType;
use wix_media::model::status::Status;

/// A table of items, as values of `T`.
pub(crate) struct Table<T> {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) read: fn(&Row) -> Result<T>,
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

pub(crate) const FOLDERS: Table<Folder> = Table {
    name: "folder",
    columns: item_columns!(),
    read: read_folder,
};

pub(crate) const FILES: Table<File> = Table {
    name: "file",
    columns: file_columns!(),
    read: read_file,
};

/// Files as rows of a statement, the second to the last of its values. Each column is an array, so that any number of files is
/// one statement. The pieces of a text come in one, since arrays of arrays have one length.
const NEW: &str = "unnest(
        $2::text[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[], $8::text[], $9::smallint[],
        $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::boolean[], $15::bigint[], $16::text[], $17::bigint[],
        $18::text[], $19::bigint[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[],
        $27::text[]
    ) AS new (
        id, name, parent, area, created, updated, origin_parent, origin_area, deletion, deleted, media_type, mime, private, size,
        hash, crc, status, ready_at, labels, facts, external, source_url, tag, blob, folded, grams
    )";

/// The columns of `file_text` after the id.
const TEXT: &str = "folded, name, updated, size, media_type, private";

/// Columns of a table, each with its name in front.
pub(crate) fn of(table: &str, columns: &str) -> String {
    format!("{table}.{}", columns.replace(", ", &format!(", {table}.")))
}

fn area_number(area: Area) -> i16 {
    i16::from(area.number())
}

pub(crate) fn read_area(row: &Row, column: usize) -> Result<Area> {
    let number: i16 = get(row, column)?;
    Area::from_number(number.into()).ok_or_else(|| Error::Store(format!("unknown area {number}").into()))
}

fn read_trashed(row: &Row) -> Result<Option<Trashed>> {
    let Some(deletion) = get(row, 8)? else {
        return Ok(None);
    };
    Ok(Some(Trashed {
        parent: get(row, 6)?,
        area: read_area(row, 7)?,
        deletion,
        at: get(row, 9)?,
    }))
}

pub(crate) fn read_folder(row: &Row) -> Result<Folder> {
    Ok(Folder {
        id: get(row, 0)?,
        name: get(row, 1)?,
        parent: get(row, 2)?,
        area: read_area(row, 3)?,
        created: get(row, 4)?,
        updated: get(row, 5)?,
        trashed: read_trashed(row)?,
    })
}

/// Reads a column that holds the spelling of a value.
fn read_spelled<T>(row: &Row, column: usize, parse: fn(&str) -> Option<T>) -> Result<T> {
    let text: &str = get(row, column)?;
    parse(text).ok_or_else(|| Error::Store(format!("unknown value {text:?}").into()))
}

pub(crate) fn read_file(row: &Row) -> Result<File> {
    let labels: &str = get(row, 18)?;
    Ok(File {
        id: get(row, 0)?,
        name: get(row, 1)?,
        parent: get(row, 2)?,
        area: read_area(row, 3)?,
        created: get(row, 4)?,
        updated: get(row, 5)?,
        trashed: read_trashed(row)?,
        media_type: read_spelled(row, 10, MediaType::parse)?,
        mime: get(row, 11)?,
        private: get(row, 12)?,
        size: get(row, 13)?,
        hash: get(row, 14)?,
        crc: get_u32(row, 15)?,
        status: read_spelled(row, 16, Status::parse)?,
        ready_at: get(row, 17)?,
        labels: serde_json::from_str(labels).map_err(|error| Error::Store(Box::new(error)))?,
        facts: get(row, 19)?,
        external: get(row, 20)?,
        source_url: get(row, 21)?,
        tag: get(row, 22)?,
        blob: get(row, 23)?,
    })
}

/// The columns of files, for [`NEW`].
struct Columns<'a> {
    ids: Vec<&'a str>,
    names: Vec<&'a str>,
    parents: Vec<&'a str>,
    areas: Vec<i16>,
    created: Vec<i64>,
    updated: Vec<i64>,
    origin_parents: Vec<Option<&'a str>>,
    origin_areas: Vec<Option<i16>>,
    deletions: Vec<Option<i64>>,
    deleted: Vec<Option<i64>>,
    media_types: Vec<&'a str>,
    mimes: Vec<&'a str>,
    private: Vec<bool>,
    sizes: Vec<i64>,
    hashes: Vec<&'a str>,
    crcs: Vec<i64>,
    statuses: Vec<&'a str>,
    ready_at: Vec<Option<i64>>,
    labels: Vec<String>,
    facts: Vec<&'a str>,
    external: Vec<&'a str>,
    source_urls: Vec<Option<&'a str>>,
    tags: Vec<&'a str>,
    blobs: Vec<Option<&'a str>>,
    folded: Vec<String>,
    grams: Vec<String>,
}

impl<'a> Columns<'a> {
    fn of(files: &[&'a File]) -> Result<Columns<'a>> {
        fn each<'a, T>(files: &[&'a File], value: impl Fn(&'a File) -> T) -> Vec<T> {
            files.iter().copied().map(value).collect()
        }
        let trashed = |file: &'a File| file.trashed.as_ref();
        let labels = |file: &File| serde_json::to_string(&file.labels).map_err(|error| Error::Store(Box::new(error)));
        let folded = each(files, File::folded);
        Ok(Columns {
            ids: each(files, |file| &file.id[..]),
            names: each(files, |file| &file.name[..]),
            parents: each(files, |file| &file.parent[..]),
            areas: each(files, |file| area_number(file.area)),
            created: each(files, |file| file.created),
            updated: each(files, |file| file.updated),
            origin_parents: each(files, |file| trashed(file).map(|trashed| &trashed.parent[..])),
            origin_areas: each(files, |file| trashed(file).map(|trashed| area_number(trashed.area))),
            deletions: each(files, |file| trashed(file).map(|trashed| trashed.deletion)),
            deleted: each(files, |file| trashed(file).map(|trashed| trashed.at)),
            media_types: each(files, |file| file.media_type.as_str()),
            mimes: each(files, |file| &file.mime[..]),
            private: each(files, |file| file.private),
            sizes: each(files, |file| file.size),
            hashes: each(files, |file| &file.hash[..]),
            crcs: each(files, |file| file.crc.into()),
            statuses: each(files, |file| file.status.as_str()),
            ready_at: each(files, |file| file.ready_at),
            labels: each(files, labels).into_iter().collect::<Result<_>>()?,
            facts: each(files, |file| &file.facts[..]),
            external: each(files, |file| &file.external[..]),
            source_urls: each(files, |file| file.source_url.as_deref()),
            tags: each(files, |file| &file.tag[..]),
            blobs: each(files, |file| file.blob.as_deref()),
            grams: folded.iter().map(|text| grams::joined(&grams(text))).collect(),
            folded,
        })
    }

    /// The values of a statement whose first one is the site.
    fn values<'v>(&'v self, site: &'v i64) -> [Value<'v>; 27] {
        [
            typed(site),
            typed(&self.ids),
            typed(&self.names),
            typed(&self.parents),
            typed(&self.areas),
            typed(&self.created),
            typed(&self.updated),
            typed(&self.origin_parents),
            typed(&self.origin_areas),
            typed(&self.deletions),
            typed(&self.deleted),
            typed(&self.media_types),
            typed(&self.mimes),
            typed(&self.private),
            typed(&self.sizes),
            typed(&self.hashes),
            typed(&self.crcs),
            typed(&self.statuses),
            typed(&self.ready_at),
            typed(&self.labels),
            typed(&self.facts),
            typed(&self.external),
            typed(&self.source_urls),
            typed(&self.tags),
            typed(&self.blobs),
            typed(&self.folded),
            typed(&self.grams),
        ]
    }
}

impl ReadItems for Session {
    fn folder(&self, id: &str) -> Result<Option<Folder>> {
        let sql = concat!(
            "SELECT ",
            item_columns!(),
            " FROM folder WHERE site = (SELECT $1) AND id = $2"
        );
        self.one(sql, values![self.site, id], read_folder)
    }

    fn folder_named(&self, parent: &str, name: &str) -> Result<Option<Folder>> {
        let sql = concat!(
            "SELECT ",
            item_columns!(),
            " FROM folder WHERE site = $1 AND parent = $2 AND name = $3 AND area <> 2 ORDER BY created, id LIMIT 1"
        );
        self.one(sql, values![self.site, parent, name], read_folder)
    }

    // The limit of levels ends the recursion in a damaged catalog whose folders form a circle.
    fn folders_above(&self, id: &str) -> Result<Vec<String>> {
        self.all(
            "WITH RECURSIVE above (id, level) AS (
                 SELECT parent, 1 FROM folder WHERE site = (SELECT $1) AND id = $2
                 UNION SELECT folder.parent, level + 1 FROM folder JOIN above ON folder.id = above.id
                 WHERE folder.site = $1 AND level < 1000
             ) SELECT id FROM above ORDER BY level",
            values![self.site, id],
            |row| get(row, 0),
        )
    }

    fn height(&self, id: &str) -> Result<u32> {
        let height = self.number(
            "WITH RECURSIVE below (id, level) AS (
                 VALUES ($2 COLLATE \"C\", 0::bigint)
                 UNION SELECT folder.id, level + 1 FROM folder JOIN below ON folder.parent = below.id
                 WHERE folder.site = $1 AND level < 1000
             ) SELECT max(level) FROM below",
            values![self.site, id],
        )?;
        u32::try_from(height).map_err(|error| Error::Store(Box::new(error)))
    }

    fn file(&self, id: &str) -> Result<Option<File>> {
        let sql = concat!(
            "SELECT ",
            file_columns!(),
            " FROM file WHERE site = (SELECT $1) AND id = $2"
        );
        let stored = self.all(sql, values![self.site, id], read_file)?;
        Ok(self.fresh(stored)?.pop())
    }

    fn files_by_id(&self, ids: &[String]) -> Result<Vec<File>> {
        self.fresh(self.stored_files(ids)?)
    }

    fn has_children(&self, parent: &str) -> Result<bool> {
        self.exists(
            "SELECT EXISTS (
                 SELECT 1 FROM file WHERE site = $1 AND parent = $2
                     AND coalesce((SELECT area FROM folder WHERE site = (SELECT $1) AND id = $2), area) <> 2
             ) OR EXISTS (SELECT 1 FROM folder WHERE site = $1 AND parent = $2 AND area <> 2)",
            values![self.site, parent],
        )
    }

    fn total_size(&self) -> Result<i64> {
        Ok(self.tail.bytes)
    }

    fn all_folders(&self, after: &str, limit: u32) -> Result<Vec<Folder>> {
        let sql = concat!(
            "SELECT ",
            item_columns!(),
            " FROM folder WHERE site = (SELECT $1) AND id > $2 ORDER BY id LIMIT $3"
        );
        self.all(sql, values![self.site, after, i64::from(limit)], read_folder)
    }

    fn all_files(&self, after: &str, limit: u32) -> Result<Vec<File>> {
        let sql = concat!(
            "SELECT ",
            file_columns!(),
            " FROM file WHERE site = (SELECT $1) AND id > $2 ORDER BY id LIMIT $3"
        );
        self.fresh(self.all(sql, values![self.site, after, i64::from(limit)], read_file)?)
    }
}

impl Session {
    /// Those of these files that exist, in the order of `ids`, as their rows have them, also when those are out of date.
    pub(crate) fn stored_files(&self, ids: &[String]) -> Result<Vec<File>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // One by one: for `id = ANY`, the planner read all files of a site that it took for a small one.
        let sql = concat!(
            "SELECT ",
            file_columns!(),
            " FROM unnest($2::text[]) AS wanted (wanted_id) CROSS JOIN LATERAL (
                 SELECT * FROM file WHERE site = (SELECT $1) AND id = wanted_id OFFSET 0
             ) AS found"
        );
        let files = self.all(sql, values![self.site, ids], read_file)?;
        let files: HashMap<String, File> = files.into_iter().map(|file| (file.id.clone(), file)).collect();
        Ok(ids.iter().filter_map(|id| files.get(id).cloned()).collect())
    }

    /// Counts the sizes that a change added or took away.
    pub(crate) fn add_bytes(&mut self, bytes: i64) {
        self.tail.bytes = self.tail.bytes.wrapping_add(bytes);
    }
}

impl WriteItems for Session {
    fn insert_folder(&mut self, folder: &Folder) -> Result<()> {
        let trashed = folder.trashed.as_ref();
        let sql = concat!(
            "INSERT INTO folder (site, ",
            item_columns!(),
            ", folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        );
        self.run(
            sql,
            values![
                self.site,
                folder.id,
                folder.name,
                folder.parent,
                area_number(folder.area),
                folder.created,
                folder.updated,
                trashed.map(|trashed| &trashed.parent[..]),
                trashed.map(|trashed| area_number(trashed.area)),
                trashed.map(|trashed| trashed.deletion),
                trashed.map(|trashed| trashed.at),
                folder.folded(),
            ],
        )
        .map(drop)
    }

    fn update_folder(&mut self, folder: &Folder) -> Result<()> {
        let sql = "UPDATE folder SET name = $3, parent = $4, area = $5, updated = $6, folded = $7 WHERE site = (SELECT $1) AND id = $2";
        self.run(
            sql,
            values![
                self.site,
                folder.id,
                folder.name,
                folder.parent,
                area_number(folder.area),
                folder.updated,
                folder.folded(),
            ],
        )
        .map(drop)
    }

    fn insert_file(&mut self, file: &File) -> Result<()> {
        let sql = format!(
            "WITH new AS (SELECT * FROM {NEW}),
                 added AS (INSERT INTO file (site, {columns}) SELECT $1, {columns} FROM new),
                 texts AS (INSERT INTO file_text (site, id, {TEXT}) SELECT $1, id, {TEXT} FROM new)
             INSERT INTO file_grams (site, id, grams) SELECT $1, id, grams FROM new",
            columns = FILES.columns
        );
        self.run(&sql, &Columns::of(&[file])?.values(&self.site))?;
        self.add_bytes(file.size.max(0));
        Ok(())
    }

    fn update_files(&mut self, files: &[File]) -> Result<()> {
        let mut seen = HashSet::new();
        let last: Vec<&File> = files.iter().rev().filter(|file| seen.insert(&file.id[..])).collect();
        if last.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "WITH new AS (SELECT * FROM {NEW}),
                 old AS (SELECT file.id, greatest(file.size, 0) AS size FROM file JOIN new USING (id) WHERE site = (SELECT $1)),
                 changed AS (
                     UPDATE file SET ({columns}) = (
                         {}
                     ) FROM new WHERE file.site = (SELECT $1) AND file.id = new.id RETURNING file.id, greatest(file.size, 0) AS size
                 ),
                 texts AS (
                     UPDATE file_text SET ({TEXT}) = ({new_text}) FROM new
                     WHERE file_text.site = (SELECT $1) AND file_text.id = new.id
                         AND ({old_text}) IS DISTINCT FROM ({new_text})
                 ),
                 pieces AS (
                     UPDATE file_grams SET grams = new.grams FROM new
                     WHERE file_grams.site = (SELECT $1) AND file_grams.id = new.id AND file_grams.grams <> new.grams
                 )
             SELECT coalesce(sum(changed.size - old.size), 0)::bigint FROM changed JOIN old USING (id)",
            of("new", FILES.columns),
            columns = FILES.columns,
            new_text = of("new", TEXT),
            old_text = of("file_text", TEXT),
        );
        let bytes = self.number(&sql, &Columns::of(&last)?.values(&self.site))?;
        self.add_bytes(bytes);
        Ok(())
    }

    fn remove_files(&mut self, ids: &[&str]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let bytes = self.number(
            "WITH gone AS (DELETE FROM file WHERE site = (SELECT $1) AND id = ANY($2) RETURNING size),
                 texts AS (DELETE FROM file_text WHERE site = (SELECT $1) AND id = ANY($2)),
                 pieces AS (DELETE FROM file_grams WHERE site = (SELECT $1) AND id = ANY($2)),
                 imports AS (DELETE FROM import WHERE site = (SELECT $1) AND file = ANY($2)),
                 transcodes AS (DELETE FROM transcode WHERE site = (SELECT $1) AND file = ANY($2)),
                 waiting AS (DELETE FROM backlog WHERE site = (SELECT $1) AND file = ANY($2)),
                 assets AS (DELETE FROM asset WHERE site = (SELECT $1) AND file = ANY($2) RETURNING size)
             SELECT (
                 coalesce((SELECT sum(greatest(size, 0)) FROM gone), 0) + coalesce((SELECT sum(size) FROM assets), 0)
             )::bigint",
            values![self.site, ids],
        )?;
        self.add_bytes(-bytes);
        Ok(())
    }
}
