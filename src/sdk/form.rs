//! Numbers that the API writes as text.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A size in bytes, a decimal string in JSON. `-1`, which stands for an unknown size, becomes `None`.
pub(super) mod size {
    use super::*;

    pub(in crate::sdk) fn serialize<S: Serializer>(size: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        size.map(|size| size.to_string()).serialize(serializer)
    }

    pub(in crate::sdk) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Number(i64),
        }
        let number = match Option::<Form>::deserialize(deserializer)? {
            None => return Ok(None),
            Some(Form::Number(number)) => number,
            Some(Form::Text(text)) => text
                .parse()
                .map_err(|_| D::Error::custom(format!("invalid size {text:?}: expected a decimal number")))?,
        };
        match number {
            -1 => Ok(None),
            number => u64::try_from(number)
                .map(Some)
                .map_err(|_| D::Error::custom(format!("invalid size {number}: expected at least 0"))),
        }
    }
}

/// A floating-point number, a string in JSON where it is not finite (`docs/contract/sdk-behaviour.md#s2`).
pub(super) mod float {
    use super::*;

    pub(in crate::sdk) fn serialize<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) if number.is_nan() => "NaN".serialize(serializer),
            Some(number) if number.is_infinite() && *number > 0.0 => "Infinity".serialize(serializer),
            Some(number) if number.is_infinite() => "-Infinity".serialize(serializer),
            number => number.serialize(serializer),
        }
    }

    pub(in crate::sdk) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(f64),
            Text(String),
        }
        match Option::<Form>::deserialize(deserializer)? {
            None => Ok(None),
            Some(Form::Number(number)) => Ok(Some(number)),
            Some(Form::Text(text)) => text
                .parse()
                .map(Some)
                .map_err(|_| D::Error::custom(format!("invalid number {text:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sdk::{Face, FileDescriptor};
    use serde_json::{from_value, json, to_value};

    #[test]
    fn size_is_a_decimal_string_and_absent_while_unknown() {
        let size = |value| from_value::<FileDescriptor>(json!({ "sizeInBytes": value })).map(|file| file.size_in_bytes);
        assert_eq!(size(json!("123")).unwrap(), Some(123));
        assert_eq!(size(json!(123)).unwrap(), Some(123));
        assert_eq!(size(json!("-1")).unwrap(), None);
        assert_eq!(size(json!(null)).unwrap(), None);
        for invalid in [json!("x"), json!("-2"), json!([])] {
            assert!(size(invalid.clone()).is_err(), "{invalid}");
        }
        let file = from_value::<FileDescriptor>(json!({ "sizeInBytes": "5" })).unwrap();
        assert_eq!(to_value(file).unwrap()["sizeInBytes"], "5");
    }

    #[test]
    fn float_that_is_not_finite_is_text() {
        for (text, number) in [("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)] {
            let face = from_value::<Face>(json!({ "confidence": text })).unwrap();
            assert_eq!(face.confidence, Some(number));
            assert_eq!(to_value(face).unwrap()["confidence"], text);
        }
        let face = from_value::<Face>(json!({ "confidence": "NaN" })).unwrap();
        assert!(face.confidence.is_some_and(f64::is_nan));
        assert!(from_value::<Face>(json!({ "confidence": "high" })).is_err());
    }
}
