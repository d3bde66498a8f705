//! Queries: filter, order and page.

use super::enums::{MediaType, State};
use super::paging::{CursorPaging, Sorting};
use serde::{Serialize, Serializer};

/// A query over files.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileQuery {
    /// Which files. Default: those in use.
    pub filter: FileFilter,
    /// The order, at most one entry: by `displayName`, `sizeInBytes` or `updatedDate`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sorting>,
    /// Page size and cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_paging: Option<CursorPaging>,
}

/// Which files a query selects. All conditions must match.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileFilter {
    /// Private or public files. Default: both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// Kinds of files. Default: all.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "one_of")]
    pub media_type: Vec<MediaType>,
    /// Files in use or in the trash. Default: in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

/// A query over folders.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FolderQuery {
    /// Which folders. Default: those in use.
    pub filter: FolderFilter,
    /// The order, at most one entry: by `displayName` or `updatedDate`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sorting>,
    /// Page size and cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_paging: Option<CursorPaging>,
}

/// Which folders a query selects.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FolderFilter {
    /// Folders in use or in the trash. Default: in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

/// Writes `{ "$in": […] }`.
fn one_of<S: Serializer>(values: &[MediaType], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map([("$in", values)])
}
