//! The beginning of compressed data, up to a limit.

use super::bytes::le;
use super::input::Input;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// The bits of the flags in a header of gzip.
const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// The maximum length of a header of gzip, with the name and comment in it.
const MAX_HEADER: usize = 1 << 10;

/// At most `most` bytes that raw deflate data stand for: fewer if they end before, or are damaged.
pub(super) fn inflate(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut state = Box::<DecompressorOxide>::default();
    let mut out = vec![0; most];
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (_, _, written) = decompress(&mut state, bytes, &mut out, 0, flags);
    out.truncate(written);
    out
}

/// At most `most` bytes of the content of a gzip file.
pub(super) fn gunzip(input: &mut Input<'_>, most: usize) -> Vec<u8> {
    // Compression may add a little to what cannot be compressed.
    let bytes = input.part(0, MAX_HEADER + most + most / 8);
    header_len(&bytes).map_or_else(Vec::new, |at| inflate(&bytes[at..], most))
}

fn header_len(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & HAS_EXTRA != 0 {
        at += 2 + le(bytes, at, 2)? as usize;
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            at += bytes.get(at..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        at += 2;
    }
    (at <= bytes.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder, write::DeflateEncoder};
    use proptest::prelude::*;
    use std::io::{Cursor, Write};

    fn gunzipped(bytes: &[u8], most: usize) -> Vec<u8> {
        let mut file = Cursor::new(bytes);
        gunzip(&mut Input::new(&mut file).expect("a size"), most)
    }

    #[test]
    fn gunzip_skips_every_part_of_the_header() {
        let text = "word ".repeat(1000);
        let name = || GzBuilder::new().filename("a.svg");
        for builder in [GzBuilder::new(), name(), name().comment("made").extra([7; 300])] {
            let mut writer = builder.write(Vec::new(), Compression::best());
            writer.write_all(text.as_bytes()).expect("memory");
            let mut bytes = writer.finish().expect("memory");
            assert_eq!(gunzipped(&bytes, 10_000), text.as_bytes());
            assert_eq!(gunzipped(&bytes, 12), &text.as_bytes()[..12]);
            bytes.truncate(bytes.len() - 20);
            assert!(text.as_bytes().starts_with(&gunzipped(&bytes, 10_000)));
        }
    }

    #[test]
    fn inflate_is_bounded_however_much_the_data_stands_for() {
        let mut writer = DeflateEncoder::new(Vec::new(), Compression::best());
        writer.write_all(&vec![0; 10 << 20]).expect("memory");
        let bomb = writer.finish().expect("memory");
        assert!(bomb.len() < 20_000);
        assert_eq!(inflate(&bomb, 1 << 16).len(), 1 << 16);
    }

    proptest! {
        #[test]
        fn damaged_data_is_read_up_to_the_damage(flags: u8, bytes: Vec<u8>) {
            prop_assert!(gunzipped(&[&[0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0], &bytes[..]].concat(), 100).len() <= 100);
        }
    }
}
