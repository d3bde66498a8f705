//! The stores: a catalog, and the blobs of its sites. Each is chosen by itself.
//!
//! | Stores | Catalog | Blobs |
//! |---|---|---|
//! | embedded | `catalog.db` in the directory, of one site | `blobs/` in the directory |
//! | with a database | PostgreSQL, of many sites | `sites/KEY/` in the directory, which several processes share |
//! | with a bucket | `catalog.db` in the directory | below the prefix of the bucket |
//! | with both | PostgreSQL, of many sites | below `KEY/` and the prefix of the bucket |
//!
//! The embedded catalog belongs to one process. With a database, any number of processes use the same stores.
//!
//! A directory whose blobs are in a bucket remembers it in the file `bucket`, and a database where the blobs of each site are. Without
//! the bucket, or with another one, every download would fail.

use crate::clock::{self, DatabaseClock};
use crate::failure::Failure;
use crate::settings::{BlobsPlace, CatalogPlace, DatabasePlace, IN_DIRECTORY, Place};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wix_media::blobs::{Blobs, Directory, Disk, SharedDirectory};
use wix_media::catalog::{self, Catalog, Sqlite};
use wix_media::manager::{Clock, Manager, Options, Parts, SystemClock, SystemRandom};
use wix_media_postgres::{Limits, OlderSchema, Site, Store};
use wix_media_s3::Bucket;

/// The file of the embedded catalog, the folder of its blobs, and the folder of the blobs of sites in a database.
const CATALOG: &str = "catalog.db";
const BLOBS: &str = "blobs";
const SITES: &str = "sites";

/// The file that names the bucket of the embedded catalog.
const BUCKET: &str = "bucket";

/// Why stores that should be there cannot be used.
#[derive(Debug)]
pub(crate) enum NotThere {
    /// The settings name something else.
    Wrong(String),
    Failed(Failure),
}

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
    /// The bucket that they are in, if there is one.
    pub(crate) bucket: Option<Bucket>,
}

/// The blobs of a site: those of its manager, those beside them, and the bucket that both are in, if there is one.
struct SiteBlobs {
    of_manager: Box<dyn Blobs>,
    beside: Box<dyn Blobs>,
    bucket: Option<Bucket>,
}

/// Where the catalog is.
#[derive(Clone)]
enum CatalogStore {
    Directory(PathBuf),
    Database(Store),
}

/// The stores of a server.
#[derive(Clone)]
pub(crate) struct Storage {
    catalog: CatalogStore,
    blobs: BlobsPlace,
    /// The clock of all sites.
    clock: Arc<dyn Clock>,
    /// Whether folders are created, and it is recorded where the blobs of a site are.
    may_settle: bool,
}

impl fmt::Debug for Storage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Storage")
            .field("blobs", &self.blobs)
            .finish_non_exhaustive()
    }
}

impl Storage {
    /// Stores that are created where they are missing. A database is not asked yet.
    pub(crate) fn create(place: Place) -> Result<Storage, Failure> {
        let catalog = match place.catalog {
            CatalogPlace::Directory(directory) => {
                create(&directory).map_err(|error| not_opened(&directory, &error))?;
                settle_bucket(&directory, &place.blobs)?;
                CatalogStore::Directory(directory)
            }
            CatalogPlace::Database(database) => CatalogStore::Database(open(database)?),
        };
        let clock: Arc<dyn Clock> = match &catalog {
            CatalogStore::Directory(_) => Arc::new(SystemClock),
            CatalogStore::Database(database) => Arc::new(DatabaseClock::new(database.clone())),
        };
        let storage = Storage {
            catalog,
            clock,
            blobs: place.blobs,
            may_settle: true,
        };
        if let BlobsPlace::Directory(directory) = &storage.blobs {
            let folder = if storage.is_shared() { SITES } else { BLOBS };
            create(&directory.join(folder)).map_err(|error| not_opened(directory, &error))?;
        }
        Ok(storage)
    }

