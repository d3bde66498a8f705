//! The embedded store: a catalog and blobs in one directory.

use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};
use wix_media::blobs::{Blobs, Directory, Disk};
use wix_media::catalog::{self, Sqlite};
use wix_media::manager::{Manager, Options, Parts, SystemClock, SystemRandom};

/// The file of the catalog, and the folder of the blobs.
const CATALOG: &str = "catalog.db";
const BLOBS: &str = "blobs";

/// A directory with a catalog and blobs.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    directory: PathBuf,
}

impl Storage {
    /// A directory, which is created where it is missing.
    pub(crate) fn create(directory: PathBuf) -> Result<Storage, Failure> {
        let storage = Storage { directory };
        create(&storage.directory)
            .and_then(|()| create(&storage.directory.join(BLOBS)))
            .map_err(|error| storage.failed(&error))?;
        Ok(storage)
    }

    /// A directory in which there is a catalog already.
    pub(crate) fn existing(directory: PathBuf) -> Result<Storage, Failure> {
        let storage = Storage { directory };
        let catalog = storage.directory.join(CATALOG);
        match fs::metadata(&catalog) {
            Ok(found) if found.is_file() => Storage::create(storage.directory),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(storage.failed(&error)),
            _ => Err(Failure(format!(
                "there is no Media Manager in {}: expected {CATALOG} in it",
                storage.shown()
            ))),
        }
    }

    /// Opens the catalog, which no other process may use.
    pub(crate) fn manager(&self, options: Options) -> Result<Manager, Failure> {
        let shown = self.shown();
        let catalog = Sqlite::open(&self.directory.join(CATALOG)).map_err(|error| match error {
            catalog::Error::Locked => Failure(format!(
                "the directory {shown} is in use by another process: stop that first, or choose another directory"
            )),
            error => Failure(format!("cannot open the catalog of {shown}: {error}")),
        })?;
        Manager::new(Parts {
            catalog: Box::new(catalog),
            blobs: self.blobs()?,
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            options,
        })
        .map_err(|error| self.unusable(&error))
    }

    /// The blobs, beside those of a manager.
    pub(crate) fn blobs(&self) -> Result<Box<dyn Blobs>, Failure> {
        let disk = Disk::new(&self.directory.join(BLOBS)).map_err(|error| self.failed(&error))?;
        Ok(Box::new(Directory::new(disk)))
    }

    /// The failure of a catalog that is open.
    pub(crate) fn unusable(&self, error: &catalog::Error) -> Failure {
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

/// Creates a folder for its owner only. One that is there stays as it is.
fn create(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
