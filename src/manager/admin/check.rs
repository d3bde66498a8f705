//! A check of the catalog and of the bytes of all files, in steps, so that others get their turn in between.
//!
//! The check of bytes walks over the files in the order of their ids, each with its assets, then over what only zips keep. A file whose
//! row names no bytes is damaged too, unless it is still to be imported, or could not be. Changes between two steps are
//! harmless: before it reports a file, it asks the catalog again whether the file still has these bytes. A file that is
//! added behind the position of the check is left to the next one.

use crate::blobs::file_name;
use crate::catalog::{self, Inspection};
use crate::manager::http::error::Outcome;
use crate::manager::items::verify::{Damage, Expected, Problem, Verdict, Verification, has_lost_bytes};
use crate::manager::site::{Cause, Site};
use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroU32;

/// The number of files read from the catalog at once.
const BATCH_SIZE: u32 = 64;

/// The number of bytes read in one step: a few milliseconds of work.
const STEP_SIZE: u64 = 1 << 20;

/// A check of the bytes of all files: see [`Manager::check`](crate::manager::Manager::check).
///
/// ```
/// use wix_media::manager::{Check, Manager};
///
/// let manager = Manager::memory()?;
/// let mut check = Check::sizes();
/// while manager.check(&mut check)? {}
/// assert_eq!((check.files(), check.bytes()), (0, 0));
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
pub struct Check {
    with_bytes: bool,
    /// Of so many files, the bytes of one are read.
    one_in: u32,
    /// How many of the next files are skipped until then.
    skipped: u32,
    stage: Stage,
    inspection: Option<Box<dyn Inspection>>,
    is_catalog_whole: Option<bool>,
    /// The id of the last file, or the last blob that only a zip keeps, of those that are queued.
    after: String,
    /// The id of the last file that was compared.
    done: String,
    queue: VecDeque<Stored>,
    current: Option<Verification>,
    files: u64,
    bytes: u64,
    damage: Vec<Damage>,
}

impl fmt::Debug for Check {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Check")
            .field("position", &self.done)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Catalog,
    Files,
    Zips,
    Done,
}

/// A blob with what its row says.
#[derive(Debug)]
struct Stored {
    /// Empty for what only a zip keeps.
    file: String,
    name: String,
    /// The name of the asset of the file, if it is one.
    asset: Option<String>,
    /// `None` for a file that has lost its bytes.
    blob: Option<String>,
    size: i64,
    crc: u32,
    md5: Option<String>,
}

impl Default for Check {
    /// Creates a check that reads all bytes and compares their hashes.
    fn default() -> Check {
        Check {
            with_bytes: true,
            one_in: 1,
            skipped: 0,
            stage: Stage::Files,
            inspection: None,
            is_catalog_whole: None,
            after: String::new(),
            done: String::new(),
            queue: VecDeque::new(),
            current: None,
            files: 0,
            bytes: 0,
            damage: Vec::new(),
        }
    }
}

