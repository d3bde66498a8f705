//! Sites that one server answers for together.

use crate::store::Store;
use crate::values::{get, values};
use std::time::Duration;
use wix_media::catalog::{Error, Result};

/// A site that was made to be served beside others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSite {
    /// The id that callers send in the header `wix-site-id`.
    pub id: String,
    /// The beginning of the ids of its files, which no other site of the database has.
    pub prefix: String,
    /// The name whose media URLs belong to it.
    pub host: Option<String>,
    /// How many bytes its files may have.
    pub quota: Option<u64>,
    /// How many bytes its files and assets have.
    pub bytes: u64,
}

/// Where the rows of a site say that a server has work to do for it, with the condition on them.
const WORK: [(&str, &str); 8] = [
    ("import", "true"),
    ("delivery", "true"),
    ("transcode", "true"),
    ("backlog", "true"),
    ("job", "true"),
    ("stale", "true"),
    ("file", "ready_at IS NOT NULL"),
    (
        "doomed",
        "since < (extract(epoch FROM now()) * 1000)::bigint - 86400000",
    ),
];

impl Store {
    /// Adds a site to the [listed](Store::listed_sites) ones. One that is there, but not listed, keeps its content.
    ///
    /// Returns `None` if the site is listed already, and [`Error::Store`] if another site has the host.
    pub fn list_site(&self, id: &str, host: Option<&str>, quota: Option<u64>) -> Result<Option<ListedSite>> {
        self.create_site(id)?;
        self.assign_prefix(id)?;
        let select = "SELECT 1 FROM site WHERE host = $2 AND id <> $1";
        let taken = !self.connections.query(select, values![id, host])?.is_empty();
        if let (true, Some(host)) = (taken, host) {
            return Err(Error::Store(format!("another site has the host {host}").into()));
        }
        let update = "UPDATE site SET is_listed = true, host = $2, quota = $3 WHERE id = $1 AND NOT is_listed";
        if self.connections.execute(update, values![id, host, stored(quota)])? == 0 {
            return Ok(None);
        }
        Ok(self.listed_sites()?.into_iter().find(|site| site.id == id))
    }

    /// All listed sites, in the order of their ids.
    pub fn listed_sites(&self) -> Result<Vec<ListedSite>> {
        let select = "SELECT id, prefix, host, quota, bytes FROM site JOIN tail ON tail.site = site.number
             WHERE is_listed ORDER BY id";
        let rows = self.connections.query(select, &[])?;
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        rows.iter()
            .map(|row| {
                Ok(ListedSite {
                    id: get(row, 0)?,
                    prefix: get::<Option<String>>(row, 1)?.unwrap_or_default(),
                    host: get(row, 2)?,
                    quota: get::<Option<i64>>(row, 3)?.map(number),
                    bytes: number(get(row, 4)?),
                })
            })
            .collect()
    }

    /// The ids of the listed sites for which there is work that no request does: imports, deliveries, and whatever waits for its time.
    pub fn sites_with_work(&self) -> Result<Vec<String>> {
        let work = WORK.map(|(table, condition)| {
            format!("EXISTS (SELECT 1 FROM {table} WHERE {table}.site = listed.number AND {condition})")
        });
        let select = format!(
            "SELECT id FROM site AS listed WHERE is_listed AND ({})",
            work.join(" OR ")
        );
        let rows = self.connections.query(&select, &[])?;
        rows.iter().map(|row| get(row, 0)).collect()
    }

    /// Claims the listed site that no process has begun to sweep for the longest time, and for longer than `age`. Returns its id. No other
    /// process gets the same site before that time has passed again.
    pub fn claim_sweep(&self, age: Duration) -> Result<Option<String>> {
        let update = "UPDATE site SET swept = now() WHERE number = (
                 SELECT number FROM site WHERE is_listed AND swept < now() - $1::bigint * interval '1 second'
                 ORDER BY swept LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
             ) RETURNING id";
        let rows = self.connections.query(update, values![seconds(age)])?;
        rows.first().map(|row| get(row, 0)).transpose()
    }

    /// Records that a process begins to sweep a site. Returns `false` if one has done so within `age`.
    pub fn begin_sweep(&self, id: &str, age: Duration) -> Result<bool> {
        let update = "UPDATE site SET swept = now() WHERE id = $1 AND swept < now() - $2::bigint * interval '1 second'";
        Ok(self.connections.execute(update, values![id, seconds(age)])? > 0)
    }

    /// Changes the quota of a listed site. Returns whether there is one.
    pub fn set_quota(&self, id: &str, quota: Option<u64>) -> Result<bool> {
        let update = "UPDATE site SET quota = $2 WHERE id = $1 AND is_listed";
        Ok(self.connections.execute(update, values![id, stored(quota)])? > 0)
    }
}

fn seconds(age: Duration) -> i64 {
    i64::try_from(age.as_secs()).unwrap_or(i64::MAX)
}

/// A quota as the database stores it.
fn stored(quota: Option<u64>) -> Option<i64> {
    quota.map(|quota| i64::try_from(quota).unwrap_or(i64::MAX))
}
