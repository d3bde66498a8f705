//! The client's half of a call: builds the request, decodes the answer, and decides when to retry.
//!
//! Values only; JavaScript sends and waits.

pub mod failure;
pub mod packed;
pub mod request;
pub mod response;
pub mod retry;
pub mod rewrite;
