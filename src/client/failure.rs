//! Describes failed answers (`docs/contract/errors.md`).
//!
//! A failure is the JSON text of an object with members of `WixMediaError`: `code`, `message`, `status`, `requestId`,
//! `retry` and `details`. JavaScript puts the operation's name before the message.

use super::packed::PackedOperation;
use super::response::ResponseHead;
use super::retry::{Attempt, advice};
use crate::wire::bytes;
use crate::wire::json::{self, Raw, Scanner, Unreadable};

/// Describes an answer with a status other than 200 (`docs/contract/sdk-behaviour.md#s3`).
///
/// `code` is the application code, the rule name of the first violation, `INVALID_ARGUMENT` for another validation error,
/// or else the status in decimal. `details` has the shape of the official SDK.
pub fn of_answer(operation: &PackedOperation, head: ResponseHead<'_>, body: &[u8]) -> Vec<u8> {
    let body = readable(body);
    let known = body.unwrap_or_default();
    let message = json::member(known, "message").filter(|message| *message != b"null");
    let sent = json::member(known, "details").unwrap_or_default();
    let mut request_id = b"null".to_vec();
    if let Some(id) = head.request_id {
        request_id.clear();
        json::push_string(&mut request_id, id.as_bytes());
    }

    let mut details = Vec::new();
    let mut reason = Vec::new();
    let mut code = Vec::new();
    if let Some(validation) = json::member(sent, "validationError") {
        bytes::push(&mut details, b"{\"validationError\":");
        push_validation(&mut details, operation, validation, &mut reason, &mut code);
        if code.is_empty() && validation.first() == Some(&b'{') {
            bytes::push(&mut code, b"INVALID_ARGUMENT");
        }
    } else {
        bytes::push(&mut details, b"{\"applicationError\":{\"description\":");
        if let Some(error) = json::member(sent, "applicationError") {
            push_or(&mut details, json::member(error, "description"), b"\"UNKNOWN\"");
            bytes::push(&mut details, b",\"code\":");
            push_or(&mut details, json::member(error, "code"), b"\"UNKNOWN\"");
            bytes::push(&mut details, b",\"data\":");
            push_or(&mut details, json::member(error, "data"), b"{}");
            code = text_member(error, "code");
            reason = text_member(error, "description");
        } else {
            match message {
                Some(message) => bytes::push(&mut details, message),
                None => json::push_string(&mut details, head.status_text.as_bytes()),
            }
            bytes::push(&mut details, b",\"code\":");
            json::push_integer(&mut details, u64::from(head.status));
            bytes::push(&mut details, b",\"data\":{\"requestId\":");
            bytes::push(&mut details, &request_id);
            bytes::push(&mut details, b",\"details\":");
            bytes::push(&mut details, body.unwrap_or(b"null"));
            bytes::push(&mut details, b"}");
        }
        bytes::push(&mut details, b"}");
    }
    bytes::push(&mut details, b",\"requestId\":");
    bytes::push(&mut details, &request_id);
    bytes::push(&mut details, b"}");

    if reason.is_empty() {
        reason = json::to_text(message.unwrap_or_default());
    }
    if reason.is_empty() {
        bytes::push(&mut reason, head.status_text.as_bytes());
        if reason.is_empty() {
            bytes::push(&mut reason, b"the server gave no reason");
        }
        if body.is_none() {
            push_content(&mut reason, head);
        }
    }
    bytes::push(&mut reason, b" (");
    json::push_integer(&mut reason, u64::from(head.status));
    if !code.is_empty() {
        bytes::push(&mut reason, b" ");
        bytes::push(&mut reason, &code);
    }
    bytes::push(&mut reason, b")");
    if code.is_empty() {
        json::push_integer(&mut code, u64::from(head.status));
    }

    let mut text = opening(&code, &reason, advice(operation, Attempt::Answered(head.status)));
    bytes::push(&mut text, b",\"status\":");
    json::push_integer(&mut text, u64::from(head.status));
    bytes::push(&mut text, b",\"requestId\":");
    bytes::push(&mut text, &request_id);
    bytes::push(&mut text, b",\"details\":");
    bytes::push(&mut text, &details);
    bytes::push(&mut text, b"}");
    text
}

