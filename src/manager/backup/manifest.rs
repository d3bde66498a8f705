//! The manifest of an archive: its version, and what it counts.

use super::{Flaw, MANIFEST};
use serde_json::Value;

/// What the manifest calls the format.
pub(crate) const FORMAT: &str = "wix-media-archive";

/// The version that this release writes, and the last one that it reads.
pub(crate) const VERSION: u64 = 1;

/// What a manifest says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) since: i64,
    pub(crate) deletions: i64,
    pub(crate) last_event: i64,
    pub(crate) folders: u64,
    pub(crate) files: u64,
    pub(crate) blobs: u64,
    pub(crate) bytes: u64,
}

impl Manifest {
    pub(crate) fn to_text(self, site_id: &str) -> String {
        let Manifest {
            since,
            deletions,
            last_event,
            folders,
            files,
            blobs,
            bytes,
        } = self;
        let site_id = Value::from(site_id);
        format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {VERSION},\n  \"siteId\": {site_id},\n  \"since\": {since},\n  \
             \"deletions\": {deletions},\n  \"lastEvent\": {last_event},\n  \"folders\": {folders},\n  \
             \"files\": {files},\n  \"blobs\": {blobs},\n  \"bytes\": {bytes}\n}}\n"
        )
    }

    pub(crate) fn from_text(text: &[u8]) -> Result<Manifest, Flaw> {
        let fault = |text: String| Flaw::new(MANIFEST, text);
        let value: Value = serde_json::from_slice(text).map_err(|error| fault(format!("this is no JSON: {error}")))?;
        if value["format"] != FORMAT {
            return Err(fault("this is no archive of a manager".to_owned()));
        }
        let version = value["version"].as_u64().unwrap_or(0);
        if version > VERSION {
            return Err(Flaw {
                newer: Some(version),
                ..fault(format!(
                    "the archive has version {version}, which this release cannot read"
                ))
            });
        }
        if version == 0 {
            return Err(fault("version must be a number from 1 on".to_owned()));
        }
        let count = |name: &str| {
            let count = value[name].as_i64().filter(|count| *count >= 0);
            count.ok_or_else(|| fault(format!("{name} must be a whole number that is not negative")))
        };
        let number = |name: &str| count(name).map(i64::unsigned_abs);
        let since = value["since"].as_i64();
        Ok(Manifest {
            since: since.ok_or_else(|| fault("since must be a whole number".to_owned()))?,
            deletions: count("deletions")?,
            last_event: count("lastEvent")?,
            folders: number("folders")?,
            files: number("files")?,
            blobs: number("blobs")?,
            bytes: number("bytes")?,
        })
    }
}
