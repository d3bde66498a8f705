//! The arguments of `site`: the sites that servers answer for together, and their keys.

use super::{IN_DIRECTORY, Wrong};
use crate::guard;
use clap::{Arg, ArgMatches, Command};
use std::time::Duration;
use wix_media::wire::date::milliseconds;

/// The maximum characters of the id of a site.
const MAX_ID_LEN: usize = 100;

/// The maximum days for which a key is valid.
const MAX_DAYS: u64 = 36_500;

/// What is done with the sites of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SiteWork {
    Create {
        id: String,
        host: Option<String>,
        quota: Option<u64>,
    },
    List,
    Quota {
        id: String,
        quota: Option<u64>,
    },
    /// Says where the bytes of one site or of all are, after somebody has copied them.
    Bytes {
        place: String,
        only: Option<String>,
    },
    CreateKey {
        id: String,
        scope: Scope,
        lifetime: Option<Duration>,
    },
    ListKeys {
        id: String,
    },
    RevokeKey {
        id: String,
        number: i64,
    },
    Audit {
        id: String,
        /// In milliseconds since 1970.
        since: Option<i64>,
    },
}

/// What the holder of a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Read,
    Write,
    /// Everything, also what replaces the whole content.
    Admin,
}

impl Scope {
    const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Admin];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Admin => "admin",
        }
    }
}

/// The command, for the command line. `of_database` makes one with the options of a database, by its name and what it does.
pub(super) fn command(of_database: impl Fn(&'static str, &'static str) -> Command) -> Command {
    let required = |name: &'static str, shown: &'static str, about: &'static str| {
        Arg::new(name).value_name(shown).required(true).help(about)
    };
    let option = |name: &'static str, shown: &'static str, about: &'static str| {
        Arg::new(name).long(name).value_name(shown).help(about)
    };
    let id = || required("id", "ID", "the id of the site, as in the header wix-site-id");
    let keys = Command::new("keys")
        .about("Makes, lists and revokes the keys of a site")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands([
            of_database(
                "create",
                "Makes a key and prints it. It is not stored, and not shown again",
            )
            .arg(id())
            .arg(option(
                "scope",
                "SCOPE",
                "read, write, or admin for the commands too (write)",
            ))
            .arg(option("days", "N", "the days after which it expires (never)")),
            of_database(
                "list",
                "Lists the keys: number, scope, when they were made, expire, and were last used",
            )
            .arg(id()),
            of_database("revoke", "Deletes a key, which servers refuse within 5 seconds")
                .arg(id())
                .arg(required("number", "NUMBER", "the number of the key")),
        ]);
    Command::new("site")
        .about("Makes sites that the servers of a database answer for, and their keys")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands([
            of_database("create", "Makes a site")
                .arg(id())
                .arg(option(
                    "host",
                    "NAME",
                    "the name whose media URLs belong to the site (none)",
                ))
                .arg(option("quota", "BYTES", "the total size of its files (that of serve)")),
            of_database("list", "Lists the sites: id, prefix of files, host, bytes, quota"),
            of_database("quota", "Changes the quota of a site")
                .arg(id())
                .arg(required("quota", "BYTES", "the total size of its files, or none")),
            of_database(
                "bytes",
                "Says where the bytes of all sites are, after you have copied them",
            )
            .arg(required(
                "place",
                "PLACE",
                "s3://NAME or s3://NAME/PREFIX, or directory",
            ))
            .arg(option("only", "ID", "the one site that has moved (all)")),
            of_database(
                "audit",
                "Lists the records of changes: time, who, call, request id, files and folders touched, their ids",
            )
            .arg(id())
            .arg(option(
                "since",
                "TIME",
                "only those from this time on, such as 2026-01-31 or 2026-01-31T12:00:00Z",
            )),
            keys,
        ])
}

