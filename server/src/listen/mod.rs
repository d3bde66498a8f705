//! Connections: from the port to the service, and their end.
//!
//! The port is bound first and the storage opened second, so requests in between wait. The first signal stops the server: it
//! accepts no more connections and waits for requests that are under way, for a limited time. A second signal cuts them off.

mod connections;

use crate::admin;
use crate::answer;
use crate::app::Phase;
use crate::background;
use crate::failure::Failure;
use crate::guard;
use crate::service::{self, Near};
use crate::settings::Settings;
use crate::sites::Sites;
use crate::socket::Socket;
use crate::tls::Tls;
use connections::{Connections, Place};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::{SockRef, TcpKeepalive};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tracing::field::display;

/// The maximum number of threads for calls of the manager.
const MAX_THREADS: usize = 128;

/// The maximum bytes of a request's head, and of what is read at once.
const BUFFER_SIZE: usize = 64 * 1024;

/// How long a refused connection may take to read why.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(1);

/// How many refused connections may be told why at once. Others are closed.
const MAX_REFUSALS: usize = 64;

/// How long a connection is silent before the system asks whether its other end is still there.
const TCP_KEEP_ALIVE: Duration = Duration::from_secs(60);

/// How long accepting pauses when the system has no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long calls of the manager may take after the last connection has ended.
const WORK_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs the server until a signal ends it.
pub(crate) fn serve(settings: Settings) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(MAX_THREADS)
        .build()
        .map_err(|error| Failure(format!("cannot start the runtime: {error}")))?;
    let outcome = runtime.block_on(run(settings));
    runtime.shutdown_timeout(WORK_TIMEOUT);
    // The manager is dropped last, and with it the lock of the directory.
    outcome.map(drop)
}

async fn run(settings: Settings) -> Result<Arc<Sites>, Failure> {
    let role = settings.role;
    let listener = if role.answers() {
        Some(bind(&settings.host, settings.port, "--port").await?)
    } else {
        None
    };
    let admin = match settings.admin_port {
        Some(port) => Some(bind(&settings.admin_host, port, "--admin-port").await?),
        None => None,
    };
    let admin_rules = settings.admin_rules.clone();
    let tls = settings.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
    // Without TLS, the signal ends the process, as it does for any program.
    let hangups = tls.is_some().then(|| signal(SignalKind::hangup())).transpose();
    let mut hangups = hangups.map_err(|error| Failure(format!("cannot listen to signals: {error}")))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let admin_tls = tls.clone().filter(|_| settings.admin_tls);
    let mut signals = Signals::new().map_err(|error| Failure(format!("cannot listen to signals: {error}")))?;
    let (phase, phases) = watch::channel(Phase::Running);
    let (shutdown, max_connections) = (settings.shutdown, settings.max_connections);
    let proxies = settings.rules.proxies.clone();
    // One of the two is there.
    let data = settings
        .place
        .directory()
        .map(|directory| display(directory.display().to_string()));
    let bucket = settings.place.bucket_url();
    let (opened, mut to_work) = mpsc::unbounded_channel();
    let sites = Arc::new(Sites::new(settings, phases, opened)?);
    tokio::select! {
        started = sites.start() => started?,
        // The process ends, whatever the stores wait for.
        _ = signals.next() => return Err(Failure("stopped before the storage was open".to_owned())),
    }
    let mut work: JoinSet<Result<(), Failure>> = JoinSet::new();
    let mut failure = None;
    let own = Arc::clone(&sites);
    work.spawn(async move { own.keep_trying().await });
    match &listener {
        Some(listener) => {
            let address = listener.local_addr().map_err(|error| Failure(error.to_string()))?;
            tracing::info!(address = %format_args!("{scheme}://{}", shown(address)), data, bucket, "listening");
        }
        None => tracing::info!(data, bucket, "working"),
    }

    let admin = admin.map(|listener| {
        if let Ok(address) = listener.local_addr() {
            let scheme = if admin_tls.is_some() { "https" } else { "http" };
            tracing::info!(address = %format_args!("{scheme}://{}", shown(address)), "listening for operators");
        }
        tokio::spawn(admin::run(Arc::clone(&sites), listener, admin_rules, admin_tls))
    });

    let connections = Arc::new(Connections::new(max_connections, proxies));
    let refusals = Arc::new(Semaphore::new(MAX_REFUSALS));
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = accept(listener.as_ref()) => match accepted {
                Ok((stream, peer)) => admit(&sites, tls.as_ref(), &connections, &refusals, &mut tasks, stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    // A connection that has already gone needs no pause.
                    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            },
            Some(_) = tasks.join_next() => {}
            Some(app) = to_work.recv() => drop(work.spawn(async move {
                background::run(app, role).await;
                Ok(())
            })),
            Some(ended) = work.join_next() => if let Ok(Err(reason)) = ended {
                failure = Some(reason);
                break;
            },
            () = next(&mut hangups) => if let Some(tls) = &tls {
                reload(tls);
            },
            _ = signals.next() => break,
        }
    }
    drop(listener);
    tracing::info!(connections = tasks.len(), "stopping");
    phase.send_replace(Phase::Stopping);
    let all = async { while tasks.join_next().await.is_some() {} };
    let is_done = tokio::select! {
        () = all => true,
        () = tokio::time::sleep(shutdown) => false,
        _ = signals.next() => false,
    };
    if !is_done {
        tracing::warn!(connections = tasks.len(), "cutting off what is under way");
        phase.send_replace(Phase::Cut);
        while tasks.join_next().await.is_some() {}
    }
    // Uploads whose connection was cut are abandoned, and keep nothing that nobody needs.
    let ending = async {
        sites.shared.answered().await;
        while work.join_next().await.is_some() {}
    };
    if tokio::time::timeout(WORK_TIMEOUT, ending).await.is_err() {
        tracing::warn!("work takes too long, and is cut off");
    }
    if let Some(admin) = admin {
        admin.abort();
    }
    tracing::info!("stopped");
    match failure {
        Some(failure) => Err(failure),
        None => Ok(sites),
    }
}

