// What the page looks at: an area, a folder or a search in it, and how the items are filtered and sorted.
/** @import { Area } from './areas.js' */
/** @import { Filters } from './filters.js' */
/** @import { MediaTypeWithLiterals } from 'wix-media.v2' */
import { say } from '../text/language.js';

/**
 * @typedef {{ fieldName: 'displayName' | 'updatedDate' | 'sizeInBytes', order: 'ASC' | 'DESC' }} Sort
 *
 * @typedef {object} View
 * @property {Area} area
 * @property {string | undefined} folderId `undefined` at the top of the area.
 * @property {string | undefined} query
 * @property {MediaTypeWithLiterals[]} types All if empty.
 * @property {Filters} [filters]
 * @property {Sort} sort
 * @property {readonly string[]} [fileIds] Lists these files, wherever they are.
 * @property {boolean} [keepsFolders] Whether folders are listed beside the files of some types.
 *
 * @typedef {'newest' | 'oldest' | 'name' | 'name-down' | 'largest' | 'smallest'} SortName
 */

/** The sort orders on offer, by the value of the menu. @type {Record<SortName, { label: string, sort: Sort }>} */
export const SORTS = {
  newest: { get label() { return say`Newest first`; }, sort: { fieldName: 'updatedDate', order: 'DESC' } },
  oldest: { get label() { return say`Oldest first`; }, sort: { fieldName: 'updatedDate', order: 'ASC' } },
  name: { get label() { return say`Name, A to Z`; }, sort: { fieldName: 'displayName', order: 'ASC' } },
  'name-down': { get label() { return say`Name, Z to A`; }, sort: { fieldName: 'displayName', order: 'DESC' } },
  largest: { get label() { return say`Largest first`; }, sort: { fieldName: 'sizeInBytes', order: 'DESC' } },
  smallest: { get label() { return say`Smallest first`; }, sort: { fieldName: 'sizeInBytes', order: 'ASC' } },
};

/**
 * Whether a view holds files of several folders: those that a search finds, or all favourites.
 *
 * @param {Pick<View, 'area' | 'query' | 'folderId' | 'filters'>} view
 */
export const spansFolders = (view) => view.query !== undefined || showsFavourites(view);

/**
 * Whether a view holds the favourites of all folders. The trash is one of its own.
 *
 * @param {Pick<View, 'area' | 'query' | 'folderId' | 'filters'>} view
 */
export const showsFavourites = ({ area, query, folderId, filters }) => filters?.favourites === true && area !== 'trash' && query === undefined && folderId === undefined;

/**
 * @param {unknown} name
 * @returns {name is SortName}
 */
export const isSortName = (name) => typeof name === 'string' && Object.hasOwn(SORTS, name);

/**
 * Returns the name of a sort order.
 *
 * @param {Sort} sort
 */
export const sortNamed = ({ fieldName, order }) =>
  Object.keys(SORTS).filter(isSortName).find((name) => SORTS[name].sort.fieldName === fieldName && SORTS[name].sort.order === order);
