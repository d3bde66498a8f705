//! From an answer to a result or a failure (`contract/sdk-behaviour.md` sections 2 and 3).

use super::call::Call;
use super::failure;
use crate::wire::json::{Scanner, Unreadable};
use crate::wire::rewrite::{self, Answer};
use crate::wire::shape::Shape;

/// What is known of an answer beside its body.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The status text; empty over HTTP/2.
    pub status_text: &'a str,
    /// The header `x-wix-request-id`.
    pub request_id: Option<&'a str>,
    /// The header `content-type`.
    pub content_type: Option<&'a str>,
}

/// Decodes an answer; an answer that is no success gives a [`failure`]. Success is exactly status 200 with a JSON body,
/// which must be an object or array where the call knows what to find in it.
///
/// ```
/// use wix_media::client::call::Call;
/// use wix_media::client::result::{Head, decode};
///
/// let head = Head { status: 200, status_text: "OK", request_id: None, content_type: None };
/// let get_folder = Call::named("folders", "getFolder").unwrap();
/// let answer = decode(&get_folder, head, br#"{"folder":{"id":"f1"}}"#).unwrap();
/// assert_eq!(answer.text, br#"{"folder":{"_id":"f1"}}"#);
///
/// let failure = decode(&get_folder, head, b"<html>").unwrap_err();
/// assert!(failure.starts_with(br#"{"code":"INVALID_RESPONSE","message":"the server answered 200 with"#));
/// ```
pub fn decode(call: &Call, head: Head<'_>, body: &[u8]) -> Result<Answer, Vec<u8>> {
    if head.status != 200 {
        return Err(failure::of_answer(call, head, body));
    }
    let answer = match (call.answer, Scanner::new(body).peek()) {
        (Shape::Any, _) | (_, b'{' | b'[') => rewrite::answer(body, call.answer),
        _ => Err(Unreadable::Malformed),
    };
    answer.map_err(|error| failure::unreadable(call, head, body, error))
}
