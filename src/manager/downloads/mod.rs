//! Bytes on their way out: static media, temporary links, zips and streams.

pub(crate) mod images;

use super::dates::http_date;
use super::http::body::{Body, Part};
use super::http::error::{Outcome, Refusal, Violation};
use super::http::message::{self, Head, Response, query_parameter, segments};
use super::http::validate::Fields;
use super::inspect::Facts;
use super::items::{files, folders, target};
use super::token;
use super::tx::{Context, Tx, View};
use super::view::{self, rendition};
use super::zip::Zip;
use crate::catalog::{Area, BundleEntry, Children, File, Folder, Item, Page, Sort, fold};
use crate::model::media_type::{self, MediaType};
use crate::model::status::Status;
use crate::model::system_folder;
use crate::wire::uri;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Most files of a zip (`docs/contract/choices.md#u35`).
const MOST_FILES: usize = 1000;

/// Where zips are.
const ARCHIVES: &str = "/archive/wix/";
/// Where temporary links begin.
const LINKS: &str = "/download-files";
/// Where streams begin.
const STREAMS: &str = "/repackager";

const POLICY: &str = "Content-Security-Policy";

const LINK_AUDIENCE: &str = "urn:service:file.download";
const STREAM_AUDIENCE: &str = "urn:service:video.stream";

pub(crate) fn refused(status: u16, text: &str) -> Refusal {
    Refusal::text(status, text)
}

pub(crate) fn missing() -> Refusal {
    refused(404, "There is no such file.")
}

