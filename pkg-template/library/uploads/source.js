// Sources of uploads: one way to read bytes, whatever they come from.
//
// The bytes that arrive must be those of the source. Chunks that are not bytes are refused. A source with a length or a
// modification time is compared with them before its last bytes are sent: a service makes a file once it has all bytes, so
// a plain upload of a source that has changed never becomes one.
import { breathe } from '../../streams/breathe.js';
import { bytesOf, chunksIn, chunksOf, isBuffer } from '../../streams/chunk.js';
import { until } from '../../streams/until.js';

/** @import { Chunks } from '../../streams/chunk.js' */
/** @import { Api, Digest, Source, SourceDigest, SourceReader } from '../internal.d.ts' */

/** @typedef {(field: string, description: string) => Error} Refuse */

/** How many bytes are read at a time. */
const PIECE_SIZE = 256 * 1024;

/**
 * Up to this size a Response is read to its end before it is sent. Its Content-Length is only a hint: for other origins, a
 * page sees the length of the compressed bytes, but not that they are compressed.
 */
const BUFFERED_SIZE = 10_000_000;

/**
 * Opens whatever a caller passes as a source. Reads of it end with the signal, and fail with `SOURCE_FAILED`.
 *
 * @param {unknown} given
 * @param {{ refuse: Refuse, disk: Api['disk'], signal: AbortSignal, sourceFailed: Api['sourceFailed'] }} context
 * @returns {Promise<Source>}
 */
export async function open(given, { refuse, disk, signal, sourceFailed }) {
  /** @type {<Value>(promise: Promise<Value>) => Promise<Value>} */
  const guard = async (promise) => {
    try {
      return await until(signal, promise);
    } catch (error) {
      signal.throwIfAborted();
      throw sourceFailed(error);
    }
  };
  const opening = openAny(given, { refuse, disk });
  const close = async (/** @type {SourceReader} */ reader) => {
    try {
      await reader.close();
    } catch {
      // All that was needed has been read.
    }
  };
  /** @type {SourceReader} */
  let reader;
  try {
    reader = await guard(opening);
  } catch (error) {
    opening.then(close, () => {});
    throw error;
  }
  /** @type {Pick<Source, 'bytes' | 'pieces' | 'reach' | 'forget' | 'close'>} */
  const guarded = {
    bytes: async (from, to) => joined(await collected(guarded.pieces(from, to))),
    async *pieces(from, to) {
      const pieces = reader.pieces(from, to);
      let at = from;
      try {
        for (;;) {
          const { done, value } = await guard(pieces.next());
          if (done) break;
          at += value.length;
          if (at === reader.size) await guard(confirmed(reader));
          yield value;
        }
      } finally {
        pieces.return().catch(() => {});
      }
      const end = Math.min(to, reader.size ?? to);
      if (at >= end) return;
      reader.isChanged = true;
      throw sourceFailed(new RangeError(`it is shorter than it was: expected ${end} bytes, found ${at}`));
    },
    ...(reader.reach && { reach: (/** @type {number} */ to) => guard(/** @type {Promise<boolean>} */ (reader.reach?.(to))) }),
    forget: (offset) => reader.forget(offset),
    close: () => close(reader),
  };
  // The size of a stream is known later, so members are read from the reader whenever they are asked for.
  return Object.assign(Object.create(reader), guarded);
}

/**
 * Compares a source with what it was when it was opened.
 *
 * @param {SourceReader} reader
 */
async function confirmed(reader) {
  try {
    await reader.confirm?.();
  } catch (error) {
    reader.isChanged = true;
    throw error;
  }
}

/** @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces */
async function collected(pieces) {
  const all = [];
  for await (const piece of pieces) {
    all.push(piece);
    await breathe();
  }
  return all;
}

