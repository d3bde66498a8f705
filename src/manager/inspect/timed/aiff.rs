//! AIFF and AIFF-C.

use super::super::bytes::be;
use super::super::input::Input;
use super::chunk::Chunk;
use super::tags::{self, Tags};
use super::{Timed, codec, mean_bitrate, milliseconds};

/// The chunks of a file that are read: it bounds what a hostile file costs.
const MAX_CHUNKS: u32 = 64;

pub(super) fn read(input: &mut Input<'_>, start: u64) -> Timed {
    let mut tags = Tags::default();
    let mut common = None;
    let mut data = None;
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = Chunk::read(input, at, be) else { break };
        let Chunk { name, start, length } = chunk;
        match &name {
            b"COMM" => common = Some(input.part(start, 22)),
            // An offset and a block size precede the samples.
            b"SSND" => data = Some(length.min(input.size().saturating_sub(start)).saturating_sub(8)),
            b"NAME" => tags.set_title(&tags::text(input, start, length)),
            b"AUTH" => tags.set_artist(&tags::text(input, start, length)),
            b"ID3 " | b"id3 " => {
                tags::id3(input, start, &mut tags);
            }
            _ => {}
        }
        at = chunk.end();
    }
    let common = common.unwrap_or_default();
    let rate = sample_rate(common.get(8..).and_then(<[u8]>::first_chunk));
    let frames = be(&common, 2, 4);
    let duration = frames.zip(rate).and_then(|(frames, rate)| milliseconds(frames, rate));
    // The older form has no compression.
    let codec = common
        .get(18..22)
        .filter(|_| be(&input.part(start, 12), 8, 4) == Some(0x4149_4643));
    Timed {
        duration,
        bitrate: mean_bitrate(data.unwrap_or(input.size()), duration),
        audio_codec: codec.map_or(Some("pcm"), codec::of_code).filter(|_| rate.is_some()),
        tags,
        ..Timed::default()
    }
}

/// The whole part of an 80-bit float, as AIFF stores sample rates. Returns `None` unless it is from 1 to 2³² − 1.
fn sample_rate(bytes: Option<&[u8; 10]>) -> Option<u64> {
    let bytes = bytes?;
    let exponent = u32::from(u16::from_be_bytes([bytes[0] & 0x7f, bytes[1]]));
    let mantissa = be(bytes, 2, 8)?;
    let shift = (16383 + 63_u32)
        .checked_sub(exponent)
        .filter(|shift| (32..64).contains(shift))?;
    Some(mantissa >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_rate_of_80_bits_is_read_or_refused() {
        let rate = [0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0];
        assert_eq!(sample_rate(Some(&rate)), Some(44_100));
        assert_eq!(sample_rate(Some(&[0xff; 10])), None);
        assert_eq!(sample_rate(Some(&[0; 10])), None);
    }
}
