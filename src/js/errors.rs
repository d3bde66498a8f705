//! Refused arguments as plain objects, from which JavaScript makes a `WixMediaError`.

use crate::client::request::Violation;
use serde::ser::{Serialize, SerializeMap, Serializer};
use wasm_bindgen::JsValue;

/// A map and not a derived struct: for the names of a struct's members the serialiser keeps a hash table, which the
/// download does not need.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("field", &self.field)?;
        map.serialize_entry("expectation", self.expectation)?;
        map.serialize_entry("violatedRule", self.violated_rule)?;
        map.end()
    }
}

/// The members of a violation, as a plain object.
pub(super) fn of_violation(violation: &Violation) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    violation.serialize(&serializer).unwrap_or_else(JsValue::from)
}
