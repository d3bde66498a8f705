//! The stores, clock and options of a manager, and its transactions.

use super::clock::{Clock, Pace};
use super::events;
use super::http::collected::Bodies;
use super::http::error::{Outcome, Refusal};
use super::http::message::{Head, Origin};
use super::ids::{Ids, Random, hex_id};
use super::options::Options;
use super::tx::{Context, Tx, View};
use crate::blobs::{BlobReader, Blobs};
use crate::catalog::{self, Catalog, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The beginning of URLs when neither an option nor a request says it.
const DEFAULT_BASE: &str = "http://127.0.0.1";

/// How often a transaction is retried after a conflict, or while the catalog is unavailable.
const MAX_RETRIES: u32 = 3;

/// The number of doomed blobs looked up in one transaction.
const DOOMED_BATCH_SIZE: u32 = 500;

/// The setting that every import and reset increments.
const GENERATION: &str = "generation";

/// The stores, clock, randomness and options of a manager.
///
/// ```
/// use wix_media::manager::{Manager, Options, Parts};
///
/// let parts = Manager::memory()?.into_parts();
/// let options = Options { quota: Some(1_000_000), ..parts.options };
/// assert!(Manager::new(Parts { options, ..parts }).is_ok());
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Debug)]
pub struct Parts {
    /// The store of metadata.
    pub catalog: Box<dyn Catalog>,
    /// The store of bytes.
    pub blobs: Box<dyn Blobs>,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// The source of ids and keys.
    pub random: Box<dyn Random>,
    /// The settings.
    pub options: Options,
}

/// The stores of a site, with its key and options.
///
/// Everything that another process could change is read from the stores for each request.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) catalog: Box<dyn Catalog>,
    pub(crate) blobs: Box<dyn Blobs>,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) random: Box<dyn Random>,
    options: RwLock<Arc<Options>>,
    /// The key that signs links and tokens.
    pub(crate) secret: Vec<u8>,
    /// Whether a transaction was committed since this was asked for.
    changed: AtomicBool,
    /// The bodies of calls that are being received.
    pub(crate) bodies: Bodies,
    /// The exports that are under way.
    holds: Mutex<Vec<Hold>>,
    /// Shared by the archives that are being received. No row names their blobs yet.
    pub(crate) archives: Arc<()>,
    /// Shared by the requests that bring stale files up to date.
    pub(crate) refreshing: Arc<()>,
}

/// An export, which needs the blobs of its snapshot.
#[derive(Debug)]
struct Hold {
    id: String,
    since: i64,
    /// The blobs of the export itself, which no row names.
    made: Vec<String>,
}

/// The origin of a transaction: a request, or the passing of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cause {
    /// The beginning of URLs in the answer, where the options do not say it.
    pub(crate) host: Option<String>,
    pub(crate) origin: Origin,
    /// The time of the transaction, if it is not the present.
    pub(crate) at: Option<i64>,
    /// The generation in which the request began.
    pub(crate) generation: Option<i64>,
    /// Whether it gives room back, and so may use the reserve.
    pub(crate) frees: bool,
}

impl Cause {
    /// Returns the cause of the transactions of a request.
    pub(crate) fn of(head: &Head) -> Cause {
        let scheme = head.header("x-forwarded-proto").filter(|scheme| *scheme == "https");
        let host = head.header("host").filter(|host| is_host(host));
        Cause {
            host: host.map(|host| format!("{}://{host}", scheme.unwrap_or("http"))),
            origin: head.origin,
            at: None,
            generation: None,
            frees: false,
        }
    }
}

/// Returns whether a text is a host name or address with an optional port. Anything else is kept out of URLs.
fn is_host(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(plain)
}

