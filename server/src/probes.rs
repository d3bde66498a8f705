//! Probes: does the process answer, and does it take requests?

use crate::answer::{Answer, broken};
use crate::app::App;
use http::StatusCode;
use http::header;
use serde_json::json;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// The answer to a probe. `None` for other requests.
pub(crate) async fn answer(app: &Arc<App>, method: &str, path: &str) -> Option<Answer> {
    match (method, path) {
        ("GET" | "HEAD", "/healthz") => Some(probe(StatusCode::OK, "ok")),
        ("GET" | "HEAD", "/readyz") => Some(ready(app).await),
        _ => None,
    }
}

fn probe(status: StatusCode, state: &str) -> Answer {
    Answer::json(status, &json!({ "status": state })).with(header::CACHE_CONTROL, "no-store")
}

/// Says whether the server takes requests: not while it stops, and not while the catalog cannot be read.
async fn ready(app: &Arc<App>) -> Answer {
    if app.is_stopping() {
        return probe(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    let own = Arc::clone(app);
    match spawn_blocking(move || own.manager.next_tick()).await {
        Ok(Ok(_)) => probe(StatusCode::OK, "ready"),
        Ok(Err(error)) => {
            tracing::error!(%error, "the catalog cannot be read");
            probe(StatusCode::SERVICE_UNAVAILABLE, "catalog unavailable")
        }
        Err(error) => broken(&error),
    }
}
