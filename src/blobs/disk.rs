//! The files of the machine.

use super::Host;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The files below one folder of the machine.
///
/// ```
/// use wix_media::blobs::{Disk, Host};
///
/// let folder = std::env::temp_dir().join(format!("wix-media-disk-{}", std::process::id()));
/// let mut disk = Disk::new(&folder)?;
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
    /// The files below `root`, which is made when it is missing.
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

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// `None` in place of "not found".
fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Host for Disk {
    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
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

    fn sync(&mut self, name: &str) -> Result<()> {
        let path = self.path(name);
        File::open(&path)?.sync_all()?;
        // A file is found again only when its folder is safe, and that when the folder above it is.
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

    fn remove(&mut self, name: &str) -> Result<()> {
        found(fs::remove_file(self.path(name))).map(drop)
    }

    fn names(&self, folder: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in found(fs::read_dir(self.path(folder)))?.into_iter().flatten() {
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Directory, conformance};
    use super::*;

    #[test]
    fn conforms() {
        let folder = std::env::temp_dir().join(format!("wix-media-conforming-{}", std::process::id()));
        let mut count = 0;
        conformance::all(&mut || {
            count += 1;
            Directory::new(Disk::new(&folder.join(count.to_string())).expect("a folder"))
        });
        fs::remove_dir_all(folder).expect("removed");
    }
}
