// Folders and files as the page handles both.
/** @import { FileDescriptor, Folder } from 'wix-media.v2' */
import { number, say } from '../text/language.js';
import { amount } from '../text/words.js';
import { sound } from './descriptor.js';

/**
 * @typedef {{ kind: 'folder', id: string, key: string, name: string, value: Folder }} FolderItem
 * @typedef {{ kind: 'file', id: string, key: string, name: string, value: FileDescriptor }} FileItem
 * @typedef {FolderItem | FileItem} Item A folder or file. `value` is what the service returned; `key` is unique among both.
 * @typedef {Item['kind']} Kind
 *
 * @typedef {Pick<Item, 'kind' | 'id' | 'key' | 'name'>} Subject What a sentence or a call needs of an item.
 */

/**
 * @param {Kind} kind
 * @param {FileDescriptor | Folder} value
 */
const nameOf = (kind, value) => String(value.displayName || value._id || (kind === 'file' ? say`A file without a name` : say`A folder without a name`));

/**
 * @param {Folder} given
 * @returns {FolderItem}
 */
export function folderItem(given) {
  const value = sound(given);
  return { kind: 'folder', id: String(value._id), key: `folder:${value._id}`, name: nameOf('folder', value), value };
}

/**
 * @param {FileDescriptor} given
 * @returns {FileItem}
 */
export function fileItem(given) {
  const value = sound(given);
  return { kind: 'file', id: String(value._id), key: `file:${value._id}`, name: nameOf('file', value), value };
}

/**
 * Returns why a name is not allowed, or an empty string. The service refuses slashes in the names of folders. It accepts them in
 * those of files, where they break zips and paths.
 *
 * @param {string} name
 */
export const nameTrouble = (name) => (name.includes('/') ? say`A name cannot contain a slash.` : '');

/**
 * Returns what a sentence or a call needs of an item, without the value of the service.
 *
 * @param {Subject} item
 * @returns {Subject}
 */
export const subjectOf = ({ kind, id, key, name }) => ({ kind, id, key, name });

/**
 * Returns the IDs of the items of one kind.
 *
 * @param {readonly Subject[]} items
 * @param {Kind} kind
 */
export const idsOf = (items, kind) => items.filter((one) => one.kind === kind).map(({ id }) => id);

/**
 * Counts items by kind.
 *
 * @param {readonly Subject[]} items
 */
export const tally = (items) => ({ files: idsOf(items, 'file').length, folders: idsOf(items, 'folder').length });

/**
 * Names items in a sentence: `“river.jpg”`, or `3 files and 1 folder`.
 *
 * @param {readonly Subject[]} items
 */
export const named = (items) => (items.length === 1 ? say`“${items[0].name}”` : amount(tally(items)));

/**
 * How many of some items, in a sentence: `1,240 of 10,000 files`. Without a number, names all of them.
 *
 * @param {number | undefined} some
 * @param {readonly Subject[]} items
 */
export const howMany = (some, items) => (some === undefined ? named(items) : say`${number(some)} of ${named(items)}`);
