// The WebAssembly module of the manager and everything that goes in and out of it.
//
// The module is synchronous; several requests are under way at once because their bodies come in pieces. It keeps nothing
// that lasts: after a trap the next call starts another instance on the same storage, as after a crash, and the requests
// that were under way fail.
import instantiate from '#manager-glue';

// A piece of a body on its way in: large enough to be worth a call, small enough to keep the module's memory small.
const PIECE = 256 * 1024;

/**
 * Starts the module. `fail(code, message, cause)` makes the error of a refusal, `changed()` is told after whatever may have
 * changed something.
 */
export function createEngine({ module, storage, settings, clock, fail, pictures, changed }) {
  const host = Object.assign(storage.host, {
    now: () => clock.now(),
    random(buffer) {
      // Some engines fill at most 64 KiB at once.
      for (let start = 0; start < buffer.length; start += 65536) {
        crypto.getRandomValues(buffer.subarray(start, start + 65536));
      }
    },
  });
  const text = JSON.stringify({ ...settings, durable: storage.durable });
  let core;
  // Which instance is running: numbers of requests mean nothing to the next one.
  let generation = 0;
  let isClosed = false;

  const closed = () => fail('MANAGER_CLOSED', 'The manager is closed');

  function begin() {
    const instance = instantiate(module);
    storage.attach?.(instance);
    instance.start(host, text);
    core = instance;
  }

  /**
   * Runs `use(core)`, on a fresh instance where the last one broke. `expected` is the generation to which the numbers in it
   * belong. What the module throws on purpose are arrays; anything else is a trap, or comes from within the glue.
   */
  function enter(use, expected = generation) {
    if (isClosed) throw closed();
    if (expected !== generation) throw restarted();
    try {
      if (!core) begin();
      return use(core);
    } catch (thrown) {
      if (Array.isArray(thrown)) throw fail(thrown[0], thrown[1]);
      core = undefined;
      generation += 1;
      storage.recover?.();
      throw restarted(thrown);
    }
  }

  const restarted = (cause) =>
    fail('MANAGER_RESTARTED', 'The Media Manager had to be restarted; what was under way is lost', cause);

  try {
    enter(() => {});
  } catch (error) {
    storage.close();
    throw error;
  }

  /** Answers a request. Rejects when its body breaks off. */
  async function respond(request) {
    const url = new URL(request.url);
    const headers = [...request.headers].flat();
    if (!request.headers.has('host')) headers.push('host', url.host);
    if (url.protocol === 'https:' && !request.headers.has('x-forwarded-proto')) headers.push('x-forwarded-proto', 'https');
    const begin = () => {
      own = generation;
      return enter(() => core.open(request.method, url.pathname, url.search.slice(1), headers), own);
    };
    let own;
    let outcome;
    if (storage.prepare && request.method !== 'GET') {
      const blobs = () => control('blobsOf', { path: url.pathname });
      if (request.method === 'PUT' || request.method === 'PATCH') {
        // Their bytes take as long as they take; a new blob is taken before the first of them.
        const intake = await prepared(blobs, begin);
        outcome = await fill(intake, request, own);
      } else {
        outcome = await prepared(blobs, () => fill(begin(), request, own));
      }
    } else {
      outcome = await fill(begin(), request, own);
    }
    const [status, names, body, delay, transform] = outcome;
    if (request.method !== 'GET' && request.method !== 'HEAD') changed();
    const response = transform ? await pictured(request, transform, names, body, own) : responseOf(status, names, body, own);
    // The slowness of a fault is real time: whoever waits for an answer does not see the clock of the manager.
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    return response;
  }

  let before = Promise.resolve();
  /**
   * Runs `use` once the storage has opened these blobs and some new ones; one after the other, since nobody else may take
   * the new ones in between.
   */
  function prepared(blobs, use, count) {
    const turn = before.then(async () => {
      await storage.prepare?.(blobs(), count);
      return use();
    });
    before = turn.catch(() => {});
    return turn;
  }

  /** Gives an intake its bytes, and what `close` answers. `ready` is waited for before each piece. */
  async function fill(intake, source, own, ready) {
    try {
      const feed = (piece) => enter(() => core.feed(intake, piece), own);
      await takeIn(source, feed, ready);
      const picture = enter(() => core.picture(intake), own);
      const colors = picture && (await pictures.colors(() => whole(...picture)));
      if (colors) enter(() => core.color(intake, JSON.stringify(colors)), own);
    } catch (error) {
      if (own === generation && !isClosed) enter(() => core.abandon(intake), own);
      throw error;
    }
    return enter(() => core.close(intake), own);
  }

  /** A blob in one piece. */
  async function whole(name, size) {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const piece = await storage.read(name, at, Math.min(size - at, PIECE));
      if (piece.length === 0) throw fail('STORAGE_FAILED', 'The bytes of the file are gone');
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /** What is made of the picture in a body; its tag names the picture, what is made of it, and the format. */
  async function pictured(request, transform, names, body, own) {
    const headers = headersOf(names);
    let isRead = false;
    const read = async () => {
      isRead = true;
      return new Uint8Array(await new Response(stream(body, own)).arrayBuffer());
    };
    try {
      const accept = request.headers.get('accept') ?? '';
      const { type, bytes } = await pictures.transform(headers.get('etag'), transform, accept, read);
      headers.set('content-type', type);
      headers.set('content-length', bytes.length);
      return new Response(request.method === 'HEAD' ? null : bytes, { headers });
    } catch (error) {
      if (!error.status) throw error;
      for (const name of ['etag', 'last-modified', 'cache-control', 'content-length']) headers.delete(name);
      headers.set('content-type', 'text/plain; charset=utf-8');
      return new Response(error.message, { status: error.status, headers });
    } finally {
      if (!isRead && own === generation && !isClosed) enter(() => core.release(body), own);
    }
  }

  function headersOf(names) {
    const headers = new Headers();
    for (let at = 0; at < names.length; at += 2) headers.append(names[at], names[at + 1]);
    return headers;
  }

  function responseOf(status, names, body, own, ended) {
    const headers = headersOf(names);
    if (typeof body !== 'number') {
      const isEmpty = status === 204 || status === 304 || body.length === 0;
      return new Response(isEmpty ? null : body, { status, headers });
    }
    return new Response(stream(body, own, ended), { status, headers });
  }

  /** The bytes of a body that is in the storage; `ended` is told when nobody reads on. */
  function stream(body, own, ended) {
    let pieces = [];
    let isDone = false;
    const more = () => {
      pieces = enter(() => core.pieces(body), own);
      isDone = pieces.length === 0;
      for (const piece of pieces) if (Array.isArray(piece)) storage.pin(piece[0]);
    };
    const end = () => {
      for (const piece of pieces) if (Array.isArray(piece)) storage.unpin(piece[0]);
      pieces = [];
      if (own === generation && !isClosed) ended?.();
    };
    // At once, so that nobody removes the blobs before the first byte is asked for.
    more();
    return new ReadableStream(
      {
        async pull(controller) {
          try {
            for (;;) {
              if (pieces.length === 0 && !isDone) more();
              if (isDone) {
                end();
                return controller.close();
              }
              const [piece] = pieces;
              if (!Array.isArray(piece)) {
                pieces.shift();
                if (piece.length === 0) continue;
                return controller.enqueue(piece);
              }
              const [name, offset, left] = piece;
              const bytes = await storage.read(name, offset, Math.min(left, PIECE));
              // Cancelled while it was read.
              if (pieces[0] !== piece) return undefined;
              if (bytes.length === 0) throw fail('STORAGE_FAILED', 'The bytes of the file are gone');
              piece[1] += bytes.length;
              piece[2] -= bytes.length;
              if (piece[2] === 0) {
                pieces.shift();
                storage.unpin(name);
              }
              return controller.enqueue(bytes);
            }
          } catch (error) {
            end();
            throw error;
          }
        },
        cancel() {
          end();
          if (own === generation && !isClosed) enter(() => core.release(body), own);
        },
      },
      { highWaterMark: 0 },
    );
  }

  function control(name, input) {
    return JSON.parse(enter(() => core.control(name, JSON.stringify(input ?? {}))));
  }

  return {
    respond,
    control,
    /**
     * Takes bytes that are no request's: `open(core)` gives the number of the intake. `blobs` says how many a storage has to
     * prepare for a piece of them, where that is more than usual.
     */
    async receive(open, source, blobs) {
      const own = generation;
      const ready = async () => storage.prepare?.([], blobs);
      const intake = await prepared(() => [], () => enter(() => open(core), own), blobs);
      const [status, names, body] = await fill(intake, source, own, blobs && ready);
      changed();
      return responseOf(status, names, body, own);
    },
    /** Sends what is no answer to a request: `ask(core)` gives what `close` gives, `ended(rest)` is told when it was sent. */
    send(ask, ended) {
      const own = generation;
      const [status, names, body, ...rest] = enter(() => ask(core), own);
      return responseOf(status, names, body, own, () => ended?.(rest));
    },
    /** Breaks the instance, as a fault would: for tests of what happens then. */
    trap() {
      try {
        enter(() => {
          throw new WebAssembly.RuntimeError('on purpose');
        });
      } catch (error) {
        return error;
      }
      return undefined;
    },
    close() {
      if (isClosed) return;
      try {
        core?.stop();
      } finally {
        core = undefined;
        isClosed = true;
        storage.close();
      }
    },
  };
}

/**
 * Hands the bytes of a body to `feed`, until it wants no more. `source` is a Request, a Response, a Blob, a stream, or bytes;
 * where there is something to be `ready` for, the pieces are small.
 */
async function takeIn(source, feed, ready) {
  const most = ready ? 16 * 1024 : PIECE;
  const give = async (bytes) => {
    for (let start = 0; start < bytes.length; start += most) {
      if (ready) await ready();
      if (!feed(bytes.subarray(start, start + most))) return false;
    }
    return true;
  };
  if (source === undefined || source === null) return;
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return void (await give(viewOf(source)));
  const stream = source instanceof ReadableStream ? source : source instanceof Blob ? source.stream() : source.body;
  if (!stream) {
    // Some engines have requests without streams.
    if (stream === undefined && source.arrayBuffer) await give(new Uint8Array(await source.arrayBuffer()));
    return;
  }
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!(await give(viewOf(value)))) return void reader.cancel().catch(() => {});
  }
}

const viewOf = (value) =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
