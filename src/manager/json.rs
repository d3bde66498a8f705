//! Typed structs from JSON, with errors that name the member.
//!
//! Everything is read through one deserializer, over a parsed [`Value`]. It gives errors the path to the member, which
//! those of `serde_json` lack, and it keeps the module small: each derived `Deserialize` is compiled once.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::map::Iter;
use std::{fmt, slice};

/// A member of a JSON object that cannot be read, such as an unknown option.
///
/// ```
/// use serde_json::json;
/// use wix_media::manager::Options;
///
/// let error = Options::from_json(&json!({ "limits": { "quotaInByte": 5 } })).unwrap_err();
/// assert_eq!(error.field, "limits.quotaInByte");
/// assert!(error.known.contains(&"quotaInBytes"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InvalidMember {
    /// The path to the member, such as `faults[0].status`. Empty if the whole value is invalid.
    pub field: String,
    /// What is wrong with it, such as `must be a string`.
    pub description: String,
    /// The known names, if the name is unknown.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub known: &'static [&'static str],
}

impl InvalidMember {
    pub(crate) fn new(field: &str, description: impl Into<String>) -> InvalidMember {
        InvalidMember {
            field: field.to_owned(),
            description: description.into(),
            known: &[],
        }
    }

    /// Returns the error as one in a member of an object, or with a name such as `[0]`, in an item of a list.
    pub(crate) fn within(mut self, owner: &str) -> InvalidMember {
        let dot = if self.field.is_empty() || self.field.starts_with('[') {
            ""
        } else {
            "."
        };
        self.field.insert_str(0, dot);
        self.field.insert_str(0, owner);
        self
    }
}

impl fmt::Display for InvalidMember {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.field.is_empty() { "this" } else { &self.field };
        out.write_str(subject)?;
        out.write_str(" ")?;
        out.write_str(&self.description)
    }
}

impl std::error::Error for InvalidMember {}

/// The error while reading. It is boxed, as each derived function hands it on.
#[derive(Debug)]
struct Misfit(Box<InvalidMember>);

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for Misfit {}

impl Misfit {
    #[cold]
    #[inline(never)]
    fn of(description: &str) -> Misfit {
        Misfit(Box::new(InvalidMember::new("", description)))
    }

    #[cold]
    #[inline(never)]
    fn at(field: &str, description: &str) -> Misfit {
        Misfit(Box::new(InvalidMember::new(field, description)))
    }

    #[cold]
    #[inline(never)]
    fn within(self, owner: &str) -> Misfit {
        Misfit(Box::new(self.0.within(owner)))
    }
}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Misfit {
        Misfit::of(&message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Misfit {
        Misfit::of(&format!("must be {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Misfit {
        Misfit::of(&format!("must be {expected}"))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Misfit {
        let mut misfit = Misfit::at(name, "is unknown");
        misfit.0.known = known;
        misfit
    }

    fn missing_field(name: &'static str) -> Misfit {
        Misfit::at(name, "is missing")
    }

    fn duplicate_field(name: &'static str) -> Misfit {
        Misfit::at(name, "is there twice")
    }
}

/// Parses JSON.
///
/// Bytes are checked as UTF-8 first, since `serde_json::from_slice` would be a second copy of the parser of texts.
pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    let text = str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    serde_json::from_str(text)
}

/// Reads a struct from a JSON value.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, InvalidMember> {
    T::deserialize(Node(value)).map_err(|misfit| *misfit.0)
}

/// Returns the text of a JSON value or of a struct. The `Display` of a value would be a second and a third copy of the writer,
/// and slower.
pub(crate) fn text(of: &impl Serialize) -> String {
    // Only a map whose keys are no strings fails, and there is none.
    serde_json::to_string(of).unwrap_or_default()
}

/// Returns the JSON value of a struct. Through its text, since values have a writer of their own, which would compile all structs
/// a second time.
pub(crate) fn value(of: &impl Serialize) -> Value {
    serde_json::from_str(&text(of)).unwrap_or_default()
}

/// The deserializer: one value. What has the wrong type is refused here rather than by visitors, whose words are those of
/// Rust.
#[derive(Clone, Copy)]
struct Node<'a>(&'a Value);

impl<'a> Node<'a> {
    fn object(self) -> Result<Members<'a>, Misfit> {
        match self.0 {
            Value::Object(members) => Ok(Members {
                rest: members.iter(),
                current: ("", &Value::Null),
            }),
            _ => Err(Misfit::of("must be an object")),
        }
    }

    fn list(self) -> Result<Items<'a>, Misfit> {
        match self.0 {
            Value::Array(items) => Ok(Items {
                rest: items.iter(),
                position: 0,
            }),
            _ => Err(Misfit::of("must be a list")),
        }
    }

    fn text(self) -> Result<&'a str, Misfit> {
        self.0.as_str().ok_or_else(|| Misfit::of("must be a string"))
    }

    fn flag(self) -> Result<bool, Misfit> {
        self.0.as_bool().ok_or_else(|| Misfit::of("must be true or false"))
    }

    fn whole(self) -> Result<i64, Misfit> {
        self.0.as_i64().ok_or_else(|| Misfit::of("must be a whole number"))
    }

    fn count(self, most: u64) -> Result<u64, Misfit> {
        let count = self.0.as_u64().filter(|count| *count <= most);
        count.ok_or_else(|| match most {
            u64::MAX => Misfit::of("must be a whole number that is not negative"),
            _ => Misfit::of(&format!("must be a whole number from 0 to {most}")),
        })
    }

    fn number(self) -> Result<f64, Misfit> {
        self.0.as_f64().ok_or_else(|| Misfit::of("must be a number"))
    }
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (_, Some(number)) => visitor.visit_i64(number),
                _ => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => visitor.visit_seq(self.list()?),
            Value::Object(_) => visitor.visit_map(self.object()?),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.object()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.object()?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_bool(self.flag()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_i64(self.whole()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_u64(self.count(u64::MAX)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_u64(self.count(u64::from(u32::MAX))?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_f64(self.number()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct enum
    }
}

/// The members of an object that are still to be read.
struct Members<'a> {
    rest: Iter<'a>,
    current: (&'a str, &'a Value),
}

impl Members<'_> {
    fn advance(&mut self) -> bool {
        let Some((name, value)) = self.rest.next() else {
            return false;
        };
        self.current = (name, value);
        true
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        if !self.advance() {
            return Ok(None);
        }
        seed.deserialize(StrDeserializer::new(self.current.0)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let (name, value) = self.current;
        seed.deserialize(Node(value)).map_err(|misfit| misfit.within(name))
    }
}

/// The items of a list that are still to be read.
struct Items<'a> {
    rest: slice::Iter<'a, Value>,
    position: usize,
}

impl Items<'_> {
    #[cold]
    #[inline(never)]
    fn refused(&self, misfit: Misfit) -> Misfit {
        misfit.within(&format!("[{}]", self.position - 1))
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.rest.next() else {
            return Ok(None);
        };
        self.position += 1;
        match seed.deserialize(Node(item)) {
            Ok(item) => Ok(Some(item)),
            Err(misfit) => Err(self.refused(misfit)),
        }
    }
}

/// A string or a list of strings.
#[derive(Default)]
pub(crate) struct Texts(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Texts, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string or a list of strings")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }

        given.deserialize_any(OneOrMany)
    }
}
