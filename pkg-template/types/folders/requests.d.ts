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

/** The request of {@link folders.createFolder}. */
export interface CreateFolderRequest extends CreateFolderOptions {
  /** Name of the folder. */
  displayName: string;
}

/** The request of {@link folders.getFolder}. */
export interface GetFolderRequest {
  /** Id of the folder. */
  folderId: string;
}

/** The response to {@link folders.getFolder}, before `folder` is unwrapped. */
export interface GetFolderResponse {
  /** The folder. */
  folder?: Folder;
}

/** The request of {@link folders.listFolders}. */
export type ListFoldersRequest = ListFoldersOptions;

/** The request of {@link folders.searchFolders}. */
export type SearchFoldersRequest = SearchFoldersOptions;

/** The request of {@link folders.updateFolder}. */
export interface UpdateFolderRequest {
  /** The changes, with the id of the folder. */
  folder: Folder;
}

/** The response to {@link folders.updateFolder}, before `folder` is unwrapped. */
export interface UpdateFolderResponse {
  /** The folder after the change. */
  folder?: Folder;
}

/** The request of {@link folders.generateFolderDownloadUrl}. */
export interface GenerateFolderDownloadUrlRequest {
  /** Id of the folder. */
  folderId: string;
}

/** The request of {@link folders.bulkDeleteFolders}. */
export interface BulkDeleteFoldersRequest extends BulkDeleteFoldersOptions {
  /** Ids of the folders. */
  folderIds: string[];
}

/** The response to {@link folders.bulkDeleteFolders}: an empty object. */
export type BulkDeleteFoldersResponse = object;

/** The request of {@link folders.bulkRestoreFoldersFromTrashBin}. */
export interface BulkRestoreFoldersFromTrashBinRequest {
  /** Ids of the folders. */
  folderIds: string[];
}

/** The response to {@link folders.bulkRestoreFoldersFromTrashBin}: an empty object. */
export type BulkRestoreFoldersFromTrashBinResponse = object;

/** The request of {@link folders.listDeletedFolders}. */
export type ListDeletedFoldersRequest = ListDeletedFoldersOptions;

/** The request of {@link folders.queryFolders}. */
export interface QueryFoldersRequest {
  /** The query. */
  query?: CursorQuery;
}

/** Validation rules of {@link folders.updateFolder}. */
export type UpdateFolderValidationErrors = { ruleName?: 'FIELD_MASK_IS_EMPTY_OR_MISSING' };
