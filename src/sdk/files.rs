//! The calls for files, in the order of `docs/contract/files-api.md`, and their results.

use super::enums::{ContentDisposition, MediaType, RootFolder, StreamFormat, UploadProtocol};
use super::file::{ExternalInfo, FileDescriptor};
use super::form::size;
use super::paging::{CursorPaging, Sorting, pages};
use super::query::FileQuery;
use super::requests::{by_list, by_text, requests};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

requests! {
    /// Makes the URL of a zip of files. It does not expire.
    pub struct GenerateFilesDownloadUrl {
        [
            /// Ids of the files, 1 to 1,000.
            pub file_ids: Vec<String>,
        ]
    }

    /// Makes temporary links to a file, also to a private one.
    pub struct GenerateFileDownloadUrl {
        [
            /// The id of the file.
            pub file_id: String,
        ]
        /// The name of the saved file. Default: that of the file.
        pub download_file_name: Option<String>,
        /// Minutes until the links expire, 1 to 525,600. Default: 600.
        pub expiration_in_minutes: Option<u32>,
        /// Where an expired link redirects to. Default: a page with status 403.
        pub expiration_redirect_url: Option<String>,
        /// Renditions to link, such as `720p.mp4`. Default: `src`, the original.
        pub asset_keys: Vec<String>,
        /// Whether browsers save or show the file. Default: save.
        pub content_disposition: Option<ContentDisposition>,
    }

    /// Gets a file.
    pub struct GetFileDescriptor {
        [
            /// The id of the file, or a `wix:` media URL.
            pub file_id: String,
        ]
    }

    /// Gets several files. Unknown ids are left out.
    pub struct GetFileDescriptors {
        [
            /// Ids of the files, 1 to 100.
            pub file_ids: Vec<String>,
        ]
    }

    /// Changes name, folder or labels of a file.
    pub struct UpdateFileDescriptor {
        [
            /// The file, with what is to change.
            pub file: FileChanges,
        ]
    }

    /// The members of a file that can be changed. Those that are `None` stay.
    pub struct FileChanges {
        [
            /// The id of the file.
            pub id: String,
        ]
        /// The new name.
        pub display_name: Option<String>,
        /// The folder to move the file to.
        pub parent_folder_id: Option<String>,
        /// All labels of the file. An empty list removes them.
        pub labels: Option<Vec<String>>,
    }

    /// Makes a URL to upload a file to, with one PUT.
    pub struct GenerateFileUploadUrl {
        [
            /// The MIME type of the file.
            pub mime_type: String,
        ]
        /// The name of the file. Default: the query `filename` of the upload.
        pub file_name: Option<String>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
        /// The folder to upload to. Default: `media-root`.
        pub parent_folder_id: Option<String>,
        /// Whether the file is private. Cannot be changed later.
        pub private: Option<bool>,
        /// Up to 50 labels.
        pub labels: Vec<String>,
        /// Your own data, which the events of the file repeat.
        pub external_info: Option<ExternalInfo>,
        /// Folders below the parent folder, such as `/videos/2024`. Missing ones are created.
        pub file_path: Option<String>,
    }

    /// Makes a URL for a resumable upload.
    pub struct GenerateFileResumableUploadUrl {
        [
            /// The MIME type of the file.
            pub mime_type: String,
        ]
        /// The name of the file. Default: the query `filename` of the last request.
        pub file_name: Option<String>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
        /// The folder to upload to. Default: `media-root`.
        pub parent_folder_id: Option<String>,
        /// Whether the file is private. Cannot be changed later.
        pub private: Option<bool>,
        /// Up to 500 labels.
        pub labels: Vec<String>,
        /// The protocol. Default: TUS.
        pub upload_protocol: Option<UploadProtocol>,
        /// Folders below the parent folder, such as `/videos/2024`. Missing ones are created.
        pub file_path: Option<String>,
    }

    /// Imports a file from a URL. Also an entry of [`BulkImportFiles`] and [`BulkImportFile`].
    pub struct ImportFile {
        [
            /// The public URL of the file.
            pub url: String,
        ]
        /// The kind of the file. Default: by its MIME type.
        pub media_type: Option<MediaType>,
        /// The name of the file. Default: by its URL.
        pub display_name: Option<String>,
        /// The folder to import to. Default: `media-root`.
        pub parent_folder_id: Option<String>,
        /// Whether the file is private. Cannot be changed later.
        pub private: Option<bool>,
        /// Up to 500 labels.
        pub labels: Vec<String>,
        /// The MIME type. Default: by the answer of the URL.
        pub mime_type: Option<String>,
        /// Your own data, which the events of the file repeat.
        pub external_info: Option<ExternalInfo>,
        /// Parameters to add to the URL.
        pub url_params: Map<String, Value>,
        /// Headers to send to the URL.
        pub url_headers: Map<String, Value>,
        /// Folders below the parent folder, such as `/videos/2024`. Missing ones are created.
        pub file_path: Option<String>,
    }

    /// Imports several files, all or none. Prefer [`BulkImportFile`].
    pub struct BulkImportFiles {
        [
            /// The files, 1 to 100.
            pub import_file_requests: Vec<ImportFile>,
        ]
    }

    /// Imports several files, each with a result of its own.
    pub struct BulkImportFile {
        [
            /// The files, 1 to 100.
            pub import_file_requests: Vec<ImportFile>,
        ]
        /// Whether the results include the files. Default: yes.
        pub return_entity: Option<bool>,
    }

    /// Lists the files of a folder.
    pub struct ListFiles {
        []
        /// The folder. Default: `media-root`.
        pub parent_folder_id: Option<String>,
        /// Kinds of files. Default: all.
        pub media_types: Vec<MediaType>,
        /// Private or public files only. Default: both.
        pub private: Option<bool>,
        /// The order. Default: most recently changed first.
        pub sort: Option<Sorting>,
        /// Page size and cursor.
        pub paging: Option<CursorPaging>,
    }

    /// Finds files at every depth, by their names, MIME types and labels.
    pub struct SearchFiles {
        []
        /// The text. Default: everything matches.
        pub search: Option<String>,
        /// The scope. Default: [`RootFolder::MediaRoot`].
        pub root_folder: Option<RootFolder>,
        /// Kinds of files. Default: all.
        pub media_types: Vec<MediaType>,
        /// Private or public files only. Default: both.
        pub private: Option<bool>,
        /// The order. Default: most recently changed first.
        pub sort: Option<Sorting>,
        /// Page size and cursor.
        pub paging: Option<CursorPaging>,
    }

    /// Makes the URL of a stream of a video.
    pub struct GenerateVideoStreamingUrl {
        [
            /// The id of the file.
            pub file_id: String,
        ]
        /// The protocol. Default: HLS.
        pub format: Option<StreamFormat>,
        /// Minutes until the URL of a private video expires, 60 to 1,440. Default: 1,440.
        pub expiration_in_minutes: Option<u32>,
    }

    /// Moves files to the trash, or deletes them permanently. Unknown ids are ignored.
    pub struct BulkDeleteFiles {
        [
            /// Ids of the files, at most 1,000.
            pub file_ids: Vec<String>,
        ]
        /// Whether to delete permanently, which cannot be undone. Default: no.
        pub permanent: Option<bool>,
    }

    /// Restores files from the trash.
    pub struct BulkRestoreFilesFromTrashBin {
        [
            /// Ids of the files, at most 1,000.
            pub file_ids: Vec<String>,
        ]
    }

    /// Lists files in the trash.
    pub struct ListDeletedFiles {
        []
        /// A folder in the trash. Default: the top level of the trash.
        pub parent_folder_id: Option<String>,
        /// Kinds of files. Default: all.
        pub media_types: Vec<MediaType>,
        /// Private or public files only. Default: both.
        pub private: Option<bool>,
        /// The order. Default: most recently changed first.
        pub sort: Option<Sorting>,
        /// Page size and cursor.
        pub paging: Option<CursorPaging>,
    }

    /// Finds files by conditions.
    pub struct QueryFileDescriptors {
        [
            /// The conditions, the order and the page.
            pub query: FileQuery,
        ]
    }
}

