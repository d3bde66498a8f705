//! Transformed pictures in the bucket, where other processes and later ones find them.
//!
//! The name of an object is the id of the original's blob, the ETag of the picture, and the version of the program. A blob never
//! changes, the ETag contains the digest of the original and the whole transform, and another version may make other pixels. The
//! manager has found the file before a picture is looked up, so that of a deleted file is never served.
//!
//! A bucket that fails costs a decoding, and never the answer. It is left alone for a while then: each lookup in a bucket that hangs would
//! hold a thread and let its caller wait.

use super::Made;
use crate::actor::blocking;
use crate::metrics::PictureFigures;
use http::HeaderValue;
use std::io::{Error, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use wix_media::manager::{Body, Manager, Piece};
use wix_media_s3::{Bucket, Picture};

/// How long the bucket may take to find a picture.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(3);

/// How long the bucket is neither asked for pictures nor given any after it has failed.
const PAUSE: Duration = Duration::from_secs(10);

/// How many pictures are written at once. Others are not kept.
const MAX_WRITES: usize = 8;

/// How long a picture is kept.
const MAX_AGE: Duration = Duration::from_secs(30 * 86_400);

/// Where the bucket keeps a picture.
#[derive(Debug)]
pub(super) struct Place {
    bucket: Bucket,
    blob: String,
    name: String,
}

impl Place {
    /// The place of the picture with this ETag, which is made of `body`. `None` for a body that is no blob.
    pub(super) fn new(bucket: Bucket, manager: &Manager, tag: &str, body: &Body) -> Option<Place> {
        let pieces = manager.pieces(&mut body.clone()).ok()?;
        let [Piece::Blob { id, offset: 0, .. }] = &pieces[..] else {
            return None;
        };
        let version = env!("CARGO_PKG_VERSION").replace(['.', '+'], "-");
        Some(Place {
            bucket,
            blob: id.clone(),
            name: format!("{}-{version}", tag.trim_matches('"')),
        })
    }
}

/// What happens to the pictures in buckets of all sites.
#[derive(Debug)]
pub(super) struct Kept {
    hits: AtomicU64,
    failures: AtomicU64,
    writes: Semaphore,
    pause: Pause,
}

/// The time in which a bucket that has failed is left alone.
#[derive(Debug, Default)]
struct Pause(Mutex<Option<Instant>>);

impl Pause {
    /// Begins a pause. Returns whether none was under way: of requests that were sent at once, one is logged.
    fn begin(&self) -> bool {
        let now = Instant::now();
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = until.is_none_or(|until| until <= now);
        if begins {
            *until = Some(now + PAUSE);
        }
        begins
    }

    fn is_under_way(&self) -> bool {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}

impl Default for Kept {
    fn default() -> Kept {
        Kept {
            hits: AtomicU64::default(),
            failures: AtomicU64::default(),
            writes: Semaphore::new(MAX_WRITES),
            pause: Pause::default(),
        }
    }
}

impl Kept {
    pub(super) fn figures(&self) -> PictureFigures {
        PictureFigures {
            bucket_hits: self.hits.load(Ordering::Relaxed),
            bucket_failures: self.failures.load(Ordering::Relaxed),
            ..PictureFigures::default()
        }
    }

    /// The picture in the bucket. `None` if it is not there, or the bucket fails or has failed just now.
    pub(super) async fn find(&self, place: &Place) -> Option<Made> {
        if self.pause.is_under_way() {
            return None;
        }
        let (bucket, blob, name) = (place.bucket.clone(), place.blob.clone(), place.name.clone());
        let looking = blocking(move || bucket.picture(&blob, &name, LOOKUP_TIMEOUT));
        let found = looking.await.map_err(Error::other).flatten();
        let picture = self.judged("cannot read a picture from the bucket", found)??;
        // Objects may have been written by hand.
        let mime = HeaderValue::from_str(&picture.mime).ok();
        let mime = mime.filter(|_| picture.mime.starts_with("image/"))?;
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(Made {
            mime,
            bytes: picture.bytes,
        })
    }

    /// Writes a picture to the bucket, if not too many are being written and the bucket has not failed just now.
    pub(super) async fn keep(&self, place: Place, made: &Arc<Made>) {
        if self.pause.is_under_way() {
            return;
        }
        let Ok(_write) = self.writes.try_acquire() else { return };
        let Ok(mime) = made.mime.to_str() else { return };
        let picture = Picture {
            mime: mime.to_owned(),
            bytes: made.bytes.clone(),
        };
        let Place { bucket, blob, name } = place;
        let written = blocking(move || bucket.put_picture(&blob, &name, &picture)).await;
        self.judged(
            "cannot keep a picture in the bucket",
            written.map_err(Error::other).flatten(),
        );
    }

    /// The value, or `None` after a failure, which is counted and begins a pause.
    fn judged<T>(&self, what: &'static str, outcome: Result<T>) -> Option<T> {
        outcome
            .inspect_err(|error| {
                self.failures.fetch_add(1, Ordering::Relaxed);
                if self.pause.begin() {
                    tracing::warn!(%error, pause_s = PAUSE.as_secs(), "{what}");
                }
            })
            .ok()
    }
}

/// Removes the pictures of a site that are older than [`MAX_AGE`].
pub(super) fn remove_old(bucket: &Bucket) -> Result<u64> {
    bucket.remove_old_pictures(MAX_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pause_begins_once_and_ends() {
        let pause = Pause::default();
        assert!(!pause.is_under_way());
        assert!(pause.begin() && pause.is_under_way());
        tokio::time::advance(PAUSE / 2).await;
        // A request that was sent before.
        assert!(!pause.begin() && pause.is_under_way());
        tokio::time::advance(PAUSE / 2).await;
        assert!(!pause.is_under_way(), "a later failure does not extend it");
        assert!(pause.begin());
    }
}
