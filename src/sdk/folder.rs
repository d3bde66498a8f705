//! Folders, as results contain them.

use super::enums::State;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A folder of the Media Manager.
///
/// Only `display_name` and `parent_folder_id` can be changed, with [`UpdateFolder`](super::UpdateFolder).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Folder {
    /// The id.
    pub id: String,
    /// The name shown in the Media Manager.
    pub display_name: String,
    /// The id of the folder that holds this one.
    pub parent_folder_id: String,
    /// When the folder was created.
    pub created_date: Option<Timestamp>,
    /// When the folder was last renamed or moved.
    pub updated_date: Option<Timestamp>,
    /// Whether the folder is in the trash.
    pub state: State,
    /// The id of the site.
    pub site_id: String,
}
