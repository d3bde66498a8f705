//! The size and the orientation of raster images, by their headers.
//!
//! The one place that knows them: the manager describes files by it, and the transforms decode by it, so a descriptor never
//! contradicts the picture. Files may be truncated, damaged or hostile, and are read in small parts whose number is
//! bounded.

use super::orientation::Orientation;
use super::tiff_directory::Directory;
use std::borrow::Cow;

/// The segments, chunks or blocks of a file that are read. Photographs as PNG have one for each 8 KB.
const MAX_CHUNKS: u32 = 4096;
/// The bytes that do not belong to a segment of a JPEG, before its first scan.
const MAX_STRAY_LEN: u64 = 1 << 16;
/// The longest edge that is believed. Only damaged and hostile files have more.
pub(crate) const MAX_EDGE: u64 = 1_000_000;

/// A file that is read in parts.
pub(crate) trait Source {
    /// At most `length` bytes from `offset` on: fewer at the end of the file, and where reading fails.
    fn part(&mut self, offset: u64, length: usize) -> Cow<'_, [u8]>;
}

impl Source for &[u8] {
    fn part(&mut self, offset: u64, length: usize) -> Cow<'_, [u8]> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        Cow::Borrowed(&self[start..start.saturating_add(length).min(self.len())])
    }
}

/// What the header of an image tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Width as stored.
    pub(crate) width: u32,
    /// Height as stored.
    pub(crate) height: u32,
    /// How it is turned for display.
    pub(crate) orientation: Orientation,
}

impl Header {
    /// Reads the header of a JPEG, PNG, GIF, WebP, BMP, TIFF, JPEG XL or icon, by its first bytes. Returns `None` for other files, and
    /// for sizes that cannot be.
    pub(crate) fn read(source: &mut dyn Source) -> Option<Self> {
        let start = source.part(0, 12).into_owned();
        let header = match *start.as_slice() {
            [0xff, 0xd8, 0xff, ..] => jpeg(source),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => png(source),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => gif(source),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(source),
            [b'B', b'M', ..] => bmp(source, 14),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => tiff(source),
            #[cfg(any(feature = "jxl", feature = "manager"))]
            [0xff, 0x0a, ..] => jxl(source, 0),
            #[cfg(any(feature = "jxl", feature = "manager"))]
            [0, 0, 0, 12, b'J', b'X', b'L', b' ', 0x0d, 0x0a, 0x87, 0x0a] => jxl_in_boxes(source),
            [0, 0, 1 | 2, 0, ..] => largest_in_icon(source).map(|(header, _)| header),
            _ => None,
        };
        header.filter(|header| {
            let is_believed = |edge: u32| (1..=MAX_EDGE).contains(&u64::from(edge));
            is_believed(header.width) && is_believed(header.height)
        })
    }

    /// Width and height as shown.
    #[cfg(any(feature = "images", feature = "manager"))]
    pub(crate) fn size(&self) -> (u32, u32) {
        if self.orientation.is_sideways() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    fn upright(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            orientation: Orientation::default(),
        }
    }
}

fn be_u16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u16::from_be_bytes(*bytes).into())
}

fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

pub(super) fn le_u16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u16::from_le_bytes(*bytes).into())
}

pub(super) fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The orientation of EXIF data in a part of a file.
fn exif(source: &mut dyn Source, start: u64, length: u64) -> Orientation {
    // Some encoders of WebP copy the prefix of JPEG segments.
    let prefix = if source.part(start, 6).as_ref() == b"Exif\0\0" {
        6
    } else {
        0
    };
    Orientation::of_tiff(|at, count| {
        let left = length.saturating_sub(prefix).saturating_sub(at);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(count);
        source.part(start + prefix + at, count).into_owned()
    })
}

/// A segment of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) marker: u8,
    /// Where its content begins.
    pub(crate) start: u64,
    /// The length of its content.
    pub(crate) length: u16,
}

impl Segment {
    /// Whether it holds the size of the image.
    pub(crate) fn is_frame(&self) -> bool {
        matches!(self.marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
    }

    /// Where its content ends.
    #[cfg(feature = "images")]
    pub(crate) fn end(&self) -> usize {
        usize::try_from(self.start)
            .unwrap_or(usize::MAX)
            .saturating_add(usize::from(self.length))
    }
}

/// The segments of a JPEG. What lies between them is skipped: fill bytes, stray bytes, and the data of scans.
pub(crate) struct Markers<'s> {
    source: &'s mut dyn Source,
    at: u64,
    is_in_scan: bool,
    /// The stray bytes so far.
    stray: u64,
}