/// Describes an answer with status 200 and an unreadable body. The call may have succeeded.
///
/// There is no `status`, like in the official SDK.
pub fn unreadable(operation: &PackedOperation, head: ResponseHead<'_>, body: &[u8], error: Unreadable) -> Vec<u8> {
    let mut reason = b"the server answered 200 with ".to_vec();
    let what: &[u8] = match error {
        Unreadable::TooDeep => b"JSON nested deeper than 1000 levels",
        Unreadable::Malformed if body.is_empty() => b"an empty body",
        Unreadable::Malformed if readable(body).is_some() => b"JSON that is not an object",
        Unreadable::Malformed => b"a body that is not JSON",
    };
    bytes::push(&mut reason, what);
    push_content(&mut reason, head);
    let mut text = opening(b"INVALID_RESPONSE", &reason, advice(operation, Attempt::Unanswered));
    bytes::push(&mut text, b"}");
    text
}

fn opening(code: &[u8], message: &[u8], retry: &str) -> Vec<u8> {
    let mut text = b"{\"code\":".to_vec();
    json::push_string(&mut text, code);
    bytes::push(&mut text, b",\"message\":");
    json::push_string(&mut text, message);
    bytes::push(&mut text, b",\"retry\":");
    json::push_string(&mut text, retry.as_bytes());
    text
}

fn push_content(out: &mut Vec<u8>, head: ResponseHead<'_>) {
    if let Some(content_type) = head.content_type {
        bytes::push(out, b" (");
        for byte in content_type.bytes() {
            if byte == b';' {
                break;
            }
            out.push(byte);
        }
        bytes::push(out, b")");
    }
}

/// Returns the body if brackets and quotes make it one JSON value.
fn readable(body: &[u8]) -> Option<Raw<'_>> {
    let mut scanner = Scanner::new(body);
    let value = scanner.value()?;
    scanner.whitespace();
    let known = match value[0] {
        b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' => true,
        _ => matches!(value, b"true" | b"false" | b"null"),
    };
    (known && scanner.at == body.len()).then_some(value)
}

fn push_or(out: &mut Vec<u8>, value: Option<Raw<'_>>, default: &[u8]) {
    let sent = match value {
        None | Some(b"null") => default,
        Some(value) => value,
    };
    bytes::push(out, sent);
}

/// Returns a member as text, empty for other values than strings.
fn text_member(raw: Raw<'_>, name: &str) -> Vec<u8> {
    match json::member(raw, name) {
        Some(value @ [b'"', ..]) => json::to_text(value),
        _ => Vec::new(),
    }
}

/// A violation with the path of its argument, and its field as it was sent.
struct Named<'a> {
    path: Vec<u8>,
    field: Option<&'a [u8]>,
    violation: Raw<'a>,
}

