import type { MediaType, MediaTypeWithLiterals } from './enums.js';
import type { Client } from './client.js';

// ---------------------------------------------------------------------------------------------------------------------
// The Media Manager inside the package
// ---------------------------------------------------------------------------------------------------------------------

/** A file or folder of a {@link Seed}. */
export interface SeedEntry {
  /** Path, such as `/Holidays/2024/beach.jpg`. Missing folders are created; a path that ends in `/` is a folder. */
  path: string;
  /** Content of a file. */
  content?: string | ArrayBuffer | ArrayBufferView | Blob | ReadableStream<Uint8Array>;
  /** MIME type. Default: derived from the extension or the content. */
  mimeType?: string;
  /** Display name. Default: the last part of the path. */
  displayName?: string;
  /** Labels of a file. */
  labels?: string[];
  /** Whether the file is private: its URLs need a token. */
  private?: boolean;
  /** Origin, which decides the location: `visitor` is below `visitor-uploads`, and so on. Default: `site`. */
  origin?: 'site' | 'visitor' | 'mobile' | 'purchase' | 'video-maker';
  /** Whether it is in the trash. */
  trashed?: boolean;
}

/** Initial content of a {@link MediaManager}: entries, or in Node, Bun and Deno the files and folders of a directory. */
export type Seed = Iterable<SeedEntry> | AsyncIterable<SeedEntry> | { directory: string | URL };

/** A simulated fault of a {@link MediaManager}, to test how a client handles it. */
export interface Fault {
  /** A function, such as `listFiles` or `bulk*`, or a method and a path prefix, such as `PUT /upload/`. */
  match: string;
  /** HTTP status of the response. Without it, the request is processed. */
  status?: number;
  /** Extra latency in milliseconds. */
  latencyMs?: number;
  /** Number of requests that it affects. Default: all. */
  times?: number;
  /** Headers of the response, such as `Retry-After`. */
  headers?: Record<string, string>;
  /** Body of the response. Default: the usual one of the status. */
  body?: unknown;
}

/** Limits of a {@link MediaManager}. */
export interface ManagerLimits {
  /** Maximum file size in bytes by media type. Omitted types keep their limits. */
  sizeInBytes?: Partial<Record<MediaType, number>>;
  /** Maximum total size of all files in bytes. Default: no limit. */
  quotaInBytes?: number;
  /** Maximum calls per minute for each API key and site; further ones get a 429. Default: no limit. */
  requestsPerMinute?: number;
}

/**
 * An uploaded, imported or seeded file that a step of `processing.steps` inspects. Its bytes have arrived, but the file does not
 * exist yet.
 */
