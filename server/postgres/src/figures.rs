//! Figures for operators: connections, and what the sites of a server amount to.

use crate::connections::PoolFigures;
use crate::store::Store;
use crate::values::{get, values};
use std::collections::HashMap;
use tokio_postgres::Row;
use wix_media::catalog::{Result, Waiting};

/// What the listed sites of a database and one more amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFigures {
    /// The bytes of files and assets, by the id of the site.
    pub bytes: HashMap<String, u64>,
    /// Since when work waits, for the site where it has waited for longest.
    pub waiting: Waiting,
}

/// The statement that finds since when work waits at the time `$2`, with deliveries to the URLs `$3`. `which` says for which rows
/// of `site AS served`. Each site costs a few looks into indexes. Not joined, so that no plan walks all files of a site to find its few
/// imports.
pub(crate) fn waiting(which: &str) -> String {
    format!(
        "SELECT min(imports.due), min(deliveries.due), min(jobs.due), min(files.due), min(transcodes.due)
         FROM site AS served
             CROSS JOIN LATERAL (
                 SELECT min((SELECT created FROM file WHERE file.site = import.site AND file.id = import.file)) AS due
                 FROM import WHERE site = served.number AND leased_until <= $2
             ) AS imports
             CROSS JOIN LATERAL (
                 SELECT min(due) AS due FROM delivery
                 WHERE site = served.number AND due <= $2 AND leased_until <= $2 AND url = ANY($3)
             ) AS deliveries
             CROSS JOIN LATERAL (SELECT min(due) AS due FROM job WHERE site = served.number AND due <= $2) AS jobs
             CROSS JOIN LATERAL (
                 SELECT min(ready_at) AS due FROM file
                 WHERE site = served.number AND ready_at IS NOT NULL AND ready_at <= $2
             ) AS files
             CROSS JOIN LATERAL (
                 SELECT min(ready_at) AS due FROM transcode
                 WHERE site = served.number AND ready_at <= $2 AND leased_until <= $2
             ) AS transcodes
         WHERE {which}"
    )
}

pub(crate) fn read_waiting(row: &Row) -> Result<Waiting> {
    Ok(Waiting {
        imports: get(row, 0)?,
        deliveries: get(row, 1)?,
        jobs: get(row, 2)?,
        files: get(row, 3)?,
        transcodes: get(row, 4)?,
    })
}

impl Store {
    /// The connections of this process at the moment. Asks nobody.
    pub fn pool_figures(&self) -> PoolFigures {
        self.connections.figures()
    }

    /// What the listed sites and the site `own` amount to at the time `now`. Deliveries to other URLs than these do not count.
    pub fn site_figures(&self, own: &str, urls: &[&str], now: i64) -> Result<SiteFigures> {
        let bytes = "SELECT id, bytes FROM site JOIN tail ON tail.site = site.number WHERE is_listed OR id = $1";
        let waiting = waiting("served.is_listed OR served.id = $1");
        let rows = self.connections.query(bytes, values![own])?;
        let waiting = self.connections.query(&waiting, values![own, now, urls])?;
        let waiting = waiting.first().map(read_waiting).transpose()?.unwrap_or_default();
        let bytes = rows
            .iter()
            .map(|row| Ok((get(row, 0)?, u64::try_from(get::<i64>(row, 1)?).unwrap_or(0))));
        Ok(SiteFigures {
            bytes: bytes.collect::<Result<_>>()?,
            waiting,
        })
    }
}
