//! The whole manager as one archive, out and in; `docs/archive.md` is its format.
//!
//! An export is a zip of the catalog: its rows are written into blobs first, in one transaction, and what the zip needs
//! stays for as long as it is read. An import is checked while it comes and takes the place of everything in one
//! transaction at its end. Neither keeps more in memory than a few lines.

mod reader;
mod rows;

use super::http::body::Body;
use super::http::error::{Outcome, Refusal};
use super::ids::hex_id;
use super::inspect::Digest;
use super::items::target::MAX_DEPTH;
use super::site::{Cause, Site, next_generation};
use super::tx::Tx;
use super::zip::Zip;
use crate::blobs::{Blobs, Writer};
use crate::catalog::{self, BundleEntry, Entity, Import, Write};
use reader::{Entry, Piece, Reader};
use rows::{FileRow, FolderRow};
use serde_json::{Value, json};
use std::fmt;

/// What the manifest calls the format.
const FORMAT: &str = "wix-media-archive";
/// The version that this release writes, and the last one that it reads.
const VERSION: u64 = 1;

const MANIFEST: &str = "manifest.json";
const FOLDERS: &str = "folders.jsonl";
const FILES: &str = "files.jsonl";
const BLOBS: &str = "blobs/";

/// The largest manifest, and the longest line.
const MOST_LINE: usize = 4 << 20;
/// How many rows are looked up at once.
const STEP: u32 = 500;

/// An archive on its way out.
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
    /// What [`Manager::end_export`](crate::manager::Manager::end_export) is told.
    pub id: String,
    /// The archive, a zip.
    pub body: Body,
}

/// What is wrong with an archive, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Flaw {
    /// The entry, where one is known.
    entry: Option<String>,
    line: Option<u64>,
    /// How far into the archive.
    byte: Option<u64>,
    newer: Option<u64>,
    text: String,
}

impl Flaw {
    fn new(entry: &str, text: impl Into<String>) -> Flaw {
        Flaw {
            entry: Some(entry.to_owned()),
            line: None,
            byte: None,
            newer: None,
            text: text.into(),
        }
    }

    fn at_byte(byte: u64, text: impl Into<String>) -> Flaw {
        Flaw {
            byte: Some(byte),
            entry: None,
            ..Flaw::new("", text)
        }
    }

    fn at_line(entry: &str, line: u64, text: impl Into<String>) -> Flaw {
        Flaw {
            line: Some(line),
            ..Flaw::new(entry, text)
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.entry {
            write!(out, "{entry}")?;
        }
        if let Some(line) = self.line {
            write!(out, ", line {line}")?;
        }
        if let Some(byte) = self.byte {
            write!(out, "byte {byte}")?;
        }
        write!(out, ": {}", self.text)
    }
}

impl From<Flaw> for Refusal {
    fn from(fault: Flaw) -> Refusal {
        let mut data = json!({});
        if let Some(entry) = &fault.entry {
            data["entry"] = entry.as_str().into();
        }
        if let Some(line) = fault.line {
            data["line"] = line.into();
        }
        if let Some(byte) = fault.byte {
            data["byte"] = byte.into();
        }
        let code = match fault.newer {
            Some(version) => {
                data["version"] = version.into();
                "ARCHIVE_NEWER"
            }
            None => "ARCHIVE_INVALID",
        };
        Refusal::with_data(400, code, fault.to_string(), data)
    }
}

/// Lines on their way into a blob.
#[derive(Debug)]
struct Lines {
    blob: String,
    writer: Option<Writer>,
    size: u64,
    crc: crc32fast::Hasher,
    buffer: Vec<u8>,
}

impl Lines {
    fn new(blob: String) -> Lines {
        Lines {
            blob,
            writer: None,
            size: 0,
            crc: crc32fast::Hasher::new(),
            buffer: Vec::new(),
        }
    }

    fn push(&mut self, blobs: &dyn Blobs, line: &[u8]) -> std::io::Result<()> {
        self.crc.update(line);
        self.buffer.extend_from_slice(line);
        if self.buffer.len() >= 1 << 16 {
            self.flush(blobs)?;
        }
        Ok(())
    }

