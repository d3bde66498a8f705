//! MPEG audio: MP3 and its older layers.

use super::super::bytes::{be, has};
use super::super::input::Input;
use super::frames::{self, Frame};
use super::tags::{self, Tags};
use super::{Timed, mean_bitrate, milliseconds};

/// The header of a frame of MPEG audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    frame: Frame,
    /// Bits per second.
    bitrate: u64,
    /// 1 to 3.
    layer: u8,
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

impl Header {
    fn parse(bytes: &[u8]) -> Option<Header> {
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
        let samples = match (layer, halvings) {
            (1, _) => 384,
            (3, 1 | 2) => 576,
            _ => 1152,
        };
        let padding = u64::from(third >> 1 & 1);
        // Layer I counts in slots of four bytes.
        let slot = if layer == 1 { 4 } else { 1 };
        let length = (samples * bitrate / 8 / rate / slot + padding) * slot;
        let is_mono = fourth >> 6 == 3;
        let side = match (halvings == 0, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        Some(Header {
            frame: Frame { rate, samples, length },
            bitrate,
            layer,
            tag: 4 + side,
        })
    }
}

/// The frame of a header, for walking.
pub(super) fn frame(bytes: &[u8]) -> Option<Frame> {
    Header::parse(bytes).map(|header| header.frame)
}

/// Reads by the tag that encoders write into the first frame, else by the frames.
pub(super) fn read(input: &mut Input<'_>, start: u64) -> Timed {
    let mut tags = Tags::default();
    let end = tags::trailing(input, start, &mut tags);
    Timed {
        tags,
        ..sound(input, start, end)
    }
}

fn sound(input: &mut Input<'_>, start: u64, end: u64) -> Timed {
    let Some((at, _)) = frames::first(input, start, end, frame) else {
        return Timed::default();
    };
    let head = input.part(at, 64);
    let Some(header) = Header::parse(&head) else {
        return Timed::default();
    };
    let codec = ["mp1", "mp2", "mp3"][usize::from(header.layer) - 1];
    let length = end - at;
    let (tagged, is_tag) = tagged_frames(&head, &header);
    // A frame has at least its header of 4 bytes, so a tag that names more frames is wrong.
    if let Some(count) = tagged.filter(|&count| count > 0 && count <= length / 4) {
        let duration = milliseconds(count * header.frame.samples, header.frame.rate);
        return Timed::of_sound(codec, duration, mean_bitrate(length, duration));
    }
    // A frame with a tag is silent, and not played.
    let from = if is_tag { at + header.frame.length } else { at };
    match frames::duration(input, from, end, frame) {
        Some((duration, bytes)) => {
            let mean = mean_bitrate(bytes, Some(duration));
            // Whole frames have a constant rate up to their padding.
            let is_constant = mean.is_some_and(|mean| mean.abs_diff(header.bitrate) * 100 < header.bitrate);
            let bitrate = if is_constant { Some(header.bitrate) } else { mean };
            Timed::of_sound(codec, Some(duration), bitrate)
        }
        None => Timed::default(),
    }
}

/// The number of frames by a tag of the forms Xing or VBRI, and whether there is a tag.
fn tagged_frames(head: &[u8], header: &Header) -> (Option<u64>, bool) {
    if has(head, header.tag, b"Xing") || has(head, header.tag, b"Info") {
        let is_named = be(head, header.tag + 4, 4).is_some_and(|flags| flags & 1 == 1);
        return (be(head, header.tag + 8, 4).filter(|_| is_named), true);
    }
    if has(head, 36, b"VBRI") {
        return (be(head, 50, 4), true);
    }
    (None, false)
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
            let parsed = Header::parse(&header).expect("a frame");
            assert_eq!(
                (
                    parsed.bitrate,
                    parsed.frame.rate,
                    parsed.frame.samples,
                    parsed.frame.length
                ),
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
            assert_eq!(Header::parse(&header), None, "{header:x?}");
        }
    }
}
