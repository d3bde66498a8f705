//! Directories and exports of earlier versions, written by `tests/js/versions/make.mjs`.

use crate::archive::import;
use crate::site::{Site, text};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use wix_media::blobs::{Directory, Disk};
use wix_media::catalog::{Error, Sqlite};
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Seeded, Webhook};

/// The version that the fixture belongs to.
const VERSION: &str = "3524e74";
/// The base of the fixture's URLs.
const BASE: &str = "http://wix-media.localhost";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08\x02\0\0\0";

/// A copy of the fixture's directory, deleted when it is dropped.
struct Fixture {
    folder: PathBuf,
    expected: Value,
}

impl Fixture {
    fn copy(test: &str) -> Fixture {
        let source = source();
        let folder = std::env::temp_dir().join(format!("wix-media-{VERSION}-{test}-{}", std::process::id()));
        copy_all(&source.join("storage"), &folder);
        let packed = folder.join("catalog.db.gz");
        let mut unpacked = GzDecoder::new(fs::File::open(&packed).expect("a catalog"));
        let mut catalog = fs::File::create(folder.join("catalog.db")).expect("a file");
        std::io::copy(&mut unpacked, &mut catalog).expect("copied");
        fs::remove_file(packed).expect("removed");
        let expected = fs::read(source.join("expected.json")).expect("a file");
        Fixture {
            folder,
            expected: serde_json::from_slice(&expected).expect("JSON"),
        }
    }

    /// A manager on the copy, at the time when the fixture was written.
    fn open(&self) -> Site {
        let clock = ManualClock::at(self.expected["now"].as_i64().expect("a time"));
        let manager = Manager::new(Parts {
            catalog: Box::new(Sqlite::open(&self.folder.join("catalog.db")).expect("a catalog")),
            blobs: Box::new(Directory::new(Disk::new(&self.folder.join("blobs")).expect("a folder"))),
            clock: Box::new(clock.clone()),
            random: Box::new(Seeded::new(1)),
            options: options(),
        });
        Site::on(manager.expect("a manager"), clock)
    }

    fn id(&self, name: &str) -> String {
        text(&self.expected["ids"][name])
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // Ignore errors when deleting the scratch directory.
        _ = fs::remove_dir_all(&self.folder);
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/versions")
        .join(VERSION)
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn options() -> Options {
    Options {
        site_id: "11111111-2222-3333-4444-555555555555".to_owned(),
        base_url: Some(BASE.to_owned()),
        allow_private_imports: true,
        webhooks: vec![Webhook {
            url: "http://hooks.example/media".to_owned(),
            events: Vec::new(),
        }],
        ..Options::default()
    }
}

/// Checks that every descriptor of the fixture is still shown unchanged, but for the previews of drawings, which are newer.
fn assert_shows(site: &Site, expected: &Value) {
    for (kind, one) in [("files", "file"), ("folders", "folder")] {
        let items = expected[kind].as_array().expect("a list");
        assert!(items.len() > 2, "{kind}");
        for item in items {
            let mut shown = site.get(&format!("/{kind}/{}", text(&item["id"])))[one].take();
            if let Some(drawing) = shown.pointer_mut("/media/vector").and_then(Value::as_object_mut) {
                let preview = drawing.remove("previewImage").expect("a preview");
                assert!(text(&preview["url"]).ends_with("/preview.png"), "{preview}");
            }
            assert_eq!(&shown, item);
        }
    }
}

fn path(url: &str) -> String {
    url.strip_prefix(BASE).expect("a URL of the fixture").to_owned()
}

#[test]
fn directory_of_an_earlier_version_shows_what_it_held() {
    let fixture = Fixture::copy("shown");
    let mut site = fixture.open();
    assert_shows(&site, &fixture.expected);
    let events = site.event_bodies();
    let expected = fixture.expected["events"].as_array().expect("a list");
    let bodies: Vec<_> = expected.iter().map(|event| &event["body"]).collect();
    assert_eq!(events.iter().collect::<Vec<_>>(), bodies);
    let link = path(&text(&fixture.expected["downloads"]["file"]));
    assert_eq!(site.fetch(Request::new("GET", &link)).1, b"for members only");
}

#[test]
fn directory_of_an_earlier_version_continues_its_pending_work() {
    let fixture = Fixture::copy("pending");
    let site = fixture.open();

    let orders = site.manager.take_imports(10).expect("imports");
    assert_eq!(orders.len(), 1);
    assert_eq!(
        (&orders[0].file, &orders[0].url[..]),
        (&fixture.id("pending"), "http://127.0.0.1:1/pending.png")
    );
    let mut intake = site.manager.open_import(&orders[0].file, 200, &[]);
    assert!(site.manager.feed(&mut intake, PNG));
    assert_eq!(site.manager.close(intake).status, 200);
    let imported = site.get(&format!("/files/{}", fixture.id("pending")));
    assert_eq!(imported["file"]["operationStatus"], "READY");

    let before = fixture.expected["events"].as_array().expect("a list").len();
    site.clock.advance(60_000);
    let deliveries = site.manager.take_deliveries(1000).expect("deliveries");
    let repeated = deliveries.iter().filter(|delivery| delivery.attempt == 2).count();
    assert_eq!(repeated, before, "each delivery had failed once");
}

#[test]
fn upload_of_an_earlier_version_continues_at_its_offset() {
    let fixture = Fixture::copy("upload");
    let site = fixture.open();
    let record = fs::read_dir(source().join("uploads")).expect("a folder").next();
    let record = fs::read(record.expect("a record").expect("an entry").path()).expect("a file");
    let record: Value = serde_json::from_slice(&record).expect("JSON");
    let location = path(&text(&record["location"]));
    let request = |method: &str| Request::new(method, &location).header("Tus-Resumable", "1.0.0");
    let response = site.send(request("HEAD"));
    assert_eq!((response.status, response.header("Upload-Offset")), (200, Some("4000")));
    let chunk = request("PATCH")
        .header("Upload-Offset", "4000")
        .header("Content-Type", "application/offset+octet-stream");
    assert_eq!(site.send(chunk.body(vec![7; 1000])).status, 204);
    let finalise = format!("/upload/tus/{}", text(&record["uploadToken"]));
    let (status, body) = site.json(Request::new("PUT", &finalise).body("{}"));
    assert_eq!((status, &body["file"]["sizeInBytes"]), (200, &json!("5000")), "{body}");
}

#[test]
fn export_of_an_earlier_version_is_imported_whole() {
    let fixture = Fixture::copy("export");
    let site = Site::with(options());
    site.clock
        .advance(fixture.expected["now"].as_i64().expect("a time") - crate::site::START);
    let bytes = fs::read(source().join("archive.zip")).expect("a file");
    let (status, body) = import(&site, &bytes, 1000);
    assert_eq!(status, 200, "{body}");
    assert_shows(&site, &fixture.expected);
}

#[test]
fn catalog_of_a_later_version_is_refused() {
    let fixture = Fixture::copy("newer");
    let file = fixture.folder.join("catalog.db");
    let mut bytes = fs::read(&file).expect("a file");
    // SQLite keeps user_version, which counts the migrations, at byte 60.
    bytes[60..64].copy_from_slice(&100_u32.to_be_bytes());
    fs::write(&file, &bytes).expect("written");
    assert!(matches!(Sqlite::open(&file), Err(Error::Newer { found: 100 })));
    assert_eq!(fs::read(&file).expect("a file"), bytes, "the file is unchanged");
}
