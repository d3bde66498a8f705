//! Changes that wait for their time.

use crate::figures;
use crate::items::{FILES, read_file};
use crate::session::Session;
use crate::values::{get, values};
use wix_media::catalog::{File, Job, ReadJobs, Result, Waiting, WriteJobs};

impl ReadJobs for Session {
    fn due_files(&self, now: i64, limit: u32) -> Result<Vec<File>> {
        let sql = format!(
            "SELECT {} FROM file WHERE site = $1 AND ready_at IS NOT NULL AND ready_at <= $2 ORDER BY ready_at, number LIMIT $3",
            FILES.columns
        );
        self.fresh(self.all(&sql, values![self.site, now, i64::from(limit)], read_file)?)
    }

    fn next_due(&self) -> Result<Option<i64>> {
        let sql = "SELECT least(
                 (SELECT min(ready_at) FROM file WHERE site = $1 AND ready_at IS NOT NULL),
                 (SELECT min(due) FROM job WHERE site = $1)
             )";
        Ok(self.one(sql, values![self.site], |row| get(row, 0))?.flatten())
    }

    fn waiting(&self, urls: &[&str], now: i64) -> Result<Waiting> {
        let sql = figures::waiting("served.number = $1");
        let found = self.one(&sql, values![self.site, now, urls], figures::read_waiting)?;
        Ok(found.unwrap_or_default())
    }
}

impl WriteJobs for Session {
    fn insert_job(&mut self, job: &Job) -> Result<()> {
        let sql = "INSERT INTO job (site, due, operation, fields) VALUES ($1, $2, $3, $4)";
        self.run(sql, values![self.site, job.due, job.operation, job.fields])
            .map(drop)
    }

    fn take_job(&mut self, now: i64) -> Result<Option<Job>> {
        let sql = "DELETE FROM job WHERE site = $1 AND number = (
                 SELECT number FROM job WHERE site = $1 AND due <= $2 ORDER BY due, number LIMIT 1
             ) RETURNING due, operation, fields";
        self.one(sql, values![self.site, now], |row| {
            Ok(Job {
                due: get(row, 0)?,
                operation: get(row, 1)?,
                fields: get(row, 2)?,
            })
        })
    }

    fn pull_in(&mut self, now: i64, pending: i64, delay: i64, retries: &[i64]) -> Result<()> {
        let after = |wait: i64| now.saturating_add(wait);
        let limits: Vec<i64> = retries.iter().map(|wait| after(*wait)).collect();
        let sql = "WITH files AS (UPDATE file SET ready_at = $2 WHERE site = $1 AND ready_at > $3),
                 transcodes AS (UPDATE transcode SET ready_at = $2 WHERE site = $1 AND ready_at > $3),
                 jobs AS (UPDATE job SET due = $2 WHERE site = $1 AND due > $4)
             UPDATE delivery SET due = $2
             FROM unnest($5::bigint[]) WITH ORDINALITY AS retry (last, place)
             WHERE site = $1 AND tries = retry.place - 1 AND due > retry.last";
        self.run(sql, values![self.site, now, after(pending), after(delay), limits])
            .map(drop)
    }

    fn end_leases(&mut self) -> Result<()> {
        let sql = "WITH imports AS (UPDATE import SET leased_until = 0 WHERE site = $1 AND leased_until <> 0),
                 transcodes AS (UPDATE transcode SET leased_until = 0 WHERE site = $1 AND leased_until <> 0)
             UPDATE delivery SET leased_until = 0 WHERE site = $1 AND leased_until <> 0";
        self.run(sql, values![self.site]).map(drop)
    }
}
