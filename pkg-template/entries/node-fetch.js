// Requests in Node, at the lowest cost.
//
// Node's fetch is a layer over a dispatcher, which keeps the connections. The layer makes a dozen objects and three streams for
// each request, and clones its body in case a redirect needs it again. A PUT of 100 KB takes 1.2 ms of CPU by fetch, 0.3 where
// fetch is told to clone nothing, and 0.1 by the dispatcher. So requests go to the dispatcher: the global one, which programs
// replace to go through a proxy, to trust other certificates, or to answer in tests.
//
// A redirect is still followed: fetch sends the request a second time as it was, and gets what else is read from that origin.
//
// Bodies are ordinary streams, not byte streams. Those take the memory of what they are given, which here is still the parser's, so
// that each piece would have to be copied.
import { Duplex } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';

/** @import { Dispatcher, RequestFields } from '../client/internal.d.ts' */

const { fetch: own } = globalThis;

/**
 * Origins whose requests without a body are left to fetch: they have redirected one, as those of download links do, or have answered
 * in a coding that only fetch decodes.
 */
const leftToFetch = new Set();

/** Whether that is the function of Node: a test or a tool may have replaced it before, and other runtimes have their own. */
const isNode = String(own).includes('internal/deps/undici');

/** Where every copy of undici, and Node's own, finds the global dispatcher. It is not there before the first use of fetch. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** The message of the cause with which Node's fetch refuses a redirect. */
const REDIRECTED = 'unexpected redirect';
/** The message for an answer in another coding, such as two at once, which some servers send without being asked. */
const ENCODED = 'unexpected content-encoding';

/** Answers that have no body, whatever they say. */
const EMPTY = [204, 205, 304];
/** Answers up to this size are given at once; others as a stream. */
const MAX_WHOLE = 256 * 1024;
/** Bodies up to this size are joined. A larger one is passed on in pieces, as a `Response` copies bytes that it is given. */
const MAX_JOINED = 16 * 1024;

/** What fetch sends when the caller says nothing. Brotli is not worth asking for: it costs more than it saves on small answers. */
const DEFAULTS = { accept: '*/*', 'accept-encoding': 'gzip, deflate', 'accept-language': '*', 'user-agent': 'node' };
const CODINGS = /^(?:x-)?(gzip|deflate|br)$/i;
/** No bytes in each coding. A `DecompressionStream` fails when nothing comes at all, where fetch returns an empty body. */
const NOTHING = new Map([
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['deflate', Uint8Array.of(0x78, 0x9c, 3, 0, 0, 0, 0, 1)],
  ['br', Uint8Array.of(6)],
]);

/**
 * A decoder of one of these. Before Node 24 a `DecompressionStream` does not know Brotli.
 *
 * @param {string} coding
 */
const decoderOf = (coding) =>
  /** @type {ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>} */ (
    coding === 'br' ? Duplex.toWeb(createBrotliDecompress()) : new DecompressionStream(/** @type {CompressionFormat} */ (coding))
  );

/**
 * Sends a request by the global `fetch`, or past it. One that a test or a tool has put in its place gets it unchanged.
 *
 * @param {string} url
 * @param {RequestFields} init
 * @returns {Promise<Response>}
 */
export async function nodeFetch(url, init) {
  const { body } = init;
  if (!isNode || globalThis.fetch !== own) return fetch(url, init);
  const { origin, protocol, pathname, search, username, password } = new URL(url);
  if (!body && leftToFetch.has(origin)) return fetch(url, init);
  /** @type {Dispatcher | undefined} */
  const dispatcher = /** @type {any} */ (globalThis)[DISPATCHER];
  const isOrdinary = /^https?:$/.test(protocol) && !username && !password;
  try {
    if (dispatcher && isOrdinary && isSendable(body)) return await dispatch(dispatcher, { origin, path: pathname + search }, { ...init, body });
    // A body is not cloned then.
    return await fetch(url, body ? { ...init, redirect: 'error' } : init);
  } catch (error) {
    const { cause } = /** @type {Error & { cause?: Error }} */ (error);
    // The body of a stream has been read, and fetch would not send it again either.
    const isLeft = cause?.message === REDIRECTED || cause?.message === ENCODED;
    if (!isLeft || body instanceof ReadableStream) throw error;
    if (!body) leftToFetch.add(origin);
    return fetch(url, init);
  }
}

/**
 * @param {RequestFields['body']} body
 * @returns {body is string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined}
 */
const isSendable = (body) => !body || typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;

/**
 * The body of an answer that is there.
 *
 * @param {Uint8Array<ArrayBuffer>[]} pieces
 */
