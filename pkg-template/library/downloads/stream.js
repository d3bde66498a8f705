// One download as a response whose body continues where a connection broke off.
//
// A request asks for the bytes from `at` on; `next` reads them. A failed request or read waits and asks again, until
// `patience.tries` in a row have failed without a byte. An expired link is made anew once. At the end the digest of the body
// is compared with that of the descriptor, and a difference fails the body.
import { bytesOf, chunksIn } from '../../streams/chunk.js';
import { linked, pause, until } from '../../streams/until.js';
import { backoff, isTemporary, retryAfter, stalled } from '../retry.js';

/** @import { Chunks } from '../../streams/chunk.js' */
/** @import { Api, Digest } from '../internal.d.ts' */

/** Milliseconds without a byte after which a connection is given up. */
const STALL_MS = 60_000;

/**
 * @typedef {object} StreamOptions
 * @property {{ size?: number, hash?: string, isStrict?: boolean }} [check] The size and MD5 digest of the whole.
 * @property {number} [from] The first byte that is wanted.
 * @property {Digest} [digest] The digest of the bytes before it.
 * @property {AbortSignal} [signal]
 * @property {number} [stallMs]
 * @property {(progress: { received: number, total?: number }) => void} [onProgress]
 */

/**
 * @param {Api} api
 * @param {string} name The function of the caller, for errors.
 * @param {() => Promise<string>} link Makes a URL, and another one when that has expired.
 * @param {StreamOptions} options
 * @returns {Promise<Response>}
 */
