//! One manager shared by many threads.

use crate::site::{START, target, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use wix_media::blobs::{Directory, Disk};
use wix_media::catalog::{self, Catalog, Read, Sqlite, Write};
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Seeded};

const THREADS: usize = 8;
const ROUNDS: usize = 40;

/// A catalog that the test can still use beside the manager.
#[derive(Clone, Debug)]
struct Shared(Arc<Sqlite>);

impl Catalog for Shared {
    fn read(&self) -> catalog::Result<Box<dyn Read + '_>> {
        self.0.read()
    }

    fn write(&self) -> catalog::Result<Box<dyn Write + '_>> {
        self.0.write()
    }

    fn write_lazily(&self) -> catalog::Result<Box<dyn Write + '_>> {
        self.0.write_lazily()
    }

    fn is_intact(&self) -> catalog::Result<bool> {
        self.0.is_intact()
    }
}

/// A scratch directory, deleted when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("wix-media-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Ignore errors when deleting the scratch directory.
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn manager_in(folder: &Folder) -> (Manager, Shared) {
    let catalog = Shared(Arc::new(Sqlite::open(&folder.0.join("catalog.db")).expect("a catalog")));
    let manager = Manager::new(Parts {
        catalog: Box::new(catalog.clone()),
        blobs: Box::new(Directory::new(Disk::new(&folder.0.join("blobs")).expect("a folder"))),
        clock: Box::new(ManualClock::at(START)),
        random: Box::new(Seeded::new(7)),
        options: Options::default(),
    });
    (manager.expect("a manager"), catalog)
}

fn call(manager: &Manager, method: &str, path: &str, body: &Value) -> Value {
    let mut request = Request::new(method, &format!("/site-media/v1{path}"));
    if !body.is_null() {
        request = request.body(body.to_string());
    }
    let response = manager.handle(request);
    let status = response.status;
    let bytes = manager.collect(response.body).expect("a body");
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    serde_json::from_slice(&bytes).expect("JSON")
}

fn upload(manager: &Manager, name: &str, parent: &str, content: &str) -> Value {
    let body = json!({ "mimeType": "text/plain", "fileName": name, "parentFolderId": parent });
    let url = target(&text(
        &call(manager, "POST", "/files/generate-upload-url", &body)["uploadUrl"],
    ));
    let mut intake = manager.open(Request::new("PUT", &url).head);
    for piece in content.as_bytes().chunks(3) {
        assert!(manager.feed(&mut intake, piece));
    }
    let response = manager.close(intake);
    assert_eq!(response.status, 200);
    let bytes = manager.collect(response.body).expect("a body");
    serde_json::from_slice::<Value>(&bytes).expect("JSON")["file"].clone()
}

/// The files that a thread expects in its own folder: name and content by id.
type Model = BTreeMap<String, (String, String)>;

/// Changes files in the own folder of a thread and in one that all threads share.
fn work(manager: &Manager, thread: usize, own: &str, shared: &str) -> Model {
    let mut model = Model::new();
    let mut trashed = Model::new();
    for round in 0..ROUNDS {
        match (thread + round) % 5 {
            0 | 1 => {
                let content = format!("{thread} {round}");
                let file = upload(manager, &format!("{round}.txt"), own, &content);
                model.insert(text(&file["id"]), (text(&file["displayName"]), content));
            }
            2 => {
                upload(manager, &format!("{thread}-{round}.txt"), shared, "shared");
                if let Some((id, (name, _))) = model.iter_mut().next() {
                    *name = format!("renamed {round}.txt");
                    let body = json!({ "file": { "id": id, "displayName": name } });
                    call(manager, "PATCH", "/files/update-file-descriptor", &body);
                }
            }
            3 => {
                if let Some((id, file)) = model.pop_last() {
                    call(manager, "POST", "/bulk/files/delete", &json!({ "fileIds": [id] }));
                    trashed.insert(id, file);
                }
            }
            _ => {
                if let Some((id, file)) = trashed.pop_first() {
                    let body = json!({ "fileIds": [id] });
                    call(manager, "POST", "/bulk/trash-bin/files/restore", &body);
                    model.insert(id, file);
                }
            }
        }
    }
    model
}

