//! Import: an archive is checked as it arrives, and replaces everything at once.
//!
//! The lines of the archive are kept in blobs until its last byte has been checked. Where the store can do that, a second one
//! is then built beside it, in steps, and put in its place by [`Importing::finish`]. Elsewhere `finish` replaces the rows in one
//! transaction. Either way a crash leaves the old content or the new one, whole, and blobs for the sweep.

use super::export::MAX_NAMED;
use super::lines::{Lines, Reading};
use super::manifest::Manifest;
use super::reader::{Entry, Piece, Reader};
use super::rows::{FileRow, FolderRow};
use super::{BLOBS, FILES, FOLDERS, Flaw, MANIFEST};
use crate::blobs::{Blobs, Writer};
use crate::catalog::{self, Area, BuildWriter, Entity, Import, Write};
use crate::manager::clock::Pace;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::inspect::Digest;
use crate::manager::items::content::can_have_assets;
use crate::manager::items::target::MAX_DEPTH;
use crate::manager::items::verify::Damage;
use crate::manager::options::Options;
use crate::manager::site::{Cause, Site, check_current, next_generation, set_generation};
use crate::manager::tx::Tx;
use crate::manager::unnamed::{self, Age};
use crate::model::system_folder;
use serde_json::{Value, json};
use std::sync::Arc;

/// The maximum size of the manifest, and of a line.
const MAX_LINE_LEN: usize = 4 << 20;

/// An archive that is being imported.
#[derive(Debug)]
pub(crate) struct Importing {
    reader: Reader,
    /// The position in the fixed order of entries.
    chapter: Chapter,
    /// The current entry, with its checksums so far.
    entry: Option<(Entry, Digest)>,
    /// The received part of the manifest or of the current line.
    text: Vec<u8>,
    line: u64,
    /// The last id. The next one must be greater.
    last: String,
    manifest: Manifest,
    found: Manifest,
    folders: Lines,
    files: Lines,
    /// The new blobs, in the order of their files.
    blobs: Lines,
    /// The files whose bytes are expected, as lines.
    waiting: Reading,
    /// The blob that is being received.
    blob: Option<(Writer, FileRow)>,
    /// The first files of the archive that are without their bytes.
    damage: Vec<Damage>,
    progress: Progress,
    /// The age of its blobs.
    age: Age,
    /// Tells that this archive is being received: see [`Site::has_unnamed_blobs`].
    _alive: Arc<()>,
}

/// How far the new content is.
enum Progress {
    Receiving,
    /// Complete. The lines behind the last file with bytes have not been looked at.
    Received,
    /// Complete and checked, but not built: it replaces the old content in one transaction.
    Checked,
    Building(Box<Building>),
    /// Built beside the old content.
    Built,
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Progress")
    }
}

/// A catalog that is built in steps.
struct Building {
    writer: BuildWriter,
    options: Arc<Options>,
    folders: Reading,
    /// The blob with the lines of the files.
    listed: String,
    /// `None` until all folders have been added.
    files: Option<Reading>,
    blobs: Reading,
    /// The area of the folder of the last file, which most often is that of the next one too.
    parent: Option<(String, Option<Area>)>,
    /// The number of rows added in one step.
    pace: Pace,
}

/// The number of rows added in the first step.
const STEP_ROWS: u32 = 50;

/// The number of lines looked at in one step.
const STEP_LINES: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    Nothing,
    Manifest,
    Folders,
    Files,
}

/// Replaces the whole catalog with the imported rows.
fn replace_all(tx: &mut Tx<'_>, stored: &dyn Blobs, importing: &Importing) -> Outcome<()> {
    tx.catalog.clear(tx.context.now)?;
    set_counters(tx.catalog, &importing.manifest)?;
    next_generation(tx)?;
    tx.catalog.begin_load()?;
    let mut folders = Reading::new(&importing.folders.blob);
    while add_folder(tx.catalog, stored, &mut folders)? {}
    let mut files = Reading::new(&importing.files.blob);
    let mut blobs = Reading::new(&importing.blobs.blob);
    while let Some(row) = next_file(stored, &mut files, &mut blobs)? {
        add_file(tx.catalog, tx.context.options, row)?;
    }
    tx.catalog.end_load()?;
    check_places(tx.catalog)
}

