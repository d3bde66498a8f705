//! Sweeps of several processes on one catalog and one directory, beside what the others do. Two managers are two processes.

use crate::decorated::as_inside;
use crate::site::{START, Site, target, text};
use serde_json::{Value, json};
use std::fmt;
use std::io::Result;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use wix_media::blobs::{Blobs, SharedDirectory};
use wix_media::catalog::{Error, Fault, Faulty, Sqlite};
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Seeded};

/// The grace period of the server's sweeps.
const DAY: i64 = 86_400_000;

const HOUR: i64 = 3_600_000;

/// Runs once, before the next removal of a blob.
type Hook = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// Blobs of one process, which run a hook before they remove one.
struct Hooked {
    blobs: SharedDirectory,
    on_removal: Hook,
}

impl fmt::Debug for Hooked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.blobs.fmt(out)
    }
}

impl Blobs for Hooked {
    as_inside!(
        open_writer,
        take_over,
        append,
        end_writer,
        open_end,
        open_epoch,
        sync,
        read,
        size,
        list
    );
    fn remove(&self, id: &str) -> Result<()> {
        let hook = self.on_removal.lock().expect("a hook").take();
        if let Some(run) = hook {
            run();
        }
        self.blobs.remove(id)
    }
}

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Two processes with one catalog, one directory and one clock, and what happens when the second one removes a blob.
struct Team {
    first: Arc<Site>,
    second: Site,
    catalog: Faulty,
    on_removal: Hook,
    folder: Folder,
}

fn team(name: &str) -> Team {
    let path = std::env::temp_dir().join(format!("wix-media-sweep-{name}-{}", std::process::id()));
    let folder = Folder(path);
    let catalog = Faulty::new(Sqlite::memory().expect("a catalog"));
    let clock = ManualClock::at(START);
    let on_removal = Hook::default();
    let process = |seed, on_removal: Hook| {
        let blobs = SharedDirectory::open(&folder.0).expect("a folder");
        let manager = Manager::new(Parts {
            catalog: Box::new(catalog.clone()),
            blobs: Box::new(Hooked { blobs, on_removal }),
            clock: Box::new(clock.clone()),
            random: Box::new(Seeded::new(seed)),
            options: Options {
                shares_stores: true,
                ..Options::default()
            },
        });
        Site::on(manager.expect("a manager"), clock.clone())
    };
    Team {
        first: Arc::new(process(1, Hook::default())),
        second: process(2, on_removal.clone()),
        catalog,
        on_removal,
        folder,
    }
}

impl Team {
    /// The ids of all blobs.
    fn blobs(&self) -> Vec<String> {
        let blobs = SharedDirectory::open(&self.folder.0).expect("a folder");
        blobs.list("", 100).expect("listed")
    }

    /// Leaves a blob without a row.
    fn leave_orphan(&self, id: &str) {
        let blobs = SharedDirectory::open(&self.folder.0).expect("a folder");
        let mut writer = blobs.open_writer(id, 0).expect("a writer");
        blobs.append(&mut writer, b"bytes").expect("written");
    }

    /// Begins a plain upload in the first process.
    fn put(&self) -> Request {
        let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf" });
        let answer = self.first.post("/files/generate-upload-url", body);
        Request::new("PUT", &target(&text(&answer["uploadUrl"])))
    }

    /// Runs a sweep in the second process. Returns how many blobs it has removed, and how many wait.
    fn sweep(&self) -> (u64, u64) {
        let swept = self.second.manager.sweep(DAY).expect("swept");
        (swept.removed, swept.waiting)
    }
}

fn file_of(answer: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(answer).expect("JSON");
    answer["file"].clone()
}

/// A sweep has noted the blob of an upload under way, so its time has passed a day later. The file is then deleted while the sweep
/// removes another blob.
#[test]
fn file_deleted_during_a_sweep_keeps_its_bytes_for_a_day() {
    let team = team("deleted");
    // No other id is before it.
    team.leave_orphan("0");
    let mut intake = team.first.manager.open(team.put().head);
    assert!(team.first.manager.feed(&mut intake, b"%PDF"));
    assert_eq!(team.sweep(), (0, 2));
    assert!(team.first.manager.feed(&mut intake, b"-1.7"));
    let response = team.first.manager.close(intake);
    let file = file_of(&team.first.manager.collect(response.body).expect("a body"));
    let (id, media) = (text(&file["id"]), target(&text(&file["url"])));

    team.first.clock.advance(DAY);
    let reader = team.first.send(Request::new("GET", &media));
    assert_eq!(reader.status, 200);
    let deleting = Arc::clone(&team.first);
    let delete = move || {
        let body = json!({ "fileIds": [id], "permanent": true });
        deleting.post("/bulk/files/delete", body);
    };
    *team.on_removal.lock().expect("a hook") = Some(Box::new(delete));
    assert_eq!(team.sweep(), (1, 1), "the orphan is gone, and the file's bytes wait");
    assert!(team.on_removal.lock().expect("a hook").is_none());
    assert_eq!(team.first.send(Request::new("GET", &media)).status, 404);
    let bytes = team.first.manager.collect(reader.body).expect("the bytes are there");
    assert_eq!(bytes, b"%PDF-1.7");

    team.first.clock.advance(DAY - 1);
    assert_eq!(team.sweep(), (0, 1));
    team.first.clock.advance(1);
    assert_eq!(team.sweep(), (1, 0));
    assert_eq!(team.blobs(), [""; 0]);
}

