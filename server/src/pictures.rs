//! Pictures: their colours when they arrive, and transformed pictures by their URLs.
//!
//! As many are decoded at once as the machine has cores. A picture that several callers wait for is made once.

use crate::bodies::Content;
use crate::service::{Answer, App, broken};
use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use wix_media::blobs::Blobs;
use wix_media::images::url::Transform;
use wix_media::images::{self, Color};
use wix_media::manager::{Body, Picture};

/// How many bytes of transformed pictures are cached.
const MAX_CACHE_SIZE: usize = 64 << 20;

/// How long one picture may take.
const TIMEOUT: Duration = Duration::from_secs(30);

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
    mime: &'static str,
    bytes: Bytes,
}

/// Why there is no picture, with the status that says so.
#[derive(Clone, Debug)]
struct Fault {
    status: u16,
    message: String,
}

type Outcome = Result<Arc<Made>, Fault>;

/// The decoder and its cache.
#[derive(Debug)]
pub(crate) struct Pictures {
    cores: Arc<Semaphore>,
    cache: Mutex<Cache>,
    /// Pictures that are being made, by their ETags.
    under_way: Mutex<HashMap<String, Arc<OnceCell<Outcome>>>>,
}

/// Transformed pictures by their ETags.
#[derive(Debug, Default)]
struct Cache {
    made: HashMap<String, Arc<Made>>,
    /// Least recently used first.
    order: VecDeque<String>,
    size: usize,
}

impl Cache {
    fn get(&mut self, tag: &str) -> Option<Arc<Made>> {
        let found = self.made.get(tag).cloned()?;
        self.order.retain(|other| other != tag);
        self.order.push_back(tag.to_owned());
        Some(found)
    }

    fn put(&mut self, tag: &str, made: &Arc<Made>) {
        if made.bytes.len() > MAX_CACHE_SIZE / 4 || self.made.contains_key(tag) {
            return;
        }
        self.size += made.bytes.len();
        self.made.insert(tag.to_owned(), Arc::clone(made));
        self.order.push_back(tag.to_owned());
        while self.size > MAX_CACHE_SIZE {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(gone) = self.made.remove(&oldest) {
                self.size -= gone.bytes.len();
            }
        }
    }
}

impl Default for Pictures {
    fn default() -> Pictures {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Pictures {
            cores: Arc::new(Semaphore::new(cores)),
            cache: Mutex::default(),
            under_way: Mutex::default(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pictures {
    /// Waits until a core is free to decode a picture. It never returns `None`, because nobody closes the semaphore.
    pub(crate) async fn core(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.cores).acquire_owned().await.ok()
    }

    /// The colours of an uploaded picture, in the form of descriptors. `None` for a picture that cannot be decoded, which is stored
    /// without them.
    pub(crate) fn colors(&self, blobs: &dyn Blobs, picture: &Picture) -> Option<Value> {
        let mut bytes = vec![0; usize::try_from(picture.size).ok()?];
        let count = blobs.read(&picture.blob, 0, &mut bytes).ok()?;
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

    /// The picture with this ETag, made of `body` unless it is in the cache.
    async fn transform(&self, app: &Arc<App>, tag: &str, transform: String, accept: &str, body: Body) -> Outcome {
        if let Some(found) = lock(&self.cache).get(tag) {
            return Ok(found);
        }
        let cell = Arc::clone(lock(&self.under_way).entry(tag.to_owned()).or_default());
        let outcome = cell
            .get_or_init(|| self.make(app, transform, accept.to_owned(), body))
            .await
            .clone();
        lock(&self.under_way).remove(tag);
        if let Ok(made) = &outcome {
            lock(&self.cache).put(tag, made);
        }
        outcome
    }

    async fn make(&self, app: &Arc<App>, transform: String, accept: String, body: Body) -> Outcome {
        let fault = |status: u16, message: &str| Fault {
            status,
            message: message.to_owned(),
        };
        let core = self.core().await;
        let own = Arc::clone(app);
        let making = spawn_blocking(move || {
            // Held until the work ends, even if nobody waits for it any more.
            let _core = core;
            let segments: Vec<&str> = transform.split('/').collect();
            let parsed = Transform::parse(&segments)?;
            let bytes = own.manager.collect(body);
            Ok(bytes.map(|bytes| images::transform(&bytes, &parsed, &accept)))
        });
        let made = match tokio::time::timeout(TIMEOUT, making).await {
            Ok(made) => made,
            Err(_) => return Err(fault(503, "cannot transform the image: it takes too long")),
        };
        match made {
            Ok(Ok(Ok(Ok(made)))) => Ok(Arc::new(Made {
                mime: made.mime,
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
}

/// Answers with a transformed picture. `headers` are those of the manager's response, whose body is the original; its ETag names
/// the original, the transform and the format.
pub(crate) async fn answer(
    app: &Arc<App>,
    asked: &Asked,
    transform: String,
    mut headers: HeaderMap,
    body: Body,
) -> Answer {
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let tag = tag.unwrap_or(&asked.path).to_owned();
    headers.remove(header::CONTENT_LENGTH);
    let made = if asked.is_head {
        // A HEAD makes no picture, so it states type and length only of one in the cache.
        let Some(found) = lock(&app.pictures.cache).get(&tag) else {
            return Answer {
                headers: Box::new(headers),
                ..Answer::new(StatusCode::OK)
            };
        };
        Ok(found)
    } else {
        app.pictures.transform(app, &tag, transform, &asked.accept, body).await
    };
    match made {
        Ok(made) => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(made.mime));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_drops_what_was_used_least_recently() {
        let mut cache = Cache::default();
        let made = |size: usize| {
            Arc::new(Made {
                mime: "image/png",
                bytes: vec![0; size].into(),
            })
        };
        let quarter = MAX_CACHE_SIZE / 4;
        for tag in ["a", "b", "c", "d"] {
            cache.put(tag, &made(quarter));
        }
        assert!(cache.get("a").is_some());
        cache.put("e", &made(1));
        assert!(cache.get("b").is_none() && cache.get("a").is_some() && cache.get("e").is_some());
        cache.put("large", &made(quarter + 1));
        assert!(cache.get("large").is_none());
        assert_eq!(cache.size, 3 * quarter + 1);
    }
}
