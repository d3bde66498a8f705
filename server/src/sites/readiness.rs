//! Whether the server takes requests, as the probes ask.
//!
//! Probes have no key and no limit, so they share the answer: at most one question to the catalog is open, and its answer holds for
//! [`ANSWER_LIFETIME`]. The question goes on when those who wait for it have left or given up.

use super::Sites;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

/// For how long an answer is good for other probes.
const ANSWER_LIFETIME: Duration = Duration::from_secs(1);

/// How long probes wait for the catalog. Until it answers, later ones do not wait at all.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether the server takes requests, or why it does not.
type Outcome = Result<(), &'static str>;

#[derive(Clone, Copy, Debug)]
enum Latest {
    Unknown,
    /// A question is open. Probes wait for its answer until then.
    Asked {
        until: Instant,
    },
    Answered {
        at: Instant,
        outcome: Outcome,
    },
}

impl Latest {
    fn is_usable(&self) -> bool {
        match self {
            Latest::Unknown => false,
            Latest::Asked { .. } => true,
            Latest::Answered { at, .. } => at.elapsed() < ANSWER_LIFETIME,
        }
    }
}

/// The latest answer to probes.
#[derive(Debug)]
pub(super) struct Readiness(watch::Sender<Latest>);

impl Default for Readiness {
    fn default() -> Readiness {
        Readiness(watch::Sender::new(Latest::Unknown))
    }
}

impl Sites {
    /// Says whether the catalog of its own site can be read, or why not. The other sites of a database are in the same tables.
    pub(crate) async fn readiness(self: &Arc<Sites>) -> Outcome {
        let mut latest = self.readiness.0.subscribe();
        let is_first = self.readiness.0.send_if_modified(|latest| {
            let is_first = !latest.is_usable();
            if is_first {
                *latest = Latest::Asked {
                    until: Instant::now() + PROBE_TIMEOUT,
                };
            }
            is_first
        });
        if is_first {
            let own = Arc::clone(self);
            tokio::spawn(async move {
                let outcome = own.read_own().await;
                own.readiness.0.send_replace(Latest::Answered {
                    at: Instant::now(),
                    outcome,
                });
            });
        }
        loop {
            let found = *latest.borrow_and_update();
            match found {
                Latest::Answered { outcome, .. } => return outcome,
                Latest::Asked { until } if timeout_at(until, latest.changed()).await.is_ok() => {}
                _ if self.storage.database().is_some() => return Err("database unavailable"),
                _ => return Err("catalog unavailable"),
            }
        }
    }

    async fn read_own(&self) -> Outcome {
        let app = self.app_or_reason().await?;
        // The site was opened on a schema that this release can use. Each transaction looks whether another release has changed it since.
        match spawn_blocking(move || app.manager.next_tick()).await {
            Ok(read) => self.judged(read).map(drop),
            Err(error) => {
                tracing::error!(%error, "unexpected error");
                Err("unexpected error")
            }
        }
    }
}
