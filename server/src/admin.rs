//! The port for operators: metrics and probes, apart from the port of callers.

use crate::answer::{Answer, refused};
use crate::app::Phase;
use crate::bodies::Content;
use crate::guard::{self, Asked, Rules};
use crate::probes;
use crate::sites::Sites;
use crate::socket::{Activity, Socket};
use crate::tls::Tls;
use bytes::Bytes;
use http::header;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The maximum number of connections. Others are closed.
const MAX_CONNECTIONS: usize = 32;

/// Answers connections until the server stops taking requests, so that probes see that it is stopping. `rules` are those of this port.
pub(crate) async fn run(sites: Arc<Sites>, listener: TcpListener, rules: Rules, tls: Option<Arc<Tls>>) {
    let mut phases = sites.shared.phases();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let rules = Arc::new(rules);
    let accepting = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                        let (sites, rules, tls) = (Arc::clone(&sites), Arc::clone(&rules), tls.clone());
                        tokio::spawn(connection(sites, rules, tls, stream, peer, place));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection of the admin port");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = phases.wait_for(|phase| *phase == Phase::Cut) => {}
    }
}

async fn connection(
    sites: Arc<Sites>,
    rules: Arc<Rules>,
    tls: Option<Arc<Tls>>,
    stream: TcpStream,
    peer: SocketAddr,
    _place: OwnedSemaphorePermit,
) {
    let Ok(local) = stream.local_addr() else { return };
    let activity = Arc::<Activity>::default();
    let socket = Socket::new(stream, Arc::clone(&activity));
    let Some(tls) = tls else {
        return converse(&sites, &rules, socket, (peer, local), false, &activity).await;
    };
    match tls.accept(socket).await {
        Ok(stream) => converse(&sites, &rules, stream, (peer, local), true, &activity).await,
        Err(error) => tracing::debug!(peer = %peer.ip(), %error, "no TLS at the admin port"),
    }
}

/// Answers the requests of a connection between these addresses.
async fn converse<S>(
    sites: &Arc<Sites>,
    rules: &Arc<Rules>,
    stream: S,
    (peer, local): (SocketAddr, SocketAddr),
    is_tls: bool,
    activity: &Arc<Activity>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request: Request<Incoming>| {
        let (sites, rules, activity) = (Arc::clone(sites), Arc::clone(rules), Arc::clone(activity));
        async move {
            activity.begin();
            let answer = answer(&sites, &rules, &request, (peer, local), is_tls).await;
            activity.end();
            let Content::Whole(bytes) = answer.content else {
                return Ok::<_, Infallible>(Response::new(Full::default()));
            };
            let mut response = Response::new(Full::<Bytes>::new(bytes.unwrap_or_default()));
            *response.status_mut() = answer.status;
            *response.headers_mut() = *answer.headers;
            Ok(response)
        }
    });
    let serving = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = serving.await {
        tracing::debug!(peer = %peer.ip(), %error, "connection of the admin port ended");
    }
}

async fn answer(
    sites: &Arc<Sites>,
    rules: &Rules,
    request: &Request<Incoming>,
    (peer, local): (SocketAddr, SocketAddr),
    is_tls: bool,
) -> Answer {
    let asked = Asked {
        method: request.method(),
        path: request.uri().path(),
        headers: request.headers(),
        peer: peer.ip(),
        local: &local.to_string(),
        is_tls,
    };
    // A web page must not read it through a name of its own that leads here.
    if let Err(refusal) = guard::judge(&asked, rules) {
        return refused(refusal.status, refusal.code, &refusal.message);
    }
    let (method, path) = (request.method().as_str(), request.uri().path());
    if let Some(answer) = probes::answer(sites, method, path).await {
        return answer;
    }
    match (method, path) {
        ("GET" | "HEAD", "/metrics") => metrics(sites).await,
        _ => refused(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "path not found: expected /metrics, /healthz or /readyz",
        ),
    }
}

async fn metrics(sites: &Arc<Sites>) -> Answer {
    let text = sites.shared.metrics.text(&sites.present().await);
    let mut answer = Answer::new(StatusCode::OK)
        .with(header::CONTENT_TYPE, TEXT)
        .with(header::CACHE_CONTROL, "no-store");
    answer.content = Content::whole(text);
    answer
}
