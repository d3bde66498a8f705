//! Generated JSON values and texts.

use proptest::prelude::*;
use serde_json::Value;

/// JSON values whose names include those that change, in both spellings.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~é写🎉\"\\\\\u{1}]{0,12}".prop_map(Value::from),
        Just(Value::from("2024-01-05T10:11:12Z")),
        Just(Value::from("NaN")),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(
            &["id", "_id", "createdDate", "_createdDate", "updatedDate", "_updatedDate", "media._id", "file.id.x", "sort", "fieldName"][..],
        )
        .prop_map(String::from),
        3 => prop::sample::select(&["file", "files", "folder", "media", "image", "video", "audio", "assets", "url", "filename", "posters"][..])
            .prop_map(String::from),
        1 => "[ -~é\"\\\\]{0,8}",
    ]
}

/// Returns the text of a value, if `odd` with white space, escapes and a byte order mark.
pub(crate) fn spelled(value: &Value, odd: bool) -> String {
    if !odd {
        return value.to_string();
    }
    let mut text = String::from("\u{feff} \n");
    spell(&mut text, value);
    text.push_str(" \t");
    text
}

fn spell(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push_str("[ ");
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { " ,\r\n" } else { "" });
                spell(out, item);
            }
            out.push_str(" ]");
        }
        Value::Object(members) => {
            out.push_str("{\t");
            for (at, (name, member)) in members.iter().enumerate() {
                out.push_str(if at > 0 { " , " } else { "" });
                spell(out, &Value::from(name.as_str()));
                out.push_str(" : ");
                spell(out, member);
            }
            out.push('}');
        }
        Value::String(text) => {
            out.push('"');
            for unit in text.encode_utf16() {
                out.push_str(&format!("\\u{unit:04x}"));
            }
            out.push('"');
        }
        other => out.push_str(&other.to_string()),
    }
}
