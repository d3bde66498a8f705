//! ISO base media files (ISO 14496-12), made of nested boxes: MP4 and QuickTime movies and sounds, HEIC and AVIF images.
//!
//! Read by hand: `imagesize` reads HEIC and AVIF without their rotation, so that every portrait photograph of a phone
//! would lie on its side, and `mp4parse` (MPL-2.0) reads whole sample tables where two headers are enough.

use super::Facts;
use super::input::Input;

/// The boxes of one file that are read: it bounds what a hostile file costs.
const MAX_BOXES: u32 = 1000;
/// The bytes of a list of property associations that are read.
const MAX_ASSOCIATIONS_LEN: u64 = 1 << 16;

/// A box: its name, and the range of its content.
struct FoundBox {
    name: [u8; 4],
    start: u64,
    end: u64,
}

/// The boxes from `at` to `end`, up to the first that does not fit. Each costs one of `budget`.
fn boxes(input: &mut Input<'_>, mut at: u64, end: u64, budget: &mut u32) -> Vec<FoundBox> {
    let mut found = Vec::new();
    while at + 8 <= end && *budget > 0 {
        *budget -= 1;
        let head = input.part(at, 16);
        let (Some(short_length), Some(&name)) = (be_u32(&head, 0), head.get(4..).and_then(<[u8]>::first_chunk)) else {
            break;
        };
        let (length, header) = match short_length {
            0 => (end - at, 8),
            1 => match (be_u32(&head, 8), be_u32(&head, 12)) {
                (Some(high), Some(low)) => (high << 32 | low, 16),
                _ => break,
            },
            length => (length, 8),
        };
        if length < header || length > end - at {
            break;
        }
        found.push(FoundBox {
            name,
            start: at + header,
            end: at + length,
        });
        at += length;
    }
    found
}

fn be_u32(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u32::from_be_bytes(*bytes)))
}

fn be_u16(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u16::from_be_bytes(*bytes)))
}

/// The duration by the movie header, and the size by the first track that has one.
pub(super) fn movie(input: &mut Input<'_>) -> Facts {
    let mut duration = None;
    let mut size = None;
    let mut budget = MAX_BOXES;
    let mut open = vec![(0, input.size())];
    while let Some((at, end)) = open.pop() {
        for found in boxes(input, at, end, &mut budget) {
            match &found.name {
                b"moov" | b"trak" => open.push((found.start, found.end)),
                b"mvhd" => duration = duration.or(movie_duration(&input.part(found.start, 36))),
                b"tkhd" => size = size.or(track_size(&input.part(found.start, 104))),
                _ => {}
            }
        }
    }
    Facts::of_movie(size, duration)
}

/// Milliseconds, by a movie header.
fn movie_duration(bytes: &[u8]) -> Option<u64> {
    let (scale, duration) = match bytes.first()? {
        0 => (be_u32(bytes, 12)?, be_u32(bytes, 16)?),
        _ => (be_u32(bytes, 20)?, be_u32(bytes, 24)? << 32 | be_u32(bytes, 28)?),
    };
    duration.checked_mul(1000)?.checked_div(scale)
}

/// Width and height by a track header, where they have 16 fractional bits. A matrix that turns by a quarter exchanges them.
fn track_size(bytes: &[u8]) -> Option<(u64, u64)> {
    let matrix = if *bytes.first()? == 0 { 40 } else { 52 };
    let (width, height) = (be_u32(bytes, matrix + 36)? >> 16, be_u32(bytes, matrix + 40)? >> 16);
    let is_sideways = be_u32(bytes, matrix)? == 0 && be_u32(bytes, matrix + 4)? != 0;
    let size = if is_sideways { (height, width) } else { (width, height) };
    (width > 0 && height > 0).then_some(size)
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
                let clean = side(0).zip(side(8));
                let fits = |&(width, height): &(u64, u64)| {
                    size.is_some_and(|(full_width, full_height)| width <= full_width && height <= full_height)
                };
                size = clean.filter(fits).or(size);
            }
            // In quarters, anticlockwise. Mirroring, `imir`, keeps width and height.
            b"irot" => is_sideways = bytes.first().is_some_and(|angle| angle & 1 == 1),
            _ => {}
        }
    }
    let (width, height) = size?;
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
