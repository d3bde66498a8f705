//! Uploads: plain and TUS, the data derived from their bytes, and what is refused.

use crate::site::{FILM, START, Site, reason, target, text};
use data_encoding::BASE64;
use proptest::prelude::*;
use serde_json::{Value, json};
use wix_media::manager::{Intake, Manager, Options, Request, Response};

/// The head of a PNG of 5 by 7 pixels.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08\x02\0\0\0";

#[test]
fn uploaded_image_gets_the_data_of_its_bytes() {
    let mut site = Site::new();
    let options = json!({
        "fileName": "harbour", "labels": ["a", "b"], "filePath": "/photos//2024/",
        "externalInfo": { "origin": "shop", "externalIds": ["1"] }, "sizeInBytes": "999",
    });
    let (status, answer) = site.upload("image/jpeg", options, PNG);
    assert_eq!(status, 200, "{answer}");
    let file = &answer["file"];
    let id = text(&file["id"]);
    assert!(id.ends_with("~mv2.png") && id.len() == 6 + 1 + 32 + 8, "{id}");
    assert_eq!(file["displayName"], "harbour.png");
    assert_eq!(file["mimeType"], "image/png");
    assert_eq!(file["sizeInBytes"], PNG.len().to_string());
    assert_eq!(file["hash"], md5_of(PNG));
    assert_eq!(file["operationStatus"], "READY");
    assert_eq!(file["media"]["image"]["image"]["width"], 5);
    assert_eq!(file["media"]["image"]["image"]["height"], 7);
    assert_eq!(file["url"], format!("http://127.0.0.1/media/{id}"));
    assert_eq!(file["thumbnailUrl"], file["url"]);
    let events = site.event_bodies();
    let slugs: Vec<_> = events.iter().map(|event| text(&event["slug"])).collect();
    assert_eq!(slugs, ["created", "created", "file_ready"]);
    assert_eq!(
        events[2]["actionEvent"]["body"]["externalInfo"]["externalIds"],
        json!(["1"])
    );
    assert_eq!(events[2]["actionEvent"]["body"]["file"], *file);
    let again = site
        .upload(
            "image/png",
            json!({ "fileName": "x.png", "filePath": "photos/2024" }),
            PNG,
        )
        .1;
    assert_eq!(again["file"]["parentFolderId"], file["parentFolderId"]);
    assert_eq!(site.events().len(), 1, "the folders of the path are reused");
}

#[test]
fn ids_in_paths_begin_with_the_prefix_of_the_site() {
    let site = Site::with(Options {
        id_prefix: Some("00abc1".into()),
        ..Options::default()
    });
    let file = site.upload("image/png", json!({ "fileName": "a.png" }), PNG).1["file"].clone();
    let id = text(&file["id"]);
    assert!(id.starts_with("00abc1_") && id.len() == 6 + 1 + 32 + 8, "{id}");
    let zip = site.post("/folders/media-root/generate-download-url", json!({}));
    let url = text(&zip["downloadUrl"]);
    assert!(url.contains("/archive/wix/00abc1_"), "{url}");
    let body = json!({ "mimeType": "image/png", "fileName": "b.png" });
    let made = site.post("/files/generate-resumable-upload-url", body);
    let token = BASE64.encode(text(&made["uploadToken"]).as_bytes());
    let request = Request::new("POST", "/upload/tus")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "5")
        .header("Upload-Metadata", &format!("token {token}"));
    let created = site.manager.handle(request);
    let place = created.header("location").expect("a location");
    assert!(place.contains("/upload/tus/00abc1_"), "{place}");
}

fn md5_of(bytes: &[u8]) -> String {
    use md5::Digest;
    data_encoding::HEXLOWER.encode(&md5::Md5::digest(bytes))
}

