//! Tests of what is special about SQLite. Everything else is in [`conformance`].

use super::super::conformance;
use super::super::{Asset, Children, File, Folder, Page, WriteItems};
use super::*;
use std::cell::Cell;

/// A folder on disk that is removed with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("wix-media-sqlite-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Scratch(path)
    }

    fn open(&self) -> Result<Sqlite> {
        Sqlite::open(&self.0.join("catalog.db"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One test per subject for a store in memory, and one for a store in a file.
macro_rules! conforms {
    ($($subject:ident),+ $(,)?) => {
        mod memory {
            $(#[test]
            fn $subject() {
                super::conformance::run(super::conformance::$subject::FUNCTIONS, &|| {
                    Box::new(super::Sqlite::memory().expect("a store"))
                });
            })+
        }

        mod file {
            $(#[test]
            fn $subject() {
                let scratch = super::Scratch::new(concat!("conformance-", stringify!($subject)));
                let count = super::Cell::new(0);
                super::conformance::run(super::conformance::$subject::FUNCTIONS, &|| {
                    count.set(count.get() + 1);
                    let path = scratch.0.join(format!("{}.db", count.get()));
                    Box::new(super::Sqlite::open(&path).expect("a store"))
                });
            })+
        }
    };
}

conforms![
    assets,
    bundles,
    concurrency,
    deliveries,
    events,
    items,
    jobs,
    leases,
    listing,
    load,
    search,
    settings,
    transactions,
    trees,
    uploads,
];

#[test]
fn leases_are_found_without_walking_the_files() {
    let store = Sqlite::memory().expect("a store");
    let session = store.snapshot().expect("a snapshot");
    for (table, sql) in [
        ("import", uploads::FREE_IMPORTS),
        ("transcode", assets::FREE_TRANSCODES),
    ] {
        let plan = session
            .all(&format!("EXPLAIN QUERY PLAN {sql}"), [0, 1], |row| {
                row.get::<_, String>(3)
            })
            .expect("a plan");
        assert!(plan[0].contains(&format!("SCAN {table}")), "{plan:?}");
        assert!(plan[1].contains("SEARCH file"), "{plan:?}");
    }
}

#[test]
fn readers_of_a_file_do_not_wait_for_the_writer() {
    let scratch = Scratch::new("readers");
    conformance::concurrency::reads_finish_while_a_writer_is_open(&scratch.open().expect("a store"));
}

#[test]
fn reopened_file_has_what_was_committed() {
    let scratch = Scratch::new("reopened");
    conformance::transactions::reopened_catalog_has_what_was_committed(&|| Box::new(scratch.open().expect("a store")));
}

/// What a process that ends without closing its store leaves behind: the file and its write-ahead log.
#[test]
fn file_of_a_vanished_process_has_what_was_committed() {
    let (scratch, copy) = (Scratch::new("vanished"), Scratch::new("vanished-copy"));
    let store = scratch.open().expect("a store");
    let mut writer = store.write().expect("a writer");
    writer.set_setting("kept", "yes").expect("set");
    writer.commit().expect("committed");
    let mut writer = store.write().expect("a writer");
    writer.set_setting("lost", "yes").expect("set");
    for entry in std::fs::read_dir(&scratch.0).expect("a folder") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), copy.0.join(entry.file_name())).expect("copied");
    }
    drop(writer);
    let store = copy.open().expect("a store");
    let snapshot = store.read().expect("a snapshot");
    assert_eq!(snapshot.setting("kept").expect("read").as_deref(), Some("yes"));
    assert_eq!(snapshot.setting("lost").expect("read"), None);
    drop(snapshot);
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn second_open_of_a_file_returns_locked() {
    let scratch = Scratch::new("locked");
    let store = scratch.open().expect("a store");
    assert!(matches!(scratch.open(), Err(Error::Locked)));
    drop(store);
    drop(scratch.open().expect("a store"));
    assert!(scratch.open().is_ok());
}

#[test]
fn file_that_an_earlier_release_has_open_returns_locked() {
    let scratch = Scratch::new("earlier");
    drop(scratch.open().expect("a store"));
    let earlier = Connection::open(scratch.0.join("catalog.db")).expect("a connection");
    earlier.pragma_update(None, "locking_mode", "EXCLUSIVE").expect("set");
    earlier.execute_batch("BEGIN EXCLUSIVE; COMMIT").expect("locked");
    let begun = std::time::Instant::now();
    assert!(matches!(scratch.open(), Err(Error::Locked)));
    assert!(begun.elapsed() < BUSY_TIMEOUT, "nothing is waited for");
    drop(earlier);
    assert!(scratch.open().is_ok());
}

/// Opens more snapshots than there are pooled connections, and lets go of them in another order.
#[test]
fn snapshots_are_not_limited_by_the_pool() {
    let scratch = Scratch::new("pool");
    let store = scratch.open().expect("a store");
    let increment = || {
        let mut writer = store.write().expect("a writer");
        writer.increment_setting("n").expect("incremented");
        writer.commit().expect("committed");
    };
    let mut snapshots = Vec::new();
    for number in 0..2 * POOLED_READERS {
        snapshots.push((number, store.read().expect("a snapshot")));
        increment();
    }
    for _ in 0..2 * POOLED_READERS {
        let (number, snapshot) = snapshots.swap_remove(snapshots.len() / 2);
        let expected = (number > 0).then(|| number.to_string());
        assert_eq!(snapshot.setting("n").expect("read"), expected);
        drop(snapshot);
        let latest = store.read().expect("a snapshot").setting("n").expect("read");
        assert_eq!(latest, Some((2 * POOLED_READERS).to_string()));
    }
}

#[test]
fn failed_commit_leaves_nothing_and_the_store_usable() {
    let store = Sqlite::memory().expect("a store");
    let schema = "PRAGMA foreign_keys = ON; CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);";
    store.connection().execute_batch(schema).expect("made");
    let mut session = store.begin(false).expect("a writer");
    session
        .insert_folder(&Folder::new("a", "a", "r", Area::Site, 1))
        .expect("inserted");
    // SQLite finds the missing row at the commit.
    session.execute_batch("INSERT INTO child VALUES (1)").expect("inserted");
    let error = Box::new(session).commit().expect_err("no row to refer to");
    assert!(!error.is_retryable(), "{error:?}");
    assert_eq!(store.read().expect("a snapshot").folder("a").expect("read"), None);
    let mut writer = store.write().expect("a writer");
    writer.set_setting("s", "1").expect("set");
    writer.commit().expect("committed");
}

#[test]
fn full_disk_leaves_nothing_and_the_store_usable() {
    let scratch = Scratch::new("full");
    let store = scratch.open().expect("a store");
    let pages: i64 = store
        .connection()
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .expect("a count");
    let limit = |pages: i64| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        store.connection().query_row(&sql, [], |_| Ok(())).expect("set");
    };
    limit(pages + 2);
    let large = "x".repeat(100_000);
    let mut writer = store.write().expect("a writer");
    writer.set_setting("small", "1").expect("set");
    let error = writer.set_setting("large", &large).expect_err("the disk is full");
    assert!(!error.is_retryable(), "{error:?}");
    assert!(writer.commit().is_err(), "SQLite has rolled back");
    limit(i64::from(u32::MAX) - 1);
    let snapshot = store.read().expect("a snapshot");
    assert_eq!(snapshot.setting("small").expect("read"), None);
    drop(snapshot);
    let mut writer = store.write().expect("a writer");
    writer.set_setting("large", &large).expect("set");
    writer.commit().expect("committed");
    assert!(store.is_intact().expect("checked"));
}

