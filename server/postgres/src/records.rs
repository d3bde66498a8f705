//! The records of changes that transactions have left, for those who read them.

use crate::store::Store;
use crate::values::{get, values};
use std::time::Duration;
use wix_media::catalog::Result;

/// How many records one statement deletes.
const BATCH_SIZE: i64 = 10_000;

/// A record, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// When, as ISO 8601 in UTC.
    pub at: String,
    /// Who, `server` for what no request did.
    pub who: String,
    /// The id of the request, `-` without one.
    pub request: String,
    /// The call, such as `createFolder`.
    pub call: String,
    /// How many files and folders were touched. `None` for a change of everything.
    pub items: Option<i64>,
    /// The ids of the first 100.
    pub ids: Vec<String>,
    /// Its place, from which a list goes on.
    place: (i64, i64),
}

impl Store {
    /// At most `limit` records of a site from the time `since` on, in milliseconds since 1970, behind the record `after`, oldest first.
    pub fn audit(
        &self,
        site_id: &str,
        since: Option<i64>,
        after: Option<&AuditRecord>,
        limit: i64,
    ) -> Result<Vec<AuditRecord>> {
        let (at, number) = after.map_or((None, None), |record| (Some(record.place.0), Some(record.place.1)));
        // Microseconds, as the database counts them.
        let select = r#"SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), actor, request, call, items,
                 coalesce(ids, '{}'), (extract(epoch FROM at) * 1000000)::bigint, audit.number
             FROM audit JOIN site ON site.number = audit.site
             WHERE site.id = $1 AND at >= to_timestamp(coalesce($2, 0) / 1000.0)
                 AND ($3::bigint IS NULL OR (at, audit.number) > ('epoch'::timestamptz + $3 * interval '1 microsecond', $4))
             ORDER BY at, audit.number LIMIT $5"#;
        let rows = self
            .connections
            .query(select, values![site_id, since, at, number, limit])?;
        let record = |row| {
            Ok(AuditRecord {
                at: get(row, 0)?,
                who: get(row, 1)?,
                request: get(row, 2)?,
                call: get(row, 3)?,
                items: get(row, 4)?,
                ids: get(row, 5)?,
                place: (get(row, 6)?, get(row, 7)?),
            })
        };
        rows.iter().map(record).collect()
    }

    /// Deletes the records of a site that are older. Returns how many.
    pub fn forget_audit(&self, site_id: &str, age: Duration) -> Result<u64> {
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        let delete = "WITH old AS (
                 SELECT audit.site, at, audit.number FROM audit JOIN site ON site.number = audit.site
                 WHERE site.id = $1 AND at < now() - $2::bigint * interval '1 second' ORDER BY at LIMIT $3
             )
             DELETE FROM audit USING old
             WHERE audit.site = old.site AND audit.at = old.at AND audit.number = old.number";
        let mut deleted = 0;
        loop {
            let count = self
                .connections
                .execute(delete, values![site_id, seconds, BATCH_SIZE])?;
            deleted += count;
            if count < BATCH_SIZE.unsigned_abs() {
                return Ok(deleted);
            }
        }
    }
}
