//! Changes of everything at once.

use super::super::{Area, Entity, Result, WriteAll};
use super::Session;
use crate::model::system_folder::SYSTEM_FOLDERS;

/// Triggers that a bulk load works without. Built at its end, the text index takes a quarter of the time that it takes
/// row by row, and the running total takes one query.
const LOAD_TRIGGERS: [&str; 3] = ["folder_inserted", "file_inserted", "file_size_inserted"];

/// Triggers that would run for each row when all rows are deleted.
const DELETE_TRIGGERS: [&str; 7] = [
    "folder_deleted",
    "file_deleted",
    "file_size_deleted",
    "import_of_deleted",
    "assets_of_deleted",
    "asset_size_deleted",
    "backlog_of_deleted",
];

impl Session<'_> {
    /// Removes triggers from the schema and returns the statements that create them.
    fn drop_triggers(&self, names: &[&str]) -> Result<Vec<String>> {
        let mut statements = Vec::new();
        for name in names {
            let sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?";
            statements.extend(self.one(sql, [name], |row| row.get::<_, String>(0))?);
            self.execute_batch(&format!("DROP TRIGGER IF EXISTS {name}"))?;
        }
        Ok(statements)
    }
}

impl WriteAll for Session<'_> {
    fn clear(&mut self, now: i64) -> Result<()> {
        for table in ["file", "upload", "bundle_entry", "asset"] {
            // WHERE also tells SQLite that ON belongs to the conflict and not to a join.
            self.run(
                &format!(
                    "INSERT INTO doomed (blob, since) SELECT blob, ? FROM {table} WHERE blob IS NOT NULL
                     ON CONFLICT DO UPDATE SET since = excluded.since"
                ),
                [now],
            )?;
        }
        let triggers = self.drop_triggers(&DELETE_TRIGGERS)?;
        // 'delete-all' empties a text index at once, instead of row by row.
        self.execute_batch(
            "DELETE FROM folder; INSERT INTO folder_text (folder_text) VALUES ('delete-all');
             DELETE FROM stale;
             DELETE FROM file; INSERT INTO file_text (file_text) VALUES ('delete-all');
             UPDATE counter SET value = 0;
             DELETE FROM upload; DELETE FROM bundle; DELETE FROM bundle_entry;
             DELETE FROM event; DELETE FROM delivery; DELETE FROM import; DELETE FROM job;
             DELETE FROM asset; DELETE FROM transcode; DELETE FROM backlog;",
        )?;
        Ok(self.execute_batch(&triggers.join("; "))?)
    }

    fn begin_load(&mut self) -> Result<()> {
        if self.suspended.is_none() {
            self.suspended = Some(self.drop_triggers(&LOAD_TRIGGERS)?);
        }
        Ok(())
    }

    fn end_load(&mut self) -> Result<()> {
        let Some(triggers) = self.suspended.take() else {
            return Ok(());
        };
        Ok(self.execute_batch(&format!(
            "INSERT INTO folder_text (folder_text) VALUES ('rebuild'); INSERT INTO file_text (file_text) VALUES ('rebuild');
             UPDATE counter SET value = (SELECT coalesce(sum(size), 0) FROM file WHERE size > 0)
                 + (SELECT coalesce(sum(size), 0) FROM asset) WHERE name = 'bytes';
             {}",
            triggers.join("; ")
        ))?)
    }

    fn settle_areas(&mut self, levels: u32) -> Result<Option<(Entity, String)>> {
        let roots = SYSTEM_FOLDERS
            .iter()
            .map(|folder| format!("('{}', {})", folder.id, folder.area.number()));
        // Folders below the last level, in circles, or with the id of a system folder are not reached.
        let reached = format!(
            "WITH RECURSIVE root (id, area) AS (VALUES {}), reached (id, area, level) AS (
                 SELECT id, area, 0 FROM root
                 UNION ALL
                 SELECT folder.id, reached.area, level + 1 FROM folder JOIN reached ON folder.parent = reached.id
                 WHERE level < ?1 AND folder.id NOT IN (SELECT id FROM root)
             )",
            roots.collect::<Vec<_>>().join(", ")
        );
        let tables = [(Entity::Folder, "folder", "id"), (Entity::File, "file", "parent")];
        for (_, table, column) in tables {
            self.run(
                &format!(
                    "{reached} UPDATE {table} SET area = {visitors}
                     WHERE area = {site} AND {column} IN (SELECT id FROM reached WHERE area = {visitors})",
                    visitors = Area::Visitors.number(),
                    site = Area::Site.number()
                ),
                [levels],
            )?;
        }
        for (entity, table, column) in tables {
            let root = if entity == Entity::Folder {
                " OR reached.level = 0"
            } else {
                ""
            };
            let invalid = self.one(
                &format!(
                    "{reached} SELECT {table}.id FROM {table} LEFT JOIN reached ON reached.id = {table}.{column}
                     WHERE reached.id IS NULL OR reached.area <> {table}.area{root}
                     ORDER BY {table}.id LIMIT 1"
                ),
                [levels],
                |row| row.get(0),
            )?;
            if let Some(id) = invalid {
                return Ok(Some((entity, id)));
            }
        }
        Ok(None)
    }
}
