//! Imports: files that the manager has fetched from elsewhere (`contract/uploads-and-downloads.md` section 4).
//!
//! A call makes the file, pending and without content, and leaves an order. The manager opens no socket, so its host takes
//! the orders, fetches, and brings back what came: [`Manager::take_imports`], [`Manager::open_import`] with
//! [`feed`](Manager::feed) and [`close`](Manager::close), or [`Manager::fail_import`]. An order stays in the catalog until
//! its file is ready or has failed, so after a restart it is taken again.

use super::call::Call;
use super::inspect::Digest;
use super::message::Head;
use super::refusal::{Outcome, Refusal, Violation};
use super::source::{self, IMPORT_RULES, UnfitUrl, check_import_url};
use super::uploads::{conflict, mismatch, over_limit, unsupported};
use super::validate::Fields;
use super::{Intake, Manager, Response, Stage};
use crate::catalog::{self, File, Import};
use crate::model::media_type::{self, UNKNOWN};
use serde_json::{Value, json};

/// Something to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOrder {
    /// The id of the file that it is for.
    pub file: String,
    /// The URL, with the parameters of the request.
    pub url: String,
    /// The headers of the request. They are for the origin of the URL and no other one.
    pub headers: Vec<(String, String)>,
}

/// Bytes of an import on their way into a blob.
#[derive(Debug)]
pub(super) struct Fetching {
    pub(super) file: String,
    pub(super) blob: String,
    pub(super) sums: Digest,
    pub(super) limit: u64,
    pub(super) too_large: bool,
    /// The MIME type that the source gives.
    mime: Option<String>,
    /// How many bytes the source announces.
    length: Option<u64>,
}

fn unreachable(text: &str) -> Refusal {
    Refusal::code(400, "SOURCE_UNREACHABLE", text)
}

fn gone() -> Refusal {
    Refusal::code(404, "NOT_FOUND", "this file waits for no import")
}

