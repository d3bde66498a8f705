//! The operations table: one row per API call.
//!
//! A row holds everything that distinguishes a call: name, verb and path, positional arguments with the place and the
//! limits of each field, result, error codes, retries and paging. The request builder, the router, the validator, the
//! JavaScript functions, the reference page and the tests all read this table, so adding a row adds the call.
//!
//! ```
//! use wix_media::operations::{self, Verb};
//!
//! let list_files = operations::find("files", "listFiles").expect("a row of the table");
//! assert_eq!(list_files.verb, Verb::Get);
//! assert_eq!(list_files.path, "/files");
//! ```

pub mod enums;
mod fields;
mod files;
mod folders;
pub mod shape;

pub use fields::{Field, Kind, Queryable};

use shape::ShapeId;

/// A group of functions: an object of the JavaScript module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// `wixMedia.files` (`docs/contract/files-api.md`).
    Files,
    /// `wixMedia.folders` (`docs/contract/folders-api.md`).
    Folders,
}

impl Group {
    /// Returns the property of the JavaScript module that holds the group.
    ///
    /// ```
    /// assert_eq!(wix_media::operations::Group::Folders.name(), "folders");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Group::Files => "files",
            Group::Folders => "folders",
        }
    }
}

/// An HTTP method of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Fields travel in the query string.
    Get,
    /// Fields travel in a JSON body.
    Post,
    /// Fields travel in a JSON body.
    Patch,
}

impl Verb {
    /// Returns the method as HTTP spells it.
    ///
    /// ```
    /// assert_eq!(wix_media::operations::Verb::Patch.name(), "PATCH");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Patch => "PATCH",
        }
    }

    /// Returns where fields travel that are not in the path: the query string of a GET, else the body.
    ///
    /// ```
    /// use wix_media::operations::{Place, Verb};
    ///
    /// assert_eq!(Verb::Get.place(), Place::Query);
    /// assert_eq!(Verb::Patch.place(), Place::Body);
    /// ```
    pub const fn place(self) -> Place {
        match self {
            Verb::Get => Place::Query,
            Verb::Post | Verb::Patch => Place::Body,
        }
    }
}

/// One positional argument of the JavaScript function.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    /// A value that travels as one field. Callers know the argument by its own name: `_id` for the field `folder.id`.
    Value {
        /// The name of the argument in errors and documentation.
        name: &'static str,
        /// The field that carries it.
        field: Field,
    },
    /// An optional object whose declared members travel as one field each. Other members are dropped, and a value that is
    /// not an object counts as no options (`docs/contract/sdk-behaviour.md#s1`).
    Options(&'static [Field]),
}

/// The part of a successful answer that the caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The whole body.
    Body,
    /// One member of the body, such as `file`.
    Member(&'static str),
    /// Nothing. The function resolves to `undefined`.
    Nothing,
}

/// How a call is continued to its next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// The answer is complete.
    None,
    /// By `paging.cursor` in the options and `nextCursor` in the answer. The named member holds the items
    /// (`docs/contract/files-api.md#c5`).
    Cursor(&'static str),
    /// By `query.cursorPaging` in the request and `pagingMetadata` in the answer. The named member holds the items
    /// (`docs/contract/files-api.md#s17`).
    Query(&'static str),
}

/// Whether a call may be retried (`docs/contract/errors.md#s6`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Repeating the call is safe. It may be retried after network failures, 429, 500, 502, 503 and 504.
    Safe,
    /// A retry may create a second item. It may follow a 429, or a request that was never sent.
    Creates,
}

/// The permission that a call requires (`docs/contract/auth.md#s4-2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The scope Read Media Manager.
    Read,
    /// The scope Manage Media Manager.
    Manage,
}

/// Whether a call changes what the service stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It stores nothing, so no event, timer or webhook can follow from it.
    Read,
    /// It stores something.
    Change,
}

/// Which items a listing looks at (`docs/contract/README.md#where-calls-look`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// The call lists nothing.
    Nothing,
    /// The children of a folder outside the trash.
    Folder,
    /// The children of a folder in the trash, or the top of the trash.
    Trash,
    /// Everything in one area, at every depth.
    Area,
    /// Everything that the conditions of a query select.
    Site,
}

