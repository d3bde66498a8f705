//! Which requests the server answers, decided by their line and header fields before the body is read.
//!
//! The same rules as those of `wix-media serve`, whose reasons stand in `pkg-template/cli/server/guard.js`. Both read the cases
//! of `tests/data/guard.json`. In short:
//!
//! 1. `Host` names this machine, or a name that the owner has listed.
//! 2. `Origin` and `Sec-Fetch-Site` say which page a request comes from, and [`AREAS`] says which pages may ask for what.
//! 3. A change by a page of another origin needs a preflight.
//!
//! Programs send neither `Origin` nor `Sec-Fetch-Site`, so only the first rule concerns them.

use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, USER_AGENT, VARY};
use http::{Method, StatusCode};
use std::net::{IpAddr, Ipv6Addr};
use url::Url;

/// Whose pages may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Media for every page to show, and URLs that nobody can guess.
    Anyone,
    /// The server's own page, listed origins, and pages of this machine.
    Neighbours,
    /// The server's own page and listed origins.
    Itself,
}

/// The page that a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    None,
    Itself,
    Listed,
    Neighbour,
    Stranger,
}

/// The beginnings of paths. The first that fits decides, and every other path is for neighbours.
const AREAS: [(&str, Audience); 14] = [
    ("/_wix-media/", Audience::Itself),
    ("/media/", Audience::Anyone),
    ("/shapes/", Audience::Anyone),
    ("/video/", Audience::Anyone),
    ("/mp3/", Audience::Anyone),
    ("/ugd/", Audience::Anyone),
    ("/archives/", Audience::Anyone),
    ("/3d/", Audience::Anyone),
    ("/icons/", Audience::Anyone),
    ("/repackager/", Audience::Anyone),
    ("/upload/", Audience::Anyone),
    ("/download-files/", Audience::Anyone),
    ("/archive/wix/", Audience::Anyone),
    ("/", Audience::Neighbours),
];

/// Paths below `/_wix-media/` that tell nothing a neighbour may not know.
const OPEN_COMMANDS: [&str; 2] = ["/_wix-media/health", "/_wix-media/webhook-key"];

/// Says which pages may embed a response.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Content types that a page of another origin can send without a preflight.
const SIMPLE_TYPES: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// Header fields of the API that a page of another origin can send only after a preflight.
const PREFLIGHTED: [&str; 3] = ["authorization", "wix-site-id", "tus-resumable"];

/// The maximum characters of a header field in a message.
const MAX_SHOWN: usize = 200;

/// What is allowed beside this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Names by which the server is called. `*.media.example` stands for every name below `media.example`.
    pub(crate) hosts: Vec<String>,
    /// Origins of pages, or `*`.
    pub(crate) origins: Vec<String>,
    /// Whether the server listens on addresses that other machines reach.
    pub(crate) is_open: bool,
    /// The proxies whose `X-Forwarded` fields are believed.
    pub(crate) proxies: Vec<Network>,
}

/// A request as the guard sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    /// The path, with `/a/../b` as `/b`.
    pub(crate) path: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The address of the other end of the connection.
    pub(crate) peer: IpAddr,
    /// The address and the port of this end.
    pub(crate) local: &'a str,
}

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// A request that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// The name and port by which the server was called.
    pub(crate) host: String,
    /// Whether it was called over TLS.
    pub(crate) is_secure: bool,
    pub(crate) audience: Audience,
    /// Whether a browser might run a script of this response as one of the server's own page.
    may_run: bool,
    /// The listed origin that may read a response which only the owner of the server may.
    cors: Option<String>,
}

/// A name or an address, with a port.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Authority {
    /// In lower case, without a dot at the end.
    name: String,
    port: String,
}

