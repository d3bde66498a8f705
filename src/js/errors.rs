//! Refused arguments as plain values, from which JavaScript makes a `WixMediaError`.

use crate::client::request::InvalidArgument;
use serde::ser::{Serialize, SerializeTuple, Serializer};
use wasm_bindgen::JsValue;

/// A tuple, because the serialiser keeps a hash table for the member names of structs, which would only enlarge the
/// download.
impl Serialize for InvalidArgument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(3)?;
        tuple.serialize_element(self.field.as_str())?;
        tuple.serialize_element(self.expectation)?;
        tuple.serialize_element(self.violated_rule)?;
        tuple.end()
    }
}

/// Returns a refused argument as `[field, expectation, violatedRule]`.
pub(super) fn of_invalid_argument(argument: &InvalidArgument) -> JsValue {
    serde_wasm_bindgen::to_value(argument).unwrap_or_else(JsValue::from)
}
