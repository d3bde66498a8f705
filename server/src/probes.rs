//! Probes: does the process answer, and does it take requests?

use crate::answer::{Answer, broken};
use crate::sites::Sites;
use http::StatusCode;
use http::header;
use serde_json::json;
use tokio::task::spawn_blocking;

/// The answer to a probe. `None` for other requests.
pub(crate) async fn answer(sites: &Sites, method: &str, path: &str) -> Option<Answer> {
    match (method, path) {
        ("GET" | "HEAD", "/healthz") => Some(probe(StatusCode::OK, "ok")),
        ("GET" | "HEAD", "/readyz") => Some(ready(sites).await),
        _ => None,
    }
}

fn probe(status: StatusCode, state: &str) -> Answer {
    Answer::json(status, &json!({ "status": state })).with(header::CACHE_CONTROL, "no-store")
}

/// Says whether the server takes requests: not while it stops, and not while the catalog of its own site cannot be read. The other sites
/// of a database are in the same tables.
async fn ready(sites: &Sites) -> Answer {
    if sites.shared.is_stopping() {
        return probe(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    let app = match sites.app_or_reason().await {
        Ok(app) => app,
        Err(reason) => return probe(StatusCode::SERVICE_UNAVAILABLE, reason),
    };
    // The site was opened on a schema that this release can use. Each transaction looks whether another release has changed it since.
    match spawn_blocking(move || app.manager.next_tick()).await {
        Ok(read) => match sites.judged(read) {
            Ok(_) => probe(StatusCode::OK, "ready"),
            Err(reason) => probe(StatusCode::SERVICE_UNAVAILABLE, reason),
        },
        Err(error) => broken(&error),
    }
}
