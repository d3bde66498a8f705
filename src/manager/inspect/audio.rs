//! Durations and bit rates of sounds: WAV, AIFF, FLAC, Ogg and MPEG audio.
//!
//! Read by hand: `lofty`, the crate that knows all of these formats, reads their tags and cover pictures into memory too.
//! It is the oracle of the tests instead.

use super::Facts;
use super::input::Input;

/// The chunks or tags of a file that are read: it bounds what a hostile file costs.
const MAX_CHUNKS: u32 = 64;
/// The bytes that are searched for the first frame of MPEG audio, and for the last page of Ogg.
const SEARCH_LEN: usize = 1 << 16;

fn le_u32(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u32::from_le_bytes(*bytes)))
}

fn be_u32(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u32::from_be_bytes(*bytes)))
}

/// The milliseconds of `count` samples at `rate` per second.
fn milliseconds(count: u64, rate: u64) -> Option<u64> {
    count.checked_mul(1000)?.checked_div(rate)
}

/// The mean bits per second of `bytes` over a duration in milliseconds.
fn mean_bitrate(bytes: u64, duration: Option<u64>) -> Option<u64> {
    bytes.checked_mul(8000)?.checked_div(duration?)
}

pub(super) fn wav(input: &mut Input<'_>) -> Facts {
    let mut at = 12;
    let mut byte_rate = None;
    for _ in 0..MAX_CHUNKS {
        let head = input.part(at, 8);
        let (Some(name), Some(length)) = (head.get(..4), le_u32(&head, 4)) else {
            break;
        };
        match name {
            b"fmt " => byte_rate = le_u32(&input.part(at + 8, 16), 8),
            b"data" => {
                // Programs that stream cannot know the length and write the largest number.
                let length = length.min(input.size().saturating_sub(at + 8));
                let duration = byte_rate.and_then(|rate| milliseconds(length, rate));
                return Facts::of_sound(duration, byte_rate.map(|rate| rate * 8));
            }
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    Facts::default()
}

pub(super) fn aiff(input: &mut Input<'_>) -> Facts {
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let head = input.part(at, 8);
        let (Some(name), Some(length)) = (head.get(..4), be_u32(&head, 4)) else {
            break;
        };
        if name == b"COMM" {
            let common = input.part(at + 8, 18);
            let duration = be_u32(&common, 2)
                .zip(sample_rate(common.get(8..).and_then(<[u8]>::first_chunk)))
                .and_then(|(frames, rate)| milliseconds(frames, rate));
            return Facts::of_sound(duration, mean_bitrate(input.size(), duration));
        }
        at += 8 + length + length % 2;
    }
    Facts::default()
}

/// The whole part of an 80-bit float, as AIFF stores sample rates. Returns `None` unless it is from 1 to 2³² − 1.
fn sample_rate(bytes: Option<&[u8; 10]>) -> Option<u64> {
    let bytes = bytes?;
    let exponent = u32::from(u16::from_be_bytes([bytes[0] & 0x7f, bytes[1]]));
    let mantissa = be_u32(bytes, 2)? << 32 | be_u32(bytes, 6)?;
    let shift = (16383 + 63_u32)
        .checked_sub(exponent)
        .filter(|shift| (32..64).contains(shift))?;
    Some(mantissa >> shift)
}

/// FLAC: by its first block.
pub(super) fn flac(input: &mut Input<'_>) -> Facts {
    let start = skip_id3(input);
    let head = input.part(start, 26);
    if head.get(..4) != Some(b"fLaC") || head.get(4).is_none_or(|kind| kind & 0x7f != 0) {
        return Facts::default();
    }
    let (Some(high), Some(low)) = (be_u32(&head, 18), be_u32(&head, 22)) else {
        return Facts::default();
    };
    // 20 bits of sample rate, 8 of channels and depth, 36 of samples. 0 samples mean an unknown number.
    let samples = (high & 0xf) << 32 | low;
    let duration = milliseconds(samples, high >> 12).filter(|_| samples > 0);
    Facts::of_sound(duration, mean_bitrate(input.size().saturating_sub(start), duration))
}

/// Ogg with Vorbis or Opus: by the position of the last page.
pub(super) fn ogg(input: &mut Input<'_>) -> Facts {
    let first = input.part(0, 27 + 255 + 64);
    let Some(packet) = first.get(26).and_then(|&count| first.get(27 + usize::from(count)..)) else {
        return Facts::default();
    };
    let (rate, skipped) = if packet.starts_with(b"\x01vorbis") {
        (le_u32(packet, 12), 0)
    } else if packet.starts_with(b"OpusHead") {
        let skipped = packet.get(10..).and_then(<[u8]>::first_chunk);
        let skipped = skipped.map_or(0, |skipped| u64::from(u16::from_le_bytes(*skipped)));
        // Positions of Opus count at this rate, whatever the rate of the recording.
        (Some(48_000), skipped)
    } else {
        return Facts::default();
    };
    let stream = first.get(14..18);
    let tail = input.part(input.size().saturating_sub(SEARCH_LEN as u64), SEARCH_LEN);
    let end = (0..tail.len().saturating_sub(26)).rev().find_map(|at| {
        let page = &tail[at..];
        let is_of_stream = page.starts_with(b"OggS") && page.get(14..18) == stream;
        let position = page_position(page).filter(|_| is_of_stream);
        // A page on which no packet ends has the position -1.
        position.filter(|&position| position < 1 << 62)
    });
    let samples = end.map(|end| end.saturating_sub(skipped));
    let duration = samples
        .zip(rate)
        .and_then(|(samples, rate)| milliseconds(samples, rate));
    Facts::of_sound(duration, mean_bitrate(input.size(), duration))
}

/// The position that an Ogg page has, in samples.
fn page_position(page: &[u8]) -> Option<u64> {
    let position = page.get(6..)?.first_chunk()?;
    Some(u64::from_le_bytes(*position))
}

/// The offset of the sound behind tags of the form ID3v2.
fn skip_id3(input: &mut Input<'_>) -> u64 {
    let mut at = 0;
    for _ in 0..8 {
        let head = input.part(at, 10);
        let &[b'I', b'D', b'3', _, _, flags, a, b, c, d] = head.as_slice() else {
            break;
        };
        if (a | b | c | d) & 0x80 != 0 {
            break;
        }
        let length = [a, b, c, d]
            .into_iter()
            .fold(0, |length, seven| length << 7 | u64::from(seven));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        at += 10 + length + footer;
    }
    at
}

/// The header of a frame of MPEG audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    /// Bits per second.
    bitrate: u64,
    /// Samples per second.
    rate: u64,
    /// Samples of this frame.
    samples: u64,
    /// Bytes of this frame.
    length: u64,
    /// The offset of a Xing tag in this frame.
    tag: usize,
}

