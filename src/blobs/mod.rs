//! The byte store of the embedded Media Manager.
//!
//! A blob is a sequence of bytes under an id. One [`Writer`] at a time adds bytes at its end, until a row of the catalog names
//! the blob. From then on it never changes.
//!
//! Bytes never pass through a transaction. The manager syncs a blob before it commits the row that names it, and removes a
//! blob after it has committed that no row needs it. A crash in between leaves at worst a blob too many, which
//! [`Manager::sweep`](crate::manager::Manager::sweep) removes.
//!
//! [`Memory`], [`Directory`] and [`SharedDirectory`] are the implementations. A [`Directory`] works on files through a [`Host`],
//! which is [`Disk`] natively. Several processes need a [`SharedDirectory`]. Every store passes the functions of [`conformance`].
//!
//! ```
//! use wix_media::blobs::{Blobs, Memory};
//!
//! let blobs = Memory::default();
//! let mut writer = blobs.open_writer("b1", 0)?;
//! blobs.append(&mut writer, b"hello ")?;
//! blobs.append(&mut writer, b"world")?;
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
#[cfg(not(target_arch = "wasm32"))]
mod shared_directory;
mod writer;

pub use directory::{Directory, Host, file_name};
#[cfg(not(target_arch = "wasm32"))]
pub use disk::Disk;
pub use memory::Memory;
pub use reader::BlobReader;
pub(crate) use reader::HEAD_LEN;
#[cfg(not(target_arch = "wasm32"))]
pub use shared_directory::SharedDirectory;
pub use writer::{Writer, Writers};

use std::fmt;
use std::io::Result;
use std::time::SystemTime;

/// A store of bytes, shared by threads.
///
/// Ids are 1 to 100 letters, digits, `-` and `_`. A call on a missing blob fails with [`NotFound`](std::io::ErrorKind). A store that
/// cannot be reached fails with [`NotConnected`](std::io::ErrorKind) or [`TimedOut`](std::io::ErrorKind), and callers try again later.
pub trait Blobs: Send + Sync + fmt::Debug {
    /// The id of a new blob, from a store that has to prepare its blobs. `None` where any id will do.
    fn fresh(&self) -> Option<String> {
        None
    }
    /// Opens the writer of a blob at `offset`, which must not be beyond its end. Bytes behind it, from an attempt that was
    /// cut off, are removed. The blob is created when `offset` is 0. A writer that was open before is superseded.
    fn open_writer(&self, id: &str, offset: u64) -> Result<Writer>;
    /// Opens the writer of a new blob that the host fills by itself: see
    /// [`Manager::target`](crate::manager::Manager::target). A store whose host does that leaves the file alone.
    fn open_delivered(&self, id: &str) -> Result<Writer> {
        self.open_writer(id, 0)
    }
    /// Opens the writer of a blob that several processes may write. `epoch` is the number under which the caller has taken the
    /// blob over in the catalog. The call can come late, when another process has taken the blob over since. A store that processes
    /// share refuses a number below one that it has seen, and the calls of writers that another process has superseded, with
    /// [`StaleNetworkFileHandle`](std::io::ErrorKind::StaleNetworkFileHandle).
    fn take_over(&self, id: &str, offset: u64, epoch: u64) -> Result<Writer>;
    /// Adds bytes at the end of the writer's blob. A superseded writer fails with
    /// [`ResourceBusy`](std::io::ErrorKind::ResourceBusy).
    fn append(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()>;
    /// Ends the writer of a blob, which is final from then on. Succeeds when there is none.
    fn end_writer(&self, id: &str) -> Result<()>;
    /// Ends the writer of a blob, and returns its size, as [`end_writer`](Blobs::end_writer) and [`size`](Blobs::size) do. A store
    /// that learns the size on the way need not look again.
    fn finish(&self, id: &str) -> Result<Option<u64>> {
        self.end_writer(id)?;
        self.size(id)
    }
    /// Ends the writer of a blob that is complete, and returns when the blob is durable.
    fn seal(&self, id: &str) -> Result<()> {
        self.end_writer(id)?;
        self.sync(id)
    }
    /// Where the next byte of a blob goes while a writer of it is open in this process, `None` while there is none. The bytes
    /// before it need not be durable.
    fn open_end(&self, id: &str) -> Option<u64>;
    /// The epoch of the writer of a blob that is open in this process: that of [`take_over`](Blobs::take_over), and 0 of the others.
    /// `None` while there is none. The row of an upload can be in the hands of another epoch already.
    fn open_epoch(&self, id: &str) -> Option<u64>;
    /// Where the next byte goes of a blob that the host is filling by itself at the moment: see
    /// [`Manager::target`](crate::manager::Manager::target). `None` for all others.
    fn delivered_end(&self, id: &str) -> Option<u64> {
        _ = id;
        None
    }
    /// Returns when the blob is durable.
    fn sync(&self, id: &str) -> Result<()>;
    /// Goes on making the bytes of an open writer durable, and returns where those end that are. A store that can do so while more bytes
    /// arrive does not wait for it, so callers ask again after the next bytes.
    fn sync_progress(&self, id: &str) -> Result<u64> {
        let end = self.open_end(id).unwrap_or(0);
        self.sync(id)?;
        Ok(end)
    }
    /// Removes what a writer has made durable, if the blob is complete without it: the writer was late, as the catalog has refused to
    /// record its bytes. A store whose [`take_over`](Blobs::take_over) finds out about each late writer has nothing to remove.
    fn withdraw(&self, writer: &Writer) -> Result<()> {
        _ = writer;
        Ok(())
    }
    /// Fills `buffer` from `offset` on and returns the number of bytes, which is smaller than the buffer only at the end.
    /// A store that cannot read a blob while it is written fails with [`Unsupported`](std::io::ErrorKind::Unsupported).
    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize>;
    /// The number of bytes, `None` for a missing blob.
    fn size(&self, id: &str) -> Result<Option<u64>>;
    /// Removes the blob and ends its writer. Succeeds when the blob is missing.
    fn remove(&self, id: &str) -> Result<()>;
    /// Removes what processes that were killed have left beside complete blobs. With blobs that may be open, it waits until
    /// `before`: pass a time since which no upload goes on. Returns how many leftovers there were. Most stores have none.
    fn remove_leftovers(&self, before: SystemTime) -> Result<u64> {
        _ = before;
        Ok(0)
    }
    /// Holds back a little room, or gives it up, so that deletions work on a full disk: a transaction needs room before
    /// it gives any back. Returns whether there is a reserve afterwards. Stores without a reserve return `false`.
    fn reserve(&self, hold: bool) -> Result<bool> {
        _ = hold;
        Ok(false)
    }
    /// At most `limit` ids of blobs behind `after`, in an order that the store chooses. An empty `after` starts at the first.
    fn list(&self, after: &str, limit: usize) -> Result<Vec<String>>;
}

/// Refuses an id that could name anything but a blob.
///
/// ```
/// use wix_media::blobs::check_id;
///
/// assert!(check_id("b-1").is_ok() && check_id("../b").is_err());
/// ```
pub fn check_id(id: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=100).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(());
    }
    Err(std::io::Error::new(
        std::io::ErrorKind::InvalidInput,
        format!("invalid blob id: {id:?}"),
    ))
}

fn missing(id: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::NotFound, format!("blob not found: {id}"))
}

fn gap(id: &str, size: u64, offset: u64) -> std::io::Error {
    std::io::Error::new(
        std::io::ErrorKind::InvalidInput,
        format!("invalid offset: blob {id} ends at {size}, before {offset}"),
    )
}
