//! A process killed at random moments, and a disk that fails: answered changes are kept, and no change is kept in part.
//!
//! A change and its events are committed in one transaction. After a crash the content must equal the replay of all
//! events, and the events must include every change that was answered.

use crate::site::{START, text};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wix_media::blobs::{Blobs, Directory, Disk, Host};
use wix_media::catalog::{Area, Catalog, Sqlite};
use wix_media::manager::{
    Clock, Manager, ManualClock, Options, Parts, Request, Response, Seeded, SystemClock, SystemRandom,
};

/// How many times a child is killed.
const KILLS: u64 = 200;
/// The environment variable with the directory of the child.
const FOLDER: &str = "WIX_MEDIA_CRASH_FOLDER";
/// The environment variable with the seed of the first child. Set it to reproduce a failure.
const SEED: &str = "WIX_MEDIA_SEED";

/// A pseudo-random generator (xorshift), the same for each seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % most.max(1) as u64).unwrap_or(0)
    }

    fn one_of(&mut self, items: &[String]) -> Option<String> {
        let at = self.below(items.len());
        items.get(at).cloned()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = 1 + self.below(most);
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}

/// The first bytes of files that are of no type. Bytes by chance can be those of a sound.
const NO_TYPE: &[u8; 10] = b"\0no type:\0";

fn dice(seed: u64) -> Dice {
    Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
}

