//! Sound and film: duration, dimensions as shown, bit rate, codecs, and the tags of sound.
//!
//! Each reader visits headers and steps over the rest, and [`MAX_READ`] bounds them all. Where only the frames of a file tell
//! something, a sample of them is read.
//!
//! Read by hand: no crate reads ranges of a blob within a bound, and `docs/design.md#sound-and-film` has the figures of
//! those that were weighed.

mod adts;
mod aiff;
mod asf;
mod avi;
mod bits;
mod chunk;
mod codec;
mod ebml;
mod flac;
mod flv;
mod frames;
mod matroska;
mod mp4;
mod mpeg;
mod mpeg_audio;
mod mpeg_program;
mod mpeg_transport;
mod ogg;
mod tags;
#[cfg(test)]
mod tests;
mod wav;

use super::input::Input;
use super::{Facts, Kind};
pub(crate) use tags::Cover;
use tags::Tags;

/// The bytes of a file that are read, however large it is.
const MAX_READ: u64 = 3 << 20;
/// The longest duration that is believed, in milliseconds: a year. Damaged headers have more.
const MAX_DURATION: u64 = 366 * 24 * 3_600_000;
/// The longest side that is believed, in pixels.
const MAX_SIDE: u64 = 65_535;
/// The highest bit rate that is believed, in bits per second.
const MAX_BITRATE: u64 = 10_000_000_000;

/// What a reader found. Whatever is not known is absent.
#[derive(Debug, Default)]
struct Timed {
    /// In milliseconds.
    duration: Option<u64>,
    /// Width and height in pixels, as shown.
    size: Option<(u64, u64)>,
    /// In bits per second.
    bitrate: Option<u64>,
    video_codec: Option<&'static str>,
    audio_codec: Option<&'static str>,
    tags: Tags,
}

impl Timed {
    fn of_sound(codec: &'static str, duration: Option<u64>, bitrate: Option<u64>) -> Timed {
        Timed {
            duration,
            bitrate,
            audio_codec: Some(codec),
            ..Timed::default()
        }
    }
}

/// The facts about a sound or film of this kind.
pub(super) fn facts(input: &mut Input<'_>, kind: Kind) -> Facts {
    input.limit(MAX_READ);
    let mut tags = Tags::default();
    // Programs put ID3 tags before other sounds too.
    let start = tags::skip_id3(input, &mut tags);
    let mut found = match kind {
        Kind::IsoMedia => mp4::read(input),
        Kind::Matroska => matroska::read(input),
        Kind::Avi => avi::read(input),
        Kind::Asf => asf::read(input),
        Kind::Flv => flv::read(input),
        Kind::MpegTs => mpeg_transport::read(input),
        Kind::MpegPs => mpeg_program::read(input),
        Kind::Ogg => ogg::read(input, start),
        Kind::Wav => wav::read(input, start),
        Kind::Aiff => aiff::read(input, start),
        Kind::Flac => flac::read(input, start),
        Kind::MpegAudio => mpeg_audio::read(input, start),
        Kind::Adts => adts::read(input, start),
        _ => Timed::default(),
    };
    found.tags = found.tags.or(tags);
    let is_side = |side: &u64| (1..=MAX_SIDE).contains(side);
    let size = found.size.filter(|(width, height)| is_side(width) && is_side(height));
    Facts {
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        duration: found.duration.filter(|duration| (1..=MAX_DURATION).contains(duration)),
        bitrate: found.bitrate.filter(|bitrate| (1..=MAX_BITRATE).contains(bitrate)),
        video_codec: found.video_codec.map(str::to_owned),
        audio_codec: found.audio_codec.map(str::to_owned),
        title: found.tags.title,
        artist: found.tags.artist,
        cover: found.tags.cover,
        ..Facts::default()
    }
}

/// The milliseconds of `count` units at `rate` per second.
fn milliseconds(count: u64, rate: u64) -> Option<u64> {
    let duration = (u128::from(count) * 1000).checked_div(u128::from(rate))?;
    u64::try_from(duration).ok()
}

/// The mean bits per second of `bytes` over a duration in milliseconds.
fn mean_bitrate(bytes: u64, duration: Option<u64>) -> Option<u64> {
    bytes.checked_mul(8000)?.checked_div(duration?)
}
