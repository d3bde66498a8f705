// Bodies on their way between a page and the worker of its manager. The reading side asks for each piece, so neither side
// ever holds more of a body than one.

/** @typedef {{ postMessage(message: object, transfer?: Transferable[]): void }} Port */

/**
 * The body of a message, as a stream that asks the other side for each piece.
 *
 * @param {Port} port
 * @param {number} id
 * @param {{ onCancel?: (reason: unknown) => void }} [options]
 */
export function incoming(port, id, { onCancel } = {}) {
  /** @type {ReadableStreamDefaultController<Uint8Array>} */
  let controller;
  // Messages that arrive after the end, or after a cancellation, are ignored.
  let isOver = false;
  const over = (/** @type {() => void} */ act) => {
    if (!isOver) act();
    isOver = true;
  };
  /** @type {ReadableStream<Uint8Array>} */
  const stream = new ReadableStream(
    {
      start: (own) => {
        controller = own;
      },
      pull: () => port.postMessage({ id, type: 'pull' }),
      cancel: (reason) => {
        isOver = true;
        port.postMessage({ id, type: 'cancel' });
        onCancel?.(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    piece(/** @type {Uint8Array} */ bytes) {
      if (!isOver) controller.enqueue(bytes);
    },
    end: () => over(() => controller.close()),
    fail: (/** @type {unknown} */ error) => over(() => controller.error(error)),
  };
}

/**
 * Sends a stream to the other side, piece by piece as it asks.
 *
 * @param {Port} port
 * @param {number} id
 * @param {ReadableStream<Uint8Array>} stream
 */
export function outgoing(port, id, stream) {
  const reader = stream.getReader();
  return {
    async pull() {
      try {
        const { done, value } = await reader.read();
        if (done) return port.postMessage({ id, type: 'end' });
        // A copy, because a chunk may be part of a larger buffer, or belong to somebody else.
        const bytes = value.slice();
        return port.postMessage({ id, type: 'piece', bytes }, [bytes.buffer]);
      } catch (error) {
        return port.postMessage({ id, type: 'broken', message: String(/** @type {Error} */ (error)?.message ?? error) });
      }
    },
    cancel: () => reader.cancel().catch(() => {}),
  };
}
