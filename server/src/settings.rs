//! The settings of the server: one table, three places.
//!
//! A setting is in the file that `--config` names, in the environment, or on the command line. The command line takes precedence
//! over the environment, and the environment over the file. The table of `docs/server.md` lists the rows of [`SETTINGS`], which
//! a test compares.

use crate::guard::{self, Network, Rules};
use clap::{Arg, ArgAction, Command};
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One text.
    Text,
    /// Texts: repeated on the command line, separated by commas in the environment, a list in the file.
    List,
    /// `true` or `false`. On the command line its name alone says `true`.
    Switch,
    /// A whole number.
    Number,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// The name in the file, and with `--` in front the option.
    pub(crate) name: &'static str,
    /// The variable of the environment. Empty for none.
    pub(crate) variable: &'static str,
    pub(crate) kind: Kind,
    /// The placeholder of the value, such as `DIR`.
    pub(crate) value: &'static str,
    /// What it means, and in brackets the default.
    pub(crate) about: &'static str,
}

/// A row. Names and variables are spelled out, so that a search finds them.
const fn row(
    name: &'static str,
    variable: &'static str,
    kind: Kind,
    value: &'static str,
    about: &'static str,
) -> Setting {
    Setting {
        name,
        variable,
        kind,
        value,
        about,
    }
}

/// All settings.
pub(crate) const SETTINGS: [Setting; 18] = [
    row(
        "config",
        "WIX_MEDIA_CONFIG",
        Kind::Text,
        "FILE",
        "a TOML file with settings, by these names",
    ),
    row(
        "data",
        "WIX_MEDIA_DATA",
        Kind::Text,
        "DIR",
        "the directory that holds everything; created if it is missing",
    ),
    row(
        "host",
        "WIX_MEDIA_HOST",
        Kind::Text,
        "HOST",
        "the address to listen on; other machines need a key (127.0.0.1)",
    ),
    row(
        "port",
        "WIX_MEDIA_PORT",
        Kind::Number,
        "N",
        "the port; 0 for any free one (4410)",
    ),
    row(
        "api-key-file",
        "WIX_MEDIA_API_KEY_FILE",
        Kind::Text,
        "FILE",
        "require one of the keys in this file, one a line (the key in WIX_API_KEY)",
    ),
    row(
        "site-id",
        "WIX_SITE_ID",
        Kind::Text,
        "ID",
        "the id of the site; the variable counts only with a key",
    ),
    row(
        "page",
        "WIX_MEDIA_PAGE",
        Kind::Text,
        "DIR",
        "the folder of the npm package: serve its page at /, and its files at /wix-media/ (no page)",
    ),
    row(
        "external-url",
        "WIX_MEDIA_EXTERNAL_URL",
        Kind::Text,
        "URL",
        "the beginning of URLs in answers (the host of the request)",
    ),
    row(
        "allow-host",
        "WIX_MEDIA_ALLOW_HOST",
        Kind::List,
        "NAME",
        "answer under this name too; repeatable (names of this machine)",
    ),
    row(
        "allow-origin",
        "WIX_MEDIA_ALLOW_ORIGIN",
        Kind::List,
        "ORIGIN",
        "let pages of this origin call; repeatable (pages of this machine)",
    ),
    row(
        "trust-proxy",
        "WIX_MEDIA_TRUST_PROXY",
        Kind::List,
        "ADDRESS",
        "believe X-Forwarded headers of this proxy; repeatable",
    ),
    row(
        "allow-private-imports",
        "WIX_MEDIA_ALLOW_PRIVATE_IMPORTS",
        Kind::Switch,
        "",
        "allow imports from private addresses",
    ),
    row(
        "quota",
        "WIX_MEDIA_QUOTA",
        Kind::Number,
        "BYTES",
        "the total size of all files (no limit)",
    ),
    row(
        "requests-per-minute",
        "WIX_MEDIA_REQUESTS_PER_MINUTE",
        Kind::Number,
        "N",
        "the calls of one caller within 60 seconds (no limit)",
    ),
    row(
        "max-connections",
        "WIX_MEDIA_MAX_CONNECTIONS",
        Kind::Number,
        "N",
        "the most connections at once (1000, or 3/4 of the open files that ulimit -n allows)",
    ),
    row(
        "shutdown-seconds",
        "WIX_MEDIA_SHUTDOWN_SECONDS",
        Kind::Number,
        "N",
        "how long requests may take after a signal (30)",
    ),
    row(
        "log-level",
        "WIX_MEDIA_LOG_LEVEL",
        Kind::Text,
        "LEVEL",
        "error, warn, info or debug; each request is logged at info (info)",
    ),
    row(
        "log-format",
        "WIX_MEDIA_LOG_FORMAT",
        Kind::Text,
        "FORMAT",
        "text or json, one event a line (text)",
    ),
];

