//! The whole manager as one archive, out and in; `docs/archive.md` is its format.
//!
//! An export is a zip of the catalog: its rows are written into blobs first, in one transaction, and what the zip needs
//! stays for as long as it is read. An import is checked while it comes and takes the place of everything in one
//! transaction at its end. Neither keeps more in memory than a few lines.

mod reader;
mod rows;

use super::body::Body;
use super::call::{Call, MAX_DEPTH};
use super::inspect::Digest;
use super::message::{Head, Response};
use super::refusal::{Outcome, Refusal};
use super::transfer::Transfers;
use super::zip::Zip;
use super::{Intake, Manager, Stage};
use crate::blobs::Blobs;
use crate::catalog::{self, ArchiveEntry, Catalog, Entity, Import};
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
    /// What [`Manager::end_export`] is told.
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
    size: u64,
    crc: crc32fast::Hasher,
    buffer: Vec<u8>,
}

impl Lines {
    fn new(blob: String) -> Lines {
        Lines {
            blob,
            size: 0,
            crc: crc32fast::Hasher::new(),
            buffer: Vec::new(),
        }
    }

    fn push(&mut self, blobs: &mut dyn Blobs, line: &[u8]) -> std::io::Result<()> {
        self.crc.update(line);
        self.buffer.extend_from_slice(line);
        if self.buffer.len() >= 1 << 16 {
            self.flush(blobs)?;
        }
        Ok(())
    }

