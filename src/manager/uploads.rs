//! Bytes on their way in: plain uploads, and resumable ones by TUS 1.0.0.
//!
//! The life of an upload: a call makes its row and a token that names it; the file has its id from then on, without the
//! ending that its type decides. A plain PUT fills a blob and makes the file. A TUS creation starts a transfer, each PATCH
//! adds to its blob, and the finalising PUT makes the file; a second creation starts over. A done upload stays known
//! until its token ends, so that a second use of it is answered as such and not as a forged token (choice U38); an ended
//! transfer stays known a while longer, because its client has to learn that it is gone and not mistaken (410 and 404).

use super::call::{Call, Target};
use super::inspect::{self, Digest, Digested, Facts, facts};
use super::message::{Head, Origin, Response, query_parameter};
use super::refusal::{Outcome, Refusal, Violation};
use super::time::{guid, hex_id, http_date};
use super::token;
use super::validate::{Fields, length};
use crate::blobs::BlobReader;
use crate::catalog::{File, Upload};
use crate::model::media_type::{self, Conflict, UNKNOWN};
use crate::model::system_folder;
use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Where uploads go, below the base.
pub(super) const UPLOADS: &str = "/upload/";
/// Where TUS transfers are created.
pub(super) const TUS: &str = "/upload/tus";

/// How long ended uploads stay known, in milliseconds.
const REMEMBERED: i64 = 7 * 86_400_000;

const AUDIENCE: &str = "urn:service:upload";

/// A plain upload on its way into a blob.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) upload: Upload,
    pub(super) blob: String,
    pub(super) sums: Digest,
    /// The most bytes that it may have.
    pub(super) limit: u64,
    pub(super) too_large: bool,
}

/// A chunk of a TUS transfer on its way into the transfer's blob.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) transfer: String,
    /// The number by which the transfer knows this request.
    pub(super) number: u64,
    pub(super) blob: String,
    /// How many bytes the transfer has when it is whole.
    pub(super) length: u64,
    pub(super) too_large: bool,
}

pub(super) fn over_limit(status: u16, limit: u64) -> Refusal {
    let data = json!({ "limit": limit.to_string() });
    Refusal::with_data(
        status,
        "FILE_SIZE_OVER_LIMIT",
        format!("the file is larger than {limit} bytes"),
        data,
    )
}

pub(super) fn unsupported(text: &str) -> Refusal {
    Refusal::code(400, "UNSUPPORTED_FILE_FORMAT", text)
}

fn zero_size() -> Refusal {
    Refusal::code(400, "ZERO_FILE_SIZE", "the file is empty")
}

pub(super) fn mismatch() -> Refusal {
    Refusal::code(400, "MISMATCH_MIME_TYPE", "the MIME type does not fit the file")
}

/// The id of the file goes along, for a client that lost the first answer.
pub(super) fn completed(upload: &Upload) -> Refusal {
    let data = json!({ "fileId": upload.file });
    Refusal::with_data(409, "UPLOAD_ALREADY_COMPLETED", "this upload is complete", data)
}

/// The refusal of a request that another one has overtaken.
pub(super) fn superseded(end: Option<u64>) -> Refusal {
    let mut data = json!({});
    if let Some(end) = end {
        data["offset"] = end.to_string().into();
    }
    Refusal::with_data(409, "ABORTED", "the transfer went on elsewhere", data)
}

pub(super) fn conflict(conflict: Conflict) -> Refusal {
    match conflict {
        Conflict::Malformed => unsupported("this is no MIME type"),
        Conflict::Mismatch => mismatch(),
    }
}

