//! Files of boxes in boxes (ISO 14496-12): films and sounds of MP4 and QuickTime, pictures of HEIC and AVIF.

use super::super::descriptor::Facts;
use super::Reader;

/// Boxes of one file that are looked at, at most: it bounds what a made-up file can cost.
const MOST_BOXES: u32 = 1000;
/// Bytes of a list that are read, at most.
const MOST_BYTES: u64 = 1 << 16;

/// A box: its name, and where its content begins and ends.
struct Found {
    name: [u8; 4],
    start: u64,
    end: u64,
}

/// The boxes from `at` to `end`, as far as they fit and `left` allows.
fn boxes(reader: &Reader<'_>, mut at: u64, end: u64, left: &mut u32) -> Vec<Found> {
    let mut found = Vec::new();
    while at + 8 <= end && *left > 0 {
        *left -= 1;
        let head = reader.part(at, 16);
        let (Some(small), Some(name)) = (big(&head, 0), head.get(4..8)) else {
            break;
        };
        let (length, header) = match small {
            0 => (end - at, 8),
            1 => match (big(&head, 8), big(&head, 12)) {
                (Some(high), Some(low)) => (high << 32 | low, 16),
                _ => break,
            },
            length => (length, 8),
        };
        if length < header || length > end - at {
            break;
        }
        let mut name_of = [0; 4];
        name_of.copy_from_slice(name);
        found.push(Found {
            name: name_of,
            start: at + header,
            end: at + length,
        });
        at += length;
    }
    found
}

fn big(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u64::from(u32::from_be_bytes(bytes)))
}

fn big_short(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u64::from(u16::from_be_bytes(bytes)))
}

/// Duration from the movie header, dimensions from the first track that has any.
pub(super) fn movie(reader: &Reader<'_>) -> Facts {
    let mut facts = Facts::default();
    let mut left = MOST_BOXES;
    let mut open = vec![(0, reader.size)];
    while let Some((at, end)) = open.pop() {
        for found in boxes(reader, at, end, &mut left) {
            match &found.name {
                b"moov" | b"trak" => open.push((found.start, found.end)),
                b"mvhd" => facts.duration = facts.duration.or(movie_duration(&reader.part(found.start, 36))),
                b"tkhd" => facts.size = facts.size.or(track_size(&reader.part(found.start, 104))),
                _ => {}
            }
        }
    }
    facts
}

fn movie_duration(bytes: &[u8]) -> Option<u64> {
    let (scale, duration) = match bytes.first()? {
        0 => (big(bytes, 12)?, big(bytes, 16)?),
        _ => (big(bytes, 20)?, big(bytes, 24)? << 32 | big(bytes, 28)?),
    };
    duration.checked_mul(1000)?.checked_div(scale)
}

/// Sixteen bits behind the point; a matrix that turns by a quarter swaps the sides.
fn track_size(bytes: &[u8]) -> Option<(u64, u64)> {
    let matrix = if *bytes.first()? == 0 { 40 } else { 52 };
    let (width, height) = (big(bytes, matrix + 36)? >> 16, big(bytes, matrix + 40)? >> 16);
    let turned = big(bytes, matrix)? == 0 && big(bytes, matrix + 4)? != 0;
    let size = if turned { (height, width) } else { (width, height) };
    (width > 0 && height > 0).then_some(size)
}

/// Width and height of the primary picture, as it is shown: its properties say how large it is, and how it is turned
/// (ISO 23008-12). Other pictures of the file, thumbnails and tiles among them, have properties of their own.
pub(super) fn picture(reader: &Reader<'_>) -> Option<(u64, u64)> {
    let mut left = MOST_BOXES;
    let inside = |found: &[Found], name: &[u8; 4]| {
        let found = found.iter().find(|found| found.name == *name)?;
        Some((found.start, found.end))
    };
    let top = boxes(reader, 0, reader.size, &mut left);
    let (start, end) = inside(&top, b"meta")?;
    // Version and flags come before the boxes.
    let meta = boxes(reader, start + 4, end, &mut left);
    let primary = inside(&meta, b"pitm").and_then(|(start, _)| {
        let bytes = reader.part(start, 8);
        if *bytes.first()? == 0 {
            big_short(&bytes, 4)
        } else {
            big(&bytes, 4)
        }
    })?;
    let (start, end) = inside(&meta, b"iprp")?;
    let lists = boxes(reader, start, end, &mut left);
    let (start, end) = inside(&lists, b"ipco")?;
    let properties = boxes(reader, start, end, &mut left);
    let (start, end) = inside(&lists, b"ipma")?;
    let associations = reader.part(start, usize::try_from((end - start).min(MOST_BYTES)).ok()?);
    let mut size = None;
    let mut turned = false;
    for index in properties_of(&associations, primary)? {
        let Some(property) = index.checked_sub(1).and_then(|at| properties.get(at)) else {
            continue;
        };
        let bytes = reader.part(property.start, 16);
        match &property.name {
            b"ispe" => size = big(&bytes, 4).zip(big(&bytes, 8)),
            // Encoders fill a picture up to whole blocks, and say what of it is meant.
            b"clap" => {
                let side = |at| big(&bytes, at)?.checked_div(big(&bytes, at + 4)?);
                let meant = side(0).zip(side(8));
                let within = |&(width, height): &(u64, u64)| {
                    size.is_some_and(|(full_width, full_height)| width <= full_width && height <= full_height)
                };
                size = meant.filter(within).or(size);
            }
            // Quarters against the clock. Mirroring, `imir`, leaves the sides as they are.
            b"irot" => turned = bytes.first().is_some_and(|angle| angle & 1 == 1),
            _ => {}
        }
    }
    let (width, height) = size?;
    Some(if turned { (height, width) } else { (width, height) })
}

/// The numbers of an item's properties, the first being 1.
fn properties_of(bytes: &[u8], item: u64) -> Option<Vec<usize>> {
    let wide_ids = *bytes.first()? > 0;
    let wide_numbers = bytes.get(3)? & 1 == 1;
    let count = big(bytes, 4)?;
    let mut at = 8;
    for _ in 0..count {
        let id = if wide_ids { big(bytes, at) } else { big_short(bytes, at) }?;
        at += if wide_ids { 4 } else { 2 };
        let many = usize::from(*bytes.get(at)?);
        at += 1;
        let width = if wide_numbers { 2 } else { 1 };
        let own = bytes.get(at..at + many * width)?;
        at += many * width;
        if id == item {
            // The highest bit says whether a reader must understand the property.
            let number = |entry: &[u8]| match *entry {
                [high, low] => usize::from(high & 0x7f) << 8 | usize::from(low),
                [low] => usize::from(low & 0x7f),
                _ => 0,
            };
            return Some(own.chunks_exact(width).map(number).collect());
        }
    }
    None
}
