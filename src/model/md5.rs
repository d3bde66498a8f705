//! MD5 with a state that can be saved, for bytes that arrive over several calls or requests.

use md5::digest::array::Array;
use md5::digest::common::hazmat::SerializableState;
use md5::digest::{Digest, Output};

/// An MD5 digest of the bytes so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Md5(md5::Md5);

impl Md5 {
    /// Adds the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes, in lower-case hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'));
        let digest: Output<md5::Md5> = self.0.finalize();
        digest.into_iter().flat_map(digits).collect()
    }

    /// The state, for [`Md5::restore`].
    pub(crate) fn save(&self) -> Vec<u8> {
        self.0.serialize().to_vec()
    }

    /// Continues from a saved state. Returns `None` for bytes that are none, as far as their length and structure tell.
    pub(crate) fn restore(state: &[u8]) -> Option<Md5> {
        md5::Md5::deserialize(&Array::try_from(state).ok()?).ok().map(Md5)
    }
}

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
}
