//! Damaged input for every parser of untrusted bytes, from the corpora in `tests/data/corpus`.

use crate::site::{Site, target, text};
use data_encoding::BASE64;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use wix_media::manager::{Options, Request};
use wix_media::model::media_url::{Medium, push_object_of, push_string_of};
use wix_media::operations::OPERATIONS;

/// Reads the files of a corpus, sorted by name.
fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/corpus", name].iter().collect();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("bytes"))
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// A way to damage bytes.
#[derive(Clone, Debug)]
enum Damage {
    Turn(Index, u8),
    Set(Index, u8),
    Cut(Index),
    Leave(Index, Index),
    Double(Index, Index),
    Put(Index, Vec<u8>),
    /// Replaces the rest with the end of another file of the corpus.
    Graft(Index, Index, Index),
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let at = any::<Index>;
    let telling = prop::sample::select(&b"\0\xff\x7f\x80\x01 \t\r\n\"'{}[]:,/%.#?&=-09aA*"[..]);
    let one = prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Turn(at, bit)),
        (at(), telling).prop_map(|(at, byte)| Damage::Set(at, byte)),
        at().prop_map(Damage::Cut),
        (at(), at()).prop_map(|(from, to)| Damage::Leave(from, to)),
        (at(), at()).prop_map(|(from, to)| Damage::Double(from, to)),
        (at(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Damage::Put(at, bytes)),
        (at(), at(), at()).prop_map(|(at, other, from)| Damage::Graft(at, other, from)),
    ];
    prop::collection::vec(one, 1..5)
}

fn damaged(files: &[(String, Vec<u8>)], bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        let place = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
        let range = |from: &Index, to: &Index, bytes: &[u8]| {
            let (one, other) = (place(from, bytes), place(to, bytes));
            one.min(other)..one.max(other)
        };
        match damage {
            Damage::Turn(at, bit) if !bytes.is_empty() => *at.get_mut(&mut bytes) ^= 1 << bit,
            Damage::Set(at, byte) if !bytes.is_empty() => *at.get_mut(&mut bytes) = *byte,
            Damage::Cut(at) => bytes.truncate(place(at, &bytes)),
            Damage::Leave(from, to) => drop(bytes.drain(range(from, to, &bytes))),
            Damage::Double(from, to) if bytes.len() < 10_000 => {
                let range = range(from, to, &bytes);
                let piece = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, piece);
            }
            Damage::Put(at, piece) => {
                let at = place(at, &bytes);
                bytes.splice(at..at, piece.iter().copied());
            }
            Damage::Graft(at, other, from) => {
                let other = &other.get(files).1;
                let piece = &other[from.index(other.len() + 1)..];
                let at = place(at, &bytes);
                bytes.splice(at.., piece.iter().copied());
            }
            _ => {}
        }
    }
    bytes
}