export async function download(api, name, link, { check, from = 0, digest, signal, stallMs = STALL_MS, onProgress }) {
  const { decode, patience, shared, WixMediaError } = api;
  let url = await link();
  let at = from;
  let total = check?.size;
  /** @type {string | undefined} */
  let tag;
  let failures = 0;
  /** @type {Chunks | undefined} */
  let reader;
  let own = linked(signal);
  /** Bytes of the present response that have been received before. */
  let skip = 0;

  /**
   * Waits before the next try, or throws.
   *
   * @param {any} error
   * @param {number} [wait] What the service asks for.
   */
  const failed = async (error, wait = NaN) => {
    signal?.throwIfAborted();
    failures += 1;
    const ms = backoff(patience, failures, wait);
    if (failures >= patience.tries || ms > patience.longest) throw error;
    shared.tell(shared.on.retry, { operation: name, attempt: failures, delayMs: ms, status: error.status, error });
    await pause(ms, signal);
  };

  /**
   * Aborts the request when `work` takes too long.
   *
   * @template Result
   * @param {() => Promise<Result>} work
   */
  const guarded = async (work) => {
    const timer = setTimeout(() => own.abort(stalled()), stallMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  };

  /** Asks for the bytes from `at` on. Returns the response, whose body `reader` then reads. */
  const ask = async () => {
    for (;;) {
      own.release();
      own = linked(signal);
      /** @type {Response} */
      let response;
      try {
        /** @type {Record<string, string>} */
        const headers = at > 0 ? { Range: `bytes=${at}-`, ...(tag && { 'If-Range': tag }) } : {};
        response = await guarded(() => until(own.signal, shared.send(url, { method: 'GET', headers, signal: own.signal })));
      } catch (cause) {
        await failed(api.unreachable(name, cause));
        continue;
      }
      const { status } = response;
      if (status === 200 || (status === 206 && at > 0)) {
        accept(response);
        return response;
      }
      const bytes = new Uint8Array(await until(own.signal, response.arrayBuffer()).catch(() => new ArrayBuffer(0)));
      signal?.throwIfAborted();
      if (status === 416 && at > 0 && at === total) return response;
      const error = errorOf(response, bytes);
      const isExpired = status === 401 || status === 403 || status === 410;
      if (isExpired && failures < 2) {
        failures += 1;
        url = await link();
      } else if (isTemporary(status)) await failed(error, retryAfter(response.headers.get('retry-after')));
      else throw error;
    }
  };

  /** @param {Response} response */
  const accept = (response) => {
    const { status, headers } = response;
    tag ??= strong(headers.get('etag'));
    reader = chunksIn(response);
    const length = Number(headers.get('content-length') ?? NaN);
    if (!headers.get('content-encoding') && length >= 0) total ??= (status === 206 ? at : 0) + length;
    const range = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '');
    // The service may send the whole, or begin elsewhere.
    skip = status === 200 ? at : at - Number(range?.[1] ?? at);
  };

  /**
   * @param {Response} response
   * @param {Uint8Array} bytes
   */
  const errorOf = (response, bytes) => {
    try {
      decode(name, response, bytes);
    } catch (error) {
      return error;
    }
    return api.unreachable(name, new Error(`unexpected status ${response.status}`));
  };

  const hash = check?.hash;
  const whole = hash ? (digest ?? (from === 0 ? api.digest() : undefined)) : undefined;
  const first = await ask();
  const mismatch = (/** @type {string} */ what) =>
    new WixMediaError({
      message: `${name}: ${what}`,
      code: 'CONTENT_MISMATCH',
      operation: name,
      retry: 'maybe',
      details: { applicationError: { code: 'CONTENT_MISMATCH', description: what, data: {} } },
    });

  /** The next bytes; undefined at the end. */
  const next = async () => {
    for (;;) {
      if (!reader) return undefined;
      const current = reader;
      let piece;
      try {
        piece = await guarded(() => until(own.signal, Promise.resolve(current.next())));
      } catch (cause) {
        await failed(api.unreachable(name, cause));
        await ask();
        continue;
      }
      if (piece.done) {
        if (total === undefined || at >= total) return undefined;
        // Some runtimes end a body that broke off as if it were complete.
        await failed(api.unreachable(name, new Error(`the connection ended after ${at} of ${total} bytes`)));
        await ask();
        continue;
      }
      let bytes = bytesOf(piece.value);
      if (skip > 0) {
        const less = Math.min(skip, bytes.length);
        skip -= less;
        bytes = bytes.subarray(less);
      }
      if (bytes.length === 0) continue;
      failures = 0;
      at += bytes.length;
      whole?.add(bytes);
      return bytes;
    }
  };

  const checkDigest = () => {
    if (!whole || !hash) return;
    const found = whole.end();
    if (found === hash) shared.hasMd5 = true;
    else if (check?.isStrict || shared.hasMd5 || shared.manager) throw mismatch(`invalid MD5 digest: expected ${hash}, found ${found}`);
  };

  const body = new ReadableStream(
    {
      async pull(controller) {
        try {
          const bytes = await next();
          if (bytes) {
            if (total !== undefined && at > total) throw mismatch(`invalid size: expected ${total} bytes, found more`);
            controller.enqueue(bytes);
            shared.tell(onProgress, { received: at, total });
            return;
          }
          checkDigest();
          own.release();
          controller.close();
        } catch (error) {
          own.release();
          controller.error(signal?.aborted ? signal.reason : api.failed(name, 'INTERNAL', 'unexpected failure', error));
        }
      },
      async cancel(reason) {
        own.abort(reason);
        own.release();
        try {
          await reader?.return?.();
        } catch {
          // Nobody reads it any more.
        }
      },
    },
    { highWaterMark: 0 },
  );
  const headers = new Headers();
  for (const field of ['content-type', 'content-disposition', 'etag', 'last-modified']) {
    const value = first.headers.get(field);
    if (value !== null) headers.set(field, value);
  }
  if (total !== undefined) headers.set('content-length', String(total - from));
  if (from > 0) headers.set('content-range', `bytes ${from}-${(total ?? 1) - 1}/${total ?? '*'}`);
  return new Response(body, { status: from > 0 ? 206 : 200, headers });
}

/**
 * A weak tag does not promise the same bytes.
 *
 * @param {string | null} tag
 */
const strong = (tag) => (tag && !tag.startsWith('W/') ? tag : undefined);
