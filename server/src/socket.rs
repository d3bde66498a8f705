//! A connection that fails when its other end is silent or too slow.
//!
//! While no request is under way, the next head has to come, and once it has begun it has to end. While a response is sent, bytes
//! have to move. The bodies of requests are watched where they are read, in `bodies.rs`, so that their senders get a response.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a connection is kept open without a request. Longer than the minute for which proxies and clients keep it, so that
/// they close it first.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(65);

/// How long the head of a request may take from its first byte on.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the other end may take for [`MIN_MOVED`] while the server waits for it.
pub(crate) const PACE_WINDOW: Duration = Duration::from_secs(120);

/// The least that has to move in that time, in bytes: 100 a second. The slowest modems are thirty times as fast.
pub(crate) const MIN_MOVED: u64 = 12_000;

/// What a connection and its requests share.
#[derive(Debug)]
pub(crate) struct Activity {
    /// The number of requests under way.
    requests: AtomicUsize,
    /// When the last one ended, in milliseconds after the start of the process.
    idle_since: AtomicU64,
}

/// The start of the process, as far as the order of idle connections is concerned.
static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);

impl Default for Activity {
    fn default() -> Activity {
        Activity {
            requests: AtomicUsize::new(0),
            idle_since: AtomicU64::new(now()),
        }
    }
}

fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Activity {
    pub(crate) fn is_busy(&self) -> bool {
        self.requests.load(Ordering::Acquire) > 0
    }

    pub(crate) fn begin(&self) {
        self.requests.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn idle_since(&self) -> u64 {
        self.idle_since.load(Ordering::Acquire)
    }

    pub(crate) fn end(&self) {
        self.idle_since.store(now(), Ordering::Release);
        self.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A timer that runs only while something is awaited.
#[derive(Debug, Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    fn clear(&mut self) {
        self.sleep = None;
    }

    /// Starts the timer unless it runs. Returns whether its time has come.
    fn has_expired(&mut self, context: &mut Context<'_>, deadline: impl FnOnce() -> Instant) -> bool {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline())));
        sleep.as_mut().poll(context).is_ready()
    }
}

/// A connection with time limits.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    activity: Arc<Activity>,
    reading: Timer,
    /// Whether the head of a request has begun to arrive.
    has_begun: bool,
    writing: Timer,
    /// The bytes that were sent since the timer of writing started.
    sent: u64,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, activity: Arc<Activity>) -> Socket {
        Socket {
            stream,
            activity,
            reading: Timer::default(),
            has_begun: false,
            writing: Timer::default(),
            sent: 0,
        }
    }

    /// Waits for a request as on a new connection, whatever has arrived so far.
    pub(crate) fn rest(&mut self) {
        self.reading.clear();
        self.has_begun = false;
    }

    /// Counts what was written, or waits for the other end to receive more.
    fn wrote(&mut self, context: &mut Context<'_>, outcome: Poll<Result<usize>>) -> Poll<Result<usize>> {
        match outcome {
            Poll::Ready(Ok(count)) => self.sent += count as u64,
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                if let Err(error) = self.pace(context) {
                    return Poll::Ready(Err(error));
                }
            }
        }
        outcome
    }

    /// Fails when the other end takes too long to receive what is sent.
    fn pace(&mut self, context: &mut Context<'_>) -> Result<()> {
        if !self.writing.has_expired(context, || Instant::now() + PACE_WINDOW) {
            return Ok(());
        }
        if self.sent < MIN_MOVED {
            return Err(Error::new(ErrorKind::TimedOut, "the receiver is too slow"));
        }
        self.sent = 0;
        self.writing.clear();
        // The new timer has to wake this task too.
        _ = self.writing.has_expired(context, || Instant::now() + PACE_WINDOW);
        Ok(())
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = &mut *self;
        let outcome = Pin::new(&mut this.stream).poll_read(context, buffer);
        if this.activity.is_busy() {
            this.reading.clear();
            this.has_begun = false;
            return outcome;
        }
        if outcome.is_ready() {
            if !this.has_begun {
                this.has_begun = true;
                this.reading.clear();
            }
            return outcome;
        }
        let limit = if this.has_begun { HEAD_TIMEOUT } else { KEEP_ALIVE };
        if this.reading.has_expired(context, || Instant::now() + limit) {
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "no request arrived in time")));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let this = &mut *self;
        // Everything has been handed to the system.
        this.writing.clear();
        this.sent = 0;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Both ends of a connection.
    async fn pair(activity: &Arc<Activity>) -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
        let address = listener.local_addr().expect("an address");
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (stream, _) = accepted.expect("a connection");
        (Socket::new(stream, Arc::clone(activity)), client.expect("a client"))
    }

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(test);
    }

    #[test]
    fn silent_connection_ends_after_its_time_only() {
        run(async {
            let (mut socket, mut client) = pair(&Arc::default()).await;
            // From here on, the clock advances whenever nothing else can happen.
            tokio::time::pause();
            let began = Instant::now();
            let error = socket.read_u8().await.expect_err("a limit");
            assert_eq!(
                (error.kind(), began.elapsed().as_secs()),
                (ErrorKind::TimedOut, KEEP_ALIVE.as_secs())
            );

            let (mut socket, mut other) = {
                tokio::time::resume();
                pair(&Arc::default()).await
            };
            other.write_all(b"G").await.expect("sent");
            assert_eq!(socket.read_u8().await.expect("a byte"), b'G');
            tokio::time::pause();
            let began = Instant::now();
            let error = socket.read_u8().await.expect_err("a limit");
            assert_eq!(
                (error.kind(), began.elapsed().as_secs()),
                (ErrorKind::TimedOut, HEAD_TIMEOUT.as_secs())
            );
            client.shutdown().await.expect("closed");
        });
    }

    #[test]
    fn receiver_that_takes_nothing_is_cut_off() {
        run(async {
            let activity = Arc::<Activity>::default();
            activity.begin();
            let (mut socket, _client) = pair(&activity).await;
            tokio::time::pause();
            let began = Instant::now();
            let bytes = vec![0; 64 << 20];
            let error = socket.write_all(&bytes).await.expect_err("a limit");
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            // What the buffers of the system take counts as sent, in the first window.
            assert!(began.elapsed() >= PACE_WINDOW && began.elapsed() <= 2 * PACE_WINDOW + Duration::from_secs(1));
        });
    }
}
