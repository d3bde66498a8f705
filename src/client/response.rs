//! Decodes successful answers (`docs/contract/sdk-behaviour.md#s2`).

use super::packed::PackedOperation;
use super::rewrite::{self, Answer};
use crate::operations::shape::Shape;
use crate::wire::json::{Scanner, Unreadable};

/// The parts of an answer in addition to its body.
#[derive(Clone, Copy, Debug)]
pub struct ResponseHead<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The status text; empty over HTTP/2.
    pub status_text: &'a str,
    /// The header `x-wix-request-id`.
    pub request_id: Option<&'a str>,
    /// The header `content-type`.
    pub content_type: Option<&'a str>,
}

/// Decodes the body of an answer with status 200. Every other answer is a [failure](super::failure).
///
/// The body must be JSON. If the operation has a shape, it must be an object or an array.
///
/// ```
/// use wix_media::client::packed::PackedOperation;
/// use wix_media::client::response::decode;
///
/// let get_folder = PackedOperation::named("folders", "getFolder").unwrap();
/// let answer = decode(&get_folder, br#"{"folder":{"id":"f1"}}"#).unwrap();
/// assert_eq!(answer.text, br#"{"folder":{"_id":"f1"}}"#);
///
/// assert!(decode(&get_folder, b"<html>").is_err());
/// ```
pub fn decode(operation: &PackedOperation, body: &[u8]) -> Result<Answer, Unreadable> {
    match (operation.answer, Scanner::new(body).peek()) {
        (Shape::Any, _) | (_, b'{' | b'[') => rewrite::answer(body, operation.answer),
        _ => Err(Unreadable::Malformed),
    }
}
