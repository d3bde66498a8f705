//! Export: writing an archive.
//!
//! An export lists the rows of one snapshot, a batch in each step, as lines in blobs of its own. While it lists, it compares
//! size and CRC-32 of each file's bytes with the row. Files whose bytes are damaged are listed as such, and without bytes:
//! an archive with a wrong checksum could not be imported at all. Then it measures the zip, and is ready to be sent.
//!
//! From its beginning until it is released, no blob is removed in this process ([`Site::hold_blobs`]), so that the bytes of the
//! snapshot stay. A crash ends the export, and leaves the blobs with its lines to the sweep.

use super::lines::{Lines, Reading};
use super::manifest::Manifest;
use super::rows::{FileRow, FolderRow};
use super::{BATCH_SIZE, BLOBS, FILES, FOLDERS, MANIFEST};
use crate::blobs::{Blobs, file_name};
use crate::catalog::{self, BundleEntry, Entity, File, Read};
use crate::manager::http::body::Body;
use crate::manager::http::error::Outcome;
use crate::manager::ids::hex_id;
use crate::manager::items::verify::{Damage, Expected, Problem, Verdict, Verification, has_lost_bytes};
use crate::manager::site::Site;
use crate::manager::zip::{Entries, Measuring};
use serde::de::Error as _;
use std::collections::VecDeque;
use std::fmt;

/// The number of files compared in one step, and the number of bytes read for that.
const STEP_FILES: usize = 64;
const STEP_SIZE: u64 = 1 << 21;

/// The number of damaged files that an export names. It counts the others.
pub(crate) const MAX_NAMED: usize = 1000;

/// An archive that is ready to be sent.
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
    /// How many files are in the archive without their bytes, because those are damaged or missing.
    pub damaged_files: u64,
    /// The first 1,000 of these files.
    pub damage: Vec<Damage>,
}

/// An export that is being listed: see [`Manager::begin_export`](crate::manager::Manager::begin_export).
pub struct Exporting {
    id: String,
    /// `None` where the store has no snapshot that lasts. Everything is listed in one step then.
    snapshot: Option<Box<dyn Read>>,
    stage: Stage,
    after: String,
    queue: VecDeque<File>,
    current: Option<Verification>,
    manifest: Manifest,
    /// The text of the manifest.
    text: Lines,
    folders: Lines,
    files: Lines,
    /// The entries of the zip with the bytes of files.
    entries: Lines,
    damage: Vec<Damage>,
}

#[derive(Debug)]
enum Stage {
    Folders,
    Files,
    Measure(Box<Measuring<Spooled>>),
    Ready(Option<Body>),
}

impl fmt::Debug for Exporting {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Exporting")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// An entry of the zip, as a line of JSON.
type Line = (String, String, i64, u32, i64);

/// The entries of an archive: three files with lines, then the bytes of files.
#[derive(Clone, Debug)]
struct Spooled {
    first: Vec<BundleEntry>,
    is_behind_first: bool,
    blob: String,
    reading: Reading,
}

impl Spooled {
    fn new(first: Vec<BundleEntry>, blob: &str) -> Spooled {
        Spooled {
            first,
            is_behind_first: false,
            blob: blob.to_owned(),
            reading: Reading::new(blob),
        }
    }
}

impl Entries for Spooled {
    fn next(&mut self, _: &dyn Read, blobs: &dyn Blobs, limit: u32) -> catalog::Result<Vec<BundleEntry>> {
        if !self.is_behind_first {
            self.is_behind_first = true;
            return Ok(self.first.clone());
        }
        let failed = |error| catalog::Error::Store(Box::new(error));
        let mut entries = Vec::new();
        while entries.len() < limit as usize
            && let Some(line) = self.reading.line(blobs).map_err(failed)?
        {
            let (path, blob, size, crc, updated): Line = str::from_utf8(line)
                .map_err(serde_json::Error::custom)
                .and_then(serde_json::from_str)
                .map_err(|error| catalog::Error::Store(Box::new(error)))?;
            entries.push(BundleEntry {
                path,
                blob: Some(blob),
                size,
                crc,
                updated,
            });
        }
        Ok(entries)
    }

