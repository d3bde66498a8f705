//! The frames of a GIF, as far as the file goes.

use super::error::Error;
use super::pixels::{MAX_MEMORY, MAX_PIXELS};
use gif::{ColorOutput, DecodeOptions, DisposalMethod, MemoryLimit};
use std::io::{Chain, Cursor, Read as _};
use std::num::NonZeroU64;

/// Where the global palette stands, if there is one.
const PALETTE_AT: usize = 13;

/// The beginning of a file, up to its global palette, and the rest.
type WithPalette<'a> = Chain<Cursor<Vec<u8>>, &'a [u8]>;

/// The frames of a file, one after the other.
pub(super) struct GifFrames<'a> {
    decoder: gif::Decoder<WithPalette<'a>>,
}

/// A frame: indices into its palette.
#[derive(Debug)]
pub(super) struct GifFrame {
    left: usize,
    top: usize,
    width: usize,
    palette: Vec<u8>,
    transparent: Option<u8>,
    /// What becomes of it before the next frame.
    pub(super) disposal: DisposalMethod,
    /// In hundredths of a second.
    pub(super) delay: u16,
    indices: Vec<u8>,
    /// Whether the file has each row.
    rows: Vec<bool>,
}

impl<'a> GifFrames<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::MIN.saturating_add(MAX_MEMORY)));
        options.allow_unknown_blocks(true);
        let decoder = options.read_info(with_palette(bytes)).map_err(Error::decode)?;
        Ok(Self { decoder })
    }

    /// The number of frames of a file, up to one more than `limit`.
    pub(super) fn count(bytes: &[u8], limit: u64) -> u64 {
        let mut options = DecodeOptions::new();
        options.skip_frame_decoding(true);
        options.allow_unknown_blocks(true);
        let Ok(mut decoder) = options.read_info(with_palette(bytes)) else {
            return 0;
        };
        let mut count = 0;
        while count <= limit && matches!(decoder.next_frame_info(), Ok(Some(_))) {
            count += 1;
        }
        count
    }

    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        self.decoder.icc_profile().map(<[u8]>::to_vec)
    }

    /// How often the animation is shown again.
    pub(super) fn repeat(&self) -> gif::Repeat {
        self.decoder.repeat()
    }

    /// The next frame. `None` at the end of the file, and where it was cut before the frame has a row.
    pub(super) fn next(&mut self) -> Option<GifFrame> {
        let info = self.decoder.next_frame_info().ok()??.clone();
        let (width, height) = (usize::from(info.width), usize::from(info.height));
        if width as u64 * height as u64 > MAX_PIXELS {
            return None;
        }
        let palette = info
            .palette
            .or_else(|| self.decoder.global_palette().map(<[u8]>::to_vec));
        let mut frame = GifFrame {
            left: info.left.into(),
            top: info.top.into(),
            width,
            palette: palette.unwrap_or_default(),
            transparent: info.transparent,
            disposal: info.dispose,
            delay: info.delay,
            indices: vec![0; width * height],
            rows: vec![false; height],
        };
        for y in order(height, info.interlaced) {
            let row = &mut frame.indices[y * width..(y + 1) * width];
            if row.is_empty() || !matches!(self.decoder.fill_buffer(row), Ok(true)) {
                break;
            }
            frame.rows[y] = true;
        }
        frame.rows.contains(&true).then_some(frame)
    }
}

impl GifFrame {
    /// Paints a row of the image, which is RGBA, as far as the frame covers it.
    pub(super) fn paint(&self, y: usize, row: &mut [u8]) {
        let Some(own) = y.checked_sub(self.top).filter(|&own| self.rows.get(own) == Some(&true)) else {
            return;
        };
        let indices = &self.indices[own * self.width..(own + 1) * self.width];
        for (pixel, &index) in row.chunks_exact_mut(4).skip(self.left).zip(indices) {
            let start = usize::from(index) * 3;
            let color = self.palette.get(start..start + 3);
            if let Some(color) = color.filter(|_| Some(index) != self.transparent) {
                pixel[..3].copy_from_slice(color);
                pixel[3] = 255;
            }
        }
    }

    /// Makes a row of the image transparent, as far as the frame covers it.
    pub(super) fn clear(&self, y: usize, row: &mut [u8]) {
        if y.checked_sub(self.top).is_some_and(|own| own < self.rows.len()) {
            for pixel in row.chunks_exact_mut(4).skip(self.left).take(self.width) {
                pixel.fill(0);
            }
        }
    }
}

/// The rows of a frame in the order of the file.
fn order(height: usize, is_interlaced: bool) -> Box<dyn Iterator<Item = usize>> {
    if !is_interlaced {
        return Box::new(0..height);
    }
    let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
    Box::new(
        passes
            .into_iter()
            .flat_map(move |(first, step)| (first..height).step_by(step)),
    )
}

/// Files without any palette are shown with black, white and greys, as the standard allows.
fn with_palette(bytes: &[u8]) -> WithPalette<'_> {
    let (head, rest) = bytes.split_at(PALETTE_AT.min(bytes.len()));
    let mut start = head.to_vec();
    if let Some(flags) = start.get_mut(10).filter(|flags| **flags & 0x80 == 0) {
        *flags |= 0x87;
        start.extend([0, 0, 0, 255, 255, 255]);
        start.extend((2..=255_u8).flat_map(|grey| [grey; 3]));
    }
    Cursor::new(start).chain(rest)
}
