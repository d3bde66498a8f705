//! TLS of connections, by the parameters `sslmode` and `sslrootcert` of a URL.
//!
//! | `sslmode` | TLS | Certificate |
//! |---|---|---|
//! | `disable` | none | |
//! | `prefer`, the default | if the server offers it | any |
//! | `require` | always | any, or with `sslrootcert` one that leads to a root in that file |
//! | `verify-ca` | always | one for any host that leads to a root in `sslrootcert`, or else of the system |
//! | `verify-full` | always | one for the name of the host that leads to a root in `sslrootcert`, or else of the system |
//!
//! `require` keeps readers out. Only `verify-full` keeps out whoever can answer in the place of the server.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::{LoadBalanceHosts, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;
use wix_media::catalog::{Error, Result};

/// Which certificates of a server are accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Accepted {
    #[default]
    Any,
    /// Those that lead to a root, whatever host they name.
    Rooted,
    /// Those that also name the host.
    Named,
}

/// The TLS of connections to a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    accepted: Accepted,
    roots: Option<PathBuf>,
}

/// Reads the URL of a database. Its errors do not quote it, because it may contain a password.
pub(crate) fn parse(url: &str) -> Result<(Config, Tls)> {
    let wrong = |text: String| Error::Store(format!("invalid URL of a database: {text}").into());
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(wrong("expected postgres:// in the beginning".to_owned()));
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut tls = Tls::default();
    let mut mode = None;
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=').unwrap_or((pair, "")) {
            ("sslmode", value) => mode = Some(value),
            ("sslrootcert", value) => {
                let path = decoded(value).filter(|path| !path.is_empty());
                tls.roots = Some(
                    path.ok_or_else(|| wrong("expected a file as sslrootcert".to_owned()))?
                        .into(),
                );
            }
            _ => others.push(pair),
        }
    }
    let mut config: Config = format!("{base}?{}", others.join("&"))
        .parse()
        .map_err(|error: tokio_postgres::Error| wrong(error.to_string()))?;
    // A mode that was not found above is behind a question mark of the password. Left out, it would not count.
    if mode.is_none() && config.get_ssl_mode() != SslMode::Prefer {
        return Err(wrong(
            "expected %3F in place of a question mark within the password".to_owned(),
        ));
    }
    let (ssl_mode, accepted) = match mode {
        Some("disable") => (SslMode::Disable, Accepted::Any),
        None | Some("prefer") => (SslMode::Prefer, Accepted::Any),
        Some("require") if tls.roots.is_none() => (SslMode::Require, Accepted::Any),
        Some("require") => (SslMode::Require, Accepted::Rooted),
        Some("verify-ca") => (SslMode::Require, Accepted::Rooted),
        Some("verify-full") => (SslMode::Require, Accepted::Named),
        Some(found) => {
            let expected = "disable, prefer, require, verify-ca or verify-full";
            return Err(wrong(format!("invalid sslmode: expected {expected}, found {found}")));
        }
    };
    if tls.roots.is_some() && ssl_mode != SslMode::Require {
        return Err(wrong(
            "sslrootcert needs sslmode=require, verify-ca or verify-full".to_owned(),
        ));
    }
    config.ssl_mode(ssl_mode);
    if config.get_hosts().len().max(config.get_hostaddrs().len()) > 1 {
        // Of several, one is the primary. In a random order, because one that accepts connections and does not answer takes all the time
        // that there is to make one.
        config
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .load_balance_hosts(LoadBalanceHosts::Random);
    }
    tls.accepted = accepted;
    Ok((config, tls))
}

/// A value of a query. `None` if it is not text.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

impl Tls {
    /// What makes connections of this kind. Reads the roots.
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Store(Box::new(error)))?;
        let config = match self.accepted {
            Accepted::Named => {
                let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(self.roots()?), provider).build();
                builder.with_webpki_verifier(verifier.map_err(|error| Error::Store(Box::new(error)))?)
            }
            Accepted::Any | Accepted::Rooted => {
                let roots = match self.accepted {
                    Accepted::Rooted => Some(self.roots()?),
                    _ => None,
                };
                let verifier = Arc::new(Unnamed { roots, provider });
                builder.dangerous().with_custom_certificate_verifier(verifier)
            }
        };
        Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
    }

    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        match &self.roots {
            Some(file) => {
                for root in certificates(file)? {
                    roots.add(root).map_err(|error| unreadable(file, &error))?;
                }
                if roots.is_empty() {
                    return Err(unreadable(file, &"expected -----BEGIN CERTIFICATE-----"));
                }
            }
            // A certificate of the system that cannot be read is left out, and connections that need it fail.
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        }
        Ok(roots)
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    read.map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::Store(format!("cannot read the certificates in {}: {reason}", file.display()).into())
}

/// Accepts certificates for any host: all, or those that lead to a root.
#[derive(Debug)]
struct Unnamed {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unnamed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_says_which_certificates_are_accepted() {
        let read = |url: &str| {
            let (config, tls) = parse(url).expect("a URL");
            (config.get_ssl_mode(), tls.accepted, tls.roots)
        };
        let base = "postgres://u:p@db.example/media";
        assert_eq!(read(base), (SslMode::Prefer, Accepted::Any, None));
        assert_eq!(
            read(&format!("{base}?sslmode=disable&application_name=a")),
            (SslMode::Disable, Accepted::Any, None)
        );
        assert_eq!(
            read(&format!("{base}?sslmode=require")),
            (SslMode::Require, Accepted::Any, None)
        );
        assert_eq!(
            read(&format!("{base}?sslrootcert=%2Fa%20b.pem&sslmode=require")),
            (SslMode::Require, Accepted::Rooted, Some("/a b.pem".into()))
        );
        assert_eq!(
            read(&format!("{base}?sslmode=verify-ca")),
            (SslMode::Require, Accepted::Rooted, None)
        );
        assert_eq!(
            read(&format!("{base}?sslmode=verify-full")),
            (SslMode::Require, Accepted::Named, None)
        );
    }

    #[test]
    fn url_with_several_hosts_leads_to_the_primary() {
        let read = |url: &str| {
            let (config, _) = parse(url).expect("a URL");
            (config.get_target_session_attrs(), config.get_load_balance_hosts())
        };
        assert_eq!(
            read("postgres://u@db.example/media"),
            (TargetSessionAttrs::Any, LoadBalanceHosts::Disable)
        );
        for url in [
            "postgres://u@one.example,two.example/media",
            "postgres://u@one.example:1,two.example:2/media?target_session_attrs=read-write",
        ] {
            assert_eq!(
                read(url),
                (TargetSessionAttrs::ReadWrite, LoadBalanceHosts::Random),
                "{url}"
            );
        }
    }

    #[test]
    fn wrong_url_is_refused_without_its_password() {
        for (url, expected) in [
            ("mysql://u:secret@h/d", "expected postgres://"),
            ("host=h password=secret", "expected postgres://"),
            ("postgres://u:secret@h:x/d", "invalid"),
            ("postgres://u:secret@h/d?sslmode=verify", "found verify"),
            ("postgres://u:secret?@h/d?sslmode=require", "expected %3F"),
            ("postgres://u:secret@h/d?sslrootcert=a.pem", "needs sslmode=require"),
            (
                "postgres://u:secret@h/d?sslmode=require&sslrootcert=%2",
                "expected a file",
            ),
        ] {
            let error = parse(url).expect_err("a refusal").to_string();
            assert!(error.contains(expected) && !error.contains("secret"), "{url}: {error}");
        }
    }
}
