//! Responses before they are sent, and the refusals of the server itself.

use crate::bodies::Content;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use wix_media::catalog;

/// A response before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Boxed, because functions also return answers as their errors.
    pub(crate) headers: Box<HeaderMap>,
    pub(crate) content: Content,
}

impl Answer {
    pub(crate) fn new(status: StatusCode) -> Answer {
        Answer {
            status,
            headers: Box::default(),
            content: Content::empty(),
        }
    }

    pub(crate) fn json(status: StatusCode, value: &Value) -> Answer {
        let mut answer = Answer::new(status).with(header::CONTENT_TYPE, "application/json");
        answer.content = Content::whole(value.to_string());
        answer
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &'static str) -> Answer {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }
}

/// The body of a refusal, in the form of the API.
pub(crate) fn refusal_text(code: &str, message: &str) -> String {
    refusal(code, message).to_string()
}

fn refusal(code: &str, message: &str) -> Value {
    json!({
        "message": message,
        "details": { "applicationError": { "code": code, "description": message, "data": {} } },
    })
}

/// A refusal that no cache keeps, and that no browser takes for anything but JSON.
pub(crate) fn refused(status: StatusCode, code: &str, message: &str) -> Answer {
    Answer::json(status, &refusal(code, message))
        .with(header::CACHE_CONTROL, "no-store")
        .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

pub(crate) fn problem(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({ "message": message, "details": {} }))
}

/// The response to work that panicked.
pub(crate) fn broken(error: &dyn std::fmt::Display) -> Answer {
    tracing::error!(%error, "unexpected error");
    problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected error: see the log of the server",
    )
}

/// The response where the storage fails outside of the manager's own answers.
pub(crate) fn unavailable(error: &catalog::Error) -> Answer {
    tracing::error!(%error, "the storage failed");
    let answer = match error {
        catalog::Error::Full(_) => refused(
            StatusCode::INSUFFICIENT_STORAGE,
            "INSUFFICIENT_STORAGE",
            "the storage is full",
        ),
        catalog::Error::Newer { .. } => {
            let text = "this server is older than its database: another one can answer";
            refused(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", text).with(header::RETRY_AFTER, "5")
        }
        error if error.is_retryable() || matches!(error, catalog::Error::TimedOut(_)) => {
            let text = "the Media Manager is busy";
            refused(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", text).with(header::RETRY_AFTER, "1")
        }
        _ => refused(StatusCode::SERVICE_UNAVAILABLE, "STORAGE_FAILED", "the storage failed"),
    };
    answer.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
