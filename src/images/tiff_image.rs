//! The first image of a TIFF, band by band: a strip, or a row of tiles.
//!
//! The crate `tiff` reads the structure and unpacks strips and tiles. What their samples mean is decided here: it leaves out
//! palettes and the colours of JPEG, and never reduces.

use super::error::Error;
use super::header::{Header, Source};
use super::inks::Inks;
use super::pixels::divide_by_alpha;
use super::reduce::{Decoded, Region, RowReducer};
use super::tiff_directory::Directory;
use std::borrow::Cow;
use std::io::Cursor;
use tiff::decoder::{ChunkType, Decoder, Limits};
use tiff::tags::{SampleFormat, Tag};
use tiff::{ColorType, TiffError};

/// The most memory for the samples of a band: half of that for an image.
const MAX_BAND_LEN: u64 = 160 << 20;
/// The most samples of a pixel that are read. Images of satellites have hundreds.
const MAX_SAMPLES: u16 = 8;
const COMPRESSION_JPEG: u32 = 7;
/// Values of [`Tag::ExtraSamples`]: alpha that has been multiplied into the colours, and alpha that has not.
const PREMULTIPLIED: u16 = 1;
const STRAIGHT: u16 = 2;

/// A TIFF whose header has been read.
pub(super) struct Tiff<'a> {
    decoder: Decoder<Cursor<Cow<'a, [u8]>>>,
    size: (u32, u32),
    color: ColorType,
    is_jpeg: bool,
    replaced: Option<Replaced>,
    /// The first extra sample.
    extra: Option<u16>,
}

fn refused(error: TiffError) -> Error {
    match error {
        TiffError::LimitsExceeded => Error::too_large("a TIFF whose strips or rows of tiles take at most 160 MB"),
        TiffError::UnsupportedError(_) => unsupported(error),
        _ => Error::decode(error),
    }
}

fn unsupported(kind: impl std::fmt::Display) -> Error {
    Error::new(415, format!("unsupported TIFF: {kind}"))
}

impl<'a> Tiff<'a> {
    pub(super) fn open(bytes: &'a [u8], header: &Header) -> Result<Self, Error> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = MAX_BAND_LEN as usize;
        limits.intermediate_buffer_size = MAX_BAND_LEN as usize;
        limits.ifd_value_size = 16 << 20;
        let (bytes, replaced) = readable(bytes);
        let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(refused)?.with_limits(limits);
        let size = (header.width, header.height);
        if decoder.dimensions().map_err(refused)? != size {
            return Err(Error::decode("the header contradicts itself"));
        }
        let color = decoder.colortype().map_err(refused)?;
        let mut number = |tag| decoder.find_tag_unsigned::<u32>(tag).ok().flatten();
        if number(Tag::SamplesPerPixel).is_some_and(|samples| samples > MAX_SAMPLES.into()) {
            return Err(unsupported("expected at most 8 samples a pixel"));
        }
        let is_jpeg = number(Tag::Compression) == Some(COMPRESSION_JPEG);
        let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
        Ok(Self {
            decoder,
            size,
            color,
            is_jpeg,
            replaced,
            extra: extra.and_then(|extra| extra.first().copied()),
        })
    }

