//! The options of a manager, and their JSON form.

use super::auth::{ApiKey, Credentials, OauthClient};
use super::events::webhook::Webhook;
use super::faults::Fault;
use super::json::{self, InvalidMember, Texts};
use super::pattern::matches;
use crate::model::media_type::MediaType;
use crate::operations::Access;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// Settings of a [`Manager`](super::Manager).
///
/// ```
/// use wix_media::manager::Options;
///
/// let options = Options { base_url: Some("http://127.0.0.1:4410".into()), ..Options::default() };
/// assert_eq!(options.quota, None);
/// assert_eq!(options.limit(wix_media::model::media_type::MediaType::Image), 25_000_000);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The id of the site, which descriptors carry.
    pub site_id: String,
    /// The beginning of the ids of files, uploads and zips, for hosts that serve several sites and tell them apart by it. By default
    /// ids of files begin with six digits made of `site_id`, and the others with none.
    pub id_prefix: Option<String>,
    /// The beginning of URLs in answers. By default it follows the `Host` header of each request.
    pub base_url: Option<String>,
    /// The largest file of each media type, in bytes (`docs/contract/choices.md#u30`). Other types have no limit.
    pub limits: Vec<(String, u64)>,
    /// The total size of all files in bytes. By default there is no quota.
    pub quota: Option<u64>,
    /// How long a file of a media type stays `PENDING` after its last byte, in milliseconds
    /// (`docs/contract/choices.md#u33`).
    pub pending: Vec<(String, i64)>,
    /// Files whose processing fails, for tests: media types such as `VIDEO`, and names with `*` as a wildcard.
    pub failing: Vec<String>,
    /// Whether imports may fetch from this machine and its network. Only safe for tests.
    pub allow_private_imports: bool,
    /// Whether the host makes assets of videos: see [`take_transcodes`](super::Manager::take_transcodes). A video stays
    /// `PENDING` until it has its posters. Videos that were stored without this option follow.
    pub transcodes: bool,
    /// Whether the host decodes AVIF and HEIC, so that uploads of them have colours and previews.
    pub converts: bool,
    /// Whether the host encodes AVIF. Otherwise WebP takes its place in transforms.
    pub encodes_avif: bool,
    /// Whether other processes use the same stores at the same time, and may be reading or filling any blob. Blobs that are not
    /// needed any more are then left to [`sweep`](super::Manager::sweep).
    pub shares_stores: bool,
    /// Whether calls that change something are refused, because the stores hold a snapshot.
    pub read_only: bool,
    /// The API keys and OAuth clients. By default every caller may do everything.
    pub credentials: Option<Credentials>,
    /// The calls that each caller may make within 60 seconds (`docs/contract/choices.md#u39`). By default there is no
    /// limit.
    pub requests_per_minute: Option<u32>,
    /// Faults to inject into requests, for tests.
    pub faults: Vec<Fault>,
    /// How long lists, searches and queries do not see a change, in milliseconds, for tests. Calls by id see it at
    /// once.
    pub lag: i64,
    /// How long deletions and restores are deferred after their answer, in milliseconds
    /// (`docs/contract/choices.md#u17`).
    pub delay: i64,
    /// The URLs that receive events.
    pub webhooks: Vec<Webhook>,
    /// The factor for the delays between retries of a webhook. Tests use less than 1 (`docs/contract/choices.md#u44`).
    pub webhook_delay_factor: f64,
    /// How many of the last events are kept. By default all are. Events with pending deliveries are kept in any case.
    pub keep_events: Option<u32>,
    /// How many files of a folder are changed in one transaction. The files of a larger folder follow in steps when it is
    /// deleted, restored or moved to another area. With 0, those of every folder do.
    pub files_per_step: u32,
}

impl Default for Options {
    fn default() -> Options {
        let limits = [
            ("IMAGE", 25_000_000),
            ("VECTOR", 25_000_000),
            ("AUDIO", 360_000_000),
            ("VIDEO", 15_000_000_000),
            ("DOCUMENT", 1_000_000_000),
            ("ARCHIVE", 1_000_000_000),
            ("OTHER", 1_000_000_000),
            ("MODEL3D", 50_000_000),
        ];
        Options {
            site_id: "00000000-0000-4000-8000-000000000000".to_owned(),
            id_prefix: None,
            base_url: None,
            limits: limits.map(|(name, limit)| (name.to_owned(), limit)).to_vec(),
            quota: None,
            pending: vec![("VIDEO".to_owned(), 500), ("AUDIO".to_owned(), 200)],
            failing: Vec::new(),
            allow_private_imports: false,
            transcodes: false,
            converts: false,
            encodes_avif: false,
            shares_stores: false,
            read_only: false,
            credentials: None,
            requests_per_minute: None,
            faults: Vec::new(),
            lag: 0,
            delay: 0,
            webhooks: Vec::new(),
            webhook_delay_factor: 1.0,
            keep_events: None,
            files_per_step: 100,
        }
    }
}