/// Two files, of which one has an unknown size; a zip recipe; an event.
const ROWS_OF_VERSION_1: &str = "
    INSERT INTO folder (id, name, parent, area, created, updated, folded) VALUES ('g', 'G', 'media-root', 0, 1, 1, 'g');
    INSERT INTO file (id, name, parent, area, created, updated, folded, media_type, mime, private, size, hash, crc, status,
                      labels, facts, external, tag, blob)
    VALUES ('f', 'F', 'g', 0, 1, 1, 'f', 'IMAGE', 'image/png', 0, 40, '', 0, 'READY', '[]', '{}', '{}', '', 'b1'),
           ('p', 'P', 'g', 0, 1, 1, 'p', 'OTHER', 'x/y', 0, -1, '', 0, 'PENDING', '[]', '{}', '{}', '', NULL);
    INSERT INTO upload (id, file, request, resumable, expires, done, transfer, blob, length, received)
    VALUES ('u', 'q', '{}', 1, 50, 0, 't', 'b2', 9, 4);
    INSERT INTO archive (id, name) VALUES ('z', 'zip');
    INSERT INTO archive_entry (archive, position, path, blob, size, crc, updated) VALUES ('z', 0, 'F', 'b3', 40, 0, 1);
    INSERT INTO event (body) VALUES ('e');
    INSERT INTO setting (name, value) VALUES ('fold', '1'), ('secret', 's');";

