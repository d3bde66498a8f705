//! What happens without requests: work that is due, imports, webhooks, the sweep.

mod pace;
mod tasks;

use crate::actor::{blocking, working};
use crate::app::App;
use crate::imports;
use crate::settings::Role;
use crate::webhooks;
use pace::Pace;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tasks::Tasks;
use tokio::time::{Instant, sleep_until};
use wix_media::catalog;
use wix_media::manager::{Delivery, ImportOrder, Manager, Swept};

/// How many sources are fetched at once.
const MAX_IMPORTS: usize = 4;

/// How often orphaned blobs are looked for, and for how many milliseconds they are kept.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3600);
const SWEEP_GRACE_MS: i64 = 86_400_000;

/// How often a process looks for changes of others: while somebody follows the events, and for work that another process has left.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(500);
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Runs until the server stops, or the site is closed. Imports that are under way are given up then, and fetched again after the next start.
/// With a role that does not work, only looks for changes of other processes.
pub(crate) async fn run(app: Arc<App>, role: Role) {
    let mut imports = Tasks::new(MAX_IMPORTS);
    let mut deliveries = Tasks::new(webhooks::MAX_DELIVERIES);
    // One at a time. Dropped at the end: nothing depends on how far it came.
    let mut sweeps = Tasks::new(1);
    tokio::select! {
        () = work(&app, &mut imports, &mut deliveries, &mut sweeps), if role.works() => {}
        () = follow_others(&app, role), if app.has_others => {}
        () = app.ending() => {}
    }
    // They end by themselves, and imports keep nothing of what has arrived.
    imports.finish().await;
    deliveries.finish().await;
}

async fn work(app: &Arc<App>, imports: &mut Tasks<String>, deliveries: &mut Tasks<i64>, sweeps: &mut Tasks<()>) {
    let mut changes = app.changes();
    let mut next_sweep = Instant::now();
    let mut pace = Pace::default();
    loop {
        changes.mark_unchanged();
        let free = (imports.free(), deliveries.free());
        let due = call(app, "taking what is due", move |manager| take(manager, free)).await;
        let wait = match &due {
            Some(Due { next_tick, .. }) => pace.next(*next_tick, app.manager.now()),
            None => Some(pace.failed()),
        };
        let due = due.unwrap_or_default();
        for order in due.imports {
            let fetching = imports::fetch(Arc::clone(app), order.clone());
            let own = Arc::clone(app);
            let fetching = async move { working("import", &own.site_id, fetching).await };
            imports.run(order.file, fetching);
        }
        for delivery in due.deliveries {
            let (id, own) = (delivery.id, Arc::clone(app));
            let delivering = webhooks::deliver(Arc::clone(app), delivery);
            let delivering = async move { working("webhook", &own.site_id, delivering).await };
            deliveries.run(id, delivering);
        }
        let tick = wait.map_or(next_sweep, |wait| Instant::now() + wait).min(next_sweep);
        tokio::select! {
            _ = changes.changed() => {}
            // For all listed sites together, the server asks once.
            () = tokio::time::sleep(LOOK_INTERVAL), if app.has_others && !app.is_listed => {}
            () = imports.ended() => {}
            () = deliveries.ended() => {}
            () = sweeps.ended() => {}
            () = sleep_until(tick) => {
                let now = Instant::now();
                if now >= next_sweep {
                    next_sweep = now + SWEEP_INTERVAL;
                    // A long list of blobs must not hold up other work.
                    sweeps.run((), sweep_all(Arc::clone(app)));
                }
                pace.ticked(call(app, "what is due", |manager| manager.tick()).await.is_some());
                app.tell_changes();
            }
        }
    }
}

/// Tells those who follow the events of changes that other processes have made.
async fn follow_others(app: &Arc<App>, role: Role) {
    // The work of this process is one of the receivers.
    let own = usize::from(role.works());
    let mut seen = None;
    loop {
        tokio::time::sleep(FOLLOW_INTERVAL).await;
        if app.receivers() <= own {
            continue;
        }
        let last = call(app, "looking for events", |manager| {
            manager.control("lastEvent", &Value::Null)
        });
        let Some(last) = last.await else { continue };
        if seen.replace(last.clone()) != Some(last) {
            app.changed();
        }
    }
}

