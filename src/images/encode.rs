//! Pixels to files.

use super::decode::{Pixels, broken};
use super::render::Rendered;
use super::url::{Format, Refused, Transform, bad};
use super::vp8;
use std::borrow::Cow;

/// The format of a result.
pub(super) fn format(transform: &Transform, accept: &str, is_opaque: bool) -> Format {
    // JPEG has no alpha; to lose it would be worse than to send more.
    let otherwise = if is_opaque { Format::Jpeg } else { Format::Png };
    transform.settled_format(accept).unwrap_or(otherwise)
}

/// The quality that is asked for, or the one of Wix's own URL builder for this area.
fn quality(transform: &Transform, pixels: &Pixels) -> u8 {
    let area = u64::from(pixels.width) * u64::from(pixels.height);
    let usual = match area {
        1_960_001.. => 90,
        360_001.. => 85,
        _ => 80,
    };
    transform.quality.filter(|_| !transform.own_quality).unwrap_or(usual)
}

/// Encodes a result.
pub(super) fn encode(rendered: Rendered, transform: &Transform, format: Format) -> Result<Vec<u8>, Refused> {
    let Rendered { pixels, profile } = rendered;
    let longest = match format {
        Format::WebP | Format::Avif => 16_383,
        Format::Jpeg | Format::Gif => 65_535,
        Format::Png => u32::MAX,
    };
    if pixels.width > longest || pixels.height > longest {
        return Err(bad(format!(
            "w_{},h_{}: {} has at most {longest} pixels in a row or column.",
            pixels.width,
            pixels.height,
            format.mime()
        )));
    }
    let quality = quality(transform, &pixels);
    let profile = profile.filter(|profile| is_needed(profile));
    match format {
        Format::Jpeg => jpeg(&pixels, quality, transform.baseline, profile),
        Format::Png => png(&pixels, profile),
        Format::Gif => gif(pixels),
        Format::WebP | Format::Avif => webp(&pixels, quality, profile),
    }
}

/// Whether a profile is for colours, not huge, and says something that would not be assumed without it.
fn is_needed(profile: &[u8]) -> bool {
    let is_usual = profile.windows(4).any(|name| name == b"sRGB");
    profile.get(16..20) == Some(b"RGB ") && profile.len() <= 1 << 16 && !is_usual
}

/// RGB, on white where the picture shines through.
fn on_white(pixels: &Pixels) -> Cow<'_, [u8]> {
    if pixels.channels == 3 {
        return Cow::Borrowed(&pixels.bytes);
    }
    let mut bytes = Vec::with_capacity(pixels.width as usize * pixels.height as usize * 3);
    for pixel in pixels.bytes.chunks_exact(pixels.channels) {
        let (color, alpha) = match *pixel {
            [grey] => ([grey; 3], 255),
            [grey, alpha] => ([grey; 3], alpha),
            [red, green, blue, alpha] => ([red, green, blue], alpha),
            _ => ([0; 3], 255),
        };
        let alpha = u32::from(alpha);
        bytes.extend(color.map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8));
    }
    Cow::Owned(bytes)
}

/// RGB and alpha.
fn with_alpha(pixels: Pixels) -> Vec<u8> {
    if pixels.channels == 4 {
        return pixels.bytes;
    }
    let widen = |pixel: &[u8]| match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => [grey, grey, grey, alpha],
        [red, green, blue] => [red, green, blue, 255],
        _ => [0; 4],
    };
    pixels.bytes.chunks_exact(pixels.channels).flat_map(widen).collect()
}

fn jpeg(pixels: &Pixels, quality: u8, baseline: bool, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Refused> {
    use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder};
    let (width, height) = (
        u16::try_from(pixels.width).map_err(broken)?,
        u16::try_from(pixels.height).map_err(broken)?,
    );
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_progressive(!baseline);
    encoder.set_optimized_huffman_tables(true);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    if let Some(profile) = profile {
        encoder.add_icc_profile(&profile).map_err(broken)?;
    }
    if pixels.channels == 1 {
        encoder.encode(&pixels.bytes, width, height, ColorType::Luma)
    } else {
        encoder.encode(&on_white(pixels), width, height, ColorType::Rgb)
    }
    .map_err(broken)?;
    Ok(bytes)
}

fn png(pixels: &Pixels, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Refused> {
    let mut info = png::Info::with_size(pixels.width, pixels.height);
    info.bit_depth = png::BitDepth::Eight;
    info.color_type = match pixels.channels {
        1 => png::ColorType::Grayscale,
        2 => png::ColorType::GrayscaleAlpha,
        3 => png::ColorType::Rgb,
        _ => png::ColorType::Rgba,
    };
    info.icc_profile = profile.map(Cow::Owned);
    let mut bytes = Vec::new();
    let encoder = png::Encoder::with_info(&mut bytes, info).map_err(broken)?;
    let mut writer = encoder.write_header().map_err(broken)?;
    writer.write_image_data(&pixels.bytes).map_err(broken)?;
    writer.finish().map_err(broken)?;
    Ok(bytes)
}

fn gif(pixels: Pixels) -> Result<Vec<u8>, Refused> {
    let (width, height) = (
        u16::try_from(pixels.width).map_err(broken)?,
        u16::try_from(pixels.height).map_err(broken)?,
    );
    let mut rgba = with_alpha(pixels);
    let frame = gif::Frame::from_rgba_speed(width, height, &mut rgba, 10);
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[]).map_err(broken)?;
    encoder.write_frame(&frame).map_err(broken)?;
    drop(encoder);
    Ok(bytes)
}

