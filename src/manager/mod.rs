//! The embedded Media Manager: the service's end of the wire.
//!
//! A [`Manager`] answers requests. It opens no socket, reads no clock and makes no randomness of its own: a host hands
//! it plain values, and with them the same code runs in a native test, on Node and in a browser. Metadata is in a
//! [`Catalog`], bytes are in [`Blobs`]; each request is one transaction, and the events that it causes are written in
//! that transaction.
//!
//! ```
//! use serde_json::Value;
//! use wix_media::manager::{Manager, Request};
//!
//! let mut manager = Manager::memory()?;
//! let request = Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#);
//! let response = manager.handle(request);
//! assert_eq!(response.status, 200);
//! let body: Value = serde_json::from_slice(&manager.collect(response.body)?)?;
//! assert_eq!(body["folder"]["displayName"], "Animals");
//! assert_eq!(manager.events(0, 10)?[0].body["slug"], "created");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Manager::handle`] is for bodies that fit into memory. An upload of any size goes in piece by piece with
//! [`Manager::open`], [`Manager::feed`] and [`Manager::close`], and a download comes out with [`Manager::read`].

mod access;
mod archive;
mod body;
mod call;
mod control;
mod descriptor;
mod downloads;
mod faults;
mod files;
mod folders;
mod imports;
mod inspect;
mod message;
mod options;
mod pages;
mod pictures;
mod rate;
mod refusal;
mod route;
mod seed;
mod source;
mod subscription;
mod time;
mod token;
mod transfer;
mod trash;
mod uploads;
mod validate;
mod webhooks;
mod zip;

pub use access::{ApiKey, Credentials, OauthClient};
pub use archive::Export;
pub use body::{Body, Piece};
pub use faults::Fault;
pub use imports::ImportOrder;
pub use message::{Head, Origin, Request, Response};
pub use options::Options;
pub use pictures::Picture;
pub use source::{IMPORT_RULES, ImportRules, UnfitUrl, check_import_url, is_private};
pub use time::{Clock, ManualClock, Random, Seeded};
#[cfg(not(target_arch = "wasm32"))]
pub use time::{SystemClock, SystemRandom};
pub use webhooks::{Delivery, Webhook};

use crate::blobs::Blobs;
#[cfg(not(target_arch = "wasm32"))]
use crate::blobs::Memory;
#[cfg(not(target_arch = "wasm32"))]
use crate::catalog::Sqlite;
use crate::catalog::{self, Area, Catalog, Children, Page, Upload};
use crate::operations::Access;
use access::Caller;
use archive::Importing;
use body::Part;
use call::Call;
use imports::Fetching;
use rate::Recent;
use refusal::{Outcome, Refusal};
use route::Route;
use seed::Seeding;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use transfer::Transfers;
use uploads::{Chunk, Receiving, TUS, UPLOADS};

/// The largest body of a call: a bulk call with every field at its limit is well below it.
const MOST_JSON: usize = 16 << 20;

/// What URLs begin with while no request has named a host.
const NO_HOST: &str = "http://127.0.0.1";

/// What a manager works with.
#[derive(Debug)]
pub struct Parts {
    /// The store of metadata.
    pub catalog: Box<dyn Catalog>,
    /// The store of bytes.
    pub blobs: Box<dyn Blobs>,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// The source of ids and keys.
    pub random: Box<dyn Random>,
    /// The settings.
    pub options: Options,
}

/// An event, as it is in the catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number: later events have larger ones.
    pub number: i64,
    /// The raw event (`contract/events.md` section 3).
    pub body: Value,
}

/// A request whose body is still coming in.
pub struct Intake {
    head: Head,
    stage: Stage,
    /// How much later the answer is to be sent.
    delay: u64,
    /// That of the manager when it began.
    generation: u64,
    /// The colours of the picture that the body is, from the host.
    colors: Option<Value>,
}

impl fmt::Debug for Intake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither tokens nor bodies belong into a log.
        out.debug_struct("Intake")
            .field("method", &self.head.method)
            .finish_non_exhaustive()
    }
}

