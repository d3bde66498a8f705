//! Listed sites that nobody calls.
//!
//! A site is swept while a worker has it open, and most sites of a large database are open nowhere. So each worker opens one site a minute
//! that has not been swept for a day, and the database gives each to one of them.

use super::Sites;
use super::known::{Known, List};
use std::time::Duration;
use tokio::time::Instant;
use wix_media::catalog;

/// For how long a site may stay without a sweep, and how often a worker opens one.
const IDLE_AGE: Duration = Duration::from_secs(86_400);
const VISIT_INTERVAL: Duration = Duration::from_secs(60);

impl Sites {
    /// Opens the site that has waited longest for a sweep, which begins with that. `next` is when the next one may be opened.
    pub(super) async fn visit_idle(&self, known: &Known, list: &List, next: &mut Instant) -> catalog::Result<()> {
        if Instant::now() < *next {
            return Ok(());
        }
        *next = Instant::now() + VISIT_INTERVAL;
        let Some(id) = known.claim_sweep(IDLE_AGE).await? else {
            return Ok(());
        };
        if let Some(site) = list.by_id(&id).filter(|_| id != self.own.options.site_id) {
            // One that cannot be opened now has its turn in a day.
            _ = self.listed_app(site).await;
        }
        Ok(())
    }
}
