//! The log: one event a line, without secrets that a reader of the log could use.
//!
//! Queries are not logged at all, because links and logins have tokens in them. Of paths, only those are logged whose parts are
//! ids and names.

mod failures;
mod traces;

pub(crate) use failures::Failures;
pub(crate) use traces::{Traces, figures as trace_figures, request as traced_request};

use crate::failure::Failure;
use crate::page;
use crate::settings::LogFormat;
use std::borrow::Cow;
use std::io::IsTerminal;
use std::path::Path;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use url::Url;

/// Beginnings of paths whose parts are ids and names.
const PLAIN: [&str; 13] = [
    "/site-media/v1/",
    "/_wix-media/",
    "/wix-media/",
    "/media/",
    "/shapes/",
    "/video/",
    "/mp3/",
    "/ugd/",
    "/archives/",
    "/3d/",
    "/icons/",
    "/repackager/",
    "/download-files/",
];

/// How often a path is decoded in search of a token.
const MAX_DECODINGS: usize = 4;

/// Starts the log, on the standard output, and traces if there is somewhere to send them.
pub(crate) fn start(
    level: tracing::Level,
    format: LogFormat,
    collector: Option<Url>,
) -> Result<Option<Traces>, Failure> {
    let filter = Targets::new().with_target("wix_media_server", level);
    let Some(collector) = collector else {
        // For all layers at once, so that spans of traces cost nothing.
        tracing_subscriber::registry().with(filter).with(lines(format)).init();
        return Ok(None);
    };
    let traces = Traces::start(collector)?;
    tracing_subscriber::registry()
        .with(lines(format).with_filter(filter))
        .with(traces.layer())
        .init();
    Ok(Some(traces))
}

/// Writes events as lines.
fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let layer = tracing_subscriber::fmt::layer().with_target(false);
    match format {
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
        LogFormat::Text => layer.with_ansi(std::io::stdout().is_terminal()).boxed(),
    }
}

/// A path without what gives permission.
pub(crate) fn redacted(path: &str) -> Cow<'_, str> {
    let plain = decoded(path);
    let is_named = PLAIN.iter().any(|beginning| path.starts_with(beginning));
    // A token that stands at a wrong place still works at the right one.
    let has_token = plain.contains("eyJ") || plain.contains("/upload/") || plain.contains("/archive/");
    let is_short = path.matches('/').count() == 1 && path.len() < 16;
    if (is_named || is_short || is_bundle(path)) && !has_token {
        return Cow::Borrowed(path);
    }
    // Every path begins with a slash.
    let end = path[1.min(path.len())..].find('/').map_or(0, |at| at + 1);
    let first = &path[..end];
    let is_known = ["/upload", "/archive", "/oauth2"].contains(&first)
        || PLAIN.iter().any(|each| each.trim_end_matches('/') == first);
    if is_known {
        Cow::Owned(format!("{first}/[redacted]"))
    } else {
        Cow::Borrowed("/[redacted]")
    }
}

/// Whether a path is that of a bundle of the page: `/page-4ZYEUSMP.js`.
fn is_bundle(path: &str) -> bool {
    let Some((name, _)) = path[1.min(path.len())..].rsplit_once('-') else {
        return false;
    };
    name.len() < 16 && name.bytes().all(|byte| byte.is_ascii_lowercase()) && page::is_hashed(Path::new(path))
}

/// A text without percent-encoding, also where it was encoded more than once.
fn decoded(text: &str) -> String {
    let mut plain = text.to_owned();
    for _ in 0..MAX_DECODINGS {
        if !plain.contains('%') {
            break;
        }
        let bytes: Vec<u8> = plain.bytes().collect();
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let digits = bytes
                .get(at + 1..at + 3)
                .and_then(|pair| std::str::from_utf8(pair).ok());
            let byte = digits
                .filter(|_| bytes[at] == b'%')
                .and_then(|pair| u8::from_str_radix(pair, 16).ok());
            out.push(byte.unwrap_or(bytes[at]));
            at += if byte.is_some() { 3 } else { 1 };
        }
        plain = String::from_utf8_lossy(&out).into_owned();
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redacted_path_keeps_ids_and_names() {
        for path in [
            "/",
            "/healthz",
            "/site-media/v1/files/11062b_a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5~mv2.jpg",
            "/media/11062b_a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5~mv2.jpg/v1/fill/w_5,h_5/a.jpg",
            "/_wix-media/events",
            "/wix-media/manager-worker.js",
            "/page-4ZYEUSMP.js",
            "/page-OJRPVFXT.css",
        ] {
            assert_eq!(redacted(path), path);
        }
    }

    #[test]
    fn redacted_path_has_no_token() {
        for (path, expected) in [
            (
                "/upload/eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJ4In0.c2ln",
                "/upload/[redacted]",
            ),
            ("/upload/tus/0123456789abcdef0123", "/upload/[redacted]"),
            ("/archive/wix/0123456789abcdef0123", "/archive/[redacted]"),
            ("//upload/0123456789abcdef0123", "/[redacted]"),
            ("/upload%2f0123456789abcdef0123", "/[redacted]"),
            ("/media/..%252fupload%252f0123456789abcdef0123", "/media/[redacted]"),
            ("/media/eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJ4In0.c2ln", "/media/[redacted]"),
            ("/0123456789abcdef0123", "/[redacted]"),
            ("/0123456789abcdef-01234567.js", "/[redacted]"),
            ("/upload/page-4ZYEUSMP.js", "/upload/[redacted]"),
            (
                "/wix-media/eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJ4In0.c2ln",
                "/wix-media/[redacted]",
            ),
        ] {
            assert_eq!(redacted(path), expected);
        }
    }
}