    fn flush(&mut self, blobs: &mut dyn Blobs) -> std::io::Result<()> {
        blobs.append(&self.blob, self.size, &self.buffer)?;
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn entry(&self, path: &str) -> ArchiveEntry {
        ArchiveEntry {
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
pub(super) struct Importing {
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
    blob: Option<(String, FileRow)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    Nothing,
    Manifest,
    Folders,
    Files,
}

impl Call<'_> {
    fn export(&mut self, id: &str, since: i64) -> Outcome<()> {
        let mut manifest = Manifest {
            since,
            deletions: self.count_setting("deletions")?,
            last_event: self.catalog.last_event()?,
            ..Manifest::default()
        };
        self.catalog.insert_archive(id, "", false)?;
        let mut lines = Lines::new(self.new_blob());
        let mut after = String::new();
        loop {
            let folders = self.catalog.all_folders(&after, STEP)?;
            let Some(last) = folders.last() else { break };
            after = last.id.clone();
            for folder in folders {
                let events = self.catalog.events_of(Entity::Folder, &folder.id)?;
                let line = FolderRow { folder, events }.to_line();
                lines.push(self.blobs, line.as_bytes())?;
                manifest.folders += 1;
            }
        }
        lines.flush(self.blobs)?;
        self.catalog.insert_archive_entry(id, 1, &lines.entry(FOLDERS))?;
        let mut lines = Lines::new(self.new_blob());
        let mut position = 2;
        after.clear();
        loop {
            let files = self.catalog.all_files(&after, STEP)?;
            let Some(last) = files.last() else { break };
            after = last.id.clone();
            for file in files {
                manifest.files += 1;
                if file.blob.is_some() {
                    manifest.blobs += 1;
                    manifest.bytes += u64::try_from(file.size).unwrap_or(0);
                    position += 1;
                    let entry = ArchiveEntry {
                        path: format!("{BLOBS}{}", file.id),
                        blob: file.blob.clone(),
                        size: file.size,
                        crc: file.crc,
                        updated: file.updated,
                    };
                    self.catalog.insert_archive_entry(id, position, &entry)?;
                }
                let events = self.catalog.events_of(Entity::File, &file.id)?;
                let import = self.catalog.import(&file.id)?.map(|import| import.request);
                let line = FileRow { file, events, import }.to_line();
                lines.push(self.blobs, line.as_bytes())?;
            }
        }
        lines.flush(self.blobs)?;
        self.catalog.insert_archive_entry(id, 2, &lines.entry(FILES))?;
        let mut lines = Lines::new(self.new_blob());
        lines.push(self.blobs, manifest.to_text(&self.options.site_id).as_bytes())?;
        lines.flush(self.blobs)?;
        self.catalog.insert_archive_entry(id, 0, &lines.entry(MANIFEST))?;
        Ok(())
    }

    fn count_setting(&self, name: &str) -> Outcome<i64> {
        let value = self.catalog.setting(name)?;
        Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// Takes the place of everything.
    fn take_the_place(&mut self, importing: &Importing) -> Outcome<()> {
        let Manifest {
            since,
            deletions,
            last_event,
            ..
        } = importing.manifest;
        self.catalog.clear()?;
        self.catalog.set_setting("since", &since.to_string())?;
        self.catalog.set_setting("deletions", &deletions.to_string())?;
        self.catalog.skip_events(last_event)?;
        let stored: &dyn Blobs = self.blobs;
        self.catalog.fill(&mut |catalog| add_all(catalog, stored, importing))?;
        let levels = u32::try_from(MAX_DEPTH).unwrap_or(u32::MAX);
        if let Some((entity, id)) = self.catalog.settle_areas(levels)? {
            let entry = match entity {
                Entity::Folder => FOLDERS,
                Entity::File => FILES,
            };
            let text = format!(
                "{id} is in no place that it can be in: its parent is unknown, inside it, too deep, or not in the trash with it"
            );
            return Err(Flaw::new(entry, text).into());
        }
        Ok(())
    }
}

/// Adds what an archive holds.
fn add_all(catalog: &mut dyn Catalog, stored: &dyn Blobs, importing: &Importing) -> catalog::Result<()> {
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

impl Manager {
    /// Everything as one archive (`docs/archive.md`): folders, files, trash and bytes, but neither keys nor what is only
    /// under way. It shows the moment of this call, whatever happens while it is read; [`end_export`](Manager::end_export)
    /// gives back what it holds for that.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let mut manager = Manager::memory()?;
    /// let export = manager.export()?;
    /// assert!(export.body.length() > 0);
    /// manager.end_export(&export.id)?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn export(&mut self) -> catalog::Result<Export> {
        let id = super::time::hex_id(&mut *self.parts.random);
        let since = self.since;
        if let Err(refusal) = self.transact(&Head::default(), |call| call.export(&id, since)) {
            // What was written for it is named by nothing; the next start finds it.
            return Err(store_error(refusal));
        }
        let zip = Zip::new(&*self.parts.catalog, &id)?;
        Ok(Export {
            id,
            body: Body::source(zip),
        })
    }

    /// Ends an export, read or not. Without it, the next start does.
    ///
    /// ```
    /// # use wix_media::manager::Manager;
    /// let mut manager = Manager::memory()?;
    /// manager.end_export("never begun")?;
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn end_export(&mut self, id: &str) -> catalog::Result<()> {
        let ended = self.transact(&Head::default(), |call| {
            if !call.catalog.passing()?.iter().any(|other| other == id) {
                return Ok(());
            }
            let mut from = 0;
            loop {
                let entries = call.catalog.archive_entries(id, from, STEP)?;
                let Some((last, _)) = entries.last() else { break };
                from = last + 1;
                call.freed
                    .extend(entries.into_iter().filter_map(|(_, entry)| entry.blob));
            }
            Ok(call.catalog.remove_archive(id)?)
        });
        ended.map_err(store_error)
    }

    /// Begins an import: the archive goes in with [`feed`](Manager::feed), and [`close`](Manager::close) puts it in the
    /// place of everything that the manager holds, or says what is wrong with it and where. Until then, and after any
    /// fault, the manager is as it was.
    ///
    /// A piece of n bytes makes at most n / 70 blobs, for hosts that prepare them.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
    /// let export = manager.export()?;
    /// let archive = manager.collect(export.body)?;
    ///
    /// let mut other = Manager::memory()?;
    /// let mut intake = other.open_archive();
    /// other.feed(&mut intake, &archive);
    /// assert_eq!(other.close(intake).status, 200);
    /// let response = other.handle(Request::new("GET", "/site-media/v1/folders"));
    /// assert!(String::from_utf8(other.collect(response.body)?)?.contains("Animals"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_archive(&mut self) -> Intake {
        let mut lines = || {
            let fresh = self.parts.blobs.fresh();
            Lines::new(fresh.unwrap_or_else(|| super::time::hex_id(&mut *self.parts.random)))
        };
        let (folders, files, blobs) = (lines(), lines(), lines());
        let importing = Importing {
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
        };
        self.intake(Head::default(), Stage::Archive(Box::new(importing)))
    }

    /// Forgets everything: folders, files, trash, events, what is under way, and the bytes. Keys stay, and the numbers of
    /// events go on, so that nobody takes a new event for an old one.
    ///
    /// ```
    /// use wix_media::manager::{Manager, Request};
    ///
    /// let mut manager = Manager::memory()?;
    /// manager.handle(Request::new("POST", "/site-media/v1/folders").body(r#"{"displayName":"Animals"}"#));
    /// manager.reset()?;
    /// assert!(manager.events(0, 10)?.is_empty());
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn reset(&mut self) -> catalog::Result<()> {
        let since = self.transact(&Head::default(), |call| {
            call.catalog.clear()?;
            call.catalog.set_setting("since", &call.now.to_string())?;
            call.catalog.set_setting("deletions", "0")?;
            Ok(call.now)
        });
        self.begin_anew(since.map_err(store_error)?);
        Ok(())
    }

    /// What has to follow when other content has taken the place of what there was.
    fn begin_anew(&mut self, since: i64) {
        self.since = since;
        self.generation += 1;
        self.fetching.clear();
        self.transfers = Transfers::default();
        self.delivering.clear();
        // What cannot be removed now goes with the next start.
        _ = self.collect_orphans();
    }

    /// Takes the next bytes of an archive.
    pub(super) fn feed_archive(&mut self, importing: &mut Importing, mut bytes: &[u8]) -> Outcome<()> {
        while let Some(piece) = importing.reader.next(&mut bytes)? {
            match piece {
                Piece::Entry(entry) => self.begin_entry(importing, entry)?,
                Piece::Bytes(bytes) => self.take_bytes(importing, bytes)?,
                Piece::Whole => self.end_entry(importing)?,
            }
        }
        Ok(())
    }

    fn begin_entry(&mut self, importing: &mut Importing, entry: Entry) -> Outcome<()> {
        let fault = |text: String| Refusal::from(Flaw::new(&entry.name, text));
        importing.line = 0;
        importing.last.clear();
        importing.chapter = match (importing.chapter, entry.name.as_str()) {
            (Chapter::Nothing, MANIFEST) => Chapter::Manifest,
            (Chapter::Manifest, FOLDERS) => Chapter::Folders,
            (Chapter::Folders, FILES) => Chapter::Files,
            (Chapter::Files, name) if name.starts_with(BLOBS) => {
                let Some(row) = importing.next_waiting(&*self.parts.blobs)? else {
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
                let fresh = self.parts.blobs.fresh();
                let blob = fresh.unwrap_or_else(|| super::time::hex_id(&mut *self.parts.random));
                self.parts.blobs.append(&blob, 0, b"")?;
                importing.blob = Some((blob, row));
                Chapter::Files
            }
            _ => return Err(fault("this entry is unknown, or not in its place".to_owned())),
        };
        importing.entry = Some((entry, Digest::new()));
        Ok(())
    }

    fn take_bytes(&mut self, importing: &mut Importing, bytes: &[u8]) -> Outcome<()> {
        let Some((_, sums)) = &mut importing.entry else {
            return Ok(());
        };
        if let Some((blob, _)) = &importing.blob {
            self.parts.blobs.append(blob, sums.size(), bytes)?;
            sums.update(bytes);
            return Ok(());
        }
        sums.update(bytes);
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            if importing.text.len() + part.len() > MOST_LINE {
                return Err(importing.here("this is too long").into());
            }
            importing.text.extend_from_slice(part);
            if part.ends_with(b"\n") && importing.chapter != Chapter::Manifest {
                importing.end_line(&mut *self.parts.blobs)?;
            }
        }
        Ok(())
    }

    fn end_entry(&mut self, importing: &mut Importing) -> Outcome<()> {
        let Some((entry, sums)) = importing.entry.take() else {
            return Ok(());
        };
        let sums = sums.finish();
        if sums.crc != entry.crc {
            return Err(Flaw::new(&entry.name, "the bytes are not those that were written").into());
        }
        if let Some((blob, row)) = importing.blob.take() {
            let line = format!("{blob}\n");
            importing.blobs.push(&mut *self.parts.blobs, line.as_bytes())?;
            importing.found.blobs += 1;
            importing.found.bytes += sums.size;
            if sums.md5 != row.file.hash {
                return Err(Flaw::new(&entry.name, "the MD5 is another than that of its file").into());
            }
            self.parts.blobs.sync(&blob)?;
            return Ok(());
        }
        let text = std::mem::take(&mut importing.text);
        match importing.chapter {
            Chapter::Manifest => importing.manifest = Manifest::from_text(&text)?,
            _ if !text.is_empty() => return Err(importing.at(&entry.name, "the last line has no end").into()),
            Chapter::Files => importing.files.flush(&mut *self.parts.blobs)?,
            _ => importing.folders.flush(&mut *self.parts.blobs)?,
        }
        Ok(())
    }

    pub(super) fn end_archive(&mut self, mut importing: Importing) -> Outcome<Response> {
        let outcome = self.finish_archive(&mut importing);
        self.abandon_archive(importing);
        outcome?;
        Ok(Response::json(200, &json!({})))
    }

    fn finish_archive(&mut self, importing: &mut Importing) -> Outcome<()> {
        importing.reader.finish()?;
        if importing.chapter < Chapter::Files {
            return Err(Flaw::new(FILES, "it is missing").into());
        }
        if let Some(row) = importing.next_waiting(&*self.parts.blobs)? {
            return Err(Flaw::new(&format!("{BLOBS}{}", row.file.id), "it is missing").into());
        }
        let Manifest {
            folders,
            files,
            blobs,
            bytes,
            ..
        } = importing.found;
        let said = importing.manifest;
        if (folders, files, blobs, bytes) != (said.folders, said.files, said.blobs, said.bytes) {
            return Err(Flaw::new(MANIFEST, "it counts other things than the archive holds").into());
        }
        importing.blobs.flush(&mut *self.parts.blobs)?;
        self.transact(&Head::default(), |call| call.take_the_place(importing))?;
        self.begin_anew(said.since);
        Ok(())
    }

    /// Removes what an import left, but for what rows name by now.
    pub(super) fn abandon_archive(&mut self, mut importing: Importing) {
        // What cannot be read or removed now is an orphan, and goes with the next start.
        let blobs = &mut *self.parts.blobs;
        _ = importing.blobs.flush(blobs);
        let mut made = Reading::new(&importing.blobs.blob);
        let mut unused: Vec<String> = importing.blob.take().map(|(blob, _)| blob).into_iter().collect();
        while let Ok(Some(blob)) = made.line(blobs) {
            let blob = String::from_utf8_lossy(blob).into_owned();
            if matches!(self.parts.catalog.needs_blob(&blob), Ok(false)) {
                _ = blobs.remove(&blob);
            }
        }
        unused.extend([importing.folders.blob, importing.files.blob, importing.blobs.blob]);
        for blob in unused {
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
    fn end_line(&mut self, blobs: &mut dyn Blobs) -> Outcome<()> {
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

/// Of a refusal that nobody's request caused.
pub(super) fn store_error(refusal: Refusal) -> catalog::Error {
    match refusal {
        Refusal::Internal(cause) => catalog::Error::Store(cause),
        other => {
            let status = other.into_response().status;
            catalog::Error::Store(format!("the manager refused with status {status}").into())
        }
    }
}
