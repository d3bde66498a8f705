//! Listed sites and their keys.

use crate::cluster::cluster;
use std::thread;
use std::time::Duration;
use wix_media_postgres::{Limits, Store};

/// A database with the schema, and its URL.
fn store() -> (Store, String) {
    let cluster = cluster();
    let url = cluster.empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    (cluster.store(&url, Limits::default()), url)
}

#[test]
fn site_is_listed_once_with_a_host_and_a_prefix_of_its_own() {
    let (store, url) = store();
    assert_eq!(store.listed_sites().unwrap(), []);
    let one = store.list_site("one", Some("one.example"), Some(5)).unwrap().unwrap();
    assert_eq!((one.id.as_str(), one.quota, one.bytes), ("one", Some(5), 0));
    assert_eq!(store.site("one").unwrap().unwrap().prefix(), Some(one.prefix.as_str()));
    assert_eq!(store.list_site("one", None, None).unwrap(), None);
    let taken = store.list_site("two", Some("one.example"), None).unwrap_err();
    assert!(
        taken.to_string().contains("another site has the host one.example"),
        "{taken}"
    );
    // A site that a server made for itself, without a prefix as releases before version 2 did.
    store.create_site("own").unwrap();
    cluster().run_at(&url, "UPDATE site SET prefix = NULL WHERE id = 'own'");
    assert_eq!(store.listed_sites().unwrap(), std::slice::from_ref(&one));
    let own = store.list_site("own", None, None).unwrap().unwrap();
    assert!(own.prefix.len() == 6 && own.prefix != one.prefix, "{own:?}");
    assert!(store.set_quota("own", Some(7)).unwrap() && !store.set_quota("two", None).unwrap());
    let quotas = store
        .listed_sites()
        .unwrap()
        .iter()
        .map(|site| site.quota)
        .collect::<Vec<_>>();
    assert_eq!(quotas, [Some(5), Some(7)]);
}

#[test]
fn key_is_found_by_its_hash_until_it_expires_or_is_removed() {
    let (store, url) = store();
    store.list_site("one", None, None).unwrap();
    store.list_site("two", None, None).unwrap();
    store.create_site("own").unwrap();
    assert_eq!(store.add_key("own", "h", "read", None).unwrap(), None, "not listed");
    let number = store.add_key("one", "h1", "read", None).unwrap().unwrap();
    let day = Some(Duration::from_secs(86_400));
    let other = store.add_key("two", "h2", "admin", day).unwrap().unwrap();
    let found = store.use_key("h1").unwrap().unwrap();
    assert_eq!((found.number, &*found.site_id, &*found.scope), (number, "one", "read"));
    assert_eq!(store.use_key("h3").unwrap(), None);
    assert!(store.use_key("h2").unwrap().unwrap().expires.is_some());
    cluster().run_at(
        &url,
        "UPDATE api_key SET expires = now() - interval '1 second' WHERE hash = 'h2'",
    );
    assert_eq!(store.use_key("h2").unwrap(), None);
    assert_eq!(store.keys("two").unwrap().len(), 1, "an expired key is listed");
    assert!(!store.remove_key("one", other).unwrap(), "a key of another site");
    assert!(store.remove_key("one", number).unwrap() && !store.remove_key("one", number).unwrap());
    assert_eq!(store.use_key("h1").unwrap(), None);
}

#[test]
fn last_use_is_written_once_a_minute() {
    let (store, url) = store();
    store.list_site("one", None, None).unwrap();
    store.add_key("one", "h", "write", None).unwrap();
    let writes = || cluster().run_at(&url, "SELECT xmin::text FROM api_key");
    assert_eq!(store.keys("one").unwrap()[0].last_used, None);
    store.use_key("h").unwrap();
    assert!(store.keys("one").unwrap()[0].last_used.is_some());
    for (age, is_written) in [("50 seconds", false), ("61 seconds", true)] {
        cluster().run_at(
            &url,
            &format!("UPDATE api_key SET last_used = now() - interval '{age}'"),
        );
        let before = writes();
        store.use_key("h").unwrap();
        assert_eq!(writes() != before, is_written, "{age}");
    }
}

#[test]
fn site_without_a_sweep_is_claimed_once() {
    let (store, url) = store();
    for number in 0..20 {
        store.list_site(&format!("s{number:02}"), None, None).unwrap();
    }
    store.create_site("own").unwrap();
    let day = Duration::from_secs(86_400);
    assert_eq!(store.claim_sweep(day).unwrap(), None, "they are new");
    assert!(!store.begin_sweep("s00", day).unwrap());
    cluster().run_at(&url, "UPDATE site SET swept = now() - interval '25 hours'");
    assert!(store.begin_sweep("s00", day).unwrap() && !store.begin_sweep("s00", day).unwrap());
    let claim = || std::iter::from_fn(|| store.claim_sweep(day).unwrap()).collect::<Vec<String>>();
    let mut claimed: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(claim)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    // One that another process is just claiming is passed over, and can be claimed if that fails.
    claimed.extend(claim());
    claimed.sort();
    let expected: Vec<String> = (1..20).map(|number| format!("s{number:02}")).collect();
    assert_eq!(claimed, expected);
}

#[test]
fn only_listed_sites_with_rows_that_wait_have_work() {
    let (store, url) = store();
    for id in ["idle", "busy"] {
        store.list_site(id, None, None).unwrap();
    }
    store.create_site("own").unwrap();
    assert_eq!(store.sites_with_work().unwrap(), Vec::<String>::new());
    // A row of the kind in each table, whose own number is not that of the site.
    for table in [
        "job (due, operation, fields)",
        "delivery (event, url, tries, due)",
        "stale (folder)",
    ] {
        let (name, columns) = table.split_once(" (").unwrap();
        let columns = columns.trim_end_matches(')');
        let values = columns.split(", ").map(|_| "'1'").collect::<Vec<_>>().join(", ");
        let insert = |condition: &str| {
            format!("INSERT INTO {name} (site, {columns}) SELECT number, {values} FROM site WHERE {condition}")
        };
        cluster().run_at(&url, &format!("ALTER TABLE {name} ALTER number RESTART 1000"));
        cluster().run_at(&url, &insert("id IN ('busy', 'own')"));
        assert_eq!(store.sites_with_work().unwrap(), ["busy"], "{name}");
        cluster().run_at(&url, &format!("DELETE FROM {name}"));
        assert_eq!(store.sites_with_work().unwrap(), Vec::<String>::new(), "{name}");
    }
}