#[test]
fn uploaded_file_gets_the_media_type_and_url_of_its_content() {
    let site = Site::new();
    for (mime, name, bytes, kind, place) in [
        (
            "image/svg+xml",
            "a.svg",
            &b"<svg width='2' height='3'/>"[..],
            "VECTOR",
            "shapes",
        ),
        ("application/pdf", "a.pdf", b"%PDF-1.7", "DOCUMENT", "ugd"),
        ("application/zip", "a.zip", b"PK\x05\x06", "ARCHIVE", "archives"),
        ("model/gltf-binary", "a.glb", b"glTF", "MODEL3D", "3d"),
        ("application/octet-stream", "a.bin", b"\x01\x02", "OTHER", "ugd"),
        ("application/octet-stream", "a.docx", b"PK\x03\x04", "DOCUMENT", "ugd"),
        ("application/octet-stream", "photo", PNG, "IMAGE", "media"),
    ] {
        let (status, answer) = site.upload(mime, json!({ "fileName": name }), bytes);
        assert_eq!(status, 200, "{name}: {answer}");
        let file = &answer["file"];
        assert_eq!(file["mediaType"], kind, "{name}");
        assert_eq!(file["url"], format!("http://127.0.0.1/{place}/{}", text(&file["id"])));
        assert_eq!(file.get("media").is_none(), kind == "OTHER");
    }
}

#[test]
fn uploaded_video_is_pending_until_processed() {
    let mut site = Site::new();
    let (_, answer) = site.upload("video/mp4", json!({ "fileName": "a.mp4" }), FILM);
    let id = text(&answer["file"]["id"]);
    assert!(!id.contains('.'), "the id of a video has no extension: {id}");
    assert_eq!(answer["file"]["operationStatus"], "PENDING");
    assert_eq!(answer["file"].get("media"), None);
    assert_eq!(site.events(), []);
    let stream = json!({ "fileId": id });
    assert_eq!(
        site.refused("POST", "/files/generate-video-stream-url", stream).1,
        "FILE_NOT_READY"
    );
    let due = site.manager.next_tick().expect("asked");
    site.clock.advance(499);
    assert_eq!(site.get(&format!("/files/{id}"))["file"]["operationStatus"], "PENDING");
    site.clock.advance(1);
    site.manager.tick().expect("ticked");
    assert_eq!(due, Some(crate::site::START + 500));
    assert_eq!(site.events().len(), 1);
    let file = &site.get(&format!("/files/{id}"))["file"];
    assert_eq!(file["operationStatus"], "READY");
    // Nothing is known of these bytes, and nothing is said.
    let resolution = &file["media"]["video"]["resolutions"][0];
    assert_eq!(resolution["format"], "mp4");
    for unknown in ["quality", "width", "height"] {
        assert_eq!(resolution.get(unknown), None, "{unknown}");
    }
    assert_eq!(resolution["url"], file["url"]);
    assert_eq!(site.events(), [], "a file becomes ready once");
}

#[test]
fn upload_url_with_invalid_options_is_refused() {
    let site = Site::with(Options {
        quota: Some(30_000_000),
        ..Options::default()
    });
    for (mime, options, code) in [
        ("image/png", json!({ "fileName": "a.mp4" }), "MISMATCH_MIME_TYPE"),
        ("nonsense", json!({}), "UNSUPPORTED_FILE_FORMAT"),
        ("image/png", json!({ "sizeInBytes": "0" }), "ZERO_FILE_SIZE"),
        (
            "image/png",
            json!({ "sizeInBytes": "25000001" }),
            "FILE_SIZE_OVER_LIMIT",
        ),
        (
            "application/pdf",
            json!({ "sizeInBytes": "30000001" }),
            "SITE_QUOTA_EXCEEDED",
        ),
        (
            "model/gltf-binary",
            json!({ "private": true }),
            "UNSUPPORTED_FILE_FORMAT",
        ),
        (
            "image/png",
            json!({ "parentFolderId": "nobody" }),
            "PARENT_FOLDER_NOT_FOUND",
        ),
        (
            "image/png",
            json!({ "parentFolderId": "trash-root" }),
            "PARENT_FOLDER_IN_TRASH",
        ),
        ("image/png", json!({ "fileName": " " }), "MIN_LENGTH"),
        ("image/png", json!({ "labels": vec!["x"; 51] }), "MAX_SIZE"),
    ] {
        let (status, answer) = site.upload(mime, options.clone(), PNG);
        assert_eq!((status, &reason(&answer)[..]), (400, code), "{mime} {options}");
    }
    let resumable = json!({ "mimeType": "image/png", "labels": vec!["x"; 51] });
    site.post("/files/generate-resumable-upload-url", resumable);
}

