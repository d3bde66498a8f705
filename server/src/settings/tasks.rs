//! The commands that do one thing with a store, and their arguments.

use super::reader::Reader;
use super::site_tasks::{self, SiteWork};
use super::table::SETTINGS;
use super::{Place, Wrong};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// The settings that these commands read. The others of a file of settings are for `serve`.
const OF_STORES: [&str; 8] = [
    "config",
    "data",
    "database",
    "database-connections",
    "audit-days",
    "bucket",
    "bucket-style",
    "site-id",
];

/// The settings that a migration reads.
const OF_DATABASES: [&str; 2] = ["config", "database"];

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Work on a store.
    Store {
        place: Place,
        /// The site, where the store has several.
        site_id: Option<String>,
        work: Work,
    },
    /// The schema of a database is created, or brought up to date.
    Migrate { url: String },
    /// Work on the listed sites of a database.
    Sites { url: String, work: SiteWork },
}

/// What a command does with a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Check,
    Fsck(Depth),
    Export { file: PathBuf },
    Import { file: PathBuf, may_replace: bool },
}

/// How much of the bytes is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    All,
    /// Only their number is compared.
    Sizes,
    /// One file in so many is read. Of the others, the number of bytes is compared.
    Sample(NonZeroU32),
}

/// The commands, for the command line.
pub(super) fn commands() -> [Command; 6] {
    let file = |about: &'static str| Arg::new("file").value_name("FILE").required(true).help(about);
    let switch =
        |name: &'static str, about: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(about);
    [
        store(
            "check",
            "Checks that the store opens, that its catalog is whole, and that blobs can be written",
        ),
        store(
            "fsck",
            "Compares the catalog with the bytes of all files, and names the damaged ones",
        )
        .arg(switch("sizes", "compare the sizes only").conflicts_with("sample"))
        .arg(
            Arg::new("sample")
                .long("sample")
                .value_name("N")
                .help("read one file in N, and compare the sizes of the others"),
        ),
        store("export", "Writes everything into an archive").arg(file("the archive, which must not exist yet")),
        store("import", "Replaces everything by an archive")
            .arg(file("the archive"))
            .arg(switch("yes", "replace what the store holds")),
        with(
            Command::new("migrate")
                .about("Creates the schema of a database, or brings it to the version of this program"),
            &OF_DATABASES,
        ),
        site_tasks::command(|name, about| with(Command::new(name).about(about), &OF_DATABASES)),
    ]
}

fn store(name: &'static str, about: &'static str) -> Command {
    with(Command::new(name).about(about), &OF_STORES)
}

/// Adds the options of these settings.
fn with(command: Command, names: &[&str]) -> Command {
    let settings = SETTINGS.iter().filter(|setting| names.contains(&setting.name));
    settings.fold(command, |command, setting| command.arg(super::arg(setting)))
}

/// Reads the arguments of a command. `None` for `serve`.
pub(crate) fn task(
    name: &str,
    arguments: &ArgMatches,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Task>, Wrong> {
    let file = || match arguments.get_one::<String>("file") {
        Some(file) if !file.is_empty() => Ok(PathBuf::from(file)),
        _ => Err(Wrong("FILE must not be empty".to_owned())),
    };
    let work = match name {
        "check" => Work::Check,
        "fsck" => Work::Fsck(depth(arguments)?),
        "export" => Work::Export { file: file()? },
        "import" => Work::Import {
            file: file()?,
            may_replace: arguments.get_flag("yes"),
        },
        "migrate" => {
            let url = database(arguments, environment)?;
            return Ok(Some(Task::Migrate { url }));
        }
        "site" => {
            let (work, arguments) = site_tasks::work(arguments)?;
            let url = database(arguments, environment)?;
            return Ok(Some(Task::Sites { url, work }));
        }
        _ => return Ok(None),
    };
    let reader = Reader::new(arguments, environment)?;
    let place = reader.store()?;
    // With a database, the variable says which of its sites is meant.
    let site_id = reader.site_id(place.has_database())?;
    Ok(Some(Task::Store { place, site_id, work }))
}

/// The URL of the database that a command needs.
fn database(arguments: &ArgMatches, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, Wrong> {
    match Reader::new(arguments, environment)?.database()? {
        Some(database) => Ok(database.url),
        None => Err(Wrong(
            "no database: use --database URL, or set WIX_MEDIA_DATABASE".to_owned(),
        )),
    }
}

fn depth(arguments: &ArgMatches) -> Result<Depth, Wrong> {
    if arguments.get_flag("sizes") {
        return Ok(Depth::Sizes);
    }
    let Some(text) = arguments.get_one::<String>("sample") else {
        return Ok(Depth::All);
    };
    match text.parse() {
        Ok(one_in) => Ok(Depth::Sample(one_in)),
        Err(_) => Err(Wrong(format!(
            "invalid --sample: expected a whole number from 1 to {}, found {text}",
            u32::MAX
        ))),
    }
}
