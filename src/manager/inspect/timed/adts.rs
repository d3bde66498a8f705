//! AAC as a row of frames of the form ADTS (ISO 13818-7).

use super::super::bytes::be;
use super::super::input::Input;
use super::frames::{self, Frame};
use super::tags::{self, Tags};
use super::{Timed, mean_bitrate};

const RATES: [u64; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

fn frame(bytes: &[u8]) -> Option<Frame> {
    let head = be(bytes, 0, 7)?;
    // Twelve set bits, and the layer is always 0.
    if head >> 44 != 0xfff || head >> 41 & 3 != 0 {
        return None;
    }
    let rate = *RATES.get(usize::try_from(head >> 34 & 15).ok()?)?;
    let length = head >> 13 & 0x1fff;
    let blocks = (head & 3) + 1;
    (length >= 7).then_some(Frame {
        rate,
        samples: 1024 * blocks,
        length,
    })
}

pub(super) fn read(input: &mut Input<'_>, start: u64) -> Timed {
    let mut tags = Tags::default();
    let end = tags::trailing(input, start, &mut tags);
    let found = frames::first(input, start, end, frame).and_then(|(at, _)| frames::duration(input, at, end, frame));
    let sound = found.map_or_else(Timed::default, |(duration, bytes)| {
        let duration = Some(duration);
        Timed::of_sound("aac", duration, mean_bitrate(bytes, duration))
    });
    Timed { tags, ..sound }
}