#[test]
fn upload_of_invalid_bytes_is_refused_and_leaves_nothing() {
    let mut site = Site::with(Options {
        limits: vec![("IMAGE".into(), 100)],
        quota: Some(1000),
        ..Options::default()
    });
    for (mime, name, bytes, status, code) in [
        ("image/png", "a.png", vec![], 400, "ZERO_FILE_SIZE"),
        (
            "image/png",
            "a.png",
            [PNG, &[0; 100]].concat(),
            413,
            "FILE_SIZE_OVER_LIMIT",
        ),
        ("image/png", "a.png", b"%PDF-1.7".to_vec(), 400, "MISMATCH_MIME_TYPE"),
        ("application/pdf", "a.pdf", PNG.to_vec(), 400, "MISMATCH_MIME_TYPE"),
        ("application/pdf", "a.pdf", vec![b'x'; 1001], 400, "SITE_QUOTA_EXCEEDED"),
    ] {
        let (found, answer) = site.upload(mime, json!({ "fileName": name, "filePath": "new" }), &bytes);
        assert_eq!((found, &reason(&answer)[..]), (status, code), "{name}");
    }
    assert_eq!(site.events(), []);
    assert_eq!(site.get("/folders")["folders"], json!([]));
    let parts = site.manager.into_parts();
    assert_eq!(parts.blobs.list("", 100_000).expect("ids"), [""; 0]);
}

#[test]
fn upload_url_used_twice_returns_409() {
    let site = Site::new();
    let body = json!({ "mimeType": "image/png" });
    let url = text(&site.post("/files/generate-upload-url", body)["uploadUrl"]);
    let path = target(&url);
    let put = |path: &str, bytes: &[u8]| site.json(Request::new("PUT", path).body(bytes));
    assert_eq!(
        reason(&put(&path, PNG).1),
        "REQUIRED_FIELD",
        "the URL was generated without a file name"
    );
    let named = format!("{path}?filename=river%20bank.png");
    assert_eq!(put(&named, b"").0, 400);
    let authorised = Request::new("PUT", &named).header("Authorization", "x").body(PNG);
    assert_eq!(site.json(authorised).0, 400);
    let (status, answer) = put(&named, PNG);
    assert_eq!(
        (status, &answer["file"]["displayName"]),
        (200, &json!("river bank.png"))
    );
    let (status, answer) = put(&named, PNG);
    assert_eq!((status, &reason(&answer)[..]), (409, "UPLOAD_ALREADY_COMPLETED"));
    let (status, answer) = put(&path[..path.len() - 1], PNG);
    assert_eq!((status, &reason(&answer)[..]), (403, "UPLOAD_TOKEN_INVALID"));
    let url = text(&site.post("/files/generate-upload-url", json!({ "mimeType": "image/png" }))["uploadUrl"]);
    site.clock.advance(86_410_000);
    let (status, answer) = put(&target(&url), PNG);
    assert_eq!((status, &reason(&answer)[..]), (403, "UPLOAD_TOKEN_EXPIRED"));
}

#[test]
fn upload_into_folder_trashed_meanwhile_is_refused() {
    let site = Site::new();
    let folder = site.folder("f", "media-root");
    let body = json!({ "mimeType": "image/png", "fileName": "a.png", "parentFolderId": folder });
    let path = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    site.post("/bulk/folders/delete", json!({ "folderIds": [folder] }));
    let (_, answer) = site.json(Request::new("PUT", &path).body(PNG));
    assert_eq!(reason(&answer), "PARENT_FOLDER_IN_TRASH");
    site.post("/bulk/trash-bin/folders/restore", json!({ "folderIds": [folder] }));
    assert_eq!(site.json(Request::new("PUT", &path).body(PNG)).0, 200);
}

#[test]
fn upload_url_has_the_host_of_its_request() {
    let site = Site::new();
    let body = json!({ "mimeType": "image/png" }).to_string();
    for (host, base) in [
        ("media.example:4410", "http://media.example:4410/"),
        ("a\"b/c", "http://127.0.0.1/"),
    ] {
        let request = Request::new("POST", "/site-media/v1/files/generate-upload-url")
            .header("Host", host)
            .body(&*body);
        let (_, answer) = site.json(request);
        assert!(text(&answer["uploadUrl"]).starts_with(base));
    }
}

struct Tus {
    site: Site,
    url: String,
    token: String,
}

impl Tus {
    fn new(mut body: Value) -> Tus {
        let site = Site::new();
        body["mimeType"] = "image/png".into();
        let answer = site.post("/files/generate-resumable-upload-url", body);
        assert_eq!(answer["uploadProtocol"], "TUS");
        Tus {
            url: target(&text(&answer["uploadUrl"])),
            token: text(&answer["uploadToken"]),
            site,
        }
    }

