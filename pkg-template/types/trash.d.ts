import type { CallOptions } from './calls.js';
import type { MediaTypeWithLiterals } from './enums.js';
import type { FileDescriptor } from './files/descriptor.js';
import type { Folder } from './folders/folder.js';

// ---------------------------------------------------------------------------------------------------------------------
// Trash
// ---------------------------------------------------------------------------------------------------------------------

/** What a deletion takes. */
export interface DeletionPlan {
  /** Files, those in folders included. */
  files: number;
  /** Folders, those in folders included. */
  folders: number;
  /** Bytes of the files. */
  bytes: number;
  /** How many of them are in the trash already. */
  alreadyInTrash: number;
  /** Ids that name nothing. */
  missing: string[];
}

/**
 * Deleting without fear: what would go is counted before, and what went comes back. Loaded with the first use.
 *
 * @example
 * ```ts
 * const { files: count, bytes } = await trash.plan([folderId]);
 * ```
 */
export declare namespace trash {
  /**
   * Counts what a deletion would take, without deleting anything. Whatever is in a folder counts once.
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
   * Deletes what is in the trash, for good. The service does not tell when something was deleted, so the age is that of its
   * last change; a folder goes when everything in it is old enough too.
   *
   * @param options What is old enough: a date, milliseconds, or a text such as `30d`; only these types of files; or only count.
   * @returns What went.
   * @example
   * ```ts
   * const { bytes } = await trash.empty({ olderThan: '30d', dryRun: true });
   * ```
   */
  export function empty(
    options?: CallOptions & { olderThan?: Date | number | string; mediaTypes?: MediaTypeWithLiterals[]; dryRun?: boolean },
  ): Promise<{ files: number; folders: number; bytes: number }>;

  /**
   * Restores everything that is in the trash, or all files of some types. With types, files in deleted folders stay where they
   * are, unless `inFolders`: then they are restored too, to the root, as their folder is not.
   *
   * @param options Which types of files.
   * @returns How much came back, and which files.
   * @example
   * ```ts
   * const { files: count } = await trash.restoreAll({ mediaTypes: ['IMAGE'] });
   * ```
   */
  export function restoreAll(
    options?: CallOptions & { mediaTypes?: MediaTypeWithLiterals[]; inFolders?: boolean },
  ): Promise<{ files: number; folders: number; fileIds: string[] }>;
}
