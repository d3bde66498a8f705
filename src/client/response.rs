//! From an answer to a result or a failure (`contract/sdk-behaviour.md` sections 2 and 3).

use super::packed::Call;
use super::rewrite::{self, Answer};
use crate::operations::shape::Shape;
use crate::wire::json::{Scanner, Unreadable};

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

/// Decodes the body of a success, an answer with status 200: JSON, and an object or array where the call knows what to find
/// in it. Every other answer is a [`super::failure`].
///
/// ```
/// use wix_media::client::packed::Call;
/// use wix_media::client::response::decode;
///
/// let get_folder = Call::named("folders", "getFolder").unwrap();
/// let answer = decode(&get_folder, br#"{"folder":{"id":"f1"}}"#).unwrap();
/// assert_eq!(answer.text, br#"{"folder":{"_id":"f1"}}"#);
///
/// assert!(decode(&get_folder, b"<html>").is_err());
/// ```
pub fn decode(call: &Call, body: &[u8]) -> Result<Answer, Unreadable> {
    match (call.answer, Scanner::new(body).peek()) {
        (Shape::Any, _) | (_, b'{' | b'[') => rewrite::answer(body, call.answer),
        _ => Err(Unreadable::Malformed),
    }
}
