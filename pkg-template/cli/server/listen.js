// Node's HTTP server around anything that answers a Request with a Response. Bodies are streamed in both directions, at the
// speed of the slower side.
import { createServer } from 'node:http';
import { isIPv6 } from 'node:net';
import { fieldsOf, wholeOf } from '../../manager/messages.js';
import { refused } from '../../manager/refused.js';
import { connections, isLoopback, MAX_CONNECTIONS } from './connections.js';
import { isJudged, judge, preflight, protect } from './guard.js';
import { isWaiting, LOOK_MS, slowness } from './slowness.js';

/** @import { LightRequest } from '../../manager/internal.d.ts' */
/** @import { Admitted, Asked, Exchange, GuardSettings } from '../internal.d.ts' */
/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { AddressInfo, Socket } from 'node:net' */

/** How long the head of a request may take, so that slow senders cannot hold connections. */
export const HEAD_TIMEOUT_MS = 20_000;
/** How often heads are looked at. Node's own half minute would more than double their time. */
const HEAD_LOOK_MS = 5000;
/** The most bytes of a request's head. */
export const MAX_HEAD_SIZE = 16 * 1024;
/** How long a connection may be silent while the server waits for its other end. */
export const SILENCE_TIMEOUT_MS = 120_000;
/** Longer than the minute for which proxies and clients keep a connection, so that they close it first. */
export const KEEP_ALIVE_MS = 65_000;
/** How many bytes of a body may wait for their reader. */
export const READ_AHEAD = 256 * 1024;
/** How long an upload that was refused early is read on. Closed at once, its sender would not see the answer. */
export const DRAIN_MS = 10_000;
/** How long a connection that was refused may take to read why. */
export const REFUSAL_TIMEOUT_MS = 1000;
/** Methods that fetch does not know. */
const UNSENDABLE_METHOD = /^(CONNECT|TRACE|TRACK)$/i;
/** Headers of refusals: no cache may keep one, and no browser may take it for anything but JSON. */
const REFUSED = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * Starts a server.
 *
 * @param {(request: Request) => Response | Promise<Response>} answer The fetch handler.
 * @param {object} options
 * @param {string} [options.host]
 * @param {number} options.port
 * @param {GuardSettings} [options.allow] Which requests are answered beside those of this machine.
 * @param {Partial<Parameters<typeof connections>[0]>} [options.bounds] How many connections there may be.
 * @param {boolean} [options.isLight] Whether the handler takes requests, and may give responses, as in `manager/messages.js`.
 * @param {(exchange: Exchange) => void} [options.onEnd] Told about each request when it is over.
 * @example
 * const server = await listen(manager.fetch, { host: '127.0.0.1', port: 0 });
 */
