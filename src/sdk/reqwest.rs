//! The transport over `reqwest`, natively and in a page.

use super::client::{Answer, Transport, Unanswered};
use super::endpoint::Request;
use reqwest::Method;
use std::time::Duration;

/// How long a request may take, unless [`Reqwest::with_timeout`] says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A [`Transport`] over `reqwest` (feature `reqwest`).
///
/// Natively, calls need a runtime of tokio. In a page the transport uses `fetch`. The crate enables no TLS backend: to reach Wix
/// itself, add `reqwest` to your dependencies with one of its features, such as `rustls`.
///
/// ```
/// use wix_media::sdk::{Client, Credentials, Endpoint, ListFolders, Reqwest, Retries};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// let endpoint = Endpoint::new("http://127.0.0.1:1", Credentials::None);
/// let once = Retries { attempts: 1, ..Retries::default() };
/// let client = Client::new(endpoint, Reqwest::default()).with_retries(once);
///
/// // No server listens there.
/// let error = client.call(&ListFolders::default()).await.unwrap_err();
/// assert_eq!(error.code(), "NETWORK");
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: reqwest::Client,
    timeout: Duration,
}

impl Default for Reqwest {
    /// Uses a client of its own, with 30 seconds for each request.
    fn default() -> Reqwest {
        Reqwest::new(reqwest::Client::default())
    }
}

impl Reqwest {
    /// Uses a client of your program, with its proxies, certificates and connections.
    pub const fn new(client: reqwest::Client) -> Reqwest {
        Reqwest {
            client,
            timeout: TIMEOUT,
        }
    }

    /// Changes how long a request may take, including the body of its response.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Reqwest {
        Reqwest { timeout, ..self }
    }
}

impl Transport for Reqwest {
    async fn send(&self, request: &Request) -> Result<Answer, Unanswered> {
        let method = match request.method {
            "GET" => Method::GET,
            "PATCH" => Method::PATCH,
            _ => Method::POST,
        };
        let mut builder = self.client.request(method, &request.url).timeout(self.timeout);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await.map_err(unanswered)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.map_err(unanswered)?;
        let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Ok(Answer::new(status, body.to_vec(), header))
    }

    #[cfg(not(target_arch = "wasm32"))]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    #[cfg(target_arch = "wasm32")]
    async fn sleep(&self, duration: Duration) {
        gloo_timers::future::sleep(duration).await;
    }
}

fn unanswered(error: reqwest::Error) -> Unanswered {
    if error.is_timeout() {
        Unanswered::Timeout
    } else if is_unsent(&error) {
        Unanswered::NotSent(reason(&error))
    } else {
        Unanswered::Lost(reason(&error))
    }
}

/// Whether the request cannot have left: it is invalid, or there was no connection. A page cannot tell the latter.
fn is_unsent(error: &reqwest::Error) -> bool {
    #[cfg(not(target_arch = "wasm32"))]
    if error.is_connect() {
        return true;
    }
    error.is_builder()
}

/// The error with its causes, the innermost of which says what went wrong.
fn reason(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
