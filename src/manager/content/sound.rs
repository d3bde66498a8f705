//! How long sounds are, and how many bits each second of them has.

use super::super::descriptor::Facts;
use super::Reader;

/// Parts of a file that are looked at, at most.
const MOST_PARTS: u32 = 64;
/// How far the first frame of MPEG audio, and the last page of Ogg, are looked for.
const NEAR: u64 = 1 << 16;

fn of(duration: Option<u64>, bitrate: Option<u64>) -> Facts {
    Facts {
        duration,
        bitrate,
        ..Facts::default()
    }
}

fn little(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u64::from(u32::from_le_bytes(bytes)))
}

fn big(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u64::from(u32::from_be_bytes(bytes)))
}

/// Milliseconds of so many units at so many a second.
fn milliseconds(count: u64, rate: u64) -> Option<u64> {
    count.checked_mul(1000)?.checked_div(rate)
}

/// Bits a second of so many bytes in so many milliseconds.
fn bits(bytes: u64, duration: Option<u64>) -> Option<u64> {
    bytes.checked_mul(8000)?.checked_div(duration?)
}

pub(super) fn wav(reader: &Reader<'_>) -> Facts {
    let mut at = 12;
    let mut rate = None;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 8);
        let (Some(name), Some(length)) = (head.get(..4), little(&head, 4)) else {
            break;
        };
        match name {
            b"fmt " => rate = little(&reader.part(at + 8, 16), 8),
            b"data" => {
                let there = length.min(reader.size.saturating_sub(at + 8));
                let duration = rate.and_then(|rate| milliseconds(there, rate));
                return of(duration, rate.map(|rate| rate * 8));
            }
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    Facts::default()
}

pub(super) fn aiff(reader: &Reader<'_>) -> Facts {
    let mut at = 12;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 8);
        let (Some(name), Some(length)) = (head.get(..4), big(&head, 4)) else {
            break;
        };
        if name == b"COMM" {
            let common = reader.part(at + 8, 18);
            let duration = big(&common, 2)
                .zip(extended(common.get(8..18)))
                .and_then(|(frames, rate)| milliseconds(frames, rate));
            return of(duration, bits(reader.size, duration));
        }
        at += 8 + length + length % 2;
    }
    Facts::default()
}

/// A number of eighty bits, of which only whole ones up to 32 bits are sampling rates.
fn extended(bytes: Option<&[u8]>) -> Option<u64> {
    let bytes = bytes?;
    let exponent = u32::from(u16::from_be_bytes([bytes[0] & 0x7f, bytes[1]]));
    let mantissa = big(bytes, 2)? << 32 | big(bytes, 6)?;
    let shift = (16383 + 63_u32)
        .checked_sub(exponent)
        .filter(|shift| (32..64).contains(shift))?;
    Some(mantissa >> shift)
}

/// The first block of a FLAC file says everything.
pub(super) fn flac(reader: &Reader<'_>) -> Facts {
    let start = behind_tags(reader);
    let head = reader.part(start, 26);
    if head.get(..4) != Some(b"fLaC") || head.get(4).is_none_or(|kind| kind & 0x7f != 0) {
        return Facts::default();
    }
    let (Some(high), Some(low)) = (big(&head, 18), big(&head, 22)) else {
        return Facts::default();
    };
    // Twenty bits of rate, eight of channels and depth, thirty-six of samples; no samples mean that nobody knew.
    let samples = (high & 0xf) << 32 | low;
    let duration = milliseconds(samples, high >> 12).filter(|_| samples > 0);
    of(duration, bits(reader.size - start.min(reader.size), duration))
}

/// The last page of an Ogg stream says how far it goes.
pub(super) fn ogg(reader: &Reader<'_>) -> Facts {
    let first = reader.part(0, 27 + 255 + 64);
    let Some(packet) = first.get(26).and_then(|&count| first.get(27 + usize::from(count)..)) else {
        return Facts::default();
    };
    let (rate, skipped) = if packet.starts_with(b"\x01vorbis") {
        (little(packet, 12), 0)
    } else if packet.starts_with(b"OpusHead") {
        let skip = packet
            .get(10..12)
            .map_or(0, |skip| u64::from(u16::from_le_bytes([skip[0], skip[1]])));
        // Opus counts at this rate, whatever the sound was made with.
        (Some(48_000), skip)
    } else {
        return Facts::default();
    };
    let stream = first.get(14..18);
    let from = reader.size.saturating_sub(NEAR);
    let tail = reader.part(from, usize::try_from(NEAR).unwrap_or(0));
    let mut end = None;
    for at in (0..tail.len().saturating_sub(26)).rev() {
        let page = &tail[at..];
        if page.starts_with(b"OggS") && page.get(14..18) == stream {
            let position = little(page, 6)
                .zip(little(page, 10))
                .map(|(low, high)| high << 32 | low);
            // Pages on which nothing ends have no position.
            end = position.filter(|&position| position < 1 << 62);
            if end.is_some() {
                break;
            }
        }
    }
    let samples = end.map(|end| end.saturating_sub(skipped));
    let duration = samples
        .zip(rate)
        .and_then(|(samples, rate)| milliseconds(samples, rate));
    of(duration, bits(reader.size, duration))
}

