//! Exports and imports of a whole site as one archive.

use crate::site::{FILM, START, Site, ids, target, text};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;
use wix_media::manager::{Options, Origin, Request, Response};

/// A site with nested folders, files of several types, a private file, visitor uploads and trash.
fn full() -> Site {
    let site = Site::new();
    let animals = site.folder("Animals", "media-root");
    let cats = site.folder("Cats – 猫", &animals);
    let gone = site.folder("Gone", &animals);
    site.file("a.pdf", &cats);
    let below = site.file("b.pdf", &gone);
    let alone = site.file("c.pdf", "media-root");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\x06\0\0\0";
    let options = json!({
        "fileName": "red dot.png", "parentFolderId": cats, "private": true, "labels": ["dot", "red"],
        "externalInfo": { "origin": "test", "externalIds": ["1", "2"] },
    });
    assert_eq!(site.upload("image/png", options, picture).0, 200);
    let options = json!({ "fileName": "from a visitor.txt", "filePath": "x/y" });
    let (status, _) = site.upload_from(Origin::Visitor, "text/plain", options, b"hello");
    assert_eq!(status, 200);
    let (status, _) = site.upload("video/mp4", json!({ "fileName": "film.mp4" }), FILM);
    assert_eq!(status, 200);
    site.clock.advance(1000);
    site.post("/bulk/files/delete", json!({ "fileIds": [alone] }));
    site.post("/bulk/folders/delete", json!({ "folderIds": [gone] }));
    let answer = site.get(&format!("/files/{below}"));
    assert_eq!(answer["file"]["state"], "DELETED");
    site
}

fn export(site: &Site) -> Vec<u8> {
    let export = site.manager.export().expect("an export");
    let bytes = site.manager.collect(export.body.clone()).expect("bytes");
    assert_eq!(bytes.len() as u64, export.body.length());
    site.manager.end_export(&export.id).expect("ended");
    bytes
}

pub(crate) fn import(site: &Site, archive: &[u8], step: usize) -> (u16, Value) {
    let mut intake = site.manager.open_archive();
    for bytes in archive.chunks(step) {
        if !site.manager.feed(&mut intake, bytes) {
            break;
        }
    }
    let response = site.manager.close(intake);
    read(site, response)
}

#[test]
fn import_looks_through_files_without_bytes_in_steps() {
    let site = Site::new();
    let items: Vec<_> = (0..100)
        .map(|number| json!({ "url": format!("https://example.com/{number}.jpg") }))
        .collect();
    for _ in 0..12 {
        let body = json!({ "importFileRequests": items });
        assert_eq!(site.call("POST", "/bulk/files/import-v2", body).0, 200);
    }
    let archive = export(&site);
    let other = Site::new();
    let mut intake = other.manager.open_archive();
    other.manager.feed(&mut intake, &archive);
    let mut steps = 0;
    while other.manager.work(&mut intake) {
        steps += 1;
    }
    assert_eq!(
        steps, 3,
        "1,200 lines are two steps of 500 and a shorter one, behind the check of the end"
    );
    let response = other.manager.close(intake);
    assert_eq!(read(&other, response).0, 200);
    assert_eq!(visible(&other), visible(&site));
}

fn read(site: &Site, response: Response) -> (u16, Value) {
    let body = site.manager.collect(response.body).expect("a body");
    (response.status, serde_json::from_slice(&body).expect("JSON"))
}

/// Counts the blobs.
fn blobs(site: Site) -> usize {
    site.manager.into_parts().blobs.list("", 100_000).expect("ids").len()
}

/// Collects what searches, lists and reads show.
fn visible(site: &Site) -> Value {
    let mut shown = Vec::new();
    for root in ["MEDIA_ROOT", "VISITOR_UPLOADS_ROOT", "TRASH_ROOT"] {
        let search = json!({ "rootFolder": root, "search": "" });
        shown.push(site.post("/files/search", search.clone()));
        shown.push(site.post("/folders/search", search));
    }
    shown.push(site.get("/files?parentFolderId=trash-root&state=DELETED"));
    shown.push(site.get("/folders?parentFolderId=trash-root&state=DELETED"));
    shown.push(site.get("/folders/media-root"));
    json!(shown)
}

/// CRC-32 computed bit by bit, independent of the crate under test.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}

/// Builds a zip of stored entries byte by byte, so that it can be invalid.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in entries {
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 33, 0];
        common.extend(crc(bytes).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(common);
        out.extend(name.as_bytes());
        out.extend(*bytes);
    }
    let (count, start) = (entries.len() as u16, out.len() as u32);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn manifest(folders: usize, files: usize, blobs: usize, bytes: usize) -> Value {
    json!({
        "format": "wix-media-archive", "version": 1, "siteId": "s", "since": START, "deletions": 1, "lastEvent": 0,
        "folders": folders, "files": files, "blobs": blobs, "bytes": bytes,
    })
}

