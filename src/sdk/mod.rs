//! The API for Rust programs (feature `sdk`): a type for each call, with the type of its result.
//!
//! Everything here is values: an [`Endpoint`] turns a call into a [`Request`], your HTTP client sends it, and
//! [`Call::receive`] turns the response into the result or an [`Error`]. So it works with any HTTP client, blocking or
//! not, natively and in a browser. A [`Client`] adds retries and pages to your [`Transport`], or to the one over `reqwest` of the
//! feature `reqwest`.
//!
//! ```
//! use wix_media::sdk::{Call, CreateFolder, Credentials, Endpoint, Response};
//!
//! let credentials = Credentials::ApiKey { key: "IST.abc".into(), site_id: "b42d…".into() };
//! let endpoint = Endpoint::wix(credentials);
//! let call = CreateFolder::new("Animals");
//!
//! let request = endpoint.request(&call)?;
//! assert_eq!((request.method, &*request.url), ("POST", "https://www.wixapis.com/site-media/v1/folders"));
//! assert_eq!(request.body.as_deref(), Some(r#"{"displayName":"Animals"}"#));
//!
//! let answer = br#"{"folder": {"id": "f1", "displayName": "Animals", "parentFolderId": "media-root"}}"#;
//! let folder = CreateFolder::receive(&Response::new(200, answer))?.folder;
//! assert_eq!(folder.id, "f1");
//! # Ok::<(), wix_media::sdk::Error>(())
//! ```
//!
//! The manager of the feature `manager` answers these requests in the same process, for tests and for programs without a
//! network:
//!
//! ```
//! # #[cfg(feature = "manager")] {
//! use wix_media::manager::{Manager, Request};
//! use wix_media::sdk::{Call, CreateFolder, Credentials, Endpoint, Error, GetFolder, ListFolders, Response};
//!
//! let manager = Manager::memory().unwrap();
//! let endpoint = Endpoint::new("http://127.0.0.1", Credentials::None);
//! fn send<C: Call>(manager: &Manager, endpoint: &Endpoint, call: &C) -> Result<C::Output, Error> {
//!     let sent = endpoint.request(call)?;
//!     let target = sent.url.strip_prefix("http://127.0.0.1").unwrap_or(&sent.url);
//!     let answer = manager.handle(Request::new(sent.method, target).body(sent.body.unwrap_or_default()));
//!     let body = manager.collect(answer.body.clone()).unwrap();
//!     C::receive(&Response::new(answer.status, &body))
//! }
//!
//! let folder = send(&manager, &endpoint, &CreateFolder::new("Animals")).unwrap().folder;
//! let page = send(&manager, &endpoint, &ListFolders::default()).unwrap();
//! assert_eq!(page.folders[0].id, folder.id);
//!
//! let error = send(&manager, &endpoint, &GetFolder::new("gone")).unwrap_err();
//! assert_eq!(error.code(), "FOLDER_NOT_FOUND");
//! # }
//! ```

/// The examples of the guide, which run with those of this module.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../../docs/rust.md")]
struct Guide;

mod call;
mod calls;
mod client;
mod endpoint;
mod enums;
mod error;
mod file;
mod files;
mod folder;
mod folders;
mod form;
mod media;
mod paging;
mod query;
mod requests;
#[cfg(feature = "reqwest")]
mod reqwest;
mod response;
mod timestamp;

#[cfg(feature = "reqwest")]
pub use self::reqwest::Reqwest;
pub use call::Call;
pub use client::{Answer, Client, Pages, Retries, Transport, Unanswered};
pub use endpoint::{Credentials, Endpoint, Request};
pub use enums::{
    ContentDisposition, IdentityType, MediaType, OperationStatus, RootFolder, SortOrder, State, StreamFormat,
    UploadProtocol,
};
pub use error::{Advice, Error, Refusal, Violation};
pub use file::{ExternalInfo, FileDescriptor, Identity};
pub use files::{
    ApplicationError, BulkActionMetadata, BulkDeleteFiles, BulkImportFile, BulkImportFileResult, BulkImportFiles,
    BulkImportResults, BulkRestoreFilesFromTrashBin, DownloadUrl, DownloadUrls, FileChanges, FileResult, FileResults,
    FilesPage, FilesQueryPage, GenerateFileDownloadUrl, GenerateFileResumableUploadUrl, GenerateFileUploadUrl,
    GenerateFilesDownloadUrl, GenerateVideoStreamingUrl, GetFileDescriptor, GetFileDescriptors, ImportFile,
    ItemMetadata, ListDeletedFiles, ListFiles, QueryFileDescriptors, ResumableUpload, SearchFiles, StreamUrl,
    UpdateFileDescriptor, UploadUrl, ZipUrl,
};
pub use folder::Folder;
pub use folders::{
    BulkDeleteFolders, BulkRestoreFoldersFromTrashBin, CreateFolder, FolderChanges, FolderResult, FoldersPage,
    FoldersQueryPage, GenerateFolderDownloadUrl, GetFolder, ListDeletedFolders, ListFolders, QueryFolders,
    SearchFolders, UpdateFolder,
};
pub use media::{
    Archive, Audio, AudioAsset, Color, Colors, Document, Face, FileMedia, Image, ImageMedia, Model3d, Rgb, Video,
    VideoResolution,
};
pub use paging::{CursorPaging, Cursors, Listing, Page, PagingMetadata, Sorting};
pub use query::{FileFilter, FileQuery, FolderFilter, FolderQuery};
pub use response::Response;
pub use timestamp::Timestamp;
