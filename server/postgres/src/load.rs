//! Changes of everything at once, and the check of everything.

use crate::session::Session;
use crate::values::{get, values};
use wix_media::catalog::{Area, Entity, Result, WriteAll};
use wix_media::model::system_folder::SYSTEM_FOLDERS;

/// The tables with a blob in each row.
const BLOBS: [&str; 4] = ["file", "upload", "bundle_entry", "asset"];

/// The tables whose rows a reset removes.
const CONTENT: [&str; 15] = [
    "folder",
    "file",
    "file_text",
    "file_grams",
    "stale",
    "upload",
    "import",
    "job",
    "event",
    "delivery",
    "bundle",
    "bundle_entry",
    "asset",
    "transcode",
    "backlog",
];

impl WriteAll for Session {
    fn clear(&mut self, now: i64) -> Result<()> {
        self.begin_load()?;
        for table in BLOBS {
            let sql = format!(
                "INSERT INTO doomed (site, blob, since) SELECT DISTINCT $1, blob, $2 FROM {table}
                 WHERE site = $1 AND blob IS NOT NULL
                 ON CONFLICT (site, blob) DO UPDATE SET since = excluded.since"
            );
            self.run(&sql, values![self.site, now])?;
        }
        for table in CONTENT {
            self.run(&format!("DELETE FROM {table} WHERE site = $1"), values![self.site])?;
        }
        self.tail.bytes = 0;
        self.has_stale = false;
        self.end_load()
    }

    /// Gives the statements that follow the time that a change of everything takes. The indexes stay: other sites use them.
    fn begin_load(&mut self) -> Result<()> {
        if let Some(trace) = &mut self.trace {
            trace.note_everything();
        }
        self.limit_statements(self.limits().load_timeout)
    }

    fn end_load(&mut self) -> Result<()> {
        self.limit_statements(self.limits().statement_timeout)
    }

    fn settle_areas(&mut self, levels: u32) -> Result<Option<(Entity, String)>> {
        let roots = SYSTEM_FOLDERS
            .iter()
            .map(|folder| format!("('{}' COLLATE \"C\", {}::smallint)", folder.id, folder.area.number()));
        // Folders below the last level, in circles, or with the id of a system folder are not reached.
        let reached = format!(
            "WITH RECURSIVE root (id, area) AS (VALUES {}), reached (id, area, level) AS (
                 SELECT id, area, 0::bigint FROM root
                 UNION ALL
                 SELECT folder.id, reached.area, level + 1 FROM folder JOIN reached ON folder.parent = reached.id
                 WHERE folder.site = $1 AND level < $2 AND folder.id NOT IN (SELECT id FROM root)
             )",
            roots.collect::<Vec<_>>().join(", ")
        );
        let levels = i64::from(levels);
        let tables = [(Entity::Folder, "folder", "id"), (Entity::File, "file", "parent")];
        for (_, table, column) in tables {
            let sql = format!(
                "{reached} UPDATE {table} SET area = {visitors}
                 WHERE site = $1 AND area = {area} AND {column} IN (SELECT id FROM reached WHERE area = {visitors})",
                visitors = Area::Visitors.number(),
                area = Area::Site.number()
            );
            self.run(&sql, values![self.site, levels])?;
        }
        for (entity, table, column) in tables {
            let root = if entity == Entity::Folder {
                " OR reached.level = 0"
            } else {
                ""
            };
            let sql = format!(
                "{reached} SELECT {table}.id FROM {table} LEFT JOIN reached ON reached.id = {table}.{column}
                 WHERE {table}.site = $1 AND (reached.id IS NULL OR reached.area <> {table}.area{root})
                 ORDER BY {table}.id LIMIT 1"
            );
            let invalid = self.one(&sql, values![self.site, levels], |row| get(row, 0))?;
            if let Some(id) = invalid {
                return Ok(Some((entity, id)));
            }
        }
        Ok(None)
    }
}

impl Session {
    /// Whether the totals are the sums of the rows, and each file has its texts.
    pub(crate) fn is_intact(&self) -> Result<bool> {
        self.exists(
            "SELECT bytes = (SELECT coalesce(sum(greatest(size, 0)), 0) FROM file WHERE site = $1)
                     + (SELECT coalesce(sum(size), 0) FROM asset WHERE site = $1)
                 AND last_event >= (SELECT coalesce(max(number), 0) FROM event WHERE site = $1)
                 AND NOT EXISTS (
                     SELECT 1 FROM (SELECT * FROM file WHERE site = $1) AS file
                     FULL JOIN (SELECT * FROM file_text WHERE site = $1) AS found USING (id)
                     FULL JOIN (SELECT * FROM file_grams WHERE site = $1) AS pieces USING (id)
                     WHERE (file.name, file.updated, file.size, file.media_type, file.private)
                             IS DISTINCT FROM (found.name, found.updated, found.size, found.media_type, found.private)
                         OR pieces.grams IS NULL OR file.name IS NULL
                 )
                 AND NOT EXISTS (
                     SELECT 1 FROM bundle WHERE site = $1 AND entries <> (
                         SELECT count(*) FROM bundle_entry WHERE bundle_entry.site = $1 AND bundle_entry.bundle = bundle.id
                     )
                 )
             FROM tail WHERE site = $1",
            values![self.site],
        )
    }
}
