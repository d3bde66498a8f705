//! Receiving the bytes of an upload, an import or a seed.

use super::http::error::{Outcome, Refusal};
use super::inspect::{Digest, Digested};
use super::items::content::{over_limit, zero_size};
use super::site::Site;
use super::unnamed::Age;
use crate::blobs::{Blobs, Writer};

/// Where a host may write the body of a request by itself, from [`Manager::target`](super::Manager::target).
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// let mut intake = manager.open(Request::new("PUT", "/upload/forged").head);
/// if let Some(target) = manager.target(&mut intake) {
///     println!("write to {} from {}, at most to {}", target.blob, target.offset, target.limit);
/// }
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The id of the blob. It need not exist if `offset` is 0.
    pub blob: String,
    /// Where the first byte goes.
    pub offset: u64,
    /// Where the last byte may end. A host need not write what is beyond it.
    pub limit: u64,
    /// Whether a body that breaks off is of use.
    pub is_resumable: bool,
}

/// What a host has written to its [`Target`], and made durable.
///
/// ```
/// use wix_media::manager::Delivered;
///
/// let delivered = Delivered { end: 5, md5: Some("5d41402abc4b2a76b9719d911017c592".to_owned()), crc: 0x3610_a686 };
/// assert_eq!(delivered.end, b"hello".len() as u64);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The number of bytes of the blob. A number above the limit of the target says that the body is too large.
    pub end: u64,
    /// The MD5 hash of all of them in lower-case hexadecimal digits. `None` if the host does not know that of the bytes
    /// before its own.
    pub md5: Option<String>,
    /// The CRC-32 of all of them, of the polynomial that zip uses. It counts only beside `md5`.
    pub crc: u32,
}

impl Delivered {
    /// Returns the digest of all bytes, if the host knows it.
    pub(crate) fn digested(&self) -> Option<Digested> {
        self.md5.as_ref().map(|md5| Digested {
            size: self.end,
            md5: md5.clone(),
            crc: self.crc,
        })
    }
}

/// A new blob that is being written.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) blob: String,
    pub(crate) age: Age,
    /// Opened by the first bytes, so that an empty body leaves no blob, or for the host that writes by itself. A blob with a
    /// writer is no orphan.
    writer: Option<Writer>,
    digest: Digest,
    /// The digest of bytes that the host has written by itself, and made durable.
    delivered: Option<Digested>,
    /// The maximum size in bytes.
    limit: u64,
    too_large: bool,
}

impl Incoming {
    pub(crate) fn new(site: &Site, limit: u64) -> Incoming {
        Incoming {
            blob: site.new_blob(),
            age: Age::new(site),
            writer: None,
            digest: Digest::new(),
            delivered: None,
            limit,
            too_large: false,
        }
    }

    /// Returns the size in bytes, or `None` once the limit is exceeded.
    pub(crate) fn size(&self) -> Option<u64> {
        let size = match &self.delivered {
            Some(digested) => digested.size,
            None => self.digest.size(),
        };
        (!self.too_large).then_some(size)
    }

    /// Returns where the host may write the bytes by itself.
    pub(crate) fn target(&mut self, blobs: &dyn Blobs) -> Option<Target> {
        if self.writer.is_none() {
            self.writer = Some(blobs.open_delivered(&self.blob).ok()?);
        }
        Some(Target {
            blob: self.blob.clone(),
            offset: 0,
            limit: self.limit,
            is_resumable: false,
        })
    }

    /// Takes what the host has written. Returns whether more is accepted.
    pub(crate) fn deliver(&mut self, delivered: &Delivered) -> bool {
        self.too_large |= delivered.end > self.limit;
        self.delivered = delivered.digested();
        !self.too_large
    }

    /// Appends bytes. Returns whether more are accepted.
    pub(crate) fn feed(&mut self, site: &Site, bytes: &[u8]) -> Outcome<bool> {
        if self.too_large || self.digest.size() + bytes.len() as u64 > self.limit {
            self.too_large = true;
            return Ok(false);
        }
        if bytes.is_empty() {
            return Ok(true);
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(site.blobs.open_writer(&self.blob, 0)?),
        };
        site.blobs.append(writer, bytes)?;
        self.digest.update(bytes);
        self.age.renew(site, |_| site.forget_orphan(&self.blob));
        Ok(true)
    }

    /// Makes the bytes durable.
    pub(crate) fn finish(self, blobs: &dyn Blobs) -> Outcome<Digested> {
        if self.too_large {
            return Err(over_limit(413, self.limit));
        }
        let is_durable = self.delivered.is_some();
        let digested = self.delivered.unwrap_or_else(|| self.digest.finish());
        if digested.size == 0 {
            return Err(zero_size());
        }
        if !is_durable {
            blobs.seal(&self.blob).map_err(Refusal::from)?;
        }
        Ok(digested)
    }
}