impl Manager {
    /// At most `most` orders that were not taken since this manager was made, oldest first.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let body = r#"{"url":"https://example.com/harbour.jpg"}"#;
    /// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
    /// let orders = manager.take_imports(10)?;
    /// assert_eq!(orders[0].url, "https://example.com/harbour.jpg");
    /// assert!(manager.take_imports(10)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_imports(&mut self, most: usize) -> catalog::Result<Vec<ImportOrder>> {
        let mut orders = Vec::new();
        let imports = self.parts.catalog.imports()?;
        self.fetching
            .retain(|file| imports.iter().any(|import| import.file == *file));
        for import in imports {
            if orders.len() >= most {
                break;
            }
            if !self.fetching.insert(import.file.clone()) {
                continue;
            }
            let request: Value = serde_json::from_str(&import.request).unwrap_or_default();
            let headers = request["headers"].as_array().into_iter().flatten();
            let headers = headers.filter_map(|pair| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned())));
            orders.push(ImportOrder {
                file: import.file,
                url: request["url"].as_str().unwrap_or_default().to_owned(),
                headers: headers.collect(),
            });
        }
        Ok(orders)
    }

    /// Begins to take what the source of an import answers. What follows is as with any other body; the file is ready, or
    /// has failed, once [`close`](Manager::close) has answered. An import that is [abandoned](Manager::abandon) is ordered
    /// again.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let body = r#"{"url":"https://example.com/notes.txt"}"#;
    /// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
    /// let order = manager.take_imports(1)?.remove(0);
    /// let mut intake = manager.open_import(&order.file, 200, &[("Content-Type".into(), "text/plain".into())]);
    /// manager.feed(&mut intake, b"water");
    /// assert_eq!(manager.close(intake).status, 200);
    /// assert_eq!(manager.events(0, 1)?[0].body["slug"], "file_ready");
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open_import(&mut self, file: &str, status: u16, headers: &[(String, String)]) -> Intake {
        let head = Head {
            headers: headers.to_vec(),
            ..Head::default()
        };
        // What the source says of itself must not decide what our own URLs begin with.
        let plain = Head::default();
        let stage = match self.transact(&plain, |call| call.begin_import(file, status, &head)) {
            Ok(fetching) => Stage::Import(Box::new(fetching)),
            Err(refusal) => {
                self.import_failed(file, &refusal);
                Stage::Refused(refusal)
            }
        };
        self.intake(plain, stage)
    }

    /// Ends an import whose source could not be fetched: the file becomes `FAILED`, with an event. The codes of the
    /// contract are `SOURCE_UNREACHABLE` and `SOURCE_HTTP_ERROR`; the manager finds the others itself.
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let body = r#"{"url":"https://nowhere.example/a.jpg"}"#;
    /// manager.handle(Request::new("POST", "/site-media/v1/files/import").body(body));
    /// let order = manager.take_imports(1)?.remove(0);
    /// manager.fail_import(&order.file, "SOURCE_UNREACHABLE", "no such host", json!({}))?;
    /// assert_eq!(manager.events(0, 1)?[0].body["slug"], "file_failed");
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn fail_import(&mut self, file: &str, code: &str, description: &str, data: Value) -> catalog::Result<()> {
        self.fetching.remove(file);
        let error = json!({ "code": code, "description": description, "data": data });
        match self.transact(&Head::default(), |call| call.fail_import(file, error)) {
            Err(Refusal::Internal(cause)) => Err(catalog::Error::Store(cause)),
            _ => Ok(()),
        }
    }

    pub(super) fn end_import(&mut self, fetching: Fetching) -> Outcome<Response> {
        let Fetching { file, blob, .. } = &fetching;
        let (file, blob) = (file.clone(), blob.clone());
        let kept = if fetching.too_large {
            Err(over_limit(413, fetching.limit))
        } else if fetching.length.is_some_and(|length| length != fetching.sums.size()) {
            Err(unreachable("the source broke off"))
        } else if fetching.sums.size() > 0 {
            self.parts.blobs.sync(&blob).map_err(Refusal::from)
        } else {
            Ok(())
        };
        let outcome = kept.and_then(|()| self.transact(&Head::default(), |call| call.complete_import(fetching)));
        if let Err(refusal) = &outcome {
            self.import_failed(&file, refusal);
            if !self.parts.catalog.needs_blob(&blob)? {
                self.parts.blobs.remove(&blob)?;
            }
        }
        Ok(Response::json(200, &outcome?))
    }

    /// Leaves on the file why its import was refused. What is not the source's fault is tried again after a restart.
    fn import_failed(&mut self, file: &str, refusal: &Refusal) {
        let Some(error) = refusal.as_error() else { return };
        // Should the catalog fail here, the order is still in it, and is taken again after a restart.
        _ = self.transact(&Head::default(), |call| call.fail_import(file, error));
    }
}

