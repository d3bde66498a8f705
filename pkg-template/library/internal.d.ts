import type { Connection, Lent, Refusal } from '../client/internal.js';
import type {
  CallOptions,
  Client,
  ExternalInfo,
  Folder,
  PathOptions,
  StoredFile,
  UploadOptions,
  UploadSession,
  WixMediaError as ErrorClass,
} from '../types/index.js';

export type { CallOptions, Client, ErrorClass, StoredFile, Lent, Refusal };

/** Where the functions of the library begin and end. */
export interface Boundary {
  /** A failure as an error of the package, which it may be already. */
  failed(operation: string, code: string, what: string, cause: unknown): ErrorClass;
  /**
   * Runs `work` for as long as the caller's signal and the time allow. Rejects with an error of the package or with the
   * reason of the signal, and not before the work is over.
   */
  within<Result>(
    operation: string,
    options: CallOptions | null | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>;
}

/** Makes the folders of a path that do not exist, and gives the last one. */
export type EnsurePath = (path: string, options?: PathOptions) => Promise<Folder>;

/** What every part of the library works with. */
export interface Api extends Lent, Boundary {
  /** Refuses unknown options and values of the wrong kind. Returns the options; none where they are not given. */
  checkOptions<Options extends object>(operation: string, options: Options | null | undefined): Options;
  exchange: typeof import('./uploads/exchange.js').exchange;
  machine: Machine;
  shared: Shared;
  /** The error for a source that cannot be read. */
  sourceFailed(cause: unknown): unknown;
  /** A digest of the runtime, or of the module. */
  digest(): Digest;
  /** The time of the service, if it is a manager of this process. */
  now(): number;
  patience: Patience;
}

/** What requests to hosts of uploads and downloads work with. */
export interface Shared extends Connection {
  tell: Lent['tell'];
  sourceFailed(cause: unknown): unknown;
  /** Whether the service has once answered with an MD5 digest; one that has always does. */
  hasMd5?: boolean;
}

/** An MD5 digest that is fed piece by piece. */
export interface Digest {
  add(bytes: Uint8Array): void;
  /** The digest, in hexadecimal digits. */
  end(): string;
}

/** The functions of the module for resumable uploads. */
export interface Machine {
  begin(length: number, chunk: number, tries: number, firstDelay: number, longestDelay: number): ArrayLike<number>;
  /** Returns the numbers of the upload, the action and its two members; nothing for an invalid upload or event. */
  step(upload: number[], event: number, first: number, second: number, random: number): ArrayLike<number>;
}

/** How often and how long is tried. */
export interface Patience {
  /** Tries of a resumable upload or a download without a byte of progress. */
  tries: number;
  /** Tries of a plain upload. */
  plainTries: number;
  /** The first wait in milliseconds; each further one is twice as long. */
  first: number;
  /** The longest wait in milliseconds. */
  longest: number;
}

/** The files and folders of the machine, in Node, Deno and Bun. */
export type Disk = typeof import('./disk.js');

/** Bytes to upload, as each kind of source gives them. */
export interface SourceReader {
  name?: string;
  type?: string;
  /** Undefined for a stream that does not tell. */
  size?: number;
  modified?: number;
  /** Where it is, for a file of the machine. */
  path?: string;
  /** Whether its bytes can be read again. */
  isRepeatable: boolean;
  /** Whether it can be read once only. */
  isStream?: boolean;
  /** Whether a stream says how many bytes it has. */
  isAnnounced?: boolean;
  /** Whether it is known to have changed since it was opened. */
  isChanged?: boolean;
  /** Rejects when it is not what it was when it was opened: its size, its time, or the length that it announced. */
  confirm?(): Promise<void>;
  /** The bytes of a range, in pieces. */
  pieces(from: number, to: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
  /** The same as a Blob, where that costs nothing. */
  blob?(from: number, to: number): Blob;
  /** Reads a stream until `to` bytes have been there, or all. Resolves to whether the stream has ended. */
  reach?(to: number): Promise<boolean>;
  /** Bytes before `offset` will not be asked for again. */
  forget(offset: number): void;
  close(): Promise<unknown>;
}

/** An open source, whatever it reads. Its reads end with the signal of its upload, and fail with `SOURCE_FAILED`. */
export interface Source extends SourceReader {
  /** The bytes of a range; fewer only at the end of a stream. */
  bytes(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A digest of a source, fed along with its sending. */
export interface SourceDigest {
  /** Takes bytes that are at this offset of the source. */
  take(offset: number, bytes: Uint8Array): void;
  /** The digest of the whole source; reads whatever has not been seen. */
  end(signal?: AbortSignal): Promise<string>;
}

/** One item of a batch. */
export interface Item {
  isFolder?: boolean;
  source?: any;
  name?: string;
  /** Path of its folder below the target. */
  folder?: string;
  size?: number;
  options?: Partial<UploadOptions>;
  /** Why it cannot be read, for an entry of a folder. */
  failure?: unknown;
  /** What it is, for an entry of a folder that is not uploaded. */
  skipped?: string;
}

/** An entry of a folder of this machine, by its path relative to it with `/`. */
export interface DiskEntry extends Pick<Item, 'failure' | 'skipped' | 'size' | 'isFolder'> {
  path: string;
  source?: string;
}

/** The type of an upload, and the options of the call that creates its URL. */
export interface UploadRequest {
  mimeType: string;
  options: {
    fileName?: string;
    parentFolderId?: string;
    private?: boolean;
    labels?: string[];
    externalInfo?: ExternalInfo;
  };
}

/** One upload. */
export interface Job {
  api: Api;
  source: Source;
  request: UploadRequest;
  progress: import('./uploads/progress.js').Progress;
  signal: AbortSignal;
  verify: boolean | 'auto';
  stallMs: number;
  /** Bytes of a chunk, or of the first one. */
  chunkSize: number;
  /** Whether later chunks may be larger. */
  isGrowing: boolean;
  patience: Patience;
  digest?: SourceDigest;
  /** When it began, by the clock of the service. */
  started: number;
  /** Finds the file of an upload whose answer was lost. */
  find(signal: AbortSignal): Promise<StoredFile | undefined>;
  /** Runs the requests that send bytes when it is their turn. */
  turn: Turn;
}

/** Runs work when there is room for it. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A resumable upload that runs in this process. */
export interface ResumableJob extends Job {
  record: UploadRecord;
  state: 'running' | 'paused';
  /** Stores the record. */
  save(): Promise<void>;
  /** Interrupts it with one of the events PAUSE, RESUME and CANCEL. */
  interrupt?(event: number): void;
  onPaused?: () => void;
  isCancelled?: boolean;
}

/** The record of a resumable upload: JSON, and secret, because it holds the upload token. */
export interface UploadRecord {
  id: string;
  name?: string;
  size: number;
  mimeType: string;
  parentFolderId: string;
  created: number;
  path?: string;
  options?: Partial<UploadOptions>;
  /** The state machine. */
  numbers?: number[];
  uploadUrl?: string;
  uploadToken?: string;
  location?: string;
  expires?: number;
}

/** Where records are stored. */
export interface Records {
  get(id: string): Promise<UploadRecord | undefined>;
  put(id: string, record: UploadRecord): Promise<unknown>;
  delete(id: string): Promise<unknown>;
  list(): Promise<UploadRecord[]>;
}

/** What uploads of one batch know of each other. */
export interface Batch {
  /** The files of each folder. */
  known?: Map<string, Promise<StoredFile[]>>;
  /** Whether a file has the name of another item of the batch. */
  isOther?(file: StoredFile): boolean;
  /** The id of the upload that is resumed. */
  expected?: string;
  /** Limits how many uploads send bytes at the same time. */
  turn?: Turn;
}

/** Uploads one source. */
export interface Uploader {
  send(
    given: unknown,
    options: UploadOptions,
    signal: AbortSignal,
    batch?: Batch,
  ): Promise<{ file: StoredFile; isReused: boolean }>;
  untilReady(fileId: string, call: { signal?: AbortSignal }): Promise<StoredFile>;
}

/** Resumable uploads: those that run in this process, and those with a record. */
export interface Sessions {
  /** Uploads a source of known size, under the id that it must have when it is resumed by that. */
  upload(job: Job, options: UploadOptions, expected: string | undefined): Promise<StoredFile>;
  list(options: Pick<UploadOptions, 'sessions'>, signal: AbortSignal): Promise<UploadSession[]>;
  pause(id: string): Promise<void>;
  /** Resolves to the file, or to undefined when the upload runs in this process. */
  resume(id: string, source: unknown, options: UploadOptions, signal: AbortSignal): Promise<StoredFile | undefined>;
  cancel(id: string, options: Pick<UploadOptions, 'sessions'>, signal: AbortSignal): Promise<void>;
}

/** An answer of an upload host. */
export interface HostAnswer {
  status: number;
  header(name: string): string | null;
  bytes: Uint8Array;
  response: import('../client/internal.js').AnswerHead;
}
