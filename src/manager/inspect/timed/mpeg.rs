//! What MPEG's program and transport streams share: times, and the headers of their pictures.

use super::super::bytes::{be, find, has};
use super::bits::Bits;
use super::milliseconds;

/// Units of time per second.
const CLOCK: u64 = 90_000;
/// Times have 33 bits, and begin again after that.
const WRAP: u64 = 1 << 33;
/// Two times of one film that are further apart than this are not of one film: 26 hours, the longest a clock counts.
const MAX_SPAN: u64 = WRAP - CLOCK * 60;
/// The bytes of a parameter set that are read.
const MAX_UNIT: usize = 512;

/// The shapes of a pixel, width and height, as the tables of H.264 and H.265 number them.
const PIXELS: [(u64, u64); 17] = [
    (1, 1),
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
];

/// The times of one stream in the beginning and the end of a file.
#[derive(Debug, Default)]
pub(super) struct Times {
    first: Option<u64>,
    ends: Vec<u64>,
}

impl Times {
    /// Takes a time from the beginning of the file.
    pub(super) fn add_first(&mut self, time: u64) {
        // Pictures are stored in another order than shown, so the first times need not be the earliest.
        self.first = Some(
            self.first
                .map_or(time, |first| if is_before(time, first) { time } else { first }),
        );
    }

    /// Takes a time from its end.
    pub(super) fn add_end(&mut self, time: u64) {
        self.ends.push(time);
    }

    /// From the first to the end of the last, in milliseconds.
    pub(super) fn milliseconds(&self) -> Option<u64> {
        let first = self.first?;
        let mut since: Vec<u64> = self
            .ends
            .iter()
            .map(|end| end.wrapping_sub(first) & (WRAP - 1))
            .collect();
        since.retain(|&since| since < MAX_SPAN);
        since.sort_unstable();
        since.dedup();
        // The last picture is shown for as long as the others.
        let steps = since.windows(2).map(|pair| pair[1] - pair[0]);
        let step = steps.min().unwrap_or(0).min(CLOCK);
        milliseconds(since.last()? + step, CLOCK)
    }
}

fn is_before(one: u64, other: u64) -> bool {
    (other.wrapping_sub(one) & (WRAP - 1)) < WRAP / 2 && one != other
}

/// The presentation time in the header of a packet that begins with its start code, and where its content begins.
pub(super) fn packet_time(packet: &[u8]) -> Option<(Option<u64>, usize)> {
    if !has(packet, 0, b"\0\0\x01") || packet.get(6)? >> 6 != 2 {
        return None;
    }
    let content = 9 + usize::from(*packet.get(8)?);
    let has_time = packet.get(7)? & 0x80 != 0;
    Some((time_at(packet, 9).filter(|_| has_time), content))
}

/// The time of 33 bits in five bytes at `at`, if its three marker bits are set.
pub(super) fn time_at(packet: &[u8], at: usize) -> Option<u64> {
    let bits = be(packet, at, 5).filter(|bits| bits & 0x01_0001_0001 == 0x01_0001_0001)?;
    Some((bits >> 33 & 7) << 30 | (bits >> 17 & 0x7fff) << 15 | bits >> 1 & 0x7fff)
}

/// The size of the pictures of a stream of this codec, as shown, by the first header in these bytes.
pub(super) fn size(codec: &str, bytes: &[u8]) -> Option<(u64, u64)> {
    match codec {
        "mpeg1" | "mpeg2" => sequence(bytes, codec == "mpeg2"),
        "h264" => units(bytes).find_map(|unit| (unit.first()? & 0x1f == 7).then(|| h264(unit))?),
        "hevc" => units(bytes).find_map(|unit| (unit.first()? >> 1 & 0x3f == 33).then(|| hevc(unit))?),
        _ => None,
    }
}

/// The units that start codes separate.
fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = find(bytes, 0, b"\0\0\x01");
    std::iter::from_fn(move || {
        let start = at? + 3;
        at = find(bytes, start, b"\0\0\x01");
        bytes.get(start..at.unwrap_or(bytes.len()))
    })
}

/// A sequence header of MPEG-1 or MPEG-2.
fn sequence(bytes: &[u8], is_second: bool) -> Option<(u64, u64)> {
    let header = bytes.get(find(bytes, 0, b"\0\0\x01\xb3")? + 4..)?;
    let sides = be(header, 0, 4)?;
    let (width, height) = (sides >> 20, sides >> 8 & 0xfff);
    // The ratio of the sides as shown.
    let shown = match (is_second, sides >> 4 & 15) {
        (true, 2) => height * 4 / 3,
        (true, 3) => (height * 16 + 4) / 9,
        (true, 4) => height * 221 / 100,
        _ => width,
    };
    Some((shown, height))
}

/// Bytes without those that keep start codes from appearing by accident.
fn unescape(unit: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut zeros = 0;
    for &byte in unit.iter().take(MAX_UNIT) {
        if byte == 3 && zeros >= 2 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        bytes.push(byte);
    }
    bytes
}

