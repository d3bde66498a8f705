//! Probes: does the process answer, and does it take requests?

use crate::answer::Answer;
use crate::sites::Sites;
use http::StatusCode;
use http::header;
use serde_json::json;
use std::sync::Arc;

/// The answer to a probe. `None` for other requests.
pub(crate) async fn answer(sites: &Arc<Sites>, method: &str, path: &str) -> Option<Answer> {
    match (method, path) {
        ("GET" | "HEAD", "/healthz") => Some(probe(StatusCode::OK, "ok")),
        ("GET" | "HEAD", "/readyz") => Some(ready(sites).await),
        _ => None,
    }
}

fn probe(status: StatusCode, state: &str) -> Answer {
    Answer::json(status, &json!({ "status": state })).with(header::CACHE_CONTROL, "no-store")
}

/// Says whether the server takes requests: not while it stops, and not while its catalog cannot be read.
async fn ready(sites: &Arc<Sites>) -> Answer {
    let is_stopping = || sites.shared.is_stopping();
    if !is_stopping() {
        match sites.readiness().await {
            Err(reason) => return probe(StatusCode::SERVICE_UNAVAILABLE, reason),
            Ok(()) if !is_stopping() => return probe(StatusCode::OK, "ready"),
            Ok(()) => {}
        }
    }
    probe(StatusCode::SERVICE_UNAVAILABLE, "stopping")
}