fn set_counters(catalog: &mut dyn Write, manifest: &Manifest) -> Outcome<()> {
    catalog.set_setting("since", &manifest.since.to_string())?;
    catalog.set_setting("deletions", &manifest.deletions.to_string())?;
    catalog.skip_events(i64::try_from(manifest.last_event).unwrap_or(i64::MAX))?;
    Ok(())
}

/// Sets the areas of all items, and refuses a place that none can have.
fn check_places(catalog: &mut dyn Write) -> Outcome<()> {
    let levels = u32::try_from(MAX_DEPTH).unwrap_or(u32::MAX);
    match catalog.settle_areas(levels)? {
        Some((entity, id)) => Err(misplaced(entity, &id)),
        None => Ok(()),
    }
}

fn misplaced(entity: Entity, id: &str) -> Refusal {
    let entry = match entity {
        Entity::Folder => FOLDERS,
        Entity::File => FILES,
    };
    let text = format!(
        "invalid parent of {id}: unknown, a descendant, nested too deeply, or not in the trash together with the item"
    );
    Flaw::new(entry, text).into()
}

fn damaged(text: String) -> catalog::Error {
    catalog::Error::Store(text.into())
}

fn lost(error: std::io::Error) -> catalog::Error {
    catalog::Error::Store(Box::new(error))
}

/// Adds the next folder. Returns whether there was one.
fn add_folder(catalog: &mut dyn Write, stored: &dyn Blobs, folders: &mut Reading) -> catalog::Result<bool> {
    let Some(line) = folders.line(stored).map_err(lost)? else {
        return Ok(false);
    };
    let FolderRow { folder, events } = FolderRow::from_line(line).map_err(damaged)?;
    catalog.insert_folder(&folder)?;
    catalog.set_events_of(Entity::Folder, &folder.id, events)?;
    Ok(true)
}

/// Reads the next file, with the blob that has its bytes.
fn next_file(stored: &dyn Blobs, files: &mut Reading, blobs: &mut Reading) -> catalog::Result<Option<FileRow>> {
    let Some(line) = files.line(stored).map_err(lost)? else {
        return Ok(None);
    };
    let mut row = FileRow::from_line(line).map_err(damaged)?;
    if row.file.blob.is_some() {
        let blob = blobs.line(stored).map_err(lost)?.unwrap_or_default();
        row.file.blob = Some(String::from_utf8_lossy(blob).into_owned());
    }
    Ok(Some(row))
}

fn add_file(catalog: &mut dyn Write, options: &Options, row: FileRow) -> catalog::Result<()> {
    catalog.insert_file(&row.file)?;
    catalog.set_events_of(Entity::File, &row.file.id, row.events)?;
    if can_have_assets(options, &row.file) {
        catalog.put_backlog(&row.file.id)?;
    }
    if let Some(request) = row.import {
        let file = row.file.id;
        catalog.put_import(&Import { file, request })?;
    }
    Ok(())
}