    fn create(&self, length: &str, token: &str) -> Response {
        let metadata = format!(
            "filename {},token {}",
            BASE64.encode(b"a.png"),
            BASE64.encode(token.as_bytes())
        );
        let request = Request::new("POST", &self.url)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", length)
            .header("Upload-Metadata", &metadata);
        self.site.send(request)
    }

    fn started(&self, length: usize) -> String {
        let response = self.create(&length.to_string(), &self.token);
        assert_eq!(response.status, 201);
        target(response.header("location").expect("a location"))
    }

    fn chunk(&self, location: &str, offset: usize, bytes: &[u8]) -> Response {
        let request = Request::new("PATCH", location)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", &offset.to_string())
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes);
        self.site.send(request)
    }

    fn status(&self, location: &str) -> Response {
        self.site
            .send(Request::new("HEAD", location).header("Tus-Resumable", "1.0.0"))
    }

    fn finalise(&self) -> (u16, Value) {
        let request = Request::new("PUT", &format!("{}/{}", self.url, self.token));
        self.site
            .json(request.header("Content-Type", "application/json").body("{}"))
    }
}

#[test]
fn tus_upload_in_chunks_becomes_a_file() {
    let mut tus = Tus::new(json!({ "labels": ["x"], "externalInfo": { "origin": "o" } }));
    assert_eq!(reason(&tus.finalise().1), "UPLOAD_INCOMPLETE");
    let location = tus.started(PNG.len());
    assert_eq!(tus.status(&location).header("upload-offset"), Some("0"));
    let response = tus.chunk(&location, 0, &PNG[..10]);
    assert_eq!((response.status, response.header("upload-offset")), (204, Some("10")));
    assert!(response.header("upload-expires").is_some());
    assert_eq!(tus.chunk(&location, 9, &PNG[9..]).status, 409);
    assert_eq!(tus.finalise().0, 400);
    assert_eq!(tus.chunk(&location, 10, &PNG[10..11]).status, 204);
    let response = tus.status(&location);
    assert_eq!((response.status, response.header("upload-offset")), (200, Some("11")));
    assert_eq!(response.header("upload-length"), Some(&PNG.len().to_string()[..]));
    assert_eq!(tus.chunk(&location, 11, &[PNG, PNG].concat()).status, 413);
    assert_eq!(tus.chunk(&location, 11, &PNG[11..]).status, 204);
    let (status, answer) = tus.finalise();
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["file"]["hash"], md5_of(PNG));
    assert_eq!(answer["file"]["displayName"], "a.png");
    assert_eq!(answer["file"]["media"]["image"]["image"]["width"], 5);
    assert_eq!(tus.finalise().0, 409);
    assert_eq!(tus.status(&location).status, 404);
    let events = tus.site.event_bodies();
    assert_eq!(
        events[0]["actionEvent"]["body"]["externalInfo"],
        json!({ "origin": "o" })
    );
}

#[test]
fn invalid_tus_request_is_refused() {
    let tus = Tus::new(json!({}));
    let token = &tus.token;
    for (length, token, status) in [
        ("10", "forged", 403),
        ("", token, 400),
        ("-1", token, 400),
        ("1e3", token, 400),
        ("25000001", token, 413),
    ] {
        assert_eq!(tus.create(length, token).status, status, "{length} {token}");
    }
    let location = tus.started(PNG.len());
    let without_version = Request::new("HEAD", &location);
    let response = tus.site.send(without_version);
    assert_eq!((response.status, response.header("tus-version")), (412, Some("1.0.0")));
    let wrong_type = Request::new("PATCH", &location)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", "0")
        .header("Content-Type", "image/png");
    assert_eq!(tus.site.send(wrong_type).status, 415);
    let deferred = Request::new("POST", "/upload/tus")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Defer-Length", "2")
        .header("Upload-Metadata", &format!("token {}", BASE64.encode(token.as_bytes())));
    assert_eq!(tus.site.send(deferred).status, 400);
    assert_eq!(tus.status("/upload/tus/nobody").status, 404);
    assert_eq!(tus.chunk("/upload/tus/nobody", 0, b"").status, 404);
    let options = tus.site.send(Request::new("OPTIONS", "/upload/tus"));
    assert_eq!(
        options.header("tus-extension"),
        Some("creation,creation-defer-length,creation-with-upload,expiration,termination")
    );
    assert_eq!(tus.site.send(Request::new("GET", "/upload/tus")).status, 405);
}

