//! Events over HTTP: a page of JSON, or Server-Sent Events for clients that accept them.
//!
//! An answer ends after the last recorded event. `EventSource` reconnects by itself with `Last-Event-ID`, so it misses
//! nothing. A host that can hold a connection open may continue the stream instead.

use super::rendered;
use crate::manager::http::body::Body;
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::message::{Head, Response, query_parameter};
use crate::manager::tx::View;
use serde_json::{Value, json};

/// The maximum number of events in an answer.
pub(crate) const MAX_EVENTS: u32 = 1000;

/// The number of events in an answer without `limit`.
const DEFAULT_EVENTS: i64 = 100;

/// How long an `EventSource` waits before it reconnects, in milliseconds.
const RETRY_MS: u32 = 1000;

/// Returns at most `limit` events with numbers above `after`. Their URLs begin with the base of the view.
pub(crate) fn events(view: &View<'_>, after: i64, limit: u32) -> Outcome<Vec<(i64, Value)>> {
    let rows = view.catalog.events(after, limit)?;
    Ok(rows
        .into_iter()
        .map(|(number, body)| (number, rendered(&body, &view.base)))
        .collect())
}

/// Answers `GET /_wix-media/events`.
pub(crate) fn answer(view: &View<'_>, head: &Head) -> Outcome<Response> {
    let number = |name: &str| match query_parameter(&head.query, name) {
        None => Ok(None),
        Some(text) => match text.parse::<i64>().ok().filter(|number| *number >= 0) {
            Some(number) => Ok(Some(number)),
            None => Err(Refusal::from(Violation::new(
                name,
                "FORMAT",
                "must be a whole number that is not negative",
            ))),
        },
    };
    let after = number("after")?;
    let limit = number("limit")?
        .unwrap_or(DEFAULT_EVENTS)
        .clamp(1, i64::from(MAX_EVENTS));
    let limit = u32::try_from(limit).unwrap_or(MAX_EVENTS);
    let last = view.catalog.last_event()?;
    let accept = head.header("accept").unwrap_or_default();
    if !accept.contains("text/event-stream") {
        let events = events(view, after.unwrap_or(0), limit)?;
        let events: Vec<_> = events
            .into_iter()
            .map(|(number, body)| json!({ "number": number, "body": body }))
            .collect();
        let value = json!({ "events": events, "lastEvent": last });
        return Ok(Response::json(200, &value).with("Cache-Control", "no-store"));
    }
    let seen = head.header("last-event-id").and_then(|id| id.trim().parse().ok());
    // A client without a position follows the events from now on.
    let after = seen.or(after).unwrap_or(last);
    let mut text = format!("retry: {RETRY_MS}\nid: {after}\n\n");
    for (number, body) in events(view, after, limit)? {
        text.push_str(&format!("id: {number}\ndata: {body}\n\n"));
    }
    Ok(Response::new(200)
        .with("Content-Type", "text/event-stream")
        .with("Cache-Control", "no-store")
        .with_body(Body::bytes(text)))
}