/// Bit rates in thousands: version 1 of layers I to III, then the later versions of layer I and of the others.
const BITRATES: [[u16; 15]; 5] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

impl Frame {
    fn parse(bytes: &[u8]) -> Option<Frame> {
        let &[0xff, second, third, fourth, ..] = bytes else {
            return None;
        };
        if second & 0xe0 != 0xe0 {
            return None;
        }
        // Version 2 halves the sample rates, and version 2.5 does it twice.
        let halvings = match second >> 3 & 3 {
            0 => 2,
            2 => 1,
            3 => 0,
            _ => return None,
        };
        let layer = 4 - (second >> 1 & 3);
        let row = match (halvings, layer) {
            (_, 4) => return None,
            (0, layer) => usize::from(layer) - 1,
            (_, 1) => 3,
            _ => 4,
        };
        let bitrate = u64::from(*BITRATES[row].get(usize::from(third >> 4))?) * 1000;
        let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? >> halvings;
        if bitrate == 0 {
            return None;
        }
        let padding = u64::from(third >> 1 & 1);
        let samples = match (layer, halvings) {
            (1, _) => 384,
            (3, 1 | 2) => 576,
            _ => 1152,
        };
        let slot = if layer == 1 { 4 } else { 1 };
        let length = (samples * bitrate / 8 / rate / slot + padding) * slot;
        let is_mono = fourth >> 6 == 3;
        let side = match (halvings == 0, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        Some(Frame {
            bitrate,
            rate,
            samples,
            length,
            tag: 4 + side,
        })
    }
}

/// MPEG audio: by the tag that encoders of variable bit rates write into the first frame, else by the bit rate of that
/// frame.
pub(super) fn mpeg(input: &mut Input<'_>) -> Facts {
    let start = skip_id3(input);
    let Some((at, frame)) = first_frame(input, start) else {
        return Facts::default();
    };
    let mut end = input.size();
    // An ID3v1 tag.
    if end >= at + 128 && input.part(end - 128, 3) == b"TAG" {
        end -= 128;
    }
    let length = end - at;
    let head = input.part(at, 64);
    // A frame has at least its header of 4 bytes, so a tag that names more frames is wrong.
    let tagged = tagged_frames(&head, &frame).filter(|&frames| frames > 0 && frames <= length / 4);
    match tagged {
        Some(frames) => {
            let samples = frames.checked_mul(frame.samples);
            let duration = samples.and_then(|samples| milliseconds(samples, frame.rate));
            Facts::of_sound(duration, mean_bitrate(length, duration))
        }
        None => {
            let duration = length.checked_mul(8000).map(|bits| bits / frame.bitrate);
            Facts::of_sound(duration, Some(frame.bitrate))
        }
    }
}

/// The offset of the first frame. Two bytes look like a frame often enough, so another frame or the end has to follow.
fn first_frame(input: &mut Input<'_>, start: u64) -> Option<(u64, Frame)> {
    let bytes = input.part(start, SEARCH_LEN);
    for (offset, window) in bytes.windows(4).enumerate() {
        if window[0] != 0xff {
            continue;
        }
        let Some(frame) = Frame::parse(window) else { continue };
        let at = start + offset as u64;
        let next = at + frame.length;
        let follows = Frame::parse(&input.part(next, 4)).is_some_and(|next| next.rate == frame.rate);
        if follows || next >= input.size() {
            return Some((at, frame));
        }
    }
    None
}

/// The number of frames by a tag of the forms Xing or VBRI.
fn tagged_frames(head: &[u8], frame: &Frame) -> Option<u64> {
    let tag = head.get(frame.tag..)?;
    if tag.starts_with(b"Xing") || tag.starts_with(b"Info") {
        return (be_u32(tag, 4)? & 1 == 1).then(|| be_u32(tag, 8)).flatten();
    }
    let tag = head.get(36..)?;
    if tag.starts_with(b"VBRI") {
        be_u32(tag, 14)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_header_gives_the_lengths_of_the_standard() {
        for (header, bitrate, rate, samples, length) in [
            ([0xff, 0xfb, 0x90, 0x00], 128_000, 44_100, 1152, 417),
            ([0xff, 0xfb, 0x92, 0x00], 128_000, 44_100, 1152, 418),
            ([0xff, 0xfb, 0xe4, 0x00], 320_000, 48_000, 1152, 960),
            ([0xff, 0xf3, 0x80, 0xc0], 64_000, 22_050, 576, 208),
            ([0xff, 0xe3, 0x10, 0xc0], 8_000, 11_025, 576, 52),
            ([0xff, 0xfd, 0x80, 0x00], 128_000, 44_100, 1152, 417),
            ([0xff, 0xff, 0x40, 0x00], 128_000, 44_100, 384, 136),
        ] {
            let frame = Frame::parse(&header).expect("a frame");
            assert_eq!(
                (frame.bitrate, frame.rate, frame.samples, frame.length),
                (bitrate, rate, samples, length),
                "{header:x?}"
            );
        }
        for header in [
            [0xff, 0xfb, 0x00, 0x00],
            [0xff, 0xfb, 0xf0, 0x00],
            [0xff, 0xfb, 0x9c, 0x00],
            [0xff, 0xf9, 0x90, 0x00],
            [0xff, 0xeb, 0x90, 0x00],
            [0xff, 0x7b, 0x90, 0x00],
            [0xfe, 0xfb, 0x90, 0x00],
        ] {
            assert_eq!(Frame::parse(&header), None, "{header:x?}");
        }
    }

    #[test]
    fn sample_rate_of_80_bits_is_read_or_refused() {
        let rate = [0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0];
        assert_eq!(sample_rate(Some(&rate)), Some(44_100));
        assert_eq!(sample_rate(Some(&[0xff; 10])), None);
        assert_eq!(sample_rate(Some(&[0; 10])), None);
    }
}