impl Call<'_> {
    /// The folder of an upload or import that names none.
    pub(super) fn default_folder(&self) -> &'static str {
        match self.origin {
            Origin::Site => system_folder::MEDIA_ROOT,
            Origin::Visitor => system_folder::VISITOR_UPLOADS,
            Origin::Mobile => system_folder::MOBILE_UPLOADS,
            Origin::Purchase => system_folder::PURCHASED_ITEMS,
            Origin::VideoMaker => system_folder::VIDEO_MAKER,
        }
    }

    pub(super) fn check_quota(&self, more: u64) -> Outcome<()> {
        let Some(quota) = self.options.quota else {
            return Ok(());
        };
        let used = u64::try_from(self.catalog.total_size()?).unwrap_or(0);
        if used.saturating_add(more) <= quota {
            return Ok(());
        }
        let data = json!({ "quota": { "storage": quota.to_string() } });
        Err(Refusal::with_data(
            400,
            "SITE_QUOTA_EXCEEDED",
            "the storage of the site is full",
            data,
        ))
    }

    pub(super) fn upload_url(&mut self, fields: &Fields, resumable: bool) -> Outcome<Value> {
        let name = fields.text("fileName");
        if name.is_some_and(|name| name.trim().is_empty()) {
            return Err(Violation::blank("fileName").into());
        }
        let mime = fields.text("mimeType").unwrap_or_default();
        let known = media_type::declared(mime, name).map_err(conflict)?;
        let private = fields.flag("private").unwrap_or(false);
        let media_type = known.as_deref().map(media_type::media_type);
        if private && media_type == Some("MODEL3D") {
            // Choice U41.
            return Err(unsupported("a 3D model cannot be private"));
        }
        if let Some(size) = fields.number("sizeInBytes") {
            let size = u64::try_from(size).unwrap_or(0);
            let limit = self.options.limit(media_type.unwrap_or("OTHER"));
            if size == 0 {
                return Err(zero_size());
            }
            if size > limit {
                return Err(over_limit(400, limit));
            }
            self.check_quota(size)?;
        } else {
            self.check_quota(1)?;
        }
        let parent = fields.text("parentFolderId").unwrap_or_else(|| self.default_folder());
        self.target("parentFolderId", parent)?;
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
        self.catalog.remove_uploads(self.now - REMEMBERED)?;
        let issued = self.now / 1000;
        let expires = issued + if resumable { 604_810 } else { 86_410 };
        let upload = Upload {
            id: guid(self.random),
            file: self.stem(),
            request: request.to_string(),
            resumable,
            expires: expires * 1000,
            done: false,
            transfer: None,
            blob: None,
            length: 0,
            received: 0,
            filename: None,
        };
        self.catalog.put_upload(&upload)?;
        let mut claims = json!({
            "iss": AUDIENCE, "aud": AUDIENCE, "jti": upload.id, "iat": issued, "exp": expires,
            "path": format!("media/{}", upload.file), "acl": if private { "private" } else { "public" },
            "mimeType": mime, "site": self.options.site_id,
        });
        if resumable {
            claims["protocol"] = "tus".into();
        }
        let token = token::sign(self.secret, &claims);
        let base = &self.base;
        Ok(if resumable {
            json!({ "uploadProtocol": "TUS", "uploadUrl": format!("{base}{TUS}"), "uploadToken": token })
        } else {
            json!({ "uploadUrl": format!("{base}{UPLOADS}{token}") })
        })
    }

    /// A file id up to the ending of its type (choice U28).
    pub(super) fn stem(&mut self) -> String {
        let site = Sha256::digest(self.options.site_id.as_bytes());
        let prefix = base16ct::lower::encode_string(&site[..3]);
        format!("{prefix}_{}", hex_id(self.random))
    }

    /// The upload that a token names.
    pub(super) fn upload_of(&self, token: &str, resumable: bool) -> Outcome<Upload> {
        let invalid = || Refusal::code(403, "UPLOAD_TOKEN_INVALID", "this is no upload token");
        let claims = token::verify(self.secret, token).filter(|claims| claims["aud"] == AUDIENCE);
        let claims = claims.ok_or_else(invalid)?;
        if claims["exp"].as_i64().unwrap_or(0) * 1000 <= self.now {
            return Err(Refusal::code(403, "UPLOAD_TOKEN_EXPIRED", "the upload token has ended"));
        }
        let upload = self.catalog.upload(claims["jti"].as_str().unwrap_or_default())?;
        let upload = upload
            .filter(|upload| upload.resumable == resumable)
            .ok_or_else(invalid)?;
        if upload.done {
            return Err(completed(&upload));
        }
        Ok(upload)
    }

    /// The most bytes of an upload, as far as its type is known by now.
    fn upload_limit(&self, upload: &Upload, head: &Head) -> Outcome<u64> {
        let request: Value = serde_json::from_str(&upload.request)?;
        let name = self.file_name(upload, &request, head);
        let mime = declared_mime(&request, head);
        let known = media_type::declared(&mime, name.as_deref()).unwrap_or(None);
        Ok(self
            .options
            .limit(known.as_deref().map_or("OTHER", media_type::media_type)))
    }

    /// The name in the query wins over the one of the request, and that over the one of the transfer.
    fn file_name(&self, upload: &Upload, request: &Value, head: &Head) -> Option<String> {
        let given = query_parameter(&head.query, "filename").filter(|name| !name.trim().is_empty());
        let asked = || request["fileName"].as_str().map(str::to_owned);
        given.or_else(asked).or_else(|| upload.filename.clone())
    }

    /// Begins a plain upload.
    pub(super) fn begin_upload(&mut self, head: &Head, token: &str) -> Outcome<Receiving> {
        if head.header("authorization").is_some() {
            let text = "must be absent: the token in the URL is the authorization";
            return Err(Violation::new("Authorization", "OTHER", text).into());
        }
        if head
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("multipart/"))
        {
            let text = "must be that of the file: the body is its bytes and nothing else";
            return Err(Violation::new("Content-Type", "OTHER", text).into());
        }
        let upload = self.upload_of(token, false)?;
        let limit = self.upload_limit(&upload, head)?;
        if announced(head).is_some_and(|length| length > limit) {
            return Err(over_limit(413, limit));
        }
        Ok(Receiving {
            upload,
            blob: self.new_blob(),
            sums: Digest::new(),
            limit,
            too_large: false,
        })
    }

    /// Makes the file of an upload whose bytes are in a blob.
    pub(super) fn complete(&mut self, mut upload: Upload, head: &Head, blob: &str, sums: Digested) -> Outcome<Value> {
        let request: Value = serde_json::from_str(&upload.request)?;
        let Some(name) = self.file_name(&upload, &request, head) else {
            return Err(Violation::new("filename", "REQUIRED_FIELD", "is required").into());
        };
        let declared = media_type::declared(&declared_mime(&request, head), Some(&name)).map_err(conflict)?;
        let private = request["private"].as_bool().unwrap_or(false);
        let mime = self.check_content(declared, private, blob, &sums)?;
        let parent = request["parentFolderId"].as_str().unwrap_or(system_folder::MEDIA_ROOT);
        let target = self.target("parentFolderId", parent)?;
        let target = self.ensure_path(target, request["filePath"].as_str().unwrap_or_default())?;
        let mut file = self.new_file(&upload.file, &name, &mime, &target);
        file.private = private;
        file.labels = serde_json::from_value(request["labels"].clone())?;
        file.external = request["externalInfo"].to_string();
        file.tag = "_fileOrigin_uploaded".to_owned();
        self.fill(&mut file, blob, sums);
        self.catalog.insert_file(&file)?;
        upload.done = true;
        upload.file.clone_from(&file.id);
        self.ended.extend(upload.transfer.take());
        upload.blob = None;
        self.catalog.put_upload(&upload)?;
        self.tell_processed(&file)?;
        Ok(json!({ "file": self.descriptor(&file) }))
    }

    /// The true type of bytes that came for a file, if they may become one.
    pub(super) fn check_content(
        &self,
        declared: Option<String>,
        private: bool,
        blob: &str,
        sums: &Digested,
    ) -> Outcome<String> {
        if sums.size == 0 {
            return Err(zero_size());
        }
        let mime = reconcile(declared, &self.first_bytes(blob, sums.size)?)?;
        let media_type = media_type::media_type(&mime);
        if private && media_type == "MODEL3D" {
            return Err(unsupported("a 3D model cannot be private"));
        }
        let limit = self.options.limit(media_type);
        if sums.size > limit {
            return Err(over_limit(413, limit));
        }
        self.check_quota(sums.size)?;
        Ok(mime)
    }

    /// The first bytes of a blob of this size; an empty body has no blob.
    pub(super) fn first_bytes(&self, blob: &str, size: u64) -> std::io::Result<Vec<u8>> {
        if size == 0 {
            return Ok(Vec::new());
        }
        inspect::first_bytes(BlobReader::new(self.blobs, blob)?)
    }

    /// Gives a file the bytes in a blob, and begins to process it.
    pub(super) fn fill(&mut self, file: &mut File, blob: &str, sums: Digested) {
        let colors = self.colors.filter(|_| file.media_type == "IMAGE");
        // What cannot be read is not known, which is no reason to lose the file.
        let reader = BlobReader::new(self.blobs, blob);
        let mut facts = reader.map_or_else(|_| Facts::default(), |mut reader| facts(&mut reader, &file.mime));
        facts.colors = colors.cloned();
        file.facts = facts.to_json();
        file.size = i64::try_from(sums.size).unwrap_or(i64::MAX);
        file.hash = sums.md5;
        file.crc = sums.crc;
        file.blob = Some(blob.to_owned());
        let pending = self.options.pending(&file.media_type);
        if pending > 0 {
            file.status = "PENDING".to_owned();
            file.ready_at = Some(self.now.saturating_add(pending));
        } else {
            self.process(file);
        }
    }

    pub(super) fn new_file(&self, stem: &str, name: &str, mime: &str, target: &Target) -> File {
        let name = media_type::display_name(name, mime);
        let media_type = media_type::media_type(mime);
        let ending = media_type::extension(&name).or_else(|| media_type::extension_of_mime(mime).map(str::to_owned));
        let id = match (media_type, ending) {
            ("VIDEO", _) | (_, None) => stem.to_owned(),
            ("IMAGE", Some(ending)) => format!("{stem}~mv2.{ending}"),
            (_, Some(ending)) => format!("{stem}.{ending}"),
        };
        let mut file = File::new(&id, &name, &target.id, target.area, self.now);
        file.media_type = media_type.to_owned();
        file.mime = mime.to_owned();
        file
    }

    /// Starts a TUS transfer.
    pub(super) fn tus_create(&mut self, head: &Head) -> Outcome<Response> {
        check_version(head)?;
        let metadata = metadata(head.header("upload-metadata").unwrap_or_default());
        let find = |name: &str| {
            metadata
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let mut upload = self.upload_of(&find("token").unwrap_or_default(), true)?;
        let bad = |text: &str| Refusal::from(Violation::new("Upload-Length", "FORMAT", text));
        if head.header("upload-defer-length").is_some() {
            return Err(bad("must be known from the start"));
        }
        let length = head
            .header("upload-length")
            .and_then(number)
            .ok_or_else(|| bad("must be a whole number"))?;
        upload.filename = find("filename").filter(|name| !name.trim().is_empty());
        let limit = self.upload_limit(&upload, head)?;
        if length > limit {
            return Err(over_limit(413, limit));
        }
        let transfer = hex_id(self.random);
        let blob = self.new_blob();
        self.blobs.append(&blob, 0, b"")?;
        self.blobs.sync(&blob)?;
        self.freed.extend(upload.blob.replace(blob));
        upload.length = i64::try_from(length).unwrap_or(i64::MAX);
        upload.received = 0;
        self.ended.extend(upload.transfer.replace(transfer.clone()));
        self.catalog.put_upload(&upload)?;
        Ok(tus(201)
            .with("Location", format!("{}{TUS}/{transfer}", self.base))
            .with("Upload-Expires", http_date(upload.expires)))
    }

    pub(super) fn transfer(&self, id: &str) -> Outcome<Upload> {
        let Some(upload) = self.catalog.upload_of_transfer(id)? else {
            return Err(Refusal::code(404, "NOT_FOUND", "there is no such transfer"));
        };
        if upload.expires <= self.now {
            return Err(Refusal::code(410, "UPLOAD_EXPIRED", "the transfer has ended"));
        }
        Ok(upload)
    }

    pub(super) fn tus_status(&self, head: &Head, id: &str) -> Outcome<Response> {
        check_version(head)?;
        let upload = self.transfer(id)?;
        Ok(tus(200)
            .with("Upload-Offset", upload.received.to_string())
            .with("Upload-Length", upload.length.to_string())
            .with("Upload-Expires", http_date(upload.expires))
            .with("Cache-Control", "no-store"))
    }

    pub(super) fn tus_terminate(&mut self, head: &Head, id: &str) -> Outcome<Response> {
        check_version(head)?;
        let mut upload = self.transfer(id)?;
        self.freed.extend(upload.blob.take());
        self.ended.extend(upload.transfer.take());
        upload.length = 0;
        upload.received = 0;
        self.catalog.put_upload(&upload)?;
        Ok(tus(204))
    }

    /// Checks the head of a chunk. `ahead` is the end of the transfer while a request is adding to it.
    pub(super) fn check_chunk(&self, head: &Head, id: &str, ahead: Option<u64>) -> Outcome<()> {
        check_version(head)?;
        if head.header("content-type") != Some("application/offset+octet-stream") {
            let text = "a chunk has the content type application/offset+octet-stream";
            return Err(Refusal::code(415, "UNSUPPORTED_MEDIA_TYPE", text));
        }
        let upload = self.transfer(id)?;
        let offset = head.header("upload-offset").and_then(number);
        let offset = offset.ok_or_else(|| Violation::new("Upload-Offset", "FORMAT", "must be a whole number"))?;
        let end = ahead.unwrap_or(u64::try_from(upload.received).unwrap_or(0));
        if offset != end || upload.blob.is_none() {
            let data = json!({ "offset": end.to_string() });
            let text = format!("the transfer continues at {end}");
            return Err(Refusal::with_data(409, "ABORTED", text, data));
        }
        let length = u64::try_from(upload.length).unwrap_or(0);
        if announced(head).is_some_and(|more| more > length.saturating_sub(end)) {
            return Err(over_limit(413, length));
        }
        Ok(())
    }

    /// Notes in the catalog how far a transfer is on disk.
    pub(super) fn keep_chunk(&mut self, id: &str, end: u64) -> Outcome<Upload> {
        let mut upload = self.transfer(id)?;
        let end = i64::try_from(end).unwrap_or(i64::MAX);
        if upload.received != end {
            upload.received = end;
            self.catalog.put_upload(&upload)?;
        }
        Ok(upload)
    }

    /// The finalising PUT. `sums` are those of the whole transfer, unless a part of it came before this manager.
    pub(super) fn tus_finalise(&mut self, head: &Head, token: &str, sums: Option<Digested>) -> Outcome<Response> {
        let upload = self.upload_of(token, true)?;
        let complete = upload.transfer.is_some() && upload.received == upload.length;
        let Some(blob) = upload.blob.clone().filter(|_| complete) else {
            let data = json!({ "received": upload.received.to_string(), "length": upload.length.to_string() });
            return Err(Refusal::with_data(400, "UPLOAD_INCOMPLETE", "bytes are missing", data));
        };
        let sums = match sums {
            Some(sums) => sums,
            None => inspect::digest_of(BlobReader::new(self.blobs, &blob)?)?,
        };
        let value = self.complete(upload, &bare(head), &blob, sums)?;
        Ok(Response::json(200, &value))
    }
}

