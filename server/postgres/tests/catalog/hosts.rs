//! URLs with several hosts.

use crate::cluster::cluster;
use std::net::TcpListener;
use std::time::Duration;
use wix_media_postgres::{Limits, Store};

/// How often a connection is tried. Half of the attempts begin with the wrong host.
const MAX_ATTEMPTS: usize = 200;

fn connects_beside(other: u16) -> bool {
    let url = format!(
        "postgres://postgres@127.0.0.1:{other},127.0.0.1:{}/wix_media",
        cluster().port
    );
    let limits = Limits {
        connect_timeout: Duration::from_millis(500),
        ..Limits::default()
    };
    std::iter::repeat_with(|| Store::connect(&url, limits.clone()))
        .take(MAX_ATTEMPTS)
        .any(|store| store.is_ok())
}

#[test]
fn host_that_refuses_connections_is_passed_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert!(connects_beside(port));
}

#[test]
fn host_that_accepts_connections_without_an_answer_does_not_shut_out_the_other() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(connects_beside(listener.local_addr().unwrap().port()));
}
