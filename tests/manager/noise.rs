//! Random bodies, paths and headers, which must never cause an internal error.

use crate::site::Site;
use proptest::prelude::*;
use serde_json::{Value, json};
use wix_media::manager::Request;
use wix_media::operations::OPERATIONS;

/// Member names that some call knows, so that random bodies get past the first check.
const NAMES: [&str; 32] = [
    "displayName",
    "parentFolderId",
    "fileId",
    "fileIds",
    "folderIds",
    "permanent",
    "sort",
    "fieldName",
    "order",
    "paging",
    "limit",
    "cursor",
    "search",
    "rootFolder",
    "mediaTypes",
    "private",
    "query",
    "filter",
    "cursorPaging",
    "mimeType",
    "file",
    "folder",
    "fieldMask",
    "labels",
    "url",
    "urlParams",
    "urlHeaders",
    "importFileRequests",
    "mediaType",
    "externalInfo",
    "filePath",
    "returnEntity",
];

fn noise() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(
            &[
                "media-root",
                "trash-root",
                "ASC",
                "image/png",
                "IMAGE",
                "$and",
                "updatedDate",
                "https://example.com/a.jpg",
                "a/b"
            ][..]
        )
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(&NAMES[..]), inner), 0..6).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn call_with_random_body_never_returns_500(bodies in prop::collection::vec((0..OPERATIONS.len(), noise(), ".{0,20}"), 20)) {
        let site = Site::new();
        let keeper = site.folder("keeper", "media-root");
        for (at, body, tail) in bodies {
            let row = OPERATIONS[at];
            let mut path = row.path.replace("{folderId}", &tail).replace("{folder.id}", &tail);
            if row.verb.name() == "GET" {
                path = format!("{path}?{tail}");
            }
            let (status, answer) = site.call(row.verb.name(), &path, body.clone());
            prop_assert!(status != 500, "{} {body}: {answer}", row.name);
        }
        let kept = site.get(&format!("/folders/{keeper}"));
        prop_assert_eq!(&kept["folder"]["state"], "OK");
    }

    #[test]
    fn request_with_random_path_and_headers_is_refused(
        method in prop::sample::select(&["GET", "PUT", "POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "x"][..]),
        start in prop::sample::select(&["/", "/upload/", "/upload/tus", "/upload/tus/", "/media/", "/download-files/media/",
            "/archive/wix/", "/repackager/video/", "/icons/", "/site-media/v1/files/", ""][..]),
        tail in ".{0,20}", query in ".{0,20}", value in ".{0,20}", body: Vec<u8>,
    ) {
        let site = Site::new();
        let mut request = Request::new(method, &format!("{start}{tail}?{query}")).body(body);
        for name in ["Host", "Range", "If-None-Match", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Content-Type", "Content-Length",
            "Authorization", "wix-site-id", "wix-media-origin"] {
            request = request.header(name, &value);
        }
        let (response, _) = site.fetch(request.header("Tus-Resumable", "1.0.0"));
        prop_assert!(response.status != 500 && response.status != 200 || method == "OPTIONS" || start == "/icons/");
    }
}
