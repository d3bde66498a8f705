//! The facts of the files in `tests/data/media`, whole, damaged and large.

use super::super::{Facts, Inspected, inspect};
use super::{MAX_BITRATE, MAX_DURATION, MAX_READ, MAX_SIDE};
use crate::images::header::MAX_EDGE;
use crate::model::media_type::{extension, mime_of_extension};
use proptest::prelude::*;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// The bytes that are read to recognise a file.
const RECOGNISED: u64 = 1 << 17;

/// A file: its name, size, milliseconds and how far off they may be, and the codecs of its pictures and its sound.
type Row = (
    &'static str,
    Option<(u64, u64)>,
    Option<(u64, u64)>,
    Option<&'static str>,
    Option<&'static str>,
);

const fn film(name: &'static str, size: (u64, u64), milliseconds: u64, codec: &'static str) -> Row {
    (name, Some(size), Some((milliseconds, 1)), Some(codec), None)
}

const fn with_sound(row: Row, codec: &'static str) -> Row {
    (row.0, row.1, Some((2000, 80)), row.3, Some(codec))
}

const fn sound(name: &'static str, milliseconds: u64, tolerance: u64, codec: &'static str) -> Row {
    (name, None, Some((milliseconds, tolerance)), None, Some(codec))
}

const FILES: [Row; 53] = [
    // Pixels that are a third wider than high.
    film("anamorphic-interlaced.ts", (96, 56), 1000, "h264"),
    film("anamorphic.mkv", (96, 54), 1000, "h264"),
    // Nothing in the file tells how long it is.
    ("bare.m2v", Some((64, 48)), None, Some("mpeg2"), None),
    // Its sound is of a private type.
    film("camera.m2ts", (64, 48), 2000, "h264"),
    // QuickTime names a handler of the data too.
    (
        "data-handlers.mov",
        Some((64, 48)),
        Some((1000, 1)),
        Some("h264"),
        Some("g711"),
    ),
    film("declared-video-3gpp2.3gp", (128, 96), 2000, "h263"),
    film("declared-video-x-m4v.m4v", (64, 48), 2000, "h264"),
    film("film-fragments.mp4", (64, 48), 2000, "h264"),
    film("film-length-unknown.mp4", (640, 480), 2000, "h264"),
    with_sound(film("film-text-track.mov", (640, 480), 2000, "h264"), "aac"),
    film("film-track-header-zero.mp4", (640, 480), 2000, "h264"),
    film("film.avi", (64, 48), 2000, "mpeg4"),
    film("film.flv", (64, 48), 2000, "h263"),
    film("film.ogv", (64, 48), 1000, "theora"),
    film("film.webm", (64, 48), 2000, "vp8"),
    film("film.wmv", (64, 48), 2000, "msmpeg4"),
    film("fragments-with-index.mp4", (64, 48), 2000, "h264"),
    with_sound(film("fragments-without-length.mp4", (64, 48), 2000, "h264"), "aac"),
    with_sound(film("h264-without-length.flv", (64, 48), 2000, "h264"), "mp3"),
    with_sound(film("h264.ts", (64, 48), 2000, "h264"), "aac"),
    film("hevc.ts", (64, 48), 2000, "hevc"),
    // A film as a browser records it: without a duration, and without lengths of its clusters.
    ("live.webm", Some((64, 48)), Some((2000, 60)), Some("vp8"), None),
    with_sound(film("motion-jpeg.avi", (64, 48), 2000, "mjpeg"), "pcm"),
    with_sound(film("mpeg1.mpg", (64, 48), 2000, "mpeg1"), "mp2"),
    // A ratio of 16 to 9.
    with_sound(film("mpeg2-wide.vob", (85, 48), 2000, "mpeg2"), "mp2"),
    film("old-style.qt", (320, 240), 2000, "h264"),
    film("rotated.mp4", (48, 64), 2000, "h264"),
    with_sound(film("vp9.webm", (64, 48), 2000, "vp9"), "opus"),
    sound("adpcm.wav", 2000, 60, "adpcm"),
    sound("audiobook.m4b", 2000, 1, "aac"),
    sound("cover.aiff", 2000, 1, "pcm"),
    sound("cover.flac", 2000, 1, "flac"),
    sound("cover.m4a", 2000, 60, "aac"),
    sound("cover.mka", 2000, 60, "opus"),
    sound("cover.mp3", 2000, 60, "mp3"),
    sound("extensible.wav", 500, 1, "pcm"),
    sound("flac.oga", 1000, 1, "flac"),
    sound("large.wav", 2000, 1, "pcm"),
    sound("m4a-named.mp3", 3000, 1, "aac"),
    sound("mp3-ape-tag.mp3", 3030, 60, "mp3"),
    sound("mp3-named.m4a", 3030, 60, "mp3"),
    sound("mp3-tag-zero-frames.mp3", 3030, 60, "mp3"),
    sound("mp3-varying-without-tag.mp3", 3030, 60, "mp3"),
    sound("sound.aac", 3000, 60, "aac"),
    sound("sound.wma", 3000, 60, "wma"),
    sound("speex.spx", 1000, 60, "speex"),
    sound("tagged.ogg", 2000, 1, "vorbis"),
    sound("tagged.opus", 2000, 1, "opus"),
    sound("tagged.wma", 2000, 60, "wma"),
    sound("tone.aac", 2000, 80, "aac"),
    sound("wav-data-size-zero.wav", 500, 1, "pcm"),
    sound("wav-mp3-inside.wav", 3000, 1, "mp3"),
    sound("wave64.w64", 2000, 1, "pcm"),
];

