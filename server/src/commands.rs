//! `/_wix-media/`: what the owner of a server may ask over HTTP, below a path that no API of Wix has.
//!
//! The commands, their scopes and their answers are those of `pkg-template/manager/admin.js`. Not there yet: the key of webhooks,
//! because this server delivers none, and a clock that can be moved.

use crate::bodies::{AtEnd, Broken, Content, Source};
use crate::service::{Answer, App, Caller, broken, receive, refused, stored, unavailable};
use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::future::pending;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use wix_media::catalog;
use wix_media::manager::{Check, Damage, Head, Manager};

pub(crate) const PATH: &str = "/_wix-media/";

/// How many events a page holds, unless the caller says otherwise, and at most.
const EVENTS_PER_PAGE: u64 = 100;
const MAX_EVENTS_PER_PAGE: u64 = 1000;

/// Milliseconds after which a browser connects again to a stream of events.
const RECONNECT_MS: u32 = 1000;

/// How many bytes of events are sent at once, and how many pieces wait for a slow reader. Later events stay in the catalog.
const MAX_EVENTS_SIZE: usize = 64 * 1024;
const MAX_WAITING_PIECES: usize = 2;

/// How many damaged files an answer names, and how many a header.
const MAX_NAMED: usize = 1000;
const MAX_IN_HEADER: usize = 20;

/// The maximum bytes of a JSON body.
const MAX_JSON_SIZE: usize = 1 << 20;

/// The header in which an export names damaged files: JSON, percent-encoded.
const DAMAGE: HeaderName = HeaderName::from_static("wix-media-damage");

/// The commands: method, name, and the scope that a key needs.
const COMMANDS: [(&str, &str, Option<&str>); 12] = [
    ("GET", "health", None),
    ("GET", "check", Some("manage")),
    ("GET", "webhook-key", None),
    ("GET", "events", Some("read")),
    ("GET", "export", Some("manage")),
    ("PUT", "import", Some("manage")),
    ("POST", "reset", Some("manage")),
    ("PUT", "seed", Some("manage")),
    ("POST", "faults", Some("manage")),
    ("DELETE", "faults", Some("manage")),
    ("PATCH", "settings", Some("manage")),
    ("POST", "clock", Some("manage")),
];

/// Answers are of the moment, and for one caller.
fn of_the_moment(status: StatusCode, value: &Value) -> Answer {
    Answer::json(status, value).with(header::CACHE_CONTROL, "no-store")
}

fn invalid(field: &str, description: &str) -> Answer {
    let violations = json!([{ "field": field, "description": description, "violatedRule": "FORMAT" }]);
    of_the_moment(
        StatusCode::BAD_REQUEST,
        &json!({
            "message": format!("INVALID_ARGUMENT: \"{field}\" {description}"),
            "details": { "validationError": { "fieldViolations": violations } },
        }),
    )
}

/// Runs a call of the manager on a thread where it may block.
async fn run<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Manager) -> catalog::Result<T> + Send + 'static,
) -> Result<T, Answer> {
    let own = Arc::clone(app);
    let done = spawn_blocking(move || {
        let outcome = work(&own.manager);
        own.tell_changes();
        outcome
    });
    match done.await {
        Ok(outcome) => outcome.map_err(|error| unavailable(&error)),
        Err(error) => Err(broken(&error)),
    }
}

/// Answers a request below the path.
pub(crate) async fn answer(app: &Arc<App>, head: Head, source: Source, caller: &Caller) -> Answer {
    // `?` returns the answer to what went wrong.
    attempt(app, head, source, caller).await.unwrap_or_else(|answer| answer)
}

