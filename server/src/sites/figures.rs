//! Figures of the sites for operators, and whether their database can be used.

use super::Sites;
use crate::app::App;
use crate::log;
use crate::metrics::{CatalogPresent, Present, SitePresent};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::task::spawn_blocking;
use wix_media::catalog;

/// How long the catalog may take. A reader of metrics waits for ten seconds by default, and needs those of the process above all when
/// the database does not answer.
const CATALOG_TIMEOUT: Duration = Duration::from_secs(3);

/// What is logged when it fails for another reason than before.
const READING: &str = "reading the catalog";

/// What the catalog says: of all sites, and the bytes of each.
type Said = (CatalogPresent, HashMap<String, u64>);

impl Sites {
    /// The figures of the moment.
    pub(crate) async fn present(&self) -> Present {
        let (said, apps) = (self.ask_catalog().await, self.open_apps());
        let bytes = said.as_ref().map(|(_, bytes)| bytes);
        let mut sites: Vec<SitePresent> = apps
            .iter()
            .map(|app| SitePresent {
                id: app.site_id.clone(),
                requests: app.requests.load(Ordering::Relaxed),
                unused_blobs: app.unused_blobs.load(Ordering::Relaxed),
                bytes: bytes.and_then(|bytes| bytes.get(&app.site_id).copied()),
            })
            .collect();
        sites.sort_by(|one, other| one.id.cmp(&other.id));
        Present {
            uptime: self.shared.started.elapsed(),
            pictures: self.shared.pictures_pool.figures(),
            spans: log::trace_figures(),
            sites,
            pool: self.storage.database().map(|database| database.pool_figures()),
            catalog: said.map(|(catalog, _)| catalog),
            now: self.opened().map_or(0, |app| app.manager.now()),
            clock_lead: self.storage.clock_lead(),
        }
    }

    /// The sites that are open, without waiting for one that is being opened.
    fn open_apps(&self) -> Vec<Arc<App>> {
        let listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let places = std::iter::once(&self.own).chain(listed.values().map(|used| &*used.place));
        places.filter_map(|place| place.open.get().cloned()).collect()
    }

    async fn ask_catalog(&self) -> Option<Said> {
        let app = self.opened()?;
        let turn = tokio::time::timeout(CATALOG_TIMEOUT, Arc::clone(&self.asking).lock_owned()).await;
        let turn = turn.ok()?;
        let database = self.storage.database().cloned();
        let own = self.own.options.site_id.clone();
        let urls: Vec<String> = self
            .own
            .options
            .webhooks
            .iter()
            .map(|webhook| webhook.url.clone())
            .collect();
        let asked = spawn_blocking(move || {
            let _turn = turn;
            match database {
                Some(database) => {
                    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
                    let figures = database.site_figures(&own, &urls, app.manager.now())?;
                    let (bytes, waiting) = (figures.bytes.values().sum(), figures.waiting);
                    Ok((CatalogPresent { bytes, waiting }, figures.bytes))
                }
                None => of_one_site(&app),
            }
        });
        match tokio::time::timeout(CATALOG_TIMEOUT, asked).await {
            Ok(Ok(Ok(said))) => Some(said),
            Ok(Ok(Err(error))) => {
                let error: catalog::Error = error;
                tracing::warn!(%error, "no figures of the catalog");
                None
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "unexpected error");
                None
            }
            Err(_) => {
                tracing::warn!(
                    seconds = CATALOG_TIMEOUT.as_secs(),
                    "the catalog takes too long for its figures"
                );
                None
            }
        }
    }

    /// Judges an attempt to read the catalog of its own site: why the server is not ready, without anything that only operators may know.
    pub(super) fn judged<T>(&self, read: catalog::Result<T>) -> Result<T, &'static str> {
        let error = match read {
            Ok(found) => {
                self.shared.failures.ended(READING);
                return Ok(found);
            }
            Err(error) => error,
        };
        if self.storage.database().is_none() {
            tracing::error!(%error, "the catalog cannot be read");
            return Err("catalog unavailable");
        }
        let is_newer = matches!(error, catalog::Error::Newer { .. });
        let reason = self.storage.not_open(error);
        if self.shared.failures.began(READING, &reason.to_string()) {
            tracing::error!(%reason, "not ready");
        }
        Err(if is_newer {
            "newer schema: start a newer release"
        } else {
            reason.for_everybody()
        })
    }
}

fn of_one_site(app: &App) -> catalog::Result<Said> {
    let usage = app.manager.control("usage", &Value::Null)?;
    let bytes = usage["bytes"].as_u64().unwrap_or(0);
    let waiting = app.manager.waiting()?;
    Ok((
        CatalogPresent { bytes, waiting },
        HashMap::from([(app.site_id.clone(), bytes)]),
    ))
}
