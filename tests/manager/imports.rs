//! Imports: what the calls accept, what is fetched, and how the files end.

use crate::site::{FILM, START, Site, ids, reason, text};
use proptest::prelude::*;
use serde_json::{Value, json};
use wix_media::manager::{Manager, Options, Origin, Request};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08\x02\0\0\0";

type Headers<'a> = &'a [(&'a str, &'a str)];

impl Site {
    fn import(&self, body: Value) -> Value {
        self.post("/files/import", body)["file"].clone()
    }

    /// Answers the oldest pending import as its source would.
    fn bring(&self, status: u16, headers: Headers<'_>, bytes: &[u8]) -> (u16, Value) {
        let order = self.manager.take_imports(1).expect("orders").remove(0);
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut intake = self.manager.open_import(&order.file, status, &headers);
        for piece in bytes.chunks(7) {
            if !self.manager.feed(&mut intake, piece) {
                break;
            }
        }
        let response = self.manager.close(intake);
        let body = self.manager.collect(response.body).expect("a body");
        (response.status, serde_json::from_slice(&body).expect("JSON"))
    }

    fn read(&self, id: &Value) -> Value {
        self.get(&format!("/files/{}", text(id)))["file"].clone()
    }
}

#[test]
fn import_is_pending_until_its_bytes_arrive() {
    let mut site = Site::new();
    let file = site.import(json!({
        "url": "https://example.com/photos/harbour.jpg?size=l#top", "displayName": "image1", "labels": ["a"],
        "filePath": "/photos/2024", "externalInfo": { "origin": "shop" },
        "urlParams": { "v": [1, 2] }, "urlHeaders": { "X-Key": "k", "Host": "other", "content-length": "5" },
    }));
    assert_eq!(file["operationStatus"], "PENDING");
    assert_eq!((&file["sizeInBytes"], &file["hash"]), (&json!("-1"), &json!("")));
    assert_eq!(file["displayName"], "image1.jpg");
    assert_eq!(file["mediaType"], "IMAGE");
    assert_eq!(file["sourceUrl"], "https://example.com/photos/harbour.jpg?size=l#top");
    assert_eq!((file.get("media"), &file["internalTags"]), (None, &json!([])));
    let slugs: Vec<_> = site.events().into_iter().map(|(_, slug, _)| slug).collect();
    assert_eq!(
        slugs,
        ["created", "created"],
        "the folders are created before the fetch"
    );
    let orders = site.manager.take_imports(5).expect("orders");
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].url, "https://example.com/photos/harbour.jpg?size=l&v=1&v=2");
    assert_eq!(orders[0].headers, [("X-Key".to_owned(), "k".to_owned())]);
    assert_eq!(
        site.manager.take_imports(5).expect("orders"),
        [],
        "an import is leased to one taker"
    );

    let mut intake = site.manager.open_import(&orders[0].file, 200, &[]);
    assert!(site.manager.feed(&mut intake, PNG));
    site.clock.advance(1000);
    assert_eq!(site.manager.close(intake).status, 200);
    let done = site.read(&file["id"]);
    assert_eq!(done["operationStatus"], "READY");
    assert_eq!(done["mimeType"], "image/png", "the content overrides the extension");
    assert_eq!(done["id"], file["id"]);
    assert_eq!(done["media"]["image"]["image"]["height"], 7);
    assert_eq!(done["sizeInBytes"], PNG.len().to_string());
    let events = site.event_bodies();
    assert_eq!((events.len(), &events[0]["slug"]), (1, &json!("file_ready")));
    assert_eq!(events[0]["actionEvent"]["body"]["externalInfo"]["origin"], "shop");
    assert_eq!(events[0]["actionEvent"]["body"]["file"], done);
    let (_, bytes) = site.fetch(Request::new("GET", &crate::site::target(&text(&done["url"]))));
    assert_eq!(bytes, PNG);
    assert_eq!(site.manager.take_imports(5).expect("orders"), []);
}

