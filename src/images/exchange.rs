//! Decoded pixels as bytes, which the modules of images hand to each other.
//!
//! The module of a format writes them, and the module `images` reads them like a file. Numbers have 32 bits and are
//! little-endian: the [`MAGIC`] number, width and height of the image as stored, its orientation, what the pixels are, the
//! size of the pixels, their upper left corner, the reduction, and the length of the colour profile. The profile and the
//! pixels follow. The manager takes no file of this kind for an image, and its numbers are checked like those of a file.

use super::error::Error;
use super::header::{Header, le_u32};
use super::orientation::Orientation;
use super::pixels::{MAX_MEMORY, MAX_PIXELS, Pixels};
use super::reduce::{Decoded, complete};

/// The first bytes.
const MAGIC: &[u8] = b"\x89wix-media pixels";
/// The numbers behind them.
const NUMBERS: usize = 10;
const HEADER_LEN: usize = MAGIC.len() + 4 * NUMBERS;

/// What the pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Grey or RGB, with or without alpha.
    Light,
    /// Cyan, magenta, yellow and black: 255 is all ink. The profile is theirs.
    Inks,
}

/// Whether a file is one of decoded pixels.
pub(super) fn is_exchange(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Writes the pixels of an image.
pub(super) fn write(header: &Header, decoded: &Decoded, kind: Kind) -> Vec<u8> {
    let pixels = &decoded.pixels;
    let profile = decoded.profile.as_deref().unwrap_or_default();
    let Orientation {
        transposed,
        mirrored,
        flipped,
    } = header.orientation;
    let turns = u32::from(transposed) | u32::from(mirrored) << 1 | u32::from(flipped) << 2;
    let content = (pixels.channels as u32) | u32::from(kind == Kind::Inks) << 8;
    let mut bytes = Vec::with_capacity(HEADER_LEN + profile.len() + pixels.bytes.len());
    bytes.extend_from_slice(MAGIC);
    for number in [
        header.width,
        header.height,
        turns,
        content,
        pixels.width,
        pixels.height,
        decoded.origin.0,
        decoded.origin.1,
        decoded.reduction.to_bits(),
        profile.len() as u32,
    ] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(profile);
    bytes.extend_from_slice(&pixels.bytes);
    bytes
}

/// Reads the pixels of an image. Fails with 422 for numbers that contradict each other.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, Decoded, Kind), Error> {
    read_checked(bytes).unwrap_or_else(|| Err(Error::decode("the pixels are damaged")))
}

fn read_checked(bytes: &[u8]) -> Option<Result<(Header, Decoded, Kind), Error>> {
    let mut numbers = [0; NUMBERS];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = le_u32(bytes.strip_prefix(MAGIC)?, 4 * at)?;
    }
    let [
        width,
        height,
        turns,
        content,
        across,
        down,
        left,
        top,
        reduction,
        profile_len,
    ] = numbers;
    let (profile, pixels) = bytes
        .get(HEADER_LEN..)?
        .split_at_checked(usize::try_from(profile_len).ok()?)?;
    let reduction = f32::from_bits(reduction);
    let (channels, is_inks) = (content & 0xff, content >> 8 == 1);
    let is_possible = (1..=4).contains(&channels)
        && u64::from(width) * u64::from(height) <= MAX_PIXELS
        && pixels.len() as u64 <= MAX_MEMORY
        && across > 0
        && down > 0
        && reduction.is_finite()
        && reduction > 0.0
        && left < width
        && top < height;
    if !is_possible {
        return None;
    }
    let header = Header {
        width,
        height,
        orientation: Orientation {
            transposed: turns & 1 != 0,
            mirrored: turns & 2 != 0,
            flipped: turns & 4 != 0,
        },
    };
    let decoded = complete(Decoded {
        pixels: Pixels {
            width: across,
            height: down,
            channels: channels as usize,
            bytes: pixels.to_vec(),
        },
        origin: (left, top),
        reduction,
        profile: (!profile.is_empty()).then(|| profile.to_vec()),
    });
    let kind = if is_inks { Kind::Inks } else { Kind::Light };
    Some(decoded.map(|decoded| (header, decoded, kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Header, Decoded) {
        let header = Header {
            width: 6,
            height: 4,
            orientation: Orientation::of_number(6),
        };
        let decoded = Decoded {
            pixels: Pixels {
                width: 3,
                height: 2,
                channels: 4,
                bytes: (0..24).collect(),
            },
            origin: (0, 1),
            reduction: 0.5,
            profile: Some(b"profile".to_vec()),
        };
        (header, decoded)
    }

    #[test]
    fn pixels_survive_the_exchange() {
        let (header, decoded) = sample();
        for kind in [Kind::Light, Kind::Inks] {
            let bytes = write(&header, &decoded, kind);
            assert!(is_exchange(&bytes));
            let (found_header, found, found_kind) = read(&bytes).unwrap();
            assert_eq!((found_header, found_kind), (header, kind));
            assert_eq!(
                (found.pixels, found.profile),
                (decoded.pixels.clone(), decoded.profile.clone())
            );
            assert_eq!((found.origin, found.reduction), (decoded.origin, decoded.reduction));
        }
    }

    #[test]
    fn damaged_exchange_is_refused() {
        let (header, decoded) = sample();
        let bytes = write(&header, &decoded, Kind::Light);
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]).unwrap_err().status, 422, "{length}");
        }
        // Numbers: too large, and zeros where there must be none.
        for (number, value) in [
            (0, u32::MAX),
            (0, 0),
            (1, 1),
            (3, 0),
            (3, 5),
            (4, 0),
            (5, 9),
            (6, 6),
            (8, 0),
            (9, 99),
        ] {
            let mut damaged = bytes.clone();
            let at = MAGIC.len() + 4 * number;
            damaged[at..at + 4].copy_from_slice(&value.to_le_bytes());
            assert_eq!(read(&damaged).unwrap_err().status, 422, "{number}");
        }
    }
}
