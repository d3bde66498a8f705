//! The sites of the server, which are opened when the stores can be reached.
//!
//! | Site | Opened | Callers |
//! |---|---|---|
//! | its own | at the start | those of `--api-key-file`, else everybody |
//! | listed in the database by `site create` | with the first request or work for it | those with a key of the site |
//!
//! The embedded stores are opened at the start, or the server ends. A database may be away then, or have a schema that is yet to
//! be migrated. A site is opened again from time to time, and by requests, which are refused until that succeeds. If its own site turns out
//! to be one that no attempt can open, the server ends, as it does at the start.
//!
//! At most [`MAX_OPEN`] listed sites are open. The least recently used one is closed for another, if nobody follows its events.

mod figures;
mod idle;
mod known;
mod named;
mod rate_limit;
mod readiness;

use crate::answer::{Answer, refused};
use crate::app::{App, Phase, Records, Shared};
use crate::failure::Failure;
use crate::log::Failures;
use crate::page::Page;
use crate::settings::Settings;
use crate::storage::{NotOpen, Storage};
use http::StatusCode;
use http::header;
use known::Known;
use named::{Named, named};
pub(crate) use rate_limit::Permit;
use rate_limit::RateLimit;
use readiness::Readiness;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use wix_media::catalog;
use wix_media::manager::{ApiKey, Credentials, Grant, Head, Options};
use wix_media::operations::Access;
use wix_media_postgres::{ListedSite, StoredKey};

/// For how long the reason of a failed attempt is good for other requests, and how often the server tries by itself.
const REASON_LIFETIME: Duration = Duration::from_secs(1);
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// What is logged when it fails for another reason than before.
const LOOK: &str = "looking for sites";

/// How many listed sites are open at once.
const MAX_OPEN: usize = 256;

/// How often the server looks for new sites, changed quotas, and sites with work.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// An attempt to open a site that failed.
#[derive(Debug)]
struct Failed {
    at: Instant,
    reason: Arc<NotOpen>,
}

/// A site, once it is open, or why it is not.
#[derive(Debug)]
struct Place {
    options: Options,
    is_listed: bool,
    open: OnceLock<Arc<App>>,
    /// The last attempt, if it failed. Locked by the one that is under way.
    failed: Mutex<Option<Failed>>,
}

impl Place {
    fn new(options: Options, is_listed: bool) -> Place {
        Place {
            options,
            is_listed,
            open: OnceLock::new(),
            failed: Mutex::new(None),
        }
    }
}

/// A listed site that is open, or about to be.
#[derive(Debug)]
struct Used {
    place: Arc<Place>,
    at: Instant,
    quota: Option<u64>,
}

/// The access that a key of a site gives.
#[derive(Clone, Debug)]
pub(crate) struct KeyAccess {
    pub(crate) grant: Grant,
    /// Whether it may use the commands that change everything.
    pub(crate) is_admin: bool,
}

/// The site of a request, and the access of its key if that was one of the site.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) app: Arc<App>,
    pub(crate) key: Option<KeyAccess>,
}

/// The sites of the server.
#[derive(Debug)]
pub(crate) struct Sites {
    pub(crate) shared: Arc<Shared>,
    storage: Storage,
    own: Place,
    /// What the database lists. `None` without a database.
    known: Option<Known>,
    listed: std::sync::Mutex<HashMap<String, Used>>,
    /// Whether this process does what no request does.
    works: bool,
    /// Told of a site that has been opened.
    opened: mpsc::UnboundedSender<Arc<App>>,
    /// Held by the one question about figures that may be open. One to a database that is away lasts for longer than a reader waits. Two
    /// readers at the same time ask one after the other.
    asking: Arc<Mutex<()>>,
    /// The rate limit, if processes share one.
    rate_limit: Option<RateLimit>,
    readiness: Readiness,
}