/// An export, an import, a job and a delivery.
const ROWS_OF_VERSION_2: &str = "
    INSERT INTO archive (id, name, lasting) VALUES ('export', 'zip', 0);
    INSERT INTO import (file, request) VALUES ('p', '{}');
    INSERT INTO job (due, operation, fields) VALUES (5, 'o', '{}');
    INSERT INTO delivery (event, url, tries, due) VALUES (1, 'https://h/', 2, 5);";

/// A file in a trashed folder.
const ROWS_OF_VERSION_3: &str = "
    UPDATE folder SET parent = 'trash-root', area = 2, origin_parent = 'media-root', origin_area = 0, deletion = 1, deleted = 5;
    UPDATE file SET parent = 'g', area = 2, origin_parent = 'g', origin_area = 0, deletion = 1, deleted = 5 WHERE id = 'f';";

/// Videos: one without assets, one with a poster, one that failed, and one that is queued.
const ROWS_OF_VERSION_5: &str = "
    INSERT INTO file (id, name, parent, area, created, updated, folded, media_type, mime, private, size, hash, crc, status,
                      labels, facts, external, tag, blob)
    VALUES ('plain', 'P', 'media-root', 0, 1, 1, 'p', 'VIDEO', 'video/mp4', 0, 4, '', 0, 'READY', '[]', '{}', '{}', '', 'v1'),
           ('shown', 'S', 'media-root', 0, 1, 1, 's', 'VIDEO', 'video/mp4', 0, 4, '', 0, 'READY', '[]', '{}', '{}', '', 'v2'),
           ('unfit', 'U', 'media-root', 0, 1, 1, 'u', 'VIDEO', 'video/mp4', 0, 4, '', 0, 'FAILED', '[]', '{}', '{}', '', 'v3'),
           ('queued', 'Q', 'media-root', 0, 1, 1, 'q', 'VIDEO', 'video/mp4', 0, 4, '', 0, 'PENDING', '[]', '{}', '{}', '', 'v4');
    INSERT INTO asset (file, name, blob, size, hash, crc, facts) VALUES ('shown', 'poster.0', 'a', 2, '', 0, '{}');
    INSERT INTO transcode (file, ready_at) VALUES ('queued', 5);";

/// A store of an earlier version with its rows, brought to the latest version.
fn migrated_from(version: usize) -> Sqlite {
    let connection = Connection::open_in_memory().expect("a store");
    for (script, rows) in MIGRATIONS
        .iter()
        .zip([
            ROWS_OF_VERSION_1,
            ROWS_OF_VERSION_2,
            ROWS_OF_VERSION_3,
            "",
            ROWS_OF_VERSION_5,
        ])
        .take(version)
    {
        connection.execute_batch(script).expect("the schema");
        connection.execute_batch(rows).expect("the rows");
    }
    let version = i64::try_from(version).expect("small");
    connection.pragma_update(None, "user_version", version).expect("set");
    Sqlite::migrated(connection).expect("migrated")
}

