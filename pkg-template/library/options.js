// The options of uploads, downloads, paths and the trash: one table of names, kinds and ranges.
//
// An option that makes no sense is refused before anything is sent. Ignored or passed on, it fails in silence: no download
// at all with a concurrency of 0, one request for each byte with a chunk size of NaN.
import { checkNames } from '../client/names.js';

/** @import { Refusal } from './internal.d.ts' */

/** @typedef {(value: any) => boolean} Test */
/** @typedef {[test: Test, expectation: string]} Kind */

/** @type {Test} */
const isText = (value) => typeof value === 'string';
/** @type {Test} */
const isFunction = (value) => typeof value === 'function';
/** @type {Test} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** @type {Test} */
const isTexts = (value) => Array.isArray(value) && value.every(isText);

/**
 * @param {...unknown} values
 * @returns {Kind}
 */
const oneOf = (...values) => [(value) => values.includes(value), `must be one of ${values.join(', ')}`];

/**
 * A whole number, or Infinity where that may stand for everything.
 *
 * @param {number} least
 * @param {boolean} [isUnbounded]
 * @returns {Kind}
 */
export const whole = (least, isUnbounded) => [
  (value) => (Number.isSafeInteger(value) && value >= least) || (Boolean(isUnbounded) && value === Infinity),
  `must be a whole number of at least ${least}`,
];

/** @type {Kind} */
const TEXT = [isText, 'must be a string'];
/** @type {Kind} */
export const FLAG = [(value) => typeof value === 'boolean', 'must be true or false'];
/** @type {Kind} */
export const CALLBACK = [isFunction, 'must be a function'];
/** @type {Kind} */
const TEXTS = [isTexts, 'must be a list of strings'];

/**
 * Every option by its name.
 *
 * @type {Record<string, Kind>}
 */
export const KINDS = {
  signal: [(value) => typeof value?.aborted === 'boolean' && isFunction(value.addEventListener), 'must be an AbortSignal'],
  timeoutMs: [(value) => typeof value === 'number' && value >= 0, 'must be a number of milliseconds, at least 0'],
  stallMs: [(value) => typeof value === 'number' && value > 0, 'must be a number of milliseconds above 0'],
  onProgress: CALLBACK,
  verify: oneOf('auto', true, false),
  concurrency: whole(1, true),

  path: TEXT,
  parentFolderId: TEXT,
  displayName: TEXT,
  mimeType: TEXT,
  private: FLAG,
  labels: TEXTS,
  externalInfo: [isObject, 'must be an object'],
  waitUntil: oneOf('accepted', 'ready'),
  protocol: oneOf('auto', 'plain', 'tus'),
  onDuplicate: oneOf('keep-both', 'reuse', 'fail'),
  chunkSizeInBytes: whole(1),
  sessions: [
    (value) =>
      value === false ||
      isText(value?.directory) ||
      value?.directory instanceof URL ||
      ['get', 'put', 'delete', 'list'].every((name) => isFunction(value?.[name])),
    'must be false, { directory } or { get, put, delete, list }',
  ],

  asset: TEXT,
  fileName: TEXT,
  inline: FLAG,
  from: whole(0),

  depth: whole(0, true),

  olderThan: [(value) => isText(value) || value >= 0, 'must be a Date, milliseconds, or a text such as 30d, 12h'],
  mediaTypes: TEXTS,
  dryRun: FLAG,
  inFolders: FLAG,
};

const CALL = ['signal', 'timeoutMs'];
const DOWNLOAD = ['signal', 'stallMs', 'onProgress'];
const PATH = [...CALL, 'parentFolderId'];
const UPLOAD = [
  ...[...CALL, 'stallMs', 'onProgress', 'verify', 'path', 'parentFolderId', 'displayName', 'mimeType', 'private', 'labels'],
  ...['externalInfo', 'waitUntil', 'protocol', 'onDuplicate', 'chunkSizeInBytes', 'sessions'],
];

/**
 * The options of each function, by its name in errors.
 *
 * @type {Record<string, string[]>}
 */
const OPTIONS = {
  'uploads.upload': UPLOAD,
  'uploads.uploadAll': [...UPLOAD, 'concurrency'],
  'uploads.waitUntilReady': CALL,
  'uploads.list': ['sessions'],
  'uploads.resume': UPLOAD,
  'uploads.cancel': ['sessions'],
  'downloads.file': [...DOWNLOAD, 'verify', 'asset', 'fileName', 'inline', 'from'],
  'downloads.zip': DOWNLOAD,
  'downloads.toDirectory': [...CALL, 'onProgress', 'verify', 'concurrency'],
  'paths.resolve': PATH,
  'paths.ensure': PATH,
  'paths.walk': [...PATH, 'depth'],
  'paths.tree': [...PATH, 'depth'],
  'trash.plan': CALL,
  'trash.empty': [...CALL, 'olderThan', 'mediaTypes', 'dryRun'],
  'trash.restoreAll': [...CALL, 'mediaTypes', 'inFolders'],
};

/**
 * Refuses options that a function does not have, and values of the wrong kind. Returns a copy of the options, which is
 * empty if they are null or undefined. Options may be inherited, from an object with the defaults of a program.
 *
 * @template {object} Options
 * @param {string} operation
 * @param {Options | null | undefined} options
 * @param {Refusal} refusal
 * @returns {Options}
 * @example
 * checkOptions('downloads.toDirectory', { concurrency: 0 }, refusal);
 * // throws: downloads.toDirectory: concurrency must be a whole number of at least 1
 */
export function checkOptions(operation, options, refusal) {
  const refuse = (/** @type {string} */ field, /** @type {string} */ description) => refusal(field, description, operation);
  /** @type {Partial<Options>} */
  let given;
  let isFit;
  try {
    isFit = isObject(options ?? {});
    given = { ...options };
    for (const name of /** @type {(keyof typeof given)[]} */ (OPTIONS[operation])) {
      // A getter of the caller runs once.
      const value = Object.hasOwn(given, name) ? undefined : options?.[name];
      if (value !== undefined) given[name] = value;
    }
  } catch (cause) {
    throw refusal('options', 'cannot be read', operation, cause);
  }
  if (!isFit) throw refuse('options', 'must be an object');
  checkNames(given, OPTIONS[operation], '', refuse);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const [test, expectation] = KINDS[name];
    if (!test(value)) throw refuse(name, expectation);
  }
  return /** @type {Options} */ (given);
}