fn hash(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn blobs_in(folder: &Path) -> Directory<Disk> {
    Directory::new(Disk::new(&folder.join("blobs")).expect("a folder"))
}

fn open(folder: &Path) -> Manager {
    let parts = Parts {
        catalog: Box::new(Sqlite::open(&folder.join("catalog.db")).expect("a catalog")),
        blobs: Box::new(blobs_in(folder)),
        clock: Box::new(SystemClock),
        random: Box::new(SystemRandom),
        // Most folders have more files, which follow their folder later.
        options: Options {
            files_per_step: 2,
            ..Options::default()
        },
    };
    Manager::new(parts).expect("a manager")
}

/// The events as text, one a line.
fn log(events: impl IntoIterator<Item = Value>) -> String {
    events.into_iter().map(|event| format!("{event}\n")).collect()
}

/// A client that sends random requests.
struct Worker {
    manager: Manager,
    dice: Dice,
    folders: Vec<String>,
    files: Vec<String>,
    trash: Vec<String>,
    /// The token of a TUS upload, its id, its offset and its length.
    transfer: Option<(String, String, usize, usize)>,
    seen: i64,
}

impl Worker {
    fn new(manager: Manager, dice: Dice) -> Worker {
        let list = |kind: &str, root: &str| -> Vec<String> {
            let path = format!("/site-media/v1/{kind}/search");
            let body = json!({ "rootFolder": root, "paging": { "limit": 100 } }).to_string();
            let response = manager.handle(Request::new("POST", &path).body(body));
            let body = manager.collect(response.body).expect("a body");
            let value: Value = serde_json::from_slice(&body).expect("JSON");
            let items = value[kind].as_array().cloned().unwrap_or_default();
            items.iter().map(|item| text(&item["id"])).collect()
        };
        let mut folders = list("folders", "MEDIA_ROOT");
        folders.push("media-root".to_owned());
        let files = list("files", "MEDIA_ROOT");
        let mut trash = list("folders", "TRASH_ROOT");
        trash.extend(list("files", "TRASH_ROOT"));
        let seen = manager.control("lastEvent", &json!({})).expect("a number");
        Worker {
            manager,
            dice,
            folders,
            files,
            trash,
            transfer: None,
            seen: seen.as_i64().expect("a number"),
        }
    }

    fn json(&self, response: Response) -> Option<Value> {
        let body = self.manager.collect(response.body).expect("a body");
        (response.status == 200).then(|| serde_json::from_slice(&body).expect("JSON"))
    }

    fn call(&self, method: &str, path: &str, body: Value) -> Option<Value> {
        let request = Request::new(method, &format!("/site-media/v1{path}")).body(body.to_string());
        let response = self.manager.handle(request);
        self.json(response)
    }

    /// Deletes or restores a folder. Sometimes the client is gone before all files have followed.
    fn change_folder(&mut self, path: &str, id: &str) -> Option<Value> {
        let body = json!({ "folderIds": [id] });
        if self.dice.below(2) == 0 {
            return self.call("POST", path, body);
        }
        let head = Request::new("POST", &format!("/site-media/v1{path}")).head;
        let mut intake = self.manager.open(head);
        self.manager.feed(&mut intake, body.to_string().as_bytes());
        for _ in 0..self.dice.below(8) {
            self.manager.work(&mut intake);
        }
        self.manager.abandon(intake);
        Some(Value::Null)
    }

    fn upload_url(&mut self, kind: &str, name: &str) -> Option<Value> {
        let folder = self.dice.one_of(&self.folders)?;
        let body = json!({ "mimeType": "application/octet-stream", "fileName": name, "parentFolderId": folder });
        self.call("POST", &format!("/files/generate-{kind}url"), body)
    }

    /// Sends one random request. Returns `None` if it was refused or there was nothing to send it for.
    fn step(&mut self) -> Option<()> {
        match self.dice.below(12) {
            0..=2 => {
                // Audio stays pending until it is processed.
                let is_audio = self.dice.below(5) == 0;
                let name = if is_audio { "f.mp3" } else { "f.bin" };
                let url = text(&self.upload_url("upload-", name)?["uploadUrl"]);
                let path = url.strip_prefix("http://127.0.0.1").expect("ours").to_owned();
                let mut bytes = self.dice.bytes(60_000);
                let start = if is_audio { b"ID3\x04\0\0\0\0\0\0" } else { NO_TYPE };
                bytes.splice(..0, *start);
                let mut intake = self.manager.open(Request::new("PUT", &path).head);
                for piece in bytes.chunks(20_000) {
                    self.manager.feed(&mut intake, piece);
                }
                let response = self.manager.close(intake);
                let file = self.json(response)?;
                self.files.push(text(&file["file"]["id"]));
            }
            3 => {
                let parent = self.dice.one_of(&self.folders)?;
                let answer = self.call(
                    "POST",
                    "/folders",
                    json!({ "displayName": "f", "parentFolderId": parent }),
                )?;
                self.folders.push(text(&answer["folder"]["id"]));
            }
            4 => {
                let (id, parent) = (self.dice.one_of(&self.files)?, self.dice.one_of(&self.folders)?);
                let name = format!("n{}.bin", self.dice.below(1000));
                let file = json!({ "id": id, "displayName": name, "parentFolderId": parent });
                self.call("PATCH", &format!("/files/{id}"), json!({ "file": file }))?;
            }
            5 => {
                let (id, parent) = (self.dice.one_of(&self.folders)?, self.dice.one_of(&self.folders)?);
                let folder = json!({ "displayName": "moved", "parentFolderId": parent });
                self.call("PATCH", &format!("/folders/{id}"), json!({ "folder": folder }))?;
            }
            6 => {
                let ids = [self.dice.one_of(&self.files)?, self.dice.one_of(&self.files)?];
                self.trash.extend(ids.clone());
                self.call("POST", "/bulk/files/delete", json!({ "fileIds": ids }))?;
            }
            7 => {
                let id = self.dice.one_of(&self.folders)?;
                self.trash.push(id.clone());
                self.change_folder("/bulk/folders/delete", &id)?;
            }
            8 => {
                let id = self.dice.one_of(&self.trash)?;
                self.change_folder("/bulk/trash-bin/folders/restore", &id)?;
                self.call("POST", "/bulk/trash-bin/files/restore", json!({ "fileIds": [id] }))?;
            }
            9 if self.files.len() + self.trash.len() > 60 => {
                let ids: Vec<_> = self
                    .trash
                    .drain(..)
                    .chain(self.files.drain(..20.min(self.files.len())))
                    .take(100)
                    .collect();
                self.call(
                    "POST",
                    "/bulk/files/delete",
                    json!({ "fileIds": ids, "permanent": true }),
                )?;
                self.call(
                    "POST",
                    "/bulk/folders/delete",
                    json!({ "folderIds": ids, "permanent": true }),
                )?;
            }
            9 => {
                let export = self.manager.export().expect("an export");
                if self.dice.below(2) == 0 {
                    self.manager.end_export(&export.id).expect("ended");
                }
            }
            _ => self.transfer_step()?,
        }
        Some(())
    }

    fn tus(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
        let mut request = Request::new(method, path).header("Tus-Resumable", "1.0.0").body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.manager.handle(request)
    }

    fn transfer_step(&mut self) -> Option<()> {
        let Some((token, transfer, there, length)) = self.transfer.take() else {
            let token = text(&self.upload_url("resumable-upload-", "f.bin")?["uploadToken"]);
            let length = 1 + self.dice.below(50_000);
            let metadata = format!("token {}", data_encoding::BASE64.encode(token.as_bytes()));
            let headers = [
                ("Upload-Length", &length.to_string()[..]),
                ("Upload-Metadata", &metadata),
            ];
            let response = self.tus("POST", "/upload/tus", &headers, Vec::new());
            let location = response.header("location")?;
            let transfer = location.rsplit_once('/')?.1.to_owned();
            self.transfer = Some((token, transfer, 0, length));
            return Some(());
        };
        if there == length {
            let response = self
                .manager
                .handle(Request::new("PUT", &format!("/upload/tus/{token}")).body("{}"));
            let file = self.json(response)?;
            self.files.push(text(&file["file"]["id"]));
            return Some(());
        }
        let mut bytes = self.dice.bytes(20_000);
        bytes.splice(..0, *NO_TYPE);
        bytes.truncate(length - there);
        let there_now = there + bytes.len();
        let offset = there.to_string();
        let headers = [
            ("Content-Type", "application/offset+octet-stream"),
            ("Upload-Offset", &offset[..]),
        ];
        let path = format!("/upload/tus/{transfer}");
        let response = self.tus("PATCH", &path, &headers, bytes);
        assert_eq!(response.status, 204);
        say(&format!("transfer {transfer} {there_now}"));
        self.transfer = Some((token, transfer, there_now, length));
        Some(())
    }

    /// Prints the number of the last event, and the hash of the events since the previous acknowledgement.
    fn acknowledge(&mut self) {
        let events = self.manager.events(self.seen, 1_000_000).expect("events");
        let Some(last) = events.last() else { return };
        self.seen = last.number;
        let sum = hash(log(events.into_iter().map(|event| event.body)).as_bytes());
        say(&format!("done {} {sum}", self.seen));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).expect("said");
    out.flush().expect("said");
}

/// The process that the crash test starts and kills, not a test of its own.
#[test]
#[ignore = "the crash test starts it"]
fn child() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("started by the crash test"));
    let seed = std::env::var(SEED).expect("a seed").parse().expect("a number");
    let mut worker = Worker::new(open(&folder), dice(seed));
    say("ready");
    say(&format!("behind {}", worker.seen));
    loop {
        _ = worker.step();
        worker.acknowledge();
    }
}

