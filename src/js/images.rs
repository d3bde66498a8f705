//! What the JavaScript half of pictures calls.
//!
//! Every function takes a whole file and keeps nothing of it. What is refused is thrown as `[status, text]`.

use crate::images::url::{Refused, Transform};
use crate::images::{self, Color};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

fn refusal(refused: &Refused) -> JsValue {
    Array::of2(&refused.status.into(), &refused.text.as_str().into()).into()
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes any member.
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

/// The colours of a picture as a descriptor has them, `{ prominent, palette }`; undefined where nothing of it is opaque.
#[wasm_bindgen]
pub fn colors(bytes: &[u8]) -> Result<JsValue, JsValue> {
    let found = images::colors(bytes).map_err(|refused| refusal(&refused))?;
    Ok(found.map_or(JsValue::UNDEFINED, |found| {
        let palette: Array = found.palette.into_iter().map(color).collect();
        object(&[("prominent", color(found.prominent)), ("palette", palette.into())])
    }))
}

/// Makes another picture of one: `[type, bytes, width, height]`. `tail` is what stands behind `/v1/` in the URL.
#[wasm_bindgen]
pub fn transform(bytes: &[u8], tail: &str, accept: &str) -> Result<Array, JsValue> {
    let segments: Vec<&str> = tail.split('/').collect();
    let made = Transform::parse(&segments).and_then(|asked| images::transform(bytes, &asked, accept));
    let made = made.map_err(|refused| refusal(&refused))?;
    Ok(Array::of4(
        &made.mime.into(),
        &Uint8Array::from(made.bytes.as_slice()).into(),
        &made.width.into(),
        &made.height.into(),
    ))
}

/// Width, height and type of a picture, by its head: `[width, height, type]`.
#[wasm_bindgen]
pub fn dimensions(bytes: &[u8]) -> Result<Array, JsValue> {
    let found = images::dimensions(bytes).map_err(|refused| refusal(&refused))?;
    Ok(Array::of3(
        &found.width.into(),
        &found.height.into(),
        &found.mime.into(),
    ))
}

/// How many bytes of memory the module has by now.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(js_name = memorySize)]
pub fn memory_size() -> f64 {
    const PAGE: f64 = 65_536.0;
    core::arch::wasm32::memory_size::<0>() as f64 * PAGE
}
