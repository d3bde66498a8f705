//! The metadata store of the embedded Media Manager: folders, files, uploads, bundles and events.
//!
//! A [`Catalog`] knows rows and trees of rows, and nothing of the API: what a call means is decided in
//! [`manager`](crate::manager). [`Sqlite`] is the implementation in this crate; [`conformance`] holds the functions that
//! every implementation has to pass.
//!
//! # Transactions
//!
//! A transaction is an object. [`Catalog::read`] gives a consistent snapshot that sees nothing of what is written
//! meanwhile. [`Catalog::write`] gives the one writer of the site: a second one waits until the first is committed or
//! dropped. A writer that is dropped without [`commit`](Write::commit) leaves nothing behind.
//!
//! ```
//! use wix_media::catalog::{Area, Catalog, Folder, ReadItems, Sqlite, WriteItems};
//!
//! let catalog = Sqlite::memory()?;
//! let mut writer = catalog.write()?;
//! writer.insert_folder(&Folder::new("f1", "Animals", "media-root", Area::Site, 1_700_000_000_000))?;
//! writer.commit()?;
//! assert_eq!(catalog.read()?.folder("f1")?.unwrap().name, "Animals");
//!
//! let mut writer = catalog.write()?;
//! writer.remove_tree("f1")?;
//! drop(writer);
//! assert!(catalog.read()?.folder("f1")?.is_some());
//! # use wix_media::catalog::WriteTrees;
//! # Ok::<(), wix_media::catalog::Error>(())
//! ```
//!
//! # Writing a store
//!
//! - One writer per site is what the manager's reasoning rests on: cycles of folders, the numbers of events and deletions,
//!   and the quota are checked by one transaction and relied on by the next. A store that cannot give it returns
//!   [`Error::Conflict`] at the latest from [`commit`](Write::commit); the manager runs the transaction again.
//! - [`Error::Unavailable`] says that the store cannot be reached at the moment. It is retried too, a few times.
//! - Methods that take several rows write them as a set. The default implementations of their single forms call them, so a
//!   store implements the set.
//! - Texts are compared and ordered by code points. A name may hold any character, U+0000 included.
//! - Event numbers are in commit order: a reader that has seen number *n* never finds a smaller one later.

pub mod conformance;
mod fold;
mod page;
mod rows;
mod sqlite;
pub mod walk;

pub use crate::model::area::Area;
pub use fold::fold;
pub use page::{Children, Item, Key, Page, Position, Sort};
pub use rows::{
    Branch, BundleEntry, Delivery, Entity, File, Folder, Import, Job, Leaf, NewDelivery, Trashed, Tree, Upload,
};
pub use sqlite::Sqlite;

use std::fmt;

