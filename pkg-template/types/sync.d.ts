/**
 * Synchronisation of a Wix site, a server, a Media Manager of this process and plain folders, in every pairing. For Node, Bun
 * and Deno.
 *
 * @example
 * ```ts
 * import { createClient } from 'wix-media.v2';
 * import { sync } from 'wix-media.v2/sync';
 *
 * const client = createClient({ baseUrl: 'http://127.0.0.1:4410' });
 * const { created } = await sync(client, './backup');
 * ```
 *
 * @packageDocumentation
 */

import type { Client, MediaManager } from './index.js';

export type { Client, MediaManager };

/** A folder of a Media Manager that is one side of a synchronisation. */
export interface SitePlace {
  /** Client of a Wix site, of a server, or of a manager. */
  client: Client;
  /** Path of the folder, such as `/Holidays`. Default: everything. A missing target is created. */
  path?: string;
  /** Name in messages. */
  name?: string;
}

/** One side of a synchronisation: the path or `file:` URL of a plain folder, a client, a manager, or a folder of one. */
export type SyncPlace = string | URL | Client | MediaManager | SitePlace;

/** One change of the target. */
export interface SyncAction {
  /** What is done. An `update` replaces the content of a file. A `conflict` renames a file that differs at both sides. */
  action: 'create' | 'create-folder' | 'update' | 'update-labels' | 'move' | 'conflict' | 'delete';
  /** Which place is changed, in a run with `twoWay`. */
  side?: 'from' | 'to';
  /** Path below both places, with `/`. Characters that some file system refuses are escaped by `‛`. */
  path: string;
  /** Path before a move or a conflict. */
  from?: string;
  /** Whether it is a file or a folder. */
  kind: 'file' | 'folder';
  /** Bytes of the file, or of all files in a deleted folder. */
  bytes: number;
  /** Number of files in a deleted folder. */
  files?: number;
  /** Number of folders in a deleted folder. */
  folders?: number;
}

/** A file or folder that could not be synchronised. */
export interface SyncFailure {
  /** Path below both places. */
  path: string;
  /** Code of the error, such as `ZERO_FILE_SIZE` or `EACCES`. */
  code: string;
  /** What happened, for people. */
  message: string;
}

/** Progress of the transfers. */
export interface SyncProgress {
  /** Bytes moved so far. */
  bytes: number;
  /** Bytes of all files to transfer. */
  totalBytes: number;
  /** Number of files that are done. */
  done: number;
  /** Number of files to transfer. */
  files: number;
}

/** What a run has done, or would do. */
export interface SyncReport {
  /** Whether nothing was changed, as asked. */
  isDryRun: boolean;
  /** Number of new files at the target. */
  created: number;
  /** Number of files with new content. */
  updated: number;
  /** Number of files that were renamed or moved, without their bytes. */
  moved: number;
  /** Number of folders that were renamed or moved, with all that is in them. Their files count as unchanged. */
  foldersMoved: number;
  /** Number of files that differed at both sides of a run with `twoWay`, and were kept as both. */
  conflicts: number;
  /** Number of files with new labels. */
  relabelled: number;
  /** Number of deleted files, including those in folders. */
  deleted: number;
  /** Number of files that were the same on both sides. */
  unchanged: number;
  /** Number of files that only the target has, or only one place in a run with `twoWay`, and that stay there. */
  extra: number;
  /** Number of new folders. */
  foldersCreated: number;
  /** Number of deleted folders. */
  foldersDeleted: number;
  /** Bytes of new files and new content. */
  bytes: number;
  /** Number of files and folders that failed. */
  failed: number;
  /** Number of entries that are neither files nor folders, such as symbolic links. */
  skipped: number;
  /** The failures; at most 1,000. */
  failures: SyncFailure[];
  /** The skipped entries; at most 1,000. */
  skips: { path: string; reason: string }[];
}

/** Options of {@link sync}. */
export interface SyncOptions {
  /** Whether to find out what would be done, and change nothing. */
  dryRun?: boolean;
  /**
   * What happens to files and folders that only the target has: they stay (`false`), go to the trash (`true`), or are deleted
   * permanently, as are replaced files. The trash of a plain folder is `.wix-media/trash` in it. Default: false.
   */
  delete?: boolean | 'permanent';
  /**
   * The most files that may be deleted: a number, or a share of the target's files such as `'25%'`. A run that would delete
   * more changes nothing. Default: `'10%'`.
   */
  maxDelete?: number | string;
  /**
   * Whether to make the changes of each place since the last run at the other one. A file that has changed at both is kept as both:
   * that of the target gets a name with `conflict of`, the time and the side. A file that one place has deleted stays at the
   * other unless `delete` is set, and stays in any case if it was changed there. Needs a journal. Default: false.
   */
  twoWay?: boolean;
  /** Whether to read all files of plain folders, even if size, time and inode are those of the last run. Default: false. */
  checksum?: boolean;
  /** Whether files and folders of plain folders belong to it if their names begin with a dot. Default: false. */
  hidden?: boolean;
  /**
   * Whether the trash of Media Managers belongs to them. A plain folder has its files in the folder `‛trash`. For whole Media
   * Managers, in one way. Nothing is deleted from the trash of the target, unless `delete` is `'permanent'`. Default: false.
   */
  trash?: boolean;
  /** Number of transfers at the same time. Default: 4. */
  concurrency?: number;
  /** The most bytes a second that are sent to Media Managers, and as many that come from them. Default: no limit. */
  bandwidth?: number;
  /** File of the journal. Default: in `.wix-media` of the plain folder; none without a plain folder. */
  journal?: string | URL;
  /**
   * File to which old and new ids and URLs are written, as lines of JSON, when the target is a Media Manager and the source is one
   * or a backup of one. {@link rewrite} reads it.
   */
  map?: string | URL;
  /**
   * Called with what would be done before anything is changed, if there is something to do. Unless it returns true, the run
   * rejects with `CANCELLED`. `changes` counts what would be deleted and replaced at each place.
   */
  confirm?: (plan: SyncReport, changes: Record<'from' | 'to', Pick<SyncReport, 'updated' | 'deleted' | 'foldersDeleted'>>) => boolean | Promise<boolean>;
  /** Cancels the run. What is done stays, and the next run goes on from there. */
  signal?: AbortSignal;
  /** Called with each change after it is done, or, in a dry run, with each change that would be made. */
  onAction?: (action: SyncAction) => void;
  /** Called with the progress of the transfers. */
  onProgress?: (progress: SyncProgress) => void;
}

