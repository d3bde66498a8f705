//! Bundles, and the blobs that nothing needs any more.

use crate::session::Session;
use crate::values::{get, get_u32, values};
use std::collections::HashSet;
use tokio_postgres::Row;
use wix_media::catalog::{BundleEntry, ReadBundles, Result, WriteBundles};

/// Reads an entry from the columns after the first.
fn read_entry(row: &Row) -> Result<BundleEntry> {
    Ok(BundleEntry {
        path: get(row, 1)?,
        blob: get(row, 2)?,
        size: get(row, 3)?,
        crc: get_u32(row, 4)?,
        updated: get(row, 5)?,
    })
}

/// Whether a row names the blob `wanted.blob`.
const IS_NEEDED: &str = "(
        EXISTS (SELECT 1 FROM file WHERE site = (SELECT $1) AND blob = wanted.blob)
        OR EXISTS (SELECT 1 FROM upload WHERE site = (SELECT $1) AND blob = wanted.blob)
        OR EXISTS (SELECT 1 FROM bundle_entry WHERE site = (SELECT $1) AND blob = wanted.blob)
        OR EXISTS (SELECT 1 FROM asset WHERE site = (SELECT $1) AND blob = wanted.blob)
    )";

/// Those of these blobs that were found, each once, in the order given.
fn in_order(blobs: &[String], found: Vec<String>) -> Vec<String> {
    let mut found: HashSet<String> = found.into_iter().collect();
    blobs.iter().filter_map(|blob| found.take(blob)).collect()
}

impl ReadBundles for Session {
    fn bundle(&self, id: &str) -> Result<Option<(String, i64)>> {
        let sql = "SELECT name, created FROM bundle WHERE site = (SELECT $1) AND id = $2";
        self.one(sql, values![self.site, id], |row| Ok((get(row, 0)?, get(row, 1)?)))
    }

    fn bundle_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, BundleEntry)>> {
        let sql = "SELECT position, path, blob, size, crc, updated FROM bundle_entry
             WHERE site = $1 AND bundle = $2 AND position >= $3 ORDER BY position LIMIT $4";
        self.all(sql, values![self.site, id, from, i64::from(limit)], |row| {
            Ok((get(row, 0)?, read_entry(row)?))
        })
    }

    fn kept_entries(&self, after: &str, limit: u32) -> Result<Vec<BundleEntry>> {
        let sql = "SELECT DISTINCT ON (blob) position, path, blob, size, crc, updated FROM bundle_entry
             WHERE site = $1 AND blob > $2 AND NOT EXISTS (SELECT 1 FROM file WHERE file.site = (SELECT $1) AND file.blob = bundle_entry.blob)
             ORDER BY blob, position, bundle LIMIT $3";
        self.all(sql, values![self.site, after, i64::from(limit)], read_entry)
    }

    fn excess_bundles(&self, bundles: u32, entries: u64) -> Result<Vec<String>> {
        let sql = "SELECT id, entries FROM bundle WHERE site = $1 AND lasting ORDER BY created, id";
        let mut lasting = self.all(sql, values![self.site], |row| {
            Ok((get::<String>(row, 0)?, get::<i64>(row, 1)?))
        })?;
        let mut count = lasting.len() as u64;
        let mut sum: u64 = lasting.iter().map(|(_, entries)| entries.unsigned_abs()).sum();
        // The newest stays.
        lasting.pop();
        let mut excess = Vec::new();
        for (id, own) in lasting {
            if count <= bundles.into() && sum <= entries {
                break;
            }
            count -= 1;
            sum -= own.unsigned_abs();
            excess.push(id);
        }
        Ok(excess)
    }

    fn temporary_bundles(&self, until: i64) -> Result<Vec<String>> {
        let sql = "SELECT id FROM bundle WHERE site = $1 AND NOT lasting AND created <= $2 ORDER BY id";
        self.all(sql, values![self.site, until], |row| get(row, 0))
    }

    fn needs_blob(&self, blob: &str) -> Result<bool> {
        let sql = format!("SELECT {IS_NEEDED} FROM (VALUES ($2)) AS wanted (blob)");
        self.exists(&sql, values![self.site, blob])
    }

    fn blobs_of_rows(&self, blobs: &[String]) -> Result<Vec<String>> {
        // By the key of the table: an index of blobs holds no expression, and need not have rows without a blob.
        let select = |table: &str| format!("SELECT blob FROM {table} WHERE site = $1 AND coalesce(blob, '') = ANY($2)");
        let sql = ["file", "upload", "bundle_entry", "asset"].map(select).join(" UNION ");
        self.all(&sql, values![self.site, blobs], |row| get(row, 0))
    }

    fn doomed_blobs(&self, from: i64, until: i64, after: &str, limit: u32) -> Result<Vec<String>> {
        let sql =
            "SELECT blob FROM doomed WHERE site = $1 AND blob > $2 AND since BETWEEN $3 AND $4 ORDER BY blob LIMIT $5";
        self.all(sql, values![self.site, after, from, until, i64::from(limit)], |row| {
            get(row, 0)
        })
    }

    fn doomed_count(&self) -> Result<u64> {
        let count = self.number("SELECT count(*) FROM doomed WHERE site = $1", values![self.site])?;
        Ok(count.unsigned_abs())
    }
}

