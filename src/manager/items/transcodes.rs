//! Transcodes: posters and renditions of videos, which a host that decodes videos makes.
//!
//! The life of a transcode: with [`Options::transcodes`](crate::manager::Options::transcodes) a new video is queued, and stays
//! `PENDING`. The manager decodes nothing, so a host leases orders ([`Manager::take_transcodes`](crate::manager::Manager)),
//! makes the assets, passes in the bytes of each ([`open_asset`](crate::manager::Manager::open_asset), `feed`, `close`) and
//! reports that they are complete ([`transcoded`](crate::manager::Manager::transcoded)): once after the posters, which makes the
//! file `READY`, with assets or without, and once at the end. A crash leaves the transcode queued, and a new asset replaces the one
//! from before the crash. A video that ends five hosts is not tried again.
//!
//! Videos that are not `PENDING` for want of their posters go to the backlog: those that were seeded or imported with an archive, and
//! all that a host without a decoder stores. A host that decodes takes them one after the other once nothing is queued, so new
//! videos do not wait for old ones.

use super::content::{self, Receipt};
use super::{quota, stale};
use crate::catalog::{Asset, File};
use crate::manager::events;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::inspect::{Facts, Rendition};
use crate::manager::tx::{Tx, View};
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The number of posters of a video.
pub(crate) const POSTERS: usize = 4;

/// The type of posters.
const JPEG: &str = "image/jpeg";

/// The names of renditions, smallest first.
pub(crate) const QUALITIES: [&str; 6] = ["144p", "240p", "360p", "480p", "720p", "1080p"];

/// The duration of a lease in milliseconds: longer than a host works on one video.
const LEASE: i64 = 86_400_000;

/// How often a transcode is leased.
const MAX_TRIES: u32 = 5;

/// The maximum length of a list of codecs.
const MAX_CODECS_LEN: usize = 100;

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
    /// Whether it has its posters, from a host that ended before the rest was made.
    pub has_posters: bool,
}

/// The segments of a stream, in one file that begins with what they share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segments {
    /// The number of bytes that the segments share.
    pub(crate) header: u64,
    /// The duration in milliseconds and the number of bytes of each segment.
    pub(crate) segments: Vec<(u64, u64)>,
    /// The codecs of the streams, as in RFC 6381.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) codecs: Option<String>,
}

impl Segments {
    /// Reads what is stored about an asset. Returns `None` for whole renditions and posters.
    pub(crate) fn from_json(text: &str) -> Option<Segments> {
        serde_json::from_str(text).ok()
    }

    /// Returns the bits per second of the segment that needs most.
    fn peak_bitrate(&self) -> u64 {
        let rate = |&(duration, length): &(u64, u64)| length.saturating_mul(8000) / duration.max(1);
        self.segments.iter().map(rate).max().unwrap_or(0)
    }

    /// Returns the first byte and the duration in milliseconds and length of each segment.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        self.segments.iter().scan(self.header, |end, &(duration, length)| {
            let start = *end;
            *end += length;
            Some((start, duration, length))
        })
    }
}

/// Returns whether a text can be a list of codecs, which playlists and manifests quote as it is.
fn is_codecs(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b".,-".contains(&byte);
    (1..=MAX_CODECS_LEN).contains(&text.len()) && text.bytes().all(is_fit)
}

/// An asset that a host passes in.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) file: String,
    pub(crate) name: String,
    /// Of a stream.
    pub(crate) segments: Option<Segments>,
}

fn gone() -> Refusal {
    Refusal::code(404, "NOT_FOUND", "transcode not found")
}

/// Returns the name of a poster.
pub(crate) fn poster_name(number: usize) -> String {
    format!("poster.{number}")
}

/// Returns the name of the MP4 of a rendition, which is its asset key.
pub(crate) fn rendition_name(quality: &str) -> String {
    format!("{quality}.mp4")
}

/// Returns the name of the segments of a rendition.
pub(crate) fn segments_name(quality: &str) -> String {
    format!("{quality}.m4s")
}

fn is_poster(name: &str) -> bool {
    (0..POSTERS).any(|number| poster_name(number) == name)
}