impl<'s> Markers<'s> {
    pub(crate) fn new(source: &'s mut dyn Source) -> Self {
        Self {
            source,
            at: 2,
            is_in_scan: false,
            stray: 0,
        }
    }

    /// The next segment. `None` behind the last one.
    pub(crate) fn next(&mut self) -> Option<Segment> {
        loop {
            let window = self.source.part(self.at, if self.is_in_scan { 1 << 16 } else { 64 });
            let is_marker = |pair: &[u8]| pair[0] == 0xff && matches!(pair[1], 0xc0..=0xcf | 0xd9..=0xef | 0xfe);
            let found = position(&window, is_marker);
            let skipped = found.unwrap_or(window.len().saturating_sub(1)) as u64;
            if !self.is_in_scan {
                self.stray += skipped;
            }
            if self.stray > MAX_STRAY_LEN || (found.is_none() && skipped == 0) {
                return None;
            }
            let head = found.and_then(|found| Some((window.get(found + 1).copied()?, be_u16(&window, found + 2))));
            let is_cut = found.is_some_and(|found| window.len() - found < 4);
            drop(window);
            self.at += skipped;
            match head {
                Some((0xd9, _)) => return None,
                // The window ends inside of it: once more from here on.
                Some((_, None)) if is_cut && skipped > 0 => {}
                Some((_, None)) => return None,
                Some((marker, Some(length))) => {
                    let start = self.at + 4;
                    let length = length.saturating_sub(2) as u16;
                    self.at = start + u64::from(length);
                    self.is_in_scan = marker == 0xda || (self.is_in_scan && marker == 0xdc);
                    return Some(Segment { marker, start, length });
                }
                None => {}
            }
        }
    }
}

