//! The life of a request, from its head to its response.
//!
//! `open` authorizes the request and decides where its body goes. `feed` appends bytes to memory or to a new blob. A host
//! may also write the bytes of a blob by itself: `target` says where, and `deliver` takes their number and digest.
//! `close` creates the file or runs the call, and answers. `abandon` replaces `close` if the connection broke off. The
//! catalog is accessed in short transactions only: by `open`, by `close`, and after each part of a long PATCH. No
//! transaction is open while bytes move.
//!
//! A crash leaves at most a blob without a row, which the sweep deletes. A TUS transfer keeps its bytes: see [`tus`].

use super::admin::seed;
use super::auth::{Grant, oauth};
use super::backup::import::Importing;
use super::clock::Pace;
use super::http::collected::Collected;
use super::http::error::{Outcome, Refusal, Violation};
use super::http::message::{Head, Response, query_parameter};
use super::http::router::Route;
use super::http::validate;
use super::http::{body::Body, cors};
use super::imports::{self, Fetching};
use super::incoming::{Delivered, Incoming, Target};
use super::inspect::{self, Colors, Digest, Digested};
use super::items::content::{self, Conclusion, Findings, Receipt};
use super::items::transcodes::{self, Made};
use super::items::trash::Deletion;
use super::site::{self, Cause, Site};
use super::tx::View;
use super::unnamed;
use super::uploads::{self, TUS, UPLOADS, plain, tus};
use super::view;
use super::{Manager, Picture, Subject, dispatch, downloads, ids, jobs};
use crate::blobs::{HEAD_LEN, Writer};
use crate::catalog::Upload;
use crate::images::source_format::SourceFormat;
use crate::model::media_type::MediaType;
use crate::operations::{Effect, OperationId};
use serde_json::Value;
use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;

/// The maximum size in bytes of a poster of a step of processing.
const MAX_POSTER_SIZE: u64 = 8 << 20;

/// The maximum size of the body of a call. A bulk call with every field at its limit is well below it.
const MAX_BODY: usize = 16 << 20;

/// The maximum size of the body of a token request.
const MAX_TOKEN_BODY: usize = 64 << 10;

/// A long PATCH records its bytes whenever their number is a multiple of this, and they are durable.
const PART_SIZE: u64 = 16 << 20;

/// The number of bytes that are digested in one step when the digest of a transfer is lost.
const STEP_SIZE: u64 = 1 << 20;

/// A request whose body is being received.
///
/// See [`Manager::open`] for the life of an intake.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// let intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
/// assert_eq!(manager.close(intake).status, 200);
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
pub struct Intake {
    head: Head,
    cause: Cause,
    stage: Stage,
    /// The delay of the answer in milliseconds.
    pub(crate) delay: u64,
    /// What the host has found out about the uploaded file.
    findings: Findings,
    /// A call that changes trees, once its steps have begun.
    trees: Option<Box<Trees>>,
}

/// A call that changes trees, in steps.
struct Trees {
    /// What is deleted permanently, once it has been looked for. The inner value is `None` for any other call.
    deletion: Option<Option<Deletion>>,
    /// How many stale files are brought up to date in one step.
    pace: Pace,
    /// Tells others that this request brings stale files up to date.
    _refreshing: Arc<()>,
}

impl fmt::Debug for Intake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Tokens and bodies must not appear in logs.
        out.debug_struct("Intake")
            .field("method", &self.head.method)
            .finish_non_exhaustive()
    }
}

/// The use of the body of a request.
enum Stage {
    /// A call of the API, with its body so far.
    Call(Box<Route>, Collected),
    /// Any other request whose body is small.
    Other(Vec<u8>),
    /// A body that becomes a new blob.
    Blob(Purpose, Box<Incoming>),
    /// A PATCH of TUS.
    Chunk(Box<Chunk>),
    /// The PUT that completes a TUS transfer, by its token. The transfer is read when the host asks for the image, or
    /// at the end.
    Finalise(String, Option<Box<Finalising>>),
    /// An archive to import.
    Archive(Box<Importing>),
    /// A response that does not depend on the body.
    Answered(Box<Response>),
    /// A refusal that does not depend on the body.
    Refused(Refusal),
}

/// What a new blob is for.
enum Purpose {
    /// A plain upload.
    Upload(Box<Upload>),
    /// An import, of which this is the response of the source.
    Import(Box<Fetching>),
    /// An entry of a seed.
    Seed(Box<seed::Entry>),
    /// An asset of a video.
    Asset(Box<Made>),
}

/// A PATCH that appends to the blob of its transfer.
#[derive(Debug)]
struct Chunk {
    transfer: String,
    epoch: i64,
    writer: Writer,
    /// The digest so far. `None` if its state is unknown: the blob is then read again.
    digest: Option<Digest>,
    /// The digest of what the host has written by itself, if it knows it.
    delivered: Option<Digested>,
    /// The total length of the transfer in bytes, or the maximum while it is deferred.
    limit: u64,
    /// The number of durable bytes.
    durable: u64,
    /// The number of bytes in the row.
    recorded: u64,
    /// Numbers of bytes that are recorded once they are durable, each with the state of its digest.
    marks: Vec<(u64, String)>,
    too_large: bool,
    /// The answer to the creation, if the same request created the transfer.
    created: Option<Response>,
}

/// A complete transfer, with the digest of its bytes.
struct Finalising {
    upload: Upload,
    blob: String,
    size: u64,
    /// The first bytes, once the host has asked for the image.
    head: Vec<u8>,
    /// `None` until all bytes have been read, if nobody knows their digest.
    digested: Option<Digested>,
    /// The digest of the bytes that have been read.
    digest: Digest,
}

impl Intake {
    pub(crate) fn new(head: Head, cause: Cause) -> Intake {
        Intake {
            head,
            cause,
            stage: Stage::Other(Vec::new()),
            delay: 0,
            findings: Findings::default(),
            trees: None,
        }
    }

