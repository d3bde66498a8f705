//! Outcomes of work that wait for room: while the disk is full, what is done cannot be recorded.

use crate::app::App;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before an outcome is recorded again, at first and at most.
const MIN_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(5);

/// Repeats an attempt until it returns that its outcome is recorded. Gives up when the server stops.
pub(crate) async fn recorded<F: Future<Output = bool>>(app: &Arc<App>, mut attempt: impl FnMut() -> F) {
    let mut retry = MIN_RETRY;
    while !attempt().await {
        tokio::select! {
            () = tokio::time::sleep(retry) => {}
            () = app.stopping() => return,
        }
        retry = (retry * 2).min(MAX_RETRY);
    }
}
