//! MPEG transport streams, as broadcasts and cameras (AVCHD) have them.

use super::super::bytes::be;
use super::super::input::Input;
use super::mpeg::{self, Times};
use super::{Timed, codec};
use std::collections::BTreeMap;

/// The bytes that are read at the beginning and at the end.
const PART_LEN: usize = 1 << 20;
/// The bytes of pictures that are searched for their size.
const MAX_PICTURES: usize = 1 << 18;
/// Where a packet begins.
const SYNC: u8 = 0x47;
/// The packets that have to follow each other.
const PROOF: usize = 5;

/// How packets stand in a file.
#[derive(Clone, Copy, Debug)]
struct Packets {
    /// The offset of the first one.
    start: u64,
    /// The bytes from one to the next: 188, and 4 or 16 of a time or of a code.
    length: usize,
}

/// Finds the packets.
fn packets(input: &mut Input<'_>) -> Option<Packets> {
    let head = input.part(0, 204 * (PROOF + 1));
    [188, 192, 204].into_iter().find_map(|length| {
        let start = aligned(&head[..head.len().min(length * (PROOF + 1))], length)? as u64;
        Some(Packets { start, length })
    })
}

/// Where the first of several packets of this length begins.
fn aligned(bytes: &[u8], length: usize) -> Option<usize> {
    let proof = (bytes.len() / length).clamp(2, PROOF);
    let last = bytes.len().checked_sub((proof - 1) * length + 1)?;
    (0..=last).find(|start| (0..proof).all(|number| bytes[start + number * length] == SYNC))
}

/// A stream of a program.
struct Stream {
    family: Option<&'static str>,
    times: Times,
    /// Its first bytes, where they are pictures.
    pictures: Vec<u8>,
}

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut found = Timed::default();
    let Some(packets) = packets(input) else {
        return found;
    };
    let mut maps: Vec<u64> = Vec::new();
    let mut streams: BTreeMap<u64, Stream> = BTreeMap::new();
    let head = input.part(packets.start, PART_LEN);
    for packet in head.chunks(packets.length) {
        let Some(Packet { pid, begins, content }) = Packet::parse(packet) else {
            continue;
        };
        if pid == 0 && begins {
            maps.extend(programs(content));
        } else if maps.contains(&pid) && begins {
            for (pid, stream_type) in map(content) {
                streams.entry(pid).or_insert_with(|| Stream {
                    family: codec::of_stream_type(stream_type),
                    times: Times::default(),
                    pictures: Vec::new(),
                });
            }
        } else if let Some(stream) = streams.get_mut(&pid) {
            if begins && let Some((Some(time), _)) = mpeg::packet_time(content) {
                stream.times.add_first(time);
            }
            if is_picture(stream.family) && stream.pictures.len() < MAX_PICTURES {
                stream.pictures.extend(content);
            }
        }
    }
    // A film that was cut or joined need not end in step with its beginning.
    let tail = input.part(
        input.size().saturating_sub(PART_LEN as u64).max(packets.start),
        PART_LEN,
    );
    let tail = &tail[aligned(&tail, packets.length).unwrap_or(0)..];
    for packet in tail.chunks(packets.length) {
        if let Some(Packet {
            pid,
            begins: true,
            content,
        }) = Packet::parse(packet)
            && let Some(stream) = streams.get_mut(&pid)
            && let Some((Some(time), _)) = mpeg::packet_time(content)
        {
            stream.times.add_end(time);
        }
    }
    let duration = |is_wanted: bool| {
        let wanted = streams.values().filter(|stream| is_picture(stream.family) == is_wanted);
        wanted.filter_map(|stream| stream.times.milliseconds()).max()
    };
    // The times of sound are those of packets with several frames, so pictures are more exact.
    found.duration = duration(true).or_else(|| duration(false));
    for stream in streams.values() {
        let Some(family) = stream.family else { continue };
        if is_picture(Some(family)) {
            found.video_codec = found.video_codec.or(Some(family));
            found.size = found.size.or_else(|| mpeg::size(family, &stream.pictures));
        } else {
            found.audio_codec = found.audio_codec.or(Some(family));
        }
    }
    found
}

fn is_picture(family: Option<&str>) -> bool {
    matches!(
        family,
        Some("mpeg1" | "mpeg2" | "mpeg4" | "h264" | "hevc" | "vvc" | "vc1")
    )
}

/// A packet of 188 bytes.
struct Packet<'a> {
    pid: u64,
    /// Whether something begins in it.
    begins: bool,
    content: &'a [u8],
}

impl Packet<'_> {
    fn parse(bytes: &[u8]) -> Option<Packet<'_>> {
        let bytes = bytes.get(..188)?;
        let head = be(bytes, 0, 4)?;
        if bytes[0] != SYNC {
            return None;
        }
        let has_content = head & 0x10 != 0;
        let skipped = if head & 0x20 != 0 { 1 + usize::from(bytes[4]) } else { 0 };
        Some(Packet {
            pid: head >> 8 & 0x1fff,
            begins: head & 0x40_0000 != 0,
            content: bytes.get(4 + skipped..).filter(|_| has_content)?,
        })
    }
}

/// The section of a table: behind a pointer, without its checksum.
fn section(content: &[u8]) -> Option<&[u8]> {
    let section = content.get(1 + usize::from(*content.first()?)..)?;
    let length = be(section, 1, 2)? as usize & 0xfff;
    section.get(..(3 + length).min(section.len()).saturating_sub(4))
}

/// The packets that have the maps of the programs.
fn programs(content: &[u8]) -> Vec<u64> {
    let rows = section(content)
        .and_then(|section| section.get(8..))
        .unwrap_or_default();
    let rows = rows.chunks_exact(4).filter_map(|row| be(row, 0, 4));
    // Number 0 is not a program, but the network.
    rows.filter(|row| row >> 16 != 0).map(|row| row & 0x1fff).collect()
}

/// The packets and types of the streams of a program.
fn map(content: &[u8]) -> Vec<(u64, u8)> {
    let section = section(content).unwrap_or_default();
    let mut list = Vec::new();
    let Some(skipped) = be(section, 10, 2) else { return list };
    let mut at = 12 + (skipped & 0xfff) as usize;
    while let (Some(&stream_type), Some(pid), Some(length)) =
        (section.get(at), be(section, at + 1, 2), be(section, at + 3, 2))
    {
        list.push((pid & 0x1fff, stream_type));
        at += 5 + (length & 0xfff) as usize;
    }
    list
}
