import type { CallOptions } from './calls.js';
import type { ExternalInfo, FileDescriptor } from './files/descriptor.js';

// ---------------------------------------------------------------------------------------------------------------------
// Uploads
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What can be uploaded: a file or blob, bytes, a stream, a response, or, in Node, Bun and Deno, the path or `file:` URL of a
 * file. A stream can be read once, so that it cannot be sent again after a failure beyond what is still in memory.
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

/** How far an upload is. Neither number ever goes back, whatever has to be sent again. */
export interface UploadProgress {
  /** Id of a resumable upload, for `uploads.pause` and its like; undefined for a plain one. */
  id?: string;
  /** Name under which the file is uploaded. */
  name?: string;
  /** Bytes that were handed to the network. */
  sent: number;
  /** Bytes that the service has. It reaches `total` in the last event and in no other. */
  confirmed: number;
  /** Bytes of the whole; undefined for a stream that does not tell. */
  total?: number;
}

/** How far a batch of uploads is. */
export interface BatchProgress extends Omit<UploadProgress, 'id' | 'name'> {
  /** Files of the batch. */
  files?: number;
  /** Files that are done, well or badly. */
  done?: number;
  /** Files that failed. */
  failed?: number;
}

/** Where the records of resumable uploads are kept. */
export interface UploadRecords {
  /** The record of an id, undefined when there is none. */
  get(id: string): Promise<unknown>;
  /** Keeps a record, which is JSON. It holds an upload token, so it is for its owner alone. */
  put(id: string, record: object): Promise<unknown>;
  /** Forgets a record. */
  delete(id: string): Promise<unknown>;
  /** All records. */
  list(): Promise<unknown[]>;
}

/** Options of {@link uploads.upload}. */
export interface UploadOptions extends CallOptions {
  /** Folder, as a path such as `/Animals/Foxes`; what is missing of it is made. Begins at `parentFolderId`. */
  path?: string;
  /** Id of the folder. Default: `media-root`. */
  parentFolderId?: string;
  /** Name of the file. Default: that of the source. An extension is added when it has none of its type. */
  displayName?: string;
  /** MIME type. Default: that of the source, its name and its first bytes, by one documented precedence. */
  mimeType?: string;
  /** Whether the file is private, which is decided once and for all. */
  private?: boolean;
  /** Labels of the file. */
  labels?: string[];
  /** Your own data, which comes back in the events of the file. */
  externalInfo?: ExternalInfo;
  /** Told how far the upload is, a few times a second; not after the end, and not after an abort. */
  onProgress?: (progress: UploadProgress) => void;
  /** When the promise is fulfilled: once the service has the bytes, or once it has processed them. Default: `accepted`. */
  waitUntil?: 'accepted' | 'ready';
  /** How the bytes travel. Default: resumable by TUS above 10 MB, in one piece below. */
  protocol?: 'auto' | 'plain' | 'tus';
  /** What happens when the folder holds a file with the same bytes: another one is made, that one is the result, or the
   * upload is refused with `DUPLICATE_FILE`. Default: `keep-both`. */
  onDuplicate?: 'keep-both' | 'reuse' | 'fail';
  /** Whether the MD5 sum of the service is compared with that of the source. `auto` believes a sum that differs only from a
   * service that is known to use MD5. Default: `auto`. */
  verify?: boolean | 'auto';
  /** Where the records of resumable uploads are kept: files in a directory (Node, Bun, Deno), a store of your own, or
   * nowhere. Default: IndexedDB in browsers, the state directory of the user elsewhere. */
  sessions?: { directory: string | URL } | UploadRecords | false;
  /** Bytes of a chunk of a resumable upload. Default: 8 MiB. */
  chunkSizeInBytes?: number;
  /** Milliseconds without any progress after which a connection is given up and made anew. Default: 60,000. */
  stallMs?: number;
}

/** What was dropped on a page: a `DataTransfer`, where the runtime has such a thing. */
export type Dropped = typeof globalThis extends { DataTransfer: { prototype: infer Transfer } } ? Transfer : never;

/** Options of {@link uploads.uploadAll}: those of every single upload, and */
export interface UploadAllOptions extends Omit<UploadOptions, 'displayName' | 'mimeType' | 'onProgress'> {
  /** How many files are sent at the same time. Default: 4. */
  concurrency?: number;
  /** Told how far the whole batch is. */
  onProgress?: (progress: BatchProgress) => void;
}