    /// Returns the name of the call of the API that the request makes. `None` for every other request, and for refused ones.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// assert_eq!(intake.call(), Some("listFiles"));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn call(&self) -> Option<&'static str> {
        match &self.stage {
            Stage::Call(route, _) => Some(route.operation.name),
            _ => None,
        }
    }

    pub(crate) fn set_colors(&mut self, colors: Value) {
        self.findings.colors = Some(colors)
            .filter(Value::is_object)
            .and_then(|colors| Colors::new(&colors));
    }

    pub(crate) fn conclude(&mut self, conclusion: Conclusion) {
        self.findings.conclusion = conclusion;
    }

    /// Stores a poster of a step of processing. Returns whether it can be one.
    pub(crate) fn add_poster(&mut self, site: &Site, bytes: &[u8]) -> Outcome<bool> {
        if self.findings.posters.len() >= transcodes::POSTERS {
            return Ok(false);
        }
        let mut incoming = Incoming::new(site, MAX_POSTER_SIZE);
        let blob = incoming.blob.clone();
        let outcome = incoming
            .feed(site, bytes)
            .and_then(|_| receive(site, incoming, None, None, Findings::default()));
        match outcome {
            Ok(receipt) if transcodes::is_fit(&receipt) => {
                self.findings.posters.push(receipt);
                Ok(true)
            }
            outcome => {
                site.discard(&blob);
                match outcome {
                    Err(refusal) if refusal.is_of_storage() => Err(refusal),
                    _ => Ok(false),
                }
            }
        }
    }

    /// Sets a response that does not depend on the body.
    pub(crate) fn answered(mut self, response: Response) -> Intake {
        self.stage = Stage::Answered(Box::new(response));
        self
    }

    /// Decides the use of the body.
    pub(crate) fn admit(mut self, manager: &Manager, route: Option<Outcome<Route>>, grant: Option<&Grant>) -> Intake {
        self.stage = self.stage_of(manager, route, grant).unwrap_or_else(Stage::Refused);
        self
    }

    fn stage_of(&mut self, manager: &Manager, route: Option<Outcome<Route>>, grant: Option<&Grant>) -> Outcome<Stage> {
        let head = &self.head;
        match manager.settle() {
            // Reads go on while nothing can be written, and a change meets the same fault itself.
            Err(refusal) if !refusal.is_of_storage() => return Err(refusal),
            _ => {}
        }
        if let Some(route) = route {
            let route = route?;
            manager.admit(head, route.operation.access, grant)?;
            if manager.site.options().read_only && route.operation.effect == Effect::Change {
                let text = "the Media Manager shows a snapshot, which cannot be changed";
                return Err(Refusal::code(403, "READ_ONLY", text));
            }
            return Ok(Stage::Call(Box::new(route), manager.site.bodies.begin()));
        }
        // Fields of the API are checked by name. Here are ids and names of files. A token is compared before it is read.
        let name = query_parameter(&head.query, "filename").unwrap_or_default();
        if head.path.contains('\0') || head.path.contains("%00") || name.contains('\0') {
            return Err(Violation::null_character("url").into());
        }
        let site = &manager.site;
        let transfer = head.path.strip_prefix(TUS).and_then(|rest| rest.strip_prefix('/'));
        if let Some(id) = transfer {
            return match head.method.as_str() {
                "PATCH" => Ok(Stage::Chunk(Box::new(begin_chunk(site, head, id)?))),
                "PUT" => Ok(Stage::Finalise(id.to_owned(), None)),
                _ => Ok(Stage::Other(Vec::new())),
            };
        }
        if head.path == TUS && head.method == "POST" && tus::has_chunk(head) {
            return Ok(Stage::Chunk(Box::new(begin_with_chunk(site, &self.cause, head)?)));
        }
        let token = head.path.strip_prefix(UPLOADS).filter(|token| !token.contains('/'));
        if let (Some(token), "PUT") = (token, head.method.as_str()) {
            let (generation, (upload, limit)) = site.read(&self.cause, |view| {
                Ok((site::generation(view)?, plain::admit(view, head, token)?))
            })?;
            self.cause.generation = Some(generation);
            return Ok(Stage::blob(site, Purpose::Upload(Box::new(upload)), limit));
        }
        Ok(Stage::Other(Vec::new()))
    }

    /// Takes the response of the source of an import. A refusal fails the import.
    pub(crate) fn import(mut self, site: &Site, file: &str, status: u16, source: &Head) -> Intake {
        let fetching = site.read(&self.cause, |view| imports::begin(view, file, status, source));
        self.stage = match fetching {
            Ok(fetching) => {
                let limit = fetching.limit;
                Stage::blob(site, Purpose::Import(Box::new(fetching)), limit)
            }
            Err(refusal) => {
                fail_import(site, file, &refusal);
                Stage::Refused(refusal)
            }
        };
        self
    }

    /// Takes an asset that the host has made of a file.
    pub(crate) fn asset(mut self, site: &Site, made: Made) -> Intake {
        let admitted = site.read(&self.cause, |view| {
            Ok((site::generation(view)?, transcodes::admit(view, &made)?))
        });
        self.stage = match admitted {
            Ok((generation, limit)) => {
                self.cause.generation = Some(generation);
                Stage::blob(site, Purpose::Asset(Box::new(made)), limit)
            }
            Err(refusal) => Stage::Refused(refusal),
        };
        self
    }

    /// Takes an archive that replaces everything.
    pub(crate) fn archive(mut self, site: &Site) -> Intake {
        let admitted = site.generation();
        let admitted = admitted.and_then(|generation| unnamed::suspend_scans(site, 0).map(|()| generation));
        self.stage = match admitted {
            Ok(generation) => {
                self.cause.generation = Some(generation);
                Stage::Archive(Box::new(Importing::new(site)))
            }
            Err(refusal) => Stage::Refused(refusal),
        };
        self
    }

    /// Takes an entry of a seed.
    pub(crate) fn seed(mut self, site: &Site, entry: &Value) -> Intake {
        self.stage = self.stage_of_seed(site, entry).unwrap_or_else(Stage::Refused);
        self
    }

    fn stage_of_seed(&mut self, site: &Site, entry: &Value) -> Outcome<Stage> {
        self.head.origin = seed::origin(entry)?;
        let entry = seed::Entry::of(entry)?;
        self.cause = Cause {
            at: entry.created,
            generation: Some(site.generation()?),
            ..Cause::of(&self.head)
        };
        if entry.file.is_none() {
            let value = site.write(&self.cause, |tx| seed::seed_folder(tx, &entry))?;
            return Ok(Stage::Answered(Box::new(Response::json(200, &value))));
        }
        let declared = entry.declared()?;
        let media_type = declared.as_deref().map_or(MediaType::Other, MediaType::of_mime);
        let limit = site.options().limit(media_type);
        Ok(Stage::blob(site, Purpose::Seed(Box::new(entry)), limit))
    }

    /// Takes the next bytes of the body. Returns whether more are needed.
    pub(crate) fn feed(&mut self, site: &Site, bytes: &[u8]) -> bool {
        let outcome = match &mut self.stage {
            Stage::Answered(_) | Stage::Refused(_) => return false,
            Stage::Call(_, body) => body.push(bytes, MAX_BODY).map(|()| true),
            Stage::Other(body) if oauth::is_token_path(&self.head.path) => collect(body, bytes, MAX_TOKEN_BODY),
            // No other request outside the API has a body that means anything, and strangers must not fill the memory.
            Stage::Other(_) => return false,
            // The body of a finalising request is an empty JSON object, and is ignored.
            Stage::Finalise(..) => return true,
            Stage::Blob(_, incoming) => incoming.feed(site, bytes),
            Stage::Chunk(chunk) => chunk.feed(site, &self.cause, bytes),
            Stage::Archive(importing) => importing.feed(site, bytes).map(|()| true),
        };
        outcome.unwrap_or_else(|refusal| self.refuse(site, refusal))
    }

    /// Returns where the host may write the body by itself.
    pub(crate) fn target(&mut self, site: &Site) -> Option<Target> {
        match &mut self.stage {
            Stage::Blob(_, incoming) => incoming.target(&*site.blobs),
            Stage::Chunk(chunk) => Some(Target {
                blob: chunk.writer.id().to_owned(),
                offset: chunk.writer.end(),
                limit: chunk.limit,
                is_resumable: true,
            }),
            _ => None,
        }
    }

    /// Takes what the host has written by itself. Returns whether more is needed.
    pub(crate) fn deliver(&mut self, site: &Site, delivered: &Delivered) -> bool {
        let outcome = match &mut self.stage {
            Stage::Blob(_, incoming) => Ok(incoming.deliver(delivered)),
            Stage::Chunk(chunk) => chunk.deliver(site, &self.cause, delivered),
            _ => Ok(false),
        };
        outcome.unwrap_or_else(|refusal| self.refuse(site, refusal))
    }

    /// Takes the error of a host that writes by itself.
    pub(crate) fn fail(&mut self, site: &Site, error: std::io::Error) {
        let refusal = match &self.stage {
            Stage::Answered(_) | Stage::Refused(_) => return,
            Stage::Chunk(chunk) => chunk.failed(error),
            _ => error.into(),
        };
        self.refuse(site, refusal);
    }

    /// Answers with a refusal, and removes what the body has left so far. Returns that nothing more is needed.
    fn refuse(&mut self, site: &Site, refusal: Refusal) -> bool {
        let is_full = refusal.is_full();
        match std::mem::replace(&mut self.stage, Stage::Refused(refusal)) {
            Stage::Chunk(chunk) if is_full => chunk.give_up(site),
            stage => stage.discard(site),
        }
        false
    }

    /// Digests the next bytes of a transfer whose digest nobody knows. Returns whether there are more.
    pub(crate) fn digest(&mut self, site: &Site) -> bool {
        let Stage::Finalise(token, prepared) = &mut self.stage else {
            return false;
        };
        let outcome = prepared_in(site, &self.cause, token, prepared).and_then(|finalising| finalising.step(site));
        outcome.unwrap_or_else(|refusal| self.refuse(site, refusal))
    }

    /// Whether the answer tells its caller that something is stored, and so has to wait until it is durable.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn is_acknowledging(&self) -> bool {
        match &self.stage {
            Stage::Call(route, _) => dispatch::is_durable(route.operation.id),
            Stage::Other(_) => self.head.path.starts_with(UPLOADS),
            _ => true,
        }
    }

    /// Runs a step of what [`close`](Intake::close) would do in one go otherwise. Returns whether there are more.
    pub(crate) fn work(&mut self, site: &Site) -> bool {
        let outcome = match &mut self.stage {
            Stage::Archive(importing) => importing.work(site, &self.cause),
            Stage::Call(route, _) if !changes_trees(route.operation.id) => return false,
            Stage::Call(..) => self.change_trees(site),
            // The trees have changed. What fails now is done later.
            Stage::Answered(_) => match &mut self.trees {
                Some(trees) => Ok(jobs::refresh_some(site, &self.cause, &mut trees.pace).unwrap_or(false)),
                None => return false,
            },
            _ => return false,
        };
        outcome.unwrap_or_else(|refusal| self.refuse(site, refusal))
    }

    /// Runs a step of a call that changes trees, up to the call itself. Returns whether there are more.
    fn change_trees(&mut self, site: &Site) -> Outcome<bool> {
        let Stage::Call(route, body) = &self.stage else {
            return Ok(false);
        };
        let trees = self.trees.get_or_insert_with(|| Box::new(Trees::new(site)));
        let had_stale = site.read(&self.cause, has_stale)?;
        if had_stale && needs_fresh(route.operation.id) {
            jobs::refresh_some(site, &self.cause, &mut trees.pace)?;
            return Ok(true);
        }
        let deletion = match &mut trees.deletion {
            Some(deletion) => deletion,
            unknown => unknown.insert(begin_deletion(site, &self.cause, route, body.bytes())),
        };
        if let Some(deletion) = deletion
            && delete_some(site, &self.cause, deletion)?
        {
            return Ok(true);
        }
        let response = call(site, &self.cause, &self.head, route, body.bytes())?;
        self.stage = Stage::Answered(Box::new(response));
        if had_stale {
            // Others take care of what they have left.
            self.trees = None;
            return Ok(false);
        }
        site.read(&self.cause, has_stale)
    }

    /// Returns the uploaded image, once all of it has been fed.
    pub(crate) fn picture(&mut self, site: &Site) -> Option<Picture> {
        let (blob, size) = self.received(site)?;
        let mut first = first_bytes(site, &blob, size.min(HEAD_LEN))?;
        if let Stage::Finalise(_, Some(finalising)) = &mut self.stage {
            finalising.head.clone_from(&first);
        }
        first.truncate(SourceFormat::SIGNATURE_LEN);
        let is_picture = size <= downloads::images::MAX_BYTES
            && match SourceFormat::detect(&first) {
                // Most texts and archives are no drawings.
                Some(SourceFormat::Svg) => self
                    .subject(site)
                    .is_some_and(|subject| subject.mime == "image/svg+xml"),
                // Films begin in the same way.
                None if first.get(4..8) == Some(b"ftyp") && site.options().converts => self
                    .subject(site)
                    .is_some_and(|subject| view::is_convertible(&subject.mime)),
                format => format.is_some(),
            };
        is_picture.then_some(Picture { blob, size })
    }

    /// Returns the blob and the size of an uploaded file, once all of it has been fed.
    fn received(&mut self, site: &Site) -> Option<(String, u64)> {
        match &mut self.stage {
            Stage::Blob(Purpose::Asset(_), _) => None,
            Stage::Blob(_, incoming) => Some((incoming.blob.clone(), incoming.size()?)),
            Stage::Finalise(token, prepared) => match prepared_in(site, &self.cause, token, prepared) {
                Ok(finalising) => Some((finalising.blob.clone(), finalising.size)),
                Err(refusal) => {
                    self.stage = Stage::Refused(refusal);
                    None
                }
            },
            _ => None,
        }
    }

    /// Returns what is known about the uploaded file, once all of it has been fed, for the steps of the host.
    pub(crate) fn subject(&mut self, site: &Site) -> Option<Subject> {
        let (blob, size) = self.received(site)?;
        let (declared, name) = self.declaration().ok()?;
        let mut reader = site.reader(&blob, size);
        let inspected = inspect::inspect(&mut reader, declared.as_deref(), name.as_deref())
            .ok()?
            .ok()?;
        Some(Subject {
            blob,
            size,
            name: name.unwrap_or_default(),
            media_type: MediaType::of_mime(&inspected.decision.mime),
            mime: inspected.decision.mime,
        })
    }

    /// Returns the declared type and the name of the file that the bytes will become.
    fn declaration(&self) -> Outcome<(Option<String>, Option<String>)> {
        match &self.stage {
            Stage::Blob(Purpose::Upload(upload), _) => {
                let (name, declared) = uploads::declaration(upload, &self.head)?;
                Ok((declared, Some(name)))
            }
            Stage::Finalise(_, Some(finalising)) => {
                let (name, declared) = uploads::declaration(&finalising.upload, &bare(&self.head))?;
                Ok((declared, Some(name)))
            }
            Stage::Blob(Purpose::Import(fetching), _) => Ok((fetching.declared(), None)),
            Stage::Blob(Purpose::Seed(entry), _) => Ok((entry.declared()?, entry.file.clone())),
            _ => Ok((None, None)),
        }
    }

    /// Ends a request whose body is complete.
    pub(crate) fn close(self, manager: &Manager) -> Response {
        // The host may have left out some steps.
        if self.trees.is_some() && matches!(self.stage, Stage::Answered(_)) {
            refresh_all(&manager.site, &self.cause);
        }
        let Intake {
            head,
            cause,
            stage,
            delay,
            findings,
            trees: _,
        } = self;
        let site = &manager.site;
        let posters = blobs_of(&findings);
        let outcome = match stage {
            Stage::Call(route, body) if changes_trees(route.operation.id) => {
                change_trees(site, &cause, &head, &route, body.bytes())
            }
            Stage::Call(route, body) => call(site, &cause, &head, &route, body.bytes()),
            Stage::Other(body) => answer(site, &cause, &head, &body),
            Stage::Blob(purpose, incoming) => match purpose {
                Purpose::Upload(upload) => end_upload(site, &cause, &head, &upload, *incoming, findings),
                Purpose::Import(fetching) => end_import(site, &cause, &fetching, *incoming, findings),
                Purpose::Seed(entry) => end_seed(site, &cause, &entry, *incoming, findings),
                Purpose::Asset(made) => end_asset(site, &cause, &made, *incoming),
            },
            Stage::Chunk(chunk) => chunk.end(site, &cause),
            Stage::Finalise(token, prepared) => finalise(site, &cause, &head, &token, prepared, findings),
            Stage::Archive(importing) => importing
                .finish(site, &cause)
                .map(|report| Response::json(200, &report)),
            Stage::Answered(response) => Ok(*response),
            Stage::Refused(refusal) => Err(refusal),
        };
        for blob in &posters {
            site.discard(blob);
        }
        let mut response = finish(site, &head, outcome);
        response.delay_ms = delay;
        response
    }

    /// Ends a request whose body broke off.
    pub(crate) fn abandon(mut self, site: &Site) {
        if self.trees.take().is_some() {
            // The host looks for the next tick, as nobody takes care of the stale files any more.
            site.set_changed();
        }
        for blob in blobs_of(&self.findings) {
            site.discard(&blob);
        }
        match self.stage {
            // The client is gone, so errors are ignored. It learns the durable offset from its next HEAD.
            Stage::Chunk(chunk) => _ = chunk.end(site, &self.cause),
            stage => stage.discard(site),
        }
    }
}

