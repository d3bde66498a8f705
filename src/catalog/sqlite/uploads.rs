//! Uploads, imports, pending files and jobs.

use super::super::{
    File, Import, Job, ReadDeliveries, ReadJobs, ReadUploads, Result, Upload, Waiting, WriteJobs, WriteUploads,
};
use super::Session;
use super::items::{FILES, read_file};
use rusqlite::{Row, params};

macro_rules! upload_columns {
    () => {
        "id, file, request, resumable, expires, done, transfer, blob, length, received, filename, epoch, digest, metadata"
    };
}

fn read_upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        id: row.get(0)?,
        file: row.get(1)?,
        request: row.get(2)?,
        resumable: row.get(3)?,
        expires: row.get(4)?,
        done: row.get(5)?,
        transfer: row.get(6)?,
        blob: row.get(7)?,
        length: row.get(8)?,
        received: row.get(9)?,
        filename: row.get(10)?,
        epoch: row.get(11)?,
        digest: row.get(12)?,
        metadata: row.get(13)?,
    })
}

fn read_import(row: &Row<'_>) -> rusqlite::Result<Import> {
    Ok(Import {
        file: row.get(0)?,
        request: row.get(1)?,
    })
}

/// Imports without a lease, in the order of their files. CROSS makes SQLite sort the few imports. Without it SQLite walks
/// all files in that order.
pub(super) const FREE_IMPORTS: &str =
    "SELECT import.file, import.request FROM import CROSS JOIN file ON file.id = import.file
     WHERE import.leased_until <= ? ORDER BY file.number LIMIT ?";

impl ReadUploads for Session<'_> {
    fn upload(&self, id: &str) -> Result<Option<Upload>> {
        let sql = concat!("SELECT ", upload_columns!(), " FROM upload WHERE id = ?");
        self.one(sql, [id], read_upload)
    }

    fn upload_of_transfer(&self, transfer: &str) -> Result<Option<Upload>> {
        let sql = concat!("SELECT ", upload_columns!(), " FROM upload WHERE transfer = ?");
        self.one(sql, [transfer], read_upload)
    }

    fn upload_count(&self) -> Result<u64> {
        Ok(self.number("SELECT count(*) FROM upload", [])?.unsigned_abs())
    }

    fn import(&self, file: &str) -> Result<Option<Import>> {
        self.one("SELECT file, request FROM import WHERE file = ?", [file], read_import)
    }

    fn has_imports(&self, now: i64) -> Result<bool> {
        self.exists("SELECT EXISTS (SELECT 1 FROM import WHERE leased_until <= ?)", [now])
    }
}

impl WriteUploads for Session<'_> {
    fn put_upload(&mut self, upload: &Upload) -> Result<()> {
        // Not OR REPLACE, which would also remove another upload with the same transfer.
        self.run(
            concat!(
                "INSERT INTO upload (",
                upload_columns!(),
                ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (id) DO UPDATE SET (",
                upload_columns!(),
                ") = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
            ),
            params![
                upload.id,
                upload.file,
                upload.request,
                upload.resumable,
                upload.expires,
                upload.done,
                upload.transfer,
                upload.blob,
                upload.length,
                upload.received,
                upload.filename,
                upload.epoch,
                upload.digest,
                upload.metadata,
            ],
        )
        .map(drop)
    }

    fn take_over_transfer(&mut self, transfer: &str) -> Result<i64> {
        self.number(
            "UPDATE upload SET epoch = epoch + 1 WHERE transfer = ? RETURNING epoch",
            [transfer],
        )
    }

    fn advance_transfer(&mut self, transfer: &str, epoch: i64, received: i64, digest: &str) -> Result<bool> {
        let changed = self.run(
            "UPDATE upload SET received = ?3, digest = ?4 WHERE transfer = ?1 AND epoch = ?2",
            params![transfer, epoch, received, digest],
        )?;
        Ok(changed > 0)
    }

    fn remove_uploads(&mut self, before: i64) -> Result<()> {
        self.run("DELETE FROM upload WHERE expires < ?", [before]).map(drop)
    }

    fn remove_idle_uploads(&mut self, limit: u32) -> Result<u64> {
        let removed = self.run(
            "DELETE FROM upload WHERE id IN (
                 SELECT id FROM upload WHERE blob IS NULL ORDER BY done DESC, expires, id LIMIT ?
             )",
            [limit],
        )?;
        Ok(removed as u64)
    }

    fn put_import(&mut self, import: &Import) -> Result<()> {
        self.run(
            "INSERT INTO import (file, request) VALUES (?1, ?2) ON CONFLICT (file) DO UPDATE SET request = ?2",
            [&import.file, &import.request],
        )
        .map(drop)
    }

    fn take_imports(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Import>> {
        let taken = self.all(FREE_IMPORTS, params![now, limit], read_import)?;
        for import in &taken {
            self.run(
                "UPDATE import SET leased_until = ?2 WHERE file = ?1",
                params![import.file, until],
            )?;
        }
        Ok(taken)
    }

    fn release_import(&mut self, file: &str) -> Result<()> {
        self.run("UPDATE import SET leased_until = 0 WHERE file = ?", [file])
            .map(drop)
    }

    fn remove_import(&mut self, file: &str) -> Result<()> {
        self.run("DELETE FROM import WHERE file = ?", [file]).map(drop)
    }
}

