//! The bytes of files, compared with what the catalog says about them, a part at a time.

use crate::blobs::Blobs;
use crate::catalog::File;
use crate::manager::inspect::Digest;
use crate::model::status::Status;
use serde::Serialize;
use std::io::ErrorKind;

/// The number of bytes read at once.
const BUFFER_SIZE: usize = 1 << 16;

/// What opening a file costs, in bytes that could be read in that time.
const FILE_COST: u64 = 1 << 14;

/// What is wrong with the bytes of a file.
///
/// ```
/// use wix_media::manager::Problem;
///
/// assert_eq!(Problem::Cut.as_str(), "cut");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Problem {
    /// There are none.
    Missing,
    /// There are fewer than there should be.
    Cut,
    /// There are more than there should be.
    Longer,
    /// There are as many as there should be, but their hash is another one.
    Changed,
    /// They cannot be read.
    Unreadable,
}

impl Problem {
    const ALL: [Problem; 5] = [
        Problem::Missing,
        Problem::Cut,
        Problem::Longer,
        Problem::Changed,
        Problem::Unreadable,
    ];

    /// The name, as in reports and archives.
    ///
    /// ```
    /// # use wix_media::manager::Problem;
    /// assert_eq!(Problem::Missing.as_str(), "missing");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Problem::Missing => "missing",
            Problem::Cut => "cut",
            Problem::Longer => "longer",
            Problem::Changed => "changed",
            Problem::Unreadable => "unreadable",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Problem> {
        Problem::ALL.into_iter().find(|problem| problem.as_str() == name)
    }
}

/// A file whose bytes are not what they were.
///
/// ```
/// use wix_media::manager::{Check, Manager};
///
/// let manager = Manager::memory()?;
/// let mut check = Check::default();
/// while manager.check(&mut check)? {}
/// assert!(check.take_damage().is_empty());
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Damage {
    /// The id of the file. Empty for a file that was deleted permanently and that a zip keeps.
    pub file_id: String,
    /// Its display name, or its path in the zip.
    pub display_name: String,
    /// The name of the file that holds the bytes, below the folder of the blobs. Empty where it is not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub blob: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Returns whether a file had bytes, or must have some, and its row names none. A file that is being imported, or could not be,
/// has no hash yet.
pub(crate) fn has_lost_bytes(file: &File) -> bool {
    file.blob.is_none() && file.size != 0 && (file.status == Status::Ready || !file.hash.is_empty())
}

/// What the catalog says about the bytes of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) blob: &'a str,
    pub(crate) size: i64,
    pub(crate) crc: u32,
    /// The MD5, in lower-case hexadecimal digits, if it is to be compared.
    pub(crate) md5: Option<&'a str>,
}

/// How far the bytes of a file have been compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There are more bytes.
    Continues,
    Whole,
    Damaged(Problem),
}

/// The comparison of the bytes of one file.
#[derive(Debug)]
pub(crate) struct Verification {
    sum: Sum,
    offset: u64,
}

/// The MD5 takes three times as long as the CRC-32 alone.
#[derive(Debug)]
enum Sum {
    Crc(crc32fast::Hasher),
    Digest(Box<Digest>),
}

impl Verification {
    /// Begins with the size of the blob. `None` in `md5` leaves the MD5 out.
    pub(crate) fn new(blobs: &dyn Blobs, expected: &Expected<'_>) -> Result<Verification, Problem> {
        let size = u64::try_from(expected.size).unwrap_or(0);
        match blobs.size(expected.blob) {
            Ok(Some(found)) if found < size => return Err(Problem::Cut),
            Ok(Some(found)) if found > size => return Err(Problem::Longer),
            Ok(Some(_)) => {}
            Ok(None) => return Err(Problem::Missing),
            Err(_) => return Err(Problem::Unreadable),
        }
        let sum = match expected.md5 {
            Some(_) => Sum::Digest(Box::new(Digest::new())),
            None => Sum::Crc(crc32fast::Hasher::new()),
        };
        Ok(Verification { sum, offset: 0 })
    }

    /// Reads on, until `budget` bytes are used up or the comparison ends.
    pub(crate) fn advance(&mut self, blobs: &dyn Blobs, expected: &Expected<'_>, budget: &mut u64) -> Verdict {
        let size = u64::try_from(expected.size).unwrap_or(0);
        if self.offset == 0 {
            *budget = budget.saturating_sub(FILE_COST);
        }
        let mut buffer = vec![0; BUFFER_SIZE.min(usize::try_from(size).unwrap_or(BUFFER_SIZE))];
        while self.offset < size {
            if *budget == 0 {
                return Verdict::Continues;
            }
            let room = usize::try_from(size - self.offset)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            match blobs.read(expected.blob, self.offset, &mut buffer[..room]) {
                Ok(0) => return Verdict::Damaged(Problem::Cut),
                Ok(count) => {
                    match &mut self.sum {
                        Sum::Crc(hasher) => hasher.update(&buffer[..count]),
                        Sum::Digest(digest) => digest.update(&buffer[..count]),
                    }
                    self.offset += count as u64;
                    *budget = budget.saturating_sub(count as u64);
                }
                Err(error) if error.kind() == ErrorKind::NotFound => return Verdict::Damaged(Problem::Missing),
                Err(_) => return Verdict::Damaged(Problem::Unreadable),
            }
        }
        let is_same = match &self.sum {
            Sum::Crc(hasher) => hasher.clone().finalize() == expected.crc,
            Sum::Digest(digest) => {
                let digested = digest.clone().finish();
                digested.crc == expected.crc && expected.md5.is_none_or(|md5| md5 == digested.md5)
            }
        };
        if is_same {
            Verdict::Whole
        } else {
            Verdict::Damaged(Problem::Changed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::Memory;

    #[test]
    fn problem_has_one_name_for_each_kind() {
        for problem in Problem::ALL {
            assert_eq!(Problem::parse(problem.as_str()), Some(problem));
            assert_eq!(serde_json::to_value(problem).unwrap(), problem.as_str());
        }
        assert_eq!(Problem::parse("fine"), None);
    }

    #[test]
    fn advance_within_budget_reads_no_further() {
        let blobs = Memory::default();
        let bytes = vec![7; 200_000];
        let mut writer = blobs.open_writer("b", 0).unwrap();
        blobs.append(&mut writer, &bytes).unwrap();
        let mut digest = Digest::new();
        digest.update(&bytes);
        let digested = digest.finish();
        for md5 in [None, Some(&digested.md5[..])] {
            let expected = Expected {
                blob: "b",
                size: 200_000,
                crc: digested.crc,
                md5,
            };
            let mut verification = Verification::new(&blobs, &expected).unwrap();
            let mut steps = 0;
            loop {
                steps += 1;
                match verification.advance(&blobs, &expected, &mut (FILE_COST + 1)) {
                    Verdict::Continues => {}
                    verdict => break assert_eq!(verdict, Verdict::Whole),
                }
            }
            assert_eq!(steps, 4, "a step ends with the buffer that uses up its budget");
            let changed = Expected {
                crc: digested.crc ^ 1,
                ..expected
            };
            let mut verification = Verification::new(&blobs, &changed).unwrap();
            let verdict = verification.advance(&blobs, &changed, &mut u64::MAX.clone());
            assert_eq!(verdict, Verdict::Damaged(Problem::Changed));
        }
    }
}
