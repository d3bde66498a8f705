//! Signed tokens in links: JWT with HMAC-SHA256 (choice U36).

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

/// The token of these claims.
pub(super) fn sign(secret: &[u8], claims: &Value) -> String {
    let text = format!(
        "{}.{}",
        Base64UrlUnpadded::encode_string(HEADER.as_bytes()),
        Base64UrlUnpadded::encode_string(claims.to_string().as_bytes())
    );
    let signature = mac(secret, &text).map(|mac| mac.finalize().into_bytes());
    format!(
        "{text}.{}",
        Base64UrlUnpadded::encode_string(&signature.unwrap_or_default())
    )
}

/// The claims of a token that this key signed; whether they still hold is the caller's question.
pub(super) fn verify(secret: &[u8], token: &str) -> Option<Value> {
    let (text, signature) = token.rsplit_once('.')?;
    let (header, claims) = text.split_once('.')?;
    let signature = Base64UrlUnpadded::decode_vec(signature).ok()?;
    mac(secret, text)?.verify_slice(&signature).ok()?;
    // The signature covers the header, so one that says otherwise was never ours.
    (Base64UrlUnpadded::decode_vec(header).ok()? == HEADER.as_bytes()).then_some(())?;
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(claims).ok()?).ok()
}

/// Whether two secrets are the same, in a time that tells nothing of where they differ.
pub(super) fn same(key: &[u8], one: &str, other: &str) -> bool {
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
    fn secrets_are_the_same_or_not() {
        for (one, other, same_) in [("a", "a", true), ("a", "b", false), ("a", "ab", false), ("", "", true)] {
            assert_eq!(same(b"key", one, other), same_, "{one} {other}");
        }
    }

    #[test]
    fn only_the_key_opens_what_it_signed() {
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
