//! Hosts that write the bytes of uploads by themselves.

use crate::site::{START, Site, reason, target, text};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use wix_media::blobs::{Directory, Host, file_name};
use wix_media::catalog::Sqlite;
use wix_media::manager::{Delivered, Manager, ManualClock, Options, Parts, Request, Response, Seeded, Target};

/// Files in memory, with a count of the bytes that the manager writes and reads.
#[derive(Clone, Debug, Default)]
struct Files {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    written: Arc<AtomicUsize>,
    read: Arc<AtomicUsize>,
}

impl Files {
    /// Writes as a host does that has a target.
    fn put(&self, target: &Target, bytes: &[u8]) {
        let mut files = self.files.lock().expect("files");
        let file = files.entry(file_name(&target.blob)).or_default();
        file.truncate(usize::try_from(target.offset).expect("small"));
        file.extend_from_slice(bytes);
    }
}

impl Host for Files {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        self.written.fetch_add(bytes.len(), Ordering::Relaxed);
        let mut files = self.files.lock().expect("files");
        let file = files.entry(name.to_owned()).or_default();
        file.truncate(usize::try_from(offset).expect("small"));
        file.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&self, name: &str) -> Result<()> {
        panic!("{name} is durable already");
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let files = self.files.lock().expect("files");
        let file = files.get(name).ok_or(ErrorKind::NotFound)?;
        let from = usize::try_from(offset).expect("small").min(file.len());
        let count = buffer.len().min(file.len() - from);
        buffer[..count].copy_from_slice(&file[from..from + count]);
        self.read.fetch_add(count, Ordering::Relaxed);
        Ok(count)
    }

    fn size(&self, name: &str) -> Result<Option<u64>> {
        let files = self.files.lock().expect("files");
        Ok(files.get(name).map(|file| file.len() as u64))
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.files.lock().expect("files").remove(name);
        Ok(())
    }

    fn names(&self, folder: &str) -> Result<Vec<String>> {
        let files = self.files.lock().expect("files");
        let names = files
            .keys()
            .filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/'));
        Ok(names.map(str::to_owned).collect())
    }
}

fn site(options: Options) -> (Site, Files) {
    let (clock, files) = (ManualClock::at(START), Files::default());
    let manager = Manager::new(Parts {
        catalog: Box::new(Sqlite::memory().expect("a catalog")),
        blobs: Box::new(Directory::new(files.clone())),
        clock: Box::new(clock.clone()),
        random: Box::new(Seeded::new(7)),
        options,
    });
    (Site::on(manager.expect("a manager"), clock), files)
}

fn noise(length: usize) -> Vec<u8> {
    let mut state: u32 = 1;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::once(0).chain((1..length).map(next)).collect()
}

fn md5_of(bytes: &[u8]) -> String {
    use md5::Digest;
    data_encoding::HEXLOWER.encode(&md5::Md5::digest(bytes))
}

fn delivered(bytes: &[u8]) -> Delivered {
    Delivered {
        end: bytes.len() as u64,
        md5: Some(md5_of(bytes)),
        crc: crc32fast::hash(bytes),
    }
}

