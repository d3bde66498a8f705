//! The metadata store of the embedded Media Manager: folders, files, uploads, archives and events.
//!
//! [`Catalog`] is what the manager asks of a store. It knows rows and trees of rows, and nothing of the API: what a
//! call means is decided in [`manager`](crate::manager), which wraps each call in one transaction. [`Sqlite`] is the
//! implementation; [`conformance`] holds the functions that every implementation has to pass.
//!
//! ```
//! use wix_media::catalog::{Area, Catalog, Folder, Sqlite};
//!
//! let mut catalog = Sqlite::memory()?;
//! catalog.begin()?;
//! catalog.insert_folder(&Folder::new("f1", "Animals", "media-root", Area::Site, 1_700_000_000_000))?;
//! catalog.commit()?;
//! assert_eq!(catalog.folder("f1")?.unwrap().name, "Animals");
//! # Ok::<(), wix_media::catalog::Error>(())
//! ```

pub mod conformance;
mod fold;
mod page;
mod search;
mod sqlite;

pub use fold::fold;
pub use page::{Children, Item, Key, Page, Position, Sort};
pub use sqlite::Sqlite;

pub use crate::model::area::Area;

use std::fmt;

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// Another process holds the store.
    Locked,
    /// The store was written by a later version of this crate.
    Newer {
        /// The version found.
        found: i64,
    },
    /// The store failed: the disk is full, a file is damaged, or this crate has a bug.
    Store(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Locked => out.write_str("the catalog is in use by another process"),
            Error::Newer { found } => write!(out, "the catalog has version {found}, which this release cannot read"),
            Error::Store(cause) => write!(out, "the catalog failed: {cause}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Store(cause) => Some(&**cause),
            _ => None,
        }
    }
}

/// What a catalog answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Where an item in the trash came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trashed {
    /// Its parent before the deletion.
    pub parent: String,
    /// Its area before the deletion.
    pub area: Area,
    /// The number of the deletion. Later deletions have larger numbers.
    pub deletion: i64,
    /// When it was deleted, in milliseconds since 1970.
    pub at: i64,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its id, unique and never used again.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// The id of the folder that holds it.
    pub parent: String,
    /// The area it is in, the same as its parent's.
    pub area: Area,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last renamed or moved.
    pub updated: i64,
    /// Set while it is in the trash.
    pub trashed: Option<Trashed>,
}

impl Folder {
    /// A live folder.
    ///
    /// ```
    /// use wix_media::catalog::{Area, Folder};
    ///
    /// assert_eq!(Folder::new("f1", "Animals", "media-root", Area::Site, 0).trashed, None);
    /// ```
    pub fn new(id: &str, name: &str, parent: &str, area: Area, now: i64) -> Folder {
        Folder {
            id: id.to_owned(),
            name: name.to_owned(),
            parent: parent.to_owned(),
            area,
            created: now,
            updated: now,
            trashed: None,
        }
    }
}

/// A file: what its descriptor is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its id, unique and never used again.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// The id of the folder that holds it.
    pub parent: String,
    /// The area it is in, the same as its parent's.
    pub area: Area,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last changed or restored.
    pub updated: i64,
    /// Set while it is in the trash.
    pub trashed: Option<Trashed>,
    /// A value of the enum MediaType.
    pub media_type: String,
    /// The MIME type.
    pub mime: String,
    /// Whether its URLs are refused without a token.
    pub private: bool,
    /// Size in bytes, -1 while unknown.
    pub size: i64,
    /// MD5 of the bytes in lower-case hex, empty while unknown.
    pub hash: String,
    /// CRC-32 of the bytes.
    pub crc: u32,
    /// A value of the enum OperationStatus.
    pub status: String,
    /// When a pending file becomes ready.
    pub ready_at: Option<i64>,
    /// Its labels.
    pub labels: Vec<String>,
    /// What is known of the content, as JSON: `width`, `height`, `duration`.
    pub facts: String,
    /// The `externalInfo` of its request, as JSON.
    pub external: String,
    /// Where it was imported from.
    pub source_url: Option<String>,
    /// The internal tag that names its origin, empty for none.
    pub tag: String,
    /// The blob that holds its bytes.
    pub blob: Option<String>,
}

