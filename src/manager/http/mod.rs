//! HTTP as plain values: requests, responses, refusals, and the router from a path to an operation.

pub(crate) mod body;
pub(crate) mod collected;
pub(crate) mod conditions;
pub(crate) mod cors;
pub(crate) mod disposition;
pub(crate) mod error;
pub(crate) mod message;
pub(crate) mod range;
pub(crate) mod router;
pub(crate) mod validate;
