//! Matroska and WebM.

use super::super::bytes::{be, find};
use super::super::input::Input;
use super::ebml::{Element, elements, number};
use super::{Timed, codec, mean_bitrate};
use std::collections::BTreeMap;

/// The elements of a file that are read: it bounds what a hostile file costs.
const MAX_ELEMENTS: u32 = 20_000;
/// The bytes that are searched for the last cluster, where the duration is not stored.
const TAIL_LEN: usize = 3 << 19;

const SEGMENT: u64 = 0x1853_8067;
const SEEK_HEAD: u64 = 0x114d_9b74;
const INFO: u64 = 0x1549_a966;
const TRACKS: u64 = 0x1654_ae6b;
const CLUSTER: u64 = 0x1f43_b675;
const CUES: u64 = 0x1c53_bb6b;
const TAGS: u64 = 0x1254_c367;
const ATTACHMENTS: u64 = 0x1941_a469;

/// What the elements say.
#[derive(Default)]
struct Found {
    timed: Timed,
    /// Nanoseconds of a unit of time.
    scale: Option<u64>,
    /// In units of time.
    duration: Option<f64>,
    /// The nanoseconds of a frame, by the number of its track.
    frames: BTreeMap<u64, u64>,
    /// The offset of the first cluster.
    clusters: Option<u64>,
    /// The last time of the index.
    last_cue: Option<u64>,
}

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut budget = MAX_ELEMENTS;
    let size = input.size();
    let mut found = Found::default();
    let mut at = 0;
    // A header precedes the segment.
    let segment = loop {
        match Element::read(input, at, size) {
            Some(element) if element.id == SEGMENT => break element,
            Some(element) if at == 0 => at = element.end,
            _ => return found.timed,
        }
    };
    let mut places = Vec::new();
    let mut at = segment.start;
    while budget > 0
        && let Some(element) = Element::read(input, at, segment.end)
    {
        budget -= 1;
        if element.id == CLUSTER {
            found.clusters = Some(at);
            break;
        }
        if element.id == SEEK_HEAD {
            seek_head(input, element, &mut budget, &mut places);
        } else {
            found.take(input, element, &mut budget);
        }
        at = element.end;
    }
    // What stands behind the clusters, by the list of places.
    let end_of_head = at;
    for (id, place) in places {
        let at = segment.start.saturating_add(place);
        if at >= end_of_head
            && let Some(element) = Element::read(input, at, segment.end).filter(|element| element.id == id)
        {
            found.take(input, element, &mut budget);
        }
    }
    found.finish(input, segment.end, &mut budget)
}

/// The ids and places of elements, relative to the segment.
fn seek_head(input: &mut Input<'_>, head: Element, budget: &mut u32, places: &mut Vec<(u64, u64)>) {
    for seek in elements(input, head.start, head.end, budget) {
        let mut id = None;
        let mut place = None;
        for field in elements(input, seek.start, seek.end, budget) {
            match field.id {
                0x53ab => id = field.unsigned(input),
                0x53ac => place = field.unsigned(input),
                _ => {}
            }
        }
        places.extend(id.zip(place));
    }
}

impl Found {
    fn take(&mut self, input: &mut Input<'_>, element: Element, budget: &mut u32) {
        match element.id {
            INFO => self.info(input, element, budget),
            TRACKS => {
                for track in elements(input, element.start, element.end, budget) {
                    if track.id == 0xae {
                        self.track(input, track, budget);
                    }
                }
            }
            CUES if self.duration.is_none() => {
                // The last point is the one that counts, and points are of various lengths.
                for point in elements(input, element.start, element.end, budget) {
                    if let Some(time) = Element::read(input, point.start, point.end).filter(|time| time.id == 0xb3) {
                        self.last_cue = self.last_cue.max(time.unsigned(input));
                    }
                }
            }
            TAGS => {
                for tag in elements(input, element.start, element.end, budget) {
                    for simple in elements(input, tag.start, tag.end, budget) {
                        if simple.id == 0x67c8 {
                            self.simple_tag(input, simple, budget);
                        }
                    }
                }
            }
            ATTACHMENTS => {
                for file in elements(input, element.start, element.end, budget) {
                    self.attachment(input, file, budget);
                }
            }
            _ => {}
        }
    }

    fn info(&mut self, input: &mut Input<'_>, info: Element, budget: &mut u32) {
        for field in elements(input, info.start, info.end, budget) {
            match field.id {
                0x2a_d7b1 => self.scale = field.unsigned(input).filter(|&scale| scale > 0),
                0x4489 => {
                    let duration = field.float(input);
                    self.duration = duration.filter(|duration| duration.is_finite() && *duration > 0.0);
                }
                0x7ba9 => self.timed.tags.set_title(&field.text(input)),
                _ => {}
            }
        }
    }

    fn track(&mut self, input: &mut Input<'_>, track: Element, budget: &mut u32) {
        let (mut kind, mut index, mut frame, mut is_enabled) = (0, 0, 0, true);
        let mut family = None;
        let mut size = None;
        for field in elements(input, track.start, track.end, budget) {
            match field.id {
                0xd7 => index = field.unsigned(input).unwrap_or(0),
                0x83 => kind = field.unsigned(input).unwrap_or(0),
                0xb9 => is_enabled = field.unsigned(input) != Some(0),
                0x23_e383 => frame = field.unsigned(input).unwrap_or(0),
                0x86 => family = codec::of_matroska(&field.text(input)),
                0xe0 => size = video_size(input, field, budget),
                _ => {}
            }
        }
        self.frames.insert(index, frame);
        if !is_enabled {
            return;
        }
        match kind {
            1 if self.timed.size.is_none() => {
                self.timed.size = size;
                self.timed.video_codec = family;
            }
            2 => self.timed.audio_codec = self.timed.audio_codec.or(family),
            _ => {}
        }
    }

