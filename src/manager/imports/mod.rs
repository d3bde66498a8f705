//! Imports: files that a host fetches from other URLs (`docs/contract/uploads-and-downloads.md#s4`).
//!
//! The life of an import: a call creates the file, `PENDING` and without content, and an order to fetch its URL. The
//! manager opens no sockets, so a host leases orders ([`Manager::take_imports`]), fetches the URLs, and passes in each
//! response ([`Manager::open_import`], [`feed`](Manager::feed), [`close`](Manager::close)) or a failure
//! ([`Manager::fail_import`]). The file is then `READY` or `FAILED`, and the order is removed. If a host crashes, its
//! leases expire and the orders are leased again.

pub(crate) mod url_policy;

use super::events;
use super::http::error::{Outcome, Refusal, Violation};
use super::http::message::Head;
use super::http::validate::Fields;
use super::items::content::{self, Receipt, mismatch, over_limit, unsupported};
use super::items::{paths, quota, stale, target, transcodes};
use super::tx::{Tx, View};
use super::view;
use crate::catalog::{File, Import};
use crate::manager::inspect::Kind;
use crate::manager::json::{self};
use crate::model::media_type::{self, MediaType, OCTET_STREAM};
use crate::model::status::Status;
use serde_json::{Value, json};
use url_policy::{IMPORT_RULES, UnfitUrl, check_import_url};

/// The duration of a lease in milliseconds: longer than a fetch may take.
pub(crate) const LEASE: i64 = IMPORT_RULES.total_ms as i64 + 60_000;

/// A URL that the host has to fetch.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let manager = Manager::memory()?;
/// let body = r#"{"url":"https://example.com/a.jpg","urlParams":{"size":"large"}}"#;
/// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
/// let order = manager.take_imports(1)?.remove(0);
/// assert_eq!(order.url, "https://example.com/a.jpg?size=large");
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOrder {
    /// The id of the file to fill.
    pub file: String,
    /// The URL, with the query parameters of the call.
    pub url: String,
    /// The headers to send. Send them to the origin of the URL only, not to other origins after a redirect.
    pub headers: Vec<(String, String)>,
}

/// An import whose source has answered.
#[derive(Debug)]
pub(crate) struct Fetching {
    pub(crate) file: String,
    /// The maximum size in bytes.
    pub(crate) limit: u64,
    /// The MIME type by the call or the file name.
    declared: Option<String>,
    /// The MIME type by the source.
    mime: Option<String>,
    /// The length that the source announced, in bytes.
    length: Option<u64>,
}

fn unreachable(text: &str) -> Refusal {
    Refusal::code(400, "SOURCE_UNREACHABLE", text)
}

fn gone() -> Refusal {
    Refusal::code(404, "NOT_FOUND", "import not found")
}

/// Leases at most `limit` imports, oldest first.
pub(crate) fn take(tx: &mut Tx<'_>, limit: u32) -> Outcome<Vec<ImportOrder>> {
    let until = tx.now.saturating_add(LEASE);
    let imports = tx.catalog.take_imports(tx.context.now, until, limit)?;
    let orders = imports.into_iter().map(|import| {
        let request: Value = serde_json::from_str(&import.request).unwrap_or_default();
        let headers = request["headers"].as_array().into_iter().flatten();
        let headers = headers.filter_map(|pair| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned())));
        ImportOrder {
            file: import.file,
            url: request["url"].as_str().unwrap_or_default().to_owned(),
            headers: headers.collect(),
        }
    });
    Ok(orders.collect())
}

pub(crate) fn import_file(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let file = accept_import(tx, fields)?;
    Ok(json!({ "file": view::file(&file, &tx.base, &tx.options.site_id) }))
}

/// Creates all files or none: the first refused request fails the call.
pub(crate) fn bulk_import_files(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let mut files = Vec::new();
    for (at, request) in fields.objects("importFileRequests").iter().enumerate() {
        let file = accept_import(tx, request);
        let file = file.map_err(|refusal| refusal.within(&format!("importFileRequests[{at}]")))?;
        files.push(view::file(&file, &tx.base, &tx.options.site_id));
    }
    Ok(json!({ "files": files }))
}