    fn flush(&mut self, blobs: &dyn Blobs) -> std::io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(blobs.open_writer(&self.blob, 0)?),
        };
        blobs.append(writer, &self.buffer)?;
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn entry(&self, path: &str) -> BundleEntry {
        BundleEntry {
            path: path.to_owned(),
            blob: Some(self.blob.clone()),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            crc: self.crc.clone().finalize(),
            updated: 0,
        }
    }
}

/// The lines in a blob, one after the other.
#[derive(Debug)]
struct Reading {
    blob: String,
    at: u64,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins.
    next: usize,
}

impl Reading {
    fn new(blob: &str) -> Reading {
        Reading {
            blob: blob.to_owned(),
            at: 0,
            buffer: Vec::new(),
            next: 0,
        }
    }

    /// The next line without its end.
    fn line(&mut self, blobs: &dyn Blobs) -> std::io::Result<Option<&[u8]>> {
        let mut searched = self.next;
        loop {
            if let Some(length) = self.buffer[searched..].iter().position(|&byte| byte == b'\n') {
                let from = std::mem::replace(&mut self.next, searched + length + 1);
                return Ok(Some(&self.buffer[from..searched + length]));
            }
            self.buffer.drain(..self.next);
            self.next = 0;
            searched = self.buffer.len();
            self.buffer.resize(searched + (1 << 16), 0);
            let count = blobs.read(&self.blob, self.at, &mut self.buffer[searched..])?;
            self.buffer.truncate(searched + count);
            self.at += count as u64;
            if count == 0 {
                return Ok(None);
            }
        }
    }
}

/// What a manifest says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Manifest {
    since: i64,
    deletions: i64,
    last_event: i64,
    folders: u64,
    files: u64,
    blobs: u64,
    bytes: u64,
}

impl Manifest {
    fn to_text(self, site_id: &str) -> String {
        let Manifest {
            since,
            deletions,
            last_event,
            folders,
            files,
            blobs,
            bytes,
        } = self;
        let site_id = Value::from(site_id);
        format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {VERSION},\n  \"siteId\": {site_id},\n  \"since\": {since},\n  \
             \"deletions\": {deletions},\n  \"lastEvent\": {last_event},\n  \"folders\": {folders},\n  \
             \"files\": {files},\n  \"blobs\": {blobs},\n  \"bytes\": {bytes}\n}}\n"
        )
    }

    fn from_text(text: &[u8]) -> Result<Manifest, Flaw> {
        let fault = |text: String| Flaw::new(MANIFEST, text);
        let value: Value = serde_json::from_slice(text).map_err(|error| fault(format!("this is no JSON: {error}")))?;
        if value["format"] != FORMAT {
            return Err(fault("this is no archive of a manager".to_owned()));
        }
        let version = value["version"].as_u64().unwrap_or(0);
        if version > VERSION {
            return Err(Flaw {
                newer: Some(version),
                ..fault(format!(
                    "the archive has version {version}, which this release cannot read"
                ))
            });
        }
        if version == 0 {
            return Err(fault("version must be a number from 1 on".to_owned()));
        }
        let count = |name: &str| {
            let count = value[name].as_i64().filter(|count| *count >= 0);
            count.ok_or_else(|| fault(format!("{name} must be a whole number that is not negative")))
        };
        let number = |name: &str| count(name).map(i64::unsigned_abs);
        let since = value["since"].as_i64();
        Ok(Manifest {
            since: since.ok_or_else(|| fault("since must be a whole number".to_owned()))?,
            deletions: count("deletions")?,
            last_event: count("lastEvent")?,
            folders: number("folders")?,
            files: number("files")?,
            blobs: number("blobs")?,
            bytes: number("bytes")?,
        })
    }
}

/// An archive on its way in.
#[derive(Debug)]
pub(crate) struct Importing {
    reader: Reader,
    /// How far the order of entries has come.
    chapter: Chapter,
    /// The entry under way, with its sums so far.
    entry: Option<(Entry, Digest)>,
    /// The manifest so far, or the line so far.
    text: Vec<u8>,
    line: u64,
    /// The last id, behind which the next one has to be.
    last: String,
    manifest: Manifest,
    found: Manifest,
    folders: Lines,
    files: Lines,
    /// The new blobs, in the order of the files that have bytes.
    blobs: Lines,
    /// The files whose bytes are still to come.
    waiting: Reading,
    /// The blob under way.
    blob: Option<(Writer, FileRow)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    Nothing,
    Manifest,
    Folders,
    Files,
}

