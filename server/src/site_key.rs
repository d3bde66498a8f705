//! The keys of listed sites: 32 random bytes as text. Only the SHA-256 of these bytes is stored.

use base64ct::{Base64UrlUnpadded, Encoding};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The beginning of every key, by which it is told from the keys of files and from tokens.
const PREFIX: &str = "wms_";

/// The bytes of a key.
const KEY_LEN: usize = 32;

/// Returns a new key and its hash. `None` if the machine has no randomness.
pub(crate) fn generate() -> Option<(String, String)> {
    let mut bytes = [0; KEY_LEN];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some((
        format!("{PREFIX}{}", Base64UrlUnpadded::encode_string(&bytes)),
        hex(&bytes),
    ))
}

/// Returns the hash of a key. `None` for a text that is not one.
pub(crate) fn hash(text: &str) -> Option<String> {
    let mut bytes = [0; KEY_LEN];
    let decoded = Base64UrlUnpadded::decode(text.strip_prefix(PREFIX)?, &mut bytes).ok()?;
    (decoded.len() == KEY_LEN).then(|| hex(decoded))
}

/// Returns whether a text claims to be a key.
pub(crate) fn is_key(text: &str) -> bool {
    text.starts_with(PREFIX)
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_a_key_is_that_with_which_it_was_made() {
        let (key, hashed) = generate().expect("randomness");
        assert_eq!(hash(&key), Some(hashed.clone()));
        assert_eq!((key.len(), hashed.len()), (4 + 43, 64));
        assert_ne!(generate().expect("randomness").0, key);
        for damaged in [
            &key[1..],
            &key[..key.len() - 1],
            &format!("{key}A"),
            "wms_",
            "",
            "wms_\u{e4}",
        ] {
            assert_eq!(hash(damaged), None, "{damaged}");
        }
    }
}
