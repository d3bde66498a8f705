//! Versions of the schema, and databases that are refused.

use crate::cluster::cluster;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use wix_media::catalog::{Area, Catalog, Children, Error, File, Page, fold};
use wix_media_postgres::{Limits, OlderSchema, Store};

/// Ends what hangs.
const HANG: Duration = Duration::from_secs(600);

fn connect(url: &str) -> Result<Store, Error> {
    Store::connect(url, Limits::default())
}

#[test]
fn database_is_migrated_once_by_several_processes() {
    let url = cluster().empty_database("C.UTF-8");
    let Error::Unavailable(error) = connect(&url).unwrap_err() else {
        panic!("expected a database without a schema to be refused");
    };
    assert_eq!(
        error.downcast_ref().map(|older: &OlderSchema| older.found),
        Some(0),
        "{error}"
    );
    // A store that was opened before goes on once the schema is there.
    let opened = Store::open(&url, Limits::default()).unwrap();
    assert!(opened.create_site("a").is_err());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::migrate(&url).unwrap());
        }
    });
    let store = connect(&url).unwrap();
    let site = store.create_site("a").unwrap();
    assert_eq!(format!("{site:?}"), format!("{:?}", store.create_site("a").unwrap()));
    assert!(store.site("b").unwrap().is_none());
    assert_eq!(store.site_ids().unwrap(), ["a"]);
    assert_eq!(opened.site_ids().unwrap(), ["a"]);
}

#[test]
fn newer_schema_is_used_while_it_allows_this_release() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    cluster().run_at(&url, "UPDATE schema_version SET version = 99");
    assert!(connect(&url).is_ok());
    assert!(Store::migrate(&url).is_ok());
    cluster().run_at(&url, "UPDATE schema_version SET oldest = 99");
    assert!(matches!(connect(&url), Err(Error::Newer { found: 99 })));
    let migrated = Store::migrate(&url);
    assert!(matches!(migrated, Err(Error::Newer { found: 99 })));
    assert_eq!(cluster().run_at(&url, "SELECT version FROM schema_version"), ["99"]);
}

/// Limits with which a transaction may pause for as long as a test needs.
fn patient() -> Limits {
    Limits {
        idle_timeout: Duration::from_secs(600),
        ..Limits::default()
    }
}

/// Whether something waits until nobody reads the version of the schema.
fn is_awaited(url: &str) -> bool {
    let select = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'schema_version'::regclass
         AND mode = 'AccessExclusiveLock'";
    !cluster().run_at(url, select).is_empty()
}

#[test]
fn schema_that_excludes_this_release_is_noticed_while_it_runs() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let store = Store::connect(&url, patient()).unwrap();
    let site = store.create_site("a").unwrap();
    let mut before = site.write().unwrap();
    thread::scope(|scope| {
        let change = scope.spawn(|| {
            // As the migration of a later release does it.
            cluster().run_at(
                &url,
                "BEGIN; LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE;
                 UPDATE schema_version SET version = 99, oldest = 99; COMMIT",
            )
        });
        while !is_awaited(&url) {
            assert!(!change.is_finished(), "it did not wait for the writer");
        }
        before.set_setting("s", "before").unwrap();
        before.commit().unwrap();
    });
    for error in [
        site.write().err(),
        site.read().err(),
        store.create_site("b").err(),
        store.listed_sites().err(),
        store.check_schema().err(),
    ] {
        assert!(matches!(error, Some(Error::Newer { found: 99 })), "{error:?}");
    }
    cluster().run_at(&url, "UPDATE schema_version SET version = 1, oldest = 1");
    let error = site.write().err();
    let Some(Error::Unavailable(older)) = error else {
        panic!("{error:?}")
    };
    assert!(older.is::<OlderSchema>(), "{older}");
    cluster().run_at(&url, "UPDATE schema_version SET version = 99");
    assert_eq!(site.read().unwrap().setting("s").unwrap().as_deref(), Some("before"));
}

/// Brings a schema of version 8 back to version 7, with its content.
const UNDO_8: &str = "
    CREATE TABLE former_text AS
        SELECT site, id, folded, string_to_array(grams, E'\\x1f') AS grams FROM file_text JOIN file_grams USING (site, id);
    DROP TABLE file_text, file_grams;
    ALTER TABLE former_text RENAME TO file_text;
    ALTER TABLE file_text ADD PRIMARY KEY (site, id);
    CREATE INDEX file_text_trigrams ON file_text USING gin (site, folded gin_trgm_ops);
    CREATE INDEX file_text_grams ON file_text USING gin (site, grams);
    UPDATE schema_version SET version = 7, oldest = 1";

