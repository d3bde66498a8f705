//! Downloads that the bucket sends: a redirect to a signed URL, in place of the bytes.
//!
//! A bucket cannot send the headers by which the server keeps uploaded content from acting as a page. So only types that do not act
//! as one without them are redirected, and everything else is sent by the server itself:
//!
//! | Sent by the server itself | Why |
//! |---|---|
//! | HEAD | the signature is for GET |
//! | answers other than 200 and 206, such as 304 and 416 | there are no bytes |
//! | transformed pictures, zips, covers, playlists | they are not whole blobs |
//! | files below [`MIN_SIZE`] | another round trip costs more than their bytes |
//! | types that [`is_inert`] does not know | they need headers of the server |
//! | requests with `Authorization` | some callers would show it to the bucket |
//! | requests with `If-Match`, `If-Unmodified-Since`, or an `If-Range` that is not the ETag of the object | the bucket has other ETags and dates than the server |

use crate::answer::Answer;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use std::time::Duration;
use wix_media::manager::{Head, Response};
use wix_media_s3::Bucket;

/// The least bytes of a file whose downloads are redirected.
const MIN_SIZE: u64 = 256 << 10;

/// How long a signed URL can be used, unless the permission of the caller ends before.
const LIFETIME: Duration = Duration::from_secs(300);

/// The same for audio and video: Chromium seeks at the URL that it was redirected to.
const PLAYBACK_LIFETIME: Duration = Duration::from_secs(3600);

/// Headers of the answer that say something about its bytes. The headers that a bucket can be told to send have their parameter.
const OF_BYTES: [(header::HeaderName, Option<&str>); 9] = [
    (header::CONTENT_TYPE, Some("response-content-type")),
    (header::CONTENT_DISPOSITION, Some("response-content-disposition")),
    (header::CACHE_CONTROL, Some("response-cache-control")),
    (header::CONTENT_LENGTH, None),
    (header::CONTENT_RANGE, None),
    (header::ACCEPT_RANGES, None),
    (header::ETAG, None),
    (header::LAST_MODIFIED, None),
    (header::CONTENT_SECURITY_POLICY, None),
];

/// A download whose caller can be redirected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    if_range: Option<String>,
}

impl Asked {
    /// `None` for a request that the server has to answer itself.
    pub(crate) fn of(head: &Head) -> Option<Asked> {
        let own = ["authorization", "if-match", "if-unmodified-since"];
        let is_own = head.method != "GET" || own.iter().any(|name| head.header(name).is_some());
        (!is_own).then(|| Asked {
            if_range: head.header("if-range").map(str::to_owned),
        })
    }
}

/// A signed URL for the bytes of a response. `None` if the server has to send them. Waits for the bucket.
pub(crate) fn url(bucket: &Bucket, asked: &Asked, response: &Response, now: i64) -> Option<String> {
    let whole = response.whole.as_ref().filter(|whole| whole.size >= MIN_SIZE)?;
    let content_type = response.header("content-type")?;
    if !is_inert(content_type, response.header("content-disposition")) {
        return None;
    }
    let lifetime = lifetime(content_type, whole.until, now)?;
    let parameters: Vec<(&str, &str)> = OF_BYTES
        .iter()
        .filter_map(|(name, parameter)| Some(((*parameter)?, response.header(name.as_str())?)))
        .collect();
    // Some buckets ignore the header, so it must have the ETag of the object already.
    match bucket.signed_url(&whole.id, lifetime, &parameters, asked.if_range.as_deref()) {
        Ok(url) => url,
        Err(error) => {
            tracing::warn!(%error, "cannot sign a URL of the bucket");
            None
        }
    }
}

/// The redirect to a signed URL, with those of the headers that say nothing about the bytes.
pub(crate) fn answer(url: &str, mut headers: HeaderMap) -> Answer {
    for (name, _) in OF_BYTES {
        headers.remove(name);
    }
    let Ok(mut location) = HeaderValue::from_str(url) else {
        return Answer::new(StatusCode::INTERNAL_SERVER_ERROR);
    };
    location.set_sensitive(true);
    headers.insert(header::LOCATION, location);
    // A cache could keep it for longer than the URL can be used, or give it to a HEAD.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LENGTH, 0.into());
    Answer {
        headers: Box::new(headers),
        ..Answer::new(StatusCode::FOUND)
    }
}

