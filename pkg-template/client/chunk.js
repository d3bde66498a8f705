// Parts of the client in files of their own, each loaded with its first use.
import { loadOnce } from '../wasm/instance.js';
import { WixMediaError } from './error.js';
import { missing } from './module.js';

/**
 * Makes a function that loads a part once. After a failure the next call tries again.
 *
 * @template Part
 * @param {string} file The name in errors.
 * @param {() => Promise<Part>} load
 */
export const loadPart = (file, load) =>
  loadOnce(() =>
    load().catch((cause) => {
      throw cause instanceof WixMediaError ? cause : missing(file, cause);
    }),
  );
