import type { CallOptions } from './calls.js';
import type { ExternalInfo, StoredFile } from './files/descriptor.js';

// ---------------------------------------------------------------------------------------------------------------------
// Uploads
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A source of an upload: a file or blob, bytes, a stream, a response, or, in Node, Bun and Deno, the path or `file:` URL of a
 * file. A stream can be read only once, so a failed upload of it can be retried only while its bytes are in memory.
 */
export type UploadSource =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Response
  | { readonly kind: 'file'; getFile(): Promise<Blob> }
  | string
  | URL;

/** Progress of an upload. Neither count ever decreases, even if bytes are sent again. */
export interface UploadProgress {
  /** Id of a resumable upload, for functions such as `uploads.pause`; undefined for a plain one. */
  id?: string;
  /** Name of the uploaded file. */
  name?: string;
  /** Bytes sent to the network. */
  sent: number;
  /** Bytes confirmed by the service. Only the last event has `confirmed` equal to `total`. */
  confirmed: number;
  /** Total bytes; undefined for a stream of unknown length. */
  total?: number;
}

/** Progress of a batch of uploads. */
export interface BatchProgress extends Omit<UploadProgress, 'id' | 'name'> {
  /** Number of files in the batch. */
  files?: number;
  /** Number of files that are done, including failed ones. */
  done?: number;
  /** Number of files that failed. */
  failed?: number;
}

/** A store for the records of resumable uploads. */
export interface UploadRecords {
  /** Returns the record of an id, or undefined. */
  get(id: string): Promise<unknown>;
  /** Stores a record, which is JSON. It contains an upload token, so keep it secret. */
  put(id: string, record: object): Promise<unknown>;
  /** Deletes a record. */
  delete(id: string): Promise<unknown>;
  /** Returns all records. */
  list(): Promise<unknown[]>;
}

/** Options of {@link uploads.upload}. */
export interface UploadOptions extends CallOptions {
  /** Path of the folder below `parentFolderId`, such as `/Animals/Foxes`. Missing folders are created. */
  path?: string;
  /** Id of the folder. Default: `media-root`. */
  parentFolderId?: string;
  /** Name of the file. Default: that of the source. A missing extension is added. */
  displayName?: string;
  /** MIME type. Default: derived from the source, its name and its first bytes, in a documented order of precedence. */
  mimeType?: string;
  /** Whether the file is private. Cannot be changed later. */
  private?: boolean;
  /** Labels of the file. */
  labels?: string[];
  /** Your own data, which is returned in the events of the file. */
  externalInfo?: ExternalInfo;
  /** Called with the progress a few times a second, until the upload ends or is aborted. */
  onProgress?: (progress: UploadProgress) => void;
  /** When the promise resolves: once the service has the bytes, or once the file is processed. Default: `accepted`. */
  waitUntil?: 'accepted' | 'ready';
  /** Upload protocol. Default: resumable by TUS above 10 MB, a single request below. */
  protocol?: 'auto' | 'plain' | 'tus';
  /**
   * What to do when the folder has a file with the same content: create another one, return the existing one, or fail with
   * `DUPLICATE_FILE`. Default: `keep-both`.
   */
  onDuplicate?: 'keep-both' | 'reuse' | 'fail';
  /**
   * Whether to compare the hash of the service with the MD5 digest of the source. `auto` fails on a difference only when the
   * service is known to use MD5. Default: `auto`.
   */
  verify?: boolean | 'auto';
  /**
   * Where the records of resumable uploads are stored: in a directory (Node, Bun, Deno), in your own store, or not at all.
   * Default: IndexedDB in browsers, the user's state directory elsewhere.
   */
  sessions?: { directory: string | URL } | UploadRecords | false;
  /** Chunk size of a resumable upload in bytes. Default: 8 MiB, and up to 32 MiB while a chunk takes less than a second. */
  chunkSizeInBytes?: number;
  /** Milliseconds without progress after which a request is aborted and retried. Default: 60,000. */
  stallMs?: number;
}

/** Files dropped on a page: a `DataTransfer`, if the runtime has that type. */
export type Dropped = typeof globalThis extends { DataTransfer: { prototype: infer Transfer } } ? Transfer : never;

/** Options of {@link uploads.uploadAll}, in addition to those of each upload. */
export interface UploadAllOptions extends Omit<UploadOptions, 'displayName' | 'mimeType' | 'onProgress'> {
  /** Number of files that are sent at the same time. As many others get ready meanwhile. Default: 4. */
  concurrency?: number;
  /** Called with the progress of the whole batch. */
  onProgress?: (progress: BatchProgress) => void;
}

/** A source of a batch with its own options. */
export interface UploadItem extends Omit<UploadOptions, 'signal' | 'timeoutMs'> {
  /** The source. */
  source: UploadSource;
}

/** A folder of files, as browsers provide it. */
export type FolderSource =
  | { readonly kind: 'directory'; readonly name: string; values(): AsyncIterable<unknown> }
  | { readonly isDirectory: boolean; readonly name: string };

