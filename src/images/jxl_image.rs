//! The first picture of a JPEG XL, in bands of rows.
//!
//! The crates that `jxl-oxide` is made of decode it. That crate itself adds a reader of the boxes around the code, which unpacks
//! metadata by Brotli without a limit.

use super::error::Error;
use super::header::{Header, jxl_code};
use super::orientation::Orientation;
use super::pixels::divide_by_alpha;
use super::reduce::{Decoded, Region, RowReducer};
use jxl_bitstream::Bitstream;
use jxl_color::icc::{decode_icc, read_icc};
use jxl_color::{ColorEncodingWithProfile, ColourEncoding, EnumColourEncoding, RenderingIntent};
use jxl_frame::header::Encoding;
use jxl_grid::AllocTracker;
use jxl_image::{BitDepth, ImageHeader};
use jxl_oxide_common::Bundle;
use jxl_render::{Error as RenderError, ImageBuffer, ImageWithRegion, Region as Part, RenderContext};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The memory of the decoder: its copy of the file, and planes of up to 40 bytes a pixel.
const MAX_DECODER_MEMORY: usize = 320 << 20;
/// The pixels that are decoded at once. Lossless images are decoded as a whole.
const MAX_BAND_PIXELS: u32 = 2 << 20;
/// The number of rows in a band is a multiple of this, the height of a group, which the format codes as a unit.
const BAND_STEP: u32 = 256;
/// The pixels of the frames that a picture is made of, and of the patches that are copied into them.
const MAX_WORK: u64 = 400_000_000;
/// The work of a frame besides its pixels. It limits the number of frames, and so the recursion of the decoder: each frame may need
/// the one before it.
const FRAME_WORK: u64 = MAX_WORK / 64;
/// The memory of splines and patches, whose lists the decoder does not count: as much as an instance of `jxl.wasm` has. A file
/// of a few bytes can declare more, and a native program ends when it cannot have it.
const MAX_LISTS_MEMORY: u64 = 1 << 30;
/// The points of all splines, which lie one pixel apart. Splines without colour escape the limit of the decoder.
const MAX_SPLINES_LEN: u64 = 16 << 20;
/// The largest colour profile, packed or not.
const MAX_PROFILE_LEN: u64 = 4 << 20;

/// A JPEG XL whose header has been read.
pub(super) struct Jxl<'a> {
    code: Cow<'a, [u8]>,
    /// Where its frames begin.
    frames: usize,
    header: ImageHeader,
    profile: Option<Vec<u8>>,
}

fn refused(error: impl Into<RenderError>) -> Error {
    let error = error.into();
    // The parts of the decoder wrap the errors of each other.
    let text = error.to_string();
    match error {
        RenderError::NotSupported(what) => unsupported(what),
        _ if text.contains("failed to allocate") => too_costly(),
        _ => Error::decode(text),
    }
}

fn too_costly() -> Error {
    Error::too_large("a JPEG XL that takes at most 320 MB, and has 400 megapixels in 64 frames")
}

fn unsupported(what: &str) -> Error {
    Error::new(415, format!("unsupported JPEG XL: {what}"))
}

/// Runs the decoder, which panics on some damaged files.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Error::decode("the code contradicts itself")))
}

impl<'a> Jxl<'a> {
    pub(super) fn open(bytes: &'a [u8], told: &Header) -> Result<Self, Error> {
        guarded(|| Self::read(bytes, told))
    }

    fn read(bytes: &'a [u8], told: &Header) -> Result<Self, Error> {
        let code = jxl_code(bytes);
        let mut bits = Bitstream::new(&code);
        let mut header = ImageHeader::parse(&mut bits, ()).map_err(Error::decode)?;
        let own = Header {
            width: header.size.width,
            height: header.size.height,
            orientation: Orientation::of_value(header.metadata.orientation),
        };
        if own != *told {
            return Err(Error::decode("the header contradicts itself"));
        }
        // Pixels are given as stored.
        header.metadata.orientation = 1;
        if header.metadata.preview.is_some() {
            return Err(unsupported("expected an image without a preview"));
        }
        let mut profile = None;
        if header.metadata.colour_encoding.want_icc() {
            let check = |length: u64| match length {
                ..=MAX_PROFILE_LEN => Ok(()),
                _ => Err(Error::too_large("a colour profile of at most 4 MB")),
            };
            check(bits.clone().read_u64().map_err(Error::decode)?)?;
            let packed = read_icc(&mut bits).map_err(Error::decode)?;
            check(unpacked_len(&packed))?;
            profile = Some(decode_icc(&packed).map_err(Error::decode)?);
        }
        bits.zero_pad_to_byte().map_err(Error::decode)?;
        let frames = bits.num_read_bits() / 8;
        Ok(Self {
            code,
            frames,
            header,
            profile,
        })
    }

    /// Decodes a region of the first picture. Where a truncated file has no data, the result has less detail or is black.
    pub(super) fn decode(self, region: &Region) -> Result<Decoded, Error> {
        guarded(|| self.rows(region))
    }

