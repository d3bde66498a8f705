//! The digest of an upload: MD5, CRC-32 and size, computed while the bytes arrive.
//!
//! An upload may take several requests, and each of them may meet another process. [`Digest::save`] therefore writes the
//! state as text for a column of the catalog, and [`Digest::restore`] continues from it.

use crate::model::md5::Md5;
use base64ct::{Base64UrlUnpadded, Encoding};

/// The version of the saved form, its first character.
const VERSION: char = '1';
/// The same of the saved result.
const RESULT_VERSION: char = '2';
/// The saved bytes before the MD5 state: the size (8) and the CRC-32 (4).
const HEADER_LEN: usize = 12;
/// The saved bytes after the MD5 state: the CRC-32 of all others.
const CHECK_LEN: usize = 4;

/// A digest of the bytes so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    md5: Md5,
    crc: crc32fast::Hasher,
    size: u64,
}

/// The result of a [`Digest`], or of a host that digests the bytes that it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digested {
    pub(crate) size: u64,
    /// In lower-case hexadecimal digits.
    pub(crate) md5: String,
    /// Of the polynomial that zip uses.
    pub(crate) crc: u32,
}

impl Digest {
    /// The digest of no bytes.
    pub(crate) fn new() -> Digest {
        Digest::default()
    }

    /// Adds the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The number of bytes so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The digest of all bytes.
    pub(crate) fn finish(self) -> Digested {
        Digested {
            size: self.size,
            md5: self.md5.finish(),
            crc: self.crc.finalize(),
        }
    }

    /// The state as text, for [`Digest::restore`].
    pub(crate) fn save(&self) -> String {
        let mut bytes = self.size.to_le_bytes().to_vec();
        bytes.extend(self.crc.clone().finalize().to_le_bytes());
        bytes.extend(self.md5.save());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        format!("{VERSION}{}", Base64UrlUnpadded::encode_string(&bytes))
    }

    /// Continues from a saved state. Returns `None` for a state of another version and for a damaged one.
    pub(crate) fn restore(text: &str) -> Option<Digest> {
        let bytes = Base64UrlUnpadded::decode_vec(text.strip_prefix(VERSION)?).ok()?;
        let (bytes, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK_LEN)?)?;
        if crc32fast::hash(bytes).to_le_bytes() != check {
            return None;
        }
        let (header, md5) = bytes.split_at_checked(HEADER_LEN)?;
        let (size, crc) = header.split_at(8);
        let size = u64::from_le_bytes(size.try_into().ok()?);
        let crc = u32::from_le_bytes(crc.try_into().ok()?);
        Some(Digest {
            md5: Md5::restore(md5)?,
            crc: crc32fast::Hasher::new_with_initial_len(crc, size),
            size,
        })
    }
}

impl Digested {
    /// The result as text, for [`Digested::restore`]. More bytes cannot be added to it.
    pub(crate) fn save(&self) -> String {
        format!("{RESULT_VERSION}{} {} {}", self.size, self.crc, self.md5)
    }

    /// Returns what was saved, also by [`Digest::save`]. Returns `None` for another version and for a damaged text.
    pub(crate) fn restore(text: &str) -> Option<Digested> {
        let Some(result) = text.strip_prefix(RESULT_VERSION) else {
            return Some(Digest::restore(text)?.finish());
        };
        let mut parts = result.split(' ');
        let digested = Digested {
            size: parts.next()?.parse().ok()?,
            crc: parts.next()?.parse().ok()?,
            md5: parts.next()?.to_owned(),
        };
        let is_md5 = digested.md5.len() == 32 && digested.md5.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_md5 && parts.next().is_none()).then_some(digested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digest(bytes: &[u8]) -> Digest {
        let mut digest = Digest::new();
        digest.update(bytes);
        digest
    }

    #[test]
    fn md5_and_crc32_match_known_vectors() {
        let digested = digest(b"123456789").finish();
        assert_eq!((digested.crc, digested.size), (0xcbf4_3926, 9));
        assert_eq!(digested.md5, "25f9e794323b453885f5181f1b624d0b");
        let empty = Digest::new().finish();
        assert_eq!((empty.crc, empty.size), (0, 0));
        assert_eq!(empty.md5, "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn damaged_state_is_refused() {
        let saved = digest(&[7; 100]).save();
        assert!(Digest::restore(&saved).is_some());
        for at in 0..saved.len() {
            let mut damaged = saved.clone().into_bytes();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).expect("text");
            assert!(Digest::restore(&damaged).is_none(), "changed at {at}");
            assert!(Digest::restore(&saved[..at]).is_none(), "cut to {at}");
        }
        assert!(Digest::restore(&format!("{saved}A")).is_none());
        assert!(
            Digest::restore(&format!("2{}", &saved[1..])).is_none(),
            "another version"
        );
    }

    #[test]
    fn state_of_version_1_is_restored() {
        // Rows that other releases wrote have to stay readable: a new form needs a new version.
        let saved = "1BQAAAAAAAAAcOvXLASNFZ4mrze_-3LqYdlQyEAAAAAAAAAAABTEyMzQ1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAOdgPKM";
        assert_eq!(digest(b"12345").save(), saved);
        let mut digest = Digest::restore(saved).expect("a state");
        assert_eq!(digest.size(), 5);
        digest.update(b"6789");
        assert_eq!(digest.finish(), super::tests::digest(b"123456789").finish());
    }

    #[test]
    fn result_is_restored_from_either_form() {
        let digested = digest(b"12345").finish();
        assert_eq!(Digested::restore(&digested.save()).as_ref(), Some(&digested));
        assert_eq!(Digested::restore(&digest(b"12345").save()).as_ref(), Some(&digested));
        assert!(
            Digest::restore(&digested.save()).is_none(),
            "nothing can be added to a result"
        );
        let saved = digested.save();
        for damaged in [
            "",
            "2",
            "3",
            &saved[..saved.len() - 1],
            &format!("{saved} 1"),
            &saved.replace(' ', ""),
        ] {
            assert_eq!(Digested::restore(damaged), None, "{damaged}");
        }
    }

    proptest! {
        #[test]
        fn saved_digest_continues_as_if_never_saved(bytes: Vec<u8>, cut: prop::sample::Index) {
            let (before, after) = bytes.split_at(cut.index(bytes.len() + 1));
            let mut continued = Digest::restore(&digest(before).save()).expect("a state");
            prop_assert_eq!(continued.size(), before.len() as u64);
            continued.update(after);
            prop_assert_eq!(continued.finish(), digest(&bytes).finish());
        }
    }
}
