//! What happens to a folder with everything below it: one statement per table, however many rows there are. The rows of
//! files may follow later: see [`stale`](super::stale).

use super::super::{Area, Branch, Leaf, ReadTrees, Result, Stale, StaleFile, Tree, WriteTrees};
use super::Session;
use crate::model::system_folder::TRASH_ROOT;
use rusqlite::params;

/// A folder and all folders below it.
const BELOW: &str = "WITH RECURSIVE below (id) AS (
    SELECT id FROM folder WHERE id = ?1 UNION SELECT folder.id FROM folder JOIN below ON folder.parent = below.id
)";

impl ReadTrees for Session<'_> {
    // The limit of levels ends the recursion in a damaged catalog whose folders form a circle.
    fn folder_tree(&self, top: &str) -> Result<Vec<Branch>> {
        self.all(
            "WITH RECURSIVE below (id, parent, level, created) AS (
                 SELECT id, parent, 0, created FROM folder WHERE id = ?1
                 UNION
                 SELECT folder.id, folder.parent, level + 1, folder.created
                 FROM folder JOIN below ON folder.parent = below.id WHERE level < 1000
             ) SELECT id, parent, level FROM below ORDER BY level, created, id",
            [top],
            |row| {
                Ok(Branch {
                    id: row.get(0)?,
                    parent: row.get(1)?,
                    depth: row.get(2)?,
                })
            },
        )
    }

    fn tree(&self, top: &str) -> Result<Tree> {
        let folders = self.folder_tree(top)?;
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

    fn tree_size(&self, top: &str, limit: u32) -> Result<u32> {
        let count = self.one(
            &format!(
                "{BELOW} SELECT count(*) FROM (SELECT 1 FROM below CROSS JOIN file ON file.parent = below.id LIMIT ?2)"
            ),
            params![top, limit],
            |row| row.get(0),
        )?;
        Ok(count.unwrap_or(0))
    }

    fn has_stale_files(&self) -> Result<bool> {
        self.any_stale()
    }

    fn stale_files(&self, limit: u32) -> Result<Vec<Stale>> {
        self.next_stale(limit)
    }

    fn stale_by_id(&self, ids: &[String]) -> Result<Vec<StaleFile>> {
        let mut found = Vec::new();
        if self.any_stale()? {
            for id in ids {
                found.extend(self.stored_file(id)?);
            }
        }
        self.stale_among(found)
    }
}

/// The tables of a tree: each with the column that tells whether a row belongs to it, and the folders to be found there. The
/// files of stale folders are left out.
const TABLES: [(&str, &str, &str); 2] = [
    ("folder", "id", "SELECT id FROM below"),
    ("file", "parent", "SELECT id FROM below EXCEPT SELECT folder FROM stale"),
];

impl WriteTrees for Session<'_> {
    fn defer_files(&mut self, folders: &[&str]) -> Result<()> {
        for folder in folders {
            self.run(
                "INSERT INTO stale (folder) VALUES (?) ON CONFLICT (folder) DO UPDATE SET name = '', file = ''",
                [folder],
            )?;
        }
        Ok(())
    }

    fn refresh_files(&mut self, ids: &[&str], events: u32) -> Result<Vec<i64>> {
        self.refresh(ids, events)
    }

    fn pass_stale_files(&mut self, folders: &[&str], up_to: Option<&str>) -> Result<()> {
        self.pass_stale(folders, up_to)
    }

    fn move_tree(&mut self, top: &str, area: Area) -> Result<()> {
        for (table, column, rows) in TABLES {
            self.run(
                &format!("{BELOW} UPDATE {table} SET area = ?2 WHERE {column} IN ({rows})"),
                params![top, area.number()],
            )?;
        }
        Ok(())
    }

    fn trash_tree(&mut self, top: &str, deletion: i64, now: i64) -> Result<()> {
        for (table, column, rows) in TABLES {
            self.run(
                &format!(
                    "{BELOW} UPDATE {table}
                     SET origin_parent = parent, origin_area = area, area = 2, deletion = ?2, deleted = ?3
                     WHERE {column} IN ({rows})"
                ),
                params![top, deletion, now],
            )?;
        }
        self.run("UPDATE folder SET parent = ?2 WHERE id = ?1", [top, TRASH_ROOT])
            .map(drop)
    }

    fn restore_tree(&mut self, top: &str, parent: &str, area: Area) -> Result<()> {
        for (table, column, rows) in TABLES {
            self.run(
                &format!(
                    "{BELOW} UPDATE {table}
                     SET origin_parent = NULL, origin_area = NULL, area = ?2, deletion = NULL, deleted = NULL
                     WHERE {column} IN ({rows})"
                ),
                params![top, area.number()],
            )?;
        }
        self.run("UPDATE folder SET parent = ?2 WHERE id = ?1", [top, parent])
            .map(drop)
    }

    fn remove_tree(&mut self, top: &str) -> Result<()> {
        for (table, column) in [("stale", "folder"), ("file", "parent"), ("folder", "id")] {
            self.run(
                &format!("{BELOW} DELETE FROM {table} WHERE {column} IN (SELECT id FROM below)"),
                [top],
            )?;
        }
        Ok(())
    }
}