#[test]
fn store_of_version_1_keeps_everything() {
    let store = migrated_from(1);
    {
        let snapshot = store.read().expect("a snapshot");
        assert_eq!(snapshot.file("f").expect("read").expect("a file").size, 40);
        assert_eq!(snapshot.folder("g").expect("read").expect("a folder").name, "G");
        assert_eq!(snapshot.total_size().expect("read"), 40);
        let upload = snapshot.upload_of_transfer("t").expect("read").expect("an upload");
        assert_eq!((upload.received, upload.epoch, upload.digest), (4, 0, None));
        assert_eq!(
            snapshot.bundle("z").expect("read").map(|(name, _)| name).as_deref(),
            Some("zip")
        );
        let entries = snapshot.bundle_entries("z", 0, 9).expect("read");
        assert_eq!(entries[0].1.blob.as_deref(), Some("b3"));
        assert_eq!(snapshot.temporary_bundles(i64::MAX).expect("read"), [""; 0]);
        assert_eq!(snapshot.events(0, 9).expect("read"), [(1, "e".to_owned())]);
        assert_eq!(snapshot.setting("secret").expect("read").as_deref(), Some("s"));
        for blob in ["b1", "b2", "b3"] {
            assert!(snapshot.needs_blob(blob).expect("read"), "{blob}");
        }
    }
    let mut writer = store.write().expect("a writer");
    writer.remove_files(&["f"]).expect("removed");
    assert_eq!(writer.total_size().expect("read"), 0);
    drop(writer);
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn store_of_version_2_keeps_everything() {
    let store = migrated_from(2);
    let mut writer = store.write().expect("a writer");
    assert_eq!(writer.temporary_bundles(0).expect("read"), ["export"]);
    let taken = writer.take_deliveries(&["https://h/"], 5, 9, 9).expect("taken");
    assert_eq!((taken[0].tries, taken[0].due, &taken[0].body[..]), (2, 5, "e"));
    let imports = writer.take_imports(0, 9, 9).expect("taken");
    assert_eq!(imports[0].file, "p");
    assert_eq!(writer.take_job(5).expect("taken").expect("a job").operation, "o");
    writer.remove_files(&["p"]).expect("removed");
    assert_eq!(writer.import("p").expect("read"), None);
    drop(writer);
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn store_of_version_4_counts_the_sizes_of_assets_from_now_on() {
    let store = migrated_from(4);
    let mut writer = store.write().expect("a writer");
    assert_eq!(writer.total_size().expect("read"), 40);
    let asset = Asset {
        file: "f".into(),
        name: "poster.0".into(),
        blob: "b9".into(),
        size: 2,
        hash: String::new(),
        crc: 0,
        facts: "{}".into(),
    };
    writer.put_asset(&asset).expect("added");
    assert_eq!(writer.total_size().expect("read"), 42);
    writer.remove_files(&["f"]).expect("removed");
    assert_eq!(writer.total_size().expect("read"), 0);
    drop(writer);
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn videos_of_version_5_without_assets_are_the_backlog() {
    let store = migrated_from(5);
    let mut writer = store.write().expect("a writer");
    assert_eq!(writer.waiting_transcodes(0).expect("counted"), 2);
    assert_eq!(writer.queue_backlog(9).expect("queued"), 1);
    let taken = writer.take_transcodes(0, 1, 9).expect("taken");
    let files: Vec<_> = taken.iter().map(|transcode| &transcode.file[..]).collect();
    assert_eq!(files, ["plain", "queued"]);
    drop(writer);
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn store_of_version_3_has_no_stale_files() {
    let store = migrated_from(3);
    let snapshot = store.read().expect("a snapshot");
    assert!(!snapshot.has_stale_files().expect("read"));
    let trashed = snapshot.file("f").expect("read").expect("a file").trashed;
    assert_eq!(
        trashed.map(|trashed| (trashed.parent, trashed.at)),
        Some(("g".to_owned(), 5))
    );
    assert_eq!(snapshot.folder("g").expect("read").expect("a folder").area, Area::Trash);
    drop(snapshot);
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn store_of_a_later_version_is_refused() {
    let connection = Connection::open_in_memory().expect("a store");
    let later = i64::try_from(MIGRATIONS.len()).expect("small") + 1;
    connection.pragma_update(None, "user_version", later).expect("set");
    let error = Sqlite::migrated(connection).expect_err("a later version");
    assert!(matches!(error, Error::Newer { found } if found == later), "{error}");
}

/// A store whose texts were folded under other rules, opened again.
fn folded_under(rules: &str) -> Sqlite {
    let store = Sqlite::memory().expect("a store");
    let mut session = store.begin(false).expect("a writer");
    let mut file = File::new("a", "Cafe\u{301}", "p", Area::Site, 1);
    file.labels = vec!["\u{c9}t\u{e9}".into()];
    session.insert_file(&file).expect("added");
    session
        .insert_folder(&Folder::new("f", "\u{c9}t\u{e9}", "p", Area::Site, 1))
        .expect("added");
    session
        .execute_batch("UPDATE file SET folded = 'other'; UPDATE folder SET folded = 'other'")
        .expect("set");
    session.set_setting("fold", rules).expect("set");
    Box::new(session).commit().expect("committed");
    Sqlite::migrated(store.writer.into_inner().expect("a connection")).expect("opened")
}

fn matches(store: &Sqlite, text: &str) -> (usize, usize) {
    let mut page = Page::new(Children::Of("p".into()), 10);
    page.text = fold(text);
    let snapshot = store.read().expect("a snapshot");
    let files = snapshot.files(&page).expect("found");
    (files.len(), snapshot.folders(&page).expect("found").len())
}

#[test]
fn texts_folded_under_older_rules_are_folded_again() {
    for older in ["1", "1/99.0.0", "2/1.1.0"] {
        let store = folded_under(older);
        for (text, found) in [("caf\u{e9}", (1, 0)), ("E\u{301}T", (1, 1)), ("other", (0, 0))] {
            assert_eq!(matches(&store, text), found, "{text} from {older}");
        }
        let snapshot = store.read().expect("a snapshot");
        assert_eq!(snapshot.setting("fold").expect("read"), Some(rules()));
        drop(snapshot);
        assert!(store.is_intact().expect("checked"));
    }
}

#[test]
fn texts_folded_under_newer_rules_are_left_alone() {
    for newer in ["2/9999.0.0", "99/1.0.0"] {
        let store = folded_under(newer);
        assert_eq!(matches(&store, "other"), (1, 1), "from {newer}");
        let snapshot = store.read().expect("a snapshot");
        assert_eq!(snapshot.setting("fold").expect("read").as_deref(), Some(newer));
    }
}

#[test]
fn load_that_is_not_ended_ends_with_the_commit() {
    let store = Sqlite::memory().expect("a store");
    let mut writer = store.write().expect("a writer");
    writer.begin_load().expect("begun");
    let mut file = File::new("a", "loaded", "p", Area::Site, 1);
    file.size = 5;
    writer.insert_file(&file).expect("added");
    writer.commit().expect("committed");
    let mut writer = store.write().expect("a writer");
    file.id = "b".into();
    writer.insert_file(&file).expect("added");
    writer.commit().expect("committed");
    assert_eq!(matches(&store, "loaded"), (2, 0));
    assert_eq!(store.read().expect("a snapshot").total_size().expect("read"), 10);
}

#[test]
fn pages_walk_an_index_and_never_sort() {
    let store = Sqlite::memory().expect("a store");
    let session = store.snapshot().expect("a snapshot");
    for column in ["parent", "area"] {
        for (key, kind) in [("name", "name"), ("updated", "date"), ("size", "size")] {
            for direction in ["ASC", "DESC"] {
                let sql = format!(
                    "EXPLAIN QUERY PLAN SELECT * FROM file WHERE {column} = ? AND {key} < ? ORDER BY {key} {direction}, id {direction}"
                );
                let plan = session
                    .all(&sql, params!["x", 1], |row| row.get::<_, String>(3))
                    .expect("a plan");
                let place = if column == "parent" { "folder" } else { "area" };
                assert_eq!(plan.len(), 1, "{plan:?}");
                assert!(plan[0].contains(&format!("file_in_{place}_by_{kind}")), "{plan:?}");
            }
        }
    }
}

/// An index that lost its entries, as one page of an older state does to it.
#[test]
fn blobs_behind_a_damaged_index_are_found_by_row() {
    let scratch = Scratch::new("stale-index");
    let store = scratch.open().expect("a store");
    let mut writer = store.write().expect("a writer");
    let file = crate::catalog::File::new("f1", "f1", "media-root", Area::Site, 1);
    writer
        .insert_file(&crate::catalog::File {
            blob: Some("b1".into()),
            ..file
        })
        .expect("inserted");
    writer.commit().expect("committed");
    drop(store);
    let damaged = Connection::open(scratch.0.join("catalog.db")).expect("a connection");
    let run = |sql: &str| damaged.execute_batch(sql).expect("done");
    run("CREATE TABLE empty (blob TEXT); CREATE INDEX empty_by_blob ON empty (blob) WHERE blob IS NOT NULL;");
    run("PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'empty_by_blob')
         WHERE name = 'file_by_blob';");
    drop(damaged);
    let store = scratch.open().expect("a store");
    let snapshot = store.read().expect("a snapshot");
    assert!(!snapshot.needs_blob("b1").expect("read"), "the index hides it");
    let blobs = ["b1".to_owned(), "b2".to_owned()];
    assert_eq!(snapshot.blobs_of_rows(&blobs).expect("read"), ["b1"]);
}

/// A store with some folders and files, of which some have blobs and some are pending.
fn filled(scratch: &Scratch) -> Sqlite {
    let store = scratch.open().expect("a store");
    let mut writer = store.write().expect("a writer");
    for number in 0..700 {
        let folder = Folder::new(
            &format!("f{number}"),
            &format!("Folder {number}"),
            "media-root",
            Area::Site,
            number,
        );
        writer.insert_folder(&folder).expect("inserted");
        let mut file = File::new(
            &format!("{number}.jpg"),
            &format!("写真 Öl {number}"),
            "f1",
            Area::Site,
            number,
        );
        file.labels = vec!["red".into(), "Šárka".into()];
        file.blob = (number % 2 == 0).then(|| format!("b{number}"));
        file.ready_at = (number % 5 == 0).then_some(number);
        writer.insert_file(&file).expect("inserted");
    }
    writer.commit().expect("committed");
    store
}

fn inspect(store: &Sqlite) -> (bool, u32) {
    let mut inspection = store.inspect().expect("begun").expect("an inspection");
    let mut steps = 0;
    loop {
        steps += 1;
        if let Some(verdict) = inspection.step().expect("a step") {
            return (verdict, steps);
        }
    }
}

#[test]
fn inspection_of_a_whole_store_agrees_with_sqlite() {
    let scratch = Scratch::new("inspected");
    let store = filled(&scratch);
    let (verdict, steps) = inspect(&store);
    assert!(verdict && steps > 30, "{steps}");
    // It is that of one moment.
    let mut inspection = store.inspect().expect("begun").expect("an inspection");
    for number in 0.. {
        if let Some(verdict) = inspection.step().expect("a step") {
            assert!(verdict && number > 30);
            break;
        }
        let mut writer = store.write().expect("a writer");
        writer.remove_files(&[&format!("{number}.jpg")]).expect("removed");
        writer.commit().expect("committed");
    }
    assert!(store.is_intact().expect("checked"));
}

#[test]
fn inspection_finds_stale_indexes() {
    for index in [
        "file_by_blob",
        "file_in_area_by_name",
        "sqlite_autoindex_file_1",
        "file_pending",
    ] {
        let scratch = Scratch::new(&format!("stale-{index}"));
        drop(filled(&scratch));
        let path = scratch.0.join("catalog.db");
        let tamper = |sql: &str| {
            let connection = Connection::open(&path).expect("a connection");
            connection
                .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
                .expect("set");
            connection
                .execute_batch(&format!("PRAGMA writable_schema = ON; {sql}"))
                .expect(sql);
        };
        // While SQLite does not know the index, it does not keep it.
        tamper(&format!(
            "CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = '{index}';
             DELETE FROM sqlite_schema WHERE name = '{index}'"
        ));
        let change = "UPDATE file SET blob = 'other', name = 'other', ready_at = 1, id = 'other' WHERE id = '10.jpg'";
        let connection = Connection::open(&path).expect("a connection");
        if connection.execute_batch(change).is_err() {
            // A table with a unique column and without its index cannot be used at all.
            assert!(index.starts_with("sqlite_autoindex"), "{index}");
            continue;
        }
        drop(connection);
        tamper("INSERT INTO sqlite_schema SELECT * FROM kept; DROP TABLE kept");
        let store = scratch.open().expect("a store");
        assert!(!store.is_intact().expect("checked"), "{index}");
        assert!(!inspect(&store).0, "{index}");
    }
}

#[test]
fn inspection_finds_texts_that_are_not_indexed() {
    for change in [
        "INSERT INTO file_text (file_text, rowid, folded) SELECT 'delete', number, folded FROM file WHERE number = 7",
        "INSERT INTO folder_text (rowid, folded) VALUES (7, 'folder 6 and more')",
    ] {
        let scratch = Scratch::new("texts");
        let store = filled(&scratch);
        store.connection().execute_batch(change).expect(change);
        assert!(!store.is_intact().expect("checked"), "{change}");
        assert!(!inspect(&store).0, "{change}");
    }
}

#[test]
fn inspection_finds_damaged_pages() {
    let scratch = Scratch::new("pages");
    drop(filled(&scratch));
    let path = scratch.0.join("catalog.db");
    let connection = Connection::open(&path).expect("a connection");
    let root: usize = connection
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'file_in_folder_by_size'",
            [],
            |row| row.get::<_, i64>(0).map(|page| page as usize),
        )
        .expect("a page");
    drop(connection);
    let mut bytes = std::fs::read(&path).expect("bytes");
    bytes[(root - 1) * 4096..root * 4096 - 4000].fill(0xff);
    std::fs::write(&path, bytes).expect("written");
    let store = scratch.open().expect("a store");
    assert!(!inspect(&store).0);
}
