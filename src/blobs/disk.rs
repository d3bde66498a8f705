//! Files of the operating system.

use super::Host;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file that holds back room: see [`Blobs::reserve`](super::Blobs::reserve).
const RESERVE: &str = "reserve";

/// Its size in bytes: enough for the deletion of some hundred files.
const RESERVE_SIZE: usize = 2 << 20;

/// The files below one folder of the file system.
///
/// ```
/// use wix_media::blobs::{Disk, Host};
///
/// let folder = std::env::temp_dir().join(format!("wix-media-disk-{}", std::process::id()));
/// let disk = Disk::new(&folder)?;
/// disk.write("00/a", 0, b"hello")?;
/// disk.sync("00/a")?;
/// assert_eq!(std::fs::read(folder.join("00/a"))?, b"hello");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Opens the files below `root`, and creates it when it is missing.
    ///
    /// ```
    /// # use wix_media::blobs::Disk;
    /// let folder = std::env::temp_dir().join(format!("wix-media-new-{}", std::process::id()));
    /// Disk::new(&folder)?;
    /// assert!(folder.is_dir());
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(root: &Path) -> Result<Disk> {
        fs::create_dir_all(root)?;
        Ok(Disk { root: root.to_owned() })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// `None` in place of "not found".
pub(super) fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Host for Disk {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        let path = self.path(name);
        let open = || OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let mut file = match found(open())? {
            Some(file) => file,
            None => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                open()?
            }
        };
        if file.metadata()?.len() != offset {
            file.set_len(offset)?;
        }
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn sync(&self, name: &str) -> Result<()> {
        let path = self.path(name);
        // Windows syncs only what is open for writing.
        let file = OpenOptions::new().read(true).write(cfg!(windows)).open(&path)?;
        file.sync_all()?;
        // The name of a new file is durable only with its folder, and the name of a new folder with the one above it.
        #[cfg(unix)]
        for folder in path.ancestors().skip(1).take(2) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut file = File::open(self.path(name))?;
        file.seek(SeekFrom::Start(offset))?;
        let mut filled = 0;
        while filled < buffer.len() {
            match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn size(&self, name: &str) -> Result<Option<u64>> {
        Ok(found(fs::metadata(self.path(name)))?.map(|metadata| metadata.len()))
    }

    fn remove(&self, name: &str) -> Result<()> {
        found(fs::remove_file(self.path(name))).map(drop)
    }

    fn names(&self, folder: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in found(fs::read_dir(self.path(folder)))?.into_iter().flatten() {
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }

    fn reserve(&self, hold: bool) -> Result<bool> {
        if !hold {
            self.remove(RESERVE)?;
            return Ok(false);
        }
        if self.size(RESERVE)? == Some(RESERVE_SIZE as u64) {
            return Ok(true);
        }
        // Zeros would take no room on file systems that compress.
        let mut bytes = vec![0; RESERVE_SIZE];
        let mut state: u32 = 1;
        for byte in &mut bytes {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        let held = self.write(RESERVE, 0, &bytes).and_then(|()| self.sync(RESERVE));
        if held.is_err() {
            // A part of it would keep room and be of no use.
            self.remove(RESERVE)?;
        }
        held.map(|()| true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Blobs, Directory, conformance};
    use super::*;
    use std::cell::Cell;

    /// A folder that is removed with the value.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("wix-media-disk-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder");
            Scratch(path)
        }

        fn open(&self, name: &str) -> Box<dyn Blobs> {
            Box::new(Directory::new(Disk::new(&self.0.join(name)).expect("a folder")))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn directory_conforms() {
        let scratch = Scratch::new("conformance");
        let count = Cell::new(0);
        conformance::all(&|| {
            count.set(count.get() + 1);
            scratch.open(&count.get().to_string())
        });
    }

    #[test]
    fn reserve_is_a_file_that_can_be_given_up() {
        let scratch = Scratch::new("reserve");
        let blobs = scratch.open("blobs");
        let size = || {
            fs::metadata(scratch.0.join("blobs/reserve"))
                .map(|file| file.len())
                .ok()
        };
        for _ in 0..2 {
            assert!(blobs.reserve(true).expect("a reserve"));
            assert_eq!(size(), Some(RESERVE_SIZE as u64));
        }
        assert!(blobs.list("", 10).expect("a list").is_empty(), "it is no blob");
        for _ in 0..2 {
            assert!(!blobs.reserve(false).expect("no reserve"));
            assert_eq!(size(), None);
        }
    }

    #[test]
    fn reopened_directory_has_what_was_synced() {
        let scratch = Scratch::new("reopened");
        conformance::bytes::reopened_store_has_what_was_synced(&|| scratch.open("blobs"));
    }

    #[test]
    fn files_of_others_are_not_listed() {
        let scratch = Scratch::new("others");
        let blobs = scratch.open("blobs");
        let name = super::super::file_name("b1");
        let disk = Disk::new(&scratch.0.join("blobs")).expect("a folder");
        for other in [&name[..], "zz/b1", "00/b1", "00/not an id", "readme"] {
            disk.write(other, 0, b"x").expect("written");
        }
        assert_eq!(blobs.list("", 9).expect("listed"), ["b1"]);
    }
}
