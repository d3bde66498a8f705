//! Files, as results contain them.

use super::enums::{IdentityType, MediaType, OperationStatus, State};
use super::form::size;
use super::media::FileMedia;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A file of the Media Manager.
///
/// Only `display_name`, `parent_folder_id` and `labels` can be changed, with
/// [`UpdateFileDescriptor`](super::UpdateFileDescriptor).
///
/// ```
/// use wix_media::sdk::FileDescriptor;
///
/// let file: FileDescriptor = serde_json::from_str(r#"{"id": "a~mv2.jpg", "sizeInBytes": "2457600"}"#).unwrap();
/// assert_eq!((&*file.id, file.size_in_bytes), ("a~mv2.jpg", Some(2_457_600)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct FileDescriptor {
    /// The id, such as `a1b2c3_4f5e6d7c8b9a4f5e6d7c8b9a4f5e6d7c~mv2.jpg`.
    pub id: String,
    /// The name shown in the Media Manager.
    pub display_name: String,
    /// The permanent URL. For a private file it answers 403.
    pub url: String,
    /// The id of the folder that holds the file.
    pub parent_folder_id: Option<String>,
    /// The hash of the content, empty while the file is pending.
    pub hash: String,
    /// The size in bytes, `None` while it is not yet known.
    #[serde(with = "size")]
    pub size_in_bytes: Option<u64>,
    /// Whether the content is available through signed links only.
    pub private: bool,
    /// The kind of the file.
    pub media_type: MediaType,
    /// Details by kind. Absent in the results of imports and while the file is pending.
    pub media: Option<FileMedia>,
    /// Whether the file can be used yet.
    pub operation_status: OperationStatus,
    /// The URL that the file was imported from.
    pub source_url: Option<String>,
    /// The URL of a thumbnail, or of an icon for the kind of the file.
    pub thumbnail_url: Option<String>,
    /// Labels, set by people or by image recognition.
    pub labels: Vec<String>,
    /// When the file was created.
    pub created_date: Option<Timestamp>,
    /// When the file was last changed.
    pub updated_date: Option<Timestamp>,
    /// The id of the site.
    pub site_id: String,
    /// Whether the file is in the trash.
    pub state: State,
    /// Who added the file. Not part of Wix's public types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_by: Option<Identity>,
    /// Members that Wix does not document, such as `mimeType` and `internalTags`.
    #[serde(flatten)]
    pub undocumented: Map<String, Value>,
}

/// Who added a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Identity {
    /// The kind of identity.
    pub identity_type: IdentityType,
    /// The id of the identity.
    pub identity_id: Option<String>,
}

/// Your own data about an upload or import. Only the events of the file repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalInfo {
    /// The origin of the file, as free text.
    pub origin: String,
    /// Ids of your own.
    pub external_ids: Vec<String>,
}