impl ReadJobs for Session<'_> {
    fn due_files(&self, now: i64, limit: u32) -> Result<Vec<File>> {
        let sql = format!(
            "SELECT {} FROM file WHERE ready_at IS NOT NULL AND ready_at <= ? ORDER BY ready_at, number LIMIT ?",
            FILES.columns
        );
        self.fresh(self.all(&sql, params![now, limit], read_file)?)
    }

    fn next_due(&self) -> Result<Option<i64>> {
        let next = self.one(
            "SELECT min(due) FROM (
                 SELECT min(ready_at) AS due FROM file WHERE ready_at IS NOT NULL UNION ALL SELECT min(due) FROM job
             )",
            [],
            |row| row.get(0),
        )?;
        Ok(next.flatten())
    }

    fn waiting(&self, urls: &[&str], now: i64) -> Result<Waiting> {
        let first = |sql: &str| self.one(sql, [now], |row| row.get(0)).map(Option::flatten);
        Ok(Waiting {
            imports: first(
                "SELECT min(file.created) FROM import CROSS JOIN file ON file.id = import.file WHERE import.leased_until <= ?",
            )?,
            deliveries: self.next_delivery(urls, now)?.filter(|due| *due <= now),
            jobs: first("SELECT min(due) FROM job WHERE due <= ?")?,
            files: first("SELECT min(ready_at) FROM file WHERE ready_at IS NOT NULL AND ready_at <= ?")?,
            transcodes: first("SELECT min(ready_at) FROM transcode WHERE leased_until <= ?1 AND ready_at <= ?1")?,
        })
    }
}

impl WriteJobs for Session<'_> {
    fn insert_job(&mut self, job: &Job) -> Result<()> {
        self.run(
            "INSERT INTO job (due, operation, fields) VALUES (?, ?, ?)",
            params![job.due, job.operation, job.fields],
        )
        .map(drop)
    }

    fn take_job(&mut self, now: i64) -> Result<Option<Job>> {
        self.one(
            "DELETE FROM job WHERE number = (SELECT number FROM job WHERE due <= ? ORDER BY due, number LIMIT 1)
             RETURNING due, operation, fields",
            [now],
            |row| {
                Ok(Job {
                    due: row.get(0)?,
                    operation: row.get(1)?,
                    fields: row.get(2)?,
                })
            },
        )
    }

    fn pull_in(&mut self, now: i64, pending: i64, delay: i64, retries: &[i64]) -> Result<()> {
        let after = |wait: i64| now.saturating_add(wait);
        for table in ["file", "transcode"] {
            let sql = format!("UPDATE {table} SET ready_at = ?1 WHERE ready_at > ?2");
            self.run(&sql, params![now, after(pending)])?;
        }
        self.run("UPDATE job SET due = ?1 WHERE due > ?2", params![now, after(delay)])?;
        for (tries, wait) in (0_i64..).zip(retries) {
            self.run(
                "UPDATE delivery SET due = ?1 WHERE due > ?2 AND tries = ?3",
                params![now, after(*wait), tries],
            )?;
        }
        Ok(())
    }

    fn end_leases(&mut self) -> Result<()> {
        self.run("UPDATE import SET leased_until = 0 WHERE leased_until <> 0", [])?;
        self.run("UPDATE transcode SET leased_until = 0 WHERE leased_until <> 0", [])?;
        self.run("UPDATE delivery SET leased_until = 0 WHERE leased_until <> 0", [])
            .map(drop)
    }
}
