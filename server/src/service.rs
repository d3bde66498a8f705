//! The path of a request: guard, probes, commands, manager.

use crate::bodies::{AtEnd, Broken, Content, Exchange, Outgoing, Source, Stored, read_piece};
use crate::commands;
use crate::guard::{self, Admitted, Asked, Rules};
use crate::listen::{Failure, Phase};
use crate::log;
use crate::page::{self, Page};
use crate::pictures::{self, Pictures};
use crate::settings::Settings;
use crate::socket::Activity;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::convert::Infallible;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tracing::Instrument;
use url::Url;
use wix_media::blobs::{Blobs, Directory, Disk};
use wix_media::catalog::{self, Sqlite};
use wix_media::manager::{
    ApiKey, Credentials, Head, Intake, Manager, Options, Origin, Parts, SystemClock, SystemRandom,
};
use wix_media::operations::Access;

/// Types that cannot act as a page. The PDF viewers of browsers do not open in a sandbox, and need none.
const INERT: [&str; 2] = ["application/json", "application/pdf"];

/// The header by which a caller says on whose behalf it uploads.
const ORIGIN: &str = "wix-media-origin";

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) manager: Manager,
    /// Reads the bytes of files that are being made, for the steps of processing.
    pub(crate) blobs: Box<dyn Blobs>,
    pub(crate) pictures: Pictures,
    /// The files of the page, if there is one.
    pub(crate) page: Option<Page>,
    pub(crate) directory: PathBuf,
    pub(crate) allow_private_imports: bool,
    pub(crate) started: Instant,
    rules: Rules,
    /// Told whenever something may have changed.
    changes: watch::Sender<()>,
    phases: watch::Receiver<Phase>,
    /// How many requests are being answered. Some of them without a connection, for as long as they clean up.
    answering: watch::Sender<usize>,
}

/// A request that is being answered, for as long as the value lives.
struct Answering(Arc<App>);

impl Answering {
    fn new(app: &Arc<App>) -> Answering {
        app.answering.send_modify(|count| *count += 1);
        Answering(Arc::clone(app))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.send_modify(|count| *count -= 1);
    }
}

impl App {
    /// Opens the storage, and creates it if it is missing.
    pub(crate) fn open(settings: Settings, phases: watch::Receiver<Phase>) -> Result<App, Failure> {
        let directory = settings.data;
        let shown = directory.display().to_string();
        let failed = |error: std::io::Error| Failure(format!("cannot open the directory {shown}: {error}"));
        create(&directory).map_err(failed)?;
        create(&directory.join("blobs")).map_err(failed)?;
        let catalog = Sqlite::open(&directory.join("catalog.db")).map_err(|error| match error {
            catalog::Error::Locked => Failure(format!(
                "the directory {shown} is in use by another process: stop that first, or choose another directory"
            )),
            error => Failure(format!("cannot open the catalog of {shown}: {error}")),
        })?;
        let disk = || Disk::new(&directory.join("blobs")).map_err(failed);
        let mut options = Options {
            base_url: settings.external_url,
            allow_private_imports: settings.allow_private_imports,
            quota: settings.quota,
            requests_per_minute: settings.requests_per_minute,
            ..Options::default()
        };
        let site_ids: Vec<String> = settings.site_id.iter().cloned().collect();
        if let Some(site_id) = settings.site_id {
            options.site_id = site_id;
        }
        if !settings.keys.is_empty() {
            let key = |key: String| ApiKey {
                key,
                site_ids: site_ids.clone(),
                scope: Access::Manage,
            };
            options.credentials = Some(Credentials {
                api_keys: settings.keys.into_iter().map(key).collect(),
                clients: Vec::new(),
            });
        }
        let page = settings.page.map(|folder| Page::open(&folder)).transpose()?;
        let stored = |error: catalog::Error| Failure(format!("cannot use the catalog of {shown}: {error}"));
        let manager = Manager::new(Parts {
            catalog: Box::new(catalog),
            blobs: Box::new(Directory::new(disk()?)),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            options,
        })
        .map_err(stored)?;
        // The lock of the directory keeps every other process out, so none of them holds leases. If the disk is full, they expire by themselves.
        match manager.end_leases() {
            Ok(()) | Err(catalog::Error::Full(_)) => {}
            Err(error) => return Err(stored(error)),
        }
        Ok(App {
            manager,
            blobs: Box::new(Directory::new(disk()?)),
            pictures: Pictures::default(),
            page,
            directory,
            allow_private_imports: settings.allow_private_imports,
            started: Instant::now(),
            rules: settings.rules,
            changes: watch::Sender::new(()),
            phases,
            answering: watch::Sender::new(0),
        })
    }

