//! Pictures: their colours when they arrive, and transformed pictures by their URLs.
//!
//! A picture that several callers wait for is made once:
//!
//! ```text
//! looking ──not in the bucket──▶ waiting ──a core is free──▶ decoding ──▶ cached ──▶ kept in the bucket
//!    │                              │                            └──TIMEOUT──▶ 503. The thread goes on to the end, and keeps its core until then
//!    │                              ├──everybody has left──▶ dropped
//!    │                              └──TIMEOUT──▶ 503
//!    └──in the bucket──▶ cached
//! ```

mod cache;
mod kept;

use crate::actor::{blocking, outliving};
use crate::answer::{Answer, broken};
use crate::bodies::Content;
use crate::caller::Caller;
use crate::metrics::PictureFigures;
use bytes::Bytes;
use cache::Cache;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use kept::{Kept, Place};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout_at};
use wix_media::blobs::Blobs;
use wix_media::images::url::Transform;
use wix_media::images::{self, Color};
use wix_media::manager::{Body, Manager, Picture};
use wix_media_s3::Bucket;

/// How long one picture may take, with the wait for a core.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The maximum number of pictures that are decoded at once. Each takes up to 320 MB.
const MAX_DECODERS: usize = 4;

/// How many transformed pictures may wait or be made: anyone may request any size of a public picture.
const MAX_PENDING: usize = 32;

/// A request for a picture.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) is_head: bool,
    pub(crate) accept: String,
}

/// A transformed picture.
#[derive(Debug)]
struct Made {
    mime: HeaderValue,
    bytes: Bytes,
}

/// Why there is no picture, with the status that says so.
#[derive(Clone, Debug)]
struct Fault {
    status: u16,
    message: String,
}

type Outcome = Result<Arc<Made>, Fault>;

/// What the decoders of all sites share: the cores and the cache.
#[derive(Debug)]
pub(crate) struct Pool {
    cores: Arc<Semaphore>,
    cache: Mutex<Cache>,
    /// Pictures that wait or are being made, by their sites and ETags, with those who wait for them.
    under_way: Mutex<HashMap<String, watch::Sender<Option<Outcome>>>>,
    memory_hits: AtomicU64,
    decoded: AtomicU64,
    kept: Kept,
}

impl Default for Pool {
    fn default() -> Pool {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Pool {
            cores: Arc::new(Semaphore::new(cores.min(MAX_DECODERS))),
            cache: Mutex::default(),
            under_way: Mutex::default(),
            memory_hits: AtomicU64::default(),
            decoded: AtomicU64::default(),
            kept: Kept::default(),
        }
    }
}

impl Pool {
    pub(crate) fn figures(&self) -> PictureFigures {
        PictureFigures {
            pending: lock(&self.under_way).len(),
            memory_hits: self.memory_hits.load(Ordering::Relaxed),
            decoded: self.decoded.load(Ordering::Relaxed),
            ..self.kept.figures()
        }
    }
}

/// The decoder of a site.
#[derive(Debug)]
pub(crate) struct Pictures {
    manager: Arc<Manager>,
    /// The bytes of files that are being made.
    blobs: Box<dyn Blobs>,
    site_id: String,
    /// The bucket that keeps what was made.
    bucket: Option<Bucket>,
    pool: Arc<Pool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pictures {
    pub(crate) fn new(
        manager: Arc<Manager>,
        blobs: Box<dyn Blobs>,
        bucket: Option<Bucket>,
        site_id: &str,
        pool: &Arc<Pool>,
    ) -> Pictures {
        Pictures {
            manager,
            blobs,
            bucket,
            site_id: site_id.to_owned(),
            pool: Arc::clone(pool),
        }
    }

    /// Removes pictures from the bucket that have been there for long.
    pub(crate) fn remove_old(&self) -> std::io::Result<u64> {
        self.bucket.as_ref().map_or(Ok(0), kept::remove_old)
    }

    /// The name of a picture in this process. Two sites may have the same original under the same id.
    fn key(&self, tag: &str) -> String {
        format!("{} {tag}", self.site_id)
    }

    /// Where the bucket keeps the picture with this ETag, which is made of `body`.
    fn place(&self, tag: &str, body: &Body) -> Option<Place> {
        Place::new(self.bucket.clone()?, &self.manager, tag, body)
    }

    /// Waits until a core is free to decode a picture. It never returns `None`, because nobody closes the semaphore.
    pub(crate) async fn core(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.pool.cores).acquire_owned().await.ok()
    }