async fn attempt(app: &Arc<App>, head: Head, source: Source, caller: &Caller) -> Result<Answer, Answer> {
    let name = head.path[PATH.len()..].to_owned();
    let method = if head.method == "HEAD" { "GET" } else { &head.method };
    let commands = COMMANDS.iter().filter(|(_, other, _)| *other == name);
    let Some((_, _, scope)) = commands.clone().find(|(other, _, _)| *other == method) else {
        let methods: Vec<&str> = commands.map(|(method, _, _)| *method).collect();
        let allowed = methods.join(", ");
        if methods.is_empty() {
            let text = format!("path not found: {}", head.path);
            return Err(refused(StatusCode::NOT_FOUND, "NOT_FOUND", &text));
        }
        let text = format!("invalid method: expected {allowed}, found {}", head.method);
        let mut answer = refused(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", &text);
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            answer.headers.insert(header::ALLOW, allowed);
        }
        return Err(answer);
    };
    if let Some(scope) = *scope {
        authorize(app, &head, scope).await?;
    }
    let method = method.to_owned();
    match (&*method, &*name) {
        ("GET", "health") => health(app).await,
        ("GET", "check") => check(app, &head, caller).await,
        ("GET", "events") => events(app, &head).await,
        ("GET", "export") => export(app).await,
        ("PUT", "import") => import(app, source, caller).await,
        ("POST", "reset") => {
            run(app, |manager| manager.reset()).await?;
            Ok(of_the_moment(StatusCode::OK, &json!({})))
        }
        ("PUT", "seed") => seed(app, &head, source, caller).await,
        ("POST", "faults") => {
            let faults = match json_of(source).await? {
                Value::Array(faults) => Value::Array(faults),
                fault => json!([fault]),
            };
            control(app, "faults.add", faults).await
        }
        ("DELETE", "faults") => control(app, "faults.clear", Value::Null).await,
        ("PATCH", "settings") => control(app, "adjust", json_of(source).await?).await,
        ("POST", "clock") => Err(invalid("clock", "must be 'virtual' to be advanced")),
        _ => Err(refused(
            StatusCode::NOT_IMPLEMENTED,
            "NOT_IMPLEMENTED",
            "this server does not deliver webhooks",
        )),
    }
}

/// Refuses callers without the scope.
async fn authorize(app: &Arc<App>, head: &Head, scope: &'static str) -> Result<(), Answer> {
    let text = |name: &str| head.header(name).unwrap_or_default().to_owned();
    let input = json!({ "authorization": text("authorization"), "siteId": text("wix-site-id"), "scope": scope });
    let refusal = run(app, move |manager| manager.control("authorize", &input)).await?;
    if refusal.is_null() {
        return Ok(());
    }
    let status = refusal["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    Err(of_the_moment(status.unwrap_or(StatusCode::FORBIDDEN), &refusal["body"]))
}

/// Runs a command that may refuse a member of its input.
async fn control(app: &Arc<App>, name: &'static str, input: Value) -> Result<Answer, Answer> {
    let outcome = run(app, move |manager| manager.control(name, &input)).await?;
    if let Some(refused) = outcome.get("refused") {
        let field = refused["field"].as_str().unwrap_or_default();
        let field = match (field, name) {
            ("", "adjust") => "settings",
            ("", _) => "body",
            (field, _) => field,
        };
        return Err(invalid(field, refused["description"].as_str().unwrap_or_default()));
    }
    // Settings and faults change when work is due.
    app.changed();
    Ok(of_the_moment(StatusCode::OK, &json!({})))
}

/// A body of JSON.
async fn json_of(mut source: Source) -> Result<Value, Answer> {
    match source.whole(MAX_JSON_SIZE).await {
        Ok(Some(bytes)) => serde_json::from_slice(&bytes).map_err(|_| invalid("body", "must be JSON")),
        Ok(None) => Err(refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "PAYLOAD_TOO_LARGE",
            &format!("the body is too large: expected at most {MAX_JSON_SIZE} bytes"),
        )),
        Err(Broken::Slow) => Err(refused(
            StatusCode::REQUEST_TIMEOUT,
            "REQUEST_TIMEOUT",
            "the body came too slowly",
        )),
        Err(Broken::Off) => Err(invalid("body", "must be JSON")),
    }
}

