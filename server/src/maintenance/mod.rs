//! Commands that do one thing with a store that no server uses at the moment: look at it, or copy it.

mod archive;
mod check;
mod sites;

use crate::clock;
use crate::failure::Failure;
use crate::settings::{Task, Work};
use crate::storage::{NotThere, Storage};
use std::io::Write;
use std::sync::Arc;
use wix_media::manager::Options;
use wix_media_postgres::{Actor, Store, act};

/// What a command found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything is as it should be.
    Whole,
    /// The command has done its work, and has named what is damaged.
    Damaged,
    /// A setting names something else, and nothing was done. The text says what is wrong.
    Misused(String),
}

/// Runs a command. It writes its findings to `out`, one a line.
pub(crate) fn run(task: Task, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let (place, site_id, work) = match task {
        Task::Migrate { url } => return migrate(&url, out),
        Task::Sites { url, work } => return sites::run(&url, work, out),
        Task::Store { place, site_id, work } => (place, site_id, work),
    };
    let mut options = Options::default();
    if let Some(site_id) = site_id {
        options.site_id = site_id;
    }
    let storage = match &work {
        Work::Import { file, .. } => {
            // Before anything is created for it.
            archive::open(file)?;
            // An archive can be imported into a directory that is yet to be.
            Storage::create(place)?
        }
        _ => match Storage::existing(place) {
            Ok(storage) => storage,
            Err(NotThere::Wrong(text)) => return Ok(Outcome::Misused(text)),
            Err(NotThere::Failed(failure)) => return Err(failure),
        },
    };
    // First of all, because without it no site can be opened.
    if work == Work::Check
        && let Some(version) = storage.check_database()?
    {
        say(
            out,
            &format!("PostgreSQL {version}: encoding, character type, extensions and schema are as needed"),
        )?;
        if let Some(warning) = storage.clock_lead().and_then(clock::warning) {
            say(out, &warning)?;
        }
        if storage.has_no_site()? {
            return check::without_site(&storage, out);
        }
    }
    let opened = storage.open(options, matches!(work, Work::Import { .. }))?;
    match work {
        Work::Check => check::stores(&storage, &opened, out),
        Work::Fsck(depth) => check::files(&storage, &opened.manager, depth, out),
        Work::Export { file } => archive::export(&storage, &opened.manager, &file, out),
        Work::Import { file, may_replace } => {
            let actor = Actor {
                who: "command".to_owned(),
                request: "-".to_owned(),
                call: "import".to_owned(),
            };
            let import = || archive::import(&storage, &opened.manager, &file, may_replace, out);
            act(&Arc::new(actor), import)
        }
    }
}

/// Creates the schema of a database, or brings it to the version of this program.
fn migrate(url: &str, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let mut is_told = false;
    let tell = || {
        if !std::mem::replace(&mut is_told, true) {
            let text = "tables are in use, such as by an export: trying again until they are free";
            _ = writeln!(std::io::stderr(), "wix-media-server: {text}");
        }
    };
    let migrated = Store::migrate_with(url, tell);
    let version = migrated.map_err(|error| Failure(format!("cannot migrate the database: {error}")))?;
    say(out, &format!("the schema has version {version}"))?;
    Ok(Outcome::Whole)
}

/// Writes a line. Fails when nobody reads it any more.
fn say(out: &mut dyn Write, line: &str) -> Result<(), Failure> {
    writeln!(out, "{line}").map_err(|error| Failure(format!("cannot write to the standard output: {error}")))
}