impl Authority {
    /// Splits `name:port`. Returns `None` for any other text.
    fn parse(text: &str) -> Option<Authority> {
        let (name, port) = if text.starts_with('[') {
            let end = text.find(']')? + 1;
            let (name, rest) = text.split_at(end);
            let inner = &name[1..end - 1];
            let is_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            if inner.is_empty() || !inner.bytes().all(is_address) {
                return None;
            }
            (name, rest)
        } else {
            let end = text.find(':').unwrap_or(text.len());
            let (name, rest) = text.split_at(end);
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
            if name.is_empty() || !name.bytes().all(is_plain) {
                return None;
            }
            (name, rest)
        };
        let port = match port.strip_prefix(':') {
            Some(digits) if is_port(digits) => digits,
            None if port.is_empty() => "",
            _ => return None,
        };
        let name = name.to_ascii_lowercase();
        Some(Authority {
            name: name.strip_suffix('.').unwrap_or(&name).to_owned(),
            port: port.to_owned(),
        })
    }

    /// Whether the name always leads to this machine.
    fn is_loopback(&self) -> bool {
        let name = &self.name;
        name == "localhost"
            || name.ends_with(".localhost")
            || name == "[::1]"
            || (name.starts_with("127.") && is_v4_text(name))
    }

    fn is_address(&self) -> bool {
        let inner = self.name.trim_start_matches('[').trim_end_matches(']');
        inner.parse::<IpAddr>().is_ok()
    }

    fn is_listed(&self, hosts: &[String]) -> bool {
        hosts.iter().any(|text| {
            let (is_wildcard, rest) = match text.strip_prefix('*') {
                Some(rest) => (true, rest),
                None => (false, text.as_str()),
            };
            let listed = Authority::parse(&if is_wildcard {
                format!("x{rest}")
            } else {
                rest.to_owned()
            });
            let Some(listed) = listed else { return false };
            if !listed.port.is_empty() && listed.port != self.port {
                return false;
            }
            if is_wildcard {
                self.name.ends_with(&listed.name[1..])
            } else {
                self.name == listed.name
            }
        })
    }
}

fn is_port(digits: &str) -> bool {
    (1..=5).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<u32>().is_ok_and(|port| port <= 65_535)
}

/// Whether a text has the form of an address of the fourth version, whatever its numbers are.
fn is_v4_text(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 4 && parts.iter().all(is_number)
}

/// An address, or all addresses with the same first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Parses `192.0.2.7` or `10.0.0.0/8`.
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
        };
        (prefix <= bits).then_some(Network { address, prefix })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, bits: u32| {
            let shift = bits - self.prefix;
            shift >= 128 || one >> shift == other >> shift
        };
        match (self.address, plain(address)) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(u32::from(own).into(), u32::from(other).into(), 32) || self.prefix == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(u128::from(own), u128::from(other), 128),
            _ => false,
        }
    }
}

/// An address of the fourth version for one that a socket of both versions shows as `::ffff:127.0.0.1`.
pub(crate) fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => Ipv6Addr::to_ipv4_mapped(&v6).map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether a text can be listed as a host.
pub(crate) fn is_host_pattern(text: &str) -> bool {
    let name = match text.strip_prefix("*.") {
        Some(rest) => format!("x.{rest}"),
        None => text.to_owned(),
    };
    Authority::parse(&name).is_some()
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

/// The value of a header field; those of several fields are joined. `None` for no field, and an empty text for bytes that are no
/// text, which fit no rule.
fn value(headers: &HeaderMap, name: impl http::header::AsHeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or(""));
    let first = values.next()?.to_owned();
    Some(values.fold(first, |all, value| format!("{all}, {value}")))
}

