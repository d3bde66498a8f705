//! Export: writing an archive.

use super::lines::{Lines, Reading};
use super::manifest::Manifest;
use super::rows::{FileRow, FolderRow};
use super::{BATCH_SIZE, BLOBS, FILES, FOLDERS, MANIFEST};
use crate::catalog::{self, BundleEntry, Entity};
use crate::manager::http::body::Body;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::ids::hex_id;
use crate::manager::site::{Cause, Site};
use crate::manager::tx::Tx;
use crate::manager::zip::Zip;
use serde::de::Error as _;

/// An archive that is being exported.
///
/// ```
/// use wix_media::manager::Manager;
///
/// let mut manager = Manager::memory()?;
/// let mut export = manager.export()?;
/// let mut bytes = vec![0; export.body.length() as usize];
/// manager.read(&mut export.body, &mut bytes)?;
/// manager.end_export(&export.id)?;
/// assert!(bytes.starts_with(b"PK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Export {
    /// The id for [`Manager::end_export`](crate::manager::Manager::end_export).
    pub id: String,
    /// The archive, a zip.
    pub body: Body,
}

/// The entries of a zip, as lines of JSON in a blob.
type Spooled = (String, String, i64, u32, i64);

/// Exports everything. The archive is a temporary bundle.
///
/// The rows of one snapshot are written to blobs outside any transaction. One transaction then adds the bundle, which
/// names these blobs and those of all files. If a blob is gone by then, that transaction conflicts.
pub(crate) fn export(site: &Site) -> Outcome<Export> {
    let id = hex_id(&*site.random);
    let mut made = Vec::new();
    let outcome = export_as(site, &id, &mut made);
    if outcome.is_err() {
        for blob in &made {
            site.discard(blob);
        }
    }
    outcome?;
    let zip = site.read(&Cause::default(), |view| Ok(Zip::new(view.catalog, &id)?))?;
    Ok(Export {
        id,
        body: Body::source(zip),
    })
}

fn export_as(site: &Site, id: &str, made: &mut Vec<String>) -> Outcome<()> {
    let blobs = &*site.blobs;
    let mut lines = || {
        let blob = site.new_blob();
        made.push(blob.clone());
        Lines::new(blob)
    };
    let (mut folder_lines, mut file_lines, mut manifest_lines, mut spool) = (lines(), lines(), lines(), lines());
    let catalog = site.catalog.read()?;
    let number = |name: &str| -> Outcome<i64> {
        let value = catalog.setting(name)?;
        Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
    };
    let mut manifest = Manifest {
        since: number("since")?,
        deletions: number("deletions")?.unsigned_abs(),
        last_event: catalog.last_event()?.unsigned_abs(),
        ..Manifest::new(&site.options().site_id)
    };
    let mut after = String::new();
    loop {
        let folders = catalog.all_folders(&after, BATCH_SIZE)?;
        let Some(last) = folders.last() else { break };
        after = last.id.clone();
        for folder in folders {
            let events = catalog.events_of(Entity::Folder, &folder.id)?;
            let line = FolderRow { folder, events }.to_line();
            folder_lines.push(blobs, line.as_bytes())?;
            manifest.folders += 1;
        }
    }
    folder_lines.flush(blobs)?;
    after.clear();
    loop {
        let files = catalog.all_files(&after, BATCH_SIZE)?;
        let Some(last) = files.last() else { break };
        after = last.id.clone();
        for file in files {
            manifest.files += 1;
            if let Some(blob) = &file.blob {
                manifest.blobs += 1;
                manifest.bytes += u64::try_from(file.size).unwrap_or(0);
                let path = format!("{BLOBS}{}", file.id);
                let entry: Spooled = (path, blob.clone(), file.size, file.crc, file.updated);
                spool.push(blobs, format!("{}\n", serde_json::to_string(&entry)?).as_bytes())?;
            }
            let events = catalog.events_of(Entity::File, &file.id)?;
            let import = catalog.import(&file.id)?.map(|import| import.request);
            let line = FileRow { file, events, import }.to_line();
            file_lines.push(blobs, line.as_bytes())?;
        }
    }
    drop(catalog);
    file_lines.flush(blobs)?;
    spool.flush(blobs)?;
    manifest_lines.push(blobs, manifest.to_text().as_bytes())?;
    manifest_lines.flush(blobs)?;
    let first = [
        manifest_lines.entry(MANIFEST),
        folder_lines.entry(FOLDERS),
        file_lines.entry(FILES),
    ];
    site.write(&Cause::default(), |tx| {
        tx.catalog.insert_bundle(id, "", true, tx.context.now)?;
        tx.catalog.insert_bundle_entries(id, 0, &first)?;
        let mut spooled = Reading::new(&spool.blob);
        let mut position = 3;
        loop {
            let mut entries = Vec::new();
            while entries.len() < BATCH_SIZE as usize
                && let Some(line) = spooled.line(blobs)?
            {
                let (path, blob, size, crc, updated): Spooled =
                    serde_json::from_str(str::from_utf8(line).map_err(serde_json::Error::custom)?)?;
                if !tx.catalog.needs_blob(&blob)? {
                    return Err(Refusal::Catalog(catalog::Error::Conflict));
                }
                entries.push(BundleEntry {
                    path,
                    blob: Some(blob),
                    size,
                    crc,
                    updated,
                });
            }
            if entries.is_empty() {
                return Ok(());
            }
            tx.catalog.insert_bundle_entries(id, position, &entries)?;
            position += i64::from(BATCH_SIZE);
        }
    })?;
    _ = blobs.remove(&spool.blob);
    Ok(())
}

/// Removes the temporary bundle of an export.
pub(crate) fn end_export(tx: &mut Tx<'_>, id: &str) -> Outcome<()> {
    if !tx.catalog.temporary_bundles(i64::MAX)?.iter().any(|other| other == id) {
        return Ok(());
    }
    let mut from = 0;
    loop {
        let entries = tx.catalog.bundle_entries(id, from, BATCH_SIZE)?;
        let Some((last, _)) = entries.last() else { break };
        from = last + 1;
        let blobs = entries.into_iter().filter_map(|(_, entry)| entry.blob);
        tx.freed.extend(blobs);
    }
    Ok(tx.catalog.remove_bundle(id)?)
}
