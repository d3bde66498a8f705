//! Bindings of the client's module: build a request, decode an answer, decide on a retry.

use super::fetch::{self, Received};
use super::text::Ascii;
use super::{errors, text};
use crate::client::packed::PackedOperation;
use crate::client::rewrite::{self, Answer};
use crate::client::{failure, request, response, retry};
use crate::operations::shape::EVENT;
use crate::wire::json::Unreadable;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;

/// Returns the row with this number. The list of functions in JavaScript is generated from the same table.
fn operation(number: usize) -> Result<PackedOperation, JsValue> {
    PackedOperation::at(number).ok_or_else(|| JsValue::from("unknown operation"))
}

/// Builds the two arguments of `fetch` for a call, `[url, init]`, without headers.
///
/// `arguments` is the JSON text for [`request::build`]. Throws `[field, expectation, violatedRule]` when an
/// argument is refused.
#[wasm_bindgen]
pub fn prepare(number: usize, arguments: &str, base_url: &str) -> Result<Array, JsValue> {
    let request = request::build(&operation(number)?, arguments.as_bytes(), base_url)
        .map_err(|argument| errors::of_invalid_argument(&argument))?;
    let init = fetch::request_init(request.verb, request.body.as_deref());
    Ok(Array::of2(&request.url.into(), &init))
}

/// Decodes an answer and its body to `[value, dates, specials]`.
///
/// `dates` are the paths in `value` whose values become `Date`s, with null for each item of an array. `specials` are the
/// paths where `"NaN"` becomes the number and null becomes undefined.
///
/// Throws the members of an error ([`failure`]) for an answer that is not a success.
#[wasm_bindgen]
pub fn receive(number: usize, response: &Response, body: &Uint8Array) -> Result<JsValue, JsValue> {
    let operation = operation(number)?;
    let body = body.to_vec();
    if fetch::status(response) == 200 {
        let error = match response::decode(&operation, &body) {
            Ok(answer) => match parse_answer(answer) {
                Ok(value) => return Ok(value),
                Err(_) => Unreadable::Malformed,
            },
            Err(error) => error,
        };
        let received = Received::new(response);
        return Err(text::parse(&failure::unreadable(
            &operation,
            received.head(),
            &body,
            error,
        ))?);
    }
    let received = Received::new(response);
    let failure = text::parse(&failure::of_answer(&operation, received.head(), &body));
    // A failure quotes the body, of which only the brackets were checked. If it is not JSON, leave it out.
    Err(failure.or_else(|_| text::parse(&failure::of_answer(&operation, received.head(), b"")))?)
}

/// Returns the milliseconds to wait before a call is retried, -1 if it must not be.
///
/// `status` is 0 without an answer; `not_sent` says that the request was never sent. `retry_after` is the wait that the
/// server asked for in milliseconds, else NaN.
#[wasm_bindgen(js_name = retryDelay)]
pub fn retry_delay(number: usize, failures: u32, status: u16, not_sent: bool, retry_after: f64, random: f64) -> f64 {
    let attempt = match status {
        0 if not_sent => retry::Attempt::NotSent,
        0 => retry::Attempt::Unanswered,
        status => retry::Attempt::Answered(status),
    };
    let retry_after = Some(retry_after).filter(|wait| wait.is_finite());
    PackedOperation::at(number)
        .and_then(|operation| retry::delay(&operation, failures, attempt, retry_after, random))
        .unwrap_or(-1.0)
}

/// Decodes a raw domain event to `[value, dates, specials]`, like [`receive`].
#[wasm_bindgen]
pub fn event(text: &str) -> Result<JsValue, JsValue> {
    let answer =
        rewrite::answer(text.as_bytes(), &EVENT).map_err(|_| JsValue::from("the event is not readable JSON"))?;
    parse_answer(answer)
}

fn parse_answer(answer: Answer) -> Result<JsValue, JsValue> {
    let mut whole = Ascii::with_capacity(answer.text.len() + answer.replaced.len() + 256);
    whole.push(b"[");
    whole.push(&answer.text);
    for paths in [&answer.dates, &answer.specials] {
        whole.push(b",[");
        whole.push(paths);
        whole.push(b"]");
    }
    whole.push(&answer.replaced);
    whole.push(b"]");
    whole.parse()
}
