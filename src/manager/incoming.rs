//! Receiving the bytes of an upload, an import or a seed.

use super::http::error::{Outcome, Refusal};
use super::inspect::{Digest, Digested};
use super::items::content::{over_limit, zero_size};
use crate::blobs::{Blobs, Writer};

/// A new blob that is being written.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) blob: String,
    /// Opened by the first bytes, so that an empty body leaves no blob.
    writer: Option<Writer>,
    digest: Digest,
    /// The maximum size in bytes.
    limit: u64,
    too_large: bool,
}

impl Incoming {
    pub(crate) fn new(blob: String, limit: u64) -> Incoming {
        Incoming {
            blob,
            writer: None,
            digest: Digest::new(),
            limit,
            too_large: false,
        }
    }

    /// Returns the size in bytes, or `None` once the limit is exceeded.
    pub(crate) fn size(&self) -> Option<u64> {
        (!self.too_large).then(|| self.digest.size())
    }

    /// Appends bytes. Returns whether more are accepted.
    pub(crate) fn feed(&mut self, blobs: &dyn Blobs, bytes: &[u8]) -> Outcome<bool> {
        if self.too_large || self.digest.size() + bytes.len() as u64 > self.limit {
            self.too_large = true;
            return Ok(false);
        }
        if bytes.is_empty() {
            return Ok(true);
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(blobs.open_writer(&self.blob, 0)?),
        };
        blobs.append(writer, bytes)?;
        self.digest.update(bytes);
        Ok(true)
    }

    /// Makes the bytes durable.
    pub(crate) fn finish(self, blobs: &dyn Blobs) -> Outcome<Digested> {
        if self.too_large {
            return Err(over_limit(413, self.limit));
        }
        let digested = self.digest.finish();
        if digested.size == 0 {
            return Err(zero_size());
        }
        drop(self.writer);
        blobs.sync(&self.blob).map_err(Refusal::from)?;
        Ok(digested)
    }
}
