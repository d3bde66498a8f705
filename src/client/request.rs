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
    /// What would be right.
    pub expectation: &'static str,
}

/// Builds the request of a call.
///
/// `arguments` is the JSON text of an object that holds the positional arguments under `"0"`, `"1"`, …, the undefined
/// ones left out; [`rewrite`] says how values travel that JSON cannot carry. Only what makes
/// the call meaningless is refused: a required argument that is missing or of the wrong type, and values that have no
/// JSON form. Limits are the service's business.
///
/// ```
/// use wix_media::client::request::build;
/// use wix_media::operations::find;
///
/// let create_folder = find("folders", "createFolder").unwrap();
/// let request = build(create_folder, br#"{"0":"Animals"}"#, "https://www.wixapis.com").unwrap();
/// assert_eq!(request.url, "https://www.wixapis.com/site-media/v1/folders");
/// assert_eq!(request.body.as_deref(), Some(r#"{"displayName":"Animals"}"#));
///
/// let refused = build(create_folder, b"{}", "https://www.wixapis.com").unwrap_err();
/// assert_eq!(refused.field, "displayName");
/// assert_eq!(refused.violated_rule, "REQUIRED_FIELD");
/// ```
pub fn build(operation: &Operation, arguments: &[u8], base_url: &str) -> Result<Request, Violation> {
    let arguments = positional(arguments);
    let place = operation.place();
    let mut fields = Fields {
        place,
        text: Vec::new(),
    };
    let mut url = String::with_capacity(128);
    url.push_str(base_url.trim_end_matches('/'));
    url.push_str(API_PATH);
    push_path(&mut url, operation, &arguments)?;

    for (argument, value) in operation.arguments.iter().zip(arguments) {
        match argument {
            Argument::Value { name, field } => {
                if field.required {
                    check(field, name, value)?;
                }
                let Some(value) = value else { continue };
                match owned_member(operation, field, &arguments) {
                    Some((member, id)) => {
                        fields.push(field, name, &with_member(value, member, id))?;
                    }
                    None if is_member_of_a_body(operation, field) => {}
                    None => fields.push(field, name, value)?,
                }
            }
            Argument::Options(declared) => {
                let mut found = [None; 16];
                for (name, value) in value.into_iter().flat_map(json::members).flatten() {
                    if let Some(at) = declared.iter().position(|field| name.is(field.name)) {
                        found[at] = Some(value);
                    }
                }
                for (field, value) in declared.iter().zip(found) {
                    if let Some(value) = value {
                        fields.push(field, "options.", value)?;
                    }
                }
            }
        }
    }

    let body = match place {
        Place::Query => {
            if !fields.text.is_empty() {
                url.push('?');
                url.push_str(&String::from_utf8_lossy(&fields.text));
            }
            None
        }
        Place::Body => {
            if fields.text.is_empty() {
                fields.text.push(b'{');
            }
            fields.text.push(b'}');
            Some(into_string(fields.text))
        }
    };
    Ok(Request {
        verb: operation.verb,
        url,
        body,
    })
}

/// Most positional arguments of any function.
const MOST_ARGUMENTS: usize = 2;

fn positional(arguments: &[u8]) -> [Option<Raw<'_>>; MOST_ARGUMENTS] {
    let mut values = [None; MOST_ARGUMENTS];
    for (name, value) in json::members(arguments).flatten() {
        if let [digit @ b'0'..=b'9'] = name.raw
            && let Some(slot) = values.get_mut(usize::from(digit - b'0'))
        {
            *slot = Some(value);
        }
    }
    values
}

/// The rewriting never breaks UTF-8: it copies whole values and writes whole names.
fn into_string(text: Vec<u8>) -> String {
    String::from_utf8(text).unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned())
}

/// A field named `folder.id` travels in the path and as a member of the body's `folder`.
fn is_member_of_a_body(operation: &Operation, field: &Field) -> bool {
    operation.place() == Place::Body && field.name.contains('.')
}

