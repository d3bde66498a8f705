//! Aids for testing clients: injected faults, rate limit, lag of lists, delay of deletions, quota.

use crate::site::{START, Site, ids, reason, target, text};
use serde_json::{Value, json};
use wix_media::manager::{Manager, Options, Request};

fn site(options: Value) -> Site {
    Site::with(Options::from_json(&options).expect("options"))
}

impl Site {
    fn control(&self, name: &str, input: Value) -> Value {
        self.manager.control(name, &input).expect("asked")
    }
}

#[test]
fn fault_on_a_call_answers_before_any_change() {
    let mut site = Site::new();
    let fault = json!({ "match": "createFolder", "status": 429, "times": 2, "headers": { "Retry-After": "7" } });
    assert_eq!(site.control("faults.add", json!([fault])), Value::Null);
    for _ in 0..2 {
        let request = Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"a"}"#);
        let (response, bytes) = site.fetch(request);
        assert_eq!((response.status, response.header("retry-after")), (429, Some("7")));
        let body: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(reason(&body), "RESOURCE_EXHAUSTED");
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    }
    assert_eq!(site.events(), []);
    site.folder("a", "media-root");
    assert_eq!(
        site.control("faults", json!({})),
        json!([]),
        "a fault is removed after its last use"
    );
}

#[test]
fn faults_on_uploads_and_media_fail_or_delay_them() {
    let site = site(json!({ "faults": [
        { "match": "PUT /upload/", "status": 500, "times": 1 },
        { "match": "*File*", "latencyMs": 20 },
        { "match": "listFiles", "latencyMs": 5 },
        { "match": "/media/", "status": 403, "body": "<html>no", "headers": { "Content-Type": "text/html" } },
    ] }));
    let body = json!({ "mimeType": "image/gif", "fileName": "a.gif" });
    let url = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    let put = || Request::new("PUT", &url).body("GIF89a");
    let mut intake = site.manager.open(put().head);
    assert!(!site.manager.feed(&mut intake, b"GIF89a"), "the body is not read");
    let response = site.manager.close(intake);
    assert_eq!(response.status, 500);
    assert_eq!(
        site.manager.collect(response.body).expect("a body"),
        br#"{"message":"","details":{}}"#
    );
    let (status, answer) = site.json(put());
    assert_eq!(status, 200, "the URL is still unused");
    let (response, bytes) = site.fetch(Request::new("GET", &target(&text(&answer["file"]["url"]))));
    assert_eq!((response.status, &bytes[..]), (403, &b"<html>no"[..]));
    assert_eq!(response.header("content-type"), Some("text/html"));
    let listed = site.send(Request::new("GET", "/site-media/v1/files"));
    assert_eq!((listed.status, listed.delay_ms), (200, 25));
    let folders = site.send(Request::new("GET", "/site-media/v1/folders"));
    assert_eq!((folders.status, folders.delay_ms), (200, 0));
    site.control("faults.clear", json!({}));
    assert_eq!(site.send(Request::new("GET", "/site-media/v1/files")).delay_ms, 0);
    let given = json!([{ "match": "*", "status": 500 }, { "match": "*", "time": 1 }]);
    let refused = &site.control("faults.add", given)["refused"];
    assert_eq!(refused["field"], "faults[1].time");
    assert_eq!(
        refused["known"],
        json!(["match", "status", "latencyMs", "times", "headers", "body"])
    );
    assert_eq!(
        site.control("faults", json!({})),
        json!([]),
        "a refused list adds no fault"
    );
}

#[test]
fn call_above_the_rate_limit_returns_429() {
    let site = site(json!({
        "limits": { "requestsPerMinute": 2 },
        "auth": { "apiKeys": [{ "key": "one" }, { "key": "two" }] },
        "siteId": "s",
    }));
    let list = |key: &str| {
        Request::new("GET", "/site-media/v1/files")
            .header("Authorization", key)
            .header("wix-site-id", "s")
    };
    assert_eq!(
        site.send(list("wrong")).status,
        401,
        "unauthenticated requests are not counted"
    );
    assert_eq!(site.send(list("one")).status, 200);
    site.clock.advance(10_500);
    assert_eq!(site.send(list("one")).status, 200);
    let (response, bytes) = site.fetch(list("one"));
    assert_eq!((response.status, response.header("retry-after")), (429, Some("50")));
    let body: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(reason(&body), "RESOURCE_EXHAUSTED");
    assert_eq!(site.send(list("two")).status, 200, "each key has its own limit");
    assert_eq!(
        site.send(Request::new("GET", "/icons/image.svg")).status,
        200,
        "only API calls are counted"
    );
    site.clock.advance(49_499);
    assert_eq!(site.send(list("one")).status, 429);
    site.clock.advance(1);
    assert_eq!(site.send(list("one")).status, 200);
    assert_eq!(site.send(list("one")).status, 429);
    assert_eq!(
        site.control("adjust", json!({ "limits": { "requestsPerMinute": null } })),
        Value::Null
    );
    assert_eq!(site.send(list("one")).status, 200);
}