/// A plain upload has no row until it is complete. Its age counts from its last bytes.
#[test]
fn plain_upload_of_two_days_keeps_its_bytes() {
    let team = team("slow");
    let mut intake = team.first.manager.open(team.put().head);
    assert!(team.first.manager.feed(&mut intake, b"%PDF-1.7"));
    let hours = 48;
    for hour in 0..hours {
        assert_eq!(team.sweep(), (0, 1), "hour {hour}");
        team.first.clock.advance(HOUR);
        assert!(team.first.manager.feed(&mut intake, b"\n"), "hour {hour}");
    }
    let response = team.first.manager.close(intake);
    assert_eq!(response.status, 200);
    let file = file_of(&team.first.manager.collect(response.body).expect("a body"));
    let (_, bytes) = team.first.fetch(Request::new("GET", &target(&text(&file["url"]))));
    assert_eq!(bytes.len(), 8 + hours);
}

/// The sweeps of others count the age of a blob as long as the catalog does not hear that bytes arrive.
#[test]
fn upload_that_the_catalog_did_not_hear_of_for_long_is_refused() {
    for (is_heard, waits, status) in [(true, 20, 200), (false, 19, 200), (false, 20, 503)] {
        let team = team(&format!("unheard-{is_heard}-{waits}"));
        let mut intake = team.first.manager.open(team.put().head);
        assert!(team.first.manager.feed(&mut intake, b"%PDF"));
        team.first.clock.advance(HOUR);
        if !is_heard {
            team.catalog.fail(Fault::Open, Error::TimedOut("for the test".into()));
        }
        assert!(
            team.first.manager.feed(&mut intake, b"-1.7"),
            "bytes are taken all the same"
        );
        team.first.clock.advance(waits * HOUR);
        let response = team.first.manager.close(intake);
        assert_eq!(response.status, status, "{is_heard}, {waits} hours");
        if status == 503 {
            assert_eq!(response.header("retry-after"), Some("5"));
            assert_eq!(team.blobs(), [""; 0]);
        }
    }
}

/// Nobody else sweeps the blobs of a process that is alone.
#[test]
fn upload_of_a_single_process_may_wait() {
    let site = Site::new();
    let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf" });
    let answer = site.post("/files/generate-upload-url", body);
    let put = Request::new("PUT", &target(&text(&answer["uploadUrl"])));
    let mut intake = site.manager.open(put.head);
    assert!(site.manager.feed(&mut intake, b"%PDF-1.7"));
    site.clock.advance(DAY);
    assert_eq!(site.manager.sweep(0).expect("swept").removed, 0);
    assert_eq!(site.manager.close(intake).status, 200);
}

/// No row names the blobs of an archive until all of it has arrived. Sweeps look for orphans again afterwards.
#[test]
fn archive_of_two_days_keeps_its_bytes() {
    let source = Site::new();
    for name in ["a.pdf", "b.pdf"] {
        source.file(name, "media-root");
    }
    let export = source.manager.export().expect("an export");
    let archive = source.manager.collect(export.body.clone()).expect("bytes");
    let team = team("archive");
    team.leave_orphan("0");
    assert_eq!(team.sweep(), (0, 1));
    let mut intake = team.first.manager.open_archive();
    let step = archive.len().div_ceil(48);
    for (hour, bytes) in archive.chunks(step).enumerate() {
        assert!(team.first.manager.feed(&mut intake, bytes), "hour {hour}");
        team.leave_orphan("1");
        // A blob that was noted before the suspension is removed nevertheless.
        let expected = match hour {
            0..24 => (0, 1),
            24 => (1, 0),
            _ => (0, 0),
        };
        assert_eq!(team.sweep(), expected, "hour {hour}");
        team.first.clock.advance(HOUR);
    }
    assert_eq!(team.first.manager.close(intake).status, 200);
    let files = team.first.get("/files")["files"].clone();
    for file in files.as_array().expect("a list") {
        let (response, bytes) = team.first.fetch(Request::new("GET", &target(&text(&file["url"]))));
        assert_eq!((response.status, bytes.as_slice()), (200, &b"%PDF-1.7"[..]));
    }
    assert_eq!(files.as_array().map(Vec::len), Some(2));
    team.first.clock.advance(3 * HOUR);
    assert_eq!(team.sweep(), (0, 1), "the orphan is noted");
}

/// A scan for orphans may have noted any blob of the archive once it was not suspended.
#[test]
fn archive_that_the_catalog_did_not_hear_of_for_long_is_refused() {
    for (silence, rest, status) in [(2, 20, 200), (3, 16, 200), (3, 18, 503)] {
        let source = Site::new();
        source.file("a.pdf", "media-root");
        let export = source.manager.export().expect("an export");
        let archive = source.manager.collect(export.body.clone()).expect("bytes");
        let team = team(&format!("archive-{silence}-{rest}"));
        let mut intake = team.first.manager.open_archive();
        assert!(team.first.manager.feed(&mut intake, &archive[..500]));
        team.first.clock.advance(silence * HOUR);
        assert!(team.first.manager.feed(&mut intake, &archive[500..]));
        team.first.clock.advance(rest * HOUR);
        let response = team.first.manager.close(intake);
        assert_eq!(response.status, status, "{silence} and {rest} hours");
        if status == 503 {
            assert_eq!(team.blobs(), [""; 0]);
        }
    }
}
