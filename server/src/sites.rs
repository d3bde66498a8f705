//! The site of the server, which is opened when the stores can be reached.
//!
//! The embedded stores are opened at the start, or the server ends. A database may be away then, or have a schema that is yet to
//! be migrated. The site is opened again from time to time, and by requests, which are refused until that succeeds.

use crate::answer::{Answer, refused};
use crate::app::{App, Phase, Shared};
use crate::failure::Failure;
use crate::page::Page;
use crate::settings::Settings;
use crate::storage::{NotOpen, Storage};
use http::StatusCode;
use http::header;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use wix_media::catalog;
use wix_media::manager::{ApiKey, Credentials, Options};
use wix_media::operations::Access;

/// For how long the reason of a failed attempt is good for other requests, and how often the server tries by itself.
const REASON_LIFETIME: Duration = Duration::from_secs(1);
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// A site, or why it is not open.
#[derive(Debug)]
enum State {
    Open(Arc<App>),
    /// The last attempt: when, and why it failed.
    Closed(Option<(Instant, &'static str)>),
}

/// The site of the server.
#[derive(Debug)]
pub(crate) struct Sites {
    pub(crate) shared: Arc<Shared>,
    storage: Storage,
    options: Options,
    state: Mutex<State>,
    /// Told of a site that has been opened.
    opened: mpsc::UnboundedSender<Arc<App>>,
}

impl Sites {
    /// Prepares the stores. `opened` is told of the site once it is open.
    pub(crate) fn new(
        settings: Settings,
        phases: watch::Receiver<Phase>,
        opened: mpsc::UnboundedSender<Arc<App>>,
    ) -> Result<Sites, Failure> {
        let storage = Storage::create(settings.place)?;
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
        Ok(Sites {
            shared: Arc::new(Shared {
                metrics: Arc::default(),
                page: page.map(Arc::new),
                storage_kind: storage.kind(),
                directory: storage.directory().map(Path::to_owned),
                has_others: storage.is_shared(),
                allow_private_imports: settings.allow_private_imports,
                started: Instant::now(),
                rules: settings.rules,
                phases,
                answering: watch::Sender::new(0),
            }),
            storage,
            options,
            state: Mutex::new(State::Closed(None)),
            opened,
        })
    }

    /// Opens the site for the first time. If another attempt may succeed, the server goes on without it.
    pub(crate) async fn start(&self) -> Result<(), Failure> {
        match self.open(&mut *self.state.lock().await).await {
            Ok(_) => Ok(()),
            Err(NotOpen::Ever(failure)) => Err(failure),
            Err(NotOpen::Now(..)) => Ok(()),
        }
    }

    /// Tries to open the site until that succeeds.
    pub(crate) async fn keep_trying(&self) {
        while self.app().await.is_err() {
            tokio::select! {
                () = tokio::time::sleep(RETRY_INTERVAL) => {}
                () = self.shared.stopping() => return,
            }
        }
    }

    /// The site, or the answer to requests while it is not open.
    pub(crate) async fn app(&self) -> Result<Arc<App>, Answer> {
        self.app_or_reason().await.map_err(|_| {
            let text = "the Media Manager cannot reach its database";
            refused(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", text)
                .with(header::RETRY_AFTER, "2")
                .with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        })
    }

    /// The site, or why it is not open.
    pub(crate) async fn app_or_reason(&self) -> Result<Arc<App>, &'static str> {
        // Others wait for the attempt that is under way, and do not begin one each.
        let mut state = self.state.lock().await;
        match &*state {
            State::Open(app) => return Ok(Arc::clone(app)),
            State::Closed(Some((at, reason))) if at.elapsed() < REASON_LIFETIME => return Err(reason),
            State::Closed(_) => {}
        }
        self.open(&mut state).await.map_err(|reason| reason.for_everybody())
    }

    /// The site if it is open, without an attempt.
    pub(crate) fn opened(&self) -> Option<Arc<App>> {
        match &*self.state.try_lock().ok()? {
            State::Open(app) => Some(Arc::clone(app)),
            State::Closed(_) => None,
        }
    }

    async fn open(&self, state: &mut State) -> Result<Arc<App>, NotOpen> {
        let (storage, options, shared) = (self.storage.clone(), self.options.clone(), Arc::clone(&self.shared));
        let opening = spawn_blocking(move || {
            let opened = storage.open(options, true)?;
            if !storage.is_shared() {
                // The lock of the directory keeps every other process out, so none of them holds leases. If the disk is full, they
                // expire by themselves.
                match opened.manager.end_leases() {
                    Ok(()) | Err(catalog::Error::Full(_)) => {}
                    Err(error) => return Err(NotOpen::Ever(storage.unusable(&error))),
                }
            }
            Ok(Arc::new(App::new(&shared, opened)))
        });
        let outcome = opening
            .await
            .unwrap_or_else(|error| Err(NotOpen::Ever(Failure(format!("cannot open the stores: {error}")))));
        match &outcome {
            Ok(app) => {
                *state = State::Open(Arc::clone(app));
                // Nobody listens when the server stops.
                _ = self.opened.send(Arc::clone(app));
            }
            Err(reason) => {
                *state = State::Closed(Some((Instant::now(), reason.for_everybody())));
                tracing::error!(%reason, "not ready");
            }
        }
        outcome
    }
}
