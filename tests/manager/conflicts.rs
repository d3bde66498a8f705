//! Transactions that fail and are retried.

use crate::site::{Site, target, text};
use serde_json::{Value, json};
use wix_media::catalog::{Error, Fault};
use wix_media::manager::{Options, Request};

/// How many times the manager tries a transaction.
const MAX_RUNS: usize = 4;

/// Sends a call of each kind that writes, and returns the answers. `prepare` runs before each request.
fn run(site: &Site, prepare: impl Fn()) -> Vec<(u16, Value)> {
    let mut answers = Vec::new();
    let mut ask = |request: Request| {
        prepare();
        let answer = site.json(request);
        answers.push(answer.clone());
        answer.1
    };
    let call = |method: &str, path: &str, body: Value| {
        Request::new(method, &format!("/site-media/v1{path}")).body(body.to_string())
    };
    let top = ask(call("POST", "/folders", json!({ "displayName": "Top" })));
    let top = text(&top["folder"]["id"]);
    let below = json!({ "displayName": "Below", "parentFolderId": top });
    let below = ask(call("POST", "/folders", below));
    let below = text(&below["folder"]["id"]);
    for folder in [&top, &below] {
        let body = json!({ "mimeType": "application/pdf", "fileName": "a.pdf", "parentFolderId": folder });
        let url = ask(call("POST", "/files/generate-upload-url", body));
        ask(Request::new("PUT", &target(&text(&url["uploadUrl"]))).body(*b"%PDF-1.7"));
    }
    let ids = json!({ "folderIds": [below] });
    ask(call("POST", "/bulk/folders/delete", ids.clone()));
    ask(call("POST", "/bulk/trash-bin/folders/restore", ids));
    ask(call(
        "POST",
        "/bulk/folders/delete",
        json!({ "folderIds": [top], "permanent": true }),
    ));
    let body = json!({ "mimeType": "application/pdf", "fileName": "b.pdf" });
    let url = ask(call("POST", "/files/generate-resumable-upload-url", body));
    assert!(url["uploadUrl"].is_string(), "{url}");
    answers
}

#[test]
fn calls_under_conflicts_answer_as_without_them() {
    let (mut plain, _) = Site::faulty(Options::default());
    let expected = run(&plain, || {});
    let statuses: Vec<_> = expected.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 200, 200, 200]);
    let events = plain.event_bodies();
    assert!(events.len() > 5);
    for conflicts in 1..MAX_RUNS {
        let (mut site, catalog) = Site::faulty(Options::default());
        let answers = run(&site, || {
            for at in 0..conflicts {
                let fault = if at % 2 == 0 { Fault::Commit } else { Fault::Open };
                catalog.fail(fault, Error::Conflict);
            }
        });
        assert_eq!(answers, expected, "{conflicts} conflicts before each request");
        assert_eq!(site.event_bodies(), events, "{conflicts} conflicts before each request");
    }
}

#[test]
fn call_on_unavailable_catalog_returns_503_and_changes_nothing() {
    let (mut site, catalog) = Site::faulty(Options::default());
    for fault in [Fault::Commit, Fault::Open] {
        for _ in 0..MAX_RUNS {
            catalog.fail(fault, Error::Unavailable("away".into()));
        }
        let request = Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"A"}"#);
        let (response, _) = site.fetch(request);
        assert_eq!(response.status, 503);
        assert!(response.headers.iter().any(|(name, _)| name == "Retry-After"));
        assert_eq!(site.get("/folders")["folders"].as_array().map(Vec::len), Some(0));
        assert_eq!(site.events(), []);
    }
    assert_eq!(site.call("POST", "/folders", json!({ "displayName": "A" })).0, 200);
}

#[test]
fn call_on_catalog_that_timed_out_returns_503_without_another_attempt() {
    let (mut site, catalog) = Site::faulty(Options::default());
    catalog.fail(Fault::Commit, Error::TimedOut("30 s".into()));
    let request = Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"A"}"#);
    let (response, _) = site.fetch(request);
    assert_eq!(response.status, 503);
    assert!(response.headers.iter().any(|(name, _)| name == "Retry-After"));
    assert_eq!(site.events(), []);
    assert_eq!(site.call("POST", "/folders", json!({ "displayName": "A" })).0, 200);
}

#[test]
fn error_other_than_conflict_is_not_retried() {
    let (site, catalog) = Site::faulty(Options::default());
    catalog.fail(Fault::Commit, Error::Store("full".into()));
    assert_eq!(
        site.fetch(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"A"}"#))
            .0
            .status,
        500
    );
    assert_eq!(site.get("/folders")["folders"].as_array().map(Vec::len), Some(0));
    assert_eq!(site.call("POST", "/folders", json!({ "displayName": "A" })).0, 200);
}