function bodyOf(pieces) {
  if (pieces.reduce((sum, { length }) => sum + length, 0) <= MAX_JOINED) return Buffer.concat(pieces);
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

/** Ends the requests whose answers nobody has read, and nobody can any more: they would keep their connections. */
const unread = new FinalizationRegistry((/** @type {() => void} */ end) => end());

/** @param {unknown} cause */
const failed = (cause) => new TypeError('fetch failed', { cause });

/**
 * Sends a request by a dispatcher, with the outcome that fetch has with `redirect: 'error'`.
 *
 * @param {Dispatcher} dispatcher
 * @param {{ origin: string, path: string }} target
 * @param {RequestFields} init
 * @returns {Promise<Response>}
 */
function dispatch(dispatcher, target, { method, headers, body, signal }) {
  const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
  // Offsets are those of the bytes as they are stored.
  const defaults = names.includes('range') ? { ...DEFAULTS, 'accept-encoding': 'identity' } : DEFAULTS;
  const added = Object.entries(defaults).filter(([name]) => !names.includes(name));
  const isEmpty = (/** @type {number} */ status) => method === 'HEAD' || EMPTY.includes(status);
  return new Promise((resolve, reject) => {
    // Let go of once it is settled: the request under way would keep the response in memory.
    /** @type {{ resolve: typeof resolve, reject: typeof reject } | undefined} */
    let promise = { resolve, reject };
    const settle = (/** @type {'resolve' | 'reject'} */ how, /** @type {any} */ value) => {
      promise?.[how](value);
      promise = undefined;
    };
    /** @type {((reason: unknown) => void) | undefined} */
    let abort;
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const pieces = [];
    /** @type {ResponseInit | undefined} */
    let head;
    /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
    let rest;
    /**
     * What stands for an empty body; undefined once it has bytes.
     *
     * @type {Uint8Array<ArrayBuffer> | undefined}
     */
    let nothing;
    const cancel = () => {
      settle('reject', signal?.reason);
      abort?.(signal?.reason);
    };
    const end = () => signal?.removeEventListener('abort', cancel);
    if (signal?.aborted) return cancel();
    signal?.addEventListener('abort', cancel);
    return dispatcher.dispatch(
      { ...target, method, headers: { ...Object.fromEntries(added), ...headers }, body },
      {
        onConnect(stop) {
          abort = stop;
          if (signal?.aborted) stop(signal.reason);
        },
        onHeaders(status, fields, resume, statusText) {
          // More follows.
          if (status < 200) return true;
          if (status > 300 && status < 304) throw new Error(REDIRECTED);
          if (status === 307 || status === 308) throw new Error(REDIRECTED);
          const received = new Headers();
          for (let at = 0; at < fields.length; at += 2) received.append(fields[at].toString('latin1'), fields[at + 1].toString('latin1'));
          head = { status, statusText, headers: received };
          const encoding = received.get('content-encoding') ?? '';
          const coding = CODINGS.exec(encoding)?.[1].toLowerCase();
          // Anything but a GET has taken effect, and cannot be sent again.
          if (method === 'GET' && encoding && !coding && !/^identity$/i.test(encoding)) throw new Error(ENCODED);
          nothing = NOTHING.get(coding ?? '');
          const length = received.get('content-length');
          // Of a download that breaks off, what has come is not asked for again.
          const isCall = body || method === 'HEAD' || /json/.test(received.get('content-type') ?? '');
          if (isCall && !coding && length !== null && Number(length) <= MAX_WHOLE) return true;
          const stream = new ReadableStream({
            start(controller) {
              rest = controller;
            },
            pull: resume,
            cancel: (reason) => abort?.(reason),
          });
          const decoded = coding ? stream.pipeThrough(decoderOf(coding)) : stream;
          const response = new Response(isEmpty(status) ? null : decoded, head);
          unread.register(response, () => {
            if (!decoded.locked) decoded.cancel().catch(() => {});
          });
          settle('resolve', response);
          return true;
        },
        onData(piece) {
          if (!rest) return pieces.push(piece) > 0;
          // Nothing has come since the last one, and to ask again at once would never end.
          if (piece.length === 0) return true;
          nothing = undefined;
          rest.enqueue(piece);
          return Number(rest.desiredSize) > 0;
        },
        onComplete() {
          end();
          if (rest && nothing) rest.enqueue(nothing);
          if (rest) return rest.close();
          return settle('resolve', new Response(isEmpty(Number(head?.status)) ? null : bodyOf(pieces), head));
        },
        onError(error) {
          end();
          const reason = signal?.aborted ? signal.reason : failed(error);
          rest?.error(reason);
          settle('reject', reason);
        },
      },
    );
  });
}
