// Files of blobs that stay open between calls, as many as the process can spare.
import fs from 'node:fs';

/** @typedef {{ descriptor: number, size: number }} OpenFile */

/** The most files of blobs that stay open, and the fewest. */
const MAX_OPEN = 64;
const MIN_OPEN = 4;
/** The part of the process's descriptors that may hold blobs: connections and the program itself need the rest. */
const SHARE = 1 / 8;

/** How many files of blobs may stay open. */
export function maxOpenFiles() {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? MAX_OPEN : Math.min(MAX_OPEN, Math.max(MIN_OPEN, Math.floor(Number(limit) * SHARE)));
  } catch {
    // Other systems do not tell. `withRoom` closes files where there are too many.
    return MAX_OPEN;
  }
}

/**
 * Keeps files open, and closes the least recently used ones.
 *
 * @param {number} [max]
 */
export function openFiles(max = maxOpenFiles()) {
  /**
   * The least recently used file first.
   *
   * @type {Map<string, OpenFile>}
   */
  const open = new Map();

  /** @param {string} name */
  function close(name) {
    const file = open.get(name);
    if (!file) return;
    open.delete(name);
    fs.closeSync(file.descriptor);
  }
  const closeAll = () => {
    for (const name of [...open.keys()]) close(name);
  };

  /**
   * Runs `use`, which opens something. When no descriptor is left, closes the files that nobody uses at the moment, and tries
   * again.
   *
   * @template Result
   * @param {() => Result} use
   */
  function withRoom(use) {
    try {
      return use();
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if ((code !== 'EMFILE' && code !== 'ENFILE') || open.size === 0) throw error;
      closeAll();
      return use();
    }
  }

  return {
    get: (/** @type {string} */ name) => open.get(name),
    /**
     * The file of a name, which `openIt` opens if it is not open.
     *
     * @param {string} name
     * @param {() => number} openIt
     */
    use(name, openIt) {
      let file = open.get(name);
      if (file) open.delete(name);
      else {
        const [oldest] = open.keys();
        if (open.size >= max) close(oldest);
        const descriptor = withRoom(openIt);
        file = { descriptor, size: fs.fstatSync(descriptor).size };
      }
      open.set(name, file);
      return file;
    },
    close,
    closeAll,
    withRoom,
  };
}
