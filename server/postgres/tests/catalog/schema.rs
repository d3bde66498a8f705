//! Versions of the schema, and databases that are refused.

use crate::cluster::cluster;
use std::thread;
use wix_media::catalog::Error;
use wix_media_postgres::{Limits, Store};

fn connect(url: &str) -> Result<Store, Error> {
    Store::connect(url, cluster().handle(), Limits::default())
}

#[test]
fn database_is_migrated_once_by_several_processes() {
    let url = cluster().empty_database("C.UTF-8");
    let error = connect(&url).unwrap_err().to_string();
    assert!(error.contains("call Store::migrate"), "{error}");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::migrate(&url, cluster().handle()).unwrap());
        }
    });
    let store = connect(&url).unwrap();
    let site = store.create_site("a").unwrap();
    assert_eq!(format!("{site:?}"), format!("{:?}", store.create_site("a").unwrap()));
    assert!(store.site("b").unwrap().is_none());
    assert_eq!(store.site_ids().unwrap(), ["a"]);
}

#[test]
fn newer_schema_is_used_while_it_allows_this_release() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url, cluster().handle()).unwrap();
    cluster().run_at(&url, "UPDATE schema_version SET version = 99");
    assert!(connect(&url).is_ok());
    assert!(Store::migrate(&url, cluster().handle()).is_ok());
    cluster().run_at(&url, "UPDATE schema_version SET oldest = 99");
    assert!(matches!(connect(&url), Err(Error::Newer { found: 99 })));
    let migrated = Store::migrate(&url, cluster().handle());
    assert!(matches!(migrated, Err(Error::Newer { found: 99 })));
    assert_eq!(cluster().run_at(&url, "SELECT version FROM schema_version"), ["99"]);
}

#[test]
fn database_without_letters_is_refused_with_the_command_for_another() {
    let url = cluster().empty_database("C");
    let error = Store::migrate(&url, cluster().handle()).unwrap_err().to_string();
    assert!(error.contains("CREATE DATABASE wix_media"), "{error}");
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
    // A server with TLS would make no difference, so this is no outage that passes.
    let encrypted = format!(
        "postgres://postgres@127.0.0.1:{}/wix_media?sslmode=require",
        cluster().port
    );
    let encrypted = connect(&encrypted).unwrap_err();
    assert!(matches!(encrypted, Error::Store(_)), "{encrypted:?}");
}
