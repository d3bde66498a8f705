//! Errors as plain objects: the members from which JavaScript makes a `WixMediaError`.

use crate::client::failure::{self, Failure};
use crate::client::request::Violation;
use crate::operations::Operation;
use js_sys::Reflect;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// A refused argument (`contract/errors.md` section 4.5).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    code: &'static str,
    message: String,
    status: u16,
    retry: &'static str,
    details: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    validation_error: ValidationError,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValidationError {
    field_violations: [FieldViolation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldViolation {
    field: String,
    description: String,
    violated_rule: &'static str,
}

/// The error of an argument that was refused before anything was sent.
pub(super) fn of_violation(operation: &Operation, violation: Violation) -> JsValue {
    let refused = Refused {
        code: "INVALID_ARGUMENT",
        message: failure::of_violation(operation, &violation),
        status: 400,
        retry: "never",
        details: Details {
            validation_error: ValidationError {
                field_violations: [FieldViolation {
                    description: failure::description(&violation),
                    violated_rule: violation.violated_rule,
                    field: violation.field,
                }],
            },
        },
    };
    serde_wasm_bindgen::to_value(&refused).unwrap_or_else(JsValue::from)
}

/// The error of an answer. `details` is JSON text of the server's, so the JavaScript engine reads it.
pub(super) fn of_failure(failure: Failure, request_id: Option<&str>) -> JsValue {
    let error = js_sys::Object::new();
    let set = |name: &str, value: JsValue| {
        // The object is new and plain: nothing can refuse a property.
        let _ = Reflect::set(&error, &name.into(), &value);
    };
    set("code", failure.code.into());
    set("message", failure.message.into());
    set("retry", failure.retry.into());
    if let Some(status) = failure.status {
        set("status", status.into());
        set("requestId", request_id.map_or(JsValue::NULL, JsValue::from));
    }
    if let Some(details) = failure.details
        && let Ok(details) = js_sys::JSON::parse(&String::from_utf8_lossy(&details))
    {
        set("details", details);
    }
    error.into()
}
