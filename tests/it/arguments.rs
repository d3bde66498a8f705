//! Requests built from generated arguments.

use crate::json::value;
use proptest::prelude::*;
use serde_json::{Value, json};
use wix_media::client::packed::{PackedOperation, Required};
use wix_media::client::request::build;
use wix_media::operations::{OPERATIONS, Place};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_arguments_make_a_request_or_a_violation(first in value(), second in value(), number in 0..OPERATIONS.len()) {
        let operation = PackedOperation::at(number).expect("a row");
        let arguments = json!({ "0": first, "1": second }).to_string();
        match build(&operation, arguments.as_bytes(), "https://h") {
            Ok(request) => {
                prop_assert!(request.url.is_ascii() && request.url.starts_with("https://h/site-media/v1/"));
                let raw = request.url.contains(['{', '}', ' ']);
                prop_assert!(!raw);
                prop_assert_eq!(request.body.is_some(), operation.place() == Place::Body);
                if let Some(body) = request.body {
                    let body: Value = serde_json::from_str(&body).expect("JSON");
                    let declared: Vec<_> = operation.fields().map(|field| field.name).collect();
                    for name in body.as_object().expect("an object").keys() {
                        prop_assert!(declared.contains(&name.as_bytes()), "{name}");
                    }
                }
            }
            Err(violation) => {
                prop_assert!(operation.fields().any(|field| {
                    let name = if field.argument_name.is_empty() { b"options" } else { field.argument_name };
                    violation.field.as_bytes().starts_with(name)
                }), "{}", violation.field);
                prop_assert!(!violation.expectation.is_empty());
            }
        }
    }

    #[test]
    fn id_in_a_path_is_one_segment(id in "\\PC{1,20}") {
        for name in ["getFolder", "generateFolderDownloadUrl", "updateFolder"] {
            let operation = PackedOperation::named("folders", name).expect("a row");
            let arguments = json!({ "0": id, "1": {} }).to_string();
            let url = build(&operation, arguments.as_bytes(), "https://h").expect("a request").url;
            let path = url.strip_prefix("https://h/site-media/v1/folders/").expect("the path");
            let path = path.split('?').next().unwrap_or_default();
            let segment = path.strip_suffix("/generate-download-url").unwrap_or(path);
            prop_assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!~*'()%".contains(&byte)), "{segment}");
            prop_assert!(segment != "." && segment != "..");
            prop_assert_eq!(wix_media::wire::uri::decode_component(segment.as_bytes()), Some(id.clone().into_bytes()));
        }
    }
}

#[test]
fn missing_required_argument_is_named() {
    for (number, row) in OPERATIONS.iter().enumerate() {
        let operation = PackedOperation::at(number).expect("a row");
        let Some(field) = operation.fields().find(|field| field.required != Required::No) else {
            continue;
        };
        for arguments in ["{}", r#"{"0":null}"#] {
            let violation = build(&operation, arguments.as_bytes(), "").expect_err(row.name);
            assert_eq!(violation.field.as_bytes(), field.argument_name, "{}", row.name);
            assert_eq!(violation.violated_rule, "REQUIRED_FIELD");
        }
        let violation = build(&operation, br#"{"0":true}"#, "").expect_err(row.name);
        assert_eq!(
            (violation.field.as_bytes(), violation.violated_rule),
            (field.argument_name, "FORMAT"),
            "{}",
            row.name
        );
    }
}

#[test]
fn value_without_json_form_is_refused_spelled_out_or_omitted() {
    let list = PackedOperation::named("files", "listFiles").expect("a row");
    let query = |options: &str| {
        build(&list, format!(r#"{{"0":{options}}}"#).as_bytes(), "")
            .expect("a request")
            .url
    };
    assert!(query(r#"{"paging":{"limit":"\u0000NNaN"}}"#).ends_with("?paging.limit=NaN"));
    assert!(query(r#"{"paging":{"limit":"\u0000B7"}}"#).ends_with("?paging.limit=7"));
    assert!(query(r#"{"parentFolderId":"\u0000D2024-01-05"}"#).ends_with("/files"));
    assert!(query(r#"{"parentFolderId":"\u0000S\u0000x"}"#).ends_with("?parentFolderId=%00x"));

    let update = PackedOperation::named("files", "updateFileDescriptor").expect("a row");
    let body = |file: &str| build(&update, format!(r#"{{"0":{file}}}"#).as_bytes(), "");
    let sent = |file: &str| body(file).expect("a request").body.expect("a body");
    assert_eq!(
        sent(r#"{"_id":"f","_createdDate":"\u0000D2024-01-05T00:00:00.000Z","x":"\u0000NInfinity"}"#),
        r#"{"file":{"id":"f","createdDate":"2024-01-05T00:00:00.000Z","x":null}}"#
    );
    assert_eq!(
        sent(r#"{"_id":"f","media":{"image":{"faces":[{"confidence":"\u0000NNaN"}]}}}"#),
        r#"{"file":{"id":"f","media":{"image":{"faces":[{"confidence":"NaN"}]}}}}"#
    );
    for (file, field) in [
        (r#"{"_id":"f","_updatedDate":"\u0000D"}"#, "file._updatedDate"),
        (r#"{"_id":"f","_updatedDate":"soon"}"#, "file._updatedDate"),
        (r#"{"_id":"f","_updatedDate":[]}"#, "file._updatedDate"),
        (r#"{"_id":"f","labels":["a","\u0000B1"]}"#, "file.labels[1]"),
        (
            r#"{"_id":"f","media":{"audio":{"assets":["wix:audio://v1/a","?"]}}}"#,
            "file.media.audio.assets[1]",
        ),
        (
            r#"{"_id":"f","media":{"image":{"image":{}}}}"#,
            "file.media.image.image",
        ),
        (r#"{"_id":"f","media":{"document":null}}"#, "file.media.document"),
        (r#"{"media":{}}"#, "file._id"),
        (r#"{"_id":7}"#, "file._id"),
    ] {
        assert_eq!(body(file).expect_err(file).field, field);
    }
}

#[test]
fn update_folder_prefers_the_id_of_its_first_argument() {
    let update = PackedOperation::named("folders", "updateFolder").expect("a row");
    let request = build(
        &update,
        br#"{"0":"a b","1":{"_id":"x","id":"y","displayName":"n","a._id":1}}"#,
        "https://h",
    )
    .expect("a request");
    assert_eq!(request.url, "https://h/site-media/v1/folders/a%20b");
    assert_eq!(
        request.body.as_deref(),
        Some(r#"{"folder":{"id":"a b","displayName":"n","a.id":1}}"#)
    );
}