impl Site {
    pub(crate) fn new(
        catalog: Box<dyn Catalog>,
        blobs: Box<dyn Blobs>,
        clock: Box<dyn Clock>,
        random: Box<dyn Random>,
        options: Options,
    ) -> catalog::Result<Site> {
        let secret = match stored_secret(&*catalog)? {
            Some(secret) => secret,
            None => {
                let mut writer = catalog.write()?;
                // Another process may have created the key in the meantime.
                let secret = match writer.setting("secret")?.as_deref().and_then(decoded_secret) {
                    Some(secret) => secret,
                    None => {
                        let mut secret = vec![0; 32];
                        random.fill(&mut secret);
                        writer.set_setting("secret", &base16ct::lower::encode_string(&secret))?;
                        secret
                    }
                };
                if writer
                    .setting("since")?
                    .is_none_or(|since| since.parse::<i64>().is_err())
                {
                    writer.set_setting("since", &clock.now().to_string())?;
                }
                writer.commit()?;
                secret
            }
        };
        Ok(Site {
            catalog,
            blobs,
            clock,
            random,
            options: RwLock::new(Arc::new(options)),
            secret,
            changed: AtomicBool::new(false),
            bodies: Bodies::default(),
            holds: Mutex::default(),
            archives: Arc::default(),
            refreshing: Arc::default(),
        })
    }

    pub(crate) fn into_parts(self) -> Parts {
        let options = self.options.into_inner().unwrap_or_else(PoisonError::into_inner);
        Parts {
            catalog: self.catalog,
            blobs: self.blobs,
            clock: self.clock,
            random: self.random,
            options: Arc::unwrap_or_clone(options),
        }
    }

    pub(crate) fn options(&self) -> Arc<Options> {
        Arc::clone(&self.options.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_options(&self, options: Options) {
        *self.options.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(options);
    }

    /// Returns whether a transaction was committed here since the last call.
    pub(crate) fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::Relaxed)
    }

    /// Notes that something was changed without a transaction.
    pub(crate) fn set_changed(&self) {
        self.changed.store(true, Ordering::Relaxed);
    }

    /// Returns an id for a new blob.
    pub(crate) fn new_blob(&self) -> String {
        self.blobs.fresh().unwrap_or_else(|| hex_id(&*self.random))
    }

    /// Reads a blob of this size.
    pub(crate) fn reader<'a>(&'a self, blob: &'a str, size: u64) -> BlobReader<'a> {
        BlobReader::with_size(&*self.blobs, blob, size)
    }

