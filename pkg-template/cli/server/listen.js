// Node's HTTP server around anything that answers a Request with a Response. Bodies are streamed in both directions,
// and never faster than the slower side.
import { createServer } from 'node:http';

/** How long the head of a request may take, so that slow senders cannot hold connections. */
const HEAD_MS = 20_000;
/** How long a connection may be silent in the middle of a request or answer. */
const SILENCE_MS = 120_000;
/** Longer than the minute for which proxies and clients keep a connection, so that theirs is the side that closes. */
const KEEP_ALIVE_MS = 65_000;
/** How many bytes of a body may wait for their reader. */
const READ_AHEAD = 256 * 1024;
/** An upload that was refused early is read on for this long, or its sender would never see the answer. */
const LEFTOVER_MS = 10_000;

/**
 * Starts a server. `answer` is the fetch handler; `onEnd` is told of each request when it is over. The result has
 * `port`, `pending` (how many requests are under way) and `stop`.
 *
 * @example
 * const server = await listen(manager.fetch, { host: '127.0.0.1', port: 0 });
 */
export async function listen(answer, { host, port, onEnd = () => {} }) {
  const underWay = new Set();
  let stopping = false;

  const server = createServer({ keepAlive: true, noDelay: true }, async (incoming, outgoing) => {
    const exchange = { incoming, outgoing, started: performance.now(), received: 0, sent: 0 };
    exchange.leave = () => drop(incoming);
    underWay.add(exchange);
    const gone = new AbortController();
    outgoing.on('close', () => {
      underWay.delete(exchange);
      // A body that nobody reads any more must not keep the connection from its next request.
      exchange.leave();
      if (!outgoing.writableFinished) gone.abort(new Error('the client has gone'));
      onEnd(exchange);
      if (stopping) server.closeIdleConnections();
    });
    try {
      exchange.response = await ask(answer, exchange, gone.signal);
      await send(exchange, stopping);
    } catch (error) {
      exchange.error = error;
      // What is half sent has to look broken to its receiver.
      outgoing.destroy();
    }
  });
  server.headersTimeout = HEAD_MS;
  // An upload may take hours; what must not happen is silence.
  server.requestTimeout = 0;
  server.timeout = SILENCE_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    port: server.address().port,
    get pending() {
      return underWay.size;
    },
    /**
     * Takes no more connections, lets what is under way finish for `graceMs`, and then ends the rest. Endless answers,
     * streams of events, end at once.
     */
    async stop({ graceMs = Infinity, signal } = {}) {
      stopping = true;
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

const isEndless = (response) => response?.headers.get('content-type')?.startsWith('text/event-stream');

/** Asks `answer`; whatever goes wrong before the answer begins becomes an answer too. */
async function ask(answer, exchange, signal) {
  let request;
  try {
    request = requestOf(exchange, signal);
  } catch (error) {
    return problem(400, `This is no request that can be answered: ${error.message}`);
  }
  try {
    return await answer(request);
  } catch (error) {
    exchange.error = error;
    return problem(500, 'Something unexpected happened; the log of the server says more.');
  }
}

const problem = (status, message) => Response.json({ message, details: {} }, { status });

/** The Request of what Node received. */
function requestOf(exchange, signal) {
  const { incoming } = exchange;
  const { method, url: target, rawHeaders, socket } = incoming;
  const host = incoming.headers.host ?? `${socket.localAddress}:${socket.localPort}`;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at], rawHeaders[at + 1]);
  // By hand: as a relative reference, `//name/path` would be another host.
  const path = target.startsWith('/') ? target : pathOf(target);
  const hasBody = method !== 'GET' && method !== 'HEAD' && !isEmpty(incoming);
  return new Request(`http://${host}${path}`, {
    method,
    headers,
    signal,
    ...(hasBody && { body: bodyOf(exchange), duplex: 'half' }),
  });
}

/** Proxies send whole URLs, and `OPTIONS *` asks about the server itself. */
function pathOf(target) {
  if (target === '*') return '/';
  const { pathname, search } = new URL(target);
  return pathname + search;
}

const isEmpty = ({ headers }) => headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0);

/** The body as a stream that takes from the socket only what is asked for, and a little ahead. */
function bodyOf(exchange) {
  const { incoming } = exchange;
  let isOver = false;
  return new ReadableStream(
    {
      start(controller) {
        const end = (finish) => {
          if (isOver) return;
          isOver = true;
          finish();
        };
        exchange.leave = () => {
          fail(new Error('the request is over'));
          drop(incoming);
        };
        incoming.on('data', (chunk) => {
          exchange.received += chunk.length;
          if (isOver) return;
          controller.enqueue(chunk);
          if (controller.desiredSize <= 0) incoming.pause();
        });
        incoming.pause();
        incoming.on('end', () => end(() => controller.close()));
        // A body that breaks off ends with an error, of which the close alone would not tell.
        const fail = (error) => end(() => controller.error(error ?? new Error('the connection broke off')));
        incoming.on('error', fail);
        incoming.on('close', () => fail());
      },
      pull() {
        incoming.resume();
      },
      cancel() {
        isOver = true;
        drop(incoming);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }),
  );
}

/** Reads what is left of a body and forgets it, for a while. */
function drop(incoming) {
  if (incoming.readableEnded || incoming.destroyed) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), LEFTOVER_MS);
  timer.unref();
  incoming.on('close', () => clearTimeout(timer));
}

async function send(exchange, isLast) {
  const { response, incoming, outgoing } = exchange;
  const { status, headers, body } = response;
  const fields = [...headers];
  if (isLast) fields.push(['connection', 'close']);
  outgoing.writeHead(status, fields.flat());
  if (incoming.method === 'HEAD' || !body) {
    await body?.cancel();
    outgoing.end();
    return;
  }
  if (isEndless(response)) outgoing.socket.setTimeout(0);
  const reader = body.getReader();
  // Also when the receiver leaves in the middle, so that what the body holds is given back.
  outgoing.on('close', () => reader.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    exchange.sent += value.length;
    if (!outgoing.write(value) && !outgoing.destroyed) await room(outgoing);
  }
  outgoing.end();
}

/** Waits until there is room for more, or nobody who would take it. */
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
