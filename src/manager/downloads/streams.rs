//! Video streams: playlists with a variant for each rendition, and segments as ranges of one file. A video without renditions has
//! one variant of one segment, the original file.

use super::static_media::bytes_of;
use super::{film_of, missing, refused};
use crate::catalog::{Asset, File};
use crate::manager::http::body::Body;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::message::{Head, Response, query_parameter, segments};
use crate::manager::http::validate::Fields;
use crate::manager::inspect::Facts;
use crate::manager::items::files;
use crate::manager::items::transcodes::{Segments, rendition_name, segments_name};
use crate::manager::token;
use crate::manager::tx::{Context, View};
use crate::manager::view::renditions;
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use serde_json::{Value, json};

/// The path prefix of streams.
pub(crate) const STREAMS: &str = "/repackager";

/// The type of playlists.
const PLAYLIST: &str = "application/vnd.apple.mpegurl";

pub(crate) const STREAM_AUDIENCE: &str = "urn:service:video.stream";

pub(crate) fn video_streaming_url(view: &View<'_>, fields: &Fields) -> Outcome<Value> {
    let file = files::file(view, fields.text("fileId").unwrap_or_default())?;
    if file.media_type != MediaType::Video {
        let data = json!({ "allowedValues": ["VIDEO"], "requestValue": file.media_type.as_str() });
        return Err(Refusal::with_data(
            400,
            "UNSUPPORTED_MEDIA_TYPE",
            "only videos can be streamed",
            data,
        ));
    }
    if file.status != Status::Ready {
        return Err(Refusal::code(400, "FILE_NOT_READY", "the video is not ready"));
    }
    let format = fields
        .text("format")
        .filter(|format| *format != "UNKNOWN")
        .unwrap_or("HLS");
    let minutes = fields.number("expirationInMinutes").unwrap_or(1440);
    let url = stream_url(view.context, &file, format, minutes);
    Ok(json!({ "downloadUrl": { "url": url, "assetKey": format } }))
}

pub(crate) fn stream_url(context: &Context<'_>, file: &File, format: &str, minutes: i64) -> String {
    let manifest = if format == "DASH" {
        "manifest.mpd"
    } else {
        "master.m3u8"
    };
    let facts = Facts::from_json(&file.facts);
    let mut qualities = renditions(&facts);
    if qualities.is_empty() {
        qualities.push("src");
    }
    let qualities = qualities.join(",");
    let mut url = format!(
        "{}{STREAMS}/video/{}/,{qualities},/mp4/file.mp4.urlset/{manifest}",
        context.base, file.id
    );
    // URLs of public videos do not expire (`docs/contract/files-api.md#s13`).
    if file.private {
        let issued = context.now / 1000;
        let claims = json!({
            "aud": STREAM_AUDIENCE, "sub": file.id, "iat": issued, "exp": issued + minutes * 60 + 10,
        });
        url = format!("{url}?token={}", token::sign(context.secret, &claims));
    }
    url
}

/// Returns the id in the path of the stream of a descriptor (`docs/contract/media-urls.md#s2`).
pub(crate) fn hls_id(segments: &[String]) -> Option<&str> {
    match segments {
        [first, media, video, id, _site, repackage, hls]
            if [first, media, video, repackage, hls].map(String::as_str)
                == ["site", "media", "video", "repackage", "hls"] =>
        {
            Some(id)
        }
        _ => None,
    }
}

/// Leads to the stream of a public video.
pub(crate) fn stream_of(view: &View<'_>, id: &str) -> Outcome<Response> {
    let file = view.catalog.file(id)?;
    let file = file.filter(|file| !Facts::from_json(&file.facts).renditions.is_empty());
    let file = file.ok_or_else(missing)?;
    if file.private {
        return Err(refused(403, "This file is private."));
    }
    Ok(Response::new(302)
        .with("Location", stream_url(view.context, &file, "HLS", 0))
        .with("Cache-Control", "no-cache"))
}

