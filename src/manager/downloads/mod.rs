//! Downloads: static media, temporary links, zips and streams.

pub(crate) mod bundle;
mod icons;
pub(crate) mod images;
pub(crate) mod links;
mod static_media;
pub(crate) mod streams;

use super::http::error::{Outcome, Refusal};
use super::http::message::{Head, Response, segments};
use super::inspect::Facts;
use super::items::transcodes::{poster_name, rendition_name};
use super::tx::View;
use super::view::parse_poster_id;
use crate::blobs::Blobs;
use crate::catalog::{Asset, File};
use crate::model::media_type::MediaType;
use bundle::{ARCHIVES, bundle};
use icons::icon_of;
use links::{LINKS, link};
use static_media::{bytes_of, cover_at, cover_of, is_place_of};
use streams::{STREAMS, hls_id, stream, stream_of};

pub(crate) fn refused(status: u16, text: &str) -> Refusal {
    Refusal::text(status, text)
}

pub(crate) fn missing() -> Refusal {
    refused(404, "There is no such file.")
}

/// Answers a request for a path outside the API.
pub(crate) fn download(view: &View<'_>, blobs: &dyn Blobs, head: &Head) -> Outcome<Response> {
    let response = resource(view, blobs, head)?;
    if !matches!(head.method.as_str(), "GET" | "HEAD") {
        return Err(refused(405, "Only GET and HEAD.").with_header("Allow", "GET, HEAD"));
    }
    Ok(response)
}

/// Returns what a path leads to: a file, or what was made of one.
fn file_at(view: &View<'_>, segments: &[String]) -> Outcome<Option<File>> {
    let Some(id) = segments.get(1) else { return Ok(None) };
    let Some(file) = view.catalog.file(id)? else {
        return poster(view, id);
    };
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let ["video", _, quality, "mp4", "file.mp4"] = names.as_slice() {
        let name = rendition_name(quality);
        let made = Facts::from_json(&file.facts).renditions;
        if made.iter().any(|rendition| rendition.quality == *quality)
            && let Some(asset) = view.catalog.asset(&file.id, &name)?
        {
            return Ok(Some(mp4_of(&file, asset)));
        }
    }
    Ok(Some(file))
}

/// Returns a poster of a video as a file of its own, an image.
fn poster(view: &View<'_>, id: &str) -> Outcome<Option<File>> {
    let Some((video, number)) = parse_poster_id(id) else {
        return Ok(None);
    };
    let video = view.catalog.file(video)?;
    let Some(video) = video.filter(|file| Facts::from_json(&file.facts).posters.len() > number) else {
        return Ok(None);
    };
    let asset = view.catalog.asset(&video.id, &poster_name(number))?;
    Ok(asset.map(|asset| File {
        id: id.to_owned(),
        media_type: MediaType::Image,
        mime: "image/jpeg".to_owned(),
        facts: asset.facts.clone(),
        ..mp4_of(&video, asset)
    }))
}

/// Returns an asset of a video as a file of its own, an MP4.
fn mp4_of(video: &File, asset: Asset) -> File {
    File {
        mime: "video/mp4".to_owned(),
        size: asset.size,
        hash: asset.hash,
        crc: asset.crc,
        blob: Some(asset.blob),
        ..video.clone()
    }
}

/// Answers a GET or HEAD, or a request of another method as if it were one.
fn resource(view: &View<'_>, blobs: &dyn Blobs, head: &Head) -> Outcome<Response> {
    let path = head.path.as_str();
    if let Some(id) = path.strip_prefix(ARCHIVES) {
        return bundle(view, blobs, head, id);
    }
    if let Some(rest) = path.strip_prefix(LINKS) {
        return link(view, head, rest);
    }
    if let Some(rest) = path.strip_prefix(STREAMS) {
        return stream(view, head, rest);
    }
    if let Some(icon) = path.strip_prefix("/icons/").and_then(|icon| icon.strip_suffix(".svg")) {
        return icon_of(icon).ok_or_else(missing);
    }
    let segments = segments(path).ok_or_else(missing)?;
    if let Some(id) = hls_id(&segments) {
        return stream_of(view, id);
    }
    let file = file_at(view, &segments)?.ok_or_else(missing)?;
    let asked = images::behind_version(&file, &segments);
    let cover = cover_at(&file, &segments);
    if asked.is_none() && cover.is_none() && !is_place_of(&file, &segments) {
        return Err(missing());
    }
    if file.private {
        return Err(refused(403, "This file is private."));
    }
    let response = match (asked, cover) {
        (Some(asked), _) => images::transformed(&file, head, asked, view.options)?,
        (None, Some(cover)) => cover_of(&file, head, &cover)?,
        (None, None) => bytes_of(&file, head, &file.mime)?,
    };
    let cache = match response.status {
        // Another range of the same file may well exist.
        416 => "no-store",
        _ => "public, max-age=15552000, immutable",
    };
    Ok(response.with("Cache-Control", cache))
}