    /// Decodes a region. Strips and tiles that are missing or damaged are white, or transparent where there is alpha.
    pub(super) fn decode(mut self, region: &Region) -> Result<Decoded, Error> {
        let (width, height) = self.size;
        let profile = self.decoder.get_tag_u8_vec(Tag::IccProfile).ok();
        let samples = self.samples(profile.as_deref())?;
        let channels = samples.channels();
        let mut reducer = RowReducer::new(self.size, channels, region)?;
        let (chunk_width, chunk_height) = self.decoder.chunk_dimensions();
        let across = width.div_ceil(chunk_width.max(1));
        let down = height.div_ceil(chunk_height.max(1));
        let band_height = chunk_height.clamp(1, height);
        let row_len = width as usize * channels;
        if row_len as u64 * u64::from(band_height) > MAX_BAND_LEN {
            return Err(refused(TiffError::LimitsExceeded));
        }
        let background = if channels.is_multiple_of(2) { 0 } else { 255 };
        let mut band = vec![background; row_len * band_height as usize];
        let mut has_pixels = false;
        for number in 0..down {
            let rows = band_height.min(height - number * band_height);
            if !reducer.needs_more() {
                break;
            }
            if !reducer.needs_rows(rows) {
                reducer.skip(rows);
                continue;
            }
            band.fill(background);
            for column in 0..across {
                let left = column * chunk_width;
                if !reducer.needs_columns(left, chunk_width) {
                    continue;
                }
                let place = left as usize * channels;
                let lines = band.chunks_exact_mut(row_len).map(|line| &mut line[place..]);
                match self.chunk(number * across + column, across * down, &samples, lines) {
                    Ok(()) => has_pixels = true,
                    Err(error) if error.status == 422 => {}
                    Err(error) => return Err(error),
                }
            }
            let lines = band.chunks_exact(row_len).take(rows as usize);
            lines.for_each(|line| reducer.add(line));
        }
        if !has_pixels {
            return Err(Error::decode("no pixels"));
        }
        // Of others, the profile is not that of the result.
        let is_rgb = !matches!(samples.meaning, Meaning::Inks(..) | Meaning::Lab { .. });
        reducer.finish(profile.filter(|_| is_rgb))
    }

    fn is_lab(&self) -> bool {
        matches!(self.replaced, Some(Replaced::Lab | Replaced::IccLab))
    }

    /// What samples mean.
    fn samples(&mut self, profile: Option<&[u8]>) -> Result<Samples, Error> {
        let layout = self.decoder.image_chunk_buffer_layout(0).map_err(refused)?;
        let is_float = layout.sample_format == SampleFormat::IEEEFP;
        let depth = self.color.bit_depth();
        let is_known = match layout.sample_format {
            SampleFormat::Uint => matches!(depth, 1 | 2 | 4 | 8 | 16 | 32),
            SampleFormat::IEEEFP => depth == 32,
            _ => false,
        };
        let has_alpha = matches!(self.extra, Some(PREMULTIPLIED | STRAIGHT));
        let (meaning, count) = match self.color {
            ColorType::Gray(1 | 2 | 4 | 8) if self.replaced == Some(Replaced::Palette) => {
                let colors = self.decoder.get_tag_u16_vec(Tag::ColorMap).map_err(refused)?;
                (Meaning::Palette(palette(&colors)), 1)
            }
            ColorType::Gray(_) => (Meaning::Grey, 1),
            ColorType::Multiband { num_samples, .. } if has_alpha && num_samples > 1 => {
                (Meaning::GreyAlpha, num_samples)
            }
            ColorType::Multiband { num_samples, .. } => (Meaning::Grey, num_samples),
            ColorType::RGB(_) | ColorType::RGBA(_) if self.is_lab() => {
                let has_alpha = matches!(self.color, ColorType::RGBA(_));
                let lab = Box::new(Lab::new(self.replaced == Some(Replaced::Lab)));
                (Meaning::Lab { lab, has_alpha }, self.color.num_samples())
            }
            ColorType::RGB(_) => (Meaning::Rgb, 3),
            ColorType::RGBA(_) => (Meaning::Rgba, 4),
            ColorType::YCbCr(_) => (Meaning::YCbCr, 3),
            ColorType::CMYK(_) => (Meaning::Inks(Inks::of(profile)), 4),
            ColorType::CMYKA(_) => (Meaning::Inks(Inks::of(profile)), 5),
            _ => return Err(unsupported(format_args!("{:?}", self.color))),
        };
        if !is_known || (depth < 8 && count > 1) {
            let format = layout.sample_format;
            return Err(unsupported(format_args!("{:?} as {format:?}", self.color)));
        }
        Ok(Samples {
            meaning,
            count: count.into(),
            depth: depth.into(),
            is_float,
            is_premultiplied: self.extra == Some(PREMULTIPLIED),
        })
    }

