//! Calls of callers, which all processes count together for the rate limit.
//!
//! Each caller has a row with its latest window. A window begins with the first call after the end of the one before, by the clock of the
//! database, so the clocks of the processes do not matter.

use crate::store::Store;
use crate::values::{get, values};
use std::time::Duration;
use wix_media::catalog::Result;

/// The calls of a caller within its present window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCount {
    /// How many all processes have added.
    pub total: u64,
    /// How long the window still lasts.
    pub remaining: Duration,
}

impl Store {
    /// Adds calls to the present window of a caller. If there is none, one of the length `window` begins. Returns the sum, `None` for an
    /// unknown site. `caller` is a name, never a key.
    pub fn add_calls(&self, site_id: &str, caller: &str, calls: u32, window: Duration) -> Result<Option<CallCount>> {
        let length = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        // One time for the whole statement. It may be older than the row, which another process can have written meanwhile. A window
        // that ends much later than a new one is from before the clock was put back.
        let is_present = "call_window.ends > statement_timestamp()
             AND call_window.ends < statement_timestamp() + 2 * $4::bigint * interval '1 millisecond'";
        let add = format!(
            "INSERT INTO call_window (site, caller, ends, calls)
             SELECT number, $2, statement_timestamp() + $4::bigint * interval '1 millisecond', $3 FROM site WHERE id = $1
             ON CONFLICT (site, caller) DO UPDATE SET
                 calls = CASE WHEN {is_present} THEN call_window.calls ELSE 0 END + excluded.calls,
                 ends = CASE WHEN {is_present} THEN call_window.ends ELSE excluded.ends END
             RETURNING calls, ceil(extract(epoch FROM ends - statement_timestamp()) * 1000)::bigint"
        );
        let rows = self
            .connections
            .query(&add, values![site_id, caller, i64::from(calls), length])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (total, remaining): (i64, i64) = (get(row, 0)?, get(row, 1)?);
        Ok(Some(CallCount {
            total: u64::try_from(total).unwrap_or(0),
            remaining: Duration::from_millis(u64::try_from(remaining).unwrap_or(0)),
        }))
    }

    /// Deletes the windows of all sites that have ended. Returns how many.
    pub fn forget_calls(&self) -> Result<u64> {
        let delete = "DELETE FROM call_window WHERE ends < statement_timestamp()";
        self.connections.execute(delete, &[])
    }
}
