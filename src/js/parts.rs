//! The bindings of the modules that decode one format each.
//!
//! They have one function of the same form. Errors are thrown as `[status, message, missing]`.

use crate::images::{Error, parts};
use crate::js::thrown::thrown;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// An error, or what the function of the caller has thrown.
struct Thrown(JsValue);

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Self(thrown(error))
    }
}

/// Decodes the part of an image that `region(width, height, orientation)` returns, for the module `images`.
#[wasm_bindgen]
pub fn decode(bytes: &[u8], region: &Function) -> Result<Vec<u8>, JsValue> {
    let decoded = parts::decode(bytes, |width, height, orientation| {
        let returned = region.call3(&JsValue::UNDEFINED, &width.into(), &height.into(), &orientation.into());
        let numbers: Array = returned.map_err(Thrown)?.unchecked_into();
        let mut region = [0.0; 6];
        for (number, value) in region.iter_mut().zip(numbers) {
            *number = value.as_f64().unwrap_or(0.0);
        }
        Ok(region)
    });
    decoded.map_err(|Thrown(value)| value)
}
