//! Rewritten answers against a model that works on trees.

use crate::json::{spelled, value};
use proptest::prelude::*;
use serde_json::{Map, Value};
use wix_media::client::failure;
use wix_media::client::packed::PackedOperation;
use wix_media::client::response::{ResponseHead, decode};
use wix_media::client::rewrite;
use wix_media::operations::OPERATIONS;
use wix_media::operations::shape::Shape;
use wix_media::wire::json::Unreadable;

const NAMES: [(&str, &str); 3] = [
    ("id", "_id"),
    ("createdDate", "_createdDate"),
    ("updatedDate", "_updatedDate"),
];

fn renamed_segments(name: &str) -> String {
    let rename = |segment| {
        NAMES
            .iter()
            .find(|(rest, _)| *rest == segment)
            .map_or(segment, |(_, javascript)| *javascript)
    };
    name.split('.').map(rename).collect::<Vec<_>>().join(".")
}

/// Applies the rule: a name changes unless the object contains the new one.
fn model(value: &Value, sorts: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| model(item, sorts)).collect(),
        Value::Object(members) => {
            let mut renamed = Map::new();
            for (name, member) in members {
                let new = renamed_segments(name);
                let key = if members.contains_key(&new) { name.clone() } else { new };
                let member = match member {
                    Value::String(field) if sorts && name == "fieldName" => renamed_segments(field).into(),
                    member => model(member, name == "sort"),
                };
                renamed.insert(key, member);
            }
            Value::Object(renamed)
        }
        scalar => scalar.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn rewritten_names_agree_with_the_model(value in value(), odd: bool) {
        let text = spelled(&value, odd);
        let answer = rewrite::answer(text.as_bytes(), &Shape::Any).expect("JSON");
        let rewritten: Value = serde_json::from_slice(&answer.text).expect("JSON again");
        prop_assert_eq!(rewritten, model(&value, false));
        prop_assert!(answer.dates.is_empty() && answer.specials.is_empty());
    }

    #[test]
    fn answer_of_every_operation_is_json_with_valid_paths(value in value(), odd: bool, number in 0..OPERATIONS.len()) {
        let operation = PackedOperation::at(number).expect("a row");
        let text = spelled(&value, odd);
        let answer = rewrite::answer(text.as_bytes(), operation.answer).expect("JSON");
        if !answer.text.is_empty() {
            let value: Value = serde_json::from_slice(&answer.text).expect("JSON again");
            for paths in [answer.dates, answer.specials] {
                let paths: Vec<Vec<Value>> = serde_json::from_slice(&[b"[", &paths[..], b"]"].concat()).expect("paths");
                for path in paths {
                    let mut places = vec![&value];
                    for step in &path {
                        places = places
                            .into_iter()
                            .flat_map(|place| match step {
                                Value::Null => place.as_array().into_iter().flatten().collect::<Vec<_>>(),
                                Value::String(name) => place.get(name).into_iter().collect(),
                                step => vec![&place[step.as_u64().expect("an index") as usize]],
                            })
                            .collect();
                    }
                    prop_assert!(!places.is_empty(), "{path:?}");
                    for place in places {
                        prop_assert!(place.is_null() || !place.as_str().is_some_and(str::is_empty), "{path:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn damaged_answer_is_a_failure_or_a_result(value in value(), odd: bool, status in prop::sample::select(&[200u16, 201, 400, 503][..]),
                           number in 0..OPERATIONS.len(), at: prop::sample::Index, byte: u8, cut: bool) {
        let operation = PackedOperation::at(number).expect("a row");
        let mut text = spelled(&value, odd).into_bytes();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text[at] = byte }
        let head = ResponseHead { status, status_text: "", request_id: None, content_type: None };
        let failure = match decode(&operation, &text) {
            Err(error) => failure::unreadable(&operation, head, &text, error),
            Ok(_) => failure::of_answer(&operation, head, &text),
        };
        let opening = br#"{"code":""#;
        prop_assert!(failure.starts_with(opening));
    }

    #[test]
    fn random_bytes_never_panic(noise: Vec<u8>, number in 0..OPERATIONS.len()) {
        let operation = PackedOperation::at(number).expect("a row");
        let head = ResponseHead { status: 500, status_text: "", request_id: None, content_type: None };
        _ = decode(&operation, &noise);
        _ = failure::of_answer(&operation, head, &noise);
    }
}

#[test]
fn answer_nested_too_deeply_is_refused() {
    let operation = PackedOperation::named("files", "listFiles").expect("a row");
    for open in ["[", "{\"a\":", "{\"files\":["] {
        assert_eq!(
            decode(&operation, open.repeat(1_000_000).as_bytes()),
            Err(Unreadable::TooDeep),
            "{open}"
        );
    }
    let fine = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    assert!(decode(&operation, fine.as_bytes()).is_ok());
}

#[test]
fn dates_are_listed_by_item_if_spellings_are_mixed() {
    for (second, dates) in [
        (r#"{"createdDate":"2"}"#, &br#"["files",null,"_createdDate"]"#[..]),
        (
            r#"{"createdDate":"2","_createdDate":"3"}"#,
            br#"["files",0,"_createdDate"],["files",1,"createdDate"]"#,
        ),
        (r#"{"_createdDate":7}"#, br#"["files",0,"_createdDate"]"#),
    ] {
        let body = format!(r#"{{"files":[{{"createdDate":"1"}},{second}]}}"#);
        let operation = PackedOperation::named("files", "listFiles").expect("a row");
        assert_eq!(
            decode(&operation, body.as_bytes()).expect("JSON").dates,
            dates,
            "{second}"
        );
    }
}

#[test]
fn nested_conflicts_of_names_take_linear_time() {
    let operation = PackedOperation::named("files", "listFiles").expect("a row");
    for names in [r#""id":1,"_id":2,"#, r#""createdDate":"1","_createdDate":2,"#] {
        let open = format!("{{{names}\"file\":").repeat(900);
        let body = format!("{open}0{}", "}".repeat(900));
        let answer = decode(&operation, body.as_bytes()).expect("JSON");
        assert_eq!(String::from_utf8_lossy(&answer.text).matches("\"_").count(), 900);
    }
}