    /// Unpacks a strip or a tile into lines, of which there may be more or fewer than it has rows. `planes_apart` is the
    /// number of strips or tiles from a plane to the next one.
    fn chunk<'o>(
        &mut self,
        number: u32,
        planes_apart: u32,
        samples: &Samples,
        lines: impl Iterator<Item = &'o mut [u8]>,
    ) -> Result<(), Error> {
        let (width, rows) = self.decoder.chunk_data_dimensions(number);
        let mut planes = Vec::new();
        let mut left = MAX_BAND_LEN;
        let whole = self.decoder.image_chunk_buffer_layout(number).map_err(refused)?;
        let row_bits = u64::from(width) * samples.depth as u64;
        let is_planar = samples.count > 1
            && whole
                .row_stride
                .is_some_and(|stride| stride.get() as u64 * 8 <= row_bits);
        for plane in 0..if is_planar { samples.count as u32 } else { 1 } {
            let number = number + plane * planes_apart;
            self.check_jpeg(number)?;
            let layout = self.decoder.image_chunk_buffer_layout(number).map_err(refused)?;
            let rest = left.checked_sub(layout.len as u64);
            left = rest.ok_or_else(|| refused(TiffError::LimitsExceeded))?;
            let mut bytes = vec![0; layout.len];
            self.decoder.read_chunk_bytes(number, &mut bytes).map_err(refused)?;
            let stride = layout.row_stride.map_or(layout.len, |stride| stride.get());
            planes.push((bytes, stride));
        }
        let mut row = vec![0; width as usize * samples.count];
        for (y, line) in lines.take(rows as usize).enumerate() {
            for (plane, (bytes, stride)) in planes.iter().enumerate() {
                let bytes = bytes.get(y * stride..).unwrap_or_default();
                let values = samples.bytes(&bytes[..(*stride).min(bytes.len())]);
                let places = row.chunks_exact_mut(samples.count);
                if is_planar {
                    places.zip(values).for_each(|(pixel, value)| pixel[plane] = value);
                } else {
                    row.iter_mut().zip(values).for_each(|(place, value)| *place = value);
                }
            }
            samples.write(&row, line);
        }
        Ok(())
    }

    /// Checks that a JPEG is not larger than the strip or tile that it fills: its decoder goes by its own header.
    fn check_jpeg(&mut self, number: u32) -> Result<(), Error> {
        if !self.is_jpeg {
            return Ok(());
        }
        let offsets = match self.decoder.get_chunk_type() {
            ChunkType::Strip => Tag::StripOffsets,
            ChunkType::Tile => Tag::TileOffsets,
        };
        let offsets = self.decoder.find_tag_unsigned_vec::<u64>(offsets).map_err(refused)?;
        let offset = offsets.and_then(|offsets| offsets.get(number as usize).copied());
        let (width, height) = self.decoder.chunk_dimensions();
        let bytes: &[u8] = self.decoder.inner().get_ref();
        let start = usize::try_from(offset.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let header = bytes.get(start..).and_then(|mut bytes| Header::read(&mut bytes));
        let is_inside = |header: &Header| {
            header.width <= width.next_multiple_of(16) && header.height <= height.next_multiple_of(16)
        };
        match header {
            Some(header) if is_inside(&header) => Ok(()),
            _ => Err(Error::decode("the header contradicts itself")),
        }
    }
}

/// What the samples of an image mean.
#[derive(Debug)]
enum Meaning {
    Palette(Vec<[u8; 3]>),
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    YCbCr,
    Inks(Inks),
    Lab { lab: Box<Lab>, has_alpha: bool },
}

#[derive(Debug)]
struct Samples {
    meaning: Meaning,
    /// Samples of a pixel.
    count: usize,
    /// Bits of a sample.
    depth: usize,
    is_float: bool,
    is_premultiplied: bool,
}

