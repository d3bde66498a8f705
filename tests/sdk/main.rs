//! The typed calls: against the operations table, the declarations of the package, and the embedded Media Manager.
#![cfg(not(target_arch = "wasm32"))]

mod client;
mod declarations;
#[cfg(feature = "manager")]
mod manager;
mod requests;
#[cfg(feature = "reqwest")]
mod reqwest;
