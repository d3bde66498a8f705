//! Decoded pixels, and how many there may be.

/// The largest number of pixels of an image.
pub(super) const MAX_PIXELS: u64 = 100_000_000;
/// The largest memory for decoding one image, in bytes.
pub(super) const MAX_MEMORY: u64 = 320 << 20;

/// Pixels of 1 to 4 channels of one byte: grey, grey and alpha, RGB, or RGBA. Alpha is not premultiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 to 4.
    pub(super) channels: usize,
    pub(super) bytes: Vec<u8>,
}

#[cfg(feature = "images")]
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

/// The light that an ink and black leave on perfect paper: the colours of inks without a profile.
#[cfg(any(feature = "images", feature = "tiff"))]
pub(super) fn on_paper(ink: u8, black: u8) -> u8 {
    (u16::from(255 - ink) * u16::from(255 - black) / 255) as u8
}

/// Takes alpha out of colours that it has been multiplied into.
#[cfg(any(feature = "jxl", feature = "tiff"))]
pub(super) fn divide_by_alpha(row: &mut [u8], channels: usize) {
    for pixel in row.chunks_exact_mut(channels) {
        let alpha = u32::from(pixel[channels - 1]).max(1);
        for value in &mut pixel[..channels - 1] {
            *value = (u32::from(*value) * 255 / alpha).min(255) as u8;
        }
    }
}
