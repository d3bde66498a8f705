//! What the JavaScript driver of the client calls.

use super::errors;
use crate::client::request::{self, Violation};
use crate::client::result;
use crate::client::retry::{self, Attempt};
use crate::model::event::EVENT;
use crate::operations::{OPERATIONS, Operation};
use crate::transport::fetch::{self, Received};
use crate::wire::rewrite::{self, Answer};
use js_sys::{Array, Date, JSON, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Response, TextDecoder};

/// JavaScript counts operations as its generated list does, which comes from the same table.
fn operation(number: usize) -> Result<&'static Operation, JsValue> {
    OPERATIONS
        .get(number)
        .copied()
        .ok_or_else(|| JsValue::from("no such operation"))
}

/// Builds the two arguments of `fetch` for a call, `[url, init]`.
///
/// `arguments` is the JSON text of [`request::build`]; `headers` a plain object that becomes the request's own.
/// Throws the members of an error when an argument is refused.
#[wasm_bindgen]
pub fn prepare(number: usize, arguments: &str, base_url: &str, headers: &JsValue) -> Result<Array, JsValue> {
    let operation = operation(number)?;
    let request = request::build(operation, arguments.as_bytes(), base_url)
        .map_err(|violation: Violation| errors::of_violation(operation, violation))?;
    let init = fetch::request_init(&request, fetch::as_object(headers));
    Ok(Array::of2(&request.url.into(), &init))
}

/// Decodes an answer whose body has been read: `[value, dates, specials]`, where `dates` are the paths in `value` whose
/// values become `Date`s and `specials` those where `"NaN"` becomes the number and null becomes undefined.
///
/// Throws the members of an error for any answer that is no success.
#[wasm_bindgen]
pub fn receive(number: usize, response: Response, body: &Uint8Array) -> Result<JsValue, JsValue> {
    let operation = operation(number)?;
    let received = Received::new(response);
    let body = body.to_vec();
    let answer = result::decode(operation, received.head(), &body)
        .map_err(|failure| errors::of_failure(failure, received.head().request_id))?;
    parse(answer).map_err(|_| {
        let failure = crate::client::failure::unreadable(
            operation,
            received.head(),
            &body,
            Some(crate::wire::json::Unreadable::Malformed),
        );
        errors::of_failure(failure, None)
    })
}

/// Milliseconds to wait before a call is tried again, -1 when it must not be.
///
/// `status` is 0 when there was no answer; `not_sent` says that the request never left. `retry_after` is the header of
/// that name, in seconds or as an HTTP date.
#[wasm_bindgen(js_name = retryDelay)]
pub fn retry_delay(
    number: usize,
    failures: u32,
    status: u16,
    not_sent: bool,
    retry_after: Option<String>,
    random: f64,
) -> Result<f64, JsValue> {
    let attempt = match status {
        0 if not_sent => Attempt::NotSent,
        0 => Attempt::Unanswered,
        status => Attempt::Answered(status),
    };
    let wish = retry_after.and_then(|text| match text.trim().parse::<u32>() {
        Ok(seconds) => Some(f64::from(seconds) * 1000.0),
        Err(_) => Some(Date::parse(&text) - Date::now()).filter(|wait| wait.is_finite()),
    });
    Ok(retry::delay(operation(number)?, failures, attempt, wish, random).unwrap_or(-1.0))
}

/// Turns a raw domain event into its JavaScript form: `[value, dates, specials]` as in [`receive`].
#[wasm_bindgen]
pub fn event(text: &str) -> Result<JsValue, JsValue> {
    let answer =
        rewrite::answer(text.as_bytes(), &EVENT).map_err(|_| JsValue::from("the event is not readable JSON"))?;
    parse(answer)
}

/// Hands the text to the engine's own JSON reader; bytes that are not UTF-8 become U+FFFD, as `Response.json` has it.
fn parse(answer: Answer) -> Result<JsValue, JsValue> {
    let mut text = Vec::with_capacity(answer.text.len() + answer.dates.len() + answer.specials.len() + 8);
    text.push(b'[');
    text.extend_from_slice(&answer.text);
    for paths in [answer.dates, answer.specials] {
        text.extend_from_slice(b",[");
        text.extend_from_slice(&paths);
        text.push(b']');
    }
    text.push(b']');
    JSON::parse(&TextDecoder::new()?.decode_with_u8_array(&text)?)
}
