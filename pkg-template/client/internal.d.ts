import type { WasmSource } from '../wasm/internal.js';
import type {
  Auth,
  CallOptions,
  Client,
  ClientOptions,
  ErrorDetails,
  Hooks,
  MediaManager,
  PagedPromise,
  WixMediaError,
} from '../types/index.js';

/** What differs between runtimes. Members that a runtime does without are undefined. */
export interface Runtime {
  /** Where the files of the package are: its modules, and what starts a worker of a page. Each is asked with its first use. */
  files: {
    client?: () => WasmSource | Promise<WasmSource>;
    transfers?: () => WasmSource | Promise<WasmSource>;
    manager?: () => WasmSource | Promise<WasmSource>;
    images?: () => WasmSource | Promise<WasmSource>;
    jxl?: () => WasmSource | Promise<WasmSource>;
    svg?: () => WasmSource | Promise<WasmSource>;
    tiff?: () => WasmSource | Promise<WasmSource>;
    /** For a manager on the origin private file system, and for images; browsers only. */
    worker?: () => Worker | string | URL;
  };
  /** WebCrypto. */
  crypto(): WebCrypto | Promise<WebCrypto>;
  /** Threads for a manager and its images; Node, Deno and Bun only. */
  threads?: () => Promise<typeof import('../manager/worker/threads.js')>;
  /** Storage in a directory; Node, Deno and Bun only. */
  directory?: () => Promise<typeof import('../manager/storage/directories.js')>;
  /** Requests whose addresses are checked; Node, Deno and Bun only. */
  network?: () => Promise<typeof import('../manager/network.js')>;
  /** Posters and renditions of videos by `ffmpeg`; Node, Deno and Bun only. */
  ffmpeg?: () => Promise<typeof import('../manager/videos/ffmpeg.js')>;
  /** Images by `sharp` and libheif; Node, Deno and Bun only. */
  converters?: () => Promise<typeof import('../manager/images/programs.js')>;
  /** Files of the machine for uploads and downloads; Node, Deno and Bun only. */
  disk?: () => Promise<typeof import('../library/disk.js')>;
  /** Calls the global `fetch` in the way that costs least; Node only. */
  fetch?: (url: string, init: RequestFields) => Promise<Response>;
}

/** The part of WebCrypto that every runtime has. */
export type WebCrypto = Pick<Crypto, 'subtle' | 'getRandomValues'>;

/** What a `WixMediaError` is made of. */
export interface ErrorMembers {
  message: string;
  code: string;
  status?: number;
  operation?: string;
  requestId?: string | null;
  retry?: 'never' | 'after' | 'maybe';
  details?: ErrorDetails;
  cause?: unknown;
}

/** Headers by name. */
export type HeaderMap = Record<string, string>;

/** The init of a request, as a `fetch` of the caller gets it. */
export interface RequestFields {
  method: string;
  headers?: HeaderMap;
  body?: BodyInit | null;
  signal?: AbortSignal;
  duplex?: 'half';
}

/** What a dispatcher of undici calls. */
export interface DispatchHandler {
  /** The request is about to be sent; it can be given up from now on. */
  onConnect(abort: (reason: unknown) => void): void;
  /** The names and values of headers alternate. */
  onHeaders(status: number, fields: { toString(encoding: 'latin1'): string }[], resume: () => void, statusText: string): boolean;
  /** Returns whether more is wanted at once. */
  onData(piece: Uint8Array<ArrayBuffer>): boolean;
  onComplete(): void;
  onError(error: unknown): void;
}

/** What sends the requests of Node's `fetch`. */
export interface Dispatcher {
  dispatch(
    request: { origin: string; path: string; method: string; headers: HeaderMap; body?: BodyInit | null },
    handler: DispatchHandler,
  ): unknown;
}

/** Everything that the calls of one client share. */
export interface Connection {
  baseUrl: string;
  /** Sends a request by the manager, the caller's `fetch`, or the global one. */
  send(url: string, init: RequestFields): Promise<Response>;
  on: Hooks;
  timeoutMs?: number;
  headers: HeaderMap;
  /** The headers for a request with a JSON body. */
  headersWithBody: HeaderMap;
  /** The headers of credentials that can change; undefined where they are part of `headers`. */
  credentials?: (refused?: string) => Promise<HeaderMap>;
  retry: { attempts: number; baseDelayMs: number; maxDelayMs: number };
  auth?: Auth;
  manager?: ClientOptions['manager'];
  /** Whether requests go through the runtime's `fetch`, about which uploads know more than about any other. */
  isPlain: boolean;
  /** No request is sent before this time: the service has answered 429. */
  pausedUntil: number;
  /** The header of the last answer by which the service reads its own writes. */
  consistent?: string;
}

/** Refuses an argument or option in the shape in which the service refuses one. */
export type Refusal = (
  field: string,
  description: string,
  operation?: string,
  cause?: unknown,
  violatedRule?: string,
) => WixMediaError;

/** What the small client lends to the parts that are loaded later, as their classes must be the same ones. */
export interface Lent {
  client: Client;
  connection: Connection;
  /** The file of an answer, or its error. */
  decode(name: string, response: AnswerHead, body: Uint8Array): any;
  /** The compiled module of the library. */
  wasm(): Promise<WebAssembly.Module>;
  /** Makes a function that loads a file of the package once. */
  loadPart: typeof import('./chunk.js').loadPart;
  disk: Runtime['disk'];
  refusal: Refusal;
  tell<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): void;
  textOf(thrown: unknown): string;
  unreachable(operation: string, cause: unknown, retry?: ErrorMembers['retry']): WixMediaError;
  WixMediaError: typeof WixMediaError;
}

/** The part of a Response that the core reads. */
export interface AnswerHead {
  status: number;
  statusText?: string;
  headers?: { get(name: string): string | null };
}

/** A page as `paged` sees it. */
export interface PageView {
  items: any[];
  next?: string | null;
  more?: boolean | null;
}

export type { CallOptions, Client, MediaManager, PagedPromise };
