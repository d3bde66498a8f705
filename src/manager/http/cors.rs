//! CORS: pages of other origins may do everything, as on the service. Access depends on credentials and signed links.

use super::message::{Head, Response};

/// The response headers that pages of other origins may read.
const EXPOSED: &str = "X-Wix-Request-Id, Location, Tus-Resumable, Tus-Version, Upload-Offset, Upload-Length, \
                       Upload-Defer-Length, Upload-Expires, Upload-Metadata, Content-Range, Content-Disposition, ETag, Retry-After";

/// Answers a preflight request.
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

/// Adds the headers that let pages of other origins read the response.
pub(crate) fn open(response: Response) -> Response {
    response
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Expose-Headers", EXPOSED)
}