fn folder_line(id: &str, parent: &str) -> Value {
    json!({ "id": id, "name": id, "parent": parent, "created": 1, "updated": 1, "events": 1 })
}

fn file_line(id: &str, parent: &str) -> Value {
    json!({
        "id": id, "name": "n.txt", "parent": parent, "created": 1, "updated": 1, "mediaType": "DOCUMENT",
        "mimeType": "text/plain", "private": false, "status": "READY", "size": 5,
        "hash": "5d41402abc4b2a76b9719d911017c592", "crc": crc(b"hello"), "blob": true, "labels": [], "facts": {},
        "externalInfo": {}, "tag": "", "events": 1,
    })
}

/// Builds an archive of these lines, in which every file holds `hello`.
fn archive(folders: &[Value], files: &[Value]) -> Vec<u8> {
    let lines = |values: &[Value]| values.iter().map(|value| format!("{value}\n")).collect::<String>();
    let manifest = manifest(folders.len(), files.len(), files.len(), 5 * files.len()).to_string();
    let (folders, lines_of_files) = (lines(folders), lines(files));
    let names: Vec<_> = files
        .iter()
        .map(|file| format!("blobs/{}", text(&file["id"])))
        .collect();
    let mut entries = vec![
        ("manifest.json", manifest.as_bytes()),
        ("folders.jsonl", folders.as_bytes()),
        ("files.jsonl", lines_of_files.as_bytes()),
    ];
    entries.extend(names.iter().map(|name| (name.as_str(), &b"hello"[..])));
    zip(&entries)
}

/// Imports into a site with one file, checks that the refusal left it unchanged, and returns the error.
fn refused(archive: &[u8]) -> Value {
    let site = Site::new();
    site.file("kept.pdf", "media-root");
    let before = visible(&site);
    let (status, answer) = import(&site, archive, 1000);
    assert_eq!(status, 400, "{answer}");
    assert_eq!(visible(&site), before);
    assert_eq!(blobs(site), 1, "a refused import leaves no blobs");
    answer["details"]["applicationError"].clone()
}

fn code(error: &Value) -> &str {
    error["code"].as_str().expect("a code")
}

#[test]
fn export_imported_elsewhere_shows_the_same_site() {
    let site = full();
    let bytes = export(&site);
    assert_eq!(export(&site), bytes, "exports of one state are identical");
    for step in [1, 7, 100_000] {
        let other = Site::new();
        other.file("in the way.pdf", "media-root");
        assert_eq!(import(&other, &bytes, step).0, 200);
        other.clock.advance(1000);
        assert_eq!(visible(&other), visible(&site));
        assert_eq!(
            other.manager.events(0, 10).expect("events"),
            [],
            "an import sends no events"
        );
        assert_eq!(export(&other), bytes);
        assert_eq!(blobs(other), 6);
    }
}

#[test]
fn imported_site_continues_like_the_original() {
    let mut site = full();
    let bytes = export(&site);
    let mut other = Site::new();
    assert_eq!(import(&other, &bytes, 999).0, 200);
    other.clock.advance(1000);
    let trashed = ids(&other.post("/folders/search", json!({ "rootFolder": "TRASH_ROOT" }))["folders"]);
    assert_eq!(trashed.len(), 1);
    for site in [&mut site, &mut other] {
        site.event_bodies();
        site.post("/bulk/trash-bin/folders/restore", json!({ "folderIds": trashed }));
    }
    assert_eq!(visible(&other), visible(&site));
    let sequence = |events: Vec<Value>| -> Vec<_> {
        let pair = |event: &Value| (text(&event["entityId"]), text(&event["entityEventSequence"]));
        events.iter().map(pair).collect()
    };
    let numbers = |site: &Site| -> Vec<_> {
        let events = site.manager.events(0, 1000).expect("events");
        events.iter().map(|event| event.number).collect()
    };
    assert!(numbers(&site).ends_with(&numbers(&other)), "event numbers continue");
    let events = sequence(other.event_bodies());
    assert_eq!((events.len(), events), (2, sequence(site.event_bodies())));

    let file = other.post(
        "/files/search",
        json!({ "search": "from a visitor", "rootFolder": "VISITOR_UPLOADS_ROOT" }),
    );
    let (response, bytes) = other.fetch(Request::new("GET", &target(&text(&file["files"][0]["url"]))));
    assert_eq!((response.status, &bytes[..]), (200, &b"hello"[..]));
}