/// Returns a playlist or a segment.
pub(crate) fn stream(view: &View<'_>, head: &Head, path: &str) -> Outcome<Response> {
    let segments = segments(path).ok_or_else(missing)?;
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let &["video", id, _, "mp4", "file.mp4.urlset", name] = names.as_slice() else {
        return Err(missing());
    };
    let file = view
        .catalog
        .file(id)?
        .filter(|file| file.media_type == MediaType::Video)
        .ok_or_else(missing)?;
    let mut suffix = String::new();
    if file.private {
        let token = query_parameter(&head.query, "token").unwrap_or_default();
        let claims = token::verify(view.secret, &token)
            .filter(|claims| claims["aud"] == STREAM_AUDIENCE && claims["sub"] == file.id)
            .filter(|claims| claims["exp"].as_i64().unwrap_or(0) * 1000 > view.now);
        if claims.is_none() {
            return Err(refused(403, "Invalid or tampered link."));
        }
        suffix = format!("?token={token}");
    }
    let facts = Facts::from_json(&file.facts);
    let seconds = facts.duration.map(|duration| duration as f64 / 1000.0);
    let (kind, text) = match name {
        "master.m3u8" => (PLAYLIST, master(&file, &facts, seconds, &suffix)),
        "index.m3u8" => {
            // A player measures a video whose duration the manager does not know.
            let (target, duration) = seconds.map_or_else(Default::default, |seconds| {
                let target = seconds.ceil().max(1.0);
                (
                    format!("#EXT-X-TARGETDURATION:{target}\n"),
                    format!("#EXTINF:{seconds:.3},\n"),
                )
            });
            let text = format!(
                "#EXTM3U\n#EXT-X-VERSION:6\n{target}#EXT-X-PLAYLIST-TYPE:VOD\n{duration}segment.mp4{suffix}\n#EXT-X-ENDLIST\n"
            );
            (PLAYLIST, text)
        }
        "manifest.mpd" => ("application/dash+xml", manifest(&file, &facts, seconds, &suffix)),
        "segment.mp4" => return bytes_of(&file, head, &file.mime),
        _ => {
            let playlist = name.strip_suffix(".m3u8").map(segments_name);
            let asset = view.catalog.asset(&file.id, playlist.as_deref().unwrap_or(name))?;
            let asset = asset.ok_or_else(missing)?;
            if playlist.is_none() {
                return bytes_of(&film_of(&file, asset), head, "video/mp4");
            }
            (PLAYLIST, index(&asset, &suffix)?)
        }
    };
    Ok(Response::new(200)
        .with("Content-Type", kind)
        .with_body(Body::bytes(text)))
}

/// Returns the playlist of all variants.
fn master(file: &File, facts: &Facts, seconds: Option<f64>, suffix: &str) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    let segmented = facts.renditions.iter().filter(|rendition| rendition.is_segmented);
    for rendition in segmented.clone() {
        text += &format!(
            "#EXT-X-STREAM-INF:BANDWIDTH={},RESOLUTION={}x{}\n{}.m3u8{suffix}\n",
            rendition.bitrate.max(1),
            rendition.width,
            rendition.height,
            rendition.quality
        );
    }
    if segmented.count() > 0 {
        return text;
    }
    let bandwidth = (file.size.max(0) as f64 * 8.0 / seconds.unwrap_or(0.0).max(1.0)).ceil();
    let size = facts
        .size()
        .map_or(String::new(), |(width, height)| format!(",RESOLUTION={width}x{height}"));
    format!("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH={bandwidth}{size}\nindex.m3u8{suffix}\n")
}

/// Returns the playlist of one variant.
fn index(asset: &Asset, suffix: &str) -> Outcome<String> {
    let Segments { header, segments } = serde_json::from_str(&asset.facts)?;
    let longest = segments.iter().map(|(duration, _)| duration.div_ceil(1000)).max();
    let target = longest.unwrap_or(0).max(1);
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-MAP:URI=\"{}{suffix}\",BYTERANGE=\"{header}@0\"\n",
        asset.name
    );
    let mut start = header;
    for (duration, length) in segments {
        text += &format!(
            "#EXTINF:{:.3},\n#EXT-X-BYTERANGE:{length}@{start}\n{}{suffix}\n",
            duration as f64 / 1000.0,
            asset.name
        );
        start += length;
    }
    text += "#EXT-X-ENDLIST\n";
    Ok(text)
}

/// Returns the description of all variants for DASH, each a whole file.
fn manifest(file: &File, facts: &Facts, seconds: Option<f64>, suffix: &str) -> String {
    let representation = |id: &str, bandwidth: u64, name: &str| {
        format!(
            "<Representation id=\"{id}\" bandwidth=\"{bandwidth}\"><BaseURL>{name}{suffix}</BaseURL></Representation>"
        )
    };
    let renditions = facts.renditions.iter().map(|rendition| {
        let name = rendition_name(&rendition.quality);
        representation(&rendition.quality, rendition.bitrate.max(1), &name)
    });
    let mut representations: String = renditions.collect();
    let mut mime = "video/mp4";
    if representations.is_empty() {
        representations = representation("src", 1, "segment.mp4");
        mime = &file.mime;
    }
    let duration = seconds.map_or(String::new(), |seconds| {
        format!(" mediaPresentationDuration=\"PT{seconds:.3}S\"")
    });
    format!(
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         profiles=\"urn:mpeg:dash:profile:full:2011\"{duration}>\
         <Period><AdaptationSet mimeType=\"{mime}\">{representations}</AdaptationSet></Period></MPD>\n"
    )
}