#[test]
fn tus_upload_created_with_its_bytes_takes_one_request() {
    for (length, body, status, offset) in [
        (PNG.len(), PNG.len(), 201, Some(PNG.len())),
        (PNG.len(), 10, 201, Some(10)),
        (5, 6, 413, None),
    ] {
        let tus = Tus::new(json!({}));
        let token = BASE64.encode(tus.token.as_bytes());
        let request = Request::new("POST", &tus.url)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", &length.to_string())
            .header("Upload-Metadata", &format!("filename YS5wbmc=,token {token}"))
            .header("Content-Type", "application/offset+octet-stream");
        let response = tus.site.send(request.body(&PNG[..body]));
        assert_eq!(response.status, status);
        let given = response.header("upload-offset").and_then(|offset| offset.parse().ok());
        assert_eq!(given, offset);
        let Some(location) = response.header("location").map(target) else {
            assert_eq!(status, 413);
            continue;
        };
        if body < length {
            assert_eq!(tus.chunk(&location, body, &PNG[body..]).status, 204);
        }
        let (status, answer) = tus.finalise();
        assert_eq!(
            (status, &answer["file"]["sizeInBytes"]),
            (200, &json!(length.to_string()))
        );
    }
}

#[test]
fn tus_upload_restarted_deleted_or_expired_is_gone() {
    let tus = Tus::new(json!({}));
    let first = tus.started(5);
    tus.chunk(&first, 0, b"12345");
    let second = tus.started(PNG.len());
    assert_eq!(tus.status(&first).status, 404);
    assert_eq!(tus.finalise().0, 400);
    let gone = Request::new("DELETE", &second).header("Tus-Resumable", "1.0.0");
    assert_eq!(tus.site.send(gone).status, 204);
    let missing = tus.status(&second);
    assert_eq!(
        (missing.status, missing.header("cache-control")),
        (404, Some("no-store"))
    );
    let third = tus.started(PNG.len());
    tus.chunk(&third, 0, PNG);
    tus.site.clock.advance(604_810_000);
    assert_eq!(tus.status(&third).status, 410);
    assert_eq!(reason(&tus.finalise().1), "UPLOAD_TOKEN_EXPIRED");
}

#[test]
fn interrupted_body_is_kept_by_tus_and_dropped_by_put() {
    let tus = Tus::new(json!({}));
    let location = tus.started(PNG.len());
    let head = Request::new("PATCH", &location)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", "0")
        .header("Content-Type", "application/offset+octet-stream")
        .head;
    let mut intake = tus.site.manager.open(head);
    tus.site.manager.feed(&mut intake, &PNG[..7]);
    tus.site.manager.abandon(intake);
    assert_eq!(tus.status(&location).header("upload-offset"), Some("7"));

    let site = Site::new();
    let body = json!({ "mimeType": "image/png", "fileName": "a.png" });
    let path = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    let mut intake = site.manager.open(Request::new("PUT", &path).head);
    site.manager.feed(&mut intake, &PNG[..7]);
    site.manager.abandon(intake);
    assert_eq!(site.json(Request::new("PUT", &path).body(PNG)).0, 200);
    assert_eq!(site.manager.into_parts().blobs.list("", 100_000).expect("ids").len(), 1);
}

#[test]
fn large_upload_in_pieces_becomes_a_file() {
    let site = Site::new();
    let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf" });
    let path = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    let mut intake = site.manager.open(Request::new("PUT", &path).head);
    for _ in 0..100 {
        assert!(site.manager.feed(&mut intake, &[7; 10_000]));
    }
    let response = site.manager.close(intake);
    assert_eq!(response.status, 200);
    let answer: Value = serde_json::from_slice(&site.manager.collect(response.body).expect("a body")).expect("JSON");
    assert_eq!(answer["file"]["sizeInBytes"], "1000000");
    assert_eq!(answer["file"]["hash"], md5_of(&vec![7; 1_000_000]));
}

fn patch(location: &str, offset: usize) -> Request {
    Request::new("PATCH", location)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", &offset.to_string())
        .header("Content-Type", "application/offset+octet-stream")
}