    /// Returns a receiver of how far the shutdown is.
    pub(crate) fn phases(&self) -> watch::Receiver<Phase> {
        self.phases.clone()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.phases.borrow() != Phase::Running
    }

    /// Waits until the server stops.
    pub(crate) async fn stopping(&self) {
        _ = self.phases().wait_for(|phase| *phase != Phase::Running).await;
    }

    /// Waits until no request is being answered any more.
    pub(crate) async fn answered(&self) {
        _ = self.answering.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Returns a receiver that is told of changes.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Tells all receivers that something may have changed.
    pub(crate) fn changed(&self) {
        self.changes.send_replace(());
    }

    /// Tells all receivers of changes that were committed since the last time. Returns whether there were any.
    pub(crate) fn tell_changes(&self) -> bool {
        let has_changed = self.manager.take_changed();
        if has_changed {
            self.changed();
        }
        has_changed
    }
}

/// Creates a folder for its owner only. One that is there stays as it is.
fn create(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A response before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Boxed, because functions also return answers as their errors.
    pub(crate) headers: Box<HeaderMap>,
    pub(crate) content: Content,
}

impl Answer {
    pub(crate) fn new(status: StatusCode) -> Answer {
        Answer {
            status,
            headers: Box::default(),
            content: Content::empty(),
        }
    }

    pub(crate) fn json(status: StatusCode, value: &Value) -> Answer {
        let mut answer = Answer::new(status).with(header::CONTENT_TYPE, "application/json");
        answer.content = Content::whole(value.to_string());
        answer
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &'static str) -> Answer {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }
}

/// The body of a refusal, in the form of the API.
pub(crate) fn refusal_text(code: &str, message: &str) -> String {
    refusal(code, message).to_string()
}

fn refusal(code: &str, message: &str) -> Value {
    json!({
        "message": message,
        "details": { "applicationError": { "code": code, "description": message, "data": {} } },
    })
}

/// A refusal that no cache keeps, and that no browser takes for anything but JSON.
pub(crate) fn refused(status: StatusCode, code: &str, message: &str) -> Answer {
    Answer::json(status, &refusal(code, message))
        .with(header::CACHE_CONTROL, "no-store")
        .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

fn problem(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({ "message": message, "details": {} }))
}

/// The response to work that panicked.
pub(crate) fn broken(error: &dyn std::fmt::Display) -> Answer {
    tracing::error!(%error, "unexpected error");
    problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected error: see the log of the server",
    )
}

/// The response where the storage fails outside of the manager's own answers.
pub(crate) fn unavailable(error: &catalog::Error) -> Answer {
    tracing::error!(%error, "the storage failed");
    let answer = match error {
        catalog::Error::Full(_) => refused(
            StatusCode::INSUFFICIENT_STORAGE,
            "INSUFFICIENT_STORAGE",
            "the storage is full",
        ),
        _ => refused(StatusCode::SERVICE_UNAVAILABLE, "STORAGE_FAILED", "the storage failed"),
    };
    answer.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}

/// Tells work that can stop halfway whether anybody still waits for its result.
#[derive(Clone, Debug)]
pub(crate) struct Caller(watch::Receiver<()>);

impl Caller {
    /// A caller that waits for as long as the first value lives.
    pub(crate) fn new() -> (watch::Sender<()>, Caller) {
        let (here, receiver) = watch::channel(());
        (here, Caller(receiver))
    }

    /// Returns when the caller has left.
    pub(crate) async fn left(&self) {
        let mut receiver = self.0.clone();
        while receiver.changed().await.is_ok() {}
    }

