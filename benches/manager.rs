//! How fast the embedded Media Manager is natively, beside the targets of the project. Run by `cargo xtask bench`.
//!
//! `WIX_MEDIA_FILES` sets how many files the large catalog has, `WIX_MEDIA_LARGE_MB` how large the large upload is.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wix_media::blobs::{Blobs, Directory, Disk, Memory};
use wix_media::catalog::{Area, Catalog, Children, File, Folder, Item, Page, Position, Sort, Sqlite, fold};
use wix_media::manager::{Head, Manager, Options, Parts, Request, Response, SystemClock, SystemRandom};

const NOW: i64 = 1_700_000_000_000;
const SORTS: [(Sort, &str); 3] = [(Sort::Name, "name"), (Sort::Updated, "date"), (Sort::Size, "size")];

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .map_or(otherwise, |value| value.parse().expect("a number"))
}

/// A folder that is removed with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("wix-media-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn manager(catalog: Sqlite, blobs: Box<dyn Blobs>) -> Manager {
    let parts = Parts {
        catalog: Box::new(catalog),
        blobs,
        clock: Box::new(SystemClock),
        random: Box::new(SystemRandom),
        options: Options::default(),
    };
    Manager::new(parts).unwrap()
}

fn in_memory() -> Manager {
    manager(Sqlite::memory().unwrap(), Box::new(Memory::default()))
}

fn in_directory(folder: &Path) -> Manager {
    let disk = Disk::new(&folder.join("blobs")).unwrap();
    manager(
        Sqlite::open(&folder.join("catalog.db")).unwrap(),
        Box::new(Directory::new(disk)),
    )
}