impl Building {
    /// Adds some rows. Returns whether there are more.
    fn step(&mut self, stored: &dyn Blobs) -> Outcome<bool> {
        let catalog = &mut *self.writer;
        let Some(files) = &mut self.files else {
            for _ in 0..self.pace.count() {
                if !add_folder(catalog, stored, &mut self.folders)? {
                    // All folders are there, so that the place of each file is known when it is added.
                    check_places(catalog)?;
                    self.files = Some(Reading::new(&self.listed));
                    break;
                }
            }
            return Ok(true);
        };
        for _ in 0..self.pace.count() {
            let Some(mut row) = next_file(stored, files, &mut self.blobs)? else {
                return Ok(false);
            };
            let file = &mut row.file;
            if self.parent.as_ref().is_none_or(|(id, _)| *id != file.parent) {
                let area = match system_folder::area_of(&file.parent) {
                    Some(area) => Some(area),
                    None => catalog.folder(&file.parent)?.map(|folder| folder.area),
                };
                self.parent = Some((file.parent.clone(), area));
            }
            let area = self.parent.as_ref().and_then(|(_, area)| *area);
            if (file.area, area) == (Area::Site, Some(Area::Visitors)) {
                file.area = Area::Visitors;
            }
            if area != Some(file.area) {
                return Err(misplaced(Entity::File, &file.id));
            }
            add_file(catalog, &self.options, row)?;
        }
        Ok(true)
    }
}

