//! The embedded Media Manager: the service's end of the wire.
//!
//! A [`Manager`] answers requests. It opens no socket, reads no clock and makes no randomness of its own: a host hands
//! it plain values, and with them the same code runs in a native test, on Node and in a browser. Metadata is in a
//! [`Catalog`](crate::catalog::Catalog), bytes are in [`Blobs`](crate::blobs::Blobs). A request that changes something is one transaction, with the events that it causes.
//! The manager keeps nothing between requests that another process on the same stores could disagree on.
//!
//! ```
//! use serde_json::Value;
//! use wix_media::manager::{Manager, Request};
//!
//! let manager = Manager::memory()?;
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
//!
//! # The rooms
//!
//! | Module | What |
//! |---|---|
//! | `intake` | a request from its head to its answer: what its body is for, where its bytes go |
//! | `dispatch` | from an operation to its handler |
//! | `site` `tx` | the stores, and the one way into a transaction |
//! | `http` | messages, bodies, refusals, the router, the validator |
//! | `auth` | credentials, OAuth, the rate limit |
//! | `items` | files, folders, trash, paths, quota; new files from bytes |
//! | `listing` | lists, searches, queries, cursors |
//! | `uploads` `imports` `incoming` | bytes on their way in |
//! | `downloads` `zip` | bytes on their way out |
//! | `inspect` | what bytes are |
//! | `view` | rows as the API shows them |
//! | `events` | events, their feed, webhooks |
//! | `jobs` | what time alone brings about, and the sweep |
//! | `admin` | the paths below `/_wix-media/`, and the seed |
//! | `backup` | archives out and in |

mod admin;
mod auth;
mod backup;
mod clock;
mod dates;
mod dispatch;
mod downloads;
mod events;
mod faults;
mod http;
mod ids;
mod imports;
mod incoming;
mod inspect;
mod intake;
mod items;
mod jobs;
mod listing;
mod options;
mod pattern;
mod sending;
mod site;
mod token;
mod tx;
mod uploads;
mod view;
mod zip;

pub use auth::{ApiKey, Credentials, OauthClient};
pub use backup::export::Export;
#[cfg(not(target_arch = "wasm32"))]
pub use clock::SystemClock;
pub use clock::{Clock, ManualClock};
pub use events::webhook::Webhook;
pub use events::webhooks::Delivery;
pub use faults::Fault;
pub use http::body::{Body, Piece};
pub use http::message::{Head, Origin, Request, Response};
#[cfg(not(target_arch = "wasm32"))]
pub use ids::SystemRandom;
pub use ids::{Random, Seeded};
pub use imports::ImportOrder;
pub use imports::url_policy::{IMPORT_RULES, ImportRules, UnfitUrl, check_import_url, is_private};
pub use intake::Intake;
pub use jobs::Swept;
pub use options::Options;
pub use site::Parts;

#[cfg(not(target_arch = "wasm32"))]
use crate::blobs::Memory;
use crate::catalog;
#[cfg(not(target_arch = "wasm32"))]
use crate::catalog::Sqlite;
use crate::operations::Access;
use auth::rate_limit::Recent;
use events::{feed, webhooks};
use http::error::{Outcome, Refusal};
use http::router;
use serde_json::{Value, json};
use site::{Cause, Site};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An event, as it is in the catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number: later events have larger ones.
    pub number: i64,
    /// The raw event (docs/contract/events.md#s3).
    pub body: Value,
}

/// An image whose bytes are in a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The blob.
    pub blob: String,
    /// How many bytes it has.
    pub size: u64,
}

/// A Media Manager. Threads share one.
#[derive(Debug)]
pub struct Manager {
    site: Site,
    /// The faults that are left.
    faults: Mutex<Vec<Fault>>,
    /// The calls of the last minute, of this process.
    recent: Mutex<Recent>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Manager {
    /// A manager on these parts. The first one on a catalog leaves a key and the time there. None removes anything.
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
    pub fn new(parts: Parts) -> catalog::Result<Manager> {
        let Parts {
            catalog,
            blobs,
            clock,
            random,
            mut options,
        } = parts;
        let faults = Mutex::new(std::mem::take(&mut options.faults));
        Ok(Manager {
            site: Site::new(catalog, blobs, clock, random, options)?,
            faults,
            recent: Mutex::default(),
        })
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
        let faults = self.faults.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut parts = self.site.into_parts();
        parts.options.faults = faults;
        parts
    }

    /// Ends the leases of others: imports and deliveries that they took can be taken at once. For a host that knows to be the
    /// only one on these stores, after a start or a restart.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.end_leases()?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn end_leases(&self) -> catalog::Result<()> {
        stored(
            self.site
                .write_lazily(&Cause::default(), |tx| Ok(tx.catalog.end_leases()?)),
        )
    }