/// Queues a file that has just been filled, if assets can be made of it. It goes to the backlog unless it is pending until then.
/// Call this once its row is written.
///
/// `posters` come from the host's own steps. Those that exceed the quota are left out.
pub(crate) fn queue(tx: &mut Tx<'_>, file: &mut File, posters: Vec<Receipt>) -> Outcome<()> {
    if !content::can_have_assets(tx.options, file) {
        return Ok(());
    }
    if !posters.is_empty() {
        for (number, poster) in posters.into_iter().enumerate() {
            if !quota::has_room(&tx.view(), poster.digested.size)? {
                break;
            }
            let facts = poster.facts.to_json();
            tx.catalog
                .put_asset(&asset_of(&file.id, &poster_name(number), poster, facts))?;
        }
        let mut facts = Facts::from_json(&file.facts);
        collect(&mut facts, &tx.catalog.assets_of(&[&file.id])?);
        file.facts = facts.to_json();
        tx.catalog.update_file(file)?;
    }
    if file.status != Status::Pending || file.ready_at.is_some() {
        return Ok(tx.catalog.put_backlog(&file.id)?);
    }
    let ready_at = tx.now.saturating_add(tx.options.pending(file.media_type));
    Ok(tx.catalog.put_transcode(&file.id, ready_at)?)
}

/// Returns whether a host can take transcodes, or has some to give up.
pub(crate) fn are_due(view: &View<'_>) -> Outcome<bool> {
    Ok(view.catalog.has_transcodes(view.now)? || (view.options.transcodes && view.catalog.has_backlog()?))
}

/// Leases at most `limit` transcodes, oldest first, and those of the backlog last.
pub(crate) fn take(tx: &mut Tx<'_>, limit: u32) -> Outcome<Vec<TranscodeOrder>> {
    let until = tx.now.saturating_add(LEASE);
    let mut orders = Vec::new();
    let mut left = limit;
    // Those that are given up make room for others.
    while left > 0 {
        let taken = tx.catalog.take_transcodes(tx.context.now, until, left)?;
        if taken.is_empty() && tx.catalog.queue_backlog(left)? == 0 {
            break;
        }
        for transcode in taken {
            let file = tx.catalog.file(&transcode.file)?;
            let file = file.filter(|_| transcode.tries <= MAX_TRIES);
            let Some((blob, file)) = file.and_then(|file| Some((file.blob.clone()?, file))) else {
                complete(tx, &transcode.file, true)?;
                continue;
            };
            let facts = Facts::from_json(&file.facts);
            orders.push(TranscodeOrder {
                blob,
                size: u64::try_from(file.size).unwrap_or(0),
                dimensions: facts.size(),
                duration_ms: facts.duration,
                has_posters: !facts.posters.is_empty(),
                mime: file.mime,
                file: file.id,
            });
            left -= 1;
        }
    }
    Ok(orders)
}

/// Checks that an asset can be taken. Returns the maximum size in bytes.
pub(crate) fn admit(view: &View<'_>, made: &Made) -> Outcome<u64> {
    view.catalog.transcode(&made.file)?.ok_or_else(gone)?;
    let is_rendition = |quality: &&&str| [rendition_name(quality), segments_name(quality)].contains(&made.name);
    if !is_poster(&made.name) && QUALITIES.iter().find(is_rendition).is_none() {
        return Err(Refusal::code(400, "INVALID_ARGUMENT", "unknown name of an asset"));
    }
    quota::check_quota(view, 1)?;
    let media_type = if is_poster(&made.name) {
        MediaType::Image
    } else {
        MediaType::Video
    };
    Ok(view.options.limit(media_type))
}

/// Returns whether bytes are those of a poster.
pub(crate) fn is_fit(receipt: &Receipt) -> bool {
    receipt.mime == JPEG && receipt.facts.size().is_some()
}

/// Checks that bytes are what the name of their asset says. Returns what is stored about them.
fn facts_of(made: &Made, receipt: &Receipt) -> Outcome<String> {
    let size = receipt.facts.size();
    let wanted = if is_poster(&made.name) { JPEG } else { "video/mp4" };
    if receipt.mime != wanted || size.is_none() {
        return Err(content::unsupported(&format!("the asset must be of the type {wanted}")));
    }
    if !made.name.ends_with(".m4s") {
        return Ok(receipt.facts.to_json());
    }
    let Some(segments) = &made.segments else {
        return Err(content::unsupported("the asset must have segments"));
    };
    let lengths = segments.segments.iter().map(|(_, length)| *length);
    let end = lengths.fold(segments.header, u64::saturating_add);
    if end != receipt.digested.size {
        return Err(content::unsupported("the segments must cover the asset"));
    }
    if segments.codecs.as_deref().is_some_and(|codecs| !is_codecs(codecs)) {
        return Err(content::unsupported("invalid codecs of an asset"));
    }
    Ok(serde_json::to_string(segments)?)
}

