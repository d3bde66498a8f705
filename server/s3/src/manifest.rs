//! The recorded state of an open blob.

use serde::{Deserialize, Serialize};

/// The size of a part in bytes. All parts of an object but the last have it, which some stores demand.
pub(crate) const PART_SIZE: usize = 8 << 20;

/// The most parts of an object.
pub(crate) const MAX_PARTS: usize = 10_000;

/// The version of the format.
const VERSION: u32 = 1;

/// Some bytes behind the last whole part, in an object of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) name: String,
    /// How many bytes of the object count.
    pub(crate) size: usize,
    /// Whether all of them do. Releases before this one do not say it.
    #[serde(default)]
    pub(crate) is_whole: bool,
}

/// What `blobs/ID/state` contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    version: u32,
    /// A random name of the request that has written it.
    pub(crate) holder: String,
    /// The number under which that request has taken the blob over in the catalog. 0 for one that has made the blob.
    pub(crate) epoch: u64,
    /// The multipart upload, once there is a whole part.
    pub(crate) upload: Option<String>,
    /// The tags of the whole parts.
    pub(crate) parts: Vec<String>,
    pub(crate) segments: Vec<Segment>,
}

impl Manifest {
    pub(crate) fn new(holder: &str, epoch: u64) -> Manifest {
        Manifest {
            version: VERSION,
            holder: holder.to_owned(),
            epoch,
            upload: None,
            parts: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// The number of bytes behind the last whole part.
    pub(crate) fn tail(&self) -> usize {
        self.segments.iter().map(|segment| segment.size).sum()
    }

    pub(crate) fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(std::io::Error::other)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> std::io::Result<Manifest> {
        let manifest: Manifest = serde_json::from_slice(bytes).map_err(std::io::Error::other)?;
        if manifest.version != VERSION {
            let text = format!(
                "the state of an open blob has version {}: expected {VERSION}",
                manifest.version
            );
            return Err(std::io::Error::other(text));
        }
        Ok(manifest)
    }
}
