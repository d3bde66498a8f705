//! A catalog whose writers fail on demand.

use super::*;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where writers of a [`Faulty`] catalog fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// When it is opened.
    Open,
    /// At its commit, which leaves nothing behind.
    Commit,
    /// At a read of the total size of all files, after this many reads by any writers.
    TotalSize(u32),
}

/// A catalog whose writers fail on demand, for tests of what runs on a catalog. Between faults it behaves like the catalog
/// that it wraps. A clone shares the catalog and its faults.
///
/// ```
/// use wix_media::catalog::{Catalog, Error, Fault, Faulty, Sqlite};
///
/// let catalog = Faulty::new(Sqlite::memory()?);
/// catalog.fail(Fault::Commit, Error::Conflict);
///
/// let mut writer = catalog.write()?;
/// writer.set_setting("name", "value")?;
/// assert!(matches!(writer.commit(), Err(Error::Conflict)));
/// assert_eq!(catalog.read()?.setting("name")?, None);
///
/// catalog.write()?.commit()?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Faulty {
    catalog: Arc<dyn Catalog>,
    faults: Arc<Mutex<VecDeque<(Fault, Error)>>>,
    size_fault: Arc<Mutex<Option<(u32, Error)>>>,
}

impl Faulty {
    /// Wraps a catalog.
    ///
    /// ```
    /// use wix_media::catalog::{Catalog, Faulty, Sqlite};
    ///
    /// assert!(Faulty::new(Sqlite::memory()?).is_intact()?);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn new(catalog: impl Catalog + 'static) -> Faulty {
        Faulty {
            catalog: Arc::new(catalog),
            faults: Arc::default(),
            size_fault: Arc::default(),
        }
    }

    /// Makes one writer fail: the next one that is opened and for which no fault was set before. A [`Fault::TotalSize`] is
    /// that of whichever writer reads the size.
    ///
    /// ```
    /// use wix_media::catalog::{Catalog, Error, Fault, Faulty, Sqlite};
    ///
    /// let catalog = Faulty::new(Sqlite::memory()?);
    /// catalog.fail(Fault::Open, Error::Conflict);
    /// assert!(matches!(catalog.write().err(), Some(Error::Conflict)));
    /// assert!(catalog.write().is_ok());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fail(&self, fault: Fault, error: Error) {
        match fault {
            Fault::TotalSize(count) => *locked(&self.size_fault) = Some((count, error)),
            fault => locked(&self.faults).push_back((fault, error)),
        }
    }

    fn writer<'a>(&'a self, open: impl FnOnce() -> Result<Box<dyn Write + 'a>>) -> Result<Box<dyn Write + 'a>> {
        let fault = locked(&self.faults).pop_front();
        let failure = match fault {
            Some((Fault::Open, error)) => return Err(error),
            Some((_, error)) => Some(error),
            None => None,
        };
        Ok(Box::new(Writer {
            writer: open()?,
            failure,
            size_fault: self.size_fault.clone(),
        }))
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Catalog for Faulty {
    fn read(&self) -> Result<Box<dyn Read + '_>> {
        self.catalog.read()
    }

    fn write(&self) -> Result<Box<dyn Write + '_>> {
        self.writer(|| self.catalog.write())
    }

    fn write_lazily(&self) -> Result<Box<dyn Write + '_>> {
        self.writer(|| self.catalog.write_lazily())
    }

    fn read_long(&self) -> Result<Option<Box<dyn Read>>> {
        self.catalog.read_long()
    }

    fn build(&self) -> Result<Option<BuildWriter>> {
        self.catalog.build()
    }

    fn replace(&self) -> Result<()> {
        self.catalog.replace()
    }

    fn discard_built(&self) {
        self.catalog.discard_built();
    }

    fn inspect(&self) -> Result<Option<Box<dyn Inspection>>> {
        self.catalog.inspect()
    }

    fn back_off(&self, retry: u32) {
        self.catalog.back_off(retry);
    }

    fn min_step(&self) -> u32 {
        self.catalog.min_step()
    }

    fn is_intact(&self) -> Result<bool> {
        self.catalog.is_intact()
    }
}

struct Writer<'a> {
    writer: Box<dyn Write + 'a>,
    /// The error of the commit.
    failure: Option<Error>,
    size_fault: Arc<Mutex<Option<(u32, Error)>>>,
}

impl Writer<'_> {
    /// Returns the error of this read of the total size, if it fails.
    fn take_size_fault(&self) -> Option<Error> {
        let mut fault = locked(&self.size_fault);
        if let Some((count @ 1.., _)) = fault.as_mut() {
            *count -= 1;
            return None;
        }
        fault.take().map(|(_, error)| error)
    }
}

impl Write for Writer<'_> {
    fn commit(self: Box<Self>) -> Result<()> {
        match self.failure {
            Some(error) => Err(error),
            None => self.writer.commit(),
        }
    }
}

impl Read for Writer<'_> {}

