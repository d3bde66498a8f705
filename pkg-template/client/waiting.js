// How long a call may take.
import { MAX_TIMEOUT, onAbort } from '../streams/until.js';
import { WixMediaError } from './error.js';

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
