// The request that a thread makes of a message. It has what the manager reads of a Request, which with its signal would cost
// as much as a small call (0.1 ms).

import { fieldsOf } from '../messages.js';

/** @import { RequestLike } from '../internal.d.ts' */

/**
 * Headers as they travel: names and values in turns, each on a line.
 *
 * @param {Headers} headers
 */
export const linesOf = (headers) => [...headers].flat().join('\n');

/** @param {string} lines */
export function headersOf(lines) {
  const headers = new Headers();
  const texts = lines === '' ? [] : lines.split('\n');
  for (let at = 0; at < texts.length; at += 2) headers.append(texts[at], texts[at + 1]);
  return headers;
}

/** A signal that only the thread aborts. */
class Signal {
  aborted = false;
  /** @type {unknown} */
  reason;
  /** @type {Set<any>} */
  #listeners = new Set();

  /**
   * @param {string} _type
   * @param {(() => void) | { handleEvent(): void }} listener
   */
  addEventListener(_type, listener) {
    this.#listeners.add(listener);
  }

  /**
   * @param {string} _type
   * @param {(() => void) | { handleEvent(): void }} listener
   */
  removeEventListener(_type, listener) {
    this.#listeners.delete(listener);
  }

  throwIfAborted() {
    if (this.aborted) throw this.reason;
  }

  abort() {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = new DOMException('the caller has aborted the request', 'AbortError');
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) {
      if (typeof listener === 'function') listener();
      else listener.handleEvent();
    }
  }
}

/**
 * Makes a request, and the function that aborts it.
 *
 * @param {{ method: string, url: string, headers: string, body?: ArrayBuffer }} message
 * @param {ReadableStream<Uint8Array> | undefined} stream Its body, if that does not travel with the message.
 * @returns {{ request: RequestLike, abort(): void }}
 */
export function requestOf({ method, url, headers, body }, stream) {
  const signal = new Signal();
  const arrayBuffer = async () => body ?? (stream ? new Response(stream).arrayBuffer() : new ArrayBuffer(0));
  const request = {
    method,
    url,
    headers: fieldsOf(headers),
    signal: /** @type {AbortSignal} */ (/** @type {unknown} */ (signal)),
    // Without a stream the manager takes the whole.
    body: stream ?? (body ? undefined : null),
    arrayBuffer,
    json: async () => JSON.parse(new TextDecoder().decode(await arrayBuffer())),
  };
  return { request, abort: () => signal.abort() };
}
