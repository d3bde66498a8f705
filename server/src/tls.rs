//! TLS of both ports: a certificate and its key, which can be replaced while the server runs.

use crate::failure::Failure;
use crate::settings::TlsFiles;
use crate::socket::{HEAD_TIMEOUT, Socket};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// The certificate that new connections get.
#[derive(Debug)]
pub(crate) struct Tls {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    pub(crate) fn open(files: TlsFiles) -> Result<Tls, Failure> {
        let current = RwLock::new(read(&files)?);
        Ok(Tls { files, current })
    }

    /// Reads the files again. If that fails, the certificate stays as it is. Open connections keep theirs.
    pub(crate) fn reload(&self) -> Result<(), Failure> {
        let fresh = read(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Shakes hands with the other end.
    pub(crate) async fn accept(&self, socket: Socket) -> std::io::Result<TlsStream<Socket>> {
        let config = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        let mut stream = timeout(HEAD_TIMEOUT, TlsAcceptor::from(config).accept(socket)).await??;
        // The head of a request may take its time as on any other new connection.
        stream.get_mut().0.rest();
        Ok(stream)
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, Failure> {
    let wrong = |file: &Path, what: &str, reason: &dyn std::fmt::Display| {
        Failure(format!("cannot read the {what} in {}: {reason}", file.display()))
    };
    let (certificate, key) = (&files.certificate, &files.key);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|error| wrong(certificate, "certificate", &error))?;
    if chain.is_empty() {
        return Err(wrong(
            certificate,
            "certificate",
            &"expected -----BEGIN CERTIFICATE-----",
        ));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, "private key", &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure(format!("cannot use TLS: {error}")))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| wrong(certificate, "certificate", &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
