//! What becomes of a transaction when something fails.

use crate::cluster::{cluster, new_id};
use crate::proxy::{Cut, Proxy};
use std::time::Duration;
use wix_media::catalog::{Catalog, Error, Result};
use wix_media_postgres::{Limits, Site, Store};

fn short_waits() -> Limits {
    Limits {
        queue_timeout: Duration::from_millis(100),
        lock_timeout: Duration::from_millis(100),
        ..Limits::default()
    }
}

#[test]
fn writer_that_waits_too_long_is_refused_for_the_moment() {
    let id = new_id();
    let stores = [0, 1].map(|_| cluster().store(&cluster().url(), short_waits()));
    let sites = stores.map(|store| store.create_site(&id).unwrap());
    let writer = sites[0].write().unwrap();
    for (site, whose) in sites.iter().zip(["of this process", "of another process"]) {
        let error = site.write().err().expect("a refusal");
        assert!(
            matches!(error, Error::TimedOut(_) | Error::Unavailable(_)),
            "behind a writer {whose}: {error:?}"
        );
    }
    drop(writer);
    // Nobody waits for the rollback, which may take longer than a writer waits here.
    let mut attempts = std::iter::repeat_with(|| sites[1].write());
    let next = attempts.find_map(Result::ok).unwrap();
    next.commit().unwrap();
}

#[test]
fn errors_of_the_database_are_told_apart() {
    cluster().run(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = NEW.value; END $$;
         CREATE TRIGGER fail BEFORE INSERT ON setting FOR EACH ROW WHEN (NEW.name = 'fail') EXECUTE FUNCTION fail()",
    );
    let site = cluster().site();
    let fail = |code: &str| {
        let mut writer = site.write().unwrap();
        let error = writer.set_setting("fail", code).unwrap_err();
        assert!(
            writer.commit().is_err(),
            "{code}: after an error a writer can only be dropped"
        );
        error
    };
    for code in ["40001", "40P01"] {
        assert!(matches!(fail(code), Error::Conflict), "{code}");
    }
    assert!(matches!(fail("57014"), Error::TimedOut(_)));
    for code in ["55P03", "57P01", "25006", "53300"] {
        assert!(matches!(fail(code), Error::Unavailable(_)), "{code}");
    }
    assert!(matches!(fail("53100"), Error::Full(_)));
    let unknown = fail("XX000");
    assert!(matches!(unknown, Error::Store(_)), "{unknown:?}");
    assert_eq!(unknown.to_string(), "catalog failed: db error: planted (XX000)");
    assert_eq!(site.read().unwrap().setting("fail").unwrap(), None);
}

#[test]
fn writer_whose_connection_ends_can_be_repeated() {
    let url = format!("{}?application_name=ended", cluster().url());
    let site = cluster().store(&url, Limits::default()).create_site(&new_id()).unwrap();
    let mut writer = site.write().unwrap();
    writer.set_setting("s", "lost").unwrap();
    // With a time limit it waits until the connection has ended.
    let ended = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'ended'";
    assert!(cluster().run(ended).contains(&"t".to_owned()));
    let error = writer.commit().unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(site.read().unwrap().setting("s").unwrap(), None);
    site.write().unwrap().commit().unwrap();
}

#[test]
fn connections_that_take_no_changes_are_replaced() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let name = url.rsplit('/').next().unwrap();
    cluster().store(&url, Limits::default()).create_site("a").unwrap();
    // Connections that are made now stay so, as those to a former primary.
    cluster().run(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    let store = cluster().store(&url, Limits::default());
    let site = store.site("a").unwrap().unwrap();
    let snapshots = [0, 1, 2].map(|_| site.read().unwrap());
    drop(snapshots);
    // Nobody waits for their rollbacks.
    while store.pool_figures().idle < 3 {
        std::thread::yield_now();
    }
    cluster().run(&format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    let error = site.write().err().expect("a refusal");
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert_eq!(store.pool_figures().idle, 0);
    site.write().unwrap().commit().unwrap();
}

/// Adds an event on a connection that is cut at the commit.
fn add_event(site: &Site, proxy: &Proxy, cut: Cut) -> Result<()> {
    let mut writer = site.write()?;
    writer.insert_events(&[format!("{cut:?}")])?;
    proxy.cut(cut);
    writer.commit()
}

#[test]
fn commit_whose_answer_is_lost_is_looked_up() {
    let proxy = Proxy::start(cluster().port);
    let url = format!("postgres://postgres@127.0.0.1:{}/wix_media?sslmode=disable", proxy.port);
    let site = cluster().store(&url, Limits::default()).create_site(&new_id()).unwrap();
    add_event(&site, &proxy, Cut::None).unwrap();
    add_event(&site, &proxy, Cut::After).unwrap();
    let error = add_event(&site, &proxy, Cut::Before).unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    add_event(&site, &proxy, Cut::None).unwrap();
    let events = site.read().unwrap().events(0, 9).unwrap();
    let numbered: Vec<_> = [(1, "None"), (2, "After"), (3, "None")]
        .map(|(number, body)| (number, body.to_owned()))
        .to_vec();
    assert_eq!(events, numbered);
}

#[test]
fn reset_may_take_longer_than_other_statements() {
    // Each row says how long the statement may take that removes or adds it.
    cluster().run(
        "CREATE FUNCTION check_limit() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF current_setting('statement_timeout') <> OLD.file THEN
                     RAISE EXCEPTION 'limit of %, expected %', current_setting('statement_timeout'), OLD.file;
                 END IF;
                 RETURN OLD;
             END $$;
         CREATE TRIGGER check_limit BEFORE DELETE ON backlog FOR EACH ROW WHEN (OLD.file IN ('1h', '30s'))
             EXECUTE FUNCTION check_limit()",
    );
    let id = new_id();
    let site = cluster()
        .store(&cluster().url(), Limits::default())
        .create_site(&id)
        .unwrap();
    let add = |limit: &str| {
        cluster().run(&format!(
            "INSERT INTO backlog (site, file) SELECT number, '{limit}' FROM site WHERE id = '{id}'"
        ))
    };
    add("1h");
    let mut writer = site.write().unwrap();
    writer.clear(0).unwrap();
    writer.commit().unwrap();
    add("30s");
    let mut writer = site.write().unwrap();
    writer.begin_load().unwrap();
    writer.end_load().unwrap();
    writer.remove_files(&["30s"]).unwrap();
}
