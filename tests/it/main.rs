//! Properties of the core on generated input, and agreement of files with the operations table and with each other.
#![cfg(not(target_arch = "wasm32"))]

mod answers;
mod arguments;
mod circles;
mod declarations;
mod directions;
mod imports;
mod json;
mod links;
mod reference;
mod resumable;
mod server;