/// Entries of a zip, spooled as lines of JSON.
type Spooled = (String, String, i64, u32, i64);

/// Writes everything as an archive, which is then a temporary bundle with this id.
///
/// The rows of one snapshot are written into blobs, outside of any transaction. The bundle that names them and the blobs of all
/// files follows in one, in which a blob that has gone meanwhile is a conflict.
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
        deletions: number("deletions")?,
        last_event: catalog.last_event()?,
        ..Manifest::default()
    };
    let mut after = String::new();
    loop {
        let folders = catalog.all_folders(&after, STEP)?;
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
        let files = catalog.all_files(&after, STEP)?;
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
    manifest_lines.push(blobs, manifest.to_text(&site.options().site_id).as_bytes())?;
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
            while entries.len() < STEP as usize
                && let Some(line) = spooled.line(blobs)?
            {
                let (path, blob, size, crc, updated): Spooled = serde_json::from_slice(line)?;
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
            position += i64::from(STEP);
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
        let entries = tx.catalog.bundle_entries(id, from, STEP)?;
        let Some((last, _)) = entries.last() else { break };
        from = last + 1;
        let blobs = entries.into_iter().filter_map(|(_, entry)| entry.blob);
        tx.freed.extend(blobs);
    }
    Ok(tx.catalog.remove_bundle(id)?)
}

/// Forgets everything but keys. The numbers of events go on, so that nobody takes a new event for an old one.
pub(crate) fn reset(site: &Site) -> Outcome<()> {
    let now = site.clock.now();
    let cause = Cause {
        at: Some(now),
        ..Cause::default()
    };
    site.write(&cause, |tx| {
        tx.catalog.clear(now)?;
        tx.catalog.set_setting("since", &now.to_string())?;
        tx.catalog.set_setting("deletions", "0")?;
        next_generation(tx)
    })?;
    // A blob that cannot be removed now is removed by the sweep.
    _ = site.remove_doomed(now, now);
    Ok(())
}

/// Replaces the whole catalog with the imported rows.
fn replace_all(tx: &mut Tx<'_>, stored: &dyn Blobs, importing: &Importing) -> Outcome<()> {
    let Manifest {
        since,
        deletions,
        last_event,
        ..
    } = importing.manifest;
    tx.catalog.clear(tx.context.now)?;
    tx.catalog.set_setting("since", &since.to_string())?;
    tx.catalog.set_setting("deletions", &deletions.to_string())?;
    tx.catalog.skip_events(last_event)?;
    next_generation(tx)?;
    tx.catalog.begin_load()?;
    add_all(tx.catalog, stored, importing)?;
    tx.catalog.end_load()?;
    let levels = u32::try_from(MAX_DEPTH).unwrap_or(u32::MAX);
    if let Some((entity, id)) = tx.catalog.settle_areas(levels)? {
        let entry = match entity {
            Entity::Folder => FOLDERS,
            Entity::File => FILES,
        };
        let text = format!(
            "invalid parent of {id}: unknown, a descendant, nested too deeply, or not in the trash together with the item"
        );
        return Err(Flaw::new(entry, text).into());
    }
    Ok(())
}

/// Adds the rows of an archive.
fn add_all(catalog: &mut dyn Write, stored: &dyn Blobs, importing: &Importing) -> catalog::Result<()> {
    let damaged = |text: String| catalog::Error::Store(text.into());
    let lost = |error: std::io::Error| catalog::Error::Store(Box::new(error));
    let mut folders = Reading::new(&importing.folders.blob);
    while let Some(line) = folders.line(stored).map_err(lost)? {
        let FolderRow { folder, events } = FolderRow::from_line(line).map_err(damaged)?;
        catalog.insert_folder(&folder)?;
        catalog.set_events_of(Entity::Folder, &folder.id, events)?;
    }
    let mut files = Reading::new(&importing.files.blob);
    let mut blobs = Reading::new(&importing.blobs.blob);
    while let Some(line) = files.line(stored).map_err(lost)? {
        let FileRow {
            mut file,
            events,
            import,
        } = FileRow::from_line(line).map_err(damaged)?;
        if file.blob.is_some() {
            let blob = blobs.line(stored).map_err(lost)?.unwrap_or_default();
            file.blob = Some(String::from_utf8_lossy(blob).into_owned());
        }
        catalog.insert_file(&file)?;
        catalog.set_events_of(Entity::File, &file.id, events)?;
        if let Some(request) = import {
            let file = file.id;
            catalog.put_import(&Import { file, request })?;
        }
    }
    Ok(())
}