impl Samples {
    /// The channels of a pixel of the result.
    fn channels(&self) -> usize {
        match self.meaning {
            Meaning::Grey => 1,
            Meaning::GreyAlpha => 2,
            Meaning::Rgba | Meaning::Lab { has_alpha: true, .. } => 4,
            Meaning::Palette(_) | Meaning::Rgb | Meaning::YCbCr | Meaning::Inks(_) | Meaning::Lab { .. } => 3,
        }
    }

    /// The samples of a row as bytes: indices into a palette as they are, others from 0 to 255.
    fn bytes(&self, row: &[u8]) -> impl Iterator<Item = u8> {
        let is_index = matches!(self.meaning, Meaning::Palette(_));
        let Self { depth, is_float, .. } = *self;
        let unit = depth.div_ceil(8);
        let per_byte = (8 / depth).max(1);
        let most = (1_u16 << depth.min(8)) - 1;
        row.chunks_exact(unit).flat_map(move |sample| {
            (0..per_byte).map(move |part| match *sample {
                [byte] if depth < 8 => {
                    let value = u16::from(byte) >> (8 - depth * (part + 1)) & most;
                    if is_index {
                        value as u8
                    } else {
                        (value * 255 / most) as u8
                    }
                }
                [byte] => byte,
                [low, high] => (u16::from_ne_bytes([low, high]) >> 8) as u8,
                [a, b, c, d] if is_float => (f32::from_ne_bytes([a, b, c, d]).clamp(0.0, 1.0) * 255.0 + 0.5) as u8,
                [a, b, c, d] => (u32::from_ne_bytes([a, b, c, d]) >> 24) as u8,
                _ => 0,
            })
        })
    }

    /// Writes the pixels of a row.
    fn write(&self, row: &[u8], out: &mut [u8]) {
        let channels = self.channels();
        let pixels = row.chunks_exact(self.count).zip(out.chunks_exact_mut(channels));
        match &self.meaning {
            Meaning::Palette(colors) => pixels.for_each(|(from, to)| {
                to.copy_from_slice(&colors.get(usize::from(from[0])).copied().unwrap_or_default());
            }),
            Meaning::Grey | Meaning::GreyAlpha | Meaning::Rgb | Meaning::Rgba => {
                pixels.for_each(|(from, to)| to.copy_from_slice(&from[..channels]));
            }
            Meaning::YCbCr => pixels.for_each(|(from, to)| to.copy_from_slice(&rgb([from[0], from[1], from[2]]))),
            Meaning::Lab { lab, .. } => pixels.for_each(|(from, to)| {
                to[3..].copy_from_slice(&from[3..channels]);
                to[..3].copy_from_slice(&lab.rgb([from[0], from[1], from[2]]));
            }),
            Meaning::Inks(inks) if self.count == 4 => {
                let count = (row.len() / 4).min(out.len() / 3);
                inks.convert(&row[..count * 4], &mut out[..count * 3]);
            }
            Meaning::Inks(inks) => {
                // The alpha of inks is left out, as it is by browsers.
                let bare: Vec<u8> = row
                    .chunks_exact(self.count)
                    .flat_map(|pixel| &pixel[..4])
                    .copied()
                    .collect();
                let count = (bare.len() / 4).min(out.len() / 3);
                inks.convert(&bare[..count * 4], &mut out[..count * 3]);
            }
        }
        if self.is_premultiplied && channels.is_multiple_of(2) {
            divide_by_alpha(out, channels);
        }
    }
}

/// The colours of a palette: all reds, all greens, then all blues, of 16 bits.
fn palette(values: &[u16]) -> Vec<[u8; 3]> {
    let third = values.len() / 3;
    (0..third)
        .map(|index| [0, 1, 2].map(|channel| (values[channel * third + index] >> 8) as u8))
        .collect()
}

