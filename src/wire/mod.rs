//! What crosses the wire, as values: JSON text, query strings, dates and URI components. No I/O.

pub mod date;
pub mod json;
pub mod rewrite;
pub mod shape;
pub mod uri;
