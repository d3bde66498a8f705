//! Failures of calls.

use super::response::Response;
use crate::client::packed::PackedOperation;
use crate::client::retry::{self, Attempt};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// Whether repeating a call can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// It fails again.
    Never,
    /// It can succeed, but the first attempt may have succeeded too, and would then have happened twice.
    Maybe,
    /// It can succeed after a delay, without harm.
    After,
}

/// A failed call. Programs test [`code`](Error::code); `Display` is for people.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The call cannot be sent. Nothing was.
    InvalidArgument {
        /// The field, by its name in REST.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The service refused the call.
    Refused(Box<Refusal>),
    /// The service answered 200 with a body that is not the result. The call may have succeeded.
    InvalidResponse {
        /// What is wrong with the body.
        reason: String,
        /// Whether to repeat the call.
        advice: Advice,
    },
    /// No answer arrived.
    Network {
        /// Why.
        reason: String,
        /// Whether to repeat the call.
        advice: Advice,
    },
    /// The time for the call has passed. It may have succeeded.
    Timeout,
}

/// A refusal of the service.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The stable code: that of the application error, the rule of the first violation, `INVALID_ARGUMENT` for another
    /// violation, or else the status in decimal.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// The refused fields.
    pub violations: Vec<Violation>,
    /// Details, depending on the code.
    pub data: Value,
    /// The id of the request, for support by Wix.
    pub request_id: Option<String>,
    /// Whether to repeat the call.
    pub advice: Advice,
}

/// A field that the service refused.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Violation {
    /// Its dotted name in REST, such as `paging.limit`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
    /// The class of the rule, such as `MAX`.
    pub violated_rule: String,
    /// The particular rule, mostly for the classes `CUSTOM` and `OTHER`.
    pub rule_name: String,
    /// Details, such as the `threshold`.
    pub data: Value,
}

impl Error {
    /// Returns the stable code.
    pub fn code(&self) -> &str {
        match self {
            Error::InvalidArgument { .. } => "INVALID_ARGUMENT",
            Error::Refused(refusal) => &refusal.code,
            Error::InvalidResponse { .. } => "INVALID_RESPONSE",
            Error::Network { .. } => "NETWORK",
            Error::Timeout => "TIMEOUT",
        }
    }

    /// Returns the HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// Returns whether repeating the call can help.
    pub fn advice(&self) -> Advice {
        match self {
            Error::InvalidArgument { .. } => Advice::Never,
            Error::Refused(refusal) => refusal.advice,
            Error::InvalidResponse { advice, .. } | Error::Network { advice, .. } => *advice,
            Error::Timeout => Advice::Maybe,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidArgument { field, reason } => write!(formatter, "invalid {field}: {reason}"),
            Error::Refused(refusal) => {
                let Refusal {
                    status, code, reason, ..
                } = &**refusal;
                write!(formatter, "{reason} ({status}")?;
                if *code != status.to_string() {
                    write!(formatter, " {code}")?;
                }
                formatter.write_str(")")
            }
            Error::InvalidResponse { reason, .. } => write!(formatter, "invalid response: {reason}"),
            Error::Network { reason, .. } => write!(formatter, "no answer: {reason}"),
            Error::Timeout => formatter.write_str("the time for the call has passed"),
        }
    }
}

impl std::error::Error for Error {}

/// The body of a refusal (`docs/contract/errors.md#s1`).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    message: Option<String>,
    details: Details,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    application_error: Option<ApplicationError>,
    validation_error: Option<ValidationError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ApplicationError {
    code: String,
    description: String,
    data: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ValidationError {
    field_violations: Vec<Violation>,
}

/// Reads a response with another status than 200. A body that is not JSON, such as a page, leaves the status.
pub(super) fn refusal(operation: &PackedOperation, response: &Response<'_>) -> Refusal {
    let body: Body = serde_json::from_slice(response.body).unwrap_or_default();
    let mut code = String::new();
    let mut reason = String::new();
    let mut data = Value::Null;
    let mut violations = Vec::new();
    if let Some(validation) = body.details.validation_error {
        violations = validation.field_violations;
        violations.sort_by(|left, right| left.field.cmp(&right.field));
        code = violations
            .iter()
            .find(|violation| !violation.rule_name.is_empty())
            .map_or_else(
                || "INVALID_ARGUMENT".to_owned(),
                |violation| violation.rule_name.clone(),
            );
        let sentences: Vec<String> = violations.iter().map(Violation::sentence).collect();
        reason = sentences.join("; ");
    } else if let Some(error) = body.details.application_error {
        (code, reason, data) = (error.code, error.description, error.data);
    }
    if reason.is_empty() {
        reason = body.message.unwrap_or_default();
    }
    if reason.is_empty() {
        reason.push_str("the server gave no reason");
    }
    if code.is_empty() {
        code = response.status.to_string();
    }
    Refusal {
        status: response.status,
        code,
        reason,
        violations,
        data,
        request_id: response.request_id.map(str::to_owned),
        advice: advice(operation, Attempt::Answered(response.status)),
    }
}

impl Violation {
    fn sentence(&self) -> String {
        let field = if self.field.is_empty() { "a field" } else { &self.field };
        let description = if self.description.is_empty() {
            "is not accepted"
        } else {
            &self.description
        };
        format!("{field} {description}")
    }
}

/// Returns whether to repeat a call whose answer is unusable or did not arrive.
pub(super) fn advice_without_answer(operation: &PackedOperation) -> Advice {
    advice(operation, Attempt::Unanswered)
}

pub(super) fn advice(operation: &PackedOperation, attempt: Attempt) -> Advice {
    match retry::advice(operation, attempt) {
        "after" => Advice::After,
        "maybe" => Advice::Maybe,
        _ => Advice::Never,
    }
}