/// Listens, with advice for people when that fails.
async fn bind(host: &str, port: u16, option: &str) -> Result<TcpListener, Failure> {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    TcpListener::bind((name, port)).await.map_err(|error| {
        Failure(match error.kind() {
            ErrorKind::AddrInUse => {
                format!("port {port} is in use by another program: stop that, or choose another with {option} N")
            }
            ErrorKind::PermissionDenied => {
                format!("port {port} needs more rights: choose one above 1023 with {option} N")
            }
            ErrorKind::AddrNotAvailable => format!("{host} is not an address of this machine"),
            _ => format!("cannot listen on {host}: {error}"),
        })
    })
}

/// The address for a browser on this machine. The address of all interfaces cannot be opened.
fn shown(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(v4) if v4.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(v6) if v6.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The signals that end the server.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Waits for a connection; forever if there is no port.
async fn accept(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

/// Waits for a signal; forever if there is none to wait for.
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => _ = signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Reads the certificate again.
fn reload(tls: &Tls) {
    match tls.reload() {
        Ok(()) => tracing::info!("the certificate was read again"),
        Err(failure) => tracing::error!(%failure, "the certificate stays as it is"),
    }
}

/// Serves a new connection, or refuses it.
fn admit(
    sites: &Arc<Sites>,
    tls: Option<&Arc<Tls>>,
    connections: &Arc<Connections>,
    refusals: &Arc<Semaphore>,
    tasks: &mut JoinSet<()>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    match connections.admit(peer.ip()) {
        Ok(place) => {
            tasks.spawn(connection(Arc::clone(sites), tls.cloned(), stream, peer, place));
        }
        Err(reason) => {
            sites.shared.metrics.refused_connection();
            tracing::warn!(peer = %peer.ip(), reason, "connection refused");
            // Each of them has a descriptor, so their number has a limit of its own.
            // Over TLS, the reason would cost a handshake.
            if tls.is_none()
                && let Ok(permit) = Arc::clone(refusals).try_acquire_owned()
            {
                tasks.spawn(turn_away(stream, reason, permit));
            }
        }
    }
}

/// Answers a refused connection with the reason, and closes it.
async fn turn_away(mut stream: TcpStream, reason: String, _permit: OwnedSemaphorePermit) {
    let body = answer::refusal_text("TOO_MANY_CONNECTIONS", &reason);
    let text = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let sending = async {
        _ = stream.write_all(text.as_bytes()).await;
        _ = stream.shutdown().await;
        // Closed with bytes unread, the connection would be reset, and the caller might not see the reason.
        let mut unread = [0; 1024];
        while stream.read(&mut unread).await.is_ok_and(|count| count > 0) {}
    };
    // The caller may have gone.
    _ = tokio::time::timeout(REFUSAL_TIMEOUT, sending).await;
}

async fn connection(sites: Arc<Sites>, tls: Option<Arc<Tls>>, stream: TcpStream, peer: SocketAddr, place: Place) {
    // Without it, the end of a response would wait for the acknowledgement of its beginning.
    _ = stream.set_nodelay(true);
    // A stream of events without events would never notice that its reader is gone without a word.
    keep_alive(&stream);
    let Ok(local) = stream.local_addr() else { return };
    let near = Near {
        address: SocketAddr::new(guard::plain(local.ip()), local.port()).to_string(),
        is_tls: tls.is_some(),
    };
    let _connection = sites.shared.metrics.connections.hold();
    let socket = Socket::new(stream, Arc::clone(&place.activity));
    let Some(tls) = tls else {
        return converse(sites, socket, peer, near, &place).await;
    };
    let mut phases = sites.shared.phases();
    let accepted = tokio::select! {
        accepted = tls.accept(socket) => accepted,
        () = place.evicted.notified() => return,
        _ = phases.wait_for(|phase| *phase != Phase::Running) => return,
    };
    match accepted {
        Ok(stream) => converse(sites, stream, peer, near, &place).await,
        Err(error) => tracing::debug!(peer = %peer.ip(), %error, "no TLS"),
    }
}

/// Answers the requests of a connection.
async fn converse<S>(sites: Arc<Sites>, stream: S, peer: SocketAddr, near: Near, place: &Place)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let activity = Arc::clone(&place.activity);
    let mut phases = sites.shared.phases();
    let service = service_fn(|request| {
        let (sites, near, activity) = (Arc::clone(&sites), near.clone(), Arc::clone(&activity));
        service::serve(sites, request, peer.ip(), near, activity)
    });
    let io = TokioIo::new(stream);
    let serving = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(BUFFER_SIZE)
        .serve_connection(io, service);
    let mut serving = pin!(serving);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            outcome = serving.as_mut() => {
                if let Err(error) = outcome {
                    tracing::debug!(peer = %peer.ip(), %error, "connection ended");
                }
                return;
            }
            () = place.evicted.notified() => return,
            changed = phases.wait_for(|phase| if is_stopping { *phase == Phase::Cut } else { *phase != Phase::Running }) => {
                if is_stopping || changed.is_err() {
                    return;
                }
                is_stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Lets the system find out whether the other end is still there.
fn keep_alive(stream: &TcpStream) {
    let settings = TcpKeepalive::new().with_time(TCP_KEEP_ALIVE);
    if let Err(error) = SockRef::from(stream).set_tcp_keepalive(&settings) {
        tracing::debug!(%error, "cannot keep a connection alive");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_is_probed_when_its_other_end_is_silent() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
            let address = listener.local_addr().expect("an address");
            let stream = TcpStream::connect(address).await.expect("a connection");
            assert!(!SockRef::from(&stream).keepalive().expect("an option"));
            keep_alive(&stream);
            assert!(SockRef::from(&stream).keepalive().expect("an option"));
        });
    }
}
