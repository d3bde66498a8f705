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

mod authority;
mod network;
mod page;
mod response;
#[cfg(test)]
mod tests;

pub(crate) use authority::is_host_pattern;
pub(crate) use network::{Network, plain};
pub(crate) use page::{frame_origin, listed_origin};
pub(crate) use response::{preflight, protect};

use authority::Authority;
use http::header::{HOST, HeaderMap, ORIGIN};
use http::{Method, StatusCode};
use page::{Page, is_own_page, needs_no_preflight, page};
use response::may_run;
use std::net::IpAddr;

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

/// The maximum characters of a header field in a message.
const MAX_SHOWN: usize = 200;

/// What is allowed beside this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Names by which the server is called. `*.media.example` stands for every name below `media.example`.
    pub(crate) hosts: Vec<String>,
    /// Origins of pages, or `*`.
    pub(crate) origins: Vec<String>,
    /// Origins whose pages may show the page of the server in a frame.
    pub(crate) frames: Vec<String>,
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
    /// Whether the connection itself is over TLS.
    pub(crate) is_tls: bool,
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
        return Err(forbidden("ORIGIN_NOT_ALLOWED", stranger_message(asked)));
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
        is_secure: forwarded("x-forwarded-proto").map_or(asked.is_tls, |scheme| scheme == "https"),
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

/// Why a page of another origin is refused, and which option would allow it.
fn stranger_message(asked: &Asked<'_>) -> String {
    if let Some(origin) = value(asked.headers, ORIGIN) {
        let origin = shown(&origin);
        return format!("origin not allowed: {origin}: start the server with --allow-origin {origin}");
    }
    let is_frame = value(asked.headers, "sec-fetch-dest").as_deref() == Some("iframe");
    let message = if is_frame && is_own_page(asked.path) {
        "frame not allowed: start the server with --allow-frame and the origin of the page around it"
    } else {
        "cross-site request not allowed: open the page of the server itself, or call it from an allowed origin"
    };
    message.to_owned()
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

/// The part of a content type before its parameters, in lower case.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether only a proxy or the guard itself looks at a header field. Nothing behind the guard may judge such a field
/// differently.
pub(crate) fn is_judged(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "origin" || name.starts_with("x-forwarded-") || name.starts_with("sec-fetch-")
}