    /// Runs `work` without a snapshot or a transaction.
    pub(crate) fn with_context<T>(&self, cause: &Cause, work: impl FnOnce(&Context<'_>) -> T) -> T {
        let options = self.options();
        work(&Context {
            options: &options,
            secret: &self.secret,
            now: cause.at.unwrap_or_else(|| self.clock.now()),
            base: base(&options, cause),
            origin: cause.origin,
            ids: Ids::new(&*self.random),
        })
    }

    /// Runs `work` on a snapshot.
    pub(crate) fn read<T>(&self, cause: &Cause, mut work: impl FnMut(&View<'_>) -> Outcome<T>) -> Outcome<T> {
        self.with_context(cause, |context| {
            self.retried(|| {
                context.ids.rewind();
                let catalog = self.catalog.read()?;
                work(&View {
                    catalog: &*catalog,
                    context,
                })
            })
        })
    }

    /// Runs `work` in a writing transaction.
    ///
    /// A refusal rolls it back. A conflict runs `work` again, so its only effect must be on its [`Tx`].
    pub(crate) fn write<T>(&self, cause: &Cause, work: impl FnMut(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        self.transact(cause, false, work)
    }

    /// Runs `work` as [`write`](Site::write) does, without waiting until the commit is durable.
    ///
    /// For leases and fencing numbers: a power failure may undo the commit, together with all later ones that are not
    /// durable yet.
    pub(crate) fn write_lazily<T>(&self, cause: &Cause, work: impl FnMut(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        self.transact(cause, true, work)
    }

    fn transact<T>(&self, cause: &Cause, lazily: bool, mut work: impl FnMut(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        self.with_context(cause, |context| {
            let mut attempt = || {
                context.ids.rewind();
                let mut catalog = if lazily {
                    self.catalog.write_lazily()?
                } else {
                    self.catalog.write()?
                };
                if let Some(expected) = cause.generation {
                    check_generation(expected, generation_in(catalog.setting(GENERATION)?))?;
                }
                let mut tx = Tx::new(&mut *catalog, context);
                let value = work(&mut tx)?;
                events::flush(&mut tx)?;
                let freed = std::mem::take(&mut tx.freed);
                let doomed = catalog.doom_blobs(&freed, context.now)?;
                catalog.commit()?;
                self.changed.store(true, Ordering::Relaxed);
                Ok((value, doomed))
            };
            let mut outcome = self.retried(&mut attempt);
            if cause.frees && matches!(&outcome, Err(refusal) if refusal.is_full()) {
                // The room that the transaction frees holds the reserve again afterwards.
                self.blobs.reserve(false)?;
                outcome = self.retried(&mut attempt);
            }
            let (value, doomed) = outcome?;
            // What an export still needs is removed at its end.
            let doomed = if self.keeps_freed() { Vec::new() } else { doomed };
            for blob in doomed {
                // A blob that cannot be removed now is removed by the sweep.
                _ = self.blobs.remove(&blob);
            }
            if cause.frees {
                self.hold_reserve();
            }
            Ok(value)
        })
    }

    /// Runs a transaction, and runs it again after an error that may pass.
    fn retried<T>(&self, mut work: impl FnMut() -> Outcome<T>) -> Outcome<T> {
        let mut retries = 0;
        loop {
            match work() {
                Err(Refusal::Catalog(error)) if error.is_retryable() && retries < MAX_RETRIES => {
                    retries += 1;
                    self.catalog.back_off(retries);
                }
                outcome => return outcome,
            }
        }
    }

    /// Holds back room for deletions, if there is enough.
    pub(crate) fn hold_reserve(&self) {
        // Without room the next deletion, sweep or start tries again.
        _ = self.blobs.reserve(true);
    }

    fn holds(&self) -> MutexGuard<'_, Vec<Hold>> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether blobs must not be removed at the moment.
    pub(crate) fn is_held(&self) -> bool {
        !self.holds().is_empty()
    }

    /// Returns whether the blobs that a transaction frees are left to the end of an export, or to the sweep.
    fn keeps_freed(&self) -> bool {
        self.is_held() || self.options().shares_stores
    }

    /// Removes the blobs that the transaction of this time has freed. One that cannot be removed now is removed by the sweep.
    pub(crate) fn remove_freed(&self, at: i64) {
        if !self.keeps_freed() {
            _ = self.remove_doomed(at, at);
        }
    }

    /// Returns whether exports or imports have blobs that no row names, and that are no orphans.
    pub(crate) fn has_unnamed_blobs(&self) -> bool {
        self.is_held() || Arc::strong_count(&self.archives) > 1
    }

    /// Returns whether a request brings stale files up to date at the moment.
    pub(crate) fn is_refreshing(&self) -> bool {
        Arc::strong_count(&self.refreshing) > 1
    }

    /// Returns how many stale files a step brings up to date: at least as many as a call changes at once anyway.
    pub(crate) fn pace(&self) -> Pace {
        Pace::at_least(self.options().files_per_step.max(self.catalog.min_step()))
    }

    /// Keeps all blobs until [`release_blobs`](Site::release_blobs), also those that no row names any more. `made` are removed
    /// then.
    pub(crate) fn hold_blobs(&self, id: &str, made: Vec<String>) {
        self.holds().push(Hold {
            id: id.to_owned(),
            since: self.clock.now(),
            made,
        });
    }

    /// Ends a hold, and removes what it kept. Does nothing for an unknown one.
    pub(crate) fn release_blobs(&self, id: &str) {
        let released = {
            let mut holds = self.holds();
            let at = holds.iter().position(|hold| hold.id == id);
            at.map(|at| holds.swap_remove(at))
        };
        let Some(hold) = released else { return };
        for blob in &hold.made {
            _ = self.blobs.remove(blob);
        }
        if !self.keeps_freed() {
            // The sweep removes what cannot be removed now.
            _ = self.remove_doomed(hold.since, i64::MAX);
        }
    }

    /// Ends the holds that have begun at `until` or before.
    pub(crate) fn release_forgotten(&self, until: i64) {
        let forgotten: Vec<String> = {
            let holds = self.holds();
            let old = holds.iter().filter(|hold| hold.since <= until);
            old.map(|hold| hold.id.clone()).collect()
        };
        for id in forgotten {
            self.release_blobs(&id);
        }
    }

    /// Removes the blobs that were doomed between `from` and `until`. Returns their number.
    ///
    /// Each batch is looked up again in the transaction that forgets it. Its removal takes some 2,000 requests to a bucket, and a
    /// file that is deleted meanwhile leaves its blob to its readers for the whole grace period. What a crash leaves of a batch
    /// is found by the next sweep, as orphans.
    pub(crate) fn remove_doomed(&self, from: i64, until: i64) -> Outcome<u64> {
        let cause = Cause::default();
        let mut removed = 0;
        let mut after = String::new();
        if self.is_held() {
            return Ok(0);
        }
        loop {
            let blobs = self.read(&cause, |view| {
                Ok(view.catalog.doomed_blobs(from, until, &after, DOOMED_BATCH_SIZE)?)
            })?;
            let Some(last) = blobs.last() else { return Ok(removed) };
            after.clone_from(last);
            // A blob that is being filled has no row yet.
            let closed: Vec<String> = blobs
                .into_iter()
                .filter(|blob| self.blobs.open_end(blob).is_none())
                .collect();
            for blob in self.write_lazily(&cause, |tx| Ok(tx.catalog.take_doomed(&closed, from, until)?))? {
                removed += u64::from(self.blobs.size(&blob)?.is_some());
                self.blobs.remove(&blob)?;
            }
        }
    }

    /// Takes a blob away from the sweeps that have noted it as an orphan: bytes still arrive, and no row names it yet.
    pub(crate) fn forget_orphan(&self, blob: &str) -> Outcome<()> {
        self.write(&Cause::default(), |tx| {
            tx.catalog.take_doomed(&[blob.to_owned()], i64::MIN, i64::MAX)?;
            Ok(())
        })
    }

    /// Returns the current generation: every import and reset increments it, and requests of an older one fail.
    pub(crate) fn generation(&self) -> Outcome<i64> {
        self.read(&Cause::default(), generation)
    }

    /// Removes the blob of a request that failed, unless the catalog refers to it: a commit can succeed although it
    /// reports an error.
    pub(crate) fn discard(&self, blob: &str) {
        let needed = if self.options().shares_stores {
            // A commit whose answer was lost can still be under way. A writer waits until it has ended.
            self.catalog.write().and_then(|catalog| catalog.needs_blob(blob))
        } else {
            self.catalog.read().and_then(|catalog| catalog.needs_blob(blob))
        };
        if matches!(needed, Ok(false)) {
            // A blob that cannot be removed now is removed by the sweep.
            _ = self.blobs.remove(blob);
        }
    }
}

/// Starts a new generation.
pub(crate) fn next_generation(tx: &mut Tx<'_>) -> Outcome<()> {
    tx.catalog.increment_setting(GENERATION)?;
    Ok(())
}

/// Starts this generation, in a store that is being built.
pub(crate) fn set_generation(catalog: &mut dyn Write, generation: i64) -> catalog::Result<()> {
    catalog.set_setting(GENERATION, &generation.to_string())
}

/// Refuses a request whose generation has ended.
pub(crate) fn check_current(cause: &Cause, view: &View<'_>) -> Outcome<()> {
    match cause.generation {
        Some(expected) => check_generation(expected, generation(view)?),
        None => Ok(()),
    }
}

/// The generation of a snapshot: see [`Site::generation`].
pub(crate) fn generation(view: &View<'_>) -> Outcome<i64> {
    Ok(generation_in(view.catalog.setting(GENERATION)?))
}

fn generation_in(setting: Option<String>) -> i64 {
    setting.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn check_generation(expected: i64, found: i64) -> Outcome<()> {
    if expected == found {
        return Ok(());
    }
    let text = "the content has been replaced by an import or a reset";
    Err(Refusal::code(409, "ABORTED", text))
}

/// The origin that URLs in answers begin with.
fn base(options: &Options, cause: &Cause) -> String {
    match (&options.base_url, &cause.host) {
        (Some(base), _) => base.trim_end_matches('/').to_owned(),
        (None, Some(host)) => host.clone(),
        (None, None) => DEFAULT_BASE.to_owned(),
    }
}

fn stored_secret(catalog: &dyn Catalog) -> catalog::Result<Option<Vec<u8>>> {
    let read = catalog.read()?;
    let since = read.setting("since")?.and_then(|since| since.parse::<i64>().ok());
    let secret = read.setting("secret")?;
    Ok(secret.as_deref().and_then(decoded_secret).filter(|_| since.is_some()))
}

/// Rejects a damaged key: it would be weak, and the links that it signed are invalid either way.
fn decoded_secret(text: &str) -> Option<Vec<u8>> {
    base16ct::lower::decode_vec(text)
        .ok()
        .filter(|secret| secret.len() == 32)
}
