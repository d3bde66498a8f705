//! The orientation of pictures that carry EXIF data: a TIFF structure, wherever the format keeps it.

use super::content::Reader;

/// Parts of a file in front of its EXIF data, at most: more is an attempt to keep us busy.
const MOST_PARTS: u32 = 64;

/// Whether the picture is shown on its side: with the EXIF orientations from 5 on.
pub(super) fn is_turned(reader: &Reader<'_>, mime: &str) -> bool {
    let orientation = match mime {
        "image/jpeg" => jpeg(reader),
        "image/png" => png(reader),
        "image/webp" => webp(reader),
        "image/tiff" => tiff(reader, 0),
        _ => None,
    };
    matches!(orientation, Some(5..=8))
}

/// Walks the segments of a JPEG to its EXIF data.
fn jpeg(reader: &Reader<'_>) -> Option<u16> {
    let mut at = 2;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 10);
        let &[0xff, marker, high, low, ..] = head.as_slice() else {
            return None;
        };
        match marker {
            0xe1 if head[4..] == *b"Exif\0\0" => return tiff(reader, at + 10),
            0xda | 0xd9 => return None,
            _ => at += 2 + u64::from(u16::from_be_bytes([high, low])),
        }
    }
    None
}

/// Walks the chunks of a PNG, which may also have it behind the picture.
fn png(reader: &Reader<'_>) -> Option<u16> {
    let mut at = 8;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 8);
        let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
        if head.get(4..8)? == b"eXIf" {
            return tiff(reader, at + 8);
        }
        at += 12 + u64::from(length);
    }
    None
}

/// Walks the chunks of a WebP.
fn webp(reader: &Reader<'_>) -> Option<u16> {
    let mut at = 12;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 14);
        let length = u64::from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?));
        if head.get(..4)? == b"EXIF" {
            // Some writers put the mark of JPEG segments in front.
            let marked = head.get(8..14).is_some_and(|mark| mark == b"Exif\0\0");
            return tiff(reader, at + if marked { 14 } else { 8 });
        }
        at += 8 + length + length % 2;
    }
    None
}

/// The tag 0x0112 of the first directory of a TIFF structure.
fn tiff(reader: &Reader<'_>, start: u64) -> Option<u16> {
    let head = reader.part(start, 8);
    let little = match head.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |bytes: &[u8]| {
        let bytes = bytes.get(..2)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let offset = head.get(4..8)?.try_into().ok()?;
    let offset = if little {
        u32::from_le_bytes(offset)
    } else {
        u32::from_be_bytes(offset)
    };
    let directory = start + u64::from(offset);
    let count = usize::from(short(&reader.part(directory, 2))?);
    let entries = reader.part(directory + 2, count * 12);
    let found = entries.chunks_exact(12).find(|entry| short(entry) == Some(0x0112))?;
    short(&found[8..])
}
