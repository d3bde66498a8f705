//! What happens without requests: work that is due, imports, the sweep.

use crate::app::App;
use crate::imports;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::{Id, JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep_until};
use wix_media::catalog;
use wix_media::manager::{ImportOrder, Manager, Swept};

/// How many sources are fetched at once.
const MAX_IMPORTS: usize = 4;

/// How often orphaned blobs are looked for, and for how many milliseconds they are kept.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3600);
const SWEEP_GRACE_MS: i64 = 86_400_000;

/// How soon work that stays due is tried again, at first and at most.
const MIN_RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Runs until the server stops. Imports that are under way are given up then, and fetched again after the next start.
pub(crate) async fn run(app: Arc<App>) {
    let mut imports = JoinSet::new();
    tokio::select! {
        () = work(&app, &mut imports) => {}
        () = app.stopping() => {}
    }
    // They end by themselves, and keep nothing of what has arrived.
    while imports.join_next().await.is_some() {}
}

async fn work(app: &Arc<App>, imports: &mut JoinSet<()>) {
    let mut changes = app.changes();
    let mut fetched: HashMap<Id, String> = HashMap::new();
    let mut next_sweep = Instant::now();
    let mut pace = Pace::default();
    loop {
        changes.mark_unchanged();
        let free = MAX_IMPORTS.saturating_sub(imports.len());
        let due = call(app, "taking what is due", move |manager| take(manager, free)).await;
        let wait = match &due {
            Some((_, next_tick)) => pace.next(*next_tick, now()),
            None => Some(pace.failed()),
        };
        let (orders, _) = due.unwrap_or_default();
        for order in orders {
            // Its lease has expired, but it is still being fetched.
            if !fetched.values().any(|file| *file == order.file) {
                let file = order.file.clone();
                let task = imports.spawn(imports::fetch(Arc::clone(app), order));
                fetched.insert(task.id(), file);
            }
        }
        let tick = wait.map_or(next_sweep, |wait| Instant::now() + wait).min(next_sweep);
        tokio::select! {
            _ = changes.changed() => {}
            Some(ended) = imports.join_next_with_id() => {
                let id = ended.map_or_else(|error| {
                    tracing::error!(%error, "unexpected error");
                    error.id()
                }, |(id, ())| id);
                // Also after a panic: otherwise the file would never be fetched again.
                fetched.remove(&id);
            }
            () = sleep_until(tick) => {
                if Instant::now() >= next_sweep {
                    next_sweep = Instant::now() + SWEEP_INTERVAL;
                    sweep(app).await;
                }
                pace.ticked(call(app, "what is due", |manager| manager.tick()).await.is_some());
                app.tell_changes();
            }
        }
    }
}

/// When the next tick comes. Work that stays due, because the catalog fails or the work itself does, is tried less and less often.
#[derive(Debug)]
struct Pace {
    /// What the last tick was for.
    due: Option<i64>,
    /// Whether there was a tick since then, and whether it succeeded.
    ticked: Option<bool>,
    retry: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            due: None,
            ticked: None,
            retry: MIN_RETRY,
        }
    }
}

impl Pace {
    /// How long to wait for work that is due at a time. `None` without work.
    fn next(&mut self, due: Option<i64>, now: i64) -> Option<Duration> {
        let before = std::mem::replace(&mut self.due, due);
        let ticked = self.ticked.take();
        let left = u64::try_from(due? - now).unwrap_or(0);
        if left == 0 && (ticked == Some(false) || (ticked == Some(true) && before == due)) {
            return Some(self.failed());
        }
        // Other changes tell nothing about work that is being retried.
        if ticked == Some(true) {
            self.retry = MIN_RETRY;
        }
        Some(Duration::from_millis(left))
    }

    /// How long to wait after a failure.
    fn failed(&mut self) -> Duration {
        let wait = self.retry;
        self.retry = (wait * 2).min(MAX_RETRY);
        wait
    }

    fn ticked(&mut self, is_done: bool) {
        self.ticked = Some(is_done);
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Leases what is due. Also returns when to look again.
fn take(manager: &Manager, imports: usize) -> catalog::Result<(Vec<ImportOrder>, Option<i64>)> {
    // Makes videos that wait for posters ready without them.
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

/// Removes what is not needed any more. If something fails, the next sweep tries again.
async fn sweep(app: &Arc<App>) {
    let swept = call(app, "the sweep", |manager| manager.sweep(SWEEP_GRACE_MS)).await;
    if let Some(Swept { removed, waiting }) = swept
        && removed > 0
    {
        tracing::info!(removed, waiting, "orphaned blobs removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_waits_until_work_is_due() {
        let mut pace = Pace::default();
        assert_eq!(pace.next(None, 5), None);
        assert_eq!(pace.next(Some(1005), 5), Some(Duration::from_secs(1)));
        assert_eq!(pace.next(Some(5), 5), Some(Duration::ZERO));
        assert_eq!(pace.next(Some(1), 5), Some(Duration::ZERO), "late");
    }

    #[test]
    fn pace_does_not_wait_between_steps_that_go_on() {
        let mut pace = Pace::default();
        for now in 0..100 {
            assert_eq!(pace.next(Some(now), now), Some(Duration::ZERO));
            pace.ticked(true);
        }
    }

    #[test]
    fn pace_slows_down_for_what_stays_due() {
        for is_done in [false, true] {
            let mut pace = Pace::default();
            assert_eq!(pace.next(Some(5), 6), Some(Duration::ZERO));
            let mut waited = Vec::new();
            for now in 6..20 {
                pace.ticked(is_done);
                waited.extend(pace.next(Some(5), now));
            }
            assert_eq!(waited[..3], [MIN_RETRY, MIN_RETRY * 2, MIN_RETRY * 4]);
            assert_eq!(waited.last(), Some(&MAX_RETRY));
            pace.ticked(true);
            assert_eq!(pace.next(Some(30), 30), Some(Duration::ZERO), "something else is due");
            pace.ticked(true);
            assert_eq!(pace.next(Some(30), 31), Some(MIN_RETRY));
        }
    }
}
