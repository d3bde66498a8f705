//! Requests for and answers of a `fetch` function, the platform's own or any other.
//!
//! gloo-net sends only through the global `fetch` and panics when it rejects with anything but an `Error`; so requests
//! leave as the two arguments of a `fetch` that JavaScript calls and awaits, and gloo-net's types read what comes back.

use crate::client::result::Head;
use crate::operations::Verb;
use gloo_net::http::Response;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RequestInit;

/// The second argument of `fetch`. `headers` is sent as it stands, with `Content-Type: application/json` added for a
/// body that has no type yet; a plain object, because that is what the official SDK gives a `fetch`.
pub(crate) fn request_init(verb: Verb, body: Option<JsValue>, headers: &Object) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(verb.name());
    if let Some(body) = body {
        init.set_body(&body);
        let typed = Object::keys(headers).iter().any(|name| {
            name.as_string()
                .is_some_and(|name| name.eq_ignore_ascii_case("content-type"))
        });
        if !typed {
            // Setting a property of a plain object fails only when it is frozen, and this one is the driver's own.
            let _ = Reflect::set(headers, &"Content-Type".into(), &"application/json".into());
        }
    }
    init.set_headers(headers);
    init
}

/// The head of an answer, owned.
pub(crate) struct Received {
    status: u16,
    status_text: String,
    request_id: Option<String>,
    content_type: Option<String>,
}

impl Received {
    /// Reads the head of an answer, whether it is a `Response` or something that behaves like one.
    pub(crate) fn new(response: web_sys::Response) -> Received {
        let member = |name: &str| Reflect::get(&response, &name.into()).unwrap_or_default();
        let has_headers = member("headers").is_object();
        let status_text = member("statusText").as_string().unwrap_or_default();
        let response = Response::from(response);
        let header = |name| {
            if has_headers {
                response.headers().get(name)
            } else {
                None
            }
        };
        Received {
            status: response.status(),
            status_text,
            request_id: header("x-wix-request-id"),
            content_type: header("content-type"),
        }
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            status: self.status,
            status_text: &self.status_text,
            request_id: self.request_id.as_deref(),
            content_type: self.content_type.as_deref(),
        }
    }
}

/// Plain objects come from JavaScript untyped.
pub(crate) fn as_object(value: &JsValue) -> &Object {
    value.unchecked_ref()
}
