//! FLAC: by its metadata blocks.

use super::super::bytes::{be, has};
use super::super::input::Input;
use super::tags::{self, Tags};
use super::{Timed, mean_bitrate, milliseconds};

/// The blocks of a file that are read: it bounds what a hostile file costs.
const MAX_BLOCKS: u32 = 128;
/// The bytes of comments that are read.
const MAX_COMMENTS: u64 = 1 << 16;

/// Samples per second, and the number of samples where it is known, by the content of the first block.
pub(super) fn stream_info(block: &[u8]) -> Option<(u64, Option<u64>)> {
    // 20 bits of sample rate, 8 of channels and depth, 36 of samples. 0 samples mean an unknown number.
    let packed = be(block, 10, 8)?;
    let samples = packed & 0xf_ffff_ffff;
    Some((packed >> 44, (samples > 0).then_some(samples)))
}

pub(super) fn read(input: &mut Input<'_>, start: u64) -> Timed {
    let mut tags = Tags::default();
    let mut duration = None;
    let mut at = start + 4;
    for number in 0..MAX_BLOCKS {
        let head = input.part(at, 4);
        let (Some(&kind), Some(length)) = (head.first(), be(&head, 1, 3)) else {
            break;
        };
        at += 4;
        match (number, kind & 0x7f) {
            (0, 0) => {
                let info = stream_info(&input.part(at, 34));
                duration = info.and_then(|(rate, samples)| milliseconds(samples?, rate));
            }
            // The first block is always the same one.
            (0, _) => return Timed::default(),
            (_, 4) => tags::comments(&input.part(at, length.min(MAX_COMMENTS) as usize), &mut tags),
            (_, 6) => tags::picture_block(input, at, &mut tags),
            _ => {}
        }
        at += length;
        if kind & 0x80 != 0 {
            break;
        }
    }
    let end = tags::trailing(input, at.min(input.size()), &mut tags);
    Timed {
        tags,
        ..Timed::of_sound("flac", duration, mean_bitrate(end.saturating_sub(at), duration))
    }
}

/// Returns whether a packet of Ogg begins FLAC, and the content of its first block.
pub(super) fn of_ogg(packet: &[u8]) -> Option<&[u8]> {
    (has(packet, 0, b"\x7fFLAC") && has(packet, 9, b"fLaC")).then(|| packet.get(17..))?
}
