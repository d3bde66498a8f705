//! Failures: what a `WixMediaError` tells of an answer that is no result (`contract/errors.md`).

use super::request::Violation;
use super::result::Head;
use super::retry::{Attempt, advice};
use crate::operations::{Argument, Operation};
use crate::wire::json::{self, Raw, Scanner, Text, Unreadable};

/// The members of a `WixMediaError`, as far as the answer decides them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A stable code to program against: the application code, the rule of the first violation, or the status.
    pub code: String,
    /// One readable sentence.
    pub message: String,
    /// The HTTP status; absent when a 200 was unusable, as in the official SDK.
    pub status: Option<u16>,
    /// What to think of a repeat: `never`, `after` or `maybe`.
    pub retry: &'static str,
    /// The JSON text of `details`, in the official shape; absent with the status.
    pub details: Option<Vec<u8>>,
}

/// The failure of an answer with a status other than 200 (`contract/sdk-behaviour.md` section 3).
pub fn of_answer(operation: &Operation, head: Head<'_>, body: &[u8]) -> Failure {
    let body = readable(body);
    let message = body
        .and_then(|body| json::member(body, "message"))
        .filter(|message| *message != b"null");
    let details = body.and_then(|body| json::member(body, "details")).unwrap_or(b"null");
    let mut request_id = Vec::new();
    match head.request_id {
        Some(id) => json::push_string(&mut request_id, id),
        None => request_id.extend_from_slice(b"null"),
    }

    let mut text = b"{".to_vec();
    let mut explanation = String::new();
    let mut code = None;
    if let Some(validation) = json::member(details, "validationError") {
        text.extend_from_slice(b"\"validationError\":");
        let violations = push_validation(&mut text, operation, validation);
        for (at, (field, violation)) in violations.iter().enumerate() {
            explanation.push_str(if at == 0 { "" } else { "; " });
            explanation.push_str(field);
            if let Some(description) = text_member(violation, "description") {
                explanation.push_str(if field.is_empty() { "" } else { " " });
                explanation.push_str(&description);
            }
            code = code.or_else(|| text_member(violation, "ruleName"));
        }
        if code.is_none() && validation != b"null" {
            code = Some("INVALID_ARGUMENT".into());
        }
    } else {
        text.extend_from_slice(b"\"applicationError\":{");
        let sent = json::member(details, "applicationError");
        push_application(&mut text, head, sent, message, body, &request_id);
        text.push(b'}');
        if let Some(sent) = sent {
            code = text_member(sent, "code");
            explanation = text_member(sent, "description").unwrap_or_default();
        }
    }
    text.extend_from_slice(b",\"requestId\":");
    text.extend_from_slice(&request_id);
    text.push(b'}');

    if explanation.is_empty() {
        explanation = message.map(json::to_text).unwrap_or_default();
    }
    if explanation.is_empty() {
        explanation.push_str(if head.status_text.is_empty() {
            "the server gave no reason"
        } else {
            head.status_text
        });
        if body.is_none() {
            push_content(&mut explanation, head);
        }
    }
    let status = decimal(head.status);
    let named = code.as_deref().map_or(String::new(), |code| [" ", code].concat());
    Failure {
        message: sentence(operation, &[&explanation, " (", &status, &named, ")"]),
        code: code.unwrap_or(status),
        status: Some(head.status),
        retry: advice(operation, Attempt::Answered(head.status)),
        details: Some(text),
    }
}

/// The failure of a 200 whose body is no object or array: the call may have worked, but nobody can say what came of it.
pub fn unreadable(operation: &Operation, head: Head<'_>, body: &[u8], error: Option<Unreadable>) -> Failure {
    let mut explanation = String::from("the server answered 200 with ");
    match error {
        Some(Unreadable::TooDeep) => explanation.push_str("JSON nested deeper than 1000 levels"),
        Some(Unreadable::Malformed) => explanation.push_str("a body that is not JSON"),
        None if body.is_empty() => explanation.push_str("an empty body"),
        None if readable(body).is_some() => explanation.push_str("a JSON body that is no object"),
        None => explanation.push_str("a body that is not JSON"),
    }
    push_content(&mut explanation, head);
    Failure {
        code: "INVALID_RESPONSE".into(),
        message: sentence(operation, &[&explanation]),
        status: None,
        retry: advice(operation, Attempt::Unanswered),
        details: None,
    }
}

/// The message of a refused argument.
///
/// ```
/// use wix_media::client::{failure, request::build};
/// use wix_media::operations::find;
///
/// let operation = find("folders", "createFolder").unwrap();
/// let violation = build(operation, b"{}", "").unwrap_err();
/// assert_eq!(
///     failure::of_violation(operation, &violation),
///     "folders.createFolder: displayName is required and must be a string"
/// );
/// ```
pub fn of_violation(operation: &Operation, violation: &Violation) -> String {
    sentence(operation, &[&violation.field, " ", &description(violation)])
}

/// What is wrong with an argument, in words.
pub fn description(violation: &Violation) -> String {
    let verdict = if violation.violated_rule == "REQUIRED_FIELD" {
        "is required and must be "
    } else {
        "must be "
    };
    [verdict, violation.expectation].concat()
}

fn sentence(operation: &Operation, parts: &[&str]) -> String {
    [operation.group.name(), ".", operation.name, ": ", &parts.concat()].concat()
}

fn push_content(explanation: &mut String, head: Head<'_>) {
    if let Some(content_type) = head.content_type {
        explanation.push_str(" (content type ");
        explanation.push_str(content_type.split(';').next().unwrap_or_default());
        explanation.push(')');
    }
}

