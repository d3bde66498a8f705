//! Events on their way to URLs (`contract/events.md` section 4, choice U44).
//!
//! A delivery is a row, written in the transaction of its event, so that none is lost and none is for something that never
//! was. The manager says what is to be sent and when; a host signs it, sends it and tells what came of it. Each delivery
//! has its own times, so a late one holds back nothing.

use super::call::Call;
use super::options::Options;
use super::refusal::Outcome;
use super::time::{Seeded, guid};
use super::{Manager, archive::store_error};
use crate::catalog;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// How long a try waits after the one that failed before it.
const PLAN: [i64; 12] = [
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

/// How long a signature holds.
const LIFETIME: i64 = HOUR;

/// How many rows are looked at together.
const STEP: u32 = 100;

/// A URL that events go to.
///
/// ```
/// use wix_media::manager::Webhook;
///
/// let webhook = Webhook { url: "https://example.com/events".into(), events: vec!["file_ready".into()] };
/// assert!(webhook.wants("wix.media.site_media.v1.file_descriptor", "file_ready"));
/// assert!(!webhook.wants("wix.media.site_media.v1.folder", "created"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Webhook {
    /// Where they go.
    pub url: String,
    /// Which ones, as `file_ready` or `folder_created`, or by their whole event type; all when there is none.
    pub events: Vec<String>,
}

impl Webhook {
    /// Whether events of this entity and slug go there.
    ///
    /// ```
    /// # use wix_media::manager::Webhook;
    /// assert!(Webhook::default().wants("wix.media.site_media.v1.folder", "created"));
    /// ```
    pub fn wants(&self, entity: &str, slug: &str) -> bool {
        let kind = if entity.ends_with(".folder") { "folder" } else { "file" };
        let short = slug
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix('_'))
            .unwrap_or(slug);
        let fits = |name: &String| {
            name.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')) == Some(short)
                || *name == event_type(entity, slug)
        };
        self.events.is_empty() || self.events.iter().any(fits)
    }
}

fn event_type(entity: &str, slug: &str) -> String {
    format!("{entity}_{slug}")
}

/// What a host sends now.
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
/// manager.delivered(due[0].id, true)?;
/// assert_eq!(manager.next_tick()?, None);
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number, for [`Manager::delivered`].
    pub id: i64,
    /// Where it goes.
    pub url: String,
    /// Which try this is, from 1 on.
    pub attempt: u32,
    /// The claims of the token that is its body, as JSON. The host signs them with RS256.
    pub claims: String,
}

/// A GUID that stands for something of this site, always the same.
fn lasting_guid(site_id: &str, of: &str) -> String {
    let hash = Sha256::digest(format!("{of} {site_id}"));
    let seed = hash.iter().take(8).fold(0, |seed, &byte| seed << 8 | u64::from(byte));
    guid(&mut Seeded::new(seed))
}

fn claims(options: &Options, body: &str, now: i64) -> String {
    let event: Value = serde_json::from_str(body).unwrap_or_default();
    let part = |name: &str| event[name].as_str().unwrap_or_default();
    let site = &options.site_id;
    let message = json!({
        "eventType": event_type(part("entityFqdn"), part("slug")),
        "instanceId": lasting_guid(site, "instance"),
        "data": body,
        "identity": json!({ "identityType": "UNKNOWN" }).to_string(),
        "accountInfo": { "accountId": lasting_guid(site, "account"), "siteId": site },
    });
    let issued = now / SECOND;
    json!({ "data": message.to_string(), "iat": issued, "exp": issued + LIFETIME / SECOND }).to_string()
}

impl Call<'_> {
    /// Notes where an event goes, and lets old ones go where not all are kept.
    pub(super) fn event_happened(&mut self, number: i64, entity: &str, slug: &str) -> Outcome<()> {
        for webhook in &self.options.webhooks {
            if webhook.wants(entity, slug) {
                self.catalog.insert_delivery(number, &webhook.url, self.now)?;
            }
        }
        if let Some(kept) = self.options.keep_events {
            self.catalog.remove_events(number - i64::from(kept))?;
        }
        Ok(())
    }
}