/// The first place at which two bytes are a marker.
fn position(bytes: &[u8], is_marker: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = bytes.get(at..)?.iter().position(|&byte| byte == 0xff) {
        at += found;
        if bytes.get(at..at + 2).is_some_and(&is_marker) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn jpeg(source: &mut dyn Source) -> Option<Header> {
    let mut frame = None;
    let mut exif_at = None;
    let mut segments = Vec::new();
    let mut markers = Markers::new(source);
    for _ in 0..MAX_CHUNKS {
        match markers.next() {
            None | Some(Segment { marker: 0xda, .. }) => break,
            Some(segment) if segment.marker == 0xe1 || segment.is_frame() => segments.push(segment),
            Some(_) => {}
        }
    }
    for segment in segments {
        if segment.is_frame() {
            frame = frame.or(Some(segment.start));
        } else if exif_at.is_none() && source.part(segment.start, 6).as_ref() == b"Exif\0\0" {
            exif_at = Some((segment.start, segment.length));
        }
    }
    let frame = source.part(frame?, 5).into_owned();
    Some(Header {
        height: be_u16(&frame, 1)?,
        width: be_u16(&frame, 3)?,
        orientation: exif_at.map_or_else(Orientation::default, |(start, length)| {
            exif(source, start, length.into())
        }),
    })
}

fn png(source: &mut dyn Source) -> Option<Header> {
    let mut size = None;
    let mut orientation = None;
    let mut at = 8;
    for _ in 0..MAX_CHUNKS {
        let head = source.part(at, 16).into_owned();
        let Some(length) = be_u32(&head, 0) else { break };
        match head.get(4..8) {
            // Another chunk may come first, as Apple's `CgBI` does.
            Some(b"IHDR") if size.is_none() => size = be_u32(&head, 8).zip(be_u32(&head, 12)),
            Some(b"eXIf") if orientation.is_none() => orientation = Some(exif(source, at + 8, length.into())),
            Some(b"IEND") | None => break,
            Some(_) => {}
        }
        at += 12 + u64::from(length);
    }
    let (width, height) = size?;
    Some(Header {
        width,
        height,
        orientation: orientation.unwrap_or_default(),
    })
}

/// The screen, or the first frame where it is larger: some files declare a screen of no pixels.
fn gif(source: &mut dyn Source) -> Option<Header> {
    let head = source.part(0, 13).into_owned();
    let (mut width, mut height) = (le_u16(&head, 6)?, le_u16(&head, 8)?);
    let colors = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + head.get(10).map_or(0, |&flags| colors(flags));
    // Of all levels together: a block of one byte takes two, and each is a read.
    let mut blocks = 0..MAX_CHUNKS;
    while blocks.next().is_some() {
        let block = source.part(at, 9).into_owned();
        match block.first() {
            Some(b',') => {
                if let (Some(left), Some(top), Some(own_width), Some(own_height)) = (
                    le_u16(&block, 1),
                    le_u16(&block, 3),
                    le_u16(&block, 5),
                    le_u16(&block, 7),
                ) {
                    width = width.max(left + own_width);
                    height = height.max(top + own_height);
                }
                break;
            }
            Some(b'!') => at += 2,
            None | Some(b';') => break,
            Some(_) => {
                at += 1;
                continue;
            }
        }
        while blocks.next().is_some() {
            let length = source.part(at, 1).first().copied().unwrap_or(0);
            at += 1 + u64::from(length);
            if length == 0 {
                break;
            }
        }
    }
    Some(Header::upright(width, height))
}

fn webp(source: &mut dyn Source) -> Option<Header> {
    let head = source.part(12, 18).into_owned();
    let edge = |at: usize| Some(1 + (le_u32(&head, at)? & 0xff_ffff));
    let (width, height) = match head.get(..4)? {
        b"VP8X" => (edge(12)?, 1 + (le_u32(&head, 14)? >> 8)),
        b"VP8 " => (le_u16(&head, 14)? & 0x3fff, le_u16(&head, 16)? & 0x3fff),
        b"VP8L" => {
            let bits = le_u32(&head, 9)?;
            return Some(Header::upright(1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)));
        }
        _ => return None,
    };
    let mut header = Header::upright(width, height);
    if head.starts_with(b"VP8X") {
        let mut at = 12;
        for _ in 0..MAX_CHUNKS {
            let chunk = source.part(at, 8).into_owned();
            let Some(length) = le_u32(&chunk, 4).map(u64::from) else {
                break;
            };
            if chunk.starts_with(b"EXIF") {
                header.orientation = exif(source, at + 8, length);
                break;
            }
            at += 8 + length + length % 2;
        }
    }
    Some(header)
}

/// A bitmap, whose header begins at `at`. The height of one whose rows go from the top down is negative.
fn bmp(source: &mut dyn Source, at: u64) -> Option<Header> {
    let head = source.part(at, 12).into_owned();
    if le_u32(&head, 0)? == 12 {
        return Some(Header::upright(le_u16(&head, 4)?, le_u16(&head, 6)?));
    }
    let edge = |at: usize| le_u32(&head, at).map(u32::cast_signed);
    let width = u32::try_from(edge(4)?).ok()?;
    Some(Header::upright(width, edge(8)?.unsigned_abs()))
}

fn tiff(source: &mut dyn Source) -> Option<Header> {
    let mut part = |at: u64, length: usize| source.part(at, length).into_owned();
    let directory = Directory::read(&mut part)?;
    Some(Header {
        width: directory.value(256)?,
        height: directory.value(257)?,
        orientation: directory
            .value(274)
            .map_or_else(Orientation::default, Orientation::of_value),
    })
}

/// A JPEG XL (ISO 18181-1) whose code begins at `at`.
#[cfg(any(feature = "jxl", feature = "manager"))]
fn jxl(source: &mut dyn Source, at: u64) -> Option<Header> {
    let bytes = *source.part(at, 16).first_chunk::<16>()?;
    if !bytes.starts_with(&[0xff, 0x0a]) {
        return None;
    }
    let mut bits = u128::from_le_bytes(bytes) >> 16;
    let mut take = |count: u32| {
        let value = (bits & ((1 << count) - 1)) as u32;
        bits >>= count;
        value
    };
    let is_small = take(1) == 1;
    let edge = |take: &mut dyn FnMut(u32) -> u32| match is_small {
        true => 8 * (1 + take(5)),
        false => {
            let length = [9, 13, 18, 30][take(2) as usize];
            1 + take(length)
        }
    };
    let height = edge(&mut take);
    // The width, unless a ratio gives it.
    let width = match take(3) {
        0 => edge(&mut take),
        ratio => {
            let (across, down) = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)][ratio as usize - 1];
            u32::try_from(u64::from(height) * across / down).ok()?
        }
    };
    let has_own_metadata = take(1) == 0;
    let has_orientation = has_own_metadata && take(1) == 1;
    Some(Header {
        width,
        height,
        orientation: if has_orientation {
            Orientation::of_value(1 + take(3))
        } else {
            Orientation::default()
        },
    })
}

#[cfg(any(feature = "jxl", feature = "manager"))]
fn jxl_in_boxes(source: &mut dyn Source) -> Option<Header> {
    let mut at = 0;
    for _ in 0..MAX_CHUNKS {
        let found = JxlBox::at(source, at)?;
        match &found.kind {
            b"jxlc" => return jxl(source, found.start),
            // The first part of the code, behind its number.
            b"jxlp" => return jxl(source, found.start.checked_add(4)?),
            _ => at = found.end,
        }
    }
    None
}