fn bytes_of(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/media", name].iter().collect();
    std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn facts(reader: &mut (impl Read + Seek)) -> Facts {
    let inspected = inspect(reader, None, None).expect("bytes in memory");
    inspected.map_or_else(|_| Facts::default(), |inspected| inspected.facts)
}

fn facts_of(bytes: &[u8]) -> Facts {
    facts(&mut Cursor::new(bytes))
}

#[test]
fn film_or_sound_has_size_duration_and_codecs() {
    let mut wrong = Vec::new();
    for (name, size, duration, video, audio) in FILES {
        let found = facts_of(&bytes_of(name));
        let is_close = match (found.duration, duration) {
            (Some(found), Some((wanted, tolerance))) => found.abs_diff(wanted) <= tolerance,
            (found, wanted) => found.is_none() && wanted.is_none(),
        };
        let codecs = (found.video_codec.as_deref(), found.audio_codec.as_deref());
        if found.size() != size || !is_close || codecs != (video, audio) {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_folder_has_a_row() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/media"].iter().collect();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        let is_known = FILES.iter().any(|row| name == row.0) || name == "README.md";
        assert!(is_known, "{name:?}");
    }
}

#[test]
fn sound_has_title_artist_and_cover() {
    for (name, mime) in [
        ("cover.aiff", Some("image/jpeg")),
        ("cover.flac", Some("image/png")),
        ("cover.m4a", Some("image/jpeg")),
        ("cover.mka", Some("image/jpeg")),
        ("cover.mp3", Some("image/jpeg")),
        ("large.wav", None),
        ("tagged.ogg", None),
        ("tagged.opus", None),
        ("tagged.wma", None),
    ] {
        let bytes = bytes_of(name);
        let found = facts_of(&bytes);
        assert_eq!(found.title.as_deref(), Some("Bells"), "{name}");
        assert_eq!(found.artist.as_deref(), Some("Ringers"), "{name}");
        assert_eq!(found.cover.as_ref().map(|cover| cover.mime.as_str()), mime, "{name}");
        if let Some(cover) = found.cover {
            let picture = &bytes[cover.at as usize..(cover.at + cover.length) as usize];
            let end: &[u8] = if cover.mime == "image/png" {
                b"IEND\xaeB`\x82"
            } else {
                b"\xff\xd9"
            };
            assert!(picture.ends_with(end), "{name}: the cover is not whole");
        }
    }
    let ape = facts_of(&bytes_of("mp3-ape-tag.mp3"));
    assert!(ape.cover.is_none(), "zeros are no picture");
}

/// An ID3v2 tag of one frame behind which nothing follows.
fn id3(version: u8, flags: u8, name: &[u8], content: &[u8]) -> Vec<u8> {
    let mut frame = name.to_vec();
    let length = (content.len() as u32).to_be_bytes();
    frame.extend(if version == 2 { &length[1..] } else { &length[..] });
    frame.extend(if version == 2 { &[][..] } else { &[0, 0] });
    frame.extend(content);
    let length = frame.len() as u32;
    let mut bytes = vec![b'I', b'D', b'3', version, 0, flags];
    bytes.extend([21, 14, 7, 0].map(|shift| (length >> shift & 0x7f) as u8));
    bytes.extend(frame);
    bytes
}

#[test]
fn id3_of_each_version_and_encoding_is_read() {
    for (version, name, content, title) in [
        (2, &b"TT2"[..], &b"\0Bells"[..], "Bells"),
        (3, b"TIT2", b"\x01\xff\xfeB\0\xe9\0", "B\u{e9}"),
        (3, b"TIT2", b"\x01\xfe\xff\0B\0\xe9", "B\u{e9}"),
        (4, b"TIT2", b"\x02\0B\0\xe9", "B\u{e9}"),
        (4, b"TIT2", b"\x03B\xc3\xa9\0rest", "B\u{e9}"),
        (4, b"TIT2", b"\0B\xe9  \n", "B\u{e9}"),
    ] {
        let found = facts_of(&id3(version, 0, name, content));
        assert_eq!(found.title.as_deref(), Some(title), "{version} {content:?}");
    }
    assert_eq!(facts_of(&id3(3, 0, b"TIT2", b"\0 \t")).title, None, "empty");
    let long = [&b"\0"[..], &[b'a'; 5000]].concat();
    let found = facts_of(&id3(3, 0, b"TIT2", &long));
    assert_eq!(found.title.map(|title| title.len()), Some(255));
}

#[test]
fn cover_that_is_stored_in_another_form_or_is_no_picture_is_left_out() {
    let picture = b"\0image/jpeg\0\x03\0\xff\xd8\xff\xe0........";
    let found = facts_of(&id3(3, 0, b"APIC", picture));
    assert_eq!(found.cover.expect("a cover").length, 12);
    let old = b"\0JPG\x03\0\xff\xd8\xff\xe0........";
    assert_eq!(facts_of(&id3(2, 0, b"PIC", old)).cover.expect("a cover").length, 12);
    let named = b"\x01image/jpeg\0\x03\xff\xfea\0\0\0\xff\xd8\xff\xe0........";
    assert_eq!(facts_of(&id3(3, 0, b"APIC", named)).cover.expect("a cover").length, 12);
    assert_eq!(facts_of(&id3(3, 0x80, b"APIC", picture)).cover, None, "unsynchronised");
    let link = b"\0-->\0\x03\0http://example.com/a.jpg";
    assert_eq!(facts_of(&id3(3, 0, b"APIC", link)).cover, None, "a link");
}

/// A second of eight-bit sound at 8000 Hz behind a list of texts, with numbers of either order.
fn wav(mark: &[u8; 4], number: fn(u32) -> [u8; 4]) -> Vec<u8> {
    let short = |value: u32| {
        let bytes = number(value);
        if bytes[0] == 0 && value > 0 {
            [bytes[2], bytes[3]]
        } else {
            [bytes[0], bytes[1]]
        }
    };
    let chunk = |name: &[u8; 4], content: &[u8]| [&name[..], &number(content.len() as u32), content].concat();
    let format = [
        &short(1)[..],
        &short(1),
        &number(8000),
        &number(8000),
        &short(1),
        &short(8),
    ]
    .concat();
    let content = [chunk(b"fmt ", &format), chunk(b"data", &[128; 8000])].concat();
    [&mark[..], &number(content.len() as u32 + 4), b"WAVE", &content].concat()
}

#[test]
fn wav_of_each_byte_order_is_read() {
    for bytes in [
        wav(b"RIFF", u32::to_le_bytes),
        wav(b"RIFX", u32::to_be_bytes),
        wav(b"BW64", u32::to_le_bytes),
    ] {
        let found = facts_of(&bytes);
        assert_eq!(
            (found.duration, found.bitrate),
            (Some(1000), Some(64_000)),
            "{:?}",
            &bytes[..4]
        );
    }
}

#[test]
fn text_of_a_film_is_read_in_either_form() {
    // QuickTime: a text behind its length and its language, in place of items of iTunes.
    let bytes = bytes_of("old-style.qt");
    let at = bytes.windows(4).position(|name| name == b"moov").expect("a movie") - 4;
    let name = [&b"\0\0\0\x11\xa9nam\0\x05\0\0"[..], b"Bells"].concat();
    let texts = [&(name.len() as u32 + 8).to_be_bytes()[..], b"udta", &name].concat();
    let end = at + u32::from_be_bytes(bytes[at..at + 4].try_into().expect("a length")) as usize;
    let mut titled = bytes.clone();
    titled.splice(end..end, texts.iter().copied());
    titled[at..at + 4].copy_from_slice(&((end - at + texts.len()) as u32).to_be_bytes());
    assert_eq!(facts_of(&titled).title.as_deref(), Some("Bells"));
    assert_eq!(facts_of(&bytes).title, None);
}

#[test]
fn disabled_and_cover_tracks_do_not_count() {
    let mut bytes = bytes_of("film-text-track.mov");
    // The first header of a track is that of the pictures.
    let at = bytes.windows(4).position(|name| name == b"tkhd").expect("a track");
    assert_eq!(bytes[at + 7] & 1, 1);
    bytes[at + 7] &= !1;
    let found = facts_of(&bytes);
    assert_eq!(found.size(), None, "the track of the pictures is disabled");
    assert_eq!(
        (found.duration, found.audio_codec.as_deref()),
        (Some(2000), Some("aac"))
    );
}

#[test]
fn film_cut_within_its_last_box_keeps_its_facts() {
    let bytes = bytes_of("rotated.mp4");
    let moov = bytes.windows(4).position(|name| name == b"moov").expect("a movie");
    let cut = facts_of(&bytes[..bytes.len() - 40]);
    assert!(moov > 40, "the movie stands at the end");
    assert_eq!((cut.size(), cut.duration), (Some((48, 64)), Some(2000)));
}

#[test]
fn fragments_count_as_far_as_they_are_there() {
    let bytes = bytes_of("fragments-without-length.mp4");
    let whole = facts_of(&bytes).duration.expect("a duration");
    let cut = facts_of(&bytes[..5000]).duration.expect("a duration");
    assert!((300..whole - 300).contains(&cut), "{cut} of {whole}");
}

#[test]
fn film_of_more_fragments_than_are_read_has_no_duration() {
    let bytes = bytes_of("fragments-without-length.mp4");
    let mut many = bytes[..1263].to_vec();
    let moof = &bytes[1263..1659];
    many.extend(moof.repeat(1000));
    assert!(facts_of(&many).duration.is_some());
    many.extend(moof.repeat(20_000));
    let found = facts_of(&many);
    assert_eq!((found.size(), found.duration), (Some((64, 48)), None));
}

#[test]
fn usual_duration_of_samples_counts_before_and_behind_the_tracks() {
    let mut bytes = bytes_of("fragments-without-length.mp4");
    let whole = facts_of(&bytes).duration;
    // Each header of a fragment names the duration of its samples, and the boxes of the movie do so in its place.
    for at in 0..bytes.len() - 8 {
        if bytes[at..].starts_with(b"tfhd") {
            bytes[at + 7] &= !8;
        }
    }
    let place = |name: &[u8]| bytes.windows(4).position(|word| word == name).expect("a box") - 4;
    let (tracks, usual, behind) = (place(b"trak"), place(b"mvex"), place(b"udta"));
    // Ten times as long as they were, so that the pictures outlast the sound.
    bytes[usual + 28..usual + 32].copy_from_slice(&5120_u32.to_be_bytes());
    let longer = facts_of(&bytes).duration;
    assert!(longer > whole, "{longer:?} of {whole:?}");
    bytes[tracks..behind].rotate_left(usual - tracks);
    assert_eq!(facts_of(&bytes).duration, longer);
}

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], name, content].concat()
}

