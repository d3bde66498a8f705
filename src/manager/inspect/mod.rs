//! Inspection of files: type, digest, dimensions, duration and bit rate.
//!
//! [`kind`] decides what a file is, and the reader of that [`Kind`] reads its facts. Pure functions over a reader: they know
//! neither stores nor options. Files may be truncated, damaged or hostile. A fact that cannot be read is left out; a file
//! never makes [`facts`] fail. All reads are small and their number is bounded.

mod bytes;
#[cfg_attr(
    not(test),
    allow(
        dead_code,
        reason = "the saved state is for a column of the catalog that is still to come"
    )
)]
mod digest;
mod image;
mod inflate;
mod input;
mod isobmff;
mod kind;
#[cfg(test)]
mod lofty_oracle;
mod markup;
mod office;
mod timed;

pub(crate) use digest::{Digest, Digested};

pub(crate) use kind::{Contradiction, Decision, Kind};
pub(crate) use timed::Cover;

use super::json::{self};
use crate::images::svg_size;
use crate::model::media_type::MediaType;
pub(crate) use input::ReadSeek;
use input::{Input, read_up_to};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::io::Result;

/// The facts about a file, as the catalog keeps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    /// Width in pixels, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u64>,
    /// Height in pixels, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u64>,
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<u64>,
    /// In bits per second; sounds only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bitrate: Option<u64>,
    /// The family of the codec of the pictures, such as `h264`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) video_codec: Option<String>,
    /// The family of the codec of the sound, such as `aac`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audio_codec: Option<String>,
    /// The title of a sound or film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// The artist of a sound or film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artist: Option<String>,
    /// Where the cover of a sound is in its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cover: Option<Cover>,
    /// The sizes of the posters of a film. The host that decodes films makes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) posters: Vec<(u64, u64)>,
    /// The renditions of a film, smallest first. The host that decodes films makes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) renditions: Vec<Rendition>,
    /// Whether the bytes are those of a drawing compressed by gzip.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_gzipped: bool,
    /// The colours of an image, in the form of descriptors. The host that decodes images adds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) colors: Option<Colors>,
    /// Why the file cannot be processed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
}

/// The colours of an image as JSON, in the form of descriptors. They stay text: as a tree of values they were two thirds of what a
/// list of photographs costs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Colors(Box<RawValue>);

impl Colors {
    pub(crate) fn new(colors: &Value) -> Option<Colors> {
        RawValue::from_string(json::text(colors)).ok().map(Colors)
    }

    /// Returns whether they are an object, as they should be.
    pub(crate) fn is_object(&self) -> bool {
        self.0.get().starts_with('{')
    }
}

impl PartialEq for Colors {
    fn eq(&self, other: &Colors) -> bool {
        self.0.get() == other.0.get()
    }
}

/// A rendition of a video: an MP4 of one height, and the segments of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rendition {
    /// Its name, such as `480p`.
    pub(crate) quality: String,
    pub(crate) width: u64,
    pub(crate) height: u64,
    /// Bits per second, on average.
    pub(crate) bitrate: u64,
    /// Whether there are segments.
    pub(crate) is_segmented: bool,
    /// Bits per second of the segment that needs most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peak_bitrate: Option<u64>,
    /// The codecs of the segments, as in RFC 6381.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) codecs: Option<String>,
}

impl Facts {
    /// Reads stored facts. Damaged ones become empty, so that one row cannot break a list.
    pub(crate) fn from_json(text: &str) -> Facts {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The stored form.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Width and height, where both are known.
    pub(crate) fn size(&self) -> Option<(u64, u64)> {
        self.width.zip(self.height)
    }

    fn of_image(size: Option<(u64, u64)>) -> Facts {
        // Damaged headers have zeros.
        let size = size.filter(|&(width, height)| width > 0 && height > 0);
        Facts {
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            ..Facts::default()
        }
    }
}

/// The type and the facts of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Inspected {
    pub(crate) decision: Decision,
    pub(crate) facts: Facts,
}

/// Inspects a file of this declared type and name. Fails if the file cannot be read at all.
pub(crate) fn inspect(
    reader: &mut dyn ReadSeek,
    declared: Option<&str>,
    name: Option<&str>,
) -> Result<std::result::Result<Inspected, Contradiction>> {
    reader.rewind()?;
    let (head, outcome) = read_up_to(reader, kind::HEAD_LEN);
    outcome?;
    let mut input = Input::new(reader)?;
    let recognised = kind::recognise(&head, &mut input);
    Ok(kind::decide(recognised, declared, name).map(|decision| {
        // Before the facts, whose readers may use up the bytes that can be read.
        let fault = decision.fault(&mut input);
        let is_gzipped = decision.kind == Some(Kind::Gzip) && MediaType::of_mime(&decision.mime) == MediaType::Vector;
        let facts = match decision.kind {
            _ if is_gzipped => Facts::of_image(svg_size::size_by(|length| inflate::gunzip(&mut input, length))),
            Some(kind) => facts(&mut input, kind),
            None => Facts::default(),
        };
        let facts = Facts {
            fault,
            is_gzipped,
            ..facts
        };
        Inspected { decision, facts }
    }))
}

