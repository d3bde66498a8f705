//! Damaged bytes: checks, exports that go on without them, and imports of such archives.

use crate::archive::import;
use crate::site::{START, Site, target, text};
use serde_json::json;
use std::num::NonZeroU32;
use wix_media::blobs::{Blobs, Disk};
use wix_media::catalog::Sqlite;
use wix_media::manager::{Check, Damage, Export, Manager, ManualClock, Options, Parts, Request, Seeded};
use wix_media::model::status::Status;

/// The content of the file with this name.
fn content(name: &str) -> Vec<u8> {
    format!("the content of {name}").into_bytes()
}

fn put(site: &Site, name: &str, bytes: &[u8]) -> String {
    let (status, answer) = site.upload("text/plain", json!({ "fileName": name }), bytes);
    assert_eq!(status, 200, "{answer}");
    text(&answer["file"]["id"])
}

fn bytes_of(blobs: &dyn Blobs, blob: &str) -> Vec<u8> {
    let mut bytes = vec![0; blobs.size(blob).expect("read").expect("a blob") as usize];
    blobs.read(blob, 0, &mut bytes).expect("done");
    bytes
}

/// Returns the blob with these bytes.
fn blob_of(blobs: &dyn Blobs, bytes: &[u8]) -> String {
    let all = blobs.list("", 1000).expect("done");
    all.into_iter()
        .find(|blob| bytes_of(blobs, blob) == bytes)
        .expect("a blob")
}

fn replace(blobs: &dyn Blobs, blob: &str, bytes: &[u8]) {
    blobs.remove(blob).expect("done");
    let mut writer = blobs.open_writer(blob, 0).expect("done");
    blobs.append(&mut writer, bytes).expect("done");
    blobs.end_writer(blob).expect("done");
}

/// Works on the blobs of a site behind the back of its manager.
fn tampered(site: Site, tamper: impl FnOnce(&dyn Blobs)) -> Site {
    let Site { manager, clock, .. } = site;
    let parts = manager.into_parts();
    tamper(&*parts.blobs);
    Site::on(Manager::new(parts).expect("a manager"), clock)
}

const NAMES: [&str; 5] = ["whole.txt", "missing.txt", "cut.txt", "longer.txt", "changed.txt"];

/// A site with one file of each kind of damage, and a whole one.
fn damaged() -> Site {
    let site = Site::new();
    for name in NAMES {
        put(&site, name, &content(name));
    }
    tampered(site, |blobs| {
        for name in &NAMES[1..] {
            let bytes = content(name);
            let blob = blob_of(blobs, &bytes);
            match *name {
                "missing.txt" => blobs.remove(&blob).expect("done"),
                "cut.txt" => replace(blobs, &blob, &bytes[1..]),
                "longer.txt" => replace(blobs, &blob, &[&bytes[..], b"."].concat()),
                _ => replace(blobs, &blob, &bytes.to_ascii_uppercase()),
            }
        }
    })
}

fn run(site: &Site, mut check: Check) -> (Check, Vec<Damage>) {
    let mut found = Vec::new();
    while site.manager.check(&mut check).expect("a step") {
        found.extend(check.take_damage());
    }
    found.extend(check.take_damage());
    (check, found)
}

/// Names and problems, in the order of the names.
fn named(damage: &[Damage]) -> Vec<(String, String)> {
    let mut named: Vec<_> = damage
        .iter()
        .map(|found| (found.display_name.clone(), found.problem.as_str().to_owned()))
        .collect();
    named.sort();
    named
}

/// Each damaged file with the problem that its name says, without `changed` where only sizes are compared.
fn expected(names: &[&str]) -> Vec<(String, String)> {
    let mut expected: Vec<_> = names
        .iter()
        .map(|name| ((*name).to_owned(), name.trim_end_matches(".txt").to_owned()))
        .collect();
    expected.sort();
    expected
}

#[test]
fn check_of_damaged_blobs_names_each_problem() {
    let site = damaged();
    let (check, found) = run(&site, Check::default());
    assert_eq!(named(&found), expected(&NAMES[1..]));
    assert_eq!(check.files(), 5);
    assert_eq!(
        check.bytes(),
        NAMES.iter().map(|name| content(name).len() as u64).sum::<u64>()
    );
    for damage in &found {
        let file = site.get(&format!("/files/{}", damage.file_id));
        assert_eq!(file["file"]["displayName"], damage.display_name.as_str());
        assert!(damage.blob.len() > 3 && damage.blob.contains('/'), "{}", damage.blob);
    }
    let (_, found) = run(&site, Check::sizes());
    assert_eq!(named(&found), expected(&NAMES[1..4]));
}

