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
  /** The key, as Wix shows it; sent as it is, without `Bearer`. */
  apiKey: string;
  /** Id of the site to work on. Files and folders need one. */
  siteId?: string;
  /** Id of the account. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * An access token of your own, or a function that gives one. The function is asked before each try, and once more after
 * an answer of 401.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { accessToken: async () => (await fetch('/token')).text() } });
 * ```
 */
export interface AccessTokenAuth {
  /** The token, or a function that gives it; sent as it is, without `Bearer`. */
  accessToken: string | (() => string | Promise<string>);
  /** Id of the site, where the token does not say it. */
  siteId?: string;
  /** Id of the account, where the token does not say it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/** The tokens of a site's visitor or member. */
export interface VisitorTokens {
  /** The token that is sent, and when it ends, in seconds since 1970. */
  accessToken?: { value: string; expiresAt?: number };
  /** The token from which the next one is made. */
  refreshToken?: { value: string; role?: string };
}

/**
 * The client id of an OAuth app: works as an anonymous visitor of the site, or as the visitor or member whose tokens are
 * given. Tokens are made and renewed when they are needed. Wix lets visitors and members do little with media files.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { clientId: '99999999-8888-7777-6666-555555555555' } });
 * ```
 */
export interface VisitorAuth {
  /** Client id of the OAuth app. */
  clientId: string;
  /** Tokens to begin with. Default: those of a new visitor. */
  tokens?: VisitorTokens;
  /** Told whenever there are new tokens, so that they can be kept for the next visit. */
  onTokens?: (tokens: Required<VisitorTokens>) => void;
  /** Id of the site, where the token does not say it. */
  siteId?: string;
  /** Id of the account, where the token does not say it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * The credentials of an app, for one site on which it is installed. Tokens are made and renewed when they are needed.
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
  /** Id of the site, where the token does not say it. */
  siteId?: string;
  /** Id of the account, where the token does not say it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * Any object that makes the headers of the credentials by itself; so the strategies of `@wix/sdk` work as they are.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { getAuthHeaders: () => ({ headers: { Authorization: 'my-api-key' } }) } });
 * ```
 */
export interface AuthStrategy {
  /** Gives the headers. Asked before each try, and once more after an answer of 401. */
  getAuthHeaders(host?: undefined): AuthHeaders | Promise<AuthHeaders>;
  /** Verifies and decodes a webhook, where no `publicKey` is given. */
  decodeJWT?(token: string): Promise<{ decoded: { data: unknown }; valid: boolean }>;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/** The headers of some credentials. */
export interface AuthHeaders {
  /** The headers by name. */
  headers: Record<string, string>;
}

/** Who is calling. */
export type Auth = ApiKeyAuth | AccessTokenAuth | VisitorAuth | AppAuth | AuthStrategy;

/** What a request looks like when it is handed to `fetch`. */
export interface FetchInit {
  /** `GET`, `POST` or `PATCH`. */
  method: string;
  /** The headers by name. */
  headers: Record<string, string>;
  /** JSON text. */
  body?: string;
  /** Ends the request with the call. */
  signal?: AbortSignal;
}

/**
 * Whether and how failed calls are tried again.
 *
 * Reads, changes and deletions are tried again after network failures and the statuses 429, 500, 503 and 504; calls that
 * make something only after a 429, or when the request cannot have arrived. The waits grow from `baseDelayMs` twofold
 * each time, less a random part; `Retry-After` of the service is obeyed.
 */
export interface RetryOptions {
  /** Greatest number of tries, the first one included. Default: 3. */
  attempts?: number;
  /** Milliseconds of the first wait. Default: 500. */
  baseDelayMs?: number;
  /** Greatest wait in milliseconds; a call whose next try would have to wait longer fails at once. Default: 60,000. */
  maxDelayMs?: number;
}

/** Functions that are told about every request. What they throw is ignored. Secrets in headers are redacted. */
export interface Hooks {
  /** A request is about to be sent. */
  request?: (event: RequestEvent) => void;
  /** An answer has arrived, of whatever status. */
  response?: (event: ResponseEvent) => void;
  /** A call will be tried again after a wait. */
  retry?: (event: RetryEvent) => void;
}

/** What the hook `request` is told. */
export interface RequestEvent {
  /** The call, such as `files.listFiles`. */
  operation: string;
  /** Number of this try, from 1. */
  attempt: number;
  /** HTTP method. */
  method: string;
  /** Address of the request. */
  url: string;
  /** The headers; secrets are shown as `[redacted]`. */
  headers: Record<string, string>;
}

/** What the hook `response` is told. */
export interface ResponseEvent {
  /** The call, such as `files.listFiles`. */
  operation: string;
  /** Number of this try, from 1. */
  attempt: number;
  /** HTTP method. */
  method: string;
  /** Address of the request. */
  url: string;
  /** HTTP status. */
  status: number;
  /** Id of the request, for questions to Wix. */
  requestId: string | undefined;
}

/** What the hook `retry` is told. */
export interface RetryEvent {
  /** The call, such as `files.listFiles`. */
  operation: string;
  /** Number of the try that failed, from 1. */
  attempt: number;
  /** Milliseconds until the next try. */
  delayMs: number;
  /** HTTP status of the try that failed; undefined when there was no answer. */
  status: number | undefined;
  /** What went wrong, when there was no answer. */
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
  /** Who is calling. */
  auth?: Auth;
  /** Where the API is. Default: `https://www.wixapis.com`. The path `/site-media/v1` is added to it. */
  baseUrl?: string;
  /** Sends the requests. Default: the global `fetch`, looked up at each call. */
  fetch?: (url: string, init: FetchInit) => Promise<Response>;
  /** Headers for every request; those without a value are left out. They never override the credentials. */
  headers?: Record<string, string | null | undefined> | Iterable<readonly [string, string]>;
  /** Answers the requests in place of `fetch` and, if it has one, at its own `baseUrl`: any fetch handler. */
  manager?: MediaManager | { fetch(request: Request): Promise<Response>; baseUrl?: string };
  /** Whether and how failed calls are tried again; `false` for never. */
  retry?: RetryOptions | false;
  /** Milliseconds after which a call is given up. Default: never. */
  timeoutMs?: number;
  /** Functions that are told about every request. */
  on?: Hooks;
}

/** The functions of the Media Manager, bound to one set of credentials and options. */
export interface Client {
  /** The files functions. */
  files: typeof files;
  /** The folders functions. */
  folders: typeof folders;
  /** Takes in the events of the Media Manager. */
  webhooks: Webhooks;
  /** Uploads. */
  uploads: typeof uploads;
  /** Downloads. */
  downloads: typeof downloads;
  /** Folders and files by their paths. */
  paths: typeof paths;
  /** Deletions that are counted before, and undone. */
  trash: typeof trash;
}

/**
 * Makes a client with credentials and options of its own. Nothing is sent or loaded before its first call.
 *
 * @param options Credentials and the rest; everything is optional.
 * @throws {WixMediaError} `INVALID_ARGUMENT` when `auth` is none of the known kinds or `fetch` is no function,
 * `UNAUTHENTICATED` when a header cannot carry the credentials.
 * @example
 * ```ts
 * const client = createClient({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * const { folder } = await client.folders.createFolder('Animals');
 * ```
 */
export declare function createClient(options?: ClientOptions): Client;

/**
 * Sets the options of the functions that are imported directly, {@link files} and {@link folders}. Call it once, before
 * their first call. Without it, Node reads `WIX_API_KEY`, `WIX_SITE_ID` and `WIX_ACCOUNT_ID` from the environment; where
 * there is no key either, calls go to a {@link MediaManager} in memory, which the console is told of once.
 *
 * @param options The options of {@link createClient}.
 * @throws {WixMediaError} `ALREADY_CONFIGURED` after the first call, and when it is called twice.
 * @example
 * ```ts
 * configure({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * const page = await files.listFiles();
 * ```
 */
export declare function configure(options?: ClientOptions): void;

/** What {@link init} takes: the WebAssembly module `client.wasm` of this package, or where it is. */
export type ModuleSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | (typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module & object : never);

/**
 * Loads the WebAssembly module. Every call does so when it has to; `init` is for those who bring their own bytes, serve
 * `client.wasm` elsewhere, or want to choose the moment. The first source wins; after a failure the next call tries again.
 *
 * @param source Address, answer, bytes or compiled module. Default: `client.wasm` beside the package's own file.
 * @throws {WixMediaError} `MODULE_NOT_LOADED` when it cannot be found or compiled.
 * @example
 * ```ts
 * await init(new URL('/assets/client.wasm', location.href));
 * ```
 */
export declare function init(source?: ModuleSource | Promise<ModuleSource>): Promise<void>;
