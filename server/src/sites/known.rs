//! Listed sites and their keys as the database has them, remembered for a short time.

use crate::site_key;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use wix_media::catalog::{self, Error};
use wix_media_postgres::{ListedSite, Store, StoredKey};

/// How long an unknown site or key stays unknown, and how long a key may be used without another look.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(1);
const KEY_LIFETIME: Duration = Duration::from_secs(5);

/// How many keys are remembered, also unknown ones.
const MAX_KEYS: usize = 10_000;

/// The listed sites at a time.
#[derive(Debug)]
pub(super) struct List {
    loaded: Instant,
    by_id: HashMap<String, Arc<ListedSite>>,
    by_prefix: HashMap<String, Arc<ListedSite>>,
    by_host: HashMap<String, Arc<ListedSite>>,
}

impl List {
    fn of(sites: Vec<ListedSite>) -> List {
        let sites: Vec<Arc<ListedSite>> = sites.into_iter().map(Arc::new).collect();
        let with = |name: &dyn Fn(&ListedSite) -> Option<String>| {
            let named = sites.iter().filter_map(|site| Some((name(site)?, Arc::clone(site))));
            named.collect()
        };
        List {
            loaded: Instant::now(),
            by_id: with(&|site| Some(site.id.clone())),
            by_prefix: with(&|site| Some(site.prefix.clone())),
            by_host: with(&|site| site.host.clone()),
        }
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Arc<ListedSite>> {
        self.by_id.get(id)
    }

    pub(super) fn by_prefix(&self, prefix: &str) -> Option<&Arc<ListedSite>> {
        self.by_prefix.get(prefix)
    }

    /// The site of a host, which may have a port behind it.
    pub(super) fn by_host(&self, host: &str) -> Option<&Arc<ListedSite>> {
        if self.by_host.is_empty() {
            return None;
        }
        let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let name = host.rsplit_once(':').filter(|(_, port)| is_port(port));
        let name = name.map_or(host, |(name, _)| name);
        self.by_host.get(&name.to_ascii_lowercase())
    }
}

/// A key that was looked up: when, and what was found.
type Looked = (Instant, Option<Arc<StoredKey>>);

/// What is known of the sites and keys of a database.
pub(super) struct Known {
    store: Store,
    list: Mutex<Option<Arc<List>>>,
    /// Held by the one request that loads the list: when that failed last.
    loading: tokio::sync::Mutex<Option<Instant>>,
    keys: Mutex<HashMap<String, Looked>>,
}

impl fmt::Debug for Known {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Known").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks the database, on a thread that may wait for it.
async fn ask<T: Send + 'static>(
    store: &Store,
    question: impl FnOnce(&Store) -> catalog::Result<T> + Send + 'static,
) -> catalog::Result<T> {
    let store = store.clone();
    let asked = spawn_blocking(move || question(&store)).await;
    asked.unwrap_or_else(|error| Err(Error::Store(Box::new(error))))
}

impl Known {
    pub(super) fn new(store: Store) -> Known {
        Known {
            store,
            list: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// The list of `max_age` at most. If the database cannot be reached, an older one is good enough.
    pub(super) async fn list(&self, max_age: Duration) -> catalog::Result<Arc<List>> {
        let current = || lock(&self.list).clone();
        let fresh = || current().filter(|list| list.loaded.elapsed() < max_age);
        if let Some(list) = fresh() {
            return Ok(list);
        }
        let mut failed = self.loading.lock().await;
        if let Some(list) = fresh() {
            return Ok(list);
        }
        // Those who waited for an attempt that failed do not make another one each, which takes seconds.
        if failed.is_some_and(|at| at.elapsed() < UNKNOWN_LIFETIME) {
            return current().ok_or_else(|| Error::Unavailable("the database did not answer just now".into()));
        }
        match ask(&self.store, Store::listed_sites).await {
            Ok(sites) => {
                let list = Arc::new(List::of(sites));
                *lock(&self.list) = Some(Arc::clone(&list));
                *failed = None;
                Ok(list)
            }
            Err(error) => {
                *failed = Some(Instant::now());
                current().ok_or(error)
            }
        }
    }

    /// What `find` finds in the list. What is unknown is looked for again, unless that was done just now.
    pub(super) async fn site(
        &self,
        find: impl Fn(&List) -> Option<Arc<ListedSite>>,
    ) -> catalog::Result<Option<Arc<ListedSite>>> {
        let found = find(&*self.list(Duration::MAX).await?);
        match found {
            Some(site) => Ok(Some(site)),
            None => Ok(find(&*self.list(UNKNOWN_LIFETIME).await?)),
        }
    }

    /// The key with this text. `None` for an unknown, revoked or expired one.
    pub(super) async fn key(&self, text: &str) -> catalog::Result<Option<Arc<StoredKey>>> {
        let Some(hash) = site_key::hash(text) else {
            return Ok(None);
        };
        let is_fresh = |(at, found): &Looked| {
            let lifetime = if found.is_some() {
                KEY_LIFETIME
            } else {
                UNKNOWN_LIFETIME
            };
            at.elapsed() < lifetime
        };
        if let Some((_, found)) = lock(&self.keys).get(&hash).filter(|looked| is_fresh(looked)) {
            return Ok(found.clone());
        }
        let asked = hash.clone();
        let found = ask(&self.store, move |store| store.use_key(&asked))
            .await?
            .map(Arc::new);
        let mut keys = lock(&self.keys);
        if keys.len() >= MAX_KEYS {
            keys.retain(|_, looked| is_fresh(looked));
        }
        // Beyond that, somebody tries keys: they are looked up each time.
        if keys.len() < MAX_KEYS {
            keys.insert(hash, (Instant::now(), found.clone()));
        }
        Ok(found)
    }

    /// Claims a site that no process has swept for so long.
    pub(super) async fn claim_sweep(&self, age: Duration) -> catalog::Result<Option<String>> {
        ask(&self.store, move |store| store.claim_sweep(age)).await
    }

    /// The sites for which there is work that no request does.
    pub(super) async fn with_work(&self) -> catalog::Result<Vec<String>> {
        ask(&self.store, Store::sites_with_work).await
    }
}