    fn rows(self, region: &Region) -> Result<Decoded, Error> {
        let size = (self.header.size.width, self.header.size.height);
        let header = Arc::new(self.header);
        let metadata = &header.metadata;
        let mut context = RenderContext::builder().alloc_tracker(AllocTracker::with_limit(MAX_DECODER_MEMORY));
        if let Some(profile) = &self.profile {
            context = context.embedded_icc(profile.clone());
        }
        let mut context = context.build(Arc::clone(&header)).map_err(refused)?;
        let encoding = context.requested_color_encoding();
        if encoding.is_cmyk() {
            return Err(unsupported("expected RGB or grey, found CMYK"));
        }
        // Colours of a profile that the decoder knows become sRGB. Others stay as they are, with their profile.
        let has_own_colors = matches!(encoding.encoding(), ColourEncoding::IccProfile(_));
        if !has_own_colors {
            let srgb = match metadata.grayscale() {
                true => EnumColourEncoding::gray_srgb(RenderingIntent::Relative),
                false => EnumColourEncoding::srgb(RenderingIntent::Relative),
            };
            context.request_color_encoding(ColorEncodingWithProfile::new(srgb));
        }
        let all_channels = 1 + metadata.ec_info.len() as u64;
        let loaded = load(
            &mut context,
            all_channels,
            self.code.get(self.frames..).unwrap_or_default(),
        )?;

        let colors = if metadata.grayscale() { 1 } else { 3 };
        let alpha = metadata.alpha();
        let channels = colors + usize::from(alpha.is_some());
        let is_premultiplied = alpha.is_some_and(|alpha| metadata.ec_info[alpha].alpha_associated() == Some(true));
        let mut reducer = RowReducer::new(size, channels, region)?;
        let ((left, right), (top, bottom)) = region.edges(size);
        let width = right - left;
        let step = if loaded.is_in_bands {
            (MAX_BAND_PIXELS / width).max(1).next_multiple_of(BAND_STEP)
        } else {
            bottom - top
        };
        let mut row = vec![0; size.0 as usize * channels];
        reducer.skip(top);
        while reducer.needs_more() {
            let height = step.min(bottom - reducer.y);
            let place = (left.cast_signed(), reducer.y.cast_signed());
            let part = Part {
                left: place.0,
                top: place.1,
                width,
                height,
            };
            context.request_image_region(part);
            let (image, place) = loaded.render(&mut context, place)?;
            let planes: Vec<_> = (0..colors)
                .map(|channel| (channel, metadata.bit_depth))
                .chain(alpha.map(|alpha| (image.color_channels() + alpha, metadata.ec_info[alpha].bit_depth)))
                .filter_map(|(channel, depth)| Plane::of(&image, channel, depth))
                .collect();
            if planes.len() != channels {
                return Err(Error::decode("missing pixels"));
            }
            for y in 0..height.cast_signed() {
                let out = &mut row[left as usize * channels..right as usize * channels];
                for (channel, plane) in planes.iter().enumerate() {
                    plane.write_row((place.0, place.1 + y), out[channel..].iter_mut().step_by(channels));
                }
                if is_premultiplied {
                    divide_by_alpha(out, channels);
                }
                reducer.add(&row);
            }
        }
        reducer.finish(self.profile.filter(|_| has_own_colors))
    }
}

/// The size of a profile, with which its packed form begins.
fn unpacked_len(packed: &[u8]) -> u64 {
    let digits = packed.iter().take(9).enumerate();
    let mut length = 0;
    for (at, &byte) in digits {
        length |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            break;
        }
    }
    length
}

/// What has been read of a file.
struct Loaded {
    /// Whether the first picture is complete.
    is_whole: bool,
    is_in_bands: bool,
}

/// The most memory that the lists of a frame can take, in bytes. The format limits their lengths by the number of pixels.
fn max_lists_memory(pixels: u64, channels: u64, has_patches: bool, has_splines: bool) -> u64 {
    // Each has a list of its own, whose allocation takes 16 bytes more.
    let (source, patch, spline) = (48, 32 + 16 + 12 * channels, 16 + 552 + 32);
    let patches = pixels / 16 * source + pixels / 4 * patch;
    u64::from(has_patches) * patches + u64::from(has_splines) * (pixels / 4 * spline)
}

