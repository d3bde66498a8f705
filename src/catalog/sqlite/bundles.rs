//! Bundles, and the blobs that nothing needs any more.

use super::super::{BundleEntry, ReadBundles, Result, WriteBundles};
use super::Session;
use rusqlite::params;

/// How many blobs one scan of the rows looks for.
const BLOBS_PER_SCAN: usize = 500;

impl ReadBundles for Session<'_> {
    fn bundle(&self, id: &str) -> Result<Option<String>> {
        self.one("SELECT name FROM bundle WHERE id = ?", [id], |row| row.get(0))
    }

    fn bundle_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, BundleEntry)>> {
        self.all(
            "SELECT position, path, blob, size, crc, updated FROM bundle_entry
             WHERE bundle = ? AND position >= ? ORDER BY position LIMIT ?",
            params![id, from, limit],
            |row| {
                let entry = BundleEntry {
                    path: row.get(1)?,
                    blob: row.get(2)?,
                    size: row.get(3)?,
                    crc: row.get(4)?,
                    updated: row.get(5)?,
                };
                Ok((row.get(0)?, entry))
            },
        )
    }

    fn temporary_bundles(&self, until: i64) -> Result<Vec<String>> {
        self.all(
            "SELECT id FROM bundle WHERE lasting = 0 AND created <= ? ORDER BY id",
            [until],
            |row| row.get(0),
        )
    }

    fn needs_blob(&self, blob: &str) -> Result<bool> {
        self.exists(
            "SELECT EXISTS (SELECT 1 FROM file WHERE blob = ?1)
                 OR EXISTS (SELECT 1 FROM upload WHERE blob = ?1)
                 OR EXISTS (SELECT 1 FROM bundle_entry WHERE blob = ?1)",
            [blob],
        )
    }

    fn blobs_of_rows(&self, blobs: &[String]) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for some in blobs.chunks(BLOBS_PER_SCAN) {
            let wanted = vec!["?"; some.len()].join(", ");
            for table in ["file", "upload", "bundle_entry"] {
                let sql = format!("SELECT DISTINCT blob FROM {table} NOT INDEXED WHERE blob IN ({wanted})");
                let rows: Vec<String> = self.all(&sql, rusqlite::params_from_iter(some), |row| row.get(0))?;
                found.extend(rows);
            }
        }
        Ok(found)
    }

    fn doomed_blobs(&self, from: i64, until: i64, after: &str, limit: u32) -> Result<Vec<String>> {
        self.all(
            "SELECT blob FROM doomed WHERE blob > ? AND since BETWEEN ? AND ? ORDER BY blob LIMIT ?",
            params![after, from, until, limit],
            |row| row.get(0),
        )
    }

    fn doomed_count(&self) -> Result<u64> {
        let count = self.one("SELECT count(*) FROM doomed", [], |row| row.get::<_, i64>(0))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }
}

impl WriteBundles for Session<'_> {
    fn insert_bundle(&mut self, id: &str, name: &str, temporary: bool, now: i64) -> Result<()> {
        self.run(
            "INSERT INTO bundle (id, name, lasting, created) VALUES (?, ?, ?, ?)",
            params![id, name, !temporary, now],
        )
        .map(drop)
    }

    fn insert_bundle_entries(&mut self, bundle: &str, position: i64, entries: &[BundleEntry]) -> Result<()> {
        for (entry, position) in entries.iter().zip(position..) {
            self.run(
                "INSERT INTO bundle_entry (bundle, position, path, blob, size, crc, updated) VALUES (?, ?, ?, ?, ?, ?, ?)",
                params![
                    bundle,
                    position,
                    entry.path,
                    entry.blob,
                    entry.size,
                    entry.crc,
                    entry.updated
                ],
            )?;
        }
        Ok(())
    }

    fn remove_bundle(&mut self, id: &str) -> Result<()> {
        self.run("DELETE FROM bundle_entry WHERE bundle = ?", [id])?;
        self.run("DELETE FROM bundle WHERE id = ?", [id]).map(drop)
    }

    fn doom_blobs(&mut self, blobs: &[String], now: i64) -> Result<Vec<String>> {
        let mut doomed = Vec::new();
        for blob in blobs {
            if self.needs_blob(blob)? {
                continue;
            }
            let added = self.run(
                "INSERT INTO doomed (blob, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
                params![blob, now],
            )?;
            if added > 0 {
                doomed.push(blob.clone());
            }
        }
        Ok(doomed)
    }

    fn forget_doomed(&mut self, blobs: &[String]) -> Result<()> {
        for blob in blobs {
            self.run("DELETE FROM doomed WHERE blob = ?", [blob])?;
        }
        Ok(())
    }
}