/** @param {Uint8Array<ArrayBuffer>[]} pieces */
function joined(pieces) {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * @param {any} given
 * @param {{ refuse: Refuse, disk: Api['disk'] }} context
 * @returns {Promise<SourceReader>}
 */
async function openAny(given, { refuse, disk }) {
  if (isBlob(given)) return ofBlob(given);
  if (isBuffer(given) || ArrayBuffer.isView(given)) return ofBytes(bytesOf(given));
  if (typeof given === 'string' || given instanceof URL) {
    if (!disk) throw refuse('source', 'must not be a path here: only Node, Bun and Deno can open one');
    if (given instanceof URL && given.protocol !== 'file:') throw refuse('source', 'must be a file: URL or a path');
    return (await disk()).openFile(given);
  }
  // FileSystemFileHandle
  if (given?.kind === 'file' && typeof given.getFile === 'function') return ofBlob(await given.getFile());
  if (typeof given?.ok === 'boolean' && typeof given.headers?.get === 'function') return ofResponse(given, refuse);
  const chunks = chunksOf(given);
  if (chunks) return new Stream(chunks, { name: nameOfPath(given.path) });
  throw refuse('source', 'must be a File, Blob, ArrayBuffer, typed array, stream, Response or path');
}

/**
 * Whether a value is a Blob, also one of another realm or of a library.
 *
 * @param {any} given
 * @returns {given is Blob}
 */
const isBlob = (given) => given instanceof Blob || (typeof given?.size === 'number' && typeof given.slice === 'function' && typeof given.type === 'string');

/** @param {unknown} path */
const nameOfPath = (path) => (typeof path === 'string' ? path.split(/[\\/]/).pop() : undefined);

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {SourceReader}
 */
function ofBytes(bytes) {
  return {
    size: bytes.length,
    isRepeatable: true,
    async *pieces(from, to) {
      for (let at = from; at < to; at += PIECE_SIZE) yield bytes.subarray(at, Math.min(at + PIECE_SIZE, to));
    },
    forget() {},
    async close() {},
  };
}

/**
 * @param {Blob & { name?: string, lastModified?: number }} blob
 * @returns {SourceReader}
 */
function ofBlob(blob) {
  return {
    name: blob.name,
    type: blob.type,
    size: blob.size,
    modified: blob.lastModified,
    isRepeatable: true,
    async *pieces(from, to) {
      for (let at = from; at < to; at += PIECE_SIZE) yield bytesOf(await bufferOf(blob.slice(at, Math.min(at + PIECE_SIZE, to))));
    },
    blob: (from, to) => blob.slice(from, to),
    forget() {},
    async close() {},
  };
}

/**
 * The bytes of a blob. Older runtimes, and documents that tests simulate, have readers only.
 *
 * @param {Blob} blob
 * @returns {Promise<unknown>}
 */
function bufferOf(blob) {
  if (typeof blob.arrayBuffer === 'function') return blob.arrayBuffer();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
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
  const announced = body !== null && /^\d+$/.test(length ?? '') ? Number(length) : undefined;
  const [, named] = /filename="?([^";]+)/.exec(headers.get('content-disposition') ?? '') ?? [];
  const name = named ?? lastSegment(url);
  return new Stream(chunksIn(response) ?? none(), { name, type: headers.get('content-type') ?? undefined, announced });
}

async function* none() {}

/** @param {string} url */
function lastSegment(url) {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * A source that can be read once. Bytes that have been read are kept until they are forgotten.
 *
 * @implements {SourceReader}
 */
class Stream {
  #chunks;
  /** @type {number | undefined} */
  #announced;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #kept = [];
  #start = 0;
  #end = 0;
  #isOver = false;

  /**
   * @param {Chunks} chunks
   * @param {{ name?: string, type?: string, announced?: number }} [about] How many bytes it says there are.
   */
  constructor(chunks, { name, type, announced } = {}) {
    this.#chunks = chunks;
    this.name = name;
    this.type = type;
    this.#announced = announced;
    this.isAnnounced = announced !== undefined;
    /** @type {number | undefined} */
    this.size = announced !== undefined && announced > BUFFERED_SIZE ? announced : undefined;
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
    if (this.#isOver && this.#end < (this.#announced ?? 0)) throw this.#other();
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

  /** Rejects when there are more bytes than it has said. Without a length of its own it is over when it ends. */
  async confirm() {
    const size = /** @type {number} */ (this.size);
    if (!this.#isOver) await this.reach(size + 1);
    if (this.#end !== size) throw this.#other();
  }

  #other() {
    const found = this.#isOver ? `${this.#end} bytes` : 'more';
    return new RangeError(`its length is not that of its bytes: expected ${this.#announced} bytes, found ${found}`);
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
    this.#kept = [];
    if (this.#isOver) return;
    // Not awaited: a generator that waits for its own source does not return before that.
    new Promise((resolve) => resolve(this.#chunks.return?.())).catch(() => {});
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
