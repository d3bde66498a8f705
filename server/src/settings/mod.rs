//! The settings of the server: one table, three places.
//!
//! A setting is in the file that `--config` names, in the environment, or on the command line. The command line takes precedence
//! over the environment, and the environment over the file. The table of `docs/server.md` lists the rows of [`SETTINGS`], which
//! a test compares.

mod bucket;
mod reader;
mod site_tasks;
mod sources;
mod table;
mod tasks;
#[cfg(test)]
mod tests;
mod traces;

pub(crate) use site_tasks::SiteWork;
pub(crate) use table::variables;
pub(crate) use tasks::{Depth, Task, Work, task};

use crate::guard::Rules;
use clap::{Arg, ArgAction, ArgMatches, Command};
use reader::Reader;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::{Kind, SETTINGS, Setting};
use url::Url;
use wix_media::manager::Webhook;

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

/// The files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Where the stores are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) catalog: CatalogPlace,
    pub(crate) blobs: BlobsPlace,
}

/// Where the catalog is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CatalogPlace {
    Directory(PathBuf),
    Database(DatabasePlace),
}

/// Where the bytes of files are. If the catalog is in a directory too, it is the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BlobsPlace {
    Directory(PathBuf),
    Bucket(Box<wix_media_s3::Settings>),
}

/// What a database says of a site whose bytes are in a directory. Each machine may have another path to it.
pub(crate) const IN_DIRECTORY: &str = "directory";

impl BlobsPlace {
    /// What a database records.
    pub(crate) fn recorded(&self) -> String {
        match self {
            BlobsPlace::Directory(_) => IN_DIRECTORY.to_owned(),
            BlobsPlace::Bucket(bucket) => bucket.url(),
        }
    }
}

impl Place {
    /// The directory of the stores. `None` for a catalog in a database with the bytes in a bucket.
    pub(crate) fn directory(&self) -> Option<&Path> {
        match (&self.catalog, &self.blobs) {
            (CatalogPlace::Directory(directory), _) | (_, BlobsPlace::Directory(directory)) => Some(directory),
            (CatalogPlace::Database(_), BlobsPlace::Bucket(_)) => None,
        }
    }

    pub(crate) fn has_database(&self) -> bool {
        matches!(self.catalog, CatalogPlace::Database(_))
    }

    /// How old records of changes become, if there are any.
    pub(crate) fn audit_age(&self) -> Option<Duration> {
        match &self.catalog {
            CatalogPlace::Database(database) if database.audit_days > 0 => {
                Some(Duration::from_secs(database.audit_days * 86_400))
            }
            _ => None,
        }
    }

    /// The URL of the bucket, if there is one.
    pub(crate) fn bucket_url(&self) -> Option<String> {
        match &self.blobs {
            BlobsPlace::Directory(_) => None,
            BlobsPlace::Bucket(bucket) => Some(bucket.url()),
        }
    }
}

/// A database of PostgreSQL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabasePlace {
    pub(crate) url: String,
    pub(crate) connections: usize,
    /// For how many days records of changes are kept. 0: there are none.
    pub(crate) audit_days: u64,
}

impl fmt::Debug for DatabasePlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may contain a password.
        out.debug_struct("DatabasePlace")
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Answers calls.
    Api,
    /// Does what outlives requests.
    Worker,
    Both,
}

impl Role {
    pub(crate) fn answers(self) -> bool {
        self != Role::Worker
    }

    pub(crate) fn works(self) -> bool {
        self != Role::Api
    }
}

/// The settings of `serve`.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) place: Place,
    pub(crate) role: Role,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) admin_port: Option<u16>,
    pub(crate) admin_host: String,
    /// What is allowed at the admin port.
    pub(crate) admin_rules: Rules,
    pub(crate) tls: Option<TlsFiles>,
    /// Whether the admin port uses the certificate too.
    pub(crate) admin_tls: bool,
    /// The keys of callers. Empty: every caller may do everything.
    pub(crate) keys: Vec<String>,
    pub(crate) site_id: Option<String>,
    pub(crate) page: Option<PathBuf>,
    pub(crate) external_url: Option<String>,
    pub(crate) rules: Rules,
    pub(crate) allow_private_imports: bool,
    /// Whether callers are redirected to the bucket for the bytes of files.
    pub(crate) redirects_downloads: bool,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) quota: Option<u64>,
    pub(crate) requests_per_minute: Option<u32>,
    pub(crate) max_connections: usize,
    pub(crate) shutdown: Duration,
    pub(crate) log_level: tracing::Level,
    pub(crate) log_format: LogFormat,
    /// Where traces are sent.
    pub(crate) traces: Option<Url>,
}

/// The command line of the program.
pub(crate) fn command() -> Command {
    let mut serve =
        Command::new("serve").about("Runs a Media Manager, with its catalog in a directory or in PostgreSQL");
    for setting in SETTINGS {
        serve = serve.arg(arg(setting));
    }
    Command::new("wix-media-server")
        .about("The Wix Media Manager as a native server")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(serve)
        .subcommands(tasks::commands())
}

/// The option of a setting.
fn arg(setting: &Setting) -> Arg {
    let mut about = setting.about.to_owned();
    if !setting.variable.is_empty() {
        about.push_str(&format!(" [{}]", setting.variable));
    }
    let arg = Arg::new(setting.name).long(setting.name).help(about);
    match setting.kind {
        Kind::Switch => arg.action(ArgAction::SetTrue),
        Kind::List => arg.value_name(setting.value).action(ArgAction::Append),
        Kind::Text | Kind::Number => arg.value_name(setting.value).action(ArgAction::Set),
    }
}

/// Reads the settings of `serve`. `environment` looks a variable up.
pub(crate) fn read(arguments: &ArgMatches, environment: &dyn Fn(&str) -> Option<String>) -> Result<Settings, Wrong> {
    Reader::new(arguments, environment)?.settings()
}