/// Returns the first `length` bytes of a blob, or all of a shorter one.
fn first_bytes(site: &Site, blob: &str, length: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    let count = site.blobs.read(blob, 0, &mut bytes).ok()?;
    bytes.truncate(count);
    Some(bytes)
}

/// Returns the blobs of posters. Those that no row names once the request has ended are discarded.
fn blobs_of(findings: &Findings) -> Vec<String> {
    findings.posters.iter().map(|poster| poster.blob.clone()).collect()
}

/// Appends bytes to a body up to its limit. Returns that more are needed.
fn collect(body: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Outcome<bool> {
    if body.len() + bytes.len() > limit {
        return Err(Refusal::code(413, "INVALID_ARGUMENT", "the body is too large"));
    }
    body.extend_from_slice(bytes);
    Ok(true)
}

impl Stage {
    /// A body of at most `limit` bytes that becomes a new blob.
    fn blob(site: &Site, purpose: Purpose, limit: u64) -> Stage {
        Stage::Blob(purpose, Box::new(Incoming::new(site, limit)))
    }

    /// Removes what the body has left so far. A TUS transfer keeps its durable bytes.
    fn discard(self, site: &Site) {
        match self {
            Stage::Blob(purpose, incoming) => {
                site.discard(&incoming.blob);
                if let Purpose::Import(fetching) = purpose {
                    release_import(site, &fetching.file);
                }
            }
            Stage::Archive(importing) => importing.abandon(site),
            Stage::Call(..)
            | Stage::Other(_)
            | Stage::Chunk(_)
            | Stage::Finalise(..)
            | Stage::Answered(_)
            | Stage::Refused(_) => {}
        }
    }
}

/// Makes a blob durable and inspects it.
fn receive(
    site: &Site,
    incoming: Incoming,
    declared: Option<&str>,
    name: Option<&str>,
    findings: Findings,
) -> Outcome<Receipt> {
    let blob = incoming.blob.clone();
    let digested = incoming.finish(&*site.blobs)?;
    let reader = site.reader(&blob, digested.size);
    content::inspect(reader, &blob, digested, declared, name, findings)
}

fn end_upload(
    site: &Site,
    cause: &Cause,
    head: &Head,
    upload: &Upload,
    incoming: Incoming,
    findings: Findings,
) -> Outcome<Response> {
    let (blob, age) = (incoming.blob.clone(), incoming.age);
    let outcome = uploads::declaration(upload, head).and_then(|(name, declared)| {
        let receipt = receive(site, incoming, declared.as_deref(), Some(&name), findings)?;
        site.write(cause, |tx| {
            age.check(site)?;
            plain::complete(tx, upload, &name, receipt.clone())
        })
    });
    if outcome.is_err() {
        site.discard(&blob);
    }
    Ok(Response::json(200, &outcome?))
}

fn end_seed(
    site: &Site,
    cause: &Cause,
    entry: &seed::Entry,
    incoming: Incoming,
    findings: Findings,
) -> Outcome<Response> {
    let (blob, age) = (incoming.blob.clone(), incoming.age);
    let outcome = entry.declared().and_then(|declared| {
        let receipt = receive(site, incoming, declared.as_deref(), entry.file.as_deref(), findings)?;
        site.write(cause, |tx| {
            age.check(site)?;
            seed::seed_file(tx, entry, receipt.clone())
        })
    });
    if !matches!(outcome, Ok((_, true))) {
        site.discard(&blob);
    }
    Ok(Response::json(200, &outcome?.0))
}

fn end_import(
    site: &Site,
    cause: &Cause,
    fetching: &Fetching,
    incoming: Incoming,
    findings: Findings,
) -> Outcome<Response> {
    let (blob, age) = (incoming.blob.clone(), incoming.age);
    let outcome = fetching.check_length(incoming.size()).and_then(|()| {
        let receipt = receive(site, incoming, fetching.declared().as_deref(), None, findings)?;
        site.write(cause, |tx| {
            age.check(site)?;
            imports::complete(tx, fetching, receipt.clone())
        })
    });
    if let Err(refusal) = &outcome {
        fail_import(site, &fetching.file, refusal);
        site.discard(&blob);
    }
    Ok(Response::json(200, &outcome?))
}

fn end_asset(site: &Site, cause: &Cause, made: &Made, incoming: Incoming) -> Outcome<Response> {
    let (blob, age) = (incoming.blob.clone(), incoming.age);
    let outcome = receive(site, incoming, None, None, Findings::default()).and_then(|receipt| {
        site.write(cause, |tx| {
            age.check(site)?;
            transcodes::put(tx, made, receipt.clone())
        })
    });
    if outcome.is_err() {
        site.discard(&blob);
    }
    Ok(Response::json(200, &outcome?))
}

/// Marks the file of a refused import as failed. Internal errors are retried instead.
fn fail_import(site: &Site, file: &str, refusal: &Refusal) {
    let failed = match refusal.as_error() {
        Some(error) => site.write(&Cause::default(), |tx| imports::fail(tx, file, &error)),
        None => Err(Refusal::path_not_found()),
    };
    if failed.is_err() {
        release_import(site, file);
    }
}

/// Ends the lease of an import, so that it can be leased at once. If that fails, the lease expires.
fn release_import(site: &Site, file: &str) {
    _ = site.write_lazily(&Cause::default(), |tx| Ok(tx.catalog.release_import(file)?));
}

/// Admits a PATCH. If it continues after bytes that an older request of this process has added, those are made durable
/// first.
fn begin_chunk(site: &Site, head: &Head, id: &str) -> Outcome<Chunk> {
    let cause = Cause::of(head);
    let take_over = || site.write_lazily(&cause, |tx| tus::take_over(tx, head, id));
    let taken = match take_over() {
        Err(refusal @ Refusal::Code { status: 409, .. }) => {
            if !checkpoint(site, &cause, id)? {
                return Err(refusal);
            }
            take_over()?
        }
        outcome => outcome?,
    };
    let epoch = u64::try_from(taken.epoch).unwrap_or(0);
    let writer = site
        .blobs
        .take_over(&taken.blob, taken.received, epoch)
        .map_err(stale_or_failed)?;
    let digest = stored_digest(taken.digest.as_deref(), taken.received);
    Ok(Chunk {
        transfer: id.to_owned(),
        epoch: taken.epoch,
        writer,
        digest,
        delivered: None,
        limit: taken.limit,
        durable: taken.received,
        recorded: taken.received,
        marks: Vec::new(),
        too_large: false,
        created: None,
    })
}

/// Admits a POST that creates a transfer and brings its first bytes along.
fn begin_with_chunk(site: &Site, cause: &Cause, head: &Head) -> Outcome<Chunk> {
    let created = create_transfer(site, cause, head)?;
    let location = created.header("location").unwrap_or_default();
    let id = location.rsplit('/').next().unwrap_or_default();
    let mut patch = head.clone();
    patch
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("upload-offset"));
    patch.headers.push(("Upload-Offset".to_owned(), "0".to_owned()));
    let chunk = begin_chunk(site, &patch, id)?;
    Ok(Chunk {
        created: Some(created),
        ..chunk
    })
}

