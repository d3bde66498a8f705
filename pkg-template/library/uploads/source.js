// Sources of uploads: one way to read bytes, whatever they come from.
import { breathe } from '../../streams/breathe.js';

/** @import { Api, Digest, Source, SourceDigest } from '../internal.d.ts' */

/** @typedef {(field: string, description: string) => Error} Refuse */
/** @typedef {{ next(): Promise<{ done?: boolean, value?: any }> | { done?: boolean, value?: any }, return?(): unknown }} Chunks */

/** How many bytes are read at a time. */
const PIECE_SIZE = 256 * 1024;

const textEncoder = new TextEncoder();

/**
 * Makes a source of whatever a caller passes.
 *
 * @param {any} given
 * @param {{ refuse: Refuse, disk: Api['disk'] }} context
 * @returns {Promise<Source>}
 */
export async function open(given, { refuse, disk }) {
  if (given instanceof Blob) return ofBlob(given);
  if (given instanceof ArrayBuffer || isShared(given)) return ofBytes(new Uint8Array(given));
  if (ArrayBuffer.isView(given)) return ofBytes(bytesOf(given));
  if (typeof given === 'string' || given instanceof URL) {
    if (!disk) throw refuse('source', 'must not be a path here: only Node, Bun and Deno can open one');
    if (given instanceof URL && given.protocol !== 'file:') throw refuse('source', 'must be a file: URL or a path');
    return (await disk()).openFile(given);
  }
  // FileSystemFileHandle
  if (given?.kind === 'file' && typeof given.getFile === 'function') return ofBlob(await given.getFile());
  if (typeof Response === 'function' && given instanceof Response) return ofResponse(given, refuse);
  if (typeof given?.getReader === 'function') return new Stream(readerOf(given));
  if (typeof given?.[Symbol.asyncIterator] === 'function') return new Stream(given[Symbol.asyncIterator](), { name: nameOfPath(given.path) });
  throw refuse('source', 'must be a File, Blob, ArrayBuffer, typed array, stream, Response or path');
}

/** @param {unknown} given */
const isShared = (given) => typeof SharedArrayBuffer === 'function' && given instanceof SharedArrayBuffer;

/** @param {unknown} path */
const nameOfPath = (path) => (typeof path === 'string' ? path.split(/[\\/]/).pop() : undefined);

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Source}
 */
function ofBytes(bytes) {
  return {
    size: bytes.length,
    isRepeatable: true,
    bytes: async (from, to) => bytes.subarray(from, to),
    async *pieces(from, to) {
      for (let at = from; at < to; at += PIECE_SIZE) yield bytes.subarray(at, Math.min(at + PIECE_SIZE, to));
    },
    forget() {},
    async close() {},
  };
}

/**
 * @param {Blob & { name?: string, lastModified?: number }} blob
 * @returns {Source}
 */
function ofBlob(blob) {
  const bytes = async (/** @type {number} */ from, /** @type {number} */ to) => new Uint8Array(await blob.slice(from, to).arrayBuffer());
  return {
    name: blob.name,
    type: blob.type,
    size: blob.size,
    modified: blob.lastModified,
    isRepeatable: true,
    bytes,
    async *pieces(from, to) {
      for (let at = from; at < to; at += PIECE_SIZE) yield await bytes(at, Math.min(at + PIECE_SIZE, to));
    },
    blob: (from, to) => blob.slice(from, to),
    forget() {},
    async close() {},
  };
}

/**
 * @param {Response} response
 * @param {Refuse} refuse
 */
function ofResponse(response, refuse) {
  if (!response.ok) throw refuse('source', `is a Response with status ${response.status}`);
  const { headers, body, url } = response;
  if (response.bodyUsed) throw refuse('source', 'is a Response whose body has been read');
  // The length of a compressed body is not that of its content.
  const length = headers.get('content-encoding') ? null : headers.get('content-length');
  const size = body ? (/^\d+$/.test(length ?? '') ? Number(length) : undefined) : 0;
  const [, named] = /filename="?([^";]+)/.exec(headers.get('content-disposition') ?? '') ?? [];
  const name = named ?? lastSegment(url);
  return new Stream(body ? readerOf(body) : [][Symbol.iterator](), { name, type: headers.get('content-type') ?? undefined, size });
}

