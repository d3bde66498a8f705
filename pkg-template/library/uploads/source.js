// What is uploaded: one way to read bytes, whatever they come from.

/** How many bytes are read at a time. */
const PIECE = 256 * 1024;

const textEncoder = new TextEncoder();

/**
 * Makes a source of what a caller hands over. A source has `name`, `type`, `size` (undefined for a stream that does not
 * tell), `modified`, `path` where it is a file of this machine, `isRepeatable` where its bytes can be read again, and
 *
 * - `bytes(from, to)`: these bytes,
 * - `pieces(from, to)`: the same in pieces,
 * - `blob(from, to)`: the same as a Blob, where that costs nothing,
 * - `forget(offset)`: bytes before it will not be asked for again,
 * - `close()`.
 */
export async function open(given, { refuse, disk }) {
  if (given instanceof Blob) return ofBlob(given);
  if (given instanceof ArrayBuffer || isShared(given)) return ofBytes(new Uint8Array(given));
  if (ArrayBuffer.isView(given)) return ofBytes(new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
  if (typeof given === 'string' || given instanceof URL) {
    if (!disk) throw refuse('source', 'must not be a path here: only Node, Bun and Deno can open one');
    if (given instanceof URL && given.protocol !== 'file:') throw refuse('source', 'must be a file: URL or a path');
    return (await disk()).openFile(given, PIECE);
  }
  // FileSystemFileHandle
  if (given?.kind === 'file' && typeof given.getFile === 'function') return ofBlob(await given.getFile());
  if (typeof Response === 'function' && given instanceof Response) return ofResponse(given, refuse);
  if (typeof given?.getReader === 'function') return new Stream(readerOf(given));
  if (typeof given?.[Symbol.asyncIterator] === 'function') return new Stream(given[Symbol.asyncIterator](), { name: nameOfPath(given.path) });
  throw refuse('source', 'must be a File, Blob, ArrayBuffer, typed array, stream, Response or path');
}

const isShared = (given) => typeof SharedArrayBuffer === 'function' && given instanceof SharedArrayBuffer;

const nameOfPath = (path) => (typeof path === 'string' ? path.split(/[\\/]/).pop() : undefined);

function ofBytes(bytes) {
  return {
    size: bytes.length,
    isRepeatable: true,
    bytes: async (from, to) => bytes.subarray(from, to),
    async *pieces(from, to) {
      for (let at = from; at < to; at += PIECE) yield bytes.subarray(at, Math.min(at + PIECE, to));
    },
    forget() {},
    async close() {},
  };
}

function ofBlob(blob) {
  const bytes = async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer());
  return {
    name: blob.name,
    type: blob.type,
    size: blob.size,
    modified: blob.lastModified,
    isRepeatable: true,
    bytes,
    async *pieces(from, to) {
      for (let at = from; at < to; at += PIECE) yield await bytes(at, Math.min(at + PIECE, to));
    },
    blob: (from, to) => blob.slice(from, to),
    forget() {},
    async close() {},
  };
}

function ofResponse(response, refuse) {
  if (!response.ok) throw refuse('source', `is a Response with status ${response.status}`);
  const { headers, body, url } = response;
  if (response.bodyUsed) throw refuse('source', 'is a Response whose body has been read');
  // The length on the way is not that of the bytes behind a compression.
  const length = headers.get('content-encoding') ? null : headers.get('content-length');
  const size = body ? (/^\d+$/.test(length ?? '') ? Number(length) : undefined) : 0;
  const [, named] = /filename="?([^";]+)/.exec(headers.get('content-disposition') ?? '') ?? [];
  const name = named ?? lastSegment(url);
  return new Stream(body ? readerOf(body) : [][Symbol.iterator](), { name, type: headers.get('content-type') ?? undefined, size });
}

function lastSegment(url) {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').pop()) || undefined;
  } catch {
    return undefined;
  }
}

/** The chunks of a ReadableStream, also where it cannot be iterated. */
function readerOf(stream) {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    return: async () => {
      await reader.cancel();
      return { done: true };
    },
  };
}

const bytesOf = (chunk) => {
  if (typeof chunk === 'string') return textEncoder.encode(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return new Uint8Array(chunk);
};

/** A source that can be read once. It keeps what was read until it is forgotten. */
class Stream {
  #chunks;
  #kept = [];
  #start = 0;
  #end = 0;
  #isOver = false;

  constructor(chunks, { name, type, size } = {}) {
    this.#chunks = chunks;
    this.name = name;
    this.type = type;
    this.size = size;
    this.isRepeatable = false;
    this.isStream = true;
  }

  /** Reads on until `to` bytes have been there, or all. Answers whether the stream is over. */
  async reach(to) {
    while (!this.#isOver && this.#end < to) {
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.#isOver = true;
        break;
      }
      const bytes = bytesOf(value);
      if (bytes.length === 0) continue;
      this.#kept.push(bytes);
      this.#end += bytes.length;
    }
    if (this.#isOver && this.size === undefined) {
      this.size = this.#end;
      // All of it is still here.
      this.isRepeatable = this.#start === 0;
    }
    return this.#isOver;
  }

  async *pieces(from, to) {
    if (from < this.#start) throw new RangeError('These bytes of the stream are gone');
    for (let at = from; at < to; ) {
      await this.reach(at + 1);
      if (at >= this.#end) return;
      const piece = this.#at(at, to);
      at += piece.length;
      yield piece;
    }
  }

  /** The kept bytes at an offset, as many as are in one chunk. */
  #at(offset, to) {
    let start = this.#start;
    for (const chunk of this.#kept) {
      if (offset < start + chunk.length) return chunk.subarray(offset - start, Math.min(chunk.length, to - start));
      start += chunk.length;
    }
    return new Uint8Array();
  }

  async bytes(from, to) {
    const all = [];
    let length = 0;
    for await (const piece of this.pieces(from, to)) {
      all.push(piece);
      length += piece.length;
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of all) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  forget(offset) {
    while (this.#kept.length > 0 && this.#start + this.#kept[0].length <= offset) {
      this.#start += this.#kept.shift().length;
      this.isRepeatable = false;
    }
  }

  async close() {
    if (!this.#isOver) await this.#chunks.return?.();
    this.#kept = [];
  }
}

/** Sums up the bytes of a source along with their sending, and reads by itself only what it has not seen. */
export class Seen {
  #source;
  #sum;
  #at = 0;

  constructor(source, sum) {
    this.#source = source;
    this.#sum = sum;
  }

  /** Bytes that are at this offset of the source. */
  take(offset, bytes) {
    const known = this.#at - offset;
    if (known < 0 || known >= bytes.length) return;
    this.#sum.add(known > 0 ? bytes.subarray(known) : bytes);
    this.#at = offset + bytes.length;
  }

  /** The sum of the whole source. */
  async end(signal) {
    this.ended ??= await this.#end(signal);
    return this.ended;
  }

  async #end(signal) {
    const { size } = this.#source;
    for await (const piece of this.#source.pieces(this.#at, size)) {
      signal?.throwIfAborted();
      this.take(this.#at, piece);
    }
    return this.#sum.end();
  }
}
