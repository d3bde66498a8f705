//! From arguments to a request, by the operations table (`contract/sdk-behaviour.md` section 1).

use super::packed::{Call, CallField, Required};
use super::rewrite::{self, Unsendable};
use crate::operations::{Place, Verb};
use crate::wire::bytes;
use crate::wire::json::{self, Raw, Text};
use crate::wire::uri;

/// The path of the API below its host (`contract/files-api.md`).
pub const API_PATH: &str = "/site-media/v1";

/// A request, ready for any transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub verb: Verb,
    /// The absolute URL.
    pub url: String,
    /// The JSON body of a POST or PATCH, in UTF-8.
    pub body: Option<Vec<u8>>,
}

/// One argument that cannot be sent, in the form of the API's own field violations (`contract/errors.md` section 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path of the argument: `fileId`, `file._id`, `importFileRequests[3].url`.
    pub field: String,
    /// `REQUIRED_FIELD` for what is missing, `FORMAT` for what is of the wrong type.
    pub violated_rule: &'static str,
    /// What would be right: `a string`.
    pub expectation: &'static str,
}

/// Builds the request of a call.
///
/// `arguments` is the JSON text of an object that holds the positional arguments under `"0"`, `"1"`, …, the undefined
/// ones left out; [`rewrite`] says how values travel that JSON cannot carry. Only what makes the call meaningless is
/// refused: a required argument that is missing or of the wrong type, and values that have no
/// JSON form. Limits are the service's business.
///
/// ```
/// use wix_media::client::packed::Call;
/// use wix_media::client::request::build;
///
/// let create_folder = Call::named("folders", "createFolder").unwrap();
/// let request = build(&create_folder, br#"{"0":"Animals"}"#, "https://www.wixapis.com").unwrap();
/// assert_eq!(request.url, "https://www.wixapis.com/site-media/v1/folders");
/// assert_eq!(request.body.as_deref(), Some(&br#"{"displayName":"Animals"}"#[..]));
///
/// let refused = build(&create_folder, b"{}", "https://www.wixapis.com").unwrap_err();
/// assert_eq!(refused.field, "displayName");
/// assert_eq!(refused.violated_rule, "REQUIRED_FIELD");
/// ```
pub fn build(call: &Call, arguments: &[u8], base_url: &str) -> Result<Request, Violation> {
    let mut values = [None; MOST_ARGUMENTS];
    for (name, value) in json::members(arguments) {
        if let [digit @ b'0'..=b'9'] = name.raw
            && let Some(slot) = values.get_mut(usize::from(digit - b'0'))
        {
            *slot = Some(value);
        }
    }

    let place = call.place();
    let mut path = call.path.to_vec();
    let mut fields = Vec::new();
    // `folder.id` travels as a member of the `folder` that comes next.
    let mut owned: Option<(&[u8], Raw<'_>)> = None;
    for field in call.fields() {
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
        if place == Place::Body && field.name.contains(&b'.') {
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
        body = Some(fields);
    } else if !fields.is_empty() {
        bytes::push(&mut url, b"?");
        bytes::push(&mut url, &fields);
    }
    Ok(Request {
        verb: call.verb,
        url: text(url),
        body,
    })
}

/// Most positional arguments of any function.
const MOST_ARGUMENTS: usize = 2;

/// What is written here is made of whole names and values of valid text, and of ASCII.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// The object with its member set, in either spelling of the name.
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

/// Whether `name` is the member `rest`, in REST spelling or with JavaScript's underscore.
fn is_name(name: &Text<'_>, rest: &[u8]) -> bool {
    name.raw.strip_prefix(b"_").unwrap_or(name.raw) == rest
}

/// Puts a value, as one segment, into the place of the placeholder that starts at `open`.
fn push_into_path(path: &mut Vec<u8>, open: usize, value: Option<Raw<'_>>, field: &CallField) -> Result<(), Violation> {
    let tail = path.split_off(open);
    let segment = json::to_text(value.unwrap_or_default());
    let segment = segment.strip_prefix(b"\0S").unwrap_or(&segment);
    if segment.is_empty() {
        // An empty segment would be another call: `/folders/` lists.
        return missing(field.argument_name, field.required);
    }
    uri::push_segment(path, segment);
    bytes::push(path, &tail[field.name.len() + 2..]);
    Ok(())
}

fn missing(path: &[u8], required: Required) -> Result<(), Violation> {
    refuse(path.to_vec(), "REQUIRED_FIELD", required.expectation())
}

fn refuse(field: Vec<u8>, violated_rule: &'static str, expectation: &'static str) -> Result<(), Violation> {
    Err(Violation {
        field: text(field),
        violated_rule,
        expectation,
    })
}

/// Refuses a required argument that is missing or of the wrong type. What a list holds is the service's business.
fn check(field: &CallField, value: Option<Raw<'_>>) -> Result<(), Violation> {
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

fn check_value(path: &[u8], required: Required, value: Option<Raw<'_>>) -> Result<(), Violation> {
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

/// A string, and not the mark of a Date, a bigint or a number that is not finite.
fn is_text(value: Raw<'_>) -> bool {
    value[0] == b'"' && (!value.starts_with(b"\"\\u0000") || value.starts_with(b"\"\\u0000S"))
}

/// Adds a field to a query string, or to a JSON object that still lacks its closing brace.
fn push(out: &mut Vec<u8>, place: Place, field: &CallField, value: Raw<'_>) -> Result<(), Violation> {
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

/// Appends a value to a query string: members get dotted names, items repeat the name
/// (`contract/sdk-behaviour.md` section 1, query strings).
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
