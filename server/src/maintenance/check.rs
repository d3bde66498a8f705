//! `check`: does the store open and behave? `fsck`: do the bytes of all files agree with the catalog?

use super::{Outcome, say};
use crate::failure::Failure;
use crate::settings::Depth;
use crate::storage::{Opened, Storage};
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};
use wix_media::blobs::Blobs;
use wix_media::manager::{Check, Damage, Manager};
use wix_media_s3::Bucket;

/// What the blob of a check holds.
const PROBE: &[u8] = b"written by wix-media-server check";

/// Checks the catalog as a whole, and that blobs can be written, read and deleted.
pub(super) fn stores(storage: &Storage, opened: &Opened, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let manager = &opened.manager;
    let mut check = Check::catalog();
    while manager.check(&mut check).map_err(|error| storage.unusable(&error))? {}
    let is_whole = check.is_catalog_whole() == Some(true);
    say(
        out,
        if is_whole {
            "the catalog is whole"
        } else {
            "the catalog is damaged: restore a backup"
        },
    )?;
    let is_fit = bytes(&*opened.blobs, opened.bucket.as_ref(), out)?;
    Ok(if is_whole && is_fit {
        Outcome::Whole
    } else {
        Outcome::Damaged
    })
}

/// Checks that blobs can be written, read and deleted where those of the first site of a database will be.
pub(super) fn without_site(storage: &Storage, out: &mut dyn Write) -> Result<Outcome, Failure> {
    say(
        out,
        "there is no site yet: wix-media-server serve creates its own when it first starts, and wix-media-server site create adds others",
    )?;
    let is_fit = storage.try_blobs(&format!("check-{}", moment()), |blobs, bucket| {
        bytes(blobs, bucket, out)
    })?;
    Ok(if is_fit { Outcome::Whole } else { Outcome::Damaged })
}

/// Checks that blobs can be written, read and deleted. Returns whether their bucket, if there is one, does all that is needed.
fn bytes(blobs: &dyn Blobs, bucket: Option<&Bucket>, out: &mut dyn Write) -> Result<bool, Failure> {
    probe(blobs).map_err(|error| Failure(format!("cannot use the blobs: {error}")))?;
    say(out, "blobs can be written, read and deleted")?;
    bucket.map_or(Ok(true), |bucket| try_out(bucket, out))
}

/// Tries out what the store of a bucket can be trusted with. Returns whether that is all that is needed.
fn try_out(bucket: &Bucket, out: &mut dyn Write) -> Result<bool, Failure> {
    let trial = bucket.try_out();
    let trial = trial.map_err(|error| Failure(format!("cannot use the bucket: {error}")))?;
    for fault in trial.faults() {
        say(out, fault)?;
    }
    let is_fit = trial.faults().is_empty();
    if is_fit {
        say(out, "the bucket has ranges, parts and conditional writes")?;
    }
    Ok(is_fit)
}

/// Writes a blob, reads it, and removes it.
fn probe(blobs: &dyn Blobs) -> std::io::Result<()> {
    let id = blobs.fresh().unwrap_or_else(|| format!("check-{}", moment()));
    let written = written(blobs, &id);
    // Whatever has failed before, nothing is left behind.
    let removed = blobs.remove(&id);
    written?;
    removed
}

fn written(blobs: &dyn Blobs, id: &str) -> std::io::Result<()> {
    let mut writer = blobs.open_writer(id, 0)?;
    blobs.append(&mut writer, PROBE)?;
    blobs.sync(id)?;
    blobs.end_writer(id)?;
    let mut found = [0; PROBE.len()];
    let count = blobs.read(id, 0, &mut found)?;
    if found[..count] != *PROBE {
        return Err(std::io::Error::other("a blob does not hold what was written to it"));
    }
    Ok(())
}

/// Nanoseconds since 1970.
fn moment() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos()
}

/// Compares the catalog with the bytes of all files, and names those that are damaged.
pub(super) fn files(
    storage: &Storage,
    manager: &Manager,
    depth: Depth,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let mut check = match depth {
        Depth::All => Check::default(),
        Depth::Sizes => Check::sizes(),
        // Another part of the files each time.
        Depth::Sample(one_in) => {
            let first = u32::try_from(moment() / 1000 % u128::from(one_in.get())).unwrap_or(0);
            Check::sample(one_in, first)
        }
    };
    let damaged = report(manager, storage, &mut check, out)?;
    let (files, bytes) = (check.files(), check.bytes());
    say(out, &format!("{files} files, {bytes} bytes, {damaged} damaged"))?;
    Ok(if damaged == 0 { Outcome::Whole } else { Outcome::Damaged })
}

/// Runs a check to its end. Returns the number of damaged files.
fn report(manager: &Manager, storage: &Storage, check: &mut Check, out: &mut dyn Write) -> Result<u64, Failure> {
    let mut damaged = 0;
    loop {
        let goes_on = manager.check(check).map_err(|error| storage.unusable(&error))?;
        for damage in check.take_damage() {
            damaged += 1;
            say(out, &line(&damage))?;
        }
        if !goes_on {
            return Ok(damaged);
        }
    }
}

/// A damaged file: what is wrong, its id, where its bytes are, and its name.
pub(super) fn line(damage: &Damage) -> String {
    let or_none = |text: &str| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.to_owned()
        }
    };
    format!(
        "{}\t{}\t{}\t{}",
        damage.problem.as_str(),
        or_none(&damage.file_id),
        or_none(&damage.blob),
        // Names can contain line breaks.
        damage.display_name.replace(char::is_control, " ")
    )
}