export async function listen(answer, { host, port, allow, bounds, isLight = false, onEnd = () => {} }) {
  /** @type {Set<Exchange>} */
  const underWay = new Set();
  let isStopping = false;
  const isShared = (/** @type {string} */ address) => isLoopback(address) || Boolean(allow?.isProxy?.(address));
  const open = connections({ max: MAX_CONNECTIONS, isShared, ...bounds });
  /**
   * Answers under way of each connection that was admitted. Node does not tell those that wait behind another one when the
   * connection closes.
   *
   * @type {WeakMap<Socket, Set<ServerResponse>>}
   */
  const answers = new WeakMap();

  /**
   * @param {IncomingMessage} incoming
   * @param {ServerResponse} outgoing
   */
  async function handle(incoming, outgoing) {
    const { socket } = incoming;
    const pending = answers.get(socket);
    // The connection was refused, but its requests may arrive before it closes.
    if (!pending) return;
    // No honest client sends so many requests without reading an answer.
    if (!open.begin(socket)) return void socket.destroy();
    /** @type {Exchange} */
    const exchange = { incoming, outgoing, started: performance.now(), received: 0, sent: 0, leave: () => drain(incoming) };
    underWay.add(exchange);
    const gone = new AbortController();
    outgoing.on('close', () => {
      if (!underWay.delete(exchange)) return;
      pending.delete(outgoing);
      open.end(socket);
      // A body that is not read any more must not block the next request of the connection.
      exchange.leave();
      if (!outgoing.writableFinished) gone.abort(new Error('the client has gone'));
      onEnd(exchange);
      if (isStopping) server.closeIdleConnections();
    });
    pending.add(outgoing);
    try {
      exchange.response = await ask(answer, exchange, { allow, isLight, signal: gone.signal });
      await send(exchange, isStopping);
    } catch (error) {
      exchange.error = error;
      // An answer that is cut off has to look broken to its receiver.
      outgoing.destroy();
    }
  }
  const settings = { keepAlive: true, noDelay: true, maxHeaderSize: MAX_HEAD_SIZE, connectionsCheckingInterval: HEAD_LOOK_MS };
  const server = createServer(settings, handle);
  server.on('connection', (socket) => {
    const reason = open.admit(socket);
    if (reason) return turnAway(socket, reason);
    /** @type {Set<ServerResponse>} */
    const pending = new Set();
    answers.set(socket, pending);
    socket.once('close', () => {
      for (const outgoing of pending) outgoing.destroy().emit('close');
    });
  });
  // A sender that asks before it sends its body learns of a refusal at once.
  server.on('checkContinue', handle);
  server.headersTimeout = HEAD_TIMEOUT_MS;
  // An upload may take hours, as long as it is neither silent nor slow.
  server.requestTimeout = 0;
  server.timeout = SILENCE_TIMEOUT_MS;
  server.on('timeout', (socket) => {
    // The silence of the server counts for nothing: before the answer to a check begins, all bytes are read.
    for (const exchange of underWay) if (exchange.incoming.socket === socket && !isWaiting(exchange)) return;
    socket.destroy();
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;

  /** @type {Promise<void>} */
  const listening = new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  await listening;
  const look = setInterval(slowness(underWay, cutOff), LOOK_MS);
  look.unref();
  server.on('close', () => clearInterval(look));

  return {
    port: /** @type {AddressInfo} */ (server.address()).port,
    /** How many connections are open. */
    get connections() {
      return open.size;
    },
    /** How many requests are under way. */
    get pending() {
      return underWay.size;
    },
    /** How many bytes of bodies have arrived for them. */
    get received() {
      let sum = 0;
      for (const { received } of underWay) sum += received;
      return sum;
    },
    /**
     * Refuses new connections, waits `graceMs` for requests that are under way, and cuts off the rest. Streams of events end
     * at once.
     */
    async stop({ graceMs = Infinity, signal = /** @type {AbortSignal | undefined} */ (undefined) } = {}) {
      isStopping = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      for (const { response, outgoing } of underWay) if (isEndless(response)) outgoing.end();
      const cut = () => server.closeAllConnections();
      const timer = graceMs === Infinity ? undefined : setTimeout(cut, graceMs);
      if (signal?.aborted) cut();
      signal?.addEventListener('abort', cut);
      await closed;
      clearTimeout(timer);
      signal?.removeEventListener('abort', cut);
    },
  };
}

/**
 * Answers a refused connection with the reason, and closes it.
 *
 * @param {Socket} socket
 * @param {string} reason
 */
async function turnAway(socket, reason) {
  const timer = setTimeout(() => socket.destroy(), REFUSAL_TIMEOUT_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  const response = refused(503, 'TOO_MANY_CONNECTIONS', reason, { ...REFUSED, 'Retry-After': '1', Connection: 'close' });
  const body = await response.text();
  const fields = [...response.headers, ['content-length', Buffer.byteLength(body)]].map((field) => field.join(': '));
  socket.end(['HTTP/1.1 503 Service Unavailable', ...fields, '', body].join('\r\n'));
}

/**
 * Ends a request whose other end is too slow. The sender of a body still gets an answer.
 *
 * @param {Exchange} exchange
 */
function cutOff(exchange) {
  exchange.error = new Error('the other end was too slow');
  exchange.isSlow = true;
  if (exchange.fail && !exchange.outgoing.headersSent) exchange.fail(exchange.error);
  else exchange.incoming.socket.destroy();
}

/** @param {Response | undefined} response */
const isEndless = (response) => response?.headers.get('content-type')?.startsWith('text/event-stream');

/**
 * Calls the fetch handler, if the guard admits the request. An error before the answer begins becomes an answer too.
 *
 * @param {(request: Request) => Response | Promise<Response>} answer
 * @param {Exchange} exchange
 * @param {{ allow: GuardSettings | undefined, isLight: boolean, signal: AbortSignal }} options
 */
async function ask(answer, exchange, { allow, isLight, signal }) {
  let request;
  try {
    const { target, asked } = askedOf(exchange.incoming);
    const verdict = (exchange.verdict = judge(asked, allow));
    if (verdict.refusal) {
      const { status, code, message } = verdict.refusal;
      return refused(status, code, message, REFUSED);
    }
    const own = preflight(asked, verdict);
    if (own) return own;
    request = (isLight ? lightRequestOf : requestOf)(exchange, target, verdict, signal);
  } catch (error) {
    return problem(400, `invalid request: ${/** @type {Error} */ (error).message}`);
  }
  try {
    return await answer(request);
  } catch (error) {
    exchange.error = error;
    if (exchange.isSlow) return refused(408, 'REQUEST_TIMEOUT', 'the body came too slowly', { ...REFUSED, Connection: 'close' });
    return problem(500, 'unexpected error: see the log of the server');
  }
}

/**
 * @param {number} status
 * @param {string} message
 */
const problem = (status, message) => Response.json({ message, details: {} }, { status });

/**
 * What the guard sees of a request, and its target: a path with a query.
 *
 * @param {IncomingMessage} incoming
 * @returns {{ target: string, asked: Asked }}
 */
function askedOf({ method = '', url = '/', headers, rawHeaders, socket }) {
  // Node keeps the first of several fields Host, and joins those of the others that matter here.
  const hosts = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1].toLowerCase() === 'host');
  // By hand: as a relative reference, `//name/path` would be another host.
  const target = url.startsWith('/') ? url : pathOf(url);
  const { remoteAddress = '', localAddress = '', localPort } = socket;
  // A socket for both versions has addresses such as ::ffff:127.0.0.1.
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '');
  const asked = {
    method,
    path: normalized(target),
    headers: /** @type {Record<string, string>} */ (hosts.length > 1 ? { ...headers, host: hosts.join(', ') } : headers),
    peer: remoteAddress,
    local: `${isIPv6(address) ? `[${address}]` : address}:${localPort}`,
  };
  return { target, asked };
}

