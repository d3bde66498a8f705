//! Time and randomness, as the manager asks for them. Nothing else in it knows a clock.

use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::OffsetDateTime;

/// A clock.
pub trait Clock: Send + fmt::Debug {
    /// Milliseconds since 1970-01-01 UTC.
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

/// A clock that moves only when it is told to. Clones show one time.
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
    /// A clock that shows `now`, in milliseconds since 1970.
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

    /// Moves the clock on.
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

/// A source of bytes that nobody can guess, for ids and keys.
pub trait Random: Send + fmt::Debug {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// The randomness of the machine.
///
/// ```
/// use wix_media::manager::{Random, SystemRandom};
///
/// let mut bytes = [0; 32];
/// SystemRandom.fill(&mut bytes);
/// assert_ne!(bytes, [0; 32]);
/// ```
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

#[cfg(not(target_arch = "wasm32"))]
impl Random for SystemRandom {
    /// # Panics
    ///
    /// When the machine has no randomness: a key that can be guessed would be worse than none.
    fn fill(&mut self, buffer: &mut [u8]) {
        assert!(getrandom::fill(buffer).is_ok(), "the machine has no randomness");
    }
}

/// The same bytes in each run, for tests.
///
/// ```
/// use wix_media::manager::{Random, Seeded};
///
/// let (mut one, mut other) = ([0; 8], [0; 8]);
/// Seeded::new(1).fill(&mut one);
/// Seeded::new(1).fill(&mut other);
/// assert_eq!(one, other);
/// ```
#[derive(Clone, Debug)]
pub struct Seeded {
    seed: u64,
    block: u64,
}

impl Seeded {
    /// The bytes of this seed.
    ///
    /// ```
    /// # use wix_media::manager::{Random, Seeded};
    /// let mut bytes = [0; 4];
    /// Seeded::new(42).fill(&mut bytes);
    /// ```
    pub fn new(seed: u64) -> Seeded {
        Seeded { seed, block: 0 }
    }
}

impl Random for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(self.block.to_le_bytes());
            self.block += 1;
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

/// 32 hexadecimal digits.
pub(super) fn hex_id(random: &mut dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    base16ct::lower::encode_string(&bytes)
}

/// A GUID of version 4.
pub(super) fn guid(random: &mut dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = base16ct::lower::encode_string(&bytes);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// The moment, as far as a date of four digits for the year can tell it.
pub(super) fn moment(milliseconds: i64) -> OffsetDateTime {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// ISO 8601 with milliseconds, as the service writes dates (`contract/model.md` section 2).
pub(super) fn iso(milliseconds: i64) -> String {
    let at = moment(milliseconds);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// The date form of HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(milliseconds: i64) -> String {
    let at = moment(milliseconds);
    let (day, month) = (at.weekday().to_string(), at.month().to_string());
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        &day[..3],
        at.day(),
        &month[..3],
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_headers_and_the_api_want_them() {
        assert_eq!(iso(1_704_449_472_005), "2024-01-05T10:11:12.005Z");
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn ids_have_their_forms() {
        let mut random = Seeded::new(3);
        let id = guid(&mut random);
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert_eq!(hex_id(&mut random).len(), 32);
        assert_ne!(hex_id(&mut random), hex_id(&mut random));
    }
}