/// Restores the digest of the first `size` bytes of a transfer, to continue it. Returns `None` if its state is unknown or
/// stale.
fn stored_digest(state: Option<&str>, size: u64) -> Option<Digest> {
    match state {
        Some(state) => Digest::restore(state).filter(|digest| digest.size() == size),
        None => (size == 0).then(Digest::new),
    }
}

/// Returns the refusal of a request that the blobs have refused, because another process has taken the blob over, or have failed.
fn stale_or_failed(error: std::io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::StaleNetworkFileHandle => tus::superseded(None),
        _ => error.into(),
    }
}

impl Chunk {
    fn feed(&mut self, site: &Site, cause: &Cause, bytes: &[u8]) -> Outcome<bool> {
        if self.writer.is_superseded() {
            return Err(tus::superseded(None));
        }
        if self.too_large || self.writer.end() + bytes.len() as u64 > self.limit {
            self.too_large = true;
            return Ok(false);
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = usize::try_from(PART_SIZE - self.writer.end() % PART_SIZE).unwrap_or(usize::MAX);
            let (piece, behind) = rest.split_at(room.min(rest.len()));
            site.blobs
                .append(&mut self.writer, piece)
                .map_err(|error| self.failed(error))?;
            if let Some(digest) = &mut self.digest {
                digest.update(piece);
            }
            if self.writer.end().is_multiple_of(PART_SIZE) {
                let digest = self.digest.as_ref().map(Digest::save).unwrap_or_default();
                self.marks.push((self.writer.end(), digest));
            }
            self.record_marks(site, cause)?;
            rest = behind;
        }
        Ok(true)
    }

