//! Plain uploads: one PUT whose body is the file.

use super::{announced, completed, upload_limit, upload_of};
use crate::catalog::Upload;
use crate::manager::http::error::{Outcome, Violation};
use crate::manager::http::message::Head;
use crate::manager::items::content::{Receipt, over_limit};
use crate::manager::tx::{Tx, View};
use crate::model::media_type::normalize;
use serde_json::Value;

/// Admits an upload before its body is read. Returns its row and its maximum size in bytes.
pub(crate) fn admit(view: &View<'_>, head: &Head, token: &str) -> Outcome<(Upload, u64)> {
    if head.header("authorization").is_some() {
        let text = "must be absent: the token in the URL is the authorization";
        return Err(Violation::new("Authorization", "OTHER", text).into());
    }
    whole_only(head)?;
    if head
        .header("content-type")
        .and_then(normalize)
        .is_some_and(|kind| kind.starts_with("multipart/"))
    {
        let text = "must be that of the file: the body is its bytes and nothing else";
        return Err(Violation::new("Content-Type", "OTHER", text).into());
    }
    let upload = upload_of(view, token, false)?;
    let limit = upload_limit(&upload, head, view.options)?;
    if announced(head).is_some_and(|length| length > limit) {
        return Err(over_limit(413, limit));
    }
    Ok((upload, limit))
}

/// Refuses a part of a file, which would become the whole file (RFC 9110, section 14.5).
fn whole_only(head: &Head) -> Outcome<()> {
    if head.header("content-range").is_none() {
        return Ok(());
    }
    let text = "must be absent: a PUT sends the whole file, and resumable uploads send parts";
    Err(Violation::new("Content-Range", "OTHER", text).into())
}

/// Creates the file, unless another PUT to the same URL was completed first.
pub(crate) fn complete(tx: &mut Tx<'_>, upload: &Upload, name: &str, receipt: Receipt) -> Outcome<Value> {
    match tx.catalog.upload(&upload.id)? {
        Some(current) if !current.done => super::complete(tx, current, name, receipt),
        current => Err(completed(current.as_ref().unwrap_or(upload))),
    }
}
