//! What the JavaScript driver of the client calls.

use super::fetch::{self, Received};
use super::{errors, text};
use crate::client::packed::Call;
use crate::client::rewrite::{self, Answer};
use crate::client::{failure, request, response, retry};
use crate::operations::shape::EVENT;
use crate::wire::json::Unreadable;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;

/// JavaScript counts operations as its generated list does, which comes from the same table.
fn call(number: usize) -> Result<Call, JsValue> {
    Call::at(number).ok_or_else(|| JsValue::from("no such operation"))
}

/// Builds the two arguments of `fetch` for a call, `[url, init]`, without headers.
///
/// `arguments` is the JSON text of [`request::build`]. Throws `[field, expectation, violatedRule]` when an
/// argument is refused.
#[wasm_bindgen]
pub fn prepare(number: usize, arguments: &str, base_url: &str) -> Result<Array, JsValue> {
    let request = request::build(&call(number)?, arguments.as_bytes(), base_url)
        .map_err(|violation| errors::of_violation(&violation))?;
    let init = fetch::request_init(request.verb, request.body.map(|body| text::decode(&body)));
    Ok(Array::of2(&request.url.into(), &init))
}

/// Decodes an answer whose body has been read: `[value, dates, specials]`. `dates` are the paths in `value` whose values
/// become `Date`s, with null for each item of an array; `specials` those where `"NaN"` becomes the number and null becomes
/// undefined.
///
/// Throws the members of an error ([`failure`]) for any answer that is no success.
#[wasm_bindgen]
pub fn receive(number: usize, response: &Response, body: &Uint8Array) -> Result<JsValue, JsValue> {
    let call = call(number)?;
    let body = body.to_vec();
    if fetch::status(response) == 200 {
        let error = match response::decode(&call, &body) {
            Ok(answer) => match parse_answer(answer) {
                Ok(value) => return Ok(value),
                Err(_) => Unreadable::Malformed,
            },
            Err(error) => error,
        };
        let received = Received::new(response);
        return Err(text::parse(&failure::unreadable(&call, received.head(), &body, error))?);
    }
    let received = Received::new(response);
    let failure = text::parse(&failure::of_answer(&call, received.head(), &body));
    // A failure quotes the body, which may be JSON only as far as its brackets go; then it is no JSON at all.
    Err(failure.or_else(|_| text::parse(&failure::of_answer(&call, received.head(), b"")))?)
}

/// Milliseconds to wait before a call is tried again, -1 when it must not be.
///
/// `status` is 0 when there was no answer; `not_sent` says that the request never left. `retry_after` is the server's wish
/// in milliseconds, NaN without one.
#[wasm_bindgen(js_name = retryDelay)]
pub fn retry_delay(
    number: usize,
    failures: u32,
    status: u16,
    not_sent: bool,
    retry_after: f64,
    random: f64,
) -> Result<f64, JsValue> {
    let attempt = match status {
        0 if not_sent => retry::Attempt::NotSent,
        0 => retry::Attempt::Unanswered,
        status => retry::Attempt::Answered(status),
    };
    let wish = Some(retry_after).filter(|wish| wish.is_finite());
    Ok(retry::delay(&call(number)?, failures, attempt, wish, random).unwrap_or(-1.0))
}

/// Turns a raw domain event into its JavaScript form: `[value, dates, specials]` as in [`receive`].
#[wasm_bindgen]
pub fn event(text: &str) -> Result<JsValue, JsValue> {
    let answer =
        rewrite::answer(text.as_bytes(), &EVENT).map_err(|_| JsValue::from("the event is not readable JSON"))?;
    parse_answer(answer)
}

fn parse_answer(answer: Answer) -> Result<JsValue, JsValue> {
    let mut whole = Vec::with_capacity(answer.text.len() + answer.replaced.len() + 256);
    whole.push(b'[');
    whole.extend_from_slice(&answer.text);
    for paths in [&answer.dates, &answer.specials] {
        whole.extend_from_slice(b",[");
        whole.extend_from_slice(paths);
        whole.push(b']');
    }
    whole.extend_from_slice(&answer.replaced);
    whole.push(b']');
    text::parse(&whole)
}
