//! Title, artist and cover of sound: ID3, APE, Vorbis comments, and blocks of pictures.
//!
//! A cover is not read, only found: it is a range of the file, which is served as it is. Covers that the file stores in
//! another form (base64 in Ogg, ID3 with unsynchronisation or compression) are therefore left out.

use super::super::bytes::{be, find, has, le};
use super::super::input::Input;
use serde::{Deserialize, Serialize};

/// The tags of one kind that are read.
const MAX_TAGS: u32 = 8;
/// The frames, items or comments of one tag that are read.
const MAX_ITEMS: u32 = 512;
/// The bytes of a title or an artist that are read.
const MAX_TEXT: u64 = 1024;
/// The characters of a title or an artist that are kept.
const MAX_CHARACTERS: usize = 255;
/// The largest cover, in bytes.
const MAX_COVER: u64 = 16 << 20;

/// Title, artist and cover of a sound.
#[derive(Debug, Default)]
pub(super) struct Tags {
    pub(super) title: Option<String>,
    pub(super) artist: Option<String>,
    pub(super) cover: Option<Cover>,
}

/// A picture inside a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cover {
    /// Where it begins, in bytes.
    pub(crate) at: u64,
    /// Its size in bytes.
    pub(crate) length: u64,
    /// Its MIME type, by its first bytes.
    pub(crate) mime: String,
}

impl Tags {
    /// These tags, and where one is absent that of `other`.
    pub(super) fn or(self, other: Tags) -> Tags {
        Tags {
            title: self.title.or(other.title),
            artist: self.artist.or(other.artist),
            cover: self.cover.or(other.cover),
        }
    }

    /// Takes a title. The first one counts.
    pub(super) fn set_title(&mut self, title: &str) {
        if self.title.is_none() {
            self.title = clean(title);
        }
    }

    /// Takes an artist. The first one counts.
    pub(super) fn set_artist(&mut self, artist: &str) {
        if self.artist.is_none() {
            self.artist = clean(artist);
        }
    }

    /// Takes a text by its name in Vorbis comments, APE and Matroska.
    pub(super) fn set(&mut self, name: &str, text: &str) {
        if name.eq_ignore_ascii_case("title") {
            self.set_title(text);
        } else if name.eq_ignore_ascii_case("artist") {
            self.set_artist(text);
        }
    }

    /// Takes the picture of this range, if it is one. A front cover counts before other pictures.
    pub(super) fn set_cover(&mut self, input: &mut Input<'_>, at: u64, length: u64, is_front: bool) {
        let is_free = self.cover.is_none() || is_front;
        let fits = at.checked_add(length).is_some_and(|end| end <= input.size());
        if !is_free || !fits || length > MAX_COVER {
            return;
        }
        let head = input.part(at, 16);
        let mime = match head.as_slice() {
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            [b'R', b'I', b'F', b'F', ..] if has(&head, 8, b"WEBP") => "image/webp",
            _ => return,
        };
        self.cover = Some(Cover {
            at,
            length,
            mime: mime.to_owned(),
        });
    }
}

/// A text for people: without control characters, and not empty.
fn clean(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    let text: String = text.trim().chars().take(MAX_CHARACTERS).collect();
    (!text.is_empty()).then_some(text)
}

/// Text of one byte for each character.
pub(super) fn latin1(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    bytes[..end].iter().map(|&byte| char::from(byte)).collect()
}

/// UTF-8 as far as it goes, else text of one byte for each character: what programs write into old formats.
pub(super) fn utf8_or_latin1(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).map_or_else(|_| latin1(bytes), str::to_owned)
}

/// The first bytes of a text: as many as are read.
pub(super) fn text_bytes(input: &mut Input<'_>, at: u64, length: u64) -> Vec<u8> {
    input.part(at, length.min(MAX_TEXT) as usize)
}

/// A text of `length` bytes at `at`, in UTF-8 or with one byte for each character.
pub(super) fn text(input: &mut Input<'_>, at: u64, length: u64) -> String {
    utf8_or_latin1(&text_bytes(input, at, length))
}

/// The offset behind the zeros that end the text in UTF-16 at `at`, which stand at an even distance from it.
pub(super) fn behind_utf16(bytes: &[u8], at: usize) -> Option<usize> {
    let units = bytes.get(at..)?.chunks_exact(2);
    let length = units.take_while(|unit| *unit != [0, 0]).count() * 2;
    Some(at + length + 2).filter(|&behind| behind <= bytes.len())
}

/// UTF-16 up to its end.
pub(super) fn utf16(bytes: &[u8], is_big: bool) -> String {
    let unit = |pair: &[u8]| match *pair {
        [high, low] if is_big => u16::from_be_bytes([high, low]),
        [low, high] => u16::from_le_bytes([low, high]),
        _ => 0,
    };
    let units: Vec<u16> = bytes.chunks_exact(2).map(unit).take_while(|&unit| unit != 0).collect();
    String::from_utf16_lossy(&units)
}