impl Manager {
    /// The deliveries whose time has come, at most so many. Until [`delivered`](Manager::delivered) they are under way and
    /// not given again, but after a restart they are.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// assert!(Manager::memory()?.take_deliveries(10)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn take_deliveries(&mut self, most: usize) -> catalog::Result<Vec<Delivery>> {
        let now = self.parts.clock.now();
        let mut taken = Vec::new();
        let mut after = (i64::MIN, 0);
        while taken.len() < most {
            let rows = self.parts.catalog.deliveries(after, STEP)?;
            let Some(last) = rows.last() else { break };
            after = (last.due, last.number);
            for row in rows {
                if row.due > now || taken.len() == most {
                    return Ok(taken);
                }
                if self.delivering.insert(row.number) {
                    taken.push(Delivery {
                        id: row.number,
                        attempt: row.tries + 1,
                        claims: claims(&self.parts.options, &row.body, now),
                        url: row.url,
                    });
                }
            }
        }
        Ok(taken)
    }

    /// Takes what came of a delivery: whether the receiver answered 200 in time. One that failed is put off, and after
    /// the twelfth retry given up.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// Manager::memory()?.delivered(1, true)?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn delivered(&mut self, id: i64, ok: bool) -> catalog::Result<()> {
        if !self.delivering.remove(&id) {
            return Ok(());
        }
        let outcome = self.transact(&super::Head::default(), |call| {
            let Some(row) = call.catalog.delivery(id)? else {
                return Ok(());
            };
            let delay = PLAN.get(row.tries as usize).filter(|_| !ok);
            match delay {
                Some(delay) => {
                    let delay = (*delay as f64 * call.options.webhook_delay_factor) as i64;
                    call.catalog
                        .put_off_delivery(id, row.tries + 1, call.now.saturating_add(delay))?;
                }
                None => call.catalog.remove_delivery(id)?,
            }
            Ok(())
        });
        outcome.map_err(store_error)
    }

    /// When the next delivery is due that is not under way.
    pub(super) fn next_delivery(&self) -> catalog::Result<Option<i64>> {
        let mut after = (i64::MIN, 0);
        loop {
            let rows = self.parts.catalog.deliveries(after, STEP)?;
            let Some(last) = rows.last() else { return Ok(None) };
            after = (last.due, last.number);
            if let Some(row) = rows.iter().find(|row| !self.delivering.contains(&row.number)) {
                return Ok(Some(row.due));
            }
        }
    }

    /// Gives up what goes to URLs that are configured no more.
    pub(super) fn keep_configured_deliveries(&mut self) -> catalog::Result<()> {
        let urls: Vec<_> = self
            .parts
            .options
            .webhooks
            .iter()
            .map(|webhook| &webhook.url[..])
            .collect();
        self.parts.catalog.keep_deliveries(&urls)
    }

    /// The key pair that webhooks are signed with, as the host left it; `null` before there is one.
    pub(super) fn webhook_key(&self) -> catalog::Result<Value> {
        let setting = |name: &str| self.parts.catalog.setting(name);
        Ok(match (setting("webhookKey")?, setting("webhookPublicKey")?) {
            (Some(private), Some(public)) => json!({ "privateKey": private, "publicKey": public }),
            _ => Value::Null,
        })
    }

    pub(super) fn set_webhook_key(&mut self, private: &str, public: &str) -> catalog::Result<()> {
        let outcome = self.transact(&super::Head::default(), |call| {
            call.catalog.set_setting("webhookKey", private)?;
            Ok(call.catalog.set_setting("webhookPublicKey", public)?)
        });
        outcome.map_err(store_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_is_that_of_the_contract() {
        let hours: Vec<_> = PLAN.iter().map(|delay| *delay as f64 / HOUR as f64).collect();
        assert_eq!(hours[2..], [1.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 8.0, 8.0, 12.0]);
        assert_eq!(PLAN[..2], [MINUTE, 10 * MINUTE]);
    }

    #[test]
    fn names_are_those_of_handlers_or_whole() {
        let (file, folder) = (
            "wix.media.site_media.v1.file_descriptor",
            "wix.media.site_media.v1.folder",
        );
        for (name, entity, slug, wanted) in [
            ("file_ready", file, "file_ready", true),
            ("file_updated", file, "updated", true),
            ("file_updated", folder, "updated", false),
            ("folder_updated", folder, "updated", true),
            ("updated", file, "updated", false),
            (
                "wix.media.site_media.v1.file_descriptor_file_ready",
                file,
                "file_ready",
                true,
            ),
            ("wix.media.site_media.v1.folder_deleted", folder, "deleted", true),
            ("wix.media.site_media.v1.folder_deleted", file, "deleted", false),
        ] {
            let webhook = Webhook {
                url: String::new(),
                events: vec![name.to_owned()],
            };
            assert_eq!(webhook.wants(entity, slug), wanted, "{name} {slug}");
        }
    }

    #[test]
    fn lasting_guids_are_guids() {
        let id = lasting_guid("s", "instance");
        assert_eq!((id.len(), &id), (36, &lasting_guid("s", "instance")));
        assert_ne!(id, lasting_guid("s", "account"));
    }
}
