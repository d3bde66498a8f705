//! Responses, as calls read them.

/// The parts of a response that [`Call::receive`](super::Call::receive) reads.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `x-wix-request-id`, which errors repeat.
    pub request_id: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Response<'a> {
    /// A response without a request id.
    pub const fn new(status: u16, body: &'a [u8]) -> Response<'a> {
        Response {
            status,
            request_id: None,
            body,
        }
    }
}
