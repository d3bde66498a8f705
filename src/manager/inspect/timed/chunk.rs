//! Chunks, which RIFF and IFF files are made of: a name, a length, and the content, padded to an even length.

use super::super::input::Input;

/// Reads a number in the byte order of a file: `be` or `le` of `bytes`.
pub(super) type Number = fn(&[u8], usize, usize) -> Option<u64>;

/// A chunk: its name, and the range of its content, which may end beyond the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) start: u64,
    pub(super) length: u64,
}

impl Chunk {
    /// The chunk at `at`.
    pub(super) fn read(input: &mut Input<'_>, at: u64, number: Number) -> Option<Chunk> {
        let head = input.part(at, 8);
        Some(Chunk {
            name: *head.first_chunk()?,
            start: at + 8,
            length: number(&head, 4, 4)?,
        })
    }

    /// Where the next chunk begins.
    pub(super) fn end(&self) -> u64 {
        self.start + self.length + self.length % 2
    }
}