#[test]
fn imported_video_is_processed_after_its_fetch() {
    let site = Site::new();
    let file = site.import(json!({ "url": "https://h/a.mp4" }));
    site.clock.advance(10_000);
    assert_eq!(site.bring(200, &[], FILM).0, 200);
    assert_eq!(site.read(&file["id"])["operationStatus"], "PENDING");
    assert_eq!(site.manager.next_tick().expect("asked"), Some(START + 10_500));
    site.clock.advance(500);
    assert_eq!(site.read(&file["id"])["operationStatus"], "READY");
}

#[test]
fn invalid_import_request_is_refused_at_once() {
    let site = Site::with(Options {
        quota: Some(10),
        ..Options::default()
    });
    site.folder("full", "media-root");
    for (body, code) in [
        (json!({}), "REQUIRED_FIELD"),
        (json!({ "url": "x" }), "MIN_LENGTH"),
        (json!({ "url": "ftp://h/a.jpg" }), "FORMAT"),
        (json!({ "url": "https://user:secret@h/a.jpg" }), "FORMAT"),
        (json!({ "url": "http://127.0.0.1/a.jpg" }), "PRIVATE_ADDRESS"),
        (json!({ "url": "http://localhost:80/a.jpg" }), "PRIVATE_ADDRESS"),
        (json!({ "url": "http://[::ffff:8.8.8.8]/a.jpg" }), "PRIVATE_ADDRESS"),
        (json!({ "url": "https://h/a.jpg", "displayName": "\t" }), "MIN_LENGTH"),
        (json!({ "url": "https://h/a.jpg", "mediaType": "OTHER" }), "OTHER"),
        (json!({ "url": "https://h/a.jpg", "mediaType": "PICTURE" }), "OTHER"),
        (
            json!({ "url": "https://h/a.jpg", "mediaType": "VIDEO" }),
            "MISMATCH_MIME_TYPE",
        ),
        (
            json!({ "url": "https://h/a", "mimeType": "nonsense" }),
            "UNSUPPORTED_FILE_FORMAT",
        ),
        (
            json!({ "url": "https://h/a", "mimeType": "image/png", "displayName": "a.mp4" }),
            "MISMATCH_MIME_TYPE",
        ),
        (
            json!({ "url": "https://h/a.glb", "private": true }),
            "UNSUPPORTED_FILE_FORMAT",
        ),
        (
            json!({ "url": "https://h/a.jpg", "parentFolderId": "x" }),
            "PARENT_FOLDER_NOT_FOUND",
        ),
        (
            json!({ "url": "https://h/a.jpg", "parentFolderId": "trash-root" }),
            "PARENT_FOLDER_IN_TRASH",
        ),
        (json!({ "url": "https://h/a.jpg", "filePath": "new/\u{1}" }), "FORMAT"),
        (
            json!({ "url": "https://h/a.jpg", "urlHeaders": { "a b": "c" } }),
            "FORMAT",
        ),
        (
            json!({ "url": "https://h/a.jpg", "urlHeaders": { "a": "c\r\nd: e" } }),
            "FORMAT",
        ),
        (
            json!({ "url": "https://h/a.jpg", "labels": vec!["x"; 501] }),
            "MAX_SIZE",
        ),
    ] {
        let refused = site.refused("POST", "/files/import", body.clone());
        assert_eq!(refused, (400, code.to_owned()), "{body}");
    }
    assert_eq!(
        site.upload("text/plain", json!({ "fileName": "a.txt" }), b"0123456789")
            .0,
        200
    );
    let full = site.refused("POST", "/files/import", json!({ "url": "https://h/a.jpg" }));
    assert_eq!(full, (400, "SITE_QUOTA_EXCEEDED".to_owned()));
    assert_eq!(site.get("/folders")["folders"].as_array().map(Vec::len), Some(1));
    assert_eq!(site.manager.take_imports(5).expect("orders"), []);
}

