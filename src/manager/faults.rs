//! Injected faults, for tests of clients: error responses and latency.

use super::http::body::Body;
use super::http::error::Refusal;
use super::http::message::{Head, Response};
use super::json::{self, InvalidMember};
use super::pattern::matches;
use crate::operations::Operation;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// A fault to inject into the requests that it matches.
///
/// ```
/// use serde_json::json;
/// use wix_media::manager::{Fault, Manager, Request};
///
/// let mut manager = Manager::memory()?;
/// manager.add_fault(Fault::from_json(&json!({ "match": "listFiles", "status": 503, "times": 1 })).unwrap());
/// let request = Request::new("GET", "/site-media/v1/files");
/// assert_eq!(manager.handle(request.clone()).status, 503);
/// assert_eq!(manager.handle(request).status, 200);
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The requests that it matches: the name of an operation, with or without its group, in which `*` stands for any
    /// text, or the beginning of a path, with or without a method: `listFiles`, `files.bulk*`, `PUT /upload/`,
    /// `/media/`.
    #[serde(rename = "match", deserialize_with = "pattern")]
    pub matches: String,
    /// The status of the answer. Without one, the request runs as usual.
    #[serde(default, deserialize_with = "status")]
    pub status: Option<u16>,
    /// The delay of the answer in milliseconds.
    #[serde(default, deserialize_with = "latency")]
    pub latency_ms: u64,
    /// The number of requests that it affects before it is removed. By default there is no end.
    #[serde(default, deserialize_with = "times")]
    pub times: Option<u32>,
    /// Headers of the answer, such as `Retry-After`.
    #[serde(default, deserialize_with = "headers", serialize_with = "object")]
    pub headers: Vec<(String, String)>,
    /// The body of the answer. A string is sent as plain text, any other value as JSON. By default it is the body that
    /// the service sends with this status.
    pub body: Option<Value>,
}

impl Fault {
    /// Parses a fault from its JavaScript form: `{ match, status, latencyMs, times, headers, body }`.
    ///
    /// Fails with the first invalid or unknown member.
    ///
    /// ```
    /// # use wix_media::manager::Fault;
    /// use serde_json::json;
    ///
    /// let fault = Fault::from_json(&json!({ "match": "PUT /upload/", "latencyMs": 250 })).unwrap();
    /// assert_eq!((fault.latency_ms, fault.status), (250, None));
    /// assert!(Fault::from_json(&json!({ "match": "*", "status": 99 })).is_err());
    /// ```
    pub fn from_json(given: &Value) -> Result<Fault, InvalidMember> {
        json::read(given)
    }

    fn matches_request(&self, head: &Head, operation: Option<&Operation>) -> bool {
        let (method, path) = match self.matches.split_once(' ') {
            Some((method, path)) => (Some(method), path),
            None => (None, &self.matches[..]),
        };
        if path.starts_with('/') {
            return method.is_none_or(|method| method.eq_ignore_ascii_case(&head.method))
                && head.path.starts_with(path);
        }
        let Some(operation) = operation else {
            return self.matches == "*";
        };
        // Clients may prefix the group to the name of an operation.
        let full = format!("{}.{}", operation.group.name(), operation.name);
        matches(&self.matches, operation.name) || matches(&self.matches, &full)
    }

    fn response(&self, status: u16) -> Response {
        let mut response = match &self.body {
            Some(Value::String(text)) => Response::text(status, text),
            Some(body) => Response::json(status, body),
            None => default_response(status),
        };
        for (name, value) in &self.headers {
            response.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            response = response.with(name, value);
        }
        response
    }
}

fn pattern<'de, D: Deserializer<'de>>(given: D) -> Result<String, D::Error> {
    let pattern = String::deserialize(given)?;
    if pattern.is_empty() {
        let text = "must be the name of an operation or the beginning of a path";
        return Err(D::Error::custom(text));
    }
    Ok(pattern)
}

/// Reads a whole number within limits.
fn within<'de, D: Deserializer<'de>>(given: D, least: u64, most: u64) -> Result<Option<u64>, D::Error> {
    let number = Option::<u64>::deserialize(given)?;
    if number.is_some_and(|number| !(least..=most).contains(&number)) {
        let text = format_args!("must be a whole number from {least} to {most}");
        return Err(D::Error::custom(text));
    }
    Ok(number)
}

fn status<'de, D: Deserializer<'de>>(given: D) -> Result<Option<u16>, D::Error> {
    Ok(within(given, 200, 599)?.and_then(|status| u16::try_from(status).ok()))
}

fn latency<'de, D: Deserializer<'de>>(given: D) -> Result<u64, D::Error> {
    Ok(within(given, 0, 86_400_000)?.unwrap_or(0))
}

fn times<'de, D: Deserializer<'de>>(given: D) -> Result<Option<u32>, D::Error> {
    Ok(within(given, 1, u64::from(u32::MAX))?.and_then(|times| u32::try_from(times).ok()))
}

