// Requests to upload hosts. The URL is their permission, so no credentials are sent.
import { breathe } from '../../streams/breathe.js';
import { linked, until } from '../../streams/until.js';
import { stalled } from '../retry.js';

/** @import { HeaderMap } from '../../client/internal.d.ts' */
/** @import { HostAnswer, Shared, Source } from '../internal.d.ts' */

/** @typedef {{ source: Source, from: number, to?: number }} Range Bytes of a source; to its end without `to`. */

/**
 * @typedef {object} Exchange
 * @property {string} url
 * @property {string} method
 * @property {HeaderMap} [headers]
 * @property {string | Range} [body]
 * @property {AbortSignal} signal
 * @property {number} stallMs Milliseconds without progress after which the request is given up.
 * @property {(bytes: number) => void} [onSent] Told how many bytes of the source have left, where that can be seen.
 * @property {(offset: number, bytes: Uint8Array) => void} [onBytes] Told which bytes they were, where that can be seen.
 */

/**
 * One request that is under way.
 *
 * @typedef {object} Request
 * @property {string} url
 * @property {string} method
 * @property {HeaderMap} headers
 * @property {AbortSignal} signal
 * @property {(extra?: number) => void} moved To be called whenever there is progress.
 * @property {Exchange['onSent']} onSent
 * @property {Exchange['onBytes']} onBytes
 * @property {unknown} [fault] The error of the source, which `fetch` would hide.
 */

/** Runtimes without XMLHttpRequest can send streams; browsers only some. */
const isBrowser = typeof XMLHttpRequest === 'function' || 'ServiceWorkerGlobalScope' in globalThis;

/** How many bytes are worked on between two turns of the event loop. */
const PIECE_SIZE = 256 * 1024;

/** The reason for aborting requests that are over. Without a reason, the runtime creates an error with a stack for each. */
const OVER = new Error('the request is over');

/** The slowest connection that is waited for where progress cannot be seen, in bytes per millisecond. */
const MIN_SPEED = 10;

/**
 * Sends one request.
 *
 * @param {Shared} shared
 * @param {string} name The function of the caller, for hooks.
 * @param {Exchange} exchange
 * @returns {Promise<HostAnswer>}
 */
export async function exchange(shared, name, { url, method, headers = {}, body, signal, stallMs, onSent, onBytes }) {
  const { on, tell } = shared;
  const about = { operation: name, method, url: redactedUrl(url), attempt: 1 };
  if (on.request) tell(on.request, { ...about, headers: { ...headers } });
  const own = linked(signal);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const moved = (extra = 0) => {
    clearTimeout(timer);
    // The stream of a body can go on for a moment after the answer.
    if (!own.signal.aborted) timer = setTimeout(() => own.abort(stalled()), stallMs + extra);
  };
  moved();
  /** @type {Request} */
  const request = { url, method, headers, signal: own.signal, moved, onSent, onBytes };
  try {
    const answer =
      isBrowser && shared.isPlain && typeof body === 'object'
        ? await byRequest(request, body)
        : // A fetch of the caller may not heed the signal.
          await until(own.signal, byFetch(shared, request, body));
    if (on.response) {
      tell(on.response, { ...about, status: answer.status, requestId: answer.header('x-wix-request-id') || undefined });
    }
    return answer;
  } catch (error) {
    throw request.fault ?? error;
  } finally {
    // A refusal may come before all bytes have left: the rest of the body must not hold the connection, and the process.
    own.abort(OVER);
    clearTimeout(timer);
    own.release();
  }
}

/**
 * Only the host: the rest of such a URL is a permission.
 *
 * @param {string} url
 */
function redactedUrl(url) {
  try {
    return `${new URL(url).origin}/[redacted]`;
  } catch {
    return '[redacted]';
  }
}

/**
 * @param {Shared} shared
 * @param {Request} request
 * @param {Exchange['body']} body
 * @returns {Promise<HostAnswer>}
 */
