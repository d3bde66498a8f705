import type { CallOptions } from './calls.js';
import type { MediaTypeWithLiterals } from './enums.js';
import type { FileDescriptor } from './files/descriptor.js';
import type { Folder } from './folders/folder.js';

// ---------------------------------------------------------------------------------------------------------------------
// Trash
// ---------------------------------------------------------------------------------------------------------------------

/** A preview of a deletion. */
export interface DeletionPlan {
  /** Number of files, including those in folders. */
  files: number;
  /** Number of folders, including those in folders. */
  folders: number;
  /** Total size of the files in bytes. */
  bytes: number;
  /** Number of items that are in the trash already. */
  alreadyInTrash: number;
  /** Unknown ids. */
  missing: string[];
}

/**
 * Previews of deletions, and bulk operations on the trash. The code is loaded by the first call.
 *
 * @example
 * ```ts
 * const { files: count, bytes } = await trash.plan([folderId]);
 * ```
 */
export declare namespace trash {
  /**
   * Counts what a deletion would delete. Items in folders count once.
   *
   * @param ids Ids of files and folders, or the items themselves.
   * @example
   * ```ts
   * const plan = await trash.plan({ fileIds: [fileId, otherFileId] });
   * ```
   */
  export function plan(
    ids: readonly (string | FileDescriptor | Folder)[] | { fileIds?: readonly string[]; folderIds?: readonly string[] },
    options?: CallOptions,
  ): Promise<DeletionPlan>;

  /**
   * Permanently deletes items in the trash. The service does not report when an item was deleted, so its age is that of its
   * last change. A folder is deleted only when everything in it is old enough.
   *
   * @param options `olderThan` is a date, milliseconds, or a text such as `30d`; `mediaTypes` limits it to files of these types;
   * `dryRun` only counts.
   * @returns Counts of deleted items.
   * @example
   * ```ts
   * const { bytes } = await trash.empty({ olderThan: '30d', dryRun: true });
   * ```
   */
  export function empty(
    options?: CallOptions & { olderThan?: Date | number | string; mediaTypes?: MediaTypeWithLiterals[]; dryRun?: boolean },
  ): Promise<{ files: number; folders: number; bytes: number }>;

  /**
   * Restores everything in the trash, or all files of some types. With types, files in trashed folders stay there, unless
   * `inFolders` is set: then they are restored to `media-root`, because their folder is not restored.
   *
   * @param options Media types, and whether to include files in folders.
   * @returns Counts of restored items, and the ids of the files.
   * @example
   * ```ts
   * const { files: count } = await trash.restoreAll({ mediaTypes: ['IMAGE'] });
   * ```
   */
  export function restoreAll(
    options?: CallOptions & { mediaTypes?: MediaTypeWithLiterals[]; inFolders?: boolean },
  ): Promise<{ files: number; folders: number; fileIds: string[] }>;
}
