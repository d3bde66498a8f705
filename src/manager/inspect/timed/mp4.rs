//! MP4, QuickTime, 3GPP and M4A (ISO 14496-12), whole or in fragments.
//!
//! A film is as long as the longest of its enabled tracks of pictures and sound, by their edit lists. Its size is that of
//! the first enabled track of pictures, which other handlers (texts, time codes, hints) and cover pictures are not.

use super::super::bytes::{be, find, has};
use super::super::input::Input;
use super::super::isobmff::{FoundBox, be_u32, boxes, next_box};
use super::tags::{self, Tags};
use super::{Timed, codec, mean_bitrate, milliseconds};
use std::collections::BTreeMap;

/// The boxes of one file that are read: it bounds what a hostile file costs.
const MAX_BOXES: u32 = 20_000;
/// The bytes of a table that are read.
const MAX_TABLE: u64 = 1 << 16;

/// A track.
#[derive(Debug, Default)]
struct Track {
    id: u64,
    is_enabled: bool,
    handler: [u8; 4],
    /// Width and height by its header.
    size: Option<(u64, u64)>,
    is_sideways: bool,
    /// Units of time per second of its media.
    scale: u64,
    /// In units of its media.
    duration: Option<u64>,
    /// In units of the movie.
    edited: Option<u64>,
    /// In units of the movie, by the track's header.
    shown: Option<u64>,
    samples: Option<u64>,
    /// The code of its first sample description, the size of its pictures, and its family.
    code: [u8; 4],
    coded_size: Option<(u64, u64)>,
    family: Option<&'static str>,
    /// In units of its media, by its fragments: their beginning and end.
    fragments: Option<(u64, u64)>,
}

impl Track {
    fn is_video(&self) -> bool {
        self.handler == *b"vide"
    }

    fn is_sound(&self) -> bool {
        self.handler == *b"soun"
    }

    /// A single picture beside something else is a cover.
    fn is_cover(&self) -> bool {
        let is_picture = self.family == Some("mjpeg") || self.code == *b"png " || self.code == *b"jpeg";
        is_picture && self.samples.is_some_and(|samples| samples <= 1)
    }

    /// In milliseconds.
    fn milliseconds(&self, movie_scale: u64) -> Option<u64> {
        let of_movie = |units: Option<u64>| milliseconds(units?, movie_scale);
        let media = self.duration.and_then(|duration| milliseconds(duration, self.scale));
        of_movie(self.edited)
            .or(media)
            .or(of_movie(self.shown))
            .filter(|&duration| duration > 0)
    }
}

/// What the boxes say.
#[derive(Default)]
struct Movie {
    scale: u64,
    duration: Option<u64>,
    tracks: Vec<Track>,
    is_fragmented: bool,
    /// By the id of a track, the duration of a sample of a fragment that names none. Some programs write them before the
    /// tracks.
    sample_durations: BTreeMap<u64, u64>,
    /// In units of the movie.
    fragments: Option<u64>,
    /// By each track of the index of segments: its id, its units of time per second, and its units.
    segments: Vec<(u64, u64, u64)>,
    /// The bytes of the media.
    data: u64,
    tags: Tags,
}

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut budget = MAX_BOXES;
    let mut movie = Movie::default();
    let size = input.size();
    let mut at = 0;
    while budget > 0
        && let Some(found) = next_box(input, at, size)
    {
        budget -= 1;
        at = found.end;
        match &found.name {
            b"moov" => movie.movie(input, &found, &mut budget),
            b"moof" => movie.fragment(input, &found, &mut budget),
            b"sidx" => movie.index(&content(input, &found, MAX_TABLE)),
            b"mdat" => movie.data += found.end - found.start,
            b"meta" => metadata(input, &found, &mut budget, &mut movie.tags),
            _ => {}
        }
    }
    // Fewer than eight bytes are no box.
    movie.finish(at + 8 > size)
}

