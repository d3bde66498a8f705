//! Flash video: by its metadata, else by the time of its last tag.

use super::super::bytes::{be, find};
use super::super::input::Input;
use super::{Timed, codec};

/// The tags of a file that are read: it bounds what a hostile file costs.
const MAX_TAGS: u32 = 32;
/// The bytes of metadata that are read.
const MAX_METADATA: u64 = 1 << 16;

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut found = Timed::default();
    let Some(start) = be(&input.part(0, 9), 5, 4) else {
        return found;
    };
    // A number follows each tag, and precedes the first one.
    let mut at = start + 4;
    for _ in 0..MAX_TAGS {
        let head = input.part(at, 16);
        let (Some(kind), Some(length)) = (head.first(), be(&head, 1, 3)) else {
            break;
        };
        let mark = head.get(11).copied().unwrap_or(0);
        match kind & 0x1f {
            8 => found.audio_codec = found.audio_codec.or(sound_codec(mark >> 4)),
            9 => {
                found.video_codec = found.video_codec.or_else(|| video_codec(&head[11.min(head.len())..]));
                if found.size.is_none() && mark & 15 == 2 {
                    found.size = sorenson_size(&input.part(at + 12, 10));
                }
            }
            18 => metadata(&input.part(at + 11, length.min(MAX_METADATA) as usize), &mut found),
            _ => {}
        }
        at += 11 + length + 4;
    }
    found.duration = found
        .duration
        .filter(|&duration| duration > 0)
        .or_else(|| last_time(input));
    found
}

fn sound_codec(number: u8) -> Option<&'static str> {
    Some(match number {
        0 | 3 => "pcm",
        1 => "adpcm",
        2 | 14 => "mp3",
        7 | 8 => "g711",
        10 => "aac",
        11 => "speex",
        _ => return None,
    })
}

fn video_codec(tag: &[u8]) -> Option<&'static str> {
    let mark = *tag.first()?;
    // The highest bit tells that a four-character code follows.
    if mark & 0x80 != 0 {
        return codec::of_code(tag.get(1..5)?);
    }
    Some(match mark & 15 {
        2 => "h263",
        4 | 5 => "vp6",
        7 => "h264",
        12 => "hevc",
        _ => return None,
    })
}

/// The size of a picture of Sorenson's H.263: in its header, or by a number.
fn sorenson_size(picture: &[u8]) -> Option<(u64, u64)> {
    // 17 bits of a start code, 5 of a version, 8 of a time.
    let bits = be(picture, 0, 8)? << 30 | be(picture, 8, 1)? << 22;
    let code = bits >> 61;
    let rest = bits << 3;
    Some(match code {
        0 => (rest >> 56, rest >> 48 & 0xff),
        1 => (rest >> 48, rest >> 32 & 0xffff),
        2 => (352, 288),
        3 => (176, 144),
        4 => (128, 96),
        5 => (320, 240),
        6 => (160, 120),
        _ => return None,
    })
}

/// The numbers of the metadata, by their names. They are wherever the object stands that has them.
fn metadata(bytes: &[u8], found: &mut Timed) {
    let number = |name: &str| {
        // A length precedes the name, and a mark the number: it is a double.
        let mut mark = (name.len() as u16).to_be_bytes().to_vec();
        mark.extend(name.as_bytes());
        mark.push(0);
        let at = find(bytes, 0, &mark)? + mark.len();
        let value = f64::from_bits(be(bytes, at, 8)?);
        (value.is_finite() && value > 0.0).then_some(value)
    };
    found.duration = found
        .duration
        .or_else(|| Some((number("duration")? * 1000.0).round() as u64));
    let size = number("width").zip(number("height"));
    found.size = found.size.or(size.map(|(width, height)| (width as u64, height as u64)));
}

/// The time of the last tag, whose length stands in the last bytes.
fn last_time(input: &mut Input<'_>) -> Option<u64> {
    let end = input.size().checked_sub(4)?;
    let length = be(&input.part(end, 4), 0, 4)?;
    let tag = input.part(end.checked_sub(length)?, 8);
    let is_tag = matches!(tag.first(), Some(8 | 9 | 18)) && be(&tag, 1, 3)? + 11 == length;
    // The highest byte of the time stands last.
    is_tag.then_some(be(&tag, 7, 1)? << 24 | be(&tag, 4, 3)?)
}
