//! The bindings of each WebAssembly module to JavaScript.
//!
//! Every function is synchronous. JavaScript owns promises, time and credentials, so after a trap it can replace the module
//! and go on.

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
#[cfg(any(feature = "jxl", feature = "svg", feature = "tiff"))]
pub mod parts;
#[cfg(feature = "client")]
mod text;
#[cfg(feature = "pixels")]
pub mod thrown;
#[cfg(feature = "transfers")]
pub mod transfers;
#[cfg(all(target_arch = "wasm32", feature = "manager"))]
mod vfs;
