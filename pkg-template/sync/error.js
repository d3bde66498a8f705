// The errors of a synchronisation.
import { WixMediaError } from '#package/node.js';

/** An error of the package whose code is one of docs/sync.md. */
export class SyncError extends WixMediaError {
  /**
   * @param {string} code
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super({ message: `sync: ${message}`, code, operation: 'sync', cause });
  }
}

/** @param {unknown} error */
export function failureOf(error) {
  const { code, message } = /** @type {{ code?: unknown, message?: unknown }} */ (error ?? {});
  return { code: typeof code === 'string' ? code : 'INTERNAL', message: String(message ?? error) };
}
