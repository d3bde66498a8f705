// Files of the package, each loaded with its first use.
import { loadOnce, notLoaded } from '../wasm/instance.js';
import { textOf, WixMediaError } from './error.js';

/**
 * Makes a function that loads a file once. After a failure the next call tries again.
 *
 * @template {unknown[]} Args
 * @template Part
 * @param {string} file The name in errors.
 * @param {(...args: Args) => Promise<Part>} load
 */
export const loadPart = (file, load) =>
  loadOnce(async (/** @type {Args} */ ...args) => {
    try {
      return await load(...args);
    } catch (cause) {
      if (cause instanceof WixMediaError) throw cause;
      throw new WixMediaError({ message: notLoaded(file, textOf(cause)), code: 'MODULE_NOT_LOADED', retry: 'maybe', cause });
    }
  });