/** The result of one item of a batch. */
export interface UploadResult {
  /** Index of the item in the batch. */
  index: number;
  /** Path of the item below the target. */
  path?: string;
  /** Whether it was uploaded, existed already, failed, or is an entry of a directory that is not uploaded. */
  status: 'uploaded' | 'reused' | 'failed' | 'skipped';
  /** The file, if it was uploaded or existed already. */
  file?: StoredFile;
  /** The error, if it failed. */
  error?: unknown;
  /** What it is, if it was skipped: `a symbolic link`, `a named pipe`, `a socket` or `a device`. */
  reason?: string;
}

/** A resumable upload that is running, paused or interrupted. */
export interface UploadSession {
  /** Id, derived from the source and the target. */
  id: string;
  /** `running` and `paused` in this process, or `interrupted` in an earlier one. */
  state: 'running' | 'paused' | 'interrupted';
  /** Name of the file. */
  name: string;
  /** Bytes of the file. */
  size: number;
  /** Bytes confirmed by the service. */
  confirmed: number;
  /** MIME type of the file. */
  mimeType: string;
  /** Id of the folder. */
  parentFolderId: string;
  /** When it started. */
  createdDate: Date;
  /** When it expires. */
  expiresDate?: Date;
}

/**
 * Plain and resumable uploads with accurate progress. The code is loaded by the first call.
 *
 * @example
 * ```ts
 * const file = await uploads.upload(new Blob(['Hello']), { displayName: 'hello.txt', path: '/Animals' });
 * ```
 */
export declare namespace uploads {
  /**
   * Uploads one file.
   *
   * Network errors and temporary failures of the service are retried. A retry never creates a second file: if an attempt may
   * have arrived, its file is looked up first.
   *
   * @param source The source.
   * @param options Target, name and protocol.
   * @returns The new file.
   * @throws {WixMediaError} Errors of the service; also `INVALID_ARGUMENT` for a wrong option, `DUPLICATE_FILE`, `SOURCE_FAILED` when
   * the source cannot be read, changes, or holds other things than bytes, `CONTENT_MISMATCH` when the service stored other
   * bytes, `RECORDS_FAILED`, `CANCELLED`, `TIMEOUT`, and `FILE_FAILED` with `waitUntil: 'ready'`.
   * @example
   * ```ts
   * const file = await uploads.upload(new Blob(['Hello']), {
   *   displayName: 'hello.txt',
   *   onProgress: ({ sent, confirmed, total }) => console.log(sent, confirmed, total),
   * });
   * ```
   */
  export function upload(source: UploadSource, options?: UploadOptions): Promise<StoredFile>;

  /**
   * Uploads many files, several at a time. A failure does not stop the others. Folders keep their structure: a path in Node,
   * a dropped or picked folder in browsers. Pass a drop while its event is handled.
   *
   * @param sources A list of sources, a folder, or a drop.
   * @param options Target, and options of each upload.
   * @returns The result of each source, in order.
   * @throws {WixMediaError} `INVALID_ARGUMENT` for any other value and for wrong options, `SOURCE_FAILED` when the list itself cannot be
   * read, `TIMEOUT`. The failure of a source is reported in its result.
   * @example
   * ```ts
   * const results = await uploads.uploadAll([new File(['a'], 'a.txt'), new File(['b'], 'b.txt')], { onDuplicate: 'reuse' });
   * const failed = results.filter(({ status }) => status === 'failed');
   * ```
   */
  export function uploadAll(
    sources:
      | Iterable<UploadSource | UploadItem | FolderSource>
      | AsyncIterable<UploadSource | UploadItem | FolderSource>
      | ArrayLike<File>
      | Dropped
      | FolderSource
      | string
      | URL,
    options?: UploadAllOptions,
  ): Promise<UploadResult[]>;

  /**
   * Waits until a file is processed, by polling at growing intervals, or by the events of a manager.
   *
   * @param fileId Id of the file.
   * @param options Time limit and signal.
   * @returns The file.
   * @throws {WixMediaError} `FILE_FAILED` when the service could not process it, `TIMEOUT`, `RESOURCE_NOT_FOUND`.
   * @example
   * ```ts
   * const file = await uploads.waitUntilReady(fileId, { timeoutMs: 60_000 });
   * ```
   */
  export function waitUntilReady(fileId: string, options?: CallOptions): Promise<StoredFile>;

  /**
   * Lists the resumable uploads that are running, paused, or interrupted by a reload or restart.
   *
   * @example
   * ```ts
   * const interrupted = (await uploads.list()).filter(({ state }) => state === 'interrupted');
   * ```
   */
  export function list(options?: Pick<UploadOptions, 'sessions'>): Promise<UploadSession[]>;

  /**
   * Pauses a resumable upload of this process. Its promise stays pending.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.pause(id);
   * ```
   */
  export function pause(id: string): Promise<void>;

  /**
   * Continues a resumable upload. For an upload of this process, the promise resolves at once, and the original promise
   * resolves with the file. For one of an earlier process, this promise resolves with the file.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @param source The same file again. Not needed for a path.
   * @param options Further options of {@link uploads.upload}. The original ones are remembered.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.resume(id);
   * ```
   */
  export function resume(id: string, source?: UploadSource, options?: UploadOptions): Promise<StoredFile | undefined>;

  /**
   * Cancels a resumable upload, here and at the service. Its promise rejects with `CANCELLED`.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.cancel(id);
   * ```
   */
  export function cancel(id: string, options?: Pick<UploadOptions, 'sessions'>): Promise<void>;
}
