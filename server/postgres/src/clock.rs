//! The time of the database.
//!
//! Processes on machines whose clocks differ would disagree about leases, tokens, and how long bytes have been unused. One whose clock
//! is a day ahead would remove bytes that another one is about to name. So all of them go by the clock of the database. Every transaction
//! tells the time as it begins, and the time since then is measured on this machine, by a clock that nobody sets.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The time that the database told last, and when it did.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    told: Mutex<Option<(i64, Instant)>>,
}

/// The time of the database in milliseconds since 1970, as a column.
pub(crate) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

impl Clock {
    /// Takes over the answer to a question for [`NOW`] that has just come. It is late by the way of the answer, so the time of this clock
    /// is never ahead of that of the database.
    pub(crate) fn tell(&self, now: i64) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Instant::now()));
    }

    /// Milliseconds since 1970. `None` before the database has answered.
    pub(crate) fn now(&self) -> Option<i64> {
        let (told, at) = (*self.told.lock().unwrap_or_else(PoisonError::into_inner))?;
        let since = i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX);
        Some(told.saturating_add(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_from_what_was_told_last() {
        let clock = Clock::default();
        assert_eq!(clock.now(), None);
        clock.tell(5_000_000);
        clock.tell(1_000);
        assert!(clock.now().is_some_and(|now| (1_000..4_000_000).contains(&now)));
    }
}