impl Importing {
    /// Begins to import an archive.
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
            damage: Vec::new(),
            progress: Progress::Receiving,
            age: Age::new(site),
            _alive: Arc::clone(&site.archives),
        }
    }

    /// Takes the next bytes of the archive.
    pub(crate) fn feed(&mut self, site: &Site, mut bytes: &[u8]) -> Outcome<()> {
        self.age.renew(site, |age| unnamed::suspend_scans(site, age));
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
                    return Err(fault("its file is missing".to_owned()));
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
            if self.text.len() + part.len() > MAX_LINE_LEN {
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
            site.blobs.seal(&blob)?;
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        match self.chapter {
            Chapter::Manifest => self.manifest = Manifest::from_text(&text)?,
            _ if !text.is_empty() => return Err(self.at(&entry.name, "the last line has no end").into()),
            Chapter::Files => self.files.close(&*site.blobs)?,
            _ => self.folders.close(&*site.blobs)?,
        }
        Ok(())
    }

    /// Runs one step of what is left after the last byte, a few milliseconds of work. Returns whether there are more.
    pub(crate) fn work(&mut self, site: &Site, cause: &Cause) -> Outcome<bool> {
        match &mut self.progress {
            Progress::Receiving => {
                self.reader.finish()?;
                if self.chapter < Chapter::Files {
                    return Err(Flaw::new(FILES, "it is missing").into());
                }
                self.progress = Progress::Received;
                Ok(true)
            }
            Progress::Received => {
                // Few or many files without bytes may follow the last one with bytes.
                match self.look_for_waiting(&*site.blobs, STEP_LINES)? {
                    None => return Ok(true),
                    Some(None) => {}
                    Some(Some(row)) => {
                        let name = format!("{BLOBS}{}", row.file.id);
                        return Err(Flaw::new(&name, "it is missing").into());
                    }
                }
                self.check_counts()?;
                self.blobs.close(&*site.blobs)?;
                self.progress = match site.catalog.build()? {
                    Some(writer) => Progress::Building(Box::new(self.building(site, writer, cause)?)),
                    None => Progress::Checked,
                };
                Ok(matches!(self.progress, Progress::Building(_)))
            }
            Progress::Building(building) => {
                let begin = site.clock.now();
                let has_more = building.step(&*site.blobs)?;
                building.pace.note(site.clock.now() - begin);
                if has_more {
                    return Ok(true);
                }
                if let Progress::Building(building) = std::mem::replace(&mut self.progress, Progress::Built) {
                    building.writer.commit()?;
                }
                Ok(false)
            }
            Progress::Checked | Progress::Built => Ok(false),
        }
    }

    fn building(&self, site: &Site, mut writer: BuildWriter, cause: &Cause) -> Outcome<Building> {
        set_counters(&mut *writer, &self.manifest)?;
        set_generation(&mut *writer, cause.generation.unwrap_or(0) + 1)?;
        Ok(Building {
            writer,
            options: site.options(),
            folders: Reading::new(&self.folders.blob),
            listed: self.files.blob.clone(),
            files: None,
            blobs: Reading::new(&self.blobs.blob),
            parent: None,
            pace: Pace::new(STEP_ROWS),
        })
    }

    /// Replaces everything by the archive. Returns which files are without their bytes. After a refusal, nothing has changed.
    pub(crate) fn finish(mut self, site: &Site, cause: &Cause) -> Outcome<Value> {
        let outcome = self.replace(site, cause);
        let damage = std::mem::take(&mut self.damage);
        let answer = json!({ "damagedFiles": self.found.missing, "damage": damage });
        self.abandon(site);
        outcome.map(|()| answer)
    }

    fn replace(&mut self, site: &Site, cause: &Cause) -> Outcome<()> {
        while self.work(site, cause)? {}
        if let Progress::Built = self.progress {
            // Of two imports at the same time, the one that ends first wins.
            site.read(cause, |view| check_current(cause, view))?;
            self.age.check(site)?;
            site.catalog.replace()?;
            site.set_changed();
            return Ok(());
        }
        let now = site.clock.now();
        let cause = Cause {
            at: Some(now),
            ..cause.clone()
        };
        site.write(&cause, |tx| {
            self.age.check(site)?;
            replace_all(tx, &*site.blobs, self)
        })?;
        site.remove_freed(now);
        Ok(())
    }

    /// Checks that the archive holds as many things as it says.
    fn check_counts(&self) -> Outcome<()> {
        let Manifest {
            folders,
            files,
            blobs,
            bytes,
            missing,
            ..
        } = self.found;
        let said = &self.manifest;
        let counted = (folders, files, blobs, bytes, missing);
        if counted != (said.folders, said.files, said.blobs, said.bytes, said.missing) {
            return Err(Flaw::new(MANIFEST, "it counts other things than the archive holds").into());
        }
        Ok(())
    }

    /// Removes the received blobs that no row names.
    pub(crate) fn abandon(mut self, site: &Site) {
        if !matches!(
            std::mem::replace(&mut self.progress, Progress::Receiving),
            Progress::Receiving | Progress::Received
        ) {
            site.catalog.discard_built();
        }
        // The sweep removes those that cannot be removed now.
        let blobs = &*site.blobs;
        _ = self.blobs.close(blobs);
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

    /// Returns a fault at the current line.
    fn here(&self, text: impl Into<String>) -> Flaw {
        let entry = self.entry.as_ref().map(|(entry, _)| entry.name.clone());
        self.at(&entry.unwrap_or_default(), text)
    }

    /// Checks a line and stores it.
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
            if let Some(problem) = row.missing {
                self.found.missing += 1;
                if self.damage.len() < MAX_NAMED {
                    self.damage.push(Damage {
                        file_id: row.file.id.clone(),
                        display_name: row.file.name,
                        blob: String::new(),
                        problem,
                    });
                }
            }
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

    /// Returns the next file whose bytes are expected.
    fn next_waiting(&mut self, blobs: &dyn Blobs) -> Outcome<Option<FileRow>> {
        loop {
            if let Some(found) = self.look_for_waiting(blobs, STEP_LINES)? {
                return Ok(found);
            }
        }
    }

    /// Looks for the next file whose bytes are expected, in at most `limit` lines. Returns `None` when there are more lines.
    fn look_for_waiting(&mut self, blobs: &dyn Blobs, limit: usize) -> Outcome<Option<Option<FileRow>>> {
        if self.found.files == 0 {
            return Ok(Some(None));
        }
        for _ in 0..limit {
            let Some(line) = self.waiting.line(blobs)? else {
                return Ok(Some(None));
            };
            let row = FileRow::from_line(line).map_err(|text| Refusal::Internal(text.into()))?;
            if row.file.blob.is_some() {
                return Ok(Some(Some(row)));
            }
        }
        Ok(None)
    }
}