async function byFetch(shared, request, body) {
  const { url, method, headers, signal, moved, onBytes } = request;
  /** @type {import('../../client/internal.d.ts').RequestFields} */
  const init = { method, headers, signal };
  if (typeof body === 'string') init.body = body;
  else if (body) {
    const { source, from, to } = body;
    const length = to === undefined ? undefined : to - from;
    if (length !== undefined && length <= PIECE_SIZE && !isBrowser) {
      // A stream of one piece would show no progress either, and costs as much as the rest of the request.
      moved(length / MIN_SPEED);
      const bytes = await source.bytes(from, Number(to));
      onBytes?.(from, bytes);
      init.body = bytes;
    } else if (length === undefined || ((shared.isPlain || shared.manager) && !isBrowser)) {
      init.body = streamOf(shared, source, from, to ?? Infinity, request);
      init.duplex = 'half';
      // fetch does not know the length of a stream, and some hosts refuse a body without one.
      if (length !== undefined) init.headers = { ...headers, 'Content-Length': String(length) };
    } else {
      moved(length / MIN_SPEED);
      init.body = await wholeOf(body, onBytes);
    }
  }
  // Reading the bytes may have taken longer than the caller waited, and a fetch of the caller may not heed the signal.
  signal.throwIfAborted();
  const response = await shared.send(url, init);
  moved();
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, header: (name) => response.headers.get(name), bytes, response };
}

/**
 * The bytes of a source as one body.
 *
 * @param {Range} range
 * @param {Exchange['onBytes']} onBytes
 */
async function wholeOf({ source, from, to = source.size ?? Infinity }, onBytes) {
  if (source.blob) return source.blob(from, to);
  const bytes = await source.bytes(from, to);
  for (let at = 0; at < bytes.length; at += PIECE_SIZE) {
    onBytes?.(from + at, bytes.subarray(at, at + PIECE_SIZE));
    await breathe();
  }
  return bytes;
}

/**
 * The bytes of a source as a body whose progress can be seen.
 *
 * @param {Shared} shared
 * @param {Source} source
 * @param {number} from
 * @param {number} to
 * @param {Request} request
 */
function streamOf(shared, source, from, to, request) {
  const { moved, onSent, onBytes, signal } = request;
  const pieces = source.pieces(from, to);
  let at = from;
  /**
   * The next piece, which is read while this one is sent.
   *
   * @type {ReturnType<typeof pieces.next> | undefined}
   */
  let ahead;
  /** @returns {NonNullable<typeof ahead>} */
  const read = () => {
    const piece = pieces.next();
    piece.catch(() => {});
    return (ahead = piece);
  };
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          signal.throwIfAborted();
          const { done, value } = await (ahead ?? read());
          if (done) return controller.close();
          read();
          onBytes?.(at, value);
          at += value.length;
          moved();
          onSent?.(at);
          controller.enqueue(value);
        } catch (error) {
          if (!signal.aborted) request.fault = shared.sourceFailed(error);
          controller.error(error);
        }
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * By XMLHttpRequest, which alone shows pages the progress of a body.
 *
 * @param {Request} sent
 * @param {Range} body
 * @returns {Promise<HostAnswer>}
 */
function byRequest({ url, method, headers, signal, moved, onSent, onBytes }, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
      reject(signal.reason);
    };
    /**
     * @template Value
     * @param {(value: Value) => void} settle
     * @param {Value} value
     */
    const end = (settle, value) => {
      signal.removeEventListener('abort', abort);
      settle(value);
    };
    request.open(method, url);
    request.responseType = 'arraybuffer';
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      moved();
      onSent?.(body.from + loaded);
    };
    request.onload = () => {
      const { status, statusText } = request;
      const header = (/** @type {string} */ name) => request.getResponseHeader(name);
      const response = { status, statusText, headers: { get: header } };
      end(resolve, { status, header, bytes: new Uint8Array(request.response ?? 0), response });
    };
    request.onerror = () => end(reject, new TypeError('the connection failed'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    wholeOf(body, onBytes).then(
      (whole) => request.send(whole),
      (error) => end(reject, error),
    );
  });
}
