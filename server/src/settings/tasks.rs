//! The commands that do one thing with a store, and their arguments.

use super::Wrong;
use super::reader::Reader;
use super::table::SETTINGS;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// The settings that these commands read. The others of a file of settings are for `serve`.
const OF_STORES: [&str; 2] = ["config", "data"];

/// A command, and the directory that it works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) data: PathBuf,
    pub(crate) work: Work,
}

/// What a command does.
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
pub(super) fn commands() -> [Command; 4] {
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
    ]
}

fn store(name: &'static str, about: &'static str) -> Command {
    let settings = SETTINGS.iter().filter(|setting| OF_STORES.contains(&setting.name));
    settings.fold(Command::new(name).about(about), |command, setting| {
        command.arg(super::arg(setting))
    })
}

/// Reads the arguments of a command. `None` for `serve`.
pub(crate) fn task(
    name: &str,
    arguments: &ArgMatches,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Task>, Wrong> {
    let file = || {
        arguments
            .get_one::<String>("file")
            .map(PathBuf::from)
            .unwrap_or_default()
    };
    let work = match name {
        "check" => Work::Check,
        "fsck" => Work::Fsck(depth(arguments)?),
        "export" => Work::Export { file: file() },
        "import" => Work::Import {
            file: file(),
            may_replace: arguments.get_flag("yes"),
        },
        _ => return Ok(None),
    };
    let data = Reader::new(arguments, environment)?.data()?;
    Ok(Some(Task { data, work }))
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
