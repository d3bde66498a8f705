//! The files functions, in the order of `docs/contract/files-api.md`.

use super::fields::{self, *};
use super::shape::ShapeId;
use super::{Access, Argument, Covers, Effect, Operation, OperationId, Output, Paging, Verb, enums};

const UPLOAD_ERRORS: &[&str] = &[
    "MISMATCH_MIME_TYPE",
    "ZERO_FILE_SIZE",
    "UNSUPPORTED_FILE_FORMAT",
    "FILE_SIZE_OVER_LIMIT",
    "SITE_QUOTA_EXCEEDED",
];
const IMPORT_ERRORS: &[&str] = &["SITE_QUOTA_EXCEEDED", "UNSUPPORTED_FILE_FORMAT", "MISMATCH_MIME_TYPE"];
const LIST_ERRORS: &[&str] = &["UNSUPPORTED_MEDIA_TYPE", "UNSUPPORTED_SORT_VALUE"];

const FILE_ID: Argument = Argument::Value {
    name: "fileId",
    field: fields::FILE_ID,
};

const fn file_ids(min: u32, max: u32) -> Argument {
    Argument::Value {
        name: "fileIds",
        field: texts("fileIds", min, max, 1000).required(),
    }
}

const MIME_TYPE: Argument = Argument::Value {
    name: "mimeType",
    field: fields::MIME_TYPE.required(),
};

const IMPORT_REQUESTS: Argument = Argument::Value {
    name: "importFileRequests",
    field: fields::IMPORT_REQUESTS,
};

/// The options of both lists, inside and outside the trash.
const LIST_OPTIONS: Argument = Argument::Options(&[PARENT_FOLDER_ID, MEDIA_TYPES, PRIVATE, SORT, PAGING]);

