// Bodies on their way in and out of the manager, with a turn of the event loop between their pieces.
import { breathe } from '../streams/breathe.js';
import { bytesOf } from '../streams/chunk.js';
import { until } from '../streams/until.js';

/** @import { BodySource, Piece, PinnedStorage } from './internal.d.ts' */

/** A piece of a body: large enough to be worth a call, small enough to keep the module's memory small. */
const PIECE_SIZE = 256 * 1024;

/** A piece where the storage has to prepare files for each. */
const SMALL_PIECE_SIZE = 16 * 1024;

/**
 * Hands the bytes of a body to `feed` until it wants no more. Rejects with the reason of `signal` as soon as that aborts.
 *
 * @param {BodySource} source
 * @param {(bytes: Uint8Array) => boolean | Promise<boolean>} feed
 * @param {object} [options]
 * @param {() => Promise<unknown>} [options.ready] Awaited before each piece, which is small then.
 * @param {AbortSignal} [options.signal]
 */
export async function takeIn(source, feed, { ready, signal } = {}) {
  const size = ready ? SMALL_PIECE_SIZE : PIECE_SIZE;
  /** @param {Uint8Array} bytes */
  const give = async (bytes) => {
    for (let start = 0; start < bytes.length; start += size) {
      if (ready) await ready();
      await breathe();
      signal?.throwIfAborted();
      const more = feed(bytes.subarray(start, start + size));
      if (more !== true && !(await until(signal, Promise.resolve(more)))) return false;
    }
    return true;
  };
  if (source === undefined || source === null) return;
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return void (await give(bytesOf(source)));
  const stream = source instanceof ReadableStream ? source : source instanceof Blob ? source.stream() : source.body;
  if (!stream) {
    // Some engines have requests without streams.
    if (stream === undefined && 'arrayBuffer' in source) await give(new Uint8Array(await source.arrayBuffer()));
    return;
  }
  const reader = stream.getReader();
  /** @type {unknown} */
  let reason;
  try {
    for (;;) {
      const { done, value } = await until(signal, reader.read());
      if (done) return;
      if (!(await give(bytesOf(value)))) break;
    }
  } catch (error) {
    reason = error;
    throw error;
  } finally {
    // Ignored at its end. A source that is never told goes on to produce.
    reader.cancel(reason).catch(() => {});
  }
}

/**
 * Streams a body that the module hands out in pieces. Blobs of pending pieces are pinned, so that a deletion does not end a
 * download.
 *
 * @param {PinnedStorage} storage
 * @param {object} parts
 * @param {() => Piece[]} parts.next The next pieces; none at the end.
 * @param {() => unknown} parts.release Tells the module that nobody reads on.
 * @param {() => unknown} [parts.ended] Told when the stream is over, for whatever reason.
 * @param {() => Error} parts.gone The error for a blob whose bytes are missing.
 * @param {AbortSignal} [parts.signal] Ends the stream with its reason.
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function streamOf(storage, { next, release, ended, gone, signal }) {
  /** @type {Piece[]} */
  let pieces = [];
  let isDone = false;
  let isOver = false;
  const more = () => {
    pieces = next();
    isDone = pieces.length === 0;
    for (const piece of pieces) if (Array.isArray(piece)) storage.pin(piece[0]);
  };
  /** @type {() => void} */
  let abort;
  const end = () => {
    if (isOver) return;
    isOver = true;
    for (const piece of pieces) if (Array.isArray(piece)) storage.unpin(piece[0]);
    pieces = [];
    signal?.removeEventListener('abort', abort);
    ended?.();
  };
  // Now, so that the blobs are pinned before anybody asks for the first byte.
  more();
  return new ReadableStream(
    {
      start(controller) {
        abort = () => {
          controller.error(signal?.reason);
          end();
          release();
        };
        signal?.addEventListener('abort', abort, { once: true });
      },
      async pull(controller) {
        try {
          await breathe();
          // It was cancelled or aborted meanwhile.
          if (isOver) return undefined;
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
            const bytes = await storage.read(name, offset, Math.min(left, PIECE_SIZE));
            if (isOver) return undefined;
            if (bytes.length === 0) throw gone();
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
        release();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * The bytes of a blob, in pieces, with a turn of the event loop in between.
 *
 * @param {Pick<PinnedStorage, 'read'>} storage
 * @param {string} name
 * @param {number} size
 * @param {object} [options]
 * @param {() => Error} [options.gone] The error if bytes are missing.
 * @param {AbortSignal} [options.signal]
 */
export async function* piecesOf(storage, name, size, { gone = () => new Error('its bytes are missing'), signal } = {}) {
  for (let at = 0; at < size; ) {
    await breathe();
    signal?.throwIfAborted();
    const piece = await storage.read(name, at, Math.min(size - at, PIECE_SIZE));
    if (piece.length === 0) throw gone();
    at += piece.length;
    yield piece;
  }
}

/**
 * Pieces as a stream, each read when it is asked for.
 *
 * @param {AsyncIterator<Uint8Array>} pieces
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export const streamOfPieces = (pieces) =>
  new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
