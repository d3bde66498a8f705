import type { Refusal, Runtime, WebCrypto } from '../client/internal.js';
import type {
  Colors as DescriptorColors,
  DamageReport,
  FileDamage,
  ManagerEvent,
  ManagerOptions,
  ManagerStorage,
  MediaManager,
  MediaType,
  ProcessingStep,
  StepFile,
  StepResult,
  WixMediaError as ErrorClass,
} from '../types/index.js';

export type { DamageReport, FileDamage, ManagerEvent, ManagerOptions, ManagerStorage, MediaManager, MediaType, ProcessingStep, Refusal, Runtime, StepFile, StepResult, WebCrypto };

/** What the entry of the package lends to `createManager`. */
export interface Lent {
  WixMediaError: typeof ErrorClass;
  /** Missing in a worker, where the manager has no client. */
  createClient?(options: { manager: MediaManager }): MediaManager['client'];
  refusal: Refusal;
  runtime: Pick<Runtime, 'files' | 'crypto' | 'threads' | 'directory' | 'disk' | 'network' | 'ffmpeg' | 'converters'> & {
    /** In a worker of a page: has the page decode a video. */
    frames?: Frames;
  };
  /** The owner of the lock of a directory, where this manager replaces another one of the process that has ended. */
  owner?: string;
  /** Whether the caller is the thread's side of a manager, which takes responses as in `messages.js`. */
  isThread?: boolean;
}

/** The same, with what this manager adds. */
export interface Given extends Lent {
  /** The token by which the manager's own object proves who it is. */
  token: string;
}

/** A request of a server, whose short body can be had as a whole. */
export interface LightRequest extends RequestLike {
  bodyUsed: boolean;
  /** The whole body; undefined where there is none. Rejects when it breaks off. */
  takeWhole(): Promise<ArrayBuffer | undefined>;
}

/** Makes the error of a refusal. */
export type Fail = (code: string, message: string, cause?: unknown) => ErrorClass;

/** A member of options, settings or faults that the module has refused. */
export interface InvalidMember {
  /** The path to it; empty if the whole value is invalid. */
  field: string;
  description: string;
  /** The known names, if its name is unknown. */
  known?: string[];
}

/** Refuses an option of `createManager`. */
export type Refuse = (field: string, description: string) => ErrorClass;

/** A clock. Only a virtual one has `set`. */
export interface Clock {
  kind: 'system' | 'virtual' | 'custom';
  now(): number;
  set?(to: number): void;
  /** Sets it to any time, also an earlier one. */
  reset?(to: number): void;
}

// ---------------------------------------------------------------------------------------------------------------------
// The module of the manager
// ---------------------------------------------------------------------------------------------------------------------

/**
 * `[status, headers, body, delay, changed, transform, cause]`: what `close` answers. `headers` are lines, names and values in turns.
 * `changed` is 1 if anything was committed since the last answer, and 2 more if this one has to wait until all commits are
 * durable. `cause` says why the storage failed.
 */
export type Outcome = [
  status: number,
  headers: string,
  body: number | Uint8Array<ArrayBuffer>,
  delay: number,
  changed: number,
  transform?: string,
  cause?: string,
];

/** What `close` answers, with the id of the export and its report as JSON behind it. */
export type ExportOutcome = [status: number, headers: string, body: number, delay: number, changed: boolean, id: string, report: string];

/** What a task says after a step: the files of blobs that the next step reads, and what a check has found. */
export interface TaskReport {
  isDone: boolean;
  next: string[];
  /** How many files a check has compared, and their size. */
  files: number;
  bytes: number;
  /** The id of the last file that was compared. */
  position: string;
  /** What the step has found. */
  damage: FileDamage[];
  /** What a check of the catalog says at its end. */
  isCatalogWhole: boolean | null;
}

/** Bytes, or the run of a blob that holds them: `[name, offset, length]`. */
export type Piece = Uint8Array<ArrayBuffer> | [name: string, offset: number, length: number];

