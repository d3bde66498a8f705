//! Requests of an upload that another process has overtaken. Two managers with the same catalog are two processes.

use crate::decorated::as_inside;
use crate::site::{Site, target, text};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::io::{Error, ErrorKind, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use wix_media::blobs::{Blobs, Memory, SharedDirectory, Writer};
use wix_media::catalog::{Faulty, Sqlite};
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Response, Seeded};

const START: i64 = 1_700_000_000_000;

/// The MD5 of "%PDF-1.7".
const MD5: &str = "f87357c6cdc4f067e19f42aebabc6fb7";

/// A process on this catalog.
fn process(catalog: &Faulty, blobs: impl Blobs + 'static, seed: u64) -> Site {
    let clock = ManualClock::at(START);
    let manager = Manager::new(Parts {
        catalog: Box::new(catalog.clone()),
        blobs: Box::new(blobs),
        clock: Box::new(clock.clone()),
        random: Box::new(Seeded::new(seed)),
        options: Options {
            shares_stores: true,
            ..Options::default()
        },
    });
    Site::on(manager.expect("a manager"), clock)
}

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Two processes with one directory.
fn two(name: &str) -> (Folder, [Site; 2]) {
    let folder = std::env::temp_dir().join(format!("wix-media-overtaken-{name}-{}", std::process::id()));
    let catalog = Faulty::new(Sqlite::memory().expect("a catalog"));
    let sites = [1, 2].map(|seed| {
        let blobs = SharedDirectory::open(&folder).expect("a folder");
        process(&catalog, blobs, seed)
    });
    (Folder(folder), sites)
}

/// The paths of a new transfer, and of the PUT that finalises it.
fn begun(site: &Site, length: (&str, &str)) -> (String, String) {
    let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf" });
    let answer = site.post("/files/generate-resumable-upload-url", body);
    let (url, token) = (target(&text(&answer["uploadUrl"])), text(&answer["uploadToken"]));
    let request = Request::new("POST", &url)
        .header("Tus-Resumable", "1.0.0")
        .header(length.0, length.1)
        .header("Upload-Metadata", &format!("token {}", BASE64.encode(token.as_bytes())));
    let created = site.send(request);
    assert_eq!(created.status, 201);
    (
        target(created.header("location").expect("a location")),
        format!("{url}/{token}"),
    )
}

fn patch(location: &str, offset: usize) -> Request {
    Request::new("PATCH", location)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", &offset.to_string())
        .header("Content-Type", "application/offset+octet-stream")
}

fn status(site: &Site, location: &str) -> Response {
    site.send(Request::new("HEAD", location).header("Tus-Resumable", "1.0.0"))
}

fn finalise(site: &Site, path: &str) -> (u16, Value) {
    site.json(Request::new("PUT", path).body("{}"))
}

#[test]
fn bytes_of_an_overtaken_patch_are_not_recorded_by_a_head() {
    let (_folder, [one, other]) = two("head");
    let (location, path) = begun(&one, ("Upload-Length", "8"));
    let mut late = one.manager.open(patch(&location, 0).head);
    assert!(one.manager.feed(&mut late, b"%PDF-x"));
    // The other process takes the transfer over where the row says, and has not recorded anything yet.
    let mut next = other.manager.open(patch(&location, 0).head);
    for site in [&one, &other] {
        assert_eq!(status(site, &location).header("upload-offset"), Some("0"));
    }
    assert!(other.manager.feed(&mut next, b"%PDF"));
    assert_eq!(status(&one, &location).header("upload-offset"), Some("0"));
    assert_eq!(status(&other, &location).header("upload-offset"), Some("4"));
    assert_eq!(one.manager.close(late).status, 409);
    assert!(other.manager.feed(&mut next, b"-1.7"));
    assert_eq!(other.manager.close(next).status, 204);
    let (status, answer) = finalise(&one, &path);
    assert_eq!((status, &answer["file"]["hash"]), (200, &json!(MD5)), "{answer}");
}

