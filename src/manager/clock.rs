//! The clock of a manager. Its code reads the time from nowhere else.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
#[cfg(not(target_arch = "wasm32"))]
use std::sync::{Mutex, PoisonError};
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

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> i64 {
        (**self).now()
    }
}

/// A time that never goes back, made from one that may.
///
/// When that one is set back, this one runs on by the time that passes. Otherwise whatever is due in a moment would wait for as
/// long as the clock was set back. When it is set forward, this one follows.
///
/// ```
/// use wix_media::manager::SteadyTime;
///
/// let time = SteadyTime::new();
/// assert_eq!(time.show(5_000), 5_000);
/// assert_eq!(time.show(4_900), 5_000);
/// assert_eq!(time.show(5_200), 5_200);
/// ```
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug, Default)]
pub struct SteadyTime {
    /// What was shown last, and since when it counts.
    shown: Mutex<Option<(i64, Instant)>>,
}

#[cfg(not(target_arch = "wasm32"))]
impl SteadyTime {
    /// Creates a time that has shown nothing yet.
    ///
    /// ```
    /// # use wix_media::manager::SteadyTime;
    /// assert_eq!(SteadyTime::new().show(7), 7);
    /// ```
    pub const fn new() -> SteadyTime {
        SteadyTime {
            shown: Mutex::new(None),
        }
    }

    /// Returns the time to show when the other one says `wall`, in milliseconds since 1970.
    ///
    /// ```
    /// # use wix_media::manager::SteadyTime;
    /// let time = SteadyTime::new();
    /// let first = time.show(60_000);
    /// assert!(time.show(0) >= first);
    /// ```
    pub fn show(&self, wall: i64) -> i64 {
        let at = Instant::now();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next(shown.unwrap_or((wall, at)), wall, at);
        *shown = Some(next);
        next.0
    }
}

/// The clock of the machine, as [`SteadyTime`].
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
        use std::time::{SystemTime, UNIX_EPOCH};
        static TIME: SteadyTime = SteadyTime::new();
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        TIME.show(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
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

/// How many rows are written in one step of long work. It follows the time that the steps take, because others wait for as long
/// as a step takes, and machines and rows differ by a factor of ten.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    count: u32,
    min: u32,
}

impl Pace {
    /// The time that a step is to take, in milliseconds.
    const STEP_MS: i64 = 10;
    /// The largest number of rows. What a step collects in memory grows with it.
    const MAX_COUNT: u32 = 2000;
    /// The smallest number of rows, of steps that began with as many. On a busy machine the steps became so small that they kept it busy:
    /// 14 rows each, and 270 µs of CPU for a row on PostgreSQL.
    const MIN_COUNT: u32 = 100;

    pub(crate) fn new(count: u32) -> Pace {
        let count = count.clamp(1, Pace::MAX_COUNT);
        Pace {
            count,
            min: count.min(Pace::MIN_COUNT),
        }
    }

    /// Steps of at least so many rows.
    pub(crate) fn at_least(count: u32) -> Pace {
        let pace = Pace::new(count);
        Pace {
            min: pace.count,
            ..pace
        }
    }

    pub(crate) fn count(self) -> u32 {
        self.count
    }

    /// Notes that a step has taken `elapsed` milliseconds. Nothing follows from 0: the clock is one of a test, or stands still.
    pub(crate) fn note(&mut self, elapsed: i64) {
        if elapsed > 0 {
            let fitting = i64::from(self.count).saturating_mul(Pace::STEP_MS) / elapsed;
            let fitting = u32::try_from(fitting).unwrap_or(u32::MAX);
            // One step that was fast or slow says little about the next one.
            let fitting = fitting.clamp(self.count / 4, self.count.saturating_mul(2));
            self.count = fitting.clamp(self.min, Pace::MAX_COUNT);
        }
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
    fn pace_follows_the_time_of_its_steps() {
        let after = |count, elapsed| {
            let mut pace = Pace::new(count);
            pace.note(elapsed);
            pace.count()
        };
        assert_eq!(after(100, 10), 100);
        assert_eq!(after(400, 20), 200);
        assert_eq!(after(100, 8), 125);
        assert_eq!(after(100, 1), 200, "at most twice as many");
        assert_eq!(after(400, 60_000), 100, "at least a quarter");
        assert_eq!(after(100, 60_000), Pace::MIN_COUNT);
        assert_eq!(after(20, 60_000), 20, "steps that began with less");
        assert_eq!(after(100, 0), 100, "the clock stands still");
        assert_eq!(after(100, -5), 100, "the clock was set back");
        assert_eq!(after(1, 60_000), 1);
        assert_eq!(after(u32::MAX, 1), Pace::MAX_COUNT);
        let mut pace = Pace::at_least(500);
        pace.note(60_000);
        assert_eq!(pace.count(), 500);
    }

    #[test]
    fn system_clock_goes_on() {
        let first = SystemClock.now();
        assert!(SystemClock.now() >= first);
    }
}
