//! The client's resumable uploads, as decisions: what to do next, given what happened.
//!
//! Nothing here sends, waits or reads. JavaScript carries out each action and reports its outcome.

pub mod tus;
