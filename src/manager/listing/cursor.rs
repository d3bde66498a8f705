//! Cursors: the position of a page, with the whole request for it.

use crate::catalog::{Area, Children, Key, Page, Position, Sort};
use crate::manager::http::error::{Refusal, Violation};
use crate::manager::json::parse;
use crate::model::media_type::MediaType;
use crate::operations::Operation;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

/// The maximum length of a cursor.
pub(crate) const MAX_CURSOR_LEN: usize = 16_000;

pub(crate) fn sorts(files: bool) -> &'static [(&'static str, Sort)] {
    const SORTS: &[(&str, Sort)] = &[
        ("displayName", Sort::Name),
        ("updatedDate", Sort::Updated),
        ("sizeInBytes", Sort::Size),
    ];
    if files { SORTS } else { &SORTS[..2] }
}

pub(crate) fn encode(operation: &Operation, page: &Page, position: Position, backwards: bool) -> String {
    let sort = sorts(true).iter().position(|(_, sort)| *sort == page.sort);
    let children = match &page.children {
        Children::Of(parent) => json!(parent),
        Children::In(areas) => areas.iter().map(|&area| json!(area.number())).collect(),
    };
    let key = match position.key {
        Key::Number(number) => json!(number),
        Key::Text(text) => json!(text),
    };
    let cursor = json!([
        operation.name,
        children,
        page.media_types
            .as_ref()
            .map(|types| types.iter().map(|each| each.as_str()).collect::<Vec<_>>()),
        page.private,
        page.text,
        sort,
        page.descending,
        key,
        position.id,
        backwards
    ]);
    Base64UrlUnpadded::encode_string(cursor.to_string().as_bytes())
}

pub(crate) fn decode(operation: &Operation, files: bool, cursor: &str, limit: u32) -> Option<Page> {
    let bytes = Base64UrlUnpadded::decode_vec(cursor).ok()?;
    let parts = parse(&bytes).ok()?;
    let parts: &[Value; 10] = parts.as_array()?.as_slice().try_into().ok()?;
    let [
        name,
        children,
        types,
        private,
        text,
        sort,
        descending,
        key,
        id,
        backwards,
    ] = parts;
    if name != operation.name {
        return None;
    }
    let area = |value: &Value| Area::from_number(value.as_i64()?);
    let (_, sort) = *sorts(files).get(usize::try_from(sort.as_u64()?).ok()?)?;
    let position = Position {
        key: match key {
            Value::String(text) if sort == Sort::Name => Key::Text(text.clone()),
            Value::Number(number) if sort != Sort::Name => Key::Number(number.as_i64()?),
            _ => return None,
        },
        id: id.as_str()?.to_owned(),
    };
    let media_types = |items: &Vec<Value>| -> Option<Vec<MediaType>> {
        items.iter().map(|item| MediaType::parse(item.as_str()?)).collect()
    };
    Some(Page {
        children: match children {
            Value::String(parent) => Children::Of(parent.clone()),
            Value::Array(areas) if areas.len() <= 3 => Children::In(areas.iter().map(area).collect::<Option<_>>()?),
            _ => return None,
        },
        media_types: match types {
            Value::Null => None,
            Value::Array(items) if items.len() <= MediaType::ALL.len() && files => Some(media_types(items)?),
            _ => return None,
        },
        private: match private {
            Value::Null => None,
            Value::Bool(private) if files => Some(*private),
            _ => return None,
        },
        text: text.as_str()?.to_owned(),
        until: None,
        sort,
        descending: descending.as_bool()?,
        from: Some(position),
        backwards: backwards.as_bool()?,
        limit,
    })
}

pub(crate) fn foreign_cursor(field: &str) -> Refusal {
    Violation::new(field, "FORMAT", "is no cursor of this call").into()
}
