//! The JSON form of rows (`docs/contract/model.md#s3`), and the parsing of ids.

use super::dates::iso;
use super::inspect::Facts;
use crate::catalog::{File, Folder};
use crate::images::frame::Frame;
use crate::model::media_type::{self, MediaType};
use crate::model::status::Status;
use crate::wire::uri;
use serde_json::{Value, json};

/// The maximum width and height of a preview, as in samples (`docs/contract/model.md#s4-1`).
const PREVIEW: (u32, u32) = (800, 450);

/// Returns the REST form of a folder.
pub(crate) fn folder(folder: &Folder, site: &str) -> Value {
    json!({
        "id": folder.id,
        "displayName": folder.name,
        "parentFolderId": folder.parent,
        "createdDate": iso(folder.created),
        "updatedDate": iso(folder.updated),
        "state": state(folder.trashed.is_some()),
        "siteId": site,
    })
}

fn state(trashed: bool) -> &'static str {
    if trashed { "DELETED" } else { "OK" }
}

/// Returns the path of a file's bytes below the media hosts (`docs/contract/media-urls.md#s2`).
pub(crate) fn path(file: &File) -> String {
    let (folder, tail) = match file.media_type {
        MediaType::Image => ("media", ""),
        MediaType::Vector => ("shapes", ""),
        MediaType::Video => ("video", "/file"),
        MediaType::Audio => ("mp3", ""),
        MediaType::Archive => ("archives", ""),
        MediaType::Model3d => ("3d", ""),
        _ => ("ugd", ""),
    };
    format!("/{folder}/{}{tail}", file.id)
}

/// Returns the REST form of a file descriptor.
pub(crate) fn file(file: &File, base: &str, site: &str) -> Value {
    let url = format!("{base}{}", path(file));
    let pictured = matches!(file.media_type, MediaType::Image | MediaType::Vector) && !file.private;
    let thumbnail = if pictured {
        url.clone()
    } else {
        format!("{base}/icons/{}.svg", file.media_type.as_str().to_ascii_lowercase())
    };
    let tags: Vec<_> = Some(&file.tag).into_iter().filter(|tag| !tag.is_empty()).collect();
    let mut value = json!({
        "id": file.id,
        "displayName": file.name,
        "url": url,
        "parentFolderId": file.parent,
        "hash": file.hash,
        "sizeInBytes": file.size.to_string(),
        "private": file.private,
        "mediaType": file.media_type.as_str(),
        "operationStatus": file.status.as_str(),
        "sourceUrl": file.source_url,
        "thumbnailUrl": thumbnail,
        "labels": file.labels,
        "createdDate": iso(file.created),
        "updatedDate": iso(file.updated),
        "siteId": site,
        "state": state(file.trashed.is_some()),
        "mimeType": file.mime,
        "internalTags": tags,
    });
    if file.status == Status::Ready
        && let Some(media) = media(file, base)
    {
        value["media"] = media;
    }
    value
}

/// Returns the name of the rendition of this height.
pub(crate) fn quality(height: u64) -> &'static str {
    match height {
        0..=144 => "144p",
        145..=240 => "240p",
        241..=360 => "360p",
        361..=480 => "480p",
        481..=720 => "720p",
        _ => "1080p",
    }
}

/// Returns the name of the only rendition of a video, which is the original.
pub(crate) fn rendition(file: &File) -> &'static str {
    Facts::from_json(&file.facts)
        .size()
        .map_or("720p", |(_, height)| quality(height))
}

