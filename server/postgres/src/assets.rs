//! Assets, and the videos of which assets are still to be made.

use crate::session::Session;
use crate::values::{get, get_u32, values};
use tokio_postgres::Row;
use wix_media::catalog::{Asset, ReadAssets, Result, Transcode, WriteAssets};

fn read_asset(row: &Row) -> Result<Asset> {
    Ok(Asset {
        file: get(row, 0)?,
        name: get(row, 1)?,
        blob: get(row, 2)?,
        size: get(row, 3)?,
        hash: get(row, 4)?,
        crc: get_u32(row, 5)?,
        facts: get(row, 6)?,
    })
}

fn read_transcode(row: &Row) -> Result<Transcode> {
    Ok(Transcode {
        file: get(row, 0)?,
        ready_at: get(row, 1)?,
        tries: get_u32(row, 2)?,
    })
}

impl ReadAssets for Session {
    fn asset(&self, file: &str, name: &str) -> Result<Option<Asset>> {
        let sql = "SELECT file, name, blob, size, hash, crc, facts FROM asset WHERE site = (SELECT $1) AND file = $2 AND name = $3";
        self.one(sql, values![self.site, file, name], read_asset)
    }

    fn assets_of(&self, files: &[&str]) -> Result<Vec<Asset>> {
        let sql = "SELECT file, name, blob, size, hash, crc, facts FROM asset
             JOIN unnest($2::text[]) WITH ORDINALITY AS wanted (id, place) ON asset.file = wanted.id
             WHERE site = $1 ORDER BY place, name";
        self.all(sql, values![self.site, files], read_asset)
    }

    fn transcode(&self, file: &str) -> Result<Option<Transcode>> {
        let sql = "SELECT file, ready_at, tries FROM transcode WHERE site = (SELECT $1) AND file = $2";
        self.one(sql, values![self.site, file], read_transcode)
    }

    fn has_transcodes(&self, now: i64) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM transcode WHERE site = $1 AND leased_until <= $2)";
        self.exists(sql, values![self.site, now])
    }

    fn has_backlog(&self) -> Result<bool> {
        self.exists(
            "SELECT EXISTS (SELECT 1 FROM backlog WHERE site = $1)",
            values![self.site],
        )
    }

    fn waiting_transcodes(&self, now: i64) -> Result<u64> {
        let sql = "SELECT (SELECT count(*) FROM transcode WHERE site = $1 AND leased_until <= $2)
             + (SELECT count(*) FROM backlog WHERE site = $1)";
        Ok(self.number(sql, values![self.site, now])?.unsigned_abs())
    }
}

impl WriteAssets for Session {
    fn put_asset(&mut self, asset: &Asset) -> Result<()> {
        let sql = "WITH old AS (SELECT size FROM asset WHERE site = (SELECT $1) AND file = $2 AND name = $3),
                 put AS (
                     INSERT INTO asset (site, file, name, blob, size, hash, crc, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                     ON CONFLICT (site, file, name) DO UPDATE SET blob = excluded.blob, size = excluded.size,
                         hash = excluded.hash, crc = excluded.crc, facts = excluded.facts
                 )
             SELECT coalesce((SELECT size FROM old), 0)";
        let before = self.number(
            sql,
            values![
                self.site,
                asset.file,
                asset.name,
                asset.blob,
                asset.size,
                asset.hash,
                i64::from(asset.crc),
                asset.facts,
            ],
        )?;
        self.add_bytes(asset.size - before);
        Ok(())
    }

    fn remove_asset(&mut self, file: &str, name: &str) -> Result<()> {
        let sql = "DELETE FROM asset WHERE site = (SELECT $1) AND file = $2 AND name = $3 RETURNING size";
        let bytes = self.number(sql, values![self.site, file, name])?;
        self.add_bytes(-bytes);
        Ok(())
    }

    fn put_transcode(&mut self, file: &str, ready_at: i64) -> Result<()> {
        let sql = "INSERT INTO transcode (site, file, ready_at) VALUES ($1, $2, $3)
             ON CONFLICT (site, file) DO UPDATE SET ready_at = excluded.ready_at, tries = 0";
        self.run(sql, values![self.site, file, ready_at]).map(drop)
    }

    fn take_transcodes(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Transcode>> {
        let sql = "WITH free AS (
                 SELECT transcode.file, file.number FROM transcode JOIN file ON file.site = (SELECT $1) AND file.id = transcode.file
                 WHERE transcode.site = $1 AND leased_until <= $2 ORDER BY file.number LIMIT $4
             )
             UPDATE transcode SET leased_until = $3, tries = tries + 1 FROM free
             WHERE transcode.site = (SELECT $1) AND transcode.file = free.file
             RETURNING transcode.file, transcode.ready_at, tries, free.number";
        let mut taken = self.all(sql, values![self.site, now, until, i64::from(limit)], |row| {
            Ok((get::<i64>(row, 3)?, read_transcode(row)?))
        })?;
        taken.sort_by_key(|(number, _)| *number);
        Ok(taken.into_iter().map(|(_, transcode)| transcode).collect())
    }

    fn release_transcode(&mut self, file: &str) -> Result<()> {
        let sql = "UPDATE transcode SET leased_until = 0, tries = greatest(tries - 1, 0) WHERE site = (SELECT $1) AND file = $2";
        self.run(sql, values![self.site, file]).map(drop)
    }

    fn remove_transcode(&mut self, file: &str) -> Result<()> {
        let sql = "DELETE FROM transcode WHERE site = (SELECT $1) AND file = $2";
        self.run(sql, values![self.site, file]).map(drop)
    }

    fn put_backlog(&mut self, file: &str) -> Result<()> {
        let sql = "INSERT INTO backlog (site, file) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.run(sql, values![self.site, file]).map(drop)
    }

    fn queue_backlog(&mut self, limit: u32) -> Result<u64> {
        let sql = "WITH first AS (
                 DELETE FROM backlog WHERE site = $1 AND file IN (
                     SELECT file FROM backlog WHERE site = $1 ORDER BY number LIMIT $2
                 ) RETURNING file
             ), queued AS (
                 INSERT INTO transcode (site, file, ready_at) SELECT $1, file, 0 FROM first ON CONFLICT DO NOTHING
             )
             SELECT count(*) FROM first";
        Ok(self.number(sql, values![self.site, i64::from(limit)])?.unsigned_abs())
    }
}
