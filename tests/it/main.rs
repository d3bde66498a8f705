//! Properties of the core, checked on generated input, and what has to agree with the operations table.
#![cfg(not(target_arch = "wasm32"))]

mod answers;
mod arguments;
mod declarations;
mod directions;
mod imports;
mod json;
mod links;
mod reference;
mod resumable;
