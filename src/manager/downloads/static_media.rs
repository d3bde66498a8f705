//! Static media: files at their public URLs.

use super::{missing, refused};
use crate::catalog::File;
use crate::manager::dates::http_date;
use crate::manager::http::body::{Body, Part};
use crate::manager::http::conditions::{self, Verdict};
use crate::manager::http::error::Outcome;
use crate::manager::http::message::{self, Head, Response, WholeBlob};
use crate::manager::http::range::{Range, read_range};
use crate::manager::inspect::{Cover, Facts};
use crate::manager::view::{self, renditions};
use crate::model::media_type::MediaType;

pub(crate) const POLICY: &str = "Content-Security-Policy";

/// Returns whether a path can be that of a file (`docs/contract/media-urls.md#s2`).
pub(crate) fn is_place_of(file: &File, segments: &[String]) -> bool {
    let own = message::segments(&view::path(file)).unwrap_or_default();
    if own == segments {
        return true;
    }
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(names.as_slice(), ["video", _, quality, "mp4", "file.mp4"]
        if file.media_type == MediaType::Video && renditions(&Facts::from_json(&file.facts)).contains(quality))
}

/// Returns the cover of a sound, if the path is that of one.
pub(crate) fn cover_at(file: &File, segments: &[String]) -> Option<Cover> {
    // Every download passes here, and most paths are cheap to tell apart.
    let last = segments.last().filter(|name| name.starts_with("cover."))?;
    let facts = Facts::from_json(&file.facts);
    let (name, cover) = view::cover(file, &facts).filter(|(name, _)| name == last)?;
    let own = message::segments(&format!("{}/{name}", view::path(file)))?;
    (own == segments).then(|| cover.clone())
}

/// Answers with a public file, or with the requested range of it.
pub(crate) fn bytes_of(file: &File, head: &Head, mime: &str) -> Outcome<Response> {
    bytes_until(file, head, mime, None)
}

/// Answers with a file, or with the requested range of it. `until` is when the permission of the caller ends, in milliseconds
/// since 1970.
pub(crate) fn bytes_until(file: &File, head: &Head, mime: &str, until: Option<i64>) -> Outcome<Response> {
    let size = u64::try_from(file.size).unwrap_or(0);
    let mut response = piece_of(file, head, mime, 0, size)?;
    if matches!(response.status, 200 | 206) {
        response.whole = file.blob.clone().map(|id| WholeBlob { id, size, until });
    }
    Ok(response)
}

/// Answers with the cover of a sound, which is a part of its file.
pub(crate) fn cover_of(file: &File, head: &Head, cover: &Cover) -> Outcome<Response> {
    piece_of(file, head, &cover.mime, cover.at, cover.length)
}

/// Answers with the `size` bytes from `start` on, or with the requested range of them.
fn piece_of(file: &File, head: &Head, mime: &str, start: u64, size: u64) -> Outcome<Response> {
    let id = file.blob.clone().ok_or_else(missing)?;
    let tag = if start == 0 {
        format!("\"{}\"", file.hash)
    } else {
        format!("\"{}-{start}\"", file.hash)
    };
    let response = |status| {
        let response = Response::new(status)
            .with("Accept-Ranges", "bytes")
            .with("ETag", tag.clone())
            .with("Last-Modified", http_date(file.created))
            .with("X-Content-Type-Options", "nosniff");
        // Scripts in a file must not run on this origin, which may be that of the Media Manager's page. The PDF viewers
        // of browsers do not work in a sandbox, and PDF cannot access the origin.
        match mime {
            "application/pdf" => response,
            "image/svg+xml" => response.with(POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'"),
            _ => response.with(POLICY, "sandbox"),
        }
    };
    match conditions::evaluate(head, &tag, file.created) {
        Verdict::Proceed => {}
        Verdict::NotModified => return Ok(response(304)),
        Verdict::Failed => return Err(refused(412, "The file is another version.")),
    }
    let range = head
        .header("range")
        .filter(|_| conditions::allows_range(head, &tag, file.created));
    let (status, offset, length) = match range.map_or(Range::Whole, |range| read_range(range, size)) {
        Range::Whole => (200, 0, size),
        Range::Part(from, to) => (206, from, to - from + 1),
        Range::Nothing => {
            return Ok(response(416).with("Content-Range", format!("bytes */{size}")));
        }
    };
    let mut response = response(status).with("Content-Type", mime);
    if mime == "image/svg+xml" && Facts::from_json(&file.facts).is_gzipped {
        response = response.with("Content-Encoding", "gzip");
    }
    if status == 206 {
        response = response.with(
            "Content-Range",
            format!("bytes {offset}-{}/{size}", offset + length - 1),
        );
    }
    let mut body = Body::default();
    if length > 0 {
        body.parts.push_back(Part::Blob {
            id,
            offset: start + offset,
            length,
        });
    }
    Ok(response.with("Content-Length", length.to_string()).with_body(body))
}
