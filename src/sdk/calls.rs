//! The types of the operations, and of their results.

use super::call::Call;
use crate::operations::OperationId;

/// Implements [`Call`] for the types that the operations are named after. The match has no other arm, so an operation without
/// a type does not compile.
macro_rules! calls {
    ($($name:ident -> $output:ty,)+) => {
        $(
            impl Call for super::$name {
                const OPERATION: OperationId = OperationId::$name;
                type Output = $output;
            }
        )+

        const _: fn(OperationId) = |id| match id {
            $(OperationId::$name => (),)+
        };
    };
}

calls! {
    GenerateFilesDownloadUrl -> super::ZipUrl,
    GenerateFileDownloadUrl -> super::DownloadUrls,
    GetFileDescriptor -> super::FileDescriptor,
    GetFileDescriptors -> super::FileResults,
    UpdateFileDescriptor -> super::FileDescriptor,
    GenerateFileUploadUrl -> super::UploadUrl,
    GenerateFileResumableUploadUrl -> super::ResumableUpload,
    ImportFile -> super::FileResult,
    BulkImportFiles -> super::FileResults,
    BulkImportFile -> super::BulkImportResults,
    ListFiles -> super::FilesPage,
    SearchFiles -> super::FilesPage,
    GenerateVideoStreamingUrl -> super::StreamUrl,
    BulkDeleteFiles -> (),
    BulkRestoreFilesFromTrashBin -> (),
    ListDeletedFiles -> super::FilesPage,
    QueryFileDescriptors -> super::FilesQueryPage,
    CreateFolder -> super::FolderResult,
    GetFolder -> super::Folder,
    ListFolders -> super::FoldersPage,
    SearchFolders -> super::FoldersPage,
    UpdateFolder -> super::Folder,
    GenerateFolderDownloadUrl -> super::ZipUrl,
    BulkDeleteFolders -> (),
    BulkRestoreFoldersFromTrashBin -> (),
    ListDeletedFolders -> super::FoldersPage,
    QueryFolders -> super::FoldersQueryPage,
}
