import type { MediaType } from './enums.js';
import type { Client } from './client.js';

// ---------------------------------------------------------------------------------------------------------------------
// The Media Manager inside the package
// ---------------------------------------------------------------------------------------------------------------------

/** One file or folder that a manager begins with. */
export interface SeedEntry {
  /** Where it is, such as `/Holidays/2024/beach.jpg`. Folders that are missing are made; a path that ends in `/` is a folder. */
  path: string;
  /** The bytes of a file. */
  content?: string | ArrayBuffer | ArrayBufferView | Blob | ReadableStream<Uint8Array>;
  /** MIME type. Default: by the ending of the name, or by the bytes. */
  mimeType?: string;
  /** Name that people see. Default: the last part of the path. */
  displayName?: string;
  /** Labels of a file. */
  labels?: string[];
  /** Whether its URLs are refused without a token. */
  private?: boolean;
  /** Where it comes from, which decides where it lies: `visitor` below `visitor-uploads`, and so on. Default: `site`. */
  origin?: 'site' | 'visitor' | 'mobile' | 'purchase' | 'video-maker';
  /** Whether it lies in the trash. */
  trashed?: boolean;
}

/** What a {@link MediaManager} begins with: entries, or on Node, Bun and Deno the files and folders of a directory. */
export type Seed = Iterable<SeedEntry> | AsyncIterable<SeedEntry> | { directory: string | URL };

/** A fault that a manager has on purpose, for tests of what a client makes of it. */
export interface Fault {
  /** The call, such as `listFiles` or `bulk*`, or a method and the beginning of a path, such as `PUT /upload/`. */
  match: string;
  /** HTTP status of the answer. Without one the request is carried out. */
  status?: number;
  /** Milliseconds that the answer takes longer. */
  latencyMs?: number;
  /** How often it happens. Default: always. */
  times?: number;
  /** Headers of the answer, such as `Retry-After`. */
  headers?: Record<string, string>;
  /** Body of the answer, in place of the usual one of its status. */
  body?: unknown;
}

/** Limits of a {@link MediaManager}. */
export interface ManagerLimits {
  /** The largest file of each media type, in bytes. Types that are not named keep their limits. */
  sizeInBytes?: Partial<Record<MediaType, number>>;
  /** Bytes that all files together may have. Default: no limit. */
  quotaInBytes?: number;
  /** Calls in a minute for each API key and site, above which they are answered with 429. Default: no limit. */
  requestsPerMinute?: number;
}

/** Options of {@link createManager}. */
export interface ManagerOptions {
  /**
   * Where everything is kept: in memory, in a directory (Node, Bun, Deno), or in the origin private file system of a browser
   * under a name, in a worker that is started for it. Default: `'memory'`.
   */
  storage?: 'memory' | { directory: string | URL } | { opfs: string };
  /** Id of the site, which descriptors carry. */
  siteId?: string;
  /**
   * What URLs in answers begin with. Default: the host of each request, and `http://wix-media.localhost` where that is the
   * service's own.
   */
  baseUrl?: string;
  /** What a manager that holds nothing yet begins with. */
  seed?: Seed;
  /** How files are processed: for how long they are pending, in milliseconds for each media type, and which of them fail. */
  processing?: { pendingMs?: Partial<Record<MediaType, number>>; fail?: string | string[] };
  /** Limits of sizes, storage and requests. */
  limits?: ManagerLimits;
  /** The clock: the machine's, one that stands still until it is advanced, or one of the caller's own. Default: `'system'`. */
  clock?: 'system' | 'virtual' | { now(): number };
  /** Where ids come from. With a seed, equal runs make equal ids. Default: `'random'`. */
  ids?: 'random' | { seed: number };
  /** Who may do what. Without it everybody may do everything, for the manager is the caller's own. */
  auth?: {
    /** Keys, each for some sites or all, to read only or to do everything. */
    apiKeys?: { key: string; siteIds?: string[]; scope?: 'read' | 'manage' }[];
    /** OAuth clients, for `/oauth2/token`. */
    clients?: { clientId: string; clientSecret?: string; instanceId?: string; scope?: 'read' | 'manage' }[];
  };
  /** URLs to which events are delivered as signed webhooks, all of them or those named. */
  webhooks?: { url: string; events?: string[] }[];
  /** How much longer than at Wix the retries of webhooks wait; a small number makes tests quick. Default: 1. */
  webhookDelayFactor?: number;
  /** How many of the last events are kept for those who come late. Default: all. */
  keepEvents?: number;
  /** Whether `importFile` may fetch from private and loopback addresses. Default: false. */
  allowPrivateImports?: boolean;
  /** Faults from the start. */
  faults?: Fault[];
  /** Milliseconds for which lists, searches and queries do not show a change yet. Default: 0. */
  lagMs?: number;
  /** Milliseconds after which deletions and restores take place. Default: 0. */
  delayMs?: number;
}