    /// Records the last mark whose bytes have become durable while others arrive.
    fn record_marks(&mut self, site: &Site, cause: &Cause) -> Outcome<()> {
        if self.marks.is_empty() {
            return Ok(());
        }
        if self.writer.is_superseded() {
            return Err(tus::superseded(None));
        }
        let durable = site.blobs.sync_progress(self.writer.id());
        let durable = durable.map_err(|error| self.failed(error))?;
        let count = self.marks.partition_point(|(end, _)| *end <= durable);
        let last = self.marks.drain(..count).next_back();
        if let Some((end, digest)) = last {
            self.advance(site, cause, end, &digest)?;
            self.durable = self.durable.max(end);
        }
        Ok(())
    }

    /// Records a number of durable bytes.
    fn advance(&mut self, site: &Site, cause: &Cause, end: u64, digest: &str) -> Outcome<Upload> {
        let advanced = site.write(cause, |tx| tus::advance(tx, &self.transfer, self.epoch, end, digest));
        if let Err(Refusal::Code { .. }) = advanced {
            // If this fails, the bytes go with the blob.
            _ = site.blobs.withdraw(&self.writer);
        }
        let upload = advanced?;
        self.recorded = end;
        Ok(upload)
    }

    fn deliver(&mut self, site: &Site, cause: &Cause, delivered: &Delivered) -> Outcome<bool> {
        if self.writer.is_superseded() {
            return Err(tus::superseded(None));
        }
        if delivered.end > self.limit {
            self.too_large = true;
            return Ok(false);
        }
        self.writer
            .advance_to(delivered.end)
            .map_err(|error| self.failed(error))?;
        self.durable = self.writer.end();
        self.delivered = delivered.digested();
        if self.durable - self.recorded >= PART_SIZE {
            self.persist(site, cause)?;
        }
        Ok(true)
    }