    /// The colours of an uploaded picture, in the form of descriptors, once a core is free. `None` for a picture that cannot be
    /// decoded in time, and when the caller has left: it is stored without them.
    ///
    /// Unlike transforms, colours are not refused while many wait: the uploads under way are their bound.
    pub(crate) async fn colors_of(pictures: &Arc<Pictures>, picture: Picture, caller: &Caller) -> Option<Value> {
        let core = tokio::select! {
            core = pictures.core() => core,
            () = caller.left() => return None,
        };
        let own = Arc::clone(pictures);
        let finding = blocking(move || {
            let _core = core;
            own.colors(&picture)
        });
        let found = tokio::time::timeout(TIMEOUT, finding).await.ok()?;
        found.map_err(|error| broken(&error)).ok()?
    }

    fn colors(&self, picture: &Picture) -> Option<Value> {
        let mut bytes = vec![0; usize::try_from(picture.size).ok()?];
        let count = self.blobs.read(&picture.blob, 0, &mut bytes).ok()?;
        bytes.truncate(count);
        // A decoder that panics must not make the upload fail.
        let found = std::panic::catch_unwind(|| images::colors(&bytes)).ok()?.ok()??;
        let color = |color: Color| {
            json!({
                "hex": color.hex(),
                "rgb": { "r": color.red, "g": color.green, "b": color.blue },
            })
        };
        let palette: Vec<Value> = found.palette.into_iter().map(color).collect();
        Some(json!({ "prominent": color(found.prominent), "palette": palette }))
    }

    /// The picture with this ETag, made of `body` unless it is in the cache. `None` if the caller leaves before that.
    async fn transform(pictures: &Arc<Pictures>, tag: &str, caller: &Caller, making: Making) -> Option<Outcome> {
        let key = pictures.key(tag);
        let mut outcomes = {
            let mut under_way = lock(&pictures.pool.under_way);
            // Looked up under the lock, because a picture is in the cache before it leaves the others.
            if let Some(found) = lock(&pictures.pool.cache).get(&key) {
                pictures.pool.memory_hits.fetch_add(1, Ordering::Relaxed);
                return Some(Ok(found));
            }
            match under_way.get(&key) {
                Some(known) => known.subscribe(),
                None if under_way.len() >= MAX_PENDING => {
                    let text = "too many images are being transformed: try again in a moment";
                    return Some(Err(fault(503, text)));
                }
                None => {
                    let (sender, receiver) = watch::channel(None);
                    under_way.insert(key.clone(), sender.clone());
                    let place = pictures.place(tag, &making.body);
                    let work = work(Arc::clone(pictures), key, place, making, sender);
                    tokio::spawn(outliving("picture", tracing::Span::current(), work));
                    receiver
                }
            }
        };
        tokio::select! {
            outcome = outcomes.wait_for(Option::is_some) => match outcome {
                Ok(outcome) => outcome.clone(),
                // The task has panicked.
                Err(_) => Some(Err(fault(500, "cannot process the image: unexpected fault"))),
            },
            () = caller.left() => None,
        }
    }

    /// Removes a picture that nobody waits for. Returns whether that was so.
    fn drop_unwanted(&self, tag: &str, waiting: &watch::Sender<Option<Outcome>>) -> bool {
        let mut under_way = lock(&self.pool.under_way);
        // Under the lock, nobody can begin to wait.
        let is_unwanted = waiting.receiver_count() == 0;
        if is_unwanted {
            under_way.remove(tag);
        }
        is_unwanted
    }
}

/// What a picture is made of.
#[derive(Debug)]
struct Making {
    transform: String,
    accept: String,
    body: Body,
}

fn fault(status: u16, message: &str) -> Fault {
    Fault {
        status,
        message: message.to_owned(),
    }
}

/// Finds a picture in the bucket, or makes it when a core is free. Then tells those who wait for it.
async fn work(
    pictures: Arc<Pictures>,
    tag: String,
    place: Option<Place>,
    making: Making,
    waiting: watch::Sender<Option<Outcome>>,
) {
    // Also removes the picture if this task panics.
    let under_way = UnderWay {
        pictures: &pictures,
        tag: &tag,
        waiting: waiting.clone(),
    };
    let deadline = Instant::now() + TIMEOUT;
    let kept = &pictures.pool.kept;
    let found = match &place {
        Some(place) => kept.find(place).await,
        None => None,
    };
    let is_new = found.is_none();
    let outcome = match found {
        Some(found) => Ok(Arc::new(found)),
        None => {
            let core = loop {
                tokio::select! {
                    core = timeout_at(deadline, pictures.core()) => break core,
                    () = waiting.closed() => if pictures.drop_unwanted(&tag, &waiting) {
                        return;
                    },
                }
            };
            match core {
                Ok(core) => make(&pictures, core, deadline, making).await,
                Err(_) => Err(too_long()),
            }
        }
    };
    if let Ok(made) = &outcome {
        lock(&pictures.pool.cache).put(&tag, made);
    }
    waiting.send_replace(Some(outcome.clone()));
    // Nobody waits for the bucket.
    drop(under_way);
    if let (Some(place), Ok(made), true) = (place, outcome, is_new) {
        kept.keep(place, &made).await;
    }
}

