//! The signed tokens in links: JSON Web Tokens with HMAC-SHA256 (`docs/contract/choices.md#u36`).
//!
//! Written by hand over the crates of RustCrypto: `jsonwebtoken` brings every algorithm and checks the expiry by a clock of
//! its own, while the manager has one algorithm and is given the time.

use super::json;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn mac(secret: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

/// Signs claims.
pub(crate) fn sign(secret: &[u8], claims: &Value) -> String {
    let text = format!(
        "{}.{}",
        Base64UrlUnpadded::encode_string(HEADER.as_bytes()),
        Base64UrlUnpadded::encode_string(json::text(claims).as_bytes())
    );
    let signature = mac(secret, &text).map(|mac| mac.finalize().into_bytes());
    format!(
        "{text}.{}",
        Base64UrlUnpadded::encode_string(&signature.unwrap_or_default())
    )
}

/// Returns the claims of a token, if this key signed it. The caller checks expiry and audience.
pub(crate) fn verify(secret: &[u8], token: &str) -> Option<Value> {
    let (text, signature) = token.rsplit_once('.')?;
    let (header, claims) = text.split_once('.')?;
    let signature = Base64UrlUnpadded::decode_vec(signature).ok()?;
    mac(secret, text)?.verify_slice(&signature).ok()?;
    // `sign` writes one header only. A different one with a valid signature was signed for another purpose.
    (Base64UrlUnpadded::decode_vec(header).ok()? == HEADER.as_bytes()).then_some(())?;
    json::parse(&Base64UrlUnpadded::decode_vec(claims).ok()?).ok()
}

/// Returns whether two secrets are equal, in constant time: it compares their MACs under `key`.
pub(crate) fn is_equal(key: &[u8], one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (mac(key, one), mac(key, other)) else {
        return false;
    };
    one.verify(&other.finalize().into_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn is_equal_compares_whole_secrets() {
        for (one, other, expected) in [("a", "a", true), ("a", "b", false), ("a", "ab", false), ("", "", true)] {
            assert_eq!(is_equal(b"key", one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn verify_refuses_other_keys_and_changed_or_truncated_tokens() {
        let claims = json!({ "jti": "1", "exp": 5 });
        let token = sign(b"key", &claims);
        assert_eq!(verify(b"key", &token), Some(claims));
        assert_eq!(verify(b"other", &token), None);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("text");
            assert_eq!(verify(b"key", &forged), None, "{at}");
            assert_eq!(verify(b"key", &token[..at]), None, "{at}");
        }
    }
}
