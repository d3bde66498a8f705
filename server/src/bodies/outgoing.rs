//! Bodies of responses.

use crate::actor::blocking;
use crate::metrics::{Class, Held, Metrics};
use crate::socket::Activity;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use wix_media::manager::{Body, Manager};

/// The size of a piece of a response, in bytes.
const PIECE_SIZE: usize = 128 * 1024;

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
    manager: Arc<Manager>,
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
    pub(crate) fn new(manager: &Arc<Manager>, first: Bytes, body: Body, end: Option<AtEnd>) -> Stored {
        Stored {
            manager: Arc::clone(manager),
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
        let manager = Arc::clone(&self.manager);
        self.reading = Some(blocking(move || {
            let bytes = read_piece(&manager, &mut body)?;
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
pub(crate) fn read_piece(manager: &Manager, body: &mut Body) -> std::io::Result<Bytes> {
    let size = usize::try_from(body.length()).unwrap_or(usize::MAX).min(PIECE_SIZE);
    let mut buffer = vec![0; size];
    let count = manager.read(body, &mut buffer)?;
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
    /// Its span in traces.
    pub(crate) trace: tracing::Span,
    pub(crate) began: Instant,
    pub(crate) status: u16,
    pub(crate) sent: u64,
    /// Whether the whole response was handed over to the connection.
    pub(crate) is_complete: bool,
    pub(crate) activity: Arc<Activity>,
    pub(crate) class: Class,
    pub(crate) metrics: Arc<Metrics>,
    /// Counts it among the downloads, if it is one.
    pub(crate) download: Option<Held>,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.activity.end();
        // Before the log says that it has ended.
        self.download = None;
        let duration = self.began.elapsed();
        self.metrics
            .answered(self.class, self.status, duration, self.sent, self.is_complete);
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let (status, bytes) = (self.status, self.sent);
        self.trace.record("http.response.status_code", status);
        if status >= 500 {
            self.trace.record("otel.status_code", "error");
        }
        if !self.is_complete {
            self.trace.record("wix_media.cut_off", true);
        }
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
            Content::Stored(stored) => this.exchange.trace.in_scope(|| stored.poll_piece(context)),
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