    fn failed(&self, error: std::io::Error) -> Refusal {
        if self.writer.is_superseded() {
            return tus::superseded(None);
        }
        stale_or_failed(error)
    }

    /// Makes the received bytes durable and records their number.
    fn persist(&mut self, site: &Site, cause: &Cause) -> Outcome<Upload> {
        if self.writer.is_superseded() {
            return Err(tus::superseded(None));
        }
        let end = self.writer.end();
        if end > self.durable {
            site.blobs.sync(self.writer.id()).map_err(|error| self.failed(error))?;
            self.durable = end;
        }
        let fed = self.digest.as_ref().filter(|digest| digest.size() == end);
        let delivered = self.delivered.as_ref().filter(|digested| digested.size == end);
        let digest = fed.map(Digest::save).or_else(|| delivered.map(Digested::save));
        let digest = digest.unwrap_or_default();
        self.advance(site, cause, end, &digest)
    }

    fn end(mut self, site: &Site, cause: &Cause) -> Outcome<Response> {
        if self.too_large && !self.writer.is_superseded() {
            return Err(content::over_limit(413, self.limit));
        }
        let created = self.created.take();
        match self.persist(site, cause) {
            Err(refusal) if refusal.is_full() => {
                self.give_up(site);
                Err(refusal)
            }
            outcome => Ok(tus::advanced(&outcome?, created)),
        }
    }

    /// Ends the transfer, as there is no room for the rest of it.
    fn give_up(self, site: &Site) {
        let cause = Cause {
            frees: true,
            ..Cause::default()
        };
        // If this fails too, the bytes stay until the transfer expires.
        _ = site.write(&cause, |tx| tus::give_up(tx, &self.transfer, self.epoch));
    }
}

