//! What can be asked about a picture, and made of it.

use super::colors::{self, Colors};
use super::decode::Picture;
use super::frame::Frame;
use super::kind::Kind;
use super::url::{Encoding, Format, Refused, Transform};
use super::{encode, filter, render};
use fast_image_resize::FilterType;

/// The edge of the box into which a picture is made to fit before its colours are counted.
const COUNTED_EDGE: u32 = 128;

/// What a picture is, by its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Width as shown.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// MIME type.
    pub mime: &'static str,
}

/// A transformed picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transformed {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its MIME type.
    pub mime: &'static str,
    /// Width of the picture.
    pub width: u32,
    /// Height of the picture.
    pub height: u32,
    /// Whether another `Accept` header could have made another file.
    pub varies: bool,
}

/// Width, height and type of a JPEG, PNG, GIF or WebP picture.
///
/// ```
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/photos/chelsea.jpg"));
/// let found = wix_media::images::dimensions(photo)?;
/// assert_eq!((found.width, found.height, found.mime), (480, 319, "image/jpeg"));
/// assert_eq!(wix_media::images::dimensions(b"words").unwrap_err().status, 415);
/// # Ok::<(), wix_media::images::url::Refused>(())
/// ```
pub fn dimensions(bytes: &[u8]) -> Result<Dimensions, Refused> {
    let (width, height) = Picture::open(bytes)?.size();
    let format = Kind::of(bytes).map_or(Format::Jpeg, Kind::format);
    Ok(Dimensions {
        width,
        height,
        mime: format.mime(),
    })
}

/// The prominent colour and the palette of a picture; none where nothing of it is opaque.
///
/// ```
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/photos/chelsea.jpg"));
/// let colors = wix_media::images::colors(photo)?.unwrap();
/// // A ginger cat.
/// assert!(colors.prominent.red > colors.prominent.green && colors.prominent.green > colors.prominent.blue);
/// assert!((8..=10).contains(&colors.palette.len()));
/// # Ok::<(), wix_media::images::url::Refused>(())
/// ```
pub fn colors(bytes: &[u8]) -> Result<Option<Colors>, Refused> {
    let picture = Picture::open(bytes)?;
    let (width, height) = picture.size();
    let frame = Frame::fit(width, height, COUNTED_EDGE, COUNTED_EDGE);
    // A sharper filter would make colours that are not there.
    let rendered = render::render(picture, &frame, FilterType::Box)?;
    Ok(colors::colors(&rendered.pixels))
}

/// Makes another picture of one.
///
/// ```
/// use wix_media::images::url::Transform;
///
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/photos/chelsea.jpg"));
/// let asked = Transform::parse(&["fill", "w_100,h_100,al_c,enc_auto", "cat.jpg"])?;
/// let made = wix_media::images::transform(photo, &asked, "image/avif,image/webp,*/*")?;
/// assert_eq!((made.mime, made.width, made.height, made.varies), ("image/webp", 100, 100, true));
/// # Ok::<(), wix_media::images::url::Refused>(())
/// ```
pub fn transform(bytes: &[u8], transform: &Transform, accept: &str) -> Result<Transformed, Refused> {
    let picture = Picture::open(bytes)?;
    let (width, height) = picture.size();
    let frame = Frame::of(transform, width, height)?;
    let mut rendered = render::render(picture, &frame, FilterType::Lanczos3)?;
    filter::apply(&mut rendered.pixels, &transform.filters, transform.sharpening);
    let format = encode::format(transform, accept, rendered.pixels.is_opaque());
    let bytes = encode::encode(rendered, transform, format)?;
    Ok(Transformed {
        bytes,
        mime: format.mime(),
        width: frame.width,
        height: frame.height,
        varies: transform.encoding == Encoding::Accept,
    })
}