#[test]
fn film_with_more_headers_than_are_read_is_not_cut_off() {
    let mut bytes = bytes_of("fragments-without-length.mp4");
    let run = boxed(b"trun", &[0; 60_000]);
    bytes.extend(boxed(b"moof", &boxed(b"traf", &run)).repeat(100));
    assert!(bytes.len() as u64 > MAX_READ);
    let found = facts_of(&bytes);
    assert_eq!((found.size(), found.fault), (Some((64, 48)), None));
}

/// A file of `size` bytes that begins with `start` and ends with `end`, and counts what is read of it.
struct Large {
    start: Vec<u8>,
    end: Vec<u8>,
    size: u64,
    at: u64,
    read: u64,
}

impl Read for Large {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer
            .len()
            .min(usize::try_from(self.size.saturating_sub(self.at)).unwrap_or(usize::MAX));
        let end_at = self.size - self.end.len() as u64;
        buffer[..length].fill(0);
        for (part, part_at) in [(&self.start, 0), (&self.end, end_at)] {
            let from = part_at.max(self.at);
            let to = (part_at + part.len() as u64).min(self.at + length as u64);
            if from < to {
                let piece = &part[(from - part_at) as usize..(to - part_at) as usize];
                buffer[(from - self.at) as usize..(to - self.at) as usize].copy_from_slice(piece);
            }
        }
        self.at += length as u64;
        self.read += length as u64;
        Ok(length)
    }
}

