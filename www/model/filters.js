// The filters of files other than that by type. The service does not have them, so the page reads the whole list and leaves out
// the files that do not pass.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { ColorName } from './colors.js' */
/** @import { FileItem } from './item.js' */
/** @import { View } from './view.js' */
import { COLOR_NAMES, hasColor } from './colors.js';

/**
 * @typedef {'landscape' | 'portrait' | 'square'} Shape
 * @typedef {{ width?: number, height?: number }} Dimensions In pixels.
 *
 * @typedef {object} Filters
 * @property {string} [since] Changed on this day, `2026-01-31`, or later.
 * @property {string} [until] Changed on this day or earlier.
 * @property {number} [min] Bytes at least.
 * @property {number} [max] Bytes at most.
 * @property {Shape} [shape] Of images and videos.
 * @property {ColorName} [color] Of images: that of a large area, or the one that draws the eye.
 * @property {string} [label]
 * @property {boolean} [isPrivate]
 * @property {true} [favourites] Only favourites: in a folder, a search or the trash those of it, and at the top those of all folders.
 * @property {true} [copies] Only files whose content another file of the view has, too.
 */

/** @type {readonly Shape[]} */
export const SHAPES = ['landscape', 'portrait', 'square'];
const DAY = /^\d{4}-\d\d-\d\d$/;

/** @param {string | null} text */
const dayOf = (text) => (text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined);

/** @param {string | null} text */
const bytesOf = (text) => (text && /^\d{1,15}$/.test(text) ? Number(text) : undefined);

/**
 * Reads filters from the parameters of an address. Unknown values filter nothing.
 *
 * @param {URLSearchParams} parameters
 * @returns {Filters}
 */
export function readFilters(parameters) {
  const visibility = parameters.get('visibility');
  return withoutUnset({
    since: dayOf(parameters.get('since')),
    until: dayOf(parameters.get('until')),
    min: bytesOf(parameters.get('min')),
    max: bytesOf(parameters.get('max')),
    shape: SHAPES.find((shape) => shape === parameters.get('shape')),
    color: COLOR_NAMES.find((name) => name === parameters.get('color')),
    label: parameters.get('label')?.trim() || undefined,
    isPrivate: visibility === 'private' ? true : visibility === 'public' ? false : undefined,
    favourites: parameters.get('favourites') === 'true' ? true : undefined,
    copies: parameters.get('copies') === 'true' ? true : undefined,
  });
}

/**
 * Returns the parameters for an address.
 *
 * @param {Filters} [filters]
 * @returns {Record<string, string>}
 */
export function writeFilters({ isPrivate, ...others } = {}) {
  const entries = Object.entries(others).map(([name, value]) => [name, String(value)]);
  if (isPrivate !== undefined) entries.push(['visibility', isPrivate ? 'private' : 'public']);
  return Object.fromEntries(entries);
}

/**
 * @param {Filters} filters
 * @returns {Filters}
 */
export const withoutUnset = (filters) => Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));

/**
 * Whether a view leaves out files, and with them all folders.
 *
 * @param {Pick<View, 'types' | 'filters'>} view
 */
export const isFiltered = ({ types, filters = {} }) => types.length > 0 || Object.keys(filters).length > 0;

/**
 * Whether a file passes filters, as far as it alone decides that. Days are those of the person, not of the service.
 *
 * @param {FileDescriptor} file
 * @param {Filters | undefined} filters
 * @param {(file: FileDescriptor) => Dimensions | undefined} dimensionsOf
 * @param {{ has: (id: string) => boolean }} [favourites]
 */
export function passes(file, { since, until, min, max, shape, color, label, isPrivate, favourites: isFavourite } = {}, dimensionsOf, favourites) {
  const changed = Number(file._updatedDate ?? file._createdDate);
  const size = Number.parseFloat(String(file.sizeInBytes));
  if (since !== undefined && !(changed >= Date.parse(`${since}T00:00`))) return false;
  if (until !== undefined && !(changed <= Date.parse(`${until}T23:59:59.999`))) return false;
  if (min !== undefined && !(size >= min)) return false;
  if (max !== undefined && !(size >= 0 && size <= max)) return false;
  if (shape !== undefined && shapeOf(dimensionsOf(file)) !== shape) return false;
  if (color !== undefined && !hasColor(file, color)) return false;
  if (label !== undefined && !file.labels?.some((one) => one.toLowerCase() === label.toLowerCase())) return false;
  if (isFavourite && !favourites?.has(String(file._id))) return false;
  return isPrivate === undefined || Boolean(file.private) === isPrivate;
}

/**
 * Returns the files of a list whose content is there more than once, those of the same content one after the other. A file
 * without a hash is no copy.
 *
 * @param {readonly FileItem[]} files
 */
export function copiesIn(files) {
  /** @type {Map<string, FileItem[]>} */
  const groups = new Map();
  for (const file of files) {
    const { hash, sizeInBytes } = file.value;
    if (!hash) continue;
    const key = `${hash} ${sizeInBytes}`;
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()].filter(({ length }) => length > 1).flat();
}

/**
 * @param {Dimensions} [dimensions]
 * @returns {Shape | undefined}
 */
function shapeOf({ width = 0, height = 0 } = {}) {
  if (width <= 0 || height <= 0) return undefined;
  return width === height ? 'square' : width > height ? 'landscape' : 'portrait';
}