/// Creates files independently: a refused request does not affect the others.
pub(crate) fn bulk_import_file(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let return_entity = fields.flag("returnEntity").unwrap_or(true);
    let mut results = Vec::new();
    let mut failures = 0;
    for (at, request) in fields.objects("importFileRequests").iter().enumerate() {
        let path = format!("importFileRequests[{at}]");
        let violations = fields.violations_within(&path);
        let outcome = if violations.is_empty() {
            accept_import(tx, request).map_err(|refusal| refusal.within(&path))
        } else {
            Err(Refusal::Violations(violations))
        };
        results.push(match outcome {
            Ok(file) => {
                let metadata = json!({ "id": file.id, "originalIndex": at, "success": true });
                let mut result = json!({ "itemMetadata": metadata });
                if return_entity {
                    result["item"] = view::file(&file, &tx.base, &tx.options.site_id);
                }
                result
            }
            Err(refusal) => {
                let Some(error) = refusal.as_error() else {
                    return Err(refusal);
                };
                failures += 1;
                json!({ "itemMetadata": { "originalIndex": at, "success": false, "error": error } })
            }
        });
    }
    let metadata = json!({
        "totalSuccesses": results.len() - failures, "totalFailures": failures, "undetailedFailures": 0
    });
    Ok(json!({ "results": results, "bulkActionMetadata": metadata }))
}

