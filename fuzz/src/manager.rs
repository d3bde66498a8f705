//! Input of a manager: requests, bodies, uploads, archives, and texts that it has signed or made itself.
//!
//! Each input gets a manager of its own, in memory, with the clock and the randomness of the tests.

use crate::site::{Site, text};
use serde_json::{Value, json};
use wix_media::manager::{Options, Request};
use wix_media::operations::OPERATIONS;

/// A site with a folder and a file in it.
fn furnished() -> (Site, String) {
    let site = Site::new();
    let folder = site.folder("a", "media-root");
    site.file("a.pdf", &folder);
    (site, folder)
}

/// Sends a request. The answer is not a server error, and is valid JSON if its type says so.
fn fetch(site: &Site, request: Request) -> u16 {
    let method = request.head.method.clone();
    let (response, bytes) = site.fetch(request);
    assert_ne!(response.status, 500, "{}", String::from_utf8_lossy(&bytes));
    let is_clean = |value: &str| !value.contains(['\r', '\n', '\0']);
    assert!(
        response.headers.iter().all(|(_, value)| is_clean(value)),
        "{response:?}"
    );
    if method != "HEAD" && response.header("content-type") == Some("application/json") {
        serde_json::from_slice::<Value>(&bytes).expect("JSON");
    }
    response.status
}

/// Method and target, headers a line each, and behind an empty line a body.
fn parsed(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let (method, target) = first.split_once(' ').unwrap_or((first, ""));
    let request = Request::new(method, target).body(body);
    lines
        .filter_map(|line| line.split_once(": "))
        .fold(request, |request, (name, value)| request.header(name, value))
}

/// A whole request.
pub fn request(data: &[u8]) {
    fetch(&furnished().0, parsed(&String::from_utf8_lossy(data)));
}

/// The body of a call, below the name of its operation.
pub fn body(data: &[u8]) {
    let (site, folder) = furnished();
    let line = data.iter().position(|&byte| byte == b'\n').unwrap_or(data.len());
    let name = String::from_utf8_lossy(&data[..line]);
    let row = OPERATIONS.iter().find(|row| row.name == name).unwrap_or(&OPERATIONS[0]);
    let path = row.path.replace("{folder.id}", &folder).replace("{folderId}", &folder);
    let request = Request::new(row.verb.name(), &format!("/site-media/v1{path}"));
    fetch(&site, request.body(data.get(line + 1..).unwrap_or_default()));
}

/// A request to a TUS session: `TOKEN` and `LOCATION` stand for its token and its URL. The offset never exceeds the length.
pub fn tus(data: &[u8]) {
    let site = Site::new();
    let body = json!({ "mimeType": "text/plain", "fileName": "a.txt" });
    let token = text(&site.post("/files/generate-resumable-upload-url", body)["uploadToken"]);
    let metadata = format!("token {}", data_encoding::BASE64.encode(token.as_bytes()));
    let start = Request::new("POST", "/upload/tus")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "10")
        .header("Upload-Metadata", &metadata);
    let started = site.send(start);
    let location = crate::site::target(started.header("location").expect("a location"));
    let whole = String::from_utf8_lossy(data)
        .replace("token TOKEN", &metadata)
        .replace("TOKEN", &token)
        .replace("LOCATION", &location);
    fetch(&site, parsed(&whole));
    let status = site.send(Request::new("HEAD", &location).header("Tus-Resumable", "1.0.0"));
    let number = |name| status.header(name).and_then(|number| number.parse::<u64>().ok());
    assert!(status.status != 200 || number("upload-offset") <= number("upload-length"));
}

/// The cursor of a list, a search and a query.
pub fn cursor(data: &[u8]) {
    let (site, _) = furnished();
    let cursor = String::from_utf8_lossy(data);
    for path in ["/files/search", "/folders/search"] {
        let (status, answer) = site.call("POST", path, json!({ "paging": { "cursor": cursor } }));
        assert!(matches!(status, 200 | 400), "{answer}");
    }
    for path in ["/files/query", "/folders/query"] {
        let query = json!({ "query": { "cursorPaging": { "cursor": cursor } } });
        let (status, answer) = site.call("POST", path, query);
        assert!(matches!(status, 200 | 400), "{answer}");
    }
    let cursor = encoded(&cursor);
    for path in ["/files", "/folders", "/trash-bin/files"] {
        let (status, answer) = site.call("GET", &format!("{path}?paging.cursor={cursor}"), Value::Null);
        assert!(matches!(status, 200 | 400), "{answer}");
    }
}

/// A token where a login, an upload or a download needs one. None that was not signed is accepted.
pub fn token(data: &[u8]) {
    let options = json!({ "siteId": "s", "auth": { "clients": [{ "clientId": "c1", "clientSecret": "s1" }] } });
    let site = Site::with(Options::from_json(&options).expect("options"));
    let token = String::from_utf8_lossy(data);
    let call = Request::new("POST", "/site-media/v1/files/search").header("Authorization", &token);
    assert_eq!(fetch(&site, call.body("{}")), 401);
    let token = encoded(&token);
    let status = fetch(
        &site,
        Request::new("PUT", &format!("/upload/{token}?filename=a.txt")).body("x"),
    );
    assert!((400..500).contains(&status), "{status}");
    let link = format!("/download-files/media/a.jpg?token={token}");
    assert_eq!(fetch(&site, Request::new("GET", &link)), 403);
}

/// The bytes of a file: it is stored whole, whatever it is, and everything that was read of it is shown.
pub fn file(data: &[u8]) {
    let site = Site::new();
    let (status, answer) = site.upload("application/octet-stream", json!({ "fileName": "a" }), data);
    assert!(status < 500, "{answer}");
    if status != 200 {
        return;
    }
    site.clock.advance(1000);
    let file = &site.get(&format!("/files/{}", text(&answer["file"]["id"])))["file"];
    assert_eq!(file["sizeInBytes"], Value::from(data.len().to_string()));
    let media = &file["media"];
    for image in [&media["image"]["image"], &media["vector"]["image"]] {
        let side = |name: &str| image[name].as_u64();
        assert!(side("width") != Some(0) && side("height") != Some(0), "{media}");
        assert_eq!(side("width").is_some(), side("height").is_some(), "{media}");
    }
}

/// An archive: it is imported, or refused without a trace.
pub fn archive(data: &[u8]) {
    let (site, folder) = furnished();
    let mut intake = site.manager.open_archive();
    for bytes in data.chunks(1000) {
        if !site.manager.feed(&mut intake, bytes) {
            break;
        }
    }
    let response = site.manager.close(intake);
    assert_ne!(response.status, 500, "{response:?}");
    if response.status >= 400 {
        site.get(&format!("/folders/{folder}"));
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = Vec::new();
    wix_media::wire::uri::push_component(&mut encoded, text.as_bytes());
    String::from_utf8_lossy(&encoded).into_owned()
}
