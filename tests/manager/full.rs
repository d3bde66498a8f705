//! A storage without room: what is refused, what goes on, and how room comes back.

use crate::decorated::as_inside;
use crate::site::{FILM, START, Site, reason, target, text};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::io::{Error as IoError, ErrorKind, Result as IoResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use wix_media::blobs::{Blobs, Memory, Writer};
use wix_media::catalog::{Error, Fault, Faulty, Sqlite};
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Seeded};

const RESERVE: u64 = 100;

/// Blobs in memory with limited room, of which the reserve takes a part.
#[derive(Clone, Debug, Default)]
struct Limited {
    blobs: Arc<Memory>,
    /// The number of bytes left.
    room: Arc<AtomicU64>,
    reserved: Arc<AtomicU64>,
}

impl Limited {
    fn with(room: u64) -> Limited {
        let limited = Limited::default();
        limited.room.store(room, Ordering::Relaxed);
        limited
    }

    fn room(&self) -> u64 {
        self.room.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: u64) -> IoResult<()> {
        let left = self.room().checked_sub(bytes);
        let left = left.ok_or_else(|| IoError::new(ErrorKind::StorageFull, "no room for the test"))?;
        self.room.store(left, Ordering::Relaxed);
        Ok(())
    }

    fn give(&self, bytes: u64) {
        self.room.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Blobs for Limited {
    as_inside!(
        open_writer,
        take_over,
        end_writer,
        open_end,
        open_epoch,
        sync,
        read,
        size,
        list
    );
    fn append(&self, writer: &mut Writer, bytes: &[u8]) -> IoResult<()> {
        self.take(bytes.len() as u64)?;
        self.blobs.append(writer, bytes)
    }
    fn remove(&self, id: &str) -> IoResult<()> {
        self.give(self.blobs.size(id)?.unwrap_or(0));
        self.blobs.remove(id)
    }
    fn reserve(&self, hold: bool) -> IoResult<bool> {
        self.give(self.reserved.swap(0, Ordering::Relaxed));
        if hold {
            self.take(RESERVE)?;
            self.reserved.store(RESERVE, Ordering::Relaxed);
        }
        Ok(hold)
    }
}

/// A manager on a catalog that fails on demand, and on blobs with this much room.
fn site(room: u64) -> (Site, Faulty, Limited) {
    let clock = ManualClock::at(START);
    let (catalog, blobs) = (Faulty::new(Sqlite::memory().expect("a catalog")), Limited::with(room));
    let manager = Manager::new(Parts {
        catalog: Box::new(catalog.clone()),
        blobs: Box::new(blobs.clone()),
        clock: Box::new(clock.clone()),
        random: Box::new(Seeded::new(7)),
        options: Options::default(),
    });
    (Site::on(manager.expect("a manager"), clock), catalog, blobs)
}

fn full() -> Error {
    Error::Full("no room for the test".into())
}

#[test]
fn change_without_room_is_refused_with_its_reason() {
    let (site, catalog, _) = site(1000);
    for fault in [Fault::Open, Fault::Commit] {
        catalog.fail(fault, full());
        let create = Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"A"}"#);
        let (response, body) = site.fetch(create);
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((response.status, &reason(&body)[..]), (507, "INSUFFICIENT_STORAGE"));
        assert!(text(&body["message"]).contains("no space left"), "{body}");
        let cause = response.cause.expect("a cause for the log");
        assert!(cause.contains("no room for the test"), "{cause}");
        assert!(!body.to_string().contains("no room for the test"), "{body}");
    }
    assert_eq!(site.get("/folders")["folders"], json!([]));
    site.folder("A", "media-root");
}

#[test]
fn storage_that_fails_is_refused_with_a_code() {
    let (site, catalog, _) = site(1000);
    catalog.fail(Fault::Commit, Error::Store("a bad sector".into()));
    let refused = site.refused("POST", "/folders", json!({ "displayName": "A" }));
    assert_eq!(refused, (500, "STORAGE_FAILED".to_owned()));
}

#[test]
fn reads_go_on_while_work_that_is_due_cannot_be_written() {
    let (site, catalog, _) = site(1000);
    let (_, answer) = site.upload("video/mp4", json!({ "fileName": "a.mp4" }), FILM);
    let id = text(&answer["file"]["id"]);
    site.clock.advance(60_000);
    let path = format!("/files/get-file-by-id?fileId={id}");
    catalog.fail(Fault::Open, full());
    assert_eq!(site.get(&path)["file"]["operationStatus"], "PENDING");
    assert_eq!(site.get(&path)["file"]["operationStatus"], "READY");
}

#[test]
fn permanent_deletion_uses_the_reserve_and_holds_it_again() {
    let (site, catalog, blobs) = site(200);
    assert_eq!(blobs.room(), 200 - RESERVE, "held from the start");
    let id = site.file("a.pdf", "media-root");
    let room = blobs.room();
    catalog.fail(Fault::Open, full());
    let trash = json!({ "fileIds": [id] });
    assert_eq!(
        site.call("POST", "/bulk/files/delete", trash).0,
        507,
        "the trash frees nothing"
    );
    catalog.fail(Fault::Commit, full());
    site.post("/bulk/files/delete", json!({ "fileIds": [id], "permanent": true }));
    assert_eq!(blobs.room(), room + 8);
    assert_eq!(blobs.reserved.load(Ordering::Relaxed), RESERVE);
}

#[test]
fn upload_without_room_gives_its_bytes_back() {
    let (site, _, blobs) = site(1000 + RESERVE);
    let (status, answer) = site.upload("text/plain", json!({ "fileName": "a.txt" }), &[b'a'; 1001]);
    assert_eq!((status, &reason(&answer)[..]), (507, "INSUFFICIENT_STORAGE"));
    assert_eq!(blobs.room(), 1000);
    let body = json!({ "mimeType": "text/plain", "fileName": "b.txt" });
    let url = text(&site.post("/files/generate-upload-url", body)["uploadUrl"]);
    let mut intake = site.manager.open(Request::new("PUT", &target(&url)).head);
    assert!(site.manager.feed(&mut intake, &[b'b'; 600]));
    assert!(!site.manager.feed(&mut intake, &[b'b'; 600]), "nothing more is taken");
    assert_eq!(blobs.room(), 1000, "before the answer");
    assert_eq!(site.manager.close(intake).status, 507);
}

#[test]
fn tus_upload_without_room_ends_and_gives_its_bytes_back() {
    let (site, _, blobs) = site(1000 + RESERVE);
    let body = json!({ "mimeType": "text/plain", "fileName": "a.txt" });
    let url = site.post("/files/generate-resumable-upload-url", body);
    let token = BASE64.encode(text(&url["uploadToken"]).as_bytes());
    let create = Request::new("POST", &target(&text(&url["uploadUrl"])))
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "2000")
        .header("Upload-Metadata", &format!("filename YS50eHQ=,token {token}"));
    let (created, _) = site.fetch(create);
    let location = target(created.header("location").expect("a location"));
    let patch = |offset: usize| {
        let request = Request::new("PATCH", &location)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", &offset.to_string())
            .header("Content-Type", "application/offset+octet-stream");
        site.send(request.body([b'a'; 600])).status
    };
    assert_eq!((patch(0), blobs.room()), (204, 400));
    assert_eq!((patch(600), blobs.room()), (507, 1000));
    let head = Request::new("HEAD", &location).header("Tus-Resumable", "1.0.0");
    assert_eq!(site.send(head).status, 404);
    let (status, _) = site.upload("text/plain", json!({ "fileName": "b.txt" }), &[b'b'; 900]);
    assert_eq!(status, 200);
}
