//! The key pair of webhooks: made at its first use, and stored in the catalog in the form that `wix-media serve` uses too.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use wix_media::catalog;
use wix_media::manager::Manager;

const KEY_BITS: usize = 2048;

/// The header of every token.
const TOKEN_HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

/// Signs for the catalog of one manager.
#[derive(Debug, Default)]
pub(crate) struct Signer {
    /// The private key as it is stored, and as it signs: reading it takes longer than signing.
    last: Mutex<Option<(String, Arc<RsaKeyPair>)>>,
}

impl Signer {
    /// The public key, as PEM.
    pub(crate) fn public_key(manager: &Manager) -> catalog::Result<String> {
        Ok(text(&stored(manager)?, "publicKey"))
    }

    /// A JSON Web Token of these claims. If that fails, returns the reason for people.
    pub(crate) fn sign(&self, manager: &Manager, claims: &str) -> Result<String, String> {
        let key = self.private_key(manager)?;
        let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        let content = format!("{}.{}", encode(TOKEN_HEADER), encode(claims));
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            content.as_bytes(),
            &mut signature,
        )
        .map_err(|error| error.to_string())?;
        Ok(format!("{content}.{}", Base64UrlUnpadded::encode_string(&signature)))
    }

    /// The key that signs. The catalog is asked each time, because an import may have brought another one.
    fn private_key(&self, manager: &Manager) -> Result<Arc<RsaKeyPair>, String> {
        let pair = stored(manager).map_err(|error| error.to_string())?;
        let private = text(&pair, "privateKey");
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((from, key)) = &*last
            && *from == private
        {
            return Ok(Arc::clone(key));
        }
        let bytes = Base64::decode_vec(&private).map_err(|error| error.to_string())?;
        let key = RsaKeyPair::from_pkcs8(&bytes).map_err(|error| format!("invalid key in the catalog: {error}"))?;
        let key = Arc::new(key);
        *last = Some((private, Arc::clone(&key)));
        Ok(key)
    }
}

fn text(pair: &Value, member: &str) -> String {
    pair[member].as_str().unwrap_or_default().to_owned()
}

/// The stored key pair, which is made if there is none.
fn stored(manager: &Manager) -> catalog::Result<Value> {
    let pair = manager.control("webhookKey", &Value::Null)?;
    if !pair.is_null() {
        return Ok(pair);
    }
    let made = generated().map_err(|error| catalog::Error::Store(format!("cannot make a key: {error}").into()))?;
    // If another process was faster, this returns the pair of that one.
    manager.control("setWebhookKey", &made)
}

/// A new key pair. Only made by `rsa`: `ring` makes no RSA keys, but signs in constant time.
fn generated() -> Result<Value, rsa::pkcs8::spki::Error> {
    let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, KEY_BITS);
    let private = private.map_err(|_| rsa::pkcs8::spki::Error::KeyMalformed)?;
    let public = private.to_public_key().to_public_key_pem(LineEnding::LF)?;
    let private = private
        .to_pkcs8_der()
        .map_err(|_| rsa::pkcs8::spki::Error::KeyMalformed)?;
    Ok(json!({ "privateKey": Base64::encode_string(private.as_bytes()), "publicKey": public }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    #[test]
    fn token_is_signed_by_the_stored_key() {
        let (manager, signer) = (Manager::memory().expect("a manager"), Signer::default());
        let pem = Signer::public_key(&manager).expect("a key");
        assert_eq!(Signer::public_key(&manager).expect("a key"), pem, "made once");
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{pem}");
        let token = signer.sign(&manager, r#"{"data":"x"}"#).expect("a token");
        let (content, signature) = token.rsplit_once('.').expect("three parts");
        let public = signer.private_key(&manager).expect("a key").public().as_ref().to_vec();
        let signature = Base64UrlUnpadded::decode_vec(signature).expect("base64");
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
            .verify(content.as_bytes(), &signature)
            .expect("a signature of the content");
    }
}
