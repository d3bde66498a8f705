//! On whose behalf a task works: for the log and for the records of changes, also on threads where it may block.

use crate::request_id;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
pub(crate) use wix_media_postgres::Actor;

/// The target of spans of traces, which are not in the log.
pub(crate) const SPANS: &str = "wix_media_traces";

/// Work that only looks whether there is work. It happens all the time, so it has no traces.
const LOOKS: [&str; 2] = ["taking what is due", "looking for events"];

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
    let trace = if LOOKS.contains(&call) {
        Span::none()
    } else {
        span.in_scope(|| {
            tracing::info_span!(
                target: SPANS,
                "work",
                otel.name = call,
                wix_media.request_id = request,
                wix_media.site = site,
            )
        })
    };
    let actor = Actor {
        who: "server".to_owned(),
        request,
        call: call.to_owned(),
    };
    acting(actor, work).instrument(trace).instrument(span).await
}

/// Runs work that goes on when the request has ended which began it. Its span is one of the request's trace, but does not keep the
/// request's open.
pub(crate) async fn outliving<F: Future>(name: &'static str, request: Span, work: F) -> F::Output {
    let span = tracing::info_span!(target: SPANS, parent: None, "work", otel.name = name);
    if !span.is_disabled() {
        // It fails only for a span that has begun.
        _ = span.set_parent(request.context());
    }
    drop(request);
    work.instrument(span).await
}

/// Runs work on a thread where it may block, on behalf of whom the task works for.
pub(crate) fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let actor = ACTOR.try_with(Arc::clone).ok();
    let span = Span::current();
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
            Span::current().record("wix_media.call", call);
            let actor = Actor {
                call: call.to_owned(),
                ..(*actor).clone()
            };
            wix_media_postgres::act(&Arc::new(actor), work)
        }
        _ => work(),
    }
}
