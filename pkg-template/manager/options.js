// The options of `createManager`: their names, and the checks that the WebAssembly module leaves to its host.
import { checkNames } from '../client/names.js';

/** @import { ManagerOptions } from '../types/index.js' */
/** @import { Refuse } from './internal.d.ts' */

/** Options that the module reads. */
const SETTINGS = /** @type {const} */ ([
  'siteId',
  'baseUrl',
  'limits',
  'processing',
  'ids',
  'auth',
  'webhooks',
  'webhookDelayFactor',
  'keepEvents',
  'faults',
  'lagMs',
  'delayMs',
  'allowPrivateImports',
]);

/** @type {string[]} */
const OPTIONS = ['storage', 'seed', 'clock', ...SETTINGS];

const FAULT = ['match', 'status', 'latencyMs', 'times', 'headers', 'body'];

/**
 * Members of options that are objects.
 *
 * @type {Record<string, string[]>}
 */
const MEMBERS = {
  limits: ['sizeInBytes', 'quotaInBytes', 'requestsPerMinute'],
  processing: ['pendingMs', 'fail'],
  auth: ['apiKeys', 'clients'],
};

/**
 * Members of the items of options that are lists.
 *
 * @type {Record<string, string[]>}
 */
const ITEMS = {
  'auth.apiKeys': ['key', 'siteIds', 'scope'],
  'auth.clients': ['clientId', 'clientSecret', 'instanceId', 'scope'],
  webhooks: ['url', 'events'],
};

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
 * Refuses unknown options, and values that the module does not check itself.
 *
 * @param {any} options
 * @param {readonly string[]} known The names that are allowed.
 * @param {Refuse} refuse
 */
export function checkOptions(options, known, refuse) {
  if (!isObject(options)) throw refuse('options', 'must be an object');
  checkNames(options, known, '', refuse);
  for (const [name, members] of Object.entries(MEMBERS)) {
    const value = options[name];
    if (value === undefined || value === null) continue;
    if (!isObject(value)) throw refuse(name, 'must be an object');
    checkNames(value, members, `${name}.`, refuse);
  }
  for (const [name, members] of Object.entries(ITEMS)) {
    const [first, second] = name.split('.');
    checkItems(second ? options[first]?.[second] : options[first], members, name, refuse);
  }
  checkFaults(options.faults, 'faults', refuse);
}

/**
 * Refuses unknown members of faults.
 *
 * @param {unknown} faults
 * @param {string} path
 * @param {Refuse} refuse
 */
export const checkFaults = (faults, path, refuse) => checkItems(faults, FAULT, path, refuse);

/**
 * @param {unknown} list
 * @param {string[]} members
 * @param {string} path
 * @param {Refuse} refuse
 */
function checkItems(list, members, path, refuse) {
  // The module refuses what is not a list of objects.
  if (!Array.isArray(list)) return;
  for (const [index, item] of list.entries()) if (isObject(item)) checkNames(item, members, `${path}[${index}].`, refuse);
}

/**
 * Refuses options of `createManager` that make no sense.
 *
 * @param {any} options
 * @param {Refuse} refuse
 */
export function checkManagerOptions(options, refuse) {
  checkOptions(options, OPTIONS, refuse);
  const { ids = 'random', baseUrl } = options;
  if (ids !== 'random' && !(Number.isSafeInteger(ids?.seed) && ids.seed >= 0)) {
    throw refuse('ids', "must be 'random' or { seed }, a whole number that is not negative");
  }
  if (baseUrl !== undefined && !isWebUrl(baseUrl)) throw refuse('baseUrl', 'must be a URL with http or https');
}

/**
 * The options for the module.
 *
 * @param {ManagerOptions} options
 */
export function settingsOf(options) {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, options[name]]));
  if (settings.ids === 'random') settings.ids = undefined;
  return settings;
}