/// Reads the arguments. Returns those in which the options of the database are, too.
pub(super) fn work(arguments: &ArgMatches) -> Result<(SiteWork, &ArgMatches), Wrong> {
    let (name, mut leaf) = arguments.subcommand().unwrap_or(("", arguments));
    let mut path = name.to_owned();
    if let Some((name, below)) = leaf.subcommand() {
        path = format!("{path} {name}");
        leaf = below;
    }
    let text = |name: &str| leaf.get_one::<String>(name).cloned();
    let work = match &*path {
        "create" => SiteWork::Create {
            id: id(leaf)?,
            host: text("host").map(host).transpose()?,
            quota: text("quota").map(|text| bytes("--quota", &text)).transpose()?,
        },
        "quota" => SiteWork::Quota {
            id: id(leaf)?,
            quota: match text("quota").unwrap_or_default().as_str() {
                "none" => None,
                text => Some(bytes("quota", text)?),
            },
        },
        "bytes" => SiteWork::Bytes {
            place: place(text("place").unwrap_or_default())?,
            only: text("only").map(plain_id).transpose()?,
        },
        "keys create" => SiteWork::CreateKey {
            id: id(leaf)?,
            scope: scope(text("scope"))?,
            lifetime: text("days").map(|text| days(&text)).transpose()?,
        },
        "keys list" => SiteWork::ListKeys { id: id(leaf)? },
        "keys revoke" => SiteWork::RevokeKey {
            id: id(leaf)?,
            number: number(&text("number").unwrap_or_default())?,
        },
        "audit" => SiteWork::Audit {
            id: id(leaf)?,
            since: text("since").map(|text| time(&text)).transpose()?,
        },
        _ => SiteWork::List,
    };
    Ok((work, leaf))
}

/// The id of the site that a command is about.
fn id(arguments: &ArgMatches) -> Result<String, Wrong> {
    plain_id(arguments.get_one::<String>("id").cloned().unwrap_or_default())
}

/// The id of a site, which must fit into a header and a line.
fn plain_id(id: String) -> Result<String, Wrong> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if id.is_empty() || id.len() > MAX_ID_LEN || !id.bytes().all(is_plain) {
        return Err(Wrong(format!(
            "invalid site id: expected 1 to {MAX_ID_LEN} letters, digits, '-', '_' and '.', found {id}"
        )));
    }
    Ok(id)
}

/// Where bytes are, as the database records it.
fn place(text: String) -> Result<String, Wrong> {
    if text == IN_DIRECTORY {
        return Ok(text);
    }
    match wix_media_s3::Settings::new(&text, &|_| None) {
        Ok(bucket) => Ok(bucket.url()),
        Err(wrong) => Err(Wrong(format!(
            "invalid place of bytes: expected {}, or {IN_DIRECTORY}, found {text}",
            wrong.expected
        ))),
    }
}

fn host(text: String) -> Result<String, Wrong> {
    if text.contains(['*', ':']) || !guard::is_host_pattern(&text) {
        return Err(Wrong(format!(
            "invalid --host: expected one name without a port, found {text}"
        )));
    }
    Ok(text.to_ascii_lowercase())
}

fn bytes(name: &str, text: &str) -> Result<u64, Wrong> {
    let bytes = text.parse::<u64>().ok().filter(|bytes| i64::try_from(*bytes).is_ok());
    bytes.ok_or_else(|| Wrong(format!("invalid {name}: expected a number of bytes, found {text}")))
}

fn days(text: &str) -> Result<Duration, Wrong> {
    let days = text.parse::<u64>().ok().filter(|days| (1..=MAX_DAYS).contains(days));
    let days = days.ok_or_else(|| {
        Wrong(format!(
            "invalid --days: expected a whole number from 1 to {MAX_DAYS}, found {text}"
        ))
    })?;
    Ok(Duration::from_secs(days * 86_400))
}

/// A day or a time in UTC, in milliseconds since 1970.
fn time(text: &str) -> Result<i64, Wrong> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let time = milliseconds(whole.as_bytes()).and_then(|time| i64::try_from(time).ok());
    time.ok_or_else(|| {
        Wrong(format!(
            "invalid --since: expected a day as 2026-01-31, or a time in UTC as 2026-01-31T12:00:00Z, found {text}"
        ))
    })
}

fn scope(text: Option<String>) -> Result<Scope, Wrong> {
    let Some(text) = text else { return Ok(Scope::Write) };
    let found = Scope::ALL.into_iter().find(|scope| scope.as_str() == text);
    found.ok_or_else(|| Wrong(format!("invalid --scope: expected read, write or admin, found {text}")))
}

fn number(text: &str) -> Result<i64, Wrong> {
    let number = text.parse().ok();
    number.ok_or_else(|| {
        Wrong(format!(
            "invalid number of a key: expected a whole number, found {text}"
        ))
    })
}
