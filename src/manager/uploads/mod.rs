//! Uploads: their rows, tokens and completion.
//!
//! The life of an upload: a call creates its row and a token that names it ([`upload_url`]). The file id is known from
//! then on, except for its extension, which depends on the type. Bytes arrive in one PUT ([`plain`]) or by TUS
//! ([`tus`]), and become a file in one transaction. The row of a completed upload stays until its token expires, so
//! that a second use is answered as such and not as a forged token (`docs/contract/choices.md#u38`).
//!
//! A crash leaves at most a blob without a row, which the sweep deletes.

pub(crate) mod plain;
pub(crate) mod tus;

use super::events;
use super::http::error::{Outcome, Refusal, Violation};
use super::http::message::{Head, query_parameter};
use super::http::validate::{Fields, length};
use super::items::content::{self, Receipt, over_limit};
use super::items::{paths, quota, target, transcodes};
use super::options::Options;
use super::token;
use super::tx::{Tx, View};
use super::view;
use crate::catalog::Upload;
use crate::manager::json::{self};
use crate::model::media_type::{self, MediaType, OCTET_STREAM};
use crate::model::system_folder;
use serde_json::{Map, Value, json};

/// The path of plain uploads below the base. The token follows.
pub(crate) const UPLOADS: &str = "/upload/";
/// The path at which TUS transfers are created.
pub(crate) const TUS: &str = "/upload/tus";

/// How long expired uploads are kept, in milliseconds.
const RETENTION: i64 = 7 * 86_400_000;

/// The maximum number of uploads that are kept, and how often they are counted. Between two counts there may be more.
const MAX_UPLOADS: u64 = 100_000;
const COUNTED_EVERY: i64 = 1000;

/// The setting that counts upload URLs.
const COUNTER: &str = "uploads";

/// The lifetimes of the tokens of plain and of TUS uploads, in seconds.
const PLAIN_LIFETIME: i64 = 86_410;
const TUS_LIFETIME: i64 = 604_810;

const AUDIENCE: &str = "urn:service:upload";

/// Returns the refusal of a second use. It carries the id of the file, for a client that lost the first answer.
pub(crate) fn completed(upload: &Upload) -> Refusal {
    let data = json!({ "fileId": upload.file });
    Refusal::with_data(409, "UPLOAD_ALREADY_COMPLETED", "the upload was completed before", data)
}

pub(crate) fn upload_url(tx: &mut Tx<'_>, fields: &Fields, resumable: bool) -> Outcome<Value> {
    let name = fields.text("fileName");
    if name.is_some_and(|name| name.trim().is_empty()) {
        return Err(Violation::blank("fileName").into());
    }
    let mime = fields.text("mimeType").unwrap_or_default();
    let known = content::declared(mime, name)?;
    let private = fields.flag("private").unwrap_or(false);
    let media_type = known.as_deref().map(MediaType::of_mime);
    content::check_privacy(private, media_type)?;
    if let Some(size) = fields.number("sizeInBytes") {
        let size = u64::try_from(size).unwrap_or(0);
        let limit = tx.options.limit(media_type.unwrap_or(MediaType::Other));
        if size == 0 {
            return Err(content::zero_size());
        }
        if size > limit {
            return Err(over_limit(400, limit));
        }
        quota::check_quota(&tx.view(), size)?;
    } else {
        quota::check_quota(&tx.view(), 1)?;
    }
    let parent = fields
        .text("parentFolderId")
        .unwrap_or_else(|| content::default_folder(tx.context));
    target::target(&tx.view(), "parentFolderId", parent)?;
    let labels: Vec<_> = fields
        .texts("labels")
        .unwrap_or_default()
        .into_iter()
        .take(100)
        .collect();
    let external = fields.value("externalInfo").cloned();
    let request = json!({
        "mimeType": mime,
        "fileName": name,
        "parentFolderId": parent,
        "filePath": fields.text("filePath"),
        "private": private,
        "labels": labels,
        "externalInfo": external.unwrap_or_else(|| external_info(&fields.sent["externalInfo"])),
    });
    tx.catalog.remove_uploads(tx.now - RETENTION)?;
    if tx.catalog.increment_setting(COUNTER)? % COUNTED_EVERY == 0 {
        bound_uploads(tx)?;
    }
    let issued = tx.now / 1000;
    let expires = issued + if resumable { TUS_LIFETIME } else { PLAIN_LIFETIME };
    let (id, file) = (tx.ids.guid(), content::stem(tx.context));
    let upload = Upload {
        resumable,
        ..Upload::new(&id, &file, &json::text(&request), expires * 1000)
    };
    tx.catalog.put_upload(&upload)?;
    let mut claims = json!({
        "iss": AUDIENCE, "aud": AUDIENCE, "jti": upload.id, "iat": issued, "exp": expires,
        "path": format!("media/{}", upload.file), "acl": if private { "private" } else { "public" },
        "mimeType": mime, "site": tx.options.site_id,
    });
    if resumable {
        claims["protocol"] = "tus".into();
    }
    let token = token::sign(tx.secret, &claims);
    let base = &tx.base;
    Ok(if resumable {
        json!({ "uploadProtocol": "TUS", "uploadUrl": format!("{base}{TUS}"), "uploadToken": token })
    } else {
        json!({ "uploadUrl": format!("{base}{UPLOADS}{token}") })
    })
}