/// A box of a JPEG XL.
#[cfg(any(feature = "jxl", feature = "manager"))]
struct JxlBox {
    kind: [u8; 4],
    /// Where its content begins.
    start: u64,
    end: u64,
}

#[cfg(any(feature = "jxl", feature = "manager"))]
impl JxlBox {
    fn at(source: &mut dyn Source, at: u64) -> Option<Self> {
        let head = source.part(at, 16).into_owned();
        let kind = *head.get(4..)?.first_chunk()?;
        let (start, end) = match be_u32(&head, 0)? {
            // It ends with the file.
            0 => (at.checked_add(8)?, u64::MAX),
            1 => {
                let length = u64::from(be_u32(&head, 8)?) << 32 | u64::from(be_u32(&head, 12)?);
                (at.checked_add(16)?, at.checked_add(length)?)
            }
            length => (at.checked_add(8)?, at.checked_add(length.into())?),
        };
        (start <= end).then_some(Self { kind, start, end })
    }
}

/// The code of a JPEG XL, without the boxes around it.
#[cfg(feature = "jxl")]
pub(super) fn jxl_code(bytes: &[u8]) -> Cow<'_, [u8]> {
    let part = |start: u64, end: u64| {
        let [start, end] = [start, end].map(|place| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len()));
        bytes.get(start..end).unwrap_or_default()
    };
    if bytes.starts_with(&[0xff, 0x0a]) {
        return Cow::Borrowed(bytes);
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for _ in 0..MAX_CHUNKS {
        match JxlBox::at(&mut &*bytes, at) {
            Some(JxlBox { kind, start, end }) if kind == *b"jxlc" => return Cow::Borrowed(part(start, end)),
            Some(found) => {
                if found.kind == *b"jxlp" {
                    parts.extend_from_slice(part(found.start.saturating_add(4), found.end));
                }
                at = found.end;
            }
            None => break,
        }
    }
    Cow::Owned(parts)
}

