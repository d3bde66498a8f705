//! Text that crosses the wire: JSON, URIs and dates. Imports nothing of the crate.

pub mod bytes;
pub mod date;
pub mod json;
pub mod uri;