#[test]
fn failed_import_keeps_its_file_and_reports_the_error() {
    let html = &[("Content-Type", "text/html; charset=utf-8")][..];
    let big = &[("content-length", "25000001")][..];
    let short = &[("Content-Length", "60")][..];
    for (url, status, headers, bytes, code) in [
        ("https://h/a.jpg", 404, html, &b"gone"[..], "SOURCE_HTTP_ERROR"),
        ("https://h/a.jpg", 301, &[], b"", "SOURCE_HTTP_ERROR"),
        ("https://h/a.jpg", 200, &[], b"", "ZERO_FILE_SIZE"),
        ("https://h/a.jpg", 200, html, b"<html>sign in", "MISMATCH_MIME_TYPE"),
        ("https://h/a.jpg", 200, &[], b"%PDF-1.7", "MISMATCH_MIME_TYPE"),
        ("https://h/a.jpg", 200, big, PNG, "FILE_SIZE_OVER_LIMIT"),
        ("https://h/a.jpg", 200, short, PNG, "SOURCE_UNREACHABLE"),
        ("https://h/data", 200, &[], b"\x01\x02", "UNSUPPORTED_FILE_FORMAT"),
        ("https://h/a.txt", 200, &[], &[b'x'; 101], "FILE_SIZE_OVER_LIMIT"),
        ("https://h/a.csv", 200, &[], &[b'x'; 90], "SITE_QUOTA_EXCEEDED"),
    ] {
        let mut site = Site::with(Options {
            quota: Some(80),
            limits: vec![("DOCUMENT".into(), 100), ("IMAGE".into(), 25_000_000)],
            ..Options::default()
        });
        let file = site.import(json!({ "url": url, "externalInfo": { "externalIds": ["7"] } }));
        let (answer_status, answer) = site.bring(status, headers, bytes);
        assert_eq!(
            (answer_status >= 400, &reason(&answer)[..]),
            (true, code),
            "{url} {status}"
        );
        let events = site.event_bodies();
        assert_eq!(events.len(), 1, "{events:?}");
        let body = &events[0]["actionEvent"]["body"];
        assert_eq!(
            (&events[0]["slug"], &events[0]["entityId"]),
            (&json!("file_failed"), &file["id"])
        );
        assert_eq!(
            (&body["error"]["code"], &body["externalInfo"]["externalIds"]),
            (&json!(code), &json!(["7"]))
        );
        assert!(code != "SOURCE_HTTP_ERROR" || body["error"]["data"]["status"] == status);
        let kept = site.read(&file["id"]);
        assert_eq!(kept["operationStatus"], "FAILED");
        assert_eq!((&kept["sizeInBytes"], kept.get("media")), (&json!("-1"), None));
        assert_eq!(ids(&site.get("/files")["files"]), [text(&file["id"])]);
        assert_eq!(site.manager.take_imports(5).expect("orders"), [], "{code}");
        site.post(
            "/bulk/files/delete",
            json!({ "fileIds": [file["id"]], "permanent": true }),
        );
        let parts = site.manager.into_parts();
        assert_eq!(parts.blobs.list("", 100_000).expect("ids"), [""; 0], "{code}");
    }
}

#[test]
fn unreachable_source_reported_twice_fails_the_import_once() {
    let mut site = Site::new();
    let file = site.import(json!({ "url": "https://nowhere.example/a.jpg" }));
    let order = site.manager.take_imports(1).expect("orders").remove(0);
    let input = json!({ "file": order.file, "code": "SOURCE_UNREACHABLE", "description": "no such host" });
    for _ in 0..2 {
        site.manager.control("failImport", &input).expect("told");
    }
    assert_eq!(site.read(&file["id"])["operationStatus"], "FAILED");
    assert_eq!(site.events().len(), 1, "a second report changes nothing");
}

