//! What all requests share: the storage, the rules, and how far the shutdown is.

use crate::failure::Failure;
use crate::guard::Rules;
use crate::page::Page;
use crate::pictures::Pictures;
use crate::settings::Settings;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::Instant;
use wix_media::blobs::{Blobs, Directory, Disk};
use wix_media::catalog::{self, Sqlite};
use wix_media::manager::{ApiKey, Credentials, Manager, Options, Parts, SystemClock, SystemRandom};
use wix_media::operations::Access;

/// How far the shutdown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Running,
    /// Requests that are under way may finish.
    Stopping,
    /// Requests that are under way are cut off.
    Cut,
}

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) manager: Arc<Manager>,
    pub(crate) pictures: Arc<Pictures>,
    /// The files of the page, if there is one.
    pub(crate) page: Option<Arc<Page>>,
    pub(crate) directory: PathBuf,
    pub(crate) allow_private_imports: bool,
    pub(crate) started: Instant,
    pub(crate) rules: Rules,
    /// Told whenever something may have changed.
    changes: watch::Sender<()>,
    phases: watch::Receiver<Phase>,
    /// How many requests are being answered. Some of them without a connection, for as long as they clean up.
    answering: watch::Sender<usize>,
}

/// A request that is being answered, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Answering(Arc<App>);

impl Answering {
    pub(crate) fn new(app: &Arc<App>) -> Answering {
        app.answering.send_modify(|count| *count += 1);
        Answering(Arc::clone(app))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.send_modify(|count| *count -= 1);
    }
}

impl App {
    /// Opens the storage, and creates it if it is missing.
    pub(crate) fn open(settings: Settings, phases: watch::Receiver<Phase>) -> Result<App, Failure> {
        let directory = settings.data;
        let shown = directory.display().to_string();
        let failed = |error: std::io::Error| Failure(format!("cannot open the directory {shown}: {error}"));
        create(&directory).map_err(failed)?;
        create(&directory.join("blobs")).map_err(failed)?;
        let catalog = Sqlite::open(&directory.join("catalog.db")).map_err(|error| match error {
            catalog::Error::Locked => Failure(format!(
                "the directory {shown} is in use by another process: stop that first, or choose another directory"
            )),
            error => Failure(format!("cannot open the catalog of {shown}: {error}")),
        })?;
        let disk = || Disk::new(&directory.join("blobs")).map_err(failed);
        let mut options = Options {
            base_url: settings.external_url,
            allow_private_imports: settings.allow_private_imports,
            quota: settings.quota,
            requests_per_minute: settings.requests_per_minute,
            ..Options::default()
        };
        let site_ids: Vec<String> = settings.site_id.iter().cloned().collect();
        if let Some(site_id) = settings.site_id {
            options.site_id = site_id;
        }
        if !settings.keys.is_empty() {
            let key = |key: String| ApiKey {
                key,
                site_ids: site_ids.clone(),
                scope: Access::Manage,
            };
            options.credentials = Some(Credentials {
                api_keys: settings.keys.into_iter().map(key).collect(),
                clients: Vec::new(),
            });
        }
        let page = settings.page.map(|folder| Page::open(&folder)).transpose()?;
        let stored = |error: catalog::Error| Failure(format!("cannot use the catalog of {shown}: {error}"));
        let manager = Manager::new(Parts {
            catalog: Box::new(catalog),
            blobs: Box::new(Directory::new(disk()?)),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            options,
        })
        .map_err(stored)?;
        // The lock of the directory keeps every other process out, so none of them holds leases. If the disk is full, they expire by themselves.
        match manager.end_leases() {
            Ok(()) | Err(catalog::Error::Full(_)) => {}
            Err(error) => return Err(stored(error)),
        }
        let manager = Arc::new(manager);
        // Reads the bytes of files that are being made, for the steps of processing.
        let blobs: Box<dyn Blobs> = Box::new(Directory::new(disk()?));
        Ok(App {
            pictures: Arc::new(Pictures::new(Arc::clone(&manager), blobs)),
            manager,
            page: page.map(Arc::new),
            directory,
            allow_private_imports: settings.allow_private_imports,
            started: Instant::now(),
            rules: settings.rules,
            changes: watch::Sender::new(()),
            phases,
            answering: watch::Sender::new(0),
        })
    }

    /// Returns a receiver of how far the shutdown is.
    pub(crate) fn phases(&self) -> watch::Receiver<Phase> {
        self.phases.clone()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.phases.borrow() != Phase::Running
    }

    /// Waits until the server stops.
    pub(crate) async fn stopping(&self) {
        _ = self.phases().wait_for(|phase| *phase != Phase::Running).await;
    }

    /// Waits until no request is being answered any more.
    pub(crate) async fn answered(&self) {
        _ = self.answering.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Returns a receiver that is told of changes.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Tells all receivers that something may have changed.
    pub(crate) fn changed(&self) {
        self.changes.send_replace(());
    }

    /// Tells all receivers of changes that were committed since the last time. Returns whether there were any.
    pub(crate) fn tell_changes(&self) -> bool {
        let has_changed = self.manager.take_changed();
        if has_changed {
            self.changed();
        }
        has_changed
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
