//! Encodes pixels into files.

use super::error::Error;
use super::pixels::Pixels;
use super::render::Rendered;
use super::url::{Format, Transform};
use super::vp8;
use std::borrow::Cow;

/// The format of a result.
pub(super) fn format(transform: &Transform, accept: &str, is_opaque: bool) -> Format {
    // JPEG has no alpha. A larger file is better than lost transparency.
    let fallback = if is_opaque { Format::Jpeg } else { Format::Png };
    transform.fixed_format(accept).unwrap_or(fallback)
}

/// The requested quality, or the default of Wix's own URL builder for the area (`docs/contract/media-urls.md#s4-2`).
pub(super) fn quality(transform: &Transform, (width, height): (u32, u32)) -> u8 {
    let area = u64::from(width) * u64::from(height);
    let default = match area {
        1_960_001.. => 90,
        360_001.. => 85,
        _ => 80,
    };
    transform.quality.filter(|_| !transform.auto_quality).unwrap_or(default)
}

/// Encodes a result.
pub(super) fn encode(rendered: Rendered, transform: &Transform, format: Format) -> Result<Vec<u8>, Error> {
    let Rendered { pixels, profile } = rendered;
    check_edges((pixels.width, pixels.height), format)?;
    let quality = quality(transform, (pixels.width, pixels.height));
    let profile = profile.filter(|profile| is_needed(profile));
    match format {
        Format::Jpeg => jpeg(&pixels, quality, transform.baseline, profile),
        Format::Png => png(&pixels, profile),
        Format::Gif => gif(pixels),
        Format::WebP | Format::Avif => webp(&pixels, quality, profile),
    }
}

/// Fails with 400 for edges that a format cannot have.
pub(super) fn check_edges((width, height): (u32, u32), format: Format) -> Result<(), Error> {
    let max_edge = match format {
        Format::WebP | Format::Avif => 16_383,
        Format::Jpeg | Format::Gif => 65_535,
        Format::Png => u32::MAX,
    };
    if width > max_edge || height > max_edge {
        return Err(Error::invalid(format!(
            "invalid size w_{width},h_{height}: expected edges of at most {max_edge} pixels for {}",
            format.mime()
        )));
    }
    Ok(())
}

/// Whether to embed a profile: only those of RGB that differ from the default, sRGB, and are not huge.
pub(super) fn is_needed(profile: &[u8]) -> bool {
    let is_srgb = profile.windows(4).any(|name| name == b"sRGB");
    profile.get(16..20) == Some(b"RGB ") && profile.len() <= 1 << 16 && !is_srgb
}

/// RGB on a white background.
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

/// RGBA.
pub(super) fn with_alpha(pixels: Pixels) -> Vec<u8> {
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

/// RGBA for a GIF, which has no shades of alpha: each pixel becomes opaque or transparent, whichever is nearer.
pub(super) fn without_shades(pixels: Pixels) -> Vec<u8> {
    let mut rgba = with_alpha(pixels);
    for alpha in rgba.iter_mut().skip(3).step_by(4) {
        *alpha = if *alpha < 128 { 0 } else { 255 };
    }
    rgba
}

/// Edges for formats that store them in 16 bits.
pub(super) fn short_edges((width, height): (u32, u32)) -> Result<(u16, u16), Error> {
    let short = |edge: u32| u16::try_from(edge).map_err(Error::encode);
    Ok((short(width)?, short(height)?))
}

fn jpeg(pixels: &Pixels, quality: u8, baseline: bool, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder};
    let (width, height) = short_edges((pixels.width, pixels.height))?;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_progressive(!baseline);
    encoder.set_optimized_huffman_tables(true);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    if let Some(profile) = profile {
        encoder.add_icc_profile(&profile).map_err(Error::encode)?;
    }
    if pixels.channels == 1 {
        encoder.encode(&pixels.bytes, width, height, ColorType::Luma)
    } else {
        encoder.encode(&on_white(pixels), width, height, ColorType::Rgb)
    }
    .map_err(Error::encode)?;
    Ok(bytes)
}

