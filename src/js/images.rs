//! The bindings of the module of images.
//!
//! Every function takes a whole file and keeps nothing of it. Errors are thrown as `[status, message, missing]`: `missing` is
//! the module that the image needs, if it is not there.

use crate::images::url::Transform;
use crate::images::{self, Color, regions};
use crate::js::thrown::thrown;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

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

/// The colours of an image in the form of descriptors, `{ prominent, palette }`. Undefined where no pixel is opaque. If it is
/// strict, colours that a missing module would tell better are refused.
#[wasm_bindgen]
pub fn colors(bytes: &[u8], strict: bool) -> Result<JsValue, JsValue> {
    let found = images::colors_of_image(bytes, strict).map_err(thrown)?;
    Ok(found.map_or(JsValue::UNDEFINED, |found| {
        let palette: Array = found.palette.into_iter().map(color).collect();
        object(&[("prominent", color(found.prominent)), ("palette", palette.into())])
    }))
}

fn parsed(tail: &str) -> Result<Transform, JsValue> {
    Transform::parse(&tail.split('/').collect::<Vec<_>>()).map_err(thrown)
}

/// Transforms an image into `[type, bytes, width, height]`. `tail` is the part of the URL behind `/v1/`.
#[wasm_bindgen]
pub fn transform(bytes: &[u8], tail: &str, accept: &str, strict: bool) -> Result<Array, JsValue> {
    let made = images::transform_image(bytes, &parsed(tail)?, accept, strict).map_err(thrown)?;
    Ok(Array::of4(
        &made.mime.into(),
        &Uint8Array::from(made.bytes.as_slice()).into(),
        &made.width.into(),
        &made.height.into(),
    ))
}

/// The region that another module has to decode for a transform, or for the colours if `tail` is empty: left, top, width and
/// height, and the size in the result.
#[wasm_bindgen]
pub fn region(width: u32, height: u32, orientation: u16, tail: &str) -> Result<Array, JsValue> {
    let region = regions::region(width, height, orientation, shown(tail)?.as_ref()).map_err(thrown)?;
    Ok(region.into_iter().map(JsValue::from).collect())
}

/// The inks of an image, for the module that turns them into colours.
#[wasm_bindgen]
pub fn inks(bytes: &[u8], tail: &str) -> Result<Uint8Array, JsValue> {
    let inks = regions::inks(bytes, shown(tail)?.as_ref()).map_err(thrown)?;
    Ok(Uint8Array::from(inks.as_slice()))
}

/// The transform of a tail, or `None` for the colours.
fn shown(tail: &str) -> Result<Option<Transform>, JsValue> {
    if tail.is_empty() {
        Ok(None)
    } else {
        parsed(tail).map(Some)
    }
}
