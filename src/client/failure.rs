//! Failures: what a `WixMediaError` tells of an answer that is no result (`contract/errors.md`).
//!
//! A failure is the JSON text of the error's members `code`, `message`, `status`, `requestId`, `retry` and `details`;
//! JavaScript puts the operation's name before the message.

use super::result::Head;
use super::retry::{Attempt, advice};
use crate::operations::{Argument, Operation};
use crate::wire::json::{self, Raw, Scanner, Unreadable};

/// The failure of an answer with a status other than 200 (`contract/sdk-behaviour.md` section 3).
///
/// `code` is the application code, else the rule name of the first violation, else `INVALID_ARGUMENT` for a validation
/// error, else the status in decimal. `details` has the official shape.
pub fn of_answer(operation: &Operation, head: Head<'_>, body: &[u8]) -> Vec<u8> {
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
        details.extend_from_slice(b"{\"validationError\":");
        push_validation(&mut details, operation, validation, &mut reason, &mut code);
        if code.is_empty() && validation.first() == Some(&b'{') {
            code.extend_from_slice(b"INVALID_ARGUMENT");
        }
    } else {
        details.extend_from_slice(b"{\"applicationError\":{\"description\":");
        if let Some(error) = json::member(sent, "applicationError") {
            push_or(&mut details, json::member(error, "description"), b"\"UNKNOWN\"");
            details.extend_from_slice(b",\"code\":");
            push_or(&mut details, json::member(error, "code"), b"\"UNKNOWN\"");
            details.extend_from_slice(b",\"data\":");
            push_or(&mut details, json::member(error, "data"), b"{}");
            code = text_member(error, "code");
            reason = text_member(error, "description");
        } else {
            match message {
                Some(message) => details.extend_from_slice(message),
                None => json::push_string(&mut details, head.status_text.as_bytes()),
            }
            details.extend_from_slice(b",\"code\":");
            json::push_integer(&mut details, u32::from(head.status));
            details.extend_from_slice(b",\"data\":{\"requestId\":");
            details.extend_from_slice(&request_id);
            details.extend_from_slice(b",\"details\":");
            details.extend_from_slice(body.unwrap_or(b"null"));
            details.push(b'}');
        }
        details.push(b'}');
    }
    details.extend_from_slice(b",\"requestId\":");
    details.extend_from_slice(&request_id);
    details.push(b'}');

    if reason.is_empty() {
        reason = json::to_text(message.unwrap_or_default());
    }
    if reason.is_empty() {
        reason.extend_from_slice(head.status_text.as_bytes());
        if reason.is_empty() {
            reason.extend_from_slice(b"the server gave no reason");
        }
        if body.is_none() {
            push_content(&mut reason, head);
        }
    }
    reason.extend_from_slice(b" (");
    json::push_integer(&mut reason, u32::from(head.status));
    if !code.is_empty() {
        reason.push(b' ');
        reason.extend_from_slice(&code);
    }
    reason.push(b')');
    if code.is_empty() {
        json::push_integer(&mut code, u32::from(head.status));
    }

    let mut text = opening(&code, &reason, advice(operation, Attempt::Answered(head.status)));
    text.extend_from_slice(b",\"status\":");
    json::push_integer(&mut text, u32::from(head.status));
    text.extend_from_slice(b",\"requestId\":");
    text.extend_from_slice(&request_id);
    text.extend_from_slice(b",\"details\":");
    text.extend_from_slice(&details);
    text.push(b'}');
    text
}

/// The failure of a 200 whose body is no object or array: the call may have worked, but nobody can say what came of it.
/// As in the official SDK, there is no `status`.
pub fn unreadable(operation: &Operation, head: Head<'_>, body: &[u8], error: Unreadable) -> Vec<u8> {
    let mut reason = b"the server answered 200 with ".to_vec();
    let what: &[u8] = match error {
        Unreadable::TooDeep => b"JSON nested deeper than 1000 levels",
        Unreadable::Malformed if body.is_empty() => b"an empty body",
        Unreadable::Malformed if readable(body).is_some() => b"JSON that is no object",
        Unreadable::Malformed => b"a body that is not JSON",
    };
    reason.extend_from_slice(what);
    push_content(&mut reason, head);
    let mut text = opening(b"INVALID_RESPONSE", &reason, advice(operation, Attempt::Unanswered));
    text.push(b'}');
    text
}

fn opening(code: &[u8], message: &[u8], retry: &str) -> Vec<u8> {
    let mut text = b"{\"code\":".to_vec();
    json::push_string(&mut text, code);
    text.extend_from_slice(b",\"message\":");
    json::push_string(&mut text, message);
    text.extend_from_slice(b",\"retry\":");
    json::push_string(&mut text, retry.as_bytes());
    text
}

fn push_content(out: &mut Vec<u8>, head: Head<'_>) {
    if let Some(content_type) = head.content_type {
        out.extend_from_slice(b" (");
        for byte in content_type.bytes() {
            if byte == b';' {
                break;
            }
            out.push(byte);
        }
        out.push(b')');
    }
}

/// The body as one JSON value, if it is one as far as brackets and quotes go.
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
    out.extend_from_slice(match value {
        None | Some(b"null") => default,
        Some(value) => value,
    });
}

/// The member as text, empty if it is no string.
fn text_member(raw: Raw<'_>, name: &str) -> Vec<u8> {
    match json::member(raw, name) {
        Some(value @ [b'"', ..]) => json::to_text(value),
        _ => Vec::new(),
    }
}

