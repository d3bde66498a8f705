//! Creation of files from bytes: the last step of uploads, imports and seeds.
//!
//! Bytes never pass through a transaction. A host writes them into a blob. [`inspect`] reads their type and facts,
//! outside any transaction. The resulting [`Receipt`] is passed to the one short transaction that creates the file.

use super::quota;
use super::target::Target;
use crate::catalog::File;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::message::Origin;
use crate::manager::inspect::{self, Colors, Contradiction, Digested, Facts, Inspected, Kind};
use crate::manager::options::Options;
use crate::manager::tx::{Context, View};
use crate::model::media_type::{self, InvalidType, MediaType};
use crate::model::status::Status;
use crate::model::system_folder;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::io::{Read, Seek};

/// The type, digest and facts of bytes in a blob.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) blob: String,
    pub(crate) digested: Digested,
    /// The MIME type that bytes and declaration agree on.
    pub(crate) mime: String,
    /// What the bytes are, if they were recognised.
    pub(crate) kind: Option<Kind>,
    pub(crate) facts: Facts,
    /// Posters of a video, of the host's own steps.
    pub(crate) posters: Vec<Receipt>,
}

/// What the host has found out about a file that the manager cannot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// The colours of an image.
    pub(crate) colors: Option<Colors>,
    /// What the host's own steps of processing say.
    pub(crate) conclusion: Conclusion,
    /// Posters of a video, whose bytes are in blobs.
    pub(crate) posters: Vec<Receipt>,
}

/// The outcome of a host's own steps of processing.
///
/// ```
/// use wix_media::manager::Conclusion;
///
/// let conclusion = Conclusion { fault: Some("contains a virus".to_owned()), ..Conclusion::default() };
/// assert_eq!(conclusion.width, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Conclusion {
    /// Width in pixels, in place of that of the file.
    pub width: Option<u64>,
    /// Height in pixels, in place of that of the file.
    pub height: Option<u64>,
    /// The duration in milliseconds, in place of that of the file.
    pub duration_ms: Option<u64>,
    /// Why processing fails, in words.
    pub fault: Option<String>,
}

pub(crate) fn over_limit(status: u16, limit: u64) -> Refusal {
    let data = json!({ "limit": limit.to_string() });
    Refusal::with_data(
        status,
        "FILE_SIZE_OVER_LIMIT",
        format!("the file is larger than {limit} bytes"),
        data,
    )
}

pub(crate) fn unsupported(text: &str) -> Refusal {
    Refusal::code(400, "UNSUPPORTED_FILE_FORMAT", text)
}

pub(crate) fn zero_size() -> Refusal {
    Refusal::code(400, "ZERO_FILE_SIZE", "the file is empty")
}

pub(crate) fn mismatch() -> Refusal {
    Refusal::code(400, "MISMATCH_MIME_TYPE", "the MIME type does not match the file")
}

/// Returns the MIME type by a declaration and a name.
pub(crate) fn declared(mime: &str, name: Option<&str>) -> Outcome<Option<String>> {
    media_type::declared(mime, name).map_err(|conflict| match conflict {
        InvalidType::Malformed => unsupported("invalid MIME type"),
        InvalidType::Mismatch => mismatch(),
    })
}

/// Refuses a private 3D model (`docs/contract/choices.md#u41`).
pub(crate) fn check_privacy(private: bool, media_type: Option<MediaType>) -> Outcome<()> {
    if private && media_type == Some(MediaType::Model3d) {
        return Err(unsupported("a 3D model cannot be private"));
    }
    Ok(())
}

/// Inspects the bytes of a blob. `declared` is the type by a declaration or by the name.
pub(crate) fn inspect(
    mut reader: impl Read + Seek,
    blob: &str,
    digested: Digested,
    declared: Option<&str>,
    name: Option<&str>,
    findings: Findings,
) -> Outcome<Receipt> {
    let inspected = inspect::inspect(&mut reader, declared, name)?;
    let Inspected { decision, mut facts } = inspected.map_err(|Contradiction| mismatch())?;
    if matches!(MediaType::of_mime(&decision.mime), MediaType::Image | MediaType::Vector) {
        // The host decodes images.
        facts.colors = findings.colors;
    }
    let Conclusion {
        width,
        height,
        duration_ms,
        fault,
    } = findings.conclusion;
    if width.is_some() && height.is_some() {
        (facts.width, facts.height) = (width, height);
    }
    facts.duration = duration_ms.or(facts.duration);
    facts.fault = fault.or(facts.fault);
    Ok(Receipt {
        blob: blob.to_owned(),
        digested,
        mime: decision.mime,
        kind: decision.kind,
        facts,
        posters: findings.posters,
    })
}

