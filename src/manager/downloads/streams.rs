//! Video streams for HLS and DASH: a variant for each rendition, with segments as ranges of one file. A video without renditions has
//! one variant of one segment, the original file.

use super::static_media::bytes_until;
use super::{missing, mp4_of, refused};
use crate::catalog::{Asset, File};
use crate::manager::http::body::Body;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::message::{Head, Response, query_parameter, segments};
use crate::manager::http::validate::Fields;
use crate::manager::inspect::{Facts, Rendition};
use crate::manager::items::files;
use crate::manager::items::transcodes::{Segments, segments_name};
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

/// The bit rate by which the duration of an original is estimated if it is unknown. It is high, so that the estimate is too short
/// rather than too long: no player waits for a part that does not exist.
const ASSUMED_BITRATE: f64 = 8_000_000.0;

/// The minimum number of seconds that a player buffers.
const SEGMENT_BUFFER: f64 = 2.0;

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
    let mut until = None;
    if file.private {
        let token = query_parameter(&head.query, "token").unwrap_or_default();
        until = token::verify(view.secret, &token)
            .filter(|claims| claims["aud"] == STREAM_AUDIENCE && claims["sub"] == file.id)
            .map(|claims| claims["exp"].as_i64().unwrap_or(0) * 1000)
            .filter(|until| *until > view.now);
        if until.is_none() {
            return Err(refused(403, "Invalid or tampered link."));
        }
        suffix = format!("?token={token}");
    }
    let facts = Facts::from_json(&file.facts);
    let seconds = seconds_of(&file, &facts);
    let (kind, text) = match name {
        "master.m3u8" => (PLAYLIST, master(&file, &facts, seconds, &suffix)),
        "index.m3u8" => {
            let target = seconds.ceil().max(1.0);
            let text = format!(
                "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{seconds:.3},\n\
                 segment.mp4{suffix}\n#EXT-X-ENDLIST\n"
            );
            (PLAYLIST, text)
        }
        "manifest.mpd" => {
            let variants = variants(view, &file, &facts)?;
            (
                "application/dash+xml",
                manifest(&file, &facts, &variants, seconds, &suffix),
            )
        }
        "segment.mp4" => return bytes_until(&file, head, &file.mime, until),
        _ => {
            let playlist = name.strip_suffix(".m3u8").map(segments_name);
            let asset = view.catalog.asset(&file.id, playlist.as_deref().unwrap_or(name))?;
            let asset = asset.ok_or_else(missing)?;
            if playlist.is_none() {
                return bytes_until(&mp4_of(&file, asset), head, "video/mp4", until);
            }
            (PLAYLIST, index(&asset, &suffix)?)
        }
    };
    Ok(Response::new(200)
        .with("Content-Type", kind)
        .with_body(Body::bytes(text)))
}

/// Returns the duration of a video in seconds, which playlists and manifests require. An unknown one is estimated from the size.
fn seconds_of(file: &File, facts: &Facts) -> f64 {
    let known = facts.duration.filter(|duration| *duration > 0);
    known.map_or_else(
        || (file.size.max(0) as f64 * 8.0 / ASSUMED_BITRATE).max(1.0),
        |duration| duration as f64 / 1000.0,
    )
}

/// Returns the renditions that have segments, each with its segments.
fn variants<'a>(view: &View<'_>, file: &File, facts: &'a Facts) -> Outcome<Vec<(&'a Rendition, Segments)>> {
    let mut variants = Vec::new();
    for rendition in facts.renditions.iter().filter(|rendition| rendition.is_segmented) {
        let asset = view.catalog.asset(&file.id, &segments_name(&rendition.quality))?;
        let segments = asset.and_then(|asset| Segments::from_json(&asset.facts));
        variants.extend(segments.map(|segments| (rendition, segments)));
    }
    Ok(variants)
}

