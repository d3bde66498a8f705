// One call from arguments to result: the core builds the request and reads the answer, this file does the waiting.
import { prepare, receive, retryDelay } from '#client-glue';
import { operations } from '#operations';
import { encodeArguments } from './arguments.js';
import { credentials, readToken } from './credentials.js';
import { refusal, textOf, WixMediaError } from './error.js';
import { tell } from './hooks.js';
import { enter, init, isLoaded } from './module.js';

// The core's waits start at baseDelayMs, so another base stretches or shrinks them.
const RETRY = { attempts: 3, baseDelayMs: 500, maxDelayMs: 60_000 };
// What a timer can hold; a longer wait would fire at once.
const LONGEST_WAIT = 2 ** 31 - 1;
// Codes of the runtimes for a connection that never came about, so that nothing can have been done by the service.
const NOT_CONNECTED = /CONN.*REFUSED|ENOTFOUND|EAI_AGAIN|CONNECT_TIMEOUT|FailedToOpen/i;
const SECRET = /auth|cookie|key|secret|token/i;

/** The name by which errors and hooks call an operation, such as `files.listFiles`. */
const nameOf = (operation) => `${operations[operation][0]}.${operations[operation][1]}`;

/** Everything that the calls of one client share, from the options of `createClient`. */
export function connect(options) {
  options ??= {};
  const { auth, headers, manager, on, retry, timeoutMs } = options;
  const baseUrl = String(options.baseUrl ?? manager?.baseUrl ?? 'https://www.wixapis.com').replace(/\/+$/, '');
  if (typeof (options.fetch ?? connect) !== 'function') throw refusal('fetch', 'must be a function');
  // Looked up at each call, so that a fetch that is replaced later, by a test or a polyfill, is the one that is used.
  const send = manager
    ? (url, init) => manager.fetch(new Request(url, init))
    : (url, init) => (options.fetch ?? fetch)(url, init);
  const post = async (body) => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    try {
      return await readToken(await send(`${baseUrl}/oauth2/token`, init));
    } catch (cause) {
      throw cause instanceof WixMediaError ? cause : unreachable('oauth2.token', cause);
    }
  };
  const source = credentials(auth, post);
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
    retry: retry === false ? { attempts: 1 } : { ...RETRY, ...retry },
    auth,
    manager,
    // Whether requests go through the fetch of the runtime, which uploads know more about than about any other.
    isPlain: !manager && !options.fetch,
    pausedUntil: 0,
    consistent: undefined,
  };
}

/** A plain object of headers from what fetch takes as headers, or from an object with gaps. */
function entriesOf(headers) {
  const entries = headers[Symbol.iterator] ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** `headers` with `more` in place of entries of the same name, in any spelling. */
function override(headers, more) {
  const names = Object.keys(more).map((name) => name.toLowerCase());
  const kept = Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...more };
}

export const unreachable = (operation, cause, retry = 'maybe') =>
  new WixMediaError({
    message: `${operation}: no answer: ${textOf(cause)}`,
    code: 'NETWORK',
    operation,
    retry,
    cause,
  });

/**
 * Calls an operation and resolves to the member of the answer that callers get. `connection` is a function, `args` are
 * the positional arguments, `options` the last argument that every function takes: `{ signal, timeoutMs }`.
 */
export function call(connection, operation, args, options) {
  try {
    // Now, so that later changes of the caller's objects do not matter.
    const name = nameOf(operation);
    const encoded = encodeArguments(name, args);
    const shared = connection();
    const signal = options?.signal;
    const timeoutMs = options?.timeoutMs ?? shared.timeoutMs ?? undefined;
    if (signal && !signal.addEventListener) throw refusal('signal', 'must be an AbortSignal', name);
    if (!signal && timeoutMs === undefined) return drive(shared, operation, name, encoded);
    return limited((own) => drive(shared, operation, name, encoded, own), signal, timeoutMs, name);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Runs `work(signal)` for as long as the caller's signal and the time allow. The promise settles at that moment,
 * whatever `work` is waiting for, and rejects with the caller's own reason.
 */
export function limited(work, signal, timeoutMs, operation) {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const end = (settle, value) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle(value);
    };
    const stop = (reason) => {
      end(reject, reason);
      controller.abort(reason);
    };
    const abort = () => stop(signal.reason);
    const expire = () => {
      const message = `${operation}: no result within ${timeoutMs} ms`;
      stop(new WixMediaError({ message, code: 'TIMEOUT', operation, retry: 'maybe' }));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, Math.min(timeoutMs, LONGEST_WAIT));
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
    work(controller.signal).then(
      (value) => end(resolve, value),
      (error) => end(reject, error),
    );
  });
}

const wait = (ms, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, LONGEST_WAIT));
    signal?.addEventListener('abort', done);
  });

