//! WAV, its forms for large files (RF64, BW64, Wave64), and its form for big-endian machines (RIFX).

use super::super::bytes::{be, has, le};
use super::super::input::Input;
use super::chunk::{Chunk, Number};
use super::codec;
use super::tags::{self, Tags};
use super::{Timed, mean_bitrate, milliseconds};

/// The chunks of a file that are read: it bounds what a hostile file costs.
const MAX_CHUNKS: u32 = 512;
/// The length that programs write which cannot know it.
const UNKNOWN: u64 = 0xffff_ffff;

/// The names of the chunks of Wave64 end in these bytes.
const WAVE64_TAIL: &[u8] = b"\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";

/// What the chunks of a WAV say.
#[derive(Default)]
struct Wave {
    tag: u64,
    rate: u64,
    byte_rate: u64,
    frame_len: u64,
    /// The samples by the chunk `fact`.
    samples: Option<u64>,
    /// The bytes of the sound.
    data: Option<u64>,
    tags: Tags,
}

impl Wave {
    fn set_format(&mut self, format: &[u8], number: Number) {
        let field = |at, length| number(format, at, length).unwrap_or(0);
        self.tag = field(0, 2);
        self.rate = field(4, 4);
        self.byte_rate = field(8, 4);
        self.frame_len = field(12, 2);
        if self.tag == 0xfffe {
            // The extensible form has the tag in the first bytes of a GUID.
            self.tag = field(24, 2);
        }
    }

    fn finish(self) -> Timed {
        let is_plain = matches!(self.tag, 1 | 3 | 6 | 7) && self.frame_len > 0;
        let by_bytes = |data| milliseconds(data, self.byte_rate);
        let duration = match (self.data, self.samples) {
            (Some(data), _) if is_plain => milliseconds(data / self.frame_len, self.rate).or_else(|| by_bytes(data)),
            (_, Some(samples)) if samples > 0 && self.rate > 0 => milliseconds(samples, self.rate),
            (Some(data), _) => by_bytes(data),
            _ => None,
        };
        let named = Some(self.byte_rate * 8).filter(|&rate| rate > 0 && is_plain);
        let bitrate = named.or_else(|| mean_bitrate(self.data?, duration));
        Timed {
            duration,
            bitrate,
            audio_codec: codec::of_format_tag(self.tag),
            tags: self.tags,
            ..Timed::default()
        }
    }
}

pub(super) fn read(input: &mut Input<'_>, start: u64) -> Timed {
    let head = input.part(start, 12);
    if head.starts_with(b"riff") {
        return wave64(input, start);
    }
    let number: Number = if head.starts_with(b"RIFX") { be } else { le };
    let mut wave = Wave::default();
    let mut large = None;
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        let Some(mut chunk) = Chunk::read(input, at, number) else {
            break;
        };
        let content = chunk.start;
        match &chunk.name {
            b"ds64" => large = le(&input.part(content, 16), 8, 8),
            b"fmt " => wave.set_format(&input.part(content, 40), number),
            b"fact" => wave.samples = number(&input.part(content, 4), 0, 4).filter(|&samples| samples != UNKNOWN),
            b"data" => {
                let rest = input.size().saturating_sub(content);
                let length = large.filter(|_| chunk.length == UNKNOWN).unwrap_or(chunk.length);
                // A program that streams writes the largest number, one that was broken off has not yet written any.
                chunk.length = if (1..=rest).contains(&length) { length } else { rest };
                wave.data = Some(chunk.length);
            }
            b"LIST" => info(input, &chunk, &mut wave.tags),
            b"id3 " | b"ID3 " => {
                tags::id3(input, content, &mut wave.tags);
            }
            _ => {}
        }
        at = chunk.end();
    }
    wave.finish()
}

/// Sony's form: names are GUIDs, and lengths have 64 bits and count their header.
fn wave64(input: &mut Input<'_>, start: u64) -> Timed {
    let mut wave = Wave::default();
    let mut at = start + 40;
    for _ in 0..MAX_CHUNKS {
        let head = input.part(at, 24);
        let Some(length) = le(&head, 16, 8).and_then(|length| length.checked_sub(24)) else {
            break;
        };
        let content = at + 24;
        let length = length.min(input.size().saturating_sub(content));
        if has(&head, 4, WAVE64_TAIL) {
            match &head[..4] {
                b"fmt " => wave.set_format(&input.part(content, 40), le),
                b"fact" => wave.samples = le(&input.part(content, 8), 0, 8),
                b"data" => wave.data = Some(length),
                _ => {}
            }
        }
        at = content + length.next_multiple_of(8);
    }
    wave.finish()
}

/// The texts of a list of the type INFO.
pub(super) fn info(input: &mut Input<'_>, list: &Chunk, tags: &mut Tags) {
    if input.part(list.start, 4) != b"INFO" {
        return;
    }
    let mut at = list.start + 4;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = Chunk::read(input, at, le) else {
            return;
        };
        if chunk.start > list.start + list.length {
            return;
        }
        match &chunk.name {
            b"INAM" => tags.set_title(&tags::text(input, chunk.start, chunk.length)),
            b"IART" => tags.set_artist(&tags::text(input, chunk.start, chunk.length)),
            _ => {}
        }
        at = chunk.end();
    }
}
