//! What happens to a folder with everything below it.
//!
//! The folders come first, and their ids go into the statement that changes the files. Joined to the recursion, the planner walked
//! all files of the site: 1,530 ms of CPU for 100,000 files, where two statements take 87.

use crate::session::Session;
use crate::values::{get, get_u32, values};
use wix_media::catalog::{Area, Branch, Leaf, ReadTrees, Result, Stale, StaleFile, Tree, WriteTrees};
use wix_media::model::system_folder::TRASH_ROOT;

impl ReadTrees for Session {
    fn folder_tree(&self, top: &str) -> Result<Vec<Branch>> {
        self.all(
            "WITH RECURSIVE below (id, parent, level, created) AS (
                 SELECT id, parent, 0::bigint, created FROM folder WHERE site = (SELECT $1) AND id = $2
                 UNION
                 SELECT folder.id, folder.parent, level + 1, folder.created
                 FROM folder JOIN below ON folder.parent = below.id WHERE folder.site = $1 AND level < 1000
             ) SELECT id, parent, level FROM below ORDER BY level, created, id",
            values![self.site, top],
            |row| {
                Ok(Branch {
                    id: get(row, 0)?,
                    parent: get(row, 1)?,
                    depth: get_u32(row, 2)?,
                })
            },
        )
    }

    fn tree(&self, top: &str) -> Result<Tree> {
        let folders = self.folder_tree(top)?;
        let ids: Vec<&str> = folders.iter().map(|folder| &folder.id[..]).collect();
        let files = self.all(
            "SELECT id, parent, blob FROM file WHERE site = $1 AND parent = ANY($2) ORDER BY created, id",
            values![self.site, ids],
            |row| {
                Ok(Leaf {
                    id: get(row, 0)?,
                    parent: get(row, 1)?,
                    blob: get(row, 2)?,
                })
            },
        )?;
        Ok(Tree { folders, files })
    }

    fn tree_size(&self, top: &str, limit: u32) -> Result<u32> {
        let folders = self.folders_below(top)?;
        let count = self.number(
            "SELECT count(*) FROM (SELECT 1 FROM file WHERE site = $1 AND parent = ANY($2) LIMIT $3) AS counted",
            values![self.site, folders, i64::from(limit)],
        )?;
        Ok(u32::try_from(count).unwrap_or(limit))
    }

    fn has_stale_files(&self) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM stale WHERE site = $1)";
        Ok(self.has_stale && self.exists(sql, values![self.site])?)
    }

    fn stale_files(&self, limit: u32) -> Result<Vec<Stale>> {
        self.next_stale(limit)
    }

    fn stale_by_id(&self, ids: &[String]) -> Result<Vec<StaleFile>> {
        if !self.has_stale {
            return Ok(Vec::new());
        }
        self.stale_among(self.stored_files(ids)?)
    }
}

impl Session {
    /// The ids of a folder and of all folders below it.
    fn folders_below(&self, top: &str) -> Result<Vec<String>> {
        self.all(
            "WITH RECURSIVE below (id) AS (
                 SELECT id FROM folder WHERE site = (SELECT $1) AND id = $2
                 UNION SELECT folder.id FROM folder JOIN below ON folder.parent = below.id WHERE folder.site = $1
             ) SELECT id FROM below",
            values![self.site, top],
            |row| get(row, 0),
        )
    }

    /// Those of these folders whose files do not follow later.
    fn without_stale(&self, folders: &[String]) -> Result<Vec<String>> {
        if !self.has_stale {
            return Ok(folders.to_vec());
        }
        let sql = "SELECT id FROM unnest($2::text[]) AS below (id)
             WHERE NOT EXISTS (SELECT 1 FROM stale WHERE site = (SELECT $1) AND folder = id)";
        self.all(sql, values![self.site, folders], |row| get(row, 0))
    }
}

impl WriteTrees for Session {
    fn defer_files(&mut self, folders: &[&str]) -> Result<()> {
        // A folder that is named twice would be changed twice by one statement.
        let sql = "INSERT INTO stale (site, folder)
             SELECT $1, folder FROM (
                 SELECT folder, min(place) AS place FROM unnest($2::text[]) WITH ORDINALITY AS listed (folder, place) GROUP BY folder
             ) AS distinct_ones ORDER BY place
             ON CONFLICT (site, folder) DO UPDATE SET name = '', file = ''";
        self.run(sql, values![self.site, folders])?;
        self.has_stale |= !folders.is_empty();
        Ok(())
    }

