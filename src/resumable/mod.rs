//! Bytes on their way between a client and the service, as decisions: what to do next, given what happened.
//!
//! Nothing here sends, waits or reads. The JavaScript half does what it is told and reports what came of it.

pub mod tus;
