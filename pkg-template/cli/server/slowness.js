// Requests whose other end is too slow. A body that arrives byte by byte, or an answer that is read byte by byte, would hold a
// connection and its memory for as long as the other end likes, because it is never silent for long enough to time out.

/** @import { Exchange } from '../internal.d.ts' */

/** How often requests are looked at. */
export const LOOK_MS = 10_000;
/** After how many looks without enough bytes a request is cut off. */
export const LOOKS = 12;
/** The least that has to move while the server waits, in bytes a second. The slowest modems are thirty times as fast. */
export const MIN_BYTES_PER_SECOND = 100;

/**
 * Returns the function that looks at all requests, to be called every `LOOK_MS`. It counts looks and not time, so that a
 * server that was stopped, or a machine that slept, cuts nobody off.
 *
 * @param {Iterable<Exchange>} underWay
 * @param {(exchange: Exchange) => void} cut
 */
export function slowness(underWay, cut) {
  const least = (MIN_BYTES_PER_SECOND * LOOK_MS * LOOKS) / 1000;
  /**
   * Requests that the server waits for, with the bytes that had moved when it began to wait, and the looks since then.
   *
   * @type {WeakMap<Exchange, { moved: number, looks: number }>}
   */
  const waiting = new WeakMap();
  return () => {
    for (const exchange of underWay) {
      if (!isWaiting(exchange)) {
        waiting.delete(exchange);
        continue;
      }
      const moved = movedBy(exchange);
      const found = waiting.get(exchange);
      if (!found || moved - found.moved >= least) waiting.set(exchange, { moved, looks: 0 });
      else if ((found.looks += 1) >= LOOKS) cut(exchange);
    }
  };
}

/**
 * Whether the server waits for the other end: for more of a body that the server is reading, or for room for its answer.
 *
 * @param {Exchange} exchange
 */
export function isWaiting({ incoming, outgoing }) {
  if (outgoing.writableLength > 0) return true;
  return !incoming.complete && incoming.readableFlowing === true;
}

/**
 * The bytes that the connection has moved so far, without those that wait in this process.
 *
 * @param {Exchange} exchange
 */
function movedBy({ incoming: { socket } }) {
  return socket.bytesRead + socket.bytesWritten - socket.writableLength;
}
