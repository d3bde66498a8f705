//! Settings out of the values that count.

use super::sources::{Given, descriptors, gather};
use super::table::KEY_VARIABLE;
use super::{BlobsPlace, CatalogPlace, DatabasePlace, LogFormat, Place, Role, Settings, TlsFiles, Wrong};
use crate::guard::{self, Network, Rules};
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;
use wix_media::manager::Webhook;

/// The most connections at once, unless the owner says otherwise. They may take three quarters of the descriptors of the process:
/// files and the program itself need the rest.
const MAX_CONNECTIONS: u64 = 1000;

/// The names of events (`docs/contract/events.md#s1`).
const EVENTS: [&str; 7] = [
    "file_ready",
    "file_failed",
    "file_updated",
    "file_deleted",
    "folder_created",
    "folder_updated",
    "folder_deleted",
];

/// The connections to a database, and how many an export, a check and a call need at least.
const DATABASE_CONNECTIONS: u64 = 16;
const MIN_DATABASE_CONNECTIONS: u64 = 8;

/// For how many days records of changes are kept.
const AUDIT_DAYS: u64 = 30;
const MAX_AUDIT_DAYS: u64 = 36_500;

/// The values that count, which become settings.
pub(super) struct Reader<'a> {
    pub(super) given: HashMap<&'a str, Given>,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
    /// The most files and connections that the process may have open.
    pub(super) descriptors: Option<u64>,
}