enum Stage {
    /// A body that is kept until it is whole, of a call of the API where there is a route.
    Whole(Option<Box<Route>>, Vec<u8>),
    /// A plain upload.
    Upload(Box<Receiving>),
    /// A chunk of a TUS transfer.
    Chunk(Box<Chunk>),
    /// What the source of an import answers.
    Import(Box<Fetching>),
    /// An archive that takes the place of everything.
    Archive(Box<Importing>),
    /// A file that the manager begins with.
    Seed(Box<Seeding>),
    /// Refused before its body was read.
    Refused(Refusal),
}

/// A Media Manager.
#[derive(Debug)]
pub struct Manager {
    parts: Parts,
    secret: Vec<u8>,
    since: i64,
    /// What URLs began with at the last request, for events that no request causes.
    base: String,
    /// The files of the imports that a host has taken.
    fetching: BTreeSet<String>,
    /// The calls of the last minute.
    recent: Recent,
    /// The deliveries that a host has taken.
    delivering: BTreeSet<i64>,
    /// How often other content took the place of what there was: what began before then cannot go on.
    generation: u64,
    transfers: Transfers,
    /// The colours of the picture of the request that is being answered.
    colors: Option<Value>,
}

impl Manager {
    /// A manager on these parts. The first time, it leaves its key and the time in the catalog.
    ///
    /// ```
    /// use wix_media::blobs::Memory;
    /// use wix_media::catalog::Sqlite;
    /// use wix_media::manager::{ManualClock, Manager, Options, Parts, Seeded};
    ///
    /// let manager = Manager::new(Parts {
    ///     catalog: Box::new(Sqlite::memory()?),
    ///     blobs: Box::new(Memory::default()),
    ///     clock: Box::new(ManualClock::at(1_700_000_000_000)),
    ///     random: Box::new(Seeded::new(1)),
    ///     options: Options::default(),
    /// })?;
    /// assert!(manager.events(0, 1)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn new(mut parts: Parts) -> catalog::Result<Manager> {
        let kept = parts.catalog.setting("secret")?;
        let kept = kept.and_then(|secret| base16ct::lower::decode_vec(secret).ok());
        // A damaged key would be a weak one; links that it signed are lost either way.
        let secret = match kept.filter(|secret| secret.len() == 32) {
            Some(secret) => secret,
            None => {
                let mut secret = vec![0; 32];
                parts.random.fill(&mut secret);
                let text = base16ct::lower::encode_string(&secret);
                parts.catalog.set_setting("secret", &text)?;
                secret
            }
        };
        let since = match parts.catalog.setting("since")?.and_then(|since| since.parse().ok()) {
            Some(since) => since,
            None => {
                let now = parts.clock.now();
                parts.catalog.set_setting("since", &now.to_string())?;
                now
            }
        };
        let base = NO_HOST.to_owned();
        let mut manager = Manager {
            parts,
            secret,
            since,
            base,
            fetching: BTreeSet::new(),
            recent: Recent::default(),
            delivering: BTreeSet::new(),
            generation: 0,
            transfers: Transfers::default(),
            colors: None,
        };
        manager.keep_configured_deliveries()?;
        manager.collect_orphans()?;
        Ok(manager)
    }

    /// Removes blobs that nothing names: what a crash left between the bytes and the row.
    fn collect_orphans(&mut self) -> catalog::Result<()> {
        let failed = |cause| catalog::Error::Store(Box::new(cause));
        for export in self.parts.catalog.passing()? {
            self.parts.catalog.remove_archive(&export)?;
        }
        for blob in self.parts.blobs.ids().map_err(failed)? {
            if !self.parts.catalog.needs_blob(&blob)? {
                self.parts.blobs.remove(&blob).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// A manager that forgets everything when it goes, on the clock and the randomness of the machine.
    ///
    /// ```
    /// assert!(wix_media::manager::Manager::memory().is_ok());
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn memory() -> catalog::Result<Manager> {
        Manager::new(Parts {
            catalog: Box::new(Sqlite::memory()?),
            blobs: Box::new(Memory::default()),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            options: Options::default(),
        })
    }

    /// The parts, for the next manager on the same stores.
    ///
    /// ```
    /// use wix_media::manager::Manager;
    ///
    /// let again = Manager::new(Manager::memory()?.into_parts());
    /// assert!(again.is_ok());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn into_parts(self) -> Parts {
        self.parts
    }

    /// Answers a request.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// assert_eq!(manager.handle(Request::new("GET", "/site-media/v1/folders")).status, 200);
    /// assert_eq!(manager.handle(Request::new("GET", "/nowhere")).status, 404);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn handle(&mut self, request: Request) -> Response {
        let mut intake = self.open(request.head);
        self.feed(&mut intake, &request.body);
        self.close(intake)
    }

    /// Begins a request whose body comes in pieces.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("POST", "/site-media/v1/folders").head);
    /// manager.feed(&mut intake, br#"{"displayName":"#);
    /// manager.feed(&mut intake, br#""Animals"}"#);
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open(&mut self, head: Head) -> Intake {
        let route = route::of(&head);
        let operation = route.as_ref().and_then(|route| route.as_ref().ok());
        let operation = operation.map(|route| route.operation);
        let (delay, fault) = faults::meet(&mut self.parts.options.faults, &head, operation);
        let stage = match fault {
            Some(response) => Stage::Refused(response.into()),
            None => self.stage(&head, route).unwrap_or_else(Stage::Refused),
        };
        Intake {
            delay,
            ..self.intake(head, stage)
        }
    }

    fn intake(&self, head: Head, stage: Stage) -> Intake {
        Intake {
            head,
            stage,
            delay: 0,
            generation: self.generation,
            colors: None,
        }
    }

    /// Refuses to go on with what began before other content took the place of what there was.
    fn check_generation(&self, intake: &mut Intake) {
        let keeps = matches!(intake.stage, Stage::Whole(..) | Stage::Refused(_));
        if intake.generation != self.generation && !keeps {
            let text = "other content has taken the place of what this was for";
            intake.stage = Stage::Refused(Refusal::code(409, "ABORTED", text));
        }
    }

    fn stage(&mut self, head: &Head, route: Option<Outcome<Route>>) -> Outcome<Stage> {
        self.tick()?;
        if let Some(route) = route {
            let route = route?;
            self.admit(head, route.operation.access)?;
            return Ok(Stage::Whole(Some(Box::new(route)), Vec::new()));
        }
        let target = head.path.strip_prefix(UPLOADS);
        Ok(match (head.method.as_str(), target) {
            ("PUT", Some(token)) if !token.contains('/') => {
                Stage::Upload(Box::new(self.transact(head, |call| call.begin_upload(head, token))?))
            }
            ("PATCH", Some(path)) if path.starts_with("tus/") => {
                Stage::Chunk(Box::new(self.begin_chunk(head, &path["tus/".len()..])?))
            }
            _ => Stage::Whole(None, Vec::new()),
        })
    }

    /// Who sent a request, when that is enough for what it needs.
    fn authorize(&self, head: &Head, needed: Access) -> Outcome<Caller> {
        let Parts { options, clock, .. } = &self.parts;
        let credentials = options.credentials.as_ref();
        access::authorize(credentials, &self.secret, &options.site_id, clock.now(), head, needed)
    }

    /// Lets a call in, or says why not, before anything of its body is read.
    fn admit(&mut self, head: &Head, needed: Access) -> Outcome<()> {
        let caller = self.authorize(head, needed)?;
        if let Some(most) = self.parts.options.requests_per_minute {
            let now = self.parts.clock.now();
            self.recent.admit(caller, most, now).map_err(access::exhausted)?;
        }
        Ok(())
    }

    /// Adds a fault that requests meet from now on.
    ///
    /// ```
    /// use wix_media::manager::{Fault, Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// manager.add_fault(Fault { matches: "/media/".into(), latency_ms: 40, ..Fault::default() });
    /// assert_eq!(manager.handle(Request::new("GET", "/media/a.jpg")).delay_ms, 40);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn add_fault(&mut self, fault: Fault) {
        self.parts.options.faults.push(fault);
    }

    /// Takes the next bytes of a body; whether more of them are of use. A host that gets `false` may stop reading and
    /// answer with [`close`](Manager::close) at once.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/forged").head);
    /// assert!(!manager.feed(&mut intake, b"bytes"));
    /// assert_eq!(manager.close(intake).status, 403);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn feed(&mut self, intake: &mut Intake, bytes: &[u8]) -> bool {
        self.check_generation(intake);
        let (blob, sums, limit, too_large) = match &mut intake.stage {
            Stage::Archive(importing) => {
                let Err(refusal) = self.feed_archive(importing, bytes) else {
                    return true;
                };
                if let Stage::Archive(importing) = std::mem::replace(&mut intake.stage, Stage::Refused(refusal)) {
                    self.abandon_archive(*importing);
                }
                return false;
            }
            Stage::Refused(_) => return false,
            Stage::Whole(_, body) => {
                if body.len() + bytes.len() <= MOST_JSON {
                    body.extend_from_slice(bytes);
                    return true;
                }
                let text = "the body is too large";
                intake.stage = Stage::Refused(Refusal::code(413, "INVALID_ARGUMENT", text));
                return false;
            }
            Stage::Chunk(chunk) => {
                let outcome = self.feed_chunk(chunk, bytes);
                let more = matches!(outcome, Ok(true));
                if let Err(refusal) = outcome {
                    intake.stage = Stage::Refused(refusal);
                }
                return more;
            }
            Stage::Upload(to) => (&to.blob, &mut to.sums, to.limit, &mut to.too_large),
            Stage::Import(to) => (&to.blob, &mut to.sums, to.limit, &mut to.too_large),
            Stage::Seed(seeding) => {
                let to = &mut seeding.receiving;
                (&to.blob, &mut to.sums, to.limit, &mut to.too_large)
            }
        };
        if *too_large || sums.size() + bytes.len() as u64 > limit {
            *too_large = true;
            return false;
        }
        if let Err(error) = self.parts.blobs.append(blob, sums.size(), bytes) {
            // The orphan, if the store cannot even remove it, goes with the next start.
            _ = self.parts.blobs.remove(blob);
            intake.stage = Stage::Refused(error.into());
            return false;
        }
        sums.update(bytes);
        true
    }

    /// Answers a request whose body is whole.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn close(&mut self, mut intake: Intake) -> Response {
        self.check_generation(&mut intake);
        let Intake {
            head,
            stage,
            delay,
            colors,
            ..
        } = intake;
        self.colors = colors;
        let outcome = match stage {
            Stage::Whole(Some(route), body) => self.call(&head, &route, &body),
            Stage::Whole(None, body) => self.answer(&head, &body),
            Stage::Upload(receiving) => self.end_upload(&head, *receiving),
            Stage::Chunk(chunk) => self.end_chunk(&head, &chunk),
            Stage::Import(fetching) => self.end_import(*fetching),
            Stage::Archive(importing) => self.end_archive(*importing),
            Stage::Seed(seeding) => self.end_seed(&head, *seeding),
            Stage::Refused(refusal) => Err(refusal),
        };
        self.colors = None;
        let mut response = self.finish(&head, outcome);
        response.delay_ms = delay;
        response
    }

    /// Gives up a request whose body broke off. A plain upload is lost, as the contract has it; a TUS transfer keeps what
    /// came.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// manager.abandon(intake);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn abandon(&mut self, mut intake: Intake) {
        self.check_generation(&mut intake);
        match intake.stage {
            // What cannot be removed now is an orphan, and goes with the next start.
            Stage::Upload(receiving) => _ = self.parts.blobs.remove(&receiving.blob),
            Stage::Seed(seeding) => _ = self.parts.blobs.remove(&seeding.receiving.blob),
            // Nobody is left to be told of trouble; the next HEAD says what is there.
            Stage::Chunk(chunk) => _ = self.end_chunk(&intake.head, &chunk),
            Stage::Import(fetching) => {
                _ = self.parts.blobs.remove(&fetching.blob);
                self.fetching.remove(&fetching.file);
            }
            Stage::Archive(importing) => self.abandon_archive(*importing),
            Stage::Whole(..) | Stage::Refused(_) => {}
        }
    }

    fn end_upload(&mut self, head: &Head, receiving: Receiving) -> Outcome<Response> {
        let Receiving {
            upload,
            blob,
            sums,
            limit,
            too_large,
            ..
        } = receiving;
        let summed = sums.finish();
        let kept = if too_large {
            Err(uploads::over_limit(413, limit))
        } else if summed.size > 0 {
            self.parts.blobs.sync(&blob).map_err(Refusal::from)
        } else {
            Ok(())
        };
        let outcome = kept.and_then(|()| {
            self.transact(head, |call| {
                // Another PUT to the same URL may have been faster.
                match call.catalog.upload(&upload.id)? {
                    Some(current) if !current.done => call.complete(upload, head, &blob, summed),
                    current => Err(uploads::completed(&current.unwrap_or(upload))),
                }
            })
        });
        if outcome.is_err() && !self.parts.catalog.needs_blob(&blob)? {
            self.parts.blobs.remove(&blob)?;
        }
        Ok(Response::json(200, &outcome?))
    }

    fn begin_chunk(&mut self, head: &Head, id: &str) -> Outcome<Chunk> {
        let ahead = self.transfers.ahead(id);
        self.transact(head, |call| call.check_chunk(head, id, ahead))?;
        let upload = self.keep_transfer(head, id)?;
        let received = u64::try_from(upload.received).unwrap_or(0);
        Ok(Chunk {
            transfer: id.to_owned(),
            number: self.transfers.take(id, received),
            blob: upload.blob.unwrap_or_default(),
            length: u64::try_from(upload.length).unwrap_or(0),
            too_large: false,
        })
    }

    /// Brings to disk what requests have added to a transfer so far.
    fn keep_transfer(&mut self, head: &Head, id: &str) -> Outcome<Upload> {
        let upload = self.transact(head, |call| call.transfer(id))?;
        let (Some(end), Some(blob)) = (self.transfers.ahead(id), &upload.blob) else {
            return Ok(upload);
        };
        self.parts.blobs.sync(blob)?;
        self.transact(head, |call| call.keep_chunk(id, end))
    }

    /// Whether more bytes of the chunk are of use.
    fn feed_chunk(&mut self, chunk: &mut Chunk, bytes: &[u8]) -> Outcome<bool> {
        let Some(end) = self.transfers.end_for(&chunk.transfer, chunk.number) else {
            return Err(uploads::superseded(self.transfers.ahead(&chunk.transfer)));
        };
        if chunk.too_large || end + bytes.len() as u64 > chunk.length {
            chunk.too_large = true;
            return Ok(false);
        }
        if let Err(error) = self.parts.blobs.append(&chunk.blob, end, bytes) {
            // Nobody knows what of it arrived; what the catalog knows of is there.
            self.transfers.forget(&chunk.transfer);
            return Err(error.into());
        }
        self.transfers.add(&chunk.transfer, bytes);
        Ok(true)
    }

    fn end_chunk(&mut self, head: &Head, chunk: &Chunk) -> Outcome<Response> {
        let Chunk { transfer, number, .. } = chunk;
        let Some(end) = self.transfers.end_for(transfer, *number) else {
            return Err(uploads::superseded(self.transfers.ahead(transfer)));
        };
        if chunk.too_large {
            self.transfers.forget(transfer);
            return Err(uploads::over_limit(413, chunk.length));
        }
        self.parts.blobs.sync(&chunk.blob)?;
        let upload = self.transact(head, |call| call.keep_chunk(transfer, end))?;
        self.transfers.rest(transfer);
        Ok(uploads::kept(&upload))
    }

    fn finalise(&mut self, head: &Head, token: &str) -> Outcome<Response> {
        let upload = self.transact(head, |call| call.upload_of(token, true))?;
        let mut sums = None;
        if let Some(transfer) = &upload.transfer {
            let upload = self.keep_transfer(head, transfer)?;
            sums = self.transfers.sums(transfer, u64::try_from(upload.length).unwrap_or(0));
        }
        self.transact(head, |call| call.tus_finalise(head, token, sums))
    }

    /// The events behind the one with the number `after`, at most `limit`, in the order of their causes.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert!(Manager::memory()?.events(0, 100)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn events(&self, after: i64, limit: u32) -> catalog::Result<Vec<Event>> {
        let rows = self.parts.catalog.events(after, limit)?;
        let event = |(number, body): (i64, String)| Event {
            number,
            body: serde_json::from_str(&body).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(event).collect())
    }

    /// Does what time alone brings about: pending files become ready. Every request does this first, so a host needs it
    /// only for events to come without requests.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.tick()?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn tick(&mut self) -> catalog::Result<()> {
        let due = self.parts.catalog.next_due()?;
        if due.is_none_or(|due| due > self.parts.clock.now()) {
            return Ok(());
        }
        match self.transact(&Head::default(), |call| call.settle()) {
            Err(Refusal::Internal(cause)) => Err(catalog::Error::Store(cause)),
            _ => Ok(()),
        }
    }

    /// When [`tick`](Manager::tick) or [`take_deliveries`](Manager::take_deliveries) has something to do next, in
    /// milliseconds since 1970.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert_eq!(Manager::memory()?.next_tick()?, None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn next_tick(&self) -> catalog::Result<Option<i64>> {
        let (due, delivery) = (self.parts.catalog.next_due()?, self.next_delivery()?);
        Ok(due.into_iter().chain(delivery).min())
    }

    /// Fills the buffer with the next bytes of a body; 0 at its end.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let mut response = manager.handle(Request::new("GET", "/nowhere"));
    /// let mut buffer = [0; 4];
    /// assert_eq!(manager.read(&mut response.body, &mut buffer)?, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, body: &mut Body, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            if let Some(Part::Source(source)) = body.parts.front_mut() {
                let next = source.next(&*self.parts.catalog).map_err(std::io::Error::other)?;
                if next.is_empty() {
                    body.parts.pop_front();
                }
                for part in next.into_iter().rev() {
                    body.parts.push_front(part);
                }
                continue;
            }
            let Some(part) = body.parts.front_mut() else { break };
            let room = &mut buffer[filled..];
            let (count, done) = match part {
                Part::Bytes(bytes) => {
                    let count = room.len().min(bytes.len());
                    room[..count].copy_from_slice(&bytes[..count]);
                    bytes.drain(..count);
                    (count, bytes.is_empty())
                }
                Part::Blob { id, offset, length } => {
                    let most = room.len().min(usize::try_from(*length).unwrap_or(usize::MAX));
                    let count = self.parts.blobs.read(id, *offset, &mut room[..most])?;
                    if count == 0 && most > 0 {
                        return Err(std::io::ErrorKind::UnexpectedEof.into());
                    }
                    *offset += count as u64;
                    *length -= count as u64;
                    (count, *length == 0)
                }
                Part::Source(_) => (0, false),
            };
            filled += count;
            if done {
                body.parts.pop_front();
            }
        }
        Ok(filled)
    }

    /// Whether there is neither file nor folder, the trash included.
    fn is_empty(&self) -> catalog::Result<bool> {
        let areas = vec![Area::Site, Area::Visitors, Area::Trash];
        let page = Page::new(Children::In(areas), 1);
        let catalog = &self.parts.catalog;
        Ok(catalog.files(&page)?.is_empty() && catalog.folders(&page)?.is_empty())
    }

    /// The files of the blobs that a request at this path goes on with: those of TUS transfers and of what finishes them.
    fn blobs_of(&self, path: &str) -> catalog::Result<Vec<String>> {
        let Some(id) = path.strip_prefix(TUS).and_then(|rest| rest.strip_prefix('/')) else {
            return Ok(Vec::new());
        };
        let upload = match self.parts.catalog.upload_of_transfer(id)? {
            Some(upload) => Some(upload),
            None => {
                let claims = token::verify(&self.secret, id).unwrap_or_default();
                self.parts.catalog.upload(claims["jti"].as_str().unwrap_or_default())?
            }
        };
        let blob = upload.and_then(|upload| upload.blob);
        Ok(blob.iter().map(|blob| crate::blobs::file_name(blob)).collect())
    }

    /// The next pieces of a body, for a host that reads blobs itself; none at its end.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Piece, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let mut response = manager.handle(Request::new("GET", "/nowhere"));
    /// assert!(matches!(manager.pieces(&mut response.body)?[..], [Piece::Bytes(_)]));
    /// assert!(manager.pieces(&mut response.body)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn pieces(&self, body: &mut Body) -> catalog::Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        while let Some(part) = body.parts.pop_front() {
            match part {
                Part::Bytes(bytes) => pieces.push(Piece::Bytes(bytes)),
                Part::Blob { id, offset, length } => pieces.push(Piece::Blob { id, offset, length }),
                // A source produces some of its parts, and the others when those have been read.
                Part::Source(source) if !pieces.is_empty() => {
                    body.parts.push_front(Part::Source(source));
                    break;
                }
                Part::Source(mut source) => {
                    let mut next = source.next(&*self.parts.catalog)?;
                    if !next.is_empty() {
                        next.push_back(Part::Source(source));
                    }
                    next.append(&mut body.parts);
                    body.parts = next;
                }
            }
        }
        Ok(pieces)
    }

    /// All bytes of a body.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let response = manager.handle(Request::new("GET", "/site-media/v1/files"));
    /// assert!(manager.collect(response.body)?.starts_with(b"{"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn collect(&self, mut body: Body) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(body.length()).unwrap_or(usize::MAX)];
        let count = self.read(&mut body, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Runs one call in one transaction. Whatever it did is undone when it refuses.
    fn transact<T>(&mut self, head: &Head, work: impl FnOnce(&mut Call<'_>) -> Outcome<T>) -> Outcome<T> {
        let base = self.base(head);
        let parts = &mut self.parts;
        parts.catalog.begin()?;
        let mut call = Call {
            catalog: &mut *parts.catalog,
            blobs: &mut *parts.blobs,
            random: &mut *parts.random,
            options: &parts.options,
            secret: &self.secret,
            since: self.since,
            now: parts.clock.now(),
            base,
            origin: head.origin,
            colors: self.colors.as_ref(),
            freed: Vec::new(),
            ended: Vec::new(),
        };
        let outcome = work(&mut call);
        let Call { freed, ended, .. } = call;
        if outcome.is_err() {
            parts.catalog.rollback()?;
            return outcome;
        }
        if let Err(error) = parts.catalog.commit() {
            parts.catalog.rollback()?;
            return Err(error.into());
        }
        for transfer in ended {
            self.transfers.forget(&transfer);
        }
        for blob in freed {
            // The change is made, whatever becomes of these bytes: what cannot be removed now goes with the next start.
            if matches!(parts.catalog.needs_blob(&blob), Ok(false)) {
                _ = parts.blobs.remove(&blob);
            }
        }
        outcome
    }

    /// What URLs begin with: as set, else the host that the request names, else that of the last request.
    fn base(&mut self, head: &Head) -> String {
        if let Some(base) = &self.parts.options.base_url {
            return base.trim_end_matches('/').to_owned();
        }
        let Some(host) = head.header("host") else {
            return self.base.clone();
        };
        if !is_host(host) {
            return NO_HOST.to_owned();
        }
        let scheme = head.header("x-forwarded-proto").filter(|scheme| *scheme == "https");
        self.base = format!("{}://{host}", scheme.unwrap_or("http"));
        self.base.clone()
    }

    fn answer(&mut self, head: &Head, body: &[u8]) -> Outcome<Response> {
        if head.method == "OPTIONS" {
            return Ok(options(head));
        }
        if head.method == "POST" && head.path == "/oauth2/token" {
            let value = self.transact(head, |call| call.issue_token(head, body))?;
            return Ok(Response::json(200, &value).with("Cache-Control", "no-store"));
        }
        if head.method == "POST" && head.path == "/oauth2/token-info" {
            let value = self.transact(head, |call| call.token_info(head, body))?;
            return Ok(Response::json(200, &value).with("Cache-Control", "no-store"));
        }
        if let Some(name) = head.path.strip_prefix(subscription::PATH) {
            return self.administer(head, name);
        }
        if head.path == TUS && head.method == "POST" {
            return self.transact(head, |call| call.tus_create(head));
        }
        if let Some(id) = head.path.strip_prefix(TUS).and_then(|rest| rest.strip_prefix('/')) {
            return match head.method.as_str() {
                "HEAD" => {
                    if self.transfers.ahead(id).is_some() {
                        self.keep_transfer(head, id)?;
                    }
                    self.transact(head, |call| call.tus_status(head, id))
                }
                "DELETE" => self.transact(head, |call| call.tus_terminate(head, id)),
                "PUT" => self.finalise(head, id),
                _ => Err(not_allowed("HEAD, PATCH, DELETE, PUT, OPTIONS")),
            };
        }
        if head.path.starts_with(UPLOADS) {
            return Err(not_allowed("PUT, OPTIONS"));
        }
        match self.transact(head, |call| call.download(head)) {
            // Whoever asks for nothing known is told so in the form of the API.
            Err(Refusal::Answer(response)) if response.status == 404 => {
                Err(Refusal::code(404, "NOT_FOUND", "there is nothing at this path"))
            }
            outcome => outcome,
        }
    }

    /// A call of the API.
    fn call(&mut self, head: &Head, route: &Route, body: &[u8]) -> Outcome<Response> {
        let fields = validate::fields(route, &head.query, body)?;
        let value = self.transact(head, |call| call.perform(route.operation, &fields))?;
        Ok(Response::json(200, &value))
    }

    /// The headers that every response has.
    fn finish(&mut self, head: &Head, outcome: Outcome<Response>) -> Response {
        let response = outcome.unwrap_or_else(Refusal::into_response);
        let id = time::guid(&mut *self.parts.random);
        let length = response.body.length().to_string();
        let mut response = response
            .with("X-Wix-Request-Id", id)
            .with("Access-Control-Allow-Origin", "*")
            .with("Access-Control-Expose-Headers", EXPOSED);
        if response.header("content-length").is_none() && !matches!(response.status, 204 | 304) {
            response = response.with("Content-Length", length);
        }
        // How long a picture will be shows when it is made.
        if head.method == "HEAD" && response.transform.is_none() {
            response.body = Body::default();
        }
        response
    }
}

/// What a page of another origin may read of a response.
const EXPOSED: &str = "X-Wix-Request-Id, Location, Tus-Resumable, Tus-Version, Upload-Offset, Upload-Length, \
                       Upload-Expires, Content-Range, Content-Disposition, ETag, Retry-After";

fn not_allowed(methods: &str) -> Refusal {
    let refusal = Refusal::code(405, "METHOD_NOT_ALLOWED", format!("this path answers {methods}"));
    refusal.into_response().with("Allow", methods).into()
}

/// What this server can do: for browsers before they send, and for TUS clients.
fn options(head: &Head) -> Response {
    let response = Response::new(204)
        .with(
            "Access-Control-Allow-Methods",
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        )
        .with(
            "Access-Control-Allow-Headers",
            head.header("access-control-request-headers").unwrap_or("*"),
        )
        .with("Access-Control-Max-Age", "86400");
    if head.path.starts_with(TUS) {
        return response
            .with("Tus-Resumable", "1.0.0")
            .with("Tus-Version", "1.0.0")
            .with("Tus-Extension", "creation,expiration,termination")
            .with("Tus-Max-Size", "15000000000");
    }
    response
}

/// A host name or address with an optional port: nothing else may get into URLs.
fn is_host(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(plain)
}
