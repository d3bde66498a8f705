//! Properties of the core, checked on generated input.
#![cfg(not(target_arch = "wasm32"))]

mod answers;
mod arguments;
mod json;
mod reference;