/// The first parameter of a query with this name.
fn parameter<'a>(head: &'a Head, name: &str) -> Option<Cow<'a, str>> {
    let mut pairs = url::form_urlencoded::parse(head.query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A whole number of at most 15 digits.
fn number(text: &str) -> Option<u64> {
    let is_short = (1..=15).contains(&text.len());
    (is_short && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The beginning of URLs for this caller.
fn base(head: &Head) -> String {
    let scheme = if head.header("x-forwarded-proto") == Some("https") {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{}", head.header("host").unwrap_or_default())
}

async fn health(app: &Arc<App>) -> Result<Answer, Answer> {
    let usage = run(app, |manager| manager.control("usage", &Value::Null)).await?;
    let body = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "storage": { "kind": "directory", "durable": true, "directory": app.directory.display().to_string(), "usage": usage },
        "uptimeSeconds": app.started.elapsed().as_secs(),
    });
    Ok(of_the_moment(StatusCode::OK, &body).with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
}

/// Checks the catalog, and unless `blobs` says otherwise the bytes of all files. Stops when the caller leaves.
async fn check(app: &Arc<App>, head: &Head, caller: &Caller) -> Result<Answer, Answer> {
    let blobs = parameter(head, "blobs").unwrap_or(Cow::Borrowed("bytes")).into_owned();
    if !matches!(&*blobs, "bytes" | "sizes" | "none") {
        return Err(invalid("blobs", "must be bytes, sizes or none"));
    }
    let caller = caller.clone();
    let found = run(app, move |manager| {
        let steps = |check: &mut Check| -> catalog::Result<Vec<Damage>> {
            let mut damage = Vec::new();
            while !caller.has_left() && manager.check(check)? {
                damage.append(&mut check.take_damage());
            }
            damage.append(&mut check.take_damage());
            Ok(damage)
        };
        let mut of_catalog = Check::catalog();
        steps(&mut of_catalog)?;
        let is_catalog_whole = of_catalog.is_catalog_whole() == Some(true);
        let mut of_files = if blobs == "bytes" {
            Check::default()
        } else {
            Check::sizes()
        };
        let mut damage = if blobs == "none" {
            Vec::new()
        } else {
            steps(&mut of_files)?
        };
        let damaged_files = damage.len();
        damage.truncate(MAX_NAMED);
        Ok(json!({
            "isWhole": is_catalog_whole && damaged_files == 0,
            "isCatalogWhole": is_catalog_whole,
            "files": of_files.files(),
            "bytes": of_files.bytes(),
            "damagedFiles": damaged_files,
            "damage": damage,
        }))
    });
    Ok(of_the_moment(StatusCode::OK, &found.await?))
}

/// Events after a number: a page of JSON, or a stream that goes on.
async fn events(app: &Arc<App>, head: &Head) -> Result<Answer, Answer> {
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
            _ = phases.wait_for(|phase| *phase != crate::listen::Phase::Running) => {}
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

/// An export that has begun. It ends when the value is dropped, even if nobody has read all of it.
struct Exported {
    app: Arc<App>,
    id: String,
}

impl Drop for Exported {
    fn drop(&mut self) {
        let (app, id) = (Arc::clone(&self.app), std::mem::take(&mut self.id));
        let end = move || {
            if let Err(error) = app.manager.end_export(&id) {
                tracing::warn!(%error, "cannot end the export: the sweep will");
            }
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(end)),
            Err(_) => end(),
        }
    }
}

/// Sends everything as an archive. Blobs are kept until it has been sent. Damaged files are named in a header, as far as there is
/// room, because the body is the archive.
async fn export(app: &Arc<App>) -> Result<Answer, Answer> {
    let export = run(app, |manager| manager.export()).await?;
    let exported = Exported {
        app: Arc::clone(app),
        id: export.id.clone(),
    };
    let headers = [
        ("Content-Type".to_owned(), "application/zip".to_owned()),
        ("Content-Length".to_owned(), export.body.length().to_string()),
        ("Cache-Control".to_owned(), "no-store".to_owned()),
    ];
    for damage in &export.damage {
        tracing::error!(file = damage.file_id, problem = damage.problem.as_str(), "damaged file");
    }
    let end = AtEnd::new(move || drop(exported));
    let mut answer = stored(app, &headers, 200, Bytes::new(), export.body, Some(end));
    if export.damaged_files > 0 {
        let named = &export.damage[..export.damage.len().min(MAX_IN_HEADER)];
        let report = json!({ "damagedFiles": export.damaged_files, "damage": named }).to_string();
        let encoded: String = url::form_urlencoded::byte_serialize(report.as_bytes()).collect();
        // The form of pages has another sign for a space than URLs.
        if let Ok(value) = HeaderValue::from_str(&encoded.replace('+', "%20")) {
            answer.headers.insert(DAMAGE, value);
        }
    }
    Ok(answer)
}

/// Replaces everything by an archive.
async fn import(app: &Arc<App>, source: Source, caller: &Caller) -> Result<Answer, Answer> {
    let reply = receive(app, source, None, pending(), |manager| manager.open_archive()).await?;
    app.changed();
    Ok(reply.finished(app, None, caller).await)
}

/// Adds one entry of a seed. The body is the bytes of its file.
async fn seed(app: &Arc<App>, head: &Head, source: Source, caller: &Caller) -> Result<Answer, Answer> {
    let entry = parameter(head, "entry").unwrap_or(Cow::Borrowed("{}"));
    let entry: Value = serde_json::from_str(&entry).map_err(|_| invalid("entry", "must be JSON"))?;
    let host = head.header("host").unwrap_or_default().to_owned();
    let reply = receive(app, source, Some(caller), pending(), move |manager| {
        manager.open_seed(&entry, &host)
    })
    .await?;
    Ok(reply.finished(app, None, caller).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_of_digits_only() {
        assert_eq!(
            (number("0"), number("123456789012345")),
            (Some(0), Some(123_456_789_012_345))
        );
        for text in ["", "-1", "+1", "1.5", "1234567890123456", " 1"] {
            assert_eq!(number(text), None, "{text:?}");
        }
    }

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
