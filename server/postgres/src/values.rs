//! Values of statements with their types, and those of rows.
//!
//! A statement that names the types of its values is parsed, planned and run in one round trip, on a connection that remembers
//! nothing of it. So it works behind a pooler that gives each transaction another connection, and its plan suits its values.

use crate::failure::failure;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};
use wix_media::catalog::{Error, Result};

/// A value and its type.
pub(crate) type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// A Rust type that is stored as one type of PostgreSQL.
pub(crate) trait Typed: ToSql + Sync {
    /// The type in the database.
    const TYPE: Type;
}

macro_rules! typed {
    ($($rust:ty => $name:ident),+ $(,)?) => {
        $(impl Typed for $rust {
            const TYPE: Type = Type::$name;
        })+
    };
}

typed! {
    bool => BOOL,
    i16 => INT2,
    i64 => INT8,
    String => TEXT,
    &str => TEXT,
    Vec<bool> => BOOL_ARRAY,
    Vec<i16> => INT2_ARRAY,
    Vec<i64> => INT8_ARRAY,
    &[i64] => INT8_ARRAY,
    Vec<String> => TEXT_ARRAY,
    &[String] => TEXT_ARRAY,
    Vec<&str> => TEXT_ARRAY,
    &[&str] => TEXT_ARRAY,
    Vec<Option<i16>> => INT2_ARRAY,
    Vec<Option<i64>> => INT8_ARRAY,
    Vec<Option<&str>> => TEXT_ARRAY,
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: Type = T::TYPE;
}

/// A value with its type.
pub(crate) fn typed<T: Typed>(value: &T) -> Value<'_> {
    (value, T::TYPE)
}

/// The values of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::values::typed(&$value)),*]
    };
}
pub(crate) use values;

/// A value of a statement that is put together.
#[derive(Clone, Debug)]
pub(crate) enum Parameter {
    Flag(bool),
    Area(i16),
    Areas(Vec<i16>),
    Number(i64),
    Text(String),
    Texts(Vec<String>),
}

impl Parameter {
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Parameter::Flag(value) => typed(value),
            Parameter::Area(value) => typed(value),
            Parameter::Areas(value) => typed(value),
            Parameter::Number(value) => typed(value),
            Parameter::Text(value) => typed(value),
            Parameter::Texts(value) => typed(value),
        }
    }
}

/// A statement that is put together, with its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    parameters: Vec<Parameter>,
}

impl Statement {
    /// Adds SQL.
    pub(crate) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Adds a value.
    pub(crate) fn bind(&mut self, parameter: Parameter) {
        self.parameters.push(parameter);
        let number = self.parameters.len();
        self.sql.push_str(&format!("${number}"));
    }

    pub(crate) fn values(&self) -> Vec<Value<'_>> {
        self.parameters.iter().map(Parameter::value).collect()
    }
}

/// A column of a row.
pub(crate) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(failure)
}

/// A column that holds a number which is never negative.
pub(crate) fn get_u32(row: &Row, column: usize) -> Result<u32> {
    let number: i64 = get(row, column)?;
    u32::try_from(number).map_err(|error| Error::Store(Box::new(error)))
}