export interface StepFile {
  /** The name given to the upload or seed. Empty for imports. */
  fileName: string;
  /** The MIME type, detected from the bytes and the declaration. */
  mimeType: string;
  /** The media type of that MIME type. */
  mediaType: MediaType;
  /** The size in bytes. */
  sizeInBytes: number;
  /** Aborts when the step takes too long, or when the upload is aborted. */
  signal: AbortSignal;
  /** Reads the whole file into memory. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads the file in pieces. Each call starts at the beginning. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What a step of `processing.steps` says about a file. Every member is optional. */
export interface StepResult {
  /** Reason for rejecting the file. It becomes `FAILED`, and the event `file_failed` has this text as its description. */
  reject?: string;
  /** Width in pixels, instead of the manager's own. Used only together with `height`. */
  width?: number;
  /** Height in pixels, instead of the manager's own. Used only together with `width`. */
  height?: number;
  /** Duration in milliseconds, instead of the manager's own. */
  durationMs?: number;
  /** At most four posters of a video, each a JPEG of at most 8 MiB. The manager makes none then. Other files have no posters. */
  posters?: Uint8Array[];
}

/** A step of `processing.steps`, such as a virus scanner or an inspector of your own. */
export interface ProcessingStep {
  /** Inspects a file. If it throws or rejects, the file becomes `FAILED` with the message as the reason. */
  run(file: StepFile): StepResult | void | Promise<StepResult | undefined> | Promise<void>;
  /** Name of the step in messages. Default: the name of the function. */
  name?: string;
  /** Time limit for a file in milliseconds. A file that takes longer becomes `FAILED`. Default: 60000. */
  timeoutMs?: number;
  /** The media types that the step inspects. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
}

/** Options of {@link createManager}. */
export interface ManagerOptions {
  /**
   * Storage: memory, a directory (Node, Bun, Deno), or a named storage in the origin private file system of a browser, which
   * runs in its own worker, and which all tabs of an origin share. Default: `'memory'`.
   *
   * With `readOnly`, a snapshot of a directory: it can be open elsewhere, or on a medium that cannot be written. Changes are
   * refused with `READ_ONLY`. `manager.storage.snapshotTime` says when it was taken.
   *
   * With `sync: false`, changes survive a crash of the process, but not of the machine: nothing waits for the disk. Default: true.
   */
  storage?: 'memory' | { directory: string | URL; readOnly?: boolean; sync?: boolean } | { opfs: string };
  /** Id of the site in descriptors. */
  siteId?: string;
  /**
   * Base of URLs in responses. Default: the host of each request, or `http://wix-media.localhost` for requests to Wix's own
   * host.
   */
  baseUrl?: string;
  /** Initial content, for an empty storage only. */
  seed?: Seed;
  /**
   * Processing of files: how long they are pending, in milliseconds by media type, which of them fail, and your own steps, which run
   * one after the other before a file is `READY`.
   */
  processing?: { pendingMs?: Partial<Record<MediaType, number>>; fail?: string | string[]; steps?: (ProcessingStep | ProcessingStep['run'])[] };
  /** Limits of file sizes, storage and requests. */
  limits?: ManagerLimits;
  /** Clock: that of the machine, a virtual one that only you advance, or your own. Default: `'system'`. */
  clock?: 'system' | 'virtual' | { now(): number };
  /** Source of ids. With a seed, equal runs create equal ids. Default: `'random'`. */
  ids?: 'random' | { seed: number };
  /** Accepted credentials. Without it, every caller has full access. */
  auth?: {
    /** API keys, each for some sites or all, with read or full access. */
    apiKeys?: { key: string; siteIds?: string[]; scope?: 'read' | 'manage' }[];
    /** OAuth clients, for `/oauth2/token`. */
    clients?: { clientId: string; clientSecret?: string; instanceId?: string; scope?: 'read' | 'manage' }[];
  };
  /** URLs that receive events as signed webhooks: all events, or the named ones. */
  webhooks?: { url: string; events?: string[] }[];
  /** Factor for the retry delays of webhooks; a small one speeds up tests. Default: 1. */
  webhookDelayFactor?: number;
  /**
   * Called when the storage fails and the answer, if there is one, does not say why: behind an answer with status 500 or 507,
   * in a timer, in an import. The manager goes on, and tries again what no caller can repeat. Also called for each entry of
   * a seed directory that is left out, such as an empty file. For logs.
   */
  onError?: (error: WixMediaError) => void;
  /**
   * Whether the manager runs in a thread of its own (Node, Bun, Deno), so that its work never holds up yours. When the thread
   * dies, another one goes on with the same storage; requests that were under way get a 503 with `MANAGER_LOST`. A clock of
   * your own cannot be used. Default: false.
   */
  thread?: boolean;
  /** Colours and transforms of images. */
  images?: {
    /**
     * Number of threads for images, 0 to 64. With 0, images are made between the manager's other work. Default: the number of
     * processors minus one, at least 1 and at most 4. Without effect where the runtime has no threads.
     */
    threads?: number;
    /** Milliseconds that one image may take in a thread; then the answer is 504. Default: 30000. */
    timeoutMs?: number;
    /**
     * Sizes that transforms may ask for: a width such as `320`, or a width and a height such as `'800x600'`. Other sizes are
     * refused with 403. `previewImage` of descriptors is always allowed. Default: all sizes.
     */
    sizes?: (number | string)[];
    /**
     * Whether the platform decodes AVIF and HEIC, and encodes AVIF. In Node that is `sharp`, if it is installed, for AVIF, and in
     * Node, Bun and Deno the program of libheif on the PATH (`heif-dec` or `heif-convert`) for both. In browsers it is the browser.
     * `manager.storage.images` says what there is. Default: `true` with the system clock, and `false` with any other, so that tests
     * do not depend on what is installed.
     */
    converters?:
      | boolean
      | {
          /** Path of sharp, such as `require.resolve('sharp')`. Default: the one that this package or your program finds. */
          sharp?: string;
          /** Path of the program of libheif. Default: `heif-dec`, else `heif-convert`, on the PATH. */
          heif?: string;
        };
  };
  /**
   * Reads the bytes of all files again and again in the background, and compares them with their hashes. What is damaged goes
   * to `onError` and into `manager.storage.scrub`. Default: false. `true` reads 8 MB a second, and begins again a week after it
   * has come to the end.
   */
  scrub?: boolean | { bytesPerSecond?: number; everyHours?: number };
  /**
   * Whether to make posters and renditions of videos. Node, Bun and Deno use `ffmpeg` if it is on the PATH: a video stays `PENDING`
   * until it has its posters, and its renditions follow. In a page the browser makes the posters, and there are no renditions.
   * Videos that were stored before there was a decoder follow in the background. `false` leaves videos unchanged. Default: `true`
   * with the system clock, and `false` with any other, so that tests do not depend on what is installed.
   */
  videos?:
    | boolean
    | {
        /** Path of the program. Default: `ffmpeg` on the PATH. */
        ffmpeg?: string;
        /** Number of processors that one video may use, 1 to 64. Default: the number of processors minus one, at least 1 and at most 4. */
        threads?: number;
        /** Milliseconds that one run of `ffmpeg` may take. Default: 3600000. */
        timeoutMs?: number;
        /** Heights of renditions in pixels. A video gets those that are no higher than itself. Default: all five. */
        resolutions?: (240 | 360 | 480 | 720 | 1080)[];
      };
  /** Number of past events to keep. Default: all. */
  keepEvents?: number;
  /** Whether `importFile` can fetch from private and loopback addresses. Default: false. */
  allowPrivateImports?: boolean;
  /** Initial faults. */
  faults?: Fault[];
  /** Milliseconds until lists, searches and queries show a change. Default: 0. */
  lagMs?: number;
  /** Delay of deletions and restores in milliseconds. Default: 0. */
  delayMs?: number;
}

/** Storage of a {@link MediaManager}, and its usage. */
export interface ManagerStorage {
  /** The kind of storage. */
  kind: 'memory' | 'directory' | 'opfs';
  /** Whether it persists after the process or page ends. */
  durable: boolean;
  /**
   * Which tab has the storage open: this one (`'owner'`), or another one, whose manager this one uses (`'guest'`). Changes when
   * this tab takes over. Only with `{ opfs }` in a page.
   */
  tab?: 'owner' | 'guest';
  /** The directory. */
  directory?: string;
  /** When the snapshot was taken, in ISO 8601. Only of a directory that was opened with `readOnly`. */
  snapshotTime?: string;
  /**
   * Total size of all files, whether there are neither files nor folders, and the number of stored contents that nothing
   * refers to, as of the last sweep. They are deleted a day after a sweep has found them.
   */
  usage: { bytes: number; isEmpty: boolean; orphans: number };
  /**
   * What decodes and encodes the images that this package does not: `sharp`, `heif-dec`, `heif-convert` or `browser` for each
   * format. A format without an entry is refused with 415 as a source, and replaced by WebP as a result. Few browsers decode HEIC.
   */
  images: {
    decoders: { avif?: string; heic?: string };
    encoders: { avif?: string };
  };
  /**
   * Processing of videos, if there is a decoder: its name; the files in progress, each with its stage (`posters`, or a rendition
   * such as `720p`) and its progress from 0 to 1; the number of videos that wait; and how many were finished and how many failed
   * since the start.
   */
  videos?: {
    decoder: string;
    running: { fileId: string; stage: string; progress: number }[];
    waiting: number;
    done: number;
    failed: number;
    lastFailure?: { fileId: string; reason: string };
  };
  /** How far the scrub is in this pass, what it has found, and when it last came to the end, in ISO 8601. Only with the option. */
  scrub?: { files: number; bytes: number; finishedTime?: string } & DamageReport;
}

/** A file whose stored bytes are not what they were. */
export interface FileDamage {
  /** Id of the file. Empty for a file that was deleted permanently and that a zip keeps. */
  fileId: string;
  /** Display name of the file, or its path in the zip. */
  displayName: string;
  /** Where the bytes are stored, below the directory `blobs`. Missing if the catalog does not name them. */
  blob?: string;
  /** What is wrong: no bytes, too few, too many, others than there were, or bytes that cannot be read. */
  problem: 'missing' | 'cut' | 'longer' | 'changed' | 'unreadable';
}

/** Damaged files: their number, and the first of them. */
export interface DamageReport {
  /** Number of damaged files. */
  damagedFiles: number;
  /** The first of them: 1,000 in a check and an import, 100 in a scrub, 20 in an export. */
  damage: FileDamage[];
}

/** Result of {@link MediaManager.check}. */
export interface CheckReport extends DamageReport {
  /** Whether nothing is damaged. */
  isWhole: boolean;
  /** Whether the catalog is undamaged. */
  isCatalogWhole: boolean;
  /** Number of files whose bytes were compared, with those that only zips keep. */
  files: number;
  /** Their total size. */
  bytes: number;
}

/** A raw event of a {@link MediaManager}. */
export interface ManagerEvent {
  /** Id of the event. */
  id: string;
  /** Type of the entity: `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn: string;
  /** Kind of event: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug: string;
  /** Id of the file or folder. */
  entityId: string;
  /** Time of the event, in ISO 8601. */
  eventTime: string;
  /** Sequence number of the event for its file or folder. */
  entityEventSequence: string;
  /** The folder in the form of the REST API. */
  createdEvent?: { entity: unknown };
  /** The file or folder after the change, in the form of the REST API. */
  updatedEvent?: { currentEntity: unknown };
  /** Whether it was moved to the trash. */
  deletedEvent?: { movedToTrash: boolean };
  /** The file, or the error of its processing. */
  actionEvent?: { body: unknown };
}

/** Event names for {@link MediaManager.on}; `*` means all. */
export type ManagerEventName =
  | 'file_ready'
  | 'file_failed'
  | 'file_updated'
  | 'file_deleted'
  | 'folder_created'
  | 'folder_updated'
  | 'folder_deleted'
  | '*';

/** A Media Manager inside the process, or in a worker of its own. */
export interface MediaManager {
  /**
   * Responds to a request as the service would: REST API, uploads, TUS, media, temporary links, zips, `/oauth2/token`. It has
   * the arguments of the global `fetch`, so it can replace a `fetch` anywhere.
   */
  fetch(input: string | URL | Request, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
  /** Base URL for requests to this manager. */
  readonly baseUrl: string;
  /** A client of this manager. */
  readonly client: Client;
  /** Calls `handler` for each future event of a name, in order. Returns a function that removes the handler. */
  on(name: ManagerEventName, handler: (event: ManagerEvent) => unknown): () => void;
  /** The clock. A virtual one can be advanced; due work runs on the way, each at its own time. */
  readonly clock: { now(): number; advance(milliseconds: number): Promise<void> };
  /** The storage and its usage. */
  readonly storage: ManagerStorage;
  /** Usage and quota in bytes, as the browser reports them. Only in the origin private file system. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
  /** Simulated faults. */
  readonly faults: { add(...faults: Fault[]): Promise<void>; clear(): Promise<void> };
  /** Changes limits, processing, lag and delay. `null` restores a default. */
  settings(settings: Pick<ManagerOptions, 'limits' | 'processing' | 'lagMs' | 'delayMs'>): Promise<void>;
  /**
   * Exports a consistent snapshot of everything as one archive. Files whose bytes are damaged are in it without bytes.
   * `onDamage` and the option `onError` name them.
   */
  export(options?: { onDamage?: (report: DamageReport) => void }): Promise<ReadableStream<Uint8Array>>;
  /** Replaces everything with an archive, or rejects and changes nothing. Resolves to the files that it has without bytes. */
  import(archive: ReadableStream<Uint8Array> | Blob | ArrayBuffer | ArrayBufferView | Response): Promise<DamageReport>;
  /**
   * Checks the catalog, and the bytes of all files against their hashes. `blobs: 'sizes'` compares sizes only, and `'none'`
   * leaves them out.
   */
  check(options?: { blobs?: 'bytes' | 'sizes' | 'none'; signal?: AbortSignal }): Promise<CheckReport>;
  /** Adds the entries of a seed. */
  seed(entries: Seed): Promise<void>;
  /** Deletes everything. */
  reset(): Promise<void>;
  /** Waits for running requests and closes the storage. */
  close(): Promise<void>;
}

/**
 * Creates a Media Manager inside the process, with folders, trash, search, uploads and downloads. It needs neither account
 * nor network. Its code is loaded by the first call.
 *
 * @param options Storage and other options.
 * @throws {WixMediaError} `INVALID_ARGUMENT` for an unknown option or an invalid value, `LOCKED` when the storage is in use
 * by another process, `MANAGER_UNRESPONSIVE` when the tab that has it open does not answer,
 * `STORAGE_NEWER` when a later version has written it, `STORAGE_FAILED` when it cannot be used.
 * @example
 * ```ts
 * const manager = await createManager({ clock: 'virtual' });
 * manager.on('folder_created', ({ entityId }) => console.log(entityId));
 * const { folder } = await manager.client.folders.createFolder('Animals');
 * await manager.close();
 * ```
 */
export declare function createManager(options?: ManagerOptions): Promise<MediaManager>;