#[test]
fn tus_patch_after_a_dead_connection_takes_the_upload_over() {
    let tus = Tus::new(json!({}));
    let location = tus.started(PNG.len());
    let mut dead = tus.site.manager.open(patch(&location, 0).head);
    assert!(tus.site.manager.feed(&mut dead, &PNG[..10]));
    assert_eq!(
        tus.status(&location).header("upload-offset"),
        Some("10"),
        "bytes on an open connection count"
    );
    assert!(
        tus.site.manager.feed(&mut dead, &PNG[10..12]),
        "no request has taken over yet"
    );
    let wrong = tus.chunk(&location, 11, &PNG[11..]);
    assert_eq!(wrong.status, 409, "the offset is behind the stored bytes");
    assert_eq!(tus.status(&location).header("upload-offset"), Some("12"));
    assert_eq!(tus.chunk(&location, 12, &PNG[12..15]).status, 204);
    assert!(
        !tus.site.manager.feed(&mut dead, &PNG[12..14]),
        "the old connection is refused"
    );
    let late = tus.site.manager.close(dead);
    assert_eq!(late.status, 409);
    assert_eq!(tus.status(&location).header("upload-offset"), Some("15"));
    assert_eq!(tus.chunk(&location, 15, &PNG[15..]).status, 204);
    assert_eq!(tus.finalise().1["file"]["hash"], md5_of(PNG));
}

#[test]
fn tus_upload_that_has_ended_refuses_more_bytes() {
    for ending in ["DELETE", "POST", "PUT"] {
        let tus = Tus::new(json!({}));
        let location = tus.started(PNG.len());
        let mut open = tus.site.manager.open(patch(&location, 0).head);
        assert!(tus.site.manager.feed(&mut open, PNG));
        let expected = match ending {
            "DELETE" => {
                let request = Request::new("DELETE", &location).header("Tus-Resumable", "1.0.0");
                assert_eq!(tus.site.send(request).status, 204);
                0
            }
            "POST" => {
                tus.started(5);
                1
            }
            _ => {
                let (status, answer) = tus.finalise();
                assert_eq!(
                    (status, &answer["file"]["hash"]),
                    (200, &json!(md5_of(PNG))),
                    "{answer}"
                );
                1
            }
        };
        assert!(!tus.site.manager.feed(&mut open, b"more"), "{ending}");
        assert_eq!(tus.site.manager.close(open).status, 409, "{ending}");
        let blobs = tus.site.manager.into_parts().blobs.list("", 100_000).expect("ids");
        assert_eq!(blobs.len(), expected, "{ending}");
    }
}

#[test]
fn upload_urls_beyond_the_limit_forget_unused_ones() {
    let site = Site::new();
    let ask = |site: &Site| {
        let body = json!({ "mimeType": "text/plain", "fileName": "a.txt" });
        site.call("POST", "/files/generate-upload-url", body)
    };
    let filled = |site: Site, blob: Option<&str>| {
        let Site { manager, clock, .. } = site;
        let parts = manager.into_parts();
        let mut writer = parts.catalog.write().expect("a writer");
        for number in 0..100_000 {
            let expires = START + 86_400_000 + number;
            let mut upload = wix_media::catalog::Upload::new(&format!("{number}"), "f", "{}", expires);
            upload.blob = blob.map(str::to_owned);
            writer.put_upload(&upload).expect("written");
        }
        // The next URL is one of those at which uploads are counted.
        writer.set_setting("uploads", "999").expect("written");
        writer.commit().expect("committed");
        Site::on(Manager::new(parts).expect("a manager"), clock)
    };
    let site = filled(site, None);
    assert_eq!(ask(&site).0, 200);
    let Site { manager, clock, .. } = site;
    let parts = manager.into_parts();
    let count = parts
        .catalog
        .read()
        .expect("a snapshot")
        .upload_count()
        .expect("a count");
    assert_eq!(count, 99_001, "a thousand have gone, and one is new");
    let site = Site::on(Manager::new(parts).expect("a manager"), clock);
    let site = filled(site, Some("b"));
    let (status, answer) = ask(&site);
    assert_eq!(
        (status, &answer["details"]["applicationError"]["code"]),
        (429, &json!("TOO_MANY_UPLOADS"))
    );
}

#[test]
fn tus_upload_finalised_twice_returns_the_id_of_its_file() {
    let tus = Tus::new(json!({}));
    let location = tus.started(PNG.len());
    tus.chunk(&location, 0, PNG);
    let file = tus.finalise().1["file"]["id"].clone();
    let (status, answer) = tus.finalise();
    assert_eq!((status, &reason(&answer)[..]), (409, "UPLOAD_ALREADY_COMPLETED"));
    assert_eq!(answer["details"]["applicationError"]["data"]["fileId"], file);
}