/**
 * Makes the target like the source. What only the target has stays, unless `delete` is set. Files are compared by size, and by
 * hash unless the journal knows both. A file or folder that fails does not stop the others: it is in the report.
 *
 * @param from The source.
 * @param to The target. It is created if it is missing.
 * @returns What was done.
 * @throws {WixMediaError} `INVALID_ARGUMENT`, `PLACE_NOT_FOUND`, `PLACES_OVERLAP`, `TOO_MANY_DELETIONS`, `CANCELLED`,
 * `JOURNAL_LOCKED`, `JOURNAL_INVALID`, `MANIFEST_INVALID`, and the errors of listing either side. Then nothing was changed.
 * @example
 * ```ts
 * const { created, updated, failures } = await sync('./photos', { client, path: '/Photos' });
 * ```
 */
export declare function sync(from: SyncPlace, to: SyncPlace, options?: SyncOptions): Promise<SyncReport>;

/** Options of {@link verify}. */
export interface VerifyOptions {
  /** Whether to read all bytes of both sides. Default: sizes and hashes are compared, as {@link sync} does. */
  hash?: boolean;
  /** Whether files and folders of plain folders belong to it if their names begin with a dot. Default: false. */
  hidden?: boolean;
  /** Whether the trash of Media Managers belongs to them, as for {@link SyncOptions.trash}. Default: false. */
  trash?: boolean;
  /** The most bytes a second that come from Media Managers. Default: no limit. */
  bandwidth?: number;
  /** File of the journal, as for {@link SyncOptions.journal}. */
  journal?: string | URL;
  /** Cancels the run. */
  signal?: AbortSignal;
  /** Called with each difference. */
  onDifference?: (difference: VerifyDifference) => void;
}

/** A difference between two places. */
export interface VerifyDifference {
  /** Path below both places. */
  path: string;
  /** Whether it is a file or a folder, at the first place that has it. */
  kind: 'file' | 'folder';
  /**
   * What differs: it is `missing` at the second place, is `extra` there, has other `content`, is a folder at one side and a file at
   * the other (`kind`), has other `labels`, or is `private` at one side only.
   */
  difference: 'missing' | 'extra' | 'content' | 'kind' | 'labels' | 'private';
}

/** The result of {@link verify}. */
export interface VerifyReport {
  /** Number of files that are the same. */
  same: number;
  /** Number of differences. */
  different: number;
  /** Number of files and folders that could not be compared. */
  failed: number;
  /** Number of entries that are neither files nor folders. */
  skipped: number;
  /** The differences; at most 1,000. */
  differences: VerifyDifference[];
  /** The failures; at most 1,000. */
  failures: SyncFailure[];
  /** The skipped entries; at most 1,000. */
  skips: { path: string; reason: string }[];
}

/**
 * Compares two places and names every difference. It changes nothing.
 *
 * @param from The first place.
 * @param to The second place.
 * @returns What differs.
 * @throws {WixMediaError} The errors of {@link sync} about places, options and the journal.
 * @example
 * ```ts
 * const { different, failed } = await verify(client, './backup', { hash: true });
 * ```
 */
export declare function verify(from: SyncPlace, to: SyncPlace, options?: VerifyOptions): Promise<VerifyReport>;

/** Options of {@link rewrite}. */
export interface RewriteOptions {
  /** Whether to count only, and change nothing. */
  dryRun?: boolean;
}

/** What was replaced in a file. */
export interface RewriteResult {
  /** Path of the file. */
  file: string;
  /** Number of ids that were replaced. */
  replaced: number;
  /** Why the file could not be read or written. */
  error?: { code: string; message: string };
}

/**
 * Replaces the ids of moved files, and the beginnings of their URLs, in JSON, CSV and other text files. It finds them in media
 * identifiers such as `wix:image://v1/…`, in URLs of static media, and alone.
 *
 * @param map The file that {@link SyncOptions.map} named.
 * @param files The files to change. Each is replaced as a whole.
 * @returns The result of each file.
 * @throws {WixMediaError} `MAP_INVALID`. Then nothing was changed.
 * @example
 * ```ts
 * const [{ replaced }] = await rewrite('ids.jsonl', ['products.csv']);
 * ```
 */
export declare function rewrite(map: string | URL, files: Iterable<string | URL>, options?: RewriteOptions): Promise<RewriteResult[]>;