/// The member of `field` that another argument owns, with its value: `id` of `folder`.
fn owned_member<'a>(
    operation: &Operation,
    field: &Field,
    arguments: &[Option<Raw<'a>>; MOST_ARGUMENTS],
) -> Option<(&'static str, Raw<'a>)> {
    operation
        .arguments
        .iter()
        .zip(arguments)
        .find_map(|(argument, value)| match argument {
            Argument::Value { field: owner, .. } => {
                let member = owner.name.strip_prefix(field.name)?.strip_prefix('.')?;
                value.map(|value| (member, value))
            }
            Argument::Options(_) => None,
        })
}

/// The object with its member set, in either spelling of the name; anything but an object counts as an empty one.
fn with_member(object: Raw<'_>, member: &str, value: Raw<'_>) -> Vec<u8> {
    let mut text = Vec::with_capacity(object.len() + value.len() + 16);
    text.push(b'{');
    for (name, other) in json::members(object).flatten() {
        if !is_name(&name, member) {
            text.push(b'"');
            text.extend_from_slice(name.raw);
            text.extend_from_slice(b"\":");
            text.extend_from_slice(other);
            text.push(b',');
        }
    }
    json::push_string(&mut text, member);
    text.push(b':');
    text.extend_from_slice(value);
    text.push(b'}');
    text
}

/// Whether `name` is the member `rest`, in REST spelling or with JavaScript's underscore.
fn is_name(name: &Text<'_>, rest: &str) -> bool {
    let plain = name.raw.strip_prefix(b"_").unwrap_or(name.raw);
    plain == rest.as_bytes()
}

