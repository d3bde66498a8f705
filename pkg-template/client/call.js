// One call from arguments to result. The core builds the request, reads the answer and decides about another try; this file
// does the waiting.
import { prepare, retryDelay } from '#client-glue';
import { operations } from '#operations';
import { pause } from '../streams/until.js';
import { resultOf } from './answer.js';
import { encodeArguments } from './arguments.js';
import { override, RETRY } from './connection.js';
import { refusal, unreachable, unreadable, WixMediaError } from './error.js';
import { tell } from './hooks.js';
import { enter, init, isLoaded } from './module.js';
import { limited } from './waiting.js';

/** @import { CallOptions } from '../types/index.js' */
/** @import { Connection, HeaderMap } from './internal.d.ts' */

/** Codes of the runtimes for a connection that never came about, so that the service cannot have done anything. */
const NOT_CONNECTED = /CONN.*REFUSED|ENOTFOUND|EAI_AGAIN|CONNECT_TIMEOUT|FailedToOpen/i;
const SECRET = /auth|cookie|key|secret|token/i;

/**
 * The name by which errors and hooks call an operation, such as `files.listFiles`.
 *
 * @param {number} operation
 */
const nameOf = (operation) => `${operations[operation][0]}.${operations[operation][1]}`;

/**
 * Calls an operation. Resolves to the member of the answer that callers get.
 *
 * @param {() => Connection} connection
 * @param {number} operation
 * @param {unknown[]} args The positional arguments.
 * @param {CallOptions | undefined} options The last argument of every function.
 * @returns {Promise<any>}
 */
export function call(connection, operation, args, options) {
  const name = nameOf(operation);
  try {
    // Now, so that later changes of the caller's objects do not matter.
    const encoded = encodeArguments(name, args);
    const shared = connection();
    const signal = options?.signal;
    const timeoutMs = options?.timeoutMs ?? shared.timeoutMs ?? undefined;
    if (signal && !signal.addEventListener) throw refusal('signal', 'must be an AbortSignal', name);
    if (!signal && timeoutMs === undefined) return drive(shared, operation, name, encoded);
    // Converted here, because a bigint would throw in the timer.
    return limited((own) => drive(shared, operation, name, encoded, own), signal, timeoutMs && +timeoutMs, name);
  } catch (error) {
    return Promise.reject(unreadable(error, name));
  }
}

/**
 * @param {Connection} connection
 * @param {number} operation
 * @param {string} name
 * @param {ReturnType<typeof encodeArguments>} encoded
 * @param {AbortSignal} [signal]
 */
async function drive(connection, operation, name, { text, complete }, signal) {
  if (!isLoaded()) await init();
  const { on, retry } = connection;
  const [url, request] = enter(name, () => prepare(operation, text, connection.baseUrl));
  if (request.body) request.body = complete(request.body);
  const { method } = request;
  const common = request.body === undefined ? connection.headers : connection.headersWithBody;
  if (signal) request.signal = signal;
  const about = { operation: name, method, url };
  /** @type {string | undefined} */
  let refused;

  for (let attempt = 1; ; attempt += 1) {
    while (connection.pausedUntil > Date.now()) {
      await pause(connection.pausedUntil - Date.now(), signal);
    }

    /** @type {Response | undefined} */
    let response;
    let body = new Uint8Array();
    /** @type {any} */
    let cause;
    let hasFailed = false;
    let sent = false;
    let status = 0;
    let retryAfter = NaN;
    try {
      let headers = { ...common };
      if (connection.credentials) {
        headers = override(headers, await connection.credentials(refused));
        signal?.throwIfAborted();
      }
      if (connection.consistent) headers = override(headers, { 'x-wix-consistent': connection.consistent });
      request.headers = headers;
      if (on.request) tell(on.request, { ...about, attempt, headers: redacted(headers) });
      sent = true;
      response = await connection.send(url, request);
      connection.consistent = header(response, 'x-wix-consistent') || connection.consistent;
      if (response.status !== 200) retryAfter = waitOf(header(response, 'retry-after'));
      body = await bytesOf(response);
      status = response.status;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof WixMediaError && thrown.code !== 'NETWORK') throw thrown;
      cause = thrown;
      hasFailed = true;
    }

    if (!hasFailed && response) {
      const requestId = on.response && header(response, 'x-wix-request-id');
      if (on.response) tell(on.response, { ...about, attempt, status, requestId });
      if (status === 200) return resultOf(operation, name, response, body);
      if (status === 401 && connection.credentials && refused === undefined) {
        refused = request.headers?.Authorization ?? '';
        attempt -= 1;
        continue;
      }
    }

    const isUnsent = !sent || NOT_CONNECTED.test(cause?.cause?.code ?? cause?.code);
    let delayMs = enter(name, () => retryDelay(operation, attempt, status, isUnsent, retryAfter, Math.random()));
    let failure;
    if (hasFailed) failure = cause instanceof WixMediaError ? cause : unreachable(name, cause, delayMs < 0 ? 'maybe' : 'after');
    if (Number.isNaN(retryAfter)) {
      delayMs = Math.min(delayMs * (retry.baseDelayMs / RETRY.baseDelayMs), retry.maxDelayMs);
    }
    // A wait longer than the caller allows is for the caller to decide on.
    if (attempt >= retry.attempts || delayMs < 0 || delayMs > retry.maxDelayMs) {
      if (failure) throw failure;
      return resultOf(operation, name, /** @type {Response} */ (response), body);
    }
    tell(on.retry, { operation: name, attempt, delayMs, status: status || undefined, error: failure });
    if (status === 429) connection.pausedUntil = Math.max(connection.pausedUntil, Date.now() + delayMs);
    else await pause(delayMs, signal);
    signal?.throwIfAborted();
  }
}

/**
 * The milliseconds that a Retry-After header asks for, in seconds or as a date; NaN when there is none.
 *
 * @param {string | undefined} text
 */
const waitOf = (text) => (Number.isFinite(Number(text)) ? Number(text) * 1000 : Date.parse(String(text)) - Date.now());

/**
 * @param {Response | undefined} response
 * @param {string} name
 */
const header = (response, name) => response?.headers?.get(name) || undefined;

/**
 * The headers as hooks may see them.
 *
 * @param {HeaderMap} headers
 */
const redacted = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, SECRET.test(name) ? '[redacted]' : value]));

/**
 * The body of an answer. Test doubles look like a Response and have `text` or `json` only.
 *
 * @param {Partial<Response>} response
 */
async function bytesOf(response) {
  if (response.arrayBuffer) return new Uint8Array(await response.arrayBuffer());
  const text = response.text ? await response.text() : JSON.stringify(await response.json?.());
  return new TextEncoder().encode(text);
}