/// Why a store could not do what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Another process holds the store.
    Locked,
    /// The store was written by a later version of this crate.
    Newer {
        /// The version found.
        found: i64,
    },
    /// Another transaction changed what this one had read. Run it again.
    Conflict,
    /// The store cannot be reached at the moment. Try again later.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// The store failed: the disk is full, a file is damaged, or this crate has a bug.
    Store(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Whether the same transaction may succeed when it is run again.
    ///
    /// ```
    /// use wix_media::catalog::Error;
    ///
    /// assert!(Error::Conflict.is_retryable());
    /// assert!(!Error::Locked.is_retryable());
    /// ```
    pub fn is_retryable(&self) -> bool {
        matches!(self, Error::Conflict | Error::Unavailable(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Locked => out.write_str("catalog is in use by another process"),
            Error::Newer { found } => write!(out, "catalog has version {found}, which this release cannot read"),
            Error::Conflict => out.write_str("catalog was changed by another transaction"),
            Error::Unavailable(cause) => write!(out, "catalog is unavailable: {cause}"),
            Error::Store(cause) => write!(out, "catalog failed: {cause}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unavailable(cause) | Error::Store(cause) => Some(&**cause),
            _ => None,
        }
    }
}

/// What a catalog returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A store of the metadata of one site, shared by threads and, where the store allows it, by processes.
pub trait Catalog: Send + Sync + fmt::Debug {
    /// Opens a consistent snapshot.
    fn read(&self) -> Result<Box<dyn Read + '_>>;
    /// Opens the one writing transaction of the site. Waits while another one is open.
    fn write(&self) -> Result<Box<dyn Write + '_>>;
    /// As [`write`](Catalog::write), for leases and fencing numbers, which mean nothing after a crash: the commit need not be
    /// durable at once. A later commit of [`write`](Catalog::write) makes it durable too.
    fn write_lazily(&self) -> Result<Box<dyn Write + '_>> {
        self.write()
    }
    /// Checks that the store is undamaged, indexes included. It reads everything, so it can take a while.
    fn is_intact(&self) -> Result<bool>;
}

/// A snapshot of a catalog.
pub trait Read:
    ReadSettings + ReadItems + ReadTrees + ReadListing + ReadEvents + ReadDeliveries + ReadUploads + ReadJobs + ReadBundles
{
}

/// A writing transaction. Dropping it rolls it back.
pub trait Write:
    Read
    + WriteSettings
    + WriteItems
    + WriteTrees
    + WriteEvents
    + WriteDeliveries
    + WriteUploads
    + WriteJobs
    + WriteBundles
    + WriteAll
{
    /// Makes everything since [`Catalog::write`] last. Once it has returned, a store on disk has the changes on disk. After
    /// an error none of them took effect, except where the store cannot know whether they did.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// Values by name: the site's secret, its age, its counters.
pub trait ReadSettings {
    /// A value.
    fn setting(&self, name: &str) -> Result<Option<String>>;
}

/// Values by name, written.
pub trait WriteSettings {
    /// Sets a value.
    fn set_setting(&mut self, name: &str, value: &str) -> Result<()>;
    /// Adds 1 to a value that is a number, starting at 0, and returns the sum.
    fn increment_setting(&mut self, name: &str) -> Result<i64>;
}

/// Single folders and files.
pub trait ReadItems {
    /// A folder, live or trashed.
    fn folder(&self, id: &str) -> Result<Option<Folder>>;
    /// The oldest live folder with exactly this name in `parent`; of two of the same age, the one with the smaller id.
    fn folder_named(&self, parent: &str, name: &str) -> Result<Option<Folder>>;
    /// The ids of the folders above `id`, nearest first, up to one that is not stored. An unknown id has none.
    fn folders_above(&self, id: &str) -> Result<Vec<String>>;
    /// How many levels of folders are below `id`.
    fn height(&self, id: &str) -> Result<u32>;
    /// A file, live or trashed.
    fn file(&self, id: &str) -> Result<Option<File>>;
    /// Those of these files that exist, in the order of `ids`.
    fn files_by_id(&self, ids: &[String]) -> Result<Vec<File>> {
        let mut files = Vec::new();
        for id in ids {
            files.extend(self.file(id)?);
        }
        Ok(files)
    }
    /// Whether a live file or folder has this parent.
    fn has_children(&self, parent: &str) -> Result<bool>;
    /// The bytes of all files together.
    fn total_size(&self) -> Result<i64>;
    /// At most `limit` folders behind this id, live and trashed, in the order of their ids.
    fn all_folders(&self, after: &str, limit: u32) -> Result<Vec<Folder>>;
    /// At most `limit` files behind this id, live and trashed, in the order of their ids.
    fn all_files(&self, after: &str, limit: u32) -> Result<Vec<File>>;
}

/// Single folders and files, written.
pub trait WriteItems {
    /// Adds a folder.
    fn insert_folder(&mut self, folder: &Folder) -> Result<()>;
    /// Sets name, parent, area and update time. The area of what is below follows with
    /// [`move_tree`](WriteTrees::move_tree).
    fn update_folder(&mut self, folder: &Folder) -> Result<()>;
    /// Adds a file.
    fn insert_file(&mut self, file: &File) -> Result<()>;
    /// Sets everything but the id of each file.
    fn update_files(&mut self, files: &[File]) -> Result<()>;
    /// Sets everything but the id of a file.
    fn update_file(&mut self, file: &File) -> Result<()> {
        self.update_files(std::slice::from_ref(file))
    }
    /// Removes files for good, with their imports.
    fn remove_files(&mut self, ids: &[&str]) -> Result<()>;
}

/// Folders with everything below them.
pub trait ReadTrees {
    /// The folder `top` with everything below it, live or trashed; empty for an unknown one.
    fn tree(&self, top: &str) -> Result<Tree>;
}

/// Folders with everything below them, written.
pub trait WriteTrees {
    /// Sets the area of everything below the live folder `top`, and its own.
    fn move_tree(&mut self, top: &str, area: Area) -> Result<()>;
    /// Puts the live folder `top` into the trash with everything below it.
    fn trash_tree(&mut self, top: &str, deletion: i64, now: i64) -> Result<()>;
    /// Brings the trashed folder `top` back into `parent` with everything below it.
    fn restore_tree(&mut self, top: &str, parent: &str, area: Area) -> Result<()>;
    /// Removes the folder `top` and everything below it for good.
    fn remove_tree(&mut self, top: &str) -> Result<()>;
}

/// Pages of items.
pub trait ReadListing {
    /// A page of folders.
    fn folders(&self, page: &Page) -> Result<Vec<Folder>>;
    /// A page of files.
    fn files(&self, page: &Page) -> Result<Vec<File>>;
}

/// Events, in the order of their numbers.
pub trait ReadEvents {
    /// How many events an item has caused.
    fn events_of(&self, entity: Entity, id: &str) -> Result<i64>;
    /// At most `limit` events with larger numbers than `after`, in order, with their numbers.
    fn events(&self, after: i64, limit: u32) -> Result<Vec<(i64, String)>>;
    /// The largest number given so far, 0 before the first event. It stays when events are removed.
    fn last_event(&self) -> Result<i64>;
}

/// Events, written.
pub trait WriteEvents {
    /// Counts an event of each of these items, which are of one kind, and returns the new counts, which start at 1. An
    /// unknown item counts as 1.
    fn count_events(&mut self, entity: Entity, ids: &[&str]) -> Result<Vec<i64>>;
    /// Sets how many events an item has caused.
    fn set_events_of(&mut self, entity: Entity, id: &str, count: i64) -> Result<()>;
    /// Adds events and returns the number of the first; the others follow without gaps. A number is never used twice.
    fn insert_events(&mut self, bodies: &[String]) -> Result<i64>;
    /// Makes the next event have a larger number than this.
    fn skip_events(&mut self, number: i64) -> Result<()>;
    /// Removes the events up to this number that no delivery needs.
    fn remove_events(&mut self, up_to: i64) -> Result<()>;
}

/// Events on their way to URLs.
pub trait ReadDeliveries {
    /// A delivery.
    fn delivery(&self, number: i64) -> Result<Option<Delivery>>;
    /// When the next delivery is due to one of these URLs that nobody has a lease of at `now`.
    fn next_delivery(&self, urls: &[&str], now: i64) -> Result<Option<i64>>;
}

/// Events on their way to URLs, written.
pub trait WriteDeliveries {
    /// Adds deliveries of events.
    fn insert_deliveries(&mut self, deliveries: &[NewDelivery<'_>]) -> Result<()>;
    /// Leases at most `limit` deliveries to these URLs until `until`: those due at `now` that nobody has a lease of, in the
    /// order of their times, then of their numbers.
    fn take_deliveries(&mut self, urls: &[&str], now: i64, until: i64, limit: u32) -> Result<Vec<Delivery>>;
    /// Ends the lease and sets how many tries have failed, and when the next one is.
    fn postpone_delivery(&mut self, number: i64, tries: u32, due: i64) -> Result<()>;
    /// Removes a delivery.
    fn remove_delivery(&mut self, number: i64) -> Result<()>;
    /// Removes the deliveries to every URL but these that were due before `before`.
    fn remove_stale_deliveries(&mut self, urls: &[&str], before: i64) -> Result<()>;
}

/// Uploads and imports.
pub trait ReadUploads {
    /// An upload.
    fn upload(&self, id: &str) -> Result<Option<Upload>>;
    /// The upload with this TUS transfer.
    fn upload_of_transfer(&self, transfer: &str) -> Result<Option<Upload>>;
    /// The import of a file.
    fn import(&self, file: &str) -> Result<Option<Import>>;
    /// Whether there is an import that nobody has a lease of at `now`.
    fn has_imports(&self, now: i64) -> Result<bool>;
}

/// Uploads and imports, written.
pub trait WriteUploads {
    /// Adds an upload, or sets everything but the id of one.
    fn put_upload(&mut self, upload: &Upload) -> Result<()>;
    /// Takes over a TUS transfer: increments its epoch, the fencing number that
    /// [`advance_transfer`](WriteUploads::advance_transfer) compares, and returns the new one.
    fn take_over_transfer(&mut self, transfer: &str) -> Result<i64>;
    /// Sets how far a TUS transfer is durable, and the state of its digest, unless a later epoch has taken it over. Returns
    /// whether it did.
    fn advance_transfer(&mut self, transfer: &str, epoch: i64, received: i64, digest: &str) -> Result<bool>;
    /// Removes uploads whose tokens expired before `before`.
    fn remove_uploads(&mut self, before: i64) -> Result<()>;
    /// Adds an import, or sets the request of one. It goes when its file is removed for good.
    fn put_import(&mut self, import: &Import) -> Result<()>;
    /// Leases at most `limit` imports until `until`: those that nobody has a lease of at `now`, in the order in which their
    /// files were added.
    fn take_imports(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Import>>;
    /// Ends the lease of an import, so that it is taken again.
    fn release_import(&mut self, file: &str) -> Result<()>;
    /// Removes the import of a file.
    fn remove_import(&mut self, file: &str) -> Result<()>;
}

/// What time alone brings about.
pub trait ReadJobs {
    /// At most `limit` pending files whose time has come, in the order of their times.
    fn due_files(&self, now: i64, limit: u32) -> Result<Vec<File>>;
    /// When the next pending file becomes ready, or the next job is due.
    fn next_due(&self) -> Result<Option<i64>>;
}

/// What time alone brings about, written.
pub trait WriteJobs {
    /// Adds a job.
    fn insert_job(&mut self, job: &Job) -> Result<()>;
    /// Removes and returns the first job whose time has come; of one time, the one added first.
    fn take_job(&mut self, now: i64) -> Result<Option<Job>>;
    /// Ends all leases, for a host that knows to be the only one on this store.
    fn end_leases(&mut self) -> Result<()>;
}

/// Bundles, which are recipes of zips, and blobs that nothing needs.
pub trait ReadBundles {
    /// The name of a bundle.
    fn bundle(&self, id: &str) -> Result<Option<String>>;
    /// At most `limit` entries of a bundle from a position on, with their positions.
    fn bundle_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, BundleEntry)>>;
    /// The ids of the temporary bundles that were made at `until` or before, such as exports in progress.
    fn temporary_bundles(&self, until: i64) -> Result<Vec<String>>;
    /// Whether a file, an upload or a bundle needs this blob.
    fn needs_blob(&self, blob: &str) -> Result<bool>;
    /// At most `limit` blobs behind `after` that have been doomed from `from` to `until`, both included, in order.
    fn doomed_blobs(&self, from: i64, until: i64, after: &str, limit: u32) -> Result<Vec<String>>;
    /// How many blobs are doomed.
    fn doomed_count(&self) -> Result<u64>;
}

/// Bundles and doomed blobs, written.
pub trait WriteBundles {
    /// Adds a bundle. A temporary one is removed by the sweep some time after `now`.
    fn insert_bundle(&mut self, id: &str, name: &str, temporary: bool, now: i64) -> Result<()>;
    /// Adds entries to a bundle, the first of them at `position`.
    fn insert_bundle_entries(&mut self, bundle: &str, position: i64, entries: &[BundleEntry]) -> Result<()>;
    /// Removes a bundle with its entries.
    fn remove_bundle(&mut self, id: &str) -> Result<()>;
    /// Notes that nothing needs these blobs any more since `now`. Those that something needs, or that are noted already,
    /// stay as they are. Returns the blobs that are doomed now and were not before.
    fn doom_blobs(&mut self, blobs: &[String], now: i64) -> Result<Vec<String>>;
    /// Forgets that these blobs are doomed: they are gone, or needed.
    fn forget_doomed(&mut self, blobs: &[String]) -> Result<()>;
}

/// Changes of everything at once: reset and import.
pub trait WriteAll {
    /// Removes everything but the settings. Every blob that a row named is doomed from `now` on.
    fn clear(&mut self, now: i64) -> Result<()>;
    /// Prepares for items by the thousand; [`end_load`](WriteAll::end_load) follows in the same transaction. Texts can be
    /// searched for again after that.
    fn begin_load(&mut self) -> Result<()>;
    /// Ends what [`begin_load`](WriteAll::begin_load) began.
    fn end_load(&mut self) -> Result<()>;
    /// Puts every live item into the area of its place. Returns the first item with an invalid place: an unknown one, a
    /// live one of a trashed item or the other way round, or one below more than `levels` folders.
    fn settle_areas(&mut self, levels: u32) -> Result<Option<(Entity, String)>>;
}
