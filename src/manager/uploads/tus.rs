//! Resumable uploads by TUS 1.0.0, one function for each verb.
//!
//! The life of a transfer: POST creates it, with a blob of its own, and may bring the first bytes along, which are then
//! received like those of a PATCH. Each PATCH appends bytes at its offset. A PUT with the token creates the file
//! ([`super::complete`]). DELETE ends the transfer. A second POST with the token starts over.
//!
//! A client that does not know the length yet defers it (`creation-defer-length`), and sends it with the PATCH that brings
//! the last bytes, or before.
//!
//! The row holds the durable length of a transfer and the state of its digest. A connection can be dead without its
//! server noticing: the client reconnects, asks for the offset and sends the rest, while the host may still hold bytes
//! of the old request. So each PATCH takes the transfer over by incrementing its epoch, and opens the only writer of
//! the blob. Later bytes of older requests are refused, by the blob at once, and by the row when the request ends. A
//! HEAD counts the bytes of a running PATCH of this process too, and makes them durable first.
//!
//! A crash loses the bytes that were not durable. Bytes become durable at the end of each request, and after each part
//! of a long one.
//!
//! | Refusal | When |
//! |---|---|
//! | 400 `Upload-Length` | missing and not deferred, not a whole number, below the offset, or another one than before |
//! | 400 `Upload-Defer-Length` | not 1, or beside a length |
//! | 400 `Upload-Offset` | missing or not a whole number |
//! | 400 `UPLOAD_INCOMPLETE` | PUT before all bytes are there |
//! | 403 `UPLOAD_TOKEN_INVALID`, `UPLOAD_TOKEN_EXPIRED` | POST or PUT |
//! | 404 `NOT_FOUND` | no such transfer, or an ended one |
//! | 409 `ABORTED` | the offset is not the end; another request has taken over |
//! | 409 `UPLOAD_ALREADY_COMPLETED` | the file was created |
//! | 410 `UPLOAD_EXPIRED` | the token of the transfer has expired |
//! | 412 `TUS_VERSION` | another version of the protocol |
//! | 413 `FILE_SIZE_OVER_LIMIT` | more bytes than the type or the transfer allows |
//! | 415 `UNSUPPORTED_MEDIA_TYPE` | PATCH with another content type |

use super::{TUS, announced, number, upload_limit, upload_of};
use crate::catalog::Upload;
use crate::manager::dates::http_date;
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::message::{Head, Response};
use crate::manager::items::content::{over_limit, prefixed_id};
use crate::manager::options::Options;
use crate::manager::tx::{Tx, View};
use crate::model::media_type::normalize;
use base64ct::{Base64, Encoding};
use serde_json::json;

const VERSION: &str = "1.0.0";
const METHOD_OVERRIDE: &str = "x-http-method-override";

/// The length of a transfer whose client has deferred it.
const DEFERRED: i64 = -1;

/// A transfer that a PATCH has taken over.
#[derive(Debug)]
pub(crate) struct TakenOver {
    pub(crate) blob: String,
    pub(crate) epoch: i64,
    /// The number of bytes received before.
    pub(crate) received: u64,
    /// The total length of the transfer in bytes, or the maximum while it is deferred.
    pub(crate) limit: u64,
    pub(crate) digest: Option<String>,
}

/// Returns the refusal of a PATCH whose transfer another one has taken over.
pub(crate) fn superseded(received: Option<i64>) -> Refusal {
    let mut data = json!({});
    if let Some(received) = received {
        data["offset"] = received.to_string().into();
    }
    Refusal::with_data(409, "ABORTED", "another request has taken the transfer over", data)
}

