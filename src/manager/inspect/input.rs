//! The bytes of a file, read in small parts.

use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

/// A reader that can seek.
pub(crate) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A file to inspect.
pub(super) struct Input<'a> {
    reader: &'a mut dyn ReadSeek,
    size: u64,
}

impl<'a> Input<'a> {
    pub(super) fn new(reader: &'a mut dyn ReadSeek) -> Result<Input<'a>> {
        let size = reader.seek(SeekFrom::End(0))?;
        Ok(Input { reader, size })
    }

    /// The size of the file in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// At most `length` bytes from `offset` on: fewer at the end of the file, and where reading fails.
    pub(super) fn part(&mut self, offset: u64, length: usize) -> Vec<u8> {
        if self.reader.seek(SeekFrom::Start(offset)).is_err() {
            return Vec::new();
        }
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        read_up_to(&mut self.reader, length.min(left)).0
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
}
