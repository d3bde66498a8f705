//! Images: transform URLs, and with the feature `images` the decoding, resampling, encoding and colours behind them.
//!
//! A request for a transformed image passes through the files in this order: [`url`] parses it, [`frame`] computes which
//! part of the source is shown and how large, `decode` reads the pixels for it, `render` resamples and turns them,
//! `filter` changes tone and colour, and `encode` writes the result.
//!
//! The manager reads URLs and file headers only, so [`url`], [`frame`], [`source_format`] and [`orientation`] are compiled
//! for it too. The rest is a WebAssembly module of its own, loaded with the first image.

mod error;
pub mod frame;
#[cfg(any(feature = "manager", feature = "pixels"))]
#[cfg_attr(
    not(any(feature = "images", feature = "manager", feature = "tiff")),
    allow(dead_code, reason = "some formats need little of it")
)]
pub(crate) mod header;
pub mod orientation;
pub mod source_format;
pub(crate) mod tiff_directory;
pub mod url;

#[cfg(feature = "pixels")]
#[cfg_attr(
    not(any(feature = "images", feature = "manager", feature = "tiff")),
    allow(dead_code, reason = "some formats need little of it")
)]
mod exchange;
#[cfg(feature = "pixels")]
pub(crate) mod parts;
#[cfg(feature = "pixels")]
mod pixels;
#[cfg(feature = "pixels")]
#[cfg_attr(
    not(any(feature = "images", feature = "manager", feature = "tiff")),
    allow(dead_code, reason = "some formats need little of it")
)]
mod reduce;

#[cfg(feature = "jxl")]
mod jxl_image;
#[cfg(feature = "svg")]
mod svg_image;
#[cfg(any(feature = "manager", feature = "svg"))]
pub(crate) mod svg_size;

#[cfg(feature = "tiff")]
mod inks;
#[cfg(feature = "tiff")]
mod tiff_image;

#[cfg(feature = "images")]
mod animation;
#[cfg(feature = "images")]
mod bitmap;
#[cfg(feature = "images")]
mod colors;
#[cfg(feature = "images")]
mod decode;
#[cfg(feature = "images")]
mod dimensions;
#[cfg(feature = "images")]
mod encode;
#[cfg(feature = "images")]
mod filter;
#[cfg(feature = "images")]
mod gif_frames;
#[cfg(feature = "images")]
mod jpeg;
#[cfg(feature = "images")]
pub(crate) mod regions;
#[cfg(feature = "images")]
mod render;
#[cfg(feature = "images")]
mod transform;
#[cfg(feature = "images")]
mod vp8;
#[cfg(feature = "images")]
mod webp;

#[cfg(feature = "images")]
pub(crate) use colors::colors_of_image;
#[cfg(feature = "images")]
pub use colors::{Color, Colors, colors};
#[cfg(feature = "images")]
pub use dimensions::{Dimensions, dimensions};
pub use error::Error;
#[cfg(feature = "images")]
pub(crate) use transform::transform_image;
#[cfg(feature = "images")]
pub use transform::{Transformed, transform};
