//! The clock of a process that shares a database.

use std::fmt;
use std::sync::Once;
use std::time::{SystemTime, UNIX_EPOCH};
use wix_media::manager::{Clock, SteadyTime, SystemClock};
use wix_media_postgres::Store;

/// From how many milliseconds on a difference between the clocks is worth a warning.
const NOTABLE_LEAD: i64 = 30_000;

/// Shows the time of the database, and before that has answered, the time of the machine.
pub(crate) struct DatabaseClock {
    database: Store,
    time: SteadyTime,
    compared: Once,
}

impl DatabaseClock {
    pub(crate) fn new(database: Store) -> DatabaseClock {
        DatabaseClock {
            database,
            time: SteadyTime::new(),
            compared: Once::new(),
        }
    }
}

impl fmt::Debug for DatabaseClock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DatabaseClock").finish_non_exhaustive()
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> i64 {
        let Some(now) = self.database.now() else {
            return SystemClock.now();
        };
        self.compared.call_once(|| {
            if let Some(warning) = warning(lead(now)) {
                tracing::warn!("{warning}");
            }
        });
        self.time.show(now)
    }
}

/// How many milliseconds the clock of this machine is ahead of another one.
pub(crate) fn lead(other: i64) -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis())
        .unwrap_or(i64::MAX)
        .saturating_sub(other)
}

/// A warning for operators if the clock is wrong by [`NOTABLE_LEAD`] or more.
pub(crate) fn warning(lead: i64) -> Option<String> {
    let side = if lead > 0 { "ahead of" } else { "behind" };
    let seconds = lead.unsigned_abs() / 1000;
    let text =
        format!("the clock of this machine is {seconds} seconds {side} that of the database: set one of them right");
    (lead.abs() >= NOTABLE_LEAD).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difference_of_half_a_minute_is_told() {
        let told = |lead| warning(lead).unwrap_or_default();
        assert_eq!(told(29_999), "");
        assert!(told(86_400_000).contains("86400 seconds ahead of that"));
        assert!(told(-30_000).contains("30 seconds behind that"));
    }
}