/// POST: creates a transfer with this blob.
pub(crate) fn create(tx: &mut Tx<'_>, head: &Head, blob: &str) -> Outcome<Response> {
    check_version(head)?;
    let header = head.header("upload-metadata").unwrap_or_default();
    let metadata = metadata(header);
    let find = |name: &str| {
        let found = metadata.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    let mut upload = upload_of(&tx.view(), &find("token").unwrap_or_default(), true)?;
    let length = match head.header("upload-defer-length") {
        Some("1") if head.header("upload-length").is_none() => None,
        Some(_) => {
            let text = "must be 1, without Upload-Length";
            return Err(Violation::new("Upload-Defer-Length", "FORMAT", text).into());
        }
        None => Some(length_of(head)?.ok_or_else(|| bad_length("must be a whole number"))?),
    };
    upload.filename = find("filename").filter(|name| !name.trim().is_empty());
    if upload.filename.as_deref().is_some_and(|name| name.contains('\0')) {
        return Err(Violation::null_character("Upload-Metadata").into());
    }
    let limit = upload_limit(&upload, head, tx.options)?;
    if length.is_some_and(|length| length > limit) {
        return Err(over_limit(413, limit));
    }
    let transfer = prefixed_id(tx.context);
    tx.freed.extend(upload.blob.replace(blob.to_owned()));
    upload.length = length.map_or(DEFERRED, |length| i64::try_from(length).unwrap_or(i64::MAX));
    upload.received = 0;
    upload.digest = None;
    upload.transfer = Some(transfer.clone());
    upload.metadata = Some(header.to_owned());
    tx.catalog.put_upload(&upload)?;
    Ok(Response::new(201)
        .with("Location", format!("{}{TUS}/{transfer}", tx.base))
        .with("Upload-Expires", http_date(upload.expires)))
}

fn bad_length(text: &str) -> Refusal {
    Violation::new("Upload-Length", "FORMAT", text).into()
}

/// Returns the total length that a request announces.
fn length_of(head: &Head) -> Outcome<Option<u64>> {
    let Some(header) = head.header("upload-length") else {
        return Ok(None);
    };
    let length = number(header).ok_or_else(|| bad_length("must be a whole number"))?;
    Ok(Some(length))
}

/// Returns the row of a transfer that has not expired.
pub(crate) fn transfer(view: &View<'_>, id: &str) -> Outcome<Upload> {
    let Some(upload) = view.catalog.upload_of_transfer(id)? else {
        return Err(Refusal::code(
            404,
            "NOT_FOUND",
            "the transfer was not found or has ended",
        ));
    };
    if upload.expires <= view.now {
        return Err(Refusal::code(410, "UPLOAD_EXPIRED", "the transfer has expired"));
    }
    Ok(upload)
}

/// HEAD: returns the offset of a transfer.
pub(crate) fn status(upload: &Upload) -> Response {
    let response = Response::new(200)
        .with("Upload-Offset", upload.received.to_string())
        .with("Upload-Expires", http_date(upload.expires))
        .with("Cache-Control", "no-store");
    let response = if upload.length == DEFERRED {
        response.with("Upload-Defer-Length", "1")
    } else {
        response.with("Upload-Length", upload.length.to_string())
    };
    match &upload.metadata {
        Some(metadata) if !metadata.is_empty() => response.with("Upload-Metadata", metadata),
        _ => response,
    }
}

/// DELETE: ends a transfer.
pub(crate) fn terminate(tx: &mut Tx<'_>, head: &Head, id: &str) -> Outcome<Response> {
    check_version(head)?;
    let upload = transfer(&tx.view(), id)?;
    forget(tx, upload)?;
    Ok(Response::new(204))
}

/// Ends a transfer that met a full disk, so that its bytes make room, unless another request has taken it over.
pub(crate) fn give_up(tx: &mut Tx<'_>, id: &str, epoch: i64) -> Outcome<()> {
    let upload = transfer(&tx.view(), id)?;
    if upload.epoch == epoch {
        forget(tx, upload)
    } else {
        Ok(())
    }
}

fn forget(tx: &mut Tx<'_>, mut upload: Upload) -> Outcome<()> {
    tx.freed.extend(upload.blob.take());
    upload.transfer = None;
    upload.digest = None;
    upload.length = 0;
    upload.received = 0;
    Ok(tx.catalog.put_upload(&upload)?)
}

/// Applies the header `X-HTTP-Method-Override` to a POST, for clients behind proxies that block other verbs. Removes the
/// header where it does not count.
pub(crate) fn override_method(head: &mut Head) {
    let Some(method) = head.header(METHOD_OVERRIDE) else {
        return;
    };
    let method = method.trim().to_ascii_uppercase();
    let is_known = matches!(method.as_str(), "PATCH" | "DELETE" | "HEAD" | "PUT");
    if head.method == "POST" && head.path.starts_with(TUS) && is_known {
        head.method = method;
    } else {
        head.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case(METHOD_OVERRIDE));
    }
}

/// Returns whether the sender of a request expects no body, as in the answer to a HEAD. After a POST that stands for a HEAD
/// it reads as many bytes as the answer announces.
pub(crate) fn expects_no_body(head: &Head) -> bool {
    head.method == "HEAD" && head.header(METHOD_OVERRIDE).is_none()
}

/// Returns whether a request brings bytes of a transfer: a PATCH, or a POST that brings the first ones along.
pub(crate) fn has_chunk(head: &Head) -> bool {
    head.header("content-type").and_then(normalize).as_deref() == Some("application/offset+octet-stream")
}

