// The limits of the service for calls that take many ids.

/** How many ids one call takes. */
export const FILES_PER_CALL = 1000;
export const FOLDERS_PER_CALL = 100;
export const DESCRIPTORS_PER_CALL = 100;

/**
 * @template Item
 * @param {Item[]} list
 * @param {number} size
 */
export function* batchesOf(list, size) {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}
