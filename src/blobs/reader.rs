//! A blob as a reader that can seek.

use super::{Blobs, missing};
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

/// How much of the beginning is read at once and kept. Whoever looks for the type of a file returns to it several times, and each
/// time would be a request to a store on another machine.
pub(crate) const HEAD_LEN: u64 = 16 << 10;

/// Reads a blob from its beginning on.
///
/// ```
/// use std::io::{Read, Seek, SeekFrom};
/// use wix_media::blobs::{BlobReader, Blobs, Memory};
///
/// let blobs = Memory::default();
/// blobs.append(&mut blobs.open_writer("b1", 0)?, b"hello world")?;
/// let mut reader = BlobReader::new(&blobs, "b1")?;
/// reader.seek(SeekFrom::End(-5))?;
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert_eq!(text, "world");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct BlobReader<'a> {
    blobs: &'a dyn Blobs,
    id: &'a str,
    offset: u64,
    size: u64,
    /// The beginning, once it has been read.
    head: Vec<u8>,
}

impl<'a> BlobReader<'a> {
    /// A reader of this blob. Fails with [`NotFound`](std::io::ErrorKind) for a missing one.
    ///
    /// ```
    /// use wix_media::blobs::{BlobReader, Memory};
    ///
    /// assert!(BlobReader::new(&Memory::default(), "b1").is_err());
    /// ```
    pub fn new(blobs: &'a dyn Blobs, id: &'a str) -> Result<BlobReader<'a>> {
        let size = blobs.size(id)?.ok_or_else(|| missing(id))?;
        Ok(BlobReader::with_size(blobs, id, size))
    }

    /// A reader of this blob for callers that know its size.
    ///
    /// ```
    /// use std::io::Read;
    /// use wix_media::blobs::{BlobReader, Blobs, Memory};
    ///
    /// let blobs = Memory::default();
    /// blobs.append(&mut blobs.open_writer("b1", 0)?, b"hello world")?;
    /// let mut text = String::new();
    /// BlobReader::with_size(&blobs, "b1", 11).read_to_string(&mut text)?;
    /// assert_eq!(text, "hello world");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_size(blobs: &'a dyn Blobs, id: &'a str, size: u64) -> BlobReader<'a> {
        BlobReader {
            blobs,
            id,
            offset: 0,
            size,
            head: Vec::new(),
        }
    }

    /// Continues with what the caller has read already: the first [`HEAD_LEN`] bytes, or all of them.
    pub(crate) fn with_head(self, head: Vec<u8>) -> BlobReader<'a> {
        BlobReader { head, ..self }
    }

    /// Reads from the beginning.
    fn read_head(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.head.is_empty() {
            let mut head = vec![0; usize::try_from(self.size.min(HEAD_LEN)).unwrap_or(0)];
            let count = self.blobs.read(self.id, 0, &mut head)?;
            head.truncate(count);
            self.head = head;
        }
        let start = usize::try_from(self.offset).unwrap_or(usize::MAX).min(self.head.len());
        let count = buffer.len().min(self.head.len() - start);
        buffer[..count].copy_from_slice(&self.head[start..start + count]);
        Ok(count)
    }
}

impl Read for BlobReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if buffer.is_empty() || self.offset >= self.size {
            return Ok(0);
        }
        let count = if self.offset < HEAD_LEN {
            self.read_head(buffer)?
        } else {
            self.blobs.read(self.id, self.offset, buffer)?
        };
        self.offset += count as u64;
        Ok(count)
    }
}

impl Seek for BlobReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let offset = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.offset.checked_add_signed(by),
        };
        self.offset = offset.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;

    #[test]
    fn reader_seeks_from_everywhere_and_ends_at_the_end() {
        let blobs = Memory::default();
        let mut writer = blobs.open_writer("b", 0).expect("a writer");
        blobs.append(&mut writer, b"abcdef").expect("stored");
        let mut reader = BlobReader::new(&blobs, "b").expect("a reader");
        let mut buffer = [0; 2];
        for (to, found) in [
            (SeekFrom::Start(1), &b"bc"[..]),
            (SeekFrom::Current(1), b"ef"),
            (SeekFrom::End(-1), b"f"),
            (SeekFrom::End(5), b""),
        ] {
            reader.seek(to).expect("an offset");
            let count = reader.read(&mut buffer).expect("bytes");
            assert_eq!(&buffer[..count], found, "{to:?}");
        }
        assert!(reader.seek(SeekFrom::End(-7)).is_err());
    }
}
