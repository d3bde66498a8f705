//! Refusals and their error responses (`docs/contract/errors.md`).

use super::body::Body;
use super::message::Response;
use crate::catalog;
use serde_json::{Value, json};
use std::io::ErrorKind;

/// A field of a request that breaks a rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    pub(crate) field: String,
    pub(crate) rule: &'static str,
    /// A specific name, if the class of the rule is too general.
    pub(crate) name: Option<&'static str>,
    pub(crate) description: String,
    pub(crate) data: Option<Value>,
}

impl Violation {
    pub(crate) fn new(field: impl Into<String>, rule: &'static str, description: impl Into<String>) -> Violation {
        Violation {
            field: field.into(),
            rule,
            name: None,
            description: description.into(),
            data: None,
        }
    }

    /// Creates the violation of a rule about stored data (`docs/contract/errors.md#additional-codes`).
    pub(crate) fn named(field: impl Into<String>, name: &'static str, description: impl Into<String>) -> Violation {
        Violation {
            name: Some(name),
            ..Violation::new(field, "OTHER", description)
        }
    }

    /// Creates the violation of a name without visible characters (`docs/contract/choices.md#u20`).
    pub(crate) fn blank(field: impl Into<String>) -> Violation {
        let text = "must have at least one character that is not blank";
        Violation::new(field, "MIN_LENGTH", text).with(json!({ "threshold": 1 }))
    }

    /// Creates the violation of a text with U+0000, which not every store can hold (`docs/contract/choices.md#u55`).
    pub(crate) fn null_character(field: impl Into<String>) -> Violation {
        Violation::new(field, "FORMAT", "must not contain the character U+0000")
    }

    pub(crate) fn with(self, data: Value) -> Violation {
        Violation {
            data: Some(data),
            ..self
        }
    }
}

