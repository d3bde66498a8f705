//! The metadata store of the embedded Media Manager: folders, files, uploads, bundles and events.
//!
//! A [`Catalog`] stores rows and trees of rows. What a call of the API means is decided in [`manager`](crate::manager).
//! [`Sqlite`] is the implementation in this crate.
//!
//! # Transactions
//!
//! A transaction is an object.
//!
//! - [`Catalog::read`] opens a snapshot. It sees everything that was committed before, and nothing that is committed later.
//! - [`Catalog::write`] opens the one writer of the site. A second one waits until the first is committed or dropped.
//! - A writer that is dropped without [`commit`](Write::commit) is rolled back, also when its thread panics.
//! - After an error a writer can only be dropped.
//! - A thread holds one transaction at a time: a store may have one connection for all of them.
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
//! - Run the functions of [`conformance`], one test per subject.
//! - The manager relies on one writer per site: it checks cycles of folders, the numbers of events and deletions, and the
//!   quota in one transaction and trusts them in the next. A store that runs writers side by side returns
//!   [`Error::Conflict`], at the latest from [`commit`](Write::commit). The manager then runs the transaction again.
//! - Return [`Error::Unavailable`] when the store cannot be reached at the moment. It is retried too, a few times.
//! - Return [`Error::TimedOut`] when waiting for the store has taken as long as it may. It is not retried.
//! - Methods that take several rows write them as a set, in as few round trips as the store allows. The single forms of
//!   these methods have default implementations.
//! - Compare and order texts by code points. A text may hold any character but U+0000, which PostgreSQL cannot hold and the
//!   manager refuses. Return each as it was written, also where it is JSON: a type that rewrites JSON, such as `jsonb` of
//!   PostgreSQL, does not fit.
//! - Give event numbers in the order of the commits: a reader that has seen number *n* never finds a smaller one later.
//! - Build pages with [`walk`], which asks for ranges of an index.
//! - Change a large tree in constant time for each of its folders: see [Large trees](#large-trees).
//!
//! # Large trees
//!
//! A change of a tree sets the same columns of everything in it: the area, and what tells where trashed items came from.
//! [`defer_files`](WriteTrees::defer_files) leaves the rows of files out of that. From then on they are *stale*: every method
//! that reads files, lists them or searches them sees them as if they had been changed with their folder.
//! [`stale_files`](ReadTrees::stale_files) and [`refresh_files`](WriteTrees::refresh_files) bring the rows up to date, a few in
//! each transaction. A caller that changes a stale file refreshes it first, and refreshes all of them before it changes the
//! same tree again.

pub mod conformance;
mod faulty;
mod fold;
mod page;
mod rows;
mod sqlite;
pub mod walk;

pub use crate::model::area::Area;
pub use faulty::{Fault, Faulty};
pub use fold::fold;
pub use page::{Children, Item, Key, Page, Position, Sort};
pub use rows::{
    Asset, Branch, BundleEntry, Delivery, Entity, File, Folder, Import, Job, Leaf, NewDelivery, Stale, StaleFile,
    Transcode, Trashed, Tree, Upload, Waiting,
};
pub use sqlite::Sqlite;
#[cfg(target_arch = "wasm32")]
pub(crate) use sqlite::hosted::Files;

use std::fmt;

/// Why a store could not do what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The store is open elsewhere, and allows one owner at a time.
    Locked,
    /// Another process has taken the store over, because this one did not respond for a while. Nothing more can be written.
    LockLost,
    /// The store was written by a later release.
    Newer {
        /// The version of its schema.
        found: i64,
    },
    /// Another transaction changed what this one had read. Run it again.
    Conflict,
    /// The store cannot be reached at the moment.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// The store did not answer in time. Another attempt would wait for as long.
    TimedOut(Box<dyn std::error::Error + Send + Sync>),
    /// The store has no room left. Deleting permanently may still work.
    Full(Box<dyn std::error::Error + Send + Sync>),
    /// The store failed: a file cannot be read or written, is damaged, or this crate has a bug.
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
            Error::LockLost => out.write_str("catalog was taken over by another process"),
            Error::Newer { found } => write!(out, "catalog has version {found}, which this release cannot read"),
            Error::Conflict => out.write_str("catalog was changed by another transaction"),
            Error::Unavailable(cause) => write!(out, "catalog is unavailable: {cause}"),
            Error::TimedOut(cause) => write!(out, "catalog did not answer in time: {cause}"),
            Error::Full(cause) => write!(out, "catalog has no room left: {cause}"),
            Error::Store(cause) => write!(out, "catalog failed: {cause}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unavailable(cause) | Error::TimedOut(cause) | Error::Full(cause) | Error::Store(cause) => {
                Some(&**cause)
            }
            _ => None,
        }
    }
}