/// Appends a validation error whose violations name the arguments of the call. Violations are sorted, and general ones are
/// dropped in favour of specific ones. Also appends to the reason, and sets the code if there is one.
fn push_validation(
    out: &mut Vec<u8>,
    operation: &PackedOperation,
    validation: Raw<'_>,
    reason: &mut Vec<u8>,
    code: &mut Vec<u8>,
) {
    let sent = match json::member(validation, "fieldViolations") {
        Some(sent @ [b'[', ..]) => sent,
        None | Some(b"null") if validation != b"null" => return bytes::push(out, b"{}"),
        _ => return bytes::push(out, validation),
    };
    let mut violations: Vec<Named<'_>> = Vec::new();
    for (_, violation) in json::items(sent) {
        let field = match json::member(violation, "field") {
            Some([b'"', field @ .., b'"']) => Some(field),
            _ => None,
        };
        let path = argument_path(operation, field.unwrap_or_default());
        let mut at = violations.len();
        while at > 0 && is_before(&path, &violations[at - 1].path) {
            at -= 1;
        }
        violations.insert(at, Named { path, field, violation });
    }
    bytes::push(out, b"{\"fieldViolations\":[");
    for Named { path, field, violation } in &violations {
        let mut hidden = false;
        if let Some(field) = field {
            for other in &violations {
                let other = other.field.unwrap_or_default();
                hidden |= other.len() > field.len() && other.starts_with(field) && is_field(operation, other);
            }
        }
        if hidden {
            continue;
        }
        if !reason.is_empty() {
            bytes::push(out, b",");
            bytes::push(reason, b"; ");
        }
        push_violation(out, path, violation);
        bytes::push(reason, if path.is_empty() { b"a field" } else { path });
        bytes::push(reason, b" ");
        let description = text_member(violation, "description");
        bytes::push(
            reason,
            if description.is_empty() {
                b"is not accepted"
            } else {
                &description
            },
        );
        if code.is_empty() {
            *code = text_member(violation, "ruleName");
        }
    }
    bytes::push(out, b"]}");
}

/// Whether JavaScript sorts `one` before `other`. It compares UTF-16 units, so characters beyond the basic plane sort before
/// the last ones of that plane.
fn is_before(one: &[u8], other: &[u8]) -> bool {
    let rank = |byte: u8| {
        if byte >= 0xf0 {
            0xed00 + u16::from(byte)
        } else {
            u16::from(byte) << 8
        }
    };
    for (one, other) in one.iter().zip(other) {
        if one != other {
            return rank(*one) < rank(*other);
        }
    }
    one.len() < other.len()
}

/// Appends a violation with another field, given as the inside of a JSON string.
fn push_violation(out: &mut Vec<u8>, field: &[u8], violation: Raw<'_>) {
    if violation[0] != b'{' {
        return bytes::push(out, violation);
    }
    let mut separator: &[u8] = b"{\"";
    for (name, value) in json::members(violation) {
        bytes::push(out, separator);
        bytes::push(out, name.raw);
        bytes::push(out, b"\":");
        if name.is(b"field") && value[0] == b'"' {
            bytes::push(out, b"\"");
            bytes::push(out, field);
            bytes::push(out, b"\"");
        } else {
            bytes::push(out, value);
        }
        separator = b",\"";
    }
    bytes::push(
        out,
        if separator.len() == 2 && separator[0] == b'{' {
            b"{}"
        } else {
            b"}"
        },
    );
}

/// Returns the path of an argument for a field, by the longest declared field that it begins with
/// (`docs/contract/sdk-behaviour.md#s3`).
fn argument_path(operation: &PackedOperation, field: &[u8]) -> Vec<u8> {
    let mut path = Vec::new();
    let mut longest = 0;
    for declared in operation.fields() {
        if declared.name.len() > longest && field.starts_with(declared.name) {
            longest = declared.name.len();
            path.clear();
            if declared.argument_name.is_empty() {
                bytes::push(&mut path, b"options.");
                bytes::push(&mut path, declared.name);
            } else {
                bytes::push(&mut path, declared.argument_name);
            }
        }
    }
    bytes::push(&mut path, &field[longest..]);
    path
}

