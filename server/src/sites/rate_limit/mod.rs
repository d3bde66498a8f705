//! The rate limit of callers, which holds for all processes of a database together.
//!
//! | State of a caller | A call |
//! |---|---|
//! | calls are reserved | takes one of them |
//! | none are reserved | adds some to the window in the database, as many as an eighth of what is left |
//! | the window is used up | is refused until the window ends, without a statement |
//! | the database did not answer just now | is counted in this process only |
//!
//! So a window costs all processes together about `8 * ln(limit / 8) + 16` statements, and each of them one more. A process that has
//! reserved calls and gets no more requests keeps them from the others until the window ends. The database has the window and its clock. A
//! process that ends or forgets a caller loses what it has reserved, so the limit is never exceeded by that.

use super::named::{API, credential};
use super::{KeyAccess, Sites};
use crate::answer::{Answer, refused};
use crate::app::App;
use crate::log::Failures;
use http::StatusCode;
use http::header::{self, HeaderValue};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};
use wix_media::catalog::{self, Error};
use wix_media::manager::Head;
use wix_media_postgres::{CallCount, Store};

/// The length of a window.
const WINDOW: Duration = Duration::from_secs(60);

/// The part of the calls that are left in a window which a process reserves at once.
const SHARE: u32 = 8;

/// How long a call waits for the database to count, and for how long after that this process counts alone.
const COUNT_TIMEOUT: Duration = Duration::from_secs(2);
const ALONE_TIME: Duration = Duration::from_secs(1);

/// How many statements that count may run at once. One that gets no answer keeps its thread and its connection for longer than the call
/// waits.
const MAX_COUNTS: usize = 4;

/// How many callers are remembered.
const MAX_CALLERS: usize = 10_000;

/// What is logged when it fails for another reason than before.
const COUNTING: &str = "counting calls";

/// The calls of a caller within a window, as this process knows them.
#[derive(Debug)]
struct Window {
    number: u64,
    ends: Instant,
    /// Calls that this process has reserved and not yet admitted, and until when it may admit them.
    left: u32,
    left_until: Instant,
    /// Calls that this process has admitted.
    admitted: u32,
    /// Calls that all processes have reserved.
    total: u64,
    /// Until when the database is not asked.
    alone_until: Option<Instant>,
}

/// What becomes of a call.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// It may be made. In the window with this number, and whether it was reserved in the database.
    Admit(u64, bool),
    /// It is refused for so long.
    Refuse(Duration),
    /// So many calls are to be reserved first.
    Reserve(u32),
}

impl Window {
    fn new(number: u64, now: Instant) -> Window {
        Window {
            number,
            ends: now + WINDOW,
            left: 0,
            left_until: now,
            admitted: 0,
            total: 0,
            alone_until: None,
        }
    }

    fn step(&mut self, limit: u32, now: Instant) -> Step {
        if now >= self.ends {
            let alone_until = self.alone_until;
            *self = Window::new(self.number + 1, now);
            self.alone_until = alone_until;
        }
        let refuse = Step::Refuse(self.ends - now);
        if now >= self.left_until {
            self.left = 0;
        }
        if self.left > 0 {
            self.left -= 1;
            self.admitted += 1;
            return Step::Admit(self.number, true);
        }
        if self.total >= u64::from(limit) {
            return refuse;
        }
        if self.alone_until.is_some_and(|until| now < until) {
            if self.admitted >= limit {
                return refuse;
            }
            self.admitted += 1;
            return Step::Admit(self.number, false);
        }
        let unreserved = u32::try_from(u64::from(limit) - self.total).unwrap_or(limit);
        Step::Reserve((unreserved / SHARE).max(1))
    }

    /// Takes over what the database says, which was asked at `asked` to add some calls. `None` if it did not answer.
    ///
    /// It has measured the rest of the window between `asked` and `now`. What is reserved ends not later than the window, and a refusal
    /// not earlier.
    fn learn(&mut self, added: u32, count: Option<CallCount>, limit: u32, asked: Instant, now: Instant) {
        let Some(count) = count else {
            self.alone_until = Some(now + ALONE_TIME);
            return;
        };
        let before = count.total.saturating_sub(added.into());
        let free = u64::from(limit).saturating_sub(before).min(added.into());
        self.left += u32::try_from(free).unwrap_or(added);
        self.total = count.total;
        let remaining = count.remaining.clamp(Duration::from_millis(1), WINDOW);
        (self.left_until, self.ends) = (asked + remaining, now + remaining);
        self.alone_until = None;
    }

    /// Takes a call back that was admitted and not made.
    fn give_back(&mut self, number: u64, is_reserved: bool) {
        if number == self.number {
            self.admitted = self.admitted.saturating_sub(1);
            self.left += u32::from(is_reserved);
        }
    }
}

/// A caller of a site.
#[derive(Debug)]
struct Counted {
    window: Mutex<Window>,
    /// Held by the call that asks the database. Others wait for its answer.
    asking: tokio::sync::Mutex<()>,
}

/// The right to make a call. Dropped before it is [counted](Permit::count), it is given back.
#[derive(Debug)]
pub(crate) struct Permit {
    counted: Arc<Counted>,
    number: u64,
    is_reserved: bool,
    is_made: bool,
}

