//! JSON text that is passed to JavaScript.

use crate::wire::json;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Unlike the binding of js-sys, of text that the glue decodes on the way, with one decoder for all calls.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_text(text: &str) -> Result<JsValue, JsValue>;
}

/// JSON text in ASCII, for `JSON.parse`.
pub(super) struct Ascii(Vec<u8>);

impl Ascii {
    pub(super) fn with_capacity(capacity: usize) -> Ascii {
        Ascii(Vec::with_capacity(capacity))
    }

    /// Appends JSON text. Bytes that are not UTF-8 become U+FFFD, like in `Response.text`.
    pub(super) fn push(&mut self, text: &[u8]) {
        json::push_ascii(&mut self.0, text);
    }

    /// Parses the text.
    pub(super) fn parse(&self) -> Result<JsValue, JsValue> {
        // SAFETY: `push_ascii` appends nothing beyond ASCII.
        parse_text(unsafe { str::from_utf8_unchecked(&self.0) })
    }
}

/// Parses JSON text with `JSON.parse`.
pub(super) fn parse(text: &[u8]) -> Result<JsValue, JsValue> {
    let mut ascii = Ascii::with_capacity(text.len());
    ascii.push(text);
    ascii.parse()
}
