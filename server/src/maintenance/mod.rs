//! Commands that do one thing with a store that no server uses at the moment: look at it, or copy it.

mod archive;
mod check;

use crate::failure::Failure;
use crate::settings::{Task, Work};
use crate::storage::Storage;
use std::io::Write;

/// What a command found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything is as it should be.
    Whole,
    /// The command has done its work, and has named what is damaged.
    Damaged,
}

/// Runs a command. It writes its findings to `out`, one a line.
pub(crate) fn run(task: Task, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let storage = match task.work {
        // An archive can be imported into a directory that is yet to be.
        Work::Import { .. } => Storage::create(task.data)?,
        _ => Storage::existing(task.data)?,
    };
    match task.work {
        Work::Check => check::stores(&storage, out),
        Work::Fsck(depth) => check::files(&storage, depth, out),
        Work::Export { file } => archive::export(&storage, &file, out),
        Work::Import { file, may_replace } => archive::import(&storage, &file, may_replace, out),
    }
}

/// Writes a line. Fails when nobody reads it any more.
fn say(out: &mut dyn Write, line: &str) -> Result<(), Failure> {
    writeln!(out, "{line}").map_err(|error| Failure(format!("cannot write to the standard output: {error}")))
}
