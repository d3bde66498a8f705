//! Builds requests from arguments, by the operations table (`docs/contract/sdk-behaviour.md#s1`).

use super::packed::{PackedField, PackedOperation, Required};
use super::rewrite::{self, Unsendable};
use crate::operations::{Place, Verb};
use crate::wire::bytes;
use crate::wire::json::{self, Raw, Text};
use crate::wire::uri;

/// The path of the API on its host (`docs/contract/files-api.md`).
pub const API_PATH: &str = "/site-media/v1";

/// A request, ready for any transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedRequest {
    /// The HTTP method.
    pub verb: Verb,
    /// The absolute URL.
    pub url: String,
    /// The JSON body of a POST or PATCH.
    pub body: Option<String>,
}

/// A refused argument, in the form of the API's field violations (`docs/contract/errors.md#s1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArgument {
    /// The path of the argument: `fileId`, `file._id`, `importFileRequests[3].url`.
    pub field: String,
    /// `REQUIRED_FIELD` for a missing argument, `FORMAT` for one of the wrong type.
    pub violated_rule: &'static str,
    /// The expected type: `a string`.
    pub expectation: &'static str,
}

/// Builds the request of a call.
///
/// `arguments` is the JSON text of an object with the positional arguments under `"0"`, `"1"`, …, without undefined ones.
/// [`rewrite`] describes the marks for values that JSON cannot carry.
///
/// Returns a violation for a required argument that is missing or of the wrong type, and for a value without a JSON form.
/// The service checks limits.
///
/// ```
/// use wix_media::client::packed::PackedOperation;
/// use wix_media::client::request::build;
///
/// let create_folder = PackedOperation::named("folders", "createFolder").unwrap();
/// let request = build(&create_folder, br#"{"0":"Animals"}"#, "https://www.wixapis.com").unwrap();
/// assert_eq!(request.url, "https://www.wixapis.com/site-media/v1/folders");
/// assert_eq!(request.body.as_deref(), Some(r#"{"displayName":"Animals"}"#));
///
/// let refused = build(&create_folder, b"{}", "https://www.wixapis.com").unwrap_err();
/// assert_eq!(refused.field, "displayName");
/// assert_eq!(refused.violated_rule, "REQUIRED_FIELD");
/// ```
pub fn build(
    operation: &PackedOperation,
    arguments: &[u8],
    base_url: &str,
) -> Result<PreparedRequest, InvalidArgument> {
    let mut values = [None; MAX_ARGUMENTS];
    for (name, value) in json::members(arguments) {
        if let [digit @ b'0'..=b'9'] = name.raw
            && let Some(slot) = values.get_mut(usize::from(digit - b'0'))
        {
            *slot = Some(value);
        }
    }

    let place = operation.place();
    let mut path = operation.path.to_vec();
    let mut fields = Vec::new();
    // `folder.id` travels as a member of the field `folder`, which follows it.
    let mut owned: Option<(&[u8], Raw<'_>)> = None;
    for field in operation.fields() {
        let given = values.get(usize::from(field.argument)).copied().flatten();
        let mut value = given;
        if field.argument_name.is_empty() {
            value = None;
            for (name, member) in json::members(given.unwrap_or_default()) {
                if name.is(field.name) {
                    value = Some(member);
                }
            }
        }
        check(&field, value)?;
        if let Some(open) = path.iter().position(|&byte| byte == b'{') {
            push_into_path(&mut path, open, value, &field)?;
        }
        let value = value.unwrap_or_default();
        if place == Place::Body && bytes::has(field.name, b'.') {
            owned = Some((field.name, value));
            continue;
        }
        match owned {
            Some((name, id)) => push(
                &mut fields,
                place,
                &field,
                &with_member(value, &name[field.name.len() + 1..], id),
            )?,
            None => push(&mut fields, place, &field, value)?,
        }
    }

    let mut url = base_url.as_bytes().to_vec();
    while url.last() == Some(&b'/') {
        url.pop();
    }
    bytes::push(&mut url, API_PATH.as_bytes());
    bytes::push(&mut url, &path);
    let mut body = None;
    if place == Place::Body {
        if fields.is_empty() {
            bytes::push(&mut fields, b"{");
        }
        bytes::push(&mut fields, b"}");
        body = Some(text(fields));
    } else if !fields.is_empty() {
        bytes::push(&mut url, b"?");
        bytes::push(&mut url, &fields);
    }
    Ok(PreparedRequest {
        verb: operation.verb,
        url: text(url),
        body,
    })
}

/// The largest number of positional arguments of a function.
const MAX_ARGUMENTS: usize = 2;

/// Converts text that was built from ASCII and from whole names and values of valid UTF-8.
fn text(bytes: Vec<u8>) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
    }
    text
}

/// Returns the object with a member set, which replaces either spelling of its name.
fn with_member(object: Raw<'_>, member: &[u8], value: Raw<'_>) -> Vec<u8> {
    let mut text = b"{".to_vec();
    json::push_string(&mut text, member);
    bytes::push(&mut text, b":");
    bytes::push(&mut text, value);
    for (name, other) in json::members(object) {
        if !is_name(&name, member) {
            bytes::push(&mut text, b",\"");
            bytes::push(&mut text, name.raw);
            bytes::push(&mut text, b"\":");
            bytes::push(&mut text, other);
        }
    }
    bytes::push(&mut text, b"}");
    text
}