#[test]
fn import_without_a_known_type_takes_that_of_its_source() {
    let site = Site::new();
    for (url, headers, bytes, name, kind) in [
        (
            "https://h/get?id=1",
            &[("Content-Type", "text/csv; charset=utf-8")][..],
            &b"a,b"[..],
            "get.csv",
            "DOCUMENT",
        ),
        (
            "https://h/x",
            &[("Content-Type", "application/octet-stream")],
            PNG,
            "x.png",
            "IMAGE",
        ),
        ("https://h/y", &[], b"%PDF-1.7", "y.pdf", "DOCUMENT"),
        ("https://h/z.bin", &[], b"\x01\x02", "z.bin", "OTHER"),
    ] {
        let file = site.import(json!({ "url": url }));
        assert_eq!(file["mediaType"], "UNKNOWN", "{url}");
        assert_eq!(site.bring(200, headers, bytes).0, 200, "{url}");
        let done = site.read(&file["id"]);
        assert_eq!((&done["displayName"], &done["mediaType"]), (&json!(name), &json!(kind)));
        assert_eq!(done["id"], file["id"], "the id does not change with the type");
    }
    let file = site.import(json!({ "url": "https://h/film", "mediaType": "VIDEO" }));
    assert_eq!(file["mediaType"], "VIDEO");
    assert_eq!(reason(&site.bring(200, &[], PNG).1), "MISMATCH_MIME_TYPE");
    assert_eq!(site.read(&file["id"])["operationStatus"], "FAILED");
}

#[test]
fn file_changed_during_its_import_keeps_the_changes() {
    let mut site = Site::new();
    let file = site.import(json!({ "url": "https://h/get" }));
    let id = text(&file["id"]);
    let folder = site.folder("f", "media-root");
    let update = json!({ "file": { "id": id, "displayName": "mine", "parentFolderId": folder } });
    site.call("PATCH", "/files/update-file-descriptor", update);
    site.post("/bulk/files/delete", json!({ "fileIds": [id] }));
    assert_eq!(site.bring(200, &[], PNG).0, 200);
    let done = site.read(&file["id"]);
    assert_eq!(
        (&done["displayName"], &done["state"]),
        (&json!("mine"), &json!("DELETED"))
    );
    site.post("/bulk/trash-bin/files/restore", json!({ "fileIds": [id] }));
    assert_eq!(site.read(&file["id"])["parentFolderId"], folder.as_str());

    let gone = site.import(json!({ "url": "https://h/get" }));
    let order = site.manager.take_imports(1).expect("orders").remove(0);
    let mut intake = site.manager.open_import(&order.file, 200, &[]);
    site.manager.feed(&mut intake, PNG);
    site.post(
        "/bulk/files/delete",
        json!({ "fileIds": [gone["id"]], "permanent": true }),
    );
    site.events();
    assert_eq!(site.manager.close(intake).status, 404);
    let intake = site.manager.open_import(&order.file, 200, &[]);
    assert_eq!(site.manager.close(intake).status, 404);
    assert_eq!(site.events(), []);
    let parts = site.manager.into_parts();
    assert_eq!(
        parts.blobs.list("", 100_000).expect("ids").len(),
        1,
        "only the first file has a blob"
    );
}

#[test]
fn pending_imports_survive_restarts_and_abandoned_attempts() {
    let site = Site::new();
    let first = site.import(json!({ "url": "https://h/1.png" }));
    let second = site.import(json!({ "url": "https://h/2.png" }));
    let order = site.manager.take_imports(1).expect("orders").remove(0);
    assert_eq!(order.file, text(&first["id"]), "imports are taken oldest first");
    let mut intake = site.manager.open_import(&order.file, 200, &[]);
    site.manager.feed(&mut intake, PNG);
    site.manager.abandon(intake);
    assert_eq!(
        site.manager.take_imports(5).expect("orders").len(),
        2,
        "an abandoned import can be taken again"
    );
    let again = Manager::new(site.manager.into_parts()).expect("a manager");
    assert!(
        again.take_imports(5).expect("orders").is_empty(),
        "both are leased by the previous manager"
    );
    again.end_leases().expect("ended");
    let orders = again.take_imports(5).expect("orders");
    let files: Vec<_> = orders.iter().map(|order| &order.file[..]).collect();
    assert_eq!(files, [text(&first["id"]), text(&second["id"])]);
    let mut intake = again.open_import(files[1], 200, &[]);
    again.feed(&mut intake, PNG);
    assert_eq!(again.close(intake).status, 200);
    let parts = again.into_parts();
    assert_eq!(
        parts.blobs.list("", 100_000).expect("ids").len(),
        1,
        "an abandoned attempt leaves no blob"
    );
}

