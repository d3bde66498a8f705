//! Renders the frame of an image: decoded, resampled and turned upright.

use super::decode::Image;
use super::error::Error;
use super::frame::Frame;
use super::orientation::Orientation;
use super::pixels::Pixels;
use super::reduce::{Decoded, Region};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

/// Rendered pixels with their ICC profile.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) pixels: Pixels,
    pub(super) profile: Option<Vec<u8>>,
}

/// Renders a frame, which is in pixels of the upright image.
pub(super) fn render(image: Image<'_>, frame: &Frame, filter: FilterType) -> Result<Rendered, Error> {
    let orientation = image.header.orientation;
    let region = stored_region(frame, image.size(), orientation);
    let decoded = image.decode(&region)?;
    let pixels = resample(&decoded, &region, filter)?;
    Ok(Rendered {
        pixels: upright(pixels, orientation),
        profile: decoded.profile,
    })
}

/// Renders a frame of a whole decoded image of this size as shown.
pub(super) fn render_whole(
    decoded: &Decoded,
    frame: &Frame,
    size: (u32, u32),
    orientation: Orientation,
) -> Result<Pixels, Error> {
    let region = stored_region(frame, size, orientation);
    Ok(upright(resample(decoded, &region, FilterType::Lanczos3)?, orientation))
}

/// The region of the stored image that a frame of the upright one shows.
pub(super) fn stored_region(frame: &Frame, (width, height): (u32, u32), orientation: Orientation) -> Region {
    let &Frame {
        mut x,
        mut y,
        source_width,
        source_height,
        ..
    } = frame;
    if orientation.mirrored {
        x = f64::from(width) - x - source_width;
    }
    if orientation.flipped {
        y = f64::from(height) - y - source_height;
    }
    if orientation.transposed {
        Region {
            x: y,
            y: x,
            width: source_height,
            height: source_width,
            result_size: (frame.height, frame.width),
        }
    } else {
        Region {
            x,
            y,
            width: source_width,
            height: source_height,
            result_size: (frame.width, frame.height),
        }
    }
}

fn resample(decoded: &Decoded, region: &Region, filter: FilterType) -> Result<Pixels, Error> {
    // The untyped function of the library would link the code of all its pixel types.
    match decoded.pixels.channels {
        1 => resample_as::<U8>(decoded, region, filter),
        2 => resample_as::<U8x2>(decoded, region, filter),
        3 => resample_as::<U8x3>(decoded, region, filter),
        _ => resample_as::<U8x4>(decoded, region, filter),
    }
}

fn resample_as<P: PixelTrait>(decoded: &Decoded, region: &Region, filter: FilterType) -> Result<Pixels, Error> {
    let pixels = &decoded.pixels;
    let reduction = f64::from(decoded.reduction);
    let (left, top) = decoded.origin;
    // Rounding must not lead outside the image.
    let inside = |start: f64, length: f64, origin: u32, end: u32| {
        let start = ((start - f64::from(origin)) / reduction).clamp(0.0, f64::from(end) - 0.01);
        (start, (length / reduction).clamp(0.01, f64::from(end) - start))
    };
    let (x, width) = inside(region.x, region.width, left, pixels.width);
    let (y, height) = inside(region.y, region.height, top, pixels.height);
    let (result_width, result_height) = region.result_size;
    let source = TypedImageRef::<P>::from_buffer(pixels.width, pixels.height, &pixels.bytes).map_err(Error::decode)?;
    let mut bytes = vec![0; result_width as usize * result_height as usize * pixels.channels];
    let mut result = TypedImage::<P>::from_buffer(result_width, result_height, &mut bytes).map_err(Error::decode)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .crop(x, y, width, height);
    Resizer::new()
        .resize_typed(&source, &mut result, &options)
        .map_err(Error::decode)?;
    drop(result);
    Ok(Pixels {
        width: result_width,
        height: result_height,
        channels: pixels.channels,
        bytes,
    })
}

fn upright(pixels: Pixels, orientation: Orientation) -> Pixels {
    if orientation == Orientation::default() {
        return pixels;
    }
    let (stored_width, stored_height) = (pixels.width as usize, pixels.height as usize);
    let (width, height) = if orientation.transposed {
        (stored_height, stored_width)
    } else {
        (stored_width, stored_height)
    };
    let channels = pixels.channels;
    let mut bytes = Vec::with_capacity(pixels.bytes.len());
    for y in 0..height {
        let y = if orientation.flipped { height - 1 - y } else { y };
        for x in 0..width {
            let x = if orientation.mirrored { width - 1 - x } else { x };
            let (column, row) = if orientation.transposed { (y, x) } else { (x, y) };
            let at = (row * stored_width + column) * channels;
            bytes.extend_from_slice(&pixels.bytes[at..at + channels]);
        }
    }
    Pixels {
        width: width as u32,
        height: height as u32,
        channels,
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three by two numbered pixels.
    fn numbered() -> Pixels {
        Pixels {
            width: 3,
            height: 2,
            channels: 1,
            bytes: vec![1, 2, 3, 4, 5, 6],
        }
    }

    #[test]
    fn upright_applies_each_orientation() {
        for (number, expected) in [
            (1, [1, 2, 3, 4, 5, 6]),
            (2, [3, 2, 1, 6, 5, 4]),
            (3, [6, 5, 4, 3, 2, 1]),
            (4, [4, 5, 6, 1, 2, 3]),
            (5, [1, 4, 2, 5, 3, 6]),
            (6, [4, 1, 5, 2, 6, 3]),
            (7, [6, 3, 5, 2, 4, 1]),
            (8, [3, 6, 2, 5, 1, 4]),
        ] {
            let turned = upright(numbered(), Orientation::of_number(number));
            assert_eq!(turned.bytes, expected, "{number}");
            assert_eq!(turned.width, if number < 5 { 3 } else { 2 });
        }
    }

    #[test]
    fn stored_region_shows_the_frame_in_each_orientation() {
        let decoded = Decoded {
            pixels: numbered(),
            origin: (0, 0),
            reduction: 1.0,
            profile: None,
        };
        for number in 1..=8 {
            let orientation = Orientation::of_number(number);
            let whole = upright(numbered(), orientation);
            for (x, y) in [(0, 0), (1, 0), (1, 1)] {
                let frame = Frame {
                    x: f64::from(x),
                    y: f64::from(y),
                    source_width: 1.0,
                    source_height: 1.0,
                    width: 1,
                    height: 1,
                };
                let region = stored_region(&frame, (whole.width, whole.height), orientation);
                let found = resample(&decoded, &region, FilterType::Box).unwrap();
                assert_eq!(
                    found.bytes[0],
                    whole.bytes[(y * whole.width + x) as usize],
                    "{number}: {x},{y}"
                );
            }
        }
    }
}
