//! Files that follow a change of their folder later.
//!
//! A change of a large tree sets a few columns of every row in it, and each of them is a key of several indexes: 12,500 files
//! take a second as WebAssembly. So the change writes the rows of the folders only, and the table `stale` lists them. The row of
//! a file in one of these folders is out of date while its `area` differs from that of the folder. Then everything that the
//! change sets follows from the row of the folder, and is taken from there: for each file that is read ([`Session::fresh`]), and
//! in the conditions of pages. The rows are rewritten a few at a time, in the order of the names. A crash in between leaves
//! the rest of them stale.

use super::super::{File, Folder, ReadItems, Result, Stale, StaleFile};
use super::Session;
use super::items::{FILES, read_file};
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
        let stale = fresh.filter(|(file, area)| file.area != *area);
        Ok(stale.map(|(file, area)| StaleFile { file, area }).collect())
    }

    pub(super) fn next_stale(&self, limit: u32) -> Result<Option<Stale>> {
        let first = self.one(
            "SELECT folder, name, file FROM stale ORDER BY number LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)),
        )?;
        let Some((folder, name, last)) = first else {
            return Ok(None);
        };
        let files = self.all(
            &format!(
                "SELECT {} FROM file
                 WHERE parent = ?1 AND (name, id) > (?2, ?3) AND area <> (SELECT area FROM folder WHERE id = ?1)
                 ORDER BY name, id LIMIT ?4",
                FILES.columns
            ),
            params![folder, name, last, limit],
            read_file,
        )?;
        let files = self.stale_among(files)?;
        Ok(Some(Stale { folder, files }))
    }

    pub(super) fn refresh(&self, ids: &[&str]) -> Result<()> {
        for id in ids {
            self.run(
                "UPDATE file
                 SET origin_parent = iif(folder.deletion IS NULL, NULL, file.parent), origin_area = folder.origin_area,
                     area = folder.area, deletion = folder.deletion, deleted = folder.deleted
                 FROM folder
                 WHERE file.id = ? AND folder.id = file.parent AND folder.area <> file.area",
                [id],
            )?;
        }
        Ok(())
    }

    pub(super) fn pass_stale(&self, folder: &str, up_to: Option<&str>) -> Result<()> {
        match up_to {
            None => self.run("DELETE FROM stale WHERE folder = ?", [folder]),
            Some(file) => self.run(
                "UPDATE stale SET (name, file) = (SELECT name, id FROM file WHERE id = ?2)
                 WHERE folder = ?1 AND EXISTS (SELECT 1 FROM file WHERE id = ?2)",
                [folder, file],
            ),
        }
        .map(drop)
    }
}
