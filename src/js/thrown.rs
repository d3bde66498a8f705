//! What the modules of images share: how they throw, and how large their memory is.

use crate::images::Error;
use js_sys::Array;
use wasm_bindgen::JsValue;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// An error as `[status, message, missing]`.
pub(super) fn thrown(error: Error) -> JsValue {
    let missing = error.missing.map_or(JsValue::UNDEFINED, JsValue::from_str);
    Array::of3(&error.status.into(), &error.message.into(), &missing).into()
}

/// The size of the memory of the module, in bytes.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(js_name = memorySize)]
pub fn memory_size() -> f64 {
    const PAGE: f64 = 65_536.0;
    core::arch::wasm32::memory_size::<0>() as f64 * PAGE
}
