//! The page that a request comes from.

use super::authority::Authority;
use super::{Asked, Rules, essence, value};
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, ORIGIN};
use url::Url;

/// Content types that a page of another origin can send without a preflight.
const SIMPLE_TYPES: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// Header fields of the API that a page of another origin can send only after a preflight.
const PREFLIGHTED: [&str; 3] = ["authorization", "wix-site-id", "tus-resumable"];

/// The page that a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    None,
    Itself,
    Listed,
    Neighbour,
    Stranger,
}

/// The page that a request comes from.
pub(super) fn page(asked: &Asked<'_>, host: &Authority, rules: &Rules) -> Page {
    let headers = asked.headers;
    let site = value(headers, "sec-fetch-site");
    if let Some(origin) = value(headers, ORIGIN) {
        let parts = origin_parts(&origin);
        if let Some((is_secure, parts)) = &parts
            && is_same(*is_secure, parts, host)
        {
            return Page::Itself;
        }
        // A page that sends no referrer may hide its origin from its own server too.
        if origin == "null" && site.as_deref() == Some("same-origin") {
            return Page::Itself;
        }
        if rules.origins.iter().any(|listed| *listed == origin || listed == "*") {
            return Page::Listed;
        }
        return match parts {
            Some((_, parts)) if parts.is_loopback() => Page::Neighbour,
            _ => Page::Stranger,
        };
    }
    match site.as_deref() {
        None | Some("none") => Page::None,
        Some("same-origin") => Page::Itself,
        Some("same-site") => Page::Neighbour,
        Some(_) => {
            // A link in another page, which the user follows, leads away from that page. A service worker that fetches for it
            // says `empty`. A frame does not say which page is around it, so the browser decides: by the policy of the page.
            let is_navigation = value(headers, "sec-fetch-mode").as_deref() == Some("navigate")
                && matches!(*asked.method, Method::GET | Method::HEAD);
            let target = value(headers, "sec-fetch-dest").filter(|_| is_navigation);
            match target.as_deref() {
                Some("document" | "empty") => Page::Neighbour,
                Some("iframe") if !rules.frames.is_empty() && is_own_page(asked.path) => Page::Neighbour,
                _ => Page::Stranger,
            }
        }
    }
}

/// Whether a path is that of the page itself, whose policy says where it may be shown.
pub(super) fn is_own_page(path: &str) -> bool {
    matches!(path, "/" | "/index.html")
}

/// Whether an origin is one over TLS, with its name and port. `None` for `null` and for schemes that have no host.
fn origin_parts(origin: &str) -> Option<(bool, Authority)> {
    let (scheme, rest) = origin.split_once("://")?;
    let is_secure = match scheme.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    Some((is_secure, Authority::parse(rest)?))
}

/// Whether an origin is that of a host, of which only a browser knows the scheme.
fn is_same(is_secure: bool, origin: &Authority, host: &Authority) -> bool {
    let standard = if is_secure { "443" } else { "80" };
    let port = |authority: &Authority| {
        if authority.port.is_empty() {
            standard.to_owned()
        } else {
            authority.port.clone()
        }
    };
    origin.name == host.name && port(origin) == port(host)
}

/// An origin as browsers send it: in lower case, in ASCII, without the standard port. `None` for any other text.
pub(crate) fn listed_origin(text: &str) -> Option<String> {
    if text == "null" || text == "*" {
        return Some(text.to_owned());
    }
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.bytes().all(is_scheme) {
        return None;
    }
    let is_cut = |character: char| character.is_whitespace() || "/?#@".contains(character);
    if rest.is_empty() || rest.contains(is_cut) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    if matches!(url.scheme(), "http" | "https") {
        // What browsers refuse in a name.
        if url.host_str()?.contains('*') {
            return None;
        }
        return Some(url.origin().ascii_serialization());
    }
    // Other schemes, such as those of extensions, have origins that the URL does not tell.
    Some(text.to_lowercase())
}

/// The origin of pages that may show the page of the server in a frame, as browsers send it. `None` for any text that a policy
/// cannot name: other schemes, addresses of the sixth version, `null` and `*`.
pub(crate) fn frame_origin(text: &str) -> Option<String> {
    let origin = listed_origin(text)?;
    let rest = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"))?;
    let name = match rest.split_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) => return None,
        None => rest,
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    name.split('.').all(is_label).then_some(origin)
}

pub(super) fn needs_no_preflight(headers: &HeaderMap) -> bool {
    let is_simple =
        value(headers, CONTENT_TYPE).is_none_or(|content_type| SIMPLE_TYPES.contains(&&*essence(&content_type)));
    is_simple && PREFLIGHTED.iter().all(|name| !headers.contains_key(*name))
}
