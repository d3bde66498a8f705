import type { CallOptions } from './calls.js';
import type { FileDescriptor } from './files/descriptor.js';
import type { UploadOptions } from './uploads.js';

// ---------------------------------------------------------------------------------------------------------------------
// Downloads
// ---------------------------------------------------------------------------------------------------------------------

/** What downloads have in common. */
export interface DownloadOptions {
  /** Ends the download. */
  signal?: AbortSignal;
  /** Milliseconds without a byte after which a connection is given up and made anew. Default: 60,000. */
  stallMs?: number;
  /** Told how far the download is. */
  onProgress?: (progress: { received: number; total?: number }) => void;
}

/** Options of {@link downloads.file}. */
export interface FileDownloadOptions extends DownloadOptions {
  /** Which rendition, such as `720p.mp4`. Default: `src`, the original. */
  asset?: string;
  /** Name that a browser gives to what it saves. */
  fileName?: string;
  /** Whether a browser shows the file and does not save it. */
  inline?: boolean;
  /** First byte that is wanted, to go on with an earlier download. */
  from?: number;
  /** Whether the MD5 sum of an original is checked; as for {@link UploadOptions.verify}. Default: `auto`. */
  verify?: boolean | 'auto';
}

/** Options of {@link downloads.toDirectory}. */
export interface DirectoryDownloadOptions extends CallOptions {
  /** How many files are fetched at the same time. Default: 4. */
  concurrency?: number;
  /** Whether MD5 sums are checked; as for {@link UploadOptions.verify}. Default: `auto`. */
  verify?: boolean | 'auto';
  /** Told how far the download is. */
  onProgress?: (progress: { received: number; total: number; files: number; done: number }) => void;
}

/** What became of one file of {@link downloads.toDirectory}. */
export interface DownloadResult {
  /** Path below the directory. */
  path: string;
  /** Whether it was written, was there already with the same bytes, or failed. */
  status: 'written' | 'kept' | 'failed';
  /** The file. */
  file: FileDescriptor;
  /** Why it failed. */
  error?: unknown;
}

/**
 * Downloads that go on after a broken connection, and are checked. Loaded with the first use.
 *
 * @example
 * ```ts
 * const response = await downloads.file(fileId);
 * const bytes = await response.arrayBuffer();
 * ```
 */
export declare namespace downloads {
  /**
   * Downloads a file, also a private one, through a temporary link. The body goes on by itself where a connection broke off,
   * and fails at its end when the bytes are not those of the descriptor.
   *
   * @param fileId Id of the file.
   * @param options Which rendition, and from where.
   * @throws {WixMediaError} Whatever the service refuses; the body fails with `CONTENT_MISMATCH`.
   * @example
   * ```ts
   * const response = await downloads.file(fileId, { fileName: 'river.jpg' });
   * ```
   */
  export function file(fileId: string, options?: FileDownloadOptions): Promise<Response>;

  /**
   * Downloads files, or a folder with all its sub-folders, as one zip of at most 1000 files. Private files are left out.
   *
   * @param what Which files, or which folder.
   * @throws {WixMediaError} `TOO_MANY_FILES`, and whatever else the service refuses.
   * @example
   * ```ts
   * const response = await downloads.zip({ folderId });
   * ```
   */
  export function zip(what: { fileIds: string[] } | { folderId: string }, options?: DownloadOptions): Promise<Response>;

  /**
   * Writes a folder with everything below it to a directory, in Node, Bun and Deno. Names are made safe. What is there with
   * the same bytes is kept, and what was interrupted goes on, so that it can be run again and again.
   *
   * @param folderId Id of the folder.
   * @param directory Where to.
   * @throws {WixMediaError} `NOT_SUPPORTED` in browsers; a file that fails is one of the results.
   * @example
   * ```ts
   * const results = await downloads.toDirectory(folderId, directory);
   * ```
   */
  export function toDirectory(
    folderId: string,
    directory: string | URL,
    options?: DirectoryDownloadOptions,
  ): Promise<DownloadResult[]>;
}