/// Implements traits of a writer by calling the one that it wraps.
macro_rules! forward {
    ($($trait:ident { $(($($receiver:tt)+) $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+ })+) => {
        $(impl $trait for Writer<'_> {
            $(forward!(@method ($($receiver)+) $name($($argument: $type),*) -> $result);)+
        })+
    };
    (@method (& $self:ident) total_size() -> $result:ty) => {
        fn total_size(&$self) -> Result<$result> {
            match $self.take_size_fault() {
                Some(error) => Err(error),
                None => $self.writer.total_size(),
            }
        }
    };
    (@method (& $self:ident) $name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        fn $name(&$self, $($argument: $type),*) -> Result<$result> {
            $self.writer.$name($($argument),*)
        }
    };
    (@method (&mut $self:ident) $name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        fn $name(&mut $self, $($argument: $type),*) -> Result<$result> {
            $self.writer.$name($($argument),*)
        }
    };
}

forward! {
    ReadSettings {
        (&self) setting(name: &str) -> Option<String>;
    }
    WriteSettings {
        (&mut self) set_setting(name: &str, value: &str) -> ();
        (&mut self) increment_setting(name: &str) -> i64;
    }
    ReadItems {
        (&self) folder(id: &str) -> Option<Folder>;
        (&self) folder_named(parent: &str, name: &str) -> Option<Folder>;
        (&self) folders_above(id: &str) -> Vec<String>;
        (&self) height(id: &str) -> u32;
        (&self) file(id: &str) -> Option<File>;
        (&self) files_by_id(ids: &[String]) -> Vec<File>;
        (&self) has_children(parent: &str) -> bool;
        (&self) total_size() -> i64;
        (&self) all_folders(after: &str, limit: u32) -> Vec<Folder>;
        (&self) all_files(after: &str, limit: u32) -> Vec<File>;
    }
    WriteItems {
        (&mut self) insert_folder(folder: &Folder) -> ();
        (&mut self) update_folder(folder: &Folder) -> ();
        (&mut self) insert_file(file: &File) -> ();
        (&mut self) update_files(files: &[File]) -> ();
        (&mut self) update_file(file: &File) -> ();
        (&mut self) remove_files(ids: &[&str]) -> ();
    }
    ReadTrees {
        (&self) tree(top: &str) -> Tree;
        (&self) folder_tree(top: &str) -> Vec<Branch>;
        (&self) tree_size(top: &str, limit: u32) -> u32;
        (&self) has_stale_files() -> bool;
        (&self) stale_files(limit: u32) -> Vec<Stale>;
        (&self) stale_by_id(ids: &[String]) -> Vec<StaleFile>;
    }
    WriteTrees {
        (&mut self) defer_files(folders: &[&str]) -> ();
        (&mut self) refresh_files(ids: &[&str], events: u32) -> Vec<i64>;
        (&mut self) pass_stale_files(folders: &[&str], up_to: Option<&str>) -> ();
        (&mut self) move_tree(top: &str, area: Area) -> ();
        (&mut self) trash_tree(top: &str, deletion: i64, now: i64) -> ();
        (&mut self) restore_tree(top: &str, parent: &str, area: Area) -> ();
        (&mut self) remove_tree(top: &str) -> ();
    }
    ReadListing {
        (&self) folders(page: &Page) -> Vec<Folder>;
        (&self) files(page: &Page) -> Vec<File>;
    }
    ReadEvents {
        (&self) events_of(entity: Entity, id: &str) -> i64;
        (&self) events(after: i64, limit: u32) -> Vec<(i64, String)>;
        (&self) last_event() -> i64;
    }
    WriteEvents {
        (&mut self) count_events(entity: Entity, ids: &[&str]) -> Vec<i64>;
        (&mut self) set_events_of(entity: Entity, id: &str, count: i64) -> ();
        (&mut self) insert_events(bodies: &[String]) -> i64;
        (&mut self) skip_events(number: i64) -> ();
        (&mut self) remove_events(up_to: i64) -> ();
    }
    ReadDeliveries {
        (&self) delivery(number: i64) -> Option<Delivery>;
        (&self) next_delivery(urls: &[&str], now: i64) -> Option<i64>;
    }
    WriteDeliveries {
        (&mut self) insert_deliveries(deliveries: &[NewDelivery<'_>]) -> ();
        (&mut self) take_deliveries(urls: &[&str], now: i64, until: i64, limit: u32) -> Vec<Delivery>;
        (&mut self) postpone_delivery(number: i64, tries: u32, due: i64) -> ();
        (&mut self) remove_delivery(number: i64) -> ();
        (&mut self) remove_stale_deliveries(urls: &[&str], before: i64) -> ();
    }
    ReadUploads {
        (&self) upload(id: &str) -> Option<Upload>;
        (&self) upload_of_transfer(transfer: &str) -> Option<Upload>;
        (&self) upload_count() -> u64;
        (&self) import(file: &str) -> Option<Import>;
        (&self) has_imports(now: i64) -> bool;
    }
    WriteUploads {
        (&mut self) put_upload(upload: &Upload) -> ();
        (&mut self) take_over_transfer(transfer: &str) -> i64;
        (&mut self) advance_transfer(transfer: &str, epoch: i64, received: i64, digest: &str) -> bool;
        (&mut self) remove_uploads(before: i64) -> ();
        (&mut self) remove_idle_uploads(limit: u32) -> u64;
        (&mut self) put_import(import: &Import) -> ();
        (&mut self) take_imports(now: i64, until: i64, limit: u32) -> Vec<Import>;
        (&mut self) release_import(file: &str) -> ();
        (&mut self) remove_import(file: &str) -> ();
    }
    ReadJobs {
        (&self) due_files(now: i64, limit: u32) -> Vec<File>;
        (&self) next_due() -> Option<i64>;
        (&self) waiting(urls: &[&str], now: i64) -> Waiting;
    }
    WriteJobs {
        (&mut self) insert_job(job: &Job) -> ();
        (&mut self) take_job(now: i64) -> Option<Job>;
        (&mut self) pull_in(now: i64, pending: i64, delay: i64, retries: &[i64]) -> ();
        (&mut self) end_leases() -> ();
    }
    ReadBundles {
        (&self) bundle(id: &str) -> Option<(String, i64)>;
        (&self) bundle_entries(id: &str, from: i64, limit: u32) -> Vec<(i64, BundleEntry)>;
        (&self) kept_entries(after: &str, limit: u32) -> Vec<BundleEntry>;
        (&self) excess_bundles(bundles: u32, entries: u64) -> Vec<String>;
        (&self) temporary_bundles(until: i64) -> Vec<String>;
        (&self) needs_blob(blob: &str) -> bool;
        (&self) doomed_blobs(from: i64, until: i64, after: &str, limit: u32) -> Vec<String>;
        (&self) doomed_count() -> u64;
    }
    WriteBundles {
        (&mut self) insert_bundle(id: &str, name: &str, temporary: bool, now: i64) -> ();
        (&mut self) insert_bundle_entries(bundle: &str, position: i64, entries: &[BundleEntry]) -> ();
        (&mut self) remove_bundle(id: &str) -> ();
        (&mut self) doom_blobs(blobs: &[String], now: i64) -> Vec<String>;
        (&mut self) doom_orphans(blobs: &[String], now: i64) -> ();
        (&mut self) take_doomed(blobs: &[String], from: i64, until: i64) -> Vec<String>;
    }
    ReadAssets {
        (&self) asset(file: &str, name: &str) -> Option<Asset>;
        (&self) assets_of(files: &[&str]) -> Vec<Asset>;
        (&self) transcode(file: &str) -> Option<Transcode>;
        (&self) has_transcodes(now: i64) -> bool;
        (&self) has_backlog() -> bool;
        (&self) waiting_transcodes(now: i64) -> u64;
    }
    WriteAssets {
        (&mut self) put_asset(asset: &Asset) -> ();
        (&mut self) remove_asset(file: &str, name: &str) -> ();
        (&mut self) put_transcode(file: &str, ready_at: i64) -> ();
        (&mut self) take_transcodes(now: i64, until: i64, limit: u32) -> Vec<Transcode>;
        (&mut self) release_transcode(file: &str) -> ();
        (&mut self) remove_transcode(file: &str) -> ();
        (&mut self) put_backlog(file: &str) -> ();
        (&mut self) queue_backlog(limit: u32) -> u64;
    }
    WriteAll {
        (&mut self) clear(now: i64) -> ();
        (&mut self) begin_load() -> ();
        (&mut self) end_load() -> ();
        (&mut self) settle_areas(levels: u32) -> Option<(Entity, String)>;
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance::{self, SUBJECTS};
    use super::*;

    fn faulty() -> Faulty {
        Faulty::new(Sqlite::memory().expect("a catalog"))
    }

    #[test]
    fn catalog_without_faults_conforms() {
        for (_, functions) in SUBJECTS {
            conformance::run(functions, &|| Box::new(faulty()));
        }
    }

    #[test]
    fn each_fault_ends_one_writer() {
        let catalog = faulty();
        catalog.fail(Fault::Commit, Error::Conflict);
        catalog.fail(Fault::Open, Error::Unavailable("away".into()));
        let mut writer = catalog.write_lazily().expect("a writer");
        writer.increment_setting("n").expect("incremented");
        assert!(matches!(writer.commit(), Err(Error::Conflict)));
        assert!(matches!(catalog.write().err(), Some(Error::Unavailable(_))));
        let mut writer = catalog.write().expect("a writer");
        assert_eq!(writer.increment_setting("n").expect("incremented"), 1);
        writer.commit().expect("committed");
        assert_eq!(
            catalog
                .read()
                .expect("a snapshot")
                .setting("n")
                .expect("read")
                .as_deref(),
            Some("1")
        );
    }
}
