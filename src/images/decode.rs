//! Decodes files into pixels, within limits of memory and work.
//!
//! Only the pixels that a result needs are kept. A JPEG is reduced by 2, 4 or 8 in the inverse cosine transform, and a PNG
//! row by row, so a large image is in memory as a whole only when all of it is shown at full size.

use super::bitmap::Bitmap;
use super::error::Error;
use super::exchange::{self, Kind};
use super::gif_frames::GifFrames;
use super::header::{Header, largest_in_icon};
use super::jpeg::Jpeg;
use super::parts::{Part, check_area};
use super::pixels::{MAX_MEMORY, Pixels};
use super::reduce::{Decoded, Region, RowReducer, painted, whole};
use super::source_format::SourceFormat;
use super::webp;
use image_webp::WebPDecoder;
use std::io::Cursor;

/// The largest number of pixels times scans of a progressive JPEG. Each scan is a pass over the whole image.
const MAX_SCANNED_PIXELS: u64 = 2_000_000_000;

/// An image whose header has been read.
pub(super) struct Image<'a> {
    /// `None` for pixels that another module has decoded.
    pub(super) format: Option<SourceFormat>,
    pub(super) header: Header,
    reader: Reader<'a>,
}

enum Reader<'a> {
    Jpeg(Box<Jpeg<'a>>),
    Png(Box<png::Reader<Cursor<&'a [u8]>>>),
    Gif(Box<GifFrames<'a>>),
    WebP(Box<WebPDecoder<Cursor<&'a [u8]>>>),
    Bitmap(Box<Bitmap<'a>>),
    Part(Part<'a>),
    Decoded(Box<Decoded>),
}

impl<'a> Image<'a> {
    /// Reads the header of a file. Fails with 415 for other formats, 422 for damaged files, and 413 above the limits.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        if exchange::is_exchange(bytes) {
            return Self::of_exchange(bytes);
        }
        let format = SourceFormat::detect(bytes).ok_or_else(|| {
            Error::new(
                415,
                "unsupported image type: expected JPEG, PNG, GIF, WebP, BMP, ICO, TIFF, SVG or JPEG XL",
            )
        })?;
        if format.part().is_some() {
            let (header, part) = Part::open(bytes, format)?;
            return Ok(Self {
                format: Some(format),
                header,
                reader: Reader::Part(part),
            });
        }
        let header = Header::read(&mut &*bytes).ok_or_else(|| Error::decode("no size"))?;
        let size = (header.width, header.height);
        let reader = match format {
            SourceFormat::Jpeg => Self::jpeg(bytes)?,
            SourceFormat::Png => Self::png(bytes, size)?,
            SourceFormat::Gif => Reader::Gif(Box::new(GifFrames::open(bytes)?)),
            SourceFormat::WebP => Self::webp(bytes, size)?,
            SourceFormat::Bmp | SourceFormat::Jxl | SourceFormat::Svg | SourceFormat::Tiff => {
                Self::bitmap(Bitmap::open(bytes)?, size)?
            }
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
        check_area(&header)?;
        Ok(Self {
            format: Some(format),
            header,
            reader,
        })
    }

    /// Reads pixels that another module has decoded.
    fn of_exchange(bytes: &[u8]) -> Result<Self, Error> {
        let (header, decoded, kind) = exchange::read(bytes)?;
        if kind != Kind::Light {
            return Err(Error::decode("the inks are not yet colours"));
        }
        Ok(Self {
            format: None,
            header,
            reader: Reader::Decoded(Box::new(decoded)),
        })
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

    /// Fails with 415 if the colours need a feature that is not enabled. Without it, they are only about right.
    pub(super) fn check_colors(&self) -> Result<(), Error> {
        match &self.reader {
            Reader::Jpeg(reader) if cfg!(not(feature = "tiff")) && reader.has_ink_profile() => {
                Err(Error::missing("the colour profile of its inks", "tiff"))
            }
            _ => Ok(()),
        }
    }

    /// Decodes a region of an image of inks that has a profile for them, without making colours of them.
    pub(super) fn decode_inks(mut self, region: &Region) -> Result<Decoded, Error> {
        match &mut self.reader {
            Reader::Jpeg(reader) if reader.has_ink_profile() => reader.keeps_inks = true,
            _ => return Err(Error::decode("no inks")),
        }
        self.decode(region)
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
            Reader::Part(part) => part.decode(region),
            Reader::Decoded(decoded) => Ok(*decoded),
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

#[cfg_attr(not(feature = "tiff"), expect(unused_mut, reason = "inks are not converted"))]
fn jpeg(mut reader: Jpeg<'_>, (width, height): (u32, u32), region: &Region) -> Result<Decoded, Error> {
    agree((reader.width, reader.height), (width, height))?;
    let possible = region.reduction();
    // The decoder holds planes and pixels at the same time.
    let memory = |reduction: u32| 8 * u64::from(width.div_ceil(reduction)) * u64::from(height.div_ceil(reduction));
    let mut reduction = 1;
    while reduction < 8 && (f64::from(2 * reduction) <= possible || memory(reduction) > MAX_MEMORY) {
        reduction *= 2;
    }
    #[cfg(feature = "tiff")]
    if !reader.keeps_inks && reader.has_ink_profile() {
        reader.keeps_inks = true;
        let (inks, profile) = reader.decode(reduction)?;
        let pixels = super::inks::Inks::of(profile.as_deref()).pixels(&inks);
        return whole(pixels, reduction, None);
    }
    let (pixels, profile) = reader.decode(reduction)?;
    whole(pixels, reduction, profile)
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
