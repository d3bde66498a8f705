//! The quota of the site.

use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::tx::View;
use serde_json::json;

/// Returns whether the quota has room for `more` bytes.
pub(crate) fn has_room(view: &View<'_>, more: u64) -> Outcome<bool> {
    let Some(quota) = view.options.quota else {
        return Ok(true);
    };
    let used = u64::try_from(view.catalog.total_size()?).unwrap_or(0);
    Ok(used.saturating_add(more) <= quota)
}

/// Refuses `more` bytes that exceed the quota.
pub(crate) fn check_quota(view: &View<'_>, more: u64) -> Outcome<()> {
    if has_room(view, more)? {
        return Ok(());
    }
    let quota = view.options.quota.unwrap_or(0);
    let data = json!({ "quota": { "storage": quota.to_string() } });
    Err(Refusal::with_data(
        400,
        "SITE_QUOTA_EXCEEDED",
        "the storage of the site is full",
        data,
    ))
}