fn media(file: &File, base: &str) -> Option<Value> {
    let facts = Facts::from_json(&file.facts);
    let size = file.size.to_string();
    // The inner URLs of private files are empty (`docs/contract/uploads-and-downloads.md#s8`).
    let shown = |path: String| {
        if file.private {
            String::new()
        } else {
            format!("{base}{path}")
        }
    };
    let url = shown(path(file));
    Some(match file.media_type {
        kind @ (MediaType::Image | MediaType::Vector) => {
            let mut image = json!({ "id": file.id, "url": url, "filename": file.name, "sizeInBytes": size });
            if let Some((width, height)) = facts.size() {
                image["width"] = width.into();
                image["height"] = height.into();
            }
            let mut picture = json!({ "image": image, "faces": [] });
            if let Some(colors) = facts.colors.clone().filter(Value::is_object) {
                picture["colors"] = colors;
            }
            if let Some(preview) = preview(file, facts.size(), base) {
                picture["previewImage"] = preview;
            }
            json!({ kind.as_str().to_ascii_lowercase(): picture })
        }
        MediaType::Video => {
            let (width, height) = facts.size().unwrap_or_default();
            let quality = rendition(file);
            let mut video = json!({
                "id": file.id,
                "resolutions": [{
                    "url": shown(format!("/video/{}/{quality}/mp4/file.mp4", file.id)),
                    "width": width, "height": height, "format": "mp4", "quality": quality,
                }],
                "filename": file.name,
                "url": url,
                "posters": [],
                "sizeInBytes": size,
            });
            if let Some(duration) = facts.duration {
                video["durationInMilliseconds"] = duration.into();
            }
            json!({ "video": video })
        }
        MediaType::Audio => {
            let by_mime = || media_type::extension_of_mime(&file.mime).unwrap_or("mp3").to_owned();
            let format = media_type::extension(&file.id).unwrap_or_else(by_mime);
            let mut asset = json!({
                "id": "", "url": url, "private": file.private,
                "assetKey": "320kbs.mp3", "format": format, "quality": "320kbs",
            });
            let mut audio = json!({ "id": file.id, "format": format, "sizeInBytes": size });
            if let Some(duration) = facts.duration.filter(|&duration| duration > 0) {
                asset["duration"] = duration.into();
                audio["duration"] = duration.into();
                let mean = u64::try_from(file.size).unwrap_or(0).saturating_mul(8000) / duration;
                audio["bitrate"] = facts.bitrate.unwrap_or(mean).into();
            }
            audio["assets"] = json!([asset]);
            json!({ "audio": audio })
        }
        MediaType::Document => json!({ "document": { "id": file.id, "url": url, "filename": file.name } }),
        MediaType::Archive => {
            json!({ "archive": { "id": file.id, "url": url, "sizeInBytes": size, "filename": file.name } })
        }
        MediaType::Model3d => {
            json!({ "model3d": { "id": file.id, "url": url, "filename": file.name, "sizeInBytes": size } })
        }
        _ => return None,
    })
}

/// Returns the preview of a public image that can be transformed.
fn preview(file: &File, size: Option<(u64, u64)>, base: &str) -> Option<Value> {
    let (width, height) = size?;
    if file.private || !is_transformable(file) {
        return None;
    }
    let (tail, frame) = preview_of(u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let extension = match file.mime.as_str() {
        "image/jpeg" => "jpg",
        mime => mime.strip_prefix("image/")?,
    };
    Some(json!({
        "id": "image.preview",
        "url": format!("{base}{}{tail}.{extension}", path(file)),
        "width": frame.width,
        "height": frame.height,
    }))
}

/// Returns whether a file is of a type that can be decoded.
pub(crate) fn is_transformable(file: &File) -> bool {
    matches!(
        file.mime.as_str(),
        "image/jpeg" | "image/png" | "image/gif" | "image/webp"
    )
}

/// Returns the suffix that makes the preview URL of an image of this size, and the size of the preview.
fn preview_of(width: u32, height: u32) -> (String, Frame) {
    let (across, down) = PREVIEW;
    let frame = Frame::fit(width, height, across, down);
    (format!("/v1/fit/w_{across},h_{down}/preview"), frame)
}

/// Returns the file id in an id or a media URL (`docs/contract/files-api.md#c1`).
pub(crate) fn file_id(given: &str) -> String {
    let bare = given.strip_prefix("wix:").unwrap_or(given);
    let Some((kind, rest)) = bare.split_once("://v1/") else {
        return given.to_owned();
    };
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return given.to_owned();
    }
    let rest = rest.strip_prefix("ugd/").unwrap_or(rest);
    let id = rest.split(['/', '#']).next().unwrap_or_default();
    let decoded = uri::decode_component(id.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_id_of_media_url_returns_its_id() {
        for (given, id) in [
            ("a~mv2.jpg", "a~mv2.jpg"),
            (
                "wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=1&originHeight=2",
                "a~mv2.jpg",
            ),
            ("image://v1/a~mv2.jpg", "a~mv2.jpg"),
            ("wix:document://v1/ugd/a.pdf/price.pdf", "a.pdf"),
            ("wix:video://v1/a#posterUri=b", "a"),
            ("wix:image://v1/a%7Emv2.jpg", "a~mv2.jpg"),
            (
                "https://static.wixstatic.com/media/a.jpg",
                "https://static.wixstatic.com/media/a.jpg",
            ),
            ("", ""),
        ] {
            assert_eq!(file_id(given), id);
        }
    }
}