fn push_path(
    url: &mut String,
    operation: &Operation,
    arguments: &[Option<Raw<'_>>; MOST_ARGUMENTS],
) -> Result<(), Violation> {
    let mut rest = operation.path;
    while let Some((before, placeholder)) = rest.split_once('{') {
        let (field_name, after) = placeholder.split_once('}').unwrap_or((placeholder, ""));
        url.push_str(before);
        for (argument, value) in operation.arguments.iter().zip(arguments) {
            if let Argument::Value { name, field } = argument
                && field.name == field_name
            {
                check(field, name, *value)?;
                let text = value.map(json::to_text).unwrap_or_default();
                let text = text.strip_prefix("\0S").unwrap_or(&text);
                if text.is_empty() {
                    // An empty segment would be another call: `/folders/` lists.
                    return Err(missing((*name).into(), field));
                }
                uri::push_segment(url, text);
            }
        }
        rest = after;
    }
    url.push_str(rest);
    Ok(())
}

/// Refuses a required value that is missing or of the wrong type.
fn check(field: &Field, path: &str, value: Option<Raw<'_>>) -> Result<(), Violation> {
    let Some(value) = value.filter(|value| *value != b"null") else {
        return Err(missing(path.into(), field));
    };
    match field.kind {
        Kind::Texts { .. } => each(field, path, value, |item, at| {
            if is_text(item) {
                Ok(())
            } else {
                Err(wrong(at(), "a string"))
            }
        }),
        Kind::Objects { fields, .. } => each(field, path, value, |item, at| {
            if !is_object(item) {
                return Err(wrong(at(), "an object"));
            }
            fields
                .iter()
                .filter(|inner| inner.required)
                .try_for_each(|inner| check_member(inner, &at(), item))
        }),
        Kind::Object(fields) if is_object(value) => fields
            .iter()
            .filter(|inner| inner.required)
            .try_for_each(|inner| check_member(inner, path, value)),
        Kind::Text { .. } | Kind::Decimal | Kind::OneOf(_) if is_text(value) => Ok(()),
        Kind::Query(_) | Kind::Map if is_object(value) => Ok(()),
        Kind::Flag | Kind::Integer { .. } | Kind::SomeOf { .. } => Ok(()),
        _ => Err(wrong(path.into(), field.kind.expectation())),
    }
}

/// Checks each item of a list; the path of an item is only written when it is needed.
fn each(
    field: &Field,
    path: &str,
    value: Raw<'_>,
    check: impl Fn(Raw<'_>, &dyn Fn() -> String) -> Result<(), Violation>,
) -> Result<(), Violation> {
    if value.first() != Some(&b'[') {
        return Err(wrong(path.into(), field.kind.expectation()));
    }
    json::items(value).flatten().enumerate().try_for_each(|(index, item)| {
        let item_path = || {
            let mut text = path.as_bytes().to_vec();
            text.push(b'[');
            json::push_integer(&mut text, index as u32);
            text.push(b']');
            into_string(text)
        };
        check(item, &item_path)
    })
}

/// Checks a required member of an object argument; `id` is `_id` to JavaScript.
fn check_member(field: &Field, path: &str, object: Raw<'_>) -> Result<(), Violation> {
    let value = json::members(object)
        .flatten()
        .filter(|(name, _)| is_name(name, field.name))
        .last();
    let underscore = if field.name == "id" { "_" } else { "" };
    let path = [path, ".", underscore, field.name].concat();
    check(field, &path, value.map(|(_, value)| value))
}

/// A string, and not the mark of a Date, a bigint or a number that is not finite.
fn is_text(value: Raw<'_>) -> bool {
    value.first() == Some(&b'"') && (!value.starts_with(b"\"\\u0000") || value.starts_with(b"\"\\u0000S"))
}

fn is_object(value: Raw<'_>) -> bool {
    value.first() == Some(&b'{')
}

fn missing(field: String, declared: &Field) -> Violation {
    Violation {
        field,
        violated_rule: "REQUIRED_FIELD",
        expectation: declared.kind.expectation(),
    }
}

fn wrong(field: String, expectation: &'static str) -> Violation {
    Violation {
        field,
        violated_rule: "FORMAT",
        expectation,
    }
}

/// The fields written so far: a query string, or a JSON object that still lacks its closing brace.
struct Fields {
    place: Place,
    text: Vec<u8>,
}

impl Fields {
    /// `name` is the argument's own, or `options.` for a member of the options.
    fn push(&mut self, field: &Field, name: &str, value: Raw<'_>) -> Result<(), Violation> {
        let value = rewrite::argument(value, field.shape, field.name, self.place).map_err(|error| {
            let member = if name.ends_with('.') { field.name } else { "" };
            match error {
                Unsendable::Refused { path, expectation } => wrong([name, member, &path].concat(), expectation),
                Unsendable::Unreadable(_) => wrong([name, member].concat(), "a value nested at most 1000 levels deep"),
            }
        })?;
        match self.place {
            Place::Query => push_parameters(&mut self.text, field.name, &value),
            Place::Body if value.is_empty() => {}
            Place::Body => {
                self.text.push(if self.text.is_empty() { b'{' } else { b',' });
                json::push_string(&mut self.text, field.name);
                self.text.push(b':');
                self.text.extend_from_slice(&value);
            }
        }
        Ok(())
    }
}

/// Appends a value to a query string: members get dotted names, items repeat the name
/// (`contract/sdk-behaviour.md` section 1, query strings).
fn push_parameters(out: &mut Vec<u8>, name: &str, value: Raw<'_>) {
    match value.first() {
        Some(b'{') => {
            for (member, value) in json::members(value).flatten() {
                push_parameters(out, &[name, ".", &member.decode()].concat(), value);
            }
        }
        Some(b'[') => {
            for item in json::items(value)
                .flatten()
                .filter(|item| !matches!(item.first(), Some(b'{' | b'[')))
            {
                push_parameters(out, name, item);
            }
        }
        None | Some(b'n') => {}
        Some(_) => {
            let text = json::to_text(value);
            let text = match text.strip_prefix('\0') {
                Some(marked) if marked.starts_with('D') => return,
                Some(marked) => &marked[1..],
                None => &text,
            };
            let mut parameter = String::with_capacity(name.len() + text.len() + 8);
            if !out.is_empty() {
                parameter.push('&');
            }
            uri::push_form(&mut parameter, name);
            parameter.push('=');
            uri::push_form(&mut parameter, text);
            out.extend_from_slice(parameter.as_bytes());
        }
    }
}
