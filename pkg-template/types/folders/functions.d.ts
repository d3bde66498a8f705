import type { CallOptions, PagedPromise } from '../calls.js';
import type { StoredFolder, UpdateFolder } from './folder.js';
import type {
  BulkDeleteFoldersOptions,
  CreateFolderOptions,
  CreateFolderResult,
  GenerateFolderDownloadUrlResult,
  ListDeletedFoldersOptions,
  ListDeletedFoldersResult,
  ListFoldersOptions,
  ListFoldersResult,
  QueryFoldersResult,
  SearchFoldersOptions,
  SearchFoldersResult,
} from './options.js';
import type { FolderQuery, FolderQueryHelpers, FoldersQueryBuilder } from './query.js';
import type { FolderCreatedEnvelope, FolderDeletedEnvelope, FolderUpdatedEnvelope } from './events.js';

// ---------------------------------------------------------------------------------------------------------------------
// The folders functions
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The folders of the Media Manager: create, find, rename, move, download, delete and restore them.
 *
 * The ids `media-root`, `trash-root` and `visitor-uploads` are the top levels of the site files, the trash and the visitor
 * uploads.
 *
 * @example
 * ```ts
 * const { folder } = await folders.createFolder('Holiday 2026');
 * ```
 */
export declare namespace folders {
  /**
   * Creates a folder. Each call creates a new one, even if the name exists already, so it is retried only when no folder can
   * have been created.
   *
   * @param displayName Name of up to 1,000 characters, neither blank nor with `/`.
   * @param options `parentFolderId` is the parent folder; `media-root` by default.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The new folder, in `folder`.
   * @throws {WixMediaError} A field violation (400) when the parent does not exist or is in the trash.
   * @example
   * ```ts
   * const { folder } = await folders.createFolder('Animals', { parentFolderId: 'media-root' });
   * ```
   */
  export function createFolder(
    displayName: string,
    options?: CreateFolderOptions,
    call?: CallOptions,
  ): Promise<CreateFolderResult>;

  /**
   * Gets a folder, also one in the trash.
   *
   * @param folderId Id of the folder, up to 100 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The folder itself.
   * @throws {WixMediaError} `FOLDER_NOT_FOUND` (404) when there is no such folder.
   * @example
   * ```ts
   * const folder = await folders.getFolder(folderId);
   * ```
   */
  export function getFolder(folderId: string, call?: CallOptions): Promise<StoredFolder>;

  /**
   * Lists the folders directly in a folder, without their subfolders and trashed ones.
   *
   * A folder that was just created can be missing. Await the result for one page, or iterate over it for all.
   *
   * @param options Folder, sort order and page.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} `UNSUPPORTED_SORT_VALUE` (400) for a sort field other than `displayName` and `updatedDate`.
   * @example
   * ```ts
   * for await (const folder of folders.listFolders({ sort: { fieldName: 'displayName', order: 'ASC' } })) {
   *   console.log(folder.displayName);
   * }
   * ```
   */
  export function listFolders(
    options?: ListFoldersOptions,
    call?: CallOptions,
  ): PagedPromise<ListFoldersResult, StoredFolder>;

  /**
   * Searches all folders of a scope, at every depth.
   *
   * The text is matched against display names, ignoring case. Without options, every folder of the site files is found. A
   * folder that was just created can be missing.
   *
   * @param options Text, scope, sort order and page.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} `UNSUPPORTED_SORT_VALUE` (400) for a sort field other than `displayName` and `updatedDate`.
   * @example
   * ```ts
   * const { folders: found } = await folders.searchFolders({ search: 'holiday' });
   * ```
   */
  export function searchFolders(
    options?: SearchFoldersOptions,
    call?: CallOptions,
  ): PagedPromise<SearchFoldersResult, StoredFolder>;

  /**
   * Renames or moves a folder. A move includes its content, and ids do not change.
   *
   * @param _id Id of the folder, up to 100 characters. It takes precedence over `folder._id`.
   * @param folder The changes: `displayName` (up to 1,000 characters) and `parentFolderId` (up to 100; moves the folder).
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The folder after the change.
   * @throws {WixMediaError} `FIELD_MASK_IS_EMPTY_OR_MISSING` (400) when there is nothing to change, `SYSTEM_FOLDER`
   * (400) for folders such as `media-root`, `FOLDER_NOT_FOUND` (404) when there is no such folder, a field violation
   * (400) when the new parent is the folder itself, inside it, in the trash or unknown.
   * @example
   * ```ts
   * const renamed = await folders.updateFolder(folderId, { displayName: 'Holiday 2027' });
   * ```
   */
  export function updateFolder(
    _id: string,
    folder: UpdateFolder,
    call?: CallOptions,
  ): Promise<StoredFolder>;

