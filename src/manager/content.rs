//! What the bytes of a file say about it: size, sums, type, dimensions and duration.
//!
//! Files lie and end early. Whatever cannot be read is simply not known: nothing here fails because of the content, and
//! nothing reads more than a few kilobytes of it at a time.

use super::descriptor::Facts;
use crate::blobs::Blobs;
use crate::model::types::{self, SNIFFED};
use md5::{Digest, Md5};
use std::io::{BufReader, Read, Result, Seek, SeekFrom};

/// CRC-32 of the polynomial that zip uses, eight bytes at a time.
static CRC: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut byte = 0;
    while byte < 256 {
        let mut table = 1;
        while table < 8 {
            let before = tables[table - 1][byte];
            tables[table][byte] = before >> 8 ^ tables[0][(before & 0xff) as usize];
            table += 1;
        }
        byte += 1;
    }
    tables
};

/// The CRC of bytes behind those of which the CRC is given; 0 for none.
pub(super) fn crc(before: u32, bytes: &[u8]) -> u32 {
    let mut crc = !before;
    let mut blocks = bytes.chunks_exact(8);
    for block in &mut blocks {
        let low = crc ^ u32::from_le_bytes([block[0], block[1], block[2], block[3]]);
        crc = CRC[7][(low & 0xff) as usize]
            ^ CRC[6][(low >> 8 & 0xff) as usize]
            ^ CRC[5][(low >> 16 & 0xff) as usize]
            ^ CRC[4][(low >> 24) as usize]
            ^ CRC[3][usize::from(block[4])]
            ^ CRC[2][usize::from(block[5])]
            ^ CRC[1][usize::from(block[6])]
            ^ CRC[0][usize::from(block[7])];
    }
    for &byte in blocks.remainder() {
        crc = crc >> 8 ^ CRC[0][((crc ^ u32::from(byte)) & 0xff) as usize];
    }
    !crc
}

/// Sums up bytes as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    md5: Md5,
    crc: u32,
    pub(super) size: u64,
    first: Vec<u8>,
}

/// What the sums came to.
#[derive(Clone, Debug)]
pub(super) struct Summed {
    pub(super) hash: String,
    pub(super) crc: u32,
    pub(super) size: u64,
    /// The first bytes.
    pub(super) first: Vec<u8>,
}

impl Sums {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.crc = crc(self.crc, bytes);
        self.size += bytes.len() as u64;
        let room = SNIFFED.saturating_sub(self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..room]);
    }

    pub(super) fn finish(self) -> Summed {
        Summed {
            hash: data_encoding::HEXLOWER.encode(&self.md5.finalize()),
            crc: self.crc,
            size: self.size,
            first: self.first,
        }
    }

    /// The sums of a blob that is there already.
    pub(super) fn of(blobs: &dyn Blobs, id: &str) -> Result<Summed> {
        let mut sums = Sums::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = blobs.read(id, sums.size, &mut buffer)?;
            if count == 0 {
                return Ok(sums.finish());
            }
            sums.add(&buffer[..count]);
        }
    }
}

/// A blob as a file to read.
#[derive(Debug)]
struct Reader<'a> {
    blobs: &'a dyn Blobs,
    id: &'a str,
    at: u64,
    size: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.blobs.read(self.id, self.at, buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Reader<'_> {
    /// At most `length` bytes from `offset` on.
    fn part(&self, offset: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let count = self.blobs.read(self.id, offset, &mut bytes).unwrap_or(0);
        bytes.truncate(count);
        bytes
    }
}

/// What is known of the content of a blob of this MIME type.
pub(super) fn facts(blobs: &dyn Blobs, id: &str, mime: &str, size: u64) -> Facts {
    let reader = Reader { blobs, id, at: 0, size };
    let mut facts = Facts::default();
    match types::media_type(mime) {
        "VECTOR" => facts.size = svg_size(&reader.part(0, 1 << 16)),
        "IMAGE" => {
            let turned = mime == "image/jpeg" && is_turned(jpeg_orientation(&reader));
            let found = imagesize::reader_size(BufReader::new(reader)).ok();
            facts.size = found.map(|size| {
                let (width, height) = (size.width as u64, size.height as u64);
                if turned { (height, width) } else { (width, height) }
            });
        }
        "VIDEO" | "AUDIO" => match mime {
            "audio/wav" => facts.duration = wav_duration(&reader),
            "video/mp4" | "video/quicktime" | "video/3gpp" | "audio/mp4" => facts = mp4_facts(&reader),
            _ => {}
        },
        _ => {}
    }
    facts.size = facts.size.filter(|&(width, height)| width > 0 && height > 0);
    facts
}

/// EXIF orientations from 5 on show the picture on its side.
fn is_turned(orientation: Option<u16>) -> bool {
    matches!(orientation, Some(5..=8))
}

