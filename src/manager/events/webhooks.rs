//! Webhook deliveries (`docs/contract/events.md#s4`, `docs/contract/choices.md#u44`).
//!
//! The life of a delivery: its row is written in the transaction of its event. A host leases it ([`take`]), signs and
//! sends it, and reports the result ([`delivered`]). A success removes the row. A failure schedules the next attempt by
//! [`RETRY_DELAYS`], and the last failure removes the row. If a host crashes, its lease expires and the delivery is
//! leased again, so a receiver may get an event twice, but misses none. Each delivery has its own schedule, so a slow
//! receiver does not delay others.

use super::rendered;
use super::webhook::event_type;
use crate::catalog::Waiting;
use crate::manager::http::error::Outcome;
use crate::manager::ids::{Seeded, guid};
use crate::manager::json::{self};
use crate::manager::options::Options;
use crate::manager::tx::{Tx, View};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The delays between the attempts of a delivery.
const RETRY_DELAYS: [i64; 12] = [
    MINUTE,
    10 * MINUTE,
    HOUR,
    2 * HOUR,
    2 * HOUR,
    2 * HOUR,
    4 * HOUR,
    4 * HOUR,
    4 * HOUR,
    8 * HOUR,
    8 * HOUR,
    12 * HOUR,
];

/// The lifetime of a signature.
const LIFETIME: i64 = HOUR;

/// The duration of a lease in milliseconds: far longer than an attempt takes.
const LEASE: i64 = 5 * MINUTE;

/// A webhook delivery that a host has leased.
///
/// ```
/// use wix_media::manager::{Manager, Options, Request, Webhook};
///
/// let mut parts = Manager::memory()?.into_parts();
/// parts.options.webhooks = vec![Webhook { url: "https://example.com/events".into(), events: Vec::new() }];
/// let mut manager = Manager::new(parts)?;
/// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
/// let due = manager.take_deliveries(10)?;
/// assert_eq!(due[0].url, "https://example.com/events");
/// manager.delivered(due[0].id, due[0].attempt, true)?;
/// assert_eq!(manager.next_tick()?, None);
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The id of the delivery, for [`Manager::delivered`](crate::manager::Manager::delivered).
    pub id: i64,
    /// The URL of the receiver.
    pub url: String,
    /// The number of this attempt, counted from 1.
    pub attempt: u32,
    /// The claims of the token that is its body, as JSON. The host signs them with RS256.
    pub claims: String,
}

/// Derives a GUID from the site and a purpose. It is the same in every process.
fn stable_guid(site_id: &str, of: &str) -> String {
    let hash = Sha256::digest(format!("{of} {site_id}"));
    let seed = hash.iter().take(8).fold(0, |seed, &byte| seed << 8 | u64::from(byte));
    guid(&Seeded::new(seed))
}

fn claims(options: &Options, base: &str, body: &str, now: i64) -> String {
    let event = rendered(body, base);
    let part = |name: &str| event[name].as_str().unwrap_or_default();
    let site = &options.site_id;
    let message = json!({
        "eventType": event_type(part("entityFqdn"), part("slug")),
        "instanceId": stable_guid(site, "instance"),
        "data": json::text(&event),
        "identity": json::text(&json!({ "identityType": "UNKNOWN" })),
        "accountInfo": { "accountId": stable_guid(site, "account"), "siteId": site },
    });
    let issued = now / SECOND;
    json::text(&json!({ "data": json::text(&message), "iat": issued, "exp": issued + LIFETIME / SECOND }))
}

/// Returns the URLs of all webhooks.
fn urls(options: &Options) -> Vec<&str> {
    options.webhooks.iter().map(|webhook| &webhook.url[..]).collect()
}

