//! A manager on disk, closed and opened again.

use crate::site::{START, target, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use wix_media::blobs::{Blobs, Directory, Disk};
use wix_media::catalog::{Error, Sqlite};
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Seeded};

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("wix-media-{name}-{}", std::process::id()))
}

fn open(folder: &Path, seed: u64) -> Result<Manager, Error> {
    let disk = Disk::new(&folder.join("blobs")).expect("a folder");
    Manager::new(Parts {
        catalog: Box::new(Sqlite::open(&folder.join("catalog.db"))?),
        blobs: Box::new(Directory::new(disk)),
        clock: Box::new(ManualClock::at(START)),
        random: Box::new(Seeded::new(seed)),
        options: Options::default(),
    })
}

fn json_of(manager: &Manager, request: Request) -> Value {
    let response = manager.handle(request);
    assert_eq!(response.status, 200);
    serde_json::from_slice(&manager.collect(response.body).expect("a body")).expect("JSON")
}

#[test]
fn second_manager_on_a_directory_finds_everything_answered() {
    let folder = folder("kept");
    let manager = open(&folder, 1).expect("a manager");
    let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf", "filePath": "x/y" }).to_string();
    let ask = || Request::new("POST", "/site-media/v1/files/generate-upload-url").body(&*body);
    let used = target(&text(&json_of(&manager, ask())["uploadUrl"]));
    let unused = target(&text(&json_of(&manager, ask())["uploadUrl"]));
    let file = json_of(&manager, Request::new("PUT", &used).body("%PDF-1.7"))["file"].clone();
    assert!(matches!(open(&folder, 2), Err(Error::Locked)));
    let events = manager.events(0, 100).expect("events");
    drop(manager);

    // A crash after the bytes and before the row leaves an orphaned blob.
    let blobs = Directory::new(Disk::new(&folder.join("blobs")).expect("a folder"));
    let mut writer = blobs.open_writer("orphan", 0).expect("a writer");
    blobs.append(&mut writer, b"lost").expect("written");
    drop(writer);

    let manager = open(&folder, 3).expect("a manager");
    assert_eq!(
        blobs.list("", 100).expect("ids").len(),
        2,
        "opening a manager removes nothing"
    );
    assert_eq!(
        manager.sweep(1000).expect("swept").waiting,
        1,
        "the grace period starts"
    );
    assert_eq!(manager.sweep(0).expect("swept").removed, 1);
    assert_eq!(blobs.list("", 100_000).expect("ids").len(), 1);
    assert_eq!(manager.events(0, 100).expect("events"), events);
    let path = format!("/site-media/v1/files/{}", text(&file["id"]));
    assert_eq!(json_of(&manager, Request::new("GET", &path))["file"], file);
    let response = manager.handle(Request::new("GET", &target(&text(&file["url"]))));
    assert_eq!(manager.collect(response.body).expect("a body"), b"%PDF-1.7");
    assert_eq!(manager.handle(Request::new("PUT", &used).body("%PDF-1.7")).status, 409);
    assert_eq!(
        manager.handle(Request::new("PUT", &unused).body("%PDF-1.7")).status,
        200
    );
    drop(manager);
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn catalog_lost_beside_blobs_is_refused_and_blobs_stay() {
    let folder = folder("lost");
    let manager = open(&folder, 1).expect("a manager");
    let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf" }).to_string();
    let request = Request::new("POST", "/site-media/v1/files/generate-upload-url").body(&*body);
    let url = target(&text(&json_of(&manager, request)["uploadUrl"]));
    let file = json_of(&manager, Request::new("PUT", &url).body("%PDF-1.7"))["file"].clone();
    drop(manager);
    let catalog = folder.join("catalog.db");
    let blobs = Directory::new(Disk::new(&folder.join("blobs")).expect("a folder"));
    let before = blobs.list("", 100).expect("ids");
    let content = std::fs::read(&catalog).expect("read");

    std::fs::remove_file(&catalog).expect("removed");
    assert!(matches!(open(&folder, 2), Err(Error::Store(_))));
    std::fs::write(&catalog, "").expect("written");
    assert!(matches!(open(&folder, 2), Err(Error::Store(_))));
    assert_eq!(blobs.list("", 100).expect("ids"), before);

    std::fs::write(&catalog, content).expect("written");
    let manager = open(&folder, 3).expect("a manager");
    let response = manager.handle(Request::new("GET", &target(&text(&file["url"]))));
    assert_eq!(manager.collect(response.body).expect("a body"), b"%PDF-1.7");
    drop(manager);
    std::fs::remove_dir_all(folder).expect("removed");
}

/// Another process took the directory over while this one was stopped.
#[test]
fn overtaken_manager_answers_503_and_writes_nothing() {
    let folder = folder("overtaken");
    let manager = open(&folder, 1).expect("a manager");
    std::fs::remove_file(folder.join("lock.1")).expect("removed");
    // The owner relies on its lock for as long.
    std::thread::sleep(std::time::Duration::from_millis(3100));
    let body = json!({ "displayName": "Animals" }).to_string();
    let response = manager.handle(Request::new("POST", "/site-media/v1/folders").body(&*body));
    assert_eq!(response.status, 503);
    let answer: Value = serde_json::from_slice(&manager.collect(response.body).expect("a body")).expect("JSON");
    assert_eq!(answer["details"]["applicationError"]["code"], "LOCK_LOST");
    assert_eq!(
        manager.handle(Request::new("GET", "/site-media/v1/folders")).status,
        503
    );
    drop(manager);
    assert!(
        open(&folder, 2)
            .expect("a manager")
            .events(0, 9)
            .expect("events")
            .is_empty()
    );
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn shared_stores_keep_freed_blobs_until_the_sweep() {
    for (shares_stores, kept) in [(false, 0), (true, 1)] {
        let folder = folder(&format!("shared-{shares_stores}"));
        let parts = open(&folder, 1).expect("a manager").into_parts();
        let options = Options {
            shares_stores,
            ..parts.options
        };
        let manager = Manager::new(Parts { options, ..parts }).expect("a manager");
        let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf" }).to_string();
        let ask = Request::new("POST", "/site-media/v1/files/generate-upload-url").body(&*body);
        let url = target(&text(&json_of(&manager, ask)["uploadUrl"]));
        json_of(&manager, Request::new("PUT", &url).body("%PDF-1.7"));
        manager.reset().expect("reset");
        let blobs = Directory::new(Disk::new(&folder.join("blobs")).expect("a folder"));
        assert_eq!(blobs.list("", 10).expect("ids").len(), kept, "{shares_stores}");
        assert_eq!(manager.collect_blobs("").expect("collected"), None);
        assert_eq!(blobs.list("", 10).expect("ids").len(), kept, "{shares_stores}");
        assert_eq!(manager.sweep(0).expect("swept").removed, kept as u64);
        assert!(blobs.list("", 10).expect("ids").is_empty());
        drop(manager);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