/// The result of a call on a catalog.
pub type Result<T> = std::result::Result<T, Error>;

/// The writer of a store that [`Catalog::build`] has begun. Natively it can change its thread, as the requests can that hold it.
#[cfg(not(target_arch = "wasm32"))]
pub type BuildWriter = Box<dyn Write + Send>;
/// The writer of a store that [`Catalog::build`] has begun.
#[cfg(target_arch = "wasm32")]
pub type BuildWriter = Box<dyn Write>;

/// A store of the metadata of one site, shared by threads and, where the store allows it, by processes.
pub trait Catalog: Send + Sync + fmt::Debug {
    /// Opens a snapshot.
    fn read(&self) -> Result<Box<dyn Read + '_>>;
    /// Opens the one writing transaction of the site. Waits while another one is open.
    fn write(&self) -> Result<Box<dyn Write + '_>>;
    /// Opens the writing transaction like [`write`](Catalog::write), for changes that a crash may lose, such as leases and
    /// fencing numbers. Its commit does not wait for the disk. The next commit of a [`write`](Catalog::write) makes it
    /// durable.
    fn write_lazily(&self) -> Result<Box<dyn Write + '_>> {
        self.write()
    }
    /// Opens a snapshot that lasts, for work that others shall not wait for: it holds up neither readers nor the writer, also
    /// where a store has one connection for all of them. `None` where the store cannot do that, and [`Error::Unavailable`]
    /// while it cannot have another one. Drop it soon: a store keeps what is older than its snapshots.
    fn read_long(&self) -> Result<Option<Box<dyn Read>>> {
        Ok(None)
    }
    /// Begins to build an empty store beside this one, which [`replace`](Catalog::replace) puts in its place. Nobody waits for
    /// this writer, and a crash leaves nothing of it. `None` where the store cannot do that.
    fn build(&self) -> Result<Option<BuildWriter>> {
        Ok(None)
    }
    /// Puts the store that [`build`](Catalog::build) began in the place of this one. Its writer has to be committed. Settings that
    /// it lacks are taken from this store, and the numbers of events, deliveries and jobs continue. A crash leaves either of
    /// the two, whole.
    fn replace(&self) -> Result<()> {
        Err(Error::Store("nothing was built".into()))
    }
    /// Removes what was built and is not needed. Its writer has to be dropped.
    fn discard_built(&self) {}
    /// Begins to check in steps what [`is_intact`](Catalog::is_intact) checks in one go, on a snapshot. `None` where the store
    /// cannot do that.
    fn inspect(&self) -> Result<Option<Box<dyn Inspection>>> {
        Ok(None)
    }
    /// Waits before a transaction that can be [repeated](Error::is_retryable) runs for the `retry`th time again. A store whose
    /// transactions fail because others are busy with it gives them time here.
    fn back_off(&self, retry: u32) {
        _ = retry;
    }
    /// How many rows a step of long work has at least. A store whose transactions cost as much as many rows returns more than 0.
    fn min_step(&self) -> u32 {
        0
    }
    /// Whether the store is undamaged, indexes included. Reads everything, so it takes seconds for a large store.
    fn is_intact(&self) -> Result<bool>;
}

/// A check of a store that is under way.
pub trait Inspection {
    /// Runs one step, a few milliseconds of work. Returns whether the store is undamaged once that is known.
    fn step(&mut self) -> Result<Option<bool>>;
}

/// A snapshot of a catalog.
pub trait Read:
    ReadSettings
    + ReadItems
    + ReadTrees
    + ReadListing
    + ReadEvents
    + ReadDeliveries
    + ReadUploads
    + ReadJobs
    + ReadBundles
    + ReadAssets
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
    + WriteAssets
    + WriteAll
{
    /// Commits the transaction. When this returns, the changes are durable. After an error none of them took effect, unless
    /// the store lost its connection and cannot know.
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
    /// Adds 1 to a value that is a number, 0 when it is missing, and returns the sum.
    fn increment_setting(&mut self, name: &str) -> Result<i64>;
}

