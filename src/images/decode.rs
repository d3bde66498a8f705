//! Decodes files into pixels, within limits of memory and work.
//!
//! Only the pixels that a result needs are kept. A JPEG is reduced by 2, 4 or 8 in the inverse cosine transform, and a PNG
//! row by row, so a large image is in memory as a whole only when all of it is shown at full size.

use super::error::Error;
use super::orientation::Orientation;
use super::source_format::SourceFormat;
use gif::{ColorOutput, DecodeOptions, MemoryLimit};
use image_webp::WebPDecoder;
use jpeg_decoder::{CodingProcess, PixelFormat};
use std::io::Cursor;
use std::num::NonZeroU64;

/// The largest number of pixels of an image.
pub(super) const MAX_PIXELS: u64 = 100_000_000;
/// The largest memory for decoding one image, in bytes.
pub(super) const MAX_MEMORY: u64 = 320 << 20;
/// The largest number of pixels times scans of a progressive JPEG. Each scan is a pass over the whole image.
const MAX_SCANNED_PIXELS: u64 = 2_000_000_000;

/// Pixels of 1 to 4 channels of one byte: grey, grey and alpha, RGB, or RGBA. Alpha is not premultiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 to 4.
    pub(super) channels: usize,
    pub(super) bytes: Vec<u8>,
}

impl Pixels {
    pub(super) fn has_alpha(&self) -> bool {
        self.channels.is_multiple_of(2)
    }

    /// Whether no pixel is transparent.
    pub(super) fn is_opaque(&self) -> bool {
        !self.has_alpha()
            || self
                .bytes
                .iter()
                .skip(self.channels - 1)
                .step_by(self.channels)
                .all(|&alpha| alpha == 255)
    }
}

/// The part of an image to decode, in pixels as stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The size of the rectangle in the result.
    pub(super) result_size: (u32, u32),
}

impl Region {
    /// How many times larger the rectangle is than the result, at least 1.
    fn reduction(&self) -> f64 {
        let (width, height) = self.result_size;
        (self.width / f64::from(width))
            .min(self.height / f64::from(height))
            .max(1.0)
    }
}

/// Decoded pixels, which cover the region.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) pixels: Pixels,
    /// The upper left corner, in pixels as stored.
    pub(super) origin: (u32, u32),
    /// How many stored pixels one of these averages, in each direction.
    pub(super) reduction: u32,
    /// The ICC profile.
    pub(super) profile: Option<Vec<u8>>,
}

/// An image whose header has been read.
pub(super) struct Image<'a> {
    pub(super) format: SourceFormat,
    /// Width as stored.
    pub(super) width: u32,
    /// Height as stored.
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    reader: Reader<'a>,
}