/// Whatever is at a path outside of the API.
pub(crate) fn download(view: &View<'_>, head: &Head) -> Outcome<Response> {
    let path = head.path.as_str();
    if let Some(id) = path.strip_prefix(ARCHIVES) {
        return bundle(view, id);
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
    let id = segments.get(1).ok_or_else(missing)?;
    let file = view.catalog.file(id)?.ok_or_else(missing)?;
    let asked = images::behind_version(&file, &segments);
    if asked.is_none() && !is_place_of(&file, &segments) {
        return Err(missing());
    }
    if file.private {
        return Err(refused(403, "This file is private."));
    }
    let response = match asked {
        Some(asked) => images::transformed(&file, head, asked)?,
        None => bytes_of(&file, head, &file.mime)?,
    };
    Ok(response.with("Cache-Control", "public, max-age=15552000, immutable"))
}

pub(crate) fn file_download_url(view: &View<'_>, fields: &Fields) -> Outcome<Value> {
    let file = files::file(view, fields.text("fileId").unwrap_or_default())?;
    let keys = fields
        .texts("assetKeys")
        .filter(|keys| !keys.is_empty())
        .unwrap_or_else(|| vec!["src"]);
    let minutes = fields.number("expirationInMinutes").unwrap_or(600);
    let issued = view.now / 1000;
    let inline = fields.text("contentDisposition") == Some("INLINE");
    let name = fields
        .text("downloadFileName")
        .filter(|name| !name.is_empty())
        .unwrap_or(&file.name);
    let mut urls = Vec::new();
    for key in keys {
        let known = match file.media_type {
            MediaType::Video => key == "hls" || key.strip_suffix(".mp4") == Some(rendition(&file)),
            MediaType::Audio => key == "320kbs.mp3",
            _ => false,
        };
        if key != "src" && !known {
            return Err(Refusal::code(
                400,
                "INVALID_ASSET_KEY",
                format!("this file has no asset {key}"),
            ));
        }
        if key == "hls" {
            let url = stream_url(view.context, &file, "HLS", minutes);
            urls.push(json!({ "url": url, "assetKey": key }));
            continue;
        }
        let path = view::path(&file);
        let kind = if inline { "inline" } else { "attachment" };
        let mut claims = json!({
            "iss": format!("urn:app:{}", app(view.context)), "sub": format!("urn:app:{}", app(view.context)),
            "aud": [LINK_AUDIENCE], "jti": view.ids.guid(),
            "iat": issued, "exp": issued + minutes * 60 + 10,
            "obj": [[{ "path": path }]],
            "dis": { "filename": name, "type": kind },
        });
        if let Some(redirect) = fields.text("expirationRedirectUrl") {
            if !redirect.starts_with("http://") && !redirect.starts_with("https://") {
                let field = "expirationRedirectUrl";
                return Err(Violation::new(field, "FORMAT", "must be a web URL").into());
            }
            claims["red"] = redirect.into();
        }
        let token = token::sign(view.secret, &claims);
        let url = format!("{}{LINKS}{path}?token={token}", view.base);
        urls.push(json!({ "url": url, "assetKey": key }));
    }
    Ok(json!({ "downloadUrls": urls }))
}

/// 32 hexadecimal digits that stand for the site among apps.
fn app(context: &Context<'_>) -> String {
    let mut digits: String = context
        .options
        .site_id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    digits.truncate(32);
    digits
}

fn link(view: &View<'_>, head: &Head, path: &str) -> Outcome<Response> {
    let forbidden = || refused(403, "Invalid or tampered link.");
    let token = query_parameter(&head.query, "token").unwrap_or_default();
    let claims = token::verify(view.secret, &token).ok_or_else(forbidden)?;
    if claims["aud"] != json!([LINK_AUDIENCE]) || claims["obj"][0][0]["path"] != path {
        return Err(forbidden());
    }
    if claims["exp"].as_i64().unwrap_or(0) * 1000 <= view.now {
        if let Some(redirect) = claims["red"].as_str() {
            return Ok(Response::new(302).with("Location", header_safe(redirect)));
        }
        return Err(refused(403, "This link has expired."));
    }
    let segments = segments(path).ok_or_else(missing)?;
    let id = segments.get(1).ok_or_else(missing)?;
    let file = view.catalog.file(id)?.ok_or_else(missing)?;
    let name = claims["dis"]["filename"].as_str().unwrap_or(&file.name);
    let kind = claims["dis"]["type"].as_str().unwrap_or("attachment");
    let by_name = media_type::extension(name).and_then(|extension| media_type::mime_of_extension(&extension));
    let mime = by_name.unwrap_or(&file.mime).to_owned();
    let disposition = disposition(kind, name);
    let response = bytes_of(&file, head, &mime)?;
    Ok(response
        .with("Content-Disposition", disposition)
        .with("Cache-Control", "private, no-store"))
}

pub(crate) fn files_download_url(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let mut entries = Vec::new();
    let mut names = BTreeSet::new();
    for id in files::distinct_files(fields) {
        let Some(file) = tx.catalog.file(&id)?.filter(is_packed) else {
            continue;
        };
        entries.push(entry(&file, "", &mut names));
    }
    if entries.is_empty() {
        return Err(Refusal::code(
            400,
            "RESOURCE_NOT_FOUND",
            "none of these files can be packed",
        ));
    }
    bundle_url(tx, "files", &entries)
}

pub(crate) fn folder_download_url(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let folder = folders::folder(&tx.view(), fields.text("folderId").unwrap_or_default())?;
    let mut entries = Vec::new();
    let mut left = MOST_FILES;
    if target::area_of(&tx.view(), &folder.id)? != Some(Area::Trash) {
        pack(&tx.view(), &folder.id, "", &mut entries, &mut left)?;
    }
    bundle_url(tx, &folder.name, &entries)
}

fn bundle_url(tx: &mut Tx<'_>, name: &str, entries: &[BundleEntry]) -> Outcome<Value> {
    let id = tx.ids.hex();
    tx.catalog.insert_bundle(&id, name, false, tx.context.now)?;
    tx.catalog.insert_bundle_entries(&id, 0, entries)?;
    Ok(json!({ "downloadUrl": format!("{}{ARCHIVES}{id}", tx.base) }))
}

/// Adds what is in a folder: its files, then its folders, each by creation.
fn pack(view: &View<'_>, folder: &str, path: &str, entries: &mut Vec<BundleEntry>, left: &mut usize) -> Outcome<()> {
    let mut names = BTreeSet::new();
    let mut files = all_of(folder, &|page| Ok(view.catalog.files(page)?))?;
    files.retain(is_packed);
    files.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    let Some(rest) = left.checked_sub(files.len()) else {
        let text = format!("a zip holds at most {MOST_FILES} files");
        let data = json!({ "limit": MOST_FILES });
        return Err(Refusal::with_data(400, "TOO_MANY_FILES", text, data));
    };
    *left = rest;
    entries.extend(files.iter().map(|file| entry(file, path, &mut names)));
    let mut folders: Vec<Folder> = all_of(folder, &|page| Ok(view.catalog.folders(page)?))?;
    folders.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    for row in system_folder::SYSTEM_FOLDERS.iter().filter(|row| row.parent == folder) {
        if view.catalog.has_children(row.id)? {
            folders.push(folders::system_folder(view, row)?);
        }
    }
    for folder in folders {
        let path = format!("{path}{}/", unused(&harmless(&folder.name), false, &mut names));
        entries.push(BundleEntry {
            path: path.clone(),
            blob: None,
            size: 0,
            crc: 0,
            updated: folder.updated,
        });
        pack(view, &folder.id, &path, entries, left)?;
    }
    Ok(())
}

fn all_of<T: Item>(folder: &str, fetch: &dyn Fn(&Page) -> Outcome<Vec<T>>) -> Outcome<Vec<T>> {
    let mut page = Page::new(Children::Of(folder.to_owned()), 500);
    page.sort = Sort::Name;
    page.descending = false;
    let mut all = Vec::new();
    loop {
        let items = fetch(&page)?;
        let Some(last) = items.last() else { return Ok(all) };
        page.from = Some(last.position(page.sort));
        all.extend(items);
    }
}

fn bundle(view: &View<'_>, id: &str) -> Outcome<Response> {
    let name = view.catalog.bundle(id)?.ok_or_else(missing)?;
    let zip = Zip::new(view.catalog, id)?;
    Ok(Response::new(200)
        .with("Content-Type", "application/zip")
        .with("Content-Disposition", disposition("attachment", &format!("{name}.zip")))
        .with_body(Body::source(zip)))
}

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

fn stream_url(context: &Context<'_>, file: &File, format: &str, minutes: i64) -> String {
    let manifest = if format == "DASH" {
        "manifest.mpd"
    } else {
        "master.m3u8"
    };
    let quality = rendition(file);
    let mut url = format!(
        "{}{STREAMS}/video/{}/,{quality},/mp4/file.mp4.urlset/{manifest}",
        context.base, file.id
    );
    // Of a public video the URL does not end (`docs/contract/files-api.md#s13`).
    if file.private {
        let issued = context.now / 1000;
        let claims = json!({
            "aud": STREAM_AUDIENCE, "sub": file.id, "iat": issued, "exp": issued + minutes * 60 + 10,
        });
        url = format!("{url}?token={}", token::sign(context.secret, &claims));
    }
    url
}

/// Playlists of one variant with one segment, which is the original with its ranges; no packager is needed for that.
fn stream(view: &View<'_>, head: &Head, path: &str) -> Outcome<Response> {
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

/// Whether a file goes into zips.
fn is_packed(file: &File) -> bool {
    file.status == Status::Ready && !file.private && file.trashed.is_none() && file.blob.is_some()
}

fn entry(file: &File, path: &str, names: &mut BTreeSet<String>) -> BundleEntry {
    BundleEntry {
        path: format!("{path}{}", unused(&harmless(&file.name), true, names)),
        blob: file.blob.clone(),
        size: file.size,
        crc: file.crc,
        updated: file.updated,
    }
}

/// A name that can do nothing but name.
fn harmless(name: &str) -> String {
    let mut kept = String::new();
    for character in name.chars() {
        let leading = character == '.' && kept.chars().all(|before| before == '_');
        let risky = leading || character.is_control() || matches!(character, '/' | '\\');
        kept.push(if risky { '_' } else { character });
    }
    if kept.is_empty() { "_".to_owned() } else { kept }
}

/// The name, with a number when it is taken. Names that differ only in case are one name on many systems.
fn unused(name: &str, is_file: bool, names: &mut BTreeSet<String>) -> String {
    let (stem, ending) = match name.rfind('.').filter(|&at| is_file && at > 0) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut candidate = name.to_owned();
    let mut number = 0;
    while !names.insert(fold(&candidate)) {
        number += 1;
        candidate = format!("{stem} ({number}){ending}");
    }
    candidate
}

/// Whether this is where the bytes of a file are (`docs/contract/media-urls.md#s2`).
fn is_place_of(file: &File, segments: &[String]) -> bool {
    let own = message::segments(&view::path(file)).unwrap_or_default();
    if own == segments {
        return true;
    }
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(names.as_slice(), ["video", _, quality, "mp4", "file.mp4"]
        if file.media_type == MediaType::Video && *quality == rendition(file))
}

/// The bytes of a file, or the range of them that was asked for.
fn bytes_of(file: &File, head: &Head, mime: &str) -> Outcome<Response> {
    if head.method != "GET" && head.method != "HEAD" {
        return Err(refused(405, "Only GET and HEAD.").with_header("Allow", "GET, HEAD"));
    }
    let id = file.blob.clone().ok_or_else(missing)?;
    let size = u64::try_from(file.size).unwrap_or(0);
    let tag = format!("\"{}\"", file.hash);
    let response = |status| {
        let response = Response::new(status)
            .with("Accept-Ranges", "bytes")
            .with("ETag", tag.clone())
            .with("Last-Modified", http_date(file.created))
            .with("X-Content-Type-Options", "nosniff");
        // Whatever can hold scripts must not run as a page of this host, which may be that of the Media Manager itself.
        // Readers of PDF in browsers do not work in a sandbox, and PDF has no access to the host.
        match mime {
            "application/pdf" => response,
            "image/svg+xml" => response.with(POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'"),
            _ => response.with(POLICY, "sandbox"),
        }
    };
    if head
        .header("if-none-match")
        .is_some_and(|tags| tags == "*" || tags.split(',').any(|other| other.trim() == tag))
    {
        return Ok(response(304));
    }
    let current = head.header("if-range").is_none_or(|other| other == tag);
    let range = head.header("range").filter(|_| current);
    let (status, offset, length) = match range.map_or(Range::Whole, |range| read_range(range, size)) {
        Range::Whole => (200, 0, size),
        Range::Part(from, to) => (206, from, to - from + 1),
        Range::Nothing => {
            return Ok(response(416).with("Content-Range", format!("bytes */{size}")));
        }
    };
    let mut response = response(status).with("Content-Type", mime);
    if status == 206 {
        response = response.with(
            "Content-Range",
            format!("bytes {offset}-{}/{size}", offset + length - 1),
        );
    }
    let mut body = Body::default();
    if length > 0 {
        body.parts.push_back(Part::Blob { id, offset, length });
    }
    Ok(response.with("Content-Length", length.to_string()).with_body(body))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part(u64, u64),
    Nothing,
}

/// One range of bytes. Several at once, and what is no range, are answered with the whole, as HTTP allows.
fn read_range(header: &str, size: u64) -> Range {
    let digits = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        (plain && !text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX))
    };
    let Some((from, to)) = header
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Range::Whole;
    };
    match (digits(from), digits(to)) {
        (Some(from), None) if to.is_empty() && from < size => Range::Part(from, size - 1),
        (Some(from), Some(to)) if from <= to && from < size => Range::Part(from, to.min(size - 1)),
        (None, Some(last)) if from.is_empty() && last > 0 && size > 0 => {
            Range::Part(size.saturating_sub(last), size - 1)
        }
        (Some(from), None) if to.is_empty() && from >= size => Range::Nothing,
        (Some(from), Some(to)) if from <= to => Range::Nothing,
        (None, Some(_)) if from.is_empty() => Range::Nothing,
        _ => Range::Whole,
    }
}

