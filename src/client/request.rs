//! From arguments to a request, by the operations table (`contract/sdk-behaviour.md` section 1).

use crate::operations::{Argument, Field, Kind, Operation, Place, Verb};
use crate::wire::json::{self, Raw, Text};
use crate::wire::rewrite::{self, Unsendable};
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
    /// The JSON body of a POST or PATCH.
    pub body: Option<String>,
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
/// use wix_media::client::request::build;
/// use wix_media::operations::find;
///
/// let create_folder = find("folders", "createFolder").unwrap();
/// let request = build(create_folder, r#"{"0":"Animals"}"#, "https://www.wixapis.com").unwrap();
/// assert_eq!(request.url, "https://www.wixapis.com/site-media/v1/folders");
/// assert_eq!(request.body.as_deref(), Some(r#"{"displayName":"Animals"}"#));
///
/// let refused = build(create_folder, "{}", "https://www.wixapis.com").unwrap_err();
/// assert_eq!(refused.field, "displayName");
/// assert_eq!(refused.violated_rule, "REQUIRED_FIELD");
/// ```
pub fn build(operation: &Operation, arguments: &str, base_url: &str) -> Result<Request, Violation> {
    let mut values: [Option<Raw<'_>>; MOST_ARGUMENTS] = [None; MOST_ARGUMENTS];
    for (name, value) in json::members(arguments.as_bytes()) {
        if let [digit @ b'0'..=b'9'] = name.raw
            && let Some(slot) = values.get_mut(usize::from(digit - b'0'))
        {
            *slot = Some(value);
        }
    }

    let place = operation.place();
    let mut path = operation.path.as_bytes().to_vec();
    let mut fields = Vec::new();
    let mut owner: Option<(&Field, Raw<'_>)> = None;
    for (argument, value) in operation.arguments.iter().zip(values) {
        match argument {
            Argument::Value { name, field } => {
                if field.required {
                    check(field, name.as_bytes(), value)?;
                }
                if let Some(open) = path.iter().position(|&byte| byte == b'{') {
                    push_into_path(&mut path, open, value, name, field)?;
                }
                if place == Place::Body && field.name.contains('.') {
                    // `folder.id` travels as a member of the `folder` that comes next.
                    owner = value.map(|value| (field, value));
                    continue;
                }
                let value = match owner {
                    Some((owner, id)) => {
                        &with_member(value.unwrap_or_default(), &owner.name[field.name.len() + 1..], id)
                    }
                    None => value.unwrap_or_default(),
                };
                push(&mut fields, place, field, name, value)?;
            }
            Argument::Options(declared) => {
                let mut found = [&b""[..]; MOST_OPTIONS];
                for (name, value) in json::members(value.unwrap_or_default()) {
                    for (at, field) in declared.iter().enumerate() {
                        if name.is(field.name.as_bytes()) {
                            found[at] = value;
                        }
                    }
                }
                for (field, value) in declared.iter().zip(found) {
                    push(&mut fields, place, field, "", value)?;
                }
            }
        }
    }

    let mut url = base_url.trim_ascii_end().as_bytes().to_vec();
    while url.last() == Some(&b'/') {
        url.pop();
    }
    url.extend_from_slice(API_PATH.as_bytes());
    url.extend_from_slice(&path);
    let mut body = None;
    match place {
        Place::Query if fields.is_empty() => {}
        Place::Query => {
            url.push(b'?');
            url.extend_from_slice(&fields);
        }
        Place::Body => {
            if fields.is_empty() {
                fields.push(b'{');
            }
            fields.push(b'}');
            body = Some(text(fields));
        }
    }
    Ok(Request {
        verb: operation.verb,
        url: text(url),
        body,
    })
}

/// Most positional arguments of any function.
const MOST_ARGUMENTS: usize = 2;

/// Most options of any function.
const MOST_OPTIONS: usize = 10;

/// What is written here is made of whole names and values of valid text, and of ASCII.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// The object with its member set, in either spelling of the name; anything but an object counts as an empty one.
fn with_member(object: Raw<'_>, member: &str, value: Raw<'_>) -> Vec<u8> {
    let mut text = b"{\"".to_vec();
    text.extend_from_slice(member.as_bytes());
    text.extend_from_slice(b"\":");
    text.extend_from_slice(value);
    for (name, other) in json::members(object) {
        if !is_name(&name, member) {
            text.extend_from_slice(b",\"");
            text.extend_from_slice(name.raw);
            text.extend_from_slice(b"\":");
            text.extend_from_slice(other);
        }
    }
    text.push(b'}');
    text
}

/// Whether `name` is the member `rest`, in REST spelling or with JavaScript's underscore.
fn is_name(name: &Text<'_>, rest: &str) -> bool {
    name.raw.strip_prefix(b"_").unwrap_or(name.raw) == rest.as_bytes()
}

/// Puts a value, as one segment, into the place of the placeholder that starts at `open`.
fn push_into_path(
    path: &mut Vec<u8>,
    open: usize,
    value: Option<Raw<'_>>,
    name: &str,
    field: &Field,
) -> Result<(), Violation> {
    let tail = path.split_off(open);
    let segment = json::to_text(value.unwrap_or_default());
    let segment = segment.strip_prefix(b"\0S").unwrap_or(&segment);
    if segment.is_empty() {
        // An empty segment would be another call: `/folders/` lists.
        return refuse(name.as_bytes().to_vec(), "REQUIRED_FIELD", field.kind.expectation());
    }
    uri::push_segment(path, segment);
    path.extend_from_slice(&tail[field.name.len() + 2..]);
    Ok(())
}

fn refuse(field: Vec<u8>, violated_rule: &'static str, expectation: &'static str) -> Result<(), Violation> {
    Err(Violation {
        field: text(field),
        violated_rule,
        expectation,
    })
}

/// Refuses a required value that is missing or of the wrong type.
fn check(field: &Field, path: &[u8], value: Option<Raw<'_>>) -> Result<(), Violation> {
    let value = match value {
        None | Some(b"null") => return refuse(path.to_vec(), "REQUIRED_FIELD", field.kind.expectation()),
        Some(value) => value,
    };
    let fits = match field.kind {
        Kind::Texts { .. } | Kind::Objects { .. } | Kind::SomeOf { .. } => value[0] == b'[',
        Kind::Object(_) | Kind::Query(_) | Kind::Map => value[0] == b'{',
        Kind::Text { .. } | Kind::Decimal | Kind::OneOf(_) => is_text(value),
        Kind::Flag | Kind::Integer { .. } => true,
    };
    if !fits {
        return refuse(path.to_vec(), "FORMAT", field.kind.expectation());
    }
    match field.kind {
        Kind::Object(members) => check_members(members, path, value)?,
        Kind::Texts { .. } | Kind::Objects { .. } => {
            for (index, (_, item)) in json::items(value).enumerate() {
                let texts = matches!(field.kind, Kind::Texts { .. });
                if !texts || !is_text(item) {
                    let mut path = path.to_vec();
                    path.push(b'[');
                    json::push_integer(&mut path, index as u32);
                    path.push(b']');
                    match field.kind {
                        Kind::Objects { fields, .. } if item[0] == b'{' => check_members(fields, &path, item)?,
                        _ => refuse(path, "FORMAT", if texts { "a string" } else { "an object" })?,
                    }
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Checks the required members of an object argument; `id` is `_id` to JavaScript.
fn check_members(members: &[Field], path: &[u8], object: Raw<'_>) -> Result<(), Violation> {
    for field in members {
        if !field.required {
            continue;
        }
        let mut value = None;
        for (name, other) in json::members(object) {
            if is_name(&name, field.name) {
                value = Some(other);
            }
        }
        let mut path = path.to_vec();
        path.extend_from_slice(if field.name == "id" { b"._" } else { b"." });
        path.extend_from_slice(field.name.as_bytes());
        check(field, &path, value)?;
    }
    Ok(())
}

/// A string, and not the mark of a Date, a bigint or a number that is not finite.
fn is_text(value: Raw<'_>) -> bool {
    value[0] == b'"' && (!value.starts_with(b"\"\\u0000") || value.starts_with(b"\"\\u0000S"))
}

/// Adds a field to a query string, or to a JSON object that still lacks its closing brace. `name` is the argument's,
/// empty for an option.
fn push(out: &mut Vec<u8>, place: Place, field: &Field, name: &str, value: Raw<'_>) -> Result<(), Violation> {
    if value.is_empty() {
        return Ok(());
    }
    let value = match rewrite::argument(value, field.shape, field.name, place) {
        Ok(value) => value,
        Err(error) => {
            let mut full = name.as_bytes().to_vec();
            if name.is_empty() {
                full.extend_from_slice(b"options.");
                full.extend_from_slice(field.name.as_bytes());
            }
            let mut expectation = "nested at most 1000 levels deep";
            if let Unsendable::Refused {
                path,
                expectation: right,
            } = error
            {
                full.extend_from_slice(&path);
                expectation = right;
            }
            return refuse(full, "FORMAT", expectation);
        }
    };
    if place == Place::Query {
        push_parameters(out, field.name.as_bytes(), &value);
    } else if !value.is_empty() {
        out.push(if out.is_empty() { b'{' } else { b',' });
        json::push_string(out, field.name.as_bytes());
        out.push(b':');
        out.extend_from_slice(&value);
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
                dotted.push(b'.');
                dotted.extend_from_slice(&member.decode());
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
                out.push(b'&');
            }
            uri::push_form(out, name);
            out.push(b'=');
            uri::push_form(out, text);
        }
    }
}
