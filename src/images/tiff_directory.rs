//! The first directory of a TIFF structure: that of an image, or of EXIF data.

/// Whether BigTIFF is read, whose offsets have 64 bits for files of more than 4 GB. EXIF data never uses it.
const READS_BIG: bool = cfg!(any(feature = "manager", feature = "tiff"));

/// The maximum number of entries that are read. Outside of BigTIFF, the count has 16 bits and cannot be larger.
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