/// Whether a name is `member`, with or without the underscore of JavaScript.
fn is_name(name: &Text<'_>, member: &[u8]) -> bool {
    name.raw.strip_prefix(b"_").unwrap_or(name.raw) == member
}

/// Replaces the placeholder at `open` by a value, as one segment.
fn push_into_path(
    path: &mut Vec<u8>,
    open: usize,
    value: Option<Raw<'_>>,
    field: &PackedField,
) -> Result<(), InvalidArgument> {
    let tail = path.split_off(open);
    let segment = json::to_text(value.unwrap_or_default());
    let segment = segment.strip_prefix(b"\0S").unwrap_or(&segment);
    if segment.is_empty() {
        // An empty segment would address another call: `/folders/` lists.
        return missing(field.argument_name, field.required);
    }
    uri::push_segment(path, segment);
    bytes::push(path, &tail[field.name.len() + 2..]);
    Ok(())
}

fn missing(path: &[u8], required: Required) -> Result<(), InvalidArgument> {
    refuse(path.to_vec(), "REQUIRED_FIELD", required.expectation())
}

fn refuse(field: Vec<u8>, violated_rule: &'static str, expectation: &'static str) -> Result<(), InvalidArgument> {
    Err(InvalidArgument {
        field: text(field),
        violated_rule,
        expectation,
    })
}

/// Refuses a required argument that is missing or of the wrong type. The service checks the entries of lists.
fn check(field: &PackedField, value: Option<Raw<'_>>) -> Result<(), InvalidArgument> {
    if field.required == Required::No {
        return Ok(());
    }
    check_value(field.argument_name, field.required, value)?;
    if field.required == Required::Identified {
        let mut id = None;
        for (name, value) in json::members(value.unwrap_or_default()) {
            if is_name(&name, b"id") {
                id = Some(value);
            }
        }
        let mut path = field.argument_name.to_vec();
        bytes::push(&mut path, b"._id");
        check_value(&path, Required::Text, id)?;
    }
    Ok(())
}

fn check_value(path: &[u8], required: Required, value: Option<Raw<'_>>) -> Result<(), InvalidArgument> {
    let value = match value {
        None | Some(b"null") => return missing(path, required),
        Some(value) => value,
    };
    let fits = match required {
        Required::Text => is_text(value),
        Required::Texts | Required::Objects => value[0] == b'[',
        _ => value[0] == b'{',
    };
    if fits {
        Ok(())
    } else {
        refuse(path.to_vec(), "FORMAT", required.expectation())
    }
}

/// Whether the value is a string, and not the mark of a Date, a bigint or a number that is not finite.
fn is_text(value: Raw<'_>) -> bool {
    value[0] == b'"' && (!value.starts_with(b"\"\\u0000") || value.starts_with(b"\"\\u0000S"))
}

/// Appends a field to a query string, or to a JSON object without its closing brace.
fn push(out: &mut Vec<u8>, place: Place, field: &PackedField, value: Raw<'_>) -> Result<(), InvalidArgument> {
    if value.is_empty() {
        return Ok(());
    }
    let value = match rewrite::argument(value, field.shape, field.name == b"sort", place) {
        Ok(value) => value,
        Err(error) => {
            let mut full = field.argument_name.to_vec();
            if full.is_empty() {
                bytes::push(&mut full, b"options.");
                bytes::push(&mut full, field.name);
            }
            let mut expectation = "nested at most 1000 levels deep";
            if let Unsendable::Refused {
                path,
                expectation: right,
            } = error
            {
                bytes::push(&mut full, &path);
                expectation = right;
            }
            return refuse(full, "FORMAT", expectation);
        }
    };
    if place == Place::Query {
        push_parameters(out, field.name, &value);
    } else if !value.is_empty() {
        bytes::push(out, if out.is_empty() { b"{" } else { b"," });
        json::push_string(out, field.name);
        bytes::push(out, b":");
        bytes::push(out, &value);
    }
    Ok(())
}

/// Appends a value to a query string. Members get dotted names, items repeat the name
/// (`docs/contract/sdk-behaviour.md#query-strings`).
fn push_parameters(out: &mut Vec<u8>, name: &[u8], value: Raw<'_>) {
    match value {
        [b'{', ..] => {
            for (member, value) in json::members(value) {
                let mut dotted = name.to_vec();
                bytes::push(&mut dotted, b".");
                bytes::push(&mut dotted, &member.decode());
                push_parameters(out, &dotted, value);
            }
        }
        [b'[', ..] => {
            for (_, item) in json::items(value) {
                if !matches!(item, [b'{' | b'[', ..]) {
                    push_parameters(out, name, item);
                }
            }
        }
        [] | [b'n', ..] => {}
        _ => {
            let text = json::to_text(value);
            let text = match &text[..] {
                [0, b'D', ..] => return,
                [0, _, value @ ..] => value,
                _ => &text,
            };
            if !out.is_empty() {
                bytes::push(out, b"&");
            }
            uri::push_form(out, name);
            bytes::push(out, b"=");
            uri::push_form(out, text);
        }
    }
}
