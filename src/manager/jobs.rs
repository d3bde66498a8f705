//! Background work: deferred calls, the end of processing, and the sweep.

use super::clock::Pace;
use super::dispatch;
use super::events::{self, webhooks};
use super::http::error::Outcome;
use super::http::validate::Fields;
use super::items::{content, stale};
use super::site::{Cause, Site};
use super::tx::{Tx, View};
use super::unnamed;
use crate::operations::OperationId;
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// The number of files processed, or of blobs examined, in one transaction.
const BATCH_SIZE: u32 = 500;

/// The number of blobs that one scan of all rows looks for. Their ids take 2 MB. A scan of a million narrow rows in PostgreSQL took 0.11
/// to 0.17 s by `EXPLAIN ANALYZE`, for 500 blobs as for 20,000.
const ORPHANS_PER_SCAN: u32 = 20_000;

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    /// Whether a deferred call or the processing of a file is due.
    jobs: bool,
    /// Whether there may be stale files.
    stale: bool,
}

pub(crate) fn due(view: &View<'_>) -> Outcome<Due> {
    Ok(Due {
        jobs: view.catalog.next_due()?.is_some_and(|due| due <= view.now),
        stale: view.catalog.has_stale_files()?,
    })
}

/// Does what is due. Of the stale files that no request takes care of, it brings some up to date.
pub(crate) fn run(site: &Site, cause: &Cause) -> Outcome<()> {
    let due = site.read(cause, due)?;
    if due.jobs {
        site.write(cause, settle)?;
    }
    if due.stale && !site.is_refreshing() {
        refresh_some(site, cause, &mut site.pace())?;
    }
    Ok(())
}

/// Brings some stale files up to date, in one transaction. Returns whether there may be more.
pub(crate) fn refresh_some(site: &Site, cause: &Cause, pace: &mut Pace) -> Outcome<bool> {
    let begin = site.clock.now();
    let has_more = site.write(cause, |tx| stale::step(tx, pace.count()))?;
    pace.note(site.clock.now() - begin);
    Ok(has_more)
}

/// Runs the deferred calls that are due, and finishes the processing of files that are due.
fn settle(tx: &mut Tx<'_>) -> Outcome<()> {
    while let Some(job) = tx.catalog.take_job(tx.context.now)? {
        let operation = OperationId::parse(&job.operation);
        // Skip jobs that this version does not know, so that one of them cannot block the queue.
        if let (Some(id), Ok(Value::Object(fields))) = (operation, serde_json::from_str(&job.fields)) {
            dispatch::deferred(tx, id, &Fields::new(fields))?;
        }
    }
    loop {
        let mut due = tx.catalog.due_files(tx.context.now, BATCH_SIZE)?;
        if due.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = due.iter().map(|file| file.id.clone()).collect();
        stale::refresh(tx, &ids)?;
        for file in &mut due {
            content::process(tx.context, file);
        }
        tx.catalog.update_files(&due)?;
        for file in &due {
            events::emit_file_processed(tx, file)?;
        }
    }
}

/// Makes due what would wait for longer than it may, because the clock was set back.
pub(crate) fn pull_in(tx: &mut Tx<'_>) -> Outcome<()> {
    let options = tx.context.options;
    let pending = options.pending.iter().map(|(_, time)| *time).max().unwrap_or(0);
    // Without the option, nobody knows how long jobs were to wait.
    let delay = if options.delay > 0 { options.delay } else { i64::MAX };
    let retries = webhooks::longest_waits(options.webhook_delay_factor);
    Ok(tx.catalog.pull_in(tx.context.now, pending, delay, &retries)?)
}

/// The result of a [sweep](super::Manager::sweep).
///
/// ```
/// use wix_media::manager::Manager;
///
/// let swept = Manager::memory()?.sweep(86_400_000)?;
/// assert_eq!((swept.removed, swept.waiting), (0, 0));
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// The number of blobs removed.
    pub removed: u64,
    /// The number of orphaned blobs whose grace period has not ended.
    pub waiting: u64,
}

/// Deletes blobs that no row names, temporary bundles and stale deliveries, once they have been unused for `grace`
/// milliseconds.
pub(crate) fn sweep(site: &Site, now: i64, grace: i64) -> Outcome<Swept> {
    let cause = Cause {
        at: Some(now),
        ..Cause::default()
    };
    let until = now.saturating_sub(grace);
    site.hold_reserve();
    site.release_forgotten(until);
    // Releases before this one kept exports as bundles.
    for bundle in site.read(&cause, |view| Ok(view.catalog.temporary_bundles(until)?))? {
        site.write(&cause, |tx| tx.remove_bundle(&bundle))?;
    }
    site.write_lazily(&cause, |tx| webhooks::remove_stale(tx, until))?;
    if !site.has_unnamed_blobs() {
        note_orphans(site, &cause)?;
    }
    let mut swept = Swept::default();
    if are_orphans(site, &cause, until)? {
        swept.removed = site.remove_doomed(i64::MIN, until)?;
    }
    swept.waiting = site.read(&cause, |view| Ok(view.catalog.doomed_count()?))?;
    Ok(swept)
}

