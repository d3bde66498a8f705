//! Requests and responses as plain values.

use super::body::Body;
use crate::manager::json::{self};

/// The kind of sender of a request. It decides the default folder of uploads.
///
/// ```
/// use wix_media::manager::{Origin, Request};
///
/// let request = Request::new("POST", "/site-media/v1/files/generate-upload-url").from(Origin::Visitor);
/// assert_eq!(request.head.origin, Origin::Visitor);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The site's collaborators and apps: `media-root`.
    #[default]
    Site,
    /// Visitors and members: `visitor-uploads`.
    Visitor,
    /// A mobile device: `mobile-uploads`.
    Mobile,
    /// A purchase flow: `purchased-items`.
    Purchase,
    /// Wix Video Maker: `video-maker`.
    VideoMaker,
}

impl Origin {
    /// Returns the origin with this name, as in the header `wix-media-origin` and in seeds.
    ///
    /// ```
    /// use wix_media::manager::Origin;
    ///
    /// assert_eq!(Origin::named("visitor"), Some(Origin::Visitor));
    /// assert_eq!(Origin::named("elsewhere"), None);
    /// ```
    pub fn named(name: &str) -> Option<Origin> {
        Some(match name {
            "site" => Origin::Site,
            "visitor" => Origin::Visitor,
            "mobile" => Origin::Mobile,
            "purchase" => Origin::Purchase,
            "video-maker" => Origin::VideoMaker,
            _ => return None,
        })
    }
}

/// A request without its body.
///
/// ```
/// use wix_media::manager::Head;
///
/// let head = Head { method: "GET".into(), path: "/site-media/v1/files".into(), ..Head::default() };
/// assert_eq!(head.header("Range"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The HTTP method.
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query string without `?`, still percent-encoded.
    pub query: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The kind of sender.
    pub origin: Origin,
}

impl Head {
    /// The first header of this name, in whatever case.
    ///
    /// ```
    /// let request = wix_media::manager::Request::new("GET", "/").header("Range", "bytes=0-1");
    /// assert_eq!(request.head.header("range"), Some("bytes=0-1"));
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A request whose body is in memory.
///
/// ```
/// use wix_media::manager::Request;
///
/// let request = Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#);
/// assert_eq!((request.head.method.as_str(), request.body.len()), ("POST", 25));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Method, path, query, headers and origin.
    pub head: Head,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Creates a request without a body. The part of `target` after `?` is its query.
    ///
    /// ```
    /// use wix_media::manager::Request;
    ///
    /// let request = Request::new("GET", "/site-media/v1/files?paging.limit=5");
    /// assert_eq!(request.head.query, "paging.limit=5");
    /// ```
    pub fn new(method: &str, target: &str) -> Request {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Request {
            head: Head {
                method: method.to_owned(),
                path: path.to_owned(),
                query: query.to_owned(),
                ..Head::default()
            },
            body: Vec::new(),
        }
    }

    /// Adds a header.
    ///
    /// ```
    /// # use wix_media::manager::Request;
    /// assert_eq!(Request::new("GET", "/").header("Accept", "*/*").head.headers.len(), 1);
    /// ```
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.head.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    ///
    /// ```
    /// # use wix_media::manager::Request;
    /// assert_eq!(Request::new("PUT", "/").body("text").body, b"text");
    /// ```
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Request {
        self.body = body.into();
        self
    }

    /// Sets the origin.
    ///
    /// ```
    /// # use wix_media::manager::{Origin, Request};
    /// assert_eq!(Request::new("GET", "/").from(Origin::Visitor).head.origin, Origin::Visitor);
    /// ```
    pub fn from(mut self, origin: Origin) -> Request {
        self.head.origin = origin;
        self
    }
}

/// A blob that a response sends from its first byte to its last, or a range of it.
///
/// Headers say all that there is to say about its bytes, so a host may let the caller read them from the blob's own store.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let response = Manager::memory()?.handle(Request::new("GET", "/site-media/v1/files"));
/// assert_eq!(response.whole, None);
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeBlob {
    /// The id of the blob.
    pub id: String,
    /// Its size in bytes.
    pub size: u64,
    /// When the permission of the caller ends, in milliseconds since 1970. `None` for a public file.
    pub until: Option<i64>,
}

/// A response.
///
/// ```
/// use wix_media::manager::{Manager, Request};
///
/// let response = Manager::memory()?.handle(Request::new("GET", "/site-media/v1/files"));
/// assert_eq!((response.status, response.delay_ms, response.transform), (200, 0, None));
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// How long a host waits before it sends the response, in milliseconds. Only faults set it.
    pub delay_ms: u64,
    /// The transformation that a host applies to the image in the body before it sends it: the part of a transformed
    /// image URL after `/v1/`. The host sets the type and length of the result, and keeps the other headers.
    pub transform: Option<String>,
    /// The blob that the body is, or is a range of. `None` for every body that the manager makes: JSON, zips, playlists, covers,
    /// and the originals of transformed images.
    pub whole: Option<WholeBlob>,
    /// The cause of a server error, for the log of the host. Callers do not get it: it may name files.
    pub cause: Option<String>,
}

impl Response {
    pub(crate) fn new(status: u16) -> Response {
        Response {
            status,
            headers: Vec::new(),
            body: Body::default(),
            delay_ms: 0,
            transform: None,
            whole: None,
            cause: None,
        }
    }

    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Response {
        Response::json_text(status, json::text(value))
    }

    pub(crate) fn json_text(status: u16, text: String) -> Response {
        Response::new(status)
            .with("Content-Type", "application/json")
            .with_body(Body::bytes(text))
    }

    pub(crate) fn text(status: u16, text: &str) -> Response {
        Response::new(status)
            .with("Content-Type", "text/plain; charset=utf-8")
            .with_body(Body::bytes(text))
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Response {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn with_body(mut self, body: Body) -> Response {
        self.body = body;
        self
    }

    /// The first header of this name, in whatever case.
    ///
    /// ```
    /// # use wix_media::manager::{Manager, Request};
    /// let response = Manager::memory()?.handle(Request::new("GET", "/nowhere"));
    /// assert_eq!(response.header("content-type"), Some("application/json"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Decodes the pairs of a query string.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let bytes = crate::wire::uri::decode_form(text.as_bytes());
        String::from_utf8_lossy(&bytes).into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// Returns the first parameter with this name.
pub(crate) fn query_parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query_pairs(query);
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Decodes the segments of a path, each once. Returns `None` for a broken escape.
pub(crate) fn segments(path: &str) -> Option<Vec<String>> {
    path.split('/')
        .skip(1)
        .map(|segment| {
            let bytes = crate::wire::uri::decode_component(segment.as_bytes())?;
            String::from_utf8(bytes).ok()
        })
        .collect()
}