fn header_safe(text: &str) -> String {
    let mut safe = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

/// `Content-Disposition` with a name that every browser reads.
fn disposition(kind: &str, name: &str) -> String {
    let plain = |character: char| match character {
        '"' | '\\' | '/' => '_',
        ' '..='~' => character,
        _ => '_',
    };
    let ascii: String = name.chars().map(plain).collect();
    let mut value = format!("{kind}; filename=\"{ascii}\"");
    if ascii != name {
        let mut encoded = Vec::new();
        uri::push_component(&mut encoded, name.as_bytes());
        // Those five are no token characters of the header.
        let encoded = String::from_utf8_lossy(&encoded)
            .replace('\'', "%27")
            .replace('(', "%28")
            .replace(')', "%29")
            .replace('*', "%2A");
        value = format!("{value}; filename*=UTF-8''{encoded}");
    }
    value
}

/// The picture that stands for a type whose content has none.
fn icon_of(name: &str) -> Option<Response> {
    let label = match name {
        "image" => "IMG",
        "vector" => "SVG",
        "video" => "VID",
        "audio" => "SND",
        "document" => "DOC",
        "archive" => "ZIP",
        "model3d" => "3D",
        "other" | "unknown" => "BIN",
        _ => return None,
    };
    let drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"256\" height=\"256\" viewBox=\"0 0 256 256\">\
         <path fill=\"#e8eef4\" stroke=\"#5b7083\" stroke-width=\"6\" d=\"M56 24h100l44 44v164H56z\"/>\
         <text x=\"128\" y=\"160\" font-family=\"sans-serif\" font-size=\"52\" text-anchor=\"middle\" fill=\"#5b7083\">\
         {label}</text></svg>"
    );
    let response = Response::new(200).with("Content-Type", "image/svg+xml");
    Some(
        response
            .with("Cache-Control", "public, max-age=15552000, immutable")
            .with_body(Body::bytes(drawing)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_has_them() {
        for (header, range) in [
            ("bytes=0-0", Range::Part(0, 0)),
            ("bytes=2-", Range::Part(2, 9)),
            ("bytes=2-99", Range::Part(2, 9)),
            ("bytes=-3", Range::Part(7, 9)),
            ("bytes=-99", Range::Part(0, 9)),
            ("bytes=10-", Range::Nothing),
            ("bytes=10-12", Range::Nothing),
            ("bytes=-0", Range::Nothing),
            ("bytes=99999999999999999999-", Range::Nothing),
            ("bytes=5-2", Range::Whole),
            ("bytes=0-1,4-5", Range::Whole),
            ("bytes=", Range::Whole),
            ("bytes=a-b", Range::Whole),
            ("items=0-1", Range::Whole),
            ("", Range::Whole),
        ] {
            assert_eq!(read_range(header, 10), range, "{header}");
        }
        assert_eq!(read_range("bytes=0-", 0), Range::Nothing);
    }

    #[test]
    fn names_in_zips_are_harmless_and_unique() {
        let mut names = BTreeSet::new();
        for (name, expected) in [
            ("a.jpg", "a.jpg"),
            ("a.jpg", "a (1).jpg"),
            ("A.JPG", "A (2).JPG"),
            ("../../etc/passwd", "______etc_passwd"),
            ("..", "__"),
            ("c:\\x\n", "c:_x_"),
            ("", "_"),
            (".hidden", "_hidden"),
        ] {
            assert_eq!(unused(&harmless(name), true, &mut names), expected, "{name:?}");
        }
        assert_eq!(unused("v1.2", false, &mut names), "v1.2");
        assert_eq!(unused("v1.2", false, &mut names), "v1.2 (1)");
    }

    #[test]
    fn dispositions_say_the_name_twice_when_once_is_not_enough() {
        assert_eq!(disposition("inline", "a b.jpg"), "inline; filename=\"a b.jpg\"");
        assert_eq!(
            disposition("attachment", "é\"(1)\r\n.jpg"),
            "attachment; filename=\"__(1)__.jpg\"; filename*=UTF-8''%C3%A9%22%281%29%0D%0A.jpg"
        );
    }
}
