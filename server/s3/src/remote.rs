//! The requests to the bucket, for callers that wait.

use crate::manifest::Manifest;
use crate::settings::Settings;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::signer::{Method, SignedUrlOptions, Signer};
use object_store::{
    Attribute, Attributes, Error, GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion,
};
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use tokio::runtime::{Builder, Runtime};
use tracing::{Instrument, Span, field};

/// The threads of the runtime. They only move bytes and sign requests.
const THREADS: usize = 2;

/// The name of the object of a complete blob, and of that with the state of an open one. All others are segments.
pub(crate) const COMPLETE: &str = "bytes";
pub(crate) const STATE: &str = "state";

/// A bucket, as far as it is known.
pub(crate) struct Remote {
    pub(crate) store: Arc<AmazonS3>,
    /// The client that writes whole objects, with digests.
    writer: Arc<AmazonS3>,
    /// Signs URLs, at the address of the store that others use.
    signer: Arc<AmazonS3>,
    prefix: String,
    runtime: Option<Runtime>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Remote")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Also where a runtime must not be waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The outcome of a conditional write.
#[derive(Debug)]
pub(crate) enum Written {
    /// It was written, and this is its ETag.
    Done(Option<String>),
    /// The condition did not hold.
    Refused,
}

/// Where the outcome of a request arrives that nobody has waited for.
pub(crate) type Sending<T> = mpsc::Receiver<io::Result<T>>;

impl Remote {
    pub(crate) fn new(settings: &Settings) -> io::Result<Remote> {
        static PROVIDER: OnceLock<()> = OnceLock::new();
        // It fails if the program has chosen one already.
        PROVIDER.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("bucket")
            .enable_all()
            .build()?;
        let prefix = if settings.prefix.is_empty() {
            String::new()
        } else {
            format!("{}/", settings.prefix)
        };
        let store = Arc::new(settings.client().map_err(failed)?);
        let writer = Arc::new(settings.writer().map_err(failed)?);
        // Both have the same credentials, which may have to be asked for.
        let signer = match settings.public_url {
            None => Arc::clone(&store),
            Some(_) => Arc::new(settings.signer().map_err(failed)?),
        };
        Ok(Remote {
            store,
            writer,
            signer,
            prefix,
            runtime: Some(runtime),
        })
    }

    /// Runs `work` on the runtime of the bucket, and waits for it. Any thread may call it. The name is that of its span in traces.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = io::Result<T>> + Send + 'static,
    ) -> io::Result<T> {
        self.begin(name, work).recv().map_err(io::Error::other)?
    }