impl Importing {
    /// Begins to take an archive.
    pub(crate) fn new(site: &Site) -> Importing {
        let lines = || Lines::new(site.new_blob());
        let (folders, files, blobs) = (lines(), lines(), lines());
        Importing {
            reader: Reader::default(),
            chapter: Chapter::Nothing,
            entry: None,
            text: Vec::new(),
            line: 0,
            last: String::new(),
            manifest: Manifest::default(),
            found: Manifest::default(),
            waiting: Reading::new(&files.blob),
            folders,
            files,
            blobs,
            blob: None,
        }
    }

    /// Takes the next bytes of the archive.
    pub(crate) fn feed(&mut self, site: &Site, mut bytes: &[u8]) -> Outcome<()> {
        while let Some(piece) = self.reader.next(&mut bytes)? {
            match piece {
                Piece::Entry(entry) => self.begin_entry(site, entry)?,
                Piece::Bytes(bytes) => self.take_bytes(site, bytes)?,
                Piece::Whole => self.end_entry(site)?,
            }
        }
        Ok(())
    }

    fn begin_entry(&mut self, site: &Site, entry: Entry) -> Outcome<()> {
        let fault = |text: String| Refusal::from(Flaw::new(&entry.name, text));
        self.line = 0;
        self.last.clear();
        self.chapter = match (self.chapter, entry.name.as_str()) {
            (Chapter::Nothing, MANIFEST) => Chapter::Manifest,
            (Chapter::Manifest, FOLDERS) => Chapter::Folders,
            (Chapter::Folders, FILES) => Chapter::Files,
            (Chapter::Files, name) if name.starts_with(BLOBS) => {
                let Some(row) = self.next_waiting(&*site.blobs)? else {
                    return Err(fault("there is no file for it".to_owned()));
                };
                let id = &row.file.id;
                if name[BLOBS.len()..] != *id {
                    return Err(fault(format!("the next blob has to be that of {id}")));
                }
                let size = u64::try_from(row.file.size).unwrap_or(0);
                if size != entry.size || row.file.crc != entry.crc {
                    let text = format!("the archive and {FILES} do not agree about its size and sum");
                    return Err(fault(text));
                }
                let writer = site.blobs.open_writer(&site.new_blob(), 0)?;
                self.blob = Some((writer, row));
                Chapter::Files
            }
            _ => return Err(fault("this entry is unknown, or not in its place".to_owned())),
        };
        self.entry = Some((entry, Digest::new()));
        Ok(())
    }

