//! Images from outside: the grammar of transform URLs, transforms and colours of photographs, and damaged files.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod animation;
mod bitmaps;
mod cases;
mod colors;
mod damaged;
#[cfg(feature = "svg")]
mod drawings;
mod grammar;
#[cfg(feature = "jxl")]
mod jxls;
mod peak;
mod samples;
#[cfg(feature = "tiff")]
mod tiffs;
mod transforms;
