// The order of paths: folders before what is in them, siblings by their keys. All listings have it, so that two of them can
// be compared as they come, without holding either.

/** Sorts before every character of a key, so that a folder and its content stay together. */
const SEPARATOR = '\u0000';

/**
 * Makes the function that gives the place of a path in the order.
 *
 * @param {boolean} isFolded Whether a side takes `Fox.jpg` and `fox.jpg` for one name, and composed and decomposed letters.
 * @returns {(path: string) => string}
 */
export const ordering = (isFolded) => (path) => (isFolded ? path.normalize('NFC').toLowerCase() : path).replaceAll('/', SEPARATOR);

/**
 * Whether a path is below a folder.
 *
 * @param {string} path
 * @param {string} folder
 */
export const isBelow = (path, folder) => path.startsWith(`${folder}/`);

/**
 * The folder of a path; empty at the top.
 *
 * @param {string} path
 */
export const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

/**
 * @param {string} folder
 * @param {string} key
 */
export const below = (folder, key) => (folder === '' ? key : `${folder}/${key}`);
