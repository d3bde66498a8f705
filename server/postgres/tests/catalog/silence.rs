//! Databases that do not answer, and connections that lose everything: nobody waits for ever, and no outcome is made up.

use crate::cluster::{cluster, new_id};
use crate::proxy::{Cut, Proxy};
use std::time::Duration;
use wix_media::catalog::{Catalog, Error, Result, Write};
use wix_media_postgres::{Limits, Site, Store};

/// One connection, and limits that a test can wait for.
fn short_limits() -> Limits {
    Limits {
        connections: 1,
        long_snapshots: 0,
        connect_timeout: Duration::from_secs(2),
        statement_timeout: Duration::from_secs(1),
        answer_margin: Duration::from_millis(500),
        idle_timeout: LONG,
        ..Limits::default()
    }
}

fn store_at(port: u16, parameters: &str, resolve_timeout: Duration) -> Store {
    let url = format!("postgres://postgres@127.0.0.1:{port}/wix_media?sslmode=disable{parameters}");
    let limits = Limits {
        resolve_timeout,
        ..short_limits()
    };
    Store::open(&url, limits).unwrap()
}

/// A time that nothing takes.
const LONG: Duration = Duration::from_secs(600);

/// Repeats what a slow machine may not do within the limits.
fn repeated<T>(run: impl FnMut() -> Result<T>) -> T {
    std::iter::repeat_with(run).find_map(Result::ok).unwrap()
}

/// A writer that has set a value.
fn writer<'a>(site: &'a Site, value: &str) -> Box<dyn Write + 'a> {
    repeated(|| {
        let mut writer = site.write()?;
        writer.set_setting("s", value)?;
        Ok(writer)
    })
}

fn setting(site: &Site) -> Option<String> {
    repeated(|| site.read()?.setting("s"))
}

fn is_timeout(error: &Error) -> bool {
    matches!(error, Error::TimedOut(_))
}

#[test]
fn lost_answers_end_every_wait_and_free_the_connection() {
    let proxy = Proxy::start(cluster().port);
    let store = store_at(proxy.port, "", LONG);
    let id = new_id();
    let site = repeated(|| store.create_site(&id));
    let snapshot = repeated(|| site.read());
    proxy.mute(true);
    for _ in 0..2 {
        let error = snapshot.setting("s").unwrap_err();
        assert!(is_timeout(&error), "{error:?}");
    }
    drop(snapshot);
    // The next connection is not even made.
    for error in [site.read().err(), store.site(&id).err(), store.listed_sites().err()] {
        assert!(error.as_ref().is_some_and(is_timeout), "{error:?}");
    }
    proxy.mute(false);
    writer(&site, "after").commit().unwrap();
    assert_eq!(setting(&site).as_deref(), Some("after"));
}

#[test]
fn commit_that_is_lost_in_silence_is_looked_up() {
    let proxy = Proxy::start(cluster().port);
    let store = store_at(proxy.port, "", LONG);
    let id = new_id();
    let site = repeated(|| store.create_site(&id));
    let lost = writer(&site, "lost");
    proxy.cut(Cut::Lost);
    let error = lost.commit().unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(setting(&site), None);
    let done = writer(&site, "done");
    proxy.cut(Cut::Unanswered);
    done.commit().unwrap();
    assert_eq!(setting(&site).as_deref(), Some("done"));
}

#[test]
fn commit_of_a_stopped_backend_has_no_known_outcome() {
    let store = store_at(cluster().port, "&application_name=stopped", Duration::from_secs(1));
    let id = new_id();
    let site = repeated(|| store.create_site(&id));
    let stopped = writer(&site, "late");
    let select = "SELECT pid FROM pg_stat_activity WHERE application_name = 'stopped' AND state LIKE 'idle in%'";
    // Those of attempts before that took too long are about to end.
    let pids = std::iter::repeat_with(|| cluster().run(select)).find(|pids| pids.len() == 1);
    let pid = &pids.unwrap()[0];
    signal("STOP", pid);
    let error = stopped.commit().unwrap_err();
    // Neither "done" nor "repeat it": the backend finishes its work when it goes on.
    assert!(is_timeout(&error), "{error:?}");
    assert!(error.to_string().contains("whose outcome is unknown"), "{error}");
    signal("CONT", pid);
    while setting(&site).is_none() {}
    assert_eq!(setting(&site).as_deref(), Some("late"));
}

fn signal(name: &str, pid: &str) {
    let status = std::process::Command::new("kill")
        .args([&format!("-{name}"), pid])
        .status();
    assert!(status.unwrap().success());
}
