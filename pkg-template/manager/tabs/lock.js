// Web Locks that are held until they are released.

/**
 * Resolves with the function that releases the lock, or with undefined if it is not available and that was asked for.
 *
 * @param {string} name
 * @param {LockOptions} options
 * @returns {Promise<(() => void) | undefined>}
 */
export const acquire = (name, options) =>
  new Promise((resolve, reject) => {
    const hold = (/** @type {Lock | null} */ lock) =>
      lock ? new Promise((release) => resolve(() => release(undefined))) : resolve(undefined);
    navigator.locks.request(name, options, hold).catch(reject);
  });
