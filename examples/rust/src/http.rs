//! reqwest as the transport of a client.

use std::time::Duration;
use wix_media::sdk::{Answer, Request, Transport, Unanswered};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Default)]
pub struct Http(reqwest::Client);

impl Transport for Http {
    async fn send(&self, request: &Request) -> Result<Answer, Unanswered> {
        let method = match request.method {
            "GET" => reqwest::Method::GET,
            "PATCH" => reqwest::Method::PATCH,
            _ => reqwest::Method::POST,
        };
        let mut builder = self.0.request(method, &request.url).timeout(TIMEOUT);
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

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

fn unanswered(error: reqwest::Error) -> Unanswered {
    if error.is_timeout() {
        Unanswered::Timeout
    } else if error.is_connect() {
        Unanswered::NotSent(error.to_string())
    } else {
        Unanswered::Lost(error.to_string())
    }
}
