//! The size of an image, as shown.

use super::decode::Image;
use super::error::Error;
use super::source_format::SourceFormat;

/// The size and type of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Width as shown.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// MIME type.
    pub mime: &'static str,
}

/// Reads the dimensions of an image without decoding its pixels.
///
/// ```
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/photos/chelsea.jpg"));
/// let found = wix_media::images::dimensions(photo)?;
/// assert_eq!((found.width, found.height, found.mime), (480, 319, "image/jpeg"));
/// assert_eq!(wix_media::images::dimensions(b"words").unwrap_err().status, 415);
/// # Ok::<(), wix_media::images::Error>(())
/// ```
pub fn dimensions(bytes: &[u8]) -> Result<Dimensions, Error> {
    let image = Image::open(bytes)?;
    let (width, height) = image.size();
    Ok(Dimensions {
        width,
        height,
        mime: image.format.map_or("", SourceFormat::mime),
    })
}
