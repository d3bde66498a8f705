//! What no API of Wix has: the paths below `/_wix-media/`, and the seed of a manager.

pub(crate) mod control;
pub(crate) mod seed;

use super::events::{feed, webhooks};
use super::http::body::Body;
use super::http::error::{Outcome, Refusal};
use super::http::message::{Head, Response};
use super::site::{Cause, Site};

/// Where these paths begin.
pub(crate) const PATH: &str = "/_wix-media/";

/// What a path needs, and what answers it.
pub(crate) enum Route {
    /// The events, for a caller that may read.
    Events,
    /// The public key of webhooks, for everyone: whoever gets webhooks has to check them, and has no credentials of this site.
    WebhookKey,
}

/// The route of a request.
pub(crate) fn route(head: &Head, name: &str) -> Outcome<Route> {
    let route = match name {
        "events" => Route::Events,
        "webhook-key" => Route::WebhookKey,
        _ => return Err(Refusal::no_such_path()),
    };
    if !matches!(head.method.as_str(), "GET" | "HEAD") {
        return Err(Refusal::not_allowed("GET, HEAD, OPTIONS"));
    }
    Ok(route)
}

/// Answers a request that has been let in.
pub(crate) fn answer(site: &Site, head: &Head, route: &Route) -> Outcome<Response> {
    site.read(&Cause::of(head), |view| match route {
        Route::Events => feed::answer(view, head),
        Route::WebhookKey => {
            let key = webhooks::key(view)?;
            let Some(key) = key["publicKey"].as_str() else {
                return Err(Refusal::code(404, "NOT_FOUND", "there is no key yet"));
            };
            Ok(Response::new(200)
                .with("Content-Type", "application/x-pem-file")
                .with("Cache-Control", "no-store")
                .with_body(Body::bytes(key)))
        }
    })
}
