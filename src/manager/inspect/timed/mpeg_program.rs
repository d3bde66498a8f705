//! MPEG program streams, as discs and old cameras have them, and bare MPEG video.

use super::super::bytes::{be, find, has};
use super::super::input::Input;
use super::mpeg::{self, Times};
use super::{Timed, codec};
use std::collections::BTreeMap;

/// The bytes that are read at the beginning and at the end.
const PART_LEN: usize = 1 << 19;

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut found = Timed::default();
    let mut times: BTreeMap<u8, Times> = BTreeMap::new();
    let head = input.part(0, PART_LEN);
    let from = input.size().saturating_sub(PART_LEN as u64);
    if has(&head, 0, b"\0\0\x01\xba") {
        for (id, time) in packets(&head, &mut found) {
            times.entry(id).or_default().add_first(time);
        }
        let tail = input.part(from, PART_LEN);
        for (id, time) in packets(&tail, &mut Timed::default()) {
            times.entry(id).or_default().add_end(time);
        }
        found.duration = times.values().filter_map(Times::milliseconds).max();
    }
    if let Some(at) = find(&head, 0, b"\0\0\x01\xb3") {
        // An extension follows the sequence header of MPEG-2.
        let near = &head[at..head.len().min(at + 256)];
        let is_second = find(near, 0, b"\0\0\x01\xb5").is_some();
        found.video_codec = Some(if is_second { "mpeg2" } else { "mpeg1" });
    }
    found.size = found.video_codec.and_then(|codec| mpeg::size(codec, &head));
    found
}

/// The ids and times of the packets in a part.
fn packets(bytes: &[u8], found: &mut Timed) -> Vec<(u8, u64)> {
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(start) = find(bytes, at, b"\0\0\x01") {
        at = start + 3;
        let packet = &bytes[start..];
        let Some(&id) = packet.get(3) else { break };
        let stream_type = match id {
            // A map of the streams: the types of those that are neither MPEG-1 nor MPEG-2.
            0xbc => {
                map(packet, found);
                continue;
            }
            0xc0..=0xdf => 0x03,
            0xbd | 0xe0..=0xef => 0,
            _ => continue,
        };
        let time = match mpeg::packet_time(packet) {
            Some((time, _)) => time,
            None => first_version_time(packet),
        };
        if let Some(time) = time {
            list.push((id, time));
            found.audio_codec = found.audio_codec.or(codec::of_stream_type(stream_type));
        }
    }
    list
}

/// The presentation time of a packet of MPEG-1: behind stuffing and the size of a buffer.
fn first_version_time(packet: &[u8]) -> Option<u64> {
    let mut at = 6;
    while *packet.get(at)? == 0xff && at < 6 + 16 {
        at += 1;
    }
    if packet.get(at)? >> 6 == 1 {
        at += 2;
    }
    let mark = packet.get(at)? >> 4;
    if mark != 2 && mark != 3 {
        return None;
    }
    mpeg::time_at(packet, at)
}

/// The streams of a map: behind the descriptors of the program, a type, an id and a length for each.
fn map(packet: &[u8], found: &mut Timed) {
    let length = |at: usize| be(packet, at, 2).map(|length| length as usize);
    let Some(mut at) = length(8).map(|skipped| 10 + skipped) else {
        return;
    };
    let Some(end) = length(at).map(|list| at + 2 + list) else {
        return;
    };
    at += 2;
    while at + 4 <= end.min(packet.len()) {
        let family = codec::of_stream_type(packet[at]);
        match packet[at + 1] {
            0xe0..=0xef => found.video_codec = found.video_codec.or(family),
            0xc0..=0xdf => found.audio_codec = found.audio_codec.or(family),
            _ => {}
        }
        at += 4 + length(at + 2).unwrap_or(0);
    }
}
