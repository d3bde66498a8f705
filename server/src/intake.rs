//! Requests whose bodies the manager takes, and its responses.

use crate::actor::{blocking, calling};
use crate::answer::{Answer, broken, problem, refused};
use crate::app::App;
use crate::bodies::{AtEnd, Broken, Content, Source, Stored, read_piece};
use crate::caller::Caller;
use crate::pictures::{self, Pictures};
use crate::redirect;
use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use wix_media::manager::{Body, Intake, Manager, Response};

/// Types that cannot act as a page. The PDF viewers of browsers do not open in a sandbox, and need none.
const INERT: [&str; 2] = ["application/json", "application/pdf"];

/// The answer of the manager, with the beginning of its body.
#[derive(Debug)]
pub(crate) struct Reply {
    response: Response,
    first: std::io::Result<Bytes>,
    /// A URL of the bucket, which sends the body instead.
    redirect: Option<String>,
}

/// Gives the manager a body in pieces. `begin` opens the intake, on a thread where it may block. If the body may be that of a
/// picture, `colors_for` is the caller that waits for its colours. `download` is a request without a body whose caller can be
/// redirected. A body that is not complete when `stop` ends is abandoned.
pub(crate) async fn receive(
    app: &Arc<App>,
    mut source: Source,
    colors_for: Option<&Caller>,
    download: Option<redirect::Asked>,
    stop: impl Future<Output = ()>,
    begin: impl FnOnce(&Manager) -> Intake + Send + 'static,
) -> Result<Reply, Answer> {
    if !source.has_body() && colors_for.is_none() {
        let own = Arc::clone(app);
        let reply = blocking(move || {
            let intake = begin(&own.manager);
            calling(intake.call(), || close(&own, intake, download.as_ref()))
        });
        return reply.await.map_err(|error| broken(&error));
    }
    let own = Arc::clone(app);
    let mut intake = blocking(move || begin(&own.manager))
        .await
        .map_err(|error| broken(&error))?;
    let mut stop = pin!(stop);
    let mut next = arrival(&mut source, stop.as_mut()).await;
    loop {
        let piece = match next {
            Ok(Some(piece)) => {
                app.metrics.received(piece.len() as u64);
                piece
            }
            Ok(None) => break,
            Err(reason) => {
                let own = Arc::clone(app);
                // What has arrived of a resumable upload counts.
                _ = blocking(move || {
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
        let mut feeding = blocking(move || {
            let wants_more = own.manager.feed(&mut intake, &piece);
            (intake, wants_more)
        });
        // The next piece arrives while the manager hashes and stores this one. A refusal does not wait for it.
        let mut arriving = pin!(arrival(&mut source, stop.as_mut()));
        let mut arrived = None;
        let fed = loop {
            tokio::select! {
                fed = &mut feeding => break fed,
                next = &mut arriving, if arrived.is_none() => arrived = Some(next),
            }
        };
        let (back, wants_more) = fed.map_err(|error| broken(&error))?;
        intake = back;
        if !wants_more {
            break;
        }
        next = match arrived {
            Some(next) => next,
            None => arriving.await,
        };
    }
    // The last request of a resumable upload has no body, and makes the file.
    if let Some(caller) = colors_for {
        intake = with_colors(app, intake, caller).await?;
    }
    let own = Arc::clone(app);
    let reply = blocking(move || calling(intake.call(), || close(&own, intake, None)));
    reply.await.map_err(|error| broken(&error))
}

/// The next piece of a body, unless `stop` ends before.
async fn arrival(source: &mut Source, stop: Pin<&mut impl Future<Output = ()>>) -> Result<Option<Vec<u8>>, Broken> {
    tokio::select! {
        next = source.next() => next,
        () = stop => Err(Broken::Off),
    }
}

/// Sets the colours of an uploaded picture.
async fn with_colors(app: &Arc<App>, mut intake: Intake, caller: &Caller) -> Result<Intake, Answer> {
    let own = Arc::clone(app);
    let found = blocking(move || {
        while own.manager.work(&mut intake) {}
        while own.manager.digest(&mut intake) {}
        let picture = own.manager.picture(&mut intake);
        (intake, picture)
    });
    let (mut intake, picture) = found.await.map_err(|error| broken(&error))?;
    if let Some(picture) = picture
        && let Some(colors) = Pictures::colors_of(&app.pictures, picture, caller).await
    {
        app.manager.color(&mut intake, colors);
    }
    Ok(intake)
}

/// Ends a request whose body is complete.
fn close(app: &App, mut intake: Intake, download: Option<&redirect::Asked>) -> Reply {
    let manager = &app.manager;
    while manager.work(&mut intake) {}
    let mut response = manager.close(intake);
    // A caller that sees the change finds its events too.
    app.tell_changes();
    // The bucket is asked and the beginning is read here, because this is already a thread that may block.
    let bucket = app.redirects.as_ref().zip(download);
    let redirect = bucket.and_then(|(bucket, asked)| redirect::url(bucket, asked, &response, manager.now()));
    let first = match response.transform {
        None if redirect.is_none() => match response.body.take_bytes() {
            Some(bytes) => Ok(bytes.into()),
            None => read_piece(manager, &mut response.body),
        },
        _ => Ok(Bytes::new()),
    };
    Reply {
        response,
        first,
        redirect,
    }
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    /// The response, with the body as it is sent. `picture` is the request for a picture, which may have to be transformed.
    pub(crate) async fn finished(self, app: &Arc<App>, picture: Option<&pictures::Asked>, caller: &Caller) -> Answer {
        let Reply {
            mut response,
            first,
            redirect,
        } = self;
        let first = match first {
            Ok(first) => first,
            Err(error) => {
                tracing::error!(%error, "cannot read the body");
                if is_away(&error) {
                    let text = "the storage does not answer: try again";
                    return refused(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", text)
                        .with(header::RETRY_AFTER, "5");
                }
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
        let answer = match (redirect, response.transform.take(), picture) {
            (Some(url), ..) => redirect::answer(&url, headers_of(&response.headers)),
            (None, Some(transform), Some(asked)) => {
                let headers = headers_of(&response.headers);
                pictures::answer(&app.pictures, asked, transform, headers, response.body, caller).await
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

/// Whether a storage on another machine did not answer. It comes back by itself.
fn is_away(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotConnected | std::io::ErrorKind::TimedOut
    )
}

/// A response with a body of the manager.
pub(crate) fn stored(
    app: &Arc<App>,
    headers: &[(String, String)],
    status: u16,
    first: Bytes,
    body: Body,
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
        Content::Stored(Box::new(Stored::new(&app.manager, first, body, end)))
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