impl Check {
    /// Creates a check that compares sizes only, and so finds what is missing, cut or longer.
    ///
    /// ```
    /// # use wix_media::manager::{Check, Manager};
    /// assert!(!Manager::memory()?.check(&mut Check::sizes())?);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn sizes() -> Check {
        Check {
            with_bytes: false,
            ..Check::default()
        }
    }

    /// Creates a check that compares all sizes, and reads the bytes of one file in `one_in`, after the first `skipped` files.
    ///
    /// Vary `skipped` from 0 to `one_in` - 1, so that repeated checks come to all files.
    ///
    /// ```
    /// # use std::num::NonZeroU32;
    /// # use wix_media::manager::{Check, Manager};
    /// let one_in = NonZeroU32::new(100).unwrap();
    /// assert!(!Manager::memory()?.check(&mut Check::sample(one_in, 7))?);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn sample(one_in: NonZeroU32, skipped: u32) -> Check {
        Check {
            one_in: one_in.get(),
            skipped,
            ..Check::default()
        }
    }

    /// Creates a check of the catalog alone.
    ///
    /// ```
    /// # use wix_media::manager::{Check, Manager};
    /// let manager = Manager::memory()?;
    /// let mut check = Check::catalog();
    /// while manager.check(&mut check)? {}
    /// assert_eq!(check.is_catalog_whole(), Some(true));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn catalog() -> Check {
        Check {
            stage: Stage::Catalog,
            ..Check::default()
        }
    }

    /// Returns whether the catalog is undamaged, once [that check](Check::catalog) has come to its end.
    ///
    /// ```
    /// # use wix_media::manager::Check;
    /// assert_eq!(Check::catalog().is_catalog_whole(), None);
    /// ```
    pub fn is_catalog_whole(&self) -> Option<bool> {
        self.is_catalog_whole
    }

    /// Continues behind a file, from [`position`](Check::position) of an earlier check.
    ///
    /// ```
    /// # use wix_media::manager::Check;
    /// assert_eq!(Check::default().behind("a1b2c3").position(), "a1b2c3");
    /// ```
    pub fn behind(mut self, file: &str) -> Check {
        file.clone_into(&mut self.after);
        file.clone_into(&mut self.done);
        self
    }

    /// Returns the id of the last file that was compared.
    ///
    /// ```
    /// # use wix_media::manager::Check;
    /// assert_eq!(Check::default().position(), "");
    /// ```
    pub fn position(&self) -> &str {
        &self.done
    }

    /// Returns how many files have been compared, including those that only zips keep.
    ///
    /// ```
    /// # use wix_media::manager::Check;
    /// assert_eq!(Check::default().files(), 0);
    /// ```
    pub fn files(&self) -> u64 {
        self.files
    }

    /// Returns the size of the files that have been compared.
    ///
    /// ```
    /// # use wix_media::manager::Check;
    /// assert_eq!(Check::default().bytes(), 0);
    /// ```
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes the damage that has been found since the last call.
    ///
    /// ```
    /// # use wix_media::manager::Check;
    /// assert!(Check::default().take_damage().is_empty());
    /// ```
    pub fn take_damage(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damage)
    }

    /// Returns the names of the files of blobs that the next step reads, for hosts that open files beforehand.
    #[cfg_attr(
        not(target_arch = "wasm32"),
        allow(dead_code, reason = "used by the JavaScript interface")
    )]
    pub(crate) fn next_names(&self) -> Vec<String> {
        let next = self.queue.iter().take(if self.with_bytes { 8 } else { 24 });
        next.filter_map(|stored| stored.blob.as_deref().map(file_name))
            .collect()
    }

    /// Runs one step. Returns whether there are more.
    pub(crate) fn step(&mut self, site: &Site) -> catalog::Result<bool> {
        if self.stage == Stage::Catalog {
            return self.inspect(site);
        }
        if self.queue.is_empty() {
            self.fill(site)?;
            return Ok(self.stage != Stage::Done);
        }
        let mut budget = STEP_SIZE;
        // As many as `next_names` has named.
        let mut left = if self.with_bytes { 8 } else { 24 };
        while left > 0
            && budget > 0
            && let Some(stored) = self.queue.front()
        {
            let is_read = self.with_bytes && self.skipped == 0;
            let verdict = match stored.expected() {
                Some(expected) => compare(site, &expected, is_read, &mut self.current, &mut budget),
                None => Verdict::Damaged(Problem::Missing),
            };
            if verdict == Verdict::Continues {
                break;
            }
            self.current = None;
            left -= 1;
            self.skipped = match self.skipped {
                0 => self.one_in - 1,
                left => left - 1,
            };
            let Some(stored) = self.queue.pop_front() else { break };
            self.files += u64::from(stored.asset.is_none());
            self.bytes += u64::try_from(stored.size).unwrap_or(0);
            if let Verdict::Damaged(problem) = verdict
                && still_has(site, &stored)?
            {
                self.damage.push(stored.damage(problem));
            }
            if self.stage == Stage::Files {
                self.done = stored.file;
            }
        }
        Ok(true)
    }

    /// Runs a step of the check of the catalog.
    fn inspect(&mut self, site: &Site) -> catalog::Result<bool> {
        let verdict = match &mut self.inspection {
            Some(inspection) => inspection.step()?,
            None => {
                self.inspection = site.catalog.inspect()?;
                match &self.inspection {
                    Some(_) => None,
                    None => Some(site.catalog.is_intact()?),
                }
            }
        };
        if verdict.is_some() {
            self.inspection = None;
            self.is_catalog_whole = verdict;
            self.stage = Stage::Done;
        }
        Ok(verdict.is_none())
    }

    /// Queues the next blobs.
    fn fill(&mut self, site: &Site) -> catalog::Result<()> {
        let read = site.catalog.read()?;
        while self.queue.is_empty() && self.stage != Stage::Done {
            if self.stage == Stage::Files {
                let files = read.all_files(&self.after, BATCH_SIZE)?;
                let Some(last) = files.last() else {
                    self.stage = Stage::Zips;
                    self.after.clear();
                    continue;
                };
                self.after.clone_from(&last.id);
                let ids: Vec<_> = files.iter().map(|file| &file.id[..]).collect();
                let mut assets = read.assets_of(&ids)?.into_iter().peekable();
                for file in files {
                    if file.blob.is_some() || has_lost_bytes(&file) {
                        self.queue.push_back(Stored {
                            blob: file.blob,
                            file: file.id.clone(),
                            name: file.name.clone(),
                            asset: None,
                            size: file.size,
                            crc: file.crc,
                            md5: Some(file.hash).filter(|hash| !hash.is_empty()),
                        });
                    }
                    while let Some(asset) = assets.next_if(|asset| asset.file == file.id) {
                        self.queue.push_back(Stored {
                            blob: Some(asset.blob),
                            file: asset.file,
                            name: format!("{} ({})", file.name, asset.name),
                            asset: Some(asset.name),
                            size: asset.size,
                            crc: asset.crc,
                            md5: Some(asset.hash),
                        });
                    }
                }
                // A long run of files without bytes must not make a long step.
                return Ok(());
            }
            let entries = read.kept_entries(&self.after, BATCH_SIZE)?;
            let Some(last) = entries.last().and_then(|entry| entry.blob.as_ref()) else {
                self.stage = Stage::Done;
                continue;
            };
            self.after.clone_from(last);
            self.queue.extend(entries.into_iter().filter_map(|entry| {
                Some(Stored {
                    file: String::new(),
                    name: entry.path,
                    asset: None,
                    blob: Some(entry.blob?),
                    size: entry.size,
                    crc: entry.crc,
                    md5: None,
                })
            }));
        }
        Ok(())
    }
}