/// Walks the segments of a JPEG to its EXIF data.
fn jpeg_orientation(reader: &Reader<'_>) -> Option<u16> {
    let mut at = 2;
    // A file has a handful of segments in front of its picture; more is an attempt to keep us busy.
    for _ in 0..64 {
        let head = reader.part(at, 4);
        let &[0xff, marker, high, low] = head.as_slice() else {
            return None;
        };
        let length = u64::from(u16::from_be_bytes([high, low]));
        match marker {
            0xe1 => {
                let segment = reader.part(at + 4, usize::try_from(length.saturating_sub(2)).ok()?);
                if let Some(exif) = segment.strip_prefix(b"Exif\0\0") {
                    return exif_orientation(exif);
                }
            }
            0xda | 0xd9 => return None,
            _ => {}
        }
        at += 2 + length;
    }
    None
}

/// The tag 0x0112 of the first directory of a TIFF structure.
fn exif_orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let long = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    for entry in 0..usize::from(short(directory)?) {
        let at = directory.checked_add(2 + entry * 12)?;
        if short(at)? == 0x0112 {
            return short(at.checked_add(8)?).filter(|orientation| (1..=8).contains(orientation));
        }
    }
    None
}

/// Width and height of an SVG, in pixels: its attributes, else its view box.
fn svg_size(bytes: &[u8]) -> Option<(u64, u64)> {
    let text = String::from_utf8_lossy(bytes);
    let start = text.find("<svg")?;
    let tag = &text[start..];
    let tag = &tag[..tag.find('>')?];
    let attribute = |name: &str| {
        let mut from = 0;
        while let Some(found) = tag[from..].find(name) {
            let at = from + found;
            from = at + name.len();
            let alone = tag[..at].ends_with(char::is_whitespace);
            let rest = tag[from..].trim_start();
            if let Some(rest) = rest.strip_prefix('=').filter(|_| alone) {
                let rest = rest.trim_start();
                let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
                return rest[1..].split(quote).next();
            }
        }
        None
    };
    let pixels = |value: &str| {
        let value = value.trim();
        let number = value.strip_suffix("px").unwrap_or(value).parse::<f64>().ok()?;
        (number.is_finite() && (0.5..1e9).contains(&number)).then(|| number.round() as u64)
    };
    let sides = attribute("width")
        .and_then(pixels)
        .zip(attribute("height").and_then(pixels));
    sides.or_else(|| {
        let view = attribute("viewBox")?;
        let numbers: Vec<_> = view
            .split([' ', ',', '\t', '\n'])
            .filter(|part| !part.is_empty())
            .collect();
        let &[_, _, width, height] = numbers.as_slice() else {
            return None;
        };
        pixels(width).zip(pixels(height))
    })
}

fn wav_duration(reader: &Reader<'_>) -> Option<u64> {
    let mut at = 12;
    let mut rate = None;
    for _ in 0..64 {
        let head = reader.part(at, 8);
        let name = head.get(..4)?;
        let length = u64::from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?));
        match name {
            b"fmt " => {
                let format = reader.part(at + 8, 16);
                rate = Some(u64::from(u32::from_le_bytes(format.get(8..12)?.try_into().ok()?)));
            }
            b"data" => {
                let there = length.min(reader.size.saturating_sub(at + 8));
                return there.checked_mul(1000)?.checked_div(rate?);
            }
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    None
}

/// Duration from the movie header, dimensions from the first track that has any.
fn mp4_facts(reader: &Reader<'_>) -> Facts {
    let mut facts = Facts::default();
    let mut open = vec![(0, reader.size)];
    // Boxes nest: the movie holds tracks, each with a header. The count bounds what a made-up file can cost.
    let mut left = 1000;
    while let Some((mut at, end)) = open.pop() {
        while at + 8 <= end && left > 0 {
            left -= 1;
            let head = reader.part(at, 16);
            if head.len() < 8 {
                break;
            }
            let word = |from: usize| head.get(from..from + 4).and_then(|bytes| bytes.try_into().ok());
            let small = word(0).map_or(0, u32::from_be_bytes);
            let (length, header) = match small {
                0 => (end - at, 8),
                1 => (
                    head.get(8..16)
                        .and_then(|bytes| bytes.try_into().ok())
                        .map_or(0, u64::from_be_bytes),
                    16,
                ),
                length => (u64::from(length), 8),
            };
            if length < header || length > end - at {
                break;
            }
            match &head[4..8] {
                b"moov" | b"trak" => open.push((at + header, at + length)),
                b"mvhd" => facts.duration = facts.duration.or(movie_duration(&reader.part(at + header, 36))),
                b"tkhd" => facts.size = facts.size.or(track_size(&reader.part(at + header, 104))),
                _ => {}
            }
            at += length;
        }
    }
    facts
}