    pub(crate) fn has_left(&self) -> bool {
        self.0.has_changed().is_err()
    }
}

/// Answers a request.
pub(crate) async fn serve(
    app: Arc<App>,
    request: Request<Incoming>,
    peer: IpAddr,
    local: String,
    activity: Arc<Activity>,
) -> Result<Response<Outgoing>, Infallible> {
    activity.begin();
    // At the level of errors, so that they name their request whatever is logged.
    let span = tracing::error_span!(
        "exchange",
        method = %request.method(),
        path = %log::redacted(request.uri().path()),
        peer = %guard::plain(peer),
    );
    let mut exchange = Exchange {
        span: span.clone(),
        began: Instant::now(),
        status: 0,
        sent: 0,
        is_complete: false,
        activity,
    };
    let is_head = request.method() == Method::HEAD;
    // Dropped with this function when the connection ends.
    let (_here, caller) = Caller::new();
    // A task of its own, so that work goes on when the caller leaves: it must not stop halfway.
    let under_way = Answering::new(&app);
    let answering = async move {
        let answer = answer(app, request, peer, local, caller).await;
        drop(under_way);
        answer
    };
    let mut answer = tokio::spawn(answering.instrument(span))
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
    Ok(response)
}

async fn answer(app: Arc<App>, request: Request<Incoming>, peer: IpAddr, local: String, caller: Caller) -> Answer {
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
        local: &local,
    };
    let verdict = match guard::judge(&asked, &app.rules) {
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
            routed(&app, head, source, &caller).await
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

async fn routed(app: &Arc<App>, head: Head, source: Source, caller: &Caller) -> Answer {
    match (&*head.method, &*head.path) {
        ("GET" | "HEAD", "/healthz") => probe(StatusCode::OK, "ok"),
        ("GET" | "HEAD", "/readyz") => ready(app).await,
        _ if head.path.starts_with(commands::PATH) => commands::answer(app, head, source, caller).await,
        _ => match page::answer(app, &head).await {
            Some(answer) => answer,
            None => call(app, head, source, caller).await,
        },
    }
}

fn probe(status: StatusCode, state: &str) -> Answer {
    Answer::json(status, &json!({ "status": state })).with(header::CACHE_CONTROL, "no-store")
}

/// Says whether the server takes requests: not while it stops, and not while the catalog cannot be read.
async fn ready(app: &Arc<App>) -> Answer {
    if app.is_stopping() {
        return probe(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    let own = Arc::clone(app);
    match spawn_blocking(move || own.manager.next_tick()).await {
        Ok(Ok(_)) => probe(StatusCode::OK, "ready"),
        Ok(Err(error)) => {
            tracing::error!(%error, "the catalog cannot be read");
            probe(StatusCode::SERVICE_UNAVAILABLE, "catalog unavailable")
        }
        Err(error) => broken(&error),
    }
}

/// Answers a request by the manager.
async fn call(app: &Arc<App>, head: Head, source: Source, caller: &Caller) -> Answer {
    // Only the PUTs of uploads make files of bytes.
    let may_be_picture = head.method == "PUT" || head.header("x-http-method-override").is_some();
    let picture = pictures::Asked {
        path: head.path.clone(),
        is_head: head.method == "HEAD",
        accept: head.header("accept").unwrap_or_default().to_owned(),
    };
    let colors_for = may_be_picture.then_some(caller);
    let begin = move |manager: &Manager| manager.open(head);
    let received = receive(app, source, colors_for, std::future::pending(), begin).await;
    match received {
        Ok(reply) => reply.finished(app, Some(&picture), caller).await,
        Err(answer) => answer,
    }
}

/// The answer of the manager, with the beginning of its body.
#[derive(Debug)]
pub(crate) struct Reply {
    response: wix_media::manager::Response,
    first: std::io::Result<Bytes>,
}

/// Gives the manager a body in pieces. `begin` opens the intake, on a thread where it may block. If the body may be that of a
/// picture, `colors_for` is the caller that waits for its colours. A body that is not complete when `stop` ends is abandoned.
pub(crate) async fn receive(
    app: &Arc<App>,
    mut source: Source,
    colors_for: Option<&Caller>,
    stop: impl Future<Output = ()>,
    begin: impl FnOnce(&Manager) -> Intake + Send + 'static,
) -> Result<Reply, Answer> {
    if !source.has_body() && colors_for.is_none() {
        let own = Arc::clone(app);
        let reply = spawn_blocking(move || {
            let intake = begin(&own.manager);
            close(&own, intake)
        });
        return reply.await.map_err(|error| broken(&error));
    }
    let own = Arc::clone(app);
    let mut intake = spawn_blocking(move || begin(&own.manager))
        .await
        .map_err(|error| broken(&error))?;
    let mut stop = pin!(stop);
    loop {
        let next = tokio::select! {
            next = source.next() => next,
            () = stop.as_mut() => Err(Broken::Off),
        };
        let piece = match next {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(reason) => {
                let own = Arc::clone(app);
                // What has arrived of a resumable upload counts.
                _ = spawn_blocking(move || {
                    own.manager.abandon(intake);
                    own.tell_changes();
                })
                .await;
                return Err(match reason {
                    Broken::Slow => refused(
                        StatusCode::REQUEST_TIMEOUT,
                        "REQUEST_TIMEOUT",
                        "the body came too slowly",
                    )
                    .with(header::CONNECTION, "close"),
                    Broken::Off => problem(StatusCode::BAD_REQUEST, "the connection broke off"),
                });
            }
        };
        let own = Arc::clone(app);
        let fed = spawn_blocking(move || {
            let wants_more = own.manager.feed(&mut intake, &piece);
            (intake, wants_more)
        });
        let (back, wants_more) = fed.await.map_err(|error| broken(&error))?;
        intake = back;
        if !wants_more {
            break;
        }
    }
    // The last request of a resumable upload has no body, and makes the file.
    if let Some(caller) = colors_for {
        intake = with_colors(app, intake, caller).await?;
    }
    let own = Arc::clone(app);
    let reply = spawn_blocking(move || close(&own, intake));
    reply.await.map_err(|error| broken(&error))
}

/// Sets the colours of an uploaded picture.
async fn with_colors(app: &Arc<App>, mut intake: Intake, caller: &Caller) -> Result<Intake, Answer> {
    let own = Arc::clone(app);
    let found = spawn_blocking(move || {
        while own.manager.work(&mut intake) {}
        while own.manager.digest(&mut intake) {}
        let picture = own.manager.picture(&mut intake);
        (intake, picture)
    });
    let (mut intake, picture) = found.await.map_err(|error| broken(&error))?;
    if let Some(picture) = picture
        && let Some(colors) = Pictures::colors_of(app, picture, caller).await
    {
        app.manager.color(&mut intake, colors);
    }
    Ok(intake)
}

/// Ends a request whose body is complete.
fn close(app: &App, mut intake: Intake) -> Reply {
    let manager = &app.manager;
    while manager.work(&mut intake) {}
    let mut response = manager.close(intake);
    // A caller that sees the change finds its events too.
    app.tell_changes();
    // The beginning is read here, because this is already a thread that may block.
    let first = match response.transform {
        Some(_) => Ok(Bytes::new()),
        None => read_piece(app, &mut response.body),
    };
    Reply { response, first }
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    /// The response, with the body as it is sent. `picture` is the request for a picture, which may have to be transformed.
    pub(crate) async fn finished(self, app: &Arc<App>, picture: Option<&pictures::Asked>, caller: &Caller) -> Answer {
        let Reply { mut response, first } = self;
        let first = match first {
            Ok(first) => first,
            Err(error) => {
                tracing::error!(%error, "cannot read the body");
                return refused(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "STORAGE_FAILED",
                    "cannot read the file: its bytes are missing",
                );
            }
        };
        if let Some(cause) = &response.cause {
            tracing::error!(status = response.status, cause, "the storage failed");
        }
        let delay = response.delay_ms;
        let answer = match (response.transform.take(), picture) {
            (Some(transform), Some(asked)) => {
                let headers = headers_of(&response.headers);
                pictures::answer(app, asked, transform, headers, response.body, caller).await
            }
            _ => stored(app, &response.headers, response.status, first, response.body, None),
        };
        // The delay of a fault.
        if delay > 0 {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(delay)) => {}
                () = caller.left() => {}
            }
        }
        answer
    }
}

/// A response with a body of the manager.
pub(crate) fn stored(
    app: &Arc<App>,
    headers: &[(String, String)],
    status: u16,
    first: Bytes,
    body: wix_media::manager::Body,
    end: Option<AtEnd>,
) -> Answer {
    let mut headers = headers_of(headers);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let is_empty = first.is_empty() && body.length() == 0;
    if !is_empty {
        sandbox(&mut headers);
    }
    let content = if body.length() == 0 && end.is_none() {
        Content::whole(first)
    } else {
        Content::Stored(Box::new(Stored::new(app, first, body, end)))
    };
    Answer {
        status,
        headers: Box::new(headers),
        content,
    }
}

/// Header fields of the manager. A field whose characters HTTP cannot carry is left out.
pub(crate) fn headers_of(fields: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let latin: Option<Vec<u8>> = value.chars().map(|each| u8::try_from(u32::from(each)).ok()).collect();
        let value = latin.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
        if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
            headers.append(name, value);
        }
    }
    headers
}

/// Uploaded content must not act in the name of the origin that serves it. The manager sets the policy of media; this is for
/// every other response.
fn sandbox(headers: &mut HeaderMap) {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if INERT.contains(&essence.trim()) {
        return;
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("sandbox"));
    headers
        .entry(header::X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
}
