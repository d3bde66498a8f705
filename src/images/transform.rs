//! Images made of others by the rules of a transform URL.

use super::animation::{AnimationEncoder, Frames};
use super::decode::Image;
use super::error::Error;
use super::frame::Frame;
use super::header::Header;
use super::url::{Encoding, Format, Transform};
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

/// Transforms a JPEG, PNG, GIF, WebP, BMP or ICO image. Of an animated image, the first frame is used, or with `anm_all` all
/// frames when the result is a GIF or a WebP.
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
    transform_image(bytes, transform, accept, false)
}

/// [`transform()`], which can refuse with 415 to show colours that a missing feature would show better.
pub(crate) fn transform_image(
    bytes: &[u8],
    transform: &Transform,
    accept: &str,
    is_strict: bool,
) -> Result<Transformed, Error> {
    let image = Image::open(bytes)?;
    if is_strict {
        image.check_colors()?;
    }
    let (width, height) = image.size();
    let frame = Frame::of(transform, width, height)?;
    if let Some(animated) = animated(bytes, &image, transform, &frame, accept)? {
        return Ok(animated);
    }
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

/// Transforms all frames of an animation. Returns `None` for still images, and where the result is one.
fn animated(
    bytes: &[u8],
    image: &Image<'_>,
    transform: &Transform,
    frame: &Frame,
    accept: &str,
) -> Result<Option<Transformed>, Error> {
    // Of the formats that every browser shows, only GIF is left to animations.
    let format = transform.fixed_format(accept).unwrap_or(Format::Gif);
    if !transform.animated || !matches!(format, Format::Gif | Format::WebP | Format::Avif) {
        return Ok(None);
    }
    let Header {
        width,
        height,
        orientation,
    } = image.header;
    let Some(format_of_source) = image.format else {
        return Ok(None);
    };
    let Some(mut frames) = Frames::open(bytes, format_of_source, (width, height))? else {
        return Ok(None);
    };
    let size = (frame.width, frame.height);
    frames.check_result(size)?;
    let quality = encode::quality(transform, size);
    let mut encoder = AnimationEncoder::new(format, size, quality, frames.loops, frames.profile())?;
    while let Some((decoded, ms)) = frames.next() {
        let mut pixels = render::render_whole(decoded, frame, image.size(), orientation)?;
        filter::apply(&mut pixels, &transform.filters, transform.sharpening);
        encoder.add(pixels, ms)?;
    }
    Ok(Some(Transformed {
        bytes: encoder.finish()?,
        mime: format.mime(),
        width: frame.width,
        height: frame.height,
        varies: transform.encoding == Encoding::Accept,
    }))
}