/// Runs a target on each file of its corpus, then on damaged copies in groups that share a site.
fn run(name: &str, groups: u32, mut target: impl FnMut(&str, &[Vec<u8>])) {
    let files = corpus(name);
    for (name, bytes) in &files {
        target(name, std::slice::from_ref(bytes));
    }
    let usual = ProptestConfig::default();
    // `PROPTEST_CASES` scales these runs like all others.
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        cases: (usual.cases * groups / 256).max(1),
        ..usual
    });
    let group = (any::<Index>(), prop::collection::vec(damages(), 20));
    let target = std::cell::RefCell::new(target);
    let outcome = runner.run(&group, |(file, group)| {
        let (name, bytes) = file.get(&files);
        let inputs: Vec<_> = group.iter().map(|damages| damaged(&files, bytes, damages)).collect();
        (target.borrow_mut())(name, &inputs);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// A site with a folder, a file in it and a file in the trash, whose events have been read.
fn furnished() -> (Site, [String; 3]) {
    let mut site = Site::new();
    let folder = site.folder("a", "media-root");
    let kept = site.file("a.pdf", &folder);
    let trashed = site.file("b.pdf", "media-root");
    site.post("/bulk/files/delete", json!({ "fileIds": [trashed] }));
    site.events();
    (site, [folder, kept, trashed])
}

#[test]
fn damaged_request_line_never_returns_500() {
    run("router", 30, |_, inputs| {
        let (mut site, _) = furnished();
        for input in inputs {
            let line = String::from_utf8_lossy(input);
            let (method, path) = line.split_once(' ').unwrap_or((&line, ""));
            let (response, bytes) = site.fetch(Request::new(method, path));
            assert_ne!(response.status, 500, "{line:?}");
            assert!(response.header("x-wix-request-id").is_some());
            assert!(
                response
                    .headers
                    .iter()
                    .all(|(_, value)| !value.contains(['\r', '\n', '\0'])),
                "{response:?}"
            );
            if method != "HEAD" && response.header("content-type") == Some("application/json") {
                assert!(serde_json::from_slice::<Value>(&bytes).is_ok(), "{line:?}");
            }
            let events = site.events();
            assert!(response.status < 400 || events.is_empty(), "{line:?}");
        }
    });
}

#[test]
fn damaged_json_body_is_refused_with_one_error() {
    run("json", 30, |_, inputs| {
        let (mut site, [folder, ..]) = furnished();
        for input in inputs {
            let line = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
            let name = String::from_utf8_lossy(&input[..line]);
            let row = OPERATIONS.iter().find(|row| row.name == name).unwrap_or(&OPERATIONS[0]);
            let path = row.path.replace("{folder.id}", &folder).replace("{folderId}", &folder);
            let request = Request::new(row.verb.name(), &format!("/site-media/v1{path}"));
            let (status, answer) = site.json(request.body(input.get(line + 1..).unwrap_or_default()));
            assert!(status != 500, "{:?}: {answer}", String::from_utf8_lossy(input));
            let events = site.events();
            assert!(status == 200 || events.is_empty(), "{answer}");
            if status == 400 {
                let details = answer["details"].as_object().map(|details| details.len());
                assert_eq!(details, Some(1), "expected one kind of error: {answer}");
            }
        }
    });
}

#[test]
fn damaged_media_url_finds_its_own_file_or_none() {
    run("uris", 30, |_, inputs| {
        let (site, [_, kept, _]) = furnished();
        for input in inputs {
            for medium in [Medium::Image, Medium::Video, Medium::Document, Medium::Audio] {
                let mut object = Vec::new();
                if push_object_of(&mut object, medium, input) {
                    if std::str::from_utf8(input).is_ok() {
                        let parsed = serde_json::from_slice::<Value>(&object);
                        assert!(parsed.is_ok(), "{:?}", String::from_utf8_lossy(&object));
                    }
                    let mut string = Vec::new();
                    push_string_of(&mut string, medium, &object);
                } else {
                    assert!(object.is_empty());
                }
            }
            let id = String::from_utf8_lossy(input);
            let (status, answer) = site.call("POST", "/files/get-files", json!({ "fileIds": [id] }));
            assert!(
                status == 400 || answer["files"][0]["id"] == kept.as_str(),
                "{id}: {answer}"
            );
        }
    });
}

#[test]
fn damaged_tus_request_keeps_the_offset_within_the_length() {
    run("tus", 30, |_, inputs| {
        let site = Site::new();
        let body = json!({ "mimeType": "text/plain", "fileName": "a.txt" });
        let token = text(&site.post("/files/generate-resumable-upload-url", body)["uploadToken"]);
        let start = Request::new("POST", "/upload/tus")
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", "10")
            .header("Upload-Metadata", &format!("token {}", BASE64.encode(token.as_bytes())));
        let started = site.send(start);
        let location = target(started.header("location").expect("a location"));
        for input in inputs {
            let whole = String::from_utf8_lossy(input)
                .replace("token TOKEN", &format!("token {}", BASE64.encode(token.as_bytes())))
                .replace("TOKEN", &token)
                .replace("LOCATION", &location);
            let (head, body) = whole.split_once("\n\n").unwrap_or((&whole, ""));
            let mut lines = head.lines();
            let first = lines.next().unwrap_or_default();
            let (method, path) = first.split_once(' ').unwrap_or((first, ""));
            let mut request = Request::new(method, path).body(body);
            for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
                request = request.header(name, value);
            }
            let response = site.send(request);
            assert_ne!(response.status, 500, "{whole:?}");
            let status = site.send(Request::new("HEAD", &location).header("Tus-Resumable", "1.0.0"));
            if status.status == 200 {
                let number = |name| status.header(name).and_then(|number| number.parse::<u64>().ok());
                assert!(number("upload-offset") <= number("upload-length"), "{whole:?}");
            }
        }
    });
}

#[test]
fn damaged_cursor_shows_known_items_or_is_refused() {
    run("cursors", 30, |_, inputs| {
        let (site, [folder, kept, trashed]) = furnished();
        let known: BTreeSet<_> = [folder, kept, trashed].into();
        for input in inputs {
            let cursor = String::from_utf8_lossy(input);
            for (path, files) in [("/files/search", true), ("/folders/search", false)] {
                let (status, answer) = site.call("POST", path, json!({ "paging": { "cursor": cursor } }));
                seen(&known, status, &answer, files, &cursor);
            }
            for (path, files) in [("/files/query", true), ("/folders/query", false)] {
                let query = json!({ "query": { "cursorPaging": { "cursor": cursor } } });
                let (status, answer) = site.call("POST", path, query);
                seen(&known, status, &answer, files, &cursor);
            }
            let mut encoded = Vec::new();
            wix_media::wire::uri::push_component(&mut encoded, cursor.as_bytes());
            let encoded = String::from_utf8_lossy(&encoded);
            for (path, files) in [("/files", true), ("/folders", false), ("/trash-bin/files", true)] {
                let (status, answer) = site.call("GET", &format!("{path}?paging.cursor={encoded}"), Value::Null);
                seen(&known, status, &answer, files, &cursor);
            }
        }
    });
}

/// Checks that a cursor shows only existing items or is refused.
fn seen(known: &BTreeSet<String>, status: u16, answer: &Value, files: bool, cursor: &str) {
    if status == 200 {
        let list = &answer[if files { "files" } else { "folders" }];
        assert!(crate::site::ids(list).iter().all(|id| known.contains(id)), "{cursor}");
    } else {
        assert_eq!(status, 400, "{cursor}: {answer}");
    }
}

#[test]
fn damaged_token_is_refused() {
    let options = json!({ "siteId": "s", "auth": { "clients": [{ "clientId": "c1", "clientSecret": "s1" }] } });
    run("tokens", 10, |name, inputs| {
        let site = Site::with(Options::from_json(&options).expect("options"));
        let body =
            json!({ "grantType": "client_credentials", "clientId": "c1", "clientSecret": "s1", "instanceId": "i" });
        let (_, answer) = site.json(Request::new("POST", "/oauth2/token").body(body.to_string()));
        let good = text(&answer["access_token"]);
        let call = |path: &str, token: &str| {
            let request = Request::new("POST", &format!("/site-media/v1{path}")).header("Authorization", token);
            request.body(json!({ "mimeType": "text/plain", "fileName": "a.txt" }).to_string())
        };
        let (status, answer) = site.json(call("/files/generate-upload-url", &good));
        assert_eq!(status, 200);
        let upload = text(&answer["uploadUrl"])
            .rsplit('/')
            .next()
            .expect("a token")
            .to_owned();
        let (_, answer) = site.json(call("/files/generate-resumable-upload-url", &good));
        let resumable = text(&answer["uploadToken"]);
        // Damaged tokens fail everywhere, and valid ones where another kind is expected.
        let mut wrong: Vec<String> = inputs
            .iter()
            .map(|input| String::from_utf8_lossy(input).into_owned())
            .collect();
        if name == "two-parts" {
            wrong.extend([&good, &upload, &resumable].map(|token| token.replace(['A', 'e'], "B")));
            wrong.extend([&good, &upload, &resumable].map(|token| token[..token.len() - 1].to_owned()));
        }
        for wrong in wrong.iter().chain([&upload, &resumable]) {
            let status = site.send(call("/files/search", wrong)).status;
            assert_eq!(status, 401, "{wrong}");
        }
        for wrong in wrong.iter().chain([&good, &resumable]) {
            let response = site.send(Request::new("PUT", &format!("/upload/{wrong}?filename=a.txt")).body("x"));
            assert!((400..500).contains(&response.status), "{wrong}: {response:?}");
        }
        for wrong in wrong.iter().chain([&good, &upload, &resumable]) {
            let mut encoded = Vec::new();
            wix_media::wire::uri::push_component(&mut encoded, wrong.as_bytes());
            let encoded = String::from_utf8_lossy(&encoded);
            let link = format!("/download-files/media/a.jpg?token={encoded}");
            assert_eq!(site.send(Request::new("GET", &link)).status, 403, "{wrong}");
        }
    });
}

#[test]
fn damaged_media_file_is_stored_whole_or_refused() {
    run("media", 30, |name, inputs| {
        let site = Site::new();
        let intact = corpus("media")
            .iter()
            .any(|(_, bytes)| inputs == std::slice::from_ref(bytes));
        for input in inputs {
            let (status, answer) = site.upload("application/octet-stream", json!({ "fileName": name }), input);
            assert!(status < 500, "{name}: {answer}");
            if status != 200 {
                continue;
            }
            site.clock.advance(1000);
            let file = &site.get(&format!("/files/{}", text(&answer["file"]["id"])))["file"];
            let state = text(&file["operationStatus"]);
            // What is damaged beyond recognition is stored too, but no image or film.
            assert!(state == "READY" || (state == "FAILED" && !intact), "{name}: {state}");
            assert_eq!(file["sizeInBytes"], Value::from(input.len().to_string()));
            let media = &file["media"];
            let image = [&media["image"]["image"], &media["vector"]["image"]];
            let side = |side: &str| image.iter().find_map(|image| image[side].as_u64());
            let duration = [&media["audio"]["duration"], &media["video"]["durationInMilliseconds"]];
            let duration = duration.iter().find_map(|duration| duration.as_u64());
            assert!(side("width") != Some(0) && side("height") != Some(0));
            assert_eq!(side("width").is_some(), side("height").is_some());
            if intact {
                let upright = side("width") == Some(50) && side("height") == Some(30);
                let turned = side("width") == Some(30) && side("height") == Some(50);
                let small = [side("width"), side("height")];
                match name.split_once('.') {
                    Some((_, "tiff")) => assert_eq!(small, [Some(6), Some(10)]),
                    Some((_, "bmp")) => assert_eq!(small, [Some(5), Some(3)]),
                    Some(("turned", _)) => assert!(turned, "{name}: {media}"),
                    Some(("plain", _)) => assert!(upright, "{name}: {media}"),
                    _ => assert!(duration.is_some_and(|duration| duration > 0), "{name}: {media}"),
                }
            }
        }
    });
}
