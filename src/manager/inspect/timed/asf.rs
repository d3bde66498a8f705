//! ASF: Windows Media.

use super::super::bytes::{has, le};
use super::super::input::Input;
use super::codec;
use super::tags::{self, Tags};
use super::{Timed, mean_bitrate};

/// The objects of a file that are read: it bounds what a hostile file costs.
const MAX_OBJECTS: u32 = 256;
/// The items of metadata that are read.
const MAX_ITEMS: u64 = 256;

const FILE_PROPERTIES: &[u8] = b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11";
const STREAM_PROPERTIES: &[u8] = b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11";
const CONTENT_DESCRIPTION: &[u8] = b"\x33\x26\xb2\x75\x8e\x66\xcf\x11";
const EXTENDED_DESCRIPTION: &[u8] = b"\x40\xa4\xd0\xd2\x07\xe3\xd2\x11";
const HEADER_EXTENSION: &[u8] = b"\xb5\x03\xbf\x5f\x2e\xa9\xcf\x11";
const VIDEO: &[u8] = b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11";
const AUDIO: &[u8] = b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11";

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut found = Timed::default();
    let mut sound_rate = None;
    let Some(end) = le(&input.part(0, 24), 16, 8).map(|length| length.min(input.size())) else {
        return found;
    };
    let mut at = 30;
    for _ in 0..MAX_OBJECTS {
        let head = input.part(at, 24);
        let Some(length) = le(&head, 16, 8).filter(|&length| length >= 24) else {
            break;
        };
        if at >= end {
            break;
        }
        let content = at + 24;
        if head.starts_with(FILE_PROPERTIES) {
            found.duration = duration(&input.part(content, 80));
        } else if head.starts_with(STREAM_PROPERTIES) {
            stream(&input.part(content, 54 + 40), &mut found, &mut sound_rate);
        } else if head.starts_with(CONTENT_DESCRIPTION) {
            let lengths = input.part(content, 10);
            let title = le(&lengths, 0, 2).unwrap_or(0);
            let author = le(&lengths, 2, 2).unwrap_or(0);
            found.tags.set_title(&text(input, content + 10, title));
            found.tags.set_artist(&text(input, content + 10 + title, author));
        } else if head.starts_with(EXTENDED_DESCRIPTION) {
            extended(input, content, at.saturating_add(length), &mut found.tags);
        } else if head.starts_with(HEADER_EXTENSION) {
            // More objects are inside.
            at = content + 22;
            continue;
        }
        let Some(next) = at.checked_add(length) else { break };
        at = next;
    }
    if found.video_codec.is_none() && found.size.is_none() {
        let bytes = input.size().saturating_sub(end);
        found.bitrate = sound_rate.or_else(|| mean_bitrate(bytes, found.duration));
    }
    found
}

/// Milliseconds, by the file properties. A broadcast does not know them.
fn duration(properties: &[u8]) -> Option<u64> {
    let (play, preroll, flags) = (le(properties, 40, 8)?, le(properties, 56, 8)?, le(properties, 64, 4)?);
    // In units of 100 nanoseconds, and the time that a player buffers is counted.
    (flags & 1 == 0).then(|| (play / 10_000).checked_sub(preroll))?
}

fn stream(properties: &[u8], found: &mut Timed, sound_rate: &mut Option<u64>) {
    if has(properties, 0, VIDEO) && found.size.is_none() {
        found.size = le(properties, 54, 4).zip(le(properties, 58, 4));
        found.video_codec = properties.get(81..85).and_then(codec::of_code);
    } else if has(properties, 0, AUDIO) && found.audio_codec.is_none() {
        found.audio_codec = le(properties, 54, 2).and_then(codec::of_format_tag);
        *sound_rate = le(properties, 62, 4).map(|bytes| bytes * 8);
    }
}

fn text(input: &mut Input<'_>, at: u64, length: u64) -> String {
    tags::utf16(&tags::text_bytes(input, at, length), false)
}

/// Names and values, of which one can be a picture.
fn extended(input: &mut Input<'_>, start: u64, end: u64, tags: &mut Tags) {
    let count = le(&input.part(start, 2), 0, 2).unwrap_or(0);
    let mut at = start + 2;
    for _ in 0..count.min(MAX_ITEMS) {
        let Some(name_len) = le(&input.part(at, 2), 0, 2) else {
            return;
        };
        let name = text(input, at + 2, name_len);
        let value = at + 2 + name_len;
        let head = input.part(value, 4);
        let (Some(kind), Some(length)) = (le(&head, 0, 2), le(&head, 2, 2)) else {
            return;
        };
        let value = value + 4;
        if value + length > end {
            return;
        }
        match (name.as_str(), kind) {
            ("Title", 0) => tags.set_title(&text(input, value, length)),
            ("Author", 0) => tags.set_artist(&text(input, value, length)),
            ("WM/Picture", 1) => picture(input, value, length, tags),
            _ => {}
        }
        at = value + length;
    }
}

/// Kind, length, type of the file, description, and the file.
fn picture(input: &mut Input<'_>, start: u64, length: u64, tags: &mut Tags) {
    let head = tags::text_bytes(input, start, length);
    let behind_type = tags::behind_utf16(&head, 5);
    let behind_texts = behind_type.and_then(|at| tags::behind_utf16(&head, at));
    if let (Some(at), Some(length)) = (behind_texts, le(&head, 1, 4)) {
        tags.set_cover(input, start + at as u64, length, head.first() == Some(&3));
    }
}
