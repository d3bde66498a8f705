// Waits that end with a signal.

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
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
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
