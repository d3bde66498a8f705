//! The size of a raster image, as it is shown.

use super::input::Input;
use super::{Kind, exif, isobmff};
use std::io::BufReader;

/// Width and height in pixels. An orientation that turns the image by a quarter exchanges them.
pub(super) fn size(input: &mut Input<'_>, kind: Kind) -> Option<(u64, u64)> {
    // `imagesize` reads HEIC and AVIF too, but not how they are turned.
    if matches!(kind, Kind::Avif | Kind::Heif) {
        return isobmff::image_size(input);
    }
    let is_sideways = exif::is_sideways(input, kind);
    let size = imagesize::reader_size(BufReader::new(input.rewind().ok()?)).ok()?;
    let (width, height) = (size.width as u64, size.height as u64);
    Some(if is_sideways { (height, width) } else { (width, height) })
}
