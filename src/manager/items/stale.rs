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

use crate::catalog::{Area, StaleFile};
use crate::manager::events;
use crate::manager::http::error::Outcome;
use crate::manager::tx::{Tx, View};
use crate::model::status::Status;
use std::collections::HashSet;

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
    let limit = limit.max(1);
    let found = tx.catalog.stale_files(limit)?;
    let Some(last) = found.last() else {
        return Ok(false);
    };
    let last = last.files.last().map(|file| file.id.clone());
    // A folder without stale files is work too.
    let count: usize = found.iter().map(|stale| stale.files.len().max(1)).sum();
    let has_more = u32::try_from(count).map_or(true, |count| count >= limit);
    let (folders, files): (Vec<_>, Vec<_>) = found.into_iter().map(|stale| (stale.folder, stale.files)).unzip();
    bring_up_to_date(tx, files.into_iter().flatten().collect())?;
    let folders: Vec<_> = folders.iter().map(String::as_str).collect();
    tx.catalog
        .pass_stale_files(&folders, last.as_deref().filter(|_| has_more))?;
    Ok(has_more && tx.catalog.has_stale_files()?)
}

/// Brings all files up to date.
pub(crate) fn finish(tx: &mut Tx<'_>) -> Outcome<()> {
    while step(tx, tx.options.files_per_step)? {}
    Ok(())
}

/// Brings those of these files that are stale up to date.
pub(crate) fn refresh(tx: &mut Tx<'_>, ids: &[String]) -> Outcome<()> {
    let stale = tx.catalog.stale_by_id(ids)?;
    bring_up_to_date(tx, stale)
}

/// Writes the rows of stale files, each once, with their events: they were deleted or restored with their folder. Moving a folder
/// causes none.
fn bring_up_to_date(tx: &mut Tx<'_>, mut stale: Vec<StaleFile>) -> Outcome<()> {
    let mut seen = HashSet::new();
    stale.retain(|file| seen.insert(file.id.clone()));
    let of = |wanted: fn(&StaleFile) -> bool| -> Vec<String> {
        let those = stale.iter().filter(|file| wanted(file));
        those.map(|file| file.id.clone()).collect()
    };
    let deleted = of(|file| file.area == Area::Trash);
    let restored = of(|file| file.stored_area == Area::Trash);
    let moved = of(|file| file.area != Area::Trash && file.stored_area != Area::Trash);
    let (ready, silent): (Vec<_>, Vec<_>) = tx
        .catalog
        .files_by_id(&restored)?
        .into_iter()
        .partition(|file| file.status == Status::Ready);
    let silent = silent.iter().map(|file| &file.id[..]).chain(ids(&moved));
    write(tx, silent.collect(), 0)?;
    let counts = write(tx, ids(&deleted).collect(), 1)?;
    for (id, count) in deleted.iter().zip(counts) {
        events::emit_file_trashed(tx, id, count)?;
    }
    let counts = write(tx, ready.iter().map(|file| &file.id[..]).collect(), 1)?;
    for (file, count) in ready.iter().zip(counts) {
        events::emit_file_restored(tx, file, count)?;
    }
    Ok(())
}

fn ids(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().map(String::as_str)
}

/// Writes the rows of stale files, and counts so many events of each.
fn write(tx: &mut Tx<'_>, ids: Vec<&str>, events: u32) -> Outcome<Vec<i64>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx.catalog.refresh_files(&ids, events)?)
}
