import type { CursorQuery } from '../shared/query.js';
import type { Folder } from './folder.js';
import type {
  BulkDeleteFoldersOptions,
  CreateFolderOptions,
  ListDeletedFoldersOptions,
  ListFoldersOptions,
  SearchFoldersOptions,
} from './options.js';
import type { folders } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Whole requests of the folders functions, with positional arguments and options in one object
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link folders.createFolder} sends. */
export interface CreateFolderRequest extends CreateFolderOptions {
  /** Name of the folder. */
  displayName: string;
}

/** What {@link folders.getFolder} sends. */
export interface GetFolderRequest {
  /** Id of the folder. */
  folderId: string;
}

/** What the service answers to {@link folders.getFolder}, before the folder is taken out. */
export interface GetFolderResponse {
  /** The folder. */
  folder?: Folder;
}

/** What {@link folders.listFolders} sends. */
export type ListFoldersRequest = ListFoldersOptions;

/** What {@link folders.searchFolders} sends. */
export type SearchFoldersRequest = SearchFoldersOptions;

/** What {@link folders.updateFolder} sends. */
export interface UpdateFolderRequest {
  /** The changes, with the id of the folder. */
  folder: Folder;
}

/** What the service answers to {@link folders.updateFolder}, before the folder is taken out. */
export interface UpdateFolderResponse {
  /** The folder after the change. */
  folder?: Folder;
}

/** What {@link folders.generateFolderDownloadUrl} sends. */
export interface GenerateFolderDownloadUrlRequest {
  /** Id of the folder. */
  folderId: string;
}

/** What {@link folders.bulkDeleteFolders} sends. */
export interface BulkDeleteFoldersRequest extends BulkDeleteFoldersOptions {
  /** Ids of the folders. */
  folderIds: string[];
}

/** What the service answers to {@link folders.bulkDeleteFolders}: nothing. */
export type BulkDeleteFoldersResponse = object;

/** What {@link folders.bulkRestoreFoldersFromTrashBin} sends. */
export interface BulkRestoreFoldersFromTrashBinRequest {
  /** Ids of the folders. */
  folderIds: string[];
}

/** What the service answers to {@link folders.bulkRestoreFoldersFromTrashBin}: nothing. */
export type BulkRestoreFoldersFromTrashBinResponse = object;

/** What {@link folders.listDeletedFolders} sends. */
export type ListDeletedFoldersRequest = ListDeletedFoldersOptions;

/** What {@link folders.queryFolders} sends. */
export interface QueryFoldersRequest {
  /** The query. */
  query?: CursorQuery;
}

/** Rules of its own that {@link folders.updateFolder} can break. */
export type UpdateFolderValidationErrors = { ruleName?: 'FIELD_MASK_IS_EMPTY_OR_MISSING' };
