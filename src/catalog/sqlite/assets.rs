//! Assets, and the videos of which assets are still to be made.

use super::super::{Asset, ReadAssets, Result, Transcode, WriteAssets};
use super::Session;
use rusqlite::{Row, params};

/// The transcodes that can be leased. CROSS JOIN keeps SQLite from walking all files.
pub(super) const FREE_TRANSCODES: &str = "SELECT transcode.file, transcode.ready_at, transcode.tries
     FROM transcode CROSS JOIN file ON file.id = transcode.file
     WHERE transcode.leased_until <= ? ORDER BY file.number LIMIT ?";

fn read_asset(row: &Row<'_>) -> rusqlite::Result<Asset> {
    Ok(Asset {
        file: row.get(0)?,
        name: row.get(1)?,
        blob: row.get(2)?,
        size: row.get(3)?,
        hash: row.get(4)?,
        crc: row.get(5)?,
        facts: row.get(6)?,
    })
}

fn read_transcode(row: &Row<'_>) -> rusqlite::Result<Transcode> {
    Ok(Transcode {
        file: row.get(0)?,
        ready_at: row.get(1)?,
        tries: row.get(2)?,
    })
}

impl ReadAssets for Session<'_> {
    fn asset(&self, file: &str, name: &str) -> Result<Option<Asset>> {
        self.one(
            "SELECT file, name, blob, size, hash, crc, facts FROM asset WHERE file = ? AND name = ?",
            [file, name],
            read_asset,
        )
    }

    fn assets_of(&self, files: &[&str]) -> Result<Vec<Asset>> {
        let mut assets = Vec::new();
        for file in files {
            assets.extend(self.all(
                "SELECT file, name, blob, size, hash, crc, facts FROM asset WHERE file = ? ORDER BY name",
                [file],
                read_asset,
            )?);
        }
        Ok(assets)
    }

    fn transcode(&self, file: &str) -> Result<Option<Transcode>> {
        self.one(
            "SELECT file, ready_at, tries FROM transcode WHERE file = ?",
            [file],
            read_transcode,
        )
    }

    fn has_transcodes(&self, now: i64) -> Result<bool> {
        self.exists("SELECT EXISTS (SELECT 1 FROM transcode WHERE leased_until <= ?)", [now])
    }

    fn has_backlog(&self) -> Result<bool> {
        self.exists("SELECT EXISTS (SELECT 1 FROM backlog)", [])
    }

    fn waiting_transcodes(&self, now: i64) -> Result<u64> {
        let sql = "SELECT (SELECT count(*) FROM transcode WHERE leased_until <= ?) + (SELECT count(*) FROM backlog)";
        Ok(self.number(sql, [now])?.unsigned_abs())
    }
}

impl WriteAssets for Session<'_> {
    fn put_asset(&mut self, asset: &Asset) -> Result<()> {
        self.remove_asset(&asset.file, &asset.name)?;
        self.run(
            "INSERT INTO asset (file, name, blob, size, hash, crc, facts) VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                asset.file,
                asset.name,
                asset.blob,
                asset.size,
                asset.hash,
                asset.crc,
                asset.facts
            ],
        )
        .map(drop)
    }

    fn remove_asset(&mut self, file: &str, name: &str) -> Result<()> {
        self.run("DELETE FROM asset WHERE file = ? AND name = ?", [file, name])
            .map(drop)
    }

    fn put_transcode(&mut self, file: &str, ready_at: i64) -> Result<()> {
        self.run(
            "INSERT INTO transcode (file, ready_at) VALUES (?1, ?2)
             ON CONFLICT (file) DO UPDATE SET ready_at = ?2, tries = 0",
            params![file, ready_at],
        )
        .map(drop)
    }

    fn take_transcodes(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Transcode>> {
        let mut taken = self.all(FREE_TRANSCODES, params![now, limit], read_transcode)?;
        for transcode in &mut taken {
            transcode.tries += 1;
            self.run(
                "UPDATE transcode SET leased_until = ?2, tries = ?3 WHERE file = ?1",
                params![transcode.file, until, transcode.tries],
            )?;
        }
        Ok(taken)
    }

    fn release_transcode(&mut self, file: &str) -> Result<()> {
        self.run(
            "UPDATE transcode SET leased_until = 0, tries = max(tries - 1, 0) WHERE file = ?",
            [file],
        )
        .map(drop)
    }

    fn remove_transcode(&mut self, file: &str) -> Result<()> {
        self.run("DELETE FROM transcode WHERE file = ?", [file]).map(drop)
    }

    fn put_backlog(&mut self, file: &str) -> Result<()> {
        self.run("INSERT INTO backlog (file) VALUES (?) ON CONFLICT DO NOTHING", [file])
            .map(drop)
    }

    fn queue_backlog(&mut self, limit: u32) -> Result<u64> {
        // WHERE also tells SQLite that ON belongs to the conflict and not to a join.
        self.run(
            "INSERT INTO transcode (file, ready_at) SELECT file, 0 FROM backlog WHERE true ORDER BY number LIMIT ?
             ON CONFLICT DO NOTHING",
            [limit],
        )?;
        let queued = self.run(
            "DELETE FROM backlog WHERE number IN (SELECT number FROM backlog ORDER BY number LIMIT ?)",
            [limit],
        )?;
        Ok(queued as u64)
    }
}