/// The content of a box, or the beginning of it.
fn content(input: &mut Input<'_>, found: &FoundBox, most: u64) -> Vec<u8> {
    input.part(found.start, (found.end - found.start).min(most) as usize)
}

/// A duration of 32 or 64 bits, by the version of its box.
fn duration(bytes: &[u8], short_at: usize, long_at: usize) -> Option<u64> {
    match *bytes.first()? {
        0 => known(bytes, short_at, 4),
        _ => known(bytes, long_at, 8),
    }
}

/// The number of `length` bytes at `at`. Returns `None` for 0, and for all bits set, which mean that it is unknown.
fn known(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let all_set = if length == 4 { u64::from(u32::MAX) } else { u64::MAX };
    be(bytes, at, length).filter(|&number| number > 0 && number != all_set)
}

impl Movie {
    fn movie(&mut self, input: &mut Input<'_>, moov: &FoundBox, budget: &mut u32) {
        for found in boxes(input, moov.start, moov.end, budget) {
            match &found.name {
                b"mvhd" => {
                    let header = content(input, &found, 32);
                    let scale_at = if header.first() == Some(&0) { 12 } else { 20 };
                    self.scale = be_u32(&header, scale_at).unwrap_or(0);
                    self.duration = duration(&header, 16, 24);
                }
                b"trak" => {
                    let mut track = Track::default();
                    track.read(input, &found, budget);
                    self.tracks.push(track);
                }
                b"mvex" => {
                    self.is_fragmented = true;
                    for found in boxes(input, found.start, found.end, budget) {
                        let bytes = content(input, &found, 24);
                        match &found.name {
                            b"mehd" => self.fragments = duration(&bytes, 4, 4),
                            b"trex" => self.sample_durations.extend(be_u32(&bytes, 4).zip(be_u32(&bytes, 12))),
                            _ => {}
                        }
                    }
                }
                b"udta" => {
                    for found in boxes(input, found.start, found.end, budget) {
                        match &found.name {
                            b"meta" => metadata(input, &found, budget, &mut self.tags),
                            // QuickTime has texts behind a length and a language.
                            b"\xa9nam" => self.tags.set_title(&quicktime_text(input, &found)),
                            b"\xa9ART" => self.tags.set_artist(&quicktime_text(input, &found)),
                            _ => {}
                        }
                    }
                }
                b"meta" => metadata(input, &found, budget, &mut self.tags),
                _ => {}
            }
        }
    }

    /// An index of segments: each has a duration. One that refers to other indices counts before them.
    fn index(&mut self, bytes: &[u8]) {
        let version = bytes.first().copied().unwrap_or(0);
        let list_at = if version == 0 { 20 } else { 28 };
        let (Some(id), Some(scale), Some(count)) = (be_u32(bytes, 4), be_u32(bytes, 8), be(bytes, list_at + 2, 2))
        else {
            return;
        };
        let mut units = 0_u64;
        let mut is_upper = false;
        for number in 0..count as usize {
            let at = list_at + 4 + number * 12;
            let Some(duration) = be_u32(bytes, at + 4) else { return };
            is_upper |= bytes[at] & 0x80 != 0;
            units += duration;
        }
        match self.segments.iter_mut().find(|(other, _, _)| *other == id) {
            // Once an upper index has told the whole duration, the lower ones add nothing: their scale is gone.
            Some((_, _, sum)) if !is_upper => *sum = sum.saturating_add(units),
            Some(_) => {}
            None => self.segments.push((id, scale, units)),
        }
    }

