//! Reading complete blobs: range requests, and the bytes that they bring ahead.

use crate::remote::{Remote, failed};
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The least and the most that one request asks for. Who reads on gets more each time.
const MIN_WINDOW: u64 = 64 << 10;
const MAX_WINDOW: u64 = 8 << 20;

/// How many streams are kept for those who read on, and for how long.
const MAX_STREAMS: usize = 64;
const MAX_IDLE: Duration = Duration::from_secs(20);

/// How many sizes are remembered. A complete blob keeps its size.
const MAX_SIZES: usize = 1000;

/// The bytes of a blob behind those that were read.
struct Stream {
    id: String,
    /// Where the next byte is.
    at: u64,
    /// Where the window ends.
    until: u64,
    window: u64,
    left: Bytes,
    /// `None` at the end of the window.
    body: Option<BoxStream<'static, object_store::Result<Bytes>>>,
    used: Instant,
}

#[derive(Default)]
struct Known {
    streams: Vec<Stream>,
    sizes: Vec<(String, u64)>,
}

/// What is kept between reads.
#[derive(Default)]
pub(crate) struct Reading(Mutex<Known>);

impl std::fmt::Debug for Reading {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Reading").finish_non_exhaustive()
    }
}

impl Reading {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the size of a complete blob.
    pub(crate) fn note(&self, id: &str, size: u64) {
        let mut known = self.known();
        known.sizes.retain(|(other, _)| other != id);
        if known.sizes.len() >= MAX_SIZES {
            known.sizes.remove(0);
        }
        known.sizes.push((id.to_owned(), size));
    }

    /// Forgets a blob, which is removed or written again.
    pub(crate) fn forget(&self, id: &str) {
        let mut known = self.known();
        known.sizes.retain(|(other, _)| other != id);
        known.streams.retain(|stream| stream.id != id);
    }

    /// The size of a complete blob. `None` if there is none.
    pub(crate) fn size(&self, remote: &Remote, id: &str) -> io::Result<Option<u64>> {
        let known = self
            .known()
            .sizes
            .iter()
            .find(|(other, _)| other == id)
            .map(|(_, size)| *size);
        if known.is_some() {
            return Ok(known);
        }
        let size = remote.head(remote.complete(id))?.map(|(size, _)| size);
        if let Some(size) = size {
            self.note(id, size);
        }
        Ok(size)
    }

    /// Takes the stream that goes on here, if there is one.
    fn take(&self, id: &str, at: u64) -> Option<Stream> {
        let mut known = self.known();
        let found = known
            .streams
            .iter()
            .position(|stream| stream.at == at && stream.id == id)?;
        Some(known.streams.swap_remove(found))
    }

    fn keep(&self, mut stream: Stream) {
        stream.used = Instant::now();
        let mut known = self.known();
        known.streams.retain(|other| other.used.elapsed() < MAX_IDLE);
        if known.streams.len() >= MAX_STREAMS {
            let oldest = known.streams.iter().enumerate().min_by_key(|(_, other)| other.used);
            if let Some((oldest, _)) = oldest {
                known.streams.swap_remove(oldest);
            }
        }
        known.streams.push(stream);
    }

    /// Fills the buffer from `offset` on. Returns `None` if there is no complete blob. A body that is cut off is asked for once
    /// more, and then the read fails: it never returns less than there is.
    pub(crate) fn read(&self, remote: &Remote, id: &str, offset: u64, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let mut filled = 0;
        let mut tries = 0;
        let mut stream = self.take(id, offset);
        while filled < buffer.len() {
            let at = offset + filled as u64;
            let wanted = buffer.len() - filled;
            let is_over = stream.as_ref().is_none_or(|stream| stream.until == at);
            if is_over {
                let window = stream.take().map_or(0, |stream| stream.window.saturating_mul(4));
                let least = (wanted as u64).max(MIN_WINDOW);
                match self.begin(remote, id, at, window.max(least).min(MAX_WINDOW.max(least)))? {
                    Found::Stream(begun) => stream = Some(begun),
                    Found::End => break,
                    Found::Missing => return Ok(None),
                }
            }
            let Some(mut current) = stream.take() else { break };
            let (bytes, back) = remote.wait("read", async move {
                let bytes = current.next(wanted).await;
                Ok((bytes, current))
            })?;
            match bytes {
                Ok(bytes) => {
                    buffer[filled..filled + bytes.len()].copy_from_slice(&bytes);
                    filled += bytes.len();
                    stream = Some(back);
                }
                // The next round asks for what is missing.
                Err(_) if tries == 0 => tries += 1,
                Err(error) => return Err(error),
            }
        }
        if let Some(stream) = stream {
            self.keep(stream);
        }
        Ok(Some(filled))
    }

    fn begin(&self, remote: &Remote, id: &str, at: u64, window: u64) -> io::Result<Found> {
        let range = at..at.saturating_add(window);
        match remote.stream(remote.complete(id), range.clone()) {
            Ok((body, size)) => {
                self.note(id, size);
                if at >= size {
                    return Ok(Found::End);
                }
                Ok(Found::Stream(Stream {
                    id: id.to_owned(),
                    at,
                    until: range.end.min(size),
                    window,
                    left: Bytes::new(),
                    body: Some(body),
                    used: Instant::now(),
                }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Missing),
            // Stores refuse a range behind the end in different ways.
            Err(error) => match self.size(remote, id)? {
                Some(size) if at >= size => Ok(Found::End),
                _ => Err(error),
            },
        }
    }
}

enum Found {
    Stream(Stream),
    /// The blob ends here.
    End,
    Missing,
}

impl Stream {
    /// The next bytes, at most `wanted`, and at least one before the end of the window.
    async fn next(&mut self, wanted: usize) -> io::Result<Bytes> {
        while self.left.is_empty() {
            let next = match &mut self.body {
                Some(body) => body.next().await,
                None => None,
            };
            let room = self.until - self.at;
            match next {
                Some(Ok(bytes)) if bytes.len() as u64 <= room => self.left = bytes,
                Some(Ok(_)) => {
                    return Err(io::Error::new(
                        ErrorKind::NotConnected,
                        "the bucket sends more than was asked for",
                    ));
                }
                Some(Err(error)) => return Err(failed(error)),
                None => {
                    return Err(io::Error::new(
                        ErrorKind::NotConnected,
                        "the answer of the bucket was cut off",
                    ));
                }
            }
        }
        let bytes = self.left.slice(..wanted.min(self.left.len()));
        self.left.advance(bytes.len());
        self.at += bytes.len() as u64;
        Ok(bytes)
    }
}
