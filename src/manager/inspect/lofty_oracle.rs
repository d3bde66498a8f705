//! Property tests: durations of generated sounds, compared with those of the crate `lofty`.

use super::inspect;
use lofty::config::ParseOptions;
use lofty::file::{AudioFile, FileType};
use lofty::probe::Probe;
use proptest::prelude::*;
use std::io::Cursor;

fn duration(mime: &str, bytes: &[u8]) -> Option<u64> {
    let inspected = inspect(&mut Cursor::new(bytes), Some(mime), None).expect("bytes in memory");
    inspected.map_or(None, |inspected| inspected.facts.duration)
}

/// Compares the duration of a file with that of `lofty`, which rounds where we round down.
fn compare(mime: &str, file_type: FileType, bytes: &[u8]) -> Result<(), TestCaseError> {
    let probe = Probe::with_file_type(Cursor::new(bytes), file_type).options(ParseOptions::new());
    let file = probe
        .read()
        .map_err(|error| TestCaseError::fail(format!("lofty: {error}")))?;
    let wanted = u64::try_from(file.properties().duration().as_millis()).expect("64 bits");
    let found = duration(mime, bytes);
    // A sound of less than a millisecond has no duration.
    let is_close = found.unwrap_or(0).abs_diff(wanted) <= 1;
    prop_assert!(is_close, "{}: {:?} of {}", mime, found, wanted);
    Ok(())
}

