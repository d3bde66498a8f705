//! The EXIF orientation of an image: how it is turned and mirrored for display.

use super::tiff_directory::Directory;

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
