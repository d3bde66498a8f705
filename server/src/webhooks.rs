//! Deliveries of events to the URLs of `--webhook`: signing and sending. The manager knows what is due, and when a failed delivery
//! is tried again.

use crate::actor::blocking;
use crate::app::App;
use crate::network;
use crate::recorded::recorded;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wix_media::manager::Delivery;

/// The receiver must answer within this time (`docs/contract/events.md#s4`).
const RECEIVER_TIMEOUT: Duration = Duration::from_millis(1250);

/// How many deliveries are sent at once.
pub(crate) const MAX_DELIVERIES: usize = 4;

/// Sends a delivery, and records the outcome.
pub(crate) async fn deliver(app: Arc<App>, delivery: Delivery) {
    let Delivery {
        id,
        url,
        attempt,
        claims,
    } = delivery;
    let is_ok = match send(&app, &url, claims).await {
        Ok(200) => true,
        Ok(status) => {
            tracing::warn!(attempt, reason = %format_args!("it answered {status}"), "webhook not delivered");
            false
        }
        Err(reason) => {
            tracing::warn!(attempt, reason, "webhook not delivered");
            false
        }
    };
    // The receiver has the event, so it must not be sent again only because the disk is full.
    recorded(&app, || record(&app, id, attempt, is_ok)).await;
    app.changed();
}

/// Posts the signed claims. Returns the status of the receiver, or why there is none.
async fn send(app: &Arc<App>, url: &str, claims: String) -> Result<u16, String> {
    let own = Arc::clone(app);
    let token = blocking(move || own.signer.sign(&own.manager, &claims)).await;
    let token = token.map_err(|error| error.to_string())??;
    match timeout(RECEIVER_TIMEOUT, network::post(url, token)).await {
        Ok(sent) => sent,
        Err(_) => Err(format!("it did not answer within {} ms", RECEIVER_TIMEOUT.as_millis())),
    }
}

/// Returns whether the outcome is recorded.
async fn record(app: &Arc<App>, id: i64, attempt: u32, is_ok: bool) -> bool {
    let own = Arc::clone(app);
    match blocking(move || own.manager.delivered(id, attempt, is_ok)).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot record the outcome of a webhook");
            false
        }
        Err(error) => {
            tracing::error!(%error, "unexpected error");
            false
        }
    }
}
