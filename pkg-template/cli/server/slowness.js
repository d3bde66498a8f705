// Requests whose other end is too slow. A body that comes byte by byte, or an answer that is read so, holds a connection and
// what it needs for as long as its sender likes: no silence is long enough to be noticed.

/** @import { Exchange } from '../internal.d.ts' */

/** How often requests are looked at. */
export const LOOK_MS = 10_000;
/** How many looks a request has for its bytes. */
export const LOOKS = 12;
/** The least that has to move while the server waits, in bytes a second. The slowest modems are thirty times as fast. */
export const MIN_BYTES_PER_SECOND = 100;

/**
 * Makes the function that looks at all requests, every `LOOK_MS`. It counts looks and not time, so that a server that was
 * stopped, or a machine that slept, cuts nobody off.
 *
 * @param {Iterable<Exchange>} underWay
 * @param {(exchange: Exchange) => void} cut
 */
export function slowness(underWay, cut) {
  const least = (MIN_BYTES_PER_SECOND * LOOK_MS * LOOKS) / 1000;
  /**
   * The requests that the server waits for, with the bytes that had moved when it began to.
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
      if (!found) waiting.set(exchange, { moved, looks: 0 });
      else if (moved - found.moved >= least) waiting.set(exchange, { moved, looks: 0 });
      else if ((found.looks += 1) >= LOOKS) cut(exchange);
    }
  };
}

/**
 * Whether it is the other end that has to do something: to send the rest of its body, which the server would read, or to take
 * what the server has sent.
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
