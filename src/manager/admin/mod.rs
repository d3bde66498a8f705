//! The paths below `/_wix-media/`, which the service does not have, and the seed of a manager.

pub(crate) mod control;
pub(crate) mod seed;

use super::events::{feed, webhooks};
use super::http::body::Body;
use super::http::error::{Outcome, Refusal};
use super::http::message::{Head, Response};
use super::site::{Cause, Site};

/// The prefix of these paths.
pub(crate) const PATH: &str = "/_wix-media/";

/// A resource below [`PATH`].
pub(crate) enum Route {
    /// The events, for callers with read access.
    Events,
    /// The public key of webhooks. It needs no credentials: receivers of webhooks have none, and must check signatures.
    WebhookKey,
}

/// Finds the resource of a request.
pub(crate) fn route(head: &Head, name: &str) -> Outcome<Route> {
    let route = match name {
        "events" => Route::Events,
        "webhook-key" => Route::WebhookKey,
        _ => return Err(Refusal::path_not_found()),
    };
    if !matches!(head.method.as_str(), "GET" | "HEAD") {
        return Err(Refusal::not_allowed("GET, HEAD, OPTIONS"));
    }
    Ok(route)
}

/// Answers an authorized request.
pub(crate) fn answer(site: &Site, head: &Head, route: &Route) -> Outcome<Response> {
    site.read(&Cause::of(head), |view| match route {
        Route::Events => feed::answer(view, head),
        Route::WebhookKey => {
            let key = webhooks::key(view)?;
            let Some(key) = key["publicKey"].as_str() else {
                return Err(Refusal::code(404, "NOT_FOUND", "no webhook key has been created yet"));
            };
            Ok(Response::new(200)
                .with("Content-Type", "application/x-pem-file")
                .with("Cache-Control", "no-store")
                .with_body(Body::bytes(key)))
        }
    })
}