/// Single folders and files.
pub trait ReadItems {
    /// A folder, live or trashed.
    fn folder(&self, id: &str) -> Result<Option<Folder>>;
    /// The oldest live folder with exactly this name in `parent`. Of two of the same age, the one with the smaller id.
    fn folder_named(&self, parent: &str, name: &str) -> Result<Option<Folder>>;
    /// The ids of the folders above `id`, nearest first, up to and including one that is not stored, such as a system
    /// folder. Empty for an unknown id.
    fn folders_above(&self, id: &str) -> Result<Vec<String>>;
    /// How many levels of folders are below `id`, 0 for an unknown id.
    fn height(&self, id: &str) -> Result<u32>;
    /// A file, live or trashed.
    fn file(&self, id: &str) -> Result<Option<File>>;
    /// Those of these files that exist, in the order of `ids`. A file whose id occurs twice is returned twice.
    fn files_by_id(&self, ids: &[String]) -> Result<Vec<File>> {
        let mut files = Vec::new();
        for id in ids {
            files.extend(self.file(id)?);
        }
        Ok(files)
    }
    /// Whether a live file or folder has this parent.
    fn has_children(&self, parent: &str) -> Result<bool>;
    /// The sum of the sizes of all files, live and trashed, without unknown sizes, and of their assets.
    fn total_size(&self) -> Result<i64>;
    /// At most `limit` folders with larger ids than `after`, live and trashed, in the order of their ids.
    fn all_folders(&self, after: &str, limit: u32) -> Result<Vec<Folder>>;
    /// At most `limit` files with larger ids than `after`, live and trashed, in the order of their ids.
    fn all_files(&self, after: &str, limit: u32) -> Result<Vec<File>>;
}

/// Single folders and files, written.
pub trait WriteItems {
    /// Adds a folder. Fails when there is one with its id.
    fn insert_folder(&mut self, folder: &Folder) -> Result<()>;
    /// Sets name, parent, area and update time of a folder. [`move_tree`](WriteTrees::move_tree) sets the area of everything
    /// below it.
    fn update_folder(&mut self, folder: &Folder) -> Result<()>;
    /// Adds a file. Fails when there is one with its id.
    fn insert_file(&mut self, file: &File) -> Result<()>;
    /// Sets everything but the id of each file. Skips unknown ones. Of two values with one id, the last one counts.
    fn update_files(&mut self, files: &[File]) -> Result<()>;
    /// Sets everything but the id of a file.
    fn update_file(&mut self, file: &File) -> Result<()> {
        self.update_files(std::slice::from_ref(file))
    }
    /// Removes files permanently, with their imports, assets and transcodes. Skips unknown ones.
    fn remove_files(&mut self, ids: &[&str]) -> Result<()>;
}

/// Folders with everything below them.
pub trait ReadTrees {
    /// The folder `top` with everything below it, live or trashed. Empty for an unknown id.
    fn tree(&self, top: &str) -> Result<Tree>;
    /// The folders of [`tree`](ReadTrees::tree), in the same order.
    fn folder_tree(&self, top: &str) -> Result<Vec<Branch>>;
    /// How many files there are in the folder `top` and below it, counted up to `limit`.
    fn tree_size(&self, top: &str, limit: u32) -> Result<u32>;
    /// Whether there may be stale files.
    fn has_stale_files(&self) -> Result<bool>;
    /// The first folders that may have stale files, with at most `limit` of them altogether. A folder without any counts as one.
    /// Folders come in the order in which they were [deferred](WriteTrees::defer_files), and their files in that of their
    /// names, then of their ids.
    fn stale_files(&self, limit: u32) -> Result<Vec<Stale>>;
    /// Those of these files that are stale, in the order of `ids`.
    fn stale_by_id(&self, ids: &[String]) -> Result<Vec<StaleFile>>;
}

