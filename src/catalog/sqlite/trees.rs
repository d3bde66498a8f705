//! What happens to a folder with everything below it: one statement per table, however many rows there are.

use super::super::{Area, Branch, Leaf, ReadTrees, Result, Tree, WriteTrees};
use super::Session;
use crate::model::system_folder::TRASH_ROOT;
use rusqlite::params;

/// A folder and all folders below it.
const BELOW: &str = "WITH RECURSIVE below (id) AS (
    SELECT id FROM folder WHERE id = ?1 UNION SELECT folder.id FROM folder JOIN below ON folder.parent = below.id
)";

impl ReadTrees for Session<'_> {
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
}

impl WriteTrees for Session<'_> {
    fn move_tree(&mut self, top: &str, area: Area) -> Result<()> {
        for (table, column) in [("folder", "id"), ("file", "parent")] {
            self.run(
                &format!("{BELOW} UPDATE {table} SET area = ?2 WHERE {column} IN (SELECT id FROM below)"),
                params![top, area.number()],
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
        self.run("UPDATE folder SET parent = ?2 WHERE id = ?1", [top, TRASH_ROOT])
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
                params![top, area.number()],
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
}
