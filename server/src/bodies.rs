//! Bodies in both directions, in pieces.
//!
//! A request's body is read from the socket as fast as the manager takes it. A response's body is read from the storage one piece
//! ahead of the socket. Neither is ever in memory as a whole, and no thread waits for the network.

use crate::service::App;
use crate::socket::{MIN_MOVED, PACE_WINDOW};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;
use wix_media::manager::Body;

/// The size of a piece of a response, in bytes.
pub(crate) const PIECE_SIZE: usize = 128 * 1024;

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

/// Runs a function when the value is dropped.
pub(crate) struct AtEnd(Option<Box<dyn FnOnce() + Send>>);

impl AtEnd {
    pub(crate) fn new(run: impl FnOnce() + Send + 'static) -> AtEnd {
        AtEnd(Some(Box::new(run)))
    }
}

impl fmt::Debug for AtEnd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AtEnd")
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run();
        }
    }
}

/// A body in the storage.
#[derive(Debug)]
pub(crate) struct Stored {
    app: Arc<App>,
    /// The rest of it, after the pieces below.
    body: Option<Body>,
    first: Option<Bytes>,
    reading: Option<JoinHandle<std::io::Result<(Body, Bytes)>>>,
    /// The number of bytes that have not been sent yet.
    left: u64,
    _end: Option<AtEnd>,
}

impl Stored {
    /// A body that begins with `first`.
    pub(crate) fn new(app: &Arc<App>, first: Bytes, body: Body, end: Option<AtEnd>) -> Stored {
        Stored {
            app: Arc::clone(app),
            left: first.len() as u64 + body.length(),
            first: Some(first).filter(|first| !first.is_empty()),
            body: Some(body),
            reading: None,
            _end: end,
        }
    }

    /// Begins to read the next piece.
    fn begin(&mut self) {
        let Some(mut body) = self.body.take().filter(|body| body.length() > 0) else {
            return;
        };
        let app = Arc::clone(&self.app);
        self.reading = Some(spawn_blocking(move || {
            let bytes = read_piece(&app, &mut body)?;
            Ok((body, bytes))
        }));
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Bytes>>> {
        let piece = if let Some(first) = self.first.take() {
            first
        } else {
            if self.reading.is_none() {
                self.begin();
            }
            let Some(reading) = &mut self.reading else {
                return Poll::Ready(None);
            };
            let outcome = ready!(Pin::new(reading).poll(context));
            self.reading = None;
            match outcome.map_err(std::io::Error::other).flatten() {
                Ok((body, bytes)) => {
                    self.body = Some(body);
                    bytes
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        };
        self.left = self.left.saturating_sub(piece.len() as u64);
        self.begin();
        Poll::Ready(Some(Ok(piece)))
    }
}

/// Reads the next piece of a body. Fails if it ends before its length.
pub(crate) fn read_piece(app: &App, body: &mut Body) -> std::io::Result<Bytes> {
    let size = usize::try_from(body.length()).unwrap_or(usize::MAX).min(PIECE_SIZE);
    let mut buffer = vec![0; size];
    let count = app.manager.read(body, &mut buffer)?;
    if count < size {
        let text = "cannot read the file: its bytes are missing";
        return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, text));
    }
    Ok(buffer.into())
}

/// The body of a response.
#[derive(Debug)]
pub(crate) enum Content {
    Whole(Option<Bytes>),
    Stored(Box<Stored>),
    /// Pieces from elsewhere, whose number is unknown.
    Stream(mpsc::Receiver<Bytes>),
}

impl Content {
    pub(crate) fn empty() -> Content {
        Content::Whole(None)
    }

    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Content {
        Content::Whole(Some(bytes.into()).filter(|bytes| !bytes.is_empty()))
    }
}

/// The body of a response, and what is told when it has ended.
#[derive(Debug)]
pub(crate) struct Outgoing {
    content: Content,
    exchange: Exchange,
}

/// A request on its way, for the log. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) span: tracing::Span,
    pub(crate) began: Instant,
    pub(crate) status: u16,
    pub(crate) sent: u64,
    /// Whether the whole response was handed over to the connection.
    pub(crate) is_complete: bool,
    pub(crate) activity: Arc<crate::socket::Activity>,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.activity.end();
        let milliseconds = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, bytes) = (self.status, self.sent);
        self.span.in_scope(|| {
            if self.is_complete {
                tracing::info!(status, bytes, milliseconds, "request");
            } else {
                tracing::info!(status, bytes, milliseconds, "request cut off");
            }
        });
    }
}

impl Outgoing {
    pub(crate) fn new(content: Content, exchange: Exchange) -> Outgoing {
        Outgoing { content, exchange }
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let this = &mut *self;
        let piece = match &mut this.content {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Content::Stored(stored) => stored.poll_piece(context),
            Content::Stream(pieces) => pieces.poll_recv(context).map(|piece| piece.map(Ok)),
        };
        match ready!(piece) {
            Some(Ok(bytes)) => {
                this.exchange.sent += bytes.len() as u64;
                this.exchange.is_complete = http_body::Body::is_end_stream(this);
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Some(Err(error)) => {
                this.exchange
                    .span
                    .in_scope(|| tracing::error!(%error, "cannot send the response"));
                Poll::Ready(Some(Err(error)))
            }
            None => {
                this.exchange.is_complete = true;
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_none(),
            Content::Stored(stored) => stored.left == 0,
            Content::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Content::Stored(stored) => SizeHint::with_exact(stored.left),
            Content::Stream(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Response;
    use http_body_util::Empty;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use std::convert::Infallible;
    use tokio::io::{AsyncWriteExt, DuplexStream};

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
