//! What the manager says when it does not do what it was asked (`contract/errors.md`).

use super::body::Body;
use super::message::Response;
use crate::catalog;
use serde_json::{Value, json};

/// A field of a request that breaks a rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Violation {
    pub(super) field: String,
    pub(super) rule: &'static str,
    /// The specific name, where the class of rule says too little.
    pub(super) name: Option<&'static str>,
    pub(super) description: String,
    pub(super) data: Option<Value>,
}

impl Violation {
    pub(super) fn new(field: impl Into<String>, rule: &'static str, description: impl Into<String>) -> Violation {
        Violation {
            field: field.into(),
            rule,
            name: None,
            description: description.into(),
            data: None,
        }
    }

    /// A rule about the state of the store (`contract/errors.md`, our additional codes).
    pub(super) fn named(field: impl Into<String>, name: &'static str, description: impl Into<String>) -> Violation {
        Violation {
            name: Some(name),
            ..Violation::new(field, "OTHER", description)
        }
    }

    /// A name without a character that can be seen (choice U20).
    pub(super) fn blank(field: impl Into<String>) -> Violation {
        let text = "must have at least one character that is not blank";
        Violation::new(field, "MIN_LENGTH", text).with(json!({ "threshold": 1 }))
    }

    pub(super) fn with(self, data: Value) -> Violation {
        Violation {
            data: Some(data),
            ..self
        }
    }
}

/// Why a request was not carried out. Whatever it did in its transaction is undone.
#[derive(Debug)]
pub(super) enum Refusal {
    /// An application error.
    Code {
        status: u16,
        code: &'static str,
        description: String,
        data: Value,
    },
    /// Fields that break rules.
    Violations(Vec<Violation>),
    /// An answer of another form, such as those of TUS.
    Answer(Box<Response>),
    /// Not the caller's fault. What happened is for the log of the host, not for the answer.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

pub(super) type Outcome<T> = Result<T, Refusal>;

impl From<catalog::Error> for Refusal {
    fn from(error: catalog::Error) -> Refusal {
        Refusal::Internal(Box::new(error))
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Refusal {
        Refusal::Internal(Box::new(error))
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

impl From<Response> for Refusal {
    fn from(response: Response) -> Refusal {
        Refusal::Answer(Box::new(response))
    }
}

impl Refusal {
    pub(super) fn code(status: u16, code: &'static str, description: impl Into<String>) -> Refusal {
        Refusal::Code {
            status,
            code,
            description: description.into(),
            data: json!({}),
        }
    }

    pub(super) fn with_data(status: u16, code: &'static str, description: impl Into<String>, data: Value) -> Refusal {
        Refusal::Code {
            status,
            code,
            description: description.into(),
            data,
        }
    }

    pub(super) fn file_not_found(id: &str) -> Refusal {
        Refusal::code(400, "RESOURCE_NOT_FOUND", format!("there is no file {id}"))
    }

    pub(super) fn folder_not_found(id: &str) -> Refusal {
        Refusal::code(404, "FOLDER_NOT_FOUND", format!("there is no folder {id}"))
    }

    /// The refusal of a part of a request: fields are named from the top of it.
    pub(super) fn within(self, path: &str) -> Refusal {
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

    /// Code, description and data, as results of bulk calls and events carry them; of broken rules, the first names the
    /// code. `None` for what is no error of the caller.
    pub(super) fn as_error(&self) -> Option<Value> {
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
            Refusal::Answer(_) | Refusal::Internal(_) => None,
        }
    }

    pub(super) fn into_response(self) -> Response {
        match self {
            Refusal::Code {
                status,
                code,
                description,
                data,
            } => Response::json(
                status,
                &json!({
                    "message": description,
                    "details": { "applicationError": { "code": code, "description": description, "data": data } }
                }),
            ),
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
            Refusal::Answer(response) => *response,
            // Errors of the system are empty on purpose (`contract/errors.md` section 1).
            Refusal::Internal(_) => Response::new(500)
                .with("Content-Type", "application/json")
                .with_body(Body::bytes(r#"{"message":"","details":{}}"#)),
        }
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
