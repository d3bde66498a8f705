//! Transcodes: posters of videos, which a host that decodes films makes.
//!
//! The life of a transcode: with [`Options::transcodes`](crate::manager::Options::transcodes) a new video is queued, and stays
//! `PENDING`. The manager decodes nothing, so a host leases orders ([`Manager::take_transcodes`](crate::manager::Manager)),
//! makes the assets, passes in the bytes of each ([`open_asset`](crate::manager::Manager::open_asset), `feed`, `close`) and
//! says that they are complete ([`transcoded`](crate::manager::Manager::transcoded)). Then the file is `READY`, with assets or
//! without. A crash leaves the transcode queued, and an asset replaces the one that was made before it. A file that ends five
//! hosts is not tried again.

use super::content::{self, Receipt};
use super::{quota, stale};
use crate::catalog::{Asset, File};
use crate::manager::events;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::inspect::Facts;
use crate::manager::tx::{Tx, View};
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use serde_json::{Value, json};

/// The number of posters of a film.
pub(crate) const MAX_POSTERS: usize = 4;

/// The duration of a lease in milliseconds: longer than a host works on one film.
const LEASE: i64 = 86_400_000;

/// How often a transcode is leased.
const MAX_TRIES: u32 = 5;

/// The number of transcodes that are given up in one transaction.
const BATCH_SIZE: u32 = 500;

/// A video of which the host has to make assets.
///
/// ```
/// use wix_media::manager::Manager;
///
/// for order in Manager::memory()?.take_transcodes(1)? {
///     println!("{} has {} bytes of {}", order.file, order.size, order.mime);
/// }
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscodeOrder {
    /// The id of the file.
    pub file: String,
    /// The blob that holds its bytes.
    pub blob: String,
    /// Size in bytes.
    pub size: u64,
    /// The MIME type, as the bytes say.
    pub mime: String,
    /// Width and height as shown, in pixels.
    pub dimensions: Option<(u64, u64)>,
    /// The duration in milliseconds.
    pub duration_ms: Option<u64>,
}

fn gone() -> Refusal {
    Refusal::code(404, "NOT_FOUND", "transcode not found")
}

/// Returns the name of a poster.
pub(crate) fn poster_name(number: usize) -> String {
    format!("poster.{number}")
}

/// Queues a file that has just been filled, if assets are to be made of it. Call it once its row is written.
pub(crate) fn queue(tx: &mut Tx<'_>, file: &File) -> Outcome<()> {
    if !content::wants_assets(tx.context, file) {
        return Ok(());
    }
    let ready_at = tx.now.saturating_add(tx.options.pending(file.media_type));
    Ok(tx.catalog.put_transcode(&file.id, ready_at)?)
}

/// Leases at most `limit` transcodes, oldest first.
pub(crate) fn take(tx: &mut Tx<'_>, limit: u32) -> Outcome<Vec<TranscodeOrder>> {
    let until = tx.now.saturating_add(LEASE);
    let mut orders = Vec::new();
    for transcode in tx.catalog.take_transcodes(tx.context.now, until, limit)? {
        let file = tx.catalog.file(&transcode.file)?;
        let file = file.filter(|_| transcode.tries <= MAX_TRIES);
        let Some((blob, file)) = file.and_then(|file| Some((file.blob.clone()?, file))) else {
            complete(tx, &transcode.file)?;
            continue;
        };
        let facts = Facts::from_json(&file.facts);
        orders.push(TranscodeOrder {
            blob,
            size: u64::try_from(file.size).unwrap_or(0),
            dimensions: facts.size(),
            duration_ms: facts.duration,
            mime: file.mime,
            file: file.id,
        });
    }
    Ok(orders)
}

/// Checks that an asset can be taken. Returns the maximum size in bytes.
pub(crate) fn admit(view: &View<'_>, file: &str, name: &str) -> Outcome<u64> {
    view.catalog.transcode(file)?.ok_or_else(gone)?;
    if !(0..MAX_POSTERS).any(|number| poster_name(number) == name) {
        return Err(Refusal::code(400, "INVALID_ARGUMENT", "unknown name of an asset"));
    }
    quota::check_quota(view, 1)?;
    Ok(view.options.limit(MediaType::Image))
}

/// Adds an asset whose bytes are in a blob.
pub(crate) fn put(tx: &mut Tx<'_>, file: &str, name: &str, receipt: Receipt) -> Outcome<Value> {
    tx.catalog.transcode(file)?.ok_or_else(gone)?;
    if receipt.mime != "image/jpeg" || receipt.facts.size().is_none() {
        return Err(content::unsupported("a poster must be a JPEG"));
    }
    quota::check_quota(&tx.view(), receipt.digested.size)?;
    let replaced = tx.catalog.asset(file, name)?;
    tx.freed.extend(replaced.map(|asset| asset.blob));
    tx.catalog.put_asset(&Asset {
        file: file.to_owned(),
        name: name.to_owned(),
        blob: receipt.blob,
        size: i64::try_from(receipt.digested.size).unwrap_or(i64::MAX),
        hash: receipt.digested.md5,
        crc: receipt.digested.crc,
        facts: receipt.facts.to_json(),
    })?;
    Ok(json!({}))
}

/// Ends a transcode: the descriptor of the file shows the assets that there are, and a pending file becomes ready.
pub(crate) fn complete(tx: &mut Tx<'_>, id: &str) -> Outcome<()> {
    let Some(transcode) = tx.catalog.transcode(id)? else {
        return Ok(());
    };
    tx.catalog.remove_transcode(id)?;
    stale::refresh(tx, &[id.to_owned()])?;
    let Some(mut file) = tx.catalog.file(id)? else {
        return Ok(());
    };
    let mut facts = Facts::from_json(&file.facts);
    let before = facts.clone();
    facts.posters.clear();
    for number in 0..MAX_POSTERS {
        let Some(asset) = tx.catalog.asset(id, &poster_name(number))? else {
            break;
        };
        facts.posters.extend(Facts::from_json(&asset.facts).size());
    }
    file.facts = facts.to_json();
    if file.status == Status::Pending {
        if transcode.ready_at > tx.now {
            file.ready_at = Some(transcode.ready_at);
        } else {
            content::process(tx.context, &mut file);
        }
        tx.catalog.update_file(&file)?;
        return events::emit_file_processed(tx, &file);
    }
    if facts == before {
        return Ok(());
    }
    tx.catalog.update_file(&file)?;
    events::emit_file_updated(tx, &file)
}

/// Gives a transcode back, for a host that ends before it.
pub(crate) fn release(tx: &mut Tx<'_>, file: &str) -> Outcome<()> {
    Ok(tx.catalog.release_transcode(file)?)
}

/// Ends some transcodes that no host works on, since none decodes films. Returns whether there are more.
pub(crate) fn give_up(tx: &mut Tx<'_>) -> Outcome<bool> {
    let given_up = tx.catalog.take_transcodes(tx.context.now, i64::MAX, BATCH_SIZE)?;
    for transcode in &given_up {
        complete(tx, &transcode.file)?;
    }
    Ok(!given_up.is_empty())
}
