//! The options of a manager, and their JSON form.

use super::auth::{ApiKey, Credentials, OauthClient};
use super::events::webhook::Webhook;
use super::faults::Fault;
use super::pattern::matches;
use crate::model::media_type::MediaType;
use crate::operations::Access;
use serde_json::Value;

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
            base_url: None,
            limits: limits.map(|(name, limit)| (name.to_owned(), limit)).to_vec(),
            quota: None,
            pending: vec![("VIDEO".to_owned(), 500), ("AUDIO".to_owned(), 200)],
            failing: Vec::new(),
            allow_private_imports: false,
            credentials: None,
            requests_per_minute: None,
            faults: Vec::new(),
            lag: 0,
            delay: 0,
            webhooks: Vec::new(),
            webhook_delay_factor: 1.0,
            keep_events: None,
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

    /// Parses the options that JavaScript passes to `createManager`. Missing members have their defaults.
    ///
    /// Fails with a message that names the first invalid member.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use serde_json::json;
    ///
    /// let options = Options::from_json(&json!({ "siteId": "s", "limits": { "quotaInBytes": 5 } })).unwrap();
    /// assert_eq!((options.site_id.as_str(), options.quota), ("s", Some(5)));
    /// assert_eq!(Options::from_json(&json!({ "siteId": 5 })).unwrap_err(), "siteId must be a string");
    /// ```
    pub fn from_json(given: &Value) -> Result<Options, String> {
        let mut options = Options::default();
        if let Some(site_id) = text(given, "siteId")? {
            options.site_id = site_id;
        }
        options.base_url = text(given, "baseUrl")?;
        options.allow_private_imports = flag(given, "allowPrivateImports")?;
        options.credentials = credentials(&given["auth"])?;
        for given in list(&given["webhooks"], "webhooks")? {
            options.webhooks.push(webhook(given)?);
        }
        options.webhook_delay_factor = number(given, "", "webhookDelayFactor")?.unwrap_or(1.0);
        options.keep_events = number(given, "", "keepEvents")?.map(|kept| kept as u32);
        options.adjust(given)?;
        Ok(options)
    }

    /// Changes the options that may change while a manager runs.
    ///
    /// `given` has the members `limits`, `processing`, `faults`, `lagMs` and `delayMs`, in the form of
    /// [`from_json`](Options::from_json). Missing members stay as they are. `null` removes a quota, a rate limit,
    /// faults, lag or delay. An error leaves all options unchanged.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// use serde_json::json;
    ///
    /// let mut options = Options { lag: 500, quota: Some(1), ..Options::default() };
    /// options.adjust(&json!({ "lagMs": null, "limits": { "requestsPerMinute": 200 } })).unwrap();
    /// assert_eq!((options.lag, options.requests_per_minute, options.quota), (0, Some(200), Some(1)));
    /// ```
    pub fn adjust(&mut self, given: &Value) -> Result<(), String> {
        let mut options = self.clone();
        let limits = &given["limits"];
        if limits.get("quotaInBytes").is_some() {
            options.quota = number(limits, "limits.", "quotaInBytes")?.map(|quota| quota as u64);
        }
        if limits.get("requestsPerMinute").is_some() {
            let most = number(limits, "limits.", "requestsPerMinute")?;
            options.requests_per_minute = most.map(|most| most as u32);
        }
        for (media_type, limit) in numbers(&limits["sizeInBytes"], "limits.sizeInBytes")? {
            options.limits.retain(|(name, _)| *name != media_type);
            options.limits.push((media_type, limit as u64));
        }
        let processing = &given["processing"];
        for (media_type, time) in numbers(&processing["pendingMs"], "processing.pendingMs")? {
            options.pending.retain(|(name, _)| *name != media_type);
            options.pending.push((media_type, time as i64));
        }
        if processing.get("fail").is_some() {
            options.failing = texts(processing, "processing.", "fail")?;
        }
        if let Some(faults) = given.get("faults") {
            options.faults = list(faults, "faults")?
                .iter()
                .map(Fault::from_json)
                .collect::<Result<_, _>>()?;
        }
        if given.get("lagMs").is_some() {
            options.lag = number(given, "", "lagMs")?.unwrap_or(0.0) as i64;
        }
        if given.get("delayMs").is_some() {
            options.delay = number(given, "", "delayMs")?.unwrap_or(0.0) as i64;
        }
        *self = options;
        Ok(())
    }
}

fn list<'a>(given: &'a Value, name: &str) -> Result<&'a [Value], String> {
    match given {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        _ => Err(format!("{name} must be a list")),
    }
}

fn webhook(given: &Value) -> Result<Webhook, String> {
    let url = text(given, "url")?.unwrap_or_default();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err("a webhook needs a url that begins with https:// or http://".to_owned());
    }
    let events = texts(given, "webhooks.", "events")?;
    Ok(Webhook { url, events })
}

