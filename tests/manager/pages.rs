//! Lists, searches and queries: sorts, filters, cursors and the requests they refuse.

use crate::site::{Site, ids, text};
use serde_json::{Value, json};

/// Files of several types, sizes and dates.
fn filled() -> (Site, Vec<String>) {
    let site = Site::new();
    let mut all = Vec::new();
    for number in 0..25 {
        site.clock.advance(if number % 5 == 0 { 1000 } else { 0 });
        let (mime, ending, start) = [
            ("application/pdf", "pdf", &b"%PDF-1.7"[..]),
            ("image/png", "png", b"\x89PNG\r\n\x1a\n"),
            ("application/zip", "zip", b"PK\x05\x06"),
        ][number % 3];
        let bytes = [start, &vec![0; number * 7 % 5]].concat();
        let name = format!("{}.{ending}", ["b", "A", "ä", "a"][number % 4]);
        let options =
            json!({ "fileName": name, "private": number % 4 == 0, "labels": [format!("Label {}", number % 2)] });
        let (status, answer) = site.upload(mime, options, &bytes);
        assert_eq!(status, 200, "{answer}");
        all.push(text(&answer["file"]["id"]));
    }
    (site, all)
}

fn walk(site: &Site, mut body: Value) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let page = site.post("/files/search", body);
        all.extend(ids(&page["files"]));
        let next = text(&page["nextCursor"]["cursors"]["next"]);
        if next.is_empty() {
            assert_eq!(page["nextCursor"]["hasNext"], false);
            return all;
        }
        body = json!({ "paging": { "cursor": next, "limit": 4 } });
    }
}

#[test]
fn pages_of_every_sort_show_each_file_once_in_order() {
    let (site, mut all) = filled();
    all.sort();
    for name in ["displayName", "updatedDate", "sizeInBytes"] {
        for order in ["ASC", "DESC"] {
            let sort = json!({ "fieldName": name, "order": order });
            let walked = walk(&site, json!({ "sort": sort, "paging": { "limit": 4 } }));
            let whole = site.post("/files/search", json!({ "sort": sort, "paging": { "limit": 100 } }));
            assert_eq!(walked, ids(&whole["files"]), "{name} {order}");
            let key = |file: &Value| match name {
                "sizeInBytes" => (text(&file[name]).parse::<i64>().expect("digits"), String::new()),
                _ => (0, text(&file[name])),
            };
            let files = whole["files"].as_array().expect("a list");
            for pair in files.windows(2) {
                let order_of_keys = key(&pair[0]).cmp(&key(&pair[1]));
                let order_of_keys = if order == "DESC" {
                    order_of_keys.reverse()
                } else {
                    order_of_keys
                };
                let order_of_both = order_of_keys.then(text(&pair[0]["id"]).cmp(&text(&pair[1]["id"])));
                assert!(order_of_both.is_lt(), "{name} {order}");
            }
            let mut sorted = walked;
            sorted.sort();
            assert_eq!(sorted, all);
        }
    }
}

#[test]
fn search_with_filters_returns_only_matches() {
    let (site, _) = filled();
    let count = |mut body: Value| {
        body["paging"] = json!({ "limit": 100 });
        ids(&site.post("/files/search", body)["files"]).len()
    };
    for (body, expected) in [
        (json!({}), 25),
        (json!({ "mediaTypes": ["IMAGE"] }), 8),
        (json!({ "mediaTypes": ["IMAGE", "ARCHIVE"] }), 16),
        (json!({ "mediaTypes": [] }), 25),
        (json!({ "private": true }), 7),
        (json!({ "private": false, "mediaTypes": ["DOCUMENT"] }), 6),
        (json!({ "search": " LABEL 1 " }), 12),
        (json!({ "search": "Ä" }), 6),
        (json!({ "search": "image/" }), 8),
        (json!({ "search": "nothing" }), 0),
        (json!({ "rootFolder": "TRASH_ROOT" }), 0),
    ] {
        assert_eq!(count(body.clone()), expected, "{body}");
    }
    let listed = site.get("/files?mediaTypes=IMAGE&mediaTypes=ARCHIVE&private=false&paging.limit=100");
    assert_eq!(ids(&listed["files"]).len(), 12);
    assert_eq!(ids(&site.get("/files?parentFolderId=nobody")["files"]).len(), 0);
    assert_eq!(ids(&site.get("/files?parentFolderId=trash-root")["files"]).len(), 0);
}

