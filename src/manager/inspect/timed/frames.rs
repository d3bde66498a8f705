//! Sound that is a row of frames, each with a header of its own: MPEG audio and ADTS.
//!
//! Short files are walked frame by frame. Of long ones, samples are walked from all parts, and the rest is taken to be like
//! them.

use super::super::input::Input;
use super::milliseconds;

/// The sound of this many bytes is walked whole.
const MAX_WALK: u64 = 2 << 20;
/// The samples that are walked of a longer one, and their bytes.
const SAMPLES: u64 = 24;
const SAMPLE_LEN: u64 = 1 << 16;
/// The bytes that are searched for the first frame.
pub(super) const SEARCH_LEN: usize = 1 << 16;

/// A frame of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Samples per second.
    pub(super) rate: u64,
    /// Samples of this frame.
    pub(super) samples: u64,
    /// Bytes of this frame, at least 1.
    pub(super) length: u64,
}

/// Reads the header of a frame.
pub(super) type Parse = fn(&[u8]) -> Option<Frame>;

/// What the frames of a range amount to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    /// The rate of the first frame. The samples of frames with another one are converted.
    rate: u64,
    samples: u64,
    bytes: u64,
}

/// The offset of the first frame. A few bytes look like a frame often enough, so another frame or the end has to follow.
pub(super) fn first(input: &mut Input<'_>, start: u64, end: u64, parse: Parse) -> Option<(u64, Frame)> {
    let bytes = input.part(start, SEARCH_LEN);
    for at in 0..bytes.len() {
        let Some(frame) = parse(&bytes[at..]) else { continue };
        let place = start + at as u64;
        let next = place + frame.length;
        if next >= end || follows(&bytes, at, frame, parse, input, next) {
            return Some((place, frame));
        }
    }
    None
}

fn follows(bytes: &[u8], at: usize, frame: Frame, parse: Parse, input: &mut Input<'_>, next: u64) -> bool {
    let near = usize::try_from(frame.length)
        .ok()
        .and_then(|length| bytes.get(at + length..));
    let frame_there = match near {
        Some(near) if near.len() >= 8 => parse(near),
        _ => parse(&input.part(next, 8)),
    };
    frame_there.is_some_and(|next| next.rate == frame.rate)
}

/// The milliseconds of the frames from `start` to `end`, and the bytes that are frames.
pub(super) fn duration(input: &mut Input<'_>, start: u64, end: u64, parse: Parse) -> Option<(u64, u64)> {
    let length = end.checked_sub(start)?;
    let mut sum = Sum::default();
    if length <= MAX_WALK {
        walk(&input.part(start, usize::try_from(length).ok()?), parse, true, &mut sum);
        return Some((milliseconds(sum.samples, sum.rate)?, sum.bytes));
    }
    for number in 0..SAMPLES {
        let at = start + (length - SAMPLE_LEN) / (SAMPLES - 1) * number;
        walk(&input.part(at, SAMPLE_LEN as usize), parse, false, &mut sum);
    }
    let samples = (u128::from(sum.samples) * u128::from(length)).checked_div(u128::from(sum.bytes))?;
    Some((milliseconds(u64::try_from(samples).ok()?, sum.rate)?, length))
}

/// Adds up the frames of a range. Bytes that are no frame are stepped over.
fn walk(bytes: &[u8], parse: Parse, is_whole: bool, sum: &mut Sum) {
    let mut at = 0;
    // Where the last frame ended: from there on nothing has to be proved.
    let mut expected = if is_whole { Some(0) } else { None };
    while at < bytes.len() {
        let frame = parse(&bytes[at..]);
        let next = frame.and_then(|frame| Some(at + usize::try_from(frame.length).ok()?));
        let (Some(frame), Some(next)) = (frame, next) else {
            at += 1;
            continue;
        };
        let is_proved = expected == Some(at)
            || bytes
                .get(next..)
                .and_then(parse)
                .is_some_and(|next| next.rate == frame.rate);
        if next > bytes.len() || !is_proved {
            at += 1;
            continue;
        }
        if sum.rate == 0 {
            sum.rate = frame.rate;
        }
        sum.samples += frame.samples * sum.rate / frame.rate;
        sum.bytes += frame.length;
        expected = Some(next);
        at = next;
    }
}