/// Returns the playlist of all variants.
fn master(file: &File, facts: &Facts, seconds: f64, suffix: &str) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    let segmented = facts.renditions.iter().filter(|rendition| rendition.is_segmented);
    for rendition in segmented.clone() {
        let codecs = rendition.codecs.as_ref();
        text += &format!(
            "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},RESOLUTION={}x{}{}\n{}.m3u8{suffix}\n",
            bandwidth(rendition),
            rendition.bitrate.max(1),
            rendition.width,
            rendition.height,
            codecs.map_or(String::new(), |codecs| format!(",CODECS=\"{codecs}\"")),
            rendition.quality
        );
    }
    if segmented.count() > 0 {
        return text;
    }
    let bandwidth = average(file, seconds);
    let size = facts
        .size()
        .map_or(String::new(), |(width, height)| format!(",RESOLUTION={width}x{height}"));
    format!("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH={bandwidth}{size}\nindex.m3u8{suffix}\n")
}

/// Returns the bits per second that a rendition needs at most.
fn bandwidth(rendition: &Rendition) -> u64 {
    rendition.peak_bitrate.unwrap_or(0).max(rendition.bitrate).max(1)
}

/// Returns the bits per second of an original, on average.
fn average(file: &File, seconds: f64) -> f64 {
    (file.size.max(0) as f64 * 8.0 / seconds.max(1.0)).ceil().max(1.0)
}

/// Returns the playlist of one variant.
fn index(asset: &Asset, suffix: &str) -> Outcome<String> {
    let stream = Segments::from_json(&asset.facts).ok_or_else(missing)?;
    let header = stream.header;
    let longest = stream
        .segments
        .iter()
        .map(|(duration, _)| duration.div_ceil(1000))
        .max();
    let target = longest.unwrap_or(0).max(1);
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-MAP:URI=\"{}{suffix}\",BYTERANGE=\"{header}@0\"\n",
        asset.name
    );
    for (start, duration, length) in stream.ranges() {
        text += &format!(
            "#EXTINF:{:.3},\n#EXT-X-BYTERANGE:{length}@{start}\n{}{suffix}\n",
            duration as f64 / 1000.0,
            asset.name
        );
    }
    text += "#EXT-X-ENDLIST\n";
    Ok(text)
}

/// Returns the manifest of all variants for DASH.
fn manifest(file: &File, facts: &Facts, variants: &[(&Rendition, Segments)], seconds: f64, suffix: &str) -> String {
    let size = |(width, height): (u64, u64)| format!(" width=\"{width}\" height=\"{height}\"");
    let mut mime = "video/mp4";
    let mut longest = SEGMENT_BUFFER;
    let mut representations = String::new();
    for (rendition, stream) in variants {
        let mut timeline = String::new();
        let mut ranges = String::new();
        for (start, duration, length) in stream.ranges() {
            longest = longest.max(duration as f64 / 1000.0);
            timeline += &format!("<S d=\"{duration}\"/>");
            ranges += &format!("<SegmentURL mediaRange=\"{start}-{}\"/>", start + length.max(1) - 1);
        }
        let codecs = stream.codecs.as_ref();
        representations += &format!(
            "<Representation id=\"{}\" bandwidth=\"{}\"{}{}><BaseURL>{}{suffix}</BaseURL><SegmentList timescale=\"1000\">\
             <Initialization range=\"0-{}\"/><SegmentTimeline>{timeline}</SegmentTimeline>{ranges}</SegmentList></Representation>",
            rendition.quality,
            bandwidth(rendition),
            size((rendition.width, rendition.height)),
            codecs.map_or(String::new(), |codecs| format!(" codecs=\"{codecs}\"")),
            segments_name(&rendition.quality),
            stream.header.max(1) - 1
        );
    }
    if representations.is_empty() {
        representations = format!(
            "<Representation id=\"src\" bandwidth=\"{}\"{}><BaseURL>segment.mp4{suffix}</BaseURL></Representation>",
            average(file, seconds),
            facts.size().map_or(String::new(), size)
        );
        mime = &file.mime;
    }
    format!(
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         profiles=\"urn:mpeg:dash:profile:full:2011\" minBufferTime=\"PT{longest:.3}S\" \
         mediaPresentationDuration=\"PT{seconds:.3}S\"><Period><AdaptationSet mimeType=\"{mime}\" segmentAlignment=\"true\" \
         startWithSAP=\"1\">{representations}</AdaptationSet></Period></MPD>\n"
    )
}
