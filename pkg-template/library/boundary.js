// The boundary of the library: every function of it takes its signal and its time limit here, and fails with a
// `WixMediaError`, or with the caller's own reason.
import { linked, MAX_TIMEOUT } from '../streams/until.js';

/** @import { CallOptions } from '../types/index.js' */
/** @import { Boundary, Lent } from './internal.d.ts' */

/**
 * @param {Pick<Lent, 'WixMediaError' | 'textOf'>} given
 * @returns {Boundary}
 */
export function createBoundary({ WixMediaError, textOf }) {
  /** @type {Boundary['failed']} */
  const failed = (operation, code, what, cause) =>
    cause instanceof WixMediaError
      ? cause
      : new WixMediaError({ message: `${operation}: ${what}: ${textOf(cause)}`, code, operation, cause });

  /** @type {Boundary['within']} */
  async function within(operation, options, work) {
    const { signal, timeoutMs } = /** @type {CallOptions} */ (options ?? {});
    const own = linked(signal);
    const expire = () => {
      const message = `${operation}: no result within ${timeoutMs} ms`;
      own.abort(new WixMediaError({ message, code: 'TIMEOUT', operation, retry: 'maybe' }));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, Math.min(timeoutMs, MAX_TIMEOUT));
    try {
      own.signal.throwIfAborted();
      // Everything that `work` waits for ends with the signal. So its promise settles at once, and when the caller's
      // rejects, the work is over: nothing of it counts as running.
      return await work(own.signal);
    } catch (error) {
      own.signal.throwIfAborted();
      throw failed(operation, 'INTERNAL', 'unexpected failure', error);
    } finally {
      clearTimeout(timer);
      own.release();
    }
  }

  return { failed, within };
}