impl WriteBundles for Session {
    fn insert_bundle(&mut self, id: &str, name: &str, temporary: bool, now: i64) -> Result<()> {
        let sql = "INSERT INTO bundle (site, id, name, lasting, created) VALUES ($1, $2, $3, $4, $5)";
        self.run(sql, values![self.site, id, name, !temporary, now]).map(drop)
    }

    fn insert_bundle_entries(&mut self, bundle: &str, position: i64, entries: &[BundleEntry]) -> Result<()> {
        let paths: Vec<&str> = entries.iter().map(|entry| &entry.path[..]).collect();
        let blobs: Vec<Option<&str>> = entries.iter().map(|entry| entry.blob.as_deref()).collect();
        let sizes: Vec<i64> = entries.iter().map(|entry| entry.size).collect();
        let crcs: Vec<i64> = entries.iter().map(|entry| entry.crc.into()).collect();
        let updated: Vec<i64> = entries.iter().map(|entry| entry.updated).collect();
        let sql = "WITH counted AS (
                 UPDATE bundle SET entries = entries + cardinality($4::text[]) WHERE site = (SELECT $1) AND id = $2
             )
             INSERT INTO bundle_entry (site, bundle, position, path, blob, size, crc, updated)
             SELECT $1, $2, $3 + place - 1, path, blob, size, crc, updated
             FROM unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
                 WITH ORDINALITY AS new (path, blob, size, crc, updated, place)";
        self.run(
            sql,
            values![self.site, bundle, position, paths, blobs, sizes, crcs, updated],
        )
        .map(drop)
    }

    fn remove_bundle(&mut self, id: &str) -> Result<()> {
        let sql = "WITH entries AS (DELETE FROM bundle_entry WHERE site = $1 AND bundle = $2)
             DELETE FROM bundle WHERE site = (SELECT $1) AND id = $2";
        self.run(sql, values![self.site, id]).map(drop)
    }

    fn doom_blobs(&mut self, blobs: &[String], now: i64) -> Result<Vec<String>> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "INSERT INTO doomed (site, blob, since)
             SELECT DISTINCT $1, wanted.blob, $3 FROM unnest($2::text[]) AS wanted (blob) WHERE NOT {IS_NEEDED}
             ON CONFLICT (site, blob) DO UPDATE SET since = excluded.since RETURNING blob"
        );
        let doomed = self.all(&sql, values![self.site, blobs, now], |row| get(row, 0))?;
        Ok(in_order(blobs, doomed))
    }

    fn doom_orphans(&mut self, blobs: &[String], now: i64) -> Result<()> {
        let sql = format!(
            "INSERT INTO doomed (site, blob, since)
             SELECT $1, wanted.blob, $3 FROM unnest($2::text[]) AS wanted (blob) WHERE NOT {IS_NEEDED}
             ON CONFLICT DO NOTHING"
        );
        self.run(&sql, values![self.site, blobs, now]).map(drop)
    }

    fn take_doomed(&mut self, blobs: &[String], from: i64, until: i64) -> Result<Vec<String>> {
        let sql = format!(
            "WITH wanted AS (
                 DELETE FROM doomed WHERE site = $1 AND blob = ANY($2) AND since BETWEEN $3 AND $4 RETURNING blob
             )
             SELECT blob FROM wanted WHERE NOT {IS_NEEDED}"
        );
        let taken = self.all(&sql, values![self.site, blobs, from, until], |row| get(row, 0))?;
        Ok(in_order(blobs, taken))
    }
}