/// Reads headers. A value that is no string is sent as JSON.
fn headers<'de, D: Deserializer<'de>>(given: D) -> Result<Vec<(String, String)>, D::Error> {
    let given = match Value::deserialize(given)? {
        Value::Null => Map::new(),
        Value::Object(members) => members,
        _ => return Err(D::Error::custom("must be an object")),
    };
    let fits = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let mut headers = Vec::new();
    for (name, value) in given {
        let value = match value {
            Value::String(text) => text,
            value => json::text(&value),
        };
        if name.is_empty() || !fits(&name) || name.contains([' ', ':']) || !fits(&value) {
            return Err(D::Error::custom("must be names and values that HTTP can carry"));
        }
        headers.push((name, value));
    }
    Ok(headers)
}

fn object<S: Serializer>(headers: &[(String, String)], out: S) -> Result<S::Ok, S::Error> {
    out.collect_map(headers.iter().map(|(name, value)| (name, value)))
}

/// Returns the service's response for a status (`docs/contract/errors.md#s1` and `docs/contract/errors.md#s2`).
fn default_response(status: u16) -> Response {
    let code = match status {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        400..=499 => "INVALID_ARGUMENT",
        _ => {
            return Response::new(status)
                .with("Content-Type", "application/json")
                .with_body(Body::bytes(r#"{"message":"","details":{}}"#));
        }
    };
    Refusal::code(status, code, "injected fault").into_response()
}

/// Applies faults to a request: returns the delay in milliseconds, and the response of a fault with a status.
pub(crate) fn apply(faults: &mut Vec<Fault>, head: &Head, operation: Option<&Operation>) -> (u64, Option<Response>) {
    let mut delay: u64 = 0;
    let mut answer = None;
    // A preflight is not the request that a test means to fail, and a page whose preflight fails cannot see the fault.
    if head.method == "OPTIONS" {
        return (delay, answer);
    }
    for fault in faults.iter_mut() {
        if !fault.matches_request(head, operation) {
            continue;
        }
        fault.times = fault.times.map(|times| times - 1);
        delay = delay.saturating_add(fault.latency_ms);
        if let Some(status) = fault.status {
            answer = Some(fault.response(status));
            break;
        }
    }
    faults.retain(|fault| fault.times != Some(0));
    (delay, answer)
}

#[cfg(test)]
mod tests {
    use super::super::http::message::Request;
    use super::*;
    use crate::operations::find;
    use serde_json::json;

    #[test]
    fn fault_matches_operations_paths_and_wildcards() {
        let head = Request::new("PUT", "/upload/token?x=1").head;
        for (wanted, operation, met) in [
            ("listFiles", find("files", "listFiles"), true),
            ("files.listFiles", find("files", "listFiles"), true),
            ("folders.*", find("files", "listFiles"), false),
            ("folders.*", find("folders", "listFolders"), true),
            ("listFiles", find("folders", "listFolders"), false),
            ("list*", find("folders", "listFolders"), true),
            ("*", find("folders", "listFolders"), true),
            ("*", None, true),
            ("bulk*", None, false),
            ("/upload/", None, true),
            ("put /upload/", None, true),
            ("PATCH /upload/", None, false),
            ("PUT /media/", None, false),
        ] {
            let fault = Fault {
                matches: wanted.to_owned(),
                ..Fault::default()
            };
            assert_eq!(fault.matches_request(&head, operation), met, "{wanted}");
        }
    }

    #[test]
    fn fault_leaves_preflights_alone() {
        let mut faults = vec![Fault::from_json(&json!({ "match": "*", "status": 503, "times": 1 })).expect("a fault")];
        let question = Request::new("OPTIONS", "/site-media/v1/files").head;
        assert!(matches!(apply(&mut faults, &question, None), (0, None)));
        let request = Request::new("GET", "/media/a").head;
        assert_eq!(
            apply(&mut faults, &request, None).1.map(|response| response.status),
            Some(503)
        );
        assert!(faults.is_empty());
    }

    #[test]
    fn from_json_with_invalid_member_fails() {
        for given in [
            json!(null),
            json!({}),
            json!({ "match": 1 }),
            json!({ "match": "" }),
            json!({ "match": "*", "status": 600 }),
            json!({ "match": "*", "status": "503" }),
            json!({ "match": "*", "times": 0 }),
            json!({ "match": "*", "latencyMs": -1 }),
            json!({ "match": "*", "headers": { "a\n": "b" } }),
            json!({ "match": "*", "headers": { "a": "b\r\nc" } }),
            json!({ "match": "*", "headers": "a: b" }),
            json!({ "match": "*", "latency": 5 }),
        ] {
            assert!(Fault::from_json(&given).is_err(), "{given}");
        }
        let given = json!({ "match": "*", "status": 429, "headers": { "Retry-After": 3 } });
        let fault = Fault::from_json(&given).expect("a fault");
        assert_eq!(Fault::from_json(&json::value(&fault)), Ok(fault.clone()));
        assert_eq!(fault.response(429).header("retry-after"), Some("3"));
    }
}