    fn refresh_files(&mut self, ids: &[&str], events: u32) -> Result<Vec<i64>> {
        self.refresh(ids, events)
    }

    fn pass_stale_files(&mut self, folders: &[&str], up_to: Option<&str>) -> Result<()> {
        self.pass_stale(folders, up_to)
    }

    fn move_tree(&mut self, top: &str, area: Area) -> Result<()> {
        let (folders, area) = (self.folders_below(top)?, i16::from(area.number()));
        let with_files = self.without_stale(&folders)?;
        self.run(
            "WITH folders AS (UPDATE folder SET area = $3 WHERE site = (SELECT $1) AND id = ANY($2))
             UPDATE file SET area = $3 WHERE site = $1 AND parent = ANY($4)",
            values![self.site, folders, area, with_files],
        )
        .map(drop)
    }

    fn trash_tree(&mut self, top: &str, deletion: i64, now: i64) -> Result<()> {
        let folders = self.folders_below(top)?;
        let with_files = self.without_stale(&folders)?;
        self.run(
            "WITH folders AS (
                 UPDATE folder SET parent = CASE WHEN id = $6 THEN $7 ELSE parent END, origin_parent = parent,
                     origin_area = area, area = 2, deletion = $3, deleted = $4
                 WHERE site = (SELECT $1) AND id = ANY($2)
             )
             UPDATE file SET origin_parent = parent, origin_area = area, area = 2, deletion = $3, deleted = $4
             WHERE site = $1 AND parent = ANY($5)",
            values![self.site, folders, deletion, now, with_files, top, TRASH_ROOT],
        )
        .map(drop)
    }

    fn restore_tree(&mut self, top: &str, parent: &str, area: Area) -> Result<()> {
        let (folders, area) = (self.folders_below(top)?, i16::from(area.number()));
        let with_files = self.without_stale(&folders)?;
        self.run(
            "WITH folders AS (
                 UPDATE folder SET parent = CASE WHEN id = $5 THEN $6 ELSE parent END, origin_parent = NULL,
                     origin_area = NULL, area = $3, deletion = NULL, deleted = NULL
                 WHERE site = (SELECT $1) AND id = ANY($2)
             )
             UPDATE file SET origin_parent = NULL, origin_area = NULL, area = $3, deletion = NULL, deleted = NULL
             WHERE site = $1 AND parent = ANY($4)",
            values![self.site, folders, area, with_files, top, parent],
        )
        .map(drop)
    }

    fn remove_tree(&mut self, top: &str) -> Result<()> {
        let folders = self.folders_below(top)?;
        let bytes = self.number(
            "WITH gone AS (DELETE FROM file WHERE site = $1 AND parent = ANY($2) RETURNING id, size),
                 folders AS (DELETE FROM folder WHERE site = (SELECT $1) AND id = ANY($2)),
                 deferred AS (DELETE FROM stale WHERE site = (SELECT $1) AND folder = ANY($2)),
                 texts AS (DELETE FROM file_text USING gone WHERE site = (SELECT $1) AND file_text.id = gone.id),
                 pieces AS (DELETE FROM file_grams USING gone WHERE site = (SELECT $1) AND file_grams.id = gone.id),
                 imports AS (DELETE FROM import USING gone WHERE site = (SELECT $1) AND file = gone.id),
                 transcodes AS (DELETE FROM transcode USING gone WHERE site = (SELECT $1) AND file = gone.id),
                 waiting AS (DELETE FROM backlog USING gone WHERE site = (SELECT $1) AND file = gone.id),
                 assets AS (DELETE FROM asset USING gone WHERE site = (SELECT $1) AND file = gone.id RETURNING asset.size)
             SELECT (
                 coalesce((SELECT sum(greatest(size, 0)) FROM gone), 0) + coalesce((SELECT sum(size) FROM assets), 0)
             )::bigint",
            values![self.site, folders],
        )?;
        self.add_bytes(-bytes);
        Ok(())
    }
}
