//! The size of a raster image, as it is shown.

use super::input::Input;
use super::{exif, isobmff};
use std::io::BufReader;

/// Width and height in pixels. An orientation that turns the image by a quarter exchanges them.
pub(super) fn size(input: &mut Input<'_>, mime: &str) -> Option<(u64, u64)> {
    // `imagesize` reads HEIC and AVIF too, but not how they are turned.
    if matches!(mime, "image/heic" | "image/heif" | "image/avif") {
        return isobmff::image_size(input);
    }
    let is_sideways = exif::is_sideways(input, mime);
    let size = imagesize::reader_size(BufReader::new(input.rewind().ok()?)).ok()?;
    let (width, height) = (size.width as u64, size.height as u64);
    Some(if is_sideways { (height, width) } else { (width, height) })
}
