//! Opens WebP files for their decoder, within limits and without what it does not check.

use super::error::Error;
use super::header::{le_u16, le_u32};
use super::pixels::MAX_MEMORY;
use image_webp::WebPDecoder;
use std::io::Cursor;

/// Opens a file. Fails for animations that the decoder would panic at.
pub(super) fn open(bytes: &[u8]) -> Result<Box<WebPDecoder<Cursor<&[u8]>>>, Error> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(Error::decode)?;
    decoder.set_memory_limit(usize::try_from(MAX_MEMORY).unwrap_or(usize::MAX));
    if decoder.is_animated() && !has_sound_frames(bytes) {
        return Err(Error::decode("a frame contradicts its size"));
    }
    Ok(Box::new(decoder))
}

/// Whether the frames with an alpha channel have the sizes that they claim. The decoder checks that of all others.
fn has_sound_frames(bytes: &[u8]) -> bool {
    // Every occurrence, because the decoder follows lengths that may be damaged.
    let mut starts = bytes.windows(4).enumerate().filter(|(_, word)| *word == b"ANMF");
    starts.all(|(at, _)| is_sound(&bytes[at + 4..]).unwrap_or(true))
}

/// Whether a frame has the size that it claims, from the length of its chunk on. `None` for one without alpha channel, or cut.
fn is_sound(frame: &[u8]) -> Option<bool> {
    let edge = |at| Some(1 + (le_u32(frame, at)? & 0xff_ffff));
    let claimed = (edge(10)?, edge(13)?);
    let alpha = frame.get(20..)?;
    if !alpha.starts_with(b"ALPH") {
        return None;
    }
    let length = le_u32(alpha, 4)?;
    let length = usize::try_from(length.saturating_add(length & 1)).ok()?;
    // Behind the header of a chunk, a frame of VP8 has six bytes before its size, whose upper two bits are a scale.
    let pixels = alpha.get(8..)?.get(length..)?.get(8..)?;
    let edge = |at| Some(le_u16(pixels, at)? & 0x3fff);
    Some((edge(6)?, edge(8)?) == claimed)
}