#[test]
fn bulk_import_fails_as_a_whole_in_v1_and_by_entry_in_v2() {
    let mut site = Site::new();
    let good = json!({ "url": "https://h/a.jpg", "filePath": "in/here" });
    let requests = json!([
        good,
        { "url": "ftp://h/a.jpg" },
        { "url": "https://h/b.jpg", "parentFolderId": "nobody", "filePath": "lost" },
        { "url": "https://h/c.jpg", "mediaType": "PICTURE" },
        { "url": "https://h/d.jpg", "labels": ["x".repeat(201)] },
        { "url": "https://h/e.pdf" },
    ]);
    let (status, answer) = site.call("POST", "/bulk/files/import", json!({ "importFileRequests": requests }));
    assert_eq!((status, &reason(&answer)[..]), (400, "OTHER"));
    let two = json!({ "importFileRequests": [good, { "url": "ftp://h/a.jpg" }] });
    let (status, answer) = site.call("POST", "/bulk/files/import", two);
    let violation = &answer["details"]["validationError"]["fieldViolations"][0];
    assert_eq!(
        (status, &violation["field"]),
        (400, &json!("importFileRequests[1].url"))
    );
    assert_eq!(site.events(), [], "a refused bulk import creates nothing");
    let two = json!({ "importFileRequests": [good, { "url": "https://h/e.pdf" }] });
    let answer = site.post("/bulk/files/import", two);
    assert_eq!(answer["files"][1]["displayName"], "e.pdf");
    assert_eq!(site.manager.take_imports(9).expect("orders").len(), 2);

    let answer = site.post("/bulk/files/import-v2", json!({ "importFileRequests": requests }));
    let metadata = json!({ "totalSuccesses": 2, "totalFailures": 4, "undetailedFailures": 0 });
    assert_eq!(answer["bulkActionMetadata"], metadata);
    let results = answer["results"].as_array().expect("results");
    let codes: Vec<_> = results
        .iter()
        .map(|result| result["itemMetadata"]["error"]["code"].as_str().unwrap_or("fine"))
        .collect();
    assert_eq!(
        codes,
        [
            "fine",
            "FORMAT",
            "PARENT_FOLDER_NOT_FOUND",
            "OTHER",
            "MAX_LENGTH",
            "fine"
        ]
    );
    for (at, result) in results.iter().enumerate() {
        let metadata = &result["itemMetadata"];
        assert_eq!(metadata["originalIndex"], at);
        assert_eq!(metadata["success"], metadata.get("error").is_none());
        assert_eq!(metadata.get("id").is_some(), result.get("item").is_some());
    }
    assert_eq!(results[0]["item"]["id"], results[0]["itemMetadata"]["id"]);
    let folders = site.get("/folders");
    assert_eq!(
        folders["folders"].as_array().map(Vec::len),
        Some(1),
        "a refused entry creates no folder"
    );
    let body = json!({ "importFileRequests": [good], "returnEntity": false });
    let answer = site.post("/bulk/files/import-v2", body);
    assert_eq!(answer["results"][0].get("item"), None);
    for body in [
        json!({ "importFileRequests": [] }),
        json!({ "importFileRequests": [good, {}] }),
        json!({ "importFileRequests": [good, 1] }),
        json!({ "importFileRequests": vec![good; 101] }),
    ] {
        assert_eq!(site.call("POST", "/bulk/files/import-v2", body).0, 400);
    }
}