/// What this process has leased.
#[derive(Debug, Default)]
struct Due {
    imports: Vec<ImportOrder>,
    deliveries: Vec<Delivery>,
    /// When to look again.
    next_tick: Option<i64>,
}

/// Leases what is due, at most so many imports and deliveries.
fn take(manager: &Manager, (imports, deliveries): (usize, usize)) -> catalog::Result<Due> {
    // Makes videos that wait for posters ready without them.
    manager.take_transcodes(1)?;
    Ok(Due {
        imports: manager.take_imports(imports)?,
        deliveries: manager.take_deliveries(deliveries)?,
        next_tick: manager.next_tick()?,
    })
}

/// Runs a call of the manager. `None` if the catalog failed.
async fn call<T: Send + 'static>(
    app: &Arc<App>,
    work: &'static str,
    run: impl FnOnce(&Manager) -> catalog::Result<T> + Send + 'static,
) -> Option<T> {
    let own = Arc::clone(app);
    let name = format!("{work} of {}", app.site_id);
    let running = async {
        match blocking(move || run(&own.manager)).await {
            Ok(Ok(value)) => {
                app.failures.ended(&name);
                Some(value)
            }
            Ok(Err(error)) => {
                if app.failures.began(&name, &error.to_string()) {
                    tracing::error!(%error, work, site = app.site_id, "work failed, and is tried again");
                }
                None
            }
            Err(error) => {
                tracing::error!(%error, work, "unexpected error");
                None
            }
        }
    };
    working(work, &app.site_id, running).await
}

/// Removes what is not needed any more, and once a day what only a look through the whole bucket or directory finds: old pictures,
/// and what killed processes have left. One of the processes does that for all.
async fn sweep_all(app: Arc<App>) {
    sweep(&app).await;
    if call(&app, "beginning the cleanup", Manager::begin_cleanup).await == Some(true) {
        remove_leftovers(&app).await;
        sweep_pictures(&app).await;
    }
}

/// Removes what is not needed any more. If something fails, the next sweep tries again.
async fn sweep(app: &Arc<App>) {
    let is_first = match app.database.clone() {
        Some(database) => {
            let id = app.site_id.clone();
            let begin = move |_: &Manager| database.begin_sweep(&id, SWEEP_INTERVAL / 2);
            call(app, "beginning the sweep", begin).await
        }
        None => None,
    };
    let swept = call(app, "the sweep", |manager| manager.sweep(SWEEP_GRACE_MS)).await;
    app.metrics.swept(swept.map(|swept| swept.removed));
    let Some(Swept { removed, waiting }) = swept else {
        return;
    };
    app.unused_blobs.store(waiting, Ordering::Relaxed);
    if removed > 0 {
        tracing::info!(removed, waiting, site = app.site_id, "orphaned blobs removed");
    }
    if app.records.is_some() {
        let own = Arc::clone(app);
        call(app, "forgetting old records", move |_| own.forget_records()).await;
    }
    // The counts of all sites are in one table, which one process reads.
    if app.counts_calls && !app.is_listed && is_first == Some(true) {
        let own = Arc::clone(app);
        call(app, "forgetting old counts of calls", move |_| own.forget_calls()).await;
    }
}

/// Removes what killed processes have left beside the bytes of files.
async fn remove_leftovers(app: &Arc<App>) {
    let removed = call(app, "removing leftovers", Manager::remove_leftovers).await;
    if let Some(removed) = removed.filter(|removed| *removed > 0) {
        tracing::info!(removed, site = app.site_id, "leftovers of killed processes removed");
    }
}

/// Removes old pictures from the bucket.
async fn sweep_pictures(app: &App) {
    let pictures = Arc::clone(&app.pictures);
    let removing = async {
        match blocking(move || pictures.remove_old()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(removed)) => tracing::info!(removed, "old pictures removed from the bucket"),
            Ok(Err(error)) => tracing::warn!(%error, "cannot remove old pictures from the bucket"),
            Err(error) => tracing::error!(%error, "unexpected error"),
        }
    };
    working("the sweep of pictures", &app.site_id, removing).await;
}
