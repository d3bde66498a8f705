// Items of the page in a drag: their keys, under a type that other pages ignore.

const TYPE = 'application/x-wix-media-items';

/**
 * Puts items into a drag.
 *
 * @param {DataTransfer | null} transfer
 * @param {readonly string[]} keys
 */
export function setDraggedKeys(transfer, keys) {
  if (!transfer) return;
  transfer.setData(TYPE, JSON.stringify(keys));
  transfer.effectAllowed = 'move';
}

/**
 * Returns what is dragged: `files` from outside, `items` of the page, or neither.
 *
 * @param {DataTransfer | null} transfer
 */
export function draggedKind(transfer) {
  if (transfer?.types.includes('Files')) return 'files';
  return transfer?.types.includes(TYPE) ? 'items' : undefined;
}

/**
 * Returns the keys of the items in a drag.
 *
 * @param {DataTransfer} transfer
 * @returns {string[]}
 */
export const draggedKeys = (transfer) => JSON.parse(transfer.getData(TYPE));
