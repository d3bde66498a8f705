//! Blobs as files that several processes write.
//!
//! The life of a blob: [`open_writer`](Blobs::open_writer) creates its file, for a process that alone knows its id. Each
//! [`take_over`](Blobs::take_over) writes its epoch into a *stamp*, the file `ID.epoch` beside it, and cuts the blob at its
//! offset. [`end_writer`](Blobs::end_writer) *seals* the blob: its file becomes read-only, and the stamp goes.
//!
//! Each of these steps, and each append of a writer with an epoch, holds the lock of the file (`flock`). An append looks for the seal
//! and for its own epoch while it holds the lock. So a process that was overtaken adds nothing, however late it wakes up: if it
//! stopped before it had the lock, it finds the seal or another epoch; if it stopped with the lock, nobody can seal the blob or take
//! it over until it has gone on or ended. They give up after [`PATIENCE`], and their callers try again.
//!
//! On Windows nobody can read a range that is locked, so there the file `ID.lock` beside the blob has its lock. It goes with the stamp. Who
//! waits for a lock whose file is gone finds the seal.
//!
//! New names, or a file for each epoch, need no lock. But a descriptor outlives its name, so a complete blob would have to be
//! copied, and an upload in pieces of 1 MiB would leave a thousand files for each gigabyte.
//!
//! A crash leaves at most a stamp beside a sealed blob, or one whose blob is gone. Nobody reads them, and
//! [`remove_leftovers`](Blobs::remove_leftovers) deletes them.

use super::directory::{Directory, Host, file_name};
use super::disk::{Disk, found};
use super::{Blobs, Writer, check_id, gap, missing};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How long a call waits for a lock that another process holds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The end of the name of a file that has the lock of a blob.
const LOCK: &str = ".lock";

/// The end of the name of a stamp.
const STAMP: &str = ".epoch";

/// How often it tries.
const INTERVAL: Duration = Duration::from_millis(10);

/// Blobs as files that several processes write, in the folders of a [`Directory`].
///
/// The file system has to pass locks on, as NFS does since version 4.
///
/// ```
/// use wix_media::blobs::{Blobs, SharedDirectory};
///
/// let folder = std::env::temp_dir().join(format!("wix-media-shared-{}", std::process::id()));
/// let [one, other] = [SharedDirectory::open(&folder)?, SharedDirectory::open(&folder)?];
/// let mut late = one.take_over("b1", 0, 1)?;
/// let mut writer = other.take_over("b1", 0, 2)?;
/// assert!(one.append(&mut late, b"late").is_err());
/// other.append(&mut writer, b"hello")?;
/// assert_eq!(one.size("b1")?, Some(5));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SharedDirectory {
    files: Directory<Disk>,
    patience: Duration,
    /// Whether files beside the blobs have their locks.
    has_lock_files: bool,
}

/// The file of a blob, locked until this is dropped.
#[derive(Debug)]
struct Locked {
    file: File,
    /// The file that has the lock, if it is another one.
    _lock: Option<File>,
}

impl SharedDirectory {
    /// Opens the blobs below `root`, and creates it when it is missing.
    ///
    /// ```
    /// # use wix_media::blobs::{Blobs, SharedDirectory};
    /// let folder = std::env::temp_dir().join(format!("wix-media-opened-{}", std::process::id()));
    /// assert!(SharedDirectory::open(&folder)?.list("", 1)?.is_empty());
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open(root: &Path) -> Result<SharedDirectory> {
        Ok(SharedDirectory {
            files: Directory::new(Disk::new(root)?),
            patience: PATIENCE,
            has_lock_files: cfg!(windows),
        })
    }

    fn path(&self, id: &str) -> PathBuf {
        self.files.host.path(&file_name(id))
    }

    fn stamp(&self, id: &str) -> PathBuf {
        self.files.host.path(&(file_name(id) + STAMP))
    }

    fn lock_file(&self, id: &str) -> PathBuf {
        self.files.host.path(&(file_name(id) + LOCK))
    }