#[test]
fn snapshot_that_waited_for_a_migration_sees_its_version() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let limits = Limits {
        lock_timeout: Duration::from_secs(600),
        statement_timeout: Duration::from_secs(600),
        ..patient()
    };
    let site = Store::connect(&url, limits).unwrap().create_site("a").unwrap();
    let locks = "SELECT 1 FROM pg_locks WHERE relation = 'schema_version'::regclass";
    thread::scope(|scope| {
        let change = scope.spawn(|| {
            // A migration that goes on once somebody waits for it.
            let sql = format!(
                "BEGIN; LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE;
                 DO $$ BEGIN
                     WHILE NOT EXISTS ({locks} AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;
                 END $$;
                 UPDATE schema_version SET version = 99, oldest = 99; COMMIT"
            );
            cluster().run_at(&url, &sql)
        });
        let is_held = format!("{locks} AND granted AND mode = 'AccessExclusiveLock'");
        while cluster().run_at(&url, &is_held).is_empty() {
            assert!(!change.is_finished(), "nobody waited for it");
        }
        let error = site.read().err();
        assert!(matches!(error, Some(Error::Newer { found: 99 })), "{error:?}");
    });
}

#[test]
fn texts_of_version_7_are_found_after_the_migration() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let site = Store::connect(&url, patient()).unwrap().create_site("a").unwrap();
    let mut writer = site.write().unwrap();
    for (number, name) in (1..).zip(["straße", "\"\\ 写真", "é"]) {
        let file = File::new(&format!("f{number}"), name, "media-root", Area::Site, number);
        writer.insert_file(&file).unwrap();
    }
    writer.commit().unwrap();
    let tables = "SELECT file_text::text || file_grams FROM file_text JOIN file_grams USING (site, id) ORDER BY id";
    let before = cluster().run_at(&url, tables);
    assert_eq!(before.len(), 3);
    cluster().run_at(&url, UNDO_8);
    assert!(matches!(site.read().err(), Some(Error::Unavailable(_))));
    Store::migrate(&url).unwrap();
    assert_eq!(cluster().run_at(&url, tables), before);
    assert!(site.is_intact().unwrap());
    let mut page = Page::new(Children::In(vec![Area::Site]), 10);
    page.text = fold("STRASSE");
    let found = site.read().unwrap().files(&page).unwrap();
    assert_eq!(found.iter().map(|file| &file.id[..]).collect::<Vec<_>>(), ["f1"]);
}

#[test]
fn migration_that_excludes_releases_waits_for_their_transactions() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let site = Store::connect(&url, patient()).unwrap().create_site("a").unwrap();
    let snapshot = site.read().unwrap();
    cluster().run_at(&url, UNDO_8);
    thread::scope(|scope| {
        let migration = scope.spawn(|| Store::migrate(&url).unwrap());
        while !is_awaited(&url) {
            assert!(!migration.is_finished(), "it did not wait for the snapshot");
        }
        drop(snapshot);
    });
    assert!(site.read().is_ok());
}

#[test]
fn migration_that_waits_for_a_long_snapshot_lets_others_go_on() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let site = Store::connect(&url, patient()).unwrap().create_site("a").unwrap();
    let export = site.read_long().unwrap();
    cluster().run_at(&url, UNDO_8);
    let (waits, waited) = mpsc::channel();
    thread::scope(|scope| {
        let url = &url;
        let migration = scope.spawn(move || Store::migrate_with(url, || waits.send(()).unwrap()).unwrap());
        for _ in 0..2 {
            waited.recv_timeout(HANG).unwrap();
            // As every transaction begins. Behind a migration that waits for as long as the export takes, it would fail.
            let begin = "SET lock_timeout = 60000; LOCK TABLE schema_version IN ACCESS SHARE MODE; SELECT version FROM schema_version";
            assert_eq!(cluster().run_at(url, begin), ["7"]);
        }
        assert!(!migration.is_finished());
        drop(export);
        assert!(migration.join().unwrap() >= 8);
    });
    assert!(site.read().is_ok());
}

#[test]
fn database_without_letters_is_refused_with_the_command_for_another() {
    let url = cluster().empty_database("C");
    let error = Store::migrate(&url).unwrap_err().to_string();
    assert!(error.contains("CREATE DATABASE wix_media"), "{error}");
    assert!(
        error.contains("found a character type with ASCII letters only"),
        "{error}"
    );
    let opened = Store::open(&url, Limits::default()).unwrap();
    let error = opened.check_database().unwrap_err().to_string();
    assert!(error.contains("CREATE DATABASE wix_media"), "{error}");
}