/// Compares some of the bytes of a blob, or only its size.
fn compare(
    site: &Site,
    expected: &Expected<'_>,
    is_read: bool,
    current: &mut Option<Verification>,
    budget: &mut u64,
) -> Verdict {
    match current {
        Some(current) => current.advance(&*site.blobs, expected, budget),
        None => match Verification::new(&*site.blobs, expected) {
            Err(problem) => Verdict::Damaged(problem),
            Ok(_) if !is_read => Verdict::Whole,
            Ok(begun) => current.insert(begun).advance(&*site.blobs, expected, budget),
        },
    }
}

impl Stored {
    /// What its bytes are compared with. `None` if there are none to compare.
    fn expected(&self) -> Option<Expected<'_>> {
        Some(Expected {
            blob: self.blob.as_deref()?,
            size: self.size,
            crc: self.crc,
            md5: self.md5.as_deref(),
        })
    }

    fn damage(&self, problem: Problem) -> Damage {
        Damage {
            file_id: self.file.clone(),
            display_name: self.name.clone(),
            blob: self.blob.as_deref().map(file_name).unwrap_or_default(),
            problem,
        }
    }
}

/// Returns whether a row still names these bytes, or none where it must. A file may have been deleted since it was queued.
fn still_has(site: &Site, stored: &Stored) -> catalog::Result<bool> {
    let found: Outcome<bool> = site.read(&Cause::default(), |view| {
        if stored.file.is_empty() {
            return match &stored.blob {
                Some(blob) => Ok(view.catalog.needs_blob(blob)?),
                None => Ok(false),
            };
        }
        if let Some(name) = &stored.asset {
            let asset = view.catalog.asset(&stored.file, name)?;
            return Ok(asset.is_some_and(|asset| Some(asset.blob) == stored.blob));
        }
        let file = view.catalog.file(&stored.file)?;
        Ok(file.is_some_and(|file| match &stored.blob {
            Some(_) => file.blob == stored.blob,
            None => has_lost_bytes(&file),
        }))
    });
    crate::manager::stored(found)
}