enum Reader<'a> {
    Jpeg(Box<jpeg_decoder::Decoder<&'a [u8]>>),
    Png(Box<png::Reader<Cursor<&'a [u8]>>>),
    Gif(Box<gif::Decoder<&'a [u8]>>),
    WebP(Box<WebPDecoder<Cursor<&'a [u8]>>>),
}

impl<'a> Image<'a> {
    /// Reads the header of a file. Fails with 415 for other formats, 422 for damaged files, and 413 above the limits.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let format = SourceFormat::detect(bytes)
            .ok_or_else(|| Error::new(415, "unsupported image type: expected JPEG, PNG, GIF or WebP"))?;
        let image = match format {
            SourceFormat::Jpeg => Self::jpeg(bytes)?,
            SourceFormat::Png => Self::png(bytes)?,
            SourceFormat::Gif => Self::gif(bytes)?,
            SourceFormat::WebP => Self::webp(bytes)?,
        };
        let pixels = u64::from(image.width) * u64::from(image.height);
        if pixels == 0 {
            return Err(Error::decode("no pixels"));
        }
        if pixels > MAX_PIXELS {
            return Err(Error::too_large("at most 100 megapixels"));
        }
        Ok(image)
    }

    /// Width and height as shown.
    pub(super) fn size(&self) -> (u32, u32) {
        if self.orientation.is_sideways() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    fn jpeg(bytes: &'a [u8]) -> Result<Self, Error> {
        let cost = JpegCost::of(bytes).ok_or_else(|| Error::decode("no frame"))?;
        let mut reader = jpeg_decoder::Decoder::new(bytes);
        reader.read_info().map_err(Error::decode)?;
        let info = reader.info().ok_or_else(|| Error::decode("no frame"))?;
        let orientation = reader.exif_data().map(Orientation::of_exif).unwrap_or_default();
        let (width, height) = (u32::from(info.width), u32::from(info.height));
        let pixels = u64::from(width) * u64::from(height);
        // A block of 64 pixels takes at least one bit.
        if pixels / 512 > bytes.len() as u64 {
            return Err(Error::decode("truncated"));
        }
        if cost.is_progressive && cost.coefficients.saturating_mul(2) > MAX_MEMORY {
            return Err(Error::too_large(
                "a progressive JPEG whose coefficients take at most 320 MB",
            ));
        }
        if pixels.saturating_mul(cost.scans) > MAX_SCANNED_PIXELS {
            return Err(Error::too_large("a progressive JPEG with fewer scans"));
        }
        Ok(Self {
            width,
            height,
            format: SourceFormat::Jpeg,
            orientation,
            reader: Reader::Jpeg(Box::new(reader)),
        })
    }

    fn png(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 16 << 20 });
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        decoder.set_ignore_text_chunk(true);
        let reader = decoder.read_info().map_err(Error::decode)?;
        let info = reader.info();
        Ok(Self {
            width: info.width,
            height: info.height,
            format: SourceFormat::Png,
            orientation: Orientation::default(),
            reader: Reader::Png(Box::new(reader)),
        })
    }

    fn gif(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::MIN.saturating_add(MAX_MEMORY)));
        let reader = options.read_info(bytes).map_err(Error::decode)?;
        Ok(Self {
            width: u32::from(reader.width()),
            height: u32::from(reader.height()),
            format: SourceFormat::Gif,
            orientation: Orientation::default(),
            reader: Reader::Gif(Box::new(reader)),
        })
    }

    fn webp(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = WebPDecoder::new(Cursor::new(bytes)).map_err(Error::decode)?;
        reader.set_memory_limit(usize::try_from(MAX_MEMORY).unwrap_or(usize::MAX));
        let (width, height) = reader.dimensions();
        // The decoder holds the pixels twice: in its own buffer and in the output.
        if u64::from(width) * u64::from(height) * 8 > MAX_MEMORY {
            return Err(Error::too_large("a WebP of at most 40 megapixels"));
        }
        Ok(Self {
            width,
            height,
            format: SourceFormat::WebP,
            orientation: Orientation::default(),
            reader: Reader::WebP(Box::new(reader)),
        })
    }

    /// Decodes a region. Of an animation, the first frame is used.
    pub(super) fn decode(self, region: &Region) -> Result<Decoded, Error> {
        let size = (self.width, self.height);
        match self.reader {
            Reader::Jpeg(reader) => jpeg(*reader, size, region),
            Reader::Png(reader) => png(*reader, size, region),
            Reader::Gif(reader) => gif(*reader, size, region),
            Reader::WebP(reader) => webp(*reader, size),
        }
    }
}

impl std::fmt::Debug for Image<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Image")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

/// The cost of decoding a JPEG, by its segments.
#[derive(Debug, Default)]
struct JpegCost {
    is_progressive: bool,
    /// Of all components.
    coefficients: u64,
    scans: u64,
}