#[test]
fn import_by_visitor_lands_in_visitor_uploads() {
    let site = Site::new();
    let request = Request::new("POST", "/site-media/v1/files/import").body(r#"{"url":"https://h/a.jpg"}"#);
    let (_, answer) = site.json(request.from(Origin::Visitor));
    assert_eq!(answer["file"]["parentFolderId"], "visitor-uploads");
}

#[test]
fn import_from_private_address_needs_the_option() {
    let options = json!({ "allowPrivateImports": true });
    let site = Site::with(Options::from_json(&options).expect("options"));
    site.import(json!({ "url": "http://127.0.0.1:8080/a.jpg" }));
    let ask = |name: &str, input: Value| site.manager.control(name, &input).expect("asked");
    assert_eq!(ask("isPrivate", json!({ "address": "127.0.0.1" })), false);
    assert_eq!(
        ask("checkImportUrl", json!({ "url": "http://[::1]/" })),
        json!({ "origin": "http://[::1]:80" })
    );
    assert_eq!(ask("importRules", json!({}))["totalMs"], 60_000);
    let site = Site::new();
    let ask = |name: &str, input: Value| site.manager.control(name, &input).expect("asked");
    assert_eq!(ask("isPrivate", json!({ "address": "127.0.0.1" })), true);
    assert!(ask("checkImportUrl", json!({ "url": "http://[::1]/" }))["refused"].is_string());
    assert!(ask("checkImportUrl", json!({ "url": "file:///etc" }))["refused"].is_string());
}

#[test]
fn processing_told_to_fail_sends_file_failed() {
    let options = json!({ "processing": { "fail": ["VIDEO", "broken*"], "pendingMs": { "VIDEO": 50 } } });
    let mut site = Site::with(Options::from_json(&options).expect("options"));
    let (_, answer) = site.upload("text/plain", json!({ "fileName": "broken.txt" }), b"x");
    assert_eq!(answer["file"]["operationStatus"], "FAILED");
    let (_, answer) = site.upload("video/mp4", json!({ "fileName": "a.mp4" }), FILM);
    assert_eq!(answer["file"]["operationStatus"], "PENDING");
    site.clock.advance(50);
    let film = site.read(&answer["file"]["id"]);
    assert_eq!((&film["operationStatus"], film.get("media")), (&json!("FAILED"), None));
    let events = site.event_bodies();
    let codes: Vec<_> = events
        .iter()
        .map(|event| {
            (
                text(&event["slug"]),
                text(&event["actionEvent"]["body"]["error"]["code"]),
            )
        })
        .collect();
    let failed = ("file_failed".to_owned(), "PROCESSING_FAILED".to_owned());
    assert_eq!(codes, [failed.clone(), failed]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The file becomes ready with all of its bytes or fails, and sends one event.
    #[test]
    fn import_with_any_answer_ends_ready_or_failed(
        url in "https://h/[a-z]{0,3}(\\.(jpg|mp4|txt|zip|bin))?", status in prop::sample::select(&[200_u16, 200, 204, 404, 0][..]),
        kind in "(image/png|text/html|application/octet-stream|video/mp4|.{0,10})", length in "[0-9]{0,20}|.{0,4}",
        start in prop::sample::select(&[PNG, b"%PDF-1.7", b"<svg ", b"", b"\0\0\0\x10ftypisom\0\0\0\0"][..]), noise: Vec<u8>,
    ) {
        let mut site = Site::new();
        let file = site.import(json!({ "url": url }));
        let bytes = [start, &noise].concat();
        let (code, answer) = site.bring(status, &[("Content-Type", &kind), ("Content-Length", &length)], &bytes);
        site.clock.advance(1000);
        let done = site.read(&file["id"]);
        let ready = done["operationStatus"] == "READY";
        prop_assert!(ready || done["operationStatus"] == "FAILED", "{}", done);
        // What is not what it claims is stored, and fails later.
        prop_assert!(code == 200 || !ready);
        let size = if code == 200 { bytes.len().to_string() } else { "-1".to_owned() };
        prop_assert_eq!(text(&done["sizeInBytes"]), size, "{}", answer);
        let slugs: Vec<_> = site.events().into_iter().map(|(_, slug, _)| slug).collect();
        prop_assert_eq!(slugs, [if ready { "file_ready" } else { "file_failed" }]);
    }
}
