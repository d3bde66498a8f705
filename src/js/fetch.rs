//! Requests for and answers of a `fetch` function, the platform's own or any other.
//!
//! gloo-net sends only through the global `fetch` and panics when it rejects with anything but an `Error`; so requests
//! leave as the two arguments of a `fetch` that JavaScript calls and awaits, and gloo-net's types read what comes back.

use crate::client::response::Head;
use crate::operations::Verb;
use gloo_net::http::{Headers, Response};
use js_sys::{JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RequestInit;

/// The second argument of `fetch`, to which the driver adds headers and signal.
pub(crate) fn request_init(verb: Verb, body: Option<JsString>) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(verb.name());
    if let Some(body) = body {
        init.set_body(&body);
    }
    init
}

/// The status of an answer, whether it is a `Response` or something that behaves like one.
pub(crate) fn status(response: &web_sys::Response) -> u16 {
    let response: &JsValue = response.as_ref();
    Response::from(response.clone().unchecked_into::<web_sys::Response>()).status()
}

/// What the error of an answer tells beside its body, owned.
pub(crate) struct Received {
    status: u16,
    status_text: String,
    request_id: Option<String>,
    content_type: Option<String>,
}

impl Received {
    /// Reads it; doubles of a `Response` may lack the status text or the headers.
    pub(crate) fn new(response: &web_sys::Response) -> Received {
        let member = |name: &str| Reflect::get(response, &name.into()).unwrap_or_default();
        let headers = member("headers");
        let headers = headers.is_object().then(|| Headers::from_raw(headers.unchecked_into()));
        let header = |name| headers.as_ref().and_then(|headers| headers.get(name));
        Received {
            status: status(response),
            status_text: JsValue::as_string(&member("statusText")).unwrap_or_default(),
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