impl Options {
    /// Returns the largest size of a file of a media type, in bytes.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use wix_media::model::media_type::MediaType;
    /// assert_eq!(Options::default().limit(MediaType::Model3d), 50_000_000);
    /// ```
    pub fn limit(&self, media_type: MediaType) -> u64 {
        let found = self.limits.iter().find(|(name, _)| name == media_type.as_str());
        found.map_or(u64::MAX, |(_, limit)| *limit)
    }

    /// Returns the largest of all limits of media types, in bytes.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// assert_eq!(Options::default().largest_limit(), Some(15_000_000_000));
    /// ```
    pub fn largest_limit(&self) -> Option<u64> {
        self.limits.iter().map(|(_, limit)| *limit).max()
    }

    /// Returns how long a file of a media type stays `PENDING`, in milliseconds.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use wix_media::model::media_type::MediaType;
    /// assert_eq!(Options::default().pending(MediaType::Video), 500);
    /// ```
    pub fn pending(&self, media_type: MediaType) -> i64 {
        let found = self.pending.iter().find(|(name, _)| name == media_type.as_str());
        found.map_or(0, |(_, time)| *time)
    }

    /// Returns whether the processing of a file of this media type and name fails.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use wix_media::model::media_type::MediaType;
    /// let options = Options { failing: vec!["AUDIO".into(), "broken*.mp4".into()], ..Options::default() };
    /// assert!(options.fails(MediaType::Video, "broken film.mp4") && options.fails(MediaType::Audio, "a.mp3"));
    /// assert!(!options.fails(MediaType::Video, "film.mp4"));
    /// ```
    pub fn fails(&self, media_type: MediaType, name: &str) -> bool {
        self.failing
            .iter()
            .any(|pattern| pattern == media_type.as_str() || matches(pattern, name))
    }

    /// Parses the options that JavaScript passes to `createManager`. Missing members and `null` have their defaults.
    ///
    /// Fails with the first invalid or unknown member.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use serde_json::json;
    ///
    /// let options = Options::from_json(&json!({ "siteId": "s", "limits": { "quotaInBytes": 5 } })).unwrap();
    /// assert_eq!((options.site_id.as_str(), options.quota), ("s", Some(5)));
    /// let error = Options::from_json(&json!({ "siteId": 5 })).unwrap_err();
    /// assert_eq!(error.to_string(), "siteId must be a string");
    /// ```
    pub fn from_json(given: &Value) -> Result<Options, InvalidMember> {
        let given: Given = json::read(given)?;
        let mut options = Options {
            base_url: given.base_url,
            allow_private_imports: given.allow_private_imports.unwrap_or(false),
            read_only: given.read_only.unwrap_or(false),
            credentials: given.auth.map(Auth::into_credentials),
            webhooks: given.webhooks.unwrap_or_default(),
            webhook_delay_factor: given.webhook_delay_factor.map_or(1.0, |factor| factor.0),
            keep_events: given.keep_events.map(|kept| kept.0 as u32),
            faults: given.faults.unwrap_or_default(),
            ..Options::default()
        };
        if let Some(site_id) = given.site_id {
            options.site_id = site_id;
        }
        options.apply(Changes {
            limits: given.limits,
            processing: given.processing,
            lag_ms: given.lag_ms,
            delay_ms: given.delay_ms,
        });
        Ok(options)
    }

    /// Changes the options that may change while a manager runs.
    ///
    /// `given` has the members `limits`, `processing`, `lagMs` and `delayMs`, in the form of
    /// [`from_json`](Options::from_json). Missing members stay as they are. `null` removes a quota, a rate limit, lag or
    /// delay. An error leaves all options unchanged.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use serde_json::json;
    ///
    /// let mut options = Options { lag: 500, quota: Some(1), ..Options::default() };
    /// options.adjust(&json!({ "lagMs": null, "limits": { "requestsPerMinute": 200 } })).unwrap();
    /// assert_eq!((options.lag, options.requests_per_minute, options.quota), (0, Some(200), Some(1)));
    /// ```
    pub fn adjust(&mut self, given: &Value) -> Result<(), InvalidMember> {
        self.apply(json::read(given)?);
        Ok(())
    }

