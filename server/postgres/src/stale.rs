//! Files that follow a change of their folder later.
//!
//! The table `stale` lists the folders whose files may have rows that are out of date. A row is out of date while its `area` differs
//! from that of its folder. Then everything that the change of the folder set is taken from there. A session knows from its start
//! whether there are such folders, so reads cost nothing more while there are none.

use crate::items::{FILES, FOLDERS, read_file, read_folder};
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
            "SELECT {} FROM folder WHERE site = $1 AND id = ANY($2)
                 AND EXISTS (SELECT 1 FROM stale WHERE stale.site = $1 AND stale.folder = folder.id)",
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
        let stale = fresh.filter(|(file, area)| file.area != *area);
        Ok(stale.map(|(file, area)| StaleFile { file, area }).collect())
    }

    pub(crate) fn next_stale(&self, limit: u32) -> Result<Option<Stale>> {
        if !self.has_stale {
            return Ok(None);
        }
        let first = self.one(
            "SELECT folder, name, file FROM stale WHERE site = $1 ORDER BY number LIMIT 1",
            values![self.site],
            |row| Ok((get(row, 0)?, get::<String>(row, 1)?, get::<String>(row, 2)?)),
        )?;
        let Some((folder, name, last)) = first else {
            return Ok(None);
        };
        let files = self.all(
            &format!(
                "SELECT {} FROM file
                 WHERE site = $1 AND parent = $2 AND (name, id) > ($3, $4)
                     AND area <> (SELECT area FROM folder WHERE site = $1 AND id = $2)
                 ORDER BY name, id LIMIT $5",
                FILES.columns
            ),
            values![self.site, folder, name, last, i64::from(limit)],
            read_file,
        )?;
        let files = self.stale_among(files)?;
        Ok(Some(Stale { folder, files }))
    }

    pub(crate) fn refresh(&self, ids: &[&str]) -> Result<()> {
        let sql = "UPDATE file
             SET origin_parent = CASE WHEN folder.deletion IS NULL THEN NULL ELSE file.parent END,
                 origin_area = folder.origin_area, area = folder.area, deletion = folder.deletion, deleted = folder.deleted
             FROM folder
             WHERE file.site = $1 AND file.id = ANY($2)
                 AND folder.site = $1 AND folder.id = file.parent AND folder.area <> file.area";
        self.run(sql, values![self.site, ids]).map(drop)
    }

    pub(crate) fn pass_stale(&self, folder: &str, up_to: Option<&str>) -> Result<()> {
        match up_to {
            None => self.run(
                "DELETE FROM stale WHERE site = $1 AND folder = $2",
                values![self.site, folder],
            ),
            Some(last) => self.run(
                "UPDATE stale SET name = file.name, file = file.id FROM file
                 WHERE stale.site = $1 AND stale.folder = $2 AND file.site = $1 AND file.id = $3",
                values![self.site, folder, last],
            ),
        }
        .map(drop)
    }
}
