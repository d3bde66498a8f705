//! Bundles, and the blobs that nothing needs any more.

use super::super::{BundleEntry, ReadBundles, Result, WriteBundles};
use super::Session;
use rusqlite::{Row, params};
use std::collections::HashSet;

/// Reads an entry from the columns after the first.
fn read_entry(row: &Row<'_>) -> rusqlite::Result<BundleEntry> {
    Ok(BundleEntry {
        path: row.get(1)?,
        blob: row.get(2)?,
        size: row.get(3)?,
        crc: row.get(4)?,
        updated: row.get(5)?,
    })
}

impl ReadBundles for Session<'_> {
    fn bundle(&self, id: &str) -> Result<Option<(String, i64)>> {
        self.one("SELECT name, created FROM bundle WHERE id = ?", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    fn bundle_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, BundleEntry)>> {
        self.all(
            "SELECT position, path, blob, size, crc, updated FROM bundle_entry
             WHERE bundle = ? AND position >= ? ORDER BY position LIMIT ?",
            params![id, from, limit],
            |row| Ok((row.get(0)?, read_entry(row)?)),
        )
    }

    fn kept_entries(&self, after: &str, limit: u32) -> Result<Vec<BundleEntry>> {
        // GROUP BY the indexed column walks the index, and takes the other columns from one row of each group.
        self.all(
            "SELECT min(position), path, blob, size, crc, updated FROM bundle_entry
             WHERE blob > ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.blob = bundle_entry.blob)
             GROUP BY blob ORDER BY blob LIMIT ?",
            params![after, limit],
            read_entry,
        )
    }

    fn excess_bundles(&self, bundles: u32, entries: u64) -> Result<Vec<String>> {
        let count = self.number("SELECT count(*) FROM bundle WHERE lasting = 1", [])?;
        let all_entries = self.number("SELECT value FROM counter WHERE name = 'entries'", [])?;
        let temporary_entries = self.number(
            "SELECT count(*) FROM bundle_entry WHERE bundle IN (SELECT id FROM bundle WHERE lasting = 0)",
            [],
        )?;
        let mut too_many = (
            count.saturating_sub(i64::from(bundles)),
            (all_entries - temporary_entries).saturating_sub(i64::try_from(entries).unwrap_or(i64::MAX)),
        );
        let mut excess = Vec::new();
        if too_many.0 <= 0 && too_many.1 <= 0 {
            return Ok(excess);
        }
        let all_but_newest: Vec<String> = self.all(
            "SELECT id FROM bundle WHERE lasting = 1 ORDER BY created, id LIMIT ?",
            [count.saturating_sub(1)],
            |row| row.get(0),
        )?;
        for id in all_but_newest {
            if too_many.0 <= 0 && too_many.1 <= 0 {
                break;
            }
            let own = self.number("SELECT count(*) FROM bundle_entry WHERE bundle = ?", [&id])?;
            too_many = (too_many.0 - 1, too_many.1 - own);
            excess.push(id);
        }
        Ok(excess)
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
                 OR EXISTS (SELECT 1 FROM bundle_entry WHERE blob = ?1)
                 OR EXISTS (SELECT 1 FROM asset WHERE blob = ?1)",
            [blob],
        )
    }

    fn blobs_of_rows(&self, blobs: &[String]) -> Result<Vec<String>> {
        let mut wanted: HashSet<&str> = blobs.iter().map(|blob| &blob[..]).collect();
        let mut found = Vec::new();
        for table in ["file", "upload", "bundle_entry", "asset"] {
            let sql = format!("SELECT blob FROM {table} NOT INDEXED WHERE blob IS NOT NULL");
            let mut statement = self.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let blob = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                if let Some(blob) = wanted.take(blob) {
                    found.push(blob.to_owned());
                }
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
        Ok(self.number("SELECT count(*) FROM doomed", [])?.unsigned_abs())
    }
}

impl Session<'_> {
    /// Changes the number of entries of all bundles, which is counted once for a catalog of an earlier release.
    fn count_entries(&self, change: i64) -> Result<()> {
        let known = self.run("UPDATE counter SET value = value + ? WHERE name = 'entries'", [change])?;
        if known == 0 {
            self.run(
                "INSERT INTO counter (name, value) SELECT 'entries', count(*) FROM bundle_entry",
                [],
            )?;
        }
        Ok(())
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
        self.count_entries(i64::try_from(entries.len()).unwrap_or(i64::MAX))
    }

    fn remove_bundle(&mut self, id: &str) -> Result<()> {
        let removed = self.run("DELETE FROM bundle_entry WHERE bundle = ?", [id])?;
        self.count_entries(-i64::try_from(removed).unwrap_or(i64::MAX))?;
        self.run("DELETE FROM bundle WHERE id = ?", [id]).map(drop)
    }

    fn doom_blobs(&mut self, blobs: &[String], now: i64) -> Result<Vec<String>> {
        let mut doomed = Vec::new();
        let mut seen = HashSet::new();
        for blob in blobs {
            if !seen.insert(blob) || self.needs_blob(blob)? {
                continue;
            }
            self.run(
                "INSERT INTO doomed (blob, since) VALUES (?, ?) ON CONFLICT DO UPDATE SET since = excluded.since",
                params![blob, now],
            )?;
            doomed.push(blob.clone());
        }
        Ok(doomed)
    }

    fn doom_orphans(&mut self, blobs: &[String], now: i64) -> Result<()> {
        for blob in blobs {
            if !self.needs_blob(blob)? {
                self.run(
                    "INSERT INTO doomed (blob, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    params![blob, now],
                )?;
            }
        }
        Ok(())
    }

    fn take_doomed(&mut self, blobs: &[String], from: i64, until: i64) -> Result<Vec<String>> {
        let mut taken = Vec::new();
        for blob in blobs {
            let sql = "DELETE FROM doomed WHERE blob = ? AND since BETWEEN ? AND ?";
            if self.run(sql, params![blob, from, until])? > 0 && !self.needs_blob(blob)? {
                taken.push(blob.clone());
            }
        }
        Ok(taken)
    }
}