/// RGB of YCbCr (ITU-T T.871), with 16 fractional bits.
fn rgb([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let luma = (i32::from(luma) << 16) + (1 << 15);
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    [91_881 * red, -22_554 * blue - 46_802 * red, 116_130 * blue].map(|part| ((luma + part) >> 16).clamp(0, 255) as u8)
}

/// RGB of CIE L\*a\*b\*, whose white is D50.
#[derive(Debug)]
struct Lab {
    /// Whether a\* and b\* are signed. Otherwise 128 stands for 0.
    is_signed: bool,
    /// The bytes of sRGB, by their light in steps of [`Lab::STEPS`].
    bytes: [u8; Lab::STEPS + 1],
}

impl Lab {
    const STEPS: usize = 4095;

    fn new(is_signed: bool) -> Self {
        let byte = |step: usize| {
            let light = step as f32 / Self::STEPS as f32;
            let value = if light <= 0.003_130_8 {
                12.92 * light
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            (value * 255.0 + 0.5) as u8
        };
        Self {
            is_signed,
            bytes: std::array::from_fn(byte),
        }
    }

    fn rgb(&self, [lightness, a, b]: [u8; 3]) -> [u8; 3] {
        let zero = if self.is_signed { 0 } else { 128 };
        let signed = |byte: u8| f32::from(byte.wrapping_sub(zero) as i8);
        let y = (f32::from(lightness) * (100.0 / 255.0) + 16.0) / 116.0;
        let cube = |root: f32| {
            if root > 6.0 / 29.0 {
                root * root * root
            } else {
                (root - 4.0 / 29.0) * (108.0 / 841.0)
            }
        };
        // The white of D50, then the light of sRGB, adapted by Bradford's method.
        let (x, y, z) = (
            cube(y + signed(a) / 500.0) * 0.9642,
            cube(y),
            cube(y - signed(b) / 200.0) * 0.8249,
        );
        [
            3.134_187 * x - 1.617_209 * y - 0.490_694 * z,
            -0.978_749 * x + 1.916_13 * y + 0.033_433 * z,
            0.071_964 * x - 0.228_994 * y + 1.405_754 * z,
        ]
        .map(|light: f32| self.bytes[(light.clamp(0.0, 1.0) * Self::STEPS as f32 + 0.5) as usize])
    }
}

/// What the samples of an image mean that is given to the decoder as another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replaced {
    /// Indices into a palette, as grey.
    Palette,
    /// CIE L\*a\*b\*, as RGB.
    Lab,
    /// The same with a\* and b\* as ICC profiles encode them, as RGB.
    IccLab,
}

/// The decoder refuses some interpretations of samples, so they are given to it as others. Returns the one that there was.
fn readable(bytes: &[u8]) -> (Cow<'_, [u8]>, Option<Replaced>) {
    /// The tag that says how samples become colours, and its values.
    const INTERPRETATION: u16 = 262;
    const GREY: u8 = 1;
    const RGB: u8 = 2;
    const PALETTE: u32 = 3;
    const LAB: u32 = 8;
    const ICC_LAB: u32 = 9;
    let mut source = bytes;
    let mut part = |at: u64, length: usize| source.part(at, length).into_owned();
    let found = Directory::read(&mut part).and_then(|directory| {
        let (replaced, other) = match directory.value(INTERPRETATION)? {
            PALETTE => (Replaced::Palette, GREY),
            LAB => (Replaced::Lab, RGB),
            ICC_LAB => (Replaced::IccLab, RGB),
            _ => return None,
        };
        let place = usize::try_from(directory.lowest_byte(INTERPRETATION)?).ok()?;
        (place < bytes.len()).then_some((replaced, other, place))
    });
    let Some((replaced, other, place)) = found else {
        return (Cow::Borrowed(bytes), None);
    };
    let mut owned = bytes.to_vec();
    owned[place] = other;
    (Cow::Owned(owned), Some(replaced))
}

impl std::fmt::Debug for Tiff<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tiff")
            .field("size", &self.size)
            .field("color", &self.color)
            .finish_non_exhaustive()
    }
}
