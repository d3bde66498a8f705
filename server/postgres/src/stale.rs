//! Files that follow a change of their folder later.
//!
//! The table `stale` lists the folders whose files may have rows that are out of date. A row is out of date while its `area` differs
//! from that of its folder. Then everything that the change of the folder set is taken from there. A session knows from its start
//! whether there are such folders, so reads cost nothing more while there are none.

use crate::items::{FOLDERS, read_area, read_folder};
use crate::session::Session;
use crate::values::{get, values};
use std::collections::{BTreeSet, HashMap};
use wix_media::catalog::{File, Folder, Result, Stale, StaleFile};

impl Session {
    /// Files as their folders say, from what their rows say.
    pub(crate) fn fresh(&self, mut files: Vec<File>) -> Result<Vec<File>> {
        if files.is_empty() || !self.has_stale {
            return Ok(files);
        }
        let parents: BTreeSet<&str> = files.iter().map(|file| &file.parent[..]).collect();
        let parents: Vec<&str> = parents.into_iter().collect();
        let sql = format!(
            "SELECT {} FROM folder WHERE site = (SELECT $1) AND id = ANY($2)
                 AND EXISTS (SELECT 1 FROM stale WHERE stale.site = (SELECT $1) AND stale.folder = folder.id)",
            FOLDERS.columns
        );
        let folders = self.all(&sql, values![self.site, parents], read_folder)?;
        let folders: HashMap<&str, &Folder> = folders.iter().map(|folder| (&folder.id[..], folder)).collect();
        for file in &mut files {
            if let Some(folder) = folders.get(&file.parent[..])
                && folder.area != file.area
            {
                file.follow(folder);
            }
        }
        Ok(files)
    }

    /// Those of these files, as their rows have them, that are stale.
    pub(crate) fn stale_among(&self, stored: Vec<File>) -> Result<Vec<StaleFile>> {
        let areas: Vec<_> = stored.iter().map(|file| file.area).collect();
        let fresh = self.fresh(stored)?.into_iter().zip(areas);
        Ok(fresh.filter_map(|(file, area)| StaleFile::of(&file, area)).collect())
    }

    pub(crate) fn next_stale(&self, limit: u32) -> Result<Vec<Stale>> {
        if !self.has_stale {
            return Ok(Vec::new());
        }
        // One statement for all folders: with one for each, a tree of folders with 100 files took 15 µs of CPU more a file. The outer order
        // is one that the inner ones begin with, so PostgreSQL stops after the folders that fill the limit.
        let sql = "SELECT later.folder, file.id, file.area, file.stored_area
             FROM (SELECT folder, number, name, file FROM stale WHERE site = $1 ORDER BY number LIMIT $2) AS later
             LEFT JOIN LATERAL (
                 SELECT id, name, area AS stored_area, (SELECT area FROM folder WHERE site = (SELECT $1) AND id = later.folder) AS area
                 FROM file
                 WHERE site = (SELECT $1) AND parent = later.folder AND (name, id) > (later.name, later.file)
                     AND area <> (SELECT area FROM folder WHERE site = (SELECT $1) AND id = later.folder)
                 ORDER BY name, id LIMIT $2
             ) AS file ON true
             ORDER BY later.number, file.name, file.id LIMIT $2";
        let rows = self.all(sql, values![self.site, i64::from(limit)], |row| {
            let file = match get::<Option<String>>(row, 1)? {
                None => None,
                Some(id) => Some(StaleFile {
                    id,
                    area: read_area(row, 2)?,
                    stored_area: read_area(row, 3)?,
                }),
            };
            Ok((get::<String>(row, 0)?, file))
        })?;
        let mut found: Vec<Stale> = Vec::new();
        for (folder, file) in rows {
            match found.last_mut() {
                Some(last) if last.folder == folder => last.files.extend(file),
                _ => found.push(Stale {
                    folder,
                    files: file.into_iter().collect(),
                }),
            }
        }
        Ok(found)
    }

    pub(crate) fn refresh(&self, ids: &[&str], events: u32) -> Result<Vec<i64>> {
        let sql = "UPDATE file
             SET origin_parent = CASE WHEN folder.deletion IS NULL THEN NULL ELSE file.parent END,
                 origin_area = folder.origin_area, area = folder.area, deletion = folder.deletion, deleted = folder.deleted,
                 events = file.events + $3
             FROM folder
             WHERE file.site = (SELECT $1) AND file.id = ANY($2)
                 AND folder.site = (SELECT $1) AND folder.id = file.parent AND folder.area <> file.area
             RETURNING file.id, file.events";
        let counts = self.all(sql, values![self.site, ids, i64::from(events)], |row| {
            Ok((get::<String>(row, 0)?, get::<i64>(row, 1)?))
        })?;
        let counts: HashMap<String, i64> = counts.into_iter().collect();
        Ok(ids.iter().map(|id| counts.get(*id).copied().unwrap_or(0)).collect())
    }

    pub(crate) fn pass_stale(&self, folders: &[&str], up_to: Option<&str>) -> Result<()> {
        let mut passed = folders;
        if let (Some(file), Some((last, before))) = (up_to, folders.split_last()) {
            passed = before;
            self.run(
                "UPDATE stale SET name = file.name, file = file.id FROM file
                 WHERE stale.site = (SELECT $1) AND stale.folder = $2 AND file.site = (SELECT $1) AND file.id = $3",
                values![self.site, *last, file],
            )?;
        }
        if passed.is_empty() {
            return Ok(());
        }
        let sql = "DELETE FROM stale WHERE site = (SELECT $1) AND folder = ANY($2)";
        self.run(sql, values![self.site, passed]).map(drop)
    }
}
