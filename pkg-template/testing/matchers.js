// Matchers for `expect.extend` of Vitest, Jest and Playwright.

/** @import { MediaManager } from '../types/index.js' */

/** How many entries of a manager a message lists. */
const MAX_LISTED = 20;

/**
 * Whether `value` has everything that `expected` has.
 *
 * @param {any} value
 * @param {any} expected
 * @returns {boolean}
 */
function includes(value, expected) {
  if (Object.is(value, expected)) return true;
  if (expected instanceof Date) return value instanceof Date && value.getTime() === expected.getTime();
  if (expected instanceof RegExp) return typeof value === 'string' && expected.test(value);
  if (typeof expected?.asymmetricMatch === 'function') return expected.asymmetricMatch(value);
  if (!expected || typeof expected !== 'object' || !value || typeof value !== 'object') return false;
  if (Array.isArray(expected) && value.length !== expected.length) return false;
  return Object.keys(expected).every((key) => includes(value[key], expected[key]));
}

/** @param {unknown} value */
const shown = (value) => JSON.stringify(value, undefined, 2);

/**
 * The paths in a manager, for messages.
 *
 * @param {MediaManager} manager
 */
async function listed(manager) {
  const paths = [];
  for await (const { path, kind } of manager.client.paths.walk('/')) {
    if (paths.length === MAX_LISTED) return [...paths, '…'];
    paths.push(kind === 'folder' ? `${path}/` : path);
  }
  return paths;
}

/**
 * @param {MediaManager} manager
 * @param {'file' | 'folder'} kind
 * @param {string} path
 */
async function found(manager, kind, path) {
  if (typeof manager?.client?.paths?.resolve !== 'function') throw new TypeError('expected a Media Manager to look into');
  try {
    const entry = await manager.client.paths.resolve(path);
    return entry.kind === kind ? entry : undefined;
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'PATH_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * @param {MediaManager} manager
 * @param {string} what
 * @param {boolean} pass
 */
async function contained(manager, what, pass) {
  const paths = pass ? [] : await listed(manager);
  return { pass, message: () => (pass ? `expected not to contain ${what}` : `expected to contain ${what}, found ${paths.join(', ') || 'nothing'}`) };
}

export const matchers = {
  /**
   * @param {MediaManager} manager
   * @param {string} path
   * @param {object} [expected]
   */
  async toContainFile(manager, path, expected) {
    const entry = await found(manager, 'file', path);
    if (entry?.kind !== 'file' || expected === undefined) return contained(manager, `the file ${path}`, Boolean(entry));
    const pass = includes(entry.file, expected);
    return { pass, message: () => `expected the file ${path} ${pass ? 'not to match' : 'to match'} ${shown(expected)}, found ${shown(entry.file)}` };
  },
  /**
   * @param {MediaManager} manager
   * @param {string} path
   */
  async toContainFolder(manager, path) {
    return contained(manager, `the folder ${path}`, Boolean(await found(manager, 'folder', path)));
  },
  /**
   * @param {unknown} received A promise, or a function that returns one.
   * @param {string} code
   */
  async toRejectWithCode(received, code) {
    try {
      await (typeof received === 'function' ? received() : received);
    } catch (error) {
      const { code: actual, message } = /** @type {{ code?: string, message?: string }} */ (error ?? {});
      const pass = actual === code;
      return { pass, message: () => `expected a rejection ${pass ? 'without' : 'with'} the code ${code}, found ${actual}: ${message ?? error}` };
    }
    return { pass: false, message: () => `expected a rejection with the code ${code}, found no rejection` };
  },
};
