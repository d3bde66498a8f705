// The options of `createManager`: those of the host, and the words in which invalid ones are refused. All others belong to
// the WebAssembly module, which knows their names and types.
import { nearest } from '../client/names.js';

/** @import { InvalidMember, ManagerOptions, Refuse } from './internal.d.ts' */

/** Options that the module never sees. */
const OWN = ['storage', 'seed', 'clock', 'ids', 'onError'];

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} url */
function isWebUrl(url) {
  try {
    return /^https?:$/.test(new URL(String(url)).protocol);
  } catch {
    return false;
  }
}

/**
 * Refuses options of `createManager` that the module does not check.
 *
 * @param {any} options
 * @param {Refuse} refuse
 */
export function checkManagerOptions(options, refuse) {
  if (!isObject(options)) throw refuse('options', 'must be an object');
  const { ids = 'random', baseUrl } = options;
  if (ids !== 'random' && !(Number.isSafeInteger(ids?.seed) && ids.seed >= 0)) {
    throw refuse('ids', "must be 'random' or { seed }, a whole number that is not negative");
  }
  if (options.onError !== undefined && typeof options.onError !== 'function') throw refuse('onError', 'must be a function');
  if (baseUrl !== undefined && !isWebUrl(baseUrl)) throw refuse('baseUrl', 'must be a URL with http or https');
}

/**
 * The options for the module. It refuses those that it does not know.
 *
 * @param {ManagerOptions} options
 */
export function settingsOf({ storage: _storage, seed: _seed, clock: _clock, onError: _onError, ids, ...options }) {
  return { options, seed: typeof ids === 'object' ? ids.seed : undefined };
}

/**
 * JSON for the module. Functions become null, because a member that JSON leaves out would not be refused.
 *
 * @param {unknown} value
 */
export const toJson = (value) => JSON.stringify(value, (_, member) => (typeof member === 'function' ? null : member));

/**
 * The error for a member that the module has refused.
 *
 * @param {InvalidMember} member
 * @param {Refuse} refuse
 * @param {string} whole What an empty path stands for.
 */
export function refusalOf({ field, description, known }, refuse, whole) {
  if (!known) return refuse(field || whole, description);
  const name = field.slice(field.lastIndexOf('.') + 1);
  const names = whole === 'options' && name === field ? [...OWN, ...known] : known;
  return refuse(field, `is not an option: did you mean ${nearest(name, names)}?`);
}
