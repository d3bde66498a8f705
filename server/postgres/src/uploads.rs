//! Uploads and imports.

use crate::session::Session;
use crate::values::{get, values};
use tokio_postgres::Row;
use wix_media::catalog::{Import, ReadUploads, Result, Upload, WriteUploads};

macro_rules! upload_columns {
    () => {
        "id, file, request, resumable, expires, done, transfer, blob, length, received, filename, epoch, digest, metadata"
    };
}

fn read_upload(row: &Row) -> Result<Upload> {
    Ok(Upload {
        id: get(row, 0)?,
        file: get(row, 1)?,
        request: get(row, 2)?,
        resumable: get(row, 3)?,
        expires: get(row, 4)?,
        done: get(row, 5)?,
        transfer: get(row, 6)?,
        blob: get(row, 7)?,
        length: get(row, 8)?,
        received: get(row, 9)?,
        filename: get(row, 10)?,
        epoch: get(row, 11)?,
        digest: get(row, 12)?,
        metadata: get(row, 13)?,
    })
}

fn read_import(row: &Row) -> Result<Import> {
    Ok(Import {
        file: get(row, 0)?,
        request: get(row, 1)?,
    })
}

impl ReadUploads for Session {
    fn upload(&self, id: &str) -> Result<Option<Upload>> {
        let sql = concat!(
            "SELECT ",
            upload_columns!(),
            " FROM upload WHERE site = (SELECT $1) AND id = $2"
        );
        self.one(sql, values![self.site, id], read_upload)
    }

    fn upload_of_transfer(&self, transfer: &str) -> Result<Option<Upload>> {
        let sql = concat!(
            "SELECT ",
            upload_columns!(),
            " FROM upload WHERE site = (SELECT $1) AND transfer = $2"
        );
        self.one(sql, values![self.site, transfer], read_upload)
    }

    fn upload_count(&self) -> Result<u64> {
        let count = self.number("SELECT count(*) FROM upload WHERE site = $1", values![self.site])?;
        Ok(count.unsigned_abs())
    }

    fn import(&self, file: &str) -> Result<Option<Import>> {
        let sql = "SELECT file, request FROM import WHERE site = (SELECT $1) AND file = $2";
        self.one(sql, values![self.site, file], read_import)
    }

    fn has_imports(&self, now: i64) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM import WHERE site = $1 AND leased_until <= $2)";
        self.exists(sql, values![self.site, now])
    }
}

impl WriteUploads for Session {
    fn put_upload(&mut self, upload: &Upload) -> Result<()> {
        if let Some(trace) = &mut self.trace {
            trace.note(&upload.file);
        }
        let sql = concat!(
            "INSERT INTO upload (site, ",
            upload_columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (site, id) DO UPDATE SET (",
            upload_columns!(),
            ") = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        );
        self.run(
            sql,
            values![
                self.site,
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
        let sql = "UPDATE upload SET epoch = epoch + 1 WHERE site = (SELECT $1) AND transfer = $2 RETURNING epoch";
        self.number(sql, values![self.site, transfer])
    }

    fn advance_transfer(&mut self, transfer: &str, epoch: i64, received: i64, digest: &str) -> Result<bool> {
        let sql =
            "UPDATE upload SET received = $4, digest = $5 WHERE site = (SELECT $1) AND transfer = $2 AND epoch = $3";
        let changed = self.run(sql, values![self.site, transfer, epoch, received, digest])?;
        Ok(changed > 0)
    }

    fn remove_uploads(&mut self, before: i64) -> Result<()> {
        let sql = "DELETE FROM upload WHERE site = $1 AND expires < $2";
        self.run(sql, values![self.site, before]).map(drop)
    }

    fn remove_idle_uploads(&mut self, limit: u32) -> Result<u64> {
        let sql = "DELETE FROM upload WHERE site = $1 AND id IN (
                 SELECT id FROM upload WHERE site = $1 AND blob IS NULL ORDER BY done DESC, expires, id LIMIT $2
             )";
        self.run(sql, values![self.site, i64::from(limit)])
    }

    fn put_import(&mut self, import: &Import) -> Result<()> {
        if let Some(trace) = &mut self.trace {
            trace.note(&import.file);
        }
        let sql = "INSERT INTO import (site, file, request) VALUES ($1, $2, $3)
             ON CONFLICT (site, file) DO UPDATE SET request = excluded.request";
        self.run(sql, values![self.site, import.file, import.request]).map(drop)
    }

    fn take_imports(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Import>> {
        let sql = "WITH free AS (
                 SELECT import.file, file.number FROM import JOIN file ON file.site = (SELECT $1) AND file.id = import.file
                 WHERE import.site = $1 AND leased_until <= $2 ORDER BY file.number LIMIT $4
             )
             UPDATE import SET leased_until = $3 FROM free
             WHERE import.site = (SELECT $1) AND import.file = free.file RETURNING import.file, request, free.number";
        let mut taken = self.all(sql, values![self.site, now, until, i64::from(limit)], |row| {
            Ok((get::<i64>(row, 2)?, read_import(row)?))
        })?;
        taken.sort_by_key(|(number, _)| *number);
        Ok(taken.into_iter().map(|(_, import)| import).collect())
    }

    fn release_import(&mut self, file: &str) -> Result<()> {
        let sql = "UPDATE import SET leased_until = 0 WHERE site = (SELECT $1) AND file = $2";
        self.run(sql, values![self.site, file]).map(drop)
    }

    fn remove_import(&mut self, file: &str) -> Result<()> {
        let sql = "DELETE FROM import WHERE site = (SELECT $1) AND file = $2";
        self.run(sql, values![self.site, file]).map(drop)
    }
}
