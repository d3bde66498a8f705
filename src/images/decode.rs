//! Files to pixels, no more of them than a result needs, and within bounds of memory and work.
//!
//! A JPEG is made smaller while its cosine transform is undone, by 2, 4 or 8; a PNG row by row; so a large picture is never in
//! memory as a whole unless all of it is asked for.

use super::kind::Kind;
use super::orientation::Orientation;
use super::url::Refused;
use gif::{ColorOutput, DecodeOptions, MemoryLimit};
use image_webp::WebPDecoder;
use jpeg_decoder::{CodingProcess, PixelFormat};
use std::io::Cursor;
use std::num::NonZeroU64;

/// The most pixels of a picture.
pub(super) const MOST_PIXELS: u64 = 100_000_000;
/// The most memory that decoding one picture may take, in bytes.
pub(super) const MOST_MEMORY: u64 = 320 << 20;
/// The most pixels that the scans of a progressive JPEG may go over, together: each scan is a pass over the whole picture.
const MOST_SCANNED: u64 = 2_000_000_000;

/// Pixels of one byte per channel: grey, grey and alpha, RGB, or RGB and alpha.
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

    /// Whether nothing shines through.
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

/// A rectangle of a file, in its pixels as they are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The size that the rectangle will be shown in.
    pub(super) shown: (u32, u32),
}

impl Wanted {
    /// How many times larger the rectangle is than what will be shown, at least 1.
    fn reduction(&self) -> f64 {
        let (width, height) = self.shown;
        (self.width / f64::from(width))
            .min(self.height / f64::from(height))
            .max(1.0)
    }
}

/// Pixels of a rectangle that has what was wanted.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) pixels: Pixels,
    /// Where the pixels begin, in the file.
    pub(super) origin: (u32, u32),
    /// How many pixels of the file one of these stands for, in each direction.
    pub(super) reduction: u32,
    /// The profile that says what the colours mean.
    pub(super) profile: Option<Vec<u8>>,
}

/// A file whose head has been read.
pub(super) struct Picture<'a> {
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

pub(super) fn broken(error: impl std::fmt::Display) -> Refused {
    Refused {
        status: 422,
        text: format!("The picture cannot be decoded: {error}."),
    }
}

fn too_large(what: &str) -> Refused {
    Refused {
        status: 413,
        text: format!("The picture is too large: {what}."),
    }
}

impl<'a> Picture<'a> {
    /// Reads the head of a file.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refused> {
        let kind = Kind::of(bytes).ok_or_else(|| Refused {
            status: 415,
            text: "Only JPEG, PNG, GIF and WebP pictures can be decoded.".to_owned(),
        })?;
        let picture = match kind {
            Kind::Jpeg => Self::jpeg(bytes)?,
            Kind::Png => Self::png(bytes)?,
            Kind::Gif => Self::gif(bytes)?,
            Kind::WebP => Self::webp(bytes)?,
        };
        let pixels = u64::from(picture.width) * u64::from(picture.height);
        if pixels == 0 {
            return Err(broken("it has no pixels"));
        }
        if pixels > MOST_PIXELS {
            return Err(too_large("more than 100 megapixels"));
        }
        Ok(picture)
    }

    /// Width and height as shown.
    pub(super) fn size(&self) -> (u32, u32) {
        if self.orientation.is_sideways() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    fn jpeg(bytes: &'a [u8]) -> Result<Self, Refused> {
        let survey = Survey::of(bytes).ok_or_else(|| broken("it has no frame"))?;
        let mut reader = jpeg_decoder::Decoder::new(bytes);
        reader.read_info().map_err(broken)?;
        let info = reader.info().ok_or_else(|| broken("it has no frame"))?;
        let orientation = reader.exif_data().map(Orientation::of_exif).unwrap_or_default();
        let (width, height) = (u32::from(info.width), u32::from(info.height));
        let pixels = u64::from(width) * u64::from(height);
        // Each block of 64 pixels takes at least a bit.
        if pixels / 512 > bytes.len() as u64 {
            return Err(broken("it is cut off"));
        }
        if survey.progressive && survey.coefficients.saturating_mul(2) > MOST_MEMORY {
            return Err(too_large("a progressive JPEG with too many pixels"));
        }
        if pixels.saturating_mul(survey.scans) > MOST_SCANNED {
            return Err(too_large("too many scans"));
        }
        Ok(Self {
            width,
            height,
            orientation,
            reader: Reader::Jpeg(Box::new(reader)),
        })
    }

    fn png(bytes: &'a [u8]) -> Result<Self, Refused> {
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 16 << 20 });
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        decoder.set_ignore_text_chunk(true);
        let reader = decoder.read_info().map_err(broken)?;
        let info = reader.info();
        Ok(Self {
            width: info.width,
            height: info.height,
            orientation: Orientation::default(),
            reader: Reader::Png(Box::new(reader)),
        })
    }

    fn gif(bytes: &'a [u8]) -> Result<Self, Refused> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::MIN.saturating_add(MOST_MEMORY)));
        let reader = options.read_info(bytes).map_err(broken)?;
        Ok(Self {
            width: u32::from(reader.width()),
            height: u32::from(reader.height()),
            orientation: Orientation::default(),
            reader: Reader::Gif(Box::new(reader)),
        })
    }

    fn webp(bytes: &'a [u8]) -> Result<Self, Refused> {
        let mut reader = WebPDecoder::new(Cursor::new(bytes)).map_err(broken)?;
        reader.set_memory_limit(usize::try_from(MOST_MEMORY).unwrap_or(usize::MAX));
        let (width, height) = reader.dimensions();
        // The pixels twice over, once as they are decoded and once as they are handed out.
        if u64::from(width) * u64::from(height) * 8 > MOST_MEMORY {
            return Err(too_large("a WebP picture of more than 40 megapixels"));
        }
        Ok(Self {
            width,
            height,
            orientation: Orientation::default(),
            reader: Reader::WebP(Box::new(reader)),
        })
    }

    /// Decodes what is wanted, of an animated picture from its first frame.
    pub(super) fn decode(self, wanted: &Wanted) -> Result<Decoded, Refused> {
        let size = (self.width, self.height);
        match self.reader {
            Reader::Jpeg(reader) => jpeg(*reader, size, wanted),
            Reader::Png(reader) => png(*reader, size, wanted),
            Reader::Gif(reader) => gif(*reader, size, wanted),
            Reader::WebP(reader) => webp(*reader, size),
        }
    }
}

