//! `/_wix-media/`: what the owner of a server may ask over HTTP, below a path that no API of Wix has.
//!
//! The commands, their scopes and their answers are those of `pkg-template/manager/admin.js`. Not there yet: a clock that can be
//! moved.

mod archive;
mod events;

use crate::actor::blocking;
use crate::answer::{Answer, broken, refused, unavailable};
use crate::app::App;
use crate::bodies::{Broken, Content, Source};
use crate::caller::Caller;
use crate::signer::Signer;
use crate::sites::KeyAccess;
use archive::{export, import, seed};
use events::events;
use http::StatusCode;
use http::header::{self, HeaderValue};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wix_media::catalog;
use wix_media::manager::{Check, Damage, Head, Manager};

pub(crate) const PATH: &str = "/_wix-media/";

/// How many damaged files an answer names.
const MAX_NAMED: usize = 1000;

/// The maximum bytes of a JSON body.
const MAX_JSON_SIZE: usize = 1 << 20;

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
    let done = blocking(move || {
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
pub(crate) async fn answer(
    app: &Arc<App>,
    key: Option<&KeyAccess>,
    head: Head,
    source: Source,
    caller: &Caller,
) -> Answer {
    // `?` returns the answer to what went wrong.
    let attempted = attempt(app, key, head, source, caller).await;
    attempted.unwrap_or_else(|answer| answer)
}

async fn attempt(
    app: &Arc<App>,
    key: Option<&KeyAccess>,
    head: Head,
    source: Source,
    caller: &Caller,
) -> Result<Answer, Answer> {
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
    // How many files another site has is nobody's business.
    let scope = scope.or((app.is_listed && name == "health").then_some("read"));
    if let Some(scope) = scope {
        authorize(app, key, &head, scope).await?;
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
        ("PATCH", "settings") => {
            let settings = json_of(source).await?;
            let has_rate = settings.pointer("/limits/requestsPerMinute").is_some();
            let answer = control(app, "adjust", settings).await?;
            app.counts_alone.fetch_or(has_rate, Ordering::Relaxed);
            Ok(answer)
        }
        ("POST", "clock") => Err(invalid("clock", "must be 'virtual' to be advanced")),
        _ => webhook_key(app).await,
    }
}

/// Refuses callers without the scope.
async fn authorize(app: &Arc<App>, key: Option<&KeyAccess>, head: &Head, scope: &'static str) -> Result<(), Answer> {
    if let Some(key) = key {
        if key.is_admin || scope == "read" {
            return Ok(());
        }
        let text = "this needs a key with the scope admin";
        return Err(refused(StatusCode::FORBIDDEN, "PERMISSION_DENIED", text));
    }
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
    let mut storage = json!({ "kind": app.storage_kind, "durable": true, "usage": usage });
    if let Some(directory) = &app.directory {
        storage["directory"] = directory.display().to_string().into();
    }
    let body = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "storage": storage,
        "uptimeSeconds": app.started.elapsed().as_secs(),
    });
    Ok(of_the_moment(StatusCode::OK, &body).with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
}

/// The key that signs webhooks, as PEM.
async fn webhook_key(app: &Arc<App>) -> Result<Answer, Answer> {
    let pem = run(app, Signer::public_key).await?;
    let mut answer = Answer::new(StatusCode::OK)
        .with(header::CONTENT_TYPE, "application/x-pem-file")
        .with(header::CACHE_CONTROL, "no-store");
    answer.content = Content::whole(pem);
    Ok(answer)
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
}
