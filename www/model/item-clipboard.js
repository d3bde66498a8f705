// Items in the clipboard: as data of a type of our own, so that another tab can paste them, and as their names for other programs.
// Another page can put anything there, so what is read is checked.
/** @import { Item } from './item.js' */
import { fileItem, folderItem } from './item.js';

const TYPE = 'application/x-wix-media-clipboard';

/**
 * @typedef {object} HeldItems
 * @property {string} token Tells what was copied at one time from the same items at another time.
 * @property {string} place The key of their place.
 * @property {boolean} isCut Whether pasting moves them.
 * @property {Item[]} items With ID, name and folder only.
 */

/**
 * @param {{ place: string, isCut: boolean, items: readonly Item[] }} given
 * @returns {HeldItems}
 */
export const holdItems = ({ place, isCut, items }) => ({ token: crypto.randomUUID(), place, isCut, items: items.map(({ kind, id, name, value }) => plainItem(kind, id, name, String(value.parentFolderId))) });

/**
 * @param {Item['kind']} kind
 * @param {string} _id
 * @param {string} displayName
 * @param {string} parentFolderId
 */
const plainItem = (kind, _id, displayName, parentFolderId) => (kind === 'file' ? fileItem({ _id, displayName, parentFolderId }) : folderItem({ _id, displayName, parentFolderId }));

/**
 * Puts items into the data of a clipboard event.
 *
 * @param {DataTransfer} transfer
 * @param {HeldItems} held
 */
export function writeItems(transfer, { token, place, isCut, items }) {
  transfer.setData(TYPE, JSON.stringify({ token, place, isCut, items: items.map(({ kind, id, name, value }) => ({ kind, id, name, from: value.parentFolderId })) }));
  transfer.setData('text/plain', items.map(({ name }) => name).join('\n'));
}

/**
 * Returns the items in the data of a clipboard event, if there are any.
 *
 * @param {DataTransfer} transfer
 * @returns {HeldItems | undefined}
 */
export function readItems(transfer) {
  try {
    const { token, place, isCut, items } = Object(JSON.parse(transfer.getData(TYPE)));
    if (typeof token !== 'string' || typeof place !== 'string' || !Array.isArray(items)) return undefined;
    const found = items.map(Object).filter(({ kind, id, name, from }) => (kind === 'file' || kind === 'folder') && [id, name, from].every((member) => typeof member === 'string' && member !== ''));
    return found.length > 0 ? { token, place, isCut: isCut === true, items: found.map(({ kind, id, name, from }) => plainItem(kind, id, name, from)) } : undefined;
  } catch {
    // Nothing of ours.
    return undefined;
  }
}

/** Returns a name for a picture of the clipboard. Browsers call all of them `image.png`. @param {File} file @param {string} name */
export function namedFile(file, name) {
  const extension = /\.\w+$/.exec(file.name)?.[0] ?? '';
  return /^image\.\w+$/.test(file.name) ? new File([file], `${name}${extension}`, { type: file.type, lastModified: file.lastModified }) : file;
}
