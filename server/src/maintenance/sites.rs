//! The command `site`: sites that servers answer for together, and their keys.

use super::{Outcome, say};
use crate::failure::Failure;
use crate::settings::SiteWork;
use crate::site_key;
use std::io::Write;
use wix_media::catalog::Error;
use wix_media_postgres::{AuditRecord, Limits, Store};

/// The connections that a command needs.
const CONNECTIONS: usize = 2;

/// How many records of changes are read at once.
const RECORDS_PER_PAGE: i64 = 1000;

/// Runs a command. Findings are columns with tabs between them, `-` for nothing.
pub(super) fn run(url: &str, work: SiteWork, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let failed = |error: Error| Failure(format!("cannot use the database: {error}"));
    let unknown = |id: &str| {
        Failure(format!(
            "site not found: {id}: make it by wix-media-server site create {id}"
        ))
    };
    let limits = Limits {
        connections: CONNECTIONS,
        long_snapshots: 0,
        ..Limits::default()
    };
    let store = Store::connect(url, limits).map_err(failed)?;
    let is_listed = |id: &str| -> Result<(), Failure> {
        let sites = store.listed_sites().map_err(failed)?;
        let found = sites.iter().any(|site| site.id == *id);
        if found { Ok(()) } else { Err(unknown(id)) }
    };
    match work {
        SiteWork::Create { id, host, quota } => {
            let made = store.list_site(&id, host.as_deref(), quota).map_err(failed)?;
            let made = made.ok_or_else(|| Failure(format!("site exists already: {id}")))?;
            say(out, &format!("{}\t{}", made.id, made.prefix))?;
        }
        SiteWork::List => {
            for site in store.listed_sites().map_err(failed)? {
                let host = site.host.unwrap_or_else(|| "-".to_owned());
                let quota = site.quota.map_or_else(|| "-".to_owned(), |quota| quota.to_string());
                say(
                    out,
                    &format!("{}\t{}\t{host}\t{}\t{quota}", site.id, site.prefix, site.bytes),
                )?;
            }
        }
        SiteWork::Quota { id, quota } => {
            if !store.set_quota(&id, quota).map_err(failed)? {
                return Err(unknown(&id));
            }
        }
        SiteWork::Bytes { place, only } => {
            let count = store.set_bytes_place(&place, only.as_deref()).map_err(failed)?;
            if let (0, Some(id)) = (count, only) {
                return Err(Failure(format!("site not found in the database: {id}")));
            }
            say(out, &format!("sites changed: {count}"))?;
        }
        SiteWork::CreateKey { id, scope, lifetime } => {
            let (key, hash) =
                site_key::generate().ok_or_else(|| Failure("the machine has no randomness".to_owned()))?;
            let number = store.add_key(&id, &hash, scope.as_str(), lifetime).map_err(failed)?;
            let number = number.ok_or_else(|| unknown(&id))?;
            say(out, &format!("{number}\t{key}"))?;
        }
        SiteWork::ListKeys { id } => {
            is_listed(&id)?;
            for key in store.keys(&id).map_err(failed)? {
                let times = [Some(key.created), key.expires, key.last_used];
                let times = times.map(|time| time.unwrap_or_else(|| "-".to_owned()));
                say(out, &format!("{}\t{}\t{}", key.number, key.scope, times.join("\t")))?;
            }
        }
        SiteWork::RevokeKey { id, number } => {
            if !store.remove_key(&id, number).map_err(failed)? {
                return Err(Failure(format!("key not found: {number} of the site {id}")));
            }
        }
        SiteWork::Audit { id, since } => {
            if store.site(&id).map_err(failed)?.is_none() {
                return Err(unknown(&id));
            }
            let mut last = None;
            loop {
                let records = store
                    .audit(&id, since, last.as_ref(), RECORDS_PER_PAGE)
                    .map_err(failed)?;
                for record in &records {
                    say(out, &line(record))?;
                }
                last = records.into_iter().next_back();
                if last.is_none() {
                    break;
                }
            }
        }
    }
    Ok(Outcome::Whole)
}

/// A record of a change as a line. A change of everything touches `all`.
fn line(record: &AuditRecord) -> String {
    let items = record.items.map_or_else(|| "all".to_owned(), |items| items.to_string());
    let ids = if record.ids.is_empty() {
        "-".to_owned()
    } else {
        // Ids from an archive may be any text.
        record.ids.join(" ").replace(char::is_control, "?")
    };
    let AuditRecord {
        at, who, call, request, ..
    } = record;
    format!("{at}\t{who}\t{call}\t{request}\t{items}\t{ids}")
}