fn golden() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/archive/version-1.zip");
    std::fs::read(path).expect("the golden archive")
}

/// The golden archive was written from `full` by the first release of the format. A release that cannot read it, or
/// writes it differently, needs a new format version.
#[test]
fn golden_archive_imported_and_exported_keeps_its_bytes() {
    let golden = golden();
    let site = Site::new();
    assert_eq!(import(&site, &golden, 1 << 16).0, 200);
    assert_eq!(site.get("/folders")["folders"][0]["displayName"], "Animals");
    let (found, _) = site.fetch(Request::new("GET", "/ugd/db8055_515c31f8519dcb5db33ae203c1d74e1e.pdf"));
    assert_eq!(found.status, 200);
    assert!(export(&site) == golden, "the export differs from the golden archive");
}

#[test]
fn export_during_changes_shows_one_snapshot() {
    let site = full();
    let expected = export(&site);
    let mut export = site.manager.export().expect("an export");
    let mut bytes = vec![0; 100];
    assert_eq!(site.manager.read(&mut export.body, &mut bytes).expect("read"), 100);
    let all = ids(&site.post("/files/search", json!({}))["files"]);
    site.post("/bulk/files/delete", json!({ "fileIds": all, "permanent": true }));
    site.folder("Later", "media-root");
    bytes.extend(site.manager.collect(export.body).expect("the rest"));
    assert_eq!(bytes, expected);
    site.manager.end_export(&export.id).expect("ended");
    let left = ids(&site.post("/files/search", json!({ "rootFolder": "TRASH_ROOT" }))["files"]);
    let visitors = ids(&site.post("/files/search", json!({ "rootFolder": "VISITOR_UPLOADS_ROOT" }))["files"]);
    assert_eq!(
        blobs(site),
        left.len() + visitors.len(),
        "the export releases its blobs"
    );
}

#[test]
fn export_that_was_not_ended_is_removed_by_the_sweep() {
    let site = full();
    let export = site.manager.export().expect("an export");
    let parts = site.manager.into_parts();
    let with_export = parts.blobs.list("", 100_000).expect("ids").len();
    let manager = wix_media::manager::Manager::new(parts).expect("a manager");
    manager.sweep(0).expect("swept");
    assert!(manager.collect(export.body).is_err());
    assert_eq!(
        manager.into_parts().blobs.list("", 100_000).expect("ids").len(),
        with_export - 4
    );
}

#[test]
fn archive_truncated_or_changed_in_one_byte_is_refused_or_equal() {
    let small = Site::new();
    let folder = small.folder("Animals", "media-root");
    small.file("a.pdf", &folder);
    let bytes = export(&small);
    let site = Site::new();
    site.file("kept.pdf", "media-root");
    let before = visible(&site);
    for length in 0..bytes.len() {
        assert_eq!(import(&site, &bytes[..length], 500).0, 400, "cut to {length}");
    }
    assert_eq!(visible(&site), before);
    let other = Site::new();
    let mut harmless = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x15;
        match import(&other, &changed, 5000).0 {
            // Times, modes and copies in the central directory are ignored.
            200 => {
                assert!(export(&other) == bytes, "at {at}");
                harmless += 1;
            }
            status => assert_eq!(status, 400, "at {at}"),
        }
    }
    assert!(harmless < bytes.len() / 3, "{harmless}");
    assert_eq!(blobs(site), 1);
}