#[test]
fn concurrent_puts_to_one_url_make_one_file() {
    let site = Site::new();
    let body = json!({ "mimeType": "text/plain", "fileName": "a.txt" });
    let path = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    let mut first = site.manager.open(Request::new("PUT", &path).head);
    let mut second = site.manager.open(Request::new("PUT", &path).head);
    for piece in [b"one ", b"two "] {
        assert!(site.manager.feed(&mut first, piece));
        assert!(site.manager.feed(&mut second, &piece.to_ascii_uppercase()));
    }
    let response = site.manager.close(second);
    assert_eq!(response.status, 200);
    let answer: Value = serde_json::from_slice(&site.manager.collect(response.body).expect("a body")).expect("JSON");
    assert_eq!(answer["file"]["hash"], md5_of(b"ONE TWO "));
    assert!(site.manager.feed(&mut first, b"three"));
    assert_eq!(site.manager.close(first).status, 409);
    let (response, bytes) = site.fetch(Request::new("GET", &target(&text(&answer["file"]["url"]))));
    assert_eq!((response.status, &bytes[..]), (200, &b"ONE TWO "[..]));
    assert_eq!(site.manager.into_parts().blobs.list("", 100_000).expect("ids").len(), 1);
}

#[test]
fn upload_with_invalid_headers_is_refused_before_its_body() {
    let site = Site::with(Options {
        limits: vec![("IMAGE".into(), 100)],
        ..Options::default()
    });
    let body = json!({ "mimeType": "image/png", "fileName": "a.png" });
    let path = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    for (name, value, status, code) in [
        ("Content-Length", "101", 413, "FILE_SIZE_OVER_LIMIT"),
        ("Content-Type", "multipart/form-data; boundary=x", 400, "OTHER"),
        ("Content-Type", "Multipart/Form-Data; boundary=x", 400, "OTHER"),
        ("Content-Range", "bytes 5-9/10", 400, "OTHER"),
        ("Authorization", "key", 400, "OTHER"),
    ] {
        let mut intake = site.manager.open(Request::new("PUT", &path).header(name, value).head);
        assert!(!site.manager.feed(&mut intake, PNG), "{name}");
        let response = site.manager.close(intake);
        let body = site.manager.collect(response.body).expect("a body");
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((response.status, &reason(&answer)[..]), (status, code));
    }
    let mut intake = site
        .manager
        .open(Request::new("PUT", &path).header("Content-Length", "30").head);
    assert!(site.manager.feed(&mut intake, &[1; 90]));
    assert!(
        !site.manager.feed(&mut intake, &[1; 90]),
        "the limit applies whatever length was announced"
    );
    assert_eq!(site.manager.close(intake).status, 413);
    assert_eq!(
        site.json(Request::new("PUT", &path).body(PNG)).0,
        200,
        "a refused upload does not use the URL up"
    );
    let tus = Tus::new(json!({}));
    let location = tus.started(5);
    let request = patch(&location, 0).header("Content-Length", "6");
    assert_eq!(tus.site.send(request).status, 413);
}