/// One of the API's calls, to be matched exhaustively. The number of a variant is the position of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationId {
    /// `generateFilesDownloadUrl`.
    GenerateFilesDownloadUrl,
    /// `generateFileDownloadUrl`.
    GenerateFileDownloadUrl,
    /// `getFileDescriptor`.
    GetFileDescriptor,
    /// `getFileDescriptors`.
    GetFileDescriptors,
    /// `updateFileDescriptor`.
    UpdateFileDescriptor,
    /// `generateFileUploadUrl`.
    GenerateFileUploadUrl,
    /// `generateFileResumableUploadUrl`.
    GenerateFileResumableUploadUrl,
    /// `importFile`.
    ImportFile,
    /// `bulkImportFiles`.
    BulkImportFiles,
    /// `bulkImportFile`.
    BulkImportFile,
    /// `listFiles`.
    ListFiles,
    /// `searchFiles`.
    SearchFiles,
    /// `generateVideoStreamingUrl`.
    GenerateVideoStreamingUrl,
    /// `bulkDeleteFiles`.
    BulkDeleteFiles,
    /// `bulkRestoreFilesFromTrashBin`.
    BulkRestoreFilesFromTrashBin,
    /// `listDeletedFiles`.
    ListDeletedFiles,
    /// `queryFileDescriptors`.
    QueryFileDescriptors,
    /// `createFolder`.
    CreateFolder,
    /// `getFolder`.
    GetFolder,
    /// `listFolders`.
    ListFolders,
    /// `searchFolders`.
    SearchFolders,
    /// `updateFolder`.
    UpdateFolder,
    /// `generateFolderDownloadUrl`.
    GenerateFolderDownloadUrl,
    /// `bulkDeleteFolders`.
    BulkDeleteFolders,
    /// `bulkRestoreFoldersFromTrashBin`.
    BulkRestoreFoldersFromTrashBin,
    /// `listDeletedFolders`.
    ListDeletedFolders,
    /// `queryFolders`.
    QueryFolders,
}

impl OperationId {
    /// Returns the row of the call.
    ///
    /// ```
    /// use wix_media::operations::OperationId;
    ///
    /// assert_eq!(OperationId::ListFiles.operation().name, "listFiles");
    /// ```
    pub fn operation(self) -> &'static Operation {
        OPERATIONS[self as usize]
    }

    /// Returns the call with this function name, `None` for any other name.
    ///
    /// ```
    /// use wix_media::operations::OperationId;
    ///
    /// assert_eq!(OperationId::parse("createFolder"), Some(OperationId::CreateFolder));
    /// assert_eq!(OperationId::parse("deleteEverything"), None);
    /// ```
    pub fn parse(name: &str) -> Option<OperationId> {
        OPERATIONS.iter().find(|row| row.name == name).map(|row| row.id)
    }
}

/// A row: one API call.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Which call this is.
    pub id: OperationId,
    /// The group that holds the function.
    pub group: Group,
    /// The function's name, `listFiles`.
    pub name: &'static str,
    /// The HTTP method.
    pub verb: Verb,
    /// The path below `/site-media/v1`. `{name}` stands for the field of that name, percent-encoded.
    pub path: &'static str,
    /// The positional arguments, in order.
    pub arguments: &'static [Argument],
    /// The part of a successful answer that the caller gets.
    pub output: Output,
    /// Where the answer's body contains dates, floats and media objects.
    pub answer: ShapeId,
    /// How the call is paged.
    pub paging: Paging,
    /// Whether it may be retried.
    pub repeat: Repeat,
    /// The permission that it requires.
    pub access: Access,
    /// Whether it changes what the service stores.
    pub effect: Effect,
    /// Whether the service may answer at once and carry the call out later (`docs/contract/choices.md#u17`).
    pub deferrable: bool,
    /// Which items a listing looks at.
    pub covers: Covers,
    /// The error codes that only some calls raise (`docs/contract/errors.md#s3`).
    pub errors: &'static [&'static str],
}

impl Operation {
    /// The common case that rows start from: a read that returns its whole body.
    const READ: Operation = Operation {
        // Placeholders, replaced in every row.
        id: OperationId::GenerateFilesDownloadUrl,
        group: Group::Files,
        name: "",
        verb: Verb::Post,
        path: "",
        arguments: &[],
        output: Output::Body,
        answer: ShapeId::Any,
        paging: Paging::None,
        repeat: Repeat::Safe,
        access: Access::Read,
        effect: Effect::Read,
        deferrable: false,
        covers: Covers::Nothing,
        errors: &[],
    };

    /// A change that is safe to repeat.
    const CHANGE: Operation = Operation {
        access: Access::Manage,
        effect: Effect::Change,
        ..Operation::READ
    };

    /// A change that may create a second item when repeated.
    const CREATE: Operation = Operation {
        repeat: Repeat::Creates,
        ..Operation::CHANGE
    };
}

/// Where the fields of a request travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The query string, with dotted keys for nested members (`docs/contract/files-api.md#c2`).
    Query,
    /// The JSON body (`docs/contract/files-api.md#c3`).
    Body,
}