    /// A fragment: runs of samples for each track.
    fn fragment(&mut self, input: &mut Input<'_>, moof: &FoundBox, budget: &mut u32) {
        for traf in boxes(input, moof.start, moof.end, budget) {
            if traf.name != *b"traf" {
                continue;
            }
            let mut id = None;
            let mut default = None;
            let mut start = None;
            let mut runs = Vec::new();
            for found in boxes(input, traf.start, traf.end, budget) {
                match &found.name {
                    b"tfhd" => {
                        let bytes = content(input, &found, 40);
                        let flags = be(&bytes, 1, 3).unwrap_or(0);
                        id = be_u32(&bytes, 4);
                        let skipped = if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
                        default = be_u32(&bytes, 8 + skipped).filter(|_| flags & 8 != 0);
                    }
                    b"tfdt" => {
                        let bytes = content(input, &found, 12);
                        let length = if bytes.first() == Some(&0) { 4 } else { 8 };
                        start = be(&bytes, 4, length);
                    }
                    b"trun" => runs.push(content(input, &found, MAX_TABLE)),
                    _ => {}
                }
            }
            let Some(track) = self.tracks.iter_mut().find(|track| Some(track.id) == id) else {
                continue;
            };
            let default = default.or_else(|| self.sample_durations.get(&track.id).copied());
            let default = default.unwrap_or(0);
            let units = runs
                .iter()
                .map(|run| run_duration(run, default))
                .fold(0, u64::saturating_add);
            let (first, end) = track.fragments.unwrap_or((start.unwrap_or(0), start.unwrap_or(0)));
            let from = start.unwrap_or(end);
            track.fragments = Some((first.min(from), end.max(from.saturating_add(units))));
        }
    }

    fn finish(mut self, is_whole: bool) -> Timed {
        let is_used = if self
            .tracks
            .iter()
            .any(|track| track.is_enabled && (track.is_video() || track.is_sound()))
        {
            |track: &&Track| track.is_enabled
        } else {
            // Some programs enable none.
            |_: &&Track| true
        };
        let used: Vec<&Track> = self.tracks.iter().filter(is_used).collect();
        let pictures = used.iter().find(|track| track.is_video() && !track.is_cover());
        let sound = used.iter().find(|track| track.is_sound());
        let played = used
            .iter()
            .filter(|track| track.is_sound() || (track.is_video() && !track.is_cover()));
        let longest = played.clone().filter_map(|track| track.milliseconds(self.scale)).max();
        let whole = longest.or_else(|| milliseconds(self.duration?, self.scale));
        let fragments = || {
            let by_header = self.fragments.and_then(|units| milliseconds(units, self.scale));
            let by_index = || {
                self.segments
                    .iter()
                    .filter_map(|&(_, scale, units)| milliseconds(units, scale))
                    .max()
            };
            let by_fragment = |track: &&&Track| {
                let (start, end) = track.fragments?;
                milliseconds(end - start, track.scale)
            };
            by_header
                .or_else(by_index)
                // All of the fragments, or none: a part of them says nothing about the whole.
                .or_else(|| {
                    played
                        .clone()
                        .filter_map(|track| by_fragment(&track))
                        .max()
                        .filter(|_| is_whole)
                })
        };
        let has_fragments = self.is_fragmented || !self.segments.is_empty();
        let duration = if has_fragments { fragments().max(whole) } else { whole };
        let size = pictures.and_then(|track| {
            let (width, height) = track.size.or(track.coded_size)?;
            Some(if track.is_sideways {
                (height, width)
            } else {
                (width, height)
            })
        });
        let is_sound = pictures.is_none();
        Timed {
            duration,
            size,
            bitrate: mean_bitrate(self.data, duration).filter(|_| is_sound),
            video_codec: pictures.and_then(|track| track.family),
            audio_codec: sound.and_then(|track| track.family),
            tags: std::mem::take(&mut self.tags),
        }
    }
}

/// The units of a run of samples.
fn run_duration(run: &[u8], default: u64) -> u64 {
    let flags = be(run, 1, 3).unwrap_or(0);
    let count = be_u32(run, 4).unwrap_or(0);
    if flags & 0x100 == 0 {
        return count.saturating_mul(default);
    }
    let skipped = if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
    // The duration is the first of a sample's fields.
    let fields = (flags >> 8 & 15).count_ones() as usize * 4;
    let samples = (0..count as usize).map_while(|number| be_u32(run, number.checked_mul(fields)? + 8 + skipped));
    samples.fold(0, u64::saturating_add)
}

