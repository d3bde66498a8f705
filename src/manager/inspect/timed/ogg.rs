//! Ogg with Vorbis, Opus, Speex, FLAC and Theora: by the position of the last page of each stream.

use super::super::bytes::{be, le};
use super::super::input::Input;
use super::tags::{self, Tags};
use super::{Timed, flac, mean_bitrate, milliseconds};
use std::collections::BTreeMap;

/// The pages that are read at the beginning: it bounds what a hostile file costs.
const MAX_PAGES: u32 = 256;
/// The bytes that are searched for the last pages, at first and at most.
const TAIL_LENS: [usize; 2] = [1 << 16, 1 << 20];
/// The bytes of comments that are read.
const MAX_COMMENTS: usize = 1 << 16;
/// A stream whose first position is later than this began before the file, in milliseconds.
const MAX_START: u64 = 600_000;

/// A page.
struct Page {
    serial: u64,
    position: u64,
    start: u64,
    /// The lengths of its segments.
    segments: Vec<u8>,
}

impl Page {
    fn read(input: &mut Input<'_>, at: u64) -> Option<Page> {
        let head = input.part(at, 27 + 255);
        if !head.starts_with(b"OggS\0") {
            return None;
        }
        let segments = head.get(27..27 + usize::from(*head.get(26)?))?;
        Some(Page {
            serial: le(&head, 14, 4)?,
            position: le(&head, 6, 8)?,
            start: at + 27 + segments.len() as u64,
            segments: segments.to_vec(),
        })
    }

    fn length(&self) -> u64 {
        self.segments.iter().map(|&length| u64::from(length)).sum()
    }

    fn end(&self) -> u64 {
        self.start + self.length()
    }
}

/// How positions become time.
#[derive(Clone, Copy)]
enum Clock {
    Samples {
        rate: u64,
        /// The samples that a decoder drops.
        skipped: u64,
    },
    Frames {
        /// Frames per second as a fraction.
        rate: u64,
        scale: u64,
        /// The bits of a position that count frames since a key frame.
        shift: u64,
    },
}

impl Clock {
    fn milliseconds(self, position: u64) -> Option<u64> {
        match self {
            Clock::Samples { rate, skipped } => milliseconds(position.saturating_sub(skipped), rate),
            Clock::Frames { rate, scale, shift } => {
                let frames = (position >> shift) + (position & ((1 << shift) - 1));
                milliseconds(frames.checked_mul(scale)?, rate)
            }
        }
    }
}

/// A stream.
struct Stream {
    serial: u64,
    clock: Clock,
    /// The bytes before the comments in the packet that has them.
    mark: &'static [u8],
    /// Its first bytes behind its first page, where the comments are.
    comments: Vec<u8>,
    /// When it began before the file, in milliseconds.
    start: u64,
}

pub(super) fn read(input: &mut Input<'_>, start: u64) -> Timed {
    let mut found = Timed::default();
    let mut streams: Vec<Stream> = Vec::new();
    let mut at = start;
    for _ in 0..MAX_PAGES {
        let Some(page) = Page::read(input, at) else { break };
        let Some(stream) = streams.iter_mut().find(|stream| stream.serial == page.serial) else {
            at = page.end();
            // The first page of a stream.
            let packet = input.part(page.start, page.length().min(128) as usize);
            if let Some((clock, mark)) = identify(&packet, &mut found) {
                streams.push(Stream {
                    serial: page.serial,
                    clock,
                    mark,
                    comments: Vec::new(),
                    start: 0,
                });
            }
            continue;
        };
        if has_position(page.position) && page.position > 0 {
            let start = stream.clock.milliseconds(page.position).unwrap_or(0);
            stream.start = if start > MAX_START { start } else { 0 };
            // Headers are over.
            break;
        }
        let wanted = MAX_COMMENTS.saturating_sub(stream.comments.len());
        stream
            .comments
            .extend(input.part(page.start, page.length().min(wanted as u64) as usize));
        at = page.end();
    }
    let mut tags = Tags::default();
    for stream in &streams {
        if let Some(comments) = stream.comments.strip_prefix(stream.mark) {
            tags::comments(comments, &mut tags);
        }
    }
    found.tags = tags;
    found.duration = last_position(input, &streams);
    if found.video_codec.is_none() {
        found.bitrate = mean_bitrate(input.size().saturating_sub(at), found.duration);
    }
    found
}

/// A page on which no packet ends has the position -1.
fn has_position(position: u64) -> bool {
    position < 1 << 62
}

/// Recognises the first packet of a stream.
fn identify(packet: &[u8], found: &mut Timed) -> Option<(Clock, &'static [u8])> {
    let sound = |rate, skipped| Clock::Samples { rate, skipped };
    let (clock, mark, codec): (Clock, &'static [u8], &'static str) = if packet.starts_with(b"\x01vorbis") {
        (sound(le(packet, 12, 4)?, 0), b"\x03vorbis", "vorbis")
    } else if packet.starts_with(b"OpusHead") {
        // Positions of Opus count at this rate, whatever the rate of the recording.
        (sound(48_000, le(packet, 10, 2)?), b"OpusTags", "opus")
    } else if packet.starts_with(b"Speex   ") {
        (sound(le(packet, 36, 4)?, 0), b"", "speex")
    } else if let Some(info) = flac::of_ogg(packet) {
        // The block of the comments has a header of its own.
        (sound(flac::stream_info(info)?.0, 0), b"\x04", "flac")
    } else if packet.starts_with(b"\x80theora") {
        let field = |at, length| be(packet, at, length);
        found.size = field(14, 3).zip(field(17, 3));
        found.video_codec = Some("theora");
        let clock = Clock::Frames {
            rate: field(22, 4)?,
            scale: field(26, 4)?,
            shift: field(40, 2)? >> 5 & 31,
        };
        return Some((clock, b"\x81theora"));
    } else {
        return None;
    };
    found.audio_codec = found.audio_codec.or(Some(codec));
    Some((clock, mark))
}

/// The end of the longest stream, in milliseconds.
fn last_position(input: &mut Input<'_>, streams: &[Stream]) -> Option<u64> {
    let mut longest = None;
    for length in TAIL_LENS {
        let tail = input.part(input.size().saturating_sub(length as u64), length);
        let mut ends: BTreeMap<u64, Option<u64>> = streams.iter().map(|stream| (stream.serial, None)).collect();
        for at in 0..tail.len().saturating_sub(26) {
            let page = &tail[at..];
            if page.starts_with(b"OggS\0")
                && let Some(position) = le(page, 6, 8).filter(|&position| has_position(position))
                && let Some(end) = le(page, 14, 4).and_then(|serial| ends.get_mut(&serial))
            {
                *end = Some(position);
            }
        }
        for stream in streams {
            let end = ends.get(&stream.serial).copied().flatten();
            let end = end.and_then(|end| stream.clock.milliseconds(end));
            longest = longest.max(end.map(|end| end.saturating_sub(stream.start)));
        }
        if longest.is_some() {
            break;
        }
    }
    longest
}
