//! The folders functions, in the order of `docs/contract/folders-api.md`.

use super::fields::{self, *};
use super::shape::ShapeId;
use super::{Argument, Covers, Effect, Group, Operation, OperationId, Output, Paging, Verb};

const FOLDER_ID: Argument = Argument::Value {
    name: "folderId",
    field: fields::FOLDER_ID,
};

const FOLDER_IDS: Argument = Argument::Value {
    name: "folderIds",
    field: texts("folderIds", 0, 100, 100).required(),
};

const READ: Operation = Operation {
    group: Group::Folders,
    ..Operation::READ
};
const CHANGE: Operation = Operation {
    group: Group::Folders,
    ..Operation::CHANGE
};
const CREATE: Operation = Operation {
    group: Group::Folders,
    ..Operation::CREATE
};

/// The options of both lists, inside and outside the trash.
const LIST_OPTIONS: Argument = Argument::Options(&[PARENT_FOLDER_ID, SORT, PAGING]);

pub(super) const ROWS: [Operation; 10] = [
    Operation {
        id: OperationId::CreateFolder,
        name: "createFolder",
        path: "/folders",
        arguments: &[
            Argument::Value {
                name: "displayName",
                field: DISPLAY_NAME.required(),
            },
            Argument::Options(&[PARENT_FOLDER_ID]),
        ],
        answer: ShapeId::FolderAnswer,
        ..CREATE
    },
    Operation {
        id: OperationId::GetFolder,
        name: "getFolder",
        verb: Verb::Get,
        path: "/folders/{folderId}",
        arguments: &[FOLDER_ID],
        output: Output::Member("folder"),
        answer: ShapeId::FolderAnswer,
        errors: &["FOLDER_NOT_FOUND"],
        ..READ
    },
    Operation {
        id: OperationId::ListFolders,
        name: "listFolders",
        verb: Verb::Get,
        path: "/folders",
        arguments: &[LIST_OPTIONS],
        answer: ShapeId::FoldersAnswer,
        paging: Paging::Cursor("folders"),
        errors: &["UNSUPPORTED_SORT_VALUE"],
        covers: Covers::Folder,
        ..READ
    },
    Operation {
        id: OperationId::SearchFolders,
        name: "searchFolders",
        path: "/folders/search",
        arguments: &[Argument::Options(&[ROOT_FOLDER, SORT, PAGING, SEARCH])],
        answer: ShapeId::FoldersAnswer,
        paging: Paging::Cursor("folders"),
        errors: &["UNSUPPORTED_SORT_VALUE"],
        covers: Covers::Area,
        ..READ
    },
    Operation {
        id: OperationId::UpdateFolder,
        name: "updateFolder",
        verb: Verb::Patch,
        path: "/folders/{folder.id}",
        arguments: &[
            Argument::Value {
                name: "_id",
                field: text("folder.id", 100).required(),
            },
            Argument::Value {
                name: "folder",
                field: FOLDER,
            },
        ],
        output: Output::Member("folder"),
        answer: ShapeId::FolderAnswer,
        errors: &["FIELD_MASK_IS_EMPTY_OR_MISSING", "FOLDER_NOT_FOUND", "SYSTEM_FOLDER"],
        ..CHANGE
    },
    Operation {
        id: OperationId::GenerateFolderDownloadUrl,
        name: "generateFolderDownloadUrl",
        path: "/folders/{folderId}/generate-download-url",
        arguments: &[FOLDER_ID],
        access: super::Access::Manage,
        errors: &["FOLDER_NOT_FOUND", "TOO_MANY_FILES"],
        // Stores the list of files that the returned link leads to.
        effect: Effect::Change,
        ..READ
    },
    Operation {
        id: OperationId::BulkDeleteFolders,
        name: "bulkDeleteFolders",
        path: "/bulk/folders/delete",
        arguments: &[FOLDER_IDS, Argument::Options(&[PERMANENT])],
        output: Output::Nothing,
        errors: &["SYSTEM_FOLDER"],
        deferrable: true,
        ..CHANGE
    },
    Operation {
        id: OperationId::BulkRestoreFoldersFromTrashBin,
        name: "bulkRestoreFoldersFromTrashBin",
        path: "/bulk/trash-bin/folders/restore",
        arguments: &[FOLDER_IDS],
        output: Output::Nothing,
        deferrable: true,
        ..CHANGE
    },
    Operation {
        id: OperationId::ListDeletedFolders,
        name: "listDeletedFolders",
        verb: Verb::Get,
        path: "/trash-bin/folders",
        arguments: &[LIST_OPTIONS],
        answer: ShapeId::FoldersAnswer,
        paging: Paging::Cursor("folders"),
        errors: &["UNSUPPORTED_SORT_VALUE"],
        covers: Covers::Trash,
        ..READ
    },
    Operation {
        id: OperationId::QueryFolders,
        name: "queryFolders",
        path: "/folders/query",
        arguments: &[Argument::Value {
            name: "query",
            field: FOLDER_QUERY,
        }],
        answer: ShapeId::FoldersAnswer,
        paging: Paging::Query("folders"),
        covers: Covers::Site,
        ..READ
    },
];
