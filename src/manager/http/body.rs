//! The body of a response: a list of bytes, ranges of blobs and sources that produce more of both.

use crate::blobs::Blobs;
use crate::catalog::{self, Read};
use std::collections::VecDeque;
use std::fmt;

/// Parts of a body that are produced while it is read, such as the entries of a zip.
pub(crate) trait Source: fmt::Debug + Send {
    /// Returns the number of remaining bytes.
    fn length(&self) -> u64;
    /// Returns the next parts in order. The list is empty at the end.
    fn next(&mut self, catalog: &dyn Read, blobs: &dyn Blobs) -> catalog::Result<VecDeque<Part>>;
    /// Returns a copy at the same position.
    fn fork(&self) -> Box<dyn Source>;
}

impl Clone for Box<dyn Source> {
    fn clone(&self) -> Box<dyn Source> {
        self.fork()
    }
}

/// A run of the bytes of another source.
#[derive(Clone, Debug)]
struct Run {
    source: Box<dyn Source>,
    /// The number of bytes in front of the run that are still to be passed over.
    skip: u64,
    length: u64,
}

impl Source for Run {
    fn length(&self) -> u64 {
        self.length
    }

    fn next(&mut self, catalog: &dyn Read, blobs: &dyn Blobs) -> catalog::Result<VecDeque<Part>> {
        let mut kept = VecDeque::new();
        while kept.is_empty() && self.length > 0 {
            let parts = self.source.next(catalog, blobs)?;
            if parts.is_empty() {
                break;
            }
            for mut part in parts {
                let skipped = self.skip.min(part.length());
                self.skip -= skipped;
                part.cut(skipped, self.length);
                let length = part.length();
                self.length -= length;
                if length > 0 {
                    kept.push_back(part);
                }
            }
        }
        Ok(kept)
    }

    fn fork(&self) -> Box<dyn Source> {
        Box::new(self.clone())
    }
}

/// A part of a body.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Bytes(Vec<u8>),
    Blob { id: String, offset: u64, length: u64 },
    Source(Box<dyn Source>),
}

impl Part {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::Blob { length, .. } => *length,
            Part::Source(source) => source.length(),
        }
    }

    /// Keeps at most `length` bytes from `skip` on. Sources come in bodies only, and never in another source.
    fn cut(&mut self, skip: u64, most: u64) {
        match self {
            Part::Bytes(bytes) => {
                bytes.drain(..usize::try_from(skip).unwrap_or(usize::MAX).min(bytes.len()));
                bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            }
            Part::Blob { offset, length, .. } => {
                *offset += skip;
                *length = length.saturating_sub(skip).min(most);
            }
            Part::Source(_) => {}
        }
    }
}

/// A piece of a body, for hosts that read blobs themselves.
///
/// ```
/// use wix_media::manager::{Manager, Piece, Request};
///
/// let manager = Manager::memory()?;
/// let mut body = manager.handle(Request::new("GET", "/site-media/v1/files")).body;
/// for piece in manager.pieces(&mut body)? {
///     match piece {
///         Piece::Bytes(bytes) => assert!(bytes.starts_with(b"{")),
///         Piece::Blob { id, offset, length } => println!("{length} bytes at {offset} of {id}"),
///     }
/// }
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes.
    Bytes(Vec<u8>),
    /// A range of a blob.
    Blob {
        /// The id of the blob.
        id: String,
        /// The offset of the first byte.
        offset: u64,
        /// The number of bytes.
        length: u64,
    },
}

/// The body of a response.
///
/// [`Manager::read`](crate::manager::Manager::read) reads it into a buffer, and [`Manager::pieces`](crate::manager::Manager::pieces) lists
/// it for a host that reads blobs itself.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// let mut body = manager.handle(Request::new("GET", "/site-media/v1/files")).body;
/// let (length, mut buffer) = (body.length(), [0; 16]);
/// let count = manager.read(&mut body, &mut buffer)?;
/// assert_eq!(body.length(), length - count as u64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub(crate) parts: VecDeque<Part>,
}

impl Body {
    pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Body {
        Body {
            parts: [Part::Bytes(bytes.into())].into(),
        }
    }

    pub(crate) fn source(source: impl Source + 'static) -> Body {
        Body {
            parts: [Part::Source(Box::new(source))].into(),
        }
    }

    /// Creates a body of `length` bytes of a source, from `offset` on.
    pub(crate) fn run_of(source: impl Source + 'static, offset: u64, length: u64) -> Body {
        Body::source(Run {
            source: Box::new(source),
            skip: offset,
            length,
        })
    }

    /// Takes the bytes of a body that holds one piece of bytes, as JSON does. Returns `None` for any other body, which it leaves
    /// as it is.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut body = Manager::memory()?.handle(Request::new("GET", "/site-media/v1/files")).body;
    /// assert!(body.take_bytes().is_some_and(|bytes| bytes.starts_with(b"{")));
    /// assert_eq!(body.length(), 0);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_bytes(&mut self) -> Option<Vec<u8>> {
        let more = self.parts.len() > 1 || self.parts.iter().any(|part| !matches!(part, Part::Bytes(_)));
        let bytes = match self.parts.pop_front() {
            Some(Part::Bytes(bytes)) if !more => bytes,
            Some(part) => {
                self.parts.push_front(part);
                return None;
            }
            None => Vec::new(),
        };
        Some(bytes)
    }

    /// Returns the number of remaining bytes.
    ///
    /// ```
    /// assert_eq!(wix_media::manager::Body::default().length(), 0);
    /// ```
    pub fn length(&self) -> u64 {
        self.parts.iter().map(Part::length).sum()
    }
}