/// Decides about a request.
pub(crate) fn judge(asked: &Asked<'_>, rules: &Rules) -> Result<Admitted, Refusal> {
    let headers = asked.headers;
    let is_proxied = rules.proxies.iter().any(|proxy| proxy.contains(asked.peer));
    let forwarded = |name: &str| {
        let all = value(headers, name).filter(|_| is_proxied)?;
        // The nearest proxy has added the last one.
        let nearest = all.rsplit(',').next().unwrap_or_default().trim();
        (!nearest.is_empty()).then(|| nearest.to_owned())
    };

    let text = forwarded("x-forwarded-host")
        .or_else(|| value(headers, HOST))
        .unwrap_or_else(|| asked.local.to_owned());
    let Some(host) = Authority::parse(&text) else {
        return Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "INVALID_HOST",
            message: format!(
                "invalid Host: expected one name with an optional port, found {}",
                serde_json::Value::from(shown(&text))
            ),
        });
    };
    // An address needs no list, because no name server can redirect it.
    let is_allowed = host.is_loopback() || host.is_listed(&rules.hosts) || (rules.is_open && host.is_address());
    if !is_allowed {
        let name = shown(&host.name);
        return Err(forbidden(
            "HOST_NOT_ALLOWED",
            format!("host not allowed: {name}: start the server with --allow-host {name}"),
        ));
    }

    let audience = audience(asked.path);
    let page = page(asked, &host, rules);
    let may_ask = match audience {
        Audience::Anyone => true,
        Audience::Neighbours => page != Page::Stranger,
        Audience::Itself => !matches!(page, Page::Stranger | Page::Neighbour),
    };
    if !may_ask {
        let message = match value(headers, ORIGIN) {
            None => {
                "cross-site request not allowed: open the page of the server itself, or call it from an allowed origin"
                    .to_owned()
            }
            Some(origin) => {
                let origin = shown(&origin);
                format!("origin not allowed: {origin}: start the server with --allow-origin {origin}")
            }
        };
        return Err(forbidden("ORIGIN_NOT_ALLOWED", message));
    }
    let is_change = !matches!(*asked.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_other = matches!(page, Page::Listed | Page::Neighbour);
    if audience != Audience::Anyone && is_change && is_other && needs_no_preflight(headers) {
        return Err(forbidden(
            "PREFLIGHT_REQUIRED",
            "request without preflight not allowed: send Content-Type: application/json, or credentials".to_owned(),
        ));
    }
    Ok(Admitted {
        host: text,
        is_secure: forwarded("x-forwarded-proto").is_some_and(|scheme| scheme == "https"),
        audience,
        may_run: may_run(headers),
        // The manager lets pages of other origins read what they may call, but not what only its owner may.
        cors: if page == Page::Listed && audience == Audience::Itself {
            value(headers, ORIGIN)
        } else {
            None
        },
    })
}

fn forbidden(code: &'static str, message: String) -> Refusal {
    Refusal {
        status: StatusCode::FORBIDDEN,
        code,
        message,
    }
}

/// A value of a header field for a message.
fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn audience(path: &str) -> Audience {
    if OPEN_COMMANDS.contains(&path) {
        return Audience::Neighbours;
    }
    let found = AREAS.iter().find(|(beginning, _)| path.starts_with(beginning));
    found.map_or(Audience::Neighbours, |(_, audience)| *audience)
}

/// The page that a request comes from.
fn page(asked: &Asked<'_>, host: &Authority, rules: &Rules) -> Page {
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
            // says `empty`.
            let is_link = value(headers, "sec-fetch-mode").as_deref() == Some("navigate")
                && matches!(value(headers, "sec-fetch-dest").as_deref(), Some("document" | "empty"))
                && matches!(*asked.method, Method::GET | Method::HEAD);
            if is_link { Page::Neighbour } else { Page::Stranger }
        }
    }
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

/// The part of a content type before its parameters, in lower case.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn needs_no_preflight(headers: &HeaderMap) -> bool {
    let is_simple =
        value(headers, CONTENT_TYPE).is_none_or(|content_type| SIMPLE_TYPES.contains(&&*essence(&content_type)));
    is_simple && PREFLIGHTED.iter().all(|name| !headers.contains_key(*name))
}