#[test]
fn bytes_of_an_overtaken_patch_do_not_reach_a_complete_file() {
    let (_folder, [one, other]) = two("complete");
    let (location, path) = begun(&one, ("Upload-Length", "8"));
    let mut late = one.manager.open(patch(&location, 0).head);
    assert!(one.manager.feed(&mut late, b"%P"));
    assert_eq!(other.send(patch(&location, 0).body(b"%PDF-1.7")).status, 204);
    let (status, answer) = finalise(&other, &path);
    assert_eq!((status, &answer["file"]["hash"]), (200, &json!(MD5)), "{answer}");
    // A client that does not send the same bytes again.
    assert!(!one.manager.feed(&mut late, b"xxxxxx"));
    assert_eq!(one.manager.close(late).status, 409);
    let media = target(&text(&answer["file"]["url"]));
    for site in [&one, &other] {
        assert_eq!(site.fetch(Request::new("GET", &media)).1, b"%PDF-1.7");
    }
}

#[test]
fn transfer_of_deferred_length_ends_where_its_last_request_says() {
    let (_folder, [one, other]) = two("deferred");
    let (location, path) = begun(&one, ("Upload-Defer-Length", "1"));
    let mut late = one.manager.open(patch(&location, 0).head);
    assert!(one.manager.feed(&mut late, b"%PDF, and what nobody records"));
    let last = patch(&location, 0).header("Upload-Length", "8");
    assert_eq!(other.send(last.body(b"%PDF-1.7")).status, 204);
    assert!(!one.manager.feed(&mut late, b"more"));
    assert_eq!(one.manager.close(late).status, 409);
    let (status, answer) = finalise(&one, &path);
    assert_eq!((status, &answer["file"]["hash"]), (200, &json!(MD5)), "{answer}");
}

/// Blobs whose writers another process has overtaken, and whose bytes are durable, once they are told so.
#[derive(Clone, Debug, Default)]
struct Overtaken {
    blobs: Arc<Memory>,
    is_overtaken: Arc<AtomicBool>,
    durable: Arc<AtomicU64>,
    /// The sum of the epochs of the writers that were withdrawn.
    withdrawn: Arc<AtomicU64>,
}

impl Overtaken {
    fn check(&self) -> Result<()> {
        if self.is_overtaken.load(Ordering::Relaxed) {
            return Err(Error::from(ErrorKind::StaleNetworkFileHandle));
        }
        Ok(())
    }
}

