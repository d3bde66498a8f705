//! What the bytes of a file say about it: size, sums, type, dimensions and duration.
//!
//! Files lie and end early. Whatever cannot be read is simply not known: nothing here fails because of the content, and
//! nothing reads more than a few kilobytes of it at a time.

mod boxes;
mod exif;
mod sound;

use super::descriptor::Facts;
use crate::blobs::Blobs;
use crate::model::media_type::{self, SNIFFED};
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
            hash: base16ct::lower::encode_string(&self.md5.finalize()),
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
pub(super) struct Reader<'a> {
    blobs: &'a dyn Blobs,
    id: &'a str,
    at: u64,
    pub(super) size: u64,
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
    match media_type::media_type(mime) {
        "VECTOR" => facts.size = svg_size(&reader.part(0, 1 << 16)),
        "IMAGE" => {
            if matches!(mime, "image/heic" | "image/heif" | "image/avif") {
                facts.size = boxes::picture(&reader);
            } else {
                let turned = exif::is_turned(&reader, mime);
                let found = imagesize::reader_size(BufReader::new(reader)).ok();
                facts.size = found.map(|size| {
                    let (width, height) = (size.width as u64, size.height as u64);
                    if turned { (height, width) } else { (width, height) }
                });
            }
        }
        "VIDEO" | "AUDIO" => {
            facts = match mime {
                "video/mp4" | "video/quicktime" | "video/3gpp" | "audio/mp4" => boxes::movie(&reader),
                "audio/wav" => sound::wav(&reader),
                "audio/aiff" => sound::aiff(&reader),
                "audio/mpeg" => sound::mpeg(&reader),
                "audio/flac" => sound::flac(&reader),
                "audio/ogg" => sound::ogg(&reader),
                _ => facts,
            }
        }
        _ => {}
    }
    facts.size = facts.size.filter(|&(width, height)| width > 0 && height > 0);
    facts
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

    const STARTS: [Start; 15] = [
        ("image/jpeg", || jpeg(6)),
        ("image/png", || {
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07".to_vec()
        }),
        ("image/gif", || b"GIF89a\x05\0\x07\0\xf0\0\0\0\0\0\xff\xff\xff".to_vec()),
        ("image/webp", || {
            b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x06\0\0".to_vec()
        }),
        ("image/tiff", || b"II*\0\x08\0\0\0\x02\0".to_vec()),
        ("image/heic", || heif(0)),
        ("image/avif", || heif(1)),
        ("image/webp", || webp(6)),
        ("audio/mpeg", || mp3(b"Xing")),
        ("audio/flac", flac),
        ("audio/ogg", opus),
        ("audio/aiff", aiff),
        ("image/svg+xml", || b"<svg width=\"5\" height='7px'>".to_vec()),
        ("audio/wav", wav),
        ("video/mp4", mp4),
    ];

    fn exif(orientation: u8) -> Vec<u8> {
        let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif
    }

    /// A WebP of 5 by 7 pixels.
    fn webp(orientation: u8) -> Vec<u8> {
        let exif = exif(orientation);
        let mut bytes = b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\x04\0\0\x06\0\0EXIF".to_vec();
        bytes.extend((exif.len() as u32).to_le_bytes());
        bytes.extend(exif);
        bytes
    }

    /// A PNG of 5 by 7 pixels.
    fn png(orientation: u8) -> Vec<u8> {
        let exif = exif(orientation);
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08\x02\0\0\0....".to_vec();
        bytes.extend((exif.len() as u32).to_be_bytes());
        bytes.extend(b"eXIf");
        bytes.extend(exif);
        bytes
    }

    /// A picture of 5 by 7 pixels behind a thumbnail of 50 by 70, turned by so many quarters.
    fn heif(quarters: u8) -> Vec<u8> {
        let size = |width: u32, height: u32| {
            let sides = [[0; 4], width.to_be_bytes(), height.to_be_bytes()];
            boxed(b"ispe", &sides.concat())
        };
        let turn = boxed(b"irot", &[quarters]);
        let properties = boxed(
            b"ipco",
            &[size(50, 70), boxed(b"irot", &[1]), size(5, 7), turn].concat(),
        );
        let of = boxed(b"ipma", b"\0\0\0\0\0\0\0\x02\0\x01\x02\x81\x82\0\x02\x02\x83\x84");
        let lists = boxed(b"iprp", &[properties, of].concat());
        let primary = boxed(b"pitm", b"\0\0\0\0\0\x02");
        let meta = boxed(b"meta", &[vec![0; 4], primary, lists].concat());
        [boxed(b"ftyp", b"heic\0\0\0\0mif1"), meta, boxed(b"mdat", b"...")].concat()
    }

    /// 100 frames of 1152 samples at 44100 a second behind a tag, the first frame with the mark of an encoder.
    fn mp3(mark: &[u8]) -> Vec<u8> {
        let mut bytes = b"ID3\x04\0\0\0\0\x01\x00".to_vec();
        bytes.extend([0; 128]);
        for number in 0..100 {
            let mut frame = vec![0; 417];
            frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0]);
            if number == 0 && mark == b"VBRI" {
                frame[36..40].copy_from_slice(mark);
                frame[50..54].copy_from_slice(&200_u32.to_be_bytes());
            } else if number == 0 {
                frame[36..40].copy_from_slice(mark);
                frame[43] = 1;
                frame[44..48].copy_from_slice(&200_u32.to_be_bytes());
            }
            bytes.extend(frame);
        }
        bytes.extend(b"TAG");
        bytes.extend([0; 125]);
        bytes
    }

    /// Three seconds at 44100 a second.
    fn flac() -> Vec<u8> {
        let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
        bytes.extend([0; 10]);
        bytes.extend((44_100_u32 << 12 | 0x2f0).to_be_bytes());
        bytes.extend(132_300_u32.to_be_bytes());
        bytes.extend([0; 16]);
        bytes
    }

    /// Two seconds of Opus, with a page of another stream at the end.
    fn opus() -> Vec<u8> {
        let page = |position: u64, stream: u8, packet: &[u8]| {
            let mut bytes = b"OggS\0\0".to_vec();
            bytes.extend(position.to_le_bytes());
            bytes.extend([stream, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, packet.len() as u8]);
            bytes.extend(packet);
            bytes
        };
        [
            page(0, 1, b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0"),
            page(96_312, 1, b"sound"),
            page(u64::MAX, 1, b"sound"),
            page(500_000, 2, b"other"),
        ]
        .concat()
    }

    /// Half a second at 44100 a second.
    fn aiff() -> Vec<u8> {
        let mut bytes = b"FORM\0\0\0\x1eAIFFCOMM\0\0\0\x12\0\x01".to_vec();
        bytes.extend(22_050_u32.to_be_bytes());
        bytes.extend([0, 16, 0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    /// A JPEG of 5 by 7 pixels with an EXIF orientation.
    fn jpeg(orientation: u8) -> Vec<u8> {
        let exif = [b"Exif\0\0".to_vec(), exif(orientation)].concat();
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
        for (orientation, size) in [(1, (5, 7)), (6, (7, 5))] {
            assert_eq!(facts_of("image/webp", &webp(orientation)).size, Some(size));
            assert_eq!(facts_of("image/png", &png(orientation)).size, Some(size));
        }
        for (quarters, size) in [(0, (5, 7)), (1, (7, 5)), (2, (5, 7)), (3, (7, 5))] {
            assert_eq!(facts_of("image/heic", &heif(quarters)).size, Some(size));
        }
        let mut tiff = exif(8);
        tiff[9] = 3;
        tiff.truncate(22);
        tiff.extend(b"\x01\0\0\x03\0\0\0\x01\0\x05\0\0\x01\x01\0\x03\0\0\0\x01\0\x07\0\0\0\0\0\0");
        assert_eq!(facts_of("image/tiff", &tiff).size, Some((7, 5)));
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
        for (mime, bytes, duration, bitrate) in [
            ("audio/wav", wav(), 2000, 64_000),
            ("audio/mpeg", mp3(b"none"), 2606, 128_000),
            ("audio/mpeg", mp3(b"Xing"), 5224, 63_859),
            ("audio/mpeg", mp3(b"Info"), 5224, 63_859),
            ("audio/mpeg", mp3(b"VBRI"), 5224, 63_859),
            ("audio/flac", flac(), 3000, 112),
            ("audio/ogg", opus(), 2000, 584),
            ("audio/aiff", aiff(), 500, 608),
        ] {
            let facts = facts_of(mime, &bytes);
            assert_eq!(
                (facts.duration, facts.bitrate),
                (Some(duration), Some(bitrate)),
                "{mime}"
            );
        }
        let mut lying = mp3(b"Xing");
        lying[10 + 128 + 44] = 255;
        assert_eq!(
            facts_of("audio/mpeg", &lying).duration,
            Some(2606),
            "there are no so many frames"
        );
        assert_eq!(facts_of("audio/mpeg", &[0xff; 1000]).duration, None);
        let facts = facts_of("video/mp4", &mp4());
        assert_eq!((facts.size, facts.duration), (Some((320, 240)), Some(2500)));
    }
}
