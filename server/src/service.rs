//! The path of a request: guard, probes, commands, manager.

use crate::actor::{Actor, acting};
use crate::answer::{Answer, broken, problem, refused};
use crate::app::{Answering, App};
use crate::bodies::{Content, Exchange, Outgoing, Source};
use crate::caller::Caller;
use crate::commands;
use crate::guard::{self, Admitted, Asked};
use crate::intake::receive;
use crate::log;
use crate::metrics::Class;
use crate::page;
use crate::pictures;
use crate::probes;
use crate::redirect;
use crate::request_id;
use crate::sites::{KeyAccess, Permit, Routed, Sites};
use crate::socket::Activity;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use std::borrow::Cow;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::time::Instant;
use tracing::Instrument;
use url::Url;
use wix_media::manager::{Head, Manager, Origin};

/// The header by which a caller says on whose behalf it uploads.
const ORIGIN: &str = "wix-media-origin";

/// This end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Near {
    /// The address and the port.
    pub(crate) address: String,
    pub(crate) is_tls: bool,
}

/// Answers a request.
pub(crate) async fn serve(
    sites: Arc<Sites>,
    mut request: Request<Incoming>,
    peer: IpAddr,
    near: Near,
    activity: Arc<Activity>,
) -> Result<Response<Outgoing>, Infallible> {
    activity.begin();
    let id = request_id::of(request.headers());
    // The manager and what it calls see this one only.
    request.headers_mut().insert(request_id::HEADER, id.clone());
    let class = Class::of(request.uri().path());
    // At the level of errors, so that they name their request whatever is logged.
    let span = tracing::error_span!(
        "exchange",
        id = id.to_str().unwrap_or_default(),
        method = %request.method(),
        path = %log::redacted(request.uri().path()),
        peer = %guard::plain(peer),
    );
    let trace = span.in_scope(|| {
        let (method, id) = (request.method(), id.to_str().unwrap_or_default());
        log::traced_request(class, method, id, request.headers())
    });
    let mut exchange = Exchange {
        span: span.clone(),
        trace: trace.clone(),
        began: Instant::now(),
        status: 0,
        sent: 0,
        is_complete: false,
        activity,
        class,
        metrics: Arc::clone(&sites.shared.metrics),
        download: (class == Class::Media).then(|| sites.shared.metrics.downloads.hold()),
    };
    let is_head = request.method() == Method::HEAD;
    // Dropped with this function when the connection ends.
    let (_here, caller) = Caller::new();
    // A task of its own, so that work goes on when the caller leaves: it must not stop halfway.
    let under_way = Answering::new(&sites.shared);
    let answering = async move {
        let _upload = (class == Class::Upload).then(|| sites.shared.metrics.uploads.hold());
        let answer = answer(&sites, request, peer, near, caller).await;
        drop(under_way);
        answer
    };
    let mut answer = tokio::spawn(answering.instrument(trace).instrument(span))
        .await
        .unwrap_or_else(|error| broken(&error));
    if is_head {
        // Its length is in the header, and must not become that of an empty body.
        answer.content = Content::empty();
    }
    exchange.status = answer.status.as_u16();
    exchange.is_complete = matches!(answer.content, Content::Whole(None));
    let mut response = Response::new(Outgoing::new(answer.content, exchange));
    *response.status_mut() = answer.status;
    *response.headers_mut() = *answer.headers;
    response.headers_mut().insert(request_id::HEADER, id);
    Ok(response)
}

async fn answer(sites: &Arc<Sites>, request: Request<Incoming>, peer: IpAddr, near: Near, caller: Caller) -> Answer {
    let (parts, incoming) = request.into_parts();
    // When dropped, it reads the rest of a body that is refused.
    let source = Source::new((!incoming.is_end_stream()).then_some(incoming));
    let Some(target) = target(&parts.uri) else {
        return problem(StatusCode::BAD_REQUEST, "invalid request: expected a path");
    };
    if matches!(parts.method.as_str(), "CONNECT" | "TRACE" | "TRACK") {
        return problem(StatusCode::BAD_REQUEST, "invalid request: this method is not allowed");
    }
    let asked = Asked {
        method: &parts.method,
        path: &target.path,
        headers: &parts.headers,
        peer,
        local: &near.address,
        is_tls: near.is_tls,
    };
    let verdict = match guard::judge(&asked, &sites.shared.rules) {
        Ok(verdict) => verdict,
        Err(refusal) => {
            tracing::warn!(reason = refusal.message, "request refused");
            return refused(refusal.status, refusal.code, &refusal.message);
        }
    };
    let mut answer = match guard::preflight(&asked, &verdict) {
        Some(headers) => Answer {
            headers: Box::new(headers),
            ..Answer::new(StatusCode::NO_CONTENT)
        },
        None => {
            let head = head(&parts.method, &target, &parts.headers, &verdict);
            routed(sites, head, source, &caller).await
        }
    };
    guard::protect(&mut answer.headers, &verdict);
    answer
}