impl File {
    /// A live, public, ready and empty file of the type `OTHER`.
    ///
    /// ```
    /// use wix_media::catalog::{Area, File};
    ///
    /// assert_eq!(File::new("a.bin", "a.bin", "media-root", Area::Site, 0).status, "READY");
    /// ```
    pub fn new(id: &str, name: &str, parent: &str, area: Area, now: i64) -> File {
        File {
            id: id.to_owned(),
            name: name.to_owned(),
            parent: parent.to_owned(),
            area,
            created: now,
            updated: now,
            trashed: None,
            media_type: "OTHER".to_owned(),
            mime: "application/octet-stream".to_owned(),
            private: false,
            size: 0,
            hash: String::new(),
            crc: 0,
            status: "READY".to_owned(),
            ready_at: None,
            labels: Vec::new(),
            facts: "{}".to_owned(),
            external: "{}".to_owned(),
            source_url: None,
            tag: String::new(),
            blob: None,
        }
    }
}

/// A folder as part of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The folder's id.
    pub id: String,
    /// Its parent's id.
    pub parent: String,
    /// How far below the top of the tree it is; the top is 0.
    pub depth: u32,
}

/// A file as part of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The file's id.
    pub id: String,
    /// The folder that holds it.
    pub parent: String,
    /// The blob that holds its bytes.
    pub blob: Option<String>,
}

/// A folder with everything below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The folders, the top first, each after its parent; those of one parent by creation, then id.
    pub folders: Vec<Branch>,
    /// The files; those of one folder by creation, then id.
    pub files: Vec<Leaf>,
}

/// An upload that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id, which its token names.
    pub id: String,
    /// The id that the file will have.
    pub file: String,
    /// The fields of the request, as JSON.
    pub request: String,
    /// Whether it goes by TUS.
    pub resumable: bool,
    /// When its token ends, in milliseconds since 1970.
    pub expires: i64,
    /// Whether the file was made.
    pub done: bool,
    /// The id of the TUS transfer under way.
    pub transfer: Option<String>,
    /// The blob that the transfer fills.
    pub blob: Option<String>,
    /// How many bytes were announced.
    pub length: i64,
    /// How many bytes are there.
    pub received: i64,
    /// The file name that the transfer gave.
    pub filename: Option<String>,
}

/// What is still to be fetched for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The file's id.
    pub file: String,
    /// The fields of the request, as JSON.
    pub request: String,
}

/// A call that was accepted and is carried out later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// When, in milliseconds since 1970.
    pub due: i64,
    /// The name of the operation.
    pub operation: String,
    /// Its fields, as JSON.
    pub fields: String,
}

/// One entry of a zip; a directory when there is no blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveEntry {
    /// The path inside the zip, with `/` between names and, for a directory, at the end.
    pub path: String,
    /// The bytes.
    pub blob: Option<String>,
    /// Their number.
    pub size: i64,
    /// Their CRC-32.
    pub crc: u32,
    /// The time stamp, in milliseconds since 1970.
    pub updated: i64,
}

/// An event on its way to a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number, never used again.
    pub number: i64,
    /// Where it goes.
    pub url: String,
    /// How many tries have failed.
    pub tries: u32,
    /// When it is to be tried, in milliseconds since 1970.
    pub due: i64,
    /// The event.
    pub body: String,
}

/// Which kind of item an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// A store of metadata.
///
/// All calls between [`begin`](Catalog::begin) and [`commit`](Catalog::commit) take effect together or not at all;
/// outside of a transaction each call is one of its own. Once `commit` has returned, a store on disk has the change on
/// disk.
pub trait Catalog: Send + fmt::Debug {
    /// Opens a transaction.
    fn begin(&mut self) -> Result<()>;
    /// Makes everything since [`begin`](Catalog::begin) last.
    fn commit(&mut self) -> Result<()>;
    /// Undoes everything since [`begin`](Catalog::begin).
    fn rollback(&mut self) -> Result<()>;

