//! Files that follow a change of their folder later.
//!
//! A change of a large tree sets a few columns of every row in it, and each of them is a key of several indexes: 12,500 files
//! take a second as WebAssembly. So the change writes the rows of the folders only, and the table `stale` lists them. The row of
//! a file in one of these folders is out of date while its `area` differs from that of the folder. Then everything that the
//! change sets follows from the row of the folder, and is taken from there: for each file that is read ([`Session::fresh`]), and
//! in the conditions of pages. The rows are rewritten a few at a time, in the order of the names. A crash in between leaves
//! the rest of them stale.

use super::super::{File, Folder, ReadItems, Result, Stale, StaleFile};
use super::{Session, read_area};
use rusqlite::params;
use std::collections::BTreeMap;

impl Session<'_> {
    pub(super) fn any_stale(&self) -> Result<bool> {
        self.exists("SELECT EXISTS (SELECT 1 FROM stale)", [])
    }

    /// Files as their folders say, from what their rows say.
    pub(super) fn fresh(&self, mut files: Vec<File>) -> Result<Vec<File>> {
        if files.is_empty() || !self.any_stale()? {
            return Ok(files);
        }
        let mut folders = BTreeMap::new();
        for file in &mut files {
            if !folders.contains_key(&file.parent) {
                folders.insert(file.parent.clone(), self.stale_folder(&file.parent)?);
            }
            if let Some(Some(folder)) = folders.get(&file.parent)
                && folder.area != file.area
            {
                file.follow(folder);
            }
        }
        Ok(files)
    }

    /// A folder that may have stale files.
    fn stale_folder(&self, id: &str) -> Result<Option<Folder>> {
        if self.exists("SELECT EXISTS (SELECT 1 FROM stale WHERE folder = ?)", [id])? {
            return self.folder(id);
        }
        Ok(None)
    }

    /// Those of these files, as their rows have them, that are stale.
    pub(super) fn stale_among(&self, stored: Vec<File>) -> Result<Vec<StaleFile>> {
        let areas: Vec<_> = stored.iter().map(|file| file.area).collect();
        let fresh = self.fresh(stored)?.into_iter().zip(areas);
        Ok(fresh.filter_map(|(file, area)| StaleFile::of(&file, area)).collect())
    }

    pub(super) fn next_stale(&self, limit: u32) -> Result<Vec<Stale>> {
        let folders = self.all(
            "SELECT stale.folder, stale.name, stale.file, folder.area
             FROM stale LEFT JOIN folder ON folder.id = stale.folder ORDER BY stale.number LIMIT ?",
            [limit],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, Option<i64>>(3)?,
                ))
            },
        )?;
        let (mut found, mut left) = (Vec::new(), limit);
        for (folder, name, last, area) in folders {
            let mut files = Vec::new();
            if let Some(area) = area {
                files = self.all(
                    "SELECT id, ?2, area FROM file
                     WHERE parent = ?1 AND (name, id) > (?3, ?4) AND area <> ?2 ORDER BY name, id LIMIT ?5",
                    params![folder, area, name, last, left],
                    |row| {
                        Ok(StaleFile {
                            id: row.get(0)?,
                            area: read_area(row, 1)?,
                            stored_area: read_area(row, 2)?,
                        })
                    },
                )?;
            }
            left = left.saturating_sub(u32::try_from(files.len()).unwrap_or(u32::MAX).max(1));
            found.push(Stale { folder, files });
            if left == 0 {
                break;
            }
        }
        Ok(found)
    }

    pub(super) fn refresh(&self, ids: &[&str], events: u32) -> Result<Vec<i64>> {
        let mut counts = Vec::with_capacity(ids.len());
        for id in ids {
            let count = self.one(
                "UPDATE file
                 SET origin_parent = iif(folder.deletion IS NULL, NULL, file.parent), origin_area = folder.origin_area,
                     area = folder.area, deletion = folder.deletion, deleted = folder.deleted, events = file.events + ?2
                 FROM folder
                 WHERE file.id = ?1 AND folder.id = file.parent AND folder.area <> file.area
                 RETURNING file.events",
                params![id, events],
                |row| row.get(0),
            )?;
            counts.push(count.unwrap_or(0));
        }
        Ok(counts)
    }

    pub(super) fn pass_stale(&self, folders: &[&str], up_to: Option<&str>) -> Result<()> {
        let mut passed = folders;
        if let (Some(file), Some((last, before))) = (up_to, folders.split_last()) {
            passed = before;
            self.run(
                "UPDATE stale SET (name, file) = (SELECT name, id FROM file WHERE id = ?2)
                 WHERE folder = ?1 AND EXISTS (SELECT 1 FROM file WHERE id = ?2)",
                [last, file],
            )?;
        }
        for folder in passed {
            self.run("DELETE FROM stale WHERE folder = ?", [folder])?;
        }
        Ok(())
    }
}