impl Track {
    fn read(&mut self, input: &mut Input<'_>, trak: &FoundBox, budget: &mut u32) {
        for found in boxes(input, trak.start, trak.end, budget) {
            match &found.name {
                b"tkhd" => self.header(&content(input, &found, 96)),
                b"edts" => {
                    for found in boxes(input, found.start, found.end, budget) {
                        if found.name == *b"elst" {
                            self.edited = edits(&content(input, &found, MAX_TABLE));
                        }
                    }
                }
                b"mdia" => {
                    for found in boxes(input, found.start, found.end, budget) {
                        self.media(input, &found, budget);
                    }
                }
                _ => {}
            }
        }
    }

    fn header(&mut self, bytes: &[u8]) {
        let is_short = bytes.first() == Some(&0);
        self.is_enabled = be(bytes, 1, 3).is_some_and(|flags| flags & 1 == 1);
        self.id = be_u32(bytes, if is_short { 12 } else { 20 }).unwrap_or(0);
        self.shown = duration(bytes, 20, 28);
        let matrix: usize = if is_short { 40 } else { 52 };
        let field = |at| be_u32(bytes, matrix + at).unwrap_or(0);
        // Sides have 16 fractional bits. A matrix that turns by a quarter exchanges them.
        let size = (field(36) >> 16, field(40) >> 16);
        self.size = (size.0 > 0 && size.1 > 0).then_some(size);
        self.is_sideways = field(0) == 0 && field(16) == 0 && field(4) != 0 && field(12) != 0;
    }

    fn media(&mut self, input: &mut Input<'_>, found: &FoundBox, budget: &mut u32) {
        match &found.name {
            b"mdhd" => {
                let bytes = content(input, found, 36);
                self.scale = be_u32(&bytes, if bytes.first() == Some(&0) { 12 } else { 20 }).unwrap_or(0);
                self.duration = duration(&bytes, 16, 24);
            }
            b"hdlr" => {
                let bytes = content(input, found, 12);
                // QuickTime has a second one, which says where the data is.
                if has(&bytes, 4, b"dhlr") {
                    return;
                }
                self.handler = bytes
                    .get(8..)
                    .and_then(<[u8]>::first_chunk)
                    .copied()
                    .unwrap_or_default();
            }
            b"minf" | b"stbl" => {
                for found in boxes(input, found.start, found.end, budget) {
                    self.media(input, &found, budget);
                }
            }
            b"stsd" => self.description(&content(input, found, 1024)),
            b"stsz" | b"stz2" => self.samples = be_u32(&content(input, found, 12), 8),
            // The durations of samples, where the header does not know their sum.
            b"stts" if self.duration.is_none() => {
                let bytes = content(input, found, MAX_TABLE);
                let count = be_u32(&bytes, 4).unwrap_or(0) as usize;
                let rows =
                    (0..count).map_while(|row| Some((be_u32(&bytes, 8 + row * 8)?, be_u32(&bytes, 12 + row * 8)?)));
                let sum = rows.fold(0_u64, |sum, (samples, each)| {
                    sum.saturating_add(samples.saturating_mul(each))
                });
                self.duration = Some(sum).filter(|&sum| sum > 0);
            }
            _ => {}
        }
    }

    /// The first sample description.
    fn description(&mut self, bytes: &[u8]) {
        let Some(&code) = bytes.get(12..).and_then(<[u8]>::first_chunk) else {
            return;
        };
        self.code = code;
        self.family = codec::of_code(&code);
        let entry = bytes.get(8..).unwrap_or_default();
        // An encrypted track names its format further inside.
        if matches!(&code, b"encv" | b"enca") {
            let at = find(entry, 0, b"frma");
            self.family = at.and_then(|at| entry.get(at + 4..at + 8)).and_then(codec::of_code);
        }
        if self.is_video() {
            self.coded_size = be(entry, 32, 2).zip(be(entry, 34, 2));
        }
        if matches!(&code, b"mp4a" | b"mp4v") {
            self.family = object_type(entry).and_then(of_object_type).or(self.family);
        }
    }
}