/// Width as shown, by the shape of a pixel.
fn shaped(width: u64, pixel: Option<(u64, u64)>) -> u64 {
    match pixel {
        Some((across, down)) if across > 0 && down > 0 => (width * across + down / 2) / down,
        _ => width,
    }
}

/// The shape of a pixel, at the beginning of the usability information of H.264 and H.265.
fn pixel(bits: &mut Bits<'_>) -> Option<(u64, u64)> {
    if !bits.flag()? || !bits.flag()? {
        return None;
    }
    match bits.read(8)? {
        255 => Some((bits.read(16)?, bits.read(16)?)),
        number => PIXELS.get(usize::try_from(number).ok()?).copied(),
    }
}

/// A sequence parameter set of H.264.
fn h264(unit: &[u8]) -> Option<(u64, u64)> {
    let bytes = unescape(unit);
    let mut bits = Bits::new(bytes.get(1..)?);
    let profile = bits.read(8)?;
    bits.skip(16);
    bits.golomb()?;
    let mut format = 1;
    let mut is_separate = false;
    if matches!(
        profile,
        44 | 83 | 86 | 100 | 110 | 118 | 122 | 128 | 134 | 135 | 138 | 139 | 244
    ) {
        format = bits.golomb()?;
        if format == 3 {
            is_separate = bits.flag()?;
        }
        bits.golomb()?;
        bits.golomb()?;
        bits.skip(1);
        if bits.flag()? {
            for list in 0..if format == 3 { 12 } else { 8 } {
                if bits.flag()? {
                    skip_scaling(&mut bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.skip(1);
            bits.golomb()?;
            bits.golomb()?;
            for _ in 0..bits.golomb()?.min(256) {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.skip(1);
    let across = bits.golomb()? + 1;
    let down = bits.golomb()? + 1;
    // Fields have half of the rows.
    let is_frame = bits.flag()?;
    if !is_frame {
        bits.skip(1);
    }
    bits.skip(1);
    let fields = if is_frame { 1 } else { 2 };
    let (mut width, mut height) = (across * 16, down * 16 * fields);
    if bits.flag()? {
        let (unit_width, unit_height) = match (is_separate, format) {
            (false, 1) => (2, 2 * fields),
            (false, 2) => (2, fields),
            _ => (1, fields),
        };
        let mut crop = || bits.golomb();
        let (left, right, top, bottom) = (crop()?, crop()?, crop()?, crop()?);
        width = width.checked_sub((left + right).checked_mul(unit_width)?)?;
        height = height.checked_sub((top + bottom).checked_mul(unit_height)?)?;
    }
    Some((shaped(width, pixel(&mut bits)), height))
}

fn skip_scaling(bits: &mut Bits<'_>, count: u32) -> Option<()> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..count {
        if next != 0 {
            next = (last + bits.signed_golomb()? + 256).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

/// A sequence parameter set of H.265.
fn hevc(unit: &[u8]) -> Option<(u64, u64)> {
    let bytes = unescape(unit);
    let mut bits = Bits::new(bytes.get(2..)?);
    bits.skip(4);
    let layers = bits.read(3)?;
    bits.skip(1);
    // Profile and level: of the whole, then of each layer that says so.
    bits.skip(96);
    let present: Vec<(bool, bool)> = (0..layers).map_while(|_| Some((bits.flag()?, bits.flag()?))).collect();
    if layers > 0 {
        bits.skip(2 * (8 - layers as usize));
    }
    for (has_profile, has_level) in present {
        bits.skip(if has_profile { 88 } else { 0 } + if has_level { 8 } else { 0 });
    }
    bits.golomb()?;
    let format = bits.golomb()?;
    if format == 3 {
        bits.skip(1);
    }
    let (mut width, mut height) = (bits.golomb()?, bits.golomb()?);
    if bits.flag()? {
        let (unit_width, unit_height) = match format {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        let mut crop = || bits.golomb();
        let (left, right, top, bottom) = (crop()?, crop()?, crop()?, crop()?);
        width = width.checked_sub((left + right).checked_mul(unit_width)?)?;
        height = height.checked_sub((top + bottom).checked_mul(unit_height)?)?;
    }
    Some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_span_from_the_first_to_the_end_of_the_last() {
        let mut times = Times::default();
        for time in [7200, 3600, 10_800] {
            times.add_first(time);
        }
        for time in [180_000, 176_400] {
            times.add_end(time);
        }
        assert_eq!(times.milliseconds(), Some(2000));
        let mut wrapped = Times::default();
        wrapped.add_first(WRAP - 90_000);
        wrapped.add_end(90_000);
        assert_eq!(wrapped.milliseconds(), Some(2000), "the clock begins again");
        assert_eq!(Times::default().milliseconds(), None);
    }

    #[test]
    fn escapes_are_removed() {
        assert_eq!(unescape(&[1, 0, 0, 3, 1, 0, 3]), [1, 0, 0, 1, 0, 3]);
    }
}