impl Sites {
    /// Prepares the stores. `opened` is told of each site once it is open.
    pub(crate) fn new(
        settings: Settings,
        phases: watch::Receiver<Phase>,
        opened: mpsc::UnboundedSender<Arc<App>>,
    ) -> Result<Sites, Failure> {
        let max_age = settings.place.audit_age();
        let storage = Storage::create(settings.place)?;
        let records = storage.database().cloned().zip(max_age);
        let works = settings.role.works();
        let counting = storage.database().cloned().zip(settings.requests_per_minute);
        let rate_limit = counting.map(|(database, limit)| RateLimit::new(limit, &settings.keys, database));
        let mut options = Options {
            base_url: settings.external_url,
            allow_private_imports: settings.allow_private_imports,
            quota: settings.quota,
            // A manager counts for this process only.
            requests_per_minute: settings.requests_per_minute.filter(|_| rate_limit.is_none()),
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
                failures: Failures::default(),
                pictures_pool: Arc::default(),
                page: page.map(Arc::new),
                storage_kind: storage.kind(),
                directory: storage.directory().map(Path::to_owned),
                has_others: storage.is_shared(),
                allow_private_imports: settings.allow_private_imports,
                redirects_downloads: settings.redirects_downloads,
                records: records.map(|(database, max_age)| Records { database, max_age }),
                database: storage.database().cloned(),
                counts_calls: rate_limit.is_some(),
                started: Instant::now(),
                rules: settings.rules,
                phases,
                answering: watch::Sender::new(0),
            }),
            known: storage.database().cloned().map(Known::new),
            storage,
            own: Place::new(options, false),
            listed: std::sync::Mutex::default(),
            works,
            opened,
            asking: Arc::default(),
            rate_limit,
            readiness: Readiness::default(),
        })
    }

    /// Opens its own site for the first time. If another attempt may succeed, the server goes on without it.
    pub(crate) async fn start(&self) -> Result<(), Failure> {
        self.own_app().await.map(drop)
    }

    /// Its own site, or `None` if another attempt may succeed.
    async fn own_app(&self) -> Result<Option<Arc<App>>, Failure> {
        match self.app_of(&self.own).await {
            Ok(app) => Ok(Some(app)),
            Err(reason) => match &*reason {
                NotOpen::Now(..) => Ok(None),
                NotOpen::Ever(_) => Err(Failure(reason.to_string())),
            },
        }
    }

    /// Tries to open its own site until that succeeds. Then keeps up with the listed ones. Returns why no attempt can succeed.
    pub(crate) async fn keep_trying(&self) -> Result<(), Failure> {
        while self.own_app().await?.is_none() {
            tokio::select! {
                () = tokio::time::sleep(RETRY_INTERVAL) => {}
                () = self.shared.stopping() => return Ok(()),
            }
        }
        let Some(known) = &self.known else { return Ok(()) };
        let mut next_visit = Instant::now();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
                () = self.shared.stopping() => return Ok(()),
            }
            match self.look(known, &mut next_visit).await {
                Ok(()) => self.shared.failures.ended(LOOK),
                Err(error) if self.shared.failures.began(LOOK, &error.to_string()) => {
                    tracing::warn!(%error, "cannot look for sites, and tries again");
                }
                Err(_) => {}
            }
        }
    }

    /// Takes new quotas over, and opens the sites for which there is work.
    async fn look(&self, known: &Known, next_visit: &mut Instant) -> catalog::Result<()> {
        let list = known.list(Duration::ZERO).await?;
        let mut changed = Vec::new();
        {
            let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, used) in listed.iter_mut() {
                let Some(site) = list.by_id(id).filter(|site| site.quota != used.quota) else {
                    continue;
                };
                used.quota = site.quota;
                changed.push((Arc::clone(&used.place), site.quota));
            }
        }
        for (place, quota) in changed {
            if let Some(app) = place.open.get() {
                let (app, quota) = (Arc::clone(app), quota.or(self.own.options.quota));
                let input = json!({ "limits": { "quotaInBytes": quota } });
                _ = spawn_blocking(move || app.manager.control("adjust", &input)).await;
            }
        }
        if !self.works {
            return Ok(());
        }
        for id in known.with_work().await? {
            if let Some(site) = list.by_id(&id).filter(|_| id != self.own.options.site_id) {
                // A site that cannot be opened now has its work later.
                if let Ok(app) = self.listed_app(site).await {
                    app.changed();
                }
            }
        }
        self.visit_idle(known, &list, next_visit).await
    }

    /// Who makes a request, for the records of its changes. Never a key itself.
    pub(crate) fn caller(&self, key: Option<&KeyAccess>, is_upload: bool) -> String {
        match key {
            Some(key) => key.grant.caller.clone(),
            None if is_upload => "upload token".to_owned(),
            None if self.own.options.credentials.is_some() => "own key".to_owned(),
            None => "anybody".to_owned(),
        }
    }

    /// The site of a request, or the answer to it.
    pub(crate) async fn of(&self, head: &Head) -> Result<Routed, Answer> {
        let (site, key) = match &self.known {
            Some(known) => self.named(known, head).await?,
            None => (None, None),
        };
        let app = match site.filter(|site| site.id != self.own.options.site_id) {
            Some(site) => self.listed_app(&site).await,
            None => self.app_of(&self.own).await,
        };
        match app {
            Ok(app) => Ok(Routed { app, key }),
            Err(_) => Err(unavailable()),
        }
    }

    /// The listed site that a request names, and the access of its key. `None` for the server's own.
    async fn named(&self, known: &Known, head: &Head) -> Result<(Option<Arc<ListedSite>>, Option<KeyAccess>), Answer> {
        let failed = |error: catalog::Error| {
            tracing::warn!(%error, "cannot look a site up");
            unavailable()
        };
        let by_id = async |id: String| known.site(|list| list.by_id(&id).cloned()).await.map_err(failed);
        match named(head) {
            Named::Key(text, header) => {
                let Some(key) = known.key(&text).await.map_err(failed)? else {
                    return Err(refused(
                        StatusCode::UNAUTHORIZED,
                        "UNAUTHENTICATED",
                        "unknown credentials",
                    ));
                };
                let site = by_id(key.site_id.clone()).await?;
                if site.is_none() || header.is_some_and(|id| id != key.site_id) {
                    let text = "the credentials cannot be used for this site";
                    return Err(refused(StatusCode::FORBIDDEN, "PERMISSION_DENIED", text));
                }
                Ok((site, Some(access(&key))))
            }
            Named::Id(id) if id == self.own.options.site_id => Ok((None, None)),
            Named::Id(id) => Ok((by_id(id).await?, None)),
            Named::Path(prefix) => {
                let host = head.header("host").unwrap_or_default();
                let list = known.list(Duration::MAX).await.map_err(failed)?;
                if let Some(site) = list.by_host(host) {
                    return Ok((Some(Arc::clone(site)), None));
                }
                match prefix {
                    Some(prefix) => {
                        let found = known.site(|list| list.by_prefix(&prefix).cloned()).await;
                        Ok((found.map_err(failed)?, None))
                    }
                    None => Ok((None, None)),
                }
            }
        }
    }

    /// The app of a listed site, or why there is none.
    async fn listed_app(&self, site: &ListedSite) -> Result<Arc<App>, Arc<NotOpen>> {
        let place = {
            let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
            if !listed.contains_key(&site.id) && listed.len() >= MAX_OPEN && !self.close_idle(&mut listed) {
                let text = "too many sites are open";
                return Err(Arc::new(NotOpen::Now(Failure(text.to_owned()), text)));
            }
            let used = listed.entry(site.id.clone()).or_insert_with(|| Used {
                place: Arc::new(Place::new(
                    Options {
                        site_id: site.id.clone(),
                        quota: site.quota.or(self.own.options.quota),
                        // Its keys are in the database, and are checked before the manager is asked.
                        credentials: Some(Credentials::default()),
                        ..self.own.options.clone()
                    },
                    true,
                )),
                at: Instant::now(),
                quota: site.quota,
            });
            used.at = Instant::now();
            Arc::clone(&used.place)
        };
        self.app_of(&place).await
    }

    /// Closes the least recently used site whose events nobody follows. Returns whether there is one.
    fn close_idle(&self, listed: &mut HashMap<String, Used>) -> bool {
        // The work of this process is one of the receivers.
        let own = usize::from(self.works);
        let idle = listed.iter().filter_map(|(id, used)| {
            // Requests and `look` hold the place only while they use it.
            let is_free = Arc::strong_count(&used.place) == 1;
            let app = used.place.open.get().cloned();
            let is_followed = app.as_ref().is_some_and(|app| app.receivers() > own);
            (is_free && !is_followed).then(|| (used.at, id.clone(), app))
        });
        let Some((_, id, app)) = idle.min_by_key(|(at, _, _)| *at) else {
            return false;
        };
        listed.remove(&id);
        if let Some(app) = app {
            app.close();
        }
        tracing::debug!(site = id, "site closed to make room");
        true
    }

    /// Its own site, or why it is not open.
    async fn app_or_reason(&self) -> Result<Arc<App>, &'static str> {
        self.app_of(&self.own).await.map_err(|reason| reason.for_everybody())
    }

    async fn app_of(&self, place: &Place) -> Result<Arc<App>, Arc<NotOpen>> {
        if let Some(app) = place.open.get() {
            return Ok(Arc::clone(app));
        }
        // Others wait for the attempt that is under way, and do not begin one each.
        let mut failed = place.failed.lock().await;
        if let Some(app) = place.open.get() {
            return Ok(Arc::clone(app));
        }
        if let Some(Failed { at, reason }) = &*failed
            && at.elapsed() < REASON_LIFETIME
        {
            return Err(Arc::clone(reason));
        }
        let reason = match self.open(place).await {
            Ok(app) => {
                *failed = None;
                return Ok(app);
            }
            Err(reason) => Arc::new(reason),
        };
        let known = failed.replace(Failed {
            at: Instant::now(),
            reason: Arc::clone(&reason),
        });
        // An attempt every few seconds says nothing new.
        if known.is_none_or(|known| known.reason.to_string() != reason.to_string()) {
            tracing::error!(%reason, site = place.options.site_id, "not ready");
        }
        Err(reason)
    }

    /// Its own site if it is open, without an attempt.
    pub(crate) fn opened(&self) -> Option<Arc<App>> {
        self.own.open.get().cloned()
    }

    async fn open(&self, place: &Place) -> Result<Arc<App>, NotOpen> {
        let (storage, options, shared) = (self.storage.clone(), place.options.clone(), Arc::clone(&self.shared));
        let (site_id, is_listed) = (options.site_id.clone(), place.is_listed);
        let opening = spawn_blocking(move || {
            let opened = storage.open(options, !is_listed)?;
            if !storage.is_shared() {
                // The lock of the directory keeps every other process out, so none of them holds leases. If the disk is full, they
                // expire by themselves.
                match opened.manager.end_leases() {
                    Ok(()) | Err(catalog::Error::Full(_)) => {}
                    Err(error) => return Err(NotOpen::Ever(storage.unusable(&error))),
                }
            }
            Ok(Arc::new(App::new(&shared, opened, &site_id, is_listed)))
        });
        let opened = opening
            .await
            .unwrap_or_else(|error| Err(NotOpen::Ever(Failure(format!("cannot open the stores: {error}")))))?;
        let app = Arc::clone(place.open.get_or_init(|| opened));
        // Nobody listens when the server stops.
        _ = self.opened.send(Arc::clone(&app));
        Ok(app)
    }
}

/// The access of a key, by its scope.
fn access(key: &StoredKey) -> KeyAccess {
    let access = if key.scope == "read" {
        Access::Read
    } else {
        Access::Manage
    };
    KeyAccess {
        grant: Grant {
            caller: format!("key {}", key.number),
            access,
        },
        is_admin: key.scope == "admin",
    }
}

/// The answer to a request whose site cannot be opened at the moment.
fn unavailable() -> Answer {
    let text = "the Media Manager cannot reach its database";
    refused(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", text)
        .with(header::RETRY_AFTER, "2")
        .with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