/// A header of a refusal, such as `Allow`.
type Header = (&'static str, String);

/// The reason why a request failed. Its transaction is rolled back.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// An application error.
    Code {
        status: u16,
        code: &'static str,
        description: String,
        data: Value,
        header: Option<Box<Header>>,
    },
    /// A line of text, for paths outside the API.
    Text {
        status: u16,
        text: String,
        header: Option<Box<Header>>,
    },
    /// Fields of the request that break rules.
    Violations(Vec<Violation>),
    /// An error of the catalog.
    Catalog(catalog::Error),
    /// An error of the storage of bytes.
    Storage(std::io::Error),
    /// An internal error. Its cause is for the log of the host and not sent to the caller.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

pub(crate) type Outcome<T> = Result<T, Refusal>;

impl From<catalog::Error> for Refusal {
    fn from(error: catalog::Error) -> Refusal {
        Refusal::Catalog(error)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Refusal {
        Refusal::Storage(error)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Refusal {
        Refusal::Internal(Box::new(error))
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Refusal {
        Refusal::Violations(vec![violation])
    }
}

impl Refusal {
    pub(crate) fn code(status: u16, code: &'static str, description: impl Into<String>) -> Refusal {
        Refusal::Code {
            status,
            code,
            description: description.into(),
            data: json!({}),
            header: None,
        }
    }

    /// Creates a refusal with a line of text, for paths outside the API.
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Refusal {
        Refusal::Text {
            status,
            text: text.into(),
            header: None,
        }
    }

    /// Adds a header, if this kind of refusal can have one.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Refusal {
        if let Refusal::Code { header, .. } | Refusal::Text { header, .. } = &mut self {
            *header = Some(Box::new((name, value.into())));
        }
        self
    }

    /// Creates a 405 with the methods of the path.
    pub(crate) fn not_allowed(methods: &str) -> Refusal {
        Refusal::code(
            405,
            "METHOD_NOT_ALLOWED",
            format!("method not allowed: expected {methods}"),
        )
        .with_header("Allow", methods)
    }

    /// Creates a 404 for an unknown path.
    pub(crate) fn path_not_found() -> Refusal {
        Refusal::code(404, "NOT_FOUND", "path not found")
    }

    /// Converts the refusal into an error of the catalog, for callers without an HTTP response.
    pub(crate) fn into_store_error(self) -> catalog::Error {
        match self {
            Refusal::Catalog(error) => error,
            Refusal::Storage(error) if is_full(&error) => catalog::Error::Full(Box::new(error)),
            Refusal::Storage(error) => catalog::Error::Store(Box::new(error)),
            Refusal::Internal(cause) => catalog::Error::Store(cause),
            other => {
                let status = other.into_response().status;
                catalog::Error::Store(format!("request refused with status {status}").into())
            }
        }
    }

    pub(crate) fn with_data(status: u16, code: &'static str, description: impl Into<String>, data: Value) -> Refusal {
        Refusal::Code {
            status,
            code,
            description: description.into(),
            data,
            header: None,
        }
    }

    pub(crate) fn file_not_found(id: &str) -> Refusal {
        Refusal::code(400, "RESOURCE_NOT_FOUND", format!("file not found: {id}"))
    }

    pub(crate) fn folder_not_found(id: &str) -> Refusal {
        Refusal::code(404, "FOLDER_NOT_FOUND", format!("folder not found: {id}"))
    }

    /// Returns whether the storage has no room left.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Refusal::Catalog(error) => matches!(error, catalog::Error::Full(_)),
            Refusal::Storage(error) => is_full(error),
            _ => false,
        }
    }

    /// Returns whether a store failed, and not the request.
    pub(crate) fn is_of_storage(&self) -> bool {
        matches!(self, Refusal::Catalog(_) | Refusal::Storage(_))
    }

    /// Prefixes the fields of violations with the path of the part of the request that they are in.
    pub(crate) fn within(self, path: &str) -> Refusal {
        match self {
            Refusal::Violations(mut violations) => {
                for violation in &mut violations {
                    violation.field = format!("{path}.{}", violation.field);
                }
                Refusal::Violations(violations)
            }
            other => other,
        }
    }

    /// Returns code, description and data, as results of bulk calls and events have them. Of several violations the
    /// first one gives the code. Returns `None` for internal errors.
    pub(crate) fn as_error(&self) -> Option<Value> {
        match self {
            Refusal::Code {
                code,
                description,
                data,
                ..
            } => Some(json!({ "code": code, "description": description, "data": data })),
            Refusal::Violations(violations) => {
                let first = violations.first()?;
                Some(json!({
                    "code": first.name.unwrap_or(first.rule),
                    "description": format!("\"{}\" {}", first.field, first.description),
                    "data": { "fieldViolations": violations.iter().map(violation_json).collect::<Vec<_>>() },
                }))
            }
            Refusal::Text { .. } | Refusal::Catalog(_) | Refusal::Storage(_) | Refusal::Internal(_) => None,
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let is_full = self.is_full();
        match self {
            Refusal::Code {
                status,
                code,
                description,
                data,
                header,
            } => {
                let error = json!({ "code": code, "description": description, "data": data });
                let body = json!({ "message": description, "details": { "applicationError": error } });
                with_header(Response::json(status, &body), header)
            }
            Refusal::Text { status, text, header } => with_header(Response::text(status, &text), header),
            Refusal::Violations(mut violations) => {
                violations.sort_by(|one, other| one.field.cmp(&other.field));
                let texts: Vec<_> = violations
                    .iter()
                    .map(|violation| format!("\"{}\" {}", violation.field, violation.description))
                    .collect();
                let violations: Vec<_> = violations.iter().map(violation_json).collect();
                Response::json(
                    400,
                    &json!({
                        "message": format!("INVALID_ARGUMENT: {}", texts.join(", ")),
                        "details": { "validationError": { "fieldViolations": violations } }
                    }),
                )
            }
            Refusal::Catalog(error @ catalog::Error::LockLost) => {
                Refusal::code(503, "LOCK_LOST", error.to_string()).into_response()
            }
            // Another release has changed the store while this one runs. It keeps its data, so a process of that release can answer.
            Refusal::Catalog(error @ catalog::Error::Newer { .. }) => {
                let refusal = Refusal::code(503, "UNAVAILABLE", "this Media Manager is older than its storage");
                caused(refusal, &error).with("Retry-After", "5")
            }
            Refusal::Catalog(error) if error.is_retryable() || matches!(error, catalog::Error::TimedOut(_)) => {
                let refusal = Refusal::code(503, "UNAVAILABLE", "the Media Manager is busy");
                caused(refusal, &error).with("Retry-After", "1")
            }
            Refusal::Catalog(error) => caused(storage_failed(is_full, "the storage failed"), &error),
            // No descriptor is left. Those of others come back.
            Refusal::Storage(error) if error.kind() == ErrorKind::ResourceBusy => {
                let refusal = Refusal::code(503, "UNAVAILABLE", "too many open files on the machine: try again");
                caused(refusal, &error).with("Retry-After", "1")
            }
            // A store on another machine. It comes back by itself.
            Refusal::Storage(error) if matches!(error.kind(), ErrorKind::NotConnected | ErrorKind::TimedOut) => {
                let refusal = Refusal::code(503, "UNAVAILABLE", "the storage does not answer: try again");
                caused(refusal, &error).with("Retry-After", "5")
            }
            Refusal::Storage(error) => {
                let text = match error.kind() {
                    ErrorKind::ReadOnlyFilesystem => "the storage is read-only",
                    ErrorKind::PermissionDenied => "the storage denies access: check the permissions of its files",
                    _ => "the storage failed",
                };
                caused(storage_failed(is_full, text), &error)
            }
            // Internal errors have no body, as on the service (`docs/contract/errors.md#s1`).
            Refusal::Internal(cause) => {
                let mut response = Response::new(500)
                    .with("Content-Type", "application/json")
                    .with_body(Body::bytes(r#"{"message":"","details":{}}"#));
                response.cause = Some(cause.to_string());
                response
            }
        }
    }
}

/// Returns whether an error says that there is no room left.
fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Returns the refusal of a request whose storage failed (`docs/contract/errors.md#additional-codes`).
fn storage_failed(is_full: bool, text: &str) -> Refusal {
    if is_full {
        let text = "no space left: delete files permanently, or free space on the disk of the Media Manager";
        return Refusal::code(507, "INSUFFICIENT_STORAGE", text);
    }
    Refusal::code(500, "STORAGE_FAILED", text)
}

/// Returns the response of a refusal, with its cause for the log.
fn caused(refusal: Refusal, cause: &dyn std::error::Error) -> Response {
    let mut response = refusal.into_response();
    response.cause = Some(cause.to_string());
    response
}

fn with_header(response: Response, header: Option<Box<Header>>) -> Response {
    match header {
        Some(header) => response.with(header.0, header.1),
        None => response,
    }
}

fn violation_json(violation: &Violation) -> Value {
    let mut value = json!({
        "field": violation.field,
        "description": violation.description,
        "violatedRule": violation.rule,
    });
    if let Some(name) = violation.name {
        value["ruleName"] = name.into();
    }
    if let Some(data) = &violation.data {
        value["data"] = data.clone();
    }
    value
}
