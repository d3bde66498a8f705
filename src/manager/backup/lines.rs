//! Rows as lines of JSON in blobs, written and read one after the other.

use crate::blobs::{Blobs, Writer};
use crate::catalog::BundleEntry;

/// Lines on their way into a blob.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) blob: String,
    writer: Option<Writer>,
    /// Whether the blob is complete.
    is_closed: bool,
    size: u64,
    crc: crc32fast::Hasher,
    buffer: Vec<u8>,
}

impl Lines {
    pub(crate) fn new(blob: String) -> Lines {
        Lines {
            blob,
            writer: None,
            is_closed: false,
            size: 0,
            crc: crc32fast::Hasher::new(),
            buffer: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, blobs: &dyn Blobs, line: &[u8]) -> std::io::Result<()> {
        self.crc.update(line);
        self.buffer.extend_from_slice(line);
        if self.buffer.len() >= 1 << 16 {
            self.flush(blobs)?;
        }
        Ok(())
    }

    /// Ends the blob after the last line. Not every store can read one before that. Succeeds when it is ended already.
    pub(crate) fn close(&mut self, blobs: &dyn Blobs) -> std::io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        self.flush(blobs)?;
        // While this fails, the writer stays: a new one would begin at the start of the blob.
        blobs.end_writer(&self.blob)?;
        self.writer = None;
        self.is_closed = true;
        Ok(())
    }

    fn flush(&mut self, blobs: &dyn Blobs) -> std::io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(blobs.open_writer(&self.blob, 0)?),
        };
        blobs.append(writer, &self.buffer)?;
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    pub(crate) fn entry(&self, path: &str) -> BundleEntry {
        BundleEntry {
            path: path.to_owned(),
            blob: Some(self.blob.clone()),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            crc: self.crc.clone().finalize(),
            updated: 0,
        }
    }
}

/// The lines in a blob, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    blob: String,
    at: u64,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins.
    next: usize,
}

impl Reading {
    pub(crate) fn new(blob: &str) -> Reading {
        Reading {
            blob: blob.to_owned(),
            at: 0,
            buffer: Vec::new(),
            next: 0,
        }
    }

    /// The next line without its end.
    pub(crate) fn line(&mut self, blobs: &dyn Blobs) -> std::io::Result<Option<&[u8]>> {
        let mut searched = self.next;
        loop {
            if let Some(length) = self.buffer[searched..].iter().position(|&byte| byte == b'\n') {
                let from = std::mem::replace(&mut self.next, searched + length + 1);
                return Ok(Some(&self.buffer[from..searched + length]));
            }
            self.buffer.drain(..self.next);
            self.next = 0;
            searched = self.buffer.len();
            self.buffer.resize(searched + (1 << 16), 0);
            let count = blobs.read(&self.blob, self.at, &mut self.buffer[searched..])?;
            self.buffer.truncate(searched + count);
            self.at += count as u64;
            if count == 0 {
                return Ok(None);
            }
        }
    }
}
