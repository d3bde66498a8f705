//! What pages of other origins may do: everything, as on the service. Rights come from credentials and signed links.

use super::message::{Head, Response};

/// What a page of another origin may read of a response.
const EXPOSED: &str = "X-Wix-Request-Id, Location, Tus-Resumable, Tus-Version, Upload-Offset, Upload-Length, \
                       Upload-Expires, Upload-Metadata, Content-Range, Content-Disposition, ETag, Retry-After";

/// The answer to a preflight request.
pub(crate) fn preflight(head: &Head) -> Response {
    let headers = head.header("access-control-request-headers").unwrap_or("*");
    Response::new(204)
        .with(
            "Access-Control-Allow-Methods",
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        )
        .with("Access-Control-Allow-Headers", headers)
        .with("Access-Control-Max-Age", "86400")
}

/// With the headers that let a page of another origin read the response.
pub(crate) fn open(response: Response) -> Response {
    response
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Expose-Headers", EXPOSED)
}
