//! What is asked over HTTP below a path that no API of Wix has: events, and the key that webhooks are signed with.
//!
//! Events come as a page of JSON, or as Server-Sent Events for whoever accepts those. Such an answer ends with the last
//! event that there is; the browser comes back by itself with the number of the last one it has seen, so nothing is
//! missed. A host that can hold a connection open may go on behind it.

use super::body::Body;
use super::message::{Head, Response, query_parameter};
use super::refusal::{Outcome, Refusal, Violation};
use super::{Manager, not_allowed};
use crate::operations::Access;
use serde_json::json;

/// Where these paths begin.
pub(super) const PATH: &str = "/_wix-media/";

/// Most events of one answer.
pub(super) const MOST_EVENTS: u32 = 1000;

/// How long a browser waits before it comes back, in milliseconds.
const AGAIN: u32 = 1000;

impl Manager {
    pub(super) fn administer(&mut self, head: &Head, name: &str) -> Outcome<Response> {
        let known = matches!(name, "events" | "webhook-key");
        if known && !matches!(head.method.as_str(), "GET" | "HEAD") {
            return Err(not_allowed("GET, HEAD, OPTIONS"));
        }
        match name {
            "events" => self.subscription(head),
            "webhook-key" => {
                // Whoever gets webhooks has to check them, and has no credentials of this site.
                let key = self.webhook_key()?;
                let Some(key) = key["publicKey"].as_str() else {
                    return Err(Refusal::code(404, "NOT_FOUND", "there is no key yet"));
                };
                Ok(Response::new(200)
                    .with("Content-Type", "application/x-pem-file")
                    .with("Cache-Control", "no-store")
                    .with_body(Body::bytes(key)))
            }
            _ => Err(Refusal::code(404, "NOT_FOUND", "there is nothing at this path")),
        }
    }

    fn subscription(&mut self, head: &Head) -> Outcome<Response> {
        self.admit(head, Access::Read)?;
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
        let limit = number("limit")?.unwrap_or(100).clamp(1, i64::from(MOST_EVENTS));
        let limit = u32::try_from(limit).unwrap_or(MOST_EVENTS);
        let accept = head.header("accept").unwrap_or_default();
        if accept.contains("text/event-stream") {
            let seen = head.header("last-event-id").and_then(|id| id.trim().parse().ok());
            // Who has seen nothing and names nothing wants to know what happens from now on.
            let last = self.parts.catalog.last_event()?;
            let after = seen.or(after).unwrap_or(last);
            let mut text = format!("retry: {AGAIN}\nid: {after}\n\n");
            for event in self.events(after, limit)? {
                text.push_str(&format!("id: {}\ndata: {}\n\n", event.number, event.body));
            }
            return Ok(Response::new(200)
                .with("Content-Type", "text/event-stream")
                .with("Cache-Control", "no-store")
                .with_body(Body::bytes(text)));
        }
        let events = self.events(after.unwrap_or(0), limit)?;
        let events: Vec<_> = events
            .into_iter()
            .map(|event| json!({ "number": event.number, "body": event.body }))
            .collect();
        let value = json!({ "events": events, "lastEvent": self.parts.catalog.last_event()? });
        Ok(Response::json(200, &value).with("Cache-Control", "no-store"))
    }
}