/// Makes durable what another request of this process has added to a transfer so far, and records it. Returns whether the row
/// has changed: by this, or because another process has taken the transfer over.
fn checkpoint(site: &Site, cause: &Cause, id: &str) -> Outcome<bool> {
    let upload = site.read(cause, |view| tus::transfer(view, id))?;
    let received = u64::try_from(upload.received).unwrap_or(0);
    let Some(blob) = &upload.blob else { return Ok(false) };
    // A request of an older epoch has been overtaken, and what it has added does not count.
    let is_open = || site.blobs.open_epoch(blob) == u64::try_from(upload.epoch).ok();
    if !is_open() {
        return Ok(false);
    }
    let Some(end) = site.blobs.open_end(blob).filter(|end| *end > received) else {
        return Ok(false);
    };
    let record = || {
        site.blobs.sync(blob).map_err(stale_or_failed)?;
        // A store may drop what an ended request has added, and did so before the sync if the request has ended since.
        if !is_open() {
            return Ok(false);
        }
        let digest = continued(site, &upload, blob, end)?;
        let digest = digest.map(|digest| digest.save()).unwrap_or_default();
        site.write(cause, |tx| tus::advance(tx, id, upload.epoch, end, &digest))?;
        Ok(true)
    };
    match record() {
        // Overtaken after the row was read.
        Err(Refusal::Code { status: 409, .. }) => Ok(true),
        outcome => outcome,
    }
}

/// Returns the digest of the first `end` bytes of a blob, continued from the stored state of its transfer. Returns
/// `None` if there is no such state.
fn continued(site: &Site, upload: &Upload, blob: &str, end: u64) -> Outcome<Option<Digest>> {
    // The host digests what it writes.
    if site.blobs.delivered_end(blob).is_some() {
        return Ok(None);
    }
    let received = u64::try_from(upload.received).unwrap_or(0);
    let Some(mut digest) = stored_digest(upload.digest.as_deref(), received) else {
        return Ok(None);
    };
    let mut buffer = vec![0; 1 << 16];
    while digest.size() < end {
        let room = usize::try_from(end - digest.size())
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = match site.blobs.read(blob, digest.size(), &mut buffer[..room]) {
            // They are read once the blob is complete.
            Err(error) if error.kind() == ErrorKind::Unsupported => 0,
            outcome => outcome?,
        };
        if count == 0 {
            return Ok(None);
        }
        digest.update(&buffer[..count]);
    }
    Ok(Some(digest))
}

/// Returns whether a call may change trees.
fn changes_trees(operation: OperationId) -> bool {
    matches!(
        operation,
        OperationId::BulkDeleteFolders | OperationId::BulkRestoreFoldersFromTrashBin | OperationId::UpdateFolder
    )
}

impl Trees {
    fn new(site: &Site) -> Trees {
        Trees {
            deletion: None,
            pace: site.pace(),
            _refreshing: Arc::clone(&site.refreshing),
        }
    }
}

/// Returns whether a call changes trees only once no file is stale. A call that moves a folder does not depend on them.
fn needs_fresh(operation: OperationId) -> bool {
    operation != OperationId::UpdateFolder
}

fn has_stale(view: &View<'_>) -> Outcome<bool> {
    Ok(view.catalog.has_stale_files()?)
}

/// Answers a call that changes trees, once the files that follow later have followed.
fn change_trees(site: &Site, cause: &Cause, head: &Head, route: &Route, body: &[u8]) -> Outcome<Response> {
    let had_stale = site.read(cause, has_stale)?;
    if had_stale && needs_fresh(route.operation.id) {
        refresh_all(site, cause);
    }
    let response = call(site, cause, head, route, body)?;
    if !had_stale || needs_fresh(route.operation.id) {
        refresh_all(site, cause);
    }
    Ok(response)
}

/// Brings all stale files up to date, in steps. What fails is done later.
fn refresh_all(site: &Site, cause: &Cause) {
    let mut trees = Trees::new(site);
    let mut has_more = site.read(cause, has_stale).unwrap_or(false);
    while has_more {
        has_more = jobs::refresh_some(site, cause, &mut trees.pace).unwrap_or(false);
    }
}

/// Begins the permanent deletion of trees. Whatever is wrong with the call is found again when it is run.
fn begin_deletion(site: &Site, cause: &Cause, route: &Route, body: &[u8]) -> Option<Deletion> {
    if route.operation.id != OperationId::BulkDeleteFolders {
        return None;
    }
    let fields = validate::fields(route, "", body).ok()?;
    site.read(cause, |view| Deletion::new(view, &fields)).ok()?
}

/// Runs a step of a deletion. Returns whether there are more.
fn delete_some(site: &Site, cause: &Cause, deletion: &mut Deletion) -> Outcome<bool> {
    let cause = Cause {
        frees: true,
        ..cause.clone()
    };
    if !site.read(&cause, |view| deletion.prepare(view))? {
        return Ok(false);
    }
    let begin = site.clock.now();
    let done = site.write(&cause, |tx| deletion.delete(tx))?;
    deletion.advance(done, site.clock.now() - begin);
    Ok(true)
}

/// Finds the blob of a transfer that a PUT completes, and its digest.
fn prepare(site: &Site, cause: &Cause, token: &str) -> Outcome<Finalising> {
    let mut upload = site.read(cause, |view| uploads::upload_of(view, token, true))?;
    if let Some(transfer) = upload.transfer.clone()
        && checkpoint(site, cause, &transfer)?
    {
        upload = site.read(cause, |view| uploads::upload_of(view, token, true))?;
    }
    let blob = tus::complete_blob(&upload)?.to_owned();
    // Older requests must not append to the blob of a file.
    let found = site.blobs.finish(&blob).map_err(stale_or_failed)?;
    let size = u64::try_from(upload.length).unwrap_or(0);
    if size == 0 {
        return Err(content::zero_size());
    }
    if found != Some(size) {
        let text = "the blob has another size than its transfer";
        return Err(std::io::Error::new(ErrorKind::UnexpectedEof, text).into());
    }
    let stored = upload.digest.as_deref().and_then(Digested::restore);
    Ok(Finalising {
        digested: stored.filter(|digested| digested.size == size),
        digest: Digest::new(),
        upload,
        blob,
        size,
        head: Vec::new(),
    })
}

/// Returns the prepared transfer, and prepares it if it is not.
fn prepared_in<'a>(
    site: &Site,
    cause: &Cause,
    token: &str,
    prepared: &'a mut Option<Box<Finalising>>,
) -> Outcome<&'a mut Finalising> {
    Ok(match prepared {
        Some(finalising) => finalising,
        None => prepared.insert(Box::new(prepare(site, cause, token)?)),
    })
}