    /// Removes what nothing needs any more, once it has been so for `grace` milliseconds: blobs that no row names, exports that
    /// were not ended, and deliveries to URLs that are no longer configured. A host does this from time to time; `grace` must
    /// be longer than any upload may take.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Swept};
    ///
    /// assert_eq!(Manager::memory()?.sweep(86_400_000)?, Swept::default());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn sweep(&self, grace: i64) -> catalog::Result<Swept> {
        stored(jobs::sweep(&self.site, self.site.clock.now(), grace))
    }

    /// Answers a request.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// assert_eq!(manager.handle(Request::new("GET", "/site-media/v1/folders")).status, 200);
    /// assert_eq!(manager.handle(Request::new("GET", "/nowhere")).status, 404);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn handle(&self, request: Request) -> Response {
        let mut intake = self.open(request.head);
        self.feed(&mut intake, &request.body);
        self.close(intake)
    }

    /// Begins a request whose body comes in pieces.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("POST", "/site-media/v1/folders").head);
    /// manager.feed(&mut intake, br#"{"displayName":"#);
    /// manager.feed(&mut intake, br#""Animals"}"#);
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open(&self, mut head: Head) -> Intake {
        uploads::tus::override_method(&mut head);
        let route = router::of(&head);
        let operation = route.as_ref().and_then(|route| route.as_ref().ok());
        let operation = operation.map(|route| route.operation);
        let (delay, fault) = faults::meet(&mut lock(&self.faults), &head, operation);
        let cause = Cause::of(&head);
        let intake = Intake::new(head, cause);
        let mut intake = match fault {
            Some(response) => intake.answered(response),
            None => intake.admit(self, route),
        };
        intake.delay = delay;
        intake
    }

    /// Who sent a request, when that is enough for what it needs.
    fn authorize(&self, head: &Head, needed: Access) -> Outcome<auth::Caller> {
        let (site, options) = (&self.site, self.site.options());
        let credentials = options.credentials.as_ref();
        let now = site.clock.now();
        auth::authorize(credentials, &site.secret, &options.site_id, now, head, needed)
    }

    /// Lets a call in, or says why not, before anything of its body is read.
    fn admit(&self, head: &Head, needed: Access) -> Outcome<()> {
        let caller = self.authorize(head, needed)?;
        if let Some(limit) = self.site.options().requests_per_minute {
            let now = self.site.clock.now();
            lock(&self.recent).admit(caller, limit, now).map_err(auth::exhausted)?;
        }
        Ok(())
    }

    /// Takes the next bytes of a body; whether more of them are of use. A host that gets `false` may stop reading and
    /// answer with [`close`](Manager::close) at once.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/forged").head);
    /// assert!(!manager.feed(&mut intake, b"bytes"));
    /// assert_eq!(manager.close(intake).status, 403);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn feed(&self, intake: &mut Intake, bytes: &[u8]) -> bool {
        intake.feed(&self.site, bytes)
    }

    /// The picture that the body of a request is, once all of it has been fed and when it can be decoded. A host that can
    /// do so finds its colours before it answers, and hands them over with [`Manager::color`].
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// assert_eq!(manager.picture(&mut intake), None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn picture(&self, intake: &mut Intake) -> Option<Picture> {
        intake.picture(&self.site)
    }

    /// Takes the colours of the picture that the body of a request is, in the form of descriptors
    /// (`docs/contract/model.md#s4-1`).
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// manager.color(&mut intake, json!({ "prominent": { "rgb": { "r": 1, "g": 2, "b": 3 } }, "palette": [] }));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn color(&self, intake: &mut Intake, colors: Value) {
        intake.set_colors(colors);
    }

    /// Answers a request whose body is whole.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn close(&self, intake: Intake) -> Response {
        intake.close(self)
    }

    /// Gives up a request whose body broke off. A plain upload is lost, as the contract has it; a TUS transfer keeps what
    /// came.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// manager.abandon(intake);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn abandon(&self, intake: Intake) {
        intake.abandon(&self.site);
    }

    /// The events with larger numbers than `after`, at most `limit`, in the order of their causes. Their URLs begin with the
    /// option `base_url`.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert!(Manager::memory()?.events(0, 100)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn events(&self, after: i64, limit: u32) -> catalog::Result<Vec<Event>> {
        let events = self
            .site
            .read(&Cause::default(), |view| feed::events(view, after, limit));
        let event = |(number, body)| Event { number, body };
        Ok(stored(events)?.into_iter().map(event).collect())
    }

    /// Does what time alone brings about: pending files become ready. Every request does this first, so a host needs it
    /// only for events to come without requests.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.tick()?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn tick(&self) -> catalog::Result<()> {
        stored(self.settle())
    }

    fn settle(&self) -> Outcome<()> {
        let cause = Cause::default();
        if self.site.read(&cause, jobs::is_due)? {
            self.site.write(&cause, jobs::settle)?;
        }
        Ok(())
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
        stored(self.site.read(&Cause::default(), |view| {
            let (due, delivery) = (view.catalog.next_due()?, webhooks::next(view)?);
            Ok(due.into_iter().chain(delivery).min())
        }))
    }

    /// Fills the buffer with the next bytes of a body; 0 at its end.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut response = manager.handle(Request::new("GET", "/nowhere"));
    /// let mut buffer = [0; 4];
    /// assert_eq!(manager.read(&mut response.body, &mut buffer)?, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, body: &mut Body, buffer: &mut [u8]) -> std::io::Result<usize> {
        sending::read(&self.site, body, buffer)
    }

    /// The next pieces of a body, for a host that reads blobs itself; none at its end.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Piece, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut response = manager.handle(Request::new("GET", "/nowhere"));
    /// assert!(matches!(manager.pieces(&mut response.body)?[..], [Piece::Bytes(_)]));
    /// assert!(manager.pieces(&mut response.body)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn pieces(&self, body: &mut Body) -> catalog::Result<Vec<Piece>> {
        sending::pieces(&self.site, body)
    }

    /// All bytes of a body.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
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

    /// Adds a fault that requests meet from now on.
    ///
    /// ```
    /// use wix_media::manager::{Fault, Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// manager.add_fault(Fault { matches: "/media/".into(), latency_ms: 40, ..Fault::default() });
    /// assert_eq!(manager.handle(Request::new("GET", "/media/a.jpg")).delay_ms, 40);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn add_fault(&self, fault: Fault) {
        lock(&self.faults).push(fault);
    }

    /// Leases at most `limit` imports, oldest first. An import whose lease expires is given again.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let body = r#"{"url":"https://example.com/harbour.jpg"}"#;
    /// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
    /// let orders = manager.take_imports(10)?;
    /// assert_eq!(orders[0].url, "https://example.com/harbour.jpg");
    /// assert!(manager.take_imports(10)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_imports(&self, limit: usize) -> catalog::Result<Vec<ImportOrder>> {
        let cause = Cause::default();
        let found = self.site.read(&cause, |view| Ok(view.catalog.has_imports(view.now)?));
        if limit == 0 || !stored(found)? {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        stored(self.site.write_lazily(&cause, |tx| imports::take(tx, limit)))
    }

    /// Begins to take what the source of an import answers. What follows is as with any other body; the file is ready, or
    /// has failed, once [`close`](Manager::close) has answered. An import that is [abandoned](Manager::abandon) is ordered
    /// again.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let body = r#"{"url":"https://example.com/notes.txt"}"#;
    /// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
    /// let order = manager.take_imports(1)?.remove(0);
    /// let mut intake = manager.open_import(&order.file, 200, &[("Content-Type".into(), "text/plain".into())]);
    /// manager.feed(&mut intake, b"water");
    /// assert_eq!(manager.close(intake).status, 200);
    /// assert_eq!(manager.events(0, 1)?[0].body["slug"], "file_ready");
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open_import(&self, file: &str, status: u16, headers: &[(String, String)]) -> Intake {
        let source = Head {
            headers: headers.to_vec(),
            ..Head::default()
        };
        // What the source says of itself must not decide what our own URLs begin with.
        Intake::new(Head::default(), Cause::default()).import(&self.site, file, status, &source)
    }

    /// Ends an import whose source could not be fetched: the file becomes `FAILED`, with an event. The codes of the
    /// contract are `SOURCE_UNREACHABLE` and `SOURCE_HTTP_ERROR`; the manager finds the others itself.
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let body = r#"{"url":"https://nowhere.example/a.jpg"}"#;
    /// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
    /// let order = manager.take_imports(1)?.remove(0);
    /// manager.fail_import(&order.file, "SOURCE_UNREACHABLE", "no such host", json!({}))?;
    /// assert_eq!(manager.events(0, 1)?[0].body["slug"], "file_failed");
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn fail_import(&self, file: &str, code: &str, description: &str, data: Value) -> catalog::Result<()> {
        let error = json!({ "code": code, "description": description, "data": data });
        match self.site.write(&Cause::default(), |tx| imports::fail(tx, file, &error)) {
            // The file has gone meanwhile.
            Err(Refusal::Code { status: 404, .. }) => Ok(()),
            outcome => stored(outcome),
        }
    }

    /// Leases at most `limit` deliveries whose time has come. One whose lease expires before [`delivered`](Manager::delivered)
    /// is given again.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert!(Manager::memory()?.take_deliveries(10)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_deliveries(&self, limit: usize) -> catalog::Result<Vec<Delivery>> {
        let cause = Cause::default();
        if limit == 0 || !stored(self.site.read(&cause, webhooks::is_due))? {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        stored(self.site.write_lazily(&cause, |tx| webhooks::take(tx, limit)))
    }

    /// Takes the outcome of a try: whether the receiver answered 200 in time. A delivery that failed is postponed, and given up
    /// after the twelfth retry.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.delivered(1, 1, true)?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn delivered(&self, id: i64, attempt: u32, ok: bool) -> catalog::Result<()> {
        stored(
            self.site
                .write(&Cause::default(), |tx| webhooks::delivered(tx, id, attempt, ok)),
        )
    }

    /// Everything as one archive (`docs/archive.md`): folders, files, trash and bytes, but neither keys nor what is only
    /// under way. It shows the moment of this call, whatever happens while it is read; [`end_export`](Manager::end_export)
    /// gives back what it holds for that.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// let export = manager.export()?;
    /// assert!(export.body.length() > 0);
    /// manager.end_export(&export.id)?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn export(&self) -> catalog::Result<Export> {
        stored(backup::export::export(&self.site))
    }

    /// Ends an export, read or not. Without it, the [sweep](Manager::sweep) does.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// manager.end_export("never begun")?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn end_export(&self, id: &str) -> catalog::Result<()> {
        stored(
            self.site
                .write(&Cause::default(), |tx| backup::export::end_export(tx, id)),
        )
    }

    /// Begins an import: the archive goes in with [`feed`](Manager::feed), and [`close`](Manager::close) puts it in the
    /// place of everything that the manager holds, or says what is wrong with it and where. Until then, and after any
    /// fault, the manager is as it was.
    ///
    /// A piece of n bytes makes at most n / 70 blobs, for hosts that prepare them.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
    /// let export = manager.export()?;
    /// let archive = manager.collect(export.body)?;
    ///
    /// let other = Manager::memory()?;
    /// let mut intake = other.open_archive();
    /// other.feed(&mut intake, &archive);
    /// assert_eq!(other.close(intake).status, 200);
    /// let response = other.handle(Request::new("GET", "/site-media/v1/folders"));
    /// assert!(String::from_utf8(other.collect(response.body)?)?.contains("Animals"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_archive(&self) -> Intake {
        Intake::new(Head::default(), Cause::default()).archive(&self.site)
    }

    /// Forgets everything: folders, files, trash, events, what is under way, and the bytes. Keys stay, and the numbers of
    /// events go on, so that nobody takes a new event for an old one.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
    /// manager.reset()?;
    /// assert!(manager.events(0, 10)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn reset(&self) -> catalog::Result<()> {
        stored(backup::reset(&self.site))
    }

    /// Begins to take an entry of a seed; its bytes follow with [`feed`](Manager::feed), and [`close`](Manager::close)
    /// answers with the descriptor. `host` is what URLs begin with where no option says it, as the header of a request.
    ///
    /// | Member | Meaning |
    /// |---|---|
    /// | `path` | folders and the name of the file, or of a folder with `/` at the end, which has no bytes |
    /// | `displayName` | the name of the file, where it is another than that in the path |
    /// | `mimeType` | as declared; without it the name and the bytes decide |
    /// | `private`, `labels`, `externalInfo` | as of an upload |
    /// | `origin` | `site`, `visitor`, `mobile`, `purchase` or `video-maker`: the folder that the path begins in |
    /// | `createdDate` | ISO 8601 or milliseconds since 1970: when all this happened |
    /// | `trashed` | whether it is in the trash; a folder with what it holds by then |
    /// | `onDuplicate` | `keep-both`, `reuse` or `fail`, when it is there already, or was before it was trashed |
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::Manager;
    ///
    /// let manager = Manager::memory()?;
    /// let entry = json!({ "path": "/Holidays/notes.txt", "labels": ["2024"] });
    /// let mut intake = manager.open_seed(&entry, "media.example");
    /// manager.feed(&mut intake, b"water and sun");
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open_seed(&self, entry: &Value, host: &str) -> Intake {
        let mut head = Head::default();
        if !host.is_empty() {
            head.headers.push(("Host".to_owned(), host.to_owned()));
        }
        let cause = Cause::of(&head);
        Intake::new(head, cause).seed(&self.site, entry)
    }

    /// Does what `name` stands for. An unknown name answers `null`.
    ///
    /// | Name | Input | Answer |
    /// |---|---|---|
    /// | `events` | `after` (number of an event), `limit`, `base` of URLs | `[{ number, body }]`, the events behind it, in order |
    /// | `lastEvent` | | the number of the last event, 0 for none |
    /// | `tick` | | nothing; pending files whose time has come become ready |
    /// | `nextTick` | | when `tick` is due, in milliseconds since 1970, or `null` |
    /// | `importRules` | | the numbers and header names that a host keeps to when it fetches |
    /// | `takeImports` | `most` | `[{ file, url, headers }]`, what is to be fetched now |
    /// | `failImport` | `file`, `code`, `description`, `data` | nothing; the file has failed |
    /// | `checkImportUrl` | `url` | `{ origin }`, or `{ refused }` with the reason |
    /// | `isPrivate` | `address` | whether an import must not connect to it |
    /// | `adjust` | `limits`, `processing`, `faults`, `lagMs`, `delayMs`, as in the options | nothing, or `{ refused }` |
    /// | `faults` | | the faults that are left |
    /// | `faults.add` | a fault | nothing, or `{ refused }` with the reason |
    /// | `faults.clear` | | nothing; there are no more faults |
    /// | `authorize` | `authorization`, `siteId`: the headers; `scope`: `read` or `manage` | nothing, or `{ status, body }`, the refusal |
    /// | `blobsOf` | `path` of a request | `[name]`, the files of the blobs that it continues, for hosts that have to open files before |
    /// | `takeDeliveries` | `most` | `[{ id, url, attempt, claims }]`, the webhooks to be sent now |
    /// | `delivered` | `id`, `attempt`, `ok` | nothing; a webhook that failed is put off |
    /// | `webhookKey` | | `{ privateKey, publicKey }` as the host left them, or `null` before there is one |
    /// | `setWebhookKey` | `privateKey`, `publicKey` | nothing; they are kept |
    /// | `endExport` | `id` | nothing; what an export held is given back |
    /// | `reset` | | nothing; everything is forgotten but keys |
    /// | `isWhole` | | whether the catalog finds itself undamaged |
    /// | `endLeases` | | nothing; what others have taken can be taken at once |
    /// | `sweep` | `graceMs` | `{ removed, waiting }`, of blobs that nothing needs |
    /// | `hasWork` | | whether there is an import or a delivery to be taken |
    /// | `usage` | | `{ bytes, isEmpty }`: what all files have together, and whether there is neither file nor folder |
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::Manager;
    ///
    /// let manager = Manager::memory()?;
    /// assert_eq!(manager.control("usage", &json!({}))?, json!({ "bytes": 0, "isEmpty": true }));
    /// assert_eq!(manager.control("lastEvent", &json!({}))?, json!(0));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn control(&self, name: &str, input: &Value) -> catalog::Result<Value> {
        admin::control::control(self, name, input)
    }

    /// Changes the options that can be changed while the manager runs.
    fn adjust(&self, given: &Value) -> Result<(), String> {
        let mut options = (*self.site.options()).clone();
        options.adjust(given)?;
        if given.get("faults").is_some() {
            *lock(&self.faults) = std::mem::take(&mut options.faults);
        }
        self.site.set_options(options);
        Ok(())
    }

    fn faults(&self) -> Vec<Fault> {
        lock(&self.faults).clone()
    }

    fn clear_faults(&self) {
        lock(&self.faults).clear();
    }
}

/// The error of what no request asked for.
fn stored<T>(outcome: Outcome<T>) -> catalog::Result<T> {
    outcome.map_err(Refusal::into_store_error)
}