impl Blobs for Overtaken {
    as_inside!(
        open_writer,
        take_over,
        append,
        open_end,
        open_epoch,
        read,
        size,
        remove,
        list
    );
    fn end_writer(&self, id: &str) -> Result<()> {
        self.check()?;
        self.blobs.end_writer(id)
    }
    fn sync(&self, id: &str) -> Result<()> {
        self.check()?;
        self.blobs.sync(id)
    }
    fn sync_progress(&self, _: &str) -> Result<u64> {
        self.check()?;
        Ok(self.durable.load(Ordering::Relaxed))
    }
    fn withdraw(&self, writer: &Writer) -> Result<()> {
        self.withdrawn.fetch_add(writer.epoch(), Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn store_that_was_overtaken_leads_to_the_row_and_to_409() {
    let blobs = Overtaken::default();
    let catalog = Faulty::new(Sqlite::memory().expect("a catalog"));
    let site = process(&catalog, blobs.clone(), 1);
    let (location, path) = begun(&site, ("Upload-Length", "8"));
    assert_eq!(site.send(patch(&location, 0).body(b"%PDF")).status, 204);
    let mut late = site.manager.open(patch(&location, 4).head);
    assert!(site.manager.feed(&mut late, b"-1.7"));
    blobs.is_overtaken.store(true, Ordering::Relaxed);
    let head = status(&site, &location);
    assert_eq!((head.status, head.header("upload-offset")), (200, Some("4")));
    let again = site.send(patch(&location, 8));
    assert_eq!(again.status, 409);
    assert_eq!(finalise(&site, &path).0, 400, "bytes are missing");
    assert_eq!(site.manager.close(late).status, 409);
    blobs.is_overtaken.store(false, Ordering::Relaxed);
    assert_eq!(site.send(patch(&location, 4).body(b"-1.7")).status, 204);
    blobs.is_overtaken.store(true, Ordering::Relaxed);
    let (status, answer) = finalise(&site, &path);
    assert_eq!(
        (status, &answer["details"]["applicationError"]["code"]),
        (409, &json!("ABORTED"))
    );
}

#[test]
fn row_of_a_long_patch_has_what_is_durable() {
    const PART: usize = 16 << 20;
    let blobs = Overtaken::default();
    let catalog = Faulty::new(Sqlite::memory().expect("a catalog"));
    let site = process(&catalog, blobs.clone(), 1);
    // It has no writer, so it answers what the row says.
    let other = process(&catalog, Memory::default(), 2);
    let whole = vec![b'%'; 2 * PART + 10];
    let (location, path) = begun(&site, ("Upload-Length", &whole.len().to_string()));
    let recorded = || status(&other, &location).header("upload-offset").map(str::to_owned);
    let mut intake = site.manager.open(patch(&location, 0).head);
    assert!(site.manager.feed(&mut intake, &whole[..PART + 1]));
    assert_eq!(recorded().as_deref(), Some("0"));
    blobs.durable.store(PART as u64, Ordering::Relaxed);
    assert!(site.manager.feed(&mut intake, &whole[PART + 1..PART + 2]));
    assert_eq!(recorded(), Some(PART.to_string()));
    assert!(site.manager.feed(&mut intake, &whole[PART + 2..2 * PART + 5]));
    assert_eq!(recorded(), Some(PART.to_string()));
    // A HEAD makes all bytes durable, and the row does not go back behind them.
    let end = (2 * PART + 5).to_string();
    assert_eq!(status(&site, &location).header("upload-offset"), Some(&*end));
    blobs.durable.store(2 * PART as u64, Ordering::Relaxed);
    assert!(site.manager.feed(&mut intake, &whole[2 * PART + 5..]));
    assert_eq!(recorded(), Some(end));
    assert_eq!(site.manager.close(intake).status, 204);
    assert_eq!(recorded(), Some(whole.len().to_string()));
    let (status, answer) = finalise(&site, &path);
    assert_eq!(
        (status, &answer["file"]["sizeInBytes"]),
        (200, &json!(whole.len().to_string())),
        "{answer}"
    );
}

#[test]
fn bytes_of_a_late_patch_are_withdrawn() {
    let blobs = Overtaken::default();
    let catalog = Faulty::new(Sqlite::memory().expect("a catalog"));
    let site = process(&catalog, blobs.clone(), 1);
    // The store of this process does not know the writer of the other one.
    let other = process(&catalog, Memory::default(), 2);
    let (location, path) = begun(&site, ("Upload-Length", "8"));
    let mut late = site.manager.open(patch(&location, 0).head);
    assert!(site.manager.feed(&mut late, b"%PDF-x"));
    assert_eq!(other.send(patch(&location, 0).body(b"%PDF-1.7")).status, 204);
    let (status, answer) = finalise(&other, &path);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(blobs.withdrawn.load(Ordering::Relaxed), 0);
    let refused = site.manager.close(late).status;
    assert!(matches!(refused, 404 | 409), "{refused}");
    assert_eq!(blobs.withdrawn.load(Ordering::Relaxed), 1);
}

#[test]
fn cleanup_of_a_shared_store_begins_once_a_day_and_removes_leftovers() {
    let (folder, [first, second]) = two("leftovers");
    let (status, _) = first.upload("application/pdf", json!({ "fileName": "a.pdf" }), b"%PDF-1.7");
    assert_eq!(status, 200);
    let below = |folder: &PathBuf| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("read").path()).collect::<Vec<_>>()
    };
    let blobs: Vec<PathBuf> = below(&folder.0).iter().flat_map(below).collect();
    let [sealed] = &blobs[..] else { panic!("{blobs:?}") };
    // Killed between the seal and the removal of the stamp.
    let stamp = PathBuf::from(format!("{}.epoch", sealed.display()));
    let leave = || std::fs::write(&stamp, "").expect("written");
    leave();
    let begins = |site: &Site| site.manager.begin_cleanup().expect("asked");
    assert!(begins(&first));
    assert_eq!(first.manager.remove_leftovers().expect("removed"), 1);
    leave();
    assert!(!begins(&second) && !begins(&first));
    for site in [&first, &second] {
        site.clock.advance(23 * 3_600_000);
    }
    assert!(begins(&second) && !begins(&first));
    assert_eq!(second.manager.remove_leftovers().expect("removed"), 1);
    assert!(sealed.exists() && !stamp.exists());
}
