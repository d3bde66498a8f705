//! MD5 with a state that can be saved, for bytes that arrive over several calls or requests.

//!
//! The crate's compression function, with a buffer of our own: the crate's buffer and serialisation are general, and make
//! the download of the transfers 1.1 KB larger (brotli).

use md5::block_api::compress;

const BLOCK: usize = 64;

/// An MD5 digest of the bytes so far.
#[derive(Clone, Debug)]
pub(crate) struct Md5 {
    state: [u32; 4],
    /// The number of bytes so far.
    length: u64,
    /// The bytes of the block that is not full yet, then zeros.
    block: [u8; BLOCK],
}

impl Default for Md5 {
    fn default() -> Md5 {
        Md5 {
            state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476],
            length: 0,
            block: [0; BLOCK],
        }
    }
}

impl Md5 {
    /// How many bytes of the block are filled.
    fn filled(&self) -> usize {
        (self.length % BLOCK as u64) as usize
    }

    /// Adds the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let filled = self.filled();
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut rest = bytes;
        if filled > 0 {
            let (head, tail) = rest.split_at(rest.len().min(BLOCK - filled));
            self.block[filled..filled + head.len()].copy_from_slice(head);
            if filled + head.len() < BLOCK {
                return;
            }
            compress(&mut self.state, &[self.block]);
            rest = tail;
        }
        let (blocks, rest) = rest.as_chunks();
        compress(&mut self.state, blocks);
        self.block = [0; BLOCK];
        self.block[..rest.len()].copy_from_slice(rest);
    }

    /// The digest of all bytes, in lower-case hexadecimal digits.
    pub(crate) fn finish(mut self) -> String {
        // One bit, zeros, and the number of bits, up to the end of a block.
        let mut padding = [0; BLOCK + 8];
        padding[0] = 0x80;
        let end = 1 + (2 * BLOCK - 9 - self.filled()) % BLOCK;
        padding[end..end + 8].copy_from_slice(&self.length.wrapping_mul(8).to_le_bytes());
        self.update(&padding[..end + 8]);
        let mut digits = String::with_capacity(32);
        for word in &self.state {
            for at in 0..8 {
                // The lower byte comes first, and of each byte the higher digit.
                let digit = (word >> (4 * (at ^ 1)) & 15) as usize;
                digits.push_str(&"0123456789abcdef"[digit..=digit]);
            }
        }
        digits
    }

    /// The state, for [`Md5::restore`]: four words, the number of full blocks, the number of bytes after them, and these.
    pub(crate) fn save(&self) -> Vec<u8> {
        let mut saved = Vec::with_capacity(SAVED);
        for word in &self.state {
            saved.extend_from_slice(&word.to_le_bytes());
        }
        saved.extend_from_slice(&(self.length / BLOCK as u64).to_le_bytes());
        saved.push(self.filled() as u8);
        saved.extend_from_slice(&self.block[..BLOCK - 1]);
        saved
    }

    /// Continues from a saved state. Returns `None` for bytes that are none, as far as their length and structure tell.
    pub(crate) fn restore(saved: &[u8]) -> Option<Md5> {
        if saved.len() != SAVED {
            return None;
        }
        let mut md5 = Md5::default();
        let (words, rest) = saved.split_at(16);
        for (word, bytes) in md5.state.iter_mut().zip(words.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let (blocks, rest) = rest.split_first_chunk()?;
        let (filled, pending) = rest.split_first()?;
        let unused = pending.get(usize::from(*filled)..)?;
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        md5.length = u64::from_le_bytes(*blocks)
            .wrapping_mul(BLOCK as u64)
            .wrapping_add(u64::from(*filled));
        md5.block[..BLOCK - 1].copy_from_slice(pending);
        Some(md5)
    }
}

/// The length of a saved state. A full block is never pending, so its last byte is left out.
const SAVED: usize = 16 + 8 + 1 + BLOCK - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restored_state_continues_at_any_cut() {
        let bytes: Vec<u8> = (0..200).collect();
        let whole = |bytes: &[u8]| {
            let mut md5 = Md5::default();
            md5.update(bytes);
            md5
        };
        for cut in 0..bytes.len() {
            let mut md5 = Md5::restore(&whole(&bytes[..cut]).save()).expect("a state");
            md5.update(&bytes[cut..]);
            assert_eq!(md5.finish(), whole(&bytes).finish(), "{cut}");
        }
        assert!(Md5::restore(b"").is_none());
    }

    #[test]
    fn digest_is_that_of_the_crate_at_any_length() {
        let bytes: Vec<u8> = (0..300u32).map(|number| (number * 7) as u8).collect();
        for length in 0..bytes.len() {
            let mut md5 = Md5::default();
            md5.update(&bytes[..length]);
            let digest = <md5::Md5 as md5::Digest>::digest(&bytes[..length]);
            let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(md5.finish(), expected, "{length}");
        }
    }

    #[test]
    fn saved_state_is_that_of_the_crate() {
        use md5::Digest as _;
        use md5::digest::common::hazmat::SerializableState as _;
        // Records of uploads and rows of the Media Manager hold states of the crate.
        let bytes: Vec<u8> = (1..=200).collect();
        for length in [0, 1, 63, 64, 65, 127, 200] {
            let mut own = Md5::default();
            own.update(&bytes[..length]);
            let crates = md5::Md5::new_with_prefix(&bytes[..length]).serialize();
            assert_eq!(own.save(), crates.to_vec(), "{length}");
        }
    }

    #[test]
    fn damaged_state_is_refused() {
        let mut md5 = Md5::default();
        md5.update(b"abc");
        let saved = md5.save();
        let with = |at: usize, byte: u8| {
            let mut saved = saved.clone();
            saved[at] = byte;
            Md5::restore(&saved)
        };
        assert!(with(24, 64).is_none() && with(24, 2).is_none() && with(40, 1).is_none());
        assert!(Md5::restore(&saved[1..]).is_none());
    }
}