/** One instance of `manager.wasm`. Numbers of intakes and bodies mean something to this instance only. */
export interface ManagerCore {
  memory: WebAssembly.Memory;
  /** The values of JavaScript that the module holds. */
  references: WebAssembly.Table;
  start(host: StorageHost & { now(): number; random(buffer: Uint8Array): void }, options: string): void;
  stop(): void;
  open(method: string, path: string, query: string, headers: string): number;
  answer(method: string, path: string, query: string, headers: string): Outcome;
  openImport(file: string, status: number, headers: string): number;
  openAsset(file: string, name: string, segments: string): number;
  openArchive(): number;
  openSeed(entry: string, host: string): number;
  beginCatalogCheck(): number;
  beginCheck(withBytes: boolean, after: string): number;
  beginExport(): number;
  /** Runs a step of a task. Returns a report as JSON, or the archive after the last step of an export. */
  step(task: number): string | ExportOutcome;
  endTask(task: number): void;
  fileName(id: string): string;
  feed(intake: number, bytes: Uint8Array): boolean;
  /** Where the storage may write a body by itself. `isResumable` says whether a body that breaks off is of use. */
  target(intake: number): [name: string, offset: number, limit: number, isResumable: boolean] | undefined;
  /** Takes what has been written and is durable. Returns whether more is needed. */
  deliver(intake: number, end: number, md5: string | undefined, crc: number): boolean;
  /** Refuses a request because of an error of the storage. */
  fail(intake: number, error: unknown): void;
  /** Digests the next bytes of an upload whose digest was lost. Returns whether there are more. */
  digest(intake: number): boolean;
  /** Runs a step of long work before `close`. Returns whether there are more. */
  work(intake: number): boolean;
  /** Removes some blobs that nothing needs. Returns the last one that was looked at. */
  collectBlobs(after: string): string | undefined;
  picture(intake: number): [name: string, size: number] | undefined;
  color(intake: number, colors: string): void;
  /** What is known about an uploaded file, as JSON, for steps of processing. */
  subject(intake: number): string | undefined;
  /** Sets what the steps say, as JSON. */
  conclude(intake: number, conclusion: string): void;
  /** Adds a poster of that file. Returns whether it can be one. */
  poster(intake: number, bytes: Uint8Array): boolean;
  close(intake: number): Outcome;
  abandon(intake: number): void;
  pieces(body: number): Piece[];
  release(body: number): void;
  control(name: string, input: string): string;
}

/** The engine: requests and bodies in and out of the module. */
export interface Engine {
  /** Answers a request. Rejects when its body breaks off. */
  respond(request: Request): Promise<Response>;
  /** Calls a function of the module that is not an HTTP request. */
  control(name: string, input?: object): any;
  /** Changes settings. They outlive the instance. */
  adjust(settings: object): { refused?: any } | null;
  /** The settings that were changed since the start. */
  readonly adjusted: unknown;
  /**
   * Takes bytes that are not those of a request. `open` returns the number of the intake. `blobs` says how many new blobs
   * the storage has to prepare for each piece, where that is more than usual: the bytes are those of an archive then.
   */
  receive(open: (core: ManagerCore) => number, source: BodySource, options?: { blobs?: number; signal?: AbortSignal }): Promise<Response>;
  /** Runs a task in steps. `told` hears of each one, and is awaited. */
  run(
    begin: (core: ManagerCore) => number,
    options?: { told?: (report: TaskReport) => unknown; signal?: AbortSignal },
  ): Promise<TaskReport | ExportOutcome>;
  /** Whether the catalog is undamaged. */
  checkCatalog(signal?: AbortSignal): Promise<boolean>;
  /** Lists an archive, and answers with it. */
  exportArchive(signal?: AbortSignal): Promise<{ response: Response } & DamageReport>;
  /** Breaks the instance, as a fault would. For tests. */
  trap(): unknown;
  /** Takes a snapshot of a storage that has `save`. Returns the function that restores it, which can be called again. */
  save(): () => void;
  close(): void;
}