impl std::fmt::Debug for Picture<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

/// What decoding a JPEG would cost.
#[derive(Debug, Default)]
struct Survey {
    progressive: bool,
    /// Of all components together.
    coefficients: u64,
    scans: u64,
}

impl Survey {
    /// Walks over the segments of a JPEG.
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut survey = None;
        let mut at = 2;
        while let Some(&[mark, marker]) = bytes.get(at..at + 2) {
            if mark != 0xff || matches!(marker, 0x00 | 0xd0..=0xd7 | 0xff) {
                // Within the data of a scan, up to its end.
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
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf if survey.is_none() => {
                    let mut found = Self::of_frame(segment)?;
                    found.progressive = marker == 0xc2;
                    survey = Some(found);
                }
                0xda => {
                    if let Some(survey) = &mut survey {
                        survey.scans += 1;
                    }
                }
                _ => {}
            }
            at += 2 + length.max(2);
        }
        survey
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
        let most = |factor: fn(&(u64, u64)) -> u64| factors.iter().map(factor).max().unwrap_or(1).max(1);
        let (across, down) = (most(|factor| factor.0), most(|factor| factor.1));
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
    wanted: &Wanted,
) -> Result<Decoded, Refused> {
    let possible = wanted.reduction();
    // Planes and pixels are in memory together.
    let memory = |reduction: u32| 8 * u64::from(width.div_ceil(reduction)) * u64::from(height.div_ceil(reduction));
    let mut reduction = 1;
    while reduction < 8 && (f64::from(2 * reduction) <= possible || memory(reduction) > MOST_MEMORY) {
        reduction *= 2;
    }
    let edge = |edge: u32| u16::try_from(edge.div_ceil(reduction)).unwrap_or(u16::MAX);
    reader.scale(edge(width), edge(height)).map_err(broken)?;
    let bytes = reader.decode().map_err(broken)?;
    let info = reader.info().ok_or_else(|| broken("it has no frame"))?;
    if info.coding_process == CodingProcess::Lossless {
        // It has no cosines to leave out, and is decoded in full whatever was asked for.
        reduction = 1;
    }
    let (channels, bytes) = match info.pixel_format {
        PixelFormat::L8 => (1, bytes),
        PixelFormat::RGB24 => (3, bytes),
        PixelFormat::L16 => (1, high_bytes(&bytes)),
        PixelFormat::CMYK32 => (3, of_cmyk(&bytes)),
    };
    let is_cmyk = info.pixel_format == PixelFormat::CMYK32;
    whole(Decoded {
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

/// Whether there are as many bytes as the pixels need; what follows relies on it.
fn whole(decoded: Decoded) -> Result<Decoded, Refused> {
    let pixels = &decoded.pixels;
    let needed = u64::from(pixels.width) * u64::from(pixels.height) * pixels.channels as u64;
    if pixels.bytes.len() as u64 == needed {
        Ok(decoded)
    } else {
        Err(broken("pixels are missing"))
    }
}

/// Samples of 16 bits to 8; the decoder has them in the order of the machine.
fn high_bytes(samples: &[u8]) -> Vec<u8> {
    let high = |pair: &[u8]| (u16::from_ne_bytes([pair[0], pair[1]]) >> 8) as u8;
    samples.chunks_exact(2).map(high).collect()
}

/// Ink to light, without a profile; the decoder has inverted Adobe's inverted values.
fn of_cmyk(ink: &[u8]) -> Vec<u8> {
    let mut light = Vec::with_capacity(ink.len() / 4 * 3);
    for pixel in ink.chunks_exact(4) {
        let black = 255 - u16::from(pixel[3]);
        light.extend(
            pixel[..3]
                .iter()
                .map(|&ink| ((255 - u16::from(ink)) * black / 255) as u8),
        );
    }
    light
}

fn png(
    mut reader: png::Reader<Cursor<&[u8]>>,
    (width, height): (u32, u32),
    wanted: &Wanted,
) -> Result<Decoded, Refused> {
    let (color, _) = reader.output_color_type();
    let channels = color.samples();
    let profile = reader.info().icc_profile.as_ref().map(|profile| profile.to_vec());
    let mut gathered = Gathered::new((width, height), channels, wanted)?;
    if reader.info().interlaced {
        let size = reader.output_buffer_size().filter(|&size| size as u64 <= MOST_MEMORY);
        let size = size.ok_or_else(|| too_large("an interlaced PNG with too many pixels"))?;
        let mut bytes = vec![0; size];
        reader.next_frame(&mut bytes).map_err(broken)?;
        for row in bytes.chunks_exact(width as usize * channels) {
            gathered.add(row);
        }
    } else {
        while gathered.wants_more() {
            let Some(row) = reader.next_row().map_err(broken)? else {
                break;
            };
            gathered.add(row.data());
        }
    }
    gathered.finish(profile)
}

fn gif(mut reader: gif::Decoder<&[u8]>, (width, height): (u32, u32), wanted: &Wanted) -> Result<Decoded, Refused> {
    let profile = reader.icc_profile().map(<[u8]>::to_vec);
    let global = reader.global_palette().map(<[u8]>::to_vec);
    let frame = reader.read_next_frame().map_err(broken)?;
    let frame = frame.ok_or_else(|| broken("it has no frame"))?;
    let palette = frame.palette.as_ref().or(global.as_ref());
    let palette = palette.ok_or_else(|| broken("it has no colours"))?;
    let mut gathered = Gathered::new((width, height), 4, wanted)?;
    let (left, top) = (usize::from(frame.left), u32::from(frame.top));
    let frame_width = usize::from(frame.width).max(1);
    let mut lines = frame.buffer.chunks_exact(frame_width);
    let mut row = vec![0; width as usize * 4];
    for y in 0..height {
        // Around a frame that is smaller than its picture, and where it has ended, there is nothing.
        row.fill(0);
        let line = if y >= top { lines.next() } else { None };
        for (pixel, &index) in row.chunks_exact_mut(4).skip(left).zip(line.unwrap_or_default()) {
            let color = palette.get(usize::from(index) * 3..usize::from(index) * 3 + 3);
            if let Some(color) = color.filter(|_| Some(index) != frame.transparent) {
                pixel[..3].copy_from_slice(color);
                pixel[3] = 255;
            }
        }
        gathered.add(&row);
    }
    gathered.finish(profile)
}

fn webp(mut reader: WebPDecoder<Cursor<&[u8]>>, (width, height): (u32, u32)) -> Result<Decoded, Refused> {
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| too_large("too many pixels"))?;
    let mut bytes = vec![0; size];
    reader.read_image(&mut bytes).map_err(broken)?;
    let channels = if reader.has_alpha() { 4 } else { 3 };
    whole(Decoded {
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

/// Rows of a picture as they come, cut to what is wanted and averaged in squares.
struct Gathered {
    /// In pixels of the file.
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    channels: usize,
    reduction: u32,
    /// The next row that comes.
    y: u32,
    /// Sums of the rows of the current squares; colours with alpha are weighted with it.
    sums: Vec<u32>,
    bytes: Vec<u8>,
    rows: u32,
}

impl Gathered {
    fn new((width, height): (u32, u32), channels: usize, wanted: &Wanted) -> Result<Self, Refused> {
        let low = |edge: f64| edge.max(0.0) as u32;
        let high = |edge: f64, end: u32| (edge.ceil() as u32).clamp(1, end);
        let (right, bottom) = (
            high(wanted.x + wanted.width, width),
            high(wanted.y + wanted.height, height),
        );
        let (left, top) = (low(wanted.x).min(right - 1), low(wanted.y).min(bottom - 1));
        let cells = |reduction: u32| ((right - left).div_ceil(reduction), (bottom - top).div_ceil(reduction));
        let size = |reduction: u32| {
            let (across, down) = cells(reduction);
            u64::from(across) * u64::from(down) * channels as u64
        };
        // Averages of squares are coarse; the last halving is left to the better filter.
        let mut reduction = ((wanted.reduction() / 2.0) as u32).clamp(1, 4096);
        while size(reduction) > MOST_MEMORY / 2 {
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
            bytes: Vec::with_capacity(usize::try_from(size(reduction)).map_err(broken)?),
            rows: 0,
        })
    }

    fn wants_more(&self) -> bool {
        self.y < self.bottom
    }

    /// Takes the next row.
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
            self.rows += 1;
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

    /// Ends the squares, which have this many rows.
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
        self.rows += 1;
    }

    fn finish(self, profile: Option<Vec<u8>>) -> Result<Decoded, Refused> {
        whole(Decoded {
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