impl Finalising {
    /// Digests the next bytes, if their digest is unknown. Returns whether there are more.
    fn step(&mut self, site: &Site) -> Outcome<bool> {
        if self.digested.is_some() {
            return Ok(false);
        }
        let step = (self.size - self.digest.size()).min(STEP_SIZE);
        let mut buffer = vec![0; usize::try_from(step).unwrap_or(0)];
        let count = site.blobs.read(&self.blob, self.digest.size(), &mut buffer)?;
        if count == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        self.digest.update(&buffer[..count]);
        let is_done = self.digest.size() == self.size;
        if is_done {
            self.digested = Some(std::mem::take(&mut self.digest).finish());
        }
        Ok(!is_done)
    }

    /// Digests all bytes that are left.
    fn digested(&mut self, site: &Site) -> Outcome<Digested> {
        loop {
            if let Some(digested) = &self.digested {
                return Ok(digested.clone());
            }
            self.step(site)?;
        }
    }
}

/// The head of a finalising request without headers: its content type is that of the JSON object in its body, not of the file.
fn bare(head: &Head) -> Head {
    Head {
        headers: Vec::new(),
        ..head.clone()
    }
}

fn finalise(
    site: &Site,
    cause: &Cause,
    head: &Head,
    token: &str,
    mut prepared: Option<Box<Finalising>>,
    findings: Findings,
) -> Outcome<Response> {
    let finalising = prepared_in(site, cause, token, &mut prepared)?;
    let digested = finalising.digested(site)?;
    let Finalising {
        upload,
        blob,
        size,
        head: first,
        ..
    } = finalising;
    let (name, declared) = uploads::declaration(upload, &bare(head))?;
    let receipt = content::inspect(
        site.reader(blob, *size).with_head(std::mem::take(first)),
        blob,
        digested,
        declared.as_deref(),
        Some(&name),
        findings,
    )?;
    let value = site.write(cause, |tx| {
        let current = uploads::upload_of(&tx.view(), token, true)?;
        if tus::complete_blob(&current)? != blob.as_str() {
            return Err(tus::superseded(Some(current.received)));
        }
        uploads::complete(tx, current, &name, receipt.clone())
    })?;
    Ok(Response::json(200, &value))
}

/// Answers a call of the API.
fn call(site: &Site, cause: &Cause, head: &Head, route: &Route, body: &[u8]) -> Outcome<Response> {
    let fields = validate::fields(route, &head.query, body)?;
    let text = dispatch::call(site, cause, route.operation, &fields)?;
    Ok(Response::json_text(200, text))
}

/// Answers a request outside the API.
fn answer(site: &Site, cause: &Cause, head: &Head, body: &[u8]) -> Outcome<Response> {
    if head.method == "OPTIONS" {
        let response = cors::preflight(head);
        if head.path.starts_with(TUS) {
            return Ok(tus::discovery(response, &site.options()));
        }
        return Ok(response);
    }
    if head.method == "POST" && head.path == oauth::TOKEN_PATH {
        let value = site.with_context(cause, |context| oauth::issue_token(context, head, body))?;
        return Ok(Response::json(200, &value).with("Cache-Control", "no-store"));
    }
    if head.method == "POST" && head.path == oauth::TOKEN_INFO_PATH {
        let value = site.with_context(cause, |context| oauth::token_info(context, head, body))?;
        return Ok(Response::json(200, &value).with("Cache-Control", "no-store"));
    }
    if head.path == TUS {
        return match head.method.as_str() {
            "POST" => create_transfer(site, cause, head),
            _ => Err(Refusal::not_allowed("POST, OPTIONS")),
        };
    }
    if let Some(id) = head.path.strip_prefix(TUS).and_then(|rest| rest.strip_prefix('/')) {
        return match head.method.as_str() {
            "HEAD" => {
                tus::check_version(head)?;
                let mut upload = site.read(cause, |view| tus::transfer(view, id))?;
                if checkpoint(site, cause, id)? {
                    upload = site.read(cause, |view| tus::transfer(view, id))?;
                }
                Ok(tus::status(&upload))
            }
            "DELETE" => {
                let cause = Cause {
                    frees: true,
                    ..cause.clone()
                };
                site.write(&cause, |tx| tus::terminate(tx, head, id))
            }
            _ => Err(Refusal::not_allowed("HEAD, PATCH, DELETE, PUT, OPTIONS")),
        };
    }
    if head.path.starts_with(UPLOADS) {
        return Err(Refusal::not_allowed("PUT, OPTIONS"));
    }
    match site.read(cause, |view| downloads::download(view, &*site.blobs, head)) {
        // Unknown paths are answered in the form of the API.
        Err(Refusal::Text { status: 404, .. }) => Err(Refusal::path_not_found()),
        outcome => outcome,
    }
}

fn create_transfer(site: &Site, cause: &Cause, head: &Head) -> Outcome<Response> {
    let blob = site.new_blob();
    let outcome = site.write(cause, |tx| tus::create(tx, head, &blob));
    match &outcome {
        // If this fails, the first PATCH creates the blob.
        Ok(_) => _ = site.blobs.open_writer(&blob, 0),
        // The store may have prepared the blob.
        Err(_) => site.discard(&blob),
    }
    outcome
}

/// Adds the headers that every response has.
fn finish(site: &Site, head: &Head, outcome: Outcome<Response>) -> Response {
    let response = outcome.unwrap_or_else(Refusal::into_response);
    let length = response.body.length().to_string();
    let mut response = cors::open(response.with("X-Wix-Request-Id", ids::guid(&*site.random)));
    if head.path.starts_with(TUS) {
        response = tus::versioned(response);
    }
    if response.header("content-length").is_none() && !matches!(response.status, 204 | 304) {
        response = response.with("Content-Length", length);
    }
    // The length of a transformed image is known only once it is made.
    if tus::expects_no_body(head) && response.transform.is_none() {
        response.body = Body::default();
    }
    response
}