/// Whether a browser might run a script of this response as one of the server's own page. Browsers say so at addresses of this
/// machine and over TLS; elsewhere every browser counts.
fn may_run(headers: &HeaderMap) -> bool {
    match value(headers, "sec-fetch-site").as_deref() {
        None => value(headers, USER_AGENT).is_some_and(|agent| agent.starts_with("Mozilla/")),
        Some(site) => !matches!(site, "cross-site" | "same-site"),
    }
}

/// Whether only a proxy or the guard itself looks at a header field. Nothing behind the guard may judge such a field
/// differently.
pub(crate) fn is_judged(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "origin" || name.starts_with("x-forwarded-") || name.starts_with("sec-fetch-")
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The cases that `tests/js/command/guard.test.js` reads too.
    fn cases() -> Value {
        serde_json::from_str(include_str!("../../tests/data/guard.json")).expect("JSON")
    }

    fn texts(list: &Value) -> Vec<String> {
        let texts = list.as_array().expect("a list").iter();
        texts.map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    fn fields(members: &Value) -> Vec<(String, String)> {
        let members = members.as_object().expect("an object").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        members.map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// A request to a server at 127.0.0.1:4410.
    #[derive(Clone, Debug)]
    struct Given {
        method: &'static str,
        path: String,
        headers: HeaderMap,
        peer: &'static str,
    }

    impl Given {
        fn new(method: &'static str, path: &str) -> Given {
            let given = Given {
                method,
                path: path.to_owned(),
                headers: HeaderMap::new(),
                peer: "127.0.0.1",
            };
            given.with("host", "127.0.0.1:4410")
        }

        fn with(mut self, name: &str, value: &str) -> Given {
            let name: HeaderName = name.parse().expect("a name");
            self.headers
                .insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
            self
        }

        fn with_all(self, fields: &[(String, String)]) -> Given {
            fields.iter().fold(self, |given, (name, value)| given.with(name, value))
        }

        fn judged(&self, rules: &Rules) -> Result<Admitted, Refusal> {
            let asked = Asked {
                method: &self.method.parse().expect("a method"),
                path: &self.path,
                headers: &self.headers,
                peer: self.peer.parse().expect("an address"),
                local: "127.0.0.1:4410",
            };
            judge(&asked, rules)
        }

        fn code(&self, rules: &Rules) -> &'static str {
            self.judged(rules).map_or_else(|refusal| refusal.code, |_| "admitted")
        }
    }

    fn listing(origin: &str) -> Rules {
        Rules {
            origins: vec![origin.to_owned()],
            ..Rules::default()
        }
    }

    const AUDIENCES: [(&str, Audience); 3] = [
        ("anyone", Audience::Anyone),
        ("neighbours", Audience::Neighbours),
        ("self", Audience::Itself),
    ];

    #[test]
    fn every_path_has_the_audience_of_its_area() {
        for (name, audience) in AUDIENCES {
            for path in texts(&cases()["paths"][name]) {
                let found = Given::new("GET", &path).judged(&Rules::default()).expect("admitted");
                assert_eq!(found.audience, audience, "{path}");
            }
        }
    }

    #[test]
    fn every_caller_gets_what_is_for_it_and_nothing_else() {
        let cases = cases();
        let rules = listing(cases["listedOrigin"].as_str().expect("an origin"));
        let json = [("content-type".to_owned(), "application/json".to_owned())];
        let mut count = 0;
        for caller in cases["callers"].as_array().expect("a list") {
            let name = caller["name"].as_str().expect("a name");
            let (headers, audiences) = (fields(&caller["headers"]), texts(&caller["audiences"]));
            // A link leads to what it reads only.
            let is_link = name.starts_with("a link in another page");
            for (audience, _) in AUDIENCES {
                for path in texts(&cases["paths"][audience]) {
                    let may_read = audiences.iter().any(|each| each == audience);
                    let may_change = audience == "anyone" || (may_read && !is_link);
                    for (method, may) in [
                        ("GET", may_read),
                        ("HEAD", may_read),
                        ("POST", may_change),
                        ("PUT", may_change),
                        ("PATCH", may_change),
                        ("DELETE", may_change),
                    ] {
                        let given = Given::new(method, &path).with_all(&headers).with_all(&json);
                        let expected = if may { "admitted" } else { "ORIGIN_NOT_ALLOWED" };
                        assert_eq!(given.code(&rules), expected, "{name}: {method} {path}");
                        count += 1;
                    }
                }
            }
        }
        assert!(count > 5000, "{count} cases");
    }

    #[test]
    fn page_of_another_origin_changes_something_only_after_a_preflight() {
        let cases = cases();
        let listed = cases["listedOrigin"].as_str().expect("an origin");
        let rules = listing(listed);
        for (name, value) in [
            ("origin", "http://localhost:5173"),
            ("origin", listed),
            ("sec-fetch-site", "same-site"),
        ] {
            let from = |method| Given::new(method, "/site-media/v1/files").with(name, value);
            for simple in cases["preflight"]["simple"].as_array().expect("a list") {
                let simple = fields(simple);
                assert_eq!(
                    from("POST").with_all(&simple).code(&rules),
                    "PREFLIGHT_REQUIRED",
                    "{simple:?}"
                );
                assert_eq!(from("GET").with_all(&simple).code(&rules), "admitted", "{simple:?}");
                let mut upload = from("POST").with_all(&simple);
                upload.path = "/upload/tus".to_owned();
                assert_eq!(upload.code(&rules), "admitted", "{simple:?}");
            }
            for asked in cases["preflight"]["preflighted"].as_array().expect("a list") {
                let given = from("POST").with_all(&fields(asked));
                assert_eq!(given.code(&rules), "admitted", "{asked}");
            }
        }
        let program = Given::new("POST", "/site-media/v1/files").with("content-type", "text/plain");
        assert_eq!(program.code(&rules), "admitted");
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let cases = cases();
        let code = |host: &str, rules: &Rules| Given::new("GET", "/").with("host", host).code(rules);
        for host in texts(&cases["hosts"]["own"]) {
            assert_eq!(code(&host, &Rules::default()), "admitted", "{host}");
        }
        for host in texts(&cases["hosts"]["others"]) {
            for path in ["/", "/_wix-media/reset", "/media/a.jpg", "/site-media/v1/files"] {
                for method in ["GET", "POST", "OPTIONS"] {
                    let given = Given::new(method, path).with("host", &host);
                    assert_eq!(
                        given.code(&Rules::default()),
                        "HOST_NOT_ALLOWED",
                        "{method} {path} of {host}"
                    );
                    let own = given.with("origin", &format!("http://{host}"));
                    assert_eq!(
                        own.code(&Rules::default()),
                        "HOST_NOT_ALLOWED",
                        "{method} {path} of {host}"
                    );
                }
            }
        }
        for host in texts(&cases["hosts"]["invalid"]) {
            assert_eq!(code(&host, &Rules::default()), "INVALID_HOST", "{host}");
        }
        let open = Rules {
            is_open: true,
            ..Rules::default()
        };
        for host in texts(&cases["hosts"]["addresses"]) {
            assert_eq!(code(&host, &open), "admitted", "{host}");
            assert_eq!(code(&host, &Rules::default()), "HOST_NOT_ALLOWED", "{host}");
        }
        for host in texts(&cases["hosts"]["noAddresses"]) {
            assert_eq!(code(&host, &open), "HOST_NOT_ALLOWED", "{host}");
        }
        let rules = Rules {
            hosts: texts(&cases["listed"]["hosts"]),
            ..Rules::default()
        };
        for host in texts(&cases["listed"]["allowed"]) {
            assert_eq!(code(&host, &rules), "admitted", "{host}");
        }
        for host in texts(&cases["listed"]["refused"]) {
            assert_eq!(code(&host, &rules), "HOST_NOT_ALLOWED", "{host}");
        }
    }

    #[test]
    fn two_hosts_are_refused_and_no_host_is_the_address_of_the_connection() {
        let mut given = Given::new("GET", "/");
        given.headers.append(HOST, HeaderValue::from_static("127.0.0.1:4410"));
        assert_eq!(given.code(&Rules::default()), "INVALID_HOST");
        given.headers.remove(HOST);
        assert_eq!(
            given.judged(&Rules::default()).expect("admitted").host,
            "127.0.0.1:4410"
        );
    }

    #[test]
    fn message_says_which_option_allows_it() {
        let refusal = |given: Given| given.judged(&Rules::default()).expect_err("refused").message;
        let page = || Given::new("GET", "/");
        assert_eq!(
            refusal(page().with("host", "evil.example:4410")),
            "host not allowed: evil.example: start the server with --allow-host evil.example"
        );
        assert_eq!(
            refusal(page().with("origin", "http://evil.example")),
            "origin not allowed: http://evil.example: start the server with --allow-origin http://evil.example"
        );
        assert!(refusal(page().with("origin", &"a".repeat(5000))).len() < 600);
    }

    #[test]
    fn only_named_proxies_say_host_and_scheme() {
        let rules = Rules {
            hosts: vec!["media.example".to_owned()],
            proxies: vec![Network::parse("192.0.2.7").expect("a network")],
            ..Rules::default()
        };
        let from = |peer: &'static str, host: &str, scheme: &str| Given {
            peer,
            ..Given::new("GET", "/")
                .with("x-forwarded-host", host)
                .with("x-forwarded-proto", scheme)
        };
        let found = |given: Given| {
            let found = given.judged(&rules).expect("admitted");
            (found.host, found.is_secure)
        };
        let proxied = ("media.example".to_owned(), true);
        assert_eq!(found(from("192.0.2.7", "media.example", "https")), proxied);
        assert_eq!(found(from("::ffff:192.0.2.7", "media.example", "https")), proxied);
        // The proxy appends to what its client has claimed.
        assert_eq!(
            found(from("192.0.2.7", "evil.example, media.example", "gopher, https")),
            proxied
        );
        let direct = ("127.0.0.1:4410".to_owned(), false);
        assert_eq!(found(from("192.0.2.8", "media.example", "https")), direct);
        assert_eq!(
            from("192.0.2.7", "evil.example", "https").code(&rules),
            "HOST_NOT_ALLOWED"
        );
        assert_eq!(from("192.0.2.7", "a/b", "https").code(&rules), "INVALID_HOST");
    }

    #[test]
    fn settings_are_parsed_as_by_the_command() {
        let cases = cases();
        for text in texts(&cases["patterns"]["valid"]) {
            assert!(is_host_pattern(&text), "{text}");
        }
        for text in texts(&cases["patterns"]["invalid"]) {
            assert!(!is_host_pattern(&text), "{text}");
        }
        for pair in cases["origins"]["listed"].as_array().expect("a list") {
            let pair = texts(pair);
            assert_eq!(listed_origin(&pair[0]).as_deref(), Some(&*pair[1]));
        }
        for text in texts(&cases["origins"]["invalid"]) {
            assert_eq!(listed_origin(&text), None, "{text}");
        }
        let networks = texts(&cases["proxies"]["networks"]);
        let networks: Vec<Network> = networks.iter().filter_map(|text| Network::parse(text)).collect();
        let contains = |text: &str| {
            let address = text.parse::<IpAddr>().ok();
            address.is_some_and(|address| networks.iter().any(|network| network.contains(address)))
        };
        for text in texts(&cases["proxies"]["members"]) {
            assert!(contains(&text), "{text}");
        }
        for text in texts(&cases["proxies"]["others"]) {
            assert!(!contains(&text), "{text}");
        }
        for text in texts(&cases["proxies"]["invalid"]) {
            assert_eq!(Network::parse(&text), None, "{text}");
        }
        let all = Network::parse("0.0.0.0/0").expect("a network");
        assert!(all.contains(IpAddr::from([255, 1, 2, 3])));
    }

    #[test]
    fn judged_fields_are_named() {
        for name in texts(&cases()["judged"]["names"]) {
            assert!(is_judged(&name), "{name}");
        }
        for name in texts(&cases()["judged"]["others"]) {
            assert!(!is_judged(&name), "{name}");
        }
    }

    #[test]
    fn uploaded_script_does_not_run_on_the_page_of_the_server() {
        let shown = |fields: &[(&str, &str)], path: &str, content_type: &str| {
            let given = fields
                .iter()
                .fold(Given::new("GET", path), |given, (name, value)| given.with(name, value));
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).expect("a value"));
            protect(&mut headers, &given.judged(&Rules::default()).expect("admitted"));
            headers
        };
        let type_of = |headers: &HeaderMap| value(headers, CONTENT_TYPE).unwrap_or_default();
        for content_type in texts(&cases()["scripts"]["types"]) {
            for (fields, is_shown) in [
                (&[("sec-fetch-site", "same-origin")][..], false),
                (&[("sec-fetch-site", "none")], false),
                (&[("user-agent", "Mozilla/5.0 (X11)")], false),
                (
                    &[("sec-fetch-site", "cross-site"), ("user-agent", "Mozilla/5.0 (X11)")],
                    true,
                ),
                (&[("user-agent", "curl/8.5.0")], true),
                (&[], true),
            ] {
                let found = shown(fields, "/ugd/a.js", &content_type);
                let expected = if is_shown {
                    &content_type
                } else {
                    "text/plain; charset=utf-8"
                };
                assert_eq!(type_of(&found), expected, "{fields:?}");
                assert_eq!(value(&found, "x-content-type-options").as_deref(), Some("nosniff"));
                assert_eq!(value(&found, VARY).as_deref(), Some("Sec-Fetch-Site"));
            }
        }
        for content_type in texts(&cases()["scripts"]["others"]) {
            let found = shown(&[("sec-fetch-site", "same-origin")], "/ugd/a.js", &content_type);
            assert_eq!(type_of(&found), content_type);
        }
        // Those of the page itself.
        let own = shown(&[("sec-fetch-site", "same-origin")], "/main.js", "text/javascript");
        assert_eq!(type_of(&own), "text/javascript");
        assert_eq!(value(&own, RESOURCE_POLICY).as_deref(), Some("same-origin"));
    }

    #[test]
    fn listed_origin_may_read_what_only_the_owner_may() {
        let listed = "https://app.example";
        let asked = |method, path: &str| {
            let given = Given::new(method, path)
                .with("origin", listed)
                .with("access-control-request-headers", "content-type")
                .with("content-type", "application/json");
            let verdict = given.judged(&listing(listed)).expect("admitted");
            let asked = Asked {
                method: &given.method.parse().expect("a method"),
                path: &given.path,
                headers: &given.headers,
                peer: IpAddr::from([127, 0, 0, 1]),
                local: "localhost",
            };
            let mut fields = HeaderMap::new();
            protect(&mut fields, &verdict);
            (
                preflight(&asked, &verdict),
                value(&fields, http::header::ACCESS_CONTROL_ALLOW_ORIGIN),
            )
        };
        let (answer, origin) = asked("OPTIONS", "/_wix-media/reset");
        let answer = answer.expect("an answer");
        assert_eq!(
            value(&answer, "access-control-allow-headers").as_deref(),
            Some("content-type")
        );
        assert_eq!(origin.as_deref(), Some(listed));
        assert!(asked("POST", "/_wix-media/reset").0.is_none());
        let (answer, origin) = asked("OPTIONS", "/site-media/v1/files");
        assert!(answer.is_none() && origin.is_none(), "the manager answers");
    }
}
