//! What requests share: those of all sites, and those of one.

use crate::guard::Rules;
use crate::log::Failures;
use crate::metrics::Metrics;
use crate::page::Page;
use crate::pictures::{Pictures, Pool};
use crate::signer::Signer;
use crate::storage::Opened;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use wix_media::catalog;
use wix_media::manager::Manager;
use wix_media_postgres::Store;
use wix_media_s3::Bucket;

/// How far the shutdown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Running,
    /// Requests that are under way may finish.
    Stopping,
    /// Requests that are under way are cut off.
    Cut,
}

/// What the requests of all sites share: the rules, and how far the shutdown is.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) metrics: Arc<Metrics>,
    /// What fails at the moment, again and again.
    pub(crate) failures: Failures,
    /// What the pictures of all sites share.
    pub(crate) pictures_pool: Arc<Pool>,
    /// The files of the page, if there is one.
    pub(crate) page: Option<Arc<Page>>,
    /// What the stores are, for people, and their directory, if they have one.
    pub(crate) storage_kind: &'static str,
    pub(crate) directory: Option<PathBuf>,
    /// Whether other processes may change the same stores.
    pub(crate) has_others: bool,
    pub(crate) allow_private_imports: bool,
    /// Whether callers are redirected to the bucket for the bytes of files.
    pub(crate) redirects_downloads: bool,
    /// The records of changes, if there are any.
    pub(crate) records: Option<Records>,
    /// The database, if there is one, and whether the processes count calls in it.
    pub(crate) database: Option<Store>,
    pub(crate) counts_calls: bool,
    pub(crate) started: Instant,
    pub(crate) rules: Rules,
    pub(crate) phases: watch::Receiver<Phase>,
    /// How many requests are being answered. Some of them without a connection, for as long as they clean up.
    pub(crate) answering: watch::Sender<usize>,
}

/// The records of changes, which a database keeps.
#[derive(Debug)]
pub(crate) struct Records {
    pub(crate) database: Store,
    pub(crate) max_age: Duration,
}

/// A request that is being answered, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Shared>);

impl Answering {
    pub(crate) fn new(shared: &Arc<Shared>) -> Answering {
        shared.answering.send_modify(|count| *count += 1);
        Answering(Arc::clone(shared))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.send_modify(|count| *count -= 1);
    }
}

impl Shared {
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
}

/// What the requests of a site share, with what those of all sites share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) manager: Arc<Manager>,
    pub(crate) pictures: Arc<Pictures>,
    pub(crate) signer: Signer,
    /// The bucket that sends the bytes of files to callers, if it does.
    pub(crate) redirects: Option<Bucket>,
    shared: Arc<Shared>,
    pub(crate) site_id: String,
    /// Requests for the site.
    pub(crate) requests: AtomicU64,
    /// Blobs that the last sweep found unused, and left for a later one.
    pub(crate) unused_blobs: AtomicU64,
    /// Whether the site is one of several in a database, which only the holders of its keys may use.
    pub(crate) is_listed: bool,
    /// Whether the rate limit was changed in this process, which then counts calls for itself.
    pub(crate) counts_alone: AtomicBool,
    /// Told whenever something may have changed.
    changes: watch::Sender<()>,
    /// Whether the site has made room for another one.
    closed: watch::Sender<bool>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl App {
    pub(crate) fn new(shared: &Arc<Shared>, opened: Opened, site_id: &str, is_listed: bool) -> App {
        let manager = Arc::new(opened.manager);
        App {
            pictures: Arc::new(Pictures::new(
                Arc::clone(&manager),
                opened.blobs,
                opened.bucket.clone(),
                site_id,
                &shared.pictures_pool,
            )),
            manager,
            redirects: opened.bucket.filter(|_| shared.redirects_downloads),
            signer: Signer::default(),
            shared: Arc::clone(shared),
            site_id: site_id.to_owned(),
            requests: AtomicU64::new(0),
            unused_blobs: AtomicU64::new(0),
            is_listed,
            counts_alone: AtomicBool::new(false),
            changes: watch::Sender::new(()),
            closed: watch::Sender::new(false),
        }
    }

    /// Ends what happens for the site without requests.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Waits until the site is closed, or the server stops.
    pub(crate) async fn ending(&self) {
        let mut closed = self.closed.subscribe();
        tokio::select! {
            _ = closed.wait_for(|closed| *closed) => {}
            () = self.stopping() => {}
        }
    }

    /// Deletes the records of changes of the site that are too old. Returns how many.
    pub(crate) fn forget_records(&self) -> catalog::Result<u64> {
        match &self.records {
            Some(records) => records.database.forget_audit(&self.site_id, records.max_age),
            None => Ok(0),
        }
    }

    /// Deletes the counts of calls that are over, of all sites. Returns how many.
    pub(crate) fn forget_calls(&self) -> catalog::Result<u64> {
        self.database.as_ref().map_or(Ok(0), Store::forget_calls)
    }

    /// Returns a receiver that is told of changes.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// How many receivers there are.
    pub(crate) fn receivers(&self) -> usize {
        self.changes.receiver_count()
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