/// Creates the pending file of an import. A refusal changes nothing.
fn accept_import(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<File> {
    let url = fields.text("url").unwrap_or_default();
    match check_import_url(url, tx.options.allow_private_imports) {
        Ok(_) => {}
        Err(UnfitUrl::Malformed(text)) => return Err(Violation::new("url", "FORMAT", text).into()),
        Err(UnfitUrl::Private) => {
            return Err(Violation::named("url", "PRIVATE_ADDRESS", "must be a public address").into());
        }
    }
    let headers = headers_of(fields)?;
    let given = fields.text("displayName");
    if given.is_some_and(|name| name.trim().is_empty()) {
        return Err(Violation::blank("displayName").into());
    }
    let name_in_url = url_policy::name_in(url);
    let name = given.unwrap_or(&name_in_url);
    if name.contains('\0') {
        return Err(Violation::null_character("url").into());
    }
    let declared = match fields.text("mimeType").filter(|mime| !mime.is_empty()) {
        Some(mime) => content::declared(mime, given)?,
        None => None,
    };
    let by_name = |name: &str| media_type::extension(name).and_then(|ending| media_type::mime_of_extension(&ending));
    let named = || by_name(name).or_else(|| by_name(&name_in_url)).map(str::to_owned);
    let declared = declared.or_else(named);
    let wanted = fields.text("mediaType").and_then(MediaType::parse);
    let wanted = wanted.filter(|media_type| *media_type != MediaType::Unknown);
    if wanted == Some(MediaType::Other) {
        return Err(Violation::new("mediaType", "OTHER", "cannot be OTHER").into());
    }
    let media_type = declared.as_deref().map(MediaType::of_mime);
    if let (Some(wanted), Some(found)) = (wanted, media_type)
        && wanted != found
    {
        return Err(mismatch());
    }
    let private = fields.flag("private").unwrap_or(false);
    content::check_privacy(private, media_type.or(wanted))?;
    quota::check_quota(&tx.view(), 1)?;
    let parent = fields
        .text("parentFolderId")
        .unwrap_or_else(|| content::default_folder(tx.context));
    let target = target::target(&tx.view(), "parentFolderId", parent)?;
    let target = paths::ensure_path(tx, target, fields.text("filePath").unwrap_or_default())?;
    let stem = content::stem(tx.context);
    let mut file = content::new_file(
        tx.context,
        &stem,
        name,
        declared.as_deref().unwrap_or(OCTET_STREAM),
        &target,
    );
    if declared.is_none() {
        file.media_type = wanted.unwrap_or(MediaType::Unknown);
    }
    file.private = private;
    file.size = -1;
    file.status = Status::Pending;
    let labels = fields.texts("labels").unwrap_or_default();
    file.labels = labels.into_iter().take(100).map(str::to_owned).collect();
    file.external = json::text(fields.value("externalInfo").unwrap_or(&json!({})));
    file.source_url = Some(url.to_owned());
    tx.catalog.insert_file(&file)?;
    let request = json!({
        "url": url_policy::with_parameters(url, &url_policy::pairs(fields.value("urlParams"))),
        "headers": headers,
        "mimeType": declared,
        "mediaType": wanted.map(MediaType::as_str),
        "name": file.name,
    });
    tx.catalog.put_import(&Import {
        file: file.id.clone(),
        request: json::text(&request),
    })?;
    Ok(file)
}

fn pending_import(view: &View<'_>, file: &str) -> Outcome<(File, Value)> {
    let import = view.catalog.import(file)?.ok_or_else(gone)?;
    let file = view.catalog.file(file)?.ok_or_else(gone)?;
    Ok((file, serde_json::from_str(&import.request)?))
}

/// Checks the status and the headers of the source.
pub(crate) fn begin(view: &View<'_>, file: &str, status: u16, head: &Head) -> Outcome<Fetching> {
    let (_, request) = pending_import(view, file)?;
    if !(200..300).contains(&status) {
        let text = format!("the source answered {status}");
        let data = json!({ "status": status });
        return Err(Refusal::with_data(400, "SOURCE_HTTP_ERROR", text, data));
    }
    let mime = head.header("content-type").and_then(media_type::normalize);
    let mime = mime.filter(|mime| mime != OCTET_STREAM);
    let declared = request["mimeType"].as_str().map(str::to_owned);
    let known = declared.as_deref().or(mime.as_deref());
    let limit = view.options.limit(known.map_or(MediaType::Other, MediaType::of_mime));
    let encoded = head
        .header("content-encoding")
        .is_some_and(|coding| coding != "identity");
    let length = head.header("content-length").and_then(|length| length.parse().ok());
    let length = length.filter(|_| !encoded);
    if length.is_some_and(|length| length > limit) {
        return Err(over_limit(413, limit));
    }
    quota::check_quota(view, length.unwrap_or(1))?;
    Ok(Fetching {
        file: file.to_owned(),
        limit,
        declared,
        mime,
        length,
    })
}

impl Fetching {
    /// Refuses a body whose length differs from the announced one.
    pub(crate) fn check_length(&self, size: Option<u64>) -> Outcome<()> {
        match (self.length, size) {
            (Some(length), Some(size)) if length != size => Err(unreachable("the source ended its response early")),
            _ => Ok(()),
        }
    }

    /// Returns the type to compare the bytes with.
    pub(crate) fn declared(&self) -> Option<String> {
        self.declared.clone().or_else(|| self.mime.clone())
    }
}

/// Fills the file of an import.
pub(crate) fn complete(tx: &mut Tx<'_>, fetching: &Fetching, receipt: Receipt) -> Outcome<Value> {
    stale::refresh(tx, std::slice::from_ref(&fetching.file))?;
    let (mut file, request) = pending_import(&tx.view(), &fetching.file)?;
    if let Some(declared) = &fetching.declared
        && receipt.kind.is_none_or(Kind::is_text)
        && fetching.mime.as_deref() == Some("text/html")
        && MediaType::of_mime(declared) != MediaType::Document
    {
        // Servers often send an HTML page in place of the file: a sign-in form or "not found".
        return Err(mismatch());
    }
    let is_named = media_type::extension(&file.name).is_some();
    if fetching.declared().is_none() && receipt.mime == OCTET_STREAM && !is_named {
        return Err(unsupported("cannot detect the type of the file"));
    }
    content::check(&tx.view(), file.private, &receipt)?;
    let media_type = MediaType::of_mime(&receipt.mime);
    if request["mediaType"]
        .as_str()
        .is_some_and(|wanted| wanted != media_type.as_str())
    {
        return Err(mismatch());
    }
    file.media_type = media_type;
    if request["mimeType"].is_null() && request["name"] == file.name.as_str() {
        file.name = media_type::display_name(&file.name, &receipt.mime);
    }
    file.mime.clone_from(&receipt.mime);
    let posters = content::fill(tx.context, &mut file, receipt);
    tx.catalog.update_file(&file)?;
    tx.catalog.remove_import(&file.id)?;
    transcodes::queue(tx, &mut file, posters)?;
    events::emit_file_processed(tx, &file)?;
    Ok(json!({ "file": view::file(&file, &tx.base, &tx.options.site_id) }))
}

/// Marks the file as failed, with the reason.
pub(crate) fn fail(tx: &mut Tx<'_>, file: &str, error: &Value) -> Outcome<()> {
    stale::refresh(tx, &[file.to_owned()])?;
    let (mut file, _) = pending_import(&tx.view(), file)?;
    file.status = Status::Failed;
    tx.catalog.update_file(&file)?;
    tx.catalog.remove_import(&file.id)?;
    events::emit_file_failed(tx, &file, error.clone())
}

/// Returns the headers for the source: those of the call, without the headers of the connection.
fn headers_of(fields: &Fields) -> Outcome<Vec<(String, String)>> {
    let mut headers = url_policy::pairs(fields.value("urlHeaders"));
    headers.retain(|(name, _)| !IMPORT_RULES.dropped_headers.contains(&&name.to_ascii_lowercase()[..]));
    for (name, value) in &headers {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let unfit = name.is_empty() || !name.bytes().all(token);
        let shown: String = name.chars().take(100).collect();
        if unfit {
            return Err(
                Violation::new("urlHeaders", "FORMAT", format!("must not contain the header {shown:?}")).into(),
            );
        }
        if value
            .chars()
            .any(|character| !matches!(character, '\t' | ' '..='~' | '\u{a0}'..='\u{ff}'))
        {
            let text = format!("has an invalid character in {shown}");
            return Err(Violation::new("urlHeaders", "FORMAT", text).into());
        }
    }
    Ok(headers)
}
