//! The WebAssembly module's face to JavaScript.
//!
//! Every function is synchronous and keeps nothing: JavaScript drives promises, time and credentials, so a trap can be
//! caught where it happens and the module be made anew for the next call.

#[cfg(all(target_arch = "wasm32", any(feature = "client", feature = "transfers")))]
mod allocator;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod errors;
#[cfg(feature = "client")]
mod fetch;
#[cfg(any(test, all(target_arch = "wasm32", any(feature = "client", feature = "transfers"))))]
mod free_lists;
#[cfg(all(target_arch = "wasm32", feature = "manager"))]
mod host;
#[cfg(feature = "images")]
pub mod images;
#[cfg(all(target_arch = "wasm32", feature = "manager"))]
pub mod manager;
#[cfg(feature = "client")]
mod text;
#[cfg(feature = "transfers")]
pub mod transfers;
#[cfg(all(target_arch = "wasm32", feature = "manager"))]
mod vfs;
