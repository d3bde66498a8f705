//! Fetching the sources of imports. The manager decides which URLs may be fetched, and what becomes of the response.

use crate::actor::blocking;
use crate::app::App;
use crate::bodies::Source;
use crate::caller::Caller;
use crate::intake::receive;
use crate::network::{self, Fetched};
use crate::recorded::recorded;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};
use url::Url;
use wix_media::manager::{IMPORT_RULES, ImportOrder, Manager, UnfitUrl, check_import_url};

/// Fetches a source until the outcome is recorded: while the storage is full, the import waits. Gives up when the server stops.
pub(crate) async fn fetch(app: Arc<App>, order: ImportOrder) {
    let _import = app.metrics.imports.hold();
    recorded(&app, || attempt(&app, &order)).await;
    app.changed();
}

/// Fetches a source. Returns whether the outcome is recorded, or nobody needs it because the server stops.
async fn attempt(app: &Arc<App>, order: &ImportOrder) -> bool {
    let end = Instant::now() + Duration::from_millis(IMPORT_RULES.total_ms.into());
    let first_byte = Duration::from_millis(IMPORT_RULES.first_byte_ms.into());
    let response = tokio::select! {
        response = timeout(first_byte, follow(app, order)) => response,
        () = app.stopping() => return true,
    };
    let reason = match response {
        Err(_) => format!("it did not answer within {} ms", IMPORT_RULES.first_byte_ms),
        Ok(Err(reason)) => reason,
        Ok(Ok(fetched)) => match take_in(app, order, fetched, end).await {
            Some(is_recorded) => return is_recorded,
            None if app.is_stopping() => return true,
            None if Instant::now() >= end => format!("it took longer than {} ms", IMPORT_RULES.total_ms),
            None => "the connection broke off".to_owned(),
        },
    };
    let (own, file) = (Arc::clone(app), order.file.clone());
    let description = format!("cannot fetch the source: {reason}");
    let failed = blocking(move || {
        own.manager
            .fail_import(&file, "SOURCE_UNREACHABLE", &description, json!({}))
    });
    match failed.await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot record the failure of an import");
            false
        }
        Err(error) => {
            tracing::error!(%error, "unexpected error");
            false
        }
    }
}

/// Stores the response of a source. Returns whether the outcome is recorded. `None` for a response that did not arrive in time, and
/// of which nothing is kept.
async fn take_in(app: &Arc<App>, order: &ImportOrder, fetched: Fetched, end: Instant) -> Option<bool> {
    let (file, status, headers) = (order.file.clone(), fetched.status, fetched.headers);
    let source = Source::new(Some(fetched.body));
    let begin = move |manager: &Manager| manager.open_import(&file, status, &headers);
    let stop = async {
        tokio::select! {
            () = sleep_until(end) => {}
            () = app.stopping() => {}
        }
    };
    let (_here, caller) = Caller::new();
    let reply = receive(app, source, Some(&caller), None, stop, begin).await;
    Some(reply.ok()?.status() < 500)
}

/// The last response of a chain of redirects, each of which has to be allowed.
async fn follow(app: &Arc<App>, order: &ImportOrder) -> Result<Fetched, String> {
    let mut url = order.url.clone();
    let mut origin = None;
    let mut redirects = 0;
    loop {
        let found = check_import_url(&url, app.allow_private_imports).map_err(|unfit| match unfit {
            UnfitUrl::Malformed(expected) => format!("{url} {expected}"),
            UnfitUrl::Private => format!("{url} must be a public address"),
        })?;
        // Headers of the caller are meant for one origin only.
        let is_first = *origin.get_or_insert_with(|| found.clone()) == found;
        let headers = if is_first { &order.headers[..] } else { &[] };
        let fetched = network::fetch(&url, headers, app.allow_private_imports).await?;
        let Some(location) = &fetched.location else {
            return Ok(fetched);
        };
        if redirects == IMPORT_RULES.redirects {
            return Err(format!("there were more than {redirects} redirects"));
        }
        redirects += 1;
        let next = Url::parse(&url).and_then(|base| base.join(location));
        url = next.map_err(|error| error.to_string())?.into();
    }
}