/// How long a URL can be used, in whole seconds. `None` for less than one.
fn lifetime(content_type: &str, until: Option<i64>, now: i64) -> Option<Duration> {
    let essence = essence(content_type);
    let is_played = essence.starts_with("audio/") || essence.starts_with("video/");
    let most = if is_played { PLAYBACK_LIFETIME } else { LIFETIME };
    let left = until.map_or(u64::MAX, |until| {
        u64::try_from(until.saturating_sub(now)).unwrap_or(0) / 1000
    });
    let seconds = left.min(most.as_secs());
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether browsers open nothing of this type as a page, without any other header. An attachment is never opened as one. A page that
/// names an attachment as its script runs it, because the bucket sends no `nosniff`: only types whose names say that they are scripts
/// stay with the server.
fn is_inert(content_type: &str, disposition: Option<&str>) -> bool {
    let essence = essence(content_type);
    let Some((kind, name)) = essence.split_once('/') else {
        return false;
    };
    let is_attachment = disposition.is_some_and(|text| text.to_ascii_lowercase().starts_with("attachment"));
    let is_markup = name == "xml" || name.ends_with("+xml") || name.contains("html");
    match kind {
        "image" | "audio" | "video" => !is_markup,
        "font" => is_attachment,
        "application" => is_attachment && !is_markup && !name.contains("script") && !name.contains("json"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_browsers_never_run_is_inert() {
        let (none, inline) = (None, Some("inline; filename=\"a\""));
        let attachment = Some("attachment; filename=\"a\"");
        for (content_type, disposition, expected) in [
            ("image/jpeg", none, true),
            ("video/mp4", inline, true),
            ("audio/mpeg", attachment, true),
            ("Image/SVG+XML", none, false),
            ("image/svg+xml", attachment, false),
            ("application/pdf", none, false),
            ("application/pdf", inline, false),
            ("application/pdf", attachment, true),
            ("application/zip", attachment, true),
            (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                attachment,
                true,
            ),
            ("application/octet-stream", inline, false),
            ("application/javascript; charset=utf-8", attachment, false),
            ("application/ecmascript", attachment, false),
            ("application/json", attachment, false),
            ("application/xhtml+xml", attachment, false),
            ("application/xml", attachment, false),
            ("text/html", attachment, false),
            ("text/plain", attachment, false),
            ("text/css", attachment, false),
            ("model/gltf-binary", attachment, false),
            ("", attachment, false),
        ] {
            assert_eq!(
                is_inert(content_type, disposition),
                expected,
                "{content_type} {disposition:?}"
            );
        }
    }

    #[test]
    fn url_lives_no_longer_than_the_permission() {
        let seconds = |content_type, until| lifetime(content_type, until, 10_000).map(|lifetime| lifetime.as_secs());
        assert_eq!(seconds("image/png", None), Some(300));
        assert_eq!(seconds("video/mp4; codecs=x", None), Some(3600));
        assert_eq!(seconds("video/mp4", Some(100_999)), Some(90));
        assert_eq!(seconds("image/png", Some(10_000_000)), Some(300));
        for until in [10_999, 10_000, 0] {
            assert_eq!(seconds("video/mp4", Some(until)), None, "{until}");
        }
    }

    #[test]
    fn request_that_only_the_server_understands_is_not_redirected() {
        let asked = |method: &str, name: &str, value: &str| {
            Asked::of(&Head {
                method: method.to_owned(),
                headers: vec![(name.to_owned(), value.to_owned())],
                ..Head::default()
            })
        };
        let plain = Asked { if_range: None };
        assert_eq!(asked("GET", "Range", "bytes=0-1"), Some(plain.clone()));
        assert_eq!(asked("GET", "If-None-Match", "\"a\""), Some(plain));
        let ranged = asked("GET", "If-Range", "\"a\"").and_then(|asked| asked.if_range);
        assert_eq!(ranged.as_deref(), Some("\"a\""));
        for (method, name) in [
            ("HEAD", "Accept"),
            ("POST", "Accept"),
            ("GET", "authorization"),
            ("GET", "If-Match"),
            ("GET", "If-Unmodified-Since"),
        ] {
            assert_eq!(asked(method, name, "x"), None, "{method} {name}");
        }
    }
}
