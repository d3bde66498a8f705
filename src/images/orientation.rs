//! The EXIF orientation of an image: how it is turned and mirrored for display.

/// The changes that show a stored image upright, in the order of the fields.
///
/// ```
/// use wix_media::images::orientation::Orientation;
///
/// let tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
/// let orientation = Orientation::of_exif(tiff);
/// assert!(orientation.is_sideways());
/// assert_eq!(Orientation::of_exif(b"nonsense"), Orientation::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orientation {
    /// Whether rows become columns.
    pub transposed: bool,
    /// Whether left and right are exchanged.
    pub mirrored: bool,
    /// Whether top and bottom are exchanged.
    pub flipped: bool,
}

impl Orientation {
    /// The orientation of an EXIF value from 1 to 8. Any other value is upright.
    ///
    /// ```
    /// use wix_media::images::orientation::Orientation;
    ///
    /// let half_turn = Orientation::of_number(3);
    /// assert!(half_turn.mirrored && half_turn.flipped && !half_turn.transposed);
    /// ```
    pub fn of_number(number: u16) -> Self {
        let (transposed, mirrored, flipped) = match number {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transposed,
            mirrored,
            flipped,
        }
    }

    /// The EXIF value of the orientation.
    #[cfg(any(feature = "jxl", feature = "svg", feature = "tiff"))]
    pub(crate) fn number(self) -> u16 {
        (1..=8).find(|&number| Self::of_number(number) == self).unwrap_or(1)
    }

    /// The orientation in EXIF data, which begins with a TIFF header.
    ///
    /// ```
    /// use wix_media::images::orientation::Orientation;
    ///
    /// assert_eq!(Orientation::of_exif(b""), Orientation::of_number(1));
    /// ```
    pub fn of_exif(tiff: &[u8]) -> Self {
        Self::of_tiff(|at, length| {
            let behind = usize::try_from(at)
                .ok()
                .and_then(|at| tiff.get(at..))
                .unwrap_or_default();
            behind[..length.min(behind.len())].to_vec()
        })
    }

    /// The orientation in a TIFF structure that is read in parts: `part(offset, length)` returns at most `length` bytes.
    ///
    /// ```
    /// use wix_media::images::orientation::Orientation;
    ///
    /// let asked = std::cell::RefCell::new(Vec::new());
    /// let orientation = Orientation::of_tiff(|offset, length| {
    ///     asked.borrow_mut().push((offset, length));
    ///     b"II\x2a\0\0\x01\0\0"[..if offset == 0 { 8 } else { 0 }].to_vec()
    /// });
    /// assert_eq!(orientation, Orientation::default());
    /// assert_eq!(*asked.borrow(), [(0, 8), (256, 2)]);
    /// ```
    pub fn of_tiff(mut part: impl FnMut(u64, usize) -> Vec<u8>) -> Self {
        let value = Directory::read(&mut part).and_then(|directory| directory.value(0x0112));
        value.map_or_else(Self::default, Self::of_value)
    }

    pub(crate) fn of_value(value: u32) -> Self {
        Self::of_number(u16::try_from(value).unwrap_or(1))
    }

    /// Whether width and height are exchanged.
    ///
    /// ```
    /// use wix_media::images::orientation::Orientation;
    ///
    /// assert!(Orientation::of_number(5).is_sideways());
    /// ```
    pub fn is_sideways(self) -> bool {
        self.transposed
    }
}

/// Whether files of more than 4 GB are read, whose offsets have 64 bits: BigTIFF. EXIF data is never one.
const READS_BIG: bool = cfg!(any(feature = "manager", feature = "tiff"));

/// The most entries of a directory that are read, as the directory of a small file has at most.
const MAX_ENTRIES: u64 = 0xffff;

/// The first directory of a TIFF structure.
pub(crate) struct Directory {
    is_little: bool,
    entries: Vec<u8>,
    /// Where the entries begin.
    #[cfg_attr(not(feature = "tiff"), allow(dead_code, reason = "nothing is changed"))]
    start: u64,
    entry_len: usize,
    /// Where the value of an entry begins.
    value_at: usize,
}