    fn apply(&mut self, changes: Changes) {
        if let Some(limits) = changes.limits {
            if let Some(quota) = limits.quota_in_bytes {
                self.quota = quota.map(|quota| quota.0 as u64);
            }
            if let Some(most) = limits.requests_per_minute {
                self.requests_per_minute = most.map(|most| most.0 as u32);
            }
            for (media_type, limit) in limits.size_in_bytes.unwrap_or_default().0 {
                self.limits.retain(|(name, _)| *name != media_type);
                self.limits.push((media_type, limit as u64));
            }
        }
        if let Some(processing) = changes.processing {
            for (media_type, time) in processing.pending_ms.unwrap_or_default().0 {
                self.pending.retain(|(name, _)| *name != media_type);
                self.pending.push((media_type, time as i64));
            }
            if let Some(failing) = processing.fail {
                self.failing = failing.unwrap_or_default().0;
            }
        }
        if let Some(lag) = changes.lag_ms {
            self.lag = lag.map_or(0, |lag| lag.0 as i64);
        }
        if let Some(delay) = changes.delay_ms {
            self.delay = delay.map_or(0, |delay| delay.0 as i64);
        }
    }
}

/// The options of `createManager` that the module reads. The host keeps those about itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    site_id: Option<String>,
    base_url: Option<String>,
    limits: Option<Limits>,
    processing: Option<Processing>,
    auth: Option<Auth>,
    webhooks: Option<Vec<Webhook>>,
    webhook_delay_factor: Option<Amount>,
    keep_events: Option<Amount>,
    faults: Option<Vec<Fault>>,
    #[serde(default, deserialize_with = "present")]
    lag_ms: Option<Option<Amount>>,
    #[serde(default, deserialize_with = "present")]
    delay_ms: Option<Option<Amount>>,
    allow_private_imports: Option<bool>,
    read_only: Option<bool>,
}