/// Makes room for further uploads: forgets completed ones, then those of which no byte has arrived.
fn bound_uploads(tx: &mut Tx<'_>) -> Outcome<()> {
    let count = tx.catalog.upload_count()?;
    let Some(excess) = count.checked_sub(MAX_UPLOADS) else {
        return Ok(());
    };
    let wanted = excess + COUNTED_EVERY.unsigned_abs();
    let removed = tx
        .catalog
        .remove_idle_uploads(u32::try_from(wanted).unwrap_or(u32::MAX))?;
    if removed <= excess {
        let text = format!("more than {MAX_UPLOADS} uploads are under way");
        return Err(Refusal::code(429, "TOO_MANY_UPLOADS", text));
    }
    Ok(())
}

/// Returns the upload that a token names.
pub(crate) fn upload_of(view: &View<'_>, token: &str, resumable: bool) -> Outcome<Upload> {
    let invalid = || Refusal::code(403, "UPLOAD_TOKEN_INVALID", "invalid upload token");
    let claims = token::verify(view.secret, token).filter(|claims| claims["aud"] == AUDIENCE);
    let claims = claims.ok_or_else(invalid)?;
    if claims["exp"].as_i64().unwrap_or(0) * 1000 <= view.now {
        return Err(Refusal::code(
            403,
            "UPLOAD_TOKEN_EXPIRED",
            "the upload token has expired",
        ));
    }
    let upload = view.catalog.upload(claims["jti"].as_str().unwrap_or_default())?;
    let upload = upload
        .filter(|upload| upload.resumable == resumable)
        .ok_or_else(invalid)?;
    if upload.done {
        return Err(completed(&upload));
    }
    Ok(upload)
}

/// Returns the maximum size of an upload in bytes, by the media type as far as it is known.
pub(crate) fn upload_limit(upload: &Upload, head: &Head, options: &Options) -> Outcome<u64> {
    let request: Value = serde_json::from_str(&upload.request)?;
    let name = file_name(upload, &request, head);
    let mime = declared_mime(&request, head);
    let known = media_type::declared(&mime, name.as_deref()).unwrap_or(None);
    Ok(options.limit(known.as_deref().map_or(MediaType::Other, MediaType::of_mime)))
}

/// Returns the file name: from the query, else from the call that created the upload, else from the TUS metadata.
fn file_name(upload: &Upload, request: &Value, head: &Head) -> Option<String> {
    let given = query_parameter(&head.query, "filename").filter(|name| !name.trim().is_empty());
    let asked = || request["fileName"].as_str().map(str::to_owned);
    given.or_else(asked).or_else(|| upload.filename.clone())
}

/// Returns the name and the declared type of the file, from the upload and the request that completes it.
pub(crate) fn declaration(upload: &Upload, head: &Head) -> Outcome<(String, Option<String>)> {
    let request: Value = serde_json::from_str(&upload.request)?;
    let Some(name) = file_name(upload, &request, head) else {
        return Err(Violation::new("filename", "REQUIRED_FIELD", "is required").into());
    };
    let declared = content::declared(&declared_mime(&request, head), Some(&name))?;
    Ok((name, declared))
}

/// Creates the file of an upload whose bytes are in a blob.
pub(crate) fn complete(tx: &mut Tx<'_>, mut upload: Upload, name: &str, receipt: Receipt) -> Outcome<Value> {
    let request: Value = serde_json::from_str(&upload.request)?;
    let private = request["private"].as_bool().unwrap_or(false);
    content::check(&tx.view(), private, &receipt)?;
    let parent = request["parentFolderId"].as_str().unwrap_or(system_folder::MEDIA_ROOT);
    let target = target::target(&tx.view(), "parentFolderId", parent)?;
    let target = paths::ensure_path(tx, target, request["filePath"].as_str().unwrap_or_default())?;
    let mut file = content::new_file(tx.context, &upload.file, name, &receipt.mime, &target);
    file.private = private;
    file.labels = serde_json::from_value(request["labels"].clone())?;
    file.external = json::text(&request["externalInfo"]);
    file.tag = "_fileOrigin_uploaded".to_owned();
    let posters = content::fill(tx.context, &mut file, receipt);
    tx.catalog.insert_file(&file)?;
    transcodes::queue(tx, &mut file, posters)?;
    upload.done = true;
    upload.file.clone_from(&file.id);
    upload.transfer = None;
    upload.blob = None;
    upload.digest = None;
    tx.catalog.put_upload(&upload)?;
    events::emit_file_processed(tx, &file)?;
    Ok(json!({ "file": view::file(&file, &tx.base, &tx.options.site_id) }))
}

/// Returns the announced length of the body in bytes.
pub(crate) fn announced(head: &Head) -> Option<u64> {
    head.header("content-length").and_then(number)
}

/// Returns the declared type: from the call that created the upload, else from the upload request.
fn declared_mime(request: &Value, head: &Head) -> String {
    let asked = request["mimeType"].as_str().unwrap_or(OCTET_STREAM);
    let sent = head
        .header("content-type")
        .filter(|sent| media_type::normalize(sent).is_some());
    match sent {
        Some(sent) if media_type::normalize(asked).as_deref() == Some(OCTET_STREAM) => sent.to_owned(),
        _ => asked.to_owned(),
    }
}

/// Reads an `externalInfo` leniently, as the table does not declare it for this call (`docs/contract/files-api.md#s7`).
fn external_info(value: &Value) -> Value {
    let mut kept = Map::new();
    if let Some(origin) = value["origin"].as_str().filter(|origin| length(origin) <= 1000) {
        kept.insert("origin".to_owned(), origin.into());
    }
    if let Some(ids) = value["externalIds"].as_array() {
        let ids = ids.iter().filter(|id| id.as_str().is_some_and(|id| length(id) <= 4000));
        kept.insert("externalIds".to_owned(), ids.take(30).cloned().collect());
    }
    Value::Object(kept)
}

/// Parses a number that consists of digits only.
pub(crate) fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
