//! Changes of large trees: the files follow their folders later.
//!
//! A folder with more files than [`Options::files_per_step`](crate::manager::Options::files_per_step) goes to the trash, comes back
//! or changes its area in one transaction that writes the rows and events of its folders only. The catalog shows its files as if
//! they had gone along (`catalog`, "Large trees"). Their rows and events follow, a few in each transaction:
//!
//! - The request that changed the tree goes on until all have followed, and then answers.
//! - If it ends before that, each tick and each request brings some of them up to date. The catalog knows which are left, so
//!   a crash loses nothing.
//! - A call that changes a stale file, by its id, first brings that one up to date ([`refresh`]).
//! - A call that deletes or restores folders first brings all of them up to date.

use crate::catalog::{Area, Entity, StaleFile};
use crate::manager::events;
use crate::manager::http::error::Outcome;
use crate::manager::tx::{Tx, View};
use crate::model::status::Status;

/// How many files of trees a call may still change along with their folders.
#[derive(Debug)]
pub(crate) struct Budget(u32);

impl Budget {
    pub(crate) fn new(view: &View<'_>) -> Budget {
        Budget(view.options.files_per_step)
    }

    /// Returns whether the files of a tree follow later.
    pub(crate) fn defers(&mut self, view: &View<'_>, top: &str) -> Outcome<bool> {
        let size = view.catalog.tree_size(top, self.0.saturating_add(1))?;
        if size > self.0 {
            return Ok(true);
        }
        self.0 -= size;
        Ok(false)
    }
}

/// Brings some files up to date, with their events. Returns whether there may be more.
pub(crate) fn step(tx: &mut Tx<'_>, limit: u32) -> Outcome<bool> {
    let mut left = limit.max(1);
    while left > 0 {
        let Some(stale) = tx.catalog.stale_files(left)? else {
            return Ok(false);
        };
        let ids: Vec<_> = stale.files.iter().map(|stale| &stale.file.id[..]).collect();
        emit(tx, &stale.files)?;
        tx.catalog.refresh_files(&ids)?;
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let last = ids.last().copied().filter(|_| count >= left);
        tx.catalog.pass_stale_files(&stale.folder, last)?;
        // A folder without stale files is work too.
        left = left.saturating_sub(count.max(1));
    }
    tx.catalog.has_stale_files().map_err(Into::into)
}

/// Brings all files up to date.
pub(crate) fn finish(tx: &mut Tx<'_>) -> Outcome<()> {
    while step(tx, tx.options.files_per_step)? {}
    Ok(())
}

/// Brings those of these files that are stale up to date.
pub(crate) fn refresh(tx: &mut Tx<'_>, ids: &[String]) -> Outcome<()> {
    let stale = tx.catalog.stale_by_id(ids)?;
    if stale.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = stale.iter().map(|stale| &stale.file.id[..]).collect();
    emit(tx, &stale)?;
    Ok(tx.catalog.refresh_files(&ids)?)
}

/// Emits the events of stale files: they were deleted or restored with their folder. Moving a folder causes none.
fn emit(tx: &mut Tx<'_>, stale: &[StaleFile]) -> Outcome<()> {
    let deleted = stale.iter().filter(|stale| stale.file.area == Area::Trash);
    let deleted: Vec<_> = deleted.map(|stale| (Entity::File, &stale.file.id[..])).collect();
    events::emit_deleted(tx, &deleted, false)?;
    for StaleFile { file, area } in stale {
        if *area == Area::Trash && file.status == Status::Ready {
            events::emit_file_ready(tx, file, true)?;
        }
    }
    Ok(())
}