    /// Runs `work` on the runtime of the bucket.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = io::Result<T>> + Send + 'static,
    ) -> Sending<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        if let Some(runtime) = &self.runtime {
            let span = tracing::info_span!(
                "bucket",
                otel.name = name,
                otel.kind = "client",
                otel.status_code = field::Empty,
            );
            let working = async move {
                let outcome = work.await;
                if outcome.is_err() {
                    Span::current().record("otel.status_code", "error");
                }
                _ = sender.send(outcome);
            };
            runtime.spawn(working.instrument(span));
        }
        receiver
    }

    /// The folder of all blobs. Each has a folder in it, so that one listing names them all in one order.
    pub(crate) fn blobs(&self) -> Path {
        Path::from(format!("{}blobs", self.prefix))
    }

    /// The folder of a blob.
    pub(crate) fn folder(&self, id: &str) -> Path {
        Path::from(format!("{}blobs/{id}", self.prefix))
    }

    /// An object of a blob.
    pub(crate) fn object(&self, id: &str, name: &str) -> Path {
        Path::from(format!("{}blobs/{id}/{name}", self.prefix))
    }

    /// The object of a complete blob.
    pub(crate) fn complete(&self, id: &str) -> Path {
        self.object(id, COMPLETE)
    }

    fn state(&self, id: &str) -> Path {
        self.object(id, STATE)
    }

    /// The folder of all pictures, which have a folder for each blob.
    pub(crate) fn pictures(&self) -> Path {
        Path::from(format!("{}pictures", self.prefix))
    }

    /// The folder of the pictures of a blob.
    pub(crate) fn pictures_of(&self, id: &str) -> Path {
        Path::from(format!("{}pictures/{id}", self.prefix))
    }

    pub(crate) fn picture(&self, id: &str, name: &str) -> Path {
        Path::from(format!("{}pictures/{id}/{name}", self.prefix))
    }

    /// The type of an object and its bytes. `None` if it is missing, larger than `limit`, or has no type. Unlike other requests, it
    /// fails after `time`.
    pub(crate) fn get_typed(&self, path: Path, limit: u64, time: Duration) -> io::Result<Option<(String, Bytes)>> {
        let store = Arc::clone(&self.store);
        let getting = async move {
            let result = match store.get(&path).await {
                Ok(result) => result,
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            let mime = result.attributes.get(&Attribute::ContentType);
            match mime.map(|mime| mime.to_string()) {
                Some(mime) if result.meta.size <= limit => {
                    let bytes = result.bytes().await.map_err(failed)?;
                    Ok(Some((mime, bytes)))
                }
                _ => Ok(None),
            }
        };
        self.wait("get", async move {
            let late = |_| {
                Err(io::Error::new(
                    ErrorKind::TimedOut,
                    "the bucket does not answer in time",
                ))
            };
            tokio::time::timeout(time, getting).await.unwrap_or_else(late)
        })
    }

    /// The objects of a folder that were written before a time.
    pub(crate) fn list_older(&self, folder: Path, until: SystemTime) -> io::Result<Vec<Path>> {
        let store = Arc::clone(&self.store);
        self.wait("list", async move {
            let mut objects = store.list(Some(&folder));
            let mut found = Vec::new();
            while let Some(meta) = objects.next().await {
                let meta = meta.map_err(failed)?;
                if SystemTime::from(meta.last_modified) < until {
                    found.push(meta.location);
                }
            }
            Ok(found)
        })
    }

    /// Calls `found` with the id of each blob and its objects, with their names and the times at which they were written.
    pub(crate) fn each_blob(
        &self,
        mut found: impl FnMut(&str, &[(String, SystemTime)]) + Send + 'static,
    ) -> io::Result<()> {
        let store = Arc::clone(&self.store);
        let folder = self.blobs();
        self.wait("list", async move {
            let mut objects = store.list(Some(&folder));
            let mut current = String::new();
            let mut names = Vec::new();
            while let Some(meta) = objects.next().await {
                let meta = meta.map_err(failed)?;
                let below = meta.location.as_ref().strip_prefix(folder.as_ref());
                let parts = below.and_then(|rest| rest.strip_prefix('/')?.split_once('/'));
                let Some((id, name)) = parts else { continue };
                if id != current {
                    found(&current, &names);
                    id.clone_into(&mut current);
                    names.clear();
                }
                names.push((name.to_owned(), SystemTime::from(meta.last_modified)));
            }
            found(&current, &names);
            Ok(())
        })
    }

    /// Writes an object. Returns its ETag.
    pub(crate) fn put(&self, path: Path, bytes: Bytes) -> io::Result<Option<String>> {
        self.put_with(path, bytes, PutOptions::default())
    }

    /// Writes an object with its type.
    pub(crate) fn put_typed(&self, path: Path, bytes: Bytes, mime: &str) -> io::Result<()> {
        let attributes = Attributes::from_iter([(Attribute::ContentType, mime.to_owned())]);
        self.put_with(path, bytes, PutOptions::from(attributes)).map(drop)
    }

    fn put_with(&self, path: Path, bytes: Bytes, options: PutOptions) -> io::Result<Option<String>> {
        let store = Arc::clone(&self.writer);
        self.wait("put", async move {
            let result = store.put_opts(&path, bytes.into(), options).await.map_err(unwritten)?;
            Ok(result.e_tag)
        })
    }

    /// Copies an object within the bucket.
    pub(crate) fn copy(&self, from: Path, to: Path) -> io::Result<()> {
        let store = Arc::clone(&self.store);
        self.wait("copy", async move { store.copy(&from, &to).await.map_err(unwritten) })
    }

    /// Writes an object, if its ETag is `tag`. If that is `None`, there must be no such object.
    pub(crate) fn put_if(&self, path: Path, bytes: Bytes, tag: Option<String>) -> io::Result<Written> {
        self.begin_put_if(path, bytes, tag).recv().map_err(io::Error::other)?
    }

    fn begin_put_if(&self, path: Path, bytes: Bytes, tag: Option<String>) -> Sending<Written> {
        let store = Arc::clone(&self.writer);
        let replaces = tag.is_some();
        let mode = match tag {
            None => PutMode::Create,
            tag => PutMode::Update(UpdateVersion {
                e_tag: tag,
                version: None,
            }),
        };
        self.begin("put", async move {
            match store.put_opts(&path, bytes.into(), PutOptions::from(mode)).await {
                Ok(result) => Ok(Written::Done(result.e_tag)),
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotModified { .. }) => {
                    Ok(Written::Refused)
                }
                // Stores say so too if the object that is to be replaced is gone.
                Err(Error::NotFound { .. }) if replaces => Ok(Written::Refused),
                Err(error) => Err(unwritten(error)),
            }
        })
    }

    /// Records the state of an open blob, if the ETag of the last one is `tag`.
    pub(crate) fn put_state(&self, id: &str, manifest: &Manifest, tag: Option<String>) -> io::Result<Written> {
        self.put_if(self.state(id), manifest.to_bytes()?.into(), tag)
    }

    /// Begins to record the state of an open blob, if the ETag of the last one is `tag`.
    pub(crate) fn begin_state(
        &self,
        id: &str,
        manifest: &Manifest,
        tag: Option<String>,
    ) -> io::Result<Sending<Written>> {
        Ok(self.begin_put_if(self.state(id), manifest.to_bytes()?.into(), tag))
    }

    /// The state of an open blob, with its ETag.
    pub(crate) fn state_of(&self, id: &str) -> io::Result<Option<(Manifest, Option<String>)>> {
        let (store, path) = (Arc::clone(&self.store), self.state(id));
        let found = self.wait("get", async move {
            let result = match store.get(&path).await {
                Ok(result) => result,
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            let tag = result.meta.e_tag.clone();
            Ok(Some((result.bytes().await.map_err(failed)?, tag)))
        })?;
        found
            .map(|(bytes, tag)| Ok((Manifest::from_bytes(&bytes)?, tag)))
            .transpose()
    }

    /// All of an object.
    pub(crate) fn get(&self, path: Path) -> io::Result<Bytes> {
        let store = Arc::clone(&self.store);
        self.wait("get", async move {
            store.get(&path).await.map_err(failed)?.bytes().await.map_err(failed)
        })
    }

    /// The bytes of a range as they arrive, and the size of the object.
    pub(crate) fn stream(
        &self,
        path: Path,
        range: Range<u64>,
    ) -> io::Result<(BoxStream<'static, object_store::Result<Bytes>>, u64)> {
        let store = Arc::clone(&self.store);
        self.wait("get", async move {
            let options = GetOptions::new().with_range(Some(range.clone()));
            let result = store.get_opts(&path, options).await.map_err(failed)?;
            if result.range.start != range.start {
                return Err(io::Error::other("the store has answered with another range"));
            }
            let size = result.meta.size;
            Ok((result.into_stream(), size))
        })
    }

    /// A URL that reads an object for so long, with these parameters beside those of the signature.
    pub(crate) fn sign(&self, path: Path, lifetime: Duration, parameters: &[(&str, &str)]) -> io::Result<String> {
        let signer = Arc::clone(&self.signer);
        let options = SignedUrlOptions::default().with_query(parameters.iter().copied());
        self.wait("sign", async move {
            let url = signer.signed_url_opts(Method::GET, &path, lifetime, &options).await;
            Ok(url.map_err(failed)?.into())
        })
    }

    /// The size and the ETag of an object.
    pub(crate) fn head(&self, path: Path) -> io::Result<Option<(u64, Option<String>)>> {
        let store = Arc::clone(&self.store);
        self.wait("head", async move {
            match store.head(&path).await {
                Ok(meta) => Ok(Some((meta.size, meta.e_tag))),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(failed(error)),
            }
        })
    }

    /// Deletes an object. Succeeds when it is missing.
    pub(crate) fn delete(&self, path: Path) -> io::Result<()> {
        let store = Arc::clone(&self.store);
        self.wait("delete", async move {
            match store.delete(&path).await {
                Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(failed(error)),
            }
        })
    }

    /// The first objects of a folder behind `after`, as `limit` of what `name` makes of them. What it makes twice in a row counts once.
    pub(crate) fn list(
        &self,
        folder: Path,
        after: Option<Path>,
        limit: usize,
        name: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> io::Result<Vec<String>> {
        let store = Arc::clone(&self.store);
        self.wait("list", async move {
            let mut objects = match &after {
                Some(after) => store.list_with_offset(Some(&folder), after),
                None => store.list(Some(&folder)),
            };
            let mut found: Vec<String> = Vec::new();
            while found.len() < limit
                && let Some(meta) = objects.next().await
            {
                let location = meta.map_err(failed)?.location;
                let below = location
                    .as_ref()
                    .strip_prefix(folder.as_ref())
                    .and_then(|rest| rest.strip_prefix('/'));
                if let Some(name) = below.and_then(&name)
                    && found.last() != Some(&name)
                {
                    found.push(name);
                }
            }
            Ok(found)
        })
    }

    pub(crate) fn create_multipart(&self, path: Path) -> io::Result<String> {
        let store = Arc::clone(&self.store);
        self.wait("create multipart", async move {
            store.create_multipart(&path).await.map_err(unwritten)
        })
    }

    /// Begins to send a part, counted from 0.
    pub(crate) fn begin_part(
        &self,
        path: Path,
        upload: &str,
        index: usize,
        bytes: Bytes,
        held: impl Send + 'static,
    ) -> Sending<String> {
        let (store, upload) = (Arc::clone(&self.store), upload.to_owned());
        self.begin("put part", async move {
            let part = store.put_part(&path, &upload, index, bytes.into()).await;
            // The memory is free from here on.
            drop(held);
            Ok(part.map_err(unwritten)?.content_id)
        })
    }

    /// Completes an upload, and returns the ETag of the object.
    pub(crate) fn complete_multipart(&self, path: Path, upload: &str, tags: &[String]) -> io::Result<Option<String>> {
        let (store, upload) = (Arc::clone(&self.store), upload.to_owned());
        let parts = tags
            .iter()
            .map(|tag| PartId {
                content_id: tag.clone(),
            })
            .collect();
        self.wait("complete multipart", async move {
            let result = store.complete_multipart(&path, &upload, parts).await;
            Ok(result.map_err(unwritten)?.e_tag)
        })
    }

    /// Aborts an upload. Succeeds when there is none any more.
    pub(crate) fn abort_multipart(&self, path: Path, upload: &str) -> io::Result<()> {
        let (store, upload) = (Arc::clone(&self.store), upload.to_owned());
        self.wait("abort multipart", async move {
            match store.abort_multipart(&path, &upload).await {
                Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(failed(error)),
            }
        })
    }
}

/// The error of a request that reads. Whatever is not about the object says that the bucket is away, so that callers try again.
pub(crate) fn failed(error: Error) -> io::Error {
    let kind = match &error {
        Error::NotFound { .. } => ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        _ => ErrorKind::NotConnected,
    };
    io::Error::new(kind, explained(&error))
}

/// An error with its first cause, such as a certificate or a name that DNS does not know. By itself it ends with `error sending request`.
fn explained(error: &Error) -> String {
    let text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    match cause.map(ToString::to_string) {
        Some(cause) if !text.contains(&cause) => format!("{text}: {cause}"),
        _ => text,
    }
}

/// The error of a request that writes. An object that is not found is the bucket itself, or an upload that was aborted.
fn unwritten(error: Error) -> io::Error {
    match &error {
        Error::NotFound { .. } => io::Error::new(ErrorKind::NotConnected, explained(&error)),
        _ => failed(error),
    }
}