    fn simple_tag(&mut self, input: &mut Input<'_>, tag: Element, budget: &mut u32) {
        let mut name = String::new();
        for field in elements(input, tag.start, tag.end, budget) {
            match field.id {
                0x45a3 => name = field.text(input),
                0x4487 => self.timed.tags.set(&name, &field.text(input)),
                _ => {}
            }
        }
    }

    fn attachment(&mut self, input: &mut Input<'_>, file: Element, budget: &mut u32) {
        let mut is_front = false;
        for field in elements(input, file.start, file.end, budget) {
            match field.id {
                0x466e => is_front = field.text(input).starts_with("cover."),
                0x465c => {
                    let tags = &mut self.timed.tags;
                    tags.set_cover(input, field.start, field.end - field.start, is_front);
                }
                _ => {}
            }
        }
    }

    fn finish(mut self, input: &mut Input<'_>, end: u64, budget: &mut u32) -> Timed {
        let scale = self.scale.unwrap_or(1_000_000);
        let stored = self
            .duration
            .map(|duration| (duration * scale as f64 / 1e6).round() as u64);
        self.timed.duration = stored
            .or_else(|| Some(self.last_block(input, end, scale, budget)? / 1_000_000))
            .or_else(|| Some(self.last_cue?.checked_mul(scale)? / 1_000_000));
        if self.timed.video_codec.is_none()
            && self.timed.size.is_none()
            && let Some(start) = self.clusters
        {
            self.timed.bitrate = mean_bitrate(end.saturating_sub(start), self.timed.duration);
        }
        self.timed
    }

    /// The end of the last block in nanoseconds. Programs that stream store no duration, and no lengths of clusters.
    fn last_block(&self, input: &mut Input<'_>, end: u64, scale: u64, budget: &mut u32) -> Option<u64> {
        let first = self.clusters?;
        let from = first.max(end.saturating_sub(TAIL_LEN as u64));
        let tail = input.part(from, TAIL_LEN);
        let mark = (CLUSTER as u32).to_be_bytes();
        let mut clusters = Vec::new();
        let mut at = 0;
        while let Some(found) = find(&tail, at, &mark) {
            clusters.push(found);
            at = found + 4;
        }
        // Sound can contain the mark, so the last cluster with a time and a block counts.
        clusters.iter().rev().take(16).find_map(|&at| {
            let tail = &tail[at..];
            let cluster = Element::parse(tail, 0, tail.len() as u64)?;
            self.end_of_cluster(&tail[..cluster.end as usize], cluster.start as usize, scale, budget)
        })
    }

    fn end_of_cluster(&self, bytes: &[u8], mut at: usize, scale: u64, budget: &mut u32) -> Option<u64> {
        let mut base = None;
        let mut last = None;
        while *budget > 0
            && let Some(element) = bytes
                .get(at..)
                .and_then(|rest| Element::parse(rest, at as u64, bytes.len() as u64))
        {
            *budget -= 1;
            let (start, end) = (element.start as usize, element.end as usize);
            match element.id {
                0xe7 => base = be(bytes, start, end - start),
                // A group of blocks is entered.
                0xa0 => {
                    at = start;
                    continue;
                }
                0xa3 | 0xa1 => {
                    let block = &bytes[start..end];
                    let track = number(block)?;
                    let track_len = block.first()?.leading_zeros() as usize + 1;
                    let offset = be(block, track_len, 2)? as u16 as i16;
                    let time = base?.checked_add_signed(i64::from(offset))?.checked_mul(scale)?;
                    let frame = self.frames.get(&track).copied().unwrap_or(0);
                    last = last.max(time.checked_add(frame));
                }
                // Something that is not inside of a cluster.
                id if id > 0xff_ffff => break,
                _ => {}
            }
            at = end;
        }
        last
    }
}

/// Width and height of a track, as shown.
fn video_size(input: &mut Input<'_>, video: Element, budget: &mut u32) -> Option<(u64, u64)> {
    let mut fields = BTreeMap::new();
    let mut is_sideways = false;
    for field in elements(input, video.start, video.end, budget) {
        // A projection, in which a rotation about the axis of sight stands.
        if field.id == 0x7670 {
            for part in elements(input, field.start, field.end, budget) {
                if part.id == 0x7675 {
                    is_sideways = part.float(input).is_some_and(|angle| (angle.abs() - 90.0).abs() < 1.0);
                }
            }
        } else if let Some(value) = field.unsigned(input) {
            fields.insert(field.id, value);
        }
    }
    let field = |id: u64| fields.get(&id).copied().unwrap_or(0);
    let crop = |side: u64, one: u64, other: u64| side.checked_sub(one)?.checked_sub(other);
    let width = crop(field(0xb0), field(0x54cc), field(0x54dd))?;
    let height = crop(field(0xba), field(0x54bb), field(0x54aa))?;
    let (shown_width, shown_height) = (field(0x54b0), field(0x54ba));
    let (width, height) = match (field(0x54b2), shown_width > 0 && shown_height > 0) {
        // In pixels.
        (0, true) => (shown_width, shown_height),
        // Lengths, or a ratio of sides.
        (1..=3, true) => (
            u64::try_from(u128::from(height) * u128::from(shown_width) / u128::from(shown_height)).ok()?,
            height,
        ),
        _ => (width, height),
    };
    Some(if is_sideways { (height, width) } else { (width, height) })
}
