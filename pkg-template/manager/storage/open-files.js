// Files of blobs that stay open between calls, as many as the process can spare.
import fs from 'node:fs';

/**
 * A file with its size. `isNamed` says that its name is durable.
 *
 * @typedef {{ descriptor: number, size: number, isNamed?: boolean }} OpenFile
 */

/** The most files of blobs that stay open, and the fewest. */
const MAX_OPEN = 64;
const MIN_OPEN = 4;
/** The part of the process's descriptors that may hold blobs: connections and the program itself need the rest. */
const SHARE = 1 / 8;

/** The most files and connections that this process may have open. Undefined where the system does not tell. */
export function descriptorLimit() {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/** How many files of blobs may stay open. Where the system does not tell, `withRoom` closes files where there are too many. */
export function maxOpenFiles() {
  const limit = descriptorLimit();
  return limit === undefined ? MAX_OPEN : Math.min(MAX_OPEN, Math.max(MIN_OPEN, Math.floor(limit * SHARE)));
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
      makeRoom(error);
      return use();
    }
  }

  /**
   * Closes the files that nobody uses at the moment, if an error says that no descriptor was left. Throws any other error.
   *
   * @param {unknown} error
   */
  function makeRoom(error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if ((code !== 'EMFILE' && code !== 'ENFILE') || open.size === 0) throw error;
    closeAll();
  }

  /**
   * @param {string} name
   * @param {OpenFile} file
   */
  function add(name, file) {
    const [oldest] = open.keys();
    if (open.size >= max) close(oldest);
    open.set(name, file);
  }

  /**
   * The file of a name, taken out of those that are open, or opened.
   *
   * @param {string} name
   * @param {() => number} openIt
   * @returns {OpenFile}
   */
  function take(name, openIt) {
    const file = open.get(name);
    open.delete(name);
    if (file) return file;
    const descriptor = withRoom(openIt);
    return { descriptor, size: fs.fstatSync(descriptor).size };
  }

  /**
   * Opens an empty file of a name, which nobody else closes.
   *
   * @param {string} name
   * @param {() => Promise<number>} makeIt
   * @returns {Promise<OpenFile>}
   */
  async function make(name, makeIt) {
    close(name);
    const descriptor = await makeIt().catch((error) => {
      makeRoom(error);
      return makeIt();
    });
    return { descriptor, size: 0 };
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
      const file = take(name, openIt);
      add(name, file);
      return file;
    },
    take,
    make,
    /**
     * Gives back what was taken. It takes the place of a file that was opened meanwhile, whose size may be wrong.
     *
     * @param {string} name
     * @param {OpenFile} file
     */
    put(name, file) {
      close(name);
      add(name, file);
    },
    close,
    closeAll,
    withRoom,
  };
}
