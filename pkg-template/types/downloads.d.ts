import type { CallOptions } from './calls.js';
import type { FileDescriptor, StoredFile } from './files/descriptor.js';
import type { UploadOptions } from './uploads.js';

// ---------------------------------------------------------------------------------------------------------------------
// Downloads
// ---------------------------------------------------------------------------------------------------------------------

/** Options of all downloads. */
export interface DownloadOptions {
  /** Aborts the download. */
  signal?: AbortSignal;
  /** Milliseconds without a byte after which a request is aborted and retried. Default: 60,000. */
  stallMs?: number;
  /** Called with the progress. */
  onProgress?: (progress: { received: number; total?: number }) => void;
}

/** Options of {@link downloads.file}. */
export interface FileDownloadOptions extends DownloadOptions {
  /** Rendition, such as `720p.mp4`. Default: `src`, the original. */
  asset?: string;
  /** Name of the file that a browser saves. */
  fileName?: string;
  /** Whether browsers display the file instead of saving it. */
  inline?: boolean;
  /** Offset of the first byte, to continue an earlier download. */
  from?: number;
  /** Whether to check the MD5 digest of an original, as for {@link UploadOptions.verify}. Default: `auto`. */
  verify?: boolean | 'auto';
}

/** Options of {@link downloads.toDirectory}. */
export interface DirectoryDownloadOptions extends CallOptions {
  /** Number of concurrent downloads. Default: 4. */
  concurrency?: number;
  /** Whether to check MD5 digests, as for {@link UploadOptions.verify}. Default: `auto`. */
  verify?: boolean | 'auto';
  /** Called with the progress. */
  onProgress?: (progress: { received: number; total: number; files: number; done: number }) => void;
}

/** The result of one file of {@link downloads.toDirectory}. */
export interface DownloadResult {
  /** Path below the directory. */
  path: string;
  /** Whether it was written, kept because it had the same content, or failed. */
  status: 'written' | 'kept' | 'failed';
  /** The file. */
  file: StoredFile;
  /** The error, if it failed. */
  error?: unknown;
}

/**
 * Downloads that continue after network errors and check the content. The code is loaded by the first call.
 *
 * @example
 * ```ts
 * const response = await downloads.file(fileId);
 * const bytes = await response.arrayBuffer();
 * ```
 */
export declare namespace downloads {
  /**
   * Downloads a file, also a private one, by a temporary link. The body continues by itself after network errors, and fails
   * at its end if the content does not match the descriptor.
   *
   * @param file Id of the file, or its descriptor, which saves the call that asks for size and hash.
   * @param options Rendition, range and checks.
   * @throws {WixMediaError} Errors of the service; the body fails with `CONTENT_MISMATCH`.
   * @example
   * ```ts
   * const response = await downloads.file(fileId, { fileName: 'river.jpg' });
   * ```
   */
  export function file(file: string | FileDescriptor, options?: FileDownloadOptions): Promise<Response>;

  /**
   * Downloads files, or a folder with its subfolders, as one zip of at most 1,000 files. Private files are left out.
   *
   * @param what The files, or the folder.
   * @throws {WixMediaError} `TOO_MANY_FILES`, and other errors of the service.
   * @example
   * ```ts
   * const response = await downloads.zip({ folderId });
   * ```
   */
  export function zip(what: { fileIds: string[] } | { folderId: string }, options?: DownloadOptions): Promise<Response>;

  /**
   * Downloads a folder with everything below it to a directory, in Node, Bun and Deno. Names are made safe. Existing files
   * with the same content are kept and interrupted ones continued, so you can run it repeatedly.
   *
   * @param folderId Id of the folder.
   * @param directory Target directory.
   * @throws {WixMediaError} `NOT_SUPPORTED` in browsers, `INVALID_ARGUMENT` for a wrong option, `TARGET_FAILED` when the directory
   * cannot be written, `TIMEOUT`. The failure of a file is reported in its result.
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