fn decimal(number: u16) -> String {
    let mut digits = Vec::new();
    json::push_integer(&mut digits, u32::from(number));
    String::from_utf8(digits).unwrap_or_default()
}

/// The body as one JSON value, if it is one as far as brackets and quotes go.
fn readable(body: &[u8]) -> Option<Raw<'_>> {
    let mut scanner = Scanner::new(body);
    let value = scanner.value().ok()?;
    scanner.whitespace();
    let whole = scanner.at == body.len();
    let known = match value.first()? {
        b'{' | b'[' | b'"' => true,
        b'-' | b'0'..=b'9' => value
            .iter()
            .all(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')),
        _ => matches!(value, b"true" | b"false" | b"null"),
    };
    (whole && known).then_some(value)
}

/// The member as text, if it is a string that is not empty.
fn text_member(raw: Raw<'_>, name: &str) -> Option<String> {
    let value = json::member(raw, name)?;
    Some(Scanner::new(value).string().ok()?.decode()).filter(|text| !text.is_empty())
}

fn push_application(
    out: &mut Vec<u8>,
    head: Head<'_>,
    sent: Option<Raw<'_>>,
    message: Option<Raw<'_>>,
    body: Option<Raw<'_>>,
    request_id: &[u8],
) {
    let Some(sent) = sent else {
        out.extend_from_slice(b"\"description\":");
        match message {
            Some(message) => out.extend_from_slice(message),
            None => json::push_string(out, head.status_text),
        }
        out.extend_from_slice(b",\"code\":");
        json::push_integer(out, u32::from(head.status));
        out.extend_from_slice(b",\"data\":{\"requestId\":");
        out.extend_from_slice(request_id);
        out.extend_from_slice(b",\"details\":");
        out.extend_from_slice(body.unwrap_or(b"null"));
        return out.push(b'}');
    };
    for (label, name, default) in [
        (&b"\"description\":"[..], "description", &b"\"UNKNOWN\""[..]),
        (b",\"code\":", "code", b"\"UNKNOWN\""),
        (b",\"data\":", "data", b"{}"),
    ] {
        out.extend_from_slice(label);
        let value = json::member(sent, name).filter(|value| *value != b"null");
        out.extend_from_slice(value.unwrap_or(default));
    }
}

/// Appends the validation error with its fields named as the caller knows them, and gives the violations back.
fn push_validation<'a>(out: &mut Vec<u8>, operation: &Operation, validation: Raw<'a>) -> Vec<(String, Raw<'a>)> {
    let sent = json::member(validation, "fieldViolations").filter(|sent| sent.first() == Some(&b'['));
    let Some(sent) = sent else {
        out.extend_from_slice(if validation == b"null" { b"null" } else { b"{}" });
        return Vec::new();
    };
    let mut violations: Vec<(String, Raw<'_>)> = json::items(sent)
        .flatten()
        .map(|violation| {
            let field = text_member(violation, "field");
            (
                field.map_or(String::new(), |field| argument_path(operation, &field)),
                violation,
            )
        })
        .collect();
    violations.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    let hidden: Vec<bool> = violations
        .iter()
        .map(|(field, _)| {
            violations.iter().any(|(other, _)| {
                other.len() > field.len() && other.starts_with(field.as_str()) && is_argument_path(operation, other)
            })
        })
        .collect();
    let mut hidden = hidden.into_iter();
    violations.retain(|(field, _)| !hidden.next().unwrap_or(false) || field.is_empty());

    out.extend_from_slice(b"{\"fieldViolations\":[");
    for (at, (field, violation)) in violations.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_violation(out, field, violation);
    }
    out.extend_from_slice(b"]}");
    violations
}

fn push_violation(out: &mut Vec<u8>, field: &str, violation: Raw<'_>) {
    if violation.first() != Some(&b'{') {
        return out.extend_from_slice(violation);
    }
    out.push(b'{');
    let mut first = true;
    for (name, value) in json::members(violation).flatten() {
        if !first {
            out.push(b',');
        }
        first = false;
        push_name(out, &name);
        if name.is("field") && value.first() == Some(&b'"') {
            json::push_string(out, field);
        } else {
            out.extend_from_slice(value);
        }
    }
    out.push(b'}');
}

fn push_name(out: &mut Vec<u8>, name: &Text<'_>) {
    out.push(b'"');
    out.extend_from_slice(name.raw);
    out.extend_from_slice(b"\":");
}

/// The REST fields of the call with the paths under which callers know them.
fn argument_paths(operation: &Operation) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    operation.arguments.iter().flat_map(|argument| {
        let (one, many) = match argument {
            Argument::Value { name, field } => (Some((field.name, "", *name)), &[][..]),
            Argument::Options(fields) => (None, *fields),
        };
        one.into_iter()
            .chain(many.iter().map(|field| (field.name, "options.", field.name)))
    })
}

/// The field as the caller knows it: by the longest REST field that begins it (`contract/sdk-behaviour.md` section 3).
fn argument_path(operation: &Operation, field: &str) -> String {
    let longest = argument_paths(operation)
        .filter(|(rest, _, _)| field.starts_with(rest))
        .max_by_key(|(rest, _, _)| rest.len());
    match longest {
        Some((rest, prefix, name)) => [prefix, name, &field[rest.len()..]].concat(),
        None => field.into(),
    }
}

fn is_argument_path(operation: &Operation, path: &str) -> bool {
    argument_paths(operation).any(|(_, prefix, name)| path.strip_prefix(prefix) == Some(name))
}
