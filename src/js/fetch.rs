//! Requests for `fetch` and its responses, in the types of the platform.
//!
//! gloo-net sends only through the global `fetch`, and panics if that rejects with anything but an `Error`. So JavaScript
//! calls whichever `fetch` it was given, with two arguments made here, and gloo-net's types read the response.

use crate::client::response::ResponseHead;
use crate::operations::Verb;
use gloo_net::http::{Headers, Response};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RequestInit;

/// Returns the second argument of `fetch`. JavaScript adds headers and signal.
pub(crate) fn request_init(verb: Verb, body: Option<&str>) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(verb.name());
    if let Some(body) = body {
        init.set_body(&body.into());
    }
    init
}

/// Returns the status of a `Response`, or of an object that behaves like one.
pub(crate) fn status(response: &web_sys::Response) -> u16 {
    let response: &JsValue = response.as_ref();
    Response::from(response.clone().unchecked_into::<web_sys::Response>()).status()
}

/// The parts of an answer that errors name, owned.
pub(crate) struct Received {
    status: u16,
    status_text: String,
    request_id: Option<String>,
    content_type: Option<String>,
}

impl Received {
    /// Reads them. Objects that only behave like a `Response` may lack the status text or the headers.
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

    pub(crate) fn head(&self) -> ResponseHead<'_> {
        ResponseHead {
            status: self.status,
            status_text: &self.status_text,
            request_id: self.request_id.as_deref(),
            content_type: self.content_type.as_deref(),
        }
    }
}