/// PATCH, at its start: checks the head and takes the transfer over.
pub(crate) fn take_over(tx: &mut Tx<'_>, head: &Head, id: &str) -> Outcome<TakenOver> {
    check_version(head)?;
    if !has_chunk(head) {
        let text = "a chunk has the content type application/offset+octet-stream";
        return Err(Refusal::code(415, "UNSUPPORTED_MEDIA_TYPE", text));
    }
    let mut upload = transfer(&tx.view(), id)?;
    let offset = head.header("upload-offset").and_then(number);
    let offset = offset.ok_or_else(|| Violation::new("Upload-Offset", "FORMAT", "must be a whole number"))?;
    let received = u64::try_from(upload.received).unwrap_or(0);
    let Some(blob) = upload.blob.clone().filter(|_| offset == received) else {
        let data = json!({ "offset": received.to_string() });
        let text = format!("the transfer continues at {received}");
        return Err(Refusal::with_data(409, "ABORTED", text, data));
    };
    let limit = settle_length(tx, head, &mut upload, received)?;
    if announced(head).is_some_and(|more| more > limit.saturating_sub(received)) {
        return Err(over_limit(413, limit));
    }
    Ok(TakenOver {
        blob,
        epoch: tx.catalog.take_over_transfer(id)?,
        received,
        limit,
        digest: upload.digest,
    })
}

/// Takes the length of a transfer that was deferred, if the request brings it. Returns the length, or the maximum while it
/// is unknown. What is known does not change any more.
fn settle_length(tx: &mut Tx<'_>, head: &Head, upload: &mut Upload, received: u64) -> Outcome<u64> {
    let sent = length_of(head)?;
    if upload.length != DEFERRED {
        let length = u64::try_from(upload.length).unwrap_or(0);
        if sent.is_some_and(|sent| sent != length) {
            return Err(bad_length("must be the length that the upload has"));
        }
        return Ok(length);
    }
    // The content type of a chunk is not that of the file.
    let limit = upload_limit(upload, &Head::default(), tx.options)?;
    let Some(length) = sent else { return Ok(limit) };
    if length > limit {
        return Err(over_limit(413, limit));
    }
    if length < received {
        return Err(bad_length("must not be below the offset"));
    }
    upload.length = i64::try_from(length).unwrap_or(i64::MAX);
    tx.catalog.put_upload(upload)?;
    Ok(length)
}

/// PATCH, after each part and at its end: records the durable length.
pub(crate) fn advance(tx: &mut Tx<'_>, id: &str, epoch: i64, received: u64, digest: &str) -> Outcome<Upload> {
    let mut upload = transfer(&tx.view(), id)?;
    let received = i64::try_from(received).unwrap_or(i64::MAX);
    if upload.epoch != epoch {
        return Err(superseded(Some(upload.received)));
    }
    // A HEAD may have recorded more than a request that goes on.
    if upload.received < received {
        if !tx.catalog.advance_transfer(id, epoch, received, digest)? {
            return Err(superseded(None));
        }
        upload.received = received;
    }
    Ok(upload)
}

/// The answer to a PATCH, or to the POST that created the transfer and brought bytes along.
pub(crate) fn advanced(upload: &Upload, created: Option<Response>) -> Response {
    let response = created.unwrap_or_else(|| Response::new(204).with("Upload-Expires", http_date(upload.expires)));
    response.with("Upload-Offset", upload.received.to_string())
}

/// PUT: returns the blob of a complete transfer.
pub(crate) fn complete_blob(upload: &Upload) -> Outcome<&str> {
    let complete = upload.transfer.is_some() && upload.received == upload.length;
    upload.blob.as_deref().filter(|_| complete).ok_or_else(|| {
        let mut data = json!({ "received": upload.received.to_string() });
        if upload.length != DEFERRED {
            data["length"] = upload.length.to_string().into();
        }
        Refusal::with_data(400, "UPLOAD_INCOMPLETE", "bytes are missing", data)
    })
}

/// OPTIONS: describes the supported protocol.
pub(crate) fn discovery(response: Response, options: &Options) -> Response {
    let response = response.with("Tus-Version", VERSION).with(
        "Tus-Extension",
        "creation,creation-defer-length,creation-with-upload,expiration,termination",
    );
    match options.largest_limit() {
        Some(limit) => response.with("Tus-Max-Size", limit.to_string()),
        None => response,
    }
}

/// Adds the version, which all responses have, including refusals.
pub(crate) fn versioned(response: Response) -> Response {
    let response = response.with("Tus-Resumable", VERSION);
    // An answer to HEAD must not be kept, whatever it says.
    match response.header("cache-control") {
        None => response.with("Cache-Control", "no-store"),
        Some(_) => response,
    }
}

pub(crate) fn check_version(head: &Head) -> Outcome<()> {
    if head.header("tus-resumable") == Some(VERSION) {
        return Ok(());
    }
    let refusal = Refusal::code(412, "TUS_VERSION", format!("expected Tus-Resumable: {VERSION}"));
    Err(refusal.with_header("Tus-Version", VERSION))
}

/// Decodes the pairs of `Upload-Metadata`. Values that are not base64 of UTF-8 are left out.
fn metadata(header: &str) -> Vec<(String, String)> {
    let pairs = header.split(',').filter_map(|pair| {
        let (name, value) = pair.trim().split_once(' ')?;
        let bytes = Base64::decode_vec(value.trim()).ok()?;
        Some((name.to_owned(), String::from_utf8(bytes).ok()?))
    });
    pairs.collect()
}
