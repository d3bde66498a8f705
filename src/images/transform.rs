//! Images made of others by the rules of a transform URL.

use super::decode::Image;
use super::error::Error;
use super::frame::Frame;
use super::url::{Encoding, Transform};
use super::{encode, filter, render};
use fast_image_resize::FilterType;

/// A transformed image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transformed {
    /// The file.
    pub bytes: Vec<u8>,
    /// MIME type.
    pub mime: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Whether the result depends on the `Accept` header.
    pub varies: bool,
}

/// Transforms a JPEG, PNG, GIF or WebP image. Of an animated image, the first frame is used.
///
/// ```
/// use wix_media::images::url::Transform;
///
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/photos/chelsea.jpg"));
/// let transform = Transform::parse(&["fill", "w_100,h_100,al_c,enc_auto", "cat.jpg"])?;
/// let made = wix_media::images::transform(photo, &transform, "image/avif,image/webp,*/*")?;
/// assert_eq!((made.mime, made.width, made.height, made.varies), ("image/webp", 100, 100, true));
/// # Ok::<(), wix_media::images::Error>(())
/// ```
pub fn transform(bytes: &[u8], transform: &Transform, accept: &str) -> Result<Transformed, Error> {
    let image = Image::open(bytes)?;
    let (width, height) = image.size();
    let frame = Frame::of(transform, width, height)?;
    let mut rendered = render::render(image, &frame, FilterType::Lanczos3)?;
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