    /// A value by name.
    fn setting(&self, name: &str) -> Result<Option<String>>;
    /// Sets a value.
    fn set_setting(&mut self, name: &str, value: &str) -> Result<()>;

    /// A folder, live or trashed.
    fn folder(&self, id: &str) -> Result<Option<Folder>>;
    /// The oldest live folder with exactly this name in `parent`; of two of one age, the one with the smaller id.
    fn folder_named(&self, parent: &str, name: &str) -> Result<Option<Folder>>;
    /// Adds a folder.
    fn insert_folder(&mut self, folder: &Folder) -> Result<()>;
    /// Sets name, parent, area and update time. The area of what is below follows with
    /// [`move_tree`](Catalog::move_tree).
    fn update_folder(&mut self, folder: &Folder) -> Result<()>;
    /// The ids of the folders above `id`, nearest first, up to one that is not stored. Of an unknown id there are none.
    fn folders_above(&self, id: &str) -> Result<Vec<String>>;
    /// How many levels of folders are below `id`.
    fn height(&self, id: &str) -> Result<u32>;
    /// A page of folders.
    fn folders(&self, page: &Page) -> Result<Vec<Folder>>;

    /// A file, live or trashed.
    fn file(&self, id: &str) -> Result<Option<File>>;
    /// Adds a file.
    fn insert_file(&mut self, file: &File) -> Result<()>;
    /// Sets everything but the id.
    fn update_file(&mut self, file: &File) -> Result<()>;
    /// Removes a file for good.
    fn remove_file(&mut self, id: &str) -> Result<()>;
    /// A page of files.
    fn files(&self, page: &Page) -> Result<Vec<File>>;
    /// Whether a live file or folder has this parent.
    fn has_children(&self, parent: &str) -> Result<bool>;
    /// The pending files whose time has come, in the order of their times.
    fn due(&self, now: i64) -> Result<Vec<File>>;
    /// When the next pending file becomes ready, or the next job is due.
    fn next_due(&self) -> Result<Option<i64>>;
    /// The bytes of all files together.
    fn total_size(&self) -> Result<i64>;

    /// The folder `top` with everything below it, live or trashed; empty for an unknown one.
    fn tree(&self, top: &str) -> Result<Tree>;
    /// Sets the area of everything below the live folder `top`, and its own.
    fn move_tree(&mut self, top: &str, area: Area) -> Result<()>;
    /// Puts the live folder `top` into the trash with everything below it.
    fn trash_tree(&mut self, top: &str, deletion: i64, now: i64) -> Result<()>;
    /// Brings the trashed folder `top` back into `parent` with everything below it.
    fn restore_tree(&mut self, top: &str, parent: &str, area: Area) -> Result<()>;
    /// Removes the folder `top` and everything below it for good.
    fn remove_tree(&mut self, top: &str) -> Result<()>;

    /// Counts an event of an item and says its number, starting with 1.
    fn count_event(&mut self, entity: Entity, id: &str) -> Result<i64>;
    /// How many events an item has caused.
    fn events_of(&self, entity: Entity, id: &str) -> Result<i64>;
    /// Sets how many events an item has caused.
    fn set_events_of(&mut self, entity: Entity, id: &str, count: i64) -> Result<()>;
    /// Whether the store finds itself undamaged; it may take a while.
    fn is_whole(&self) -> Result<bool>;
    /// Adds an event and says its number. A number is never used twice, whatever is removed.
    fn insert_event(&mut self, body: &str) -> Result<i64>;
    /// At most `limit` events behind the one with the number `after`, in order, with their numbers.
    fn events(&self, after: i64, limit: u32) -> Result<Vec<(i64, String)>>;
    /// The number of the last event that there was, 0 before the first.
    fn last_event(&self) -> Result<i64>;
    /// Makes the next event have a larger number than this.
    fn skip_events(&mut self, number: i64) -> Result<()>;
    /// Removes the events up to this number that no delivery needs.
    fn remove_events(&mut self, up_to: i64) -> Result<()>;