fn png(pixels: &Pixels, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
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
    let encoder = png::Encoder::with_info(&mut bytes, info).map_err(Error::encode)?;
    let mut writer = encoder.write_header().map_err(Error::encode)?;
    writer.write_image_data(&pixels.bytes).map_err(Error::encode)?;
    writer.finish().map_err(Error::encode)?;
    Ok(bytes)
}

fn gif(pixels: Pixels) -> Result<Vec<u8>, Error> {
    let size = (pixels.width, pixels.height);
    let (width, height) = short_edges(size)?;
    let frame = gif_frame(size, without_shades(pixels))?;
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[]).map_err(Error::encode)?;
    encoder.write_frame(&frame).map_err(Error::encode)?;
    drop(encoder);
    Ok(bytes)
}

/// A frame of a GIF. Its RGBA has no shades of alpha: see [`without_shades`].
pub(super) fn gif_frame(size: (u32, u32), mut rgba: Vec<u8>) -> Result<gif::Frame<'static>, Error> {
    let (width, height) = short_edges(size)?;
    Ok(gif::Frame::from_rgba_speed(width, height, &mut rgba, 10))
}

/// Lossy colours with lossless alpha (RFC 9649).
fn webp(pixels: &Pixels, quality: u8, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let mut chunks = Vec::new();
    let has_alpha = !pixels.is_opaque();
    if has_alpha || profile.is_some() {
        webp_header(
            &mut chunks,
            (pixels.width, pixels.height),
            has_alpha,
            false,
            profile.as_deref(),
        )?;
    }
    webp_picture(&mut chunks, pixels, quality)?;
    webp_file(&chunks)
}

/// The chunks that come first in a WebP with more than one.
pub(super) fn webp_header(
    out: &mut Vec<u8>,
    (width, height): (u32, u32),
    has_alpha: bool,
    is_animated: bool,
    profile: Option<&[u8]>,
) -> Result<(), Error> {
    let flags = u8::from(is_animated) << 1 | u8::from(has_alpha) << 4 | u8::from(profile.is_some()) << 5;
    let mut header = vec![flags, 0, 0, 0];
    header.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
    header.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
    chunk(out, b"VP8X", &header)?;
    profile.map_or(Ok(()), |profile| chunk(out, b"ICCP", profile))
}

/// The chunks of a picture, or of a frame.
pub(super) fn webp_picture(out: &mut Vec<u8>, pixels: &Pixels, quality: u8) -> Result<(), Error> {
    if !pixels.is_opaque() {
        chunk(out, b"ALPH", &alpha(pixels)?)?;
    }
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    chunk(out, b"VP8 ", &vp8::encode(&colors(pixels), width, height, quality))
}

/// A file of these chunks.
pub(super) fn webp_file(chunks: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(chunks.len() + 12);
    chunk(&mut bytes, b"RIFF", &[b"WEBP", chunks].concat())?;
    Ok(bytes)
}

pub(super) fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> Result<(), Error> {
    let length = u32::try_from(data.len()).map_err(Error::encode)?;
    out.extend_from_slice(name);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
    Ok(())
}

/// RGB without alpha.
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

/// The content of an `ALPH` chunk: alpha as a lossless grey image without its header.
fn alpha(pixels: &Pixels) -> Result<Vec<u8>, Error> {
    /// The headers of RIFF, of the chunk and of the lossless image.
    const HEADERS_LEN: usize = 12 + 8 + 5;
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
        .map_err(Error::encode)?;
    let length = file.get(16..20).and_then(|length| length.try_into().ok());
    let end = 20 + length.map_or(0, u32::from_le_bytes) as usize;
    let data = file.get(HEADERS_LEN..end).ok_or_else(|| Error::encode("no alpha"))?;
    Ok([&[LOSSLESS], data].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_follows_extension_accept_header_and_opacity() {
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
    fn transparent_pixels_become_white_without_alpha() {
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