pub(super) const ROWS: [Operation; 17] = [
    Operation {
        id: OperationId::GenerateFilesDownloadUrl,
        name: "generateFilesDownloadUrl",
        path: "/files/generate-download-url",
        arguments: &[file_ids(1, 1000)],
        access: Access::Manage,
        errors: &["RESOURCE_NOT_FOUND"],
        // Stores the list of files that the returned link leads to.
        effect: Effect::Change,
        ..Operation::READ
    },
    Operation {
        id: OperationId::GenerateFileDownloadUrl,
        name: "generateFileDownloadUrl",
        path: "/files/generate-file-download-url",
        arguments: &[
            FILE_ID,
            Argument::Options(&[
                text("downloadFileName", 100),
                integer("expirationInMinutes", 1, 525_600),
                url("expirationRedirectUrl"),
                texts("assetKeys", 0, 100, 100),
                one_of("contentDisposition", &enums::CONTENT_DISPOSITION),
            ]),
        ],
        access: Access::Manage,
        errors: &["INVALID_ASSET_KEY", "RESOURCE_NOT_FOUND"],
        ..Operation::READ
    },
    Operation {
        id: OperationId::GetFileDescriptor,
        name: "getFileDescriptor",
        verb: Verb::Get,
        path: "/files/get-file-by-id",
        arguments: &[FILE_ID],
        output: Output::Member("file"),
        answer: ShapeId::FileAnswer,
        errors: &["RESOURCE_NOT_FOUND"],
        ..Operation::READ
    },
    Operation {
        id: OperationId::GetFileDescriptors,
        name: "getFileDescriptors",
        path: "/files/get-files",
        arguments: &[file_ids(1, 100)],
        answer: ShapeId::FilesAnswer,
        errors: &["RESOURCE_NOT_FOUND"],
        ..Operation::READ
    },
    Operation {
        id: OperationId::UpdateFileDescriptor,
        name: "updateFileDescriptor",
        verb: Verb::Patch,
        path: "/files/update-file-descriptor",
        arguments: &[Argument::Value {
            name: "file",
            field: fields::FILE,
        }],
        output: Output::Member("file"),
        answer: ShapeId::FileAnswer,
        errors: &["FIELD_MASK_IS_EMPTY_OR_MISSING", "RESOURCE_NOT_FOUND"],
        ..Operation::CHANGE
    },
    Operation {
        id: OperationId::GenerateFileUploadUrl,
        name: "generateFileUploadUrl",
        path: "/files/generate-upload-url",
        arguments: &[
            MIME_TYPE,
            Argument::Options(&[
                FILE_NAME,
                SIZE_IN_BYTES,
                PARENT_FOLDER_ID,
                PRIVATE,
                texts("labels", 0, 50, 200),
                EXTERNAL_INFO,
                FILE_PATH,
            ]),
        ],
        errors: UPLOAD_ERRORS,
        ..Operation::CHANGE
    },
    Operation {
        id: OperationId::GenerateFileResumableUploadUrl,
        name: "generateFileResumableUploadUrl",
        path: "/files/generate-resumable-upload-url",
        arguments: &[
            MIME_TYPE,
            Argument::Options(&[
                FILE_NAME,
                SIZE_IN_BYTES,
                PARENT_FOLDER_ID,
                PRIVATE,
                texts("labels", 0, 500, 200),
                one_of("uploadProtocol", &enums::UPLOAD_PROTOCOL),
                FILE_PATH,
            ]),
        ],
        errors: UPLOAD_ERRORS,
        ..Operation::CHANGE
    },
    Operation {
        id: OperationId::ImportFile,
        name: "importFile",
        path: "/files/import",
        arguments: &[
            Argument::Value {
                name: "url",
                field: url("url").required(),
            },
            Argument::Options(IMPORT_OPTIONS),
        ],
        answer: ShapeId::FileAnswer,
        errors: IMPORT_ERRORS,
        ..Operation::CREATE
    },
    Operation {
        id: OperationId::BulkImportFiles,
        name: "bulkImportFiles",
        path: "/bulk/files/import",
        arguments: &[IMPORT_REQUESTS],
        answer: ShapeId::FilesAnswer,
        errors: IMPORT_ERRORS,
        ..Operation::CREATE
    },
    Operation {
        id: OperationId::BulkImportFile,
        name: "bulkImportFile",
        path: "/bulk/files/import-v2",
        arguments: &[IMPORT_REQUESTS, Argument::Options(&[flag("returnEntity")])],
        answer: ShapeId::ResultsAnswer,
        ..Operation::CREATE
    },
    Operation {
        id: OperationId::ListFiles,
        name: "listFiles",
        verb: Verb::Get,
        path: "/files",
        arguments: &[LIST_OPTIONS],
        answer: ShapeId::FilesAnswer,
        paging: Paging::Cursor("files"),
        errors: LIST_ERRORS,
        covers: Covers::Folder,
        ..Operation::READ
    },
    Operation {
        id: OperationId::SearchFiles,
        name: "searchFiles",
        path: "/files/search",
        arguments: &[Argument::Options(&[
            SEARCH,
            ROOT_FOLDER,
            MEDIA_TYPES,
            PRIVATE,
            SORT,
            PAGING,
        ])],
        answer: ShapeId::FilesAnswer,
        paging: Paging::Cursor("files"),
        errors: LIST_ERRORS,
        covers: Covers::Area,
        ..Operation::READ
    },
    Operation {
        id: OperationId::GenerateVideoStreamingUrl,
        name: "generateVideoStreamingUrl",
        path: "/files/generate-video-stream-url",
        arguments: &[
            FILE_ID,
            Argument::Options(&[
                one_of("format", &enums::STREAM_FORMAT),
                integer("expirationInMinutes", 60, 1440),
            ]),
        ],
        errors: &["UNSUPPORTED_MEDIA_TYPE", "RESOURCE_NOT_FOUND", "FILE_NOT_READY"],
        ..Operation::READ
    },
    Operation {
        id: OperationId::BulkDeleteFiles,
        name: "bulkDeleteFiles",
        path: "/bulk/files/delete",
        arguments: &[file_ids(0, 1000), Argument::Options(&[PERMANENT])],
        output: Output::Nothing,
        deferrable: true,
        ..Operation::CHANGE
    },
    Operation {
        id: OperationId::BulkRestoreFilesFromTrashBin,
        name: "bulkRestoreFilesFromTrashBin",
        path: "/bulk/trash-bin/files/restore",
        arguments: &[file_ids(0, 1000)],
        output: Output::Nothing,
        deferrable: true,
        ..Operation::CHANGE
    },
    Operation {
        id: OperationId::ListDeletedFiles,
        name: "listDeletedFiles",
        verb: Verb::Get,
        path: "/trash-bin/files",
        arguments: &[LIST_OPTIONS],
        answer: ShapeId::FilesAnswer,
        paging: Paging::Cursor("files"),
        errors: LIST_ERRORS,
        covers: Covers::Trash,
        ..Operation::READ
    },
    Operation {
        id: OperationId::QueryFileDescriptors,
        name: "queryFileDescriptors",
        path: "/files/query",
        arguments: &[Argument::Value {
            name: "query",
            field: FILE_QUERY,
        }],
        answer: ShapeId::FilesAnswer,
        paging: Paging::Query("files"),
        covers: Covers::Site,
        ..Operation::READ
    },
];