#[test]
fn change_under_lag_is_read_by_id_and_listed_later() {
    let site = site(json!({ "lagMs": 1000 }));
    let folder = site.folder("f", "media-root");
    let file = site.file("a.pdf", &folder);
    let files = || {
        let listed = site.get(&format!("/files?parentFolderId={folder}"));
        let searched = site.post("/files/search", json!({ "search": "a.pdf" }));
        let queried = site.post("/files/query", json!({ "query": {} }));
        let counts = [listed, searched, queried].map(|answer| ids(&answer["files"]).len());
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
        counts[0]
    };
    assert_eq!(files(), 0);
    assert_eq!(site.get(&format!("/files/{file}"))["file"]["displayName"], "a.pdf");
    assert_eq!(site.get("/folders")["folders"], json!([]));
    site.clock.advance(999);
    assert_eq!(files(), 0);
    site.clock.advance(1);
    assert_eq!(files(), 1);
    assert_eq!(ids(&site.get("/folders")["folders"]), [&folder[..]]);
    site.post("/bulk/files/delete", json!({ "fileIds": [file] }));
    assert_eq!(site.get("/trash-bin/files")["files"], json!([]));
    site.clock.advance(1000);
    assert_eq!(ids(&site.get("/trash-bin/files")["files"]), [file]);
    let more: Vec<_> = (0..3).map(|at| site.file(&format!("{at}.pdf"), &folder)).collect();
    site.clock.advance(1000);
    let page = site.get(&format!("/files?parentFolderId={folder}&paging.limit=2"));
    site.call("PATCH", &format!("/files/{}", more[0]), json!({ "displayName": "new" }));
    let cursor = text(&page["nextCursor"]["cursors"]["next"]);
    let rest = site.get(&format!("/files?paging.cursor={cursor}"));
    assert!(
        ids(&rest["files"]).len() <= 1 && !ids(&rest["files"]).contains(&more[0]),
        "later pages lag too"
    );
}

#[test]
fn deletion_and_restore_under_delay_happen_after_it() {
    let mut site = site(json!({ "delayMs": 300 }));
    let folder = site.folder("f", "media-root");
    let file = site.file("a.pdf", &folder);
    site.events();
    let refused = site.refused(
        "POST",
        "/bulk/folders/delete",
        json!({ "folderIds": [folder, "media-root"] }),
    );
    assert_eq!(refused, (400, "SYSTEM_FOLDER".to_owned()));
    assert_eq!(
        site.post("/bulk/folders/delete", json!({ "folderIds": [folder] })),
        json!({})
    );
    site.clock.advance(100);
    site.post(
        "/bulk/trash-bin/folders/restore",
        json!({ "folderIds": [folder, "media-root"] }),
    );
    site.post("/bulk/files/delete", json!({ "fileIds": [file], "permanent": true }));
    let state = |site: &Site, path: &str, member: &str| site.get(path)[member]["state"].clone();
    assert_eq!(state(&site, &format!("/folders/{folder}"), "folder"), "OK");
    assert_eq!(site.manager.next_tick().expect("asked"), Some(START + 300));
    site.clock.advance(200);
    assert_eq!(state(&site, &format!("/folders/{folder}"), "folder"), "DELETED");
    assert_eq!(state(&site, &format!("/files/{file}"), "file"), "DELETED");

    let options = site.manager.into_parts();
    site.manager = Manager::new(options).expect("a manager");
    site.clock.advance(100);
    assert_eq!(state(&site, &format!("/folders/{folder}"), "folder"), "OK");
    assert_eq!(
        site.refused("GET", &format!("/files/{file}"), Value::Null).1,
        "RESOURCE_NOT_FOUND"
    );
    assert_eq!(site.manager.next_tick().expect("asked"), None);
    let slugs: Vec<_> = site.events().into_iter().map(|(_, slug, _)| slug).collect();
    assert_eq!(slugs, ["deleted", "deleted", "created", "file_ready", "deleted"]);
}

#[test]
fn deletion_answered_under_delay_happens_after_the_delay_is_removed() {
    let site = site(json!({ "delayMs": 300 }));
    let file = site.file("a.pdf", "media-root");
    site.post("/bulk/files/delete", json!({ "fileIds": [file] }));
    site.control("adjust", json!({ "delayMs": null }));
    let other = site.file("b.pdf", "media-root");
    site.post("/bulk/files/delete", json!({ "fileIds": [other] }));
    assert_eq!(ids(&site.get("/trash-bin/files")["files"]), [other]);
    site.clock.advance(300);
    assert_eq!(ids(&site.get("/trash-bin/files")["files"]).len(), 2);
}

#[test]
fn quota_set_at_run_time_applies_until_lifted() {
    let site = Site::new();
    site.file("a.pdf", "media-root");
    site.control("adjust", json!({ "limits": { "quotaInBytes": 10 } }));
    let ask = || {
        site.refused(
            "POST",
            "/files/generate-upload-url",
            json!({ "mimeType": "a/b", "sizeInBytes": "3" }),
        )
    };
    assert_eq!(ask(), (400, "SITE_QUOTA_EXCEEDED".to_owned()));
    site.control("adjust", json!({ "limits": { "quotaInBytes": null } }));
    assert_eq!(ask().0, 200);
    let refused = site.control("adjust", json!({ "lagMs": 5, "limits": { "quotaInBytes": "much" } }));
    assert_eq!(
        refused["refused"],
        json!({ "field": "limits.quotaInBytes", "description": "must be a number" })
    );
    site.folder("listed at once", "media-root");
    assert_eq!(
        ids(&site.get("/folders")["folders"]).len(),
        1,
        "a refused change sets none of its members"
    );
}