    /// Stores that are there already.
    pub(crate) fn existing(place: Place) -> Result<Storage, NotThere> {
        let expected = match (&place.catalog, &place.blobs) {
            (CatalogPlace::Directory(directory), _) => Some((directory, CATALOG, "is no Media Manager")),
            (CatalogPlace::Database(_), BlobsPlace::Directory(directory)) => {
                Some((directory, SITES, "are no files of a database"))
            }
            (CatalogPlace::Database(_), BlobsPlace::Bucket(_)) => None,
        };
        if let Some((directory, name, what)) = expected {
            match fs::metadata(directory.join(name)) {
                Ok(found) if found.is_dir() == (name == SITES) => {}
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(NotThere::Failed(not_opened(directory, &error)));
                }
                _ => {
                    let shown = directory.display();
                    return Err(NotThere::Wrong(format!(
                        "there {what} in {shown}: expected {name} in it"
                    )));
                }
            }
        }
        let storage = Storage::create(place).map_err(NotThere::Failed)?;
        Ok(Storage {
            may_settle: false,
            ..storage
        })
    }

    /// Whether several processes may use the stores at once.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.catalog, CatalogStore::Database(_))
    }

    /// The database, if there is one.
    pub(crate) fn database(&self) -> Option<&Store> {
        match &self.catalog {
            CatalogStore::Database(database) => Some(database),
            CatalogStore::Directory(_) => None,
        }
    }

    /// How many milliseconds the clock of this machine is ahead of that of the database. `None` without a database, and before it has
    /// answered.
    pub(crate) fn clock_lead(&self) -> Option<i64> {
        Some(clock::lead(self.database()?.now()?))
    }

    /// What the stores are, for people.
    pub(crate) fn kind(&self) -> &'static str {
        if self.is_shared() { "database" } else { "directory" }
    }

    /// Opens the site of these options. In a database, `may_create` adds an unknown one.
    pub(crate) fn open(&self, mut options: Options, may_create: bool) -> Result<Opened, NotOpen> {
        options.shares_stores = self.is_shared();
        let (catalog, key) = self.catalog(&mut options, may_create)?;
        let blobs = self.blobs(key.as_deref()).map_err(NotOpen::Ever)?;
        let manager = Manager::new(Parts {
            catalog,
            blobs: blobs.of_manager,
            clock: Box::new(Arc::clone(&self.clock)),
            random: Box::new(SystemRandom),
            options,
        })
        .map_err(|error| self.not_open(error))?;
        Ok(Opened {
            manager,
            blobs: blobs.beside,
            bucket: blobs.bucket,
        })
    }

    /// The catalog of a site, and the key of its blobs in stores of several sites. There, its files have a prefix too.
    fn catalog(&self, options: &mut Options, may_create: bool) -> Result<(Box<dyn Catalog>, Option<String>), NotOpen> {
        let database = match &self.catalog {
            CatalogStore::Database(database) => database,
            CatalogStore::Directory(directory) => {
                let catalog = Sqlite::open(&directory.join(CATALOG)).map_err(|error| {
                    let shown = directory.display();
                    NotOpen::Ever(match error {
                        catalog::Error::Locked => Failure(format!(
                            "the directory {shown} is in use by another process: stop that first, or choose another directory"
                        )),
                        error => Failure(format!("cannot open the catalog of {shown}: {error}")),
                    })
                })?;
                return Ok((Box::new(catalog), None));
            }
        };
        let site_id = &options.site_id;
        let site = if may_create {
            database.create_site(site_id).map(Some)
        } else {
            database.site(site_id)
        };
        match site.map_err(|error| self.not_open(error))? {
            Some(site) => {
                self.settle_site(&site, site_id)?;
                let key = site.storage_key().to_owned();
                options.id_prefix = site.prefix().map(str::to_owned);
                Ok((Box::new(site), Some(key)))
            }
            None => Err(NotOpen::Ever(Failure(format!(
                "site not found in the database: {site_id}"
            )))),
        }
    }

    /// Refuses to look for the blobs of a site where they are not. The first server that opens it records where they are.
    fn settle_site(&self, site: &Site, id: &str) -> Result<(), NotOpen> {
        let asked = self.blobs.recorded();
        let known = match site.bytes_place() {
            Some(known) => known.to_owned(),
            None if self.may_settle => site.record_bytes_place(&asked).map_err(|error| self.not_open(error))?,
            None => return Ok(()),
        };
        if known != asked {
            let use_it = if known == IN_DIRECTORY {
                "in a directory: use --data without --bucket".to_owned()
            } else {
                format!("in {known}: use --bucket {known}")
            };
            return Err(NotOpen::Ever(Failure(format!(
                "the bytes of the site {id} are {use_it}, or, if you have copied all of them, run \
                 wix-media-server site bytes {asked} --only {id}"
            ))));
        }
        if let BlobsPlace::Directory(directory) = &self.blobs {
            let folder = directory.join(SITES).join(site.storage_key());
            if !self.may_settle && !folder.is_dir() {
                return Err(NotOpen::Ever(Failure(format!(
                    "there are no bytes of the site {id}: expected the folder {}",
                    folder.display()
                ))));
            }
        }
        Ok(())
    }

    /// The blobs of a site. `key` is theirs where the stores have several sites.
    fn blobs(&self, key: Option<&str>) -> Result<SiteBlobs, Failure> {
        match &self.blobs {
            BlobsPlace::Directory(directory) => {
                let blobs = || directory_blobs(directory, key).map_err(|error| not_opened(directory, &error));
                Ok(SiteBlobs {
                    of_manager: blobs()?,
                    beside: blobs()?,
                    bucket: None,
                })
            }
            BlobsPlace::Bucket(settings) => {
                let bucket = bucket((**settings).clone(), key)?;
                // Bytes that are not in the bucket yet are known to its clones only.
                Ok(SiteBlobs {
                    of_manager: Box::new(bucket.clone()),
                    beside: Box::new(bucket.clone()),
                    bucket: Some(bucket),
                })
            }
        }
    }

    /// Whether the stores are a database without any site.
    pub(crate) fn has_no_site(&self) -> Result<bool, NotOpen> {
        let ids = self.database().map(Store::site_ids).transpose();
        Ok(ids
            .map_err(|error| self.not_open(error))?
            .is_some_and(|ids| ids.is_empty()))
    }

    /// Lends blobs with a key that no site has. `run` has to remove those that it writes.
    pub(crate) fn try_blobs<T>(
        &self,
        key: &str,
        run: impl FnOnce(&dyn Blobs, Option<&Bucket>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let blobs = self.blobs(Some(key))?;
        let outcome = run(&*blobs.beside, blobs.bucket.as_ref());
        if let BlobsPlace::Directory(directory) = &self.blobs {
            _ = fs::remove_dir_all(directory.join(SITES).join(key));
        }
        outcome
    }

    /// Checks what a database must be like. Returns the version of its server, `None` without a database.
    pub(crate) fn check_database(&self) -> Result<Option<String>, Failure> {
        match &self.catalog {
            CatalogStore::Directory(_) => Ok(None),
            CatalogStore::Database(database) => {
                let version = database.check_database();
                version.map(Some).map_err(|error| self.not_open(error).into())
            }
        }
    }

    pub(crate) fn not_open(&self, error: catalog::Error) -> NotOpen {
        match &error {
            catalog::Error::Unavailable(cause) if cause.is::<OlderSchema>() => NotOpen::Now(
                Failure(format!("{cause} with wix-media-server migrate")),
                "older schema: run wix-media-server migrate",
            ),
            catalog::Error::Full(_) => NotOpen::Now(self.unusable(&error), "database full"),
            error if error.is_retryable() || matches!(error, catalog::Error::TimedOut(_)) => {
                NotOpen::Now(self.unusable(error), "database unavailable")
            }
            _ => NotOpen::Ever(self.unusable(&error)),
        }
    }

    /// The failure of a catalog that is open.
    pub(crate) fn unusable(&self, error: &catalog::Error) -> Failure {
        Failure(match &self.catalog {
            CatalogStore::Directory(directory) => format!("cannot use the catalog of {}: {error}", directory.display()),
            CatalogStore::Database(_) => format!("cannot use the database: {error}"),
        })
    }

    /// The directory of the stores. `None` for a catalog in a database with the bytes in a bucket.
    pub(crate) fn directory(&self) -> Option<&Path> {
        match (&self.catalog, &self.blobs) {
            (CatalogStore::Directory(directory), _) | (_, BlobsPlace::Directory(directory)) => Some(directory),
            (CatalogStore::Database(_), BlobsPlace::Bucket(_)) => None,
        }
    }
}