/// The path and the query of a request.
#[derive(Debug)]
struct Target {
    path: String,
    query: String,
}

/// Reads the target of a request. Proxies send whole URLs, and `OPTIONS *` asks about the server itself.
fn target(uri: &http::Uri) -> Option<Target> {
    let path = if uri.path() == "*" { "/" } else { uri.path() };
    let query = uri.query().unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'~' | b'-');
    if path.starts_with('/') && path.bytes().all(is_plain) && !query.contains('\'') {
        return Some(Target {
            path: path.to_owned(),
            query: query.to_owned(),
        });
    }
    // The path as it is in a URL, where `/a/../b` is `/b`. By hand: as a relative reference, `//name/path` would be another
    // host.
    let url = Url::parse(&format!("http://localhost{path}?{query}")).ok()?;
    Some(Target {
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
    })
}

/// The head of a request as the manager takes it, without the fields that only the guard may look at.
fn head(method: &Method, target: &Target, headers: &HeaderMap, verdict: &Admitted) -> Head {
    let mut fields: Vec<(String, String)> = headers
        .iter()
        .filter(|(name, _)| !guard::is_judged(name.as_str()) && *name != header::HOST)
        .map(|(name, value)| (name.as_str().to_owned(), text_of(value).into_owned()))
        .collect();
    fields.push(("host".to_owned(), verdict.host.clone()));
    if verdict.is_secure {
        fields.push(("x-forwarded-proto".to_owned(), "https".to_owned()));
    }
    let mut head = Head {
        method: method.as_str().to_owned(),
        path: target.path.clone(),
        query: target.query.clone(),
        headers: fields,
        origin: Origin::Site,
    };
    if let Some(origin) = head.header(ORIGIN).and_then(Origin::named) {
        head.origin = origin;
    }
    head
}

/// The text of a header field: ASCII, or bytes as Latin-1.
fn text_of(value: &HeaderValue) -> Cow<'_, str> {
    match value.to_str() {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => value.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    }
}

async fn routed(sites: &Arc<Sites>, head: Head, source: Source, caller: &Caller) -> Answer {
    if let Some(answer) = probes::answer(sites, &head.method, &head.path).await {
        return answer;
    }
    let is_command = head.path.starts_with(commands::PATH);
    if !is_command && let Some(answer) = page::answer(sites.shared.page.as_ref(), &head).await {
        return answer;
    }
    let Routed { app, key } = match sites.of(&head).await {
        Ok(routed) => routed,
        Err(answer) => return answer,
    };
    app.requests.fetch_add(1, Ordering::Relaxed);
    tracing::Span::current().record("wix_media.site", app.site_id.as_str());
    let class = Class::of(&head.path);
    let actor = Actor {
        who: sites.caller(key.as_ref(), class == Class::Upload),
        request: head.header(request_id::HEADER.as_str()).unwrap_or_default().to_owned(),
        // A call of the API is named once it is known to be one.
        call: match class {
            Class::Admin => head.path.trim_start_matches('/').to_owned(),
            _ => class.name().to_owned(),
        },
    };
    let answering = async {
        if is_command {
            commands::answer(&app, key.as_ref(), head, source, caller).await
        } else {
            match sites.admit(&app, key.as_ref(), &head).await {
                Ok(permit) => call(&app, key, permit, head, source, caller).await,
                Err(answer) => answer,
            }
        }
    };
    acting(actor, answering).await
}

/// Answers a request by the manager.
async fn call(
    app: &Arc<App>,
    key: Option<KeyAccess>,
    permit: Option<Permit>,
    head: Head,
    source: Source,
    caller: &Caller,
) -> Answer {
    // Only the PUTs of uploads make files of bytes.
    let may_be_picture = head.method == "PUT" || head.header("x-http-method-override").is_some();
    let picture = pictures::Asked {
        path: head.path.clone(),
        is_head: head.method == "HEAD",
        accept: head.header("accept").unwrap_or_default().to_owned(),
    };
    let colors_for = may_be_picture.then_some(caller);
    let download = redirect::Asked::of(&head);
    let begin = move |manager: &Manager| {
        let intake = match key {
            Some(key) => manager.open_granted(head, &key.grant),
            None => manager.open(head),
        };
        // What the manager refuses at once does not count.
        if let (Some(permit), Some(_)) = (permit, intake.call()) {
            permit.count();
        }
        intake
    };
    let received = receive(app, source, colors_for, download, std::future::pending(), begin).await;
    match received {
        Ok(reply) => reply.finished(app, Some(&picture), caller).await,
        Err(answer) => answer,
    }
}