/// Folders with everything below them, written. Nothing happens for an unknown folder.
pub trait WriteTrees {
    /// Makes the changes of trees that follow leave out the rows of the files in these folders, which become stale.
    fn defer_files(&mut self, folders: &[&str]) -> Result<()>;
    /// Changes the rows of these files as their folders were changed, and counts `events` events of each in the same write. Returns
    /// how many each has caused now, in the order of `ids`, which are distinct. Skips files that are not stale, and returns
    /// 0 for them.
    fn refresh_files(&mut self, ids: &[&str], events: u32) -> Result<Vec<i64>>;
    /// Notes that none of the files of these folders is stale. With `up_to`, those of the last folder are not stale up to this file, in
    /// the order of [`stale_files`](ReadTrees::stale_files), and others may be.
    fn pass_stale_files(&mut self, folders: &[&str], up_to: Option<&str>) -> Result<()>;
    /// Sets the area of everything below the live folder `top`, and its own.
    fn move_tree(&mut self, top: &str, area: Area) -> Result<()>;
    /// Moves the live folder `top` to the trash with everything below it. Each item keeps its parent and area in
    /// [`Trashed`].
    fn trash_tree(&mut self, top: &str, deletion: i64, now: i64) -> Result<()>;
    /// Moves the trashed folder `top` into `parent`, and everything below it into `area`.
    fn restore_tree(&mut self, top: &str, parent: &str, area: Area) -> Result<()>;
    /// Removes the folder `top` and everything below it permanently, with the imports, assets and transcodes of the
    /// files.
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
    /// The largest number used so far, 0 before the first event. Removing events does not change it.
    fn last_event(&self) -> Result<i64>;
}

/// Events, written.
pub trait WriteEvents {
    /// Counts one event of each of these files or folders, and returns their new counts in the order of `ids`. The first
    /// event of an item counts 1. An item whose id occurs twice is counted twice. An unknown item counts 1 each time.
    fn count_events(&mut self, entity: Entity, ids: &[&str]) -> Result<Vec<i64>>;
    /// Sets how many events an item has caused.
    fn set_events_of(&mut self, entity: Entity, id: &str, count: i64) -> Result<()>;
    /// Adds events and returns the number of the first. The others follow without gaps. A number is never used twice.
    fn insert_events(&mut self, bodies: &[String]) -> Result<i64>;
    /// Makes the number of the next event larger than this one.
    fn skip_events(&mut self, number: i64) -> Result<()>;
    /// Removes the events up to this number that no delivery needs.
    fn remove_events(&mut self, up_to: i64) -> Result<()>;
}

/// Events on their way to URLs.
pub trait ReadDeliveries {
    /// A delivery.
    fn delivery(&self, number: i64) -> Result<Option<Delivery>>;
    /// The earliest time at which a delivery to one of these URLs is due, without those under a lease at `now`.
    fn next_delivery(&self, urls: &[&str], now: i64) -> Result<Option<i64>>;
}

