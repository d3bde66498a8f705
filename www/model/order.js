// The order of items, as the service sorts them, so that a new item can be put in its place without reading the list again.
/** @import { Item } from './item.js' */
/** @import { Sort } from './view.js' */

/** @typedef {{ displayName?: string, sizeInBytes?: string | null, _createdDate?: Date | null, _updatedDate?: Date | null }} Sortable */

/** @type {Record<Sort['fieldName'], (value: Sortable) => string | number>} */
const SORT_KEYS = {
  displayName: ({ displayName }) => String(displayName ?? ''),
  updatedDate: ({ _updatedDate, _createdDate }) => Number(_updatedDate ?? _createdDate ?? 0),
  sizeInBytes: ({ sizeInBytes }) => Number(sizeInBytes ?? 0),
};

/**
 * Whether two different values are in ascending order. The service compares names by code points.
 *
 * @param {string | number} a
 * @param {string | number} b
 */
const ascends = (a, b) => (typeof a === 'string' ? codePointsAscend(a, String(b)) : a < Number(b));

/**
 * @param {string} a
 * @param {string} b
 */
function codePointsAscend(a, b) {
  const left = [...a];
  const right = [...b];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length <= right.length;
  if (right[at] === undefined) return false;
  return Number(left[at].codePointAt(0)) < Number(right[at].codePointAt(0));
}

/**
 * Returns the index at which an item belongs in a sorted list of its kind. Items with equal keys are in the order of their
 * IDs.
 *
 * @param {readonly Item[]} list
 * @param {Item} item
 * @param {Sort} sort
 */
export function positionIn(list, item, { fieldName, order }) {
  // Folders have no size, so they are sorted by name instead.
  const field = item.kind === 'folder' && fieldName === 'sizeInBytes' ? 'displayName' : fieldName;
  const keyOf = SORT_KEYS[field] ?? SORT_KEYS.updatedDate;
  const key = keyOf(item.value);
  const descends = order === 'DESC' && field === fieldName;
  const at = list.findIndex((other) => {
    const value = keyOf(other.value);
    return value === key ? item.id < other.id : ascends(key, value) !== descends;
  });
  return at < 0 ? list.length : at;
}
