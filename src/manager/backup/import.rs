//! Import: an archive is checked as it arrives, and replaces everything in one transaction.

use super::lines::{Lines, Reading};
use super::manifest::Manifest;
use super::reader::{Entry, Piece, Reader};
use super::rows::{FileRow, FolderRow};
use super::{BLOBS, FILES, FOLDERS, Flaw, MANIFEST};
use crate::blobs::{Blobs, Writer};
use crate::catalog::{self, Entity, Import, Write};
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::inspect::Digest;
use crate::manager::items::target::MAX_DEPTH;
use crate::manager::site::{Cause, Site, next_generation};
use crate::manager::tx::Tx;

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    Nothing,
    Manifest,
    Folders,
    Files,
}

/// Replaces the whole catalog with the imported rows.
fn replace_all(tx: &mut Tx<'_>, stored: &dyn Blobs, importing: &Importing) -> Outcome<()> {
    let Manifest {
        since,
        deletions,
        last_event,
        ..
    } = &importing.manifest;
    tx.catalog.clear(tx.context.now)?;
    tx.catalog.set_setting("since", &since.to_string())?;
    tx.catalog.set_setting("deletions", &deletions.to_string())?;
    tx.catalog.skip_events(i64::try_from(*last_event).unwrap_or(i64::MAX))?;
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

    /// Checks that the archive is complete, and replaces everything by it. After a refusal, nothing has changed.
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
        let said = &self.manifest;
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

    /// Removes the received blobs that no row names.
    pub(crate) fn abandon(mut self, site: &Site) {
        // The sweep removes those that cannot be removed now.
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