impl Seek for Large {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.size.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// Reads a file of 2 GB that begins and ends with these bytes.
fn large(start: Vec<u8>, end: Vec<u8>) -> Facts {
    let mut file = Large {
        start,
        end,
        size: 2 << 30,
        at: 0,
        read: 0,
    };
    let found = facts(&mut file);
    assert!(file.read <= MAX_READ + RECOGNISED, "{} bytes were read", file.read);
    found
}

#[test]
fn film_of_two_gigabytes_is_read_within_the_bound() {
    for (name, ..) in FILES {
        let bytes = bytes_of(name);
        large(bytes.clone(), bytes);
    }
    // The film at the end: its media come first, and are stepped over.
    let mut bytes = bytes_of("rotated.mp4");
    let moov = bytes.windows(4).position(|name| name == b"moov").expect("a movie") - 4;
    let end = bytes.split_off(moov);
    let mdat = bytes.windows(4).position(|name| name == b"mdat").expect("media") - 4;
    let length = (2_u64 << 30) - end.len() as u64 - mdat as u64;
    bytes[mdat..mdat + 4].copy_from_slice(&(length as u32).to_be_bytes());
    let found = large(bytes, end);
    assert_eq!((found.size(), found.duration), (Some((48, 64)), Some(2000)));
    let ts = bytes_of("h264.ts");
    // A gap of empty packets does not matter.
    assert!(large(ts.clone(), ts).duration.is_some());
}

#[test]
fn long_sound_without_a_tag_is_measured_by_samples() {
    let short = bytes_of("mp3-varying-without-tag.mp3");
    let exact = facts_of(&short).duration.expect("a duration") as f64 / short.len() as f64;
    let long = short.repeat(400);
    let found = facts_of(&long).duration.expect("a duration") as f64 / long.len() as f64;
    assert!((found / exact - 1.0).abs() < 0.01, "{found} {exact}");
}

#[derive(Clone, Debug)]
enum Damage {
    Turn(prop::sample::Index, u8),
    Set(prop::sample::Index, u8),
    /// Replaces four bytes, as lengths and numbers have them.
    Number(prop::sample::Index, u32),
    Cut(prop::sample::Index),
    Leave(prop::sample::Index, u8),
    Double(prop::sample::Index, u8),
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let at = any::<prop::sample::Index>;
    let telling = prop::sample::select(&[0, 1, 7, 8, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX][..]);
    prop::collection::vec(
        prop_oneof![
            (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Turn(at, bit)),
            (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
            (at(), telling).prop_map(|(at, number)| Damage::Number(at, number)),
            at().prop_map(Damage::Cut),
            (at(), any::<u8>()).prop_map(|(at, count)| Damage::Leave(at, count)),
            (at(), any::<u8>()).prop_map(|(at, count)| Damage::Double(at, count)),
        ],
        1..6,
    )
}

/// Damages the first and the last bytes, where headers stand, more often than the rest.
fn place(at: &prop::sample::Index, length: usize) -> usize {
    let near = length.min(600);
    match at.index(4) {
        0 => at.index(length),
        1 => length - near + at.index(near),
        _ => at.index(near),
    }
}

fn damage(bytes: &mut Vec<u8>, damages: &[Damage]) {
    for damage in damages {
        if bytes.len() < 8 {
            return;
        }
        let length = bytes.len();
        match damage {
            Damage::Turn(at, bit) => bytes[place(at, length)] ^= 1 << bit,
            Damage::Set(at, byte) => bytes[place(at, length)] = *byte,
            Damage::Number(at, number) => {
                let at = place(at, length - 4);
                bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
            }
            Damage::Cut(at) => bytes.truncate(at.index(length)),
            Damage::Leave(at, count) => {
                let at = place(at, length);
                bytes.drain(at..(at + usize::from(*count)).min(length));
            }
            Damage::Double(at, count) => {
                let at = place(at, length);
                let piece = bytes[at..(at + usize::from(*count)).min(length)].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

/// The shipped files that are neither sound nor film.
fn others() -> Vec<PathBuf> {
    let folder = |name: &str| {
        [env!("CARGO_MANIFEST_DIR"), "tests/data", name]
            .iter()
            .collect::<PathBuf>()
    };
    let files = |name| std::fs::read_dir(folder(name)).expect("a folder");
    let mut all: Vec<PathBuf> = ["pictures", "types", "corpus/media"]
        .into_iter()
        .flat_map(files)
        .map(|entry| entry.expect("an entry").path())
        .collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_film_or_sound_keeps_every_limit(row in prop::sample::select(&FILES[..]), damages in damages()) {
        let mut bytes = bytes_of(row.0);
        damage(&mut bytes, &damages);
        let size = bytes.len() as u64;
        let mut file = Large { start: bytes.clone(), end: Vec::new(), size, at: 0, read: 0 };
        let found = facts(&mut file);
        prop_assert!(file.read <= MAX_READ + RECOGNISED, "{} bytes were read", file.read);
        prop_assert!(found.width.is_none_or(|side| (1..=MAX_SIDE).contains(&side)));
        prop_assert!(found.height.is_none_or(|side| (1..=MAX_SIDE).contains(&side)));
        prop_assert_eq!(found.width.is_some(), found.height.is_some());
        prop_assert!(found.duration.is_none_or(|duration| (1..=MAX_DURATION).contains(&duration)));
        prop_assert!(found.bitrate.is_none_or(|bitrate| (1..=MAX_BITRATE).contains(&bitrate)));
        let texts = [&found.title, &found.artist].into_iter().flatten();
        prop_assert!(texts.into_iter().all(|text| text.chars().count() <= 255 && !text.is_empty()));
        if let Some(cover) = &found.cover {
            prop_assert!(cover.at + cover.length <= size);
        }
    }

    #[test]
    fn damaged_picture_or_document_keeps_every_limit(
        file in prop::sample::select(others()), is_declared: bool, damages in damages()
    ) {
        let mut bytes = std::fs::read(&file).expect("a file");
        damage(&mut bytes, &damages);
        let size = bytes.len() as u64;
        let mut reader = Large { start: bytes, end: Vec::new(), size, at: 0, read: 0 };
        let name = file.file_name().and_then(|name| name.to_str());
        let by_name = name.and_then(extension).and_then(|extension| mime_of_extension(&extension));
        let inspected = inspect(&mut reader, by_name.filter(|_| is_declared), name).expect("bytes in memory");
        prop_assert!(reader.read <= MAX_READ + RECOGNISED, "{} bytes were read", reader.read);
        if let Ok(Inspected { facts, .. }) = inspected {
            let is_possible = |side: Option<u64>| side.is_none_or(|side| (1..=MAX_EDGE).contains(&side));
            prop_assert!(is_possible(facts.width) && is_possible(facts.height), "{:?}", facts);
            prop_assert_eq!(facts.width.is_some(), facts.height.is_some());
        }
    }

    #[test]
    fn damaged_film_of_two_gigabytes_is_read_within_the_bound(
        row in prop::sample::select(&FILES[..]), damages in damages()
    ) {
        let mut bytes = bytes_of(row.0);
        damage(&mut bytes, &damages);
        large(bytes, Vec::new());
    }
}