#[test]
fn cursor_with_other_parameters_ignores_them() {
    let (site, _) = filled();
    let whole = ids(&site.get("/files?sort.fieldName=displayName&paging.limit=100")["files"]);
    let first = site.get("/files?sort.fieldName=displayName&paging.limit=10");
    let cursor = text(&first["nextCursor"]["cursors"]["next"]);
    for path in [
        format!("/files?paging.cursor={cursor}"),
        format!(
            "/files?paging.cursor={cursor}&paging.limit=100&sort.fieldName=nonsense&parentFolderId=nobody&private=true"
        ),
    ] {
        assert_eq!(ids(&site.get(&path)["files"]), whole[10..], "{path}");
    }
    // A default page holds up to 50 items.
    let listed = ids(&site.get("/files")["files"]);
    assert_eq!(listed.len(), 25);
}

#[test]
fn cursor_that_is_broken_or_of_another_call_is_refused() {
    let (site, _) = filled();
    let page = site.get("/files?paging.limit=10");
    let cursor = text(&page["nextCursor"]["cursors"]["next"]);
    for broken in ["x", "!!!", "e30", &cursor[1..], &cursor[..cursor.len() - 3], "WzEsMl0"] {
        let refused = site.refused("GET", &format!("/files?paging.cursor={broken}"), Value::Null);
        assert_eq!(refused, (400, "FORMAT".to_owned()), "{broken}");
    }
    let refused = site.refused("POST", "/files/search", json!({ "paging": { "cursor": cursor } }));
    assert_eq!(refused, (400, "FORMAT".to_owned()));
    let refused = site.refused(
        "POST",
        "/folders/query",
        json!({ "query": { "cursorPaging": { "cursor": cursor } } }),
    );
    assert_eq!(refused.0, 400);
    for limit in ["0", "101", "x", "1.5"] {
        assert_eq!(
            site.call("GET", &format!("/files?paging.limit={limit}"), Value::Null).0,
            400
        );
    }
}

#[test]
fn unsupported_sort_or_media_type_has_its_own_code() {
    let site = Site::new();
    let (status, answer) = site.call("GET", "/files?sort.fieldName=createdDate", Value::Null);
    let error = &answer["details"]["applicationError"];
    assert_eq!((status, &error["code"]), (400, &json!("UNSUPPORTED_SORT_VALUE")));
    let allowed = json!(["displayName", "updatedDate", "sizeInBytes"]);
    assert_eq!(
        error["data"],
        json!({ "allowedValues": allowed, "requestValue": "createdDate" })
    );
    assert_eq!(
        site.refused("GET", "/folders?sort.fieldName=sizeInBytes", Value::Null)
            .1,
        "UNSUPPORTED_SORT_VALUE"
    );
    assert_eq!(
        site.refused("GET", "/files?mediaTypes=PICTURE", Value::Null).1,
        "UNSUPPORTED_MEDIA_TYPE"
    );
    assert_eq!(site.refused("GET", "/files?sort.order=UP", Value::Null).1, "OTHER");
}

