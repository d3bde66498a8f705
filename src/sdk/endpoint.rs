//! Where calls are sent, and requests made of them.

use super::call::Call;
use super::error::Error;
use crate::client::request::API_PATH;
use crate::operations::{Operation, Place};
use crate::wire::uri;
use serde_json::{Map, Value};
use std::fmt;

/// How a program identifies itself. `Debug` hides the secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// No credentials, as for an embedded Media Manager that is open.
    #[default]
    None,
    /// An API key, and the site whose media it manages.
    ApiKey {
        /// The key.
        key: String,
        /// The id of the site.
        site_id: String,
    },
    /// An access token of an app or of OAuth.
    Token(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::None => formatter.write_str("None"),
            Credentials::ApiKey { site_id, .. } => formatter
                .debug_struct("ApiKey")
                .field("site_id", site_id)
                .finish_non_exhaustive(),
            Credentials::Token(_) => formatter.debug_struct("Token").finish_non_exhaustive(),
        }
    }
}

/// A request for any HTTP client. `Debug` hides the credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` or `PATCH`.
    pub method: &'static str,
    /// The absolute URL.
    pub url: String,
    /// Names and values of headers. Names are in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body of a POST or PATCH.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &headers)
            .field("body", &self.body)
            .finish()
    }
}

/// A server of the API, and the credentials for it.
///
/// ```
/// use wix_media::sdk::{Credentials, Endpoint, ListFiles, MediaType};
///
/// let endpoint = Endpoint::new("http://127.0.0.1:4410", Credentials::None);
/// let call = ListFiles { media_types: vec![MediaType::Image, MediaType::Video], ..ListFiles::default() };
/// let request = endpoint.request(&call)?;
/// assert_eq!(request.url, "http://127.0.0.1:4410/site-media/v1/files?mediaTypes=IMAGE&mediaTypes=VIDEO");
/// # Ok::<(), wix_media::sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    base_url: String,
    credentials: Credentials,
}

impl Endpoint {
    /// The service of Wix.
    pub fn wix(credentials: Credentials) -> Endpoint {
        Endpoint::new("https://www.wixapis.com", credentials)
    }

    /// The server at a URL, such as that of `wix-media serve`.
    pub fn new(base_url: &str, credentials: Credentials) -> Endpoint {
        Endpoint {
            base_url: base_url.trim_end_matches('/').to_owned(),
            credentials,
        }
    }

    /// Makes the request of a call.
    ///
    /// Returns [`Error::InvalidArgument`] for an empty id, which would address another call. The service checks everything
    /// else.
    pub fn request<C: Call>(&self, call: &C) -> Result<Request, Error> {
        let row = C::OPERATION.operation();
        let fields = match serde_json::to_value(call) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => Map::new(),
            Err(error) => {
                return Err(Error::InvalidArgument {
                    field: row.name.to_owned(),
                    reason: error.to_string(),
                });
            }
        };
        let mut url = self.base_url.clone();
        url.push_str(API_PATH);
        url.push_str(&path(row, &fields)?);
        let mut headers = self.authorization();
        let mut body = None;
        match row.verb.place() {
            Place::Body => {
                headers.push(("content-type", "application/json".to_owned()));
                body = Some(Value::Object(fields).to_string());
            }
            Place::Query => {
                let query = query(&fields);
                if !query.is_empty() {
                    url.push('?');
                    url.push_str(&query);
                }
            }
        }
        Ok(Request {
            method: row.verb.name(),
            url,
            headers,
            body,
        })
    }

    fn authorization(&self) -> Vec<(&'static str, String)> {
        match &self.credentials {
            Credentials::None => Vec::new(),
            Credentials::ApiKey { key, site_id } => {
                vec![("authorization", key.clone()), ("wix-site-id", site_id.clone())]
            }
            Credentials::Token(token) => vec![("authorization", token.clone())],
        }
    }
}

/// Returns the path of a row, each placeholder replaced by its field as one segment.
fn path(row: &Operation, fields: &Map<String, Value>) -> Result<String, Error> {
    let mut path = Vec::new();
    let mut rest = row.path;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        path.extend_from_slice(before.as_bytes());
        let value = value_at(fields, name).and_then(Value::as_str).unwrap_or_default();
        if value.is_empty() {
            return Err(Error::InvalidArgument {
                field: name.to_owned(),
                reason: "expected an id, found an empty text".to_owned(),
            });
        }
        uri::push_segment(&mut path, value.as_bytes());
        rest = after;
    }
    path.extend_from_slice(rest.as_bytes());
    Ok(String::from_utf8_lossy(&path).into_owned())
}

/// Returns the member at a dotted name.
fn value_at<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    match name.split_once('.') {
        Some((first, rest)) => value_at(fields.get(first)?.as_object()?, rest),
        None => fields.get(name),
    }
}

/// Returns the query string of fields: dotted names for members, repeated names for items
/// (`docs/contract/files-api.md#c2`).
fn query(fields: &Map<String, Value>) -> String {
    let mut out = Vec::new();
    for (name, value) in fields {
        push_parameters(&mut out, name, value);
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn push_parameters(out: &mut Vec<u8>, name: &str, value: &Value) {
    let text = match value {
        Value::Null => return,
        Value::Object(members) => {
            for (member, value) in members {
                push_parameters(out, &format!("{name}.{member}"), value);
            }
            return;
        }
        Value::Array(items) => {
            for item in items {
                push_parameters(out, name, item);
            }
            return;
        }
        Value::String(text) => text.clone(),
        scalar => scalar.to_string(),
    };
    if !out.is_empty() {
        out.push(b'&');
    }
    uri::push_form(out, name.as_bytes());
    out.push(b'=');
    uri::push_form(out, text.as_bytes());
}
