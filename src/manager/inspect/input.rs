//! The bytes of a file, read in small parts.

use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

/// A reader that can seek.
pub(crate) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// The bytes that are read at least, and kept: headers stand side by side.
const WINDOW_LEN: usize = 512;

/// A file to inspect.
pub(super) struct Input<'a> {
    reader: &'a mut dyn ReadSeek,
    size: u64,
    /// The bytes that [`Input::part`] may still read.
    left: u64,
    /// The last part that was read, and its offset.
    window: (u64, Vec<u8>),
}

impl<'a> Input<'a> {
    pub(super) fn new(reader: &'a mut dyn ReadSeek) -> Result<Input<'a>> {
        let size = reader.seek(SeekFrom::End(0))?;
        Ok(Input {
            reader,
            size,
            left: u64::MAX,
            window: (0, Vec::new()),
        })
    }

    /// Lets [`Input::part`] read `most` bytes more. After that it returns nothing.
    pub(super) fn limit(&mut self, most: u64) {
        self.left = most;
    }

    /// The size of the file in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// At most `length` bytes from `offset` on: fewer at the end of the file, where reading fails, and at the limit.
    pub(super) fn part(&mut self, offset: u64, length: usize) -> Vec<u8> {
        let rest = self.size.saturating_sub(offset);
        let length = length.min(usize::try_from(rest).unwrap_or(usize::MAX));
        if let Some(known) = self.known(offset, length) {
            return known.to_vec();
        }
        let most = rest.min(self.left);
        let wanted = length.max(WINDOW_LEN).min(usize::try_from(most).unwrap_or(usize::MAX));
        if wanted == 0 || self.reader.seek(SeekFrom::Start(offset)).is_err() {
            return Vec::new();
        }
        let (mut bytes, _) = read_up_to(&mut self.reader, wanted);
        self.left -= bytes.len() as u64;
        if length <= WINDOW_LEN {
            self.window = (offset, bytes.clone());
        }
        bytes.truncate(length);
        bytes
    }

    /// The part, as far as it is kept.
    fn known(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let (start, bytes) = &self.window;
        let from = usize::try_from(offset.checked_sub(*start)?).ok()?;
        bytes.get(from..from.checked_add(length)?)
    }

    /// The whole file from its beginning on, for readers of other crates.
    pub(super) fn rewind(&mut self) -> Result<&mut dyn ReadSeek> {
        self.reader.rewind()?;
        Ok(self.reader)
    }
}

/// Reads `length` bytes, or fewer at the end or up to an error.
///
/// `Read::take` and `read_to_end` do the same, at 4 KB of WebAssembly for each type of reader.
pub(super) fn read_up_to(reader: &mut dyn Read, length: usize) -> (Vec<u8>, Result<()>) {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    let outcome = loop {
        match reader.read(&mut bytes[filled..]) {
            Ok(0) => break Ok(()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    bytes.truncate(filled);
    (bytes, outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Error};

    /// Reads one byte at a time, and fails from the fourth byte on.
    struct Slow(Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            if self.0.position() >= 3 {
                return Err(Error::other("broken"));
            }
            let end = buffer.len().min(1);
            self.0.read(&mut buffer[..end])
        }
    }

    impl Seek for Slow {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn part_survives_short_reads_ends_and_failures() {
        let mut file = Cursor::new(b"abcdef".to_vec());
        let mut input = Input::new(&mut file).expect("a size");
        assert_eq!(input.size(), 6);
        assert_eq!(input.part(4, 10), b"ef");
        assert_eq!(input.part(u64::MAX, 10), b"");
        let mut slow = Slow(Cursor::new(b"abcdef".to_vec()));
        let mut input = Input::new(&mut slow).expect("a size");
        assert_eq!(input.part(0, 2), b"ab");
        assert_eq!(input.part(1, 4), b"bc");
    }

    #[test]
    fn part_returns_nothing_beyond_the_limit() {
        let mut file = Cursor::new(vec![7; 10_000]);
        let mut input = Input::new(&mut file).expect("a size");
        input.limit(1000);
        assert_eq!(input.part(0, 16).len(), 16);
        assert_eq!(input.part(500, 12).len(), 12, "kept from the first part");
        assert_eq!(input.part(4000, 600).len(), 488);
        assert_eq!(input.part(6000, 1), b"");
        assert_eq!(input.part(0, 16).len(), 16, "kept");
    }
}
