import type { RootFolderWithLiterals } from '../enums.js';
import type { CommonSorting, CursorPaging, PagingMetadataV2 } from '../shared/paging.js';
import type { Folder, StoredFolder } from './folder.js';
import type { folders } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Options and results of the folders functions
// ---------------------------------------------------------------------------------------------------------------------

/** Options of {@link folders.createFolder}. */
export interface CreateFolderOptions {
  /** Id of the parent folder, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
}

/** Result of {@link folders.createFolder}. */
export interface CreateFolderResponse {
  /** The new folder. */
  folder?: Folder;
}

/** What {@link folders.createFolder} resolves to. */
export interface CreateFolderResult extends CreateFolderResponse {
  /** The folder. */
  folder: StoredFolder;
}

/** Options of {@link folders.listFolders}. */
export interface ListFoldersOptions {
  /** Id of the folder to list, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Sort order. Default: most recently changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link folders.listFolders}. */
export interface ListFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Cursor of the next page. */
  nextCursor?: PagingMetadataV2;
}

/** What {@link folders.listFolders} resolves to. */
export interface ListFoldersResult extends ListFoldersResponse {
  /** The folders. */
  folders: StoredFolder[];
}

/** Options of {@link folders.searchFolders}. */
export interface SearchFoldersOptions {
  /** Scope of the search, at every depth. Default: `MEDIA_ROOT`. */
  rootFolder?: RootFolderWithLiterals;
  /** Sort order. Default: most recently changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
  /** Text to find in display names, up to 200 characters. Default: everything matches. */
  search?: string | null;
}

/** One page of {@link folders.searchFolders}. */
export interface SearchFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Cursor of the next page. */
  nextCursor?: PagingMetadataV2;
}

/** What {@link folders.searchFolders} resolves to. */
export interface SearchFoldersResult extends SearchFoldersResponse {
  /** The folders. */
  folders: StoredFolder[];
}

/** Result of {@link folders.generateFolderDownloadUrl}. */
export interface GenerateFolderDownloadUrlResponse {
  /** URL of the zip. It does not expire. */
  downloadUrl?: string;
}

/** What {@link folders.generateFolderDownloadUrl} resolves to. */
export interface GenerateFolderDownloadUrlResult extends GenerateFolderDownloadUrlResponse {
  /** URL of the zip. */
  downloadUrl: string;
}

/** Options of {@link folders.bulkDeleteFolders}. */
export interface BulkDeleteFoldersOptions {
  /** `true` deletes permanently, which cannot be undone. Default: `false`, move to the trash. */
  permanent?: boolean;
}

/** Options of {@link folders.listDeletedFolders}. */
export interface ListDeletedFoldersOptions {
  /** Id of a folder in the trash, up to 100 characters. Default: the top level of the trash. */
  parentFolderId?: string | null;
  /** Sort order. Default: most recently changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link folders.listDeletedFolders}. */
export interface ListDeletedFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Cursor of the next page. */
  nextCursor?: PagingMetadataV2;
}

/** What {@link folders.listDeletedFolders} resolves to. */
export interface ListDeletedFoldersResult extends ListDeletedFoldersResponse {
  /** The folders. */
  folders: StoredFolder[];
}

/** One page of {@link folders.queryFolders}. */
export interface QueryFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Paging information. */
  pagingMetadata?: PagingMetadataV2;
}

/** What {@link folders.queryFolders} with a query resolves to. */
export interface QueryFoldersResult extends QueryFoldersResponse {
  /** The folders. */
  folders: StoredFolder[];
}