/** Whatever a body can be read from. */
export type BodySource =
  | Request
  | Response
  | Blob
  | ReadableStream<Uint8Array>
  | ArrayBuffer
  | ArrayBufferView
  | { body: ReadableStream<Uint8Array> | null }
  | null
  | undefined;

// ---------------------------------------------------------------------------------------------------------------------
// Storage
// ---------------------------------------------------------------------------------------------------------------------

/** The synchronous calls that the module makes on blobs, and on the files of the catalog. */
export interface StorageHost {
  /** The id of a new blob, from a storage that chooses it: its file has been prepared, or is in a folder of many new ones. */
  fresh(): string | undefined;
  append(name: string, offset: number, bytes: Uint8Array): void;
  sync(name: string): void;
  read(name: string, offset: number, buffer: Uint8Array): number;
  size(name: string): number | undefined;
  /** Where the next byte goes of a blob that the storage is receiving by itself. */
  deliveredEnd(name: string): number | undefined;
  remove(name: string): void;
  names(folder: string): string[];
  /** Holds back a little room, or gives it up. Returns whether there is a reserve afterwards. */
  reserve(hold: boolean): boolean;
  openFile(name: string): number;
  closeFile(file: number): void;
  readAt(file: number, offset: number, buffer: Uint8Array): number;
  writeAt(file: number, offset: number, bytes: Uint8Array): void;
  truncate(file: number, size: number): void;
  syncFile(file: number): void;
  sizeOf(file: number): number;
  hasFile(name: string): boolean;
  deleteFile(name: string): void;
  /** Renames a file of the catalog, over another one if need be. Missing where that is not possible. */
  renameFile?(from: string, to: string): void;
}