    /// Adds a delivery of an event.
    fn insert_delivery(&mut self, event: i64, url: &str, due: i64) -> Result<()>;
    /// A delivery.
    fn delivery(&self, number: i64) -> Result<Option<Delivery>>;
    /// At most `limit` deliveries behind this place, by their times, those of one time by their numbers.
    fn deliveries(&self, after: (i64, i64), limit: u32) -> Result<Vec<Delivery>>;
    /// Sets how many tries have failed, and when the next one is.
    fn put_off_delivery(&mut self, number: i64, tries: u32, due: i64) -> Result<()>;
    /// Removes a delivery.
    fn remove_delivery(&mut self, number: i64) -> Result<()>;
    /// Removes the deliveries to every URL but these.
    fn keep_deliveries(&mut self, urls: &[&str]) -> Result<()>;

    /// An upload.
    fn upload(&self, id: &str) -> Result<Option<Upload>>;
    /// The upload with this TUS transfer.
    fn upload_of_transfer(&self, transfer: &str) -> Result<Option<Upload>>;
    /// Adds an upload, or sets everything but the id of one.
    fn put_upload(&mut self, upload: &Upload) -> Result<()>;
    /// Forgets uploads whose tokens ended before `before`.
    fn remove_uploads(&mut self, before: i64) -> Result<()>;

    /// Adds an import, or sets the request of one. It goes when its file is removed for good.
    fn put_import(&mut self, import: &Import) -> Result<()>;
    /// The import of a file.
    fn import(&self, file: &str) -> Result<Option<Import>>;
    /// All imports, in the order in which their files were added.
    fn imports(&self) -> Result<Vec<Import>>;
    /// Forgets the import of a file.
    fn remove_import(&mut self, file: &str) -> Result<()>;

    /// Adds a job.
    fn insert_job(&mut self, job: &Job) -> Result<()>;
    /// Removes and gives the first job whose time has come; of one time, the one added first.
    fn take_job(&mut self, now: i64) -> Result<Option<Job>>;

    /// Adds an archive without entries. One that does not last goes with [`passing`](Catalog::passing).
    fn insert_archive(&mut self, id: &str, name: &str, lasting: bool) -> Result<()>;
    /// Adds an entry to an archive.
    fn insert_archive_entry(&mut self, archive: &str, position: i64, entry: &ArchiveEntry) -> Result<()>;
    /// The name of an archive.
    fn archive(&self, id: &str) -> Result<Option<String>>;
    /// At most `limit` entries of an archive from a position on, with their positions.
    fn archive_entries(&self, id: &str, from: i64, limit: u32) -> Result<Vec<(i64, ArchiveEntry)>>;
    /// Removes an archive with its entries.
    fn remove_archive(&mut self, id: &str) -> Result<()>;
    /// The archives that do not last.
    fn passing(&self) -> Result<Vec<String>>;

    /// At most `limit` folders behind this id, live and trashed, in the order of their ids.
    fn all_folders(&self, after: &str, limit: u32) -> Result<Vec<Folder>>;
    /// At most `limit` files behind this id, live and trashed, in the order of their ids.
    fn all_files(&self, after: &str, limit: u32) -> Result<Vec<File>>;
    /// Removes everything but the settings.
    fn clear(&mut self) -> Result<()>;
    /// Adds items by the thousand, in a transaction: `add` gets this catalog, and texts can be searched for when it is done. An
    /// error leaves a transaction that has to be rolled back.
    fn fill(&mut self, add: &mut dyn FnMut(&mut dyn Catalog) -> Result<()>) -> Result<()>;
    /// Puts every live item into the area that its place is in. Answers the first item that is in no place at all, in a
    /// place that is live while it is not or the other way round, or below more than `levels` folders.
    fn settle_areas(&mut self, levels: u32) -> Result<Option<(Entity, String)>>;

    /// Whether a file, an upload or an archive needs this blob.
    fn needs_blob(&self, blob: &str) -> Result<bool>;
}