fn big(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u64::from(u32::from_be_bytes(bytes)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::Memory;
    use proptest::prelude::*;

    fn facts_of(mime: &str, bytes: &[u8]) -> Facts {
        let mut blobs = Memory::default();
        blobs.append("b", 0, bytes).expect("stored");
        facts(&blobs, "b", mime, bytes.len() as u64)
    }

    #[test]
    fn sums_are_those_of_the_world() {
        let mut sums = Sums::default();
        sums.add(b"1234");
        sums.add(b"56789");
        let summed = sums.finish();
        assert_eq!((summed.crc, summed.size), (0xcbf4_3926, 9));
        assert_eq!(summed.hash, "25f9e794323b453885f5181f1b624d0b");
        assert_eq!(Sums::default().finish().hash, "d41d8cd98f00b204e9800998ecf8427e");
    }

    proptest! {
        #[test]
        fn sums_do_not_depend_on_the_pieces(bytes: Vec<u8>, cut: prop::sample::Index) {
            let at = cut.index(bytes.len() + 1);
            prop_assert_eq!(crc(crc(0, &bytes[..at]), &bytes[at..]), crc(0, &bytes));
        }

        #[test]
        fn broken_media_never_panics(
            start in prop::sample::select(&STARTS[..]), noise: Vec<u8>, keep: prop::sample::Index
        ) {
            let (mime, start) = start;
            let start = start();
            let mut bytes = start[..keep.index(start.len() + 1)].to_vec();
            bytes.extend(noise);
            facts_of(mime, &bytes);
        }
    }

    type Start = (&'static str, fn() -> Vec<u8>);

    const STARTS: [Start; 9] = [
        ("image/jpeg", || jpeg(6)),
        ("image/png", || {
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07".to_vec()
        }),
        ("image/gif", || b"GIF89a\x05\0\x07\0\xf0\0\0\0\0\0\xff\xff\xff".to_vec()),
        ("image/webp", || {
            b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x06\0\0".to_vec()
        }),
        ("image/tiff", || b"II*\0\x08\0\0\0\x02\0".to_vec()),
        ("image/heic", || {
            b"\0\0\0\x14ftypheic\0\0\0\0mif1\0\0\0\x08meta".to_vec()
        }),
        ("image/svg+xml", || b"<svg width=\"5\" height='7px'>".to_vec()),
        ("audio/wav", wav),
        ("video/mp4", mp4),
    ];

    /// A JPEG of 5 by 7 pixels with an EXIF orientation.
    fn jpeg(orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        let mut bytes = b"\xff\xd8\xff\xe1".to_vec();
        bytes.extend((exif.len() as u16 + 2).to_be_bytes());
        bytes.extend(exif);
        bytes.extend(b"\xff\xc0\0\x11\x08\0\x07\0\x05\x03\x01\x11\0\x02\x11\0\x03\x11\0\xff\xd9");
        bytes
    }

    /// Two seconds of eight-bit sound.
    fn wav() -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data".to_vec();
        bytes.extend(16_000_u32.to_le_bytes());
        bytes.extend(vec![128; 16_000]);
        bytes
    }

    fn boxed(name: &[u8; 4], inside: &[u8]) -> Vec<u8> {
        let mut bytes = (inside.len() as u32 + 8).to_be_bytes().to_vec();
        bytes.extend(name);
        bytes.extend(inside);
        bytes
    }

    /// A movie of 2.5 seconds and 320 by 240 pixels.
    fn mp4() -> Vec<u8> {
        let mut movie = vec![0; 12];
        movie.extend(600_u32.to_be_bytes());
        movie.extend(1500_u32.to_be_bytes());
        movie.extend([0; 16]);
        let mut track = vec![0; 40];
        track.extend(0x10000_u32.to_be_bytes());
        track.extend([0; 32]);
        track.extend((320_u32 << 16).to_be_bytes());
        track.extend((240_u32 << 16).to_be_bytes());
        let track = boxed(b"trak", &boxed(b"tkhd", &track));
        let movie = boxed(b"moov", &[boxed(b"mvhd", &movie), track].concat());
        [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"mdat", b"..."), movie].concat()
    }

    #[test]
    fn pictures_have_the_size_that_is_shown() {
        for (orientation, size) in [(1, (5, 7)), (3, (5, 7)), (6, (7, 5)), (8, (7, 5)), (9, (5, 7))] {
            assert_eq!(
                facts_of("image/jpeg", &jpeg(orientation)).size,
                Some(size),
                "{orientation}"
            );
        }
        for (mime, bytes) in &STARTS[1..4] {
            assert_eq!(facts_of(mime, &bytes()).size, Some((5, 7)), "{mime}");
        }
        assert_eq!(facts_of("image/jpeg", b"no picture").size, None);
    }

    #[test]
    fn vectors_have_the_size_that_they_say() {
        for (text, size) in [
            ("<svg width=\"5\" height='7px'>", Some((5, 7))),
            (
                "<?xml version=\"1.0\"?><svg viewBox=\"0 0 10.4,20\" stroke-width=\"3\">",
                Some((10, 20)),
            ),
            ("<svg width=\"100%\" height=\"100%\" viewBox='0 0 3 4'>", Some((3, 4))),
            ("<svg width=\"-1\" height=\"1e400\">", None),
            ("<svg", None),
        ] {
            assert_eq!(facts_of("image/svg+xml", text.as_bytes()).size, size, "{text}");
        }
    }

    #[test]
    fn sounds_and_films_have_their_length() {
        assert_eq!(facts_of("audio/wav", &wav()).duration, Some(2000));
        let facts = facts_of("video/mp4", &mp4());
        assert_eq!((facts.size, facts.duration), (Some((320, 240)), Some(2500)));
    }
}
