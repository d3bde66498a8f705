//! Pictures: the grammar of transformed image URLs, and with the feature `images` what it takes to answer them.
//!
//! The manager reads URLs, so [`url`], [`frame`], [`kind`] and [`orientation`] are there for it too. Decoding, resampling, encoding and
//! colours are a WebAssembly module of their own, which is loaded with the first picture.

pub mod frame;
pub mod kind;
pub mod orientation;
pub mod url;

#[cfg(feature = "images")]
mod colors;
#[cfg(feature = "images")]
mod decode;
#[cfg(feature = "images")]
mod encode;
#[cfg(feature = "images")]
mod filter;
#[cfg(feature = "images")]
mod render;

#[cfg(feature = "images")]
mod picture;
#[cfg(feature = "images")]
mod vp8;

#[cfg(feature = "images")]
pub use colors::{Color, Colors};
#[cfg(feature = "images")]
pub use picture::{Dimensions, Transformed, colors, dimensions, transform};
