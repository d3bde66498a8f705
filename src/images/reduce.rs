//! Pixels for a result: which of an image are needed, and their averages.
//!
//! Only the pixels that a result needs are kept, so a large image is in memory as a whole only when all of it is shown at
//! full size.

use super::error::Error;
use super::pixels::{MAX_MEMORY, Pixels};

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
    pub(super) fn reduction(&self) -> f64 {
        let (width, height) = self.result_size;
        (self.width / f64::from(width))
            .min(self.height / f64::from(height))
            .max(1.0)
    }

    /// The pixels that it covers of an image of this size, at least one in each direction: left and right, top and bottom.
    pub(super) fn edges(&self, (width, height): (u32, u32)) -> ((u32, u32), (u32, u32)) {
        let edges = |start: f64, length: f64, size: u32| {
            let end = ((start + length).ceil() as u32).clamp(1, size);
            ((start.max(0.0) as u32).min(end - 1), end)
        };
        (edges(self.x, self.width, width), edges(self.y, self.height, height))
    }
}

/// Decoded pixels, which cover the region.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) pixels: Pixels,
    /// The upper left corner, in pixels as stored.
    pub(super) origin: (u32, u32),
    /// How many stored pixels one of these shows, in each direction. Less than 1 for a drawing that is enlarged.
    pub(super) reduction: f32,
    /// The ICC profile.
    pub(super) profile: Option<Vec<u8>>,
}

/// An image that was decoded as a whole.
#[cfg(feature = "images")]
pub(super) fn whole(pixels: Pixels, reduction: u32, profile: Option<Vec<u8>>) -> Result<Decoded, Error> {
    complete(Decoded {
        pixels,
        origin: (0, 0),
        reduction: reduction as f32,
        profile,
    })
}

/// Checks that there are as many bytes as the size needs, which resampling relies on.
pub(super) fn complete(decoded: Decoded) -> Result<Decoded, Error> {
    let pixels = &decoded.pixels;
    let needed = u64::from(pixels.width) * u64::from(pixels.height) * pixels.channels as u64;
    if pixels.bytes.len() as u64 == needed {
        Ok(decoded)
    } else {
        Err(Error::decode("missing pixels"))
    }
}

/// An image in RGBA whose rows are painted as they are needed. The rest is transparent, as where a frame is smaller than the
/// image, or a file truncated.
#[cfg(feature = "images")]
pub(super) fn painted(
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

/// Reduces an image row by row: crops the rows to a region and averages them in square cells.
pub(super) struct RowReducer {
    /// The region, in pixels as stored.
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    channels: usize,
    reduction: u32,
    /// The number of the next row.
    pub(super) y: u32,
    /// The sums of the current cells. Colours are weighted by alpha.
    sums: Vec<u32>,
    bytes: Vec<u8>,
}

impl RowReducer {
    pub(super) fn new(size: (u32, u32), channels: usize, region: &Region) -> Result<Self, Error> {
        let ((left, right), (top, bottom)) = region.edges(size);
        let cells = |reduction: u32| ((right - left).div_ceil(reduction), (bottom - top).div_ceil(reduction));
        let length = |reduction: u32| {
            let (across, down) = cells(reduction);
            u64::from(across) * u64::from(down) * channels as u64
        };
        // Averages of cells are coarse. The last halving is left to the resampling filter.
        let mut reduction = ((region.reduction() / 2.0) as u32).clamp(1, 4096);
        while length(reduction) > MAX_MEMORY / 2 {
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
            bytes: Vec::with_capacity(usize::try_from(length(reduction)).map_err(Error::decode)?),
        })
    }

    pub(super) fn needs_more(&self) -> bool {
        self.y < self.bottom
    }

    /// Whether any of the next rows is part of the region.
    #[cfg(feature = "tiff")]
    pub(super) fn needs_rows(&self, count: u32) -> bool {
        self.y < self.bottom && self.y + count > self.top
    }

    /// Whether any of these columns is part of the region.
    #[cfg(feature = "tiff")]
    pub(super) fn needs_columns(&self, left: u32, count: u32) -> bool {
        left < self.right && left.saturating_add(count) > self.left
    }

    /// Leaves out rows above the region.
    #[cfg(any(feature = "jxl", feature = "tiff"))]
    pub(super) fn skip(&mut self, count: u32) {
        self.y += count;
    }

    /// Adds the next row.
    pub(super) fn add(&mut self, row: &[u8]) {
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

    pub(super) fn finish(self, profile: Option<Vec<u8>>) -> Result<Decoded, Error> {
        complete(Decoded {
            pixels: Pixels {
                width: (self.right - self.left).div_ceil(self.reduction),
                height: (self.bottom - self.top).div_ceil(self.reduction),
                channels: self.channels,
                bytes: self.bytes,
            },
            origin: (self.left, self.top),
            reduction: self.reduction as f32,
            profile,
        })
    }
}
