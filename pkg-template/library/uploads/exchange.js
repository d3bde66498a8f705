// Requests to the hosts of uploads and downloads, which take their permission from the URL: no credentials go there.

/** Whoever has no XMLHttpRequest is no page, and can send a stream. */
const isBrowser = typeof XMLHttpRequest === 'function' || typeof ServiceWorkerGlobalScope === 'function';

// What a connection may be slow by, when nothing can be seen of its progress: bytes in a millisecond.
const SLOWEST = 10;

/** The milliseconds that a Retry-After header asks for; NaN when it asks for none. */
export function retryAfter(text) {
  if (text === null || text === undefined || text === '') return NaN;
  return Number.isFinite(Number(text)) ? text * 1000 : Date.parse(text) - Date.now();
}

/** The signal of the caller and a stop of our own. */
export function linked(signal) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => signal?.removeEventListener('abort', abort),
  };
}

/**
 * Sends one request. `body` is a text, or `{ source, from, to }` for bytes of a source, of which `onSent(bytes)` is told how
 * many have left and `onBytes(offset, bytes)` which they were, where that can be seen. The request is given up when nothing
 * moves for `stallMs`. Resolves to `{ status, header(name), bytes, response }`.
 */
export async function exchange(shared, name, { url, method, headers = {}, body, signal, stallMs, onSent, onBytes }) {
  const { on, tell } = shared;
  const about = { operation: name, method, url: redactedUrl(url), attempt: 1 };
  if (on.request) tell(on.request, { ...about, headers: { ...headers } });
  const own = linked(signal);
  let timer;
  const moved = (extra = 0) => {
    clearTimeout(timer);
    timer = setTimeout(() => own.abort(new DOMException('Nothing moved any more', 'TimeoutError')), stallMs + extra);
  };
  moved();
  const request = { url, method, headers, signal: own.signal, moved, onSent, onBytes };
  try {
    const answer =
      isBrowser && shared.isPlain && body?.source ? await byRequest(request, body) : await byFetch(shared, request, body);
    if (on.response) {
      tell(on.response, { ...about, status: answer.status, requestId: answer.header('x-wix-request-id') || undefined });
    }
    return answer;
  } catch (error) {
    throw request.fault ?? error;
  } finally {
    clearTimeout(timer);
    own.release();
  }
}

/** Only the host: the rest of such a URL is a permission. */
function redactedUrl(url) {
  try {
    return `${new URL(url).origin}/[redacted]`;
  } catch {
    return '[redacted]';
  }
}

async function byFetch(shared, request, body) {
  const { url, method, headers, signal, moved } = request;
  const init = { method, headers, signal };
  if (typeof body === 'string') init.body = body;
  else if (body) {
    const { source, from, to } = body;
    const length = to === undefined ? undefined : to - from;
    if (length === undefined || shared.isOwn || (shared.isPlain && !isBrowser)) {
      init.body = streamOf(shared, source, from, to ?? Infinity, request);
      init.duplex = 'half';
      // fetch does not know the length of a stream, and not every host takes a body without one.
      if (length !== undefined) init.headers = { ...headers, 'Content-Length': String(length) };
    } else {
      moved(length / SLOWEST);
      init.body = await wholeOf(body, request.onBytes);
    }
  }
  const response = await shared.send(url, init);
  moved();
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, header: (name) => response.headers.get(name), bytes, response };
}

/** The bytes of a source as one body. */
async function wholeOf({ source, from, to }, onBytes) {
  if (source.blob) return source.blob(from, to);
  const bytes = await source.bytes(from, to);
  onBytes?.(from, bytes);
  return bytes;
}

/** The bytes of a source as a body that can be watched. */
function streamOf(shared, source, from, to, request) {
  const { moved, onSent, onBytes, signal } = request;
  const pieces = source.pieces(from, to);
  let at = from;
  // The next piece is read while this one is sent.
  let ahead;
  const read = () => {
    ahead = pieces.next();
    ahead.catch(() => {});
  };
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          signal.throwIfAborted();
          if (!ahead) read();
          const { done, value } = await ahead;
          if (done) {
            if (to !== Infinity && at < to) throw new RangeError('The source is shorter than it was');
            return controller.close();
          }
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
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Pages see the progress of a body only by the older interface. */
function byRequest({ url, method, headers, signal, moved, onSent, onBytes }, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
      reject(signal.reason);
    };
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
      const header = (name) => request.getResponseHeader(name);
      const response = { status, statusText, headers: { get: header } };
      end(resolve, { status, header, bytes: new Uint8Array(request.response ?? 0), response });
    };
    request.onerror = () => end(reject, new TypeError('The connection failed'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    wholeOf(body, onBytes).then(
      (whole) => request.send(whole),
      (error) => end(reject, error),
    );
  });
}

/** A wait that a signal cuts short. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, Math.min(ms, 2 ** 31 - 1));
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
  });
}