/// Parses the option `auth`.
fn credentials(given: &Value) -> Result<Option<Credentials>, String> {
    if given.is_null() {
        return Ok(None);
    }
    if !given.is_object() {
        return Err("auth must be an object with apiKeys and clients".to_owned());
    }
    let scope = |given: &Value| match &given["scope"] {
        Value::Null => Ok(Access::Manage),
        Value::String(scope) if scope == "manage" => Ok(Access::Manage),
        Value::String(scope) if scope == "read" => Ok(Access::Read),
        _ => Err("a scope in auth must be 'read' or 'manage'".to_owned()),
    };
    let required = |given: &Value, name: &str| {
        let found = text(given, name)?.filter(|text| !text.trim().is_empty());
        found.ok_or_else(|| format!("auth needs a {name} that is not empty"))
    };
    let mut credentials = Credentials::default();
    for given in list(&given["apiKeys"], "auth.apiKeys")? {
        credentials.api_keys.push(ApiKey {
            key: required(given, "key")?.trim().to_owned(),
            site_ids: texts(given, "auth.apiKeys.", "siteIds")?,
            scope: scope(given)?,
        });
    }
    for given in list(&given["clients"], "auth.clients")? {
        credentials.clients.push(OauthClient {
            client_id: required(given, "clientId")?,
            client_secret: text(given, "clientSecret")?.filter(|secret| !secret.is_empty()),
            instance_id: text(given, "instanceId")?,
            scope: scope(given)?,
        });
    }
    Ok(Some(credentials))
}

fn text(given: &Value, name: &str) -> Result<Option<String>, String> {
    match &given[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(format!("{name} must be a string")),
    }
}

fn flag(given: &Value, name: &str) -> Result<bool, String> {
    match &given[name] {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(*flag),
        _ => Err(format!("{name} must be true or false")),
    }
}

/// Reads a string or a list of strings.
fn texts(given: &Value, path: &str, name: &str) -> Result<Vec<String>, String> {
    let refused = || format!("{path}{name} must be a string or a list of strings");
    match &given[name] {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => {
            let text = |item: &Value| item.as_str().map(str::to_owned).ok_or_else(refused);
            items.iter().map(text).collect()
        }
        _ => Err(refused()),
    }
}

/// Reads a number that is not negative.
fn number(given: &Value, path: &str, name: &str) -> Result<Option<f64>, String> {
    match &given[name] {
        Value::Null => Ok(None),
        value => match value.as_f64().filter(|number| *number >= 0.0) {
            Some(number) => Ok(Some(number)),
            None => Err(format!("{path}{name} must be a number that is not negative")),
        },
    }
}

/// Reads an object of numbers.
fn numbers(given: &Value, path: &str) -> Result<Vec<(String, f64)>, String> {
    match given {
        Value::Null => Ok(Vec::new()),
        Value::Object(members) => members
            .keys()
            .filter_map(|name| {
                Some(Ok((
                    name.clone(),
                    number(given, &format!("{path}."), name).transpose()?,
                )))
            })
            .map(|pair: Result<_, String>| pair.and_then(|(name, value)| Ok((name, value?))))
            .collect(),
        _ => Err(format!("{path} must be an object of numbers")),
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
                "processing.fail must be a string or a list of strings",
            ),
            (
                json!({ "limits": { "quotaInBytes": -1 } }),
                "limits.quotaInBytes must be a number that is not negative",
            ),
            (
                json!({ "limits": { "sizeInBytes": { "IMAGE": "1" } } }),
                "limits.sizeInBytes.IMAGE must be a number that is not negative",
            ),
            (
                json!({ "webhooks": [{ "url": "ftp://host" }] }),
                "a webhook needs a url that begins with https:// or http://",
            ),
            (json!({ "webhooks": {} }), "webhooks must be a list"),
            (json!({ "lagMs": true }), "lagMs must be a number that is not negative"),
            (json!({ "faults": {} }), "faults must be a list"),
            (
                json!({ "faults": [{}] }),
                "a fault's match must be the name of an operation or the beginning of a path",
            ),
            (json!({ "auth": [] }), "auth must be an object with apiKeys and clients"),
            (
                json!({ "auth": { "apiKeys": [{}] } }),
                "auth needs a key that is not empty",
            ),
            (
                json!({ "auth": { "apiKeys": [{ "key": "k", "siteIds": 1 }] } }),
                "auth.apiKeys.siteIds must be a string or a list of strings",
            ),
            (
                json!({ "auth": { "clients": [{ "clientId": "c", "scope": "all" }] } }),
                "a scope in auth must be 'read' or 'manage'",
            ),
        ] {
            assert_eq!(Options::from_json(&given).expect_err("refused"), text);
        }
    }
}