/// The variable that holds a key, as for the command `wix-media`. Keys are not in the table: a command line is visible to other
/// users of the machine, and a file of settings is often in version control.
pub(crate) const KEY_VARIABLE: &str = "WIX_API_KEY";

/// The most connections at once, unless the owner says otherwise. They may take three quarters of the descriptors of the process:
/// files and the program itself need the rest.
const MAX_CONNECTIONS: u64 = 1000;

/// Why the settings cannot be used, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) String);

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// The settings of `serve`.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The keys of callers. Empty: every caller may do everything.
    pub(crate) keys: Vec<String>,
    pub(crate) site_id: Option<String>,
    pub(crate) page: Option<PathBuf>,
    pub(crate) external_url: Option<String>,
    pub(crate) rules: Rules,
    pub(crate) allow_private_imports: bool,
    pub(crate) quota: Option<u64>,
    pub(crate) requests_per_minute: Option<u32>,
    pub(crate) max_connections: usize,
    pub(crate) shutdown: Duration,
    pub(crate) log_level: tracing::Level,
    pub(crate) log_format: LogFormat,
}

/// The value of a setting, and where it comes from.
#[derive(Clone, Debug)]
struct Given {
    values: Vec<String>,
    place: String,
}

/// The command line of the program.
pub(crate) fn command() -> Command {
    let mut serve = Command::new("serve").about("Runs a Media Manager, with everything in one directory");
    for setting in &SETTINGS {
        let mut about = setting.about.to_owned();
        if !setting.variable.is_empty() {
            about.push_str(&format!(" [{}]", setting.variable));
        }
        let arg = Arg::new(setting.name).long(setting.name).help(about);
        serve = serve.arg(match setting.kind {
            Kind::Switch => arg.action(ArgAction::SetTrue),
            Kind::List => arg.value_name(setting.value).action(ArgAction::Append),
            Kind::Text | Kind::Number => arg.value_name(setting.value).action(ArgAction::Set),
        });
    }
    Command::new("wix-media-server")
        .about("The Wix Media Manager as a native server")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(serve)
}

/// Whether a value says yes. `None` for any other text than `true` and `false`.
fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" | "" => Some(false),
        _ => None,
    }
}

/// The variables of the environment that count.
pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
    let of_settings = SETTINGS.iter().map(|setting| setting.variable);
    of_settings.filter(|name| !name.is_empty()).chain([KEY_VARIABLE])
}

/// Reads the settings of `serve`. `environment` looks a variable up.
pub(crate) fn read(
    arguments: &clap::ArgMatches,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, Wrong> {
    let mut given: HashMap<&str, Given> = HashMap::new();
    let mut put = |setting: &Setting, values: Vec<String>, place: String| {
        given.insert(setting.name, Given { values, place });
    };
    let on_line = |setting: &Setting| -> Option<Vec<String>> {
        if setting.kind == Kind::Switch {
            return arguments.get_flag(setting.name).then(|| vec!["true".to_owned()]);
        }
        let values = arguments.get_many::<String>(setting.name)?;
        Some(values.cloned().collect())
    };
    let in_environment = |setting: &Setting| -> Option<Vec<String>> {
        let text = environment(setting.variable).filter(|_| !setting.variable.is_empty())?;
        Some(match setting.kind {
            Kind::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(str::to_owned).collect()
            }
            _ => vec![text],
        })
    };
    let config = SETTINGS.iter().find(|setting| setting.name == "config");
    let config = config.and_then(|setting| on_line(setting).or_else(|| in_environment(setting)));
    if let Some(path) = config.and_then(|values| values.into_iter().next()) {
        let in_file = in_file(Path::new(&path))?;
        for (setting, values) in in_file {
            put(setting, values, format!("{} in {path}", setting.name));
        }
    }
    for setting in &SETTINGS {
        if let Some(values) = in_environment(setting) {
            put(setting, values, setting.variable.to_owned());
        }
    }
    for setting in &SETTINGS {
        if let Some(values) = on_line(setting) {
            put(setting, values, format!("--{}", setting.name));
        }
    }
    Reader {
        given,
        environment,
        descriptors: descriptors(),
    }
    .settings()
}