#[test]
fn threads_on_one_manager_agree_with_their_models() {
    let folder = Folder::new("threads");
    let (manager, catalog) = manager_in(&folder);
    let create = |name: &str| {
        let body = json!({ "displayName": name });
        text(&call(&manager, "POST", "/folders", &body)["folder"]["id"])
    };
    let shared = create("Shared");
    let own: Vec<_> = (0..THREADS).map(|thread| create(&format!("Own {thread}"))).collect();
    let models: Vec<Model> = std::thread::scope(|scope| {
        let (manager, shared) = (&manager, &shared);
        let workers: Vec<_> = own
            .iter()
            .enumerate()
            .map(|(thread, own)| scope.spawn(move || work(manager, thread, own, shared)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a model"))
            .collect()
    });
    for (own, model) in own.iter().zip(&models) {
        let list = call(
            &manager,
            "GET",
            &format!("/files?parentFolderId={own}&paging.limit=100"),
            &Value::Null,
        );
        let files = list["files"].as_array().expect("files");
        let found: BTreeMap<_, _> = files
            .iter()
            .map(|file| (text(&file["id"]), text(&file["displayName"])))
            .collect();
        let expected: BTreeMap<_, _> = model.iter().map(|(id, (name, _))| (id.clone(), name.clone())).collect();
        assert_eq!(found, expected);
        for file in files {
            let response = manager.handle(Request::new("GET", &target(&text(&file["url"]))));
            let bytes = manager.collect(response.body).expect("a body");
            assert_eq!(bytes, model[&text(&file["id"])].1.as_bytes());
        }
    }
    let rounds = (0..THREADS).flat_map(|thread| (0..ROUNDS).map(move |round| (thread + round) % 5));
    let list = call(
        &manager,
        "GET",
        &format!("/files?parentFolderId={shared}&paging.limit=100"),
        &Value::Null,
    );
    let expected = rounds.filter(|kind| *kind == 2).count();
    assert_eq!(list["files"].as_array().expect("files").len(), expected);

    // Event numbers and the sequences of each item have no gaps and no duplicates.
    let events = manager.events(0, u32::MAX).expect("events");
    let numbers: Vec<_> = events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
    let mut sequences: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for event in &events {
        let sequence = text(&event.body["entityEventSequence"]).parse().expect("a number");
        sequences
            .entry(text(&event.body["entityId"]))
            .or_default()
            .push(sequence);
    }
    for (id, found) in sequences {
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "{id}");
    }
    let ids: BTreeSet<_> = events.iter().map(|event| text(&event.body["id"])).collect();
    assert_eq!(ids.len(), events.len());
    assert!(catalog.is_intact().expect("checked"));
    assert_eq!(manager.sweep(0).expect("swept").removed, 0, "no blob was orphaned");
}

#[test]
fn lists_and_downloads_answer_while_a_write_is_open() {
    let folder = Folder::new("open-write");
    let (manager, catalog) = manager_in(&folder);
    let file = upload(&manager, "a.txt", "media-root", "bytes");
    let (release, released) = channel::<()>();
    let (held, holds) = channel();
    std::thread::scope(|scope| {
        let catalog = &catalog;
        let holder = scope.spawn(move || {
            let writer = catalog.write().expect("a writer");
            held.send(()).expect("told");
            // Whether the readers finished before the write ended.
            let in_time = released.recv_timeout(Duration::from_secs(60)).is_ok();
            drop(writer);
            in_time
        });
        holds.recv().expect("a write is open");
        let list = call(&manager, "GET", "/files", &Value::Null);
        assert_eq!(list["files"][0]["id"], file["id"]);
        for method in ["GET", "HEAD"] {
            let response = manager.handle(Request::new(method, &target(&text(&file["url"]))));
            assert_eq!(response.status, 200);
            let bytes = manager.collect(response.body).expect("a body");
            assert_eq!(bytes, if method == "GET" { &b"bytes"[..] } else { b"" });
        }
        assert!(manager.events(0, 100).is_ok());
        release.send(()).expect("told");
        assert!(holder.join().expect("an answer"), "a reader waited for the writer");
    });
}