/// The content according to the events.
#[derive(Default)]
struct Expected {
    /// The latest entity of each item, and whether it is in the trash.
    items: BTreeMap<String, (Value, bool)>,
    seen: i64,
}

impl Expected {
    fn replay(&mut self, number: i64, event: &Value) {
        assert!(number > self.seen);
        self.seen = number;
        let id = text(&event["entityId"]);
        let entity = match text(&event["slug"]).as_str() {
            "created" => &event["createdEvent"]["entity"],
            "updated" => &event["updatedEvent"]["currentEntity"],
            "file_ready" => &event["actionEvent"]["body"]["file"],
            "deleted" => {
                let to_trash = event["deletedEvent"]["movedToTrash"] == true;
                let known = if to_trash {
                    self.items.get_mut(&id).map(|item| item.1 = true)
                } else {
                    self.items.remove(&id).map(drop)
                };
                // A file sends its first event when it is ready. Audio may be deleted while it is pending.
                assert!(
                    known.is_some() || id.ends_with(".mp3"),
                    "deleted, but never created: {id}"
                );
                return;
            }
            slug => panic!("unexpected event: {slug}"),
        };
        // Items in the trash can be renamed.
        self.items.insert(id, (entity.clone(), entity["state"] == "DELETED"));
    }
}