impl JpegCost {
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut cost = None;
        let mut at = 2;
        while let Some(&[mark, marker]) = bytes.get(at..at + 2) {
            if mark != 0xff || matches!(marker, 0x00 | 0xd0..=0xd7 | 0xff) {
                // Inside the entropy-coded data of a scan.
                at += 1 + bytes[at + 1..].iter().position(|&byte| byte == 0xff)?;
                continue;
            }
            if marker == 0xd9 {
                break;
            }
            let Some(&[high, low]) = bytes.get(at + 2..at + 4) else {
                break;
            };
            let length = usize::from(u16::from_be_bytes([high, low]));
            let segment = bytes.get(at + 4..at + 2 + length.max(2)).unwrap_or_default();
            match marker {
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf if cost.is_none() => {
                    let mut frame = Self::of_frame(segment)?;
                    frame.is_progressive = marker == 0xc2;
                    cost = Some(frame);
                }
                0xda => {
                    if let Some(cost) = &mut cost {
                        cost.scans += 1;
                    }
                }
                _ => {}
            }
            at += 2 + length.max(2);
        }
        cost
    }

    fn of_frame(segment: &[u8]) -> Option<Self> {
        let &[
            _,
            height_high,
            height_low,
            width_high,
            width_low,
            _,
            ref components @ ..,
        ] = segment
        else {
            return None;
        };
        let height = u64::from(u16::from_be_bytes([height_high, height_low]));
        let width = u64::from(u16::from_be_bytes([width_high, width_low]));
        let factors: Vec<(u64, u64)> = components
            .chunks_exact(3)
            .map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 15)))
            .collect();
        let max = |factor: fn(&(u64, u64)) -> u64| factors.iter().map(factor).max().unwrap_or(1).max(1);
        let (across, down) = (max(|factor| factor.0), max(|factor| factor.1));
        let units = width.div_ceil(8 * across) * height.div_ceil(8 * down);
        let blocks: u64 = factors.iter().map(|(across, down)| units * across * down).sum();
        Some(Self {
            coefficients: blocks * 64,
            ..Self::default()
        })
    }
}

fn jpeg(
    mut reader: jpeg_decoder::Decoder<&[u8]>,
    (width, height): (u32, u32),
    region: &Region,
) -> Result<Decoded, Error> {
    let possible = region.reduction();
    // The decoder holds planes and pixels at the same time.
    let memory = |reduction: u32| 8 * u64::from(width.div_ceil(reduction)) * u64::from(height.div_ceil(reduction));
    let mut reduction = 1;
    while reduction < 8 && (f64::from(2 * reduction) <= possible || memory(reduction) > MAX_MEMORY) {
        reduction *= 2;
    }
    let edge = |edge: u32| u16::try_from(edge.div_ceil(reduction)).unwrap_or(u16::MAX);
    reader.scale(edge(width), edge(height)).map_err(Error::decode)?;
    let bytes = reader.decode().map_err(Error::decode)?;
    let info = reader.info().ok_or_else(|| Error::decode("no frame"))?;
    if info.coding_process == CodingProcess::Lossless {
        // Lossless JPEGs have no cosine transform, and are decoded at full size whatever was asked for.
        reduction = 1;
    }
    let (channels, bytes) = match info.pixel_format {
        PixelFormat::L8 => (1, bytes),
        PixelFormat::RGB24 => (3, bytes),
        PixelFormat::L16 => (1, high_bytes(&bytes)),
        PixelFormat::CMYK32 => (3, cmyk_to_rgb(&bytes)),
    };
    let is_cmyk = info.pixel_format == PixelFormat::CMYK32;
    complete(Decoded {
        pixels: Pixels {
            width: u32::from(info.width),
            height: u32::from(info.height),
            channels,
            bytes,
        },
        origin: (0, 0),
        reduction,
        profile: reader.icc_profile().filter(|_| !is_cmyk),
    })
}

/// Checks that there are as many bytes as the size needs, which resampling relies on.
fn complete(decoded: Decoded) -> Result<Decoded, Error> {
    let pixels = &decoded.pixels;
    let needed = u64::from(pixels.width) * u64::from(pixels.height) * pixels.channels as u64;
    if pixels.bytes.len() as u64 == needed {
        Ok(decoded)
    } else {
        Err(Error::decode("missing pixels"))
    }
}

/// Reduces samples of 16 bits to 8. The decoder returns them in native byte order.
fn high_bytes(samples: &[u8]) -> Vec<u8> {
    let high = |pair: &[u8]| (u16::from_ne_bytes([pair[0], pair[1]]) >> 8) as u8;
    samples.chunks_exact(2).map(high).collect()
}