/// Events on their way to URLs, written.
pub trait WriteDeliveries {
    /// Adds deliveries of events.
    fn insert_deliveries(&mut self, deliveries: &[NewDelivery<'_>]) -> Result<()>;
    /// Leases at most `limit` deliveries to these URLs until `until`: those due at `now` that are under no lease, in the order
    /// of their times, then of their numbers.
    fn take_deliveries(&mut self, urls: &[&str], now: i64, until: i64, limit: u32) -> Result<Vec<Delivery>>;
    /// Ends the lease of a delivery, and sets how many tries have failed and when the next one is due.
    fn postpone_delivery(&mut self, number: i64, tries: u32, due: i64) -> Result<()>;
    /// Removes a delivery.
    fn remove_delivery(&mut self, number: i64) -> Result<()>;
    /// Removes the deliveries that were due before `before`, except those to these URLs.
    fn remove_stale_deliveries(&mut self, urls: &[&str], before: i64) -> Result<()>;
}

/// Uploads and imports.
pub trait ReadUploads {
    /// An upload.
    fn upload(&self, id: &str) -> Result<Option<Upload>>;
    /// The upload with this TUS transfer.
    fn upload_of_transfer(&self, transfer: &str) -> Result<Option<Upload>>;
    /// How many uploads there are.
    fn upload_count(&self) -> Result<u64>;
    /// The import of a file.
    fn import(&self, file: &str) -> Result<Option<Import>>;
    /// Whether an import is under no lease at `now`.
    fn has_imports(&self, now: i64) -> Result<bool>;
}

/// Uploads and imports, written.
pub trait WriteUploads {
    /// Adds an upload, or sets everything but the id of one.
    fn put_upload(&mut self, upload: &Upload) -> Result<()>;
    /// Takes over a TUS transfer: increments its epoch, the fencing number that
    /// [`advance_transfer`](WriteUploads::advance_transfer) compares, and returns it. Returns 0 for an unknown transfer.
    fn take_over_transfer(&mut self, transfer: &str) -> Result<i64>;
    /// Sets how many bytes of a TUS transfer are durable and the state of its digest. Returns whether it did: false when the
    /// transfer is unknown or has another epoch.
    fn advance_transfer(&mut self, transfer: &str, epoch: i64, received: i64, digest: &str) -> Result<bool>;
    /// Removes uploads whose tokens expired before `before`.
    fn remove_uploads(&mut self, before: i64) -> Result<()>;
    /// Removes at most `limit` uploads without bytes: completed ones first, then those whose tokens expire first. Returns how many.
    fn remove_idle_uploads(&mut self, limit: u32) -> Result<u64>;
    /// Adds an import, or sets the request of one. It goes when its file is removed for good.
    fn put_import(&mut self, import: &Import) -> Result<()>;
    /// Leases at most `limit` imports until `until`: those under no lease at `now`, in the order in which their files were
    /// added.
    fn take_imports(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Import>>;
    /// Ends the lease of an import, so that it can be taken again.
    fn release_import(&mut self, file: &str) -> Result<()>;
    /// Removes the import of a file.
    fn remove_import(&mut self, file: &str) -> Result<()>;
}

/// Changes that wait for their time: pending files and jobs.
pub trait ReadJobs {
    /// At most `limit` pending files that are due at `now`, in the order of their times.
    fn due_files(&self, now: i64, limit: u32) -> Result<Vec<File>>;
    /// The earliest time at which a pending file becomes ready or a job is due.
    fn next_due(&self) -> Result<Option<i64>>;
    /// Since when work waits that is due at `now` and under no lease. Of the deliveries, those to these URLs count.
    fn waiting(&self, urls: &[&str], now: i64) -> Result<Waiting>;
}

/// Changes that wait for their time, written.
pub trait WriteJobs {
    /// Adds a job.
    fn insert_job(&mut self, job: &Job) -> Result<()>;
    /// Removes and returns the first job that is due at `now`. Of several with one time, the one added first.
    fn take_job(&mut self, now: i64) -> Result<Option<Job>>;
    /// Makes due at `now` what would wait for longer than it may, because the clock was set back: files that would be pending for
    /// more than `pending` milliseconds, by their own time or that of their transcode, jobs that would wait for more than `delay`,
    /// and deliveries after `tries` failures that would wait for more than `retries[tries]`.
    fn pull_in(&mut self, now: i64, pending: i64, delay: i64, retries: &[i64]) -> Result<()>;
    /// Ends all leases. For a host that is the only one on this store.
    fn end_leases(&mut self) -> Result<()>;
}

/// Bundles, which list the contents of zips, and blobs that nothing needs.
pub trait ReadBundles {
    /// The name of a bundle, and when it was added: 0 for those of the first versions of the schema.
    fn bundle(&self, id: &str) -> Result<Option<(String, i64)>>;
    /// At most `limit` entries of a bundle from position `from` on, with their positions.
    fn bundle_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, BundleEntry)>>;
    /// At most `limit` blobs with larger ids than `after` that bundles list and no file has, in the order of their ids, each
    /// with one of its entries.
    fn kept_entries(&self, after: &str, limit: u32) -> Result<Vec<BundleEntry>>;
    /// The ids of the oldest lasting bundles that have to go so that at most `bundles` are left, with at most `entries` entries
    /// altogether. The newest is never among them.
    fn excess_bundles(&self, bundles: u32, entries: u64) -> Result<Vec<String>>;
    /// The ids of the temporary bundles, such as exports, that were created at `until` or before.
    fn temporary_bundles(&self, until: i64) -> Result<Vec<String>>;
    /// Whether a file, an upload, a bundle or an asset needs this blob.
    fn needs_blob(&self, blob: &str) -> Result<bool>;
    /// Those of these blobs that a row names, found without an index: a damaged one would make each of them an orphan.
    /// Reads every row, once for all of these blobs.
    fn blobs_of_rows(&self, blobs: &[String]) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for blob in blobs {
            if self.needs_blob(blob)? {
                found.push(blob.clone());
            }
        }
        Ok(found)
    }
    /// At most `limit` blobs with larger ids than `after` that were doomed from `from` to `until`, both included, in the order
    /// of their ids.
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
    /// Notes that these blobs can be removed, since `now`: rows have named them until then. So the time of a blob that is doomed
    /// already begins again. Skips blobs that are needed. Returns the others.
    fn doom_blobs(&mut self, blobs: &[String], now: i64) -> Result<Vec<String>>;
    /// Notes that these blobs, which no row names, can be removed since `now`. Skips blobs that are needed, and those that are
    /// doomed already, which keep their time.
    fn doom_orphans(&mut self, blobs: &[String], now: i64) -> Result<()>;
    /// Forgets those of these blobs that are doomed since `from` to `until`, both included. Returns those of them that no row
    /// names, in the order given, for the caller to remove. A blob that was doomed again since it was looked up keeps its new time.
    fn take_doomed(&mut self, blobs: &[String], from: i64, until: i64) -> Result<Vec<String>>;
}

/// Assets, and the videos of which assets are still to be made.
pub trait ReadAssets {
    /// The asset of a file with this name.
    fn asset(&self, file: &str, name: &str) -> Result<Option<Asset>>;
    /// The assets of these files, in the order of `files`, then of their names.
    fn assets_of(&self, files: &[&str]) -> Result<Vec<Asset>>;
    /// The transcode of a file.
    fn transcode(&self, file: &str) -> Result<Option<Transcode>>;
    /// Whether a transcode is under no lease at `now`.
    fn has_transcodes(&self, now: i64) -> Result<bool>;
    /// Whether videos are in the backlog.
    fn has_backlog(&self) -> Result<bool>;
    /// The number of transcodes under no lease at `now`, and of videos in the backlog.
    fn waiting_transcodes(&self, now: i64) -> Result<u64>;
}

/// Assets, transcodes and the backlog, written. All of them go when their file is removed for good.
pub trait WriteAssets {
    /// Adds an asset, or replaces the one with its name.
    fn put_asset(&mut self, asset: &Asset) -> Result<()>;
    /// Removes an asset. Does nothing for an unknown one.
    fn remove_asset(&mut self, file: &str, name: &str) -> Result<()>;
    /// Adds the transcode of a file. An existing one starts over, and stays leased.
    fn put_transcode(&mut self, file: &str, ready_at: i64) -> Result<()>;
    /// Leases at most `limit` transcodes until `until`, and counts the try: those under no lease at `now`, in the order in
    /// which their files were added.
    fn take_transcodes(&mut self, now: i64, until: i64, limit: u32) -> Result<Vec<Transcode>>;
    /// Ends the lease of a transcode, and does not count its try.
    fn release_transcode(&mut self, file: &str) -> Result<()>;
    /// Removes the transcode of a file.
    fn remove_transcode(&mut self, file: &str) -> Result<()>;
    /// Adds a video to the end of the backlog, unless it is there already. The backlog holds the videos whose transcodes wait until
    /// no others do.
    fn put_backlog(&mut self, file: &str) -> Result<()>;
    /// Makes transcodes of the first `limit` videos in the backlog. Returns how many there were.
    fn queue_backlog(&mut self, limit: u32) -> Result<u64>;
}

/// Changes of everything at once: reset and import.
pub trait WriteAll {
    /// Removes everything but the settings, and dooms every blob that a row named. Numbers of events and deliveries continue.
    fn clear(&mut self, now: i64) -> Result<()>;
    /// Prepares for inserting items by the thousand. Until [`end_load`](WriteAll::end_load) or the commit, searches do not find
    /// them and [`total_size`](ReadItems::total_size) does not count them.
    fn begin_load(&mut self) -> Result<()>;
    /// Ends what [`begin_load`](WriteAll::begin_load) began.
    fn end_load(&mut self) -> Result<()>;
    /// Sets the area of every live item to that of its place. Returns the first item with an invalid place: below an unknown
    /// folder, live below a trashed folder or the reverse, in a cycle, or more than `levels` folders deep.
    fn settle_areas(&mut self, levels: u32) -> Result<Option<(Entity, String)>>;
}