    fn restart(&mut self) {
        self.is_behind_first = false;
        self.reading = Reading::new(&self.blob);
    }
}

/// Begins an export at the present state.
pub(crate) fn begin(site: &Site) -> Outcome<Exporting> {
    let id = hex_id(&*site.random);
    let lines = || Lines::new(site.new_blob());
    let mut exporting = Exporting {
        snapshot: None,
        stage: Stage::Folders,
        after: String::new(),
        queue: VecDeque::new(),
        current: None,
        manifest: Manifest::new(&site.options().site_id),
        text: lines(),
        folders: lines(),
        files: lines(),
        entries: lines(),
        damage: Vec::new(),
        id,
    };
    // Before the snapshot: what is deleted afterwards keeps its bytes.
    let made = exporting.lines().map(|lines| lines.blob.clone());
    site.hold_blobs(&exporting.id, made.to_vec());
    match exporting.open(site) {
        Ok(()) => Ok(exporting),
        Err(refusal) => {
            exporting.abandon(site);
            Err(refusal)
        }
    }
}

fn counters(manifest: &mut Manifest, catalog: &dyn Read) -> catalog::Result<()> {
    let number = |name: &str| -> catalog::Result<i64> {
        let value = catalog.setting(name)?;
        Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
    };
    manifest.since = number("since")?;
    manifest.deletions = number("deletions")?.unsigned_abs();
    manifest.last_event = catalog.last_event()?.unsigned_abs();
    Ok(())
}

impl Exporting {
    fn open(&mut self, site: &Site) -> Outcome<()> {
        self.snapshot = site.catalog.read_long()?;
        if let Some(snapshot) = &self.snapshot {
            counters(&mut self.manifest, &**snapshot)?;
        }
        Ok(())
    }

    fn lines(&self) -> [&Lines; 4] {
        [&self.text, &self.folders, &self.files, &self.entries]
    }

    /// Runs one step. Returns the export once it is ready. After an error it has ended.
    pub(crate) fn step(&mut self, site: &Site) -> Outcome<Option<Export>> {
        let outcome = self.advance(site);
        if outcome.is_err() {
            self.abandon(site);
        }
        outcome
    }

    fn advance(&mut self, site: &Site) -> Outcome<Option<Export>> {
        match &mut self.stage {
            Stage::Folders | Stage::Files => self.list(site)?,
            Stage::Measure(measuring) => {
                let catalog = site.catalog.read()?;
                if let Some(zip) = measuring.step(&*catalog, &*site.blobs)? {
                    self.stage = Stage::Ready(Some(Body::source(zip)));
                }
            }
            Stage::Ready(body) => {
                return Ok(body.take().map(|body| Export {
                    id: self.id.clone(),
                    body,
                    damaged_files: self.manifest.missing,
                    damage: std::mem::take(&mut self.damage),
                }));
            }
        }
        Ok(None)
    }

