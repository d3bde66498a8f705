//! What all requests share: the storage, the rules, and how far the shutdown is.

use crate::failure::Failure;
use crate::guard::Rules;
use crate::metrics::Metrics;
use crate::page::Page;
use crate::pictures::Pictures;
use crate::settings::Settings;
use crate::signer::Signer;
use crate::storage::Storage;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::Instant;
use wix_media::catalog;
use wix_media::manager::{ApiKey, Credentials, Manager, Options};
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
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) pictures: Arc<Pictures>,
    pub(crate) signer: Signer,
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
        let storage = Storage::create(settings.data)?;
        let mut options = Options {
            base_url: settings.external_url,
            allow_private_imports: settings.allow_private_imports,
            quota: settings.quota,
            requests_per_minute: settings.requests_per_minute,
            webhooks: settings.webhooks,
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
        let page = settings
            .page
            .map(|folder| Page::open(&folder, &settings.rules.frames))
            .transpose()?;
        let manager = storage.manager(options)?;
        // The lock of the directory keeps every other process out, so none of them holds leases. If the disk is full, they expire by themselves.
        match manager.end_leases() {
            Ok(()) | Err(catalog::Error::Full(_)) => {}
            Err(error) => return Err(storage.unusable(&error)),
        }
        let manager = Arc::new(manager);
        // Reads the bytes of files that are being made, for the steps of processing.
        let blobs = storage.blobs()?;
        Ok(App {
            pictures: Arc::new(Pictures::new(Arc::clone(&manager), blobs)),
            manager,
            metrics: Arc::default(),
            signer: Signer::default(),
            page: page.map(Arc::new),
            directory: storage.directory().to_owned(),
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
