import type { files } from './files/functions.js';
import type { folders } from './folders/functions.js';
import type { WixMediaError } from './errors.js';
import type { Webhooks } from './webhooks.js';
import type { MediaManager } from './manager.js';
import type { uploads } from './uploads.js';
import type { downloads } from './downloads.js';
import type { paths } from './paths.js';
import type { trash } from './trash.js';

// ---------------------------------------------------------------------------------------------------------------------
// Clients
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An API key of a Wix account.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * ```
 */
export interface ApiKeyAuth {
  /** The key as Wix displays it. It is sent without `Bearer`. */
  apiKey: string;
  /** Id of the site. Files and folders need one. */
  siteId?: string;
  /** Id of the account. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * An access token, or a function that returns one. The function is called before each attempt, and once more after a
 * response with status 401.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { accessToken: async () => (await fetch('/token')).text() } });
 * ```
 */
export interface AccessTokenAuth {
  /** The token, or a function that returns it. It is sent without `Bearer`. */
  accessToken: string | (() => string | Promise<string>);
  /** Id of the site, if the token does not contain it. */
  siteId?: string;
  /** Id of the account, if the token does not contain it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/** The tokens of a visitor or member of a site. */
export interface VisitorTokens {
  /** The access token, and its expiry in seconds since 1970. */
  accessToken?: { value: string; expiresAt?: number };
  /** The token that renews it. */
  refreshToken?: { value: string; role?: string };
}

/**
 * The client id of an OAuth app. Calls act as an anonymous visitor of the site, or as the visitor or member with the given
 * tokens. Tokens are requested and renewed when needed. Wix gives visitors and members few permissions for media files.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { clientId: '99999999-8888-7777-6666-555555555555' } });
 * ```
 */
export interface VisitorAuth {
  /** Client id of the OAuth app. */
  clientId: string;
  /** Initial tokens. Default: those of a new visitor. */
  tokens?: VisitorTokens;
  /** Called with new tokens, so that you can store them for the next visit. */
  onTokens?: (tokens: Required<VisitorTokens>) => void;
  /** Id of the site, if the token does not contain it. */
  siteId?: string;
  /** Id of the account, if the token does not contain it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * The credentials of an app, for a site on which it is installed. Tokens are requested and renewed when needed.
 *
 * @example
 * ```ts
 * const client = createClient({
 *   auth: { appId: 'my-app', appSecret: 'my-secret', instanceId: '12345678-1234-1234-1234-123456789012' },
 * });
 * ```
 */
export interface AppAuth {
  /** Id of the app. */
  appId: string;
  /** Secret of the app. */
  appSecret: string;
  /** Id of the app's instance on the site. */
  instanceId: string;
  /** Id of the site, if the token does not contain it. */
  siteId?: string;
  /** Id of the account, if the token does not contain it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * An object that provides the headers of the credentials. The strategies of `@wix/sdk` work unchanged.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { getAuthHeaders: () => ({ headers: { Authorization: 'my-api-key' } }) } });
 * ```
 */
export interface AuthStrategy {
  /** Returns the headers. Called before each attempt, and once more after a response with status 401. */
  getAuthHeaders(host?: undefined): AuthHeaders | Promise<AuthHeaders>;
  /** Verifies and decodes a webhook when there is no `publicKey`. */
  decodeJWT?(token: string): Promise<{ decoded: { data: unknown }; valid: boolean }>;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/** The headers of credentials. */
export interface AuthHeaders {
  /** Headers by name. */
  headers: Record<string, string>;
}

/** Credentials. */
export type Auth = ApiKeyAuth | AccessTokenAuth | VisitorAuth | AppAuth | AuthStrategy;

/** The request that is passed to `fetch`. */
export interface FetchInit {
  /** `GET`, `POST` or `PATCH`. */
  method: string;
  /** Headers by name. */
  headers: Record<string, string>;
  /** JSON text. */
  body?: string;
  /** Aborts the request with the call. */
  signal?: AbortSignal;
}

/**
 * How failed calls are retried.
 *
 * Reads, updates and deletions are retried after network errors and the statuses 429, 500, 502, 503 and 504. Calls that create
 * something are retried only after a 429, or when the request cannot have arrived. Waits start at `baseDelayMs` and double
 * each time, minus a random part. A `Retry-After` of the service is honoured.
 */
export interface RetryOptions {
  /** Maximum number of attempts, including the first. Default: 3. */
  attempts?: number;
  /** First wait in milliseconds. Default: 500. */
  baseDelayMs?: number;
  /** Maximum wait in milliseconds. A call fails at once if its next attempt would have to wait longer. Default: 60,000. */
  maxDelayMs?: number;
}

/** Functions that are called for every request. Their errors are ignored, and secrets in headers are redacted. */
export interface Hooks {
  /** Called before a request is sent. */
  request?: (event: RequestEvent) => void;
  /** Called when a response arrives, whatever its status. */
  response?: (event: ResponseEvent) => void;
  /** Called when an attempt has failed and another one follows. */
  retry?: (event: RetryEvent) => void;
}

/** Argument of the hook `request`. */
export interface RequestEvent {
  /** Name of the function, such as `files.listFiles`. */
  operation: string;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** HTTP method. */
  method: string;
  /** URL of the request. */
  url: string;
  /** The headers, with secrets as `[redacted]`. */
  headers: Record<string, string>;
}

/** Argument of the hook `response`. */
export interface ResponseEvent {
  /** Name of the function, such as `files.listFiles`. */
  operation: string;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** HTTP method. */
  method: string;
  /** URL of the request. */
  url: string;
  /** HTTP status. */
  status: number;
  /** Id of the request, for Wix support. */
  requestId: string | undefined;
}

/** Argument of the hook `retry`. */
export interface RetryEvent {
  /** Name of the function, such as `files.listFiles`. */
  operation: string;
  /** Number of the failed attempt, from 1. */
  attempt: number;
  /** Milliseconds until the next attempt. */
  delayMs: number;
  /** HTTP status of the failed attempt; undefined without a response. */
  status: number | undefined;
  /** The error, when there was no response. */
  error: WixMediaError | undefined;
}

/**
 * Options of {@link createClient} and {@link configure}.
 *
 * @example
 * ```ts
 * const client = createClient({
 *   auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' },
 *   timeoutMs: 20_000,
 *   retry: { attempts: 5 },
 *   on: { retry: ({ operation, delayMs }) => console.info(`${operation} again in ${delayMs} ms`) },
 * });
 * ```
 */
export interface ClientOptions {
  /** Credentials. */
  auth?: Auth;
  /** Base URL of the API, to which `/site-media/v1` is appended. Default: `https://www.wixapis.com`. */
  baseUrl?: string;
  /** Function that sends the requests. Default: the global `fetch` at the time of each call. */
  fetch?: (url: string, init: FetchInit) => Promise<Response>;
  /** Headers for every request. Those without a value are omitted, and none overrides the credentials. */
  headers?: Record<string, string | null | undefined> | Iterable<readonly [string, string]>;
  /** A fetch handler that responds in place of `fetch`, at its own `baseUrl` if it has one. */
  manager?: MediaManager | { fetch(request: Request): Promise<Response>; baseUrl?: string };
  /** How failed calls are retried; `false` for never. */
  retry?: RetryOptions | false;
  /** Time limit of a call in milliseconds. Default: none. */
  timeoutMs?: number;
  /** Functions that are called for every request. */
  on?: Hooks;
}

/** The functions of the Media Manager, bound to one set of credentials and options. */
export interface Client {
  /** The files functions. */
  files: typeof files;
  /** The folders functions. */
  folders: typeof folders;
  /** Receives the events of the Media Manager. */
  webhooks: Webhooks;
  /** Uploads. */
  uploads: typeof uploads;
  /** Downloads. */
  downloads: typeof downloads;
  /** Files and folders by their paths. */
  paths: typeof paths;
  /** Previews of deletions, and the trash. */
  trash: typeof trash;
}

/**
 * Creates a client with its own credentials and options. Nothing is sent or loaded before its first call.
 *
 * @param options Credentials and other options.
 * @throws {WixMediaError} `INVALID_ARGUMENT` for an unknown option, an unknown kind of `auth`, or a `fetch` that is not a
 * function; `UNAUTHENTICATED` when a header cannot carry the credentials.
 * @example
 * ```ts
 * const client = createClient({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * const { folder } = await client.folders.createFolder('Animals');
 * ```
 */
export declare function createClient(options?: ClientOptions): Client;

/**
 * Sets the options of the functions that are imported directly, such as {@link files} and {@link folders}. Call it once,
 * before their first call. Without it, Node reads `WIX_API_KEY`, `WIX_SITE_ID` and `WIX_ACCOUNT_ID` from the environment.
 * Without a key, calls go to a {@link MediaManager} in memory, and a notice is logged once.
 *
 * @param options The options of {@link createClient}.
 * @throws {WixMediaError} `ALREADY_CONFIGURED` when it is called twice, or after the first call; `INVALID_ARGUMENT` as for
 * {@link createClient}.
 * @example
 * ```ts
 * configure({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * const page = await files.listFiles();
 * ```
 */
export declare function configure(options?: ClientOptions): void;

/** The WebAssembly module `client.wasm` of this package, or its URL, for {@link init}. */
export type ModuleSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | (typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module & object : never);

/** A file of the package for {@link init}, or a function that returns it when it is needed. */
export type FileSource = ModuleSource | Promise<ModuleSource> | (() => ModuleSource | Promise<ModuleSource>);

/** The URL of a worker, or the worker itself, if the types of the environment declare `Worker`. */
export type WorkerSource = string | URL | (typeof globalThis extends { Worker: { prototype: infer Started } } ? Started & object : never);

/** The files of the package that you pass to {@link init}. The package finds the others as usual. */
export interface PackageFiles {
  /** `client.wasm`, for every call. */
  client?: FileSource;
  /** `transfers.wasm`, for `uploads`, `downloads`, `paths` and `trash`. */
  transfers?: FileSource;
  /** `manager.wasm`, for `createManager`. */
  manager?: FileSource;
  /** `images.wasm`, for the images of a manager. */
  images?: FileSource;
  /** `jxl.wasm`, for JPEG XL images. */
  jxl?: FileSource;
  /** `svg.wasm`, for SVG images as pictures. */
  svg?: FileSource;
  /** `tiff.wasm`, for TIFF images, and for the colour profiles of CMYK images. */
  tiff?: FileSource;
  /**
   * `manager-worker.js`, for a manager on OPFS and for images off the page's thread: its URL, which may have another origin,
   * or a function that starts the worker. Browsers only.
   */
  worker?: string | URL | (() => WorkerSource);
}

/**
 * Loads the WebAssembly module `client.wasm`. Calls load it when they need it. Use `init` to load it early, or to pass files
 * of the package yourself, for example when a bundler does not ship them. Pass each file before its first use. The first
 * source for `client` is used. After a failure, the next call looks for the file as usual.
 *
 * @param source The files, or only that of `client`: URL, response, bytes or compiled module. Default: the files beside the
 *   package's own.
 * @throws {WixMediaError} `MODULE_NOT_LOADED` when the client cannot be found or compiled; `INVALID_ARGUMENT` for an unknown
 *   name.
 * @example
 * ```ts
 * await init({ client: '/assets/client.wasm', manager: '/assets/manager.wasm' });
 * ```
 */
export declare function init(source?: ModuleSource | Promise<ModuleSource> | PackageFiles): Promise<void>;
