//! A decoder of bitmaps: BMP files of Windows and OS/2, and the images of icons and pointers.
//!
//! Our own: the crates for it decode whole images, and rows are what a reduction needs.

use super::error::Error;
use super::header::{le_u16, le_u32};
use super::pixels::MAX_MEMORY;

/// The length of the header of a file, in front of that of the bitmap.
const FILE_HEADER_LEN: usize = 14;
/// The header of the first versions, with sizes of 16 bits.
const CORE_HEADER_LEN: u32 = 12;

/// A bitmap whose header has been read.
#[derive(Debug)]
pub(super) struct Bitmap<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    is_top_down: bool,
    /// Bits of a pixel.
    depth: u32,
    palette: Vec<[u8; 3]>,
    /// Which bits of a pixel are red, green, blue and alpha.
    masks: [u32; 4],
    /// The rows: packed pixels, or indices.
    rows: Rows<'a>,
    /// Of an icon: bits that make pixels transparent, where no pixel has alpha.
    mask: Option<&'a [u8]>,
}

#[derive(Debug)]
enum Rows<'a> {
    Packed {
        data: &'a [u8],
        stride: usize,
    },
    /// A run-length code, decoded: one byte a pixel, and whether the file has it.
    Decoded(Vec<Option<u8>>),
}

impl<'a> Bitmap<'a> {
    /// Reads the header of a BMP file.
    pub(super) fn open(file: &'a [u8]) -> Result<Self, Error> {
        let rows_at = le_u32(file, 10).map(|at| at as usize);
        Self::read(file.get(FILE_HEADER_LEN..).unwrap_or_default(), rows_at, file)
            .ok_or_else(|| Error::decode("the header of the bitmap is incomplete"))?
    }

    /// Reads the header of an image in an icon, whose height counts the mask too.
    pub(super) fn open_icon(image: &'a [u8]) -> Result<Self, Error> {
        let mut bitmap =
            Self::read(image, None, image).ok_or_else(|| Error::decode("the header of the image is incomplete"))??;
        bitmap.height /= 2;
        if let Rows::Packed { data, stride } = bitmap.rows {
            let has_alpha = bitmap.depth == 32 && data.chunks_exact(4).take(bitmap.area()).any(|pixel| pixel[3] != 0);
            if has_alpha {
                bitmap.masks = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
            } else {
                bitmap.mask = data.get(stride.saturating_mul(bitmap.height as usize)..);
            }
        }
        Ok(bitmap)
    }

    fn area(&self) -> usize {
        (self.width as usize).saturating_mul(self.height as usize)
    }

    /// `None` for a header that is cut.
    fn read(header: &'a [u8], rows_at: Option<usize>, whole: &'a [u8]) -> Option<Result<Self, Error>> {
        let length = le_u32(header, 0)?;
        let is_core = length == CORE_HEADER_LEN;
        let (width, height, is_top_down) = if is_core {
            (le_u16(header, 4)?, le_u16(header, 6)?, false)
        } else {
            let height = le_u32(header, 8)?.cast_signed();
            (le_u32(header, 4)?, height.unsigned_abs(), height < 0)
        };
        let depth = le_u16(header, if is_core { 10 } else { 14 })?;
        // Short headers of OS/2 end early, and the rest counts as zeros.
        let field = |at: usize| {
            if at + 4 <= length as usize {
                le_u32(header, at)
            } else {
                None
            }
        };
        let compression = field(16).unwrap_or(0);
        let is_os2 = length == 64;
        let has_masks = (compression == 3 && !is_os2) || compression == 6;
        let is_packed = compression == 0 || has_masks;
        let is_run_length = matches!((compression, depth), (1, 8) | (2, 4));
        if !matches!(depth, 1 | 2 | 4 | 8 | 16 | 24 | 32) || !(is_packed || is_run_length) {
            return Some(Err(Error::new(
                415,
                format!("unsupported BMP: {depth} bits with compression {compression}"),
            )));
        }
        let mut at = length as usize;
        let mut masks = if depth == 16 {
            [0x7c00, 0x3e0, 0x1f, 0]
        } else {
            [0xff_0000, 0xff00, 0xff, 0]
        };
        if has_masks {
            // Behind the shortest header, and within longer ones.
            let count = if length >= 56 || compression == 6 { 4 } else { 3 };
            for (number, mask) in masks.iter_mut().enumerate().take(count) {
                *mask = le_u32(header, 40 + 4 * number)?;
            }
            if length == 40 {
                at += 4 * count;
            }
        }
        let mut palette = Vec::new();
        let entry_len = if is_core { 3 } else { 4 };
        if depth <= 8 {
            let most = 1 << depth;
            let count = field(32)
                .filter(|&count| count > 0)
                .map_or(most, |count| count.min(most));
            let entries = header.get(at..).unwrap_or_default().chunks_exact(entry_len);
            palette.extend(entries.take(count as usize).map(|entry| [entry[2], entry[1], entry[0]]));
            at += count as usize * entry_len;
        }
        let data = match rows_at.filter(|&rows_at| rows_at >= FILE_HEADER_LEN + CORE_HEADER_LEN as usize) {
            Some(rows_at) => whole.get(rows_at..),
            None => header.get(at..),
        };
        let data = data.unwrap_or_default();
        let rows = if is_packed {
            let stride = (width as usize).checked_mul(depth as usize)?.div_ceil(32) * 4;
            Rows::Packed { data, stride }
        } else {
            let area = u64::from(width) * u64::from(height);
            if area.saturating_mul(2) > MAX_MEMORY {
                return Some(Err(Error::too_large("a compressed BMP of at most 160 megapixels")));
            }
            Rows::Decoded(run_lengths(data, width as usize, height as usize, depth == 4))
        };
        Some(Ok(Self {
            width,
            height,
            is_top_down,
            depth,
            palette,
            masks,
            rows,
            mask: None,
        }))
    }

