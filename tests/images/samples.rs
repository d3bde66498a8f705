//! Sample images, and the decoders of the libraries, to read results without the code under test.

use std::borrow::Cow;
use wix_media::images::url::Transform;
use wix_media::images::{Error, Transformed, transform};

/// A photograph of `tests/data/photos`.
pub(crate) fn photo(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/photos/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// A file of `tests/data/pictures`.
pub(crate) fn picture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/pictures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// An image as the end of a URL asks for it.
pub(crate) fn made(bytes: &[u8], tail: &str) -> Result<Transformed, Error> {
    made_for(bytes, tail, "")
}

/// An image as the end of a URL asks for it, for a browser that accepts these types.
pub(crate) fn made_for(bytes: &[u8], tail: &str, accept: &str) -> Result<Transformed, Error> {
    let segments: Vec<&str> = tail.split('/').collect();
    transform(bytes, &Transform::parse(&segments)?, accept)
}

/// RGB pixels, each by its place.
pub(crate) fn pixels(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| color(x, y))
        .collect()
}

/// Red on the left and blue on the right, brighter in the upper half.
pub(crate) fn quarters(width: u32, height: u32) -> Vec<u8> {
    pixels(width, height, |x, y| {
        let bright = if y < height / 2 { 250 } else { 120 };
        if x < width / 2 { [bright, 0, 0] } else { [0, 0, bright] }
    })
}

/// A JPEG with an EXIF orientation.
pub(crate) fn jpeg(rgb: &[u8], width: u32, height: u32, orientation: u8, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.set_progressive(progressive);
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    encoder.add_exif_metadata(&exif).unwrap();
    let (width, height) = (width as u16, height as u16);
    encoder
        .encode(rgb, width, height, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    bytes
}

pub(crate) fn png(bytes: &[u8], width: u32, height: u32, color: png::ColorType, profile: Option<&[u8]>) -> Vec<u8> {
    let mut info = png::Info::with_size(width, height);
    info.bit_depth = png::BitDepth::Eight;
    info.color_type = color;
    info.icc_profile = profile.map(Cow::Borrowed);
    let mut file = Vec::new();
    let encoder = png::Encoder::with_info(&mut file, info).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(bytes).unwrap();
    writer.finish().unwrap();
    file
}

pub(crate) fn webp(bytes: &[u8], width: u32, height: u32, color: image_webp::ColorType) -> Vec<u8> {
    let mut file = Vec::new();
    image_webp::WebPEncoder::new(&mut file)
        .encode(bytes, width, height, color)
        .unwrap();
    file
}

/// A GIF of two frames. The first is smaller than the image.
pub(crate) fn gif(width: u16, height: u16) -> Vec<u8> {
    let palette = [255, 0, 0, 0, 255, 0, 0, 0, 255];
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).unwrap();
    let (inner_width, inner_height) = (width / 2, height / 2);
    let frame = gif::Frame {
        left: width / 4,
        top: height / 4,
        width: inner_width,
        height: inner_height,
        buffer: vec![1; usize::from(inner_width) * usize::from(inner_height)].into(),
        ..gif::Frame::default()
    };
    encoder.write_frame(&frame).unwrap();
    let frame = gif::Frame {
        width,
        height,
        buffer: vec![2; usize::from(width) * usize::from(height)].into(),
        ..gif::Frame::default()
    };
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    file
}

/// Width, height and RGBA of a file.
pub(crate) fn decoded(bytes: &[u8], mime: &str) -> (u32, u32, Vec<u8>) {
    let opaque = |rgb: &[u8]| rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    match mime {
        "image/jpeg" => {
            let mut decoder = jpeg_decoder::Decoder::new(bytes);
            let pixels = decoder.decode().unwrap();
            let info = decoder.info().unwrap();
            let rgba = match info.pixel_format {
                jpeg_decoder::PixelFormat::L8 => pixels.iter().flat_map(|&grey| [grey, grey, grey, 255]).collect(),
                _ => opaque(&pixels),
            };
            (u32::from(info.width), u32::from(info.height), rgba)
        }
        "image/png" => {
            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            let rgba = match info.color_type {
                png::ColorType::Rgb => opaque(&pixels),
                png::ColorType::Rgba => pixels,
                png::ColorType::Grayscale => pixels.iter().flat_map(|&grey| [grey, grey, grey, 255]).collect(),
                png::ColorType::GrayscaleAlpha => {
                    pixels.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()
                }
                other => panic!("{other:?}"),
            };
            (info.width, info.height, rgba)
        }
        "image/webp" => {
            let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(bytes)).unwrap();
            let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
            decoder.read_image(&mut pixels).unwrap();
            let (width, height) = decoder.dimensions();
            let rgba = if decoder.has_alpha() { pixels } else { opaque(&pixels) };
            (width, height, rgba)
        }
        "image/gif" => {
            let mut options = gif::DecodeOptions::new();
            options.set_color_output(gif::ColorOutput::RGBA);
            let mut reader = options.read_info(bytes).unwrap();
            let (width, height) = (u32::from(reader.width()), u32::from(reader.height()));
            (
                width,
                height,
                reader.read_next_frame().unwrap().unwrap().buffer.to_vec(),
            )
        }
        other => panic!("{other}"),
    }
}