/// Checks database, blobs, events and content after a crash.
fn check(folder: &Path, expected: &mut Expected, said: &[String]) {
    let catalog = Sqlite::open(&folder.join("catalog.db")).expect("a catalog");
    assert!(catalog.is_intact().expect("checked"), "the database is damaged");
    let rows = catalog.read().expect("a snapshot");
    let blobs = blobs_in(folder);
    let mut named = BTreeSet::new();
    // Pending files have sent no event yet.
    let mut pending = BTreeSet::new();
    for file in rows.all_files("", u32::MAX).expect("files") {
        let blob = file.blob.expect("bytes");
        let size = usize::try_from(file.size).expect("a size");
        assert_eq!(blobs.size(&blob).expect("a size"), Some(size as u64), "{}", file.id);
        let mut bytes = vec![0; size];
        assert_eq!(blobs.read(&blob, 0, &mut bytes).expect("read"), size);
        assert_eq!(hash(&bytes), file.hash, "{}", file.id);
        named.insert(blob);
        if file.status == wix_media::model::status::Status::Pending {
            pending.insert(file.id);
        }
    }
    let mut all: BTreeMap<String, Area> = BTreeMap::new();
    all.extend(
        rows.all_files("", u32::MAX)
            .expect("files")
            .into_iter()
            .map(|file| (file.id, file.area)),
    );
    all.extend(
        rows.all_folders("", u32::MAX)
            .expect("folders")
            .into_iter()
            .map(|item| (item.id, item.area)),
    );
    drop(rows);
    drop(catalog);

    let manager = open(folder);
    // What a crash has left of the changes of folders goes on.
    let has_stale = |manager: &Manager| {
        manager
            .next_tick()
            .expect("a time")
            .is_some_and(|due| due <= SystemClock.now())
    };
    while has_stale(&manager) {
        manager.tick().expect("a tick");
    }
    let events = manager.events(expected.seen, 1_000_000).expect("events");
    let mut seen = expected.seen;
    let mut answered = expected.seen;
    for line in said {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            // Pending files may have become ready before the child read this number.
            ["behind", number] => seen = number.parse().expect("a number"),
            ["done", number, sum] => {
                answered = number.parse().expect("a number");
                let those = events
                    .iter()
                    .filter(|event| event.number > seen && event.number <= answered);
                assert_eq!(
                    hash(log(those.map(|event| event.body.clone())).as_bytes()),
                    sum,
                    "an answered change was lost"
                );
                seen = answered;
            }
            ["transfer", transfer, offset] => {
                let path = format!("/upload/tus/{transfer}");
                let response = manager.handle(Request::new("HEAD", &path).header("Tus-Resumable", "1.0.0"));
                // A finalised upload has no offset.
                if response.status == 200 {
                    let there: u64 = response
                        .header("upload-offset")
                        .expect("an offset")
                        .parse()
                        .expect("a number");
                    assert!(there >= offset.parse().expect("a number"), "answered bytes were lost");
                }
            }
            _ => {}
        }
    }
    assert!(events.last().is_none_or(|last| last.number >= answered));
    for event in &events {
        expected.replay(event.number, &event.body);
    }
    let known: BTreeSet<_> = expected
        .items
        .iter()
        .map(|(id, (_, trashed))| (id.clone(), *trashed))
        .collect();
    let there: BTreeSet<_> = all.into_iter().map(|(id, area)| (id, area == Area::Trash)).collect();
    let different: Vec<_> = there
        .symmetric_difference(&known)
        .filter(|(id, _)| !pending.contains(id))
        .collect();
    assert!(
        different.is_empty(),
        "the content differs from its events: {different:?}"
    );
    for (id, (entity, trashed)) in &expected.items {
        if pending.contains(id) {
            continue;
        }
        let kind = if entity.get("mimeType").is_some() {
            "file"
        } else {
            "folder"
        };
        let response = manager.handle(Request::new("GET", &format!("/site-media/v1/{kind}s/{id}")));
        let body = manager.collect(response.body).expect("a body");
        let found: Value = serde_json::from_slice(&body).expect("JSON");
        if *trashed {
            assert_eq!(found[kind]["state"], "DELETED");
            assert_eq!(found[kind]["displayName"], entity["displayName"]);
        } else if kind == "file" {
            assert_eq!(&found[kind], entity);
        } else {
            // The event of a folder restored along with its parent shows the tree of that moment.
            assert_eq!(found[kind]["displayName"], entity["displayName"]);
            assert_eq!(found[kind]["parentFolderId"], entity["parentFolderId"]);
        }
    }
    manager.sweep(0).expect("swept");
    let parts = manager.into_parts();
    let rows = parts.catalog.read().expect("a snapshot");
    for blob in parts.blobs.list("", 100_000).expect("ids") {
        assert!(
            named.remove(&blob) || rows.needs_blob(&blob).expect("an answer"),
            "orphaned blob: {blob}"
        );
    }
    assert_eq!(named, BTreeSet::new());
}

