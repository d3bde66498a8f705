// The order of items: as the service sorts them, or names as people do.
//
// The service compares names by code points: `Banana, apple, item 10, item 2, Ärger`. Once all of a list is there, the page
// sorts it by the rules of the browser's language, and numbers by their value: `apple, Ärger, Banana, item 2, item 10`.
/** @import { Item } from './item.js' */
/** @import { Sort } from './view.js' */

/** @typedef {{ displayName?: string, sizeInBytes?: string | null, _createdDate?: Date | null, _updatedDate?: Date | null }} Sortable */

/** @type {Record<Sort['fieldName'], (value: Sortable) => string | number>} */
const SORT_KEYS = {
  displayName: ({ displayName }) => String(displayName ?? ''),
  updatedDate: ({ _updatedDate, _createdDate }) => Number(_updatedDate ?? _createdDate ?? 0),
  sizeInBytes: ({ sizeInBytes }) => Number(sizeInBytes ?? 0),
};

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

/**
 * Compares names as people sort them. The result is that of `Array.prototype.sort`.
 *
 * @param {string} a
 * @param {string} b
 */
export const compareNames = (a, b) => COLLATOR.compare(a, b);

/**
 * @param {string} a
 * @param {string} b
 */
function compareCodePoints(a, b) {
  const left = [...a];
  const right = [...b];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length - right.length;
  if (right[at] === undefined) return 1;
  return Number(left[at].codePointAt(0)) - Number(right[at].codePointAt(0));
}

/**
 * @param {string | number} a
 * @param {string | number} b
 * @param {boolean} isNatural
 */
function compareKeys(a, b, isNatural) {
  if (typeof a === 'number') return a - Number(b);
  return (isNatural ? compareNames : compareCodePoints)(a, String(b));
}

/**
 * The sort order of items of one kind. Folders have no size, so they are sorted by name instead.
 *
 * @param {Item['kind']} kind
 * @param {Sort} sort
 * @returns {Sort}
 */
export const sortOf = (kind, { fieldName, order }) =>
  kind === 'folder' && fieldName === 'sizeInBytes' ? { fieldName: 'displayName', order: 'ASC' } : { fieldName, order };

/**
 * Whether items of a kind are sorted by name.
 *
 * @param {Item['kind']} kind
 * @param {Sort} sort
 */
export const isByName = (kind, sort) => sortOf(kind, sort).fieldName === 'displayName';

/**
 * Returns the function that compares items of one kind. Items with equal keys are in the order of their IDs.
 *
 * @param {Item['kind']} kind
 * @param {Sort} sort
 * @param {{ isNatural: boolean }} options `isNatural` compares names as people do.
 * @returns {(a: Item, b: Item) => number}
 */
export function comparing(kind, sort, { isNatural }) {
  const { fieldName, order } = sortOf(kind, sort);
  const keyOf = SORT_KEYS[fieldName] ?? SORT_KEYS.updatedDate;
  const direction = order === 'DESC' ? -1 : 1;
  return (a, b) => direction * compareKeys(keyOf(a.value), keyOf(b.value), isNatural) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/**
 * Returns the index at which an item belongs in a sorted list of its kind.
 *
 * @param {readonly Item[]} list
 * @param {Item} item
 * @param {Sort} sort
 * @param {{ isNatural: boolean }} options
 */
export function positionIn(list, item, sort, options) {
  const compare = comparing(item.kind, sort, options);
  const at = list.findIndex((other) => compare(item, other) < 0);
  return at < 0 ? list.length : at;
}