fn read(manager: &Manager, response: Response) -> Value {
    let body = manager.collect(response.body).unwrap();
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

fn call(manager: &Manager, method: &str, path: &str, body: &Value) -> Value {
    let request = Request::new(method, &format!("/site-media/v1{path}")).body(body.to_string());
    let response = manager.handle(request);
    read(manager, response)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn upload_path(manager: &Manager, name: &str, folder: &str) -> String {
    let body = json!({ "mimeType": "application/octet-stream", "fileName": name, "parentFolderId": folder });
    let url = call(manager, "POST", "/files/generate-upload-url", &body);
    text(&url["uploadUrl"]).split_off("http://127.0.0.1".len())
}

/// The processor time of a run, where the system tells it, so that other load on the machine matters less.
fn busy(run: impl FnOnce()) -> Duration {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    let (before, begun) = (spent(), Instant::now());
    run();
    match before.zip(spent()) {
        Some((before, after)) => after - before,
        None => begun.elapsed(),
    }
}

/// The median of several rounds, each of enough calls for the system to measure.
fn median(rounds: usize, mut run: impl FnMut()) -> Duration {
    const MIN_ROUND: Duration = Duration::from_millis(40);
    let mut calls = 1;
    while busy(|| (0..calls).for_each(|_| run())) < MIN_ROUND {
        calls *= 2;
    }
    let mut times: Vec<_> = (0..rounds)
        .map(|_| busy(|| (0..calls).for_each(|_| run())) / calls)
        .collect();
    times.sort();
    times[rounds / 2]
}

/// The rate of calls: per second of processor time, or of wall-clock time for calls that wait for a disk.
fn per_second(count: usize, waits: bool, mut run: impl FnMut(usize)) -> f64 {
    let begun = Instant::now();
    let time = busy(|| (0..count).for_each(&mut run));
    let time = if waits { begun.elapsed() } else { time };
    count as f64 / time.as_secs_f64()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A line of the report; a value that misses its target is marked.
fn line(what: &str, value: f64, unit: &str, max: Option<f64>) {
    let target = max.map_or(String::new(), |max| {
        let verdict = if value <= max { "" } else { "  MISSED" };
        format!("  (at most {max} {unit}){verdict}")
    });
    println!("  {what:<58} {value:>10.2} {unit}{target}");
}

/// A value from the status of this process, in megabytes. Only Linux tells.
fn memory(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// Resets the peak of the memory, and returns the memory in use.
fn forget_peak() -> Option<f64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    memory("VmRSS")
}

/// How far the memory rose above what it was.
fn rise(what: &str, idle: Option<f64>, max: f64) {
    match idle.zip(memory("VmHWM")) {
        Some((idle, peak)) => line(what, peak - idle, "MB", Some(max)),
        None => println!("  {what}: this system does not tell"),
    }
}

/// A number that looks random, the same in each run.
fn scatter(number: u64) -> u64 {
    let mixed = (number ^ number >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
}

const WORDS: [&str; 16] = [
    "river", "harbour", "bridge", "lantern", "meadow", "copper", "velvet", "orchard", "glacier", "saffron", "willow",
    "thunder", "pebble", "marble", "ember", "canyon",
];

fn row(number: u64) -> File {
    let dice = scatter(number);
    let word = |at: u64| WORDS[(dice >> (4 * at) & 15) as usize];
    let name = format!("{} {} {number}.jpg", word(0), word(1));
    let id = format!("a1b2c3_{dice:016x}{number:016x}~mv2.jpg");
    let mut file = File::new(&id, &name, "media-root", Area::Site, NOW);
    file.updated = NOW + (dice % 100_000_000) as i64;
    file.media_type = wix_media::model::media_type::MediaType::Image;
    file.mime = "image/jpeg".into();
    file.size = (dice % 5_000_000) as i64;
    file.hash = "d41d8cd98f00b204e9800998ecf8427e".into();
    file.labels = vec![word(2).to_owned()];
    file
}

fn filled(path: &Path, count: u64) -> Sqlite {
    let catalog = Sqlite::open(path).unwrap();
    let mut writer = catalog.write().unwrap();
    writer.begin_load().unwrap();
    for number in 0..count {
        writer.insert_file(&row(number)).unwrap();
    }
    writer.end_load().unwrap();
    writer.commit().unwrap();
    // As after a start: nothing is in the write-ahead log any more.
    drop(catalog);
    Sqlite::open(path).unwrap()
}

/// The first and the deepest page of 100 for each sort.
fn pages(catalog: &Sqlite) -> Vec<(String, Duration)> {
    let files = |page: &Page| catalog.read().unwrap().files(page).unwrap();
    let mut times = Vec::new();
    for (sort, name) in SORTS {
        for children in [Children::Of("media-root".into()), Children::In(vec![Area::Site])] {
            let place = if matches!(children, Children::Of(_)) {
                "folder"
            } else {
                "site"
            };
            let mut page = Page::new(children, 101);
            page.sort = sort;
            page.descending = false;
            times.push((
                format!("first page of a {place} by {name}"),
                median(51, || assert_eq!(files(&page).len(), 101)),
            ));
            // What is in front of the last hundred, found from the end.
            page.descending = true;
            let last = files(&page);
            page.descending = false;
            page.from = last.last().map(|file| Position { ..file.position(sort) });
            page.limit = 100;
            times.push((
                format!("deepest page of a {place} by {name}"),
                median(51, || assert!(!files(&page).is_empty())),
            ));
        }
    }
    times
}

fn catalogs() {
    let large = setting("WIX_MEDIA_FILES", 1_000_000);
    let scratch = Scratch::new("catalog");
    let small_path = scratch.0.join("small.db");
    let large_path = scratch.0.join("large.db");
    let small = pages(&filled(&small_path, 10_000.min(large)));
    println!("\nPages of 100 at {large} files, and how much longer than at 10,000");
    let mut catalog = None;
    let time = busy(|| catalog = Some(filled(&large_path, large)));
    let catalog = catalog.unwrap();
    line("making the catalog", time.as_secs_f64(), "s", None);
    for ((name, small), (_, time)) in small.iter().zip(pages(&catalog)) {
        line(name, milliseconds(time), "ms", Some(5.0));
        let ratio = time.as_secs_f64() / small.as_secs_f64();
        line("", ratio, "times", Some(1.5));
    }
    let manager = manager(catalog, Box::new(Memory::default()));
    for (name, path) in [
        (
            "whole request, list by name",
            "/files?sort.fieldName=displayName&paging.limit=100",
        ),
        (
            "whole request, list by date",
            "/files?sort.fieldName=updatedDate&paging.limit=100",
        ),
    ] {
        let time = median(7, || drop(call(&manager, "GET", path, &Value::Null)));
        line(name, milliseconds(time), "ms", Some(5.0));
    }
    println!("\nSearch at {large} files, and as a part of what LIKE takes on the same table");
    // One item, about 4,000 of a million, and one of eight.
    let searches = [
        format!("{}.jpg", large - 7),
        "glacier saffron".to_owned(),
        "orchard".to_owned(),
    ];
    let mut ours = Vec::new();
    for term in &searches {
        let body = json!({ "search": term, "paging": { "limit": 100 } });
        let found = call(&manager, "POST", "/files/search", &body);
        assert!(!found["files"].as_array().unwrap().is_empty());
        ours.push(median(7, || drop(call(&manager, "POST", "/files/search", &body))));
    }
    drop(manager);
    let plain = rusqlite::Connection::open(&large_path).unwrap();
    for (term, ours) in searches.iter().zip(ours) {
        let pattern = format!("%{}%", fold(term));
        let mut statement = plain
            .prepare("SELECT id, name, size, labels FROM file WHERE area = 0 AND folded LIKE ? ORDER BY updated DESC, id LIMIT 100")
            .unwrap();
        let like = median(3, || {
            let mut rows = statement.query([&pattern]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                assert!(!row.get::<_, String>(0).unwrap().is_empty());
            }
        });
        // Sorting every match is the cost without a fitting index. With one, LIKE finds a common term soon.
        let mut statement = plain
            .prepare("SELECT id, name, size, labels FROM file WHERE +area = 0 AND folded LIKE ? ORDER BY +updated DESC, id LIMIT 100")
            .unwrap();
        let sorted = median(3, || {
            let mut rows = statement.query([&pattern]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                assert!(!row.get::<_, String>(0).unwrap().is_empty());
            }
        });
        line(
            &format!("search for {term:?}, whole request"),
            milliseconds(ours),
            "ms",
            None,
        );
        line(
            "  beside LIKE over the table",
            ours.as_secs_f64() / sorted.as_secs_f64(),
            "times",
            Some(0.05),
        );
        line(
            "  beside LIKE along the index",
            ours.as_secs_f64() / like.as_secs_f64(),
            "times",
            None,
        );
    }
}

fn writes() {
    println!("\nWrites per second");
    let scratch = Scratch::new("writes");
    for (place, manager, count, waits) in [
        ("in memory", in_memory(), 5000, false),
        ("in a directory", in_directory(&scratch.0), 300, true),
    ] {
        let body = json!({ "displayName": "Animals" });
        let folders = per_second(count, waits, |_| drop(call(&manager, "POST", "/folders", &body)));
        line(&format!("createFolder {place}"), folders, "/s", None);
        let bytes = vec![7; 10_000];
        let uploads = per_second(count, waits, |number| {
            let path = upload_path(&manager, &format!("{number}.bin"), "media-root");
            let response = manager.handle(Request::new("PUT", &path).body(&*bytes));
            read(&manager, response);
        });
        line(&format!("uploads of 10 kB {place}"), uploads, "/s", None);
    }
}

fn trees() {
    println!("\nA folder with 100,000 files in 1,000 folders, in memory");
    let catalog = Sqlite::memory().unwrap();
    let mut writer = catalog.write().unwrap();
    writer
        .insert_folder(&Folder::new("top", "Top", "media-root", Area::Site, NOW))
        .unwrap();
    for number in 0..1000 {
        let id = format!("f{number}");
        writer
            .insert_folder(&Folder::new(&id, &id, "top", Area::Site, NOW))
            .unwrap();
    }
    for number in 0..100_000 {
        let mut file = row(number);
        file.parent = format!("f{}", number % 1000);
        // No bytes: this measures rows.
        file.size = 0;
        writer.insert_file(&file).unwrap();
    }
    writer.commit().unwrap();
    let manager = manager(catalog, Box::new(Memory::default()));
    let body = json!({ "folderIds": ["top"] });
    for (what, path) in [
        ("to the trash", "/bulk/folders/delete"),
        ("restored", "/bulk/trash-bin/folders/restore"),
    ] {
        let time = busy(|| drop(call(&manager, "POST", path, &body)));
        line(what, time.as_secs_f64(), "s", None);
    }
    let mut archive = Vec::new();
    let time = busy(|| {
        let mut export = manager.export().unwrap();
        archive.resize(usize::try_from(export.body.length()).unwrap(), 0);
        manager.read(&mut export.body, &mut archive).unwrap();
        manager.end_export(&export.id).unwrap();
    });
    line("exported", time.as_secs_f64(), "s", None);
    let other = in_memory();
    let time = busy(|| {
        let mut intake = other.open_archive();
        for bytes in archive.chunks(1 << 16) {
            other.feed(&mut intake, bytes);
        }
        let response = other.close(intake);
        read(&other, response);
    });
    line("imported", time.as_secs_f64(), "s", None);
    let body = json!({ "folderIds": ["top"], "permanent": true });
    let time = busy(|| drop(call(&manager, "POST", "/bulk/folders/delete", &body)));
    line("deleted for good", time.as_secs_f64(), "s", None);
}

/// Sends a body in pieces, and returns the answer and the time.
fn stream(manager: &Manager, head: Head, piece: &[u8], pieces: u64) -> (Value, Duration) {
    let begun = Instant::now();
    let mut intake = manager.open(head);
    for _ in 0..pieces {
        assert!(manager.feed(&mut intake, piece));
    }
    let response = manager.close(intake);
    (read(manager, response), begun.elapsed())
}

fn drain(manager: &Manager, target: &str) -> (u64, Duration) {
    let begun = Instant::now();
    let mut response = manager.handle(Request::new("GET", target));
    assert_eq!(response.status, 200);
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let count = manager.read(&mut response.body, &mut buffer).unwrap();
        if count == 0 {
            return (size, begun.elapsed());
        }
        size += count as u64;
    }
}

fn bytes() {
    println!("\nBytes, in a directory");
    let scratch = Scratch::new("bytes");
    let manager = in_directory(&scratch.0);
    let folder = text(&call(&manager, "POST", "/folders", &json!({ "displayName": "Zip" }))["folder"]["id"]);
    let piece = vec![42; 1 << 16];
    for number in 0..1000 {
        let path = upload_path(&manager, &format!("{number}.bin"), &folder);
        stream(&manager, Request::new("PUT", &path).head, &piece, 16);
    }
    let idle = forget_peak();
    let url = call(
        &manager,
        "POST",
        &format!("/folders/{folder}/generate-download-url"),
        &json!({}),
    );
    let target = text(&url["downloadUrl"]).split_off("http://127.0.0.1".len());
    let (size, time) = drain(&manager, &target);
    line(
        "zip of 1000 files of 1 MB",
        size as f64 / 1e6 / time.as_secs_f64(),
        "MB/s",
        None,
    );
    rise("memory that it took", idle, 100.0);

    let megabytes = setting("WIX_MEDIA_LARGE_MB", 2048);
    let path = upload_path(&manager, "large.mp4", "media-root");
    let request = Request::new("PUT", &path).header("Content-Type", "video/mp4");
    let idle = forget_peak();
    let (answer, time) = stream(&manager, request.head, &piece, megabytes * 16);
    line(
        &format!("upload of {megabytes} MB"),
        megabytes as f64 / time.as_secs_f64(),
        "MB/s",
        None,
    );
    rise("memory that it took", idle, 64.0);
    let target = text(&answer["file"]["url"]).split_off("http://127.0.0.1".len());
    let idle = forget_peak();
    let (size, time) = drain(&manager, &target);
    line("download of it", size as f64 / 1e6 / time.as_secs_f64(), "MB/s", None);
    rise("memory that it took", idle, 64.0);
}

fn main() {
    // Cargo and test runners ask every target for its list of tests.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let chosen = std::env::var("WIX_MEDIA_PART").ok();
    for (name, part) in [
        ("bytes", bytes as fn()),
        ("writes", writes),
        ("trees", trees),
        ("catalogs", catalogs),
    ] {
        if chosen.as_deref().is_none_or(|chosen| chosen == name) {
            part();
        }
    }
}