/// The options that may change while a manager runs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Changes {
    limits: Option<Limits>,
    processing: Option<Processing>,
    #[serde(default, deserialize_with = "present")]
    lag_ms: Option<Option<Amount>>,
    #[serde(default, deserialize_with = "present")]
    delay_ms: Option<Option<Amount>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Limits {
    size_in_bytes: Option<Amounts>,
    #[serde(default, deserialize_with = "present")]
    quota_in_bytes: Option<Option<Amount>>,
    #[serde(default, deserialize_with = "present")]
    requests_per_minute: Option<Option<Amount>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Processing {
    pending_ms: Option<Amounts>,
    #[serde(default, deserialize_with = "present")]
    fail: Option<Option<Texts>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Auth {
    api_keys: Option<Vec<Key>>,
    clients: Option<Vec<Client>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Key {
    key: Filled,
    site_ids: Option<Texts>,
    scope: Option<Scope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Client {
    client_id: Filled,
    client_secret: Option<String>,
    instance_id: Option<String>,
    scope: Option<Scope>,
}

impl Auth {
    fn into_credentials(self) -> Credentials {
        let key = |key: Key| ApiKey {
            key: key.key.0.trim().to_owned(),
            site_ids: key.site_ids.unwrap_or_default().0,
            scope: key.scope.unwrap_or_default().0,
        };
        let client = |client: Client| OauthClient {
            client_id: client.client_id.0,
            client_secret: client.client_secret.filter(|secret| !secret.is_empty()),
            instance_id: client.instance_id,
            scope: client.scope.unwrap_or_default().0,
        };
        Credentials {
            api_keys: self.api_keys.into_iter().flatten().map(key).collect(),
            clients: self.clients.into_iter().flatten().map(client).collect(),
        }
    }
}

/// Reads a member that is there, even as `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(given: D) -> Result<Option<T>, D::Error> {
    T::deserialize(given).map(Some)
}

/// A number that is not negative.
struct Amount(f64);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Amount, D::Error> {
        let amount = f64::deserialize(given)?;
        if amount >= 0.0 {
            return Ok(Amount(amount));
        }
        Err(D::Error::custom("must be a number that is not negative"))
    }
}

/// A string that is not blank.
struct Filled(String);

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Filled, D::Error> {
        let text = String::deserialize(given)?;
        if text.trim().is_empty() {
            return Err(D::Error::custom("must not be empty"));
        }
        Ok(Filled(text))
    }
}

/// What the holder of a key may do.
struct Scope(Access);

impl Default for Scope {
    fn default() -> Scope {
        Scope(Access::Manage)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Scope, D::Error> {
        match String::deserialize(given)?.as_str() {
            "manage" => Ok(Scope(Access::Manage)),
            "read" => Ok(Scope(Access::Read)),
            _ => Err(D::Error::custom("must be 'read' or 'manage'")),
        }
    }
}

/// An object of numbers that are not negative. Members without a value are left out.
#[derive(Default)]
struct Amounts(Vec<(String, f64)>);

impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Amounts, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Amounts;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of numbers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Amounts, A::Error> {
                let mut pairs = Vec::new();
                while let Some((name, amount)) = members.next_entry::<String, Option<Amount>>()? {
                    pairs.extend(amount.map(|amount| (name, amount.0)));
                }
                Ok(Amounts(pairs))
            }
        }

        given.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn matches_treats_star_as_any_text() {
        for (pattern, text, fits) in [
            ("a.mp4", "a.mp4", true),
            ("a.mp4", "b.mp4", false),
            ("*", "", true),
            ("*.mp4", "a.mp4", true),
            ("*.mp4", "a.mp4.txt", false),
            ("a*", "ba", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("ab*ba", "aba", false),
            ("*é*", "café au lait", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn from_json_with_wrong_type_names_the_member() {
        for (given, text) in [
            (
                json!({ "allowPrivateImports": 1 }),
                "allowPrivateImports must be true or false",
            ),
            (
                json!({ "processing": { "fail": [1] } }),
                "processing.fail[0] must be a string",
            ),
            (
                json!({ "limits": { "quotaInBytes": -1 } }),
                "limits.quotaInBytes must be a number that is not negative",
            ),
            (
                json!({ "limits": { "sizeInBytes": { "IMAGE": "1" } } }),
                "limits.sizeInBytes.IMAGE must be a number",
            ),
            (
                json!({ "processing": { "fail": 1 } }),
                "processing.fail must be a string or a list of strings",
            ),
            (json!({ "limits": [] }), "limits must be an object"),
            (
                json!({ "webhooks": [{ "url": "ftp://host" }] }),
                "webhooks[0].url must begin with https:// or http://",
            ),
            (json!({ "webhooks": [{}] }), "webhooks[0].url is missing"),
            (json!({ "webhooks": {} }), "webhooks must be a list"),
            (json!({ "lagMs": true }), "lagMs must be a number"),
            (json!({ "faults": {} }), "faults must be a list"),
            (json!({ "faults": [{}] }), "faults[0].match is missing"),
            (
                json!({ "faults": [{ "match": "" }] }),
                "faults[0].match must be the name of an operation or the beginning of a path",
            ),
            (json!({ "auth": [] }), "auth must be an object"),
            (json!({ "auth": { "apiKeys": [{}] } }), "auth.apiKeys[0].key is missing"),
            (
                json!({ "auth": { "apiKeys": [{ "key": " " }] } }),
                "auth.apiKeys[0].key must not be empty",
            ),
            (
                json!({ "auth": { "apiKeys": [{ "key": "k", "siteIds": 1 }] } }),
                "auth.apiKeys[0].siteIds must be a string or a list of strings",
            ),
            (
                json!({ "auth": { "clients": [{ "clientId": "c", "scope": "all" }] } }),
                "auth.clients[0].scope must be 'read' or 'manage'",
            ),
        ] {
            assert_eq!(Options::from_json(&given).expect_err("refused").to_string(), text);
        }
    }

    #[test]
    fn from_json_with_unknown_member_names_it_and_the_known_ones() {
        for (given, field, known) in [
            (json!({ "siteID": "s" }), "siteID", "siteId"),
            (json!({ "limits": { "quota": 5 } }), "limits.quota", "quotaInBytes"),
            (
                json!({ "processing": { "failing": null } }),
                "processing.failing",
                "fail",
            ),
            (json!({ "auth": { "keys": [] } }), "auth.keys", "apiKeys"),
            (
                json!({ "auth": { "clients": [{ "clientId": "c", "secret": "s" }] } }),
                "auth.clients[0].secret",
                "clientSecret",
            ),
            (
                json!({ "webhooks": [{ "url": "http://h" }, { "event": [] }] }),
                "webhooks[1].event",
                "events",
            ),
            (
                json!({ "faults": [{ "match": "*", "latency": 5 }] }),
                "faults[0].latency",
                "latencyMs",
            ),
        ] {
            let error = Options::from_json(&given).expect_err(field);
            assert_eq!(error.field, field);
            assert!(error.known.contains(&known), "{error:?}");
        }
        let error = Options::default()
            .adjust(&json!({ "siteId": "s" }))
            .expect_err("no setting");
        assert_eq!((error.field.as_str(), error.known.len()), ("siteId", 4));
    }

    #[test]
    fn from_json_takes_null_as_missing() {
        let names = [
            "siteId",
            "baseUrl",
            "limits",
            "processing",
            "auth",
            "webhooks",
            "webhookDelayFactor",
            "keepEvents",
            "faults",
            "lagMs",
            "delayMs",
            "allowPrivateImports",
        ];
        let given: Value = names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        assert_eq!(Options::from_json(&given), Ok(Options::default()));
    }
}
