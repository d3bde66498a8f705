//! What the guard adds to responses.

use super::{Admitted, Asked, Audience, essence, value};
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT, VARY};

/// Says which pages may embed a response.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether a browser might run a script of this response as one of the server's own page. Browsers say so at addresses of this
/// machine and over TLS; elsewhere every browser counts.
pub(super) fn may_run(headers: &HeaderMap) -> bool {
    match value(headers, "sec-fetch-site").as_deref() {
        None => value(headers, USER_AGENT).is_some_and(|agent| agent.starts_with("Mozilla/")),
        Some(site) => !matches!(site, "cross-site" | "same-site"),
    }
}

/// The header fields of the response to the preflight of a listed origin, where the manager has none. `None` for any other
/// request.
pub(crate) fn preflight(asked: &Asked<'_>, verdict: &Admitted) -> Option<HeaderMap> {
    if verdict.cors.is_none() || *asked.method != Method::OPTIONS {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(
        http::header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"),
    );
    let requested = asked.headers.get(http::header::ACCESS_CONTROL_REQUEST_HEADERS);
    headers.insert(
        http::header::ACCESS_CONTROL_ALLOW_HEADERS,
        requested.cloned().unwrap_or(HeaderValue::from_static("")),
    );
    Some(headers)
}

/// Adds the header fields that keep other pages from embedding a response, and uploaded scripts from running as the server's
/// own.
pub(crate) fn protect(headers: &mut HeaderMap, verdict: &Admitted) {
    let is_script = verdict.audience == Audience::Anyone
        && value(headers, CONTENT_TYPE).is_some_and(|content_type| is_script(&content_type));
    if let Some(origin) = verdict
        .cors
        .as_deref()
        .and_then(|origin| HeaderValue::from_str(origin).ok())
    {
        headers.insert(http::header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    // The policy of the page allows scripts of its origin, so an uploaded script must not look like one. With `nosniff` no
    // browser runs text. A cache must not give the page what another site may have.
    if is_script {
        headers.append(VARY, HeaderValue::from_static("Sec-Fetch-Site"));
        headers.insert(
            http::header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if verdict.may_run {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        }
    }
    let policy = match verdict.audience {
        Audience::Anyone => "cross-origin",
        _ => "same-origin",
    };
    headers
        .entry(RESOURCE_POLICY)
        .or_insert(HeaderValue::from_static(policy));
}

/// Whether browsers run a type as a script.
fn is_script(content_type: &str) -> bool {
    let essence = essence(content_type);
    let Some(name) = essence
        .strip_prefix("application/")
        .or_else(|| essence.strip_prefix("text/"))
    else {
        return false;
    };
    let name = name.strip_prefix("x-").unwrap_or(name);
    let is_version = |rest: &str| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit());
    matches!(name, "javascript" | "ecmascript" | "jscript" | "livescript")
        || name.strip_prefix("javascript1.").is_some_and(is_version)
}
