//! Events after a number: a page of JSON, or a stream that goes on.

use super::{base, invalid, number, of_the_moment, parameter, run};
use crate::answer::Answer;
use crate::app::{App, Phase};
use crate::bodies::Content;
use bytes::Bytes;
use http::StatusCode;
use http::header;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::sync::Arc;
use tokio::sync::mpsc;
use wix_media::catalog;
use wix_media::manager::{Head, Manager};

/// How many events a page holds, unless the caller says otherwise, and at most.
const EVENTS_PER_PAGE: u64 = 100;
const MAX_EVENTS_PER_PAGE: u64 = 1000;

/// Milliseconds after which a browser connects again to a stream of events.
const RECONNECT_MS: u32 = 1000;

/// How many bytes of events are sent at once, and how many pieces wait for a slow reader. Later events stay in the catalog.
const MAX_EVENTS_SIZE: usize = 64 * 1024;
const MAX_WAITING_PIECES: usize = 2;

/// Events after a number: a page of JSON, or a stream that goes on.
pub(super) async fn events(app: &Arc<App>, head: &Head) -> Result<Answer, Answer> {
    let seen = head
        .header("last-event-id")
        .map(Cow::Borrowed)
        .or_else(|| parameter(head, "after"));
    let after = seen.as_deref().map(number);
    if after == Some(None) {
        return Err(invalid("after", "must be the number of an event"));
    }
    let after = after.flatten();
    let base = base(head);
    if head
        .header("accept")
        .is_some_and(|accept| accept.contains("text/event-stream"))
    {
        // Without a number: what happens from now on.
        let after = match after {
            Some(after) => after,
            None => run(app, last_event).await?.as_u64().unwrap_or(0),
        };
        return Ok(stream(app, after, base, head.method == "HEAD"));
    }
    let limit = match parameter(head, "limit") {
        None => Some(EVENTS_PER_PAGE),
        Some(text) => number(&text).filter(|limit| *limit > 0),
    };
    let Some(limit) = limit else {
        return Err(invalid("limit", "must be a positive whole number"));
    };
    let input = json!({ "after": after.unwrap_or(0), "limit": limit.min(MAX_EVENTS_PER_PAGE), "base": base });
    let body = run(app, move |manager| {
        let page = manager.control("events", &input)?;
        Ok(json!({ "events": page, "lastEvent": last_event(manager)? }))
    });
    Ok(of_the_moment(StatusCode::OK, &body.await?))
}

fn last_event(manager: &Manager) -> catalog::Result<Value> {
    manager.control("lastEvent", &Value::Null)
}

/// The name of an event of a stream, as `wix-media serve` has it: `wix.media.site_media.v1.folder_created`.
fn name_of(event: &Value) -> String {
    let text = |member: &str| event[member].as_str().unwrap_or_default();
    format!("{}_{}", text("entityFqdn"), text("slug"))
}

/// A stream of events, which ends with the server.
fn stream(app: &Arc<App>, after: u64, base: String, is_head: bool) -> Answer {
    let mut answer = Answer::new(StatusCode::OK)
        .with(header::CONTENT_TYPE, "text/event-stream")
        .with(header::CACHE_CONTROL, "no-store");
    if is_head {
        return answer;
    }
    let (sender, receiver) = mpsc::channel(MAX_WAITING_PIECES);
    let own = Arc::clone(app);
    tokio::spawn(async move {
        let mut phases = own.phases();
        tokio::select! {
            () = follow(&own, after, base, &sender) => {}
            () = sender.closed() => {}
            _ = phases.wait_for(|phase| *phase != Phase::Running) => {}
        }
    });
    answer.content = Content::Stream(receiver);
    answer
}

/// Sends events as they occur, until the receiver has gone.
async fn follow(app: &Arc<App>, mut after: u64, base: String, sender: &mpsc::Sender<Bytes>) {
    let mut changes = app.changes();
    // The id counts for a browser that is cut off before the first event.
    let beginning = format!("retry: {RECONNECT_MS}\nid: {after}\n\n");
    if sender.send(beginning.into()).await.is_err() {
        return;
    }
    loop {
        // Before the events are read, so that no change is missed in between.
        changes.mark_unchanged();
        let input = json!({ "after": after, "limit": EVENTS_PER_PAGE, "base": base });
        let Ok(page) = run(app, move |manager| manager.control("events", &input)).await else {
            return;
        };
        let page = page.as_array().map_or(&[][..], Vec::as_slice);
        for piece in pieces(page) {
            if sender.send(piece).await.is_err() {
                return;
            }
        }
        match page.last() {
            Some(last) => after = last["number"].as_u64().unwrap_or(after),
            None if changes.changed().await.is_err() => return,
            None => {}
        }
    }
}

/// Events as they are sent, in pieces that end with an event and are as long as allowed, or one event longer.
fn pieces(page: &[Value]) -> impl Iterator<Item = Bytes> {
    let mut events = page.iter();
    std::iter::from_fn(move || {
        let mut text = String::new();
        while text.len() < MAX_EVENTS_SIZE
            && let Some(event) = events.next()
        {
            let (number, body) = (&event["number"], &event["body"]);
            text.push_str(&format!("id: {number}\nevent: {}\ndata: {body}\n\n", name_of(body)));
        }
        (!text.is_empty()).then(|| text.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_an_event_is_its_entity_and_what_happened() {
        let event = json!({ "entityFqdn": "wix.media.site_media.v1.folder", "slug": "created" });
        assert_eq!(name_of(&event), "wix.media.site_media.v1.folder_created");
    }

    #[test]
    fn events_are_sent_in_pieces_of_a_limited_size() {
        let name = "n".repeat(1000);
        let event = |number: u64| json!({ "number": number, "body": { "entityFqdn": "e", "slug": "s", "name": name } });
        let page: Vec<Value> = (1..=100).map(event).collect();
        let all: Vec<Bytes> = pieces(&page).collect();
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|piece| piece.len() < MAX_EVENTS_SIZE + 2000));
        let text = String::from_utf8(all.concat()).expect("a text");
        assert_eq!(text.matches("\nevent: e_s\ndata: {").count(), 100);
        assert!(text.starts_with("id: 1\n") && text.contains("\n\nid: 100\n"));
        assert_eq!(pieces(&[]).count(), 0);
    }
}