impl Permit {
    /// The call is made.
    pub(crate) fn count(mut self) {
        self.is_made = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_made {
            lock(&self.counted.window).give_back(self.number, self.is_reserved);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds calls of a caller of a site, on a thread that may block.
type Count = dyn Fn(&str, &str, u32) -> catalog::Result<Option<CallCount>> + Send + Sync;

/// The callers of all sites, and how many calls each of them may make.
pub(super) struct RateLimit {
    limit: u32,
    /// The hashes of the own keys, which are compared in place of the keys. Empty on a server without keys.
    own_keys: Vec<[u8; 32]>,
    count: Arc<Count>,
    counts: Arc<Semaphore>,
    callers: Mutex<HashMap<(String, String), Arc<Counted>>>,
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RateLimit")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

impl RateLimit {
    pub(super) fn new(limit: u32, own_keys: &[String], database: Store) -> RateLimit {
        let count = move |site: &str, caller: &str, calls| database.add_calls(site, caller, calls, WINDOW);
        RateLimit::counting(limit, own_keys, count)
    }

    fn counting(
        limit: u32,
        own_keys: &[String],
        count: impl Fn(&str, &str, u32) -> catalog::Result<Option<CallCount>> + Send + Sync + 'static,
    ) -> RateLimit {
        RateLimit {
            limit,
            own_keys: own_keys.iter().map(|key| hash(key)).collect(),
            count: Arc::new(count),
            counts: Arc::new(Semaphore::new(MAX_COUNTS)),
            callers: Mutex::default(),
        }
    }

    /// The name of the caller of a request, which is never a key. `None` for a request that is no call, and for a caller that the
    /// manager will refuse.
    pub(super) fn caller(&self, head: &Head, key: Option<&KeyAccess>, is_listed: bool) -> Option<String> {
        if !head.path.starts_with(API) || head.method == "OPTIONS" {
            return None;
        }
        match key {
            Some(key) => Some(key.grant.caller.clone()),
            None if is_listed => None,
            None if self.own_keys.is_empty() => Some("anybody".to_owned()),
            None => {
                let given = hash(credential(head));
                let at = self.own_keys.iter().position(|key| *key == given)?;
                Some(format!("own key {}", at + 1))
            }
        }
    }

    /// Admits a call, or says for how long the caller is refused.
    pub(super) async fn admit(&self, site: &str, caller: &str, failures: &Failures) -> Result<Permit, Duration> {
        let counted = self.counted(site, caller);
        let step = || match lock(&counted.window).step(self.limit, Instant::now()) {
            Step::Admit(number, is_reserved) => Ok(Ok(Permit {
                counted: Arc::clone(&counted),
                number,
                is_reserved,
                is_made: false,
            })),
            Step::Refuse(time) => Ok(Err(time)),
            Step::Reserve(calls) => Err(calls),
        };
        if let Ok(settled) = step() {
            return settled;
        }
        let _asking = counted.asking.lock().await;
        loop {
            let calls = match step() {
                Ok(settled) => return settled,
                Err(calls) => calls,
            };
            let asked = Instant::now();
            let count = match self.reserve(site, caller, calls).await {
                Ok(count) => {
                    failures.ended(COUNTING);
                    count
                }
                Err(error) => {
                    if failures.began(COUNTING, &error.to_string()) {
                        tracing::warn!(%error, "the database does not count calls, so this process does");
                    }
                    None
                }
            };
            lock(&counted.window).learn(calls, count, self.limit, asked, Instant::now());
        }
    }

    /// Adds calls in the database.
    async fn reserve(&self, site: &str, caller: &str, calls: u32) -> catalog::Result<Option<CallCount>> {
        let (count, counts) = (Arc::clone(&self.count), Arc::clone(&self.counts));
        let (site, caller) = (site.to_owned(), caller.to_owned());
        let counting = async move {
            let turn = counts.acquire_owned().await;
            let counting = spawn_blocking(move || {
                let _turn = turn;
                count(&site, &caller, calls)
            });
            counting
                .await
                .unwrap_or_else(|error| Err(Error::Store(Box::new(error))))
        };
        let answer = timeout(COUNT_TIMEOUT, counting).await;
        answer.unwrap_or_else(|elapsed| Err(Error::TimedOut(Box::new(elapsed))))
    }

    fn counted(&self, site: &str, caller: &str) -> Arc<Counted> {
        let mut callers = lock(&self.callers);
        let key = (site.to_owned(), caller.to_owned());
        if let Some(counted) = callers.get(&key) {
            return Arc::clone(counted);
        }
        let now = Instant::now();
        if callers.len() >= MAX_CALLERS {
            callers.retain(|_, counted| lock(&counted.window).ends > now);
        }
        // The database still knows what they have used up.
        if callers.len() >= MAX_CALLERS {
            callers.clear();
        }
        let counted = Arc::new(Counted {
            window: Mutex::new(Window::new(0, now)),
            asking: tokio::sync::Mutex::default(),
        });
        callers.insert(key, Arc::clone(&counted));
        counted
    }
}

impl Sites {
    /// Lets a request through the rate limit that processes share, or answers it. `None` if the request does not count there.
    pub(crate) async fn admit(
        &self,
        app: &App,
        key: Option<&KeyAccess>,
        head: &Head,
    ) -> Result<Option<Permit>, Answer> {
        let Some(limit) = self
            .rate_limit
            .as_ref()
            .filter(|_| !app.counts_alone.load(Ordering::Relaxed))
        else {
            return Ok(None);
        };
        let Some(caller) = limit.caller(head, key, app.is_listed) else {
            return Ok(None);
        };
        let admitted = limit.admit(&app.site_id, &caller, &self.shared.failures).await;
        admitted.map(Some).map_err(exhausted)
    }
}

/// The answer to a call beyond the rate limit, as the manager gives it.
fn exhausted(time: Duration) -> Answer {
    let mut answer = refused(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", "too many requests")
        .with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .with(header::ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After");
    let seconds = u64::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
    answer
        .headers
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    answer
}

#[cfg(test)]
mod tests;
