//! ISO base media files (ISO 14496-12), made of nested boxes: HEIC and AVIF images, and the boxes that MP4 shares.
//!
//! Read by hand: `imagesize` reads HEIC and AVIF without their rotation, so that every portrait photograph of a phone
//! would lie on its side.

use super::bytes::be;
use super::input::Input;
use crate::images::header::MAX_EDGE;

/// The boxes of one file that are read: it bounds what a hostile file costs.
const MAX_BOXES: u32 = 1000;
/// The bytes of a list of property associations that are read.
const MAX_ASSOCIATIONS_LEN: u64 = 1 << 16;

/// A box: its name, and the range of its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct FoundBox {
    pub(super) name: [u8; 4],
    pub(super) start: u64,
    pub(super) end: u64,
}

/// The box at `at`, which is cut at `end` if it is longer.
pub(super) fn next_box(input: &mut Input<'_>, at: u64, end: u64) -> Option<FoundBox> {
    if at + 8 > end {
        return None;
    }
    let head = input.part(at, 16);
    let (length, header) = match be_u32(&head, 0)? {
        0 => (end - at, 8),
        1 => (be(&head, 8, 8)?, 16),
        length => (length, 8),
    };
    let is_whole = length >= header && at + header <= end;
    is_whole.then_some(FoundBox {
        name: *head.get(4..)?.first_chunk()?,
        start: at + header,
        end: at + length.min(end - at),
    })
}

/// The boxes from `at` to `end`. Each costs one of `budget`.
pub(super) fn boxes(input: &mut Input<'_>, mut at: u64, end: u64, budget: &mut u32) -> Vec<FoundBox> {
    let mut found = Vec::new();
    while *budget > 0
        && let Some(next) = next_box(input, at, end)
    {
        *budget -= 1;
        at = next.end;
        found.push(next);
    }
    found
}

pub(super) fn be_u32(bytes: &[u8], at: usize) -> Option<u64> {
    be(bytes, at, 4)
}

fn be_u16(bytes: &[u8], at: usize) -> Option<u64> {
    be(bytes, at, 2)
}

/// Width and height of the primary image, by its properties (ISO 23008-12). Thumbnails and tiles are other images of
/// the file and have their own.
pub(super) fn image_size(input: &mut Input<'_>) -> Option<(u64, u64)> {
    let mut budget = MAX_BOXES;
    let range = |found: &[FoundBox], name: &[u8; 4]| {
        let found = found.iter().find(|found| found.name == *name)?;
        Some((found.start, found.end))
    };
    let size = input.size();
    let top = boxes(input, 0, size, &mut budget);
    let (start, end) = range(&top, b"meta")?;
    // A version and flags precede the boxes.
    let meta = boxes(input, start + 4, end, &mut budget);
    let (start, _) = range(&meta, b"pitm")?;
    let primary = input.part(start, 8);
    let primary = match *primary.first()? {
        0 => be_u16(&primary, 4),
        _ => be_u32(&primary, 4),
    }?;
    let (start, end) = range(&meta, b"iprp")?;
    let lists = boxes(input, start, end, &mut budget);
    let (start, end) = range(&lists, b"ipco")?;
    let properties = boxes(input, start, end, &mut budget);
    let (start, end) = range(&lists, b"ipma")?;
    let length = (end - start).min(MAX_ASSOCIATIONS_LEN);
    let associations = input.part(start, usize::try_from(length).ok()?);
    let mut size = None;
    let mut clean = None;
    let mut is_sideways = false;
    for index in properties_of(&associations, primary)? {
        let Some(property) = index.checked_sub(1).and_then(|at| properties.get(at)) else {
            continue;
        };
        let bytes = input.part(property.start, 16);
        match &property.name {
            b"ispe" => size = be_u32(&bytes, 4).zip(be_u32(&bytes, 8)),
            // Encoders pad an image to whole blocks, and declare which part of it to show.
            b"clap" => {
                let side = |at| be_u32(&bytes, at)?.checked_div(be_u32(&bytes, at + 4)?);
                clean = side(0).zip(side(8));
            }
            // In quarters, anticlockwise. Mirroring, `imir`, keeps width and height.
            b"irot" => is_sideways = bytes.first().is_some_and(|angle| angle & 1 == 1),
            _ => {}
        }
    }
    // The order of the properties is free.
    let (full_width, full_height) = size?;
    let fits = |&(width, height): &(u64, u64)| width <= full_width && height <= full_height;
    size = clean.filter(fits).or(size);
    let (width, height) = size.filter(|&(width, height)| width.max(height) <= MAX_EDGE)?;
    Some(if is_sideways { (height, width) } else { (width, height) })
}

/// The numbers of an item's properties, counted from 1.
fn properties_of(associations: &[u8], item: u64) -> Option<Vec<usize>> {
    let has_wide_ids = *associations.first()? > 0;
    let index_len = if *associations.get(3)? & 1 == 1 { 2 } else { 1 };
    let count = be_u32(associations, 4)?;
    let mut at = 8;
    for _ in 0..count {
        let id = if has_wide_ids {
            be_u32(associations, at)
        } else {
            be_u16(associations, at)
        }?;
        at += if has_wide_ids { 4 } else { 2 };
        let length = usize::from(*associations.get(at)?) * index_len;
        at += 1;
        let indices = associations.get(at..at + length)?;
        at += length;
        if id == item {
            // The highest bit tells whether a reader must understand the property.
            let index = |bytes: &[u8]| match *bytes {
                [high, low] => usize::from(high & 0x7f) << 8 | usize::from(low),
                [low] => usize::from(low & 0x7f),
                _ => 0,
            };
            return Some(indices.chunks_exact(index_len).map(index).collect());
        }
    }
    None
}