/// The number of an object type in a box of the type `esds`: inside of it are descriptors with lengths of up to four
/// bytes.
fn object_type(entry: &[u8]) -> Option<u8> {
    let mut at = find(entry, 8, b"esds")? + 8;
    for wanted in [3, 4] {
        if *entry.get(at)? != wanted {
            return None;
        }
        at += 1;
        while *entry.get(at)? & 0x80 != 0 {
            at += 1;
        }
        at += 1;
        if wanted == 3 {
            let flags = *entry.get(at + 2)?;
            at += 3 + if flags & 0x80 != 0 { 2 } else { 0 };
            if flags & 0x40 != 0 {
                at += 1 + usize::from(*entry.get(at)?);
            }
            at += if flags & 0x20 != 0 { 2 } else { 0 };
        }
    }
    entry.get(at).copied()
}

fn of_object_type(number: u8) -> Option<&'static str> {
    Some(match number {
        0x20 => "mpeg4",
        0x21 => "h264",
        0x23 => "hevc",
        0x40 | 0x66..=0x68 => "aac",
        0x60..=0x65 => "mpeg2",
        0x69 | 0x6b => "mp3",
        0x6a => "mpeg1",
        0x6c => "mjpeg",
        0xa5 => "ac3",
        0xa6 => "eac3",
        0xa9 => "dts",
        0xad => "opus",
        0xdd => "vorbis",
        _ => return None,
    })
}

/// The sum of an edit list in units of the movie. A length of 0, as fragments have it, lasts to the end.
fn edits(bytes: &[u8]) -> Option<u64> {
    let (length, row) = if *bytes.first()? == 0 { (4, 12) } else { (8, 20) };
    let mut sum = 0_u64;
    for number in 0..be_u32(bytes, 4)? as usize {
        let units = known(bytes, number.checked_mul(row)? + 8, length)?;
        sum = sum.checked_add(units)?;
    }
    (sum > 0).then_some(sum)
}

/// Tags of iTunes: items with a box that has their value.
fn metadata(input: &mut Input<'_>, meta: &FoundBox, budget: &mut u32, tags: &mut Tags) {
    // A version precedes the boxes, but in QuickTime.
    let skipped = if has(&input.part(meta.start, 8), 4, b"hdlr") {
        0
    } else {
        4
    };
    for list in boxes(input, meta.start + skipped, meta.end, budget) {
        if list.name != *b"ilst" {
            continue;
        }
        for item in boxes(input, list.start, list.end, budget) {
            if !matches!(&item.name, b"\xa9nam" | b"\xa9ART" | b"aART" | b"covr") {
                continue;
            }
            // The first value counts: covers after it are other sides of the record.
            let values = boxes(input, item.start, item.end, budget);
            let Some(value) = values.iter().find(|value| value.name == *b"data") else {
                continue;
            };
            // A type and a language.
            let (start, length) = (value.start + 8, (value.end - value.start).saturating_sub(8));
            match &item.name {
                b"\xa9nam" => tags.set_title(&tags::text(input, start, length)),
                b"covr" => tags.set_cover(input, start, length, false),
                _ => tags.set_artist(&tags::text(input, start, length)),
            }
        }
    }
}

fn quicktime_text(input: &mut Input<'_>, found: &FoundBox) -> String {
    let bytes = tags::text_bytes(input, found.start, found.end - found.start);
    let length = be(&bytes, 0, 2).unwrap_or(0) as usize;
    tags::utf8_or_latin1(bytes.get(4..(4 + length).min(bytes.len())).unwrap_or_default())
}
