//! Calls that several processes count together.

use crate::cluster::{cluster, new_id};
use std::thread;
use std::time::Duration;
use wix_media_postgres::{CallCount, Limits, Store};

const MINUTE: Duration = Duration::from_secs(60);

/// Puts a clock in front of that of the database, which stands still until it is set.
const CLOCK: &str = "CREATE SCHEMA clock; CREATE TABLE clock.present AS SELECT statement_timestamp() AS now;
     CREATE FUNCTION clock.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT now FROM clock.present'";

/// The URL of a database with a clock of its own, and stores of two processes.
fn clocked() -> (String, [Store; 2]) {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let name = url.rsplit('/').next().unwrap();
    cluster().run_at(&url, CLOCK);
    cluster().run_at(
        &url,
        &format!("ALTER DATABASE {name} SET search_path = clock, public, pg_catalog"),
    );
    let store = || cluster().store(&url, Limits::default());
    let stores = [store(), store()];
    stores[0].create_site("a").unwrap();
    (url, stores)
}

fn pass(url: &str, interval: &str) {
    cluster().run_at(
        url,
        &format!("UPDATE clock.present SET now = now + interval '{interval}'"),
    );
}

/// What `total` calls amount to, with `seconds` of the window left.
fn count(total: u64, seconds: u64) -> Option<CallCount> {
    let remaining = Duration::from_secs(seconds);
    Some(CallCount { total, remaining })
}

#[test]
fn calls_of_concurrent_processes_add_up_and_each_sees_another_sum() {
    let id = new_id();
    let stores = [cluster().url(), cluster().url()].map(|url| cluster().store(&url, Limits::default()));
    stores[0].create_site(&id).unwrap();
    // A window that ends in no test.
    let day = Duration::from_secs(86_400);
    let add = |store: &Store| store.add_calls(&id, "key 1", 3, day).unwrap().unwrap().total;
    let add = |at: usize| (0..50).map(|_| add(&stores[at % 2])).collect::<Vec<u64>>();
    let mut totals: Vec<u64> = thread::scope(|scope| {
        let add = &add;
        let threads: Vec<_> = (0..8).map(|at| scope.spawn(move || add(at))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    totals.sort_unstable();
    let expected: Vec<u64> = (1..=400).map(|number| number * 3).collect();
    assert_eq!(totals, expected);
}

#[test]
fn window_is_that_of_a_caller_of_a_site_and_begins_with_a_call() {
    let (url, [first, second]) = clocked();
    first.create_site("b").unwrap();
    assert_eq!(first.add_calls("a", "key 1", 5, MINUTE).unwrap(), count(5, 60));
    pass(&url, "20 seconds");
    assert_eq!(second.add_calls("a", "key 1", 1, MINUTE).unwrap(), count(6, 40));
    assert_eq!(first.add_calls("a", "key 2", 1, MINUTE).unwrap(), count(1, 60));
    assert_eq!(first.add_calls("b", "key 1", 1, MINUTE).unwrap(), count(1, 60));
    assert_eq!(first.add_calls("c", "key 1", 1, MINUTE).unwrap(), None);
    pass(&url, "40 seconds");
    assert_eq!(second.add_calls("a", "key 1", 2, MINUTE).unwrap(), count(2, 60));
    assert_eq!(first.add_calls("a", "key 1", 2, MINUTE).unwrap(), count(4, 60));
    // A clock that is put back does not make a window longer than others.
    pass(&url, "-1 day");
    assert_eq!(first.add_calls("a", "key 1", 1, MINUTE).unwrap(), count(1, 60));
}

#[test]
fn windows_that_have_ended_are_forgotten() {
    let (url, [store, _]) = clocked();
    store.add_calls("a", "old", 1, MINUTE).unwrap();
    pass(&url, "30 seconds");
    store.add_calls("a", "new", 1, MINUTE).unwrap();
    assert_eq!(store.forget_calls().unwrap(), 0);
    pass(&url, "31 seconds");
    assert_eq!(store.forget_calls().unwrap(), 1);
    assert_eq!(store.add_calls("a", "new", 1, MINUTE).unwrap(), count(2, 29));
}