fn is_field(operation: &PackedOperation, name: &[u8]) -> bool {
    let mut found = false;
    for declared in operation.fields() {
        found |= declared.name == name;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn failure(name: &str, status: u16, body: &str) -> Value {
        let operation = PackedOperation::named("files", name)
            .or(PackedOperation::named("folders", name))
            .expect("a row");
        let head = ResponseHead {
            status,
            status_text: "Status",
            request_id: Some("r"),
            content_type: Some("text/html; x=y"),
        };
        serde_json::from_slice(&of_answer(&operation, head, body.as_bytes())).expect("JSON")
    }

    #[test]
    fn application_error_keeps_its_code() {
        let body = r#"{"message":"m","details":{"applicationError":{"code":"X","description":"d","data":{"a":1}}}}"#;
        assert_eq!(
            failure("listFiles", 400, body),
            json!({
                "code": "X", "message": "d (400 X)", "retry": "never", "status": 400, "requestId": "r",
                "details": { "applicationError": { "description": "d", "code": "X", "data": { "a": 1 } }, "requestId": "r" },
            })
        );
    }

    #[test]
    fn error_without_code_has_the_status_as_code() {
        let error = failure("listFiles", 503, r#"{"message":"","details":{}}"#);
        assert_eq!(error["code"], "503");
        assert_eq!(error["message"], "Status (503)");
        assert_eq!(error["retry"], "after");
        assert_eq!(error["details"]["applicationError"]["code"], 503);
        assert_eq!(
            error["details"]["applicationError"]["data"]["details"],
            json!({ "message": "", "details": {} })
        );
    }

    #[test]
    fn error_with_html_body_names_the_content_type() {
        let error = failure("listFiles", 403, "<html>no</html>");
        assert_eq!(error["message"], "Status (text/html) (403)");
        assert_eq!(error["details"]["applicationError"]["data"]["details"], Value::Null);
    }

    #[test]
    fn violations_name_arguments_and_are_sorted() {
        let body = r#"{"details":{"validationError":{"fieldViolations":[
            {"field":"sort","description":"s"},{"field":"paging.limit","description":"too large","ruleName":"R"},
            {"field":"pag","description":"hidden?"},{"description":"nameless"}]}}}"#;
        let error = failure("listFiles", 400, body);
        let fields: Vec<_> = error["details"]["validationError"]["fieldViolations"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|violation| violation["field"].clone())
            .collect();
        assert_eq!(
            fields,
            [
                Value::Null,
                json!("options.paging.limit"),
                json!("options.sort"),
                json!("pag")
            ]
        );
        assert_eq!(error["code"], "R");
        assert_eq!(
            error["message"],
            "a field nameless; options.paging.limit too large; options.sort s; pag hidden? (400 R)"
        );
    }

    #[test]
    fn general_violation_is_dropped_for_a_specific_one() {
        let body = r#"{"details":{"validationError":{"fieldViolations":[{"field":"fol"},{"field":"folder"}]}}}"#;
        let error = failure("updateFolder", 400, body);
        assert_eq!(
            error["details"]["validationError"]["fieldViolations"],
            json!([{ "field": "folder" }])
        );
        assert_eq!(error["code"], "INVALID_ARGUMENT");
    }

    #[test]
    fn violation_of_folder_id_names_the_argument_id() {
        let body =
            r#"{"details":{"validationError":{"fieldViolations":[{"field":"folder.id"},{"field":"folder.x"}]}}}"#;
        let error = failure("updateFolder", 400, body);
        let violations = &error["details"]["validationError"]["fieldViolations"];
        assert_eq!(violations, &json!([{ "field": "_id" }, { "field": "folder.x" }]));
    }

    #[test]
    fn fields_sort_by_utf_16_units() {
        let sorted = [
            "",
            "a",
            "a.b",
            "aa",
            "\u{e9}",
            "\u{d7ff}",
            "\u{1f600}",
            "\u{10ffff}",
            "\u{e000}",
            "\u{ff5e}",
        ];
        for pair in sorted.windows(2) {
            assert!(is_before(pair[0].as_bytes(), pair[1].as_bytes()), "{pair:?}");
            assert!(!is_before(pair[1].as_bytes(), pair[0].as_bytes()), "{pair:?}");
        }
    }

    #[test]
    fn malformed_validation_error_keeps_the_status_as_code() {
        for (sent, kept) in [
            ("null", json!(null)),
            ("false", json!({})),
            ("{}", json!({})),
            ("7", json!({})),
        ] {
            let error = failure(
                "listFiles",
                418,
                &format!(r#"{{"details":{{"validationError":{sent}}}}}"#),
            );
            assert_eq!(
                error["details"],
                json!({ "validationError": kept, "requestId": "r" }),
                "{sent}"
            );
            assert_eq!(error["status"], 418);
        }
    }
}
