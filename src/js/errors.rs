//! Refused arguments as plain values, from which JavaScript makes a `WixMediaError`.

use crate::client::request::Violation;
use serde::ser::{Serialize, SerializeTuple, Serializer};
use wasm_bindgen::JsValue;

/// A tuple and not a derived struct: for the names of members the serialiser keeps a hash table, which the download does
/// not need.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(3)?;
        tuple.serialize_element(self.field.as_str())?;
        tuple.serialize_element(self.expectation)?;
        tuple.serialize_element(self.violated_rule)?;
        tuple.end()
    }
}

/// A violation as `[field, expectation, violatedRule]`.
pub(super) fn of_violation(violation: &Violation) -> JsValue {
    serde_wasm_bindgen::to_value(violation).unwrap_or_else(JsValue::from)
}