#[test]
fn archive_with_invalid_line_names_entry_and_line() {
    let folder = folder_line("a", "media-root");
    let lone = std::slice::from_ref(&folder);
    let (one, two) = (file_line("f.txt", "a"), file_line("g.txt", "a"));
    let good = Site::new();
    let fine = archive(lone, &[one.clone(), two.clone()]);
    assert_eq!(import(&good, &fine, 64).0, 200);

    let with = |value: &Value, name: &str, new: Value| {
        let mut value = value.clone();
        value[name] = new;
        value
    };
    let wrong = |folders: &[Value], files: &[Value]| refused(&archive(folders, files))["data"].clone();
    let line = |entry: &str, line: u64| json!({ "entry": entry, "line": line });
    let entry = |entry: &str| json!({ "entry": entry });
    assert_eq!(
        wrong(&[with(&folder, "name", json!("a/b"))], &[]),
        line("folders.jsonl", 1)
    );
    assert_eq!(wrong(&[folder.clone(), folder.clone()], &[]), line("folders.jsonl", 2));
    assert_eq!(
        wrong(&[folder_line("b", "media-root"), folder.clone()], &[]),
        line("folders.jsonl", 2)
    );
    assert_eq!(wrong(&[folder_line("media-root", "")], &[]), line("folders.jsonl", 1));
    assert_eq!(wrong(lone, &[with(&one, "id", json!("../f"))]), line("files.jsonl", 1));
    assert_eq!(wrong(lone, &[one.clone(), one.clone()]), line("files.jsonl", 2));
    assert_eq!(
        wrong(lone, &[one.clone(), with(&two, "more", json!(1))]),
        line("files.jsonl", 2)
    );
    assert_eq!(
        wrong(&[folder_line("a", "b"), folder_line("b", "a")], &[]),
        entry("folders.jsonl")
    );
    assert_eq!(wrong(&[folder_line("a", "a")], &[]), entry("folders.jsonl"));
    assert_eq!(wrong(&[folder_line("a", "nowhere")], &[]), entry("folders.jsonl"));
    assert_eq!(wrong(&[folder_line("a", "trash-root")], &[]), entry("folders.jsonl"));
    assert_eq!(wrong(&[], std::slice::from_ref(&one)), entry("files.jsonl"));
    let trashed = json!({ "parent": "a", "area": "site", "deletion": 1, "at": 1 });
    assert_eq!(wrong(lone, &[with(&one, "trashed", trashed)]), entry("files.jsonl"));
    let chain: Vec<_> = (0..=100)
        .map(|level: u32| {
            let parent = level
                .checked_sub(1)
                .map_or("media-root".to_owned(), |level| format!("f{level:03}"));
            folder_line(&format!("f{level:03}"), &parent)
        })
        .collect();
    assert_eq!(wrong(&chain, &[]), entry("folders.jsonl"));

    for (name, value) in [
        ("size", json!(6)),
        ("crc", json!(1)),
        ("hash", json!("00000000000000000000000000000000")),
    ] {
        assert_eq!(wrong(lone, &[with(&one, name, value)]), entry("blobs/f.txt"), "{name}");
    }
}

