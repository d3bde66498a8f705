//! Archives: export and import of everything (format: `docs/archive.md`).
//!
//! | File | Purpose |
//! |---|---|
//! | `export.rs` | writes an archive, in steps |
//! | `import.rs` `reader.rs` | check an archive as it arrives, and install it in one transaction |
//! | `manifest.rs` `rows.rs` `lines.rs` | its content |
//!
//! Both directions hold only a few lines in memory.

pub(crate) mod export;
pub(crate) mod import;
mod lines;
mod manifest;
mod reader;
mod rows;

use super::http::error::{Outcome, Refusal};
use super::site::{Cause, Site, next_generation};
use serde_json::json;
use std::fmt;

const MANIFEST: &str = "manifest.json";
const FOLDERS: &str = "folders.jsonl";
const FILES: &str = "files.jsonl";
const BLOBS: &str = "blobs/";

/// The number of rows read at once.
const BATCH_SIZE: u32 = 500;

/// A fault of an archive, with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Flaw {
    /// The name of the entry, if known.
    entry: Option<String>,
    line: Option<u64>,
    /// The offset in the archive.
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
    fn from(flaw: Flaw) -> Refusal {
        let mut data = json!({});
        if let Some(entry) = &flaw.entry {
            data["entry"] = entry.as_str().into();
        }
        if let Some(line) = flaw.line {
            data["line"] = line.into();
        }
        if let Some(byte) = flaw.byte {
            data["byte"] = byte.into();
        }
        let code = match flaw.newer {
            Some(version) => {
                data["version"] = version.into();
                "ARCHIVE_NEWER"
            }
            None => "ARCHIVE_INVALID",
        };
        Refusal::with_data(400, code, flaw.to_string(), data)
    }
}

/// Deletes everything except keys. The numbers of events continue, so that no reader mistakes a new event for an old one.
pub(crate) fn reset(site: &Site) -> Outcome<()> {
    let now = site.clock.now();
    let cause = Cause {
        at: Some(now),
        frees: true,
        ..Cause::default()
    };
    site.write(&cause, |tx| {
        tx.catalog.clear(now)?;
        tx.catalog.set_setting("since", &now.to_string())?;
        tx.catalog.set_setting("deletions", "0")?;
        next_generation(tx)
    })?;
    site.remove_freed(now);
    Ok(())
}
