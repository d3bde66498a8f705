// Requests, answers and calls between a page and the worker in which its manager runs. Bodies go in pieces, each asked for by
// the side that reads, so that neither side ever holds more of a body than that.

/** The body of a message as a stream that asks the other side for each piece. */
export function incoming(port, id, { onCancel } = {}) {
  let controller;
  // What comes after the end, or after nobody wants more, is late and means nothing.
  let isOver = false;
  const over = (act) => {
    if (!isOver) act();
    isOver = true;
  };
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
    piece(bytes) {
      if (!isOver) controller.enqueue(bytes);
    },
    end: () => over(() => controller.close()),
    fail: (error) => over(() => controller.error(error)),
  };
}

/** Sends a stream to the other side as it asks for it. */
export function outgoing(port, id, stream) {
  const reader = stream.getReader();
  return {
    async pull() {
      try {
        const { done, value } = await reader.read();
        if (done) return port.postMessage({ id, type: 'end' });
        // A copy: what the stream gave may be part of something larger, or somebody else's.
        const bytes = value.slice();
        return port.postMessage({ id, type: 'piece', bytes }, [bytes.buffer]);
      } catch (error) {
        return port.postMessage({ id, type: 'broken', message: String(error?.message ?? error) });
      }
    },
    cancel: () => reader.cancel().catch(() => {}),
  };
}