    /// Locks the file of a blob. `None` for a missing file, and for one that denies it.
    fn lock(&self, id: &str, creates: bool) -> Result<Option<Locked>> {
        let path = self.path(id);
        let open = || {
            OpenOptions::new()
                .write(true)
                .create(creates)
                .truncate(false)
                .open(&path)
        };
        let file = match found(open()) {
            Ok(Some(file)) => file,
            Ok(None) if !creates => return Ok(None),
            Ok(None) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                open()?
            }
            // Only a privileged user opens a sealed file.
            Err(error) if error.kind() == ErrorKind::PermissionDenied && is_sealed(&fs::metadata(&path)?) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let lock = if self.has_lock_files {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            Some(options.open(self.lock_file(id))?)
        } else {
            None
        };
        let begin = Instant::now();
        loop {
            match lock.as_ref().unwrap_or(&file).try_lock() {
                Ok(()) => return Ok(Some(Locked { file, _lock: lock })),
                Err(TryLockError::WouldBlock) if begin.elapsed() < self.patience => thread::sleep(INTERVAL),
                Err(TryLockError::WouldBlock) => {
                    let text = format!("blob {id} is locked by another process");
                    return Err(Error::new(ErrorKind::TimedOut, text));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// The epoch that has taken a blob over last. 0 if none has.
    fn epoch(&self, id: &str) -> Result<u64> {
        let text = found(fs::read_to_string(self.stamp(id)))?.unwrap_or_default();
        Ok(text.trim().parse().unwrap_or(0))
    }

    /// Makes a blob that of a writer with this epoch, and cuts it at `offset`.
    fn claim(&self, id: &str, offset: u64, epoch: u64) -> Result<()> {
        let Some(Locked { file, _lock }) = self.lock(id, offset == 0)? else {
            return match self.files.size(id)? {
                Some(size) => continue_sealed(id, size, offset),
                None => Err(missing(id)),
            };
        };
        let metadata = file.metadata()?;
        if is_sealed(&metadata) {
            return continue_sealed(id, metadata.len(), offset);
        }
        let last = self.epoch(id)?;
        // A number comes twice if the catalog has lost its last commits. The next one is another.
        if epoch < last || (epoch == last && epoch > 0) {
            return Err(stale(id));
        }
        if metadata.len() < offset {
            return Err(gap(id, metadata.len(), offset));
        }
        if epoch > 0 {
            // Of one length, so that an older one is replaced as a whole: a process can be killed between a cut and a write.
            let mut stamp = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(self.stamp(id))?;
            stamp.write_all(format!("{epoch:020}").as_bytes())?;
        }
        file.set_len(offset)
    }

    /// Adds bytes at `end`, for a writer with this epoch.
    fn add(&self, id: &str, epoch: u64, end: u64, bytes: &[u8]) -> Result<()> {
        let Locked { mut file, _lock } = self.lock(id, false)?.ok_or_else(|| stale(id))?;
        let metadata = file.metadata()?;
        if is_sealed(&metadata) || self.epoch(id)? != epoch {
            return Err(stale(id));
        }
        if metadata.len() != end {
            // What a write that failed has left.
            file.set_len(end)?;
        }
        file.seek(SeekFrom::Start(end))?;
        file.write_all(bytes)
    }

    fn make_final(&self, id: &str) -> Result<()> {
        let Some(Locked { file, _lock }) = self.lock(id, false)? else {
            return Ok(());
        };
        if cfg!(windows) {
            // A file that is read-only cannot be synced there.
            file.sync_all()?;
        }
        let mut permissions = file.metadata()?.permissions();
        permissions.set_readonly(true);
        file.set_permissions(permissions)?;
        if !is_sealed(&file.metadata()?) {
            let text = format!("the file system does not keep permissions: blob {id} cannot be made read-only");
            return Err(Error::new(ErrorKind::Unsupported, text));
        }
        self.remove_stamp(id)
    }

    /// Removes what lies beside a blob.
    fn remove_stamp(&self, id: &str) -> Result<()> {
        if self.has_lock_files {
            found(fs::remove_file(self.lock_file(id)))?;
        }
        found(fs::remove_file(self.stamp(id))).map(drop)
    }
}

/// Whether nobody needs a file beside a blob any more. A sealed blob stays sealed, so this needs no lock.
fn is_leftover(path: &Path, before: SystemTime) -> Result<bool> {
    if let Some(blob) = found(fs::metadata(path.with_extension("")))? {
        return Ok(is_sealed(&blob));
    }
    // A process that is late may be creating the blob anew.
    let beside = found(fs::metadata(path))?;
    beside.map_or(Ok(false), |beside| Ok(beside.modified()? < before))
}

fn is_sealed(metadata: &fs::Metadata) -> bool {
    metadata.permissions().readonly()
}

/// Opens a sealed blob at its end, where a request without bytes may follow.
fn continue_sealed(id: &str, size: u64, offset: u64) -> Result<()> {
    match offset {
        _ if offset == size => Ok(()),
        _ if offset > size => Err(gap(id, size, offset)),
        _ => Err(stale(id)),
    }
}

fn stale(id: &str) -> Error {
    let text = format!("blob {id} is complete, or has been taken over by another request");
    Error::new(ErrorKind::StaleNetworkFileHandle, text)
}

impl Blobs for SharedDirectory {
    fn open_writer(&self, id: &str, offset: u64) -> Result<Writer> {
        self.take_over(id, offset, 0)
    }

    fn take_over(&self, id: &str, offset: u64, epoch: u64) -> Result<Writer> {
        check_id(id)?;
        self.files
            .writers
            .take_over(id, offset, epoch, |id| self.claim(id, offset, epoch))
    }

    fn append(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        match writer.epoch() {
            // No other process knows the id yet.
            0 => self.files.append(writer, bytes),
            epoch => writer.advance(bytes.len(), |id, end| self.add(id, epoch, end, bytes)),
        }
    }

    fn end_writer(&self, id: &str) -> Result<()> {
        check_id(id)?;
        self.files.writers.close(id, || self.make_final(id))
    }

    fn open_end(&self, id: &str) -> Option<u64> {
        self.files.open_end(id)
    }

    fn open_epoch(&self, id: &str) -> Option<u64> {
        self.files.open_epoch(id)
    }

    fn sync(&self, id: &str) -> Result<()> {
        check_id(id)?;
        if cfg!(windows) && is_sealed(&fs::metadata(self.path(id))?) {
            return Ok(());
        }
        self.files.sync(id)
    }

    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        self.files.read(id, offset, buffer)
    }

    fn size(&self, id: &str) -> Result<Option<u64>> {
        self.files.size(id)
    }

    fn remove(&self, id: &str) -> Result<()> {
        check_id(id)?;
        self.files.writers.close(id, || {
            // The blob is listed until all are gone.
            self.remove_stamp(id)?;
            self.files.host.remove(&file_name(id))
        })
    }

    fn remove_leftovers(&self, before: SystemTime) -> Result<u64> {
        let mut removed = 0;
        for folder in 0..=u8::MAX {
            for name in self.files.host.names(&format!("{folder:02x}"))? {
                let id = [STAMP, LOCK].iter().find_map(|end| name.strip_suffix(end));
                let path = self.files.host.path(&format!("{folder:02x}/{name}"));
                if id.is_some_and(|id| check_id(id).is_ok()) && is_leftover(&path, before)? {
                    found(fs::remove_file(path))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn reserve(&self, hold: bool) -> Result<bool> {
        self.files.reserve(hold)
    }

    fn list(&self, after: &str, limit: usize) -> Result<Vec<String>> {
        self.files.list(after, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance;
    use super::*;
    use std::cell::Cell;

    /// A folder that is removed with the value.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("wix-media-shared-{name}-{}", std::process::id()));
            Scratch(path)
        }

        /// Two processes.
        fn two(&self) -> [SharedDirectory; 2] {
            [0, 1].map(|_| SharedDirectory::open(&self.0).expect("a folder"))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    fn content(blobs: &SharedDirectory, id: &str) -> Vec<u8> {
        let mut buffer = vec![0; 100];
        let count = blobs.read(id, 0, &mut buffer).expect("read");
        buffer.truncate(count);
        buffer
    }

    fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
        result.expect_err("refused").kind()
    }

    const STALE: ErrorKind = ErrorKind::StaleNetworkFileHandle;

    #[test]
    fn shared_directory_conforms() {
        let scratch = Scratch::new("conformance");
        let count = Cell::new(0);
        conformance::all(&|| {
            count.set(count.get() + 1);
            let folder = scratch.0.join(count.get().to_string());
            Box::new(SharedDirectory::open(&folder).expect("a folder"))
        });
        let open =
            || -> Box<dyn Blobs> { Box::new(SharedDirectory::open(&scratch.0.join("again")).expect("a folder")) };
        conformance::bytes::reopened_store_has_what_was_synced(&open);
    }

    #[test]
    fn overtaken_process_adds_nothing() {
        let scratch = Scratch::new("overtaken");
        let [first, second] = scratch.two();
        let mut early = first.take_over("b1", 0, 1).expect("a writer");
        first
            .append(&mut early, b"one and what nobody has recorded")
            .expect("written");
        let mut next = second.take_over("b1", 3, 3).expect("a writer");
        assert_eq!(content(&second, "b1"), b"one");
        assert_eq!(kind(first.append(&mut early, b"other bytes")), STALE);
        // It was held up between the catalog and the file.
        assert_eq!(kind(first.take_over("b1", 3, 2)), STALE);
        assert_eq!(kind(first.open_writer("b1", 0)), STALE);
        second.append(&mut next, b" two").expect("written");
        assert_eq!(content(&first, "b1"), b"one two");
        assert_eq!(kind(first.take_over("b1", 99, 4)), ErrorKind::InvalidInput);
        assert_eq!(kind(first.take_over("b2", 1, 4)), ErrorKind::NotFound);
        second
            .append(&mut next, b" three")
            .expect("a refused call takes nothing over");
        assert_eq!(content(&first, "b1"), b"one two three");
    }

    #[test]
    fn stamp_is_never_shorter_than_the_one_before() {
        let scratch = Scratch::new("stamp");
        let [first, second] = scratch.two();
        let stamps = [9, 10, u64::MAX].map(|epoch| {
            drop(first.take_over("b1", 0, epoch).expect("a writer"));
            assert_eq!(second.epoch("b1").expect("read"), epoch);
            fs::metadata(second.stamp("b1")).expect("a stamp").len()
        });
        assert_eq!(stamps, [20; 3]);
    }

    #[test]
    fn complete_blob_never_changes() {
        let scratch = Scratch::new("complete");
        let [first, second] = scratch.two();
        let mut late = first.take_over("b1", 0, 1).expect("a writer");
        first.append(&mut late, b"right").expect("written");
        second.end_writer("b1").expect("sealed");
        second.end_writer("b1").expect("sealed already");
        second.end_writer("b2").expect("there is none");
        assert_eq!(kind(first.append(&mut late, b" and more")), STALE);
        assert_eq!(kind(first.take_over("b1", 0, 2)), STALE);
        assert_eq!(kind(second.take_over("b1", 6, 2)), ErrorKind::InvalidInput);
        let mut empty = second.take_over("b1", 5, 2).expect("nothing is cut");
        assert_eq!(kind(second.append(&mut empty, b"!")), STALE);
        assert_eq!(content(&second, "b1"), b"right");
        assert_eq!(second.list("", 9).expect("listed"), ["b1"]);
        second.remove("b1").expect("removed");
        assert_eq!(kind(first.append(&mut late, b"late")), STALE);
        assert_eq!(second.size("b1").expect("a size"), None);
        let left = fs::read_dir(second.path("b1").parent().expect("a folder"))
            .expect("read")
            .count();
        assert_eq!(left, 0, "no stamp is left");
    }

    /// As on Windows.
    #[test]
    fn lock_beside_a_blob_leaves_the_blob_readable() {
        let scratch = Scratch::new("beside");
        let count = Cell::new(0);
        let open = |name: &str| {
            let blobs = SharedDirectory::open(&scratch.0.join(name)).expect("a folder");
            SharedDirectory {
                has_lock_files: true,
                ..blobs
            }
        };
        conformance::all(&|| {
            count.set(count.get() + 1);
            Box::new(open(&count.get().to_string()))
        });
        let [first, mut second] = [open("two"), open("two")];
        second.patience = Duration::ZERO;
        let mut writer = first.take_over("b1", 0, 1).expect("a writer");
        first.append(&mut writer, b"one").expect("written");
        let stopped = first.lock("b1", false).expect("locked").expect("a file");
        assert_eq!(kind(second.end_writer("b1")), ErrorKind::TimedOut);
        File::open(second.path("b1"))
            .expect("a file")
            .try_lock()
            .expect("nobody has locked the blob itself");
        drop(stopped);
        second.end_writer("b1").expect("sealed");
        assert_eq!(kind(first.append(&mut writer, b" more")), STALE);
        // A process that may write any file has made it again.
        fs::write(first.lock_file("b1"), "").expect("written");
        assert_eq!(second.remove_leftovers(SystemTime::UNIX_EPOCH).expect("removed"), 1);
        second.remove("b1").expect("removed");
        let folder = fs::read_dir(second.path("b1").parent().expect("a folder"));
        assert_eq!(folder.expect("read").count(), 0, "nothing is left");
    }

    #[test]
    fn stamp_that_a_killed_process_left_is_removed() {
        let scratch = Scratch::new("leftovers");
        let [first, second] = scratch.two();
        for id in ["open", "sealed", "gone"] {
            let mut writer = first.take_over(id, 0, 1).expect("a writer");
            first.append(&mut writer, b"bytes").expect("written");
        }
        let stamp = fs::read(first.stamp("sealed")).expect("a stamp");
        first.end_writer("sealed").expect("sealed");
        // Killed between the seal and the removal of the stamp.
        fs::write(first.stamp("sealed"), stamp).expect("written");
        fs::remove_file(first.path("gone")).expect("removed");
        fs::write(first.path("open").with_file_name("other.epoch.txt"), "").expect("written");

        assert_eq!(second.remove_leftovers(SystemTime::UNIX_EPOCH).expect("removed"), 1);
        let stamps = ["open", "sealed", "gone"].map(|id| first.stamp(id).exists());
        assert_eq!(stamps, [true, false, true]);
        let later = SystemTime::now() + Duration::from_secs(60);
        assert_eq!(second.remove_leftovers(later).expect("removed"), 1);
        assert_eq!(second.remove_leftovers(later).expect("removed"), 0);
        let stamps = ["open", "sealed", "gone"].map(|id| first.stamp(id).exists());
        assert_eq!(stamps, [true, false, false]);
        // The open blob still belongs to its epoch.
        assert_eq!(kind(second.take_over("open", 0, 1)), STALE);
        assert_eq!(content(&second, "sealed"), b"bytes");
    }

    #[test]
    fn process_that_stopped_within_an_append_is_waited_for() {
        let scratch = Scratch::new("stopped");
        let [first, mut second] = scratch.two();
        second.patience = Duration::ZERO;
        let mut writer = first.take_over("b1", 0, 1).expect("a writer");
        first.append(&mut writer, b"one").expect("written");
        // Between its look for the seal and its write.
        let stopped = first.lock("b1", false).expect("locked").expect("a file");
        assert_eq!(kind(second.end_writer("b1")), ErrorKind::TimedOut);
        assert_eq!(kind(second.take_over("b1", 3, 2)), ErrorKind::TimedOut);
        drop(stopped);
        first
            .append(&mut writer, b" two")
            .expect("neither has changed anything");
        second.end_writer("b1").expect("sealed");
        assert_eq!(content(&second, "b1"), b"one two");
    }
}