/// The largest image of an icon or a pointer, and where it begins.
pub(crate) fn largest_in_icon(source: &mut dyn Source) -> Option<(Header, u64)> {
    let count = le_u16(&source.part(4, 2), 0)?.min(MAX_CHUNKS);
    let mut largest: Option<(Header, u64)> = None;
    for number in 0..u64::from(count) {
        let entry = source.part(6 + 16 * number, 16).into_owned();
        let Some(start) = le_u32(&entry, 12).map(u64::from) else {
            break;
        };
        // The entry holds edges in a byte. The image itself knows better.
        let own = source.part(start, 24).into_owned();
        let header = match own.strip_prefix(b"\x89PNG\r\n\x1a\n") {
            Some(chunk) => be_u32(chunk, 8)
                .zip(be_u32(chunk, 12))
                .map(|(width, height)| Header::upright(width, height)),
            // Its height counts the mask too.
            None => bmp(source, start).map(|header| Header::upright(header.width, header.height / 2)),
        };
        let Some(header) = header else { continue };
        let area = |header: &Header| u64::from(header.width) * u64::from(header.height);
        if largest.is_none_or(|(known, _)| area(&header) > area(&known)) {
            largest = Some((header, start));
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(bytes: &[u8]) -> Option<(u32, u32)> {
        Header::read(&mut &*bytes).map(|header| header.size())
    }

    fn bitmap(fields: &[u8]) -> Vec<u8> {
        [b"BM\0\0\0\0\0\0\0\0\x1a\0\0\0", fields].concat()
    }

    #[test]
    fn bitmap_sizes_are_read_in_all_versions() {
        assert_eq!(size(&bitmap(b"\x0c\0\0\0\x05\0")), None, "cut");
        assert_eq!(size(&bitmap(b"\x0c\0\0\0\x05\0\x07\0\x01\0\x18\0")), Some((5, 7)));
        assert_eq!(size(&bitmap(b"\x28\0\0\0\x05\0\0\0\xf9\xff\xff\xff")), Some((5, 7)));
        assert_eq!(size(&bitmap(b"\x7c\0\0\0\x05\0\0\0\x07\0\0\0")), Some((5, 7)));
        assert_eq!(size(&bitmap(b"\x28\0\0\0\xfb\xff\xff\xff\x07\0\0\0")), None);
    }

    #[cfg(any(feature = "jxl", feature = "manager"))]
    #[test]
    fn sizes_of_jpeg_xl_are_read_bare_and_in_boxes() {
        // Fields of a number and its bits, the lowest first.
        let code = |fields: &[(u128, u32)]| {
            let (mut bits, mut at) = (0x0aff_u128, 16);
            for (value, count) in fields {
                bits |= value << at;
                at += count;
            }
            bits.to_le_bytes()
        };
        let plain = code(&[(0, 1), (0, 2), (6, 9), (0, 3), (1, 2), (4, 13), (1, 1)]);
        assert_eq!(size(&plain), Some((5, 7)));
        let turned = code(&[(0, 1), (0, 2), (6, 9), (0, 3), (0, 2), (4, 9), (0, 1), (1, 1), (5, 3)]);
        assert_eq!(size(&turned), Some((7, 5)));
        assert_eq!(size(&code(&[(1, 1), (5, 5), (4, 3), (1, 1)])), Some((72, 48)));
        assert_eq!(size(&code(&[(1, 1), (5, 5), (0, 3), (0, 5), (1, 1)])), Some((8, 48)));
        assert_eq!(size(&code(&[(0, 1), (3, 2), ((1 << 30) - 1, 30), (7, 3)])), None);
        let start = b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a\0\0\0\x14ftypjxl \0\0\0\0jxl ";
        let whole = [start.as_slice(), b"\0\0\0\x18jxlc", &plain].concat();
        assert_eq!(size(&whole), Some((5, 7)));
        let part = [start.as_slice(), b"\0\0\0\x1cjxlp\0\0\0\0", &turned].concat();
        assert_eq!(size(&part), Some((7, 5)));
        assert_eq!(size(start), None);
    }

    #[test]
    fn sizes_that_cannot_be_are_not_believed() {
        let png = |width: u32| {
            let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(7_u32.to_be_bytes());
            bytes
        };
        assert_eq!(size(&png(1_000_000)), Some((1_000_000, 7)));
        assert_eq!(size(&png(1_000_001)), None);
        assert_eq!(size(&png(0)), None);
        assert_eq!(size(&bitmap(b"\x28\0\0\0\x05\0\0\0\0\0\0\x80")), None);
    }

    #[test]
    fn values_of_any_type_turn_a_picture() {
        let tiff = |kind: u8, value: [u8; 4]| {
            let mut bytes = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0".to_vec();
            bytes.extend([kind, 0, 0, 0, 1]);
            bytes.extend(value);
            Orientation::of_exif(&bytes)
        };
        let expected = Orientation::of_number(6);
        assert_eq!(tiff(1, [6, 0, 0, 0]), expected);
        assert_eq!(tiff(3, [0, 6, 0, 0]), expected);
        assert_eq!(tiff(4, [0, 0, 0, 6]), expected);
        assert_eq!(tiff(9, [0, 0, 0, 6]), expected);
        assert_eq!(tiff(2, [6, 0, 0, 0]), Orientation::default(), "text");
        assert_eq!(tiff(4, [0, 1, 0, 6]), Orientation::default());
    }

    #[test]
    fn reads_of_a_hostile_gif_are_few() {
        struct Counted<'a>(&'a [u8], u32);
        impl Source for Counted<'_> {
            fn part(&mut self, offset: u64, length: usize) -> Cow<'_, [u8]> {
                self.1 += 1;
                self.0.part(offset, length)
            }
        }
        // Comments of 4,000 blocks, each of one byte.
        let comment = [b"!\xfe".as_slice(), &[1; 8_000], &[0]].concat();
        let bytes = [
            b"GIF89a\x05\0\x07\0\0\0\0".as_slice(),
            &comment.repeat(20),
            b",\0\0\0\0\x09\0\x09\0",
        ]
        .concat();
        let mut source = Counted(&bytes, 0);
        assert_eq!(Header::read(&mut source).map(|header| header.size()), Some((5, 7)));
        assert!(source.1 < 2 * MAX_CHUNKS, "{}", source.1);
    }

    #[test]
    fn segments_end_with_the_file_or_too_many_stray_bytes() {
        let segments = |bytes: &[u8]| {
            let mut source = bytes;
            let mut markers = Markers::new(&mut source);
            std::iter::from_fn(move || markers.next()).count()
        };
        assert_eq!(segments(b"\xff\xd8"), 0);
        assert_eq!(segments(b"\xff\xd8\xff\xe0\0\x02\xff\xff\xff\xfe\0\x03a\xff\xd9"), 2);
        for stray in [0, 1, 63, 64, 65, 60_000] {
            let bytes = [b"\xff\xd8", vec![7; stray].as_slice(), b"\xff\xe0\0\x02"].concat();
            assert_eq!(segments(&bytes), 1, "{stray}");
        }
        assert_eq!(
            segments(&[b"\xff\xd8", vec![7; 70_000].as_slice(), b"\xff\xe0\0\x02"].concat()),
            0
        );
    }
}