/// Converts CMYK to RGB without a profile. The decoder has already undone the inversion of Adobe.
fn cmyk_to_rgb(ink: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(ink.len() / 4 * 3);
    for pixel in ink.chunks_exact(4) {
        let black = 255 - u16::from(pixel[3]);
        rgb.extend(
            pixel[..3]
                .iter()
                .map(|&ink| ((255 - u16::from(ink)) * black / 255) as u8),
        );
    }
    rgb
}

fn png(mut reader: png::Reader<Cursor<&[u8]>>, (width, height): (u32, u32), region: &Region) -> Result<Decoded, Error> {
    let (color, _) = reader.output_color_type();
    let channels = color.samples();
    let profile = reader.info().icc_profile.as_ref().map(|profile| profile.to_vec());
    let mut reducer = RowReducer::new((width, height), channels, region)?;
    if reader.info().interlaced {
        let size = reader.output_buffer_size().filter(|&size| size as u64 <= MAX_MEMORY);
        let size = size.ok_or_else(|| Error::too_large("an interlaced PNG whose pixels take at most 320 MB"))?;
        let mut bytes = vec![0; size];
        reader.next_frame(&mut bytes).map_err(Error::decode)?;
        for row in bytes.chunks_exact(width as usize * channels) {
            reducer.add(row);
        }
    } else {
        while reducer.needs_more() {
            let Some(row) = reader.next_row().map_err(Error::decode)? else {
                break;
            };
            reducer.add(row.data());
        }
    }
    reducer.finish(profile)
}

fn gif(mut reader: gif::Decoder<&[u8]>, (width, height): (u32, u32), region: &Region) -> Result<Decoded, Error> {
    let profile = reader.icc_profile().map(<[u8]>::to_vec);
    let global = reader.global_palette().map(<[u8]>::to_vec);
    let frame = reader.read_next_frame().map_err(Error::decode)?;
    let frame = frame.ok_or_else(|| Error::decode("no frame"))?;
    let palette = frame.palette.as_ref().or(global.as_ref());
    let palette = palette.ok_or_else(|| Error::decode("no palette"))?;
    let mut reducer = RowReducer::new((width, height), 4, region)?;
    let (left, top) = (usize::from(frame.left), u32::from(frame.top));
    let frame_width = usize::from(frame.width).max(1);
    let mut lines = frame.buffer.chunks_exact(frame_width);
    let mut row = vec![0; width as usize * 4];
    for y in 0..height {
        // A frame may be smaller than the image, or truncated. The rest is transparent.
        row.fill(0);
        let line = if y >= top { lines.next() } else { None };
        for (pixel, &index) in row.chunks_exact_mut(4).skip(left).zip(line.unwrap_or_default()) {
            let color = palette.get(usize::from(index) * 3..usize::from(index) * 3 + 3);
            if let Some(color) = color.filter(|_| Some(index) != frame.transparent) {
                pixel[..3].copy_from_slice(color);
                pixel[3] = 255;
            }
        }
        reducer.add(&row);
    }
    reducer.finish(profile)
}

fn webp(mut reader: WebPDecoder<Cursor<&[u8]>>, (width, height): (u32, u32)) -> Result<Decoded, Error> {
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| Error::too_large("fewer pixels"))?;
    let mut bytes = vec![0; size];
    reader.read_image(&mut bytes).map_err(Error::decode)?;
    let channels = if reader.has_alpha() { 4 } else { 3 };
    complete(Decoded {
        pixels: Pixels {
            width,
            height,
            channels,
            bytes,
        },
        origin: (0, 0),
        reduction: 1,
        profile: reader.icc_profile().unwrap_or(None),
    })
}

/// Reduces an image row by row: crops the rows to a region and averages them in square cells.
struct RowReducer {
    /// The region, in pixels as stored.
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    channels: usize,
    reduction: u32,
    /// The number of the next row.
    y: u32,
    /// The sums of the current cells. Colours are weighted by alpha.
    sums: Vec<u32>,
    bytes: Vec<u8>,
}

