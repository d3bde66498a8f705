//! Transformed images. The manager does not decode images: it tells its host which bytes to transform, and how.

use super::{missing, refused};
use crate::catalog::File;
use crate::images::frame::Frame;
use crate::images::url::{Encoding, Transform};
use crate::manager::dates::http_date;
use crate::manager::http::body::Part;
use crate::manager::http::conditions::{self, Verdict};
use crate::manager::http::error::Outcome;
use crate::manager::http::message::{Head, Response};
use crate::manager::inspect::Facts;
use crate::manager::options::Options;
use crate::manager::view::is_transformable;
use crate::model::media_type::MediaType;
use sha2::{Digest, Sha256};

/// The maximum size of an image that is decoded, as hosts hold it in memory.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// Returns the part of a path after `/v1/` if it asks for a transformed image (`docs/contract/media-urls.md#s4`).
pub(crate) fn behind_version<'a>(file: &File, segments: &'a [String]) -> Option<&'a [String]> {
    let [folder, _, version, rest @ ..] = segments else {
        return None;
    };
    let is_picture = matches!(
        (folder.as_str(), file.media_type),
        ("media", MediaType::Image) | ("shapes", MediaType::Vector)
    );
    (version == "v1" && is_picture).then_some(rest)
}

/// Returns the order to transform an image. The body is the original.
pub(crate) fn transformed(file: &File, head: &Head, asked: &[String], options: &Options) -> Outcome<Response> {
    let asked = Transform::parse(asked).map_err(|wrong| refused(wrong.status, &wrong.message))?;
    if let Some((width, height)) = Facts::from_json(&file.facts).size()
        && let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height))
    {
        Frame::of(&asked, width, height).map_err(|wrong| refused(wrong.status, &wrong.message))?;
    }
    if !is_transformable(file) {
        let text =
            "Only JPEG, PNG, GIF, WebP, BMP, ICO, TIFF, SVG, JPEG XL, AVIF and HEIC pictures can be transformed.";
        return Err(refused(415, text));
    }
    let size = u64::try_from(file.size).unwrap_or(0);
    if size > MAX_BYTES {
        return Err(refused(413, "The picture has too many bytes to be transformed."));
    }
    let id = file.blob.clone().ok_or_else(missing)?;
    let tail = asked.to_string();
    let variant = if asked.is_avif() && options.encodes_avif {
        format!("{asked} avif")
    } else {
        asked.variant(head.header("accept").unwrap_or_default())
    };
    let variant = format!("{} {variant}", file.hash);
    let tag = base16ct::lower::encode_string(&Sha256::digest(variant.as_bytes())[..16]);
    let tag = format!("\"{tag}\"");
    let known = match conditions::evaluate(head, &tag, file.created) {
        Verdict::Proceed => false,
        Verdict::NotModified => true,
        Verdict::Failed => return Err(refused(412, "The image is another version.")),
    };
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
