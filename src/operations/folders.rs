//! The folders functions, in the order of `contract/folders-api.md`.

use super::fields::{self, *};
use super::shape::{self, Shape};
use super::{Argument, Group, Operation, Output, Paging, Verb};

const FOLDER_ID: Argument = Argument::Value {
    name: "folderId",
    field: fields::FOLDER_ID,
};

const FOLDER_IDS: Argument = Argument::Value {
    name: "folderIds",
    field: texts("folderIds", 0, 100, 100).required(),
};

const ONE_FOLDER: Shape = Shape::Object(&[("folder", shape::FOLDER)]);
const FOLDERS: Shape = Shape::Object(&[("folders", shape::FOLDER)]);

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

/// What a list takes, of live folders as of deleted ones.
const LIST_OPTIONS: Argument = Argument::Options(&[PARENT_FOLDER_ID, SORT, PAGING]);

pub(super) const ROWS: [Operation; 10] = [
    Operation {
        name: "createFolder",
        path: "/folders",
        arguments: &[
            Argument::Value {
                name: "displayName",
                field: DISPLAY_NAME.required(),
            },
            Argument::Options(&[PARENT_FOLDER_ID]),
        ],
        answer: &ONE_FOLDER,
        ..CREATE
    },
    Operation {
        name: "getFolder",
        verb: Verb::Get,
        path: "/folders/{folderId}",
        arguments: &[FOLDER_ID],
        output: Output::Member("folder"),
        answer: &ONE_FOLDER,
        errors: &["FOLDER_NOT_FOUND"],
        ..READ
    },
    Operation {
        name: "listFolders",
        verb: Verb::Get,
        path: "/folders",
        arguments: &[LIST_OPTIONS],
        answer: &FOLDERS,
        paging: Paging::Cursor("folders"),
        errors: &["UNSUPPORTED_SORT_VALUE"],
        ..READ
    },
    Operation {
        name: "searchFolders",
        path: "/folders/search",
        arguments: &[Argument::Options(&[ROOT_FOLDER, SORT, PAGING, SEARCH])],
        answer: &FOLDERS,
        paging: Paging::Cursor("folders"),
        errors: &["UNSUPPORTED_SORT_VALUE"],
        ..READ
    },
    Operation {
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
        answer: &ONE_FOLDER,
        errors: &["FIELD_MASK_IS_EMPTY_OR_MISSING", "FOLDER_NOT_FOUND", "SYSTEM_FOLDER"],
        ..CHANGE
    },
    Operation {
        name: "generateFolderDownloadUrl",
        path: "/folders/{folderId}/generate-download-url",
        arguments: &[FOLDER_ID],
        access: super::Access::Manage,
        errors: &["FOLDER_NOT_FOUND", "TOO_MANY_FILES"],
        ..READ
    },
    Operation {
        name: "bulkDeleteFolders",
        path: "/bulk/folders/delete",
        arguments: &[FOLDER_IDS, Argument::Options(&[PERMANENT])],
        output: Output::Nothing,
        errors: &["SYSTEM_FOLDER"],
        ..CHANGE
    },
    Operation {
        name: "bulkRestoreFoldersFromTrashBin",
        path: "/bulk/trash-bin/folders/restore",
        arguments: &[FOLDER_IDS],
        output: Output::Nothing,
        ..CHANGE
    },
    Operation {
        name: "listDeletedFolders",
        verb: Verb::Get,
        path: "/trash-bin/folders",
        arguments: &[LIST_OPTIONS],
        answer: &FOLDERS,
        paging: Paging::Cursor("folders"),
        errors: &["UNSUPPORTED_SORT_VALUE"],
        ..READ
    },
    Operation {
        name: "queryFolders",
        path: "/folders/query",
        arguments: &[Argument::Value {
            name: "query",
            field: FOLDER_QUERY,
        }],
        answer: &FOLDERS,
        paging: Paging::Query("folders"),
        ..READ
    },
];