/// The most files and connections that this process may have open. `None` where the system does not tell.
fn descriptors() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let (_, rest) = limits.split_once("\nMax open files")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// The settings of a file.
fn in_file(path: &Path) -> Result<Vec<(&'static Setting, Vec<String>)>, Wrong> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Wrong(format!("cannot read the settings in {shown}: {error}")))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        Wrong(format!(
            "invalid settings in {shown}, line {line}: {}",
            error.message().lines().next().unwrap_or_default()
        ))
    })?;
    let mut found = Vec::new();
    for (name, value) in table {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.name == name && name != "config")
            .ok_or_else(|| Wrong(format!("unknown setting in {shown}: {name}")))?;
        let expected = match setting.kind {
            Kind::Text => "a text",
            Kind::List => "a list of texts",
            Kind::Switch => "true or false",
            Kind::Number => "a whole number",
        };
        let wrong = || Wrong(format!("invalid {name} in {shown}: expected {expected}, found {value}"));
        let text = |value: &toml::Value| value.as_str().map(str::to_owned);
        let values = match (setting.kind, &value) {
            (Kind::Text, value) => vec![text(value).ok_or_else(wrong)?],
            (Kind::List, toml::Value::Array(items)) => {
                let texts: Option<Vec<String>> = items.iter().map(text).collect();
                texts.ok_or_else(wrong)?
            }
            (Kind::Switch, toml::Value::Boolean(is_on)) => vec![is_on.to_string()],
            (Kind::Number, toml::Value::Integer(number)) => vec![number.to_string()],
            _ => return Err(wrong()),
        };
        found.push((setting, values));
    }
    Ok(found)
}

/// The values that count, which become settings.
struct Reader<'a> {
    given: HashMap<&'a str, Given>,
    environment: &'a dyn Fn(&str) -> Option<String>,
    /// The most files and connections that the process may have open.
    descriptors: Option<u64>,
}

impl Reader<'_> {
    fn settings(&self) -> Result<Settings, Wrong> {
        let data = self
            .text("data")?
            .ok_or_else(|| Wrong("no directory: use --data DIR, or set WIX_MEDIA_DATA".to_owned()))?;
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
        let site_id = match self.given.get("site-id") {
            // The environment names the site of a key of Wix. Without keys it is meant for other programs.
            Some(given) if given.place == "WIX_SITE_ID" && (keys.is_empty() || given.values.concat().is_empty()) => {
                None
            }
            _ => self.text("site-id")?,
        };
        let external = self.external_url()?;
        let rules = self.rules(&host, is_open, external.as_ref(), !keys.is_empty())?;
        Ok(Settings {
            data: PathBuf::from(data),
            page: self.text("page")?.map(PathBuf::from),
            port: u16::try_from(port).unwrap_or_default(),
            rules,
            keys,
            site_id,
            external_url: external.map(|_| self.text("external-url")).transpose()?.flatten(),
            allow_private_imports: self.switch("allow-private-imports")?,
            quota: self.number("quota", 0, i64::MAX as u64)?,
            requests_per_minute: self
                .number("requests-per-minute", 1, u32::MAX.into())?
                .map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
            max_connections: self.max_connections()?,
            shutdown: Duration::from_secs(self.number("shutdown-seconds", 0, 86_400)?.unwrap_or(30)),
            log_level: self.log_level()?,
            log_format: self.log_format()?,
            host,
        })
    }

    fn place(&self, name: &str) -> String {
        let place = self.given.get(name).map(|given| given.place.clone());
        place.unwrap_or_else(|| format!("--{name}"))
    }

    /// The text of a setting, which must not be empty.
    fn text(&self, name: &str) -> Result<Option<String>, Wrong> {
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
    fn max_connections(&self) -> Result<usize, Wrong> {
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
        Ok(match self.text("log-level")?.as_deref() {
            None | Some("info") => tracing::Level::INFO,
            Some("error") => tracing::Level::ERROR,
            Some("warn") => tracing::Level::WARN,
            Some("debug") => tracing::Level::DEBUG,
            Some(found) => {
                let place = self.place("log-level");
                return Err(Wrong(format!(
                    "invalid {place}: expected error, warn, info or debug, found {found}"
                )));
            }
        })
    }

    fn log_format(&self) -> Result<LogFormat, Wrong> {
        Ok(match self.text("log-format")?.as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(found) => {
                let place = self.place("log-format");
                return Err(Wrong(format!("invalid {place}: expected text or json, found {found}")));
            }
        })
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
            is_open,
            proxies,
        })
    }
}

