//! The calls for folders, in the order of `docs/contract/folders-api.md`, and their results.

use super::enums::RootFolder;
use super::files::results;
use super::folder::Folder;
use super::paging::{CursorPaging, Sorting, pages};
use super::query::FolderQuery;
use super::requests::{by_list, by_text, requests};

requests! {
    /// Creates a folder.
    pub struct CreateFolder {
        [
            /// The name.
            pub display_name: String,
        ]
        /// The folder to create it in. Default: `media-root`.
        pub parent_folder_id: Option<String>,
    }

    /// Gets a folder.
    pub struct GetFolder {
        [
            /// The id of the folder.
            pub folder_id: String,
        ]
    }

    /// Lists the folders in a folder.
    pub struct ListFolders {
        []
        /// The folder. Default: `media-root`.
        pub parent_folder_id: Option<String>,
        /// The order. Default: most recently changed first.
        pub sort: Option<Sorting>,
        /// Page size and cursor.
        pub paging: Option<CursorPaging>,
    }

    /// Finds folders at every depth, by their names.
    pub struct SearchFolders {
        []
        /// The scope. Default: [`RootFolder::MediaRoot`].
        pub root_folder: Option<RootFolder>,
        /// The order. Default: most recently changed first.
        pub sort: Option<Sorting>,
        /// Page size and cursor.
        pub paging: Option<CursorPaging>,
        /// The text. Default: everything matches.
        pub search: Option<String>,
    }

    /// Renames or moves a folder.
    pub struct UpdateFolder {
        [
            /// The folder, with what is to change.
            pub folder: FolderChanges,
        ]
    }

    /// The members of a folder that can be changed. Those that are `None` stay.
    pub struct FolderChanges {
        [
            /// The id of the folder.
            pub id: String,
        ]
        /// The new name.
        pub display_name: Option<String>,
        /// The folder to move it to.
        pub parent_folder_id: Option<String>,
    }

    /// Makes the URL of a zip of a folder. It does not expire.
    pub struct GenerateFolderDownloadUrl {
        [
            /// The id of the folder.
            pub folder_id: String,
        ]
    }

    /// Moves folders to the trash with all that is in them, or deletes them permanently. Unknown ids are ignored.
    pub struct BulkDeleteFolders {
        [
            /// Ids of the folders, at most 100.
            pub folder_ids: Vec<String>,
        ]
        /// Whether to delete permanently, which cannot be undone. Default: no.
        pub permanent: Option<bool>,
    }

    /// Restores folders from the trash.
    pub struct BulkRestoreFoldersFromTrashBin {
        [
            /// Ids of the folders, at most 100.
            pub folder_ids: Vec<String>,
        ]
    }

    /// Lists folders in the trash.
    pub struct ListDeletedFolders {
        []
        /// A folder in the trash. Default: the top level of the trash.
        pub parent_folder_id: Option<String>,
        /// The order. Default: most recently changed first.
        pub sort: Option<Sorting>,
        /// Page size and cursor.
        pub paging: Option<CursorPaging>,
    }

    /// Finds folders by conditions.
    pub struct QueryFolders {
        [
            /// The conditions, the order and the page.
            pub query: FolderQuery,
        ]
    }
}

by_text! {
    CreateFolder(display_name),
    FolderChanges(id),
    GenerateFolderDownloadUrl(folder_id),
    GetFolder(folder_id),
}

by_list! {
    BulkDeleteFolders(folder_ids),
    BulkRestoreFoldersFromTrashBin(folder_ids),
}

results! {
    /// A new folder.
    pub struct FolderResult {
        /// The folder.
        pub folder: Folder,
    }
}

pages! {
    /// A page of folders.
    FoldersPage, folders: Folder, next_cursor,
        [ListFolders: paging, SearchFolders: paging, ListDeletedFolders: paging];
    /// A page of a query over folders.
    FoldersQueryPage, folders: Folder, paging_metadata, [QueryFolders: query.cursor_paging];
}
