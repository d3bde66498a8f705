//! The EXIF data of images: a TIFF structure, in a different place of each format.
//!
//! [`Orientation::of_tiff`] reads the structure; this file finds it.

use super::Kind;
use super::input::Input;
use crate::images::orientation::Orientation;

/// The segments or chunks of a file that are read in search of its EXIF data: it bounds what a hostile file costs.
const MAX_CHUNKS: u32 = 64;

/// Returns whether the orientation turns the image by a quarter, which exchanges width and height.
pub(super) fn is_sideways(input: &mut Input<'_>, kind: Kind) -> bool {
    let start = match kind {
        Kind::Jpeg => find_in_jpeg(input),
        Kind::Png => find_in_png(input),
        Kind::WebP => find_in_webp(input),
        Kind::Tiff => Some(0),
        _ => None,
    };
    start.is_some_and(|start| Orientation::of_tiff(|at, length| input.part(start + at, length)).is_sideways())
}

/// A JPEG keeps it in a segment before the image data.
fn find_in_jpeg(input: &mut Input<'_>) -> Option<u64> {
    let mut at = 2;
    for _ in 0..MAX_CHUNKS {
        let head = input.part(at, 10);
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

/// A PNG keeps it in a chunk, before or after the image data.
fn find_in_png(input: &mut Input<'_>) -> Option<u64> {
    let mut at = 8;
    for _ in 0..MAX_CHUNKS {
        let head = input.part(at, 8);
        let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
        if head.get(4..8)? == b"eXIf" {
            return Some(at + 8);
        }
        at += 12 + u64::from(length);
    }
    None
}

/// A WebP keeps it in a chunk, usually the last.
fn find_in_webp(input: &mut Input<'_>) -> Option<u64> {
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let head = input.part(at, 14);
        let length = u64::from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?));
        if head.get(..4)? == b"EXIF" {
            // Some encoders copy the prefix of JPEG segments.
            let is_prefixed = head.get(8..14).is_some_and(|prefix| prefix == b"Exif\0\0");
            return Some(at + if is_prefixed { 14 } else { 8 });
        }
        at += 8 + length + length % 2;
    }
    None
}
