//! The folder for temporary files of tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder in memory, where the system offers one.
const MEMORY: &str = "/dev/shm";
/// Free bytes that the folder in memory must have. The tests use less than half of it at any time.
const MIN_FREE: u64 = 4 << 30;

/// The folder for temporary files of tests, in memory where there is enough of it: thousands of small files that are synced
/// one by one can take an hour on a slow disk. A killed program loses no more there than on a disk.
pub(crate) struct Scratch(Option<PathBuf>);

impl Scratch {
    /// Makes the folder, unless `TMPDIR` already names one or memory is scarce.
    pub(crate) fn new() -> Self {
        let is_chosen = std::env::var_os("TMPDIR").is_some();
        if is_chosen || free_bytes(MEMORY).is_none_or(|free| free < MIN_FREE) {
            return Self(None);
        }
        let folder = Path::new(MEMORY).join(format!("wix-media-tests-{}", std::process::id()));
        Self(std::fs::create_dir_all(&folder).is_ok().then_some(folder))
    }

    /// Points a program's temporary files to the folder, and also the records of uploads, which would otherwise be among
    /// those of the user.
    pub(crate) fn lend(&self, command: &mut Command) {
        if let Some(folder) = &self.0 {
            command
                .env("TMPDIR", folder)
                .env("DISK_TMPDIR", std::env::temp_dir())
                .env("XDG_STATE_HOME", folder.join("state"));
        }
    }

    /// Deletes the folder. A program that is still ending may write there, so an error is only printed.
    pub(crate) fn remove(self) {
        if let Some(folder) = self.0
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            println!("cannot delete {}: {error}", folder.display());
        }
    }
}

/// Free bytes of the file system that a folder is on, as far as `df` can tell.
fn free_bytes(folder: &str) -> Option<u64> {
    let mut command = Command::new("df");
    command
        .args(["--output=avail", "--block-size=1", folder])
        .stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().nth(1)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_bytes_of_unknown_folder_is_none() {
        assert!(free_bytes(".").is_none_or(|free| free > 0));
        assert_eq!(free_bytes("/no/such/folder"), None);
    }

    #[test]
    fn scratch_is_lent_and_removed() {
        let folder = std::env::temp_dir().join(format!("wix-media-scratch-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        let scratch = Scratch(Some(folder.clone()));
        let mut command = Command::new("true");
        scratch.lend(&mut command);
        let lent: Vec<_> = command.get_envs().filter(|(name, _)| *name == "TMPDIR").collect();
        assert_eq!(lent[0].1.unwrap(), folder.as_os_str());
        scratch.remove();
        assert!(!folder.exists());
    }
}
