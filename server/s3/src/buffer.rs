//! The bytes of open parts, in buffers that are used again.
//!
//! A part is filled by several threads and freed by another one. glibc keeps freed memory for the thread that has allocated it, so that one
//! upload with new buffers for each part took 85 MiB of which it used 24.

use crate::manifest::PART_SIZE;
use std::mem;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes a buffer of its own has. Beyond them, it is one for a whole part.
pub(crate) const FIRST_SIZE: usize = 256 << 10;

/// How many buffers wait for the next part: as many as one transfer uses.
const MAX_SPARES: usize = 3;

/// Buffers of whole parts that nobody uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spares(Arc<Mutex<Vec<Vec<u8>>>>);

impl Spares {
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frees them.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }
}

/// The bytes of an open part.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// Where the memory goes in the end, if it is that of a whole part.
    spares: Option<Spares>,
}

impl Buffer {
    /// Adds bytes, up to the size of a part.
    pub(crate) fn extend(&mut self, spares: &Spares, bytes: &[u8]) {
        let size = self.bytes.len() + bytes.len();
        if size > FIRST_SIZE && self.spares.is_none() {
            let spare = spares.lock().pop();
            let mut whole = spare.unwrap_or_else(|| Vec::with_capacity(PART_SIZE));
            whole.extend_from_slice(&self.bytes);
            (self.bytes, self.spares) = (whole, Some(spares.clone()));
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Removes the bytes behind `size`.
    pub(crate) fn truncate(&mut self, size: usize) {
        self.bytes.truncate(size);
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let Some(spares) = &self.spares else { return };
        let mut bytes = mem::take(&mut self.bytes);
        bytes.clear();
        let mut spares = spares.lock();
        if spares.len() < MAX_SPARES {
            spares.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffer_of_a_part_is_used_again() {
        let spares = Spares::default();
        let mut small = Buffer::default();
        small.extend(&spares, &[1; FIRST_SIZE]);
        drop(small);
        assert!(spares.lock().is_empty());
        let filled = |byte: u8| {
            let mut buffer = Buffer::default();
            buffer.extend(&spares, &[byte; 9]);
            buffer.extend(&spares, &[byte; FIRST_SIZE]);
            assert!(buffer.len() == FIRST_SIZE + 9 && buffer.iter().all(|found| *found == byte));
            assert_eq!(buffer.bytes.capacity(), PART_SIZE);
            buffer
        };
        let address = filled(1).as_ptr();
        assert_eq!(filled(2).as_ptr(), address);
        drop([1, 2, 3, 4].map(filled));
        assert_eq!(spares.lock().len(), MAX_SPARES);
        spares.clear();
        assert!(spares.lock().is_empty());
    }
}
