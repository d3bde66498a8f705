// The options of a synchronisation, checked before anything is done.
import { checkNames } from '../client/names.js';
import { CALLBACK, FLAG, KINDS as SHARED, whole } from '../library/options.js';
import { SyncError } from './error.js';

/** @import { Kind } from '../library/options.js' */

/** @type {Kind} */
const FILE = [(value) => (typeof value === 'string' && value !== '') || value instanceof URL, 'must be a path or a file: URL'];

/** @type {Record<string, Kind>} */
const KINDS = {
  dryRun: FLAG,
  twoWay: FLAG,
  delete: [(value) => typeof value === 'boolean' || value === 'permanent', "must be true, false or 'permanent'"],
  maxDelete: [(value) => limitOf(value) !== undefined, "must be a whole number, or a share such as '25%'"],
  checksum: FLAG,
  hash: FLAG,
  onDifference: CALLBACK,
  hidden: FLAG,
  trash: FLAG,
  concurrency: whole(1),
  bandwidth: [(value) => typeof value === 'number' && value >= 1 && value < Infinity, 'must be a number of bytes a second of at least 1'],
  journal: FILE,
  map: FILE,
  confirm: CALLBACK,
  signal: SHARED.signal,
  onAction: CALLBACK,
  onProgress: CALLBACK,
};

/**
 * Reads the limit of deletions: a number of files, or a share of those that there are.
 *
 * @param {unknown} value
 * @returns {((total: number) => number) | undefined} Gives the most deletions.
 * @example
 * limitOf('10%')?.(200); // → 20
 */
export function limitOf(value) {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return () => Number(value);
  const [, number, percent] = /^(\d{1,15}|\d{1,3}(?:\.\d+)?(?= ?%))( ?%)?$/.exec(String(value)) ?? [];
  if (number === undefined || typeof value !== 'string' || (percent && Number(number) > 100)) return undefined;
  return (total) => (percent ? (total * Number(number)) / 100 : Number(number));
}

/** The options of `verify`; `sync` has all the others. */
const OF_VERIFY = ['hash', 'hidden', 'trash', 'bandwidth', 'journal', 'signal', 'onDifference'];
const ONLY_VERIFY = ['hash', 'onDifference'];

/**
 * Refuses unknown options and values of the wrong kind. Returns a copy.
 *
 * @template {object} Options
 * @param {Options | null | undefined} options
 * @param {'sync' | 'verify'} [operation]
 * @returns {Options}
 */
export function checkOptions(options, operation = 'sync') {
  const refuse = (/** @type {string} */ field, /** @type {string} */ description) => new SyncError('INVALID_ARGUMENT', `${field} ${description}`);
  const names = operation === 'verify' ? OF_VERIFY : Object.keys(KINDS).filter((name) => !ONLY_VERIFY.includes(name));
  if (options !== undefined && options !== null && typeof options !== 'object') throw refuse('options', 'must be an object');
  const given = /** @type {Options} */ ({ ...options });
  checkNames(given, names, '', refuse);
  for (const [name, value] of Object.entries(given)) {
    const [test, expectation] = KINDS[name] ?? [() => true];
    if (value !== undefined && !test(value)) throw refuse(name, expectation);
  }
  return given;
}