fn start(folder: &Path, seed: u64) -> Child {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .args([
            "crash::child",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FOLDER, folder)
        .env(SEED, seed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().expect("a child")
}

#[test]
fn process_killed_at_random_keeps_every_answered_change() {
    let first: u64 = std::env::var(SEED)
        .ok()
        .map_or(1, |seed| seed.parse().expect("a number"));
    let folder = std::env::temp_dir().join(format!("wix-media-crash-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut expected = Expected::default();
    let (mut worked, mut answers) = (0, 0);
    for round in 0..KILLS {
        let seed = first + round;
        let mut dice = dice(seed ^ 0xdead);
        let mut child = start(&folder, seed);
        let mut out = BufReader::new(child.stdout.take().expect("an output"));
        let mut said = Vec::new();
        // One child in ten is killed while it starts.
        if dice.below(10) == 0 {
            std::thread::sleep(Duration::from_micros(dice.below(20_000) as u64));
        } else {
            // Wait for a few answers first, so that the moment does not depend on the speed of the disk.
            let answers = dice.below(6);
            let mut is_ready = false;
            while !is_ready || said.len() < answers {
                let mut line = String::new();
                assert!(
                    out.read_line(&mut line).expect("a line") > 0,
                    "the child of seed {seed} exited"
                );
                match line.trim() {
                    "" => {}
                    "ready" => is_ready = true,
                    answer if is_ready => said.push(answer.to_owned()),
                    _ => {}
                }
            }
            std::thread::sleep(Duration::from_micros(dice.below(25_000) as u64));
            worked += 1;
        }
        child.kill().expect("killed");
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("the rest");
        child.wait().expect("gone");
        // An incomplete last line was not acknowledged.
        let whole = rest.rfind('\n').map_or("", |end| &rest[..end]);
        said.extend(whole.lines().filter(|line| !line.is_empty()).map(str::to_owned));
        answers += said.len();
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&folder, &mut expected, &said)));
        assert!(
            checked.is_ok(),
            "reproduce with {SEED}={seed}; the directory is {}",
            folder.display()
        );
    }
    assert!(
        worked > KILLS / 2 && answers > worked as usize,
        "{worked} children, {answers} answers"
    );
    std::fs::remove_dir_all(folder).expect("removed");
}

/// A disk that loses what was not synced, and that fails at one call.
#[derive(Debug, Default)]
struct Disc {
    cached: BTreeMap<String, Vec<u8>>,
    safe: BTreeMap<String, Vec<u8>>,
    /// How many calls succeed before one fails.
    left: Option<usize>,
    /// Whether the calls after the failed one succeed.
    recovers: bool,
    calls: usize,
}

impl Disc {
    fn count(&mut self) -> std::io::Result<()> {
        self.calls += 1;
        match &mut self.left {
            Some(0) => {
                if self.recovers {
                    self.left = None;
                }
                Err(std::io::Error::other("the disk has failed"))
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Failing(Arc<Mutex<Disc>>);

impl Failing {
    fn disc(&self) -> std::sync::MutexGuard<'_, Disc> {
        self.0.lock().expect("a disk")
    }
}

impl Host for Failing {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> std::io::Result<()> {
        let mut disc = self.disc();
        let outcome = disc.count();
        let file = disc.cached.entry(name.to_owned()).or_default();
        file.truncate(usize::try_from(offset).expect("small"));
        // A failed write may have written some of its bytes.
        let done = if outcome.is_ok() { bytes.len() } else { bytes.len() / 2 };
        file.extend_from_slice(&bytes[..done]);
        outcome
    }

    fn sync(&self, name: &str) -> std::io::Result<()> {
        let mut disc = self.disc();
        disc.count()?;
        let bytes = disc.cached.get(name).cloned().ok_or(std::io::ErrorKind::NotFound)?;
        disc.safe.insert(name.to_owned(), bytes);
        Ok(())
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let disc = self.disc();
        let bytes = disc.cached.get(name).ok_or(std::io::ErrorKind::NotFound)?;
        let from = usize::try_from(offset).expect("small").min(bytes.len());
        let count = buffer.len().min(bytes.len() - from);
        buffer[..count].copy_from_slice(&bytes[from..from + count]);
        Ok(count)
    }

    fn size(&self, name: &str) -> std::io::Result<Option<u64>> {
        Ok(self.disc().cached.get(name).map(|bytes| bytes.len() as u64))
    }

    fn remove(&self, name: &str) -> std::io::Result<()> {
        let mut disc = self.disc();
        disc.count()?;
        disc.cached.remove(name);
        disc.safe.remove(name);
        Ok(())
    }

    fn names(&self, folder: &str) -> std::io::Result<Vec<String>> {
        let disc = self.disc();
        let names = disc
            .cached
            .keys()
            .filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/'));
        Ok(names.map(str::to_owned).collect())
    }
}

fn parts_on(disc: &Failing, catalog: Box<dyn Catalog>, seed: u64) -> Parts {
    Parts {
        catalog,
        blobs: Box::new(Directory::new(disc.clone())),
        clock: Box::new(ManualClock::at(START)),
        random: Box::new(Seeded::new(seed)),
        options: Options::default(),
    }
}

/// Sends fixed requests to a manager whose disk fails at call `at` and then loses its cache.
///
/// Returns how many calls the disk received.
fn fail_at(at: Option<usize>, recovers: bool) -> usize {
    let disc = Failing::default();
    let catalog = Box::new(Sqlite::memory().expect("a catalog"));
    let manager = Manager::new(parts_on(&disc, catalog, 1)).expect("a manager");
    {
        let mut disc = disc.disc();
        disc.left = at;
        disc.recovers = recovers;
        disc.calls = 0;
    }
    let mut worker = Worker::new(manager, dice(5));
    let mut answered = BTreeMap::new();
    for step in 0..8 {
        let bytes = vec![b'a' + step; 5000];
        let url = worker.upload_url("upload-", "f.bin").expect("a URL");
        let path = text(&url["uploadUrl"]).replace("http://127.0.0.1", "");
        let mut intake = worker.manager.open(Request::new("PUT", &path).head);
        for piece in bytes.chunks(3000) {
            worker.manager.feed(&mut intake, piece);
        }
        let response = worker.manager.close(intake);
        assert!(matches!(response.status, 200 | 500), "{}", response.status);
        if let Some(answer) = worker.json(response) {
            answered.insert(text(&answer["file"]["id"]), bytes);
        }
        if step % 3 == 2
            && let Some(id) = answered.keys().next().cloned()
        {
            let body = json!({ "fileIds": [id], "permanent": true });
            worker
                .call("POST", "/bulk/files/delete", body)
                .expect("a permanent deletion succeeds without the disk");
            answered.remove(&id);
        }
        // An export must do no harm, whether the disk has recovered or not.
        if step == 4
            && let Ok(export) = worker.manager.export()
        {
            worker.manager.end_export(&export.id).expect("ended");
        }
    }
    let Parts { catalog, .. } = worker.manager.into_parts();
    let calls = {
        let mut disc = disc.disc();
        disc.left = None;
        disc.cached = disc.safe.clone();
        disc.calls
    };
    let manager = Manager::new(parts_on(&disc, catalog, 2)).expect("a manager");
    manager.sweep(0).expect("swept");
    let parts = manager.into_parts();
    let files = parts
        .catalog
        .read()
        .expect("a snapshot")
        .all_files("", 100)
        .expect("files");
    assert_eq!(files.len(), answered.len(), "disk failed at call {at:?}");
    for file in &files {
        let bytes = &answered[&file.id];
        let mut found = vec![0; bytes.len() + 1];
        let blob = file.blob.as_deref().expect("bytes");
        let count = parts
            .blobs
            .read(blob, 0, &mut found)
            .expect("an answered file is on disk");
        assert_eq!(&found[..count], &bytes[..], "disk failed at call {at:?}");
    }
    assert_eq!(
        parts.blobs.list("", 100_000).expect("ids").len(),
        files.len(),
        "disk failed at call {at:?}"
    );
    calls
}

#[test]
fn failing_disk_keeps_every_answered_upload() {
    let calls = fail_at(None, false);
    assert!(calls > 20, "{calls}");
    for at in 0..calls {
        fail_at(Some(at), false);
        fail_at(Some(at), true);
    }
}