/// Leases at most `limit` deliveries that are due.
pub(crate) fn take(tx: &mut Tx<'_>, limit: u32) -> Outcome<Vec<Delivery>> {
    let context = tx.context;
    let (now, until) = (context.now, context.now.saturating_add(LEASE));
    let rows = tx.catalog.take_deliveries(&urls(context.options), now, until, limit)?;
    let deliveries = rows.into_iter().map(|row| Delivery {
        id: row.number,
        attempt: row.tries + 1,
        claims: claims(context.options, &context.base, &row.body, now),
        url: row.url,
    });
    Ok(deliveries.collect())
}

/// Returns whether a delivery is due.
pub(crate) fn is_due(view: &View<'_>) -> Outcome<bool> {
    Ok(next(view)?.is_some_and(|due| due <= view.now))
}

/// Returns when the next delivery that nobody has leased is due.
pub(crate) fn next(view: &View<'_>) -> Outcome<Option<i64>> {
    Ok(view.catalog.next_delivery(&urls(view.options), view.now)?)
}

/// Returns since when work waits, deliveries to the URLs of the options among it.
pub(crate) fn waiting(view: &View<'_>) -> Outcome<Waiting> {
    Ok(view.catalog.waiting(&urls(view.options), view.now)?)
}

/// Returns how long a delivery waits at most, by the number of failed attempts.
pub(crate) fn longest_waits(factor: f64) -> Vec<i64> {
    let waits = RETRY_DELAYS.map(|delay| (delay as f64 * factor) as i64);
    std::iter::once(0).chain(waits).collect()
}

/// Records the result of an attempt: removes the delivery, or schedules the next attempt if there is one.
pub(crate) fn delivered(tx: &mut Tx<'_>, id: i64, attempt: u32, ok: bool) -> Outcome<()> {
    let row = tx.catalog.delivery(id)?;
    // The result was reported before, or by a host whose lease had expired.
    let Some(row) = row.filter(|row| row.tries + 1 == attempt) else {
        return Ok(());
    };
    match RETRY_DELAYS.get(row.tries as usize).filter(|_| !ok) {
        Some(delay) => {
            let delay = (*delay as f64 * tx.options.webhook_delay_factor) as i64;
            let due = tx.now.saturating_add(delay);
            tx.catalog.postpone_delivery(id, row.tries + 1, due)?;
        }
        None => tx.catalog.remove_delivery(id)?,
    }
    Ok(())
}

/// Removes deliveries to URLs that are no longer configured, if they were due before `before`.
pub(crate) fn remove_stale(tx: &mut Tx<'_>, before: i64) -> Outcome<()> {
    let context = tx.context;
    Ok(tx.catalog.remove_stale_deliveries(&urls(context.options), before)?)
}

/// Returns the key pair that signs webhooks, as the host stored it, or `null`.
pub(crate) fn key(view: &View<'_>) -> Outcome<Value> {
    let setting = |name: &str| view.catalog.setting(name);
    Ok(match (setting("webhookKey")?, setting("webhookPublicKey")?) {
        (Some(private), Some(public)) => json!({ "privateKey": private, "publicKey": public }),
        _ => Value::Null,
    })
}

/// Stores a key pair, unless there is one. Returns the stored one.
pub(crate) fn set_key(tx: &mut Tx<'_>, private: &str, public: &str) -> Outcome<Value> {
    let found = key(&tx.view())?;
    if !found.is_null() {
        return Ok(found);
    }
    tx.catalog.set_setting("webhookKey", private)?;
    tx.catalog.set_setting("webhookPublicKey", public)?;
    key(&tx.view())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_are_those_of_the_contract() {
        let hours: Vec<_> = RETRY_DELAYS.iter().map(|delay| *delay as f64 / HOUR as f64).collect();
        assert_eq!(hours[2..], [1.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 8.0, 8.0, 12.0]);
        assert_eq!(RETRY_DELAYS[..2], [MINUTE, 10 * MINUTE]);
    }

    #[test]
    fn stable_guid_of_equal_inputs_is_equal() {
        let id = stable_guid("s", "instance");
        assert_eq!((id.len(), &id), (36, &stable_guid("s", "instance")));
        assert_ne!(id, stable_guid("s", "account"));
    }
}
