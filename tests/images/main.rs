//! Pictures from outside: the grammar of their URLs, transforms and colours of photographs, and files that are broken.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "what fails here is a test")]

mod broken;
mod colors;
mod grammar;
mod samples;
mod transforms;
