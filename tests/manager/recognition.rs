//! What uploaded files are recognised as: media type, MIME type and name.

use crate::site::{FILM, Site, reason, text};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use wix_media::manager::Request;

/// Says nothing about a file.
const ANY: &str = "application/octet-stream";

fn case(name: &str) -> Vec<u8> {
    let read = |folder| fs::read(format!("{}/tests/data/{folder}/{name}", env!("CARGO_MANIFEST_DIR")));
    read("types")
        .or_else(|_| read("media"))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Uploads a file and returns its descriptor, once it has been processed.
fn uploaded(site: &Site, mime: &str, name: &str, bytes: &[u8]) -> Value {
    let (status, answer) = site.upload(mime, json!({ "fileName": name }), bytes);
    assert_eq!(status, 200, "{name} as {mime}: {answer}");
    site.clock.advance(1000);
    let id = text(&answer["file"]["id"]);
    site.get(&format!("/files/get-file-by-id?fileId={id}"))["file"].clone()
}

/// Media type, MIME type and name.
fn kind_of(file: &Value) -> (String, String, String) {
    (
        text(&file["mediaType"]),
        text(&file["mimeType"]),
        text(&file["displayName"]),
    )
}

#[test]
fn file_is_recognised_by_its_bytes_and_keeps_its_name() {
    let site = Site::new();
    for (name, media_type, mime) in [
        // Boxes that are no MP4, and brands.
        ("photo.CR3", "IMAGE", "image/x-canon-cr3"),
        ("avif-brand-miaf.avif", "IMAGE", "image/avif"),
        ("avif-brand-mif1.avif", "IMAGE", "image/avif"),
        ("heif-brand-vvic.heif", "IMAGE", "image/heif"),
        ("audiobook.m4b", "AUDIO", "audio/mp4"),
        ("old-style.qt", "VIDEO", "video/quicktime"),
        // Markup that is no SVG.
        ("feed.xml", "OTHER", "application/xml"),
        ("page-comment.html", "DOCUMENT", "text/html"),
        ("page-xhtml.html", "DOCUMENT", "text/html"),
        ("utf16le.srt", "OTHER", "application/x-subrip"),
        ("utf16le.json", "OTHER", "application/json"),
        // Formats that are built on others.
        ("name.usdz", "MODEL3D", "model/vnd.usdz+zip"),
        (
            "name.docm",
            "DOCUMENT",
            "application/vnd.ms-word.document.macroEnabled.12",
        ),
        ("name.3mf", "MODEL3D", "model/3mf"),
        ("name.apk", "OTHER", "application/vnd.android.package-archive"),
        ("name.tgz", "ARCHIVE", "application/gzip"),
        ("name.svgz", "VECTOR", "image/svg+xml"),
        ("name.NEF", "IMAGE", "image/x-nikon-nef"),
        ("name.msg", "DOCUMENT", "application/vnd.ms-outlook"),
        ("name.mpp", "DOCUMENT", "application/vnd.ms-project"),
        ("name.opus", "AUDIO", "audio/ogg"),
        ("name.mka", "AUDIO", "audio/x-matroska"),
        ("name.weba", "AUDIO", "audio/webm"),
        ("speex.spx", "AUDIO", "audio/ogg"),
        // Everyday files.
        ("type-a.json", "OTHER", "application/json"),
        ("type-a.vtt", "DOCUMENT", "text/vtt"),
        ("type-a.srt", "OTHER", "application/x-subrip"),
        ("type-a.html", "DOCUMENT", "text/html"),
        ("type-woff2.woff2", "OTHER", "font/woff2"),
        ("type-ttf.ttf", "OTHER", "font/ttf"),
        ("type-mpegts.mts", "VIDEO", "video/mp2t"),
        ("type-b.jxl", "IMAGE", "image/jxl"),
        ("icon.ico", "IMAGE", "image/vnd.microsoft.icon"),
        // Names of another container.
        ("wav-named.mp3", "AUDIO", "audio/wav"),
        ("webm-named.mp4", "VIDEO", "video/webm"),
        ("mp3-named.m4a", "AUDIO", "audio/mpeg"),
        ("m4a-named.mp3", "AUDIO", "audio/mp4"),
    ] {
        let bytes = case(name);
        let file = uploaded(&site, ANY, name, &bytes);
        assert_eq!(kind_of(&file), (media_type.into(), mime.into(), name.into()), "{name}");
        assert_eq!(file["operationStatus"], "READY", "{name}");
        let url = crate::site::target(&text(&file["url"]));
        let (response, served) = site.fetch(Request::new("GET", &url));
        assert_eq!(
            (response.header("content-type"), &served),
            (Some(mime), &bytes),
            "{name}"
        );
        let encoding = (name == "name.svgz").then_some("gzip");
        assert_eq!(response.header("content-encoding"), encoding, "{name}");
    }
}

#[test]
fn drawing_is_served_as_gzip_if_its_bytes_are() {
    let site = Site::new();
    let gzip = case("name.svgz");
    for (name, bytes, encoding) in [("a.svgz", &b"<svg/>"[..], None), ("a.svg", &gzip, Some("gzip"))] {
        let file = uploaded(&site, "image/svg+xml", name, bytes);
        if encoding.is_some() {
            let shown = &file["media"]["vector"]["image"];
            assert_eq!((&shown["width"], &shown["height"]), (&json!(30), &json!(20)), "{name}");
        }
        let (response, served) = site.fetch(Request::new("GET", &crate::site::target(&text(&file["url"]))));
        assert_eq!(
            (response.header("content-encoding"), &served[..]),
            (encoding, bytes),
            "{name}"
        );
    }
}

#[test]
fn file_without_extension_gets_the_usual_one() {
    let site = Site::new();
    for (name, media_type, mime, shown) in [
        (
            "svg-behind-long-comment",
            "VECTOR",
            "image/svg+xml",
            "svg-behind-long-comment.svg",
        ),
        (
            "utf16le-without-extension",
            "DOCUMENT",
            "text/plain",
            "utf16le-without-extension.txt",
        ),
        (
            "name.docm",
            "DOCUMENT",
            "application/vnd.ms-word.document.macroEnabled.12",
            "name.docm",
        ),
        ("type-a.vtt", "DOCUMENT", "text/vtt", "type-a.vtt"),
    ] {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let file = uploaded(&site, ANY, stem, &case(name));
        assert_eq!(kind_of(&file), (media_type.into(), mime.into(), shown.into()));
    }
}

#[test]
fn correct_declaration_is_never_refused() {
    let site = Site::new();
    for (name, declared, media_type, mime) in [
        ("photo.CR3", "image/x-canon-cr3", "IMAGE", "image/x-canon-cr3"),
        ("feed.xml", "application/rss+xml", "OTHER", "application/rss+xml"),
        ("feed.xml", "application/xml", "OTHER", "application/xml"),
        ("feed.xml", "text/xml", "DOCUMENT", "text/xml"),
        ("page-comment.html", "text/html", "DOCUMENT", "text/html"),
        (
            "page-xhtml.html",
            "application/xhtml+xml",
            "OTHER",
            "application/xhtml+xml",
        ),
        ("utf16le.srt", "text/plain", "DOCUMENT", "text/plain"),
        (
            "name.docm",
            "application/vnd.ms-word.document.macroenabled.12",
            "DOCUMENT",
            "application/vnd.ms-word.document.macroEnabled.12",
        ),
        ("name.NEF", "image/x-nikon-nef", "IMAGE", "image/x-nikon-nef"),
        ("name.NEF", "image/tiff", "IMAGE", "image/tiff"),
        ("name.tgz", "application/x-tgz", "ARCHIVE", "application/gzip"),
        ("name.mka", "audio/x-matroska", "AUDIO", "audio/x-matroska"),
        ("wav-named.mp3", "audio/vnd.wave", "AUDIO", "audio/wav"),
        ("wav-named.mp3", "audio/x-pn-wav", "AUDIO", "audio/wav"),
        ("declared-video-x-m4v.m4v", "video/x-m4v", "VIDEO", "video/x-m4v"),
        ("declared-video-3gpp2.3gp", "video/3gpp2", "VIDEO", "video/3gpp2"),
    ] {
        let file = uploaded(&site, declared, name, &case(name));
        assert_eq!(
            kind_of(&file),
            (media_type.into(), mime.into(), name.into()),
            "{declared}"
        );
    }
}

#[test]
fn extension_with_several_meanings_is_decided_by_the_bytes() {
    let site = Site::new();
    let packets = case("type-mpegts.mts");
    for (name, bytes, media_type, mime) in [
        (
            "a.ts",
            &b"export const a: number = 5;"[..],
            "DOCUMENT",
            "text/typescript",
        ),
        ("a.ts", &packets, "VIDEO", "video/mp2t"),
        (
            "a.key",
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----",
            "DOCUMENT",
            "application/vnd.apple.keynote",
        ),
        (
            "a.nobody-knows",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "ARCHIVE",
            "application/zip",
        ),
        ("notes.final", b"%PDF-1.7", "DOCUMENT", "application/pdf"),
    ] {
        let file = uploaded(&site, ANY, name, bytes);
        let shown = if name == "a.nobody-knows" {
            "a.nobody-knows.zip"
        } else {
            name
        };
        assert_eq!(kind_of(&file), (media_type.into(), mime.into(), shown.into()));
    }
}

#[test]
fn content_that_is_not_what_it_claims_fails_with_a_reason() {
    let mut site = Site::new();
    for (mime, name, bytes, expected) in [
        (
            ANY,
            "a.jpg",
            &b"only text"[..],
            "invalid content: expected image/jpeg, found text",
        ),
        (
            "image/png",
            "a",
            b"<html><body>not found",
            "invalid content: expected image/png, found text",
        ),
        (
            ANY,
            "a.svg",
            b"<html></html>",
            "invalid content: expected image/svg+xml, found text",
        ),
        (
            ANY,
            "a.webp",
            b"\x01\x02\x03",
            "invalid content: expected image/webp, found unknown bytes",
        ),
        (
            ANY,
            "a.mp4",
            &FILM[..20],
            "truncated content: index of tracks not found",
        ),
        (
            "audio/mpeg",
            "a.mp3",
            b"lyrics",
            "invalid content: expected audio/mpeg, found text",
        ),
    ] {
        site.event_bodies();
        let file = uploaded(&site, mime, name, bytes);
        assert_eq!(
            (&file["operationStatus"], file.get("media")),
            (&json!("FAILED"), None),
            "{name}"
        );
        let events = site.event_bodies();
        let error = &events.last().expect("an event")["actionEvent"]["body"]["error"];
        assert_eq!(
            (&error["code"], &error["description"]),
            (&json!("PROCESSING_FAILED"), &json!(expected)),
            "{name}"
        );
    }
    // What is recognised as something else is refused before there is a file.
    let (status, answer) = site.upload("image/jpeg", json!({ "fileName": "a.jpg" }), b"%PDF-1.7");
    assert_eq!((status, reason(&answer)), (400, "MISMATCH_MIME_TYPE".to_owned()));
    // Sounds without a container can begin with anything.
    assert_eq!(
        uploaded(&site, "audio/mpeg", "a.mp3", b"\0\0\0\0")["operationStatus"],
        "READY"
    );
    assert_eq!(uploaded(&site, ANY, "a.mp4", FILM)["operationStatus"], "READY");
}

proptest! {
    #[test]
    fn damaged_file_is_stored_whole_under_its_name_or_refused(
        name in prop::sample::select(&["photo.CR3", "name.docm", "name.3mf", "name.mpp", "page-xhtml.html", "utf16le.srt",
            "name.svgz", "old-style.qt", "avif-brand-miaf.avif", "webm-named.mp4", "type-mpegts.mts", "icon.ico", "speex.spx"][..]),
        keep: prop::sample::Index, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let site = Site::new();
        let mut bytes = case(name);
        for (at, byte) in edits {
            let at = at.index(bytes.len().min(600));
            bytes[at] = byte;
        }
        bytes.truncate(keep.index(bytes.len()) + 1);
        let (status, answer) = site.upload(ANY, json!({ "fileName": name }), &bytes);
        if status == 200 {
            let file = &answer["file"];
            prop_assert_eq!(&file["displayName"], name);
            prop_assert_eq!(&file["sizeInBytes"], &bytes.len().to_string());
        } else {
            prop_assert_eq!((status, reason(&answer)), (400, "MISMATCH_MIME_TYPE".to_owned()));
        }
    }
}
