//! What no request asks for: calls that were put off, files whose processing ends, and the sweep.

use super::backup;
use super::dispatch;
use super::events::{self, webhooks};
use super::http::error::Outcome;
use super::http::validate::Fields;
use super::items::content;
use super::site::{Cause, Site};
use super::tx::{Tx, View};
use crate::operations::OperationId;
use serde_json::Value;

/// How many files are processed, and how many blobs are looked at, in one transaction.
const STEP: u32 = 500;

/// Whether a job or a file is due.
pub(crate) fn is_due(view: &View<'_>) -> Outcome<bool> {
    Ok(view.catalog.next_due()?.is_some_and(|due| due <= view.now))
}

/// Carries out the calls whose time has come, and ends the processing of pending files whose time has come.
pub(crate) fn settle(tx: &mut Tx<'_>) -> Outcome<()> {
    while let Some(job) = tx.catalog.take_job(tx.context.now)? {
        let operation = OperationId::parse(&job.operation);
        // Skip jobs that this version does not know, so that one of them cannot block the queue.
        if let (Some(id), Ok(Value::Object(fields))) = (operation, serde_json::from_str(&job.fields)) {
            dispatch::deferred(tx, id, &Fields::new(fields))?;
        }
    }
    loop {
        let mut due = tx.catalog.due_files(tx.context.now, STEP)?;
        if due.is_empty() {
            return Ok(());
        }
        for file in &mut due {
            content::process(tx.context, file);
        }
        tx.catalog.update_files(&due)?;
        for file in &due {
            events::file_processed(tx, file)?;
        }
    }
}

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// The blobs that it removed.
    pub removed: u64,
    /// The blobs that nothing needs and that wait for the end of their grace.
    pub waiting: u64,
}

/// Removes what nothing needs any more, once it has been so for `grace` milliseconds: blobs that no row names, temporary
/// bundles, and deliveries to URLs that are no longer configured.
pub(crate) fn sweep(site: &Site, now: i64, grace: i64) -> Outcome<Swept> {
    let cause = Cause {
        at: Some(now),
        ..Cause::default()
    };
    let until = now.saturating_sub(grace);
    for bundle in site.read(&cause, |view| Ok(view.catalog.temporary_bundles(until)?))? {
        site.write(&cause, |tx| backup::export::end_export(tx, &bundle))?;
    }
    site.write_lazily(&cause, |tx| webhooks::remove_stale(tx, until))?;
    note_orphans(site, &cause)?;
    let mut swept = Swept {
        removed: site.remove_doomed(i64::MIN, until)?,
        waiting: 0,
    };
    swept.waiting = site.read(&cause, |view| Ok(view.catalog.doomed_count()?))?;
    Ok(swept)
}

/// Notes blobs that no row names: what a crash left between the bytes and the row. Their grace begins now.
fn note_orphans(site: &Site, cause: &Cause) -> Outcome<()> {
    let mut after = String::new();
    loop {
        let mut blobs = site.blobs.list(&after, STEP as usize)?;
        let Some(last) = blobs.last() else { return Ok(()) };
        after.clone_from(last);
        let orphans = site.read(cause, |view| {
            let mut orphans = Vec::new();
            for blob in &blobs {
                if !view.catalog.needs_blob(blob)? {
                    orphans.push(blob.clone());
                }
            }
            Ok(orphans)
        })?;
        blobs.clear();
        // A blob that is being filled has no row yet.
        let orphans: Vec<_> = orphans
            .into_iter()
            .filter(|blob| site.blobs.open_end(blob).is_none())
            .collect();
        if !orphans.is_empty() {
            site.write_lazily(cause, |tx| Ok(tx.catalog.doom_blobs(&orphans, tx.context.now)?))?;
        }
    }
}
