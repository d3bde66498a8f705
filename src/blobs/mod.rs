//! The byte store of the embedded Media Manager.
//!
//! A blob is a run of bytes under an id. It grows at its end until the catalog names it; from then on it never changes.
//! The manager syncs a blob before it commits the row that names it, and removes blobs that no row needs after the
//! commit that freed them, so a crash in between leaves at worst a blob too many, never one too few.
//!
//! [`Memory`] and [`Directory`] are the implementations; a [`Directory`] works on files through a [`Host`], which is
//! [`Disk`] natively. [`conformance`] holds the functions that every store has to pass.
//!
//! ```
//! use wix_media::blobs::{Blobs, Memory};
//!
//! let mut blobs = Memory::default();
//! blobs.append("b1", 0, b"hello ")?;
//! blobs.append("b1", 6, b"world")?;
//! blobs.sync("b1")?;
//! let mut buffer = [0; 5];
//! assert_eq!(blobs.read("b1", 6, &mut buffer)?, 5);
//! assert_eq!(&buffer, b"world");
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod conformance;
mod directory;
#[cfg(not(target_arch = "wasm32"))]
mod disk;
mod memory;
mod reader;

pub use directory::{Directory, Host, file_name};
#[cfg(not(target_arch = "wasm32"))]
pub use disk::Disk;
pub use memory::Memory;
pub use reader::BlobReader;

use std::fmt;
use std::io::Result;

/// A store of bytes.
///
/// Ids are 1 to 100 letters, digits, `-` and `_`. A call on a missing blob answers [`NotFound`](std::io::ErrorKind).
pub trait Blobs: Send + fmt::Debug {
    /// An id for a new blob, from a store that has to prepare its blobs; any id will do where there is `None`.
    fn fresh(&mut self) -> Option<String> {
        None
    }
    /// Puts bytes at `offset`, the end of the blob, which is made when `offset` is 0. Bytes that are there behind
    /// `offset` are from an attempt that was cut off, and go.
    fn append(&mut self, id: &str, offset: u64, bytes: &[u8]) -> Result<()>;
    /// Returns once the blob is safe from a crash.
    fn sync(&mut self, id: &str) -> Result<()>;
    /// Fills `buffer` from `offset` on; answers how many bytes there were, fewer only at the end.
    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize>;
    /// The number of bytes, `None` for a missing blob.
    fn size(&self, id: &str) -> Result<Option<u64>>;
    /// Removes the blob; a missing one is no error.
    fn remove(&mut self, id: &str) -> Result<()>;
    /// The ids of all blobs, in any order.
    fn ids(&self) -> Result<Vec<String>>;
}

/// Refuses an id that could name something else than a blob.
fn check(id: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=100).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(());
    }
    Err(std::io::Error::new(
        std::io::ErrorKind::InvalidInput,
        format!("{id:?} is no blob id"),
    ))
}

fn missing(id: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::NotFound, format!("there is no blob {id}"))
}

fn gap(id: &str, size: u64, offset: u64) -> std::io::Error {
    std::io::Error::new(
        std::io::ErrorKind::InvalidInput,
        format!("the blob {id} ends at {size}, in front of {offset}"),
    )
}
