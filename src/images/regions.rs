//! What the module `images` tells the modules of [other formats](super::parts): which region of an image it needs, and the
//! inks that it cannot turn into colours.

use super::colors;
use super::decode::Image;
use super::error::Error;
use super::exchange::{self, Kind};
use super::frame::Frame;
use super::header::Header;
use super::orientation::Orientation;
use super::reduce::Region;
use super::render;
use super::url::Transform;

/// The region of an image that a transform shows, or of which its colours are: left, top, width, height, and the size in
/// the result. The image is given by its width and height as stored, and by its orientation as a number of EXIF.
pub(crate) fn region(
    width: u32,
    height: u32,
    orientation: u16,
    transform: Option<&Transform>,
) -> Result<[f64; 6], Error> {
    let header = Header {
        width,
        height,
        orientation: Orientation::of_number(orientation),
    };
    let Region {
        x,
        y,
        width,
        height,
        result_size,
    } = shown(&header, transform)?;
    Ok([x, y, width, height, result_size.0.into(), result_size.1.into()])
}

fn shown(header: &Header, transform: Option<&Transform>) -> Result<Region, Error> {
    let (width, height) = header.size();
    let frame = match transform {
        Some(transform) => Frame::of(transform, width, height)?,
        None => colors::frame((width, height)),
    };
    Ok(render::stored_region(&frame, (width, height), header.orientation))
}

/// Decodes the inks of a JPEG for [`decode`](super::parts::decode), as exchange. Fails with 415 for an image without a profile of inks.
pub(crate) fn inks(bytes: &[u8], transform: Option<&Transform>) -> Result<Vec<u8>, Error> {
    let image = Image::open(bytes)?;
    let header = image.header;
    let decoded = image.decode_inks(&shown(&header, transform)?)?;
    Ok(exchange::write(&header, &decoded, Kind::Inks))
}
