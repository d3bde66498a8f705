//! The orientation of pictures that carry EXIF data: a TIFF structure, wherever the format keeps it.

use super::Reader;
use crate::images::orientation::Orientation;

/// Parts of a file in front of its EXIF data, at most: more is an attempt to keep us busy.
const MOST_PARTS: u32 = 64;

/// Whether the picture is shown on its side.
pub(super) fn is_turned(reader: &Reader<'_>, mime: &str) -> bool {
    let tiff = match mime {
        "image/jpeg" => jpeg(reader),
        "image/png" => png(reader),
        "image/webp" => webp(reader),
        "image/tiff" => Some(0),
        _ => None,
    };
    tiff.is_some_and(|start| Orientation::of_tiff(|at, length| reader.part(start + at, length)).is_sideways())
}

/// Where a JPEG has its EXIF data: in one of its segments.
fn jpeg(reader: &Reader<'_>) -> Option<u64> {
    let mut at = 2;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 10);
        let &[0xff, marker, high, low, ..] = head.as_slice() else {
            return None;
        };
        match marker {
            0xe1 if head[4..] == *b"Exif\0\0" => return Some(at + 10),
            0xda | 0xd9 => return None,
            _ => at += 2 + u64::from(u16::from_be_bytes([high, low])),
        }
    }
    None
}

/// Where a PNG has it: in one of its chunks, perhaps behind the picture.
fn png(reader: &Reader<'_>) -> Option<u64> {
    let mut at = 8;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 8);
        let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
        if head.get(4..8)? == b"eXIf" {
            return Some(at + 8);
        }
        at += 12 + u64::from(length);
    }
    None
}

/// Where a WebP has it: in one of its chunks.
fn webp(reader: &Reader<'_>) -> Option<u64> {
    let mut at = 12;
    for _ in 0..MOST_PARTS {
        let head = reader.part(at, 14);
        let length = u64::from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?));
        if head.get(..4)? == b"EXIF" {
            // Some writers put the mark of JPEG segments in front.
            let marked = head.get(8..14).is_some_and(|mark| mark == b"Exif\0\0");
            return Some(at + if marked { 14 } else { 8 });
        }
        at += 8 + length + length % 2;
    }
    None
}