#[test]
fn sample_reads_one_file_in_n_and_compares_all_sizes() {
    let site = damaged();
    let one_in = NonZeroU32::new(5).expect("a number");
    let finds: Vec<usize> = (0..5)
        .map(|skipped| {
            let (check, found) = run(&site, Check::sample(one_in, skipped));
            assert_eq!(check.files(), 5);
            assert!(
                expected(&NAMES[1..4]).iter().all(|each| named(&found).contains(each)),
                "{found:?}"
            );
            found.len() - 3
        })
        .collect();
    // Only the bytes of one file tell, and each sample reads another file.
    assert_eq!(finds.iter().sum::<usize>(), 1, "{finds:?}");
    let all = NonZeroU32::new(1).expect("a number");
    assert_eq!(named(&run(&site, Check::sample(all, 0)).1), expected(&NAMES[1..]));
}

#[test]
fn check_of_large_file_takes_steps_that_others_can_use() {
    let site = Site::new();
    let large = put(&site, "large.txt", &vec![b'x'; 10 << 20]);
    let mut check = Check::default();
    let mut steps = 0;
    while site.manager.check(&mut check).expect("a step") {
        steps += 1;
        site.folder(&format!("{steps}"), "media-root");
    }
    assert!(steps >= 10, "{steps}");
    assert_eq!((check.files(), check.position()), (1, &large[..]));
    assert!(check.take_damage().is_empty());
    // A later check can go on behind it.
    let (check, _) = run(&site, Check::default().behind(&large));
    assert_eq!(check.files(), 0);
}

#[test]
fn check_of_file_deleted_meanwhile_reports_nothing() {
    let site = Site::new();
    let file = put(&site, "a.txt", b"one");
    let mut check = Check::default();
    assert!(site.manager.check(&mut check).expect("a step"), "the file is queued");
    site.post("/bulk/files/delete", json!({ "fileIds": [file], "permanent": true }));
    let (check, found) = run(&site, check);
    assert_eq!(check.files(), 1);
    assert_eq!(found, []);
}

#[test]
fn check_finds_damage_of_what_only_a_zip_keeps() {
    let site = Site::new();
    let file = put(&site, "kept.txt", b"kept by a zip");
    site.post("/files/generate-download-url", json!({ "fileIds": [file] }));
    site.post("/bulk/files/delete", json!({ "fileIds": [file], "permanent": true }));
    let (check, found) = run(&site, Check::default());
    assert_eq!((check.files(), found), (1, Vec::new()));
    let site = tampered(site, |blobs| {
        replace(blobs, &blob_of(blobs, b"kept by a zip"), b"kept by a zit")
    });
    let (_, found) = run(&site, Check::default());
    assert_eq!(named(&found), [("kept.txt".to_owned(), "changed".to_owned())]);
    assert_eq!(found[0].file_id, "");
}

fn export(site: &Site) -> (Export, Vec<u8>) {
    let export = site.manager.export().expect("an export");
    let bytes = site.manager.collect(export.body.clone()).expect("bytes");
    site.manager.end_export(&export.id).expect("ended");
    (export, bytes)
}

#[test]
fn export_with_damaged_files_names_them_and_is_imported() {
    let site = damaged();
    let (report, archive) = export(&site);
    assert_eq!(report.damaged_files, 4);
    assert_eq!(named(&report.damage), expected(&NAMES[1..]));

    let other = Site::new();
    let (status, answer) = import(&other, &archive, 1000);
    assert_eq!((status, &answer["damagedFiles"]), (200, &json!(4)), "{answer}");
    let mut problems: Vec<_> = answer["damage"]
        .as_array()
        .expect("done")
        .iter()
        .map(|found| text(&found["problem"]))
        .collect();
    problems.sort();
    assert_eq!(problems, ["changed", "cut", "longer", "missing"]);
    assert_eq!(site.get("/files"), other.get("/files"), "all files are listed");
    for file in other.get("/files")["files"].as_array().expect("done") {
        let name = text(&file["displayName"]);
        let (response, bytes) = other.fetch(Request::new("GET", &target(&text(&file["url"]))));
        let wanted = if name == "whole.txt" {
            (200, content(&name))
        } else {
            (404, bytes.clone())
        };
        assert_eq!((response.status, bytes), wanted, "{name}");
    }
    // What is missing stays missing: the next archive says so too.
    let (report, again) = export(&other);
    assert_eq!(report.damaged_files, 4);
    assert_eq!(import(&Site::new(), &again, 1000).0, 200);
}

