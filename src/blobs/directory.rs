//! Blobs as files.

use super::writer::Writers;
use super::{Blobs, Writer, check_id, gap, missing};
use std::fmt;
use std::io::Result;

/// The calls on files that a [`Directory`] needs. [`Disk`](super::Disk) is the native implementation.
///
/// Names are relative and use `/`. Only [`sync`](Host::sync) makes changes durable.
pub trait Host: Send + Sync + fmt::Debug {
    /// The id of a blob whose file already exists, from a host that cannot create files synchronously. `None` from all others.
    fn fresh(&self) -> Option<String> {
        None
    }
    /// Writes at `offset` and truncates the file behind the bytes. Creates the file and its folder when they are missing.
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> Result<()>;
    /// Returns when the bytes, the length and the name of the file are durable.
    fn sync(&self, name: &str) -> Result<()>;
    /// Reads from `offset` until the buffer is full or the file ends.
    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize>;
    /// The length of a file, `None` for a missing one.
    fn size(&self, name: &str) -> Result<Option<u64>>;
    /// Removes a file. Succeeds when it is missing.
    fn remove(&self, name: &str) -> Result<()>;
    /// The names of all files in a folder. Empty for a missing one.
    fn names(&self, folder: &str) -> Result<Vec<String>>;
    /// See [`Blobs::delivered_end`].
    fn delivered_end(&self, name: &str) -> Option<u64> {
        _ = name;
        None
    }
    /// See [`Blobs::reserve`].
    fn reserve(&self, hold: bool) -> Result<bool> {
        _ = hold;
        Ok(false)
    }
}

/// Blobs as files of a host, in 256 folders by a hash of their ids, because file systems are slow with one large folder.
///
/// ```
/// use wix_media::blobs::{Blobs, Directory, Disk};
///
/// let folder = std::env::temp_dir().join(format!("wix-media-blobs-{}", std::process::id()));
/// let blobs = Directory::new(Disk::new(&folder)?);
/// let mut writer = blobs.open_writer("b1", 0)?;
/// blobs.append(&mut writer, b"hello")?;
/// blobs.sync("b1")?;
/// assert_eq!(Directory::new(Disk::new(&folder)?).size("b1")?, Some(5));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Directory<H> {
    pub(super) host: H,
    pub(super) writers: Writers,
}

impl<H: Host> Directory<H> {
    /// Opens the blobs in the files of a host.
    ///
    /// ```
    /// # use wix_media::blobs::{Blobs, Directory, Disk};
    /// let folder = std::env::temp_dir().join(format!("wix-media-empty-{}", std::process::id()));
    /// assert!(Directory::new(Disk::new(&folder)?).list("", 1)?.is_empty());
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(host: H) -> Directory<H> {
        Directory {
            host,
            writers: Writers::default(),
        }
    }
}

fn folder_of(id: &str) -> u8 {
    id.bytes()
        .fold(0, |hash: u8, byte| hash.wrapping_mul(31).wrapping_add(byte))
}

/// The name of the file in which a [`Directory`] keeps a blob.
///
/// ```
/// assert!(wix_media::blobs::file_name("b1").ends_with("/b1"));
/// ```
pub fn file_name(id: &str) -> String {
    format!("{:02x}/{id}", folder_of(id))
}

impl<H: Host> Blobs for Directory<H> {
    fn fresh(&self) -> Option<String> {
        self.host.fresh()
    }

    fn open_writer(&self, id: &str, offset: u64) -> Result<Writer> {
        self.take_over(id, offset, 0)
    }

    fn take_over(&self, id: &str, offset: u64, epoch: u64) -> Result<Writer> {
        check_id(id)?;
        self.writers.take_over(id, offset, epoch, |id| {
            let name = file_name(id);
            if offset > 0 {
                let size = self.host.size(&name)?.ok_or_else(|| missing(id))?;
                if size < offset {
                    return Err(gap(id, size, offset));
                }
            }
            self.host.write(&name, offset, &[])
        })
    }

    fn open_delivered(&self, id: &str) -> Result<Writer> {
        check_id(id)?;
        self.writers.open(id, 0, |_| Ok(()))
    }

    fn append(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        writer.advance(bytes.len(), |id, end| self.host.write(&file_name(id), end, bytes))
    }

    fn end_writer(&self, id: &str) -> Result<()> {
        self.writers.close(id, || Ok(()))
    }

    fn open_end(&self, id: &str) -> Option<u64> {
        self.delivered_end(id).or_else(|| self.writers.end_of(id))
    }

    fn open_epoch(&self, id: &str) -> Option<u64> {
        self.writers.epoch_of(id)
    }

    fn delivered_end(&self, id: &str) -> Option<u64> {
        self.host.delivered_end(&file_name(id))
    }

    fn sync(&self, id: &str) -> Result<()> {
        check_id(id)?;
        self.host.sync(&file_name(id))
    }

    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        check_id(id)?;
        self.host.read(&file_name(id), offset, buffer)
    }

    fn size(&self, id: &str) -> Result<Option<u64>> {
        check_id(id)?;
        self.host.size(&file_name(id))
    }

    fn remove(&self, id: &str) -> Result<()> {
        check_id(id)?;
        self.writers.close(id, || self.host.remove(&file_name(id)))
    }

    fn reserve(&self, hold: bool) -> Result<bool> {
        self.host.reserve(hold)
    }

    fn list(&self, after: &str, limit: usize) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let first = if after.is_empty() { 0 } else { folder_of(after) };
        for folder in first..=u8::MAX {
            let mut names = self.host.names(&format!("{folder:02x}"))?;
            // Files that others put there are not blobs.
            names.retain(|name| check_id(name).is_ok() && folder_of(name) == folder);
            if folder == first {
                names.retain(|name| name.as_str() > after);
            }
            names.sort_unstable();
            found.extend(names);
            if found.len() >= limit {
                found.truncate(limit);
                break;
            }
        }
        Ok(found)
    }
}