    /// Paints a row, which is RGBA, as far as the file has it.
    pub(super) fn paint(&self, y: usize, out: &mut [u8]) {
        let line = if self.is_top_down {
            y
        } else {
            (self.height as usize).saturating_sub(y + 1)
        };
        let width = self.width as usize;
        match &self.rows {
            Rows::Decoded(indices) => {
                let indices = indices.get(line * width..(line + 1) * width).unwrap_or_default();
                for (pixel, &index) in out.chunks_exact_mut(4).zip(indices) {
                    if let Some(index) = index {
                        pixel.copy_from_slice(&self.color(index.into()));
                    }
                }
            }
            Rows::Packed { data, stride } => {
                let start = line.saturating_mul(*stride).min(data.len());
                let data = &data[start..start.saturating_add(*stride).min(data.len())];
                for (x, pixel) in out.chunks_exact_mut(4).enumerate() {
                    let Some(value) = self.packed(data, x) else { break };
                    pixel.copy_from_slice(&self.color(value));
                }
            }
        }
        if let Some(mask) = self.mask {
            let stride = width.div_ceil(32) * 4;
            let mask = mask.get(line * stride..).unwrap_or_default();
            for (x, pixel) in out.chunks_exact_mut(4).enumerate() {
                if mask.get(x / 8).is_some_and(|byte| byte & 0x80 >> (x % 8) != 0) {
                    pixel.fill(0);
                }
            }
        }
    }

    /// A pixel of a packed row.
    fn packed(&self, row: &[u8], x: usize) -> Option<u32> {
        match self.depth {
            32 => le_u32(row, 4 * x),
            24 => row
                .get(3 * x..3 * x + 3)
                .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])),
            16 => le_u16(row, 2 * x),
            depth => {
                let bit = x * depth as usize;
                let byte = u32::from(*row.get(bit / 8)?);
                Some(byte >> (8 - depth - (bit % 8) as u32) & ((1 << depth) - 1))
            }
        }
    }

    /// RGBA of the value of a pixel.
    fn color(&self, value: u32) -> [u8; 4] {
        if self.depth <= 8 {
            let [red, green, blue] = self.palette.get(value as usize).copied().unwrap_or_default();
            return [red, green, blue, 255];
        }
        let part = |mask: u32| {
            let most = u64::from(mask >> mask.trailing_zeros().min(31));
            let own = u64::from((value & mask) >> mask.trailing_zeros().min(31));
            own.saturating_mul(255).checked_div(most).unwrap_or(0) as u8
        };
        let [red, green, blue, alpha] = self.masks;
        [
            part(red),
            part(green),
            part(blue),
            if alpha == 0 { 255 } else { part(alpha) },
        ]
    }
}

/// Indices of a run-length code of 8 or 4 bits.
fn run_lengths(data: &[u8], width: usize, height: usize, is_narrow: bool) -> Vec<Option<u8>> {
    let mut indices = vec![None; width * height];
    let (mut x, mut y) = (0, 0);
    let mut bytes = data.iter().copied();
    let mut set = |x: usize, y: usize, index: u8| {
        if x < width && y < height {
            indices[y * width + x] = Some(index);
        }
    };
    let nibble = |byte: u8, number: usize| match (is_narrow, number % 2) {
        (false, _) => byte,
        (true, 0) => byte >> 4,
        (true, _) => byte & 15,
    };
    while let (Some(count), Some(value)) = (bytes.next(), bytes.next()) {
        match (count, value) {
            (0, 0) => (x, y) = (0, y + 1),
            (0, 1) => break,
            (0, 2) => {
                let (Some(right), Some(down)) = (bytes.next(), bytes.next()) else {
                    break;
                };
                (x, y) = (x + usize::from(right), y + usize::from(down));
            }
            (0, count) => {
                let count = usize::from(count);
                let length = if is_narrow { count.div_ceil(2) } else { count };
                let mut literal = [0; 256];
                for byte in &mut literal[..length + length % 2] {
                    *byte = bytes.next().unwrap_or(0);
                }
                for number in 0..count {
                    let byte = literal[if is_narrow { number / 2 } else { number }];
                    set(x + number, y, nibble(byte, number));
                }
                x += count;
            }
            (count, value) => {
                for number in 0..usize::from(count) {
                    set(x + number, y, nibble(value, number));
                }
                x += usize::from(count);
            }
        }
        if y >= height {
            break;
        }
    }
    indices
}