impl Call<'_> {
    pub(super) fn import_file(&mut self, fields: &Fields) -> Outcome<Value> {
        let file = self.accept_import(fields)?;
        Ok(json!({ "file": self.descriptor(&file) }))
    }

    /// All or nothing: the first request that is refused refuses the call.
    pub(super) fn bulk_import_files(&mut self, fields: &Fields) -> Outcome<Value> {
        let mut files = Vec::new();
        for (at, request) in fields.objects("importFileRequests").iter().enumerate() {
            let file = self.accept_import(request);
            let file = file.map_err(|refusal| refusal.within(&format!("importFileRequests[{at}]")))?;
            files.push(self.descriptor(&file));
        }
        Ok(json!({ "files": files }))
    }

    /// Each request for itself.
    pub(super) fn bulk_import_file(&mut self, fields: &Fields) -> Outcome<Value> {
        let return_entity = fields.flag("returnEntity").unwrap_or(true);
        let mut results = Vec::new();
        let mut failures = 0;
        for (at, request) in fields.objects("importFileRequests").iter().enumerate() {
            let path = format!("importFileRequests[{at}]");
            let violations = fields.violations_within(&path);
            let outcome = if violations.is_empty() {
                self.accept_import(request).map_err(|refusal| refusal.within(&path))
            } else {
                Err(Refusal::Violations(violations))
            };
            results.push(match outcome {
                Ok(file) => {
                    let metadata = json!({ "id": file.id, "originalIndex": at, "success": true });
                    let mut result = json!({ "itemMetadata": metadata });
                    if return_entity {
                        result["item"] = self.descriptor(&file);
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

    /// Makes the pending file of an import. A refusal leaves nothing behind.
    fn accept_import(&mut self, fields: &Fields) -> Outcome<File> {
        let url = fields.text("url").unwrap_or_default();
        match check_import_url(url, self.options.allow_private_imports) {
            Ok(_) => {}
            Err(UnfitUrl::Malformed(text)) => return Err(Violation::new("url", "FORMAT", text).into()),
            Err(UnfitUrl::Private) => {
                return Err(Violation::named("url", "PRIVATE_ADDRESS", "is no address of the web").into());
            }
        }
        let headers = headers_of(fields)?;
        let given = fields.text("displayName");
        if given.is_some_and(|name| name.trim().is_empty()) {
            return Err(Violation::blank("displayName").into());
        }
        let name_in_url = source::name_in(url);
        let name = given.unwrap_or(&name_in_url);
        let declared = match fields.text("mimeType").filter(|mime| !mime.is_empty()) {
            Some(mime) => media_type::declared(mime, given).map_err(conflict)?,
            None => None,
        };
        let by_name =
            |name: &str| media_type::extension(name).and_then(|ending| media_type::mime_of_extension(&ending));
        let named = || by_name(name).or_else(|| by_name(&name_in_url)).map(str::to_owned);
        let declared = declared.or_else(named);
        let wanted = fields.text("mediaType").filter(|media_type| *media_type != "UNKNOWN");
        if wanted == Some("OTHER") {
            return Err(Violation::new("mediaType", "OTHER", "cannot be OTHER").into());
        }
        let media_type = declared.as_deref().map(media_type::media_type);
        if let (Some(wanted), Some(found)) = (wanted, media_type)
            && wanted != found
        {
            return Err(mismatch());
        }
        let private = fields.flag("private").unwrap_or(false);
        if private && media_type.or(wanted) == Some("MODEL3D") {
            return Err(unsupported("a 3D model cannot be private"));
        }
        self.check_quota(1)?;
        let parent = fields.text("parentFolderId").unwrap_or_else(|| self.default_folder());
        let target = self.target("parentFolderId", parent)?;
        let target = self.ensure_path(target, fields.text("filePath").unwrap_or_default())?;
        let stem = self.stem();
        let mut file = self.new_file(&stem, name, declared.as_deref().unwrap_or(UNKNOWN), &target);
        if declared.is_none() {
            file.media_type = wanted.unwrap_or("UNKNOWN").to_owned();
        }
        file.private = private;
        file.size = -1;
        file.status = "PENDING".to_owned();
        let labels = fields.texts("labels").unwrap_or_default();
        file.labels = labels.into_iter().take(100).map(str::to_owned).collect();
        file.external = fields.value("externalInfo").unwrap_or(&json!({})).to_string();
        file.source_url = Some(url.to_owned());
        self.catalog.insert_file(&file)?;
        let request = json!({
            "url": source::with_parameters(url, &source::pairs(fields.value("urlParams"))),
            "headers": headers,
            "mimeType": declared,
            "mediaType": wanted,
            "name": file.name,
        });
        self.catalog.put_import(&Import {
            file: file.id.clone(),
            request: request.to_string(),
        })?;
        Ok(file)
    }

    fn pending_import(&self, file: &str) -> Outcome<(File, Value)> {
        let import = self.catalog.import(file)?.ok_or_else(gone)?;
        let file = self.catalog.file(file)?.ok_or_else(gone)?;
        Ok((file, serde_json::from_str(&import.request)?))
    }

    fn begin_import(&mut self, file: &str, status: u16, head: &Head) -> Outcome<Fetching> {
        let (_, request) = self.pending_import(file)?;
        if !(200..300).contains(&status) {
            let text = format!("the source answered {status}");
            let data = json!({ "status": status });
            return Err(Refusal::with_data(400, "SOURCE_HTTP_ERROR", text, data));
        }
        let mime = head.header("content-type").and_then(media_type::normal);
        let mime = mime.filter(|mime| mime != UNKNOWN);
        let declared = request["mimeType"].as_str().or(mime.as_deref());
        let limit = self.options.limit(declared.map_or("OTHER", media_type::media_type));
        let encoded = head
            .header("content-encoding")
            .is_some_and(|coding| coding != "identity");
        let length = head.header("content-length").and_then(|length| length.parse().ok());
        let length = length.filter(|_| !encoded);
        if length.is_some_and(|length| length > limit) {
            return Err(over_limit(413, limit));
        }
        self.check_quota(length.unwrap_or(1))?;
        Ok(Fetching {
            file: file.to_owned(),
            blob: self.new_blob(),
            sums: Digest::new(),
            limit,
            too_large: false,
            mime,
            length,
        })
    }

    fn complete_import(&mut self, fetching: Fetching) -> Outcome<Value> {
        let (mut file, request) = self.pending_import(&fetching.file)?;
        let summed = fetching.sums.finish();
        let declared = request["mimeType"].as_str().map(str::to_owned);
        let sniffed = media_type::sniff(&self.first_bytes(&fetching.blob, summed.size)?).is_some();
        if let Some(declared) = &declared
            && !sniffed
            && fetching.mime.as_deref() == Some("text/html")
            && media_type::media_type(declared) != "DOCUMENT"
        {
            // A page that asks to sign in, or says that there is nothing, in place of the file.
            return Err(mismatch());
        }
        let named = media_type::extension(&file.name).is_some();
        let declared = declared.or(fetching.mime);
        if declared.is_none() && !sniffed && !named {
            return Err(unsupported("nothing says what kind of file this is"));
        }
        let mime = self.check_content(declared, file.private, &fetching.blob, &summed)?;
        let media_type = media_type::media_type(&mime);
        if request["mediaType"].as_str().is_some_and(|wanted| wanted != media_type) {
            return Err(mismatch());
        }
        file.media_type = media_type.to_owned();
        if request["mimeType"].is_null() && request["name"] == file.name.as_str() {
            file.name = media_type::display_name(&file.name, &mime);
        }
        file.mime = mime;
        self.fill(&mut file, &fetching.blob, summed);
        self.catalog.update_file(&file)?;
        self.catalog.remove_import(&file.id)?;
        self.tell_processed(&file)?;
        Ok(json!({ "file": self.descriptor(&file) }))
    }

    fn fail_import(&mut self, file: &str, error: Value) -> Outcome<()> {
        let (mut file, _) = self.pending_import(file)?;
        file.status = "FAILED".to_owned();
        self.catalog.update_file(&file)?;
        self.catalog.remove_import(&file.id)?;
        self.file_failed(&file, error)
    }
}

/// The headers that go to the source: those of the request, but for those that belong to the connection.
fn headers_of(fields: &Fields) -> Outcome<Vec<(String, String)>> {
    let mut headers = source::pairs(fields.value("urlHeaders"));
    headers.retain(|(name, _)| !IMPORT_RULES.dropped_headers.contains(&&name.to_ascii_lowercase()[..]));
    for (name, value) in &headers {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let unfit = name.is_empty() || !name.bytes().all(token);
        let shown: String = name.chars().take(100).collect();
        if unfit {
            return Err(Violation::new("urlHeaders", "FORMAT", format!("cannot have a header named {shown:?}")).into());
        }
        if value
            .chars()
            .any(|character| !matches!(character, '\t' | ' '..='~' | '\u{a0}'..='\u{ff}'))
        {
            let text = format!("has a character in {shown} that no header can carry");
            return Err(Violation::new("urlHeaders", "FORMAT", text).into());
        }
    }
    Ok(headers)
}