/// A lossy picture, its alpha without loss (the format of RFC 9649).
fn webp(pixels: &Pixels, quality: u8, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Refused> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let frame = vp8::encode(&colors(pixels), width, height, quality);
    let alpha = if pixels.is_opaque() { None } else { Some(alpha(pixels)?) };
    let mut chunks = Vec::new();
    if alpha.is_some() || profile.is_some() {
        let flags = u8::from(alpha.is_some()) << 4 | u8::from(profile.is_some()) << 5;
        let mut head = vec![flags, 0, 0, 0];
        head.extend_from_slice(&(pixels.width - 1).to_le_bytes()[..3]);
        head.extend_from_slice(&(pixels.height - 1).to_le_bytes()[..3]);
        chunk(&mut chunks, b"VP8X", &head)?;
    }
    if let Some(profile) = profile {
        chunk(&mut chunks, b"ICCP", &profile)?;
    }
    if let Some(alpha) = alpha {
        chunk(&mut chunks, b"ALPH", &alpha)?;
    }
    chunk(&mut chunks, b"VP8 ", &frame)?;
    let mut bytes = Vec::with_capacity(chunks.len() + 12);
    chunk(&mut bytes, b"RIFF", &[b"WEBP", chunks.as_slice()].concat())?;
    Ok(bytes)
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> Result<(), Refused> {
    let length = u32::try_from(data.len()).map_err(broken)?;
    out.extend_from_slice(name);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
    Ok(())
}

/// RGB, whatever shines through.
fn colors(pixels: &Pixels) -> Cow<'_, [u8]> {
    let widen = |pixel: &[u8]| match *pixel {
        [red, green, blue, ..] => [red, green, blue],
        [grey, ..] => [grey; 3],
        [] => [0; 3],
    };
    match pixels.channels {
        3 => Cow::Borrowed(&pixels.bytes),
        channels => Cow::Owned(pixels.bytes.chunks_exact(channels).flat_map(widen).collect()),
    }
}

/// Alpha as a lossless picture of greys, without the head of such a picture, which says what is known here.
fn alpha(pixels: &Pixels) -> Result<Vec<u8>, Refused> {
    /// RIFF, the head of the chunk, and that of the picture.
    const HEADS: usize = 12 + 8 + 5;
    const LOSSLESS: u8 = 1;
    let values: Vec<u8> = pixels
        .bytes
        .iter()
        .skip(pixels.channels - 1)
        .step_by(pixels.channels)
        .copied()
        .collect();
    let mut file = Vec::new();
    image_webp::WebPEncoder::new(&mut file)
        .encode(&values, pixels.width, pixels.height, image_webp::ColorType::L8)
        .map_err(broken)?;
    let length = file.get(16..20).and_then(|length| length.try_into().ok());
    let end = 20 + length.map_or(0, u32::from_le_bytes) as usize;
    let data = file.get(HEADS..end).ok_or_else(|| broken("the alpha is missing"))?;
    Ok([&[LOSSLESS], data].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_chooses_the_format() {
        let format_of = |tail: &str, accept, is_opaque| {
            let transform = Transform::parse(&tail.split('/').collect::<Vec<_>>()).unwrap();
            format(&transform, accept, is_opaque)
        };
        let webp = "image/webp,*/*";
        for (tail, accept, is_opaque, expected) in [
            ("fit/w_1,h_1/a.jpg", webp, true, Format::Jpeg),
            ("fit/w_1,h_1/a.webp", "", true, Format::WebP),
            ("fit/w_1,h_1/a.gif", webp, false, Format::Gif),
            ("fit/w_1,h_1/a.avif", "", true, Format::WebP),
            ("fit/w_1,h_1,enc_auto/a.jpg", webp, true, Format::WebP),
            ("fit/w_1,h_1,enc_auto/a.jpg", "image/avif", true, Format::Jpeg),
            ("fit/w_1,h_1,enc_auto/a.png", "*/*", true, Format::Jpeg),
            ("fit/w_1,h_1,enc_auto/a.png", "*/*", false, Format::Png),
            ("fit/w_1,h_1,enc_avif,quality_auto/a.jpg", "", true, Format::WebP),
        ] {
            assert_eq!(format_of(tail, accept, is_opaque), expected, "{tail} {accept}");
        }
    }

    #[test]
    fn what_shines_through_is_white_in_a_jpeg() {
        let pixels = Pixels {
            width: 3,
            height: 1,
            channels: 4,
            bytes: vec![10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 128],
        };
        assert_eq!(*on_white(&pixels), [255, 255, 255, 10, 20, 30, 127, 127, 127]);
        let grey = Pixels {
            width: 1,
            height: 1,
            channels: 2,
            bytes: vec![9, 255],
        };
        assert_eq!(*on_white(&grey), [9, 9, 9]);
    }
}
