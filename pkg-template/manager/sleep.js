// Waiting that keeps no process alive.

/**
 * Resolves after this time, or as soon as the signal is aborted.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (typeof timer === 'object') timer.unref();
    signal.addEventListener('abort', end);
    return undefined;
  });
}