/// A RIFF or IFF chunk.
fn chunk(name: &[u8; 4], content: &[u8], length_bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend(length_bytes(content.len() as u32));
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn wav(rate: u32, channels: u16, sample_len: u16, frames: u32) -> Vec<u8> {
    let frame_len = channels * sample_len;
    let mut format = 1_u16.to_le_bytes().to_vec();
    format.extend(channels.to_le_bytes());
    format.extend(rate.to_le_bytes());
    format.extend((rate * u32::from(frame_len)).to_le_bytes());
    format.extend(frame_len.to_le_bytes());
    format.extend((sample_len * 8).to_le_bytes());
    let data = vec![0; frames as usize * usize::from(frame_len)];
    let content = [
        b"WAVE".to_vec(),
        chunk(b"fmt ", &format, u32::to_le_bytes),
        chunk(b"LIST", b"INFOx", u32::to_le_bytes),
        chunk(b"data", &data, u32::to_le_bytes),
    ];
    chunk(b"RIFF", &content.concat(), u32::to_le_bytes)
}

fn aiff(rate: u32, channels: u16, frames: u32) -> Vec<u8> {
    let mut common = channels.to_be_bytes().to_vec();
    common.extend(frames.to_be_bytes());
    common.extend(16_u16.to_be_bytes());
    // An 80-bit float whose mantissa begins with its highest bit.
    let shift = rate.leading_zeros();
    common.extend((16383 + 31 - shift as u16).to_be_bytes());
    common.extend((u64::from(rate) << 32 << shift).to_be_bytes());
    let data = vec![0; 8 + frames as usize * usize::from(channels) * 2];
    let content = [
        b"AIFF".to_vec(),
        chunk(b"NAME", b"abc", u32::to_be_bytes),
        chunk(b"COMM", &common, u32::to_be_bytes),
        chunk(b"SSND", &data, u32::to_be_bytes),
    ];
    chunk(b"FORM", &content.concat(), u32::to_be_bytes)
}

/// The stream information of a FLAC file, followed by something in place of its frames.
fn flac(rate: u32, channels: u32, samples: u64) -> Vec<u8> {
    let mut bytes = b"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0".to_vec();
    let high = rate << 12 | (channels - 1) << 9 | 15 << 4 | (samples >> 32) as u32;
    bytes.extend(high.to_be_bytes());
    bytes.extend((samples as u32).to_be_bytes());
    bytes.extend([0; 16]);
    bytes.extend([0xff; 500]);
    bytes
}

/// An Ogg page with one packet, as far as it is below 255 bytes.
fn page(flags: u8, position: u64, number: u32, packet: &[u8]) -> Vec<u8> {
    let mut bytes = b"OggS\0".to_vec();
    bytes.push(flags);
    bytes.extend(position.to_le_bytes());
    bytes.extend(7_u32.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend([1, packet.len() as u8]);
    bytes.extend(packet);
    bytes
}

fn opus(pre_skip: u16, positions: &[u64]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02".to_vec();
    head.extend(pre_skip.to_le_bytes());
    head.extend(b"\x80\xbb\0\0\0\0\0");
    let tags = b"OpusTags\x04\0\0\0test\0\0\0\0";
    let mut file = [page(2, 0, 0, &head), page(0, 0, 1, tags)].concat();
    for (number, position) in positions.iter().enumerate() {
        let flags = if number + 1 == positions.len() { 4 } else { 0 };
        file.extend(page(flags, *position, number as u32 + 2, &[0; 200]));
    }
    file
}

fn vorbis(rate: u32, positions: &[u64]) -> Vec<u8> {
    let mut head = b"\x01vorbis\0\0\0\0\x02".to_vec();
    head.extend(rate.to_le_bytes());
    head.extend([0; 12]);
    head.extend([0xb8, 1]);
    let tags = b"\x03vorbis\x04\0\0\0test\0\0\0\0\x01";
    let mut file = [
        page(2, 0, 0, &head),
        page(0, 0, 1, tags),
        page(0, 0, 2, b"\x05vorbis...."),
    ]
    .concat();
    for (number, position) in positions.iter().enumerate() {
        let flags = if number + 1 == positions.len() { 4 } else { 0 };
        file.extend(page(flags, *position, number as u32 + 3, &[0; 200]));
    }
    file
}

/// The tags around MPEG audio, and the tag inside its first frame.
#[derive(Clone, Copy, Debug)]
struct Tags {
    id3v2: bool,
    id3v1: bool,
    /// The number of frames that a Xing tag names.
    xing: Option<u32>,
}

/// Silent frames of MPEG 1 layer III, where `bitrate` and `rate` are indices of its header.
fn mp3(bitrate: u8, rate: u8, frames: u32, tags: Tags) -> Vec<u8> {
    let bits = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][usize::from(bitrate) - 1];
    let hertz = [44_100, 48_000, 32_000][usize::from(rate)];
    let mut frame = vec![0; 144_000 * bits / hertz];
    frame[..4].copy_from_slice(&[0xff, 0xfb, bitrate << 4 | rate << 2, 0]);
    let mut first = frame.clone();
    if let Some(count) = tags.xing {
        first[36..44].copy_from_slice(b"Xing\0\0\0\x03");
        first[44..48].copy_from_slice(&count.to_be_bytes());
        first[48..52].copy_from_slice(&(frames * frame.len() as u32).to_be_bytes());
    }
    let mut file = Vec::new();
    if tags.id3v2 {
        file.extend(b"ID3\x04\0\0\0\0\x01\0");
        file.extend([0; 128]);
    }
    file.extend(first);
    for _ in 1..frames {
        file.extend(&frame);
    }
    if tags.id3v1 {
        file.extend(b"TAG");
        file.extend([0; 125]);
    }
    file
}

/// Positions of pages in rising order, of which some may be unknown.
fn positions() -> impl Strategy<Value = Vec<u64>> {
    (prop::collection::vec(1..500_000_u64, 1..20), any::<bool>()).prop_map(|(steps, has_unknown)| {
        let mut position = 5000;
        let mut positions = Vec::new();
        for step in steps {
            position += step;
            positions.push(position);
        }
        if has_unknown && positions.len() > 1 {
            positions[0] = u64::MAX;
        }
        positions
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn duration_of_wav_is_that_of_lofty(
        rate in 4000..200_000_u32, channels in 1..=2_u16, sample_len in 1..=3_u16, frames in 1..50_000_u32
    ) {
        compare("audio/wav", FileType::Wav, &wav(rate, channels, sample_len, frames))?;
    }

    #[test]
    fn duration_of_aiff_is_that_of_lofty(rate in 4000..200_000_u32, channels in 1..=2_u16, frames in 1..50_000_u32) {
        compare("audio/aiff", FileType::Aiff, &aiff(rate, channels, frames))?;
    }

    #[test]
    fn duration_of_flac_is_that_of_lofty(
        rate in 4000..200_000_u32, channels in 1..=8_u32, samples in 1..10_000_000_000_u64
    ) {
        compare("audio/flac", FileType::Flac, &flac(rate, channels, samples))?;
    }

    #[test]
    fn duration_of_opus_is_that_of_lofty(pre_skip in 0..5000_u16, positions in positions()) {
        compare("audio/ogg", FileType::Opus, &opus(pre_skip, &positions))?;
    }

    #[test]
    fn duration_of_vorbis_is_that_of_lofty(rate in 8000..96_000_u32, positions in positions()) {
        compare("audio/ogg", FileType::Vorbis, &vorbis(rate, &positions))?;
    }

    #[test]
    fn duration_of_mp3_is_that_of_lofty(
        bitrate in 1..=14_u8, rate in 0..3_u8, frames in 2..300_u32,
        id3v2: bool, id3v1: bool, xing: Option<prop::sample::Index>,
    ) {
        // A tag that names more frames than fit into the file is ignored by us and believed by `lofty`. The shortest frame
        // has 96 bytes, and a frame is taken to have at least four.
        let xing = xing.map(|share| 1 + share.index(frames as usize * 24) as u32);
        let tags = Tags { id3v2, id3v1, xing };
        let file = mp3(bitrate, rate, frames, tags);
        if xing.is_some() {
            compare("audio/mpeg", FileType::Mpeg, &file)?;
        } else {
            // `lofty` estimates by the bit rate of the first frame. We count the frames.
            let hertz = [44_100, 48_000, 32_000][usize::from(rate)];
            prop_assert_eq!(duration("audio/mpeg", &file), Some(u64::from(frames) * 1_152_000 / hertz));
        }
    }
}
