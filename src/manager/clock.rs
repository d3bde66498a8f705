//! The clock of a manager. Its code reads the time from nowhere else.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
#[cfg(not(target_arch = "wasm32"))]
use std::time::{Duration, Instant};

/// A source of the current time.
///
/// ```
/// use wix_media::manager::Clock;
///
/// #[derive(Debug)]
/// struct Frozen;
///
/// impl Clock for Frozen {
///     fn now(&self) -> i64 {
///         1_700_000_000_000
///     }
/// }
///
/// assert_eq!(Frozen.now(), 1_700_000_000_000);
/// ```
pub trait Clock: Send + Sync + fmt::Debug {
    /// Returns the milliseconds since 1970-01-01 UTC.
    fn now(&self) -> i64;
}

/// The clock of the machine, which never goes back.
///
/// When the machine's clock is set back, this one runs on by the time that passes. Otherwise whatever is due in a moment would
/// wait for as long as the clock was set back. When the machine's clock is set forward, this one follows.
///
/// ```
/// use wix_media::manager::{Clock, SystemClock};
///
/// assert!(SystemClock.now() > 1_700_000_000_000);
/// ```
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(not(target_arch = "wasm32"))]
impl Clock for SystemClock {
    fn now(&self) -> i64 {
        use std::sync::{Mutex, PoisonError};
        use std::time::{SystemTime, UNIX_EPOCH};
        static SHOWN: Mutex<Option<(i64, Instant)>> = Mutex::new(None);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let wall = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let at = Instant::now();
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next(shown.unwrap_or((wall, at)), wall, at);
        *shown = Some(next);
        next.0
    }
}

/// Returns the time to show at `at`, when the machine's clock says `wall`, and since when it counts: `before` is what this
/// returned last.
#[cfg(not(target_arch = "wasm32"))]
fn next(before: (i64, Instant), wall: i64, at: Instant) -> (i64, Instant) {
    let (shown, since) = before;
    let elapsed = u64::try_from(at.saturating_duration_since(since).as_millis()).unwrap_or(0);
    let now = steady(shown, wall, i64::try_from(elapsed).unwrap_or(0));
    if now == shown {
        return before;
    }
    // Only whole milliseconds: each call would lose the rest otherwise, and the time would fall behind.
    (now, since + Duration::from_millis(elapsed))
}

/// How far the machine's clock may fall behind before it counts as set back, in milliseconds.
#[cfg(not(target_arch = "wasm32"))]
const SET_BACK: i64 = 1000;

/// Returns the time to show after `shown`, when the machine's clock says `wall`, and `elapsed` milliseconds have passed.
#[cfg(not(target_arch = "wasm32"))]
fn steady(shown: i64, wall: i64, elapsed: i64) -> i64 {
    if wall >= shown {
        wall
    } else if shown.saturating_sub(wall) > SET_BACK {
        shown.saturating_add(elapsed.max(0))
    } else {
        // A correction: the time stands still until the clock has caught up.
        shown
    }
}

/// A clock for tests, which moves only when [`advance`](ManualClock::advance) is called. Clones share one time.
///
/// ```
/// use wix_media::manager::{Clock, ManualClock};
///
/// let clock = ManualClock::at(1_000);
/// clock.clone().advance(500);
/// assert_eq!(clock.now(), 1_500);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock {
    now: Arc<AtomicI64>,
}

impl ManualClock {
    /// Creates a clock that shows `now`, in milliseconds since 1970.
    ///
    /// ```
    /// # use wix_media::manager::{Clock, ManualClock};
    /// assert_eq!(ManualClock::at(7).now(), 7);
    /// ```
    pub fn at(now: i64) -> ManualClock {
        ManualClock {
            now: Arc::new(AtomicI64::new(now)),
        }
    }

    /// Moves the clock forward by this many milliseconds.
    ///
    /// ```
    /// # use wix_media::manager::{Clock, ManualClock};
    /// let clock = ManualClock::at(7);
    /// clock.advance(3);
    /// assert_eq!(clock.now(), 10);
    /// ```
    pub fn advance(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_time_follows_forward_and_never_goes_back() {
        let hour = 3_600_000;
        assert_eq!(steady(1000, 1005, 5), 1005);
        assert_eq!(steady(1000, 1000 + hour, 5), 1000 + hour, "set forward");
        assert_eq!(steady(hour, 5, 5), hour + 5, "set back by almost an hour");
        assert_eq!(steady(hour, hour - 400, 5), hour, "corrected by less than a second");
        assert_eq!(steady(hour, 5, -5), hour, "no time passes backwards");
    }

    #[test]
    fn time_after_a_clock_was_set_back_keeps_parts_of_milliseconds() {
        let begin = Instant::now();
        let mut last = (1_000_000, begin);
        for call in 1..=1000 {
            last = next(last, 5, begin + Duration::from_micros(1900) * call);
        }
        assert_eq!(last.0, 1_000_000 + 1900);
    }

    #[test]
    fn system_clock_goes_on() {
        let first = SystemClock.now();
        assert!(SystemClock.now() >= first);
    }
}