/// Adds an asset whose bytes are in a blob.
pub(crate) fn put(tx: &mut Tx<'_>, made: &Made, receipt: Receipt) -> Outcome<Value> {
    let Made { file, name, .. } = made;
    tx.catalog.transcode(file)?.ok_or_else(gone)?;
    let facts = facts_of(made, &receipt)?;
    quota::check_quota(&tx.view(), receipt.digested.size)?;
    let replaced = tx.catalog.asset(file, name)?;
    tx.freed.extend(replaced.map(|asset| asset.blob));
    tx.catalog.put_asset(&asset_of(file, name, receipt, facts))?;
    Ok(json!({}))
}

fn asset_of(file: &str, name: &str, receipt: Receipt, facts: String) -> Asset {
    Asset {
        file: file.to_owned(),
        name: name.to_owned(),
        blob: receipt.blob,
        size: i64::try_from(receipt.digested.size).unwrap_or(i64::MAX),
        hash: receipt.digested.md5,
        crc: receipt.digested.crc,
        facts,
    }
}

/// Adds what the assets of a file say to its facts.
fn collect(facts: &mut Facts, assets: &[Asset]) {
    let asset = |name: &str| assets.iter().find(|asset| asset.name == name);
    let posters = (0..POSTERS).map_while(|number| asset(&poster_name(number)));
    facts.posters = posters
        .filter_map(|poster| Facts::from_json(&poster.facts).size())
        .collect();
    let rendition = |quality: &&str| {
        let whole = asset(&rendition_name(quality))?;
        let own = Facts::from_json(&whole.facts);
        let (width, height) = own.size()?;
        let bits = u64::try_from(whole.size).unwrap_or(0).saturating_mul(8000);
        let stream = asset(&segments_name(quality)).and_then(|asset| Segments::from_json(&asset.facts));
        Some(Rendition {
            quality: (*quality).to_owned(),
            width,
            height,
            bitrate: bits / own.duration.or(facts.duration).unwrap_or(1000).max(1),
            is_segmented: stream.is_some(),
            peak_bitrate: stream.as_ref().map(Segments::peak_bitrate),
            codecs: stream.and_then(|stream| stream.codecs),
        })
    };
    facts.renditions = QUALITIES.iter().filter_map(rendition).collect();
}

/// Ends a transcode, or its first part: the descriptor of the file shows the assets that there are, and a pending file becomes
/// ready.
pub(crate) fn complete(tx: &mut Tx<'_>, id: &str, is_done: bool) -> Outcome<()> {
    let Some(transcode) = tx.catalog.transcode(id)? else {
        return Ok(());
    };
    if is_done {
        tx.catalog.remove_transcode(id)?;
    }
    stale::refresh(tx, &[id.to_owned()])?;
    let Some(mut file) = tx.catalog.file(id)? else {
        return Ok(());
    };
    let mut facts = Facts::from_json(&file.facts);
    let before = facts.clone();
    collect(&mut facts, &tx.catalog.assets_of(&[id])?);
    file.facts = facts.to_json();
    if file.status == Status::Pending && file.ready_at.is_none() {
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
    if file.status == Status::Ready {
        events::emit_file_updated(tx, &file)?;
    }
    Ok(())
}

/// Gives a transcode back, for a host that ends before it.
pub(crate) fn release(tx: &mut Tx<'_>, file: &str) -> Outcome<()> {
    Ok(tx.catalog.release_transcode(file)?)
}

/// Ends some transcodes that no host works on, since none decodes videos, and puts their videos into the backlog. Returns whether
/// there are more.
pub(crate) fn give_up(tx: &mut Tx<'_>) -> Outcome<bool> {
    let given_up = tx.catalog.take_transcodes(tx.context.now, i64::MAX, BATCH_SIZE)?;
    for transcode in &given_up {
        complete(tx, &transcode.file, true)?;
        if transcode.tries <= MAX_TRIES {
            tx.catalog.put_backlog(&transcode.file)?;
        }
    }
    Ok(!given_up.is_empty())
}