/** One source of a batch, with options of its own. */
export interface UploadItem extends Omit<UploadOptions, 'signal' | 'timeoutMs'> {
  /** What is uploaded. */
  source: UploadSource;
}

/** A folder of files, in one of the forms in which browsers hand it out. */
export type FolderSource =
  | { readonly kind: 'directory'; readonly name: string; values(): AsyncIterable<unknown> }
  | { readonly isDirectory: boolean; readonly name: string };

/** What became of one item of a batch. */
export interface UploadResult {
  /** Its place in the batch. */
  index: number;
  /** Its path below the target. */
  path?: string;
  /** Whether it was uploaded, was there already, or failed. */
  status: 'uploaded' | 'reused' | 'failed';
  /** The file; not for a failure. */
  file?: FileDescriptor;
  /** Why it failed. */
  error?: unknown;
}

/** A resumable upload that runs, rests, or was interrupted. */
export interface UploadSession {
  /** Its id, made of what is uploaded to where. */
  id: string;
  /** Whether it runs in this process, was paused in it, or was left by an earlier one. */
  state: 'running' | 'paused' | 'interrupted';
  /** Name of the file. */
  name: string;
  /** Bytes of the file. */
  size: number;
  /** Bytes that the service has. */
  confirmed: number;
  /** MIME type of the file. */
  mimeType: string;
  /** Id of the folder. */
  parentFolderId: string;
  /** When it began. */
  createdDate: Date;
  /** When the service forgets it. */
  expiresDate?: Date;
}

/**
 * Uploads: plain and resumable, with progress that tells the truth. Loaded with the first use.
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
   * Broken connections, waits that the service asks for and services that fail for a moment are survived. No try makes a
   * second file: when one may have arrived, it is looked for first.
   *
   * @param source What is uploaded.
   * @param options Where to, under which name, and how.
   * @returns The file as the service has it.
   * @throws {WixMediaError} Whatever the service refuses; also `DUPLICATE_FILE`, `SOURCE_FAILED` when the source cannot be
   * read, `CONTENT_MISMATCH` when the service stored other bytes, `CANCELLED`, and `FILE_FAILED` with `waitUntil: 'ready'`.
   * @example
   * ```ts
   * const file = await uploads.upload(new Blob(['Hello']), {
   *   displayName: 'hello.txt',
   *   onProgress: ({ sent, confirmed, total }) => console.log(sent, confirmed, total),
   * });
   * ```
   */
  export function upload(source: UploadSource, options?: UploadOptions): Promise<FileDescriptor>;

  /**
   * Uploads many files, some at a time. One that fails does not stop the others. Folders keep their structure: a path in
   * Node, a dropped or picked folder in browsers. A drop must be handed over while its event is handled.
   *
   * @param sources A list of sources, a folder, or what was dropped.
   * @param options Where to, and how.
   * @returns What became of each, in order.
   * @throws {WixMediaError} `INVALID_ARGUMENT` for sources that are none of these.
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
   * Waits until a file is processed: by asking less and less often, and with a manager by its events.
   *
   * @param fileId Id of the file.
   * @param options When to give up.
   * @returns The file.
   * @throws {WixMediaError} `FILE_FAILED` when the service could not process it, `TIMEOUT`, `RESOURCE_NOT_FOUND`.
   * @example
   * ```ts
   * const file = await uploads.waitUntilReady(fileId, { timeoutMs: 60_000 });
   * ```
   */
  export function waitUntilReady(fileId: string, options?: CallOptions): Promise<FileDescriptor>;

  /**
   * The resumable uploads that run, rest, or were interrupted by a reload or a restart.
   *
   * @example
   * ```ts
   * const interrupted = (await uploads.list()).filter(({ state }) => state === 'interrupted');
   * ```
   */
  export function list(options?: Pick<UploadOptions, 'sessions'>): Promise<UploadSession[]>;

  /**
   * Stops a resumable upload of this process for a while. Its promise stays as it is.
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
   * Goes on with a resumable upload. One of this process goes on under its first promise, and this one is fulfilled at once;
   * for one of an earlier process this is the promise of the file.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @param source The same file again; not needed for a path.
   * @param options More options of {@link uploads.upload}; what the upload began with is remembered.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.resume(id);
   * ```
   */
  export function resume(id: string, source?: UploadSource, options?: UploadOptions): Promise<FileDescriptor | undefined>;

  /**
   * Gives a resumable upload up, here and at the service. Its promise rejects with `CANCELLED`.
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