    /// Returns the names of the files of blobs that the next step reads, for hosts that open files beforehand.
    #[cfg_attr(
        not(target_arch = "wasm32"),
        allow(dead_code, reason = "used by the JavaScript interface")
    )]
    pub(crate) fn next_names(&self) -> Vec<String> {
        let mut names = self.lines().map(|lines| file_name(&lines.blob)).to_vec();
        let next = self.queue.iter().take(16);
        names.extend(next.filter_map(|file| Some(file_name(file.blob.as_ref()?))));
        names
    }

    /// Ends an export that is not sent.
    pub(crate) fn abandon(&mut self, site: &Site) {
        self.snapshot = None;
        site.release_blobs(&self.id);
    }

    fn list(&mut self, site: &Site) -> Outcome<()> {
        match self.snapshot.take() {
            Some(snapshot) => {
                self.list_some(&*snapshot, &*site.blobs)?;
                self.snapshot = Some(snapshot);
            }
            None => {
                let catalog = site.catalog.read()?;
                counters(&mut self.manifest, &*catalog)?;
                while matches!(self.stage, Stage::Folders | Stage::Files) {
                    self.list_some(&*catalog, &*site.blobs)?;
                }
            }
        }
        if let Stage::Measure(_) = self.stage {
            self.snapshot = None;
        }
        Ok(())
    }

    /// Lists a batch of folders or files.
    fn list_some(&mut self, catalog: &dyn Read, blobs: &dyn Blobs) -> Outcome<()> {
        if let Stage::Folders = self.stage {
            let folders = catalog.all_folders(&self.after, BATCH_SIZE)?;
            match folders.last() {
                Some(last) => self.after.clone_from(&last.id),
                None => {
                    self.folders.close(blobs)?;
                    self.after.clear();
                    self.stage = Stage::Files;
                }
            }
            for folder in folders {
                let events = catalog.events_of(Entity::Folder, &folder.id)?;
                let line = FolderRow { folder, events }.to_line();
                self.folders.push(blobs, line.as_bytes())?;
                self.manifest.folders += 1;
            }
            return Ok(());
        }
        if self.queue.is_empty() {
            let files = catalog.all_files(&self.after, BATCH_SIZE)?;
            let Some(last) = files.last() else {
                return self.end_list(blobs);
            };
            self.after.clone_from(&last.id);
            self.queue.extend(files);
            return Ok(());
        }
        let mut budget = STEP_SIZE;
        // As many with bytes as `next_names` has named.
        let mut compared = 0;
        for _ in 0..STEP_FILES {
            let Some(file) = self.queue.front() else { break };
            if file.blob.is_some() {
                compared += 1;
                if compared > 16 || budget == 0 {
                    break;
                }
            }
            let verdict = compare(file, blobs, &mut self.current, &mut budget);
            if verdict == Verdict::Continues {
                break;
            }
            self.current = None;
            let Some(file) = self.queue.pop_front() else { break };
            self.list_file(file, &verdict, catalog, blobs)?;
        }
        Ok(())
    }

    fn list_file(&mut self, mut file: File, verdict: &Verdict, catalog: &dyn Read, blobs: &dyn Blobs) -> Outcome<()> {
        self.manifest.files += 1;
        let mut missing = None;
        match (&file.blob, verdict) {
            (blob, Verdict::Damaged(problem)) => {
                missing = Some(*problem);
                self.manifest.missing += 1;
                if self.damage.len() < MAX_NAMED {
                    self.damage.push(Damage {
                        file_id: file.id.clone(),
                        display_name: file.name.clone(),
                        blob: blob.as_deref().map(file_name).unwrap_or_default(),
                        problem: *problem,
                    });
                }
                file.blob = None;
            }
            (Some(blob), _) => {
                self.manifest.blobs += 1;
                self.manifest.bytes += u64::try_from(file.size).unwrap_or(0);
                let path = format!("{BLOBS}{}", file.id);
                let entry: Line = (path, blob.clone(), file.size, file.crc, file.updated);
                let line = format!("{}\n", serde_json::to_string(&entry)?);
                self.entries.push(blobs, line.as_bytes())?;
            }
            (None, _) => {}
        }
        let events = catalog.events_of(Entity::File, &file.id)?;
        let import = catalog.import(&file.id)?.map(|import| import.request);
        let row = FileRow {
            file,
            events,
            import,
            missing,
        };
        self.files.push(blobs, row.to_line().as_bytes())?;
        Ok(())
    }

    fn end_list(&mut self, blobs: &dyn Blobs) -> Outcome<()> {
        self.files.close(blobs)?;
        self.entries.close(blobs)?;
        self.text.push(blobs, self.manifest.to_text().as_bytes())?;
        self.text.close(blobs)?;
        let first = vec![
            self.text.entry(MANIFEST),
            self.folders.entry(FOLDERS),
            self.files.entry(FILES),
        ];
        let spooled = Spooled::new(first, &self.entries.blob);
        self.stage = Stage::Measure(Box::new(Measuring::new(spooled)));
        Ok(())
    }
}

/// Compares some of the bytes of a file.
fn compare(file: &File, blobs: &dyn Blobs, current: &mut Option<Verification>, budget: &mut u64) -> Verdict {
    let Some(blob) = &file.blob else {
        return if has_lost_bytes(file) {
            Verdict::Damaged(Problem::Missing)
        } else {
            Verdict::Whole
        };
    };
    let expected = Expected {
        blob,
        size: file.size,
        crc: file.crc,
        md5: None,
    };
    if current.is_none() {
        match Verification::new(blobs, &expected) {
            Ok(begun) => *current = Some(begun),
            Err(problem) => return Verdict::Damaged(problem),
        }
    }
    match current {
        Some(current) => current.advance(blobs, &expected, budget),
        None => Verdict::Continues,
    }
}
