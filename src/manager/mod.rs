//! The embedded Media Manager: the service's end of the wire.
//!
//! A [`Manager`] answers requests. Its host passes in plain values, the clock and the randomness, and does all network
//! access, so the same code runs in a native test, on Node and in a browser. Metadata is in a
//! [`Catalog`](crate::catalog::Catalog), bytes are in [`Blobs`](crate::blobs::Blobs). Each request that changes
//! something is one transaction, which includes its events. State that lasts is in these stores only, so several
//! processes can share them.
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
//! [`Manager::handle`] takes a body that fits into memory. Send larger bodies in pieces with [`Manager::open`],
//! [`Manager::feed`] and [`Manager::close`], and read responses of any size with [`Manager::read`].
//!
//! # Modules
//!
//! | Module | Purpose |
//! |---|---|
//! | `intake` | the life of a request, from its head to its response |
//! | `dispatch` | the handler of each operation |
//! | `site` `tx` | the stores, and transactions on them |
//! | `http` | messages, bodies, refusals, the router, the validator |
//! | `auth` | credentials, OAuth, the rate limit |
//! | `items` | files, folders, trash, paths, quota, creation of files |
//! | `listing` | lists, searches, queries, cursors |
//! | `uploads` `imports` `incoming` | receiving bytes |
//! | `downloads` `zip` | sending bytes |
//! | `inspect` | digests, dimensions and durations of files |
//! | `view` | the JSON form of rows |
//! | `events` | events and webhooks |
//! | `jobs` | background work, and the sweep |
//! | `admin` | commands of the host, and the seed |
//! | `backup` | export and import of archives |

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
mod json;
mod listing;
mod options;
mod pattern;
mod sending;
mod site;
mod token;
mod tx;
mod unnamed;
mod uploads;
mod view;
mod zip;

pub use admin::check::Check;
pub use auth::{ApiKey, Credentials, Grant, OauthClient};
pub use backup::export::{Export, Exporting};
pub use clock::{Clock, ManualClock};
#[cfg(not(target_arch = "wasm32"))]
pub use clock::{SteadyTime, SystemClock};
pub use events::webhook::Webhook;
pub use events::webhooks::Delivery;
pub use faults::Fault;
pub use http::body::{Body, Piece};
pub use http::message::{Head, Origin, Request, Response, WholeBlob};
#[cfg(not(target_arch = "wasm32"))]
pub use ids::SystemRandom;
pub use ids::{Random, Seeded};
pub use imports::ImportOrder;
pub use imports::url_policy::{IMPORT_RULES, ImportRules, UnfitUrl, check_import_url, is_private};
pub use incoming::{Delivered, Target};
pub use intake::Intake;
pub use items::content::Conclusion;
pub use items::transcodes::TranscodeOrder;
pub use items::verify::{Damage, Problem};
pub use jobs::Swept;
pub use json::InvalidMember;
pub use options::Options;
pub use site::Parts;

#[cfg(not(target_arch = "wasm32"))]
use crate::blobs::Memory;
use crate::catalog;
#[cfg(not(target_arch = "wasm32"))]
use crate::catalog::Sqlite;
use crate::model::media_type::MediaType;
use crate::operations::Access;
use auth::rate_limit::Recent;
use events::webhooks;
use http::error::{Outcome, Refusal};
use http::router;
use items::transcodes::{self, Made};
use serde_json::{Value, json};
use site::{Cause, Site};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A recorded event.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
/// let event = manager.events(0, 1)?.remove(0);
/// assert_eq!((event.number, &event.body["slug"]), (1, &"created".into()));
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The number of the event. Later events have larger numbers.
    pub number: i64,
    /// The raw event (`docs/contract/events.md#s3`).
    pub body: Value,
}

/// An uploaded image that a host may decode, to find its colours.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
/// if let Some(picture) = manager.picture(&mut intake) {
///     println!("decode {} bytes of the blob {}", picture.size, picture.blob);
/// }
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The id of the blob that holds it.
    pub blob: String,
    /// The size in bytes.
    pub size: u64,
}

/// An uploaded file before it is created, for a host's own steps of processing.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
/// if let Some(subject) = manager.subject(&mut intake) {
///     println!("{} is {} ({} bytes)", subject.name, subject.mime, subject.size);
/// }
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The id of the blob that holds it.
    pub blob: String,
    /// The size in bytes.
    pub size: u64,
    /// The name that was given. Empty for imports.
    pub name: String,
    /// The MIME type that bytes and declaration agree on.
    pub mime: String,
    /// The media type of that MIME type.
    pub media_type: MediaType,
}

