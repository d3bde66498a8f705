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
 * Calls `listener` when the signal aborts, and never when it has already. Returns the function that stops that.
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
 * A signal that aborts with the caller's, or by itself. `release` it when its work is done.
 *
 * @param {AbortSignal | undefined} signal
 */
export function linked(signal) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  const release = onAbort(signal, abort);
  return {
    signal: controller.signal,
    abort: (/** @type {unknown} */ reason = undefined) => controller.abort(reason),
    release,
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

/** The longest that a timer can hold, in milliseconds; with a longer one it would fire at once. */
export const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Waits. Rejects with the reason of the signal as soon as that aborts. A pause that `keepsAlive` nothing lets the process end.
 *
 * @param {number} ms
 * @param {AbortSignal | undefined} [signal]
 * @param {boolean} [keepsAlive]
 * @returns {Promise<void>}
 */
export const pause = (ms, signal, keepsAlive = true) =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      release();
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, Math.min(ms, MAX_TIMEOUT));
    if (!keepsAlive && typeof timer === 'object') timer.unref();
    const release = onAbort(signal, end);
    if (signal?.aborted) end();
  });
