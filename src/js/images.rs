//! The bindings of the module of images.
//!
//! Every function takes a whole file and keeps nothing of it. Errors are thrown as `[status, message]`.

use crate::images::url::Transform;
use crate::images::{self, Color, Error};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

fn thrown(error: &Error) -> JsValue {
    Array::of2(&error.status.into(), &error.message.as_str().into()).into()
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a plain object cannot fail.
        _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn color(color: Color) -> JsValue {
    let rgb = object(&[
        ("r", color.red.into()),
        ("g", color.green.into()),
        ("b", color.blue.into()),
    ]);
    object(&[("hex", color.hex().into()), ("rgb", rgb)])
}

/// The colours of an image in the form of descriptors, `{ prominent, palette }`. Undefined where no pixel is opaque.
#[wasm_bindgen]
pub fn colors(bytes: &[u8]) -> Result<JsValue, JsValue> {
    let found = images::colors(bytes).map_err(|error| thrown(&error))?;
    Ok(found.map_or(JsValue::UNDEFINED, |found| {
        let palette: Array = found.palette.into_iter().map(color).collect();
        object(&[("prominent", color(found.prominent)), ("palette", palette.into())])
    }))
}

/// Transforms an image into `[type, bytes, width, height]`. `tail` is the part of the URL behind `/v1/`.
#[wasm_bindgen]
pub fn transform(bytes: &[u8], tail: &str, accept: &str) -> Result<Array, JsValue> {
    let segments: Vec<&str> = tail.split('/').collect();
    let made = Transform::parse(&segments).and_then(|transform| images::transform(bytes, &transform, accept));
    let made = made.map_err(|error| thrown(&error))?;
    Ok(Array::of4(
        &made.mime.into(),
        &Uint8Array::from(made.bytes.as_slice()).into(),
        &made.width.into(),
        &made.height.into(),
    ))
}

/// The size of the memory of the module, in bytes.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(js_name = memorySize)]
pub fn memory_size() -> f64 {
    const PAGE: f64 = 65_536.0;
    core::arch::wasm32::memory_size::<0>() as f64 * PAGE
}
