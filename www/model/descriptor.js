// Descriptors as a service sends them, without what is not of its type: one odd member must not hide a whole file.
/** @import { FileDescriptor, Folder } from 'wix-media.v2' */

/** @param {unknown} value */
const isText = (value) => typeof value === 'string';
/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null;

/** What members have to be, by their names. @type {Record<string, (value: unknown) => boolean>} */
const MEMBERS = {
  displayName: isText,
  hash: isText,
  mediaType: isText,
  operationStatus: isText,
  parentFolderId: isText,
  state: isText,
  thumbnailUrl: isText,
  url: isText,
  sizeInBytes: (value) => isText(value) || typeof value === 'number',
  labels: (value) => Array.isArray(value) && value.every(isText),
  media: isObject,
};

/**
 * Returns a descriptor whose members are of their types. One that is sound stays the same object.
 *
 * @template {FileDescriptor | Folder} Value
 * @param {Value} value
 * @returns {Value}
 */
export function sound(value) {
  const members = /** @type {Record<string, unknown>} */ (value);
  const odd = Object.keys(MEMBERS).filter((name) => members[name] !== undefined && members[name] !== null && !MEMBERS[name](members[name]));
  if (odd.length === 0) return value;
  const rest = { ...members };
  for (const name of odd) delete rest[name];
  // Some labels are better than none.
  if (Array.isArray(members.labels)) rest.labels = members.labels.filter(isText);
  return /** @type {Value} */ (/** @type {unknown} */ (rest));
}