impl RowReducer {
    fn new((width, height): (u32, u32), channels: usize, region: &Region) -> Result<Self, Error> {
        let low = |edge: f64| edge.max(0.0) as u32;
        let high = |edge: f64, end: u32| (edge.ceil() as u32).clamp(1, end);
        let (right, bottom) = (
            high(region.x + region.width, width),
            high(region.y + region.height, height),
        );
        let (left, top) = (low(region.x).min(right - 1), low(region.y).min(bottom - 1));
        let cells = |reduction: u32| ((right - left).div_ceil(reduction), (bottom - top).div_ceil(reduction));
        let size = |reduction: u32| {
            let (across, down) = cells(reduction);
            u64::from(across) * u64::from(down) * channels as u64
        };
        // Averages of cells are coarse. The last halving is left to the resampling filter.
        let mut reduction = ((region.reduction() / 2.0) as u32).clamp(1, 4096);
        while size(reduction) > MAX_MEMORY / 2 {
            reduction += 1;
        }
        let (across, _) = cells(reduction);
        Ok(Self {
            left,
            top,
            right,
            bottom,
            channels,
            reduction,
            y: 0,
            sums: vec![0; across as usize * channels],
            bytes: Vec::with_capacity(usize::try_from(size(reduction)).map_err(Error::decode)?),
        })
    }

    fn needs_more(&self) -> bool {
        self.y < self.bottom
    }

    /// Adds the next row.
    fn add(&mut self, row: &[u8]) {
        let y = self.y;
        self.y += 1;
        if y < self.top || y >= self.bottom {
            return;
        }
        let channels = self.channels;
        let part = row
            .get(self.left as usize * channels..self.right as usize * channels)
            .unwrap_or_default();
        if self.reduction == 1 {
            self.bytes.extend_from_slice(part);
            return;
        }
        let cells = part.chunks(self.reduction as usize * channels);
        for (sums, cell) in self.sums.chunks_exact_mut(channels).zip(cells) {
            for pixel in cell.chunks_exact(channels) {
                if channels.is_multiple_of(2) {
                    let alpha = u32::from(pixel[channels - 1]);
                    for (sum, &value) in sums.iter_mut().zip(&pixel[..channels - 1]) {
                        *sum += u32::from(value) * alpha / 255;
                    }
                    sums[channels - 1] += alpha;
                } else {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(value);
                    }
                }
            }
        }
        let row = y - self.top + 1;
        if row.is_multiple_of(self.reduction) || y + 1 == self.bottom {
            self.flush((row - 1) % self.reduction + 1);
        }
    }

    /// Writes the averages of the current cells, which have this many rows.
    fn flush(&mut self, rows: u32) {
        let channels = self.channels;
        let width = self.right - self.left;
        for (number, sums) in self.sums.chunks_exact_mut(channels).enumerate() {
            let start = number as u32 * self.reduction;
            let count = (width - start).min(self.reduction) * rows;
            if channels.is_multiple_of(2) {
                let alpha = sums[channels - 1];
                for sum in &mut sums[..channels - 1] {
                    let value = (u64::from(*sum) * 255 + u64::from(alpha) / 2) / u64::from(alpha.max(1));
                    self.bytes.push(value.min(255) as u8);
                }
                self.bytes.push(((alpha + count / 2) / count) as u8);
            } else {
                self.bytes
                    .extend(sums.iter().map(|sum| ((sum + count / 2) / count) as u8));
            }
            sums.fill(0);
        }
    }

    fn finish(self, profile: Option<Vec<u8>>) -> Result<Decoded, Error> {
        complete(Decoded {
            pixels: Pixels {
                width: (self.right - self.left).div_ceil(self.reduction),
                height: (self.bottom - self.top).div_ceil(self.reduction),
                channels: self.channels,
                bytes: self.bytes,
            },
            origin: (self.left, self.top),
            reduction: self.reduction,
            profile,
        })
    }
}