impl Directory {
    /// Reads the directory in parts: `part(offset, length)` returns at most `length` bytes. `None` for what is not a TIFF structure.
    pub(crate) fn read(part: &mut dyn FnMut(u64, usize) -> Vec<u8>) -> Option<Self> {
        let head = part(0, 8);
        let (is_little, is_big) = match head.get(..4)? {
            [b'I', b'I', 42, 0] => (true, false),
            [b'M', b'M', 0, 42] => (false, false),
            [b'I', b'I', 43, 0] if READS_BIG => (true, true),
            [b'M', b'M', 0, 43] if READS_BIG => (false, true),
            _ => return None,
        };
        let directory = if is_big {
            number(&part(8, 8), 8, is_little)?
        } else {
            number(&head[4..], 4, is_little)?
        };
        let (count_len, entry_len, value_at) = if is_big { (8, 20, 12) } else { (2, 12, 8) };
        let count = number(&part(directory, count_len), count_len, is_little)?.min(MAX_ENTRIES) as usize;
        let start = directory.checked_add(count_len as u64)?;
        Some(Self {
            is_little,
            entries: part(start, count * entry_len),
            start,
            entry_len,
            value_at,
        })
    }

    /// The entry of a tag: its number, and its value.
    fn entry(&self, tag: u16) -> Option<(usize, &[u8])> {
        let mut entries = self.entries.chunks_exact(self.entry_len).enumerate();
        let (at, entry) = entries.find(|(_, entry)| number(entry, 2, self.is_little) == Some(tag.into()))?;
        // Orientations are 16 bits by the standard. Some encoders write 8 or 32, and are understood everywhere.
        let length = match number(&entry[2..], 2, self.is_little)? {
            1 | 6 => 1,
            3 | 8 => 2,
            4 | 9 => 4,
            16 | 17 if READS_BIG => 8,
            _ => return None,
        };
        Some((at, entry.get(self.value_at..self.value_at + length)?))
    }

    /// The value of a tag, or the first of its values where all of them are in the entry.
    pub(crate) fn value(&self, tag: u16) -> Option<u32> {
        let (_, value) = self.entry(tag)?;
        number(value, value.len(), self.is_little)?.try_into().ok()
    }

    /// Where the lowest byte of the value of a tag is.
    #[cfg(feature = "tiff")]
    pub(crate) fn lowest_byte(&self, tag: u16) -> Option<u64> {
        let (at, value) = self.entry(tag)?;
        let within = if self.is_little { 0 } else { value.len() - 1 };
        self.start
            .checked_add((at * self.entry_len + self.value_at + within) as u64)
    }
}

/// The number in the first bytes.
fn number(bytes: &[u8], length: usize, is_little: bool) -> Option<u64> {
    let bytes = bytes.get(..length)?;
    let add = |sum: u64, &byte: &u8| sum << 8 | u64::from(byte);
    Some(if is_little {
        bytes.iter().rev().fold(0, add)
    } else {
        bytes.iter().fold(0, add)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// EXIF data with one tag, in either byte order.
    fn exif(orientation: u16, little: bool) -> Vec<u8> {
        let short = |value: u16| {
            if little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let long = |value: u32| {
            if little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let mut bytes = if little { b"II".to_vec() } else { b"MM".to_vec() };
        bytes.extend(short(42));
        bytes.extend(long(8));
        bytes.extend(short(1));
        bytes.extend([short(0x0112), short(3)].concat());
        bytes.extend(long(1));
        bytes.extend([short(orientation), short(0)].concat());
        bytes
    }

    #[test]
    fn orientation_is_read_in_both_byte_orders_and_upright_when_truncated() {
        for number in 0..10 {
            for little in [false, true] {
                let bytes = exif(number, little);
                assert_eq!(Orientation::of_exif(&bytes), Orientation::of_number(number), "{number}");
                for length in 0..bytes.len() {
                    assert_eq!(Orientation::of_exif(&bytes[..length]), Orientation::default());
                }
            }
        }
    }

    #[test]
    fn eight_orientations_differ_and_the_last_four_are_sideways() {
        let all: Vec<_> = (1..=8).map(Orientation::of_number).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
            assert_eq!(one.is_sideways(), index >= 4);
        }
    }
}