/** What a {@link MediaManager} keeps its content in, and how much there is. */
export interface ManagerStorage {
  /** The kind of storage. */
  kind: 'memory' | 'directory' | 'opfs';
  /** Whether it outlives the process or page. */
  durable: boolean;
  /** The directory. */
  directory?: string;
  /** Bytes of all files together, and whether there is neither file nor folder. */
  usage: { bytes: number; isEmpty: boolean };
}

/** A raw event of a {@link MediaManager}. */
export interface ManagerEvent {
  /** Id of the event. */
  id: string;
  /** Kind of the entity: `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn: string;
  /** What happened: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug: string;
  /** Id of the file or folder. */
  entityId: string;
  /** When it happened, in ISO 8601. */
  eventTime: string;
  /** Number of the event among those of the same file or folder. */
  entityEventSequence: string;
  /** The folder, as the REST API has it. */
  createdEvent?: { entity: unknown };
  /** The file or folder after the change, as the REST API has it. */
  updatedEvent?: { currentEntity: unknown };
  /** Whether the trash has it now. */
  deletedEvent?: { movedToTrash: boolean };
  /** What became of the file. */
  actionEvent?: { body: unknown };
}

/** Names of events that {@link MediaManager.on} knows; `*` stands for all. */
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
   * Answers a request, as the service would: the REST API, uploads, TUS, media, temporary links, zips, `/oauth2/token`. Its
   * arguments are those of the global `fetch`, so it fits wherever a `fetch` can be given.
   */
  fetch(input: string | URL | Request, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
  /** What a client sends its requests to. */
  readonly baseUrl: string;
  /** A client of this manager. */
  readonly client: Client;
  /** Calls `handler` for each event of a name from now on, in the order of their causes; gives the function that ends it. */
  on(name: ManagerEventName, handler: (event: ManagerEvent) => unknown): () => void;
  /** The clock. Only a virtual one can be advanced: what is due happens on the way, each at its own time. */
  readonly clock: { now(): number; advance(milliseconds: number): Promise<void> };
  /** Where everything is kept, and how much there is. */
  readonly storage: ManagerStorage;
  /** What the browser says of the room that is left, in bytes. Only in the origin private file system. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
  /** Faults on purpose. */
  readonly faults: { add(...faults: Fault[]): Promise<void>; clear(): Promise<void> };
  /** Changes limits, processing, lag and delay from now on; what is null is as by default again. */
  settings(settings: Pick<ManagerOptions, 'limits' | 'processing' | 'lagMs' | 'delayMs'>): Promise<void>;
  /** Everything as one archive, of the moment of the call. */
  export(): Promise<ReadableStream<Uint8Array>>;
  /** Puts an archive in the place of everything, or rejects and changes nothing. */
  import(archive: ReadableStream<Uint8Array> | Blob | ArrayBuffer | ArrayBufferView | Response): Promise<void>;
  /** Adds entries. */
  seed(entries: Seed): Promise<void>;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** Waits for what is under way and lets go of the storage. */
  close(): Promise<void>;
}

/**
 * Makes a Media Manager: the whole of it, with folders, trash, search, uploads and downloads, and without account or network.
 * It is loaded with the first call.
 *
 * @param options Storage and the rest; everything is optional.
 * @throws {WixMediaError} `INVALID_ARGUMENT` for an option that makes no sense, `LOCKED` when somebody else uses the storage,
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
