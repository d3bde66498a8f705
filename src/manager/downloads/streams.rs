//! Video streams: playlists with one variant of one segment, the original file.

use super::static_media::bytes_of;
use super::{missing, refused};
use crate::catalog::File;
use crate::manager::http::body::Body;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::message::{Head, Response, query_parameter, segments};
use crate::manager::http::validate::Fields;
use crate::manager::inspect::Facts;
use crate::manager::items::files;
use crate::manager::token;
use crate::manager::tx::{Context, View};
use crate::manager::view::rendition;
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use serde_json::{Value, json};

/// The path prefix of streams.
pub(crate) const STREAMS: &str = "/repackager";

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
    let quality = rendition(file).unwrap_or("src");
    let mut url = format!(
        "{}{STREAMS}/video/{}/,{quality},/mp4/file.mp4.urlset/{manifest}",
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

/// Returns a playlist. Its one segment is the original file, so no packager is needed.
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
    let seconds = facts.duration.map_or(0.0, |duration| duration as f64 / 1000.0);
    let (kind, text) = match name {
        "master.m3u8" => {
            let bandwidth = (file.size.max(0) as f64 * 8.0 / seconds.max(1.0)).ceil();
            let size = facts
                .size()
                .map_or(String::new(), |(width, height)| format!(",RESOLUTION={width}x{height}"));
            let text = format!(
                "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH={bandwidth}{size}\nindex.m3u8{suffix}\n"
            );
            ("application/vnd.apple.mpegurl", text)
        }
        "index.m3u8" => {
            let target = seconds.ceil().max(1.0);
            let text = format!(
                "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n\
                 #EXTINF:{seconds:.3},\nsegment.mp4{suffix}\n#EXT-X-ENDLIST\n"
            );
            ("application/vnd.apple.mpegurl", text)
        }
        "manifest.mpd" => {
            let text = format!(
                "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
                 profiles=\"urn:mpeg:dash:profile:full:2011\" mediaPresentationDuration=\"PT{seconds:.3}S\">\
                 <Period><AdaptationSet mimeType=\"{}\"><Representation id=\"src\" bandwidth=\"1\">\
                 <BaseURL>segment.mp4{suffix}</BaseURL></Representation></AdaptationSet></Period></MPD>\n",
                file.mime
            );
            ("application/dash+xml", text)
        }
        "segment.mp4" => return bytes_of(&file, head, &file.mime),
        _ => return Err(missing()),
    };
    Ok(Response::new(200)
        .with("Content-Type", kind)
        .with_body(Body::bytes(text)))
}