/// A picture that waits or is being made, for as long as the value lives.
struct UnderWay<'a> {
    pictures: &'a Pictures,
    tag: &'a str,
    waiting: watch::Sender<Option<Outcome>>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut under_way = lock(&self.pictures.pool.under_way);
        // One that was dropped may have been requested again since.
        if under_way
            .get(self.tag)
            .is_some_and(|other| other.same_channel(&self.waiting))
        {
            under_way.remove(self.tag);
        }
    }
}

fn too_long() -> Fault {
    fault(503, "cannot transform the image: it takes too long")
}

async fn make(
    pictures: &Arc<Pictures>,
    core: Option<OwnedSemaphorePermit>,
    deadline: Instant,
    making: Making,
) -> Outcome {
    let own = Arc::clone(pictures);
    pictures.pool.decoded.fetch_add(1, Ordering::Relaxed);
    let decoding = blocking(move || {
        // Held until the work ends, even if nobody waits for it any more.
        let _core = core;
        let Making {
            transform,
            accept,
            body,
        } = making;
        let segments: Vec<&str> = transform.split('/').collect();
        let parsed = Transform::parse(&segments)?;
        let bytes = own.manager.collect(body);
        Ok(bytes.map(|bytes| images::transform(&bytes, &parsed, &accept)))
    });
    let Ok(made) = timeout_at(deadline, decoding).await else {
        return Err(too_long());
    };
    match made {
        Ok(Ok(Ok(Ok(made)))) => Ok(Arc::new(Made {
            mime: HeaderValue::from_static(made.mime),
            bytes: made.bytes.into(),
        })),
        Ok(Ok(Ok(Err(error)))) | Ok(Err(error)) => Err(fault(error.status, &error.message)),
        Ok(Ok(Err(error))) => {
            tracing::error!(%error, "cannot read the picture");
            Err(fault(503, "cannot read the file: its bytes are missing"))
        }
        Err(error) => {
            broken(&error);
            Err(fault(500, "cannot process the image: unexpected fault"))
        }
    }
}

/// Answers with a transformed picture. `headers` are those of the manager's response, whose body is the original; its ETag names
/// the original, the transform and the format.
pub(crate) async fn answer(
    pictures: &Arc<Pictures>,
    asked: &Asked,
    transform: String,
    mut headers: HeaderMap,
    body: Body,
    caller: &Caller,
) -> Answer {
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let tag = tag.unwrap_or(&asked.path).to_owned();
    headers.remove(header::CONTENT_LENGTH);
    let made = if asked.is_head {
        // A HEAD makes no picture, so it states type and length only of one in the cache.
        let Some(found) = lock(&pictures.pool.cache).get(&pictures.key(&tag)) else {
            return Answer {
                headers: Box::new(headers),
                ..Answer::new(StatusCode::OK)
            };
        };
        Ok(found)
    } else {
        let making = Making {
            transform,
            accept: asked.accept.clone(),
            body,
        };
        let made = Pictures::transform(pictures, &tag, caller, making).await;
        made.unwrap_or_else(|| Err(fault(503, "the caller has left")))
    };
    match made {
        Ok(made) => {
            headers.insert(header::CONTENT_TYPE, made.mime.clone());
            headers.insert(header::CONTENT_LENGTH, made.bytes.len().into());
            Answer {
                status: StatusCode::OK,
                headers: Box::new(headers),
                content: Content::whole(made.bytes.clone()),
            }
        }
        Err(Fault { status, message }) => {
            for name in [header::ETAG, header::LAST_MODIFIED, header::CACHE_CONTROL] {
                headers.remove(name);
            }
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/plain; charset=utf-8"),
            );
            if status == 503 {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Answer {
                status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                headers: Box::new(headers),
                content: Content::whole(message),
            }
        }
    }
}