#[test]
fn database_has_what_calls_need() {
    let url = cluster().empty_database("C.UTF-8");
    let opened = Store::open(&url, Limits::default()).unwrap();
    let error = opened.check_database().unwrap_err().to_string();
    assert!(error.contains("CREATE EXTENSION btree_gin"), "{error}");
    cluster().run_at(&url, "CREATE EXTENSION btree_gin; CREATE EXTENSION pg_trgm");
    let Error::Unavailable(error) = opened.check_database().unwrap_err() else {
        panic!("expected a database without a schema to be refused");
    };
    assert!(error.is::<OlderSchema>(), "{error}");
    Store::migrate(&url).unwrap();
    let version = opened.check_database().unwrap();
    assert_eq!(cluster().run("SHOW server_version"), [version]);
}

#[test]
fn unreachable_and_missing_databases_are_told_apart() {
    let closed = connect("postgres://postgres@127.0.0.1:1/wix_media").unwrap_err();
    assert!(matches!(closed, Error::Unavailable(_)), "{closed:?}");
    let missing = format!("postgres://postgres@127.0.0.1:{}/missing", cluster().port);
    let missing = connect(&missing).unwrap_err();
    assert!(matches!(missing, Error::Store(_)), "{missing:?}");
    let wrong = connect("postgres://db.example/wix_media?sslmode=perhaps").unwrap_err();
    assert!(matches!(wrong, Error::Store(_)), "{wrong:?}");
}

#[test]
fn sites_have_prefixes_and_keys_of_their_own() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let store = connect(&url).unwrap();
    let first = store.create_site("a").unwrap();
    // SHA-256 of "a" begins with ca978112: the prefix that the manager gives its files.
    assert_eq!(cluster().run_at(&url, "SELECT prefix FROM site"), ["ca9781"]);
    cluster().run_at(&url, "UPDATE site SET id = 'b'");
    let second = store.create_site("a").unwrap();
    assert_ne!(first.storage_key(), second.storage_key());
    let prefixes = cluster().run_at(&url, "SELECT prefix FROM site ORDER BY number");
    assert_eq!((prefixes.len(), &prefixes[0][..]), (2, "ca9781"));
    assert_ne!(prefixes[0], prefixes[1]);
    assert_eq!(store.site_ids().unwrap(), ["a", "b"]);
}

#[test]
fn place_of_the_bytes_is_recorded_once_and_changed_on_purpose() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let store = connect(&url).unwrap();
    let site = store.create_site("a").unwrap();
    assert_eq!(site.bytes_place(), None);
    assert_eq!(site.record_bytes_place("s3://media/a").unwrap(), "s3://media/a");
    assert_eq!(site.record_bytes_place("directory").unwrap(), "s3://media/a");
    let again = store.site("a").unwrap().unwrap();
    assert_eq!(again.bytes_place(), Some("s3://media/a"));
    assert_eq!(store.set_bytes_place("directory", Some("a")).unwrap(), 1);
    assert_eq!(store.set_bytes_place("directory", Some("b")).unwrap(), 0);
    assert_eq!(again.record_bytes_place("s3://media/a").unwrap(), "directory");
    store.create_site("b").unwrap();
    assert_eq!(store.set_bytes_place("s3://media/b", None).unwrap(), 2);
    assert_eq!(again.record_bytes_place("directory").unwrap(), "s3://media/b");
}

#[test]
fn first_version_becomes_the_present_one() {
    let url = cluster().empty_database("C.UTF-8");
    cluster().run_at(
        &url,
        "CREATE TABLE schema_version (version bigint NOT NULL, oldest bigint NOT NULL);
         INSERT INTO schema_version (version, oldest) VALUES (1, 1)",
    );
    cluster().run_at(&url, include_str!("../../src/migrations/1.sql"));
    cluster().run_at(
        &url,
        "INSERT INTO site (id) VALUES ('a'), ('c'); INSERT INTO tail (site) SELECT number FROM site",
    );
    assert!(Store::migrate(&url).unwrap() >= 2);
    assert!(connect(&url).unwrap().site("a").unwrap().is_some());
    let prefixes = cluster().run_at(&url, "SELECT prefix FROM site ORDER BY number");
    assert_eq!(prefixes, ["ca9781", "2e7d2c"]);
}

#[test]
fn limits_without_a_usable_transaction_are_refused() {
    let url = cluster().url();
    let refused = |limits: Limits| Store::open(&url, limits).unwrap_err().to_string();
    let none = refused(Limits {
        connections: 0,
        ..Limits::default()
    });
    assert!(none.contains("expected at least 1 connection"), "{none}");
    let taken = refused(Limits {
        connections: 4,
        ..Limits::default()
    });
    assert!(
        taken.contains("fewer long snapshots than connections (4), found 4"),
        "{taken}"
    );
    let endless = refused(Limits {
        lock_timeout: Duration::ZERO,
        ..Limits::default()
    });
    assert!(endless.contains("lock_timeout"), "{endless}");
}