#[test]
fn archive_with_unexpected_entries_is_refused() {
    let folder = format!("{}\n", folder_line("a", "media-root"));
    let file = format!("{}\n", file_line("f.txt", "a"));
    let good = manifest(1, 1, 1, 5).to_string();
    let entries = [
        ("manifest.json", good.as_bytes()),
        ("folders.jsonl", folder.as_bytes()),
        ("files.jsonl", file.as_bytes()),
        ("blobs/f.txt", b"hello"),
    ];
    let site = Site::new();
    assert_eq!(import(&site, &zip(&entries), 10).0, 200);
    for left_out in 0..entries.len() {
        let mut fewer = entries.to_vec();
        fewer.remove(left_out);
        assert_eq!(code(&refused(&zip(&fewer))), "ARCHIVE_INVALID", "without {left_out}");
    }
    for (one, other) in [(0, 1), (1, 2), (2, 3)] {
        let mut swapped = entries.to_vec();
        swapped.swap(one, other);
        refused(&zip(&swapped));
    }
    for name in [
        "../evil",
        "/etc/passwd",
        "blobs/../f.txt",
        "blobs/",
        "blobs/other",
        "files.jsonl",
        "note.txt",
    ] {
        let mut more = entries.to_vec();
        more.push((name, b"hello"));
        assert_eq!(refused(&zip(&more))["data"], json!({ "entry": name }));
    }
    let mut twice = entries.to_vec();
    twice.push(entries[3]);
    refused(&zip(&twice));

    let mut lies = entries.to_vec();
    let text = manifest(1, 1, 1, 6).to_string();
    lies[0].1 = text.as_bytes();
    assert_eq!(refused(&zip(&lies))["data"], json!({ "entry": "manifest.json" }));
    for (name, value, expected) in [
        ("version", json!(3), "ARCHIVE_NEWER"),
        ("version", json!(0), "ARCHIVE_INVALID"),
        ("version", json!("1"), "ARCHIVE_INVALID"),
        ("format", json!("zip"), "ARCHIVE_INVALID"),
        ("folders", json!(-1), "ARCHIVE_INVALID"),
        ("missing", json!(1), "ARCHIVE_INVALID"),
        ("since", json!(null), "ARCHIVE_INVALID"),
    ] {
        let mut changed = manifest(1, 1, 1, 5);
        changed[name] = value;
        let text = changed.to_string();
        let mut entries = entries.to_vec();
        entries[0].1 = text.as_bytes();
        assert_eq!(code(&refused(&zip(&entries))), expected, "{changed}");
    }
    let long = format!("\"{}\"\n", "x".repeat(5 << 20));
    let mut entries = entries.to_vec();
    entries[1].1 = long.as_bytes();
    assert_eq!(
        refused(&zip(&entries))["data"],
        json!({ "entry": "folders.jsonl", "line": 1 })
    );
    refused(b"");
    refused(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    refused(b"<html>not found</html>");
}

#[test]
fn abandoned_import_leaves_no_blobs() {
    let bytes = export(&full());
    let site = Site::new();
    for length in [0, 10, bytes.len() / 2, bytes.len()] {
        let mut intake = site.manager.open_archive();
        assert!(site.manager.feed(&mut intake, &bytes[..length]));
        site.manager.abandon(intake);
    }
    assert_eq!(blobs(site), 0);
}

#[test]
fn import_keeps_its_blobs_while_others_are_removed() {
    let archive = export(&full());
    let site = Site::new();
    let mut intake = site.manager.open_archive();
    assert!(site.manager.feed(&mut intake, &archive));
    // A sweep, and the end of another import.
    assert_eq!(site.manager.sweep(0).expect("swept").removed, 0);
    assert_eq!(site.manager.collect_blobs("").expect("stopped"), None);
    assert_eq!(site.manager.close(intake).status, 200);
    assert!(export(&site) == archive);
    assert!(site.manager.collect_blobs("").expect("collected").is_some());
}

#[test]
fn reset_during_requests_empties_the_site_and_refuses_them() {
    let site = full();
    let archive = export(&site);
    site.clock.advance(5000);
    let body = json!({ "mimeType": "text/plain", "fileName": "late.txt" });
    let url = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    let mut upload = site.manager.open(Request::new("PUT", &url).head);
    assert!(site.manager.feed(&mut upload, b"half"));
    let mut late = site.manager.open_archive();
    assert!(site.manager.feed(&mut late, &archive[..500]));
    let last = site.manager.control("lastEvent", &json!({})).expect("a number");

    site.manager.control("reset", &json!({})).expect("reset");
    site.manager.feed(&mut upload, b"more");
    assert_eq!(site.manager.close(upload).status, 409);
    site.manager.feed(&mut late, &archive[500..]);
    assert_eq!(site.manager.close(late).status, 409);
    let empty = Site::new();
    empty.clock.advance(6000);
    let mut shown = visible(&site);
    let since = shown[8]["folder"]["createdDate"].take();
    assert_eq!(since, "2023-11-14T22:13:26.000Z");
    shown[8]["folder"]["updatedDate"].take();
    let mut expected = visible(&empty);
    expected[8]["folder"]["createdDate"].take();
    expected[8]["folder"]["updatedDate"].take();
    assert_eq!(shown, expected);
    site.folder("New", "media-root");
    let events = site.manager.events(0, 10).expect("events");
    assert_eq!(json!(events[0].number), json!(last.as_i64().expect("a number") + 1));
    assert_eq!(blobs(site), 0);
}

#[test]
fn export_during_reset_is_whole() {
    let site = full();
    let before = export(&site);
    let begun = site.manager.export().expect("an export");
    let mut given = begun.body.clone();
    site.manager.control("reset", &json!({})).expect("reset");
    assert_eq!(
        site.manager.sweep(1).expect("swept").removed,
        0,
        "the export needs the blobs"
    );
    assert!(site.manager.collect(begun.body).expect("bytes") == before);
    while !site.manager.pieces(&mut given).expect("pieces").is_empty() {}
    site.manager.end_export(&begun.id).expect("ended");
    assert_eq!(blobs(site), 0);
}

#[test]
fn import_above_the_quota_succeeds() {
    let bytes = export(&full());
    let site = Site::with(Options {
        quota: Some(1),
        ..Options::default()
    });
    assert_eq!(import(&site, &bytes, 1000).0, 200);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// An edited archive is either imported as a whole or refused without a trace.
    #[test]
    fn randomly_edited_archive_is_imported_whole_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>(), 1..40_usize), 1..6),
        step in 1..3000_usize,
    ) {
        let mut bytes = golden();
        for (at, kind, value, length) in edits {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match kind {
                0 => bytes[at] = value,
                1 => drop(bytes.drain(at..end)),
                2 => bytes.extend_from_within(at..end),
                _ => {
                    let copied = bytes[at..end].to_vec();
                    let to = usize::from(value) * bytes.len() / 256;
                    bytes.splice(to..to, copied);
                }
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        let site = Site::new();
        let before = visible(&site);
        let (status, answer) = import(&site, &bytes, step);
        prop_assert!(matches!(status, 200 | 400), "{} {}", status, answer);
        if status == 400 {
            prop_assert_eq!(visible(&site), before);
            prop_assert_eq!(blobs(site), 0);
        }
    }
}
