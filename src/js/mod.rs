//! The WebAssembly module's face to JavaScript.
//!
//! Every function is synchronous and keeps nothing: JavaScript drives promises, time and credentials, so a trap can be
//! caught where it happens and the module be made anew for the next call.

#[cfg(target_arch = "wasm32")]
mod allocator;
pub mod client;
mod errors;
mod text;