/// The number in four bytes of seven bits each. Returns `None` if one of them has its eighth.
fn sevens(bytes: &[u8], at: usize) -> Option<u64> {
    let number = be(bytes, at, 4)?;
    if number & 0x8080_8080 != 0 {
        return None;
    }
    Some((number >> 24) << 21 | (number >> 16 & 0x7f) << 14 | (number >> 8 & 0x7f) << 7 | number & 0x7f)
}

/// Reads the ID3v2 tags at the beginning of a file, and returns the offset behind them.
pub(super) fn skip_id3(input: &mut Input<'_>, tags: &mut Tags) -> u64 {
    let mut at = 0;
    for _ in 0..MAX_TAGS {
        let Some(end) = id3(input, at, tags) else { break };
        at = end;
    }
    at
}

/// Reads the ID3v2 tag at `at`, and returns the offset behind it.
pub(super) fn id3(input: &mut Input<'_>, at: u64, tags: &mut Tags) -> Option<u64> {
    let head = input.part(at, 14);
    if !head.starts_with(b"ID3") {
        return None;
    }
    let (version, flags) = (*head.get(3)?, *head.get(5)?);
    let length = sevens(&head, 6)?;
    let end = at + 10 + length;
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    let is_unsynchronised = flags & 0x80 != 0;
    let extended = match (flags & 0x40 != 0, version) {
        (false, _) => 0,
        (true, 3) => 4 + be(&head, 10, 4).unwrap_or(0),
        (true, _) => sevens(&head, 10).unwrap_or(0),
    };
    let (name_len, head_len) = if version == 2 { (3, 6) } else { (4, 10) };
    let mut at = at + 10 + extended;
    for _ in 0..MAX_ITEMS {
        let head = input.part(at, head_len);
        let length = match version {
            2 => be(&head, 3, 3),
            3 => be(&head, 4, 4),
            // Some programs write plain numbers where this version has sevens.
            _ => sevens(&head, 4).or_else(|| be(&head, 4, 4)),
        };
        let (Some(name), Some(length)) = (head.get(..name_len), length) else {
            break;
        };
        let start = at + head_len as u64;
        if name[0] == 0 || length == 0 || start + length > end {
            break;
        }
        // Compression, encryption and unsynchronisation of a frame, and the length before its content.
        let frame_flags = if version == 2 { 0 } else { be(&head, 8, 2).unwrap_or(0) };
        let (is_stored, extra) = match version {
            4 => (frame_flags & 0x0e == 0, if frame_flags & 1 == 1 { 4 } else { 0 }),
            3 => (frame_flags & 0xc0 == 0, 0),
            _ => (true, 0),
        };
        let (start, length) = (start + extra, length.saturating_sub(extra));
        match name {
            _ if !is_stored => {}
            b"TIT2" | b"TT2" => tags.set_title(&id3_text(input, start, length)),
            b"TPE1" | b"TP1" => tags.set_artist(&id3_text(input, start, length)),
            b"APIC" | b"PIC" if !is_unsynchronised => id3_picture(input, start, length, version, tags),
            _ => {}
        }
        at = start + length;
    }
    Some(end + footer)
}

fn id3_text(input: &mut Input<'_>, at: u64, length: u64) -> String {
    let bytes = text_bytes(input, at, length);
    let Some((encoding, text)) = bytes.split_first() else {
        return String::new();
    };
    match (encoding, text) {
        (1, [0xfe, 0xff, text @ ..]) | (2, text) => utf16(text, true),
        (1, [0xff, 0xfe, text @ ..]) | (1, text) => utf16(text, false),
        _ => utf8_or_latin1(text),
    }
}

/// A picture: encoding, type of the file, kind of the picture, description, and the file.
fn id3_picture(input: &mut Input<'_>, start: u64, length: u64, version: u8, tags: &mut Tags) {
    let head = text_bytes(input, start, length);
    let kind = if version == 2 {
        Some(4)
    } else {
        find(&head, 1, &[0]).map(|end| end + 1)
    };
    let Some((kind_at, &kind)) = kind.and_then(|at| Some((at, head.get(at)?))) else {
        return;
    };
    let behind = if matches!(head.first(), Some(1 | 2)) {
        behind_utf16(&head, kind_at + 1)
    } else {
        find(&head, kind_at + 1, &[0]).map(|end| end + 1)
    };
    let Some(at) = behind.map(|at| at as u64) else { return };
    tags.set_cover(input, start + at, length.saturating_sub(at), kind == 3);
}