    fn take_bytes(&mut self, site: &Site, bytes: &[u8]) -> Outcome<()> {
        let Some((_, digest)) = &mut self.entry else {
            return Ok(());
        };
        if let Some((writer, _)) = &mut self.blob {
            site.blobs.append(writer, bytes)?;
            digest.update(bytes);
            return Ok(());
        }
        digest.update(bytes);
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            if self.text.len() + part.len() > MOST_LINE {
                return Err(self.here("this is too long").into());
            }
            self.text.extend_from_slice(part);
            if part.ends_with(b"\n") && self.chapter != Chapter::Manifest {
                self.end_line(&*site.blobs)?;
            }
        }
        Ok(())
    }

    fn end_entry(&mut self, site: &Site) -> Outcome<()> {
        let Some((entry, digest)) = self.entry.take() else {
            return Ok(());
        };
        let digested = digest.finish();
        if digested.crc != entry.crc {
            return Err(Flaw::new(&entry.name, "the bytes are not those that were written").into());
        }
        if let Some((writer, row)) = self.blob.take() {
            let blob = writer.id().to_owned();
            let line = format!("{blob}\n");
            self.blobs.push(&*site.blobs, line.as_bytes())?;
            self.found.blobs += 1;
            self.found.bytes += digested.size;
            if digested.md5 != row.file.hash {
                return Err(Flaw::new(&entry.name, "the MD5 is another than that of its file").into());
            }
            site.blobs.sync(&blob)?;
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        match self.chapter {
            Chapter::Manifest => self.manifest = Manifest::from_text(&text)?,
            _ if !text.is_empty() => return Err(self.at(&entry.name, "the last line has no end").into()),
            Chapter::Files => self.files.flush(&*site.blobs)?,
            _ => self.folders.flush(&*site.blobs)?,
        }
        Ok(())
    }

    /// Checks that the archive is complete, and replaces everything by what it holds. A refusal leaves everything as it was.
    pub(crate) fn finish(mut self, site: &Site, cause: &Cause) -> Outcome<()> {
        let outcome = self.replace(site, cause);
        self.abandon(site);
        outcome
    }

    fn replace(&mut self, site: &Site, cause: &Cause) -> Outcome<()> {
        self.reader.finish()?;
        if self.chapter < Chapter::Files {
            return Err(Flaw::new(FILES, "it is missing").into());
        }
        if let Some(row) = self.next_waiting(&*site.blobs)? {
            return Err(Flaw::new(&format!("{BLOBS}{}", row.file.id), "it is missing").into());
        }
        let Manifest {
            folders,
            files,
            blobs,
            bytes,
            ..
        } = self.found;
        let said = self.manifest;
        if (folders, files, blobs, bytes) != (said.folders, said.files, said.blobs, said.bytes) {
            return Err(Flaw::new(MANIFEST, "it counts other things than the archive holds").into());
        }
        self.blobs.flush(&*site.blobs)?;
        let now = site.clock.now();
        let cause = Cause {
            at: Some(now),
            ..cause.clone()
        };
        site.write(&cause, |tx| replace_all(tx, &*site.blobs, self))?;
        // A blob that cannot be removed now is removed by the sweep.
        _ = site.remove_doomed(now, now);
        Ok(())
    }

    /// Removes the blobs that rows do not name by now.
    pub(crate) fn abandon(mut self, site: &Site) {
        // Blobs that cannot be read or removed now are orphans, which the sweep removes.
        let blobs = &*site.blobs;
        _ = self.blobs.flush(blobs);
        let mut made = Reading::new(&self.blobs.blob);
        while let Ok(Some(blob)) = made.line(blobs) {
            site.discard(&String::from_utf8_lossy(blob));
        }
        let unfinished = self.blob.take().map(|(writer, _)| writer.id().to_owned());
        let lines = [self.folders.blob, self.files.blob, self.blobs.blob];
        for blob in lines.into_iter().chain(unfinished) {
            _ = blobs.remove(&blob);
        }
    }
}

impl Importing {
    fn at(&self, entry: &str, text: impl Into<String>) -> Flaw {
        Flaw::at_line(entry, self.line + 1, text)
    }

    /// A fault in the line under way.
    fn here(&self, text: impl Into<String>) -> Flaw {
        let entry = self.entry.as_ref().map(|(entry, _)| entry.name.clone());
        self.at(&entry.unwrap_or_default(), text)
    }

    /// Checks a line and keeps it.
    fn end_line(&mut self, blobs: &dyn Blobs) -> Outcome<()> {
        let line = std::mem::take(&mut self.text);
        let id = if self.chapter == Chapter::Folders {
            let row = FolderRow::from_line(&line).map_err(|text| self.here(text))?;
            self.found.folders += 1;
            self.folders.push(blobs, &line)?;
            row.folder.id
        } else {
            let row = FileRow::from_line(&line).map_err(|text| self.here(text))?;
            self.found.files += 1;
            self.files.push(blobs, &line)?;
            row.file.id
        };
        if id <= self.last {
            let text = format!(
                "{id} does not come behind {}: ids are in order, and each is there once",
                self.last
            );
            return Err(self.here(text).into());
        }
        self.last = id;
        self.line += 1;
        Ok(())
    }

    /// The next file whose bytes are still to come.
    fn next_waiting(&mut self, blobs: &dyn Blobs) -> Outcome<Option<FileRow>> {
        if self.found.files == 0 {
            return Ok(None);
        }
        while let Some(line) = self.waiting.line(blobs)? {
            let row = FileRow::from_line(line).map_err(|text| Refusal::Internal(text.into()))?;
            if row.file.blob.is_some() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}
