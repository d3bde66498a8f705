//! AVI, also of several parts (OpenDML).

use super::super::bytes::le;
use super::super::input::Input;
use super::chunk::Chunk;
use super::wav::info;
use super::{Timed, codec, milliseconds};

/// The chunks of a file that are read: it bounds what a hostile file costs.
const MAX_CHUNKS: u32 = 512;

pub(super) fn read(input: &mut Input<'_>) -> Timed {
    let mut found = Timed::default();
    // The type of the last stream: its format follows.
    let mut stream = [0; 4];
    // The frames of the whole file, where it has several parts.
    let mut frames = None;
    let mut by_header = None;
    let mut by_video = None;
    let mut by_audio = None;
    let mut size_of_header = None;
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = Chunk::read(input, at, le) else { break };
        let content = chunk.start;
        match &chunk.name {
            b"LIST" => match input.part(content, 4).as_slice() {
                b"INFO" => info(input, &chunk, &mut found.tags),
                b"movi" => {}
                // Lists of headers are entered.
                _ => {
                    at = content + 4;
                    continue;
                }
            },
            b"avih" => {
                let header = input.part(content, 40);
                let field = |at| le(&header, at, 4).unwrap_or(0);
                by_header = milliseconds(field(0) * field(16), 1_000_000);
                size_of_header = Some((field(32), field(36)));
            }
            b"strh" => {
                let header = input.part(content, 36);
                let field = |at| le(&header, at, 4).unwrap_or(0);
                let (scale, rate) = (field(20), field(24));
                let duration = milliseconds((field(28) + field(32)).saturating_mul(scale), rate);
                let duration = duration.filter(|&duration| duration > 0);
                stream = header.first_chunk().copied().unwrap_or_default();
                match &stream {
                    b"vids" if by_video.is_none() => by_video = duration.map(|duration| (duration, scale, rate)),
                    b"auds" => by_audio = by_audio.max(duration),
                    _ => {}
                }
            }
            b"strf" if stream == *b"vids" && found.video_codec.is_none() => {
                let format = input.part(content, 20);
                // A negative height means rows from the top down.
                let side = |at| le(&format, at, 4).map(|side| u64::from((side as u32 as i32).unsigned_abs()));
                found.size = side(4).zip(side(8));
                found.video_codec = format.get(16..20).and_then(codec::of_code);
            }
            b"strf" if stream == *b"auds" && found.audio_codec.is_none() => {
                let format = input.part(content, 2);
                found.audio_codec = le(&format, 0, 2).and_then(codec::of_format_tag);
            }
            b"dmlh" => frames = le(&input.part(content, 4), 0, 4),
            _ => {}
        }
        at = chunk.end();
    }
    let whole = frames
        .zip(by_video)
        .and_then(|(frames, (_, scale, rate))| milliseconds(frames * scale, rate));
    let by_video = by_video.map(|(duration, _, _)| duration).max(whole);
    found.duration = by_video.max(by_audio).or(by_header);
    found.size = found.size.or(size_of_header);
    found
}