/** @param {string} url */
function lastSegment(url) {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The chunks of a ReadableStream, also where it cannot be iterated.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {Chunks}
 */
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

/**
 * @param {any} chunk
 * @returns {Uint8Array<ArrayBuffer>}
 */
const bytesOf = (chunk) => {
  if (typeof chunk === 'string') return textEncoder.encode(chunk);
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(/** @type {ArrayBuffer} */ (chunk.buffer), chunk.byteOffset, chunk.byteLength);
  }
  return new Uint8Array(chunk);
};

/**
 * A source that can be read once. Bytes that have been read are kept until they are forgotten.
 *
 * @implements {Source}
 */
class Stream {
  #chunks;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #kept = [];
  #start = 0;
  #end = 0;
  #isOver = false;

  /**
   * @param {Chunks} chunks
   * @param {{ name?: string, type?: string, size?: number }} [about]
   */
  constructor(chunks, { name, type, size } = {}) {
    this.#chunks = chunks;
    this.name = name;
    this.type = type;
    this.size = size;
    this.isRepeatable = false;
    this.isStream = true;
  }

  /** @param {number} to */
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
      // All of it is still kept.
      this.isRepeatable = this.#start === 0;
    }
    return this.#isOver;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async *pieces(from, to) {
    if (from < this.#start) throw new RangeError('cannot read the stream again from its beginning');
    for (let at = from; at < to; ) {
      await this.reach(at + 1);
      if (at >= this.#end) return;
      const piece = this.#at(at, to);
      at += piece.length;
      yield piece;
    }
  }

  /**
   * The kept bytes at an offset, as many as are in one chunk.
   *
   * @param {number} offset
   * @param {number} to
   */
  #at(offset, to) {
    let start = this.#start;
    for (const chunk of this.#kept) {
      if (offset < start + chunk.length) return chunk.subarray(offset - start, Math.min(chunk.length, to - start));
      start += chunk.length;
    }
    return new Uint8Array();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
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

  /** @param {number} offset */
  forget(offset) {
    for (let [first] = this.#kept; first && this.#start + first.length <= offset; [first] = this.#kept) {
      this.#start += first.length;
      this.#kept.shift();
      this.isRepeatable = false;
    }
  }

  async close() {
    if (!this.#isOver) await this.#chunks.return?.();
    this.#kept = [];
  }
}

/**
 * Digests the bytes of a source along with their sending, and reads by itself only what it has not seen.
 *
 * @implements {SourceDigest}
 */
export class RunningDigest {
  #source;
  #digest;
  #at = 0;
  /**
   * Not a promise: a read that was aborted can be tried again.
   *
   * @type {string | undefined}
   */
  #result;

  /**
   * @param {Source} source
   * @param {Digest} digest
   */
  constructor(source, digest) {
    this.#source = source;
    this.#digest = digest;
  }

  /**
   * @param {number} offset
   * @param {Uint8Array} bytes
   */
  take(offset, bytes) {
    const known = this.#at - offset;
    if (known < 0 || known >= bytes.length) return;
    this.#digest.add(known > 0 ? bytes.subarray(known) : bytes);
    this.#at = offset + bytes.length;
  }

  /** @param {AbortSignal} [signal] */
  async end(signal) {
    return (this.#result ??= await this.#end(signal));
  }

  /** @param {AbortSignal} [signal] */
  async #end(signal) {
    const { size = Infinity } = this.#source;
    for await (const piece of this.#source.pieces(this.#at, size)) {
      await breathe();
      signal?.throwIfAborted();
      this.take(this.#at, piece);
    }
    return this.#digest.end();
  }
}