/// The table: the files functions, then the folders functions, each in the order of the contract.
///
/// JavaScript passes the position of a row to the WebAssembly module. Positions may differ between builds, so they are
/// never stored.
pub static OPERATIONS: [&Operation; files::ROWS.len() + folders::ROWS.len()] = {
    let mut table = [&Operation::READ; files::ROWS.len() + folders::ROWS.len()];
    let mut at = 0;
    while at < table.len() {
        table[at] = if at < files::ROWS.len() {
            &files::ROWS[at]
        } else {
            &folders::ROWS[at - files::ROWS.len()]
        };
        at += 1;
    }
    table
};

/// Returns the row of a function, `None` for a name that is not in the table.
///
/// ```
/// use wix_media::operations::find;
///
/// assert!(find("folders", "createFolder").is_some());
/// assert!(find("files", "createFolder").is_none());
/// ```
pub fn find(group: &str, name: &str) -> Option<&'static Operation> {
    OPERATIONS
        .iter()
        .copied()
        .find(|row| row.group.name() == group && row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn name_is_unique_in_its_group() {
        let names: BTreeSet<_> = OPERATIONS.iter().map(|row| (row.group.name(), row.name)).collect();
        assert_eq!(names.len(), OPERATIONS.len());
    }

    #[test]
    fn id_of_every_row_leads_back_to_it() {
        for row in OPERATIONS {
            assert!(std::ptr::eq(row.id.operation(), row), "{}", row.name);
            assert_eq!(OperationId::parse(row.name), Some(row.id));
            let variant = format!("{:?}", row.id);
            assert!(variant.eq_ignore_ascii_case(row.name), "{variant} {}", row.name);
        }
    }

    #[test]
    fn listings_are_the_paged_calls_and_change_nothing() {
        for row in OPERATIONS {
            let listing = row.covers != Covers::Nothing;
            assert_eq!(listing, row.paging != Paging::None, "{}", row.name);
            assert!(!listing || row.effect == Effect::Read, "{}", row.name);
            assert_eq!(
                row.covers == Covers::Site,
                matches!(row.paging, Paging::Query(_)),
                "{}",
                row.name
            );
            assert_eq!(
                row.covers == Covers::Trash,
                row.path.starts_with("/trash-bin/"),
                "{}",
                row.name
            );
            assert_eq!(
                row.covers == Covers::Area,
                row.path.ends_with("/search"),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn only_deletions_and_restores_are_deferrable() {
        for row in OPERATIONS {
            let bulk = row.name.starts_with("bulkDelete") || row.name.starts_with("bulkRestore");
            assert_eq!(row.deferrable, bulk, "{}", row.name);
            assert!(!row.deferrable || row.effect == Effect::Change, "{}", row.name);
        }
    }

    #[test]
    fn call_with_read_permission_has_the_effect_read() {
        for row in OPERATIONS {
            if row.access == Access::Read {
                assert_eq!(row.effect, Effect::Read, "{}", row.name);
            }
        }
    }

    #[test]
    fn table_has_all_calls_of_the_contract() {
        let count = |group| OPERATIONS.iter().filter(|row| row.group == group).count();
        assert_eq!((count(Group::Files), count(Group::Folders)), (17, 10));
    }

    #[test]
    fn verb_and_path_are_unique() {
        let requests: BTreeSet<_> = OPERATIONS.iter().map(|row| (row.verb.name(), row.path)).collect();
        assert_eq!(requests.len(), OPERATIONS.len());
    }

    #[test]
    fn placeholder_of_path_names_a_required_text_argument() {
        for row in OPERATIONS {
            let mut rest = row.path;
            while let Some(open) = rest.find('{') {
                let close = rest.find('}').expect("a closed placeholder");
                let name = &rest[open + 1..close];
                let argument = row.arguments.iter().find_map(|argument| match argument {
                    Argument::Value { field, .. } if field.name == name => Some(field),
                    _ => None,
                });
                let field = argument.unwrap_or_else(|| panic!("{}: no argument for {name}", row.name));
                assert!(
                    field.required && matches!(field.kind, Kind::Text { .. }),
                    "{}: {name}",
                    row.name
                );
                rest = &rest[close + 1..];
            }
        }
    }

    #[test]
    fn options_are_the_last_argument_and_never_required() {
        for row in OPERATIONS {
            for (at, argument) in row.arguments.iter().enumerate() {
                if let Argument::Options(fields) = argument {
                    assert_eq!(at + 1, row.arguments.len(), "{}", row.name);
                    assert!(fields.iter().all(|field| !field.required), "{}", row.name);
                }
            }
        }
    }

    #[test]
    fn paged_call_returns_its_whole_body() {
        for row in OPERATIONS {
            if row.paging != Paging::None {
                assert_eq!(row.output, Output::Body, "{}", row.name);
            }
        }
    }
}