/// An embedded Media Manager.
///
/// All methods take `&self`, so threads can share a manager.
///
/// Its methods that return a `catalog::Result` fail only if the catalog or the blobs cannot be read or written. Faults
/// of a request are responses.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// std::thread::scope(|scope| {
///     scope.spawn(|| manager.handle(Request::new("GET", "/site-media/v1/files")));
///     scope.spawn(|| manager.handle(Request::new("GET", "/site-media/v1/folders")));
/// });
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Debug)]
pub struct Manager {
    site: Site,
    /// The injected faults that have not run out.
    faults: Mutex<Vec<Fault>>,
    /// The calls that this process admitted in the last minute.
    recent: Mutex<Recent>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Manager {
    /// Creates a manager on these stores.
    ///
    /// The first manager on a catalog stores the signing key and the time of creation. Content that is already there
    /// stays. Fails if the catalog cannot be read or written.
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
        let site = Site::new(catalog, blobs, clock, random, options)?;
        site.hold_reserve();
        Ok(Manager {
            site,
            faults,
            recent: Mutex::default(),
        })
    }

    /// Creates a manager in memory, with the clock and the randomness of the machine.
    ///
    /// Dropping it discards its content.
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

    /// Returns the time of its clock, in milliseconds since 1970.
    ///
    /// ```
    /// assert!(wix_media::manager::Manager::memory()?.now() > 1_700_000_000_000);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn now(&self) -> i64 {
        self.site.clock.now()
    }

    /// Returns the parts, to create another manager on the same stores.
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

    /// Expires all leases of imports, videos and webhook deliveries, so that they can be taken at once. Whatever would wait for
    /// longer than it may, because the clock was set back since it was recorded, becomes due.
    ///
    /// Call it after a start or restart, and only if no other process uses the same stores.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.end_leases()?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn end_leases(&self) -> catalog::Result<()> {
        stored(self.site.write_lazily(&Cause::default(), |tx| {
            tx.catalog.end_leases()?;
            jobs::pull_in(tx)
        }))
    }

    /// Deletes orphaned blobs, exports that were not ended, and deliveries to URLs that are no longer configured.
    ///
    /// Each is deleted once it has been unused for `grace` milliseconds. Call this from time to time, with a `grace`
    /// longer than any upload takes.
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

    /// Begins the daily cleanup of the store, unless one was begun within the last 23 hours. Returns whether it did.
    ///
    /// A cleanup looks through all blobs, as [`remove_leftovers`](Manager::remove_leftovers) does. The time of the last one is in
    /// the catalog, so one process a day does it, however many there are and however often they ask. If that process fails or is
    /// killed, the next cleanup begins a day later.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// assert!(manager.begin_cleanup()?);
    /// assert!(!manager.begin_cleanup()?);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn begin_cleanup(&self) -> catalog::Result<bool> {
        stored(jobs::begin_cleanup(&self.site))
    }

    /// Removes what processes that were killed have left beside the bytes of files: see
    /// [`Blobs::remove_leftovers`](crate::blobs::Blobs::remove_leftovers). Returns how many leftovers there were.
    ///
    /// That lists all blobs. Call it after [`begin_cleanup`](Manager::begin_cleanup) has returned `true`.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert_eq!(Manager::memory()?.remove_leftovers()?, 0);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn remove_leftovers(&self) -> catalog::Result<u64> {
        stored(jobs::remove_leftovers(&self.site))
    }

    /// Compares some of the bytes of all files with what the catalog says. Returns whether there is more to compare.
    ///
    /// A step reads about 1 MB, so that a host can serve others between the steps. Nothing is changed.
    ///
    /// ```
    /// use wix_media::manager::{Check, Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut check = Check::default();
    /// while manager.check(&mut check)? {
    ///     for damage in check.take_damage() {
    ///         println!("{}: {}", damage.file_id, damage.problem.as_str());
    ///     }
    /// }
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn check(&self, check: &mut Check) -> catalog::Result<bool> {
        check.step(&self.site)
    }

    /// Answers a request whose body is in memory.
    ///
    /// Errors are responses too, with the status and the body that the service uses.
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

    /// Begins a request whose body arrives in pieces.
    ///
    /// Pass the body to [`feed`](Manager::feed), then call [`close`](Manager::close) for the response, or
    /// [`abandon`](Manager::abandon) if the connection broke off.
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
    pub fn open(&self, head: Head) -> Intake {
        self.open_for(head, None)
    }

    /// Begins a request of a caller whose credentials the host has checked itself.
    ///
    /// The credentials of the options and the headers `Authorization` and `wix-site-id` are not looked at.
    ///
    /// ```
    /// use wix_media::manager::{Credentials, Grant, Manager, Options, Parts, Request};
    /// use wix_media::operations::Access;
    ///
    /// let parts = Manager::memory()?.into_parts();
    /// let options = Options { credentials: Some(Credentials::default()), ..Options::default() };
    /// let manager = Manager::new(Parts { options, ..parts })?;
    /// let head = || Request::new("GET", "/site-media/v1/files").head;
    /// let grant = Grant { caller: "key 7".into(), access: Access::Read };
    /// assert_eq!(manager.close(manager.open(head())).status, 401);
    /// assert_eq!(manager.close(manager.open_granted(head(), &grant)).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open_granted(&self, head: Head, grant: &Grant) -> Intake {
        self.open_for(head, Some(grant))
    }

    fn open_for(&self, mut head: Head, grant: Option<&Grant>) -> Intake {
        uploads::tus::override_method(&mut head);
        let route = router::of(&head);
        let operation = route.as_ref().and_then(|route| route.as_ref().ok());
        let operation = operation.map(|route| route.operation);
        let (delay, fault) = faults::apply(&mut lock(&self.faults), &head, operation);
        let cause = Cause::of(&head);
        let intake = Intake::new(head, cause);
        let mut intake = match fault {
            Some(response) => intake.answered(response),
            None => intake.admit(self, route, grant),
        };
        intake.delay = delay;
        intake
    }

    /// Returns the caller of a request, if it has the access that the request needs.
    fn authorize(&self, head: &Head, needed: Access) -> Outcome<auth::Caller> {
        let (site, options) = (&self.site, self.site.options());
        let credentials = options.credentials.as_ref();
        let now = site.clock.now();
        auth::authorize(credentials, &site.secret, &options.site_id, now, head, needed)
    }

    /// Checks credentials and the rate limit before the body is read.
    fn admit(&self, head: &Head, needed: Access, grant: Option<&Grant>) -> Outcome<()> {
        let caller = match grant {
            Some(grant) => grant.authorize(needed)?,
            None => self.authorize(head, needed)?,
        };
        if let Some(limit) = self.site.options().requests_per_minute {
            let now = self.site.clock.now();
            lock(&self.recent).admit(caller, limit, now).map_err(auth::exhausted)?;
        }
        Ok(())
    }

    /// Takes the next bytes of a body. Returns whether the manager needs more.
    ///
    /// After `false`, a host may stop reading and call [`close`](Manager::close) at once.
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

    /// Returns where the host may write the body of a request by itself, in place of [`feed`](Manager::feed).
    ///
    /// The host writes the bytes to the file of the blob, computes their digest, and makes them durable from time to time
    /// and at the end. Each time it calls [`deliver`](Manager::deliver). It stops when another request gets a target in the
    /// same blob. Returns `None` for bodies that are not stored as they are.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("POST", "/site-media/v1/folders").head);
    /// assert_eq!(manager.target(&mut intake), None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn target(&self, intake: &mut Intake) -> Option<Target> {
        intake.target(&self.site)
    }

    /// Takes what the host has written to the [`target`](Manager::target) of a request. Returns whether more is needed.
    ///
    /// ```
    /// use wix_media::manager::{Delivered, Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/forged").head);
    /// let delivered = Delivered { end: 1, md5: None, crc: 0 };
    /// assert!(!manager.deliver(&mut intake, &delivered));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn deliver(&self, intake: &mut Intake, delivered: &Delivered) -> bool {
        intake.deliver(&self.site, delivered)
    }

    /// Refuses a request because the host could not write its body.
    ///
    /// ```
    /// use std::io::{Error, ErrorKind};
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("POST", "/site-media/v1/folders").head);
    /// manager.fail(&mut intake, Error::from(ErrorKind::StorageFull));
    /// assert_eq!(manager.close(intake).status, 507);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn fail(&self, intake: &mut Intake, error: std::io::Error) {
        intake.fail(&self.site, error);
    }

    /// Digests the next bytes of a resumable upload whose digest was lost. Returns whether there are more.
    ///
    /// A host calls it before [`close`](Manager::close) until it returns `false`, with pauses for other work. Without that,
    /// `close` digests all bytes at once.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// while manager.digest(&mut intake) {}
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn digest(&self, intake: &mut Intake) -> bool {
        intake.digest(&self.site)
    }

    /// Runs a step of long work that [`close`](Manager::close) would do in one go otherwise. Returns whether there are more.
    ///
    /// For a host that serves others meanwhile. Call it after the whole body has been fed, until it returns `false`.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// while manager.work(&mut intake) {}
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn work(&self, intake: &mut Intake) -> bool {
        intake.work(&self.site)
    }

    /// Removes at most some hundred blobs that no row names, behind the blob `after`. Returns the last one that was looked at, or
    /// `None` at the end.
    ///
    /// For a host that has replaced everything by an archive, and whose blobs are not removed by [`close`](Manager::close).
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert_eq!(Manager::memory()?.collect_blobs("")?, None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn collect_blobs(&self, after: &str) -> catalog::Result<Option<String>> {
        stored(jobs::collect_blobs(&self.site, after))
    }

    /// Returns the uploaded image in the body of a request, if it is of a type that can be decoded.
    ///
    /// Call it after the whole body has been fed. A host with a decoder finds the colours of the image and passes them
    /// to [`Manager::color`] before it closes the request.
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

    /// Returns what is known about the uploaded file, once all of its bytes have been fed, for the host's own steps of
    /// processing. `None` if the request makes no file, or is going to be refused.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// assert_eq!(manager.subject(&mut intake), None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn subject(&self, intake: &mut Intake) -> Option<Subject> {
        intake.subject(&self.site)
    }

    /// Sets what the host's own steps of processing say about the uploaded file.
    ///
    /// ```
    /// use wix_media::manager::{Conclusion, Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// manager.conclude(&mut intake, Conclusion { duration_ms: Some(1500), ..Conclusion::default() });
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn conclude(&self, intake: &mut Intake, conclusion: Conclusion) {
        intake.conclude(conclusion);
    }

    /// Adds a poster of the uploaded video, a JPEG of the host's own steps of processing. Returns whether it can be one: at most
    /// four are, in the order in which they are added.
    ///
    /// The video has them when its file is created, and needs none from [`take_transcodes`](Manager::take_transcodes). Other
    /// files have no posters.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// assert!(!manager.add_poster(&mut intake, b"no JPEG")?);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn add_poster(&self, intake: &mut Intake, bytes: &[u8]) -> catalog::Result<bool> {
        stored(intake.add_poster(&self.site, bytes))
    }

    /// Sets the colours of the uploaded image, in the form of descriptors (`docs/contract/model.md#s4-1`).
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

    /// Ends a request whose body is complete, and returns the response.
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

    /// Ends a request whose body broke off.
    ///
    /// A plain upload is discarded. A TUS transfer keeps the bytes that arrived, so the client can resume it.
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

    /// Returns at most `limit` events with numbers above `after`, oldest first.
    ///
    /// Their URLs begin with [`Options::base_url`].
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert!(Manager::memory()?.events(0, 100)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn events(&self, after: i64, limit: u32) -> catalog::Result<Vec<Event>> {
        let events = self
            .site
            .read(&Cause::default(), |view| events::after(view, after, limit));
        let event = |(number, body)| Event { number, body };
        Ok(stored(events)?.into_iter().map(event).collect())
    }

    /// Runs deferred calls and finishes the processing of files that are due. Continues changes of large folders that broke
    /// off, by one step.
    ///
    /// Every request does this first. Call it at [`next_tick`](Manager::next_tick), so that events occur without
    /// requests.
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
        jobs::run(&self.site, &Cause::default())
    }

    /// Returns when [`tick`](Manager::tick) or [`take_deliveries`](Manager::take_deliveries) is due next, in
    /// milliseconds since 1970, or `None` if nothing is pending.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert_eq!(Manager::memory()?.next_tick()?, None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn next_tick(&self) -> catalog::Result<Option<i64>> {
        stored(self.site.read(&Cause::default(), |view| {
            let (due, delivery) = (view.catalog.next_due()?, webhooks::next(view)?);
            let stale = !self.site.is_refreshing() && view.catalog.has_stale_files()?;
            let now = stale.then_some(view.now);
            Ok(due.into_iter().chain(delivery).chain(now).min())
        }))
    }

    /// Returns since when work waits that is due and that nobody does, for the figures of a host.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert_eq!(Manager::memory()?.waiting()?.imports, None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn waiting(&self) -> catalog::Result<catalog::Waiting> {
        stored(self.site.read(&Cause::default(), webhooks::waiting))
    }

    /// Fills the buffer with the next bytes of a body. Returns the number of bytes, 0 at the end.
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

    /// Returns the next pieces of a body, for a host that reads blobs itself. The list is empty at the end.
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

    /// Reads a whole body into memory.
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

    /// Injects a fault into the requests that it matches from now on.
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

    /// Leases at most `limit` imports, oldest first.
    ///
    /// The host fetches each of them and reports the result with [`open_import`](Manager::open_import) or
    /// [`fail_import`](Manager::fail_import). An import whose lease expires is returned again.
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

    /// Begins to take the response of an import's source.
    ///
    /// Feed and close it as any other body. Once [`close`](Manager::close) returns, the file is ready or has failed. An
    /// [abandoned](Manager::abandon) import is retried.
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
        // The headers of the source must not decide how the manager's own URLs begin.
        Intake::new(Head::default(), Cause::default()).import(&self.site, file, status, &source)
    }

    /// Marks the file of an import as `FAILED`, because its source could not be fetched.
    ///
    /// Use the codes `SOURCE_UNREACHABLE` and `SOURCE_HTTP_ERROR`. The manager detects all other failures itself. Does
    /// nothing if the file was deleted meanwhile.
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
            // The file was deleted meanwhile.
            Err(Refusal::Code { status: 404, .. }) => Ok(()),
            outcome => stored(outcome),
        }
    }

    /// Leases at most `limit` videos of which assets are to be made, oldest first.
    ///
    /// The host makes posters of each, passes them in with [`open_asset`](Manager::open_asset), and reports the end with
    /// [`transcoded`](Manager::transcoded). Videos that are ready already come last. Without [`Options::transcodes`] there are none,
    /// and videos that are pending until they have posters become ready. They are taken once a manager has the option.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert!(Manager::memory()?.take_transcodes(1)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_transcodes(&self, limit: usize) -> catalog::Result<Vec<TranscodeOrder>> {
        let cause = Cause::default();
        let found = self.site.read(&cause, transcodes::are_due);
        if limit == 0 || !stored(found)? {
            return Ok(Vec::new());
        }
        if !self.site.options().transcodes {
            while stored(self.site.write(&cause, transcodes::give_up))? {}
            return Ok(Vec::new());
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        stored(self.site.write(&cause, |tx| transcodes::take(tx, limit)))
    }

    /// Begins to take an asset of a file: `poster.0` to `poster.3`, each a JPEG; `480p.mp4`, a rendition; `480p.m4s`, its segments
    /// for streams. `segments` of the latter is JSON: `{ header, segments }`, the number of bytes that they share, then
    /// milliseconds and bytes of each.
    ///
    /// Feed and close it as any other body. It replaces an asset of the same name. An answer other than 200 says that the
    /// file needs none, or cannot have this one.
    ///
    /// ```
    /// # use serde_json::Value;
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// let intake = manager.open_asset("deleted meanwhile", "poster.0", &Value::Null);
    /// assert_eq!(manager.close(intake).status, 404);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open_asset(&self, file: &str, name: &str, segments: &Value) -> Intake {
        let made = Made {
            file: file.to_owned(),
            name: name.to_owned(),
            segments: serde_json::from_value(segments.clone()).ok(),
        };
        Intake::new(Head::default(), Cause::default()).asset(&self.site, made)
    }

    /// Ends the work on a video, or its first part unless it `is_done`. The video becomes ready, with the assets that were made.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.transcoded("deleted meanwhile", true)?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn transcoded(&self, file: &str, is_done: bool) -> catalog::Result<()> {
        stored(
            self.site
                .write(&Cause::default(), |tx| transcodes::complete(tx, file, is_done)),
        )
    }

    /// Gives the work on a video back, for a host that is about to end. It can be taken again at once.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.release_transcode("deleted meanwhile")?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn release_transcode(&self, file: &str) -> catalog::Result<()> {
        let cause = Cause::default();
        stored(self.site.write_lazily(&cause, |tx| transcodes::release(tx, file)))
    }

    /// Leases at most `limit` webhook deliveries that are due.
    ///
    /// The host signs and sends each of them, and reports the result with [`delivered`](Manager::delivered). A delivery
    /// whose lease expires before that is returned again.
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

    /// Reports the result of a delivery: `ok` if the receiver answered 200 in time.
    ///
    /// A failed delivery is retried later, at most twelve times. `attempt` is [`Delivery::attempt`]; the report of an
    /// outdated attempt is ignored.
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

    /// Returns everything as one archive (`docs/archive.md`): folders, files, trash and bytes.
    ///
    /// Keys, uploads and imports in progress are left out. The archive shows the moment of this call, whatever changes
    /// while it is read. Files whose bytes are damaged are in it without bytes, and [`Export::damage`] names them. Call
    /// [`end_export`](Manager::end_export) afterwards: until then, no bytes are deleted.
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
        let mut exporting = self.begin_export()?;
        loop {
            if let Some(export) = self.list_export(&mut exporting)? {
                return Ok(export);
            }
        }
    }

    /// Begins an export like [`export`](Manager::export), for a host that serves others between its steps.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// let mut exporting = manager.begin_export()?;
    /// let export = loop {
    ///     if let Some(export) = manager.list_export(&mut exporting)? {
    ///         break export;
    ///     }
    /// };
    /// manager.end_export(&export.id)?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn begin_export(&self) -> catalog::Result<Exporting> {
        stored(backup::export::begin(&self.site))
    }

    /// Runs a step of an export, a few milliseconds of work. Returns the archive once everything is listed.
    ///
    /// Each step lists some files and compares their bytes with the catalog. After an error the export has ended.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// let mut exporting = manager.begin_export()?;
    /// while manager.list_export(&mut exporting)?.is_none() {}
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn list_export(&self, exporting: &mut Exporting) -> catalog::Result<Option<Export>> {
        stored(exporting.step(&self.site))
    }

    /// Ends an export that has not become an archive yet.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// let exporting = manager.begin_export()?;
    /// manager.abandon_export(exporting);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn abandon_export(&self, mut exporting: Exporting) {
        exporting.abandon(&self.site);
    }

    /// Ends an export and releases its snapshot.
    ///
    /// The [sweep](Manager::sweep) ends exports that a host forgot.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let manager = Manager::memory()?;
    /// manager.end_export("never begun")?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn end_export(&self, id: &str) -> catalog::Result<()> {
        self.site.release_blobs(id);
        Ok(())
    }

    /// Returns whether anything was committed through this manager since the last call.
    ///
    /// After `true`, a host looks for events, imports, deliveries and the [next tick](Manager::next_tick).
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let manager = Manager::memory()?;
    /// manager.handle(Request::new("GET", "/site-media/v1/folders"));
    /// assert!(!manager.take_changed());
    /// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
    /// assert!(manager.take_changed());
    /// assert!(!manager.take_changed());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_changed(&self) -> bool {
        self.site.take_changed()
    }

    /// Begins to replace everything that the manager holds by an archive.
    ///
    /// Feed the archive with [`feed`](Manager::feed). [`close`](Manager::close) checks and installs it, or answers with
    /// the fault and its position. Until then, and after any fault, the content of the manager is unchanged.
    ///
    /// A piece of n bytes creates at most n / 70 blobs, for hosts that prepare files.
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

    /// Deletes everything: folders, files, trash, events, uploads and imports in progress, and the bytes.
    ///
    /// Keys stay. The numbers of events continue, so that no reader mistakes a new event for an old one.
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

    /// Begins to add a file or folder of a seed.
    ///
    /// Pass its bytes to [`feed`](Manager::feed). [`close`](Manager::close) answers with the descriptor. `host` is used
    /// as the `Host` header of a request: URLs begin with it unless [`Options::base_url`] is set.
    ///
    /// | Member | Meaning |
    /// |---|---|
    /// | `path` | folders and the name of the file, or of a folder with `/` at the end, which has no bytes |
    /// | `displayName` | the name of the file, if it differs from the name in the path |
    /// | `mimeType` | the declared type; by default the name and the bytes decide |
    /// | `private`, `labels`, `externalInfo` | as for an upload |
    /// | `origin` | `site`, `visitor`, `mobile`, `purchase` or `video-maker`: the system folder in which the path begins |
    /// | `createdDate` | ISO 8601 or milliseconds since 1970; by default the present |
    /// | `trashed` | whether it is put into the trash; a folder takes its content along |
    /// | `onDuplicate` | `keep-both`, `reuse` or `fail`, if it exists, or existed before it was trashed |
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

    /// Runs a command of the host, by name, with JSON in and out. An unknown name answers `null`.
    ///
    /// | Name | Input | Answer |
    /// |---|---|---|
    /// | `events` | `after` (number of an event), `limit`, `base` of URLs | `[{ number, body }]`, the events after it, in order |
    /// | `lastEvent` | | the number of the last event, or 0 |
    /// | `tick` | | `null`; runs [`tick`](Manager::tick) |
    /// | `takeDue` | `imports`, `deliveries`, `transcodes`: how many to lease at most | `{ imports, deliveries, transcodes, nextTick }`: `[{ file, url, headers }]`, `[{ id, url, attempt, claims }]`, `[{ file, blob, size, mime, width, height, durationMs, hasPosters }]`, and as below |
    /// | `nextTick` | | when `tick` is due, in milliseconds since 1970, or `null` |
    /// | `importRules` | | the limits and header names of [`IMPORT_RULES`] |
    /// | `failImport` | `file`, `code`, `description`, `data` | `null`; marks the file as failed |
    /// | `checkImportUrl` | `url` | `{ origin }`, or `{ refused }` with the reason |
    /// | `isPrivate` | `address` | whether an import must not connect to it |
    /// | `adjust` | `limits`, `processing`, `lagMs`, `delayMs`, as in the options | `null`, or `{ refused }` with an [`InvalidMember`] |
    /// | `faults` | | the faults that have not run out |
    /// | `faults.add` | `[fault]` | `null`, or `{ refused }` with an [`InvalidMember`] |
    /// | `faults.clear` | | `null`; removes all faults |
    /// | `authorize` | `authorization`, `siteId`: the headers; `scope`: `read` or `manage` | `null`, or `{ status, body }`, the refusal |
    /// | `blobsOf` | `path` of a request | `[name]`, the files of the blobs that it appends to, for hosts that open files beforehand |
    /// | `releaseTranscode` | `file` | `null`; gives the work on a video back |
    /// | `waitingTranscodes` | | how many videos wait for a host that decodes them |
    /// | `transcoded` | `file`, `isDone` | `null`; ends the work on a video, or its first part |
    /// | `delivered` | `id`, `attempt`, `ok` | `null`; reports the result of a delivery |
    /// | `webhookKey` | | `{ privateKey, publicKey }` as the host stored them, or `null` |
    /// | `setWebhookKey` | `privateKey`, `publicKey` | the stored pair: an existing one is kept |
    /// | `endExport` | `id` | `null`; ends an export |
    /// | `reset` | | `null`; deletes everything except keys |
    /// | `isWhole` | | whether the catalog passes its integrity check |
    /// | `scrub` | `position`, `damagedFiles`, `finished`, or nothing | records how far a scrub is, or answers what was recorded |
    /// | `sweep` | `graceMs` | `{ removed, waiting }`, numbers of orphaned blobs |
    /// | `usage` | | `{ bytes, isEmpty, orphans }`: the size of all files, whether there are no files and no folders, and how many blobs that no row names wait for the sweep |
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::Manager;
    ///
    /// let manager = Manager::memory()?;
    /// assert_eq!(manager.control("usage", &json!({}))?, json!({ "bytes": 0, "isEmpty": true, "orphans": 0 }));
    /// assert_eq!(manager.control("lastEvent", &json!({}))?, json!(0));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn control(&self, name: &str, input: &Value) -> catalog::Result<Value> {
        admin::control::control(self, name, input)
    }

    /// Changes options of a running manager.
    fn adjust(&self, given: &Value) -> Result<(), InvalidMember> {
        let mut options = (*self.site.options()).clone();
        options.adjust(given)?;
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

/// Converts the refusal of work that no request asked for.
fn stored<T>(outcome: Outcome<T>) -> catalog::Result<T> {
    outcome.map_err(Refusal::into_store_error)
}