/// Appends the validation error with its fields named as the caller knows them, sorted, and without those that a more
/// specific one hides; tells the reason, and the code if there is one.
fn push_validation(
    out: &mut Vec<u8>,
    operation: &Operation,
    validation: Raw<'_>,
    reason: &mut Vec<u8>,
    code: &mut Vec<u8>,
) {
    let sent = match json::member(validation, "fieldViolations") {
        Some(sent @ [b'[', ..]) => sent,
        _ => return out.extend_from_slice(if validation == b"null" { validation } else { b"{}" }),
    };
    let mut violations: Vec<(Vec<u8>, Raw<'_>)> = Vec::new();
    for (_, violation) in json::items(sent) {
        let field = argument_path(operation, &text_member(violation, "field"));
        let mut at = violations.len();
        while at > 0 && violations[at - 1].0 > field {
            at -= 1;
        }
        violations.insert(at, (field, violation));
    }
    out.extend_from_slice(b"{\"fieldViolations\":[");
    for (at, (field, violation)) in violations.iter().enumerate() {
        // In this order, what a field begins stands right behind it.
        let hidden = violations[at + 1..].iter().any(|(other, _)| {
            other.len() > field.len() && other.starts_with(field) && is_argument_path(operation, other)
        });
        if hidden && !field.is_empty() {
            continue;
        }
        if !reason.is_empty() {
            out.push(b',');
            reason.extend_from_slice(b"; ");
        }
        push_violation(out, field, violation);
        reason.extend_from_slice(if field.is_empty() { b"a field" } else { field });
        reason.push(b' ');
        let description = text_member(violation, "description");
        reason.extend_from_slice(if description.is_empty() {
            b"is not accepted"
        } else {
            &description
        });
        if code.is_empty() {
            *code = text_member(violation, "ruleName");
        }
    }
    out.extend_from_slice(b"]}");
}

fn push_violation(out: &mut Vec<u8>, field: &[u8], violation: Raw<'_>) {
    if violation[0] != b'{' {
        return out.extend_from_slice(violation);
    }
    let mut separator = b'{';
    for (name, value) in json::members(violation) {
        out.extend_from_slice(&[separator, b'"']);
        out.extend_from_slice(name.raw);
        out.extend_from_slice(b"\":");
        if name.is(b"field") && value[0] == b'"' {
            json::push_string(out, field);
        } else {
            out.extend_from_slice(value);
        }
        separator = b',';
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

/// Visits the REST fields of the call with the names and prefixes under which callers know them.
fn each_path(operation: &Operation, visit: &mut dyn FnMut(&'static str, &'static str, &'static str)) {
    for argument in operation.arguments {
        match argument {
            Argument::Value { name, field } => visit(field.name, "", name),
            Argument::Options(fields) => {
                for field in *fields {
                    visit(field.name, "options.", field.name);
                }
            }
        }
    }
}

/// The field as the caller knows it: by the longest REST field that begins it (`contract/sdk-behaviour.md` section 3).
fn argument_path(operation: &Operation, field: &[u8]) -> Vec<u8> {
    let mut longest = ("", "", "");
    each_path(operation, &mut |rest, prefix, name| {
        if rest.len() > longest.0.len() && field.starts_with(rest.as_bytes()) {
            longest = (rest, prefix, name);
        }
    });
    let mut path = longest.1.as_bytes().to_vec();
    path.extend_from_slice(longest.2.as_bytes());
    path.extend_from_slice(&field[longest.0.len()..]);
    path
}

fn is_argument_path(operation: &Operation, path: &[u8]) -> bool {
    let mut found = false;
    each_path(operation, &mut |_, prefix, name| {
        found |= path.strip_prefix(prefix.as_bytes()) == Some(name.as_bytes());
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::find;
    use serde_json::{Value, json};

    fn failure(name: &str, status: u16, body: &str) -> Value {
        let operation = find("files", name).or(find("folders", name)).expect("a row");
        let head = Head {
            status,
            status_text: "Status",
            request_id: Some("r"),
            content_type: Some("text/html; x=y"),
        };
        serde_json::from_slice(&of_answer(operation, head, body.as_bytes())).expect("JSON")
    }

    #[test]
    fn an_application_error_keeps_its_code() {
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
    fn without_a_code_the_status_is_one() {
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
    fn a_page_instead_of_json_is_named() {
        let error = failure("listFiles", 403, "<html>no</html>");
        assert_eq!(error["message"], "Status (text/html) (403)");
        assert_eq!(error["details"]["applicationError"]["data"]["details"], Value::Null);
    }

    #[test]
    fn violations_are_named_sorted_and_thinned() {
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
    fn a_general_violation_gives_way_to_a_specific_one() {
        let body = r#"{"details":{"validationError":{"fieldViolations":[{"field":"fol"},{"field":"folder"}]}}}"#;
        let error = failure("updateFolder", 400, body);
        assert_eq!(
            error["details"]["validationError"]["fieldViolations"],
            json!([{ "field": "folder" }])
        );
        assert_eq!(error["code"], "INVALID_ARGUMENT");
    }

    #[test]
    fn folder_ids_are_named_as_callers_name_them() {
        let body =
            r#"{"details":{"validationError":{"fieldViolations":[{"field":"folder.id"},{"field":"folder.x"}]}}}"#;
        let error = failure("updateFolder", 400, body);
        let violations = &error["details"]["validationError"]["fieldViolations"];
        assert_eq!(violations, &json!([{ "field": "_id" }, { "field": "folder.x" }]));
    }

    #[test]
    fn odd_validation_errors_are_no_fault_of_the_caller() {
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
