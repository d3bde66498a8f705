//! The stores: a catalog, and the blobs of its sites. Each is chosen by itself.
//!
//! | Stores | Catalog | Blobs |
//! |---|---|---|
//! | embedded | `catalog.db` in the directory, of one site | `blobs/` in the directory |
//! | with a database | PostgreSQL, of many sites | `sites/KEY/` in the directory, which several processes share |
//!
//! The embedded catalog belongs to one process. With a database, any number of processes use the same stores.

use crate::failure::Failure;
use crate::settings::{DatabasePlace, Place};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use wix_media::blobs::{Blobs, Directory, Disk};
use wix_media::catalog::{self, Catalog, Sqlite};
use wix_media::manager::{Manager, Options, Parts, SystemClock, SystemRandom};
use wix_media_postgres::{Limits, OlderSchema, Store};

/// The file of the embedded catalog, the folder of its blobs, and the folder of the blobs of sites in a database.
const CATALOG: &str = "catalog.db";
const BLOBS: &str = "blobs";
const SITES: &str = "sites";

/// Why the stores of a site could not be opened.
#[derive(Debug)]
pub(crate) enum NotOpen {
    /// Another attempt may succeed. The text says why, for everybody.
    Now(Failure, &'static str),
    /// Somebody has to change something first.
    Ever(Failure),
}

impl NotOpen {
    /// The reason without anything that only operators may know.
    pub(crate) fn for_everybody(&self) -> &'static str {
        match self {
            NotOpen::Now(_, text) => text,
            NotOpen::Ever(_) => "stores unusable",
        }
    }
}

impl fmt::Display for NotOpen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (NotOpen::Now(failure, _) | NotOpen::Ever(failure)) = self;
        failure.fmt(out)
    }
}

impl From<NotOpen> for Failure {
    fn from(reason: NotOpen) -> Failure {
        match reason {
            NotOpen::Now(failure, _) | NotOpen::Ever(failure) => failure,
        }
    }
}

/// A site that is open.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) manager: Manager,
    /// The blobs, beside those of the manager.
    pub(crate) blobs: Box<dyn Blobs>,
}

/// The stores of a server.
#[derive(Clone)]
pub(crate) struct Storage {
    directory: PathBuf,
    database: Option<Store>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Storage")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

impl Storage {
    /// Stores that are created where they are missing. A database is not asked yet.
    pub(crate) fn create(place: Place) -> Result<Storage, Failure> {
        let storage = Storage {
            directory: place.data,
            database: place.database.map(open).transpose()?,
        };
        let folder = if storage.is_shared() { SITES } else { BLOBS };
        create(&storage.directory)
            .and_then(|()| create(&storage.directory.join(folder)))
            .map_err(|error| storage.failed(&error))?;
        Ok(storage)
    }

    /// Stores that are there already.
    pub(crate) fn existing(place: Place) -> Result<Storage, Failure> {
        if place.database.is_some() {
            return Storage::create(place);
        }
        let catalog = place.data.join(CATALOG);
        match fs::metadata(&catalog) {
            Ok(found) if found.is_file() => Storage::create(place),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure(format!(
                "cannot open the directory {}: {error}",
                place.data.display()
            ))),
            _ => Err(Failure(format!(
                "there is no Media Manager in {}: expected {CATALOG} in it",
                place.data.display()
            ))),
        }
    }

    /// Whether several processes may use the stores at once.
    pub(crate) fn is_shared(&self) -> bool {
        self.database.is_some()
    }

    /// What the stores are, for people.
    pub(crate) fn kind(&self) -> &'static str {
        if self.is_shared() { "database" } else { "directory" }
    }

    /// Opens the site of these options. In a database, `may_create` adds an unknown one.
    pub(crate) fn open(&self, mut options: Options, may_create: bool) -> Result<Opened, NotOpen> {
        options.shares_stores = self.is_shared();
        let (catalog, blobs) = self.catalog(&options.site_id, may_create)?;
        let blobs = || self.blobs(blobs.as_deref()).map_err(NotOpen::Ever);
        let manager = Manager::new(Parts {
            catalog,
            blobs: blobs()?,
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            options,
        })
        .map_err(|error| self.not_open(error))?;
        Ok(Opened {
            manager,
            blobs: blobs()?,
        })
    }

    /// The catalog of a site, and the key of its blobs in stores of several sites.
    fn catalog(&self, site_id: &str, may_create: bool) -> Result<(Box<dyn Catalog>, Option<String>), NotOpen> {
        let Some(database) = &self.database else {
            let shown = self.shown();
            let catalog = Sqlite::open(&self.directory.join(CATALOG)).map_err(|error| {
                NotOpen::Ever(match error {
                    catalog::Error::Locked => Failure(format!(
                        "the directory {shown} is in use by another process: stop that first, or choose another directory"
                    )),
                    error => Failure(format!("cannot open the catalog of {shown}: {error}")),
                })
            })?;
            return Ok((Box::new(catalog), None));
        };
        let site = if may_create {
            database.create_site(site_id).map(Some)
        } else {
            database.site(site_id)
        };
        match site.map_err(|error| self.not_open(error))? {
            Some(site) => {
                let key = site.storage_key().to_owned();
                Ok((Box::new(site), Some(key)))
            }
            None => Err(NotOpen::Ever(Failure(format!(
                "site not found in the database: {site_id}"
            )))),
        }
    }

    /// The blobs of a site. `key` is theirs where the stores have several sites.
    fn blobs(&self, key: Option<&str>) -> Result<Box<dyn Blobs>, Failure> {
        let disk = match key {
            None => Disk::new(&self.directory.join(BLOBS)),
            Some(key) => {
                let folder = self.directory.join(SITES).join(key);
                create(&folder).and_then(|()| Disk::shared(&folder))
            }
        };
        Ok(Box::new(Directory::new(disk.map_err(|error| self.failed(&error))?)))
    }

    /// Checks what a database must be like. Returns the version of its server, `None` without a database.
    pub(crate) fn check_database(&self) -> Result<Option<String>, Failure> {
        let version = self.database.as_ref().map(Store::check_database).transpose();
        version.map_err(|error| self.not_open(error).into())
    }

    fn not_open(&self, error: catalog::Error) -> NotOpen {
        match &error {
            catalog::Error::Unavailable(_) | catalog::Error::TimedOut(_) => {
                NotOpen::Now(self.unusable(&error), "database unavailable")
            }
            catalog::Error::Store(cause) if cause.is::<OlderSchema>() => NotOpen::Now(
                Failure(format!("{cause} with wix-media-server migrate")),
                "older schema: run wix-media-server migrate",
            ),
            _ => NotOpen::Ever(self.unusable(&error)),
        }
    }

    /// The failure of a catalog that is open.
    pub(crate) fn unusable(&self, error: &catalog::Error) -> Failure {
        if self.is_shared() {
            return Failure(format!("cannot use the database: {error}"));
        }
        Failure(format!("cannot use the catalog of {}: {error}", self.shown()))
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    fn shown(&self) -> String {
        self.directory.display().to_string()
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure(format!("cannot open the directory {}: {error}", self.shown()))
    }
}

/// Prepares connections to a database.
fn open(place: DatabasePlace) -> Result<Store, Failure> {
    let limits = Limits {
        connections: place.connections,
        ..Limits::default()
    };
    Store::open(&place.url, limits).map_err(|error| Failure(format!("cannot use the database: {error}")))
}

/// Creates a folder for its owner only. One that is there stays as it is.
fn create(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