/// The answer to a chunk that was kept.
pub(super) fn kept(upload: &Upload) -> Response {
    tus(204)
        .with("Upload-Offset", upload.received.to_string())
        .with("Upload-Expires", http_date(upload.expires))
}

/// How many bytes a request says that it brings.
fn announced(head: &Head) -> Option<u64> {
    head.header("content-length").and_then(number)
}

/// The finalising request without its content type, which is that of the empty JSON object in its body.
fn bare(head: &Head) -> Head {
    let mut head = head.clone();
    head.headers.clear();
    head
}

/// The declared type: the one of the URL's request, or where that says nothing, the one of the upload itself.
fn declared_mime(request: &Value, head: &Head) -> String {
    let asked = request["mimeType"].as_str().unwrap_or(UNKNOWN);
    let sent = head
        .header("content-type")
        .filter(|sent| media_type::normal(sent).is_some());
    match sent {
        Some(sent) if media_type::normal(asked).as_deref() == Some(UNKNOWN) => sent.to_owned(),
        _ => asked.to_owned(),
    }
}

/// The true type: what the bytes say where they say something, within the media type that was declared.
fn reconcile(declared: Option<String>, first: &[u8]) -> Outcome<String> {
    let sniffed = media_type::sniff(first);
    let Some(declared) = declared else {
        return Ok(sniffed.map_or(UNKNOWN, |sniffed| sniffed.mime).to_owned());
    };
    let Some(sniffed) = sniffed else {
        return Ok(declared);
    };
    let media_type = media_type::media_type(&declared);
    if media_type == media_type::media_type(sniffed.mime) {
        // Within pictures and archives the bytes know better; a film, a sound or a document says by its declared type
        // more than its first bytes do.
        let precise = matches!(media_type, "IMAGE" | "ARCHIVE");
        return Ok(if precise { sniffed.mime.to_owned() } else { declared });
    }
    if sniffed.also.contains(&media_type) {
        return Ok(declared);
    }
    Err(mismatch())
}

/// What is usable of an `externalInfo` that the table does not declare for this call (`contract/files-api.md` section 7).
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

/// Digits, and nothing else.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The pairs of `Upload-Metadata`; what is not base64 of UTF-8 is left out.
fn metadata(header: &str) -> Vec<(String, String)> {
    header
        .split(',')
        .filter_map(|pair| {
            let (name, value) = pair.trim().split_once(' ')?;
            let bytes = Base64::decode_vec(value.trim()).ok()?;
            Some((name.to_owned(), String::from_utf8(bytes).ok()?))
        })
        .collect()
}

fn check_version(head: &Head) -> Outcome<()> {
    if head.header("tus-resumable") == Some("1.0.0") {
        return Ok(());
    }
    let refusal = Refusal::code(412, "TUS_VERSION", "this speaks TUS 1.0.0");
    Err(refusal.into_response().with("Tus-Version", "1.0.0").into())
}

fn tus(status: u16) -> Response {
    Response::new(status).with("Tus-Resumable", "1.0.0")
}