/** A storage. Names of blobs are paths of two parts, as `blobs::file_name` of the crate makes them. */
export interface Storage {
  kind: 'memory' | 'directory' | 'opfs';
  /** The directory, where it is in one. */
  directory?: string;
  /** The moment that a snapshot shows, in ISO 8601. Only a snapshot has it. */
  snapshotTime?: string;
  /** The error of a snapshot that is damaged. */
  damaged?(): ErrorClass;
  /** Whether it outlives the process, so that waiting for the disk has a point. */
  durable: boolean;
  /** Whether it waits for the disk. Default: where it is durable. */
  syncs?: boolean;
  host: StorageHost;
  /**
   * Receives a blob by itself, from `offset` on and at most to `limit`. A storage without it is given the bytes by the module.
   * `tell`, of a resumable upload, is called when a part has become durable, and answers whether more is needed.
   */
  receive?(name: string, offset: number, limit: number, tell?: (state: Received) => boolean): BlobReceiver;
  /** Missing where each commit waits until it is durable. */
  commits?: {
    /** How many commits are to become durable since the start. */
    readonly asked: number;
    /** Resolves when all of them are. Undefined if they are. */
    flush(): Promise<void> | undefined;
    /** Makes all of them durable now. */
    settle(): void;
  };
  /** Reads a part of a blob: less than `length` only at its end. */
  read(name: string, offset: number, length: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** The path of the file that holds a blob, for programs that read it by themselves. */
  fileOf?(name: string): string;
  /** Lets the storage name blobs as the module does. */
  attach?(core: ManagerCore): void;
  /** Makes a file of the catalog durable, without holding up the event loop. */
  flush?(name: string): Promise<void>;
  /** Closes what is open of these blobs, so that they are read as they are on the disk. */
  reopen?(names: string[]): void;
  /** Makes these blobs, and `count` new ones, ready for synchronous use. */
  prepare?(names: string[], count?: number): Promise<void>;
  /** Why nothing may use the storage any more; undefined while it may be used. */
  failure?(): ErrorClass | undefined;
  /** An error of the module, with what people can do about it. */
  explain?(error: ErrorClass): ErrorClass;
  /** Lets go of whatever a broken instance had open. */
  recover?(): void;
  /** Takes a snapshot. Returns the function that restores it, which can be called again. Only memory has it. */
  save?(): () => void;
  /** How much room the browser leaves. */
  estimate?(): Promise<{ usage: number; quota: number }>;
  close(): void;
}

/** The bytes of a blob that a storage has received: their number, and their hashes, if it knows all of them. */
export interface Received {
  end: number;
  md5: string | undefined;
  crc: number;
}

/** Receives the bytes of a blob for one request. */
export interface BlobReceiver {
  /** The error of the storage, after which nothing is taken. */
  readonly failure: unknown;
  /** Takes the next bytes. Returns whether more are accepted, or a promise of that while too many wait. */
  take(bytes: Uint8Array): boolean | Promise<boolean>;
  /** Makes what was taken durable. Rejects with `failure`. */
  sync(): Promise<Received>;
  /** To be called at the end, whatever has happened. */
  close(): Promise<void>;
}

/** What the file of a lock says about its owner. */
export interface LockRecord {
  /** Unique for each owner. */
  owner: string;
  host: string;
  /** The running system: another one after a restart. */
  boot: string;
  /** The PID namespace; `-` where there are none. */
  namespace: string;
  pid: number;
  /** When the process started; `-` where the system does not tell. */
  started: string;
  /** `aborted` is a takeover that failed, `released` an owner that has closed. */
  state: 'claiming' | 'aborted' | 'held' | 'released';
  /** Incremented again and again. */
  beat: number;
}

/** A blob that a recovery has set aside. */
export interface LostBlob {
  file: string;
  size: number;
  modified: Date;
}

/** The times of a lock, in milliseconds. */
export interface LockTimes {
  beatMs: number;
  confirmMs: number;
  staleMs: number;
  graceMs: number;
  pollMs: number;
}

/** A directory that this process owns. */
export interface DirectoryLock {
  /** Whether the owner before is certainly gone, so that nothing of it can still be written. */
  isCertain: boolean;
  /** Whether this process still owns the directory. */
  check(): boolean;
  /** Ends the takeover. */
  settle(): void;
  release(): void;
}

/** A file of the origin private file system that is open for synchronous use. */
export interface SyncAccessHandle {
  read(buffer: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** A storage whose blobs stay for as long as they are read. */
export interface PinnedStorage extends Storage {
  pin(name: string): void;
  unpin(name: string): void;
}

// ---------------------------------------------------------------------------------------------------------------------
// Images
// ---------------------------------------------------------------------------------------------------------------------

/** Left, top, width and height of a part of an image, and its size in the result. */
export type ImageRegion = number[];

/** One instance of `images.wasm`. What is strict is refused where a missing module would do it better. */
export interface ImagesCore {
  colors(bytes: Uint8Array, isStrict: boolean): Colors | undefined;
  transform(
    bytes: Uint8Array,
    tail: string,
    accept: string,
    isStrict: boolean,
  ): [type: string, bytes: Uint8Array<ArrayBuffer>, width: number, height: number];
  /**
   * The part of an image that a transform shows, or that its colours are those of if `tail` is empty: by its size as stored, and
   * its EXIF orientation.
   */
  region(width: number, height: number, orientation: number, tail: string): ImageRegion;
  /** The inks of an image, for the module that turns them into colours. */
  inks(bytes: Uint8Array, tail: string): Uint8Array;
  memorySize(): number;
}

/** One instance of the module of a format. */
export interface FormatCore {
  /** Decodes the part of an image that is asked for, in the form that `images.wasm` reads. */
  decode(
    bytes: Uint8Array,
    region: (width: number, height: number, orientation: number) => ImageRegion,
  ): Uint8Array;
  memorySize(): number;
}

/** A module that decodes one format: the name of its file without the ending. */
export type Format = 'jxl' | 'svg' | 'tiff';

/** A format that the platform decodes, if it can, since no module does. */
export type ImageKind = 'avif' | 'heic';

/** A program or a browser that decodes images. */
export interface ConverterPart {
  name: string;
  decodes: ImageKind[];
  /** Makes a PNG. Rejects with an error that may have an HTTP `status`. */
  decode(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes an AVIF of a PNG, with a quality from 1 to 100. */
  encode?(bytes: Uint8Array<ArrayBuffer>, quality: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Converts what no module decodes, and encodes AVIF, as far as the platform can. */
export interface Converter {
  /** Whether it decodes anything. */
  readonly decodes: boolean;
  /** Whether it encodes AVIF. */
  readonly encodes: boolean;
  state(): NonNullable<ManagerStorage['images']>;
  /** Wraps the reader of an image: what no module decodes arrives as PNG. */
  read(read: () => Promise<Uint8Array<ArrayBuffer>>): () => Promise<Uint8Array<ArrayBuffer>>;
  /** Makes an AVIF of a PNG. */
  encode(made: Transformed, quality: number): Promise<Transformed>;
  close(): void;
}

/** A module of images. */
export type ImageModule = 'images' | Format;

/** Loads the module of a format. */
export type FormatLoader = (name: Format) => Promise<WebAssembly.Module>;

/** The module of a format for a thread that needs it, or why it cannot be loaded. */
export interface FormatAnswer {
  format: Format;
  module?: any;
  failure?: string;
}

/** Why an image cannot be worked on. */
export interface ImageFailure extends Error {
  /** An HTTP status. */
  status: number;
  /** The module that it needs. */
  missing?: Format;
}

/** The colours of an image, as a descriptor has them. */
export type Colors = DescriptorColors;

/** An image that was made of another one. */
export interface Transformed {
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** Works on one image at a time. */
export interface Transformer {
  /** The colours of an image; undefined where nothing of it is opaque. */
  colors(bytes: Uint8Array): Promise<Colors | undefined>;
  /** The image that `tail` asks for: the part of a URL after `/v1/`. */
  transform(bytes: Uint8Array, tail?: string, accept?: string): Promise<Transformed>;
}

/** What to make of an image. */
export interface ImageOrder {
  what: 'colors' | 'transform';
  tail?: string;
  accept?: string;
}

/** An order that waits. Jobs of one group take turns with those of others. */
export interface ImageJob {
  group: unknown;
  order: ImageOrder;
  /** Reads the image when it is its turn. The bytes are handed over. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** Completes what a thread has made. */
  finish?(made: Transformed): Promise<Transformed>;
  resolve(value: any): void;
  reject(reason: unknown): void;
}

/** A thread that works on images, or this one. */
export interface ImageMaker {
  /** Whether it can take another order. */
  readonly isAlive: boolean;
  make(order: ImageOrder, bytes: Uint8Array<ArrayBuffer>): Promise<any>;
  close(): void;
}

/** Threads that work on images. */
export interface Pool {
  /** Runs an order. `cancel` takes it back if it still waits, and returns whether it did. */
  run(
    group: unknown,
    order: ImageOrder,
    read: () => Promise<Uint8Array<ArrayBuffer>>,
    finish?: ImageJob['finish'],
  ): { result: Promise<any>; cancel(reason: unknown): boolean };
  close(): void;
}

/** A request for a transformed image. */
export interface ImageAsked {
  /** What the image is made of, as a name. */
  group: string;
  transform: string;
  accept: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Images as the manager uses them. */
export interface Images {
  /** The image with this key, if it is at hand. Throws an error with an HTTP `status` where the size is not allowed. */
  cached(key: string, transform: string): Transformed | undefined;
  /** The colours of an image; undefined where they cannot be found. */
  colors(read: () => Promise<Uint8Array<ArrayBuffer>>, signal: AbortSignal | undefined): Promise<Colors | undefined>;
  /**
   * The image that is asked for, made of the bytes that `read` returns. The same `key` is made once, however many ask for it
   * at once. Rejects with an error that has an HTTP `status`, or with the reason of the signal.
   */
  transform(key: string, asked: ImageAsked & { signal?: AbortSignal }): Promise<Transformed>;
  /** What decodes and encodes what no module does. */
  state: Converter['state'];
  close(): void;
}

// ---------------------------------------------------------------------------------------------------------------------
// Threads
// ---------------------------------------------------------------------------------------------------------------------

/** A thread as whoever started it holds it. */
export interface Thread {
  postMessage(message: object, transfer?: Transferable[]): void;
  onmessage: ((event: { data: any }) => unknown) | null;
  /** Told when it has ended by itself, or cannot be loaded. */
  onerror: ((event: { message?: string; isHandover?: boolean }) => unknown) | null;
  /** Which tab it belongs to, where tabs share it. */
  tab?: 'owner' | 'guest';
  /** Ends it. Resolves once nothing of it runs any more. */
  terminate(): unknown;
  /** Whether it keeps the process alive; not at first. */
  hold?(isHeld: boolean): void;
}

/** The threads of a runtime. */
export interface Threads {
  startThread: ThreadStarter;
  /** How many threads can work at the same time. */
  parallelism(): number;
}

/** Starts a thread. Its first message says what it is for. */
export type ThreadStarter = () => Thread | Promise<Thread>;

/** The part of a Request that the manager reads. */
export interface RequestLike {
  method: string;
  url: string;
  headers: Headers;
  signal: AbortSignal;
  /** Undefined where only `arrayBuffer` gives it. */
  body: ReadableStream<Uint8Array> | null | undefined;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
}

/** The thread's own side. */
export interface MessagePortLike {
  postMessage(message: any, transfer?: any[]): void;
  onmessage: ((event: any) => unknown) | null;
}

/** The message that starts the manager in a thread. */
export interface StartMessage {
  type: 'start';
  options: ManagerOptions;
  /** The directory, where it was given as a URL. */
  directoryUrl?: string;
  module: WebAssembly.Module;
  token: string;
  owner: string;
  /** The time of a virtual clock that went on before. */
  now?: number;
  /** Settings that were changed before. */
  settings?: Parameters<PublicManager['settings']>[0];
  /** Whether events are told, and the number of the last one that is known. */
  follow?: { after?: number };
}

/** What a session works with. */
export interface SessionParts {
  /** Undefined until the manager has started. */
  manager(): PublicManager;
  /** What callers are told of the manager. */
  state(): unknown;
  /** Told of each change that the caller has made. */
  changed?(): void;
  /** Further calls by their names. */
  calls: Record<string, (message: any) => Promise<unknown> | unknown>;
}

/** The session of one caller of a manager in a thread. */
export interface Session {
  /** Handles a message. */
  handle(message: any): Promise<unknown>;
  /** Tells the caller about events after that number; without one, about those from now on. */
  begin(after?: number): void;
  /** Tells the caller the state soon. */
  tellState(): void;
  /** Tells the caller the state before anything that is sent after this. */
  tellStateNow(): void;
  /** Whether the caller has asked for events before the manager was there. */
  wantsEvents(): boolean;
  /** Refuses a request. */
  refuse(id: number, error: ErrorClass): void;
  /** Breaks off the bodies of requests that are under way. */
  interrupt(error: ErrorClass): void;
  /** To be called when the caller is gone. */
  end(): void;
}

/** What the worker of a page lends to those who serve other tabs. */
export interface GuestParts {
  join(port: MessagePortLike, calls: SessionParts['calls']): Session;
  state(): unknown;
}

/** What differs between threads. */
export interface ServiceParts {
  /** Serves other tabs, once the manager has started. */
  guests?(start: StartMessage, parts: GuestParts): { close(): void };
}

/** What a link to a thread works with. */
export interface LinkParts {
  startThread: ThreadStarter;
  /** The message that starts the manager. */
  message(): StartMessage;
  /** Told the answer to it, of every thread. */
  started(state: any, thread: Thread): void;
  received: {
    /** Told every message but answers of calls. */
    message(data: any, take: (id: number) => { resolve(value: any): void } | undefined): void;
    /** The error for a call that has failed. */
    failed(data: any): unknown;
  };
  /** Told when everything that was under way is lost. */
  lost(reason: Error): void;
  /** Tells `onError`. */
  report(error: unknown): void;
  fail(code: string, message: string): Error;
}

// ---------------------------------------------------------------------------------------------------------------------
// Events, imports, webhooks
// ---------------------------------------------------------------------------------------------------------------------

/** An event with its number. */
export interface NumberedEvent {
  number: number;
  body: ManagerEvent;
}

/** Tells listeners about events. */
export interface Events {
  /**
   * Tells `listener` about every event after the one of a number, and about those to come, and `ended` when there will be
   * no more. Without a number only about those to come. URLs in the events begin with `base`. Returns the function that
   * ends it.
   */
  follow(
    after: number | undefined,
    listener: (event: NumberedEvent) => unknown,
    ended?: () => void,
    base?: string,
  ): () => void;
  on: MediaManager['on'];
  /** Tells everybody what has happened since the last time. */
  deliver(): void;
  /** Remembers the listeners, and what they have been told. Returns the function that restores both. */
  save(): () => void;
  close(): void;
}

/** The answer of a source. */
export interface SourceAnswer {
  status: number;
  /** Names and values in turns. */
  headers: string[];
  body: ReadableStream<Uint8Array> | null;
  /** Where a redirect leads. */
  location?: string;
  cancel(): void;
}

/** Sends one request to the source of an import. */
export type Network = (
  url: string,
  options: { headers: [string, string][]; signal: AbortSignal; isPrivate(address: string): boolean },
) => Promise<SourceAnswer>;

/** Work that runs beside the requests: imports, webhooks. */
export interface Worker<Job> {
  /** How many jobs more may run now. */
  free(): number;
  /** Runs these jobs. */
  run(jobs: Job[]): void;
  /** Resolves when no job is running. */
  idle(): Promise<unknown>;
  close(): Promise<void>;
}

/** A video that waits for its posters and renditions. */
export interface Transcode {
  /** The id of its file. */
  file: string;
  /** The name of the blob that holds its bytes. */
  blob: string;
  size: number;
  mime: string;
  /** As shown, or null if unknown. */
  width: number | null;
  height: number | null;
  durationMs: number | null;
  /** Whether it has its posters already, from a process that ended before the renditions were made. */
  hasPosters: boolean;
}

/** A rendition to make. */
export interface Rendition {
  quality: string;
  width: number;
  height: number;
}

/** A finished rendition. */
export interface MadeRendition {
  quality: string;
  /** Opens the whole MP4. */
  whole(): BodySource;
  /** Opens the same in segments. */
  segmented(): BodySource;
  segments: { header: number; segments: [ms: number, bytes: number][]; codecs?: string };
}

/** Four frames of a video, as JPEG. */
export type Frames = (bytes: Blob, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>[]>;

/** A question of the worker of a page. */
export interface Asked {
  number: number;
  /** Frames of a video, or a module of images by its name. */
  what: 'frames' | 'module';
  about: unknown;
}

/** The answer of the page: a value, or the reason why the page has no value. */
export interface Answer {
  type: 'answer';
  number: number;
  value?: unknown;
  reason?: string;
}

/** Decodes videos. */
export interface Decoder {
  name: string;
  /** Returns four frames of a video, as JPEG. Rejects with the reason if it cannot. */
  posters(video: Transcode, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>[]>;
  /** Whether it makes renditions of a video. */
  hasRenditions?(video: Transcode): boolean;
  /** Makes renditions, one after the other. `onRendition` stores each, and returns whether to continue. */
  renditions?(
    video: Transcode,
    how: { signal: AbortSignal; onProgress(stage: string, progress: number): void; onRendition(rendition: MadeRendition): Promise<boolean> },
  ): Promise<void>;
  close(): void;
}

/** The state of the work on videos. */
export type VideoState = NonNullable<ManagerStorage['videos']>;

/** Work on videos. */
export interface Videos extends Worker<Transcode> {
  /** Resolves when no video is in progress. */
  idle(): Promise<void>;
  state(): VideoState;
}

/** An import that is due. */
export interface ImportOrder {
  file: string;
  url: string;
  headers: [string, string][];
}

/** A delivery that is due. */
export interface Delivery {
  id: number;
  url: string;
  attempt: number;
  claims: string;
}

/** Deliveries of events to configured URLs. */
export interface Webhooks extends Worker<Delivery> {
  /** Resolves when there is room for another delivery. */
  room(): Promise<void>;
  /** The public key, as PEM. */
  publicKey(): Promise<string>;
  /** Reads the key again at its next use: the catalog holds another one. */
  forgetKey(): void;
}


// ---------------------------------------------------------------------------------------------------------------------
// The public object, and the router of `/_wix-media/`
// ---------------------------------------------------------------------------------------------------------------------

/** The parts of a manager that depend on where its engine runs. */
export interface PublicParts {
  fetch: PublicManager['fetch'];
  baseUrl: string;
  given: Given;
  on: MediaManager['on'];
  /** Missing where the manager is in another thread. */
  follow?: PublicManager['follow'];
  now(): number;
  advance(milliseconds: number): Promise<void>;
  storage(): ManagerStorage;
  estimate: MediaManager['estimate'];
  close(): Promise<void>;
  /** Tells `onError`. */
  report(error: ErrorClass): void;
  /** Takes a snapshot. Returns the function that restores it. Only a manager in this thread and in memory has it. */
  save?(): () => void;
  /** Resolves when no import, delivery or video is under way. */
  settled?(): Promise<unknown>;
  /** Breaks the engine's instance; for tests. */
  trap(): Promise<unknown>;
  /** The settings that were changed since the start. The thread of a manager tells its caller. */
  settings?(): unknown;
  /** Ends the thread of the manager, where it has one; for tests. */
  kill?(): Promise<unknown>;
}

/** A manager, with what the package and its tests need beside the documented members. */
export interface PublicManager extends MediaManager {
  /**
   * `isServer` leaves `manager.storage` behind by a moment, where the manager has a thread: to ask for the usage after each change
   * costs 0.1 ms.
   */
  fetch(input: string | URL | Request, init?: RequestInit & { duplex?: 'half' }, more?: { isServer?: boolean }): Promise<Response>;
  /** Seeds a manager that holds nothing, so that a storage is seeded once. */
  seedOnce(entries: import('../types/index.js').Seed): Promise<void>;
  /**
   * Tells `listener` about every event after the one of a number, or from now on. Returns the number. Only where the manager
   * is in this thread.
   */
  follow?(after: number | undefined, listener: (event: NumberedEvent) => unknown): { number: number; stop(): void };
  [hidden: symbol]: () => unknown;
}

/** What the routes work with. */
export interface Admin {
  engine: Engine;
  events: Events;
  manager: Pick<MediaManager, 'storage' | 'clock'>;
  webhooks: Webhooks;
  changed(): void;
  refuse: Refuse;
  /** When the manager was made, in milliseconds of real time. */
  started: number;
  token: string;
  /** Tells `onError`. */
  report(error: ErrorClass): void;
  fail: Fail;
}

/** A check in the background that never ends. */
export interface Scrub {
  /** How far it is, and what it has found. */
  state(): NonNullable<ManagerStorage['scrub']>;
  close(): Promise<void>;
}

/** One request to a route. */
export interface AdminRequest extends Admin {
  request: Request;
  url: URL;
}

/** A route: who may ask, and what it answers. */
export interface Route {
  scope?: 'read' | 'manage';
  answer(request: AdminRequest): Response | Promise<Response>;
}

export type { ErrorMembers } from '../client/internal.js';
