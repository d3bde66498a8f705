//! Blobs that no row names yet.
//!
//! A sweep notes each blob without a row as an orphan, and removes it a day later, by the clock of the catalog. It skips what its
//! own process is filling. Other processes tell it through the catalog, once an hour, that bytes still arrive ([`Age`]): an upload
//! forgets the note of its blob, and an archive, which has many blobs, suspends the scans for orphans. If they cannot for
//! [`MAX_AGE`], no row may name the blobs any more. A later sweep notes what a crash leaves.

use super::http::error::Outcome;
use super::site::{Cause, Site};
use super::tx::View;
use std::io::{Error, ErrorKind};

/// How often sweeps are told that bytes of a blob still arrive, in milliseconds.
const RENEWAL_INTERVAL: i64 = 3_600_000;

/// How long scans for orphans are suspended at once, in milliseconds.
const SUSPENSION: i64 = 3 * RENEWAL_INTERVAL;

/// The setting that says since when scans for orphans are suspended.
const SUSPENDED: &str = "orphanScansSuspended";

/// How old a blob may be when a row names it, in milliseconds. The rest of the grace period of a sweep is left to the commit.
const MAX_AGE: i64 = 20 * 3_600_000;

/// The age of blobs that no row names yet, as the sweeps of other processes count it at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Age {
    /// A sweep that has noted one of the blobs has done so later.
    since: i64,
    /// When the age was last renewed, or could not be.
    tried: i64,
}

impl Age {
    /// The age of blobs that do not exist yet.
    pub(crate) fn new(site: &Site) -> Age {
        let now = site.clock.now();
        Age { since: now, tried: now }
    }

    /// Begins the age again, once an hour. `tell` takes the age in milliseconds and tells the sweeps. While it fails, the blobs
    /// grow older.
    pub(crate) fn renew(&mut self, site: &Site, tell: impl FnOnce(i64) -> Outcome<()>) {
        if !site.options().shares_stores {
            return;
        }
        let now = site.clock.now();
        if now.saturating_sub(self.tried) < RENEWAL_INTERVAL {
            return;
        }
        self.tried = now;
        if tell(now.saturating_sub(self.since)).is_ok() {
            self.since = now;
        }
    }

    /// Refuses to name blobs that a sweep may be about to remove. For the transaction that names them.
    pub(crate) fn check(self, site: &Site) -> Outcome<()> {
        if !site.options().shares_stores || site.clock.now().saturating_sub(self.since) <= MAX_AGE {
            return Ok(());
        }
        let text = "the bytes have waited for the catalog for too long, and a sweep may have removed them";
        Err(Error::new(ErrorKind::TimedOut, text).into())
    }
}

/// Suspends the scans for orphans in all processes, for the blobs of an archive of this age. Fails once they may have been
/// resumed: one of the blobs may be noted then.
pub(crate) fn suspend_scans(site: &Site, age: i64) -> Outcome<()> {
    if !site.options().shares_stores {
        // A sweep of this process sees that the archive arrives.
        return Ok(());
    }
    if age >= SUSPENSION - RENEWAL_INTERVAL / 2 {
        return Err(Error::new(ErrorKind::TimedOut, "scans for orphans may have been resumed").into());
    }
    site.write(&Cause::default(), |tx| {
        Ok(tx.catalog.set_setting(SUSPENDED, &tx.context.now.to_string())?)
    })
}

/// Returns whether scans for orphans are suspended.
pub(crate) fn are_scans_suspended(site: &Site, view: &View<'_>) -> Outcome<bool> {
    let since = view.catalog.setting(SUSPENDED)?;
    let since = since.and_then(|since| since.parse::<i64>().ok());
    Ok(since.is_some_and(|since| site.clock.now().abs_diff(since) < SUSPENSION.unsigned_abs()))
}
