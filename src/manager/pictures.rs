//! Pictures, which the manager itself never decodes: it says to its host what to do to which bytes.

use super::body::Part;
use super::downloads::{missing, refused};
use super::message::{Head, Response};
use super::refusal::Outcome;
use super::time::http_date;
use super::uploads::TUS;
use super::{Intake, Manager, Stage};
use crate::catalog::File;
use crate::images::frame::Frame;
use crate::images::source_format::SourceFormat;
use crate::images::url::{Encoding, Transform};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Pictures of more bytes are not decoded: a host has to hold them in memory.
const MOST_BYTES: u64 = 64 << 20;

/// The box of a preview, that of samples (`contract/model.md` section 4.1).
const PREVIEW: (u32, u32) = (800, 450);

/// A picture whose bytes are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The blob.
    pub blob: String,
    /// How many bytes it has.
    pub size: u64,
}

impl Manager {
    /// The picture that the body of a request is, once all of it has been fed and when it can be decoded. A host that can
    /// do so finds its colours before it answers, and hands them over with [`Manager::color`].
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let intake = manager.open(Request::new("GET", "/site-media/v1/files").head);
    /// assert_eq!(manager.picture(&intake), None);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn picture(&mut self, intake: &Intake) -> Option<Picture> {
        let (blob, size) = match &intake.stage {
            Stage::Upload(to) if !to.too_large => (to.blob.clone(), to.sums.size()),
            Stage::Import(to) if !to.too_large => (to.blob.clone(), to.sums.size()),
            Stage::Seed(seeding) if !seeding.receiving.too_large => {
                let to = &seeding.receiving;
                (to.blob.clone(), to.sums.size())
            }
            Stage::Whole(None, _) if intake.head.method == "PUT" => self.transferred(&intake.head)?,
            _ => return None,
        };
        let mut first = [0; SourceFormat::SIGNATURE_LEN];
        let count = self.parts.blobs.read(&blob, 0, &mut first).ok()?;
        let is_picture = size <= MOST_BYTES && SourceFormat::detect(&first[..count]).is_some();
        is_picture.then_some(Picture { blob, size })
    }

    /// The bytes of the transfer that a request ends.
    fn transferred(&mut self, head: &Head) -> Option<(String, u64)> {
        let token = head.path.strip_prefix(TUS)?.strip_prefix('/')?;
        let upload = self.transact(head, |call| call.upload_of(token, true)).ok()?;
        let transfer = upload.transfer.as_deref()?;
        let upload = self.keep_transfer(head, transfer).ok()?;
        let size = u64::try_from(upload.length).ok()?;
        let blob = upload.blob.filter(|_| upload.received == upload.length)?;
        Some((blob, size))
    }

    /// Takes the colours of the picture that the body of a request is, in the form of descriptors
    /// (`contract/model.md` section 4.1).
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// let mut intake = manager.open(Request::new("PUT", "/upload/token").head);
    /// manager.color(&mut intake, json!({ "prominent": { "rgb": { "r": 1, "g": 2, "b": 3 } }, "palette": [] }));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn color(&mut self, intake: &mut Intake, colors: Value) {
        intake.colors = Some(colors).filter(Value::is_object);
    }
}

/// Whether a file is of a type that can be decoded.
pub(super) fn is_transformable(file: &File) -> bool {
    matches!(
        file.mime.as_str(),
        "image/jpeg" | "image/png" | "image/gif" | "image/webp"
    )
}

/// What is behind the URL of a picture of this size in the URL of its preview, and the size of that.
pub(super) fn preview(width: u32, height: u32) -> (String, Frame) {
    let (across, down) = PREVIEW;
    let frame = Frame::fit(width, height, across, down);
    (format!("/v1/fit/w_{across},h_{down}/preview"), frame)
}

/// What of a path is behind `/v1/`, where it asks for a transformed picture (`contract/media-urls.md` section 4).
pub(super) fn behind_version<'a>(file: &File, segments: &'a [String]) -> Option<&'a [String]> {
    let [folder, _, version, rest @ ..] = segments else {
        return None;
    };
    (folder == "media" && version == "v1" && file.media_type == "IMAGE").then_some(rest)
}

/// The order to transform a picture; its body is the picture as it is.
pub(super) fn transformed(file: &File, head: &Head, asked: &[String]) -> Outcome<Response> {
    if head.method != "GET" && head.method != "HEAD" {
        return Err(Response::text(405, "Only GET and HEAD.")
            .with("Allow", "GET, HEAD")
            .into());
    }
    let asked = Transform::parse(asked).map_err(|wrong| refused(wrong.status, &wrong.message))?;
    if let Some((width, height)) = super::inspect::Facts::from_json(&file.facts).size()
        && let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height))
    {
        Frame::of(&asked, width, height).map_err(|wrong| refused(wrong.status, &wrong.message))?;
    }
    if !is_transformable(file) {
        let text = "Only JPEG, PNG, GIF and WebP pictures can be transformed.";
        return Err(refused(415, text));
    }
    let size = u64::try_from(file.size).unwrap_or(0);
    if size > MOST_BYTES {
        return Err(refused(413, "The picture has too many bytes to be transformed."));
    }
    let id = file.blob.clone().ok_or_else(missing)?;
    let tail = asked.to_string();
    let variant = asked.variant(head.header("accept").unwrap_or_default());
    let variant = format!("{} {variant}", file.hash);
    let tag = base16ct::lower::encode_string(&Sha256::digest(variant.as_bytes())[..16]);
    let tag = format!("\"{tag}\"");
    let known = head
        .header("if-none-match")
        .is_some_and(|tags| tags == "*" || tags.split(',').any(|other| other.trim() == tag));
    let mut response = Response::new(if known { 304 } else { 200 })
        .with("ETag", tag)
        .with("Last-Modified", http_date(file.created))
        .with("X-Content-Type-Options", "nosniff");
    if asked.encoding == Encoding::Accept {
        response = response.with("Vary", "Accept");
    }
    if !known {
        let part = Part::Blob {
            id,
            offset: 0,
            length: size,
        };
        response.body.parts.push_back(part);
        response.transform = Some(tail);
    }
    Ok(response)
}
