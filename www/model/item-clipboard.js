// Items that were copied or cut: this browser keeps them for the tabs of the page, and the clipboard has their names for other programs, with a
// token. Any site can put anything into the clipboard, so what is moved must not come from there.
/** @import { Item } from './item.js' */
import { fileItem, folderItem } from './item.js';

const TYPE = 'application/x-wix-media-clipboard';

/** In `localStorage`: the items that were copied or cut last. */
export const KEPT_ITEMS = 'wix-media clipboard';

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
 * Keeps items for all tabs. Returns whether the browser lets the page do that.
 *
 * @param {HeldItems} held
 */
export function keepItems({ token, place, isCut, items }) {
  try {
    const kept = { token, place, isCut, items: items.map(({ kind, id, name, value }) => ({ kind, id, name, from: value.parentFolderId })) };
    localStorage.setItem(KEPT_ITEMS, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

/**
 * The items with this token, unless others were copied since, or they were cut and pasted.
 *
 * @param {string} token
 */
export function keptItems(token) {
  try {
    const held = itemsIn(localStorage.getItem(KEPT_ITEMS) ?? '');
    return held?.token === token ? held : undefined;
  } catch {
    // No storage.
    return undefined;
  }
}

/** @param {string} token */
export function forgetItems(token) {
  if (keptItems(token)) localStorage.removeItem(KEPT_ITEMS);
}

/**
 * Reads what `keepItems` wrote.
 *
 * @param {string} text
 * @returns {HeldItems | undefined}
 */
export function itemsIn(text) {
  try {
    const { token, place, isCut, items } = Object(JSON.parse(text));
    if (typeof token !== 'string' || typeof place !== 'string' || !Array.isArray(items)) return undefined;
    const found = items.map(Object).filter(({ kind, id, name, from }) => (kind === 'file' || kind === 'folder') && [id, name, from].every((member) => typeof member === 'string' && member !== ''));
    return found.length > 0 ? { token, place, isCut: isCut === true, items: found.map(({ kind, id, name, from }) => plainItem(kind, id, name, from)) } : undefined;
  } catch {
    // Of another version.
    return undefined;
  }
}

/**
 * Puts the token and the names of items into the data of a clipboard event.
 *
 * @param {DataTransfer} transfer
 * @param {HeldItems} held
 */
export function writeItems(transfer, { token, items }) {
  transfer.setData(TYPE, token);
  transfer.setData('text/plain', items.map(({ name }) => name).join('\n'));
}

/**
 * The token in the data of a clipboard event, or an empty text.
 *
 * @param {DataTransfer} transfer
 */
export const tokenIn = (transfer) => transfer.getData(TYPE);

/** Returns a name for a picture of the clipboard. Browsers call all of them `image.png`. @param {File} file @param {string} name */
export function namedFile(file, name) {
  const extension = /\.\w+$/.exec(file.name)?.[0] ?? '';
  return /^image\.\w+$/.test(file.name) ? new File([file], `${name}${extension}`, { type: file.type, lastModified: file.lastModified }) : file;
}
