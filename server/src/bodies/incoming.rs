//! Bodies of requests, and of responses to imports.

use crate::socket::{MIN_MOVED, PACE_WINDOW};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

/// How many bytes of a request are collected for one call of the manager, as far as they have arrived.
const COLLECTED_SIZE: usize = 256 * 1024;

/// How long the rest of a refused upload is read. If the connection closed at once, the sender would not see the response.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The connection broke off.
    Off,
    /// It came too slowly.
    Slow,
}

/// The body of a request, or the response of the source of an import.
#[derive(Debug)]
pub(crate) struct Source {
    incoming: Option<Incoming>,
    /// How long this end has waited since `moved` was last reset.
    waited: Duration,
    /// The bytes that have arrived since then.
    moved: u64,
}

impl Source {
    pub(crate) fn new(incoming: Option<Incoming>) -> Source {
        Source {
            incoming,
            waited: Duration::ZERO,
            moved: 0,
        }
    }

    pub(crate) fn has_body(&self) -> bool {
        self.incoming.is_some()
    }

    /// Returns the next bytes: at least one, and as many as have arrived already, up to a limit. `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let Some(incoming) = &mut self.incoming else {
            return Ok(None);
        };
        let mut collected = Vec::new();
        while collected.len() < COLLECTED_SIZE {
            let began = Instant::now();
            let found = if collected.is_empty() {
                let left = PACE_WINDOW.saturating_sub(self.waited);
                let found = tokio::time::timeout(left, incoming.frame()).await;
                self.waited += began.elapsed();
                found.map_err(|_| Broken::Slow)?
            } else {
                // Take only what has already arrived.
                let ready = std::future::poll_fn(|context| {
                    Poll::Ready(match Pin::new(&mut *incoming).poll_frame(context) {
                        Poll::Ready(frame) => Some(frame),
                        Poll::Pending => None,
                    })
                });
                match ready.await {
                    Some(frame) => frame,
                    None => break,
                }
            };
            let Some(frame) = found else {
                self.incoming = None;
                break;
            };
            let frame = frame.map_err(|_| Broken::Off)?;
            // Trailers are ignored.
            if let Ok(bytes) = frame.into_data() {
                self.moved += bytes.len() as u64;
                if self.moved >= MIN_MOVED {
                    (self.waited, self.moved) = (Duration::ZERO, 0);
                }
                collected.extend_from_slice(&bytes);
            }
        }
        Ok((!collected.is_empty()).then_some(collected))
    }

    /// Reads all of a short body. `None` for one of more than `limit` bytes.
    pub(crate) async fn whole(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Broken> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await? {
            whole.extend_from_slice(&piece);
            if whole.len() > limit {
                return Ok(None);
            }
        }
        Ok(Some(whole))
    }
}

impl Drop for Source {
    /// Reads the rest of a body that nobody wants, for a while.
    fn drop(&mut self) {
        let Some(mut incoming) = self.incoming.take() else {
            return;
        };
        if incoming.is_end_stream() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let drain = async move { while let Some(Ok(_)) = incoming.frame().await {} };
        runtime.spawn(tokio::time::timeout(DRAIN_TIMEOUT, drain));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Response;
    use http_body_util::Empty;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use std::convert::Infallible;
    use tokio::io::{AsyncWriteExt, DuplexStream};
    use tokio::sync::mpsc;

    /// Serves one request of a client at the other end of a pipe, and returns the length of its body.
    fn received(client: impl AsyncFnOnce(DuplexStream)) -> Result<usize, Broken> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            // The clock advances whenever nothing else can happen.
            tokio::time::pause();
            let (near, far) = tokio::io::duplex(1 << 16);
            let (told, mut heard) = mpsc::channel(1);
            let service = service_fn(move |request: http::Request<Incoming>| {
                let told = told.clone();
                async move {
                    let mut source = Source::new(Some(request.into_body()));
                    let mut count = 0;
                    let outcome = loop {
                        match source.next().await {
                            Ok(Some(piece)) => count += piece.len(),
                            Ok(None) => break Ok(count),
                            Err(error) => break Err(error),
                        }
                    };
                    told.send(outcome).await.expect("a receiver");
                    Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
                }
            });
            let serving = hyper::server::conn::http1::Builder::new()
                .header_read_timeout(None)
                .serve_connection(TokioIo::new(far), service);
            tokio::spawn(serving);
            let (outcome, ()) = tokio::join!(heard.recv(), client(near));
            outcome.expect("an outcome")
        })
    }

    async fn send(pipe: &mut DuplexStream, bytes: &[u8]) {
        pipe.write_all(bytes).await.expect("sent");
    }

    const HEAD: &[u8] = b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";

    #[test]
    fn whole_body_arrives_however_long_this_end_takes() {
        let outcome = received(async |mut pipe| {
            send(&mut pipe, HEAD).await;
            for _ in 0..5 {
                send(&mut pipe, &[0; 20_000]).await;
                // Less than a window each time, and more in total.
                tokio::time::sleep(PACE_WINDOW * 2 / 3).await;
            }
        });
        assert_eq!(outcome, Ok(100_000));
    }

    #[test]
    fn body_that_trickles_is_too_slow() {
        let outcome = received(async |mut pipe| {
            send(&mut pipe, HEAD).await;
            for _ in 0..1000 {
                if pipe.write_all(&[0; 10]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        assert_eq!(outcome, Err(Broken::Slow));
    }

    #[test]
    fn body_that_breaks_off_is_not_whole() {
        let outcome = received(async |mut pipe| {
            send(&mut pipe, HEAD).await;
            send(&mut pipe, &[0; 5000]).await;
            pipe.shutdown().await.expect("closed");
        });
        assert_eq!(outcome, Err(Broken::Off));
    }
}
