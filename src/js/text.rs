//! Text that is passed to JavaScript.
//!
//! The bindings of js-sys and web-sys take and return Rust strings. Text that one decodes and the other parses would be
//! copied into the module and out again. These bindings keep it in JavaScript.

use js_sys::JsString;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = TextDecoder)]
    type Decoder;

    #[wasm_bindgen(constructor, js_class = "TextDecoder")]
    fn new() -> Decoder;

    #[wasm_bindgen(method, js_class = "TextDecoder", js_name = decode)]
    fn decode_bytes(this: &Decoder, text: &[u8]) -> JsString;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsString) -> Result<JsValue, JsValue>;
}

/// Decodes text to a JavaScript string. Bytes that are not UTF-8 become U+FFFD, like in `Response.text`.
pub(super) fn decode(text: &[u8]) -> JsString {
    Decoder::new().decode_bytes(text)
}

/// Parses JSON text with `JSON.parse`.
pub(super) fn parse(text: &[u8]) -> Result<JsValue, JsValue> {
    parse_json(&decode(text))
}