/// Damage of the catalog itself, and not of the blobs. A damaged archive leaves such rows too.
#[test]
fn check_of_rows_without_blob_names_files_that_had_bytes() {
    let site = Site::new();
    for name in ["ready.txt", "pending.txt", "failed.txt", "whole.txt"] {
        put(&site, name, &content(name));
    }
    let order = json!({ "url": "https://example.com/a.txt", "displayName": "awaited.txt" });
    site.post("/files/import", order.clone());
    let fails = site.post("/files/import", order)["file"]["id"].clone();
    let failed = site
        .manager
        .fail_import(&text(&fails), "SOURCE_UNREACHABLE", "no such host", json!({}));
    failed.expect("failed");

    let Site { manager, clock, .. } = site;
    let parts = manager.into_parts();
    let mut catalog = parts.catalog.write().expect("a writer");
    let mut files = catalog.all_files("", 100).expect("files");
    for file in &mut files {
        match &file.name[..] {
            "ready.txt" => file.blob = None,
            "pending.txt" => (file.blob, file.status) = (None, Status::Pending),
            "failed.txt" => (file.blob, file.status) = (None, Status::Failed),
            _ => {}
        }
    }
    catalog.update_files(&files).expect("updated");
    catalog.commit().expect("committed");
    let site = Site::on(Manager::new(parts).expect("a manager"), clock);

    let missing = ["failed.txt", "pending.txt", "ready.txt"].map(|name| (name.to_owned(), "missing".to_owned()));
    for check in [Check::default(), Check::sizes()] {
        let (check, found) = run(&site, check);
        assert_eq!(named(&found), missing);
        assert!(found.iter().all(|damage| damage.blob.is_empty()), "{found:?}");
        assert_eq!(check.files(), 4);
    }
    let (report, archive) = export(&site);
    assert_eq!(named(&report.damage), missing);
    let other = Site::new();
    assert_eq!(import(&other, &archive, 1000).0, 200);
    assert_eq!(named(&run(&other, Check::sizes()).1), missing);
}

#[test]
fn check_of_row_that_lost_its_blob_and_is_deleted_meanwhile_reports_nothing() {
    let site = Site::new();
    let file = put(&site, "a.txt", b"one");
    let Site { manager, clock, .. } = site;
    let parts = manager.into_parts();
    let mut catalog = parts.catalog.write().expect("a writer");
    let mut row = catalog.file(&file).expect("read").expect("a file");
    row.blob = None;
    catalog.update_file(&row).expect("updated");
    catalog.commit().expect("committed");
    let site = Site::on(Manager::new(parts).expect("a manager"), clock);
    let mut check = Check::default();
    assert!(site.manager.check(&mut check).expect("a step"), "the file is queued");
    site.post("/bulk/files/delete", json!({ "fileIds": [file], "permanent": true }));
    assert_eq!(run(&site, check).1, []);
}

#[test]
fn export_without_damage_has_version_1() {
    let site = Site::new();
    put(&site, "a.txt", b"one");
    let (report, archive) = export(&site);
    assert_eq!((report.damaged_files, report.damage), (0, Vec::new()));
    let text = String::from_utf8_lossy(&archive);
    assert!(text.contains("\"version\": 1,") && !text.contains("missing"));
    let (_, archive) = export(&damaged());
    assert!(String::from_utf8_lossy(&archive).contains("\"version\": 2,"));
}

/// A folder that is removed with the value.
struct Scratch(std::path::PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A site in a directory, whose snapshots last.
fn in_directory(name: &str) -> (Site, Scratch) {
    let path = std::env::temp_dir().join(format!("wix-media-integrity-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    let clock = ManualClock::at(START);
    let blobs = Disk::new(&path.join("blobs")).expect("a folder");
    let manager = Manager::new(Parts {
        catalog: Box::new(Sqlite::open(&path.join("catalog.db")).expect("a catalog")),
        blobs: Box::new(wix_media::blobs::Directory::new(blobs)),
        clock: Box::new(clock.clone()),
        random: Box::new(Seeded::new(7)),
        options: Options::default(),
    });
    (Site::on(manager.expect("a manager"), clock), Scratch(path))
}

#[test]
fn export_in_steps_shows_the_moment_of_its_beginning() {
    let (site, _scratch) = in_directory("export");
    let mut files = Vec::new();
    for number in 0..200 {
        files.push(put(
            &site,
            &format!("{number}.txt"),
            format!("number {number}").as_bytes(),
        ));
    }
    let (_, before) = export(&site);
    let mut exporting = site.manager.begin_export().expect("begun");
    let mut steps = 0;
    let archive = loop {
        if let Some(export) = site.manager.list_export(&mut exporting).expect("a step") {
            break export;
        }
        steps += 1;
        // Whatever happens between two steps is not in the archive.
        site.folder(&format!("{steps}"), "media-root");
        if let Some(file) = files.pop() {
            site.post("/bulk/files/delete", json!({ "fileIds": [file], "permanent": true }));
        }
    };
    assert!(steps > 10, "{steps}");
    let bytes = site.manager.collect(archive.body).expect("bytes");
    assert!(bytes == before, "the archive is that of the beginning");
    site.manager.end_export(&archive.id).expect("ended");
    let left = site.manager.into_parts().blobs.list("", 1000).expect("blobs");
    assert_eq!(
        left.len(),
        files.len(),
        "the bytes of deleted files go with the end of the export"
    );
}

#[test]
fn abandoned_export_leaves_nothing_behind() {
    let (site, _scratch) = in_directory("abandoned");
    put(&site, "a.txt", b"one");
    let mut exporting = site.manager.begin_export().expect("begun");
    for _ in 0..3 {
        assert!(site.manager.list_export(&mut exporting).expect("a step").is_none());
    }
    site.manager.abandon_export(exporting);
    assert_eq!(site.manager.into_parts().blobs.list("", 1000).expect("blobs").len(), 1);
}
