//! Decodes files into pixels, within limits of memory and work.
//!
//! Only the pixels that a result needs are kept. A JPEG is reduced by 2, 4 or 8 in the inverse cosine transform, and a PNG
//! row by row, so a large image is in memory as a whole only when all of it is shown at full size.

use super::bitmap::Bitmap;
use super::error::Error;
use super::gif_frames::GifFrames;
use super::header::{Header, largest_in_icon};
use super::jpeg::Jpeg;
use super::pixels::{MAX_MEMORY, MAX_PIXELS, Pixels};
use super::source_format::SourceFormat;
use super::webp;
use image_webp::WebPDecoder;
use std::io::Cursor;

/// The largest number of pixels times scans of a progressive JPEG. Each scan is a pass over the whole image.
const MAX_SCANNED_PIXELS: u64 = 2_000_000_000;

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
    pub(super) header: Header,
    reader: Reader<'a>,
}

enum Reader<'a> {
    Jpeg(Box<Jpeg<'a>>),
    Png(Box<png::Reader<Cursor<&'a [u8]>>>),
    Gif(Box<GifFrames<'a>>),
    WebP(Box<WebPDecoder<Cursor<&'a [u8]>>>),
    Bitmap(Box<Bitmap<'a>>),
}

impl<'a> Image<'a> {
    /// Reads the header of a file. Fails with 415 for other formats, 422 for damaged files, and 413 above the limits.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let format = SourceFormat::detect(bytes)
            .ok_or_else(|| Error::new(415, "unsupported image type: expected JPEG, PNG, GIF, WebP, BMP or ICO"))?;
        let header = Header::read(&mut &*bytes).ok_or_else(|| Error::decode("no size"))?;
        let size = (header.width, header.height);
        let reader = match format {
            SourceFormat::Jpeg => Self::jpeg(bytes)?,
            SourceFormat::Png => Self::png(bytes, size)?,
            SourceFormat::Gif => Reader::Gif(Box::new(GifFrames::open(bytes)?)),
            SourceFormat::WebP => Self::webp(bytes, size)?,
            SourceFormat::Bmp => Self::bitmap(Bitmap::open(bytes)?, size)?,
            SourceFormat::Icon => {
                let start = largest_in_icon(&mut &*bytes).and_then(|(_, start)| usize::try_from(start).ok());
                let own = start.and_then(|start| bytes.get(start..)).unwrap_or_default();
                if SourceFormat::detect(own) == Some(SourceFormat::Png) {
                    Self::png(own, size)?
                } else {
                    Self::bitmap(Bitmap::open_icon(own)?, size)?
                }
            }
        };
        if u64::from(header.width) * u64::from(header.height) > MAX_PIXELS {
            return Err(Error::too_large("at most 100 megapixels"));
        }
        Ok(Self { format, header, reader })
    }

    /// Width and height as shown.
    pub(super) fn size(&self) -> (u32, u32) {
        self.header.size()
    }

    fn jpeg(bytes: &'a [u8]) -> Result<Reader<'a>, Error> {
        let reader = Jpeg::open(bytes)?;
        let pixels = u64::from(reader.width) * u64::from(reader.height);
        // A block of 64 pixels takes at least one bit.
        if pixels / 512 > bytes.len() as u64 {
            return Err(Error::decode("truncated"));
        }
        if reader.is_progressive && reader.coefficients().saturating_mul(2) > MAX_MEMORY {
            return Err(Error::too_large(
                "a progressive JPEG whose coefficients take at most 320 MB",
            ));
        }
        if pixels.saturating_mul(reader.scans) > MAX_SCANNED_PIXELS {
            return Err(Error::too_large("a JPEG with fewer scans"));
        }
        Ok(Reader::Jpeg(Box::new(reader)))
    }

    fn png(bytes: &'a [u8], size: (u32, u32)) -> Result<Reader<'a>, Error> {
        if bytes.get(12..16) == Some(b"CgBI") {
            return Err(Error::new(
                415,
                "unsupported PNG: expected the standard format, found that of Apple's devices",
            ));
        }
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 16 << 20 });
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        decoder.set_ignore_text_chunk(true);
        let reader = decoder.read_info().map_err(Error::decode)?;
        agree((reader.info().width, reader.info().height), size)?;
        Ok(Reader::Png(Box::new(reader)))
    }

    fn bitmap(bitmap: Bitmap<'a>, size: (u32, u32)) -> Result<Reader<'a>, Error> {
        agree((bitmap.width, bitmap.height), size)?;
        Ok(Reader::Bitmap(Box::new(bitmap)))
    }

    fn webp(bytes: &'a [u8], (width, height): (u32, u32)) -> Result<Reader<'a>, Error> {
        let reader = webp::open(bytes)?;
        agree(reader.dimensions(), (width, height))?;
        // The decoder holds the pixels twice: in its own buffer and in the output.
        if u64::from(width) * u64::from(height) * 8 > MAX_MEMORY {
            return Err(Error::too_large("a WebP of at most 40 megapixels"));
        }
        Ok(Reader::WebP(reader))
    }

    /// Decodes a region. Of an animation, the first frame is used.
    pub(super) fn decode(self, region: &Region) -> Result<Decoded, Error> {
        let size = (self.header.width, self.header.height);
        match self.reader {
            Reader::Jpeg(reader) => jpeg(*reader, size, region),
            Reader::Png(reader) => png(*reader, size, region),
            Reader::Gif(reader) => gif(*reader, size, region),
            Reader::WebP(reader) => webp_pixels(*reader, size),
            Reader::Bitmap(bitmap) => painted(size, region, None, |y, row| bitmap.paint(y, row)),
        }
    }
}

impl std::fmt::Debug for Image<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Image")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Checks that a decoder sees what the header tells. They differ for damaged files only.
fn agree(found: (u32, u32), told: (u32, u32)) -> Result<(), Error> {
    if found == told {
        Ok(())
    } else {
        Err(Error::decode("the header contradicts itself"))
    }
}

fn jpeg(reader: Jpeg<'_>, (width, height): (u32, u32), region: &Region) -> Result<Decoded, Error> {
    agree((reader.width, reader.height), (width, height))?;
    let possible = region.reduction();
    // The decoder holds planes and pixels at the same time.
    let memory = |reduction: u32| 8 * u64::from(width.div_ceil(reduction)) * u64::from(height.div_ceil(reduction));
    let mut reduction = 1;
    while reduction < 8 && (f64::from(2 * reduction) <= possible || memory(reduction) > MAX_MEMORY) {
        reduction *= 2;
    }
    let (pixels, profile) = reader.decode(reduction)?;
    whole(pixels, reduction, profile)
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

fn gif(mut frames: GifFrames<'_>, size: (u32, u32), region: &Region) -> Result<Decoded, Error> {
    let frame = frames.next().ok_or_else(|| Error::decode("no frame"))?;
    painted(size, region, frames.profile(), |y, row| frame.paint(y, row))
}

/// An image in RGBA whose rows are painted as they are needed. The rest is transparent, as where a frame is smaller than the
/// image, or a file truncated.
fn painted(
    (width, height): (u32, u32),
    region: &Region,
    profile: Option<Vec<u8>>,
    paint: impl Fn(usize, &mut [u8]),
) -> Result<Decoded, Error> {
    let mut reducer = RowReducer::new((width, height), 4, region)?;
    let mut row = vec![0; width as usize * 4];
    while reducer.needs_more() {
        row.fill(0);
        paint(reducer.y as usize, &mut row);
        reducer.add(&row);
    }
    reducer.finish(profile)
}

fn webp_pixels(mut reader: WebPDecoder<Cursor<&[u8]>>, (width, height): (u32, u32)) -> Result<Decoded, Error> {
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| Error::too_large("fewer pixels"))?;
    let mut bytes = vec![0; size];
    reader.read_image(&mut bytes).map_err(Error::decode)?;
    let channels = if reader.has_alpha() { 4 } else { 3 };
    let pixels = Pixels {
        width,
        height,
        channels,
        bytes,
    };
    whole(pixels, 1, reader.icc_profile().unwrap_or(None))
}

/// An image that was decoded as a whole.
fn whole(pixels: Pixels, reduction: u32, profile: Option<Vec<u8>>) -> Result<Decoded, Error> {
    complete(Decoded {
        pixels,
        origin: (0, 0),
        reduction,
        profile,
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