by_text! {
    FileChanges(id),
    GenerateFileDownloadUrl(file_id),
    GenerateFileResumableUploadUrl(mime_type),
    GenerateFileUploadUrl(mime_type),
    GenerateVideoStreamingUrl(file_id),
    GetFileDescriptor(file_id),
    ImportFile(url),
}

by_list! {
    BulkDeleteFiles(file_ids),
    BulkRestoreFilesFromTrashBin(file_ids),
    GenerateFilesDownloadUrl(file_ids),
    GetFileDescriptors(file_ids),
}

/// Declares results: structs whose members the service always sends.
macro_rules! results {
    ($(
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$note:meta])* pub $member:ident: $kind:ty,)+
        }
    )+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$note])* pub $member: $kind,)+
        }
    )+};
}
pub(super) use results;

results! {
    /// The URL of a zip.
    pub struct ZipUrl {
        /// The URL. It does not expire.
        pub download_url: String,
    }

    /// Temporary links to a file.
    pub struct DownloadUrls {
        /// A link for each asset key.
        pub download_urls: Vec<DownloadUrl>,
    }

    /// A link to a rendition of a file.
    pub struct DownloadUrl {
        /// The link.
        pub url: String,
        /// The rendition. `src` is the original.
        #[serde(default)]
        pub asset_key: String,
    }

    /// A URL to upload a file to.
    pub struct UploadUrl {
        /// The URL, for a PUT of the bytes without an `authorization` header.
        pub upload_url: String,
    }

    /// A URL for a resumable upload.
    pub struct ResumableUpload {
        /// The protocol.
        pub upload_protocol: UploadProtocol,
        /// The URL at which to create the upload.
        pub upload_url: String,
        /// The token to send with the upload. It is valid for one upload.
        pub upload_token: String,
    }

    /// A new file.
    pub struct FileResult {
        /// The file, pending and without media.
        pub file: FileDescriptor,
    }

    /// Several files.
    pub struct FileResults {
        /// The files.
        #[serde(default)]
        pub files: Vec<FileDescriptor>,
    }

    /// The results of a bulk import.
    pub struct BulkImportResults {
        /// The result of each entry.
        #[serde(default)]
        pub results: Vec<BulkImportFileResult>,
        /// How many succeeded and failed.
        pub bulk_action_metadata: BulkActionMetadata,
    }

    /// The URL of a stream.
    pub struct StreamUrl {
        /// The URL.
        pub download_url: DownloadUrl,
    }
}

