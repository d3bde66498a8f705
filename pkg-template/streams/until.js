// Signals, and waits that end with them.

/**
 * The listeners of one signal, which share one listener of the runtime: Node warns of a leak when a signal has more than ten,
 * which many calls at once with one signal would cause.
 *
 * @extends {Set<() => void>}
 */
class Hub extends Set {
  handleEvent() {
    for (const listener of this) listener();
  }
}

/** @type {WeakMap<AbortSignal, Hub>} */
const hubs = new WeakMap();

/**
 * Calls `listener` when a signal aborts that has not yet. Returns the function that stops that.
 *
 * @param {AbortSignal | undefined} signal
 * @param {() => void} listener
 * @returns {() => void}
 */
export function onAbort(signal, listener) {
  if (!signal) return () => {};
  const hub = hubs.get(signal) ?? new Hub();
  hubs.set(signal, hub.add(listener));
  // Added once, however often: it is the same object.
  signal.addEventListener('abort', hub);
  return () => {
    hub.delete(listener);
    if (hub.size) return;
    hubs.delete(signal);
    signal.removeEventListener('abort', hub);
  };
}

/**
 * What `promise` resolves to, or a rejection with the reason of the signal as soon as that aborts. What `promise` does
 * afterwards is ignored.
 *
 * @template Value
 * @param {AbortSignal | undefined} signal
 * @param {Promise<Value>} promise
 * @returns {Promise<Value>}
 */
export function until(signal, promise) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    const release = signal?.aborted ? () => {} : onAbort(signal, abort);
    promise.then(resolve, reject).finally(release);
  });
}

/** The longest that a timer can hold. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Waits. Rejects when the signal aborts.
 *
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 */
export async function pause(ms, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void>} */
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, MAX_TIMEOUT));
  });
  try {
    await until(signal, over);
  } finally {
    clearTimeout(timer);
  }
}
