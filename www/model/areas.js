// The three areas of a Media Manager, each with its folder at the top.
import { say } from '../text/language.js';

/** @typedef {'files' | 'visitor' | 'trash'} Area */

/**
 * @typedef {object} Root The folder at the top of an area.
 * @property {string} id
 * @property {Area} area
 * @property {string} name
 * @property {string} picture The name of its icon.
 * @property {boolean} [isLeaf] Whether the tree shows no folders below it.
 */

/** The areas in the order of the sidebar. @type {readonly Root[]} */
export const ROOTS = [
  { id: 'media-root', area: 'files', get name() { return say`Site Files`; }, picture: 'site' },
  { id: 'visitor-uploads', area: 'visitor', get name() { return say`Visitor Uploads`; }, picture: 'visitor' },
  { id: 'trash-root', area: 'trash', get name() { return say`Trash`; }, picture: 'trash', isLeaf: true },
];

/** The ID of the folder at the top of each area. */
export const TOPS = { files: 'media-root', visitor: 'visitor-uploads', trash: 'trash-root' };

/**
 * Returns the area that has this folder at its top.
 *
 * @param {string | null | undefined} id
 */
export const areaOfTop = (id) => ROOTS.find((root) => root.id === id)?.area;

/**
 * @param {string | undefined} name
 * @returns {name is Area}
 */
export const isArea = (name) => ROOTS.some(({ area }) => area === name);
