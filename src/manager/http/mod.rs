//! HTTP as plain values: requests, responses, refusals, and the way from a path to a row of the operations table.

pub(crate) mod body;
pub(crate) mod cors;
pub(crate) mod disposition;
pub(crate) mod error;
pub(crate) mod message;
pub(crate) mod range;
pub(crate) mod router;
pub(crate) mod validate;