/// Whether only this machine reaches an address.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn settings(line: &[&str], variables: &[(&str, &str)]) -> Result<Settings, Wrong> {
        let words = ["wix-media-server", "serve"].iter().chain(line);
        let matches = command().try_get_matches_from(words).expect("a command line");
        let arguments = matches.subcommand_matches("serve").expect("serve").clone();
        let environment = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        read(&arguments, &environment)
    }

    fn wrong(line: &[&str], variables: &[(&str, &str)]) -> String {
        settings(line, variables).expect_err("a wrong setting").to_string()
    }

    /// A file with a text, which is removed with the value.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str, text: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("wix-media-server-{name}-{}", std::process::id()));
            fs::write(&path, text).expect("a file");
            Scratch(path)
        }

        fn path(&self) -> &str {
            self.0.to_str().expect("a text")
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_file(&self.0);
        }
    }

    #[test]
    fn flag_counts_before_environment_and_environment_before_file() {
        let file = Scratch::new(
            "order.toml",
            "data = \"in-file\"\nport = 1\nhost = \"127.0.0.3\"\nallow-host = [\"a.example\"]\nallow-private-imports = true\n",
        );
        let found = settings(
            &["--config", file.path(), "--data", "on-line"],
            &[("WIX_MEDIA_DATA", "in-environment"), ("WIX_MEDIA_PORT", "2")],
        )
        .expect("settings");
        assert_eq!(
            (found.data, found.port, &*found.host),
            ("on-line".into(), 2, "127.0.0.3")
        );
        assert_eq!(found.rules.hosts, ["a.example", "127.0.0.3"]);
        assert!(found.allow_private_imports);
        let found = settings(&[], &[("WIX_MEDIA_CONFIG", file.path())]).expect("settings");
        assert_eq!((found.data, found.port), ("in-file".into(), 1));
    }

    #[test]
    fn defaults_are_those_of_the_table() {
        let found = settings(&["--data", "d"], &[("WIX_SITE_ID", "elsewhere")]).expect("settings");
        assert_eq!((&*found.host, found.port), ("127.0.0.1", 4410));
        assert_eq!(
            (found.shutdown, found.site_id, found.quota),
            (Duration::from_secs(30), None, None)
        );
        assert!(found.keys.is_empty() && !found.rules.is_open && !found.allow_private_imports);
    }

    #[test]
    fn connections_take_three_quarters_of_the_descriptors() {
        let max = |asked: Option<&str>, descriptors| {
            let given = asked.map(|text| {
                let values = vec![text.to_owned()];
                let place = "--max-connections".to_owned();
                ("max-connections", Given { values, place })
            });
            let reader = Reader {
                given: given.into_iter().collect(),
                environment: &|_| None,
                descriptors,
            };
            reader.max_connections().map_err(|wrong| wrong.to_string())
        };
        assert_eq!(
            (max(None, None), max(None, Some(1024)), max(None, Some(65_536))),
            (Ok(1000), Ok(768), Ok(1000))
        );
        assert_eq!((max(None, Some(1)), max(Some("768"), Some(1024))), (Ok(1), Ok(768)));
        assert_eq!(
            max(Some("769"), Some(1024)).expect_err("too many"),
            "invalid --max-connections: expected at most 768 with 1024 open files (ulimit -n), found 769"
        );
        assert_eq!(max(Some("5000"), None), Ok(5000));
    }

    #[test]
    fn keys_come_from_a_file_or_the_environment() {
        let file = Scratch::new("keys", "one\n\n two \n");
        let line = ["--data", "d", "--api-key-file", file.path()];
        let found = settings(&line, &[("WIX_API_KEY", "three")]).expect("settings");
        assert_eq!(found.keys, ["one", "two"]);
        let found = settings(&["--data", "d"], &[("WIX_API_KEY", "three"), ("WIX_SITE_ID", "s")]).expect("settings");
        assert_eq!(
            (found.keys, found.site_id.as_deref()),
            (vec!["three".to_owned()], Some("s"))
        );
        assert_eq!(
            wrong(&["--data", "d"], &[("WIX_API_KEY", " ")]),
            "WIX_API_KEY must not be empty: set a key, or unset it"
        );
        let empty = Scratch::new("no-keys", "\n");
        assert!(wrong(&["--data", "d", "--api-key-file", empty.path()], &[]).ends_with("is empty"));
    }

    #[test]
    fn other_machines_need_a_key() {
        let line = ["--data", "d", "--host", "0.0.0.0"];
        assert_eq!(
            wrong(&line, &[]),
            "--host 0.0.0.0 lets other machines in: set WIX_API_KEY, or use --api-key-file FILE"
        );
        let found = settings(&line, &[("WIX_API_KEY", "key")]).expect("settings");
        assert!(found.rules.is_open);
        assert!(wrong(&["--data", "d", "--allow-origin", "*"], &[]).contains("lets every web page in"));
    }

    #[test]
    fn wrong_setting_is_one_sentence_with_its_place() {
        let no_environment: &[(&str, &str)] = &[];
        for (line, variables, expected) in [
            (
                &[][..],
                no_environment,
                "no directory: use --data DIR, or set WIX_MEDIA_DATA",
            ),
            (&["--data", ""], no_environment, "--data must not be empty"),
            (
                &["--data", "d", "--port", "70000"],
                no_environment,
                "invalid --port: expected a whole number from 0 to 65535, found 70000",
            ),
            (
                &["--data", "d"],
                &[("WIX_MEDIA_PORT", "x")],
                "invalid WIX_MEDIA_PORT: expected a whole number from 0 to 65535, found x",
            ),
            (
                &["--data", "d", "--allow-host", "a/b"],
                no_environment,
                "invalid --allow-host: expected a name such as media.example or *.media.example, found a/b",
            ),
            (
                &["--data", "d", "--trust-proxy", "10.0.0.0/33"],
                no_environment,
                "invalid --trust-proxy: expected addresses such as 127.0.0.1 or 10.0.0.0/8, found 10.0.0.0/33",
            ),
            (
                &["--data", "d", "--external-url", "https://a.example/?q"],
                no_environment,
                "invalid --external-url: expected a URL without query, fragment and user name, found https://a.example/?q",
            ),
            (
                &["--data", "d", "--log-level", "all"],
                no_environment,
                "invalid --log-level: expected error, warn, info or debug, found all",
            ),
            (
                &["--data", "d"],
                &[("WIX_MEDIA_ALLOW_PRIVATE_IMPORTS", "perhaps")],
                "invalid WIX_MEDIA_ALLOW_PRIVATE_IMPORTS: expected true or false, found perhaps",
            ),
            (
                &["--data", "d", "--max-connections", "0"],
                no_environment,
                "invalid --max-connections: expected a whole number from 1 to 1000000, found 0",
            ),
        ] {
            assert_eq!(wrong(line, variables), expected);
        }
    }

    #[test]
    fn wrong_file_is_one_sentence() {
        for (text, expected) in [
            ("data = 5", "expected a text, found 5"),
            ("port = \"5\"", "expected a whole number, found \"5\""),
            ("allow-host = \"a\"", "expected a list of texts, found \"a\""),
            ("prot = 5", "unknown setting in"),
            ("api-key = \"secret\"", "unknown setting in"),
            ("config = \"other\"", "unknown setting in"),
            ("data = \"a\"\nport =", "line 2: "),
            ("data = \"a\"\n\n= 5", "line 3: "),
            ("= 5", "line 1: "),
        ] {
            let file = Scratch::new("wrong.toml", text);
            let found = wrong(&["--config", file.path()], &[]);
            assert!(found.contains(expected) && !found.contains('\n'), "{text}: {found}");
            assert!(!found.contains("secret"), "{found}");
        }
        assert!(wrong(&["--config", "/nowhere/at/all"], &[]).starts_with("cannot read the settings in /nowhere"));
    }

    #[test]
    fn documentation_lists_every_setting() {
        let page = include_str!("../../docs/server.md");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `--")).collect();
        let expected: Vec<String> = SETTINGS
            .iter()
            .map(|setting| {
                let option = format!("--{} {}", setting.name, setting.value);
                let about = setting.about;
                format!("| `{}` | `{}` | {about} |", option.trim_end(), setting.variable)
            })
            .collect();
        assert_eq!(rows, expected);
    }
}
