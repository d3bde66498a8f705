// What the calls of one client share, from the options of `createClient`.
import { credentials } from './credentials.js';
import { refusal, unreadable } from './error.js';
import { checkNames } from './names.js';
import { runtime } from './runtime.js';

/** @import { ClientOptions } from '../types/index.js' */
/** @import { Connection, HeaderMap } from './internal.d.ts' */

/** The core's waits begin at `baseDelayMs`; another base stretches or shrinks them. */
export const RETRY = { attempts: 3, baseDelayMs: 500, maxDelayMs: 60_000 };

const OPTIONS = ['auth', 'baseUrl', 'fetch', 'headers', 'manager', 'retry', 'timeoutMs', 'on'];

/**
 * @param {ClientOptions | undefined} options
 * @param {string} operation The function of the caller, for errors.
 */
export function connect(options, operation) {
  try {
    return connectionOf(options, operation);
  } catch (thrown) {
    throw unreadable(thrown, operation);
  }
}

/**
 * @param {ClientOptions | undefined} options
 * @param {string} operation
 * @returns {Connection}
 */
function connectionOf(options, operation) {
  options ??= {};
  const refuse = (/** @type {string} */ field, /** @type {string} */ description) => refusal(field, description, operation);
  checkNames(options, OPTIONS, '', refuse);
  const { auth, headers, manager, on, retry, timeoutMs } = options;
  checkNames(retry || {}, Object.keys(RETRY), 'retry.', refuse);
  checkNames(on ?? {}, ['request', 'response', 'retry'], 'on.', refuse);
  const baseUrl = String(options.baseUrl ?? manager?.baseUrl ?? 'https://www.wixapis.com').replace(/\/+$/, '');
  const { fetch: own } = options;
  if (typeof (own ?? connect) !== 'function') throw refuse('fetch', 'must be a function');
  /** @type {Connection['send']} */
  const send = manager
    ? (url, init) => manager.fetch(new Request(url, init))
    : // Looked up at each call, so that a global fetch that a test or a polyfill replaces later is used.
      async (url, init) => withHeaders(await (/** @type {typeof fetch | undefined} */ (own) ?? runtime.fetch ?? fetch)(url, init));
  const source = credentials(auth, (url, init) => send(`${baseUrl}${url}`, init));
  const isFixed = typeof source !== 'function';
  // The official SDK sends an empty Authorization when it has neither credentials nor headers.
  const common = headers ? entriesOf(headers) : { Authorization: '' };
  const all = isFixed ? override(common, source) : common;
  return {
    baseUrl,
    send,
    on: on ?? {},
    timeoutMs,
    headers: all,
    headersWithBody: override({ 'Content-Type': 'application/json' }, all),
    credentials: isFixed ? undefined : source,
    retry: retry === false ? { ...RETRY, attempts: 1 } : { ...RETRY, ...retry },
    auth,
    manager,
    isPlain: !manager && !own,
    pausedUntil: 0,
    consistent: undefined,
  };
}

/**
 * An answer whose headers can be asked for. A fetch of the caller, such as a test double, may answer with a plain object of them.
 *
 * @param {any} response
 * @returns {Response}
 */
const withHeaders = (response) =>
  response?.headers?.get ? response : Object.create(response, { headers: { value: new Headers(response.headers) } });

/**
 * A plain object of headers from what fetch takes as headers, or from an object with gaps.
 *
 * @param {NonNullable<ClientOptions['headers']>} headers
 * @returns {HeaderMap}
 */
function entriesOf(headers) {
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const kept = entries.filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(/** @type {[string, string][]} */ (kept));
}

/**
 * `headers` with `more` in place of entries of the same name, in any spelling.
 *
 * @param {HeaderMap} headers
 * @param {HeaderMap} more
 * @returns {HeaderMap}
 */
export function override(headers, more) {
  const names = Object.keys(more).map((name) => name.toLowerCase());
  const kept = Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...more };
}