/// Where the sound begins behind tags of the kind ID3v2.
fn behind_tags(reader: &Reader<'_>) -> u64 {
    let mut at = 0;
    for _ in 0..8 {
        let head = reader.part(at, 10);
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

/// What the header of a frame of MPEG audio says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    /// Bits a second.
    bitrate: u64,
    /// Samples a second.
    rate: u64,
    /// Samples of this frame.
    samples: u64,
    /// Bytes of this frame.
    length: u64,
    /// Where the tag of encoders would be.
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
    fn read(bytes: &[u8]) -> Option<Frame> {
        let &[0xff, second, third, fourth, ..] = bytes else {
            return None;
        };
        if second & 0xe0 != 0xe0 {
            return None;
        }
        let halved = match second >> 3 & 3 {
            0 => 2,
            2 => 1,
            3 => 0,
            _ => return None,
        };
        let layer = 4 - (second >> 1 & 3);
        let row = match (halved, layer) {
            (_, 4) => return None,
            (0, layer) => usize::from(layer) - 1,
            (_, 1) => 3,
            _ => 4,
        };
        let bitrate = u64::from(*BITRATES[row].get(usize::from(third >> 4))?) * 1000;
        let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? >> halved;
        if bitrate == 0 {
            return None;
        }
        let padding = u64::from(third >> 1 & 1);
        let samples = match (layer, halved) {
            (1, _) => 384,
            (3, 1 | 2) => 576,
            _ => 1152,
        };
        let slot = if layer == 1 { 4 } else { 1 };
        let length = (samples * bitrate / 8 / rate / slot + padding) * slot;
        let mono = fourth >> 6 == 3;
        let side = match (halved == 0, mono) {
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

/// MPEG audio: by the tag that encoders leave in the first frame of sounds of a changing bit rate, else by the bit rate
/// of that frame.
pub(super) fn mpeg(reader: &Reader<'_>) -> Facts {
    let start = behind_tags(reader);
    let Some((at, frame)) = first_frame(reader, start) else {
        return Facts::default();
    };
    let mut end = reader.size;
    if end >= at + 128 && reader.part(end - 128, 3) == b"TAG" {
        end -= 128;
    }
    let length = end - at;
    let head = reader.part(at, 64);
    // More frames than there are bytes for are a lie.
    let tagged = tagged_frames(&head, &frame).filter(|&frames| frames > 0 && frames <= length / 4);
    let duration = match tagged {
        Some(frames) => frames
            .checked_mul(frame.samples)
            .and_then(|samples| milliseconds(samples, frame.rate)),
        None => length.checked_mul(8000).map(|bits| bits / frame.bitrate),
    };
    let bitrate = match tagged {
        Some(_) => bits(length, duration),
        None => Some(frame.bitrate),
    };
    of(duration, bitrate)
}

/// The first frame that another one follows, or the end of the file.
fn first_frame(reader: &Reader<'_>, start: u64) -> Option<(u64, Frame)> {
    let bytes = reader.part(start, usize::try_from(NEAR).ok()?);
    for (offset, window) in bytes.windows(4).enumerate() {
        if window[0] != 0xff {
            continue;
        }
        let Some(frame) = Frame::read(window) else { continue };
        let at = start + offset as u64;
        let next = at + frame.length;
        let follows = Frame::read(&reader.part(next, 4)).is_some_and(|next| next.rate == frame.rate);
        if follows || next >= reader.size {
            return Some((at, frame));
        }
    }
    None
}

/// The number of frames in a tag of the kinds Xing or VBRI.
fn tagged_frames(head: &[u8], frame: &Frame) -> Option<u64> {
    let tag = head.get(frame.tag..)?;
    if tag.starts_with(b"Xing") || tag.starts_with(b"Info") {
        return (big(tag, 4)? & 1 == 1).then(|| big(tag, 8)).flatten();
    }
    let tag = head.get(36..)?;
    if tag.starts_with(b"VBRI") { big(tag, 14) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_lengths_of_the_standard() {
        for (header, bitrate, rate, samples, length) in [
            ([0xff, 0xfb, 0x90, 0x00], 128_000, 44_100, 1152, 417),
            ([0xff, 0xfb, 0x92, 0x00], 128_000, 44_100, 1152, 418),
            ([0xff, 0xfb, 0xe4, 0x00], 320_000, 48_000, 1152, 960),
            ([0xff, 0xf3, 0x80, 0xc0], 64_000, 22_050, 576, 208),
            ([0xff, 0xe3, 0x10, 0xc0], 8_000, 11_025, 576, 52),
            ([0xff, 0xfd, 0x80, 0x00], 128_000, 44_100, 1152, 417),
            ([0xff, 0xff, 0x40, 0x00], 128_000, 44_100, 384, 136),
        ] {
            let frame = Frame::read(&header).expect("a frame");
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
            assert_eq!(Frame::read(&header), None, "{header:x?}");
        }
    }

    #[test]
    fn sampling_rates_of_eighty_bits() {
        let rate = [0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0];
        assert_eq!(extended(Some(&rate)), Some(44_100));
        assert_eq!(extended(Some(&[0xff; 10])), None);
        assert_eq!(extended(Some(&[0; 10])), None);
    }
}
