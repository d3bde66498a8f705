//! Everything as an archive and back, and the entries of a seed.

use super::{invalid, parameter, run};
use crate::answer::Answer;
use crate::app::App;
use crate::bodies::{AtEnd, Source};
use crate::caller::Caller;
use crate::intake::{receive, stored};
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::future::pending;
use std::sync::Arc;
use wix_media::manager::Head;

/// How many damaged files the header of an export names.
const MAX_IN_HEADER: usize = 20;

/// The header in which an export names damaged files: JSON, percent-encoded.
const DAMAGE: HeaderName = HeaderName::from_static("wix-media-damage");

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
pub(super) async fn export(app: &Arc<App>) -> Result<Answer, Answer> {
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
pub(super) async fn import(app: &Arc<App>, source: Source, caller: &Caller) -> Result<Answer, Answer> {
    let reply = receive(app, source, None, None, pending(), |manager| manager.open_archive()).await?;
    app.changed();
    Ok(reply.finished(app, None, caller).await)
}

/// Adds one entry of a seed. The body is the bytes of its file.
pub(super) async fn seed(app: &Arc<App>, head: &Head, source: Source, caller: &Caller) -> Result<Answer, Answer> {
    let entry = parameter(head, "entry").unwrap_or(Cow::Borrowed("{}"));
    let entry: Value = serde_json::from_str(&entry).map_err(|_| invalid("entry", "must be JSON"))?;
    let host = head.header("host").unwrap_or_default().to_owned();
    let reply = receive(app, source, Some(caller), None, pending(), move |manager| {
        manager.open_seed(&entry, &host)
    })
    .await?;
    Ok(reply.finished(app, None, caller).await)
}