fn directory_blobs(directory: &Path, key: Option<&str>) -> std::io::Result<Box<dyn Blobs>> {
    let Some(key) = key else {
        return Ok(Box::new(Directory::new(Disk::new(&directory.join(BLOBS))?)));
    };
    let folder = directory.join(SITES).join(key);
    create(&folder)?;
    Ok(Box::new(SharedDirectory::open(&folder)?))
}

fn bucket(mut settings: wix_media_s3::Settings, key: Option<&str>) -> Result<Bucket, Failure> {
    if let Some(key) = key {
        if !settings.prefix.is_empty() {
            settings.prefix.push('/');
        }
        settings.prefix.push_str(key);
    }
    let opened = Bucket::open(&settings);
    opened.map_err(|error| Failure(format!("cannot use the bucket {}: {error}", settings.url())))
}

/// Refuses to look for blobs where those of the catalog are not. A new directory remembers where they are.
fn settle_bucket(directory: &Path, blobs: &BlobsPlace) -> Result<(), Failure> {
    let file = directory.join(BUCKET);
    let known = match fs::read_to_string(&file) {
        Ok(text) => Some(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(not_opened(directory, &error)),
    };
    let asked = match blobs {
        BlobsPlace::Directory(_) => None,
        BlobsPlace::Bucket(settings) => Some(settings.url()),
    };
    if known == asked {
        return Ok(());
    }
    let shown = directory.display();
    match (known, asked) {
        (Some(known), _) => Err(Failure(format!(
            "the bytes of {shown} are in {known}: use --bucket {known}, or change {}",
            file.display()
        ))),
        (None, Some(asked)) if !directory.join(CATALOG).exists() => {
            fs::write(&file, asked + "\n").map_err(|error| not_opened(directory, &error))
        }
        _ => Err(Failure(format!(
            "the bytes of {shown} are in the directory itself: start without --bucket, or import an export into a new directory"
        ))),
    }
}

fn not_opened(directory: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("cannot open the directory {}: {error}", directory.display()))
}

/// Prepares connections to a database.
fn open(place: DatabasePlace) -> Result<Store, Failure> {
    let limits = Limits {
        connections: place.connections,
        ..Limits::default()
    };
    let store =
        Store::open(&place.url, limits).map_err(|error| Failure(format!("cannot use the database: {error}")))?;
    Ok(if place.audit_days > 0 {
        store.with_records()
    } else {
        store
    })
}

/// Creates a folder for its owner only. One that is there stays as it is.
fn create(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
