//! What happens without requests: work that is due, imports, the sweep.

use crate::imports;
use crate::listen::Phase;
use crate::service::App;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep_until};
use wix_media::catalog;
use wix_media::manager::{ImportOrder, Manager, Swept};

/// How many sources are fetched at once.
const MAX_IMPORTS: usize = 4;

/// How often orphaned blobs are looked for, and for how many milliseconds they are kept.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3600);
const SWEEP_GRACE_MS: i64 = 86_400_000;

/// How soon work that stays due is looked at again, at first and at most.
const MIN_RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Runs until the server stops. Imports that are under way are given up then, and fetched again after the next start.
pub(crate) async fn run(app: Arc<App>) {
    let mut phases = app.phases();
    tokio::select! {
        () = work(&app) => {}
        _ = phases.wait_for(|phase| *phase != Phase::Running) => {}
    }
}

async fn work(app: &Arc<App>) {
    let mut changes = app.changes();
    let mut imports = JoinSet::new();
    let mut fetched: HashSet<String> = HashSet::new();
    let mut next_sweep = Instant::now();
    let mut retry = MIN_RETRY;
    let mut has_progressed = true;
    loop {
        changes.mark_unchanged();
        let free = MAX_IMPORTS.saturating_sub(imports.len());
        let due = call(app, "taking what is due", move |manager| take(manager, free)).await;
        let is_failed = due.is_none();
        let (orders, next_tick) = due.unwrap_or_default();
        for order in orders {
            // Its lease has expired, but it is still being fetched.
            if fetched.insert(order.file.clone()) {
                imports.spawn(imports::fetch(Arc::clone(app), order));
            }
        }
        let left = next_tick.map(|tick| u64::try_from(tick - now()).unwrap_or(0));
        let wait = match left {
            _ if is_failed => Some(retry),
            // What the last tick did not do may never succeed.
            Some(0) if !has_progressed => Some(retry),
            Some(left) => Some(Duration::from_millis(left)),
            None => None,
        };
        let is_stuck = is_failed || (left == Some(0) && !has_progressed);
        retry = if is_stuck {
            (retry * 2).min(MAX_RETRY)
        } else {
            MIN_RETRY
        };
        let tick = wait.map_or(next_sweep, |wait| Instant::now() + wait).min(next_sweep);
        tokio::select! {
            _ = changes.changed() => {}
            Some(file) = imports.join_next() => {
                if let Ok(file) = file {
                    fetched.remove(&file);
                }
            }
            () = sleep_until(tick) => {
                if Instant::now() >= next_sweep {
                    next_sweep = Instant::now() + SWEEP_INTERVAL;
                    sweep(app).await;
                }
                call(app, "what is due", |manager| manager.tick()).await;
                has_progressed = app.tell_changes();
            }
        }
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Leases what is due. Returns when to look again too.
fn take(manager: &Manager, imports: usize) -> catalog::Result<(Vec<ImportOrder>, Option<i64>)> {
    // Videos that wait for posters become ready without them.
    manager.take_transcodes(1)?;
    Ok((manager.take_imports(imports)?, manager.next_tick()?))
}

/// Runs a call of the manager. `None` if the catalog failed.
async fn call<T: Send + 'static>(
    app: &Arc<App>,
    work: &'static str,
    run: impl FnOnce(&Manager) -> catalog::Result<T> + Send + 'static,
) -> Option<T> {
    let own = Arc::clone(app);
    match spawn_blocking(move || run(&own.manager)).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::error!(%error, work, "work failed, and is tried again");
            None
        }
        Err(error) => {
            tracing::error!(%error, work, "unexpected error");
            None
        }
    }
}

/// Removes what nothing needs any more. What fails is left to the next sweep.
async fn sweep(app: &Arc<App>) {
    let swept = call(app, "the sweep", |manager| manager.sweep(SWEEP_GRACE_MS)).await;
    if let Some(Swept { removed, waiting }) = swept
        && removed > 0
    {
        tracing::info!(removed, waiting, "orphaned blobs removed");
    }
}