#[test]
fn query_filters_sorts_and_pages_both_ways() {
    let (site, all) = filled();
    site.post("/bulk/files/delete", json!({ "fileIds": [all[0], all[1]] }));
    let query = |query: Value| site.post("/files/query", json!({ "query": query }));
    for (filter, expected) in [
        (json!({}), 23),
        (Value::Null, 23),
        (json!({ "state": "DELETED" }), 2),
        (json!({ "state": { "$eq": "OK" } }), 23),
        (json!({ "$and": [{ "state": "OK" }, { "state": "DELETED" }] }), 0),
        (json!({ "private": true }), 6),
        (json!({ "$and": [{ "private": true }, { "private": false }] }), 0),
        (json!({ "mediaType": { "$in": ["IMAGE", "ARCHIVE"] } }), 15),
        (
            json!({ "$and": [{ "mediaType": { "$in": ["IMAGE", "ARCHIVE"] } }, { "mediaType": "IMAGE" }] }),
            7,
        ),
    ] {
        let answer = query(json!({ "filter": filter, "cursorPaging": { "limit": 100 } }));
        assert_eq!(ids(&answer["files"]).len(), expected, "{filter}");
        assert_eq!(answer["pagingMetadata"]["count"], expected);
        assert_eq!(answer["pagingMetadata"]["cursors"], json!({ "next": "" }));
    }
    let sort = json!([{ "fieldName": "sizeInBytes", "order": "DESC" }]);
    let whole = query(json!({ "sort": sort, "cursorPaging": { "limit": 100 } }));
    let whole = ids(&whole["files"]);
    let mut page = query(json!({ "sort": sort, "cursorPaging": { "limit": 9 } }));
    let mut forwards = vec![ids(&page["files"])];
    while page["pagingMetadata"]["hasNext"] == true {
        let next = &page["pagingMetadata"]["cursors"]["next"];
        page = query(json!({ "cursorPaging": { "limit": 9, "cursor": next } }));
        forwards.push(ids(&page["files"]));
    }
    assert_eq!(forwards.concat(), whole);
    let mut backwards = vec![ids(&page["files"])];
    while let Some(prev) = page["pagingMetadata"]["cursors"].get("prev").cloned() {
        page = query(json!({ "cursorPaging": { "limit": 9, "cursor": prev } }));
        assert_eq!(page["pagingMetadata"]["hasNext"], true);
        backwards.push(ids(&page["files"]));
    }
    backwards.reverse();
    assert_eq!(backwards, forwards);
}

#[test]
fn query_with_unsupported_field_or_operator_is_refused() {
    let site = Site::new();
    for (query, field) in [
        (json!({ "filter": { "displayName": "x" } }), "query.filter"),
        (json!({ "filter": { "private": { "$ne": true } } }), "query.filter"),
        (json!({ "filter": { "private": { "$in": [true] } } }), "query.filter"),
        (json!({ "filter": { "mediaType": ["IMAGE"] } }), "query.filter"),
        (json!({ "filter": { "mediaType": "PICTURE" } }), "query.filter"),
        (json!({ "filter": { "$or": [] } }), "query.filter"),
        (json!({ "filter": [] }), "query.filter"),
        (json!({ "sort": [{ "fieldName": "createdDate" }] }), "query.sort"),
        (
            json!({ "sort": [{ "fieldName": "updatedDate" }, { "fieldName": "updatedDate" }] }),
            "query.sort",
        ),
        (
            json!({ "sort": [{ "fieldName": "updatedDate", "order": "UP" }] }),
            "query.sort",
        ),
        (json!({ "cursorPaging": { "limit": 101 } }), "query.cursorPaging.limit"),
        (
            json!({ "cursorPaging": { "cursor": "x" } }),
            "query.cursorPaging.cursor",
        ),
        (
            json!({ "cursorPaging": { "cursor": "x".repeat(16_001) } }),
            "query.cursorPaging.cursor",
        ),
    ] {
        let (status, answer) = site.call("POST", "/files/query", json!({ "query": query }));
        let violation = &answer["details"]["validationError"]["fieldViolations"][0];
        assert_eq!((status, &violation["field"]), (400, &json!(field)), "{query}");
    }
    let folders = json!({ "query": { "filter": { "private": true } } });
    assert_eq!(site.call("POST", "/folders/query", folders).0, 400);
    let mut nested = json!({});
    for _ in 0..20 {
        nested = json!({ "$and": [nested] });
    }
    assert_eq!(
        site.call("POST", "/files/query", json!({ "query": { "filter": nested } }))
            .0,
        400
    );
}
