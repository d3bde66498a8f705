//! On whose behalf a task works: for the log and for the records of changes, also on threads where it may block.

use crate::request_id;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tracing::Instrument;
pub(crate) use wix_media_postgres::Actor;

tokio::task_local! {
    static ACTOR: Arc<Actor>;
}

/// Runs a future on behalf of somebody.
pub(crate) async fn acting<F: Future>(actor: Actor, work: F) -> F::Output {
    ACTOR.scope(Arc::new(actor), work).await
}

/// Runs work of the server itself, which has an id in the log as requests have.
pub(crate) async fn working<F: Future>(call: &'static str, site: &str, work: F) -> F::Output {
    let id = request_id::fresh();
    let request = id.to_str().unwrap_or_default().to_owned();
    let span = tracing::error_span!("work", id = request, work = call, site);
    let actor = Actor {
        who: "server".to_owned(),
        request,
        call: call.to_owned(),
    };
    acting(actor, work).instrument(span).await
}

/// Runs work on a thread where it may block, on behalf of whom the task works for.
pub(crate) fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let actor = ACTOR.try_with(Arc::clone).ok();
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || {
        let _entered = span.entered();
        match actor {
            Some(actor) => wix_media_postgres::act(&actor, work),
            None => work(),
        }
    })
}

/// Runs work on this thread, and names the call in the records of its changes.
pub(crate) fn calling<T>(call: Option<&'static str>, work: impl FnOnce() -> T) -> T {
    match (wix_media_postgres::actor(), call) {
        (Some(actor), Some(call)) => {
            let actor = Actor {
                call: call.to_owned(),
                ..(*actor).clone()
            };
            wix_media_postgres::act(&Arc::new(actor), work)
        }
        _ => work(),
    }
}