fn body(site: &Site, response: Response) -> Value {
    let bytes = site.manager.collect(response.body).expect("a body");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn upload_target(site: &Site) -> String {
    let request = json!({ "mimeType": "application/octet-stream", "fileName": "a.bin" });
    target(&text(&site.post("/files/generate-upload-url", request)["uploadUrl"]))
}

#[test]
fn delivered_upload_becomes_a_file_without_its_bytes_passing_through() {
    let (site, files) = site(Options::default());
    let bytes = noise(100_000);
    let mut intake = site.manager.open(Request::new("PUT", &upload_target(&site)).head);
    let target = site.manager.target(&mut intake).expect("a target");
    assert_eq!((target.offset, target.is_resumable), (0, false));
    files.put(&target, &bytes);
    // A part, and all of it.
    assert!(site.manager.deliver(&mut intake, &delivered(&bytes[..60_000])));
    assert!(site.manager.deliver(&mut intake, &delivered(&bytes)));
    assert!(!site.manager.digest(&mut intake));
    let response = site.manager.close(intake);
    assert_eq!(response.status, 200);
    let file = &body(&site, response)["file"];
    assert_eq!(
        (&file["hash"], &file["sizeInBytes"]),
        (&md5_of(&bytes).into(), &"100000".into())
    );
    assert_eq!(files.written.load(Ordering::Relaxed), 0);
    let read = files.read.load(Ordering::Relaxed);
    // Some types are recognised by bytes as far as 37 KB into a file.
    assert!(read < 40_000, "only its type is read: {read}");
}

#[test]
fn delivered_upload_is_not_collected_before_its_file_exists() {
    let (site, files) = site(Options::default());
    let bytes = noise(1000);
    let mut intake = site.manager.open(Request::new("PUT", &upload_target(&site)).head);
    let target = site.manager.target(&mut intake).expect("a target");
    files.put(&target, &bytes);
    assert!(site.manager.deliver(&mut intake, &delivered(&bytes)));
    // The host may find the colours of an image meanwhile.
    let looked_at = site.manager.collect_blobs("").expect("collected");
    assert_eq!(looked_at, Some(target.blob));
    assert_eq!(site.manager.close(intake).status, 200);
    assert_eq!(files.files.lock().expect("files").len(), 1);
}

#[test]
fn delivered_upload_that_is_empty_or_too_large_leaves_nothing() {
    let limits = json!({ "limits": { "sizeInBytes": { "OTHER": 100 } } });
    let (site, files) = site(Options::from_json(&limits).expect("options"));
    for (end, status, code) in [(101, 413, "FILE_SIZE_OVER_LIMIT"), (0, 400, "ZERO_FILE_SIZE")] {
        let mut intake = site.manager.open(Request::new("PUT", &upload_target(&site)).head);
        let target = site.manager.target(&mut intake).expect("a target");
        assert_eq!(target.limit, 100);
        files.put(&target, &noise(50));
        let given = Delivered { end, ..delivered(b"") };
        assert_eq!(site.manager.deliver(&mut intake, &given), end == 0);
        let response = site.manager.close(intake);
        assert_eq!(response.status, status);
        assert_eq!(reason(&body(&site, response)), code);
        assert_eq!(files.files.lock().expect("files").len(), 0);
    }
}

#[test]
fn host_that_fails_is_answered_by_the_kind_of_its_error() {
    let (site, files) = site(Options::default());
    for (kind, status) in [(ErrorKind::StorageFull, 507), (ErrorKind::Other, 500)] {
        let mut intake = site.manager.open(Request::new("PUT", &upload_target(&site)).head);
        let target = site.manager.target(&mut intake).expect("a target");
        files.put(&target, &noise(50));
        site.manager.fail(&mut intake, Error::new(kind, "the disk"));
        assert!(!site.manager.deliver(&mut intake, &delivered(b"x")), "it is over");
        let response = site.manager.close(intake);
        assert_eq!(response.status, status);
        assert!(response.cause.expect("a cause").contains("the disk"));
        assert_eq!(files.files.lock().expect("files").len(), 0);
    }
}

/// A resumable upload.
struct Transfer {
    site: Site,
    files: Files,
    token: String,
    location: String,
}

impl Transfer {
    fn of(length: usize) -> Transfer {
        let (site, files) = site(Options::default());
        let request = json!({ "mimeType": "application/octet-stream", "fileName": "a.bin" });
        let answer = site.post("/files/generate-resumable-upload-url", request);
        let token = text(&answer["uploadToken"]);
        let create = Request::new("POST", &target(&text(&answer["uploadUrl"])))
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", &length.to_string())
            .header("Upload-Metadata", &format!("token {}", BASE64.encode(token.as_bytes())));
        let response = site.send(create);
        let location = target(response.header("location").expect("a location"));
        Transfer {
            site,
            files,
            token,
            location,
        }
    }

    fn patch(&self, offset: usize) -> wix_media::manager::Intake {
        let request = Request::new("PATCH", &self.location)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", &offset.to_string())
            .header("Content-Type", "application/offset+octet-stream");
        self.site.manager.open(request.head)
    }

    /// Sends a chunk whose bytes the host writes. Returns the answer.
    fn send(&self, bytes: &[u8], from: usize, to: usize, is_hashed: bool) -> Response {
        let mut intake = self.patch(from);
        let target = self.site.manager.target(&mut intake).expect("a target");
        assert_eq!((target.offset, target.is_resumable), (from as u64, true));
        self.files.put(&target, &bytes[from..to]);
        let mut given = delivered(&bytes[..to]);
        given.md5 = given.md5.filter(|_| is_hashed);
        assert!(self.site.manager.deliver(&mut intake, &given));
        self.site.manager.close(intake)
    }

    fn offset(&self) -> String {
        let head = Request::new("HEAD", &self.location).header("Tus-Resumable", "1.0.0");
        let response = self.site.send(head);
        response.header("upload-offset").unwrap_or_default().to_owned()
    }

    /// Finalises in steps. Returns the hash of the file, and how many steps its digest took.
    fn finish(&self) -> (String, usize) {
        let request = Request::new("PUT", &format!("/upload/tus/{}", self.token));
        let mut intake = self.site.manager.open(request.head);
        let mut steps = 0;
        while self.site.manager.digest(&mut intake) {
            steps += 1;
        }
        let response = self.site.manager.close(intake);
        assert_eq!(response.status, 200);
        (text(&body(&self.site, response)["file"]["hash"]), steps)
    }
}

#[test]
fn delivered_chunks_are_finalised_by_the_digest_of_the_host() {
    let bytes = noise(3_000_000);
    let transfer = Transfer::of(bytes.len());
    assert_eq!(transfer.send(&bytes, 0, 1_000_000, true).status, 204);
    assert_eq!(transfer.offset(), "1000000");
    assert_eq!(transfer.send(&bytes, 1_000_000, bytes.len(), true).status, 204);
    assert_eq!(transfer.finish(), (md5_of(&bytes), 0));
    assert_eq!(transfer.files.written.load(Ordering::Relaxed), 0);
    assert!(transfer.files.read.load(Ordering::Relaxed) < 40_000);
}

#[test]
fn digest_that_the_host_does_not_know_is_computed_in_steps() {
    let bytes = noise(3_000_000);
    let transfer = Transfer::of(bytes.len());
    transfer.send(&bytes, 0, 1_000_000, true);
    transfer.send(&bytes, 1_000_000, bytes.len(), false);
    let (hash, steps) = transfer.finish();
    assert_eq!(hash, md5_of(&bytes));
    assert!(steps >= 2, "{steps} steps");
    // Without the steps too.
    let transfer = Transfer::of(bytes.len());
    transfer.send(&bytes, 0, bytes.len(), false);
    let (status, answer) = transfer
        .site
        .json(Request::new("PUT", &format!("/upload/tus/{}", transfer.token)));
    assert_eq!((status, &answer["file"]["hash"]), (200, &md5_of(&bytes).into()));
}

#[test]
fn chunk_that_was_taken_over_delivers_nothing_more() {
    let bytes = noise(1000);
    let transfer = Transfer::of(bytes.len());
    let mut old = transfer.patch(0);
    let target = transfer.site.manager.target(&mut old).expect("a target");
    transfer.files.put(&target, &bytes[..600]);
    assert_eq!(transfer.send(&bytes, 0, 300, true).status, 204);
    assert!(!transfer.site.manager.deliver(&mut old, &delivered(&bytes[..600])));
    assert_eq!(transfer.site.manager.close(old).status, 409);
    assert_eq!(transfer.offset(), "300");
    assert_eq!(transfer.send(&bytes, 300, 1000, true).status, 204);
    assert_eq!(transfer.finish().0, md5_of(&bytes));
}

#[test]
fn delivered_chunk_counts_when_its_connection_breaks() {
    let bytes = noise(1000);
    let transfer = Transfer::of(bytes.len());
    let mut intake = transfer.patch(0);
    let target = transfer.site.manager.target(&mut intake).expect("a target");
    transfer.files.put(&target, &bytes[..600]);
    assert!(transfer.site.manager.deliver(&mut intake, &delivered(&bytes[..600])));
    transfer.site.manager.abandon(intake);
    assert_eq!(transfer.offset(), "600");
    // More than the length is refused, and what was there stays.
    let mut intake = transfer.patch(600);
    let over = Delivered {
        end: 1001,
        ..delivered(b"")
    };
    assert!(!transfer.site.manager.deliver(&mut intake, &over));
    assert_eq!(transfer.site.manager.close(intake).status, 413);
    assert_eq!(transfer.offset(), "600");
}