/// A step of clients, some with dead connections, on one TUS upload.
#[derive(Clone, Debug)]
enum Move {
    /// Opens a PATCH at the offset of a HEAD, or at this one.
    Open(Option<u8>),
    /// Sends bytes on one of the open requests.
    Feed(prop::sample::Index, u8),
    Close(prop::sample::Index),
    Abandon(prop::sample::Index),
    Status,
    Restart,
    StartOver,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let which = any::<prop::sample::Index>();
    let one = prop_oneof![
        4 => prop::option::weighted(0.2, any::<u8>()).prop_map(Move::Open),
        8 => (which.clone(), 0..9_u8).prop_map(|(which, count)| Move::Feed(which, count)),
        2 => which.clone().prop_map(Move::Close),
        2 => which.prop_map(Move::Abandon),
        2 => Just(Move::Status),
        1 => Just(Move::Restart),
        1 => Just(Move::StartOver),
    ];
    prop::collection::vec(one, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// No byte is lost, repeated or misplaced when requests overlap, break off and resume.
    #[test]
    fn tus_upload_under_overlapping_requests_keeps_its_bytes_in_order(moves in moves(), tail in 1..40_usize) {
        let mut source = PNG.to_vec();
        source.extend((0..tail).map(|at| at as u8));
        let mut tus = Tus::new(json!({}));
        let mut location = tus.started(source.len());
        let mut open: Vec<(Intake, usize)> = Vec::new();
        let told = |tus: &Tus, location: &str| -> usize {
            let response = tus.status(location);
            assert_eq!(response.status, 200);
            response.header("upload-offset").and_then(|offset| offset.parse().ok()).expect("an offset")
        };
        let mut least = 0;
        for one in moves {
            match one {
                Move::Open(elsewhere) => {
                    let offset = match elsewhere {
                        Some(offset) => usize::from(offset) % (source.len() + 2),
                        None => told(&tus, &location),
                    };
                    open.push((tus.site.manager.open(patch(&location, offset).head), offset));
                }
                Move::Feed(which, count) if !open.is_empty() => {
                    let (intake, at) = which.get_mut(&mut open);
                    let end = (*at + usize::from(count)).min(source.len());
                    tus.site.manager.feed(intake, source.get(*at..end).unwrap_or_default());
                    *at = end;
                }
                Move::Close(which) if !open.is_empty() => {
                    let (intake, at) = open.swap_remove(which.index(open.len()));
                    let response = tus.site.manager.close(intake);
                    if response.status == 204 {
                        let confirmed = response.header("upload-offset").and_then(|offset| offset.parse().ok());
                        prop_assert_eq!(confirmed, Some(at));
                        least = at;
                    }
                }
                Move::Abandon(which) if !open.is_empty() => {
                    let (intake, _) = open.swap_remove(which.index(open.len()));
                    tus.site.manager.abandon(intake);
                }
                Move::Status => {
                    let offset = told(&tus, &location);
                    prop_assert!(offset >= least, "{} is behind the confirmed {}", offset, least);
                    least = offset;
                }
                Move::Restart => {
                    open.clear();
                    tus.site.manager = Manager::new(tus.site.manager.into_parts()).expect("a manager");
                }
                Move::StartOver => {
                    location = tus.started(source.len());
                    least = 0;
                }
                _ => {}
            }
        }
        let offset = told(&tus, &location);
        prop_assert!(offset >= least);
        prop_assert_eq!(tus.chunk(&location, offset, &source[offset..]).status, 204);
        let (status, answer) = tus.finalise();
        prop_assert_eq!(status, 200, "{}", answer);
        prop_assert_eq!(&answer["file"]["hash"], &json!(md5_of(&source)));
        for (mut intake, _) in open {
            prop_assert!(!tus.site.manager.feed(&mut intake, b"x"));
            prop_assert_ne!(tus.site.manager.close(intake).status, 204);
        }
        let (_, bytes) = tus.site.fetch(Request::new("GET", &target(&text(&answer["file"]["url"]))));
        prop_assert_eq!(bytes, source);
    }
}

#[test]
fn null_character_in_url_name_or_metadata_is_refused() {
    let site = Site::new();
    let put = |path: &str| site.json(Request::new("PUT", path).body(PNG));
    let refused = (400, "FORMAT".to_owned());
    let reason_of = |(status, answer): (u16, Value)| (status, reason(&answer));
    let body = json!({ "mimeType": "image/png" });
    let path = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    assert_eq!(reason_of(put(&format!("{path}?filename=a%00.png"))), refused);
    assert_eq!(reason_of(site.json(Request::new("GET", "/media/a%00.png"))), refused);
    assert_eq!(
        site.refused("GET", "/files/get-file-by-id?fileId=a%00", Value::Null),
        refused
    );
    let import = json!({ "url": "https://h.example/a%00.png" });
    assert_eq!(site.refused("POST", "/files/import", import), refused);
    let body = json!({ "mimeType": "image/png", "fileName": "a.png" });
    let answer = site.post("/files/generate-resumable-upload-url", body);
    let token = BASE64.encode(text(&answer["uploadToken"]).as_bytes());
    let metadata = format!("token {token},filename {}", BASE64.encode(b"a\0.png"));
    let create = Request::new("POST", &target(&text(&answer["uploadUrl"])))
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "5")
        .header("Upload-Metadata", &metadata);
    assert_eq!(reason_of(site.json(create)), refused);
    assert_eq!(
        put(&format!("{path}?filename=a%2500.png")).0,
        200,
        "an escaped percent sign"
    );
}