async function drive(connection, operation, name, { text, complete }, signal) {
  if (!isLoaded()) await init();
  const { on, retry } = connection;
  const [url, request] = enter(name, () => prepare(operation, text, connection.baseUrl));
  if (request.body) request.body = complete(request.body);
  const { method } = request;
  const common = request.body === undefined ? connection.headers : connection.headersWithBody;
  if (signal) request.signal = signal;
  const about = { operation: name, method, url };
  let refused;

  for (let attempt = 1; ; attempt += 1) {
    while (connection.pausedUntil > Date.now()) {
      await wait(connection.pausedUntil - Date.now(), signal);
      signal?.throwIfAborted();
    }

    let response;
    let body;
    let failure;
    let sent = false;
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
      body = response.arrayBuffer ? new Uint8Array(await response.arrayBuffer()) : await bytesOf(response);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof WixMediaError && cause.code !== 'NETWORK') throw cause;
      failure = { cause };
    }

    const status = failure ? 0 : response.status;
    if (!failure) {
      const requestId = on.response && header(response, 'x-wix-request-id');
      if (on.response) tell(on.response, { ...about, attempt, status, requestId });
      if (status === 200) return resultOf(operation, name, response, body);
      if (status === 401 && connection.credentials && refused === undefined) {
        refused = request.headers.Authorization ?? '';
        attempt -= 1;
        continue;
      }
    }

    const retryAfter = waitOf(header(response, 'retry-after'));
    const unsent = !sent || NOT_CONNECTED.test(failure?.cause?.cause?.code ?? failure?.cause?.code);
    let delayMs = enter(name, () => retryDelay(operation, attempt, status, unsent, retryAfter, Math.random()));
    if (failure) {
      const { cause } = failure;
      failure = cause instanceof WixMediaError ? cause : unreachable(name, cause, delayMs < 0 ? 'maybe' : 'after');
    }
    if (Number.isNaN(retryAfter)) {
      delayMs = Math.min(delayMs * (retry.baseDelayMs / RETRY.baseDelayMs), retry.maxDelayMs);
    }
    // A longer wait than the caller allows is the caller's to decide on.
    if (attempt >= retry.attempts || delayMs < 0 || delayMs > retry.maxDelayMs) {
      if (failure) throw failure;
      return resultOf(operation, name, response, body);
    }
    const event = { operation: name, attempt, delayMs, status: status || undefined, error: failure };
    tell(on.retry, event);
    if (status === 429) connection.pausedUntil = Math.max(connection.pausedUntil, Date.now() + delayMs);
    else await wait(delayMs, signal);
    signal?.throwIfAborted();
  }
}

/** The milliseconds that a Retry-After header asks for, in seconds or as a date; NaN when it asks for none. */
const waitOf = (text) => (Number.isFinite(Number(text)) ? text * 1000 : Date.parse(text) - Date.now());

const header = (response, name) => response?.headers?.get(name) || undefined;

/** The headers as hooks may see them. */
const redacted = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, SECRET.test(name) ? '[redacted]' : value]));

/** The body of an answer that only looks like a Response, as test doubles do. */
async function bytesOf(response) {
  const text = response.text ? await response.text() : JSON.stringify(await response.json());
  return new TextEncoder().encode(text);
}

/** The result of an answer, or its error. */
export function resultOf(operation, name, response, body) {
  try {
    // Test doubles lack things that a Response has.
    const { status, statusText = '', headers = {} } = response;
    const answer = enter(name, () => receive(operation, { status, statusText, headers }, body));
    const unwrap = operations[operation][3];
    if (unwrap === null) return undefined;
    const value = revive(answer);
    return unwrap ? value[unwrap] : value;
  } catch (error) {
    const value = error.code === 'INVALID_RESPONSE' && syntaxError(body);
    if (value) Object.defineProperty(error, 'cause', { value, configurable: true, writable: true });
    throw error;
  }
}

/** Puts what cannot come through JSON, Dates, NaN and undefined, into the places that the core names. */
export function revive([value, dates, specials]) {
  for (const path of dates) replace(value, path, 0, dateOf);
  for (const path of specials) replace(value, path, 0, (text) => (text === null ? undefined : NaN));
  return value;
}

/** An object without a usable toString is no date, but no reason to fail either. */
function dateOf(value) {
  try {
    return new Date(value);
  } catch {
    return new Date(NaN);
  }
}

/** Makes the value at the end of the path anew; a null step stands for every item of an array. */
function replace(holder, path, at, make) {
  const step = path[at];
  if (step === null) {
    if (Array.isArray(holder)) for (const item of holder) replace(item, path, at + 1, make);
  } else if (typeof holder === 'object' && holder !== null && Object.hasOwn(holder, step)) {
    if (at === path.length - 1) holder[step] = make(holder[step]);
    else replace(holder[step], path, at + 1, make);
  }
}

function syntaxError(body) {
  try {
    JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    return error;
  }
  return undefined;
}