impl<'a> Reader<'a> {
    /// Collects the values that count. `environment` looks a variable up.
    pub(super) fn new(
        arguments: &clap::ArgMatches,
        environment: &'a dyn Fn(&str) -> Option<String>,
    ) -> Result<Reader<'a>, Wrong> {
        Ok(Reader {
            given: gather(arguments, environment)?,
            environment,
            descriptors: descriptors(),
        })
    }

    /// Where the stores are.
    pub(super) fn store(&self) -> Result<Place, Wrong> {
        let catalog = match self.database()? {
            Some(database) => CatalogPlace::Database(database),
            None => CatalogPlace::Directory(self.data()?),
        };
        // With both, no directory is needed. One that is named, as by the image of a container, is not used.
        let blobs = match self.bucket()? {
            Some(bucket) => BlobsPlace::Bucket(Box::new(bucket)),
            None => BlobsPlace::Directory(self.data()?),
        };
        Ok(Place { catalog, blobs })
    }

    pub(super) fn database(&self) -> Result<Option<DatabasePlace>, Wrong> {
        let connections = self.number("database-connections", MIN_DATABASE_CONNECTIONS, 1000)?;
        let audit_days = self.number("audit-days", 0, MAX_AUDIT_DAYS)?;
        let Some(url) = self.text("database")? else {
            let alone = [("database-connections", connections), ("audit-days", audit_days)];
            return match alone.iter().find(|(_, given)| given.is_some()) {
                None => Ok(None),
                Some((name, _)) => Err(Wrong(format!("{} needs --database URL", self.place(name)))),
            };
        };
        // Not the URL itself, which may contain a password.
        wix_media_postgres::check_url(&url).map_err(|error| {
            let place = self.place("database");
            Wrong(format!(
                "invalid {place}: expected postgres://USER:PASSWORD@HOST/NAME, but {error}"
            ))
        })?;
        Ok(Some(DatabasePlace {
            url,
            connections: usize::try_from(connections.unwrap_or(DATABASE_CONNECTIONS)).unwrap_or(usize::MAX),
            audit_days: audit_days.unwrap_or(AUDIT_DAYS),
        }))
    }

    fn role(&self, has_database: bool) -> Result<Role, Wrong> {
        let roles = [("api", Role::Api), ("worker", Role::Worker), ("both", Role::Both)];
        let role = self.choice("role", &roles)?.unwrap_or(Role::Both);
        if role != Role::Both && !has_database {
            return Err(Wrong(format!(
                "{} needs --database URL: a directory belongs to one process, which does both",
                self.place("role")
            )));
        }
        Ok(role)
    }

    /// The id of the site.
    pub(super) fn site_id(&self, counts_variable: bool) -> Result<Option<String>, Wrong> {
        match self.given.get("site-id") {
            // The environment names the site of a key of Wix. Without one it is meant for other programs.
            Some(given) if given.place == "WIX_SITE_ID" && (!counts_variable || given.values.concat().is_empty()) => {
                Ok(None)
            }
            _ => self.text("site-id"),
        }
    }

    /// The directory of the store.
    fn data(&self) -> Result<PathBuf, Wrong> {
        let data = self.text("data")?;
        let data = data.ok_or_else(|| Wrong("no directory: use --data DIR, or set WIX_MEDIA_DATA".to_owned()))?;
        Ok(data.into())
    }

    pub(super) fn settings(&self) -> Result<Settings, Wrong> {
        let mut place = self.store()?;
        let redirects_downloads = self.redirects_downloads(&mut place)?;
        let role = self.role(place.has_database())?;
        let host = self.text("host")?.unwrap_or_else(|| "127.0.0.1".to_owned());
        let port = self.number("port", 0, 65_535)?.unwrap_or(4410);
        let keys = self.keys()?;
        let is_open = !is_this_machine(&host);
        if is_open && keys.is_empty() {
            return Err(Wrong(format!(
                "{} {host} lets other machines in: set {KEY_VARIABLE}, or use --api-key-file FILE",
                self.place("host")
            )));
        }
        let site_id = self.site_id(!keys.is_empty() || place.has_database())?;
        let admin_host = self.text("admin-host")?.unwrap_or_else(|| "127.0.0.1".to_owned());
        let admin_port = self.number("admin-port", 0, 65_535)?;
        let external = self.external_url()?;
        let rules = self.rules(&host, is_open, external.as_ref(), !keys.is_empty())?;
        let mut admin_rules = Rules {
            hosts: rules.hosts.clone(),
            is_open: !is_this_machine(&admin_host),
            ..Rules::default()
        };
        if guard::is_host_pattern(&admin_host) {
            admin_rules.hosts.push(admin_host.clone());
        }
        let tls = self.tls()?;
        let admin_tls = self.switch("admin-tls")?;
        if admin_tls && (tls.is_none() || admin_port.is_none()) {
            let place = self.place("admin-tls");
            return Err(Wrong(format!("{place} needs --tls-cert FILE and --admin-port N")));
        }
        Ok(Settings {
            admin_tls,
            admin_port: admin_port.map(|port| u16::try_from(port).unwrap_or_default()),
            admin_host,
            admin_rules,
            tls,
            place,
            role,
            page: self.text("page")?.map(PathBuf::from),
            port: u16::try_from(port).unwrap_or_default(),
            rules,
            keys,
            site_id,
            external_url: external.map(|_| self.text("external-url")).transpose()?.flatten(),
            allow_private_imports: self.switch("allow-private-imports")?,
            redirects_downloads,
            webhooks: self.webhooks()?,
            quota: self.number("quota", 0, i64::MAX as u64)?,
            requests_per_minute: self
                .number("requests-per-minute", 1, u32::MAX.into())?
                .map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
            max_connections: self.max_connections()?,
            shutdown: Duration::from_secs(self.number("shutdown-seconds", 0, 86_400)?.unwrap_or(30)),
            log_level: self.log_level()?,
            log_format: self.log_format()?,
            traces: self.traces()?,
            host,
        })
    }

    pub(super) fn place(&self, name: &str) -> String {
        let place = self.given.get(name).map(|given| given.place.clone());
        place.unwrap_or_else(|| format!("--{name}"))
    }

    /// What the word of a setting means. There are two words at least.
    pub(super) fn choice<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Wrong> {
        let Some(found) = self.text(name)? else {
            return Ok(None);
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == found) {
            return Ok(Some(*meaning));
        }
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let (last, others) = words.split_last().unwrap_or((&"", &[]));
        let (place, others) = (self.place(name), others.join(", "));
        Err(Wrong(format!(
            "invalid {place}: expected {others} or {last}, found {found}"
        )))
    }

    /// The text of a setting, which must not be empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Wrong> {
        let Some(given) = self.given.get(name) else {
            return Ok(None);
        };
        match given.values.last() {
            Some(text) if !text.is_empty() => Ok(Some(text.clone())),
            _ => Err(Wrong(format!("{} must not be empty", given.place))),
        }
    }

    fn list(&self, name: &str) -> &[String] {
        self.given.get(name).map_or(&[], |given| &given.values)
    }

    fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Wrong> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = text.parse::<u64>().ok().filter(|number| (min..=max).contains(number));
        let expected = || {
            Wrong(format!(
                "invalid {}: expected a whole number from {min} to {max}, found {text}",
                self.place(name)
            ))
        };
        found.map(Some).ok_or_else(expected)
    }

    /// As many connections as were asked for, or the default as far as there are descriptors. Refuses what goes beyond them.
    pub(super) fn max_connections(&self) -> Result<usize, Wrong> {
        let most = self
            .descriptors
            .map_or(u64::MAX, |limit| (limit / 4 * 3 + limit % 4 * 3 / 4).max(1));
        let count = match (self.number("max-connections", 1, 1_000_000)?, self.descriptors) {
            (Some(found), Some(limit)) if found > most => {
                let place = self.place("max-connections");
                return Err(Wrong(format!(
                    "invalid {place}: expected at most {most} with {limit} open files (ulimit -n), found {found}"
                )));
            }
            (Some(found), _) => found,
            (None, _) => MAX_CONNECTIONS.min(most),
        };
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn switch(&self, name: &str) -> Result<bool, Wrong> {
        let Some(given) = self.given.get(name) else {
            return Ok(false);
        };
        let text = given.values.concat();
        truth(&text).ok_or_else(|| Wrong(format!("invalid {}: expected true or false, found {text}", given.place)))
    }

    fn log_level(&self) -> Result<tracing::Level, Wrong> {
        let levels = [
            ("error", tracing::Level::ERROR),
            ("warn", tracing::Level::WARN),
            ("info", tracing::Level::INFO),
            ("debug", tracing::Level::DEBUG),
        ];
        Ok(self.choice("log-level", &levels)?.unwrap_or(tracing::Level::INFO))
    }

    fn log_format(&self) -> Result<LogFormat, Wrong> {
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        Ok(self.choice("log-format", &formats)?.unwrap_or(LogFormat::Text))
    }

    /// The keys in the file, or the one in the environment.
    fn keys(&self) -> Result<Vec<String>, Wrong> {
        if let Some(path) = self.text("api-key-file")? {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Wrong(format!("cannot read the key file {path}: {error}")))?;
            let keys: Vec<String> = text
                .lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect();
            if keys.is_empty() {
                return Err(Wrong(format!("the key file {path} is empty")));
            }
            return Ok(keys);
        }
        match (self.environment)(KEY_VARIABLE) {
            None => Ok(Vec::new()),
            // A variable that was meant to hold a key, and holds none, would leave the server open.
            Some(key) if key.trim().is_empty() => Err(Wrong(format!(
                "{KEY_VARIABLE} must not be empty: set a key, or unset it"
            ))),
            Some(key) => Ok(vec![key.trim().to_owned()]),
        }
    }

    /// The files of the certificate: both or neither.
    fn tls(&self) -> Result<Option<TlsFiles>, Wrong> {
        match (self.text("tls-cert")?, self.text("tls-key")?) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
                certificate: certificate.into(),
                key: key.into(),
            })),
            (Some(_), None) => Err(Wrong(format!("{} needs --tls-key FILE", self.place("tls-cert")))),
            (None, Some(_)) => Err(Wrong(format!("{} needs --tls-cert FILE", self.place("tls-key")))),
        }
    }

    /// The addresses that receive events, each with the same ones.
    fn webhooks(&self) -> Result<Vec<Webhook>, Wrong> {
        let events = self.list("webhook-event").to_vec();
        if let Some(name) = events.iter().find(|name| !EVENTS.contains(&&name[..])) {
            let place = self.place("webhook-event");
            let known = EVENTS.join(", ");
            return Err(Wrong(format!("invalid {place}: expected one of {known}, found {name}")));
        }
        let mut webhooks = Vec::new();
        for text in self.list("webhook") {
            let url = Url::parse(text).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            // A user name would be left out of the request.
            if url.is_none_or(|url| !url.username().is_empty() || url.password().is_some()) {
                let place = self.place("webhook");
                // Only what is no secret of it.
                let found = Url::parse(text).map_or_else(
                    |_| "no URL".to_owned(),
                    |url| format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()),
                );
                return Err(Wrong(format!(
                    "invalid {place}: expected http:// or https:// and a host without a user name, found {found}"
                )));
            }
            webhooks.push(Webhook {
                url: text.clone(),
                events: events.clone(),
            });
        }
        if webhooks.is_empty() && !events.is_empty() {
            return Err(Wrong(format!("{} needs --webhook URL", self.place("webhook-event"))));
        }
        Ok(webhooks)
    }

    fn external_url(&self) -> Result<Option<Url>, Wrong> {
        let Some(text) = self.text("external-url")? else {
            return Ok(None);
        };
        let wrong = |expected: &str| {
            let place = self.place("external-url");
            Wrong(format!("invalid {place}: expected {expected}, found {text}"))
        };
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| wrong("http:// or https:// and a host"))?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a URL without query, fragment and user name"));
        }
        Ok(Some(url))
    }

    /// What is allowed beside this machine: the names by which the server is called, and what is listed.
    fn rules(&self, host: &str, is_open: bool, external: Option<&Url>, has_keys: bool) -> Result<Rules, Wrong> {
        let mut hosts = self.list("allow-host").to_vec();
        if let Some(name) = hosts.iter().find(|name| !guard::is_host_pattern(name)) {
            let place = self.place("allow-host");
            return Err(Wrong(format!(
                "invalid {place}: expected a name such as media.example or *.media.example, found {name}"
            )));
        }
        let mut origins = Vec::new();
        for text in self.list("allow-origin") {
            let place = self.place("allow-origin");
            let origin = guard::listed_origin(text).ok_or_else(|| {
                Wrong(format!(
                    "invalid {place}: expected an origin such as https://app.example, found {text}"
                ))
            })?;
            if origin == "*" && !has_keys {
                return Err(Wrong(format!(
                    "{place} * lets every web page in: set {KEY_VARIABLE}, or use --api-key-file FILE"
                )));
            }
            origins.push(origin);
        }
        let mut frames = Vec::new();
        for text in self.list("allow-frame") {
            let place = self.place("allow-frame");
            frames.push(guard::frame_origin(text).ok_or_else(|| {
                Wrong(format!(
                    "invalid {place}: expected an origin such as https://app.example, found {text}"
                ))
            })?);
        }
        let mut proxies = Vec::new();
        for text in self.list("trust-proxy") {
            let place = self.place("trust-proxy");
            proxies.push(Network::parse(text).ok_or_else(|| {
                Wrong(format!(
                    "invalid {place}: expected addresses such as 127.0.0.1 or 10.0.0.0/8, found {text}"
                ))
            })?);
        }
        if guard::is_host_pattern(host) {
            hosts.push(host.to_owned());
        }
        if let Some(url) = external {
            let name = url.host_str().unwrap_or_default();
            hosts.push(url.port().map_or(name.to_owned(), |port| format!("{name}:{port}")));
            origins.push(url.origin().ascii_serialization());
        }
        Ok(Rules {
            hosts,
            origins,
            frames,
            is_open,
            proxies,
        })
    }
}

/// Whether a value says yes. `None` for any other text than `true` and `false`.
fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" | "" => Some(false),
        _ => None,
    }
}

/// Whether only this machine reaches an address.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
