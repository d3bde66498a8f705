//! The rows of a catalog, as values.

use super::fold::{fold, fold_all};
use crate::model::area::Area;
use crate::model::media_type::MediaType;
use crate::model::status::Status;

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
    /// When it was created, in milliseconds since 1970.
    pub created: i64,
    /// When it was last renamed or moved, in milliseconds since 1970.
    pub updated: i64,
    /// Where it came from, while it is in the trash.
    pub trashed: Option<Trashed>,
}

impl Folder {
    /// The text that searches look at: the name, [folded](super::fold()).
    ///
    /// ```
    /// use wix_media::catalog::{Area, Folder};
    ///
    /// assert_eq!(Folder::new("f1", "Animals", "media-root", Area::Site, 0).folded(), "animals");
    /// ```
    pub fn folded(&self) -> String {
        fold(&self.name)
    }

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

/// A file.
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
    /// When it was created, in milliseconds since 1970.
    pub created: i64,
    /// When it was last changed or restored, in milliseconds since 1970.
    pub updated: i64,
    /// Where it came from, while it is in the trash.
    pub trashed: Option<Trashed>,
    /// The media type.
    pub media_type: MediaType,
    /// The MIME type.
    pub mime: String,
    /// Whether its URLs need a token.
    pub private: bool,
    /// Size in bytes, -1 while unknown.
    pub size: i64,
    /// MD5 of the bytes in lower-case hex, empty while unknown.
    pub hash: String,
    /// CRC-32 of the bytes.
    pub crc: u32,
    /// The processing status.
    pub status: Status,
    /// When a pending file becomes ready, in milliseconds since 1970.
    pub ready_at: Option<i64>,
    /// Its labels.
    pub labels: Vec<String>,
    /// What inspecting the bytes found, as JSON: `width`, `height`, `duration`.
    pub facts: String,
    /// The `externalInfo` of its request, as JSON.
    pub external: String,
    /// Where it was imported from.
    pub source_url: Option<String>,
    /// The internal tag that names its origin, or empty.
    pub tag: String,
    /// The blob that holds its bytes.
    pub blob: Option<String>,
}

impl File {
    /// Changes the file as its folder was changed (see [large trees](super#large-trees)).
    ///
    /// ```
    /// use wix_media::catalog::{Area, File, Folder};
    ///
    /// let mut file = File::new("a.bin", "a.bin", "f1", Area::Site, 0);
    /// file.follow(&Folder::new("f1", "Animals", "visitor-uploads", Area::Visitors, 0));
    /// assert_eq!(file.area, Area::Visitors);
    /// ```
    pub fn follow(&mut self, folder: &Folder) {
        self.area = folder.area;
        self.trashed = folder.trashed.as_ref().map(|trashed| Trashed {
            parent: self.parent.clone(),
            ..trashed.clone()
        });
    }

    /// The text that searches look at: name, MIME type and labels, [folded](super::fold()) and apart from each other.
    ///
    /// ```
    /// use wix_media::catalog::{Area, File};
    ///
    /// assert!(File::new("a.bin", "A.BIN", "media-root", Area::Site, 0).folded().starts_with("a.bin"));
    /// ```
    pub fn folded(&self) -> String {
        let texts = [&self.name[..], &self.mime].into_iter();
        fold_all(texts.chain(self.labels.iter().map(String::as_str)))
    }

    /// A live, public, ready and empty file of the type `OTHER`.
    ///
    /// ```
    /// use wix_media::catalog::{Area, File};
    /// use wix_media::model::status::Status;
    ///
    /// assert_eq!(File::new("a.bin", "a.bin", "media-root", Area::Site, 0).status, Status::Ready);
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
            media_type: MediaType::Other,
            mime: "application/octet-stream".to_owned(),
            private: false,
            size: 0,
            hash: String::new(),
            crc: 0,
            status: Status::Ready,
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
    /// How many levels below the top of the tree it is: 0 for the top.
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
    /// The folders: the top first, each after its parent, those of one parent by creation, then id.
    pub folders: Vec<Branch>,
    /// The files by creation, then id.
    pub files: Vec<Leaf>,
}

/// A file whose row is out of date, because its folder was changed without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleFile {
    /// Its id.
    pub id: String,
    /// The area it is in, that of its folder.
    pub area: Area,
    /// The area in its row.
    pub stored_area: Area,
}

impl StaleFile {
    /// A file as it is read, whose row has this area. `None` if the row is up to date.
    ///
    /// ```
    /// use wix_media::catalog::{Area, File, StaleFile};
    ///
    /// let file = File::new("a.bin", "a.bin", "f1", Area::Trash, 0);
    /// assert_eq!(StaleFile::of(&file, Area::Trash), None);
    /// assert_eq!(StaleFile::of(&file, Area::Site).unwrap().area, Area::Trash);
    /// ```
    pub fn of(file: &File, stored_area: Area) -> Option<StaleFile> {
        (file.area != stored_area).then(|| StaleFile {
            id: file.id.clone(),
            area: file.area,
            stored_area,
        })
    }
}