/// The result of one entry of a bulk import.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct BulkImportFileResult {
    /// Whether the import was accepted.
    pub item_metadata: ItemMetadata,
    /// The file, unless the call did not ask for it or the import was refused.
    pub item: Option<FileDescriptor>,
}

/// The result of one item of a bulk call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ItemMetadata {
    /// The id, absent where nothing was created.
    pub id: Option<String>,
    /// The position in the request, from 0.
    pub original_index: u32,
    /// Whether the item succeeded.
    pub success: bool,
    /// Why it failed.
    pub error: Option<ApplicationError>,
}

/// The error of an item of a bulk call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ApplicationError {
    /// The stable code.
    pub code: String,
    /// Why, for people.
    pub description: String,
    /// Details, depending on the code.
    pub data: Value,
}

/// Counts of a bulk call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct BulkActionMetadata {
    /// Items that succeeded.
    pub total_successes: u32,
    /// Items that failed.
    pub total_failures: u32,
    /// Failures without details of their own.
    pub undetailed_failures: u32,
}

pages! {
    /// A page of files.
    FilesPage, files: FileDescriptor, next_cursor,
        [ListFiles: paging, SearchFiles: paging, ListDeletedFiles: paging];
    /// A page of a query over files.
    FilesQueryPage, files: FileDescriptor, paging_metadata, [QueryFileDescriptors: query.cursor_paging];
}