/// Reads the frames of the first picture. `channels` counts the colours as one.
fn load(context: &mut RenderContext, channels: u64, mut rest: &[u8]) -> Result<Loaded, Error> {
    let (mut work, mut lists) = (0_u64, 0_u64);
    let mut has_modular = false;
    while !rest.is_empty() && context.loaded_keyframes() == 0 {
        let mut bits = Bitstream::new(rest);
        let frame = match context.load_frame_header(&mut bits) {
            Ok(frame) => frame,
            Err(error) if error.unexpected_eof() => break,
            Err(error) => return Err(refused(error)),
        };
        let header = frame.header();
        work += FRAME_WORK + u64::from(header.width) * u64::from(header.height);
        if work > MAX_WORK {
            return Err(too_costly());
        }
        has_modular |= header.encoding == Encoding::Modular && header.frame_type.is_normal_frame();
        let (has_patches, has_splines) = (header.flags.patches(), header.flags.splines());
        let pixels = u64::from(header.width) * u64::from(header.height);
        lists += max_lists_memory(pixels, channels, has_patches, has_splines);
        if lists > MAX_LISTS_MEMORY {
            return Err(Error::too_large(
                "a JPEG XL whose patches and splines take at most 1 GB of memory",
            ));
        }
        let behind = rest.get(bits.num_read_bits() / 8..).unwrap_or_default();
        rest = frame.feed_bytes(behind).map_err(refused)?;
        if !frame.is_loading_done() {
            break;
        }
        if (has_patches || has_splines)
            && let Some(Ok(global)) = frame.try_parse_lf_global::<i32>()
        {
            let splines = global.splines.iter().flat_map(|splines| &splines.quant_splines);
            let len = splines.fold(0, |sum: u64, spline| sum.saturating_add(spline.manhattan_distance));
            if len > MAX_SPLINES_LEN {
                return Err(too_costly());
            }
            let patches = global.patches.iter().flat_map(|patches| &patches.patches);
            work = patches.fold(work, |work, patch| {
                let area = u64::from(patch.width) * u64::from(patch.height);
                work.saturating_add(area.saturating_mul(patch.patch_targets.len() as u64))
            });
        }
        if work > MAX_WORK {
            return Err(too_costly());
        }
        context.finalize_current_frame();
    }
    let is_whole = context.loaded_keyframes() > 0;
    Ok(Loaded {
        is_whole,
        // Each part of a lossless image would take the work of all of it.
        is_in_bands: is_whole && !has_modular,
    })
}

impl Loaded {
    /// Renders the region that was asked for, and says where `place` is in the frame.
    fn render(
        &self,
        context: &mut RenderContext,
        (x, y): (i32, i32),
    ) -> Result<(Arc<ImageWithRegion>, (i32, i32)), Error> {
        let (image, header) = if self.is_whole {
            let image = context.render_keyframe(0).map_err(refused)?;
            (image, context.keyframe(0).map(|frame| frame.header()))
        } else {
            let (frame, image) = context.render_loading_keyframe().map_err(refused)?;
            (image, Some(frame.header()))
        };
        let (left, top) = header.map_or((0, 0), |header| (header.x0, header.y0));
        Ok((image, (x.saturating_sub(left), y.saturating_sub(top))))
    }
}

/// A channel of a rendered part.
struct Plane<'a> {
    samples: &'a ImageBuffer,
    depth: BitDepth,
    /// The upper left corner in the frame.
    left: i32,
    top: i32,
}

impl<'a> Plane<'a> {
    fn of(image: &'a ImageWithRegion, channel: usize, depth: BitDepth) -> Option<Self> {
        let samples = image.buffer().get(channel)?;
        let (region, _) = image.regions_and_shifts().get(channel)?;
        Some(Self {
            samples,
            depth,
            left: region.left,
            top: region.top,
        })
    }

    /// Writes the samples of a row from a place on. Those outside of the plane are 0.
    fn write_row<'o>(&self, (x, y): (i32, i32), out: impl Iterator<Item = &'o mut u8>) {
        let (x, y) = (i64::from(x) - i64::from(self.left), i64::from(y) - i64::from(self.top));
        let skipped = usize::try_from(-x).unwrap_or(0);
        let start = usize::try_from(x).unwrap_or(0);
        let Ok(y) = usize::try_from(y) else {
            return out.for_each(|place| *place = 0);
        };
        let byte = |value: f32| (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
        let depth = self.depth;
        match self.samples {
            ImageBuffer::F32(grid) => write(grid.try_get_row(y), (skipped, start), out, |&value| byte(value)),
            ImageBuffer::I32(grid) => write(grid.try_get_row(y), (skipped, start), out, |&value| {
                byte(depth.parse_integer_sample(value))
            }),
            ImageBuffer::I16(grid) => write(grid.try_get_row(y), (skipped, start), out, |&value| {
                byte(depth.parse_integer_sample(value.into()))
            }),
        }
    }
}

fn write<'o, Sample>(
    row: Option<&[Sample]>,
    (skipped, start): (usize, usize),
    out: impl Iterator<Item = &'o mut u8>,
    byte: impl Fn(&Sample) -> u8,
) {
    let row = row.and_then(|row| row.get(start..)).unwrap_or_default();
    let values = std::iter::repeat_n(0, skipped)
        .chain(row.iter().map(byte))
        .chain(std::iter::repeat(0));
    out.zip(values).for_each(|(place, value)| *place = value);
}

impl std::fmt::Debug for Jxl<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Jxl")
            .field("size", &(self.header.size.width, self.header.size.height))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_a_frame_are_limited_by_its_pixels() {
        let is_allowed = |megapixels: u64, has_patches, has_splines| {
            max_lists_memory(megapixels * 1_000_000, 2, has_patches, has_splines) <= MAX_LISTS_MEMORY
        };
        assert!(is_allowed(100, false, false));
        assert!(is_allowed(48, true, false) && !is_allowed(64, true, false));
        assert!(is_allowed(7, false, true) && !is_allowed(8, false, true));
    }
}
