// Work that several callers share.

/**
 * A function that runs `work` so that each caller waits for a run that began after its call. Calls during a run share the
 * next one.
 *
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>}
 */
export function shared(work) {
  /** @type {Promise<void> | undefined} */
  let running;
  /** @type {Promise<void> | undefined} */
  let next;
  const start = () =>
    (running = work().finally(() => {
      running = undefined;
    }));
  return () => {
    // A run has ended a moment before the next one begins.
    if (next) return next;
    if (!running) return start();
    return (next = running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return start();
      }));
  };
}
