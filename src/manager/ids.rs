//! Random bytes, and ids made from them.

use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of unpredictable bytes, for ids and keys.
///
/// ```
/// use wix_media::manager::Random;
///
/// /// For tests only: ids must not be predictable.
/// #[derive(Debug)]
/// struct Zeros;
///
/// impl Random for Zeros {
///     fn fill(&self, buffer: &mut [u8]) {
///         buffer.fill(0);
///     }
/// }
///
/// let mut bytes = [1; 4];
/// Zeros.fill(&mut bytes);
/// assert_eq!(bytes, [0; 4]);
/// ```
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The random number generator of the operating system.
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
    /// If the operating system has no randomness: a predictable key would be worse than a failure.
    fn fill(&self, buffer: &mut [u8]) {
        assert!(getrandom::fill(buffer).is_ok(), "the machine has no randomness");
    }
}

/// A generator with a fixed seed, for tests that need the same ids in each run.
///
/// ```
/// use wix_media::manager::{Random, Seeded};
///
/// let (mut one, mut other) = ([0; 8], [0; 8]);
/// Seeded::new(1).fill(&mut one);
/// Seeded::new(1).fill(&mut other);
/// assert_eq!(one, other);
/// ```
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    block: AtomicU64,
}

impl Seeded {
    /// Creates the generator of this seed.
    ///
    /// ```
    /// # use wix_media::manager::{Random, Seeded};
    /// let mut bytes = [0; 4];
    /// Seeded::new(42).fill(&mut bytes);
    /// ```
    pub fn new(seed: u64) -> Seeded {
        Seeded {
            seed,
            block: AtomicU64::new(0),
        }
    }
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(self.block.fetch_add(1, Ordering::Relaxed).to_le_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

/// The ids of one transaction. A retry draws the same ones.
#[derive(Debug)]
pub(crate) struct Ids<'a> {
    random: &'a dyn Random,
    drawn: RefCell<Vec<[u8; 16]>>,
    next: Cell<usize>,
}

impl<'a> Ids<'a> {
    pub(crate) fn new(random: &'a dyn Random) -> Ids<'a> {
        Ids {
            random,
            drawn: RefCell::default(),
            next: Cell::new(0),
        }
    }

    /// Starts again at the first id.
    pub(crate) fn rewind(&self) {
        self.next.set(0);
    }

    fn draw(&self) -> [u8; 16] {
        let at = self.next.replace(self.next.get() + 1);
        let mut drawn = self.drawn.borrow_mut();
        if let Some(bytes) = drawn.get(at) {
            return *bytes;
        }
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        drawn.push(bytes);
        bytes
    }

    /// 32 hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        base16ct::lower::encode_string(&self.draw())
    }

    /// A GUID of version 4.
    pub(crate) fn guid(&self) -> String {
        guid_of(self.draw())
    }
}

/// 32 hexadecimal digits.
pub(crate) fn hex_id(random: &dyn Random) -> String {
    Ids::new(random).hex()
}

/// A GUID of version 4.
pub(crate) fn guid(random: &dyn Random) -> String {
    Ids::new(random).guid()
}

fn guid_of(mut bytes: [u8; 16]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_guid_return_their_formats() {
        let random = Seeded::new(3);
        let id = guid(&random);
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert_eq!(hex_id(&random).len(), 32);
        assert_ne!(hex_id(&random), hex_id(&random));
    }

    #[test]
    fn rewind_repeats_the_same_ids() {
        let random = Seeded::new(3);
        let ids = Ids::new(&random);
        let first = (ids.hex(), ids.guid());
        ids.rewind();
        assert_eq!((ids.hex(), ids.guid()), first);
        assert_ne!(ids.hex(), first.0);
    }
}