/**
 * The path of a target as it is in a URL, where `/a/../b` is `/b`.
 *
 * @param {string} target
 */
function normalized(target) {
  const [path] = target.split('?', 1);
  return /^(\/[\w~-][\w.~-]*)+$/.test(path) ? path : new URL(`http://localhost${target}`).pathname;
}

/**
 * What Node received, as a Request.
 *
 * @param {Exchange} exchange
 * @param {string} target
 * @param {Admitted} verdict
 * @param {AbortSignal} signal
 */
function requestOf(exchange, target, { host, base }, signal) {
  const { method } = exchange.incoming;
  const headers = withFields(new Headers(), exchange, host);
  const hasBody = begin(exchange);
  /** @type {RequestInit & { duplex?: 'half' }} */
  const init = { method, headers, signal, ...(hasBody && { body: bodyOf(exchange), duplex: 'half' }) };
  return new Request(`${base}${target}`, init);
}

/**
 * The same as a request that takes less time to make: its body becomes a stream only for whoever asks for one.
 *
 * @param {Exchange} exchange
 * @param {string} target
 * @param {Admitted} verdict
 * @param {AbortSignal} signal
 */
function lightRequestOf(exchange, target, { host, base }, signal) {
  const { method = '' } = exchange.incoming;
  if (UNSENDABLE_METHOD.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method`);
  const headers = withFields(fieldsOf(), exchange, host);
  const hasBody = begin(exchange);
  /** @type {ReadableStream<Uint8Array> | undefined} */
  let stream;
  const body = () => (hasBody ? (stream ??= /** @type {ReadableStream<Uint8Array>} */ (bodyOf(exchange))) : null);
  /** @type {LightRequest} */
  const request = {
    method,
    url: new URL(`${base}${target}`).href,
    headers,
    signal,
    get body() {
      return body();
    },
    // Nobody else has the request.
    bodyUsed: false,
    takeWhole: async () => (hasBody ? wholeBodyOf(exchange) : undefined),
    arrayBuffer: () => new Response(body()).arrayBuffer(),
    json: () => new Response(body()).json(),
  };
  return /** @type {Request} */ (/** @type {unknown} */ (request));
}

/**
 * Adds the header fields of a request, but for those that only the guard may look at.
 *
 * @param {Headers} headers
 * @param {Exchange} exchange
 * @param {string} host
 */
function withFields(headers, { incoming: { rawHeaders } }, host) {
  for (let at = 0; at < rawHeaders.length; at += 2) if (!isJudged(rawHeaders[at])) headers.append(rawHeaders[at], rawHeaders[at + 1]);
  headers.set('host', host);
  return headers;
}

/**
 * Lets a sender that asks begin with its body. Returns whether there is one.
 *
 * @param {Exchange} exchange
 */
function begin({ incoming, outgoing }) {
  if (incoming.headers.expect !== undefined) outgoing.writeContinue();
  return incoming.method !== 'GET' && incoming.method !== 'HEAD' && !isEmpty(incoming);
}

/**
 * Proxies send whole URLs, and `OPTIONS *` asks about the server itself.
 *
 * @param {string} target
 */
function pathOf(target) {
  if (target === '*') return '/';
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** @param {IncomingMessage} incoming */
const isEmpty = ({ headers }) => headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0);

/**
 * A short body as a whole.
 *
 * @param {Exchange} exchange
 * @returns {Promise<ArrayBuffer>}
 */
const wholeBodyOf = (exchange) =>
  new Promise((resolve, reject) => {
    const { incoming } = exchange;
    /** @type {Buffer[]} */
    const pieces = [];
    const fail = (/** @type {unknown} */ error = undefined) => reject(error ?? new Error('the connection broke off'));
    exchange.fail = fail;
    exchange.leave = () => {
      fail(new Error('the request is over'));
      drain(incoming);
    };
    incoming.on('data', (piece) => {
      exchange.received += piece.length;
      pieces.push(piece);
    });
    incoming.on('end', () => {
      const whole = new Uint8Array(exchange.received);
      let at = 0;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      resolve(whole.buffer);
    });
    incoming.on('error', fail);
    // A body that breaks off must end with an error, not as if it were complete.
    incoming.on('close', () => fail());
  });

/**
 * The body as a stream that reads from the socket only what is asked for, and a little ahead.
 *
 * @param {Exchange} exchange
 * @returns {ReadableStream<ArrayBufferView>}
 */
function bodyOf(exchange) {
  const { incoming } = exchange;
  let isOver = false;
  return new ReadableStream(
    {
      start(controller) {
        const end = (/** @type {() => void} */ finish) => {
          if (isOver) return;
          isOver = true;
          finish();
        };
        exchange.leave = () => {
          fail(new Error('the request is over'));
          drain(incoming);
        };
        incoming.on('data', (chunk) => {
          exchange.received += chunk.length;
          if (isOver) return;
          controller.enqueue(chunk);
          if (Number(controller.desiredSize) <= 0) incoming.pause();
        });
        incoming.pause();
        incoming.on('end', () => end(() => controller.close()));
        // A body that breaks off must end with an error, not as if it were complete.
        const fail = (/** @type {unknown} */ error = undefined) => end(() => controller.error(error ?? new Error('the connection broke off')));
        exchange.fail = fail;
        incoming.on('error', fail);
        incoming.on('close', () => fail());
      },
      pull() {
        incoming.resume();
      },
      cancel() {
        isOver = true;
        drain(incoming);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }),
  );
}

/**
 * Reads the rest of a body and discards it, for a while.
 *
 * @param {IncomingMessage} incoming
 */
function drain(incoming) {
  if (incoming.readableEnded || incoming.destroyed) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), DRAIN_MS);
  timer.unref();
  incoming.on('close', () => clearTimeout(timer));
}

/**
 * @param {Exchange} exchange
 * @param {boolean} isLast
 */
async function send(exchange, isLast) {
  const { incoming, outgoing, verdict } = exchange;
  const response = /** @type {Response} */ (exchange.response);
  const { status, headers, body } = response;
  const fields = verdict && !verdict.refusal ? protect(headers, verdict) : [...headers];
  // Its receiver has left already.
  if (outgoing.destroyed) return body?.cancel();
  if (isLast) fields.push(['connection', 'close']);
  outgoing.writeHead(status, fields.flat());
  const whole = wholeOf(response);
  if (whole && incoming.method !== 'HEAD') {
    exchange.sent += whole.length;
    outgoing.end(whole);
    return;
  }
  if (incoming.method === 'HEAD' || !body) {
    await body?.cancel();
    outgoing.end();
    return;
  }
  const reader = body.getReader();
  // Also when the receiver leaves in the middle, so that the body releases its resources.
  outgoing.on('close', () => reader.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    exchange.sent += value.length;
    if (!outgoing.write(value) && !outgoing.destroyed) await room(outgoing);
  }
  outgoing.end();
}

/**
 * Waits until the socket has room, or is closed.
 *
 * @param {ServerResponse} outgoing
 * @returns {Promise<void>}
 */
const room = (outgoing) =>
  new Promise((resolve) => {
    const go = () => {
      outgoing.off('drain', go);
      outgoing.off('close', go);
      resolve();
    };
    outgoing.on('drain', go);
    outgoing.on('close', go);
  });
