//! The manifest of an archive: its version, and what it counts.

use super::{Flaw, MANIFEST};
use crate::manager::json;
use serde::{Deserialize, Serialize};

/// What the manifest calls the format.
pub(crate) const FORMAT: &str = "wix-media-archive";

/// The version of an archive that has the bytes of all files.
const WHOLE: u64 = 1;

/// The version of an archive in which bytes are missing, and the last one that this release reads.
pub(crate) const VERSION: u64 = 2;

/// What a manifest says. The order of its members is that of the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) format: String,
    pub(crate) version: u64,
    #[serde(default)]
    pub(crate) site_id: String,
    pub(crate) since: i64,
    pub(crate) deletions: u64,
    pub(crate) last_event: u64,
    pub(crate) folders: u64,
    pub(crate) files: u64,
    pub(crate) blobs: u64,
    pub(crate) bytes: u64,
    /// How many files are without their bytes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) missing: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Manifest {
    /// Returns a manifest that counts nothing yet.
    pub(crate) fn new(site_id: &str) -> Manifest {
        Manifest {
            format: FORMAT.to_owned(),
            version: WHOLE,
            site_id: site_id.to_owned(),
            ..Manifest::default()
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let version = if self.missing > 0 { VERSION } else { WHOLE };
        let manifest = Manifest {
            version,
            ..self.clone()
        };
        let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
        text.push('\n');
        text
    }

    pub(crate) fn from_text(text: &[u8]) -> Result<Manifest, Flaw> {
        let fault = |text: String| Flaw::new(MANIFEST, text);
        let value = json::parse(text).map_err(|error| fault(format!("this is no JSON: {error}")))?;
        if value["format"] != FORMAT {
            return Err(fault("this is no archive of a manager".to_owned()));
        }
        // A later version may have other members, so it is looked at before them.
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
        json::read(&value).map_err(|error| fault(error.to_string()))
    }
}