/// Reads the facts by the reader of the kind of bytes, whatever type was declared.
fn facts(input: &mut Input<'_>, kind: Kind) -> Facts {
    match kind {
        Kind::Svg => Facts::of_image(svg_size::size(input)),
        Kind::Jpeg
        | Kind::Png
        | Kind::Gif
        | Kind::WebP
        | Kind::Bmp
        | Kind::Ico
        | Kind::Tiff
        | Kind::JpegXl
        | Kind::Avif
        | Kind::Heif => Facts::of_image(image::size(input, kind)),
        Kind::IsoMedia
        | Kind::Matroska
        | Kind::Avi
        | Kind::Asf
        | Kind::Flv
        | Kind::MpegTs
        | Kind::MpegPs
        | Kind::Ogg
        | Kind::Wav
        | Kind::Aiff
        | Kind::Flac
        | Kind::MpegAudio
        | Kind::Adts => timed::facts(input, kind),
        Kind::Raw
        | Kind::Pdf
        | Kind::PostScript
        | Kind::Rtf
        | Kind::Photoshop
        | Kind::Glb
        | Kind::Zip
        | Kind::Gzip
        | Kind::Rar
        | Kind::SevenZip
        | Kind::Tar
        | Kind::Ole
        | Kind::Html
        | Kind::Xml
        | Kind::Text
        | Kind::Other => Facts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn facts_of(mime: &str, bytes: &[u8]) -> Facts {
        let inspected = inspect(&mut Cursor::new(bytes), Some(mime), None).expect("bytes in memory");
        inspected.map_or_else(|_| Facts::default(), |inspected| inspected.facts)
    }

    #[test]
    fn facts_are_stored_without_unknown_members_and_read_back() {
        let facts = Facts {
            width: Some(5),
            height: Some(7),
            ..Facts::default()
        };
        assert_eq!(facts.to_json(), r#"{"width":5,"height":7}"#);
        assert_eq!(Facts::from_json(&facts.to_json()), facts);
        assert_eq!(Facts::from_json("{}").to_json(), "{}");
        for damaged in ["", "5", r#"{"width":-1}"#] {
            assert_eq!(Facts::from_json(damaged), Facts::default(), "{damaged}");
        }
        let all = r#"{"width":1,"height":2,"duration":3,"bitrate":4,"colors":{"palette":[]}}"#;
        assert_eq!(Facts::from_json(all).to_json(), all);
    }

    proptest! {
        #[test]
        fn damaged_media_never_panics(
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

    /// A HEIC of 5 by 7 pixels, rotated by quarters, behind a thumbnail of 50 by 70.
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

    /// 100 frames of 1152 samples at 44,100 Hz behind an ID3v2 tag. The first has the tag of an encoder that names 200.
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

    /// Three seconds at 44,100 Hz.
    fn flac() -> Vec<u8> {
        let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
        bytes.extend([0; 10]);
        bytes.extend((44_100_u32 << 12 | 0x2f0).to_be_bytes());
        bytes.extend(132_300_u32.to_be_bytes());
        bytes.extend([0; 16]);
        bytes.extend([0; 42]);
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

    /// Half a second at 44,100 Hz.
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
        let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0vide");
        let track = boxed(b"trak", &[boxed(b"tkhd", &track), boxed(b"mdia", &handler)].concat());
        let movie = boxed(b"moov", &[boxed(b"mvhd", &movie), track].concat());
        [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"mdat", b"..."), movie].concat()
    }

    #[test]
    fn image_size_follows_the_orientation() {
        for (orientation, size) in [(1, (5, 7)), (3, (5, 7)), (6, (7, 5)), (8, (7, 5)), (9, (5, 7))] {
            assert_eq!(
                facts_of("image/jpeg", &jpeg(orientation)).size(),
                Some(size),
                "{orientation}"
            );
        }
        for (orientation, size) in [(1, (5, 7)), (6, (7, 5))] {
            assert_eq!(facts_of("image/webp", &webp(orientation)).size(), Some(size));
            assert_eq!(facts_of("image/png", &png(orientation)).size(), Some(size));
        }
        for (quarters, size) in [(0, (5, 7)), (1, (7, 5)), (2, (5, 7)), (3, (7, 5))] {
            assert_eq!(facts_of("image/heic", &heif(quarters)).size(), Some(size));
        }
        let mut tiff = exif(8);
        tiff[9] = 3;
        tiff.truncate(22);
        tiff.extend(b"\x01\0\0\x03\0\0\0\x01\0\x05\0\0\x01\x01\0\x03\0\0\0\x01\0\x07\0\0\0\0\0\0");
        assert_eq!(facts_of("image/tiff", &tiff).size(), Some((7, 5)));
        for (mime, bytes) in &STARTS[1..4] {
            assert_eq!(facts_of(mime, &bytes()).size(), Some((5, 7)), "{mime}");
        }
        assert_eq!(facts_of("image/jpeg", b"not an image").size(), None);
    }

    #[test]
    fn sound_and_movie_have_their_duration() {
        for (mime, bytes, duration, bitrate) in [
            ("audio/wav", wav(), 2000, 64_000),
            ("audio/mpeg", mp3(b"none"), 2612, 128_000),
            ("audio/mpeg", mp3(b"Xing"), 5224, 63_859),
            ("audio/mpeg", mp3(b"Info"), 5224, 63_859),
            ("audio/mpeg", mp3(b"VBRI"), 5224, 63_859),
            ("audio/flac", flac(), 3000, 112),
            ("audio/ogg", opus(), 2000, 396),
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
            Some(2586),
            "a tag with more frames than fit is ignored"
        );
        assert_eq!(facts_of("audio/mpeg", &[0xff; 1000]).duration, None);
        let facts = facts_of("video/mp4", &mp4());
        assert_eq!((facts.size(), facts.duration), (Some((320, 240)), Some(2500)));
    }
}
