//! Connections with TLS, and the servers that they trust.

use crate::cluster::{cluster, new_id};
use wix_media::catalog::{Catalog, Error};
use wix_media_postgres::{Limits, Store, check_url};

/// Connects to the database of the tests by this host, with these parameters.
fn connect(host: &str, parameters: &str) -> Result<Store, Error> {
    connect_to(host, cluster().port, parameters)
}

fn connect_to(host: &str, port: u16, parameters: &str) -> Result<Store, Error> {
    let url = format!("postgres://postgres@{host}:{port}/wix_media?{parameters}");
    Store::connect(&url, Limits::default())
}

fn refusal(host: &str, parameters: &str) -> String {
    let error = connect(host, parameters).expect_err("a refusal");
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    error.to_string()
}

#[test]
fn connections_have_tls_as_the_url_says() {
    for (mode, expected) in [("disable", "f"), ("prefer", "t"), ("require", "t")] {
        let store = connect("127.0.0.1", &format!("sslmode={mode}&application_name=tls-{mode}")).unwrap();
        let found = cluster().run(&format!(
            "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'tls-{mode}'"
        ));
        assert_eq!(found, [expected], "{mode}");
        drop(store);
    }
}

#[test]
fn server_is_the_one_that_the_url_names() {
    let root = cluster().root.display();
    let verified = format!("sslmode=verify-full&sslrootcert={root}");
    for host in ["127.0.0.1", "localhost"] {
        assert!(connect(host, &verified).is_ok(), "{host}");
    }
    let elsewhere = format!("{verified}&hostaddr=127.0.0.1");
    let named = refusal("db.example", &elsewhere);
    assert!(named.contains("certificate"), "{named}");
    // The roots of the system know nothing of it.
    let unknown = refusal("127.0.0.1", "sslmode=verify-full");
    assert!(unknown.contains("certificate"), "{unknown}");
    let rooted = format!("sslmode=require&sslrootcert={root}&hostaddr=127.0.0.1");
    assert!(connect("db.example", &rooted).is_ok());
}

#[test]
fn certificate_for_any_host_needs_a_root_that_is_trusted() {
    let root = cluster().root.display();
    let trusted = format!("sslmode=verify-ca&sslrootcert={root}&hostaddr=127.0.0.1");
    assert!(connect("db.example", &trusted).is_ok());
    let unknown = refusal("127.0.0.1", "sslmode=verify-ca");
    assert!(unknown.contains("certificate"), "{unknown}");
}

#[test]
fn pooler_is_the_server_that_the_url_names() {
    let (root, port) = (cluster().root.display(), cluster().bouncer_port);
    let verified = format!("sslmode=verify-full&sslrootcert={root}");
    let site = connect_to("localhost", port, &verified)
        .unwrap()
        .create_site(&new_id())
        .unwrap();
    let mut writer = site.write().unwrap();
    writer.set_setting("s", "behind TLS").unwrap();
    writer.commit().unwrap();
    assert_eq!(
        site.read().unwrap().setting("s").unwrap().as_deref(),
        Some("behind TLS")
    );
    for parameters in [
        format!("{verified}&hostaddr=127.0.0.1"),
        "sslmode=verify-full".to_owned(),
    ] {
        let error = connect_to("db.example", port, &parameters).expect_err("a refusal");
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
}

#[test]
fn roots_that_cannot_be_read_are_refused_before_any_connection() {
    let url = |file: &str| format!("postgres://db.example/media?sslmode=verify-full&sslrootcert={file}");
    let missing = check_url(&url("/nowhere/root.pem")).unwrap_err().to_string();
    assert!(
        missing.contains("cannot read the certificates in /nowhere/root.pem"),
        "{missing}"
    );
    let empty = check_url(&url("/dev/null")).unwrap_err().to_string();
    assert!(empty.contains("expected -----BEGIN CERTIFICATE-----"), "{empty}");
}
