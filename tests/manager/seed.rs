//! Initial content of a manager.

use crate::site::{FILM, Site, ids, text};
use serde_json::{Value, json};
use wix_media::manager::Options;

fn seed(site: &Site, entry: Value, bytes: &[u8]) -> (u16, Value) {
    let mut intake = site.manager.open_seed(&entry, "");
    for piece in bytes.chunks(3) {
        site.manager.feed(&mut intake, piece);
    }
    let response = site.manager.close(intake);
    let body = site.manager.collect(response.body).expect("a body");
    (response.status, serde_json::from_slice(&body).expect("JSON"))
}

fn seeded(site: &Site, entry: Value, bytes: &[u8]) -> Value {
    let (status, answer) = seed(site, entry, bytes);
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Counts files and folders, live and trashed.
fn counts(site: &Site) -> (usize, usize) {
    let mut counts = (0, 0);
    for root in ["MEDIA_ROOT", "VISITOR_UPLOADS_ROOT", "TRASH_ROOT"] {
        let search = json!({ "rootFolder": root });
        counts.0 += ids(&site.post("/files/search", search.clone())["files"]).len();
        counts.1 += ids(&site.post("/folders/search", search)["folders"]).len();
    }
    counts
}

#[test]
fn seeded_file_looks_like_an_uploaded_one() {
    let mut site = Site::new();
    let entry = json!({
        "path": "/Holidays/2024/beach.txt", "mimeType": "text/plain", "labels": ["sea"], "private": true,
        "externalInfo": { "origin": "test" }, "createdDate": "2024-05-06T07:08:09.000Z", "displayName": "Beach.txt",
    });
    let file = seeded(&site, entry, b"water and sun")["file"].clone();
    assert_eq!(
        (
            &file["displayName"],
            &file["sizeInBytes"],
            &file["private"],
            &file["labels"]
        ),
        (&json!("Beach.txt"), &json!("13"), &json!(true), &json!(["sea"]))
    );
    assert_eq!(file["createdDate"], "2024-05-06T07:08:09.000Z");
    assert_eq!(file["operationStatus"], "READY");
    let folder = site.get(&format!("/folders/{}", text(&file["parentFolderId"])))["folder"].clone();
    assert_eq!(folder["displayName"], "2024");
    let kinds: Vec<_> = site
        .events()
        .into_iter()
        .map(|(entity, slug, _)| format!("{entity} {slug}"))
        .collect();
    assert_eq!(
        kinds,
        ["folder created", "folder created", "file_descriptor file_ready"]
    );
    let film = seeded(&site, json!({ "path": "film.mp4" }), FILM);
    assert_eq!(
        film["file"]["operationStatus"], "READY",
        "a seeded video is not pending"
    );
    assert_eq!(site.manager.next_tick().expect("a time"), None);
}

#[test]
fn seed_path_starts_in_the_folder_of_its_origin() {
    let site = Site::new();
    for (origin, parent) in [
        ("site", "media-root"),
        ("visitor", "visitor-uploads"),
        ("mobile", "mobile-uploads"),
        ("purchase", "purchased-items"),
        ("video-maker", "video-maker"),
    ] {
        let answer = seeded(&site, json!({ "path": "a.txt", "origin": origin }), b"a");
        assert_eq!(answer["file"]["parentFolderId"], parent);
        let answer = seeded(&site, json!({ "path": "x/y/", "origin": origin }), b"");
        let above = site.get(&format!("/folders/{}", text(&answer["folder"]["parentFolderId"])));
        assert_eq!(above["folder"]["parentFolderId"], parent);
    }
}

#[test]
fn seeded_trash_can_be_restored() {
    let site = Site::new();
    let file = seeded(&site, json!({ "path": "a/alone.txt", "trashed": true }), b"x")["file"].clone();
    assert_eq!(file["state"], "DELETED");
    seeded(&site, json!({ "path": "b/inside.txt" }), b"y");
    let folder = seeded(&site, json!({ "path": "b/", "trashed": true }), b"")["folder"].clone();
    assert_eq!(folder["state"], "DELETED");
    site.post("/bulk/trash-bin/files/restore", json!({ "fileIds": [file["id"]] }));
    site.post(
        "/bulk/trash-bin/folders/restore",
        json!({ "folderIds": [folder["id"]] }),
    );
    let found = site.post("/files/search", json!({ "search": "inside" }));
    assert_eq!(found["files"][0]["parentFolderId"], folder["id"]);
    let parent = text(&site.get(&format!("/files/{}", text(&file["id"])))["file"]["parentFolderId"]);
    assert_eq!(site.get(&format!("/folders/{parent}"))["folder"]["displayName"], "a");
}

#[test]
fn seed_repeated_with_reuse_adds_nothing() {
    let mut site = Site::new();
    let entries = [
        (json!({ "path": "/a/one.txt" }), "one"),
        (json!({ "path": "/a/one.txt" }), "other bytes"),
        (json!({ "path": "/a/b/two.txt", "trashed": true }), "two"),
        (json!({ "path": "/old/three.txt" }), "three"),
        (json!({ "path": "/old/deep/four.txt" }), "four"),
        (json!({ "path": "/old/", "trashed": true }), ""),
        (json!({ "path": "/empty/" }), ""),
        (
            json!({ "path": "no ending", "mimeType": "application/pdf" }),
            "%PDF-1.7",
        ),
    ];
    let run = |site: &Site, on_duplicate: &str| -> Vec<Value> {
        let one = |(entry, bytes): &(Value, &str)| {
            let mut entry = entry.clone();
            entry["onDuplicate"] = on_duplicate.into();
            seeded(site, entry, bytes.as_bytes())["reused"].clone()
        };
        entries.iter().map(one).collect()
    };
    let mut expected = [false; 8];
    // The trashed folder was already created for the files in it.
    expected[5] = true;
    assert_eq!(run(&site, "reuse"), expected);
    let first = counts(&site);
    site.events();
    assert_eq!(run(&site, "reuse"), [true; 8]);
    assert_eq!((counts(&site), site.events().len()), (first, 0));
    let file = ids(&site.post("/files/search", json!({ "search": "other" }))["files"]);
    assert_eq!(file.len(), 0, "searches match names, not content");
    let (status, answer) = seed(&site, json!({ "path": "/a/one.txt", "onDuplicate": "fail" }), b"one");
    assert_eq!(
        (status, &answer["details"]["applicationError"]["code"]),
        (409, &json!("ALREADY_EXISTS"))
    );
    let (status, _) = seed(&site, json!({ "path": "/empty/", "onDuplicate": "fail" }), b"");
    assert_eq!(status, 409);
    run(&site, "keep-both");
    let twice = counts(&site);
    // Every file is doubled. Live folders are found again.
    assert_eq!(twice.0, 2 * first.0);
    assert_eq!(
        site.manager.into_parts().blobs.list("", 100_000).expect("ids").len(),
        twice.0
    );
}

#[test]
fn seeded_files_of_one_name_are_matched_by_content() {
    let site = Site::new();
    for number in 0..230 {
        let entry = json!({ "path": "same.txt", "onDuplicate": "reuse" });
        assert_eq!(seeded(&site, entry, format!("{number}").as_bytes())["reused"], false);
    }
    for number in [0, 99, 100, 101, 199, 229] {
        let entry = json!({ "path": "same.txt", "onDuplicate": "reuse" });
        assert_eq!(
            seeded(&site, entry, format!("{number}").as_bytes())["reused"],
            true,
            "{number}"
        );
    }
}

#[test]
fn invalid_seed_entry_is_refused_and_leaves_nothing() {
    let mut options = Options::default();
    options.limits.retain(|(name, _)| name != "DOCUMENT");
    options.limits.push(("DOCUMENT".into(), 10));
    let mut site = Site::with(options);
    for (entry, bytes, status) in [
        (json!({}), "x", 400),
        (json!({ "path": "" }), "x", 400),
        (json!({ "path": "/" }), "x", 400),
        (json!({ "path": 5 }), "x", 400),
        (json!({ "path": "a.txt", "labels": [1] }), "x", 400),
        (json!({ "path": "a.txt", "trashed": "yes" }), "x", 400),
        (json!({ "path": "a.txt", "origin": "moon" }), "x", 400),
        (json!({ "path": "a.txt", "createdDate": "yesterday" }), "x", 400),
        (json!({ "path": "a.txt", "onDuplicate": "maybe" }), "x", 400),
        (json!({ "path": "a.txt", "mimeType": "nonsense" }), "x", 400),
        (json!({ "path": "a.txt", "mimeType": "image/png" }), "x", 400),
        (json!({ "path": "a\u{7}/b.txt" }), "x", 400),
        (json!({ "path": "a\0.txt" }), "x", 400),
        (json!({ "path": "a.txt", "displayName": "\0" }), "x", 400),
        (json!({ "path": "a.txt", "labels": ["\0"] }), "x", 400),
        (
            json!({ "path": "a.txt", "externalInfo": { "externalIds": ["\0"] } }),
            "x",
            400,
        ),
        (json!({ "path": "a/b.txt" }), "", 400),
        (json!({ "path": "a/b.txt" }), "longer than ten", 413),
        (json!({ "path": format!("{}b.txt", "a/".repeat(101)) }), "x", 400),
    ] {
        let (found, answer) = seed(&site, entry.clone(), bytes.as_bytes());
        assert_eq!(found, status, "{entry}: {answer}");
    }
    let intake = site.manager.open_seed(&json!({ "path": "a.txt" }), "");
    site.manager.abandon(intake);
    assert_eq!((counts(&site), site.events().len()), ((0, 0), 0));
    assert_eq!(site.manager.into_parts().blobs.list("", 100_000).expect("ids"), [""; 0]);
}