/// A folder that may have stale files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The folder's id.
    pub folder: String,
    /// Some of its stale files. Empty when there are none.
    pub files: Vec<StaleFile>,
}

/// An upload session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id, which its token names.
    pub id: String,
    /// The id that the file will have.
    pub file: String,
    /// The fields of the request, as JSON.
    pub request: String,
    /// Whether it uses TUS.
    pub resumable: bool,
    /// When its token expires, in milliseconds since 1970.
    pub expires: i64,
    /// Whether the file has been created.
    pub done: bool,
    /// The id of the TUS transfer under way.
    pub transfer: Option<String>,
    /// The blob that the transfer fills.
    pub blob: Option<String>,
    /// The announced number of bytes, -1 while it is unknown.
    pub length: i64,
    /// The number of durable bytes.
    pub received: i64,
    /// The file name in the metadata of the transfer.
    pub filename: Option<String>,
    /// The fencing number of the TUS transfer: how often a request has taken it over.
    pub epoch: i64,
    /// The serialised state of the digest of the first `received` bytes, `None` when it is unknown.
    pub digest: Option<String>,
    /// The header `Upload-Metadata` of the creation of the TUS transfer.
    pub metadata: Option<String>,
}

impl Upload {
    /// A plain upload that nothing has arrived for.
    ///
    /// ```
    /// use wix_media::catalog::Upload;
    ///
    /// let upload = Upload { resumable: true, ..Upload::new("u1", "f1", "{}", 1_700_000_000_000) };
    /// assert!(!upload.done && upload.transfer.is_none());
    /// ```
    pub fn new(id: &str, file: &str, request: &str, expires: i64) -> Upload {
        Upload {
            id: id.to_owned(),
            file: file.to_owned(),
            request: request.to_owned(),
            resumable: false,
            expires,
            done: false,
            transfer: None,
            blob: None,
            length: 0,
            received: 0,
            filename: None,
            epoch: 0,
            digest: None,
            metadata: None,
        }
    }
}

/// An import that has not finished: the bytes of its file are not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The file's id.
    pub file: String,
    /// The fields of the request, as JSON.
    pub request: String,
}

/// A blob that was made of the bytes of a file, such as a poster of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The file's id.
    pub file: String,
    /// Its name, unique among the assets of its file.
    pub name: String,
    /// The blob that holds its bytes.
    pub blob: String,
    /// Size in bytes.
    pub size: i64,
    /// MD5 of the bytes in lower-case hex.
    pub hash: String,
    /// CRC-32 of the bytes.
    pub crc: u32,
    /// What inspecting its bytes found, as JSON: `width`, `height`, `duration`.
    pub facts: String,
}

/// A video of which assets are still to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcode {
    /// The file's id.
    pub file: String,
    /// The earliest time at which the file becomes ready, in milliseconds since 1970.
    pub ready_at: i64,
    /// How often it was leased.
    pub tries: u32,
}

/// Since when work waits that is due and under no lease, by its kind: the time of the oldest piece, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Imports, from the time of their files.
    pub imports: Option<i64>,
    /// Deliveries of events, from the time at which they were due.
    pub deliveries: Option<i64>,
    /// Jobs, from the time at which they were due.
    pub jobs: Option<i64>,
    /// Pending files, from the time at which they were due.
    pub files: Option<i64>,
    /// Videos of which assets are to be made, from the time at which they could have been ready.
    pub transcodes: Option<i64>,
}

/// A call that was accepted and runs later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// When it is due, in milliseconds since 1970.
    pub due: i64,
    /// The name of the operation.
    pub operation: String,
    /// Its fields, as JSON.
    pub fields: String,
}

/// One entry of a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleEntry {
    /// The path inside the zip, with `/` between names and, for a directory, at the end.
    pub path: String,
    /// The blob that holds its bytes, `None` for a directory.
    pub blob: Option<String>,
    /// The number of bytes.
    pub size: i64,
    /// The CRC-32 of the bytes.
    pub crc: u32,
    /// The timestamp, in milliseconds since 1970.
    pub updated: i64,
}

/// An event on its way to a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number, never used again.
    pub number: i64,
    /// The URL it goes to.
    pub url: String,
    /// How many tries have failed.
    pub tries: u32,
    /// When the next try is due, in milliseconds since 1970.
    pub due: i64,
    /// The event.
    pub body: String,
}

/// A delivery to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewDelivery<'a> {
    /// The number of the event.
    pub event: i64,
    /// The URL it goes to.
    pub url: &'a str,
    /// When the next try is due, in milliseconds since 1970.
    pub due: i64,
}

/// The kind of item that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A file.
    File,
    /// A folder.
    Folder,
}
