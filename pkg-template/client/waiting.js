// Time: how long a call may take, and waits between tries.
import { onAbort } from '../streams/until.js';
import { WixMediaError } from './error.js';

/** The longest that a timer can hold; with a longer one it would fire at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Runs `work` for as long as the caller's signal and the time allow. The promise settles at that moment, whatever `work` is
 * waiting for, and rejects with the caller's own reason.
 *
 * @template Result
 * @param {(signal: AbortSignal) => Promise<Result>} work
 * @param {AbortSignal | undefined} signal
 * @param {number | undefined} timeoutMs
 * @param {string} operation
 * @returns {Promise<Result>}
 */
export function limited(work, signal, timeoutMs, operation) {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    /**
     * @template Value
     * @param {(value: Value) => void} settle
     * @param {Value} value
     */
    const end = (settle, value) => {
      clearTimeout(timer);
      release();
      settle(value);
    };
    const stop = (/** @type {unknown} */ reason) => {
      end(reject, reason);
      controller.abort(reason);
    };
    const abort = () => stop(signal?.reason);
    const expire = () => {
      const message = `${operation}: no result within ${timeoutMs} ms`;
      stop(new WixMediaError({ message, code: 'TIMEOUT', operation, retry: 'maybe' }));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, Math.min(timeoutMs, MAX_TIMEOUT));
    const release = onAbort(signal, abort);
    if (signal?.aborted) return abort();
    work(controller.signal).then(
      (value) => end(resolve, value),
      (error) => end(reject, error),
    );
  });
}

/**
 * Waits, or ends early without an error when the signal aborts.
 *
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<void>}
 */
export const wait = (ms, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      release();
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, MAX_TIMEOUT));
    const release = onAbort(signal, done);
  });
