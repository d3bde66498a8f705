//! Text on its way to JavaScript.
//!
//! The bindings of js-sys and web-sys take and give Rust strings, so text that is decoded by one and parsed by the other
//! would be copied into the module and out again; these keep it where it is made.

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

/// The text as a JavaScript string; bytes that are not UTF-8 become U+FFFD, as `Response.text` has it.
pub(super) fn decode(text: &[u8]) -> JsString {
    Decoder::new().decode_bytes(text)
}

/// The value of a JSON text, by the engine's own reader.
pub(super) fn parse(text: &[u8]) -> Result<JsValue, JsValue> {
    parse_json(&decode(text))
}