/// Refuses bytes that the options or the quota do not allow.
pub(crate) fn check(view: &View<'_>, private: bool, receipt: &Receipt) -> Outcome<()> {
    let media_type = MediaType::of_mime(&receipt.mime);
    check_privacy(private, Some(media_type))?;
    let limit = view.options.limit(media_type);
    if receipt.digested.size > limit {
        return Err(over_limit(413, limit));
    }
    quota::check_quota(view, receipt.digested.size)
}

/// Returns the default folder of a new file.
pub(crate) fn default_folder(context: &Context<'_>) -> &'static str {
    match context.origin {
        Origin::Site => system_folder::MEDIA_ROOT,
        Origin::Visitor => system_folder::VISITOR_UPLOADS,
        Origin::Mobile => system_folder::MOBILE_UPLOADS,
        Origin::Purchase => system_folder::PURCHASED_ITEMS,
        Origin::VideoMaker => system_folder::VIDEO_MAKER,
    }
}

/// Returns a new file id without the extension, which depends on the type (`docs/contract/choices.md#u28`).
pub(crate) fn stem(context: &Context<'_>) -> String {
    if context.options.id_prefix.is_some() {
        return prefixed_id(context);
    }
    let site = Sha256::digest(context.options.site_id.as_bytes());
    let prefix = base16ct::lower::encode_string(&site[..3]);
    format!("{prefix}_{}", context.ids.hex())
}

/// Returns a new id for a path that names no file. A host with several sites finds the site by its prefix.
pub(crate) fn prefixed_id(context: &Context<'_>) -> String {
    match &context.options.id_prefix {
        Some(prefix) => format!("{prefix}_{}", context.ids.hex()),
        None => context.ids.hex(),
    }
}

/// Creates a file without content.
pub(crate) fn new_file(context: &Context<'_>, stem: &str, name: &str, mime: &str, target: &Target) -> File {
    let name = media_type::display_name(name, mime);
    let media_type = MediaType::of_mime(mime);
    let extension = media_type::extension(&name).or_else(|| media_type::extension_of_mime(mime).map(str::to_owned));
    let id = match (media_type, extension) {
        (MediaType::Video, _) | (_, None) => stem.to_owned(),
        (MediaType::Image, Some(extension)) => format!("{stem}~mv2.{extension}"),
        (_, Some(extension)) => format!("{stem}.{extension}"),
    };
    let mut file = File::new(&id, &name, &target.id, target.area, context.now);
    file.media_type = media_type;
    file.mime = mime.to_owned();
    file
}

/// Fills a file and starts its processing. Returns its posters, for `super::transcodes::queue`.
pub(crate) fn fill(context: &Context<'_>, file: &mut File, receipt: Receipt) -> Vec<Receipt> {
    let Receipt {
        blob,
        digested,
        facts,
        posters,
        ..
    } = receipt;
    file.facts = facts.to_json();
    file.size = i64::try_from(digested.size).unwrap_or(i64::MAX);
    file.hash = digested.md5;
    file.crc = digested.crc;
    file.blob = Some(blob);
    let pending = context.options.pending(file.media_type);
    if context.options.transcodes && can_have_assets(context.options, file) {
        // It becomes ready once the host has made its assets.
        file.status = Status::Pending;
    } else if pending > 0 {
        file.status = Status::Pending;
        file.ready_at = Some(context.now.saturating_add(pending));
    } else {
        process(context, file);
    }
    posters
}

/// Returns whether a host that decodes videos makes assets of a file (`super::transcodes`).
pub(crate) fn can_have_assets(options: &Options, file: &File) -> bool {
    file.media_type == MediaType::Video
        && file.blob.is_some()
        && Facts::from_json(&file.facts).fault.is_none()
        && !options.fails(file.media_type, &file.name)
}

/// Finishes the processing of a file: it becomes ready, unless its content is unfit or the options make it fail.
pub(crate) fn process(context: &Context<'_>, file: &mut File) {
    let is_unfit = Facts::from_json(&file.facts).fault.is_some();
    let failing = is_unfit || context.options.fails(file.media_type, &file.name);
    file.status = if failing { Status::Failed } else { Status::Ready };
    file.ready_at = None;
}