  /**
   * Creates a permanent URL of a zip with the content of a folder, including subfolders.
   *
   * Anyone with the URL can download the zip, and it does not expire. It holds at most 1,000 files.
   *
   * @param folderId Id of the folder, up to 100 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The URL of the zip.
   * @throws {WixMediaError} `FOLDER_NOT_FOUND` (404) when there is no such folder, `TOO_MANY_FILES` (400) when it holds
   * more than 1,000 files.
   * @example
   * ```ts
   * const { downloadUrl } = await folders.generateFolderDownloadUrl(folderId);
   * ```
   */
  export function generateFolderDownloadUrl(
    folderId: string,
    call?: CallOptions,
  ): Promise<GenerateFolderDownloadUrlResult>;

  /**
   * Moves folders with their content to the trash, or deletes them permanently.
   *
   * The folders may have different parents. The deletion is asynchronous, so lists can include them for a moment longer.
   * Files of a trashed folder remain visible on the site. Ids of unknown folders and of folders already in the trash are
   * ignored.
   *
   * @param folderIds Up to 100 ids, each of up to 100 characters.
   * @param options `permanent: true` deletes permanently, which cannot be undone.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} `SYSTEM_FOLDER` (400) when one of the folders is a system folder; nothing is deleted then.
   * @example
   * ```ts
   * await folders.bulkDeleteFolders([folderId]);
   * ```
   */
  export function bulkDeleteFolders(
    folderIds: string[],
    options?: BulkDeleteFoldersOptions,
    call?: CallOptions,
  ): Promise<void>;

  /**
   * Restores folders from the trash to their former parents, with everything that was deleted with them.
   *
   * A folder whose parent no longer exists is restored to `media-root`. Ids of unknown folders and of folders that are not
   * in the trash are ignored.
   *
   * @param folderIds Up to 100 ids, each of up to 100 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} A field violation (400) when the list is too long.
   * @example
   * ```ts
   * await folders.bulkRestoreFoldersFromTrashBin([folderId]);
   * ```
   */
  export function bulkRestoreFoldersFromTrashBin(folderIds: string[], call?: CallOptions): Promise<void>;

  /**
   * Lists the folders at the top of the trash, or directly in a folder of the trash.
   *
   * @param options Folder, sort order and page.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} `UNSUPPORTED_SORT_VALUE` (400) for a sort field other than `displayName` and `updatedDate`.
   * @example
   * ```ts
   * const deleted = await folders.listDeletedFolders().toArray();
   * ```
   */
  export function listDeletedFolders(
    options?: ListDeletedFoldersOptions,
    call?: CallOptions,
  ): PagedPromise<ListDeletedFoldersResult, StoredFolder>;

  /**
   * Starts a query over all folders of the site. Nothing is sent before `find()`.
   *
   * Filter: `state`. Sort fields: `displayName` and `_updatedDate`. Without a filter, only folders in use are found. A
   * page holds 50 folders unless `limit` says otherwise. To list the folders of one folder, use
   * {@link folders.listFolders}.
   *
   * @returns A builder. Each of its methods returns a new one.
   * @example
   * ```ts
   * const trashed = await folders.queryFolders().eq('state', 'DELETED').ascending('displayName').find();
   * console.log(trashed.items.map((folder) => folder.displayName));
   * ```
   */
  export function queryFolders(): FoldersQueryBuilder;
  /**
   * Finds all folders of the site that match a query object.
   *
   * @param query Filter by `state`; one sort entry; cursor and limit (1 to 100).
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort` for any other field or operator.
   * @example
   * ```ts
   * const { folders: newest } = await folders.queryFolders({
   *   sort: [{ fieldName: '_updatedDate', order: 'DESC' }],
   *   cursorPaging: { limit: 10 },
   * });
   * ```
   */
  export function queryFolders(
    query: FolderQuery,
    call?: CallOptions,
  ): PagedPromise<QueryFoldersResult, StoredFolder>;

  /**
   * Registers a handler for folders that were created or restored from the trash.
   *
   * Handlers run when the request body of the event is passed to `webhooks.process` of the client.
   *
   * @param handler Receives the folder and the metadata of the event.
   * @example
   * ```ts
   * client.folders.onFolderCreated(({ entity }) => console.log(entity.displayName));
   * ```
   */
  export function onFolderCreated(handler: (event: FolderCreatedEnvelope) => void | Promise<void>): void;

  /**
   * Registers a handler for folders that were renamed or moved.
   *
   * @param handler Receives the folder after the change and the metadata of the event.
   * @example
   * ```ts
   * client.folders.onFolderUpdated(({ entity }) => console.log(entity.parentFolderId));
   * ```
   */
  export function onFolderUpdated(handler: (event: FolderUpdatedEnvelope) => void | Promise<void>): void;

  /**
   * Registers a handler for folders that were moved to the trash or deleted permanently.
   *
   * @param handler Receives the metadata of the event, with `movedToTrash`.
   * @example
   * ```ts
   * client.folders.onFolderDeleted(({ metadata }) => console.log(metadata.entityId, metadata.movedToTrash));
   * ```
   */
  export function onFolderDeleted(handler: (event: FolderDeletedEnvelope) => void | Promise<void>): void;

  /** Helpers that build query objects for {@link folders.queryFolders}. */
  export const utils: { query: FolderQueryHelpers };

  // The build exports the types of this folder and of `shared` here.
}
