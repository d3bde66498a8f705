// The options of the picker, checked before anything is shown.
/** @import { MediaCategory, MediaManagerPickerOptions } from '../types/picker.js' */
/** @import { MediaTypeWithLiterals } from '../types/index.js' */
import { refusal } from '../client/error.js';
import { checkNames } from '../client/names.js';

/** The media type of each category of Wix's dashboard. @type {Readonly<Record<MediaCategory, MediaTypeWithLiterals>>} */
export const CATEGORY_TYPES = { IMAGE: 'IMAGE', VIDEO: 'VIDEO', MUSIC: 'AUDIO', DOCUMENT: 'DOCUMENT', VECTOR_ART: 'VECTOR', '3D_IMAGE': 'MODEL3D' };

const NAMES = ['category', 'multiSelect', 'client', 'manager', 'folder', 'accept', 'labels', 'heading', 'signal'];

/** Each option that has a type of its own: what it must be, and whether a value is that. @type {readonly [string, string, (value: unknown) => boolean][]} */
const SHAPES = [
  ['category', `one of ${Object.keys(CATEGORY_TYPES).join(', ')}`, (value) => typeof value === 'string' && Object.hasOwn(CATEGORY_TYPES, value)],
  ['multiSelect', 'a boolean', (value) => typeof value === 'boolean'],
  ['client', 'a client of createClient', (value) => hasMembers(value, 'files', 'folders', 'uploads')],
  ['manager', 'a manager of createManager', (value) => hasMembers(value, 'client', 'fetch', 'baseUrl')],
  ['folder', 'the id of a folder', (value) => typeof value === 'string' && value !== ''],
  ['accept', 'a list of MIME types and extensions, such as image/png,.pdf', (value) => typeof value === 'string'],
  ['labels', 'a list of strings', (value) => Array.isArray(value) && value.every((label) => typeof label === 'string')],
  ['heading', 'a string', (value) => typeof value === 'string'],
  ['signal', 'an AbortSignal', (value) => hasMembers(value, 'aborted', 'addEventListener')],
];

/**
 * @param {unknown} value
 * @param {...string} names
 */
const hasMembers = (value, ...names) => typeof value === 'object' && value !== null && names.every((name) => Reflect.get(value, name) !== undefined);

/**
 * Returns the items of a list that is separated by commas, as attributes have it.
 *
 * @param {string} list
 */
export const namesIn = (list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/**
 * Checks options. Throws `INVALID_ARGUMENT` for the first one that is wrong. Members that are `undefined` count as not given.
 *
 * @param {MediaManagerPickerOptions} given
 * @param {string} operation
 * @returns {MediaManagerPickerOptions}
 */
export function checkOptions(given, operation) {
  /**
   * @param {string} field
   * @param {string} description
   */
  const refuse = (field, description) => refusal(field, description, operation);
  if (typeof given !== 'object' || given === null) throw refuse('options', 'must be an object');
  checkNames(given, NAMES, 'options.', refuse);
  for (const [name, expected, isRight] of SHAPES) {
    const value = Reflect.get(given, name);
    if (value !== undefined && !isRight(value)) throw refuse(`options.${name}`, `must be ${expected}`);
  }
  if (given.client && given.manager) throw refuse('options.manager', 'must not be given beside options.client');
  return given;
}
