//! The clock of a manager. Its code reads the time from nowhere else.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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

/// The clock of the machine.
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
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
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
