// Chunks of streams, which may come from any runtime, library or realm.

/** @typedef {{ next(): Promise<{ done?: boolean, value?: unknown }> | { done?: boolean, value?: unknown }, return?(): unknown }} Chunks */

const textEncoder = new TextEncoder();

/**
 * The class of a value by its own account, which holds across realms: `ArrayBuffer`, `Blob`, `Number`.
 *
 * @param {unknown} value
 */
const classOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/**
 * Whether a value is a buffer of bytes, shared or not.
 *
 * @param {unknown} value
 * @returns {value is ArrayBuffer}
 */
export const isBuffer = (value) => /^(Shared)?ArrayBuffer$/.test(classOf(value));

/**
 * The bytes of a chunk, without a copy. Throws a TypeError for anything but bytes and text: `new Uint8Array(5)` would be
 * five zeros, and `new Uint8Array(blob)` nothing.
 *
 * @param {unknown} chunk
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(chunk) {
  if (typeof chunk === 'string') return textEncoder.encode(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(/** @type {ArrayBuffer} */ (chunk.buffer), chunk.byteOffset, chunk.byteLength);
  if (isBuffer(chunk)) return new Uint8Array(chunk);
  throw new TypeError(`invalid chunk of a stream: expected bytes or text, found ${classOf(chunk)}`);
}

/**
 * The chunks of a stream: of the web, of Node, or anything else that can be iterated. Undefined for anything else.
 *
 * @param {any} stream
 * @returns {Chunks | undefined}
 */
export function chunksOf(stream) {
  if (typeof stream?.getReader === 'function') {
    const reader = stream.getReader();
    return {
      next: () => reader.read(),
      return: async () => {
        await reader.cancel();
        return { done: true };
      },
    };
  }
  return typeof stream?.[Symbol.asyncIterator] === 'function' ? stream[Symbol.asyncIterator]() : undefined;
}

/**
 * The chunks of a response's body; undefined where it has none. Some runtimes have responses without streams, whose body is
 * one chunk.
 *
 * @param {Response} response
 * @returns {Chunks | undefined}
 */
export function chunksIn(response) {
  const { body } = response;
  return body === null ? undefined : (chunksOf(body) ?? chunksOf(wholeOf(response)));
}

/** @param {Response} response */
async function* wholeOf(response) {
  yield await response.arrayBuffer();
}
