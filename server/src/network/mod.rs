//! The network for imports and webhooks: one request, without following redirects.
//!
//! A name is resolved once, its addresses are checked, and the connection is made to an address that was checked, so that the
//! name cannot lead elsewhere a moment later.
//!
//! Reasons of failures may be logged, so they contain neither a URL nor the name of a host.

mod resolver;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use resolver::RESOLVER;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};
use url::{Host, Url};
use wix_media::manager::is_private;

/// The response of a source.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Where a redirect leads.
    pub(crate) location: Option<String>,
    pub(crate) body: Incoming,
}

/// The settings of TLS, with the certificates that this machine trusts.
static TLS: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    // A certificate that cannot be read is left out, and connections that need it fail.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(
        ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
});

/// Fetches a URL. If that fails, returns the reason for whoever knows the URL: it names the host.
pub(crate) async fn fetch(url: &str, headers: &[(String, String)], allow_private: bool) -> Result<Fetched, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let request = fetching(&url, headers)?;
    // The caller of an import may learn where a redirect leads.
    let host = url.host_str().unwrap_or_default();
    send(&url, request, allow_private)
        .await
        .map_err(|reason| format!("{host}: {reason}"))
}

/// Posts a text to a URL, which may be a private one. Returns the status of the response, whose body is not read. If that fails,
/// returns the reason for people.
pub(crate) async fn post(url: &str, text: String) -> Result<u16, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let request = Request::post(target(&url))
        .header("host", authority(&url))
        .header("content-type", "text/plain")
        .body(Full::from(text))
        .map_err(|error| error.to_string())?;
    Ok(send(&url, request, true).await?.status)
}

/// Posts bytes to a URL, which may be a private one, with these headers. Returns the status of the response, whose body is not read. If that
/// fails, returns the reason for people, without the URL.
pub(crate) async fn deliver(url: &Url, headers: &HeaderMap, body: Bytes) -> Result<StatusCode, String> {
    let mut request = Request::post(target(url))
        .header("host", authority(url))
        .body(Full::from(body))
        .map_err(|error| error.to_string())?;
    request.headers_mut().extend(headers.clone());
    let status = send(url, request, true).await?.status;
    StatusCode::from_u16(status).map_err(|error| error.to_string())
}

async fn send(url: &Url, request: Request<Full<Bytes>>, allow_private: bool) -> Result<Fetched, String> {
    let host = url.host().ok_or("it has no host")?;
    let port = url.port_or_known_default().unwrap_or(80);
    let (addresses, name): (Vec<IpAddr>, String) = match host {
        Host::Ipv4(address) => (vec![address.into()], address.to_string()),
        Host::Ipv6(address) => (vec![address.into()], address.to_string()),
        Host::Domain(name) => {
            let found = RESOLVER.resolve(name).await?;
            (found, name.to_owned())
        }
    };
    // All of them: the owner of the name must not choose which one is connected to.
    let refused = addresses
        .iter()
        .find(|address| !allow_private && is_private(&address.to_string()));
    if let Some(address) = refused {
        return Err(format!("its name has the address {address}, which is not a public one"));
    }
    let address = *addresses.first().ok_or("its name has no address")?;
    let stream = TcpStream::connect((address, port))
        .await
        .map_err(|error| error.to_string())?;
    if url.scheme() == "https" {
        let server = ServerName::try_from(name).map_err(|error| error.to_string())?;
        let connector = TlsConnector::from(Arc::clone(&TLS));
        let stream = connector
            .connect(server, stream)
            .await
            .map_err(|error| untrusted(&error))?;
        return exchange(stream, request).await;
    }
    exchange(stream, request).await
}

/// Why the TLS handshake failed, without the names of hosts, which the text for a wrong certificate contains.
fn untrusted(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => "its certificate is for another host".to_owned(),
        _ => error.to_string(),
    }
}

/// The path and the query.
fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// The host, and the port unless it is the usual one.
fn authority(url: &Url) -> String {
    match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    }
}

fn fetching(url: &Url, headers: &[(String, String)]) -> Result<Request<Full<Bytes>>, String> {
    let mut request = Request::get(target(url))
        .header("host", authority(url))
        .header("accept-encoding", "identity")
        .header("accept", "*/*")
        .body(Full::default())
        .map_err(|error| error.to_string())?;
    let own = request.headers_mut();
    let mut given: Vec<HeaderName> = Vec::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| error.to_string())?;
        // The first of a caller's fields replaces that of the server.
        if given.contains(&name) {
            own.append(name, value);
        } else {
            given.push(name.clone());
            own.insert(name, value);
        }
    }
    Ok(request)
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Fetched, String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| error.to_string())?;
    // It ends when the body ends or is dropped.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let (parts, body) = response.into_parts();
    let text = |value: &HeaderValue| {
        value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
    };
    let is_redirect = matches!(
        parts.status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    Ok(Fetched {
        status: parts.status.as_u16(),
        location: parts.headers.get(LOCATION).filter(|_| is_redirect).map(text),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_rustls::rustls::pki_types::DnsName;

    #[test]
    fn certificate_of_another_host_is_told_without_names() {
        let expected = ServerName::DnsName(DnsName::try_from("secret.example").unwrap());
        let context = CertificateError::NotValidForNameContext {
            expected,
            presented: vec!["other.example".to_owned()],
        };
        let told = |error| untrusted(&std::io::Error::other(rustls::Error::InvalidCertificate(error)));
        assert_eq!(told(context), "its certificate is for another host");
        assert!(told(CertificateError::Expired).contains("Expired"));
    }
}
