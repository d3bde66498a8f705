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