/// Returns whether no row names a blob that is to be removed now. A damaged index hides rows, and then nothing is removed.
fn are_orphans(site: &Site, cause: &Cause, until: i64) -> Outcome<bool> {
    let mut after = String::new();
    loop {
        let blobs = site.read(cause, |view| {
            Ok(view.catalog.doomed_blobs(i64::MIN, until, &after, ORPHANS_PER_SCAN)?)
        })?;
        let Some(last) = blobs.last() else { return Ok(true) };
        after.clone_from(last);
        let is_hidden = site.read(cause, |view| {
            for blob in view.catalog.blobs_of_rows(&blobs)? {
                if !view.catalog.needs_blob(&blob)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if is_hidden {
            return Ok(false);
        }
    }
}

/// How old leftovers of killed processes are before they are removed: older than the token of any upload, in milliseconds.
const LEFTOVER_AGE: i64 = 8 * 86_400_000;

/// How often a store is cleaned up at most, by whichever process is first, in milliseconds. Less than a day: a site that nobody calls
/// has its sweeps a day apart, and a cleanup that comes a moment too early would have to wait for the next one.
const CLEANUP_INTERVAL: i64 = 23 * 3_600_000;

/// The setting that says when the last cleanup began.
const LEFTOVERS: &str = "leftovers";

/// Begins a cleanup, unless a process has begun one within [`CLEANUP_INTERVAL`]. Returns whether it did.
pub(crate) fn begin_cleanup(site: &Site) -> Outcome<bool> {
    site.write_lazily(&Cause::default(), |tx| {
        let now = tx.context.now;
        let last = tx.catalog.setting(LEFTOVERS)?;
        let last: Option<i64> = last.and_then(|last| last.parse().ok());
        let is_due = last.is_none_or(|last| !(0..CLEANUP_INTERVAL).contains(&now.saturating_sub(last)));
        if is_due {
            tx.catalog.set_setting(LEFTOVERS, &now.to_string())?;
        }
        Ok(is_due)
    })
}

/// Removes what killed processes have left beside complete blobs. Returns how many leftovers there were.
pub(crate) fn remove_leftovers(site: &Site) -> Outcome<u64> {
    let before = u64::try_from(site.clock.now() - LEFTOVER_AGE).unwrap_or(0);
    let before = SystemTime::UNIX_EPOCH + Duration::from_millis(before);
    Ok(site.blobs.remove_leftovers(before)?)
}

/// The number of blobs looked at in one step of a collection.
const COLLECTED_AT_ONCE: usize = 200;

/// Removes some blobs that no row names, unless they are being written. Returns the last one that was looked at. Leaves the
/// rest to the next sweep while others have such blobs.
pub(crate) fn collect_blobs(site: &Site, after: &str) -> Outcome<Option<String>> {
    if site.has_unnamed_blobs() || site.options().shares_stores {
        return Ok(None);
    }
    let blobs = site.blobs.list(after, COLLECTED_AT_ONCE)?;
    for blob in &blobs {
        let is_needed = site.read(&Cause::default(), |view| Ok(view.catalog.needs_blob(blob)?))?;
        if !is_needed && site.blobs.open_end(blob).is_none() {
            site.blobs.remove(blob)?;
        }
    }
    Ok(blobs.into_iter().next_back())
}

/// Records orphaned blobs, which a crash left between the bytes and the row. Their grace period begins now.
fn note_orphans(site: &Site, cause: &Cause) -> Outcome<()> {
    let mut after = String::new();
    loop {
        let mut blobs = site.blobs.list(&after, BATCH_SIZE as usize)?;
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
        // A blob that is being written has no row yet.
        let orphans: Vec<_> = orphans
            .into_iter()
            .filter(|blob| site.blobs.open_end(blob).is_none())
            .collect();
        if orphans.is_empty() {
            continue;
        }
        let is_suspended = site.write_lazily(cause, |tx| {
            // Blobs of an archive that another process receives may be among them.
            if unnamed::are_scans_suspended(site, &tx.view())? {
                return Ok(true);
            }
            tx.catalog.doom_orphans(&orphans, tx.context.now)?;
            Ok(false)
        })?;
        if is_suspended {
            return Ok(());
        }
    }
}