/// Reads the tags at the end of a file, and returns where its sound ends.
pub(super) fn trailing(input: &mut Input<'_>, start: u64, tags: &mut Tags) -> u64 {
    let mut end = input.size();
    for _ in 0..MAX_TAGS {
        let before = |length: u64| end.checked_sub(length).filter(|&at| at >= start);
        if let Some(at) = before(128)
            && let tag = input.part(at, 128)
            && tag.starts_with(b"TAG")
        {
            tags.set_title(&utf8_or_latin1(tag.get(3..33).unwrap_or_default()));
            tags.set_artist(&utf8_or_latin1(tag.get(33..63).unwrap_or_default()));
            end = at;
        } else if let Some(at) = before(227)
            && input.part(at, 4) == b"TAG+"
        {
            end = at;
        } else if let Some(at) = before(32).and_then(|at| ape(input, at, start, tags)) {
            end = at;
        } else if let Some(at) = before(15).and_then(|at| lyrics(input, at)).filter(|&at| at >= start) {
            end = at;
        } else if let Some(at) = before(10)
            .and_then(|at| appended_id3(input, at, tags))
            .filter(|&at| at >= start)
        {
            end = at;
        } else {
            break;
        }
    }
    end
}

/// Reads the APE tag whose footer is at `at`, and returns where it begins.
fn ape(input: &mut Input<'_>, at: u64, start: u64, tags: &mut Tags) -> Option<u64> {
    let footer = input.part(at, 32);
    if !footer.starts_with(b"APETAGEX") {
        return None;
    }
    let (length, count, flags) = (le(&footer, 12, 4)?, le(&footer, 16, 4)?, le(&footer, 20, 4)?);
    let items = (at + 32).checked_sub(length).filter(|&items| items >= start)?;
    let mut item = items;
    for _ in 0..count.min(u64::from(MAX_ITEMS)) {
        let head = input.part(item, 8 + 64);
        let (Some(length), Some(flags), Some(name_end)) = (le(&head, 0, 4), le(&head, 4, 4), find(&head, 8, &[0]))
        else {
            break;
        };
        let name = latin1(&head[8..name_end]);
        let value = item + name_end as u64 + 1;
        if value + length > at {
            break;
        }
        if flags >> 1 & 3 == 0 {
            if name.eq_ignore_ascii_case("title") || name.eq_ignore_ascii_case("artist") {
                tags.set(&name, &text(input, value, length));
            }
        } else if name.to_ascii_lowercase().starts_with("cover art") {
            // A file name, and the picture behind it.
            let file = text_bytes(input, value, length);
            if let Some(name_end) = find(&file, 0, &[0]) {
                let skipped = name_end as u64 + 1;
                let is_front = name.to_ascii_lowercase().contains("front");
                tags.set_cover(input, value + skipped, length.saturating_sub(skipped), is_front);
            }
        }
        item = value + length;
    }
    let header = if flags >> 31 == 1 { 32 } else { 0 };
    Some(items.saturating_sub(header).max(start))
}

/// Where the Lyrics3 tag begins that ends with these 15 bytes.
fn lyrics(input: &mut Input<'_>, at: u64) -> Option<u64> {
    let footer = input.part(at, 15);
    if !has(&footer, 6, b"LYRICS200") {
        return None;
    }
    let length: u64 = std::str::from_utf8(&footer[..6]).ok()?.parse().ok()?;
    at.checked_sub(length)
}

/// Where the ID3v2 tag begins that ends with these 10 bytes.
fn appended_id3(input: &mut Input<'_>, at: u64, tags: &mut Tags) -> Option<u64> {
    let footer = input.part(at, 10);
    if !footer.starts_with(b"3DI") {
        return None;
    }
    let start = at.checked_sub(sevens(&footer, 6)? + 10)?;
    id3(input, start, tags);
    Some(start)
}

/// Vorbis comments: a name of the program, then texts of the form `NAME=text`.
pub(super) fn comments(bytes: &[u8], tags: &mut Tags) {
    let length = |at| le(bytes, at, 4).and_then(|length| usize::try_from(length).ok());
    let Some(count_at) = length(0).and_then(|vendor| vendor.checked_add(4)) else {
        return;
    };
    let Some(count) = le(bytes, count_at, 4) else { return };
    let mut at = count_at + 4;
    for _ in 0..count.min(u64::from(MAX_ITEMS)) {
        let Some(end) = length(at).and_then(|length| length.checked_add(at + 4)) else {
            return;
        };
        let Some(comment) = bytes.get(at + 4..end) else { return };
        if let Some(equals) = find(comment, 0, b"=") {
            let text = &comment[equals + 1..];
            tags.set(
                &latin1(&comment[..equals]),
                &utf8_or_latin1(&text[..text.len().min(MAX_TEXT as usize)]),
            );
        }
        at = end;
    }
}

/// The picture block of FLAC at `at`.
pub(super) fn picture_block(input: &mut Input<'_>, at: u64, tags: &mut Tags) {
    let mut place = at + 4;
    let kind = be(&input.part(at, 4), 0, 4);
    // The type of the file and a description.
    for _ in 0..2 {
        let Some(length) = be(&input.part(place, 4), 0, 4) else {
            return;
        };
        place += 4 + length;
    }
    // Four numbers about the picture, and its length.
    if let Some(length) = be(&input.part(place, 20), 16, 4) {
        tags.set_cover(input, place + 20, length, kind == Some(3));
    }
}
