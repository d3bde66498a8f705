//! When work that is due is looked at again.

use std::time::Duration;

/// How soon work that stays due is tried again, at first and at most.
const MIN_RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(30);

/// When the next tick comes. Work that stays due, because the catalog fails or the work itself does, is tried less and less often.
#[derive(Debug)]
pub(super) struct Pace {
    /// What the last tick was for.
    due: Option<i64>,
    /// Whether there was a tick since then, and whether it succeeded.
    ticked: Option<bool>,
    retry: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            due: None,
            ticked: None,
            retry: MIN_RETRY,
        }
    }
}

impl Pace {
    /// How long to wait for work that is due at a time. `None` without work.
    pub(super) fn next(&mut self, due: Option<i64>, now: i64) -> Option<Duration> {
        let before = std::mem::replace(&mut self.due, due);
        let ticked = self.ticked.take();
        let left = u64::try_from(due? - now).unwrap_or(0);
        if left == 0 && (ticked == Some(false) || (ticked == Some(true) && before == due)) {
            return Some(self.failed());
        }
        // Other changes tell nothing about work that is being retried.
        if ticked == Some(true) {
            self.retry = MIN_RETRY;
        }
        Some(Duration::from_millis(left))
    }

    /// How long to wait after a failure.
    pub(super) fn failed(&mut self) -> Duration {
        let wait = self.retry;
        self.retry = (wait * 2).min(MAX_RETRY);
        wait
    }

    pub(super) fn ticked(&mut self, is_done: bool) {
        self.ticked = Some(is_done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_waits_until_work_is_due() {
        let mut pace = Pace::default();
        assert_eq!(pace.next(None, 5), None);
        assert_eq!(pace.next(Some(1005), 5), Some(Duration::from_secs(1)));
        assert_eq!(pace.next(Some(5), 5), Some(Duration::ZERO));
        assert_eq!(pace.next(Some(1), 5), Some(Duration::ZERO), "late");
    }

    #[test]
    fn pace_does_not_wait_between_steps_that_go_on() {
        let mut pace = Pace::default();
        for now in 0..100 {
            assert_eq!(pace.next(Some(now), now), Some(Duration::ZERO));
            pace.ticked(true);
        }
    }

    #[test]
    fn pace_slows_down_for_what_stays_due() {
        for is_done in [false, true] {
            let mut pace = Pace::default();
            assert_eq!(pace.next(Some(5), 6), Some(Duration::ZERO));
            let mut waited = Vec::new();
            for now in 6..20 {
                pace.ticked(is_done);
                waited.extend(pace.next(Some(5), now));
            }
            assert_eq!(waited[..3], [MIN_RETRY, MIN_RETRY * 2, MIN_RETRY * 4]);
            assert_eq!(waited.last(), Some(&MAX_RETRY));
            pace.ticked(true);
            assert_eq!(pace.next(Some(30), 30), Some(Duration::ZERO), "something else is due");
            pace.ticked(true);
            assert_eq!(pace.next(Some(30), 31), Some(MIN_RETRY));
        }
    }
}
