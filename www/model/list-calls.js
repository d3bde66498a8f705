// The calls that list what a view shows: one for folders, one for files.
/** @import { CallOptions, Client, FileDescriptor, Folder } from 'wix-media.v2' */
/** @import { View } from './view.js' */
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';
import { TOPS } from './areas.js';
import { filesByIdCall } from './files-by-id.js';
import { isFiltered } from './filters.js';
import { sortOf } from './order.js';

/**
 * @template Page
 * @template Value
 * @typedef {object} ListCall
 * @property {string} name The name of the function.
 * @property {object} options Its options.
 * @property {string} [search] The words of a search.
 * @property {string} [title] What it does, in words, if that is not to list or to search.
 * @property {string} [source] Its source, if that is not a loop over its pages.
 * @property {(client: Client, call: CallOptions) => { pages(): AsyncIterable<Page> } & (Value extends Folder ? AsyncIterable<Value> : unknown)} list
 */

/** @typedef {{ files?: FileDescriptor[] }} FilePage */
/** @typedef {{ folders?: Folder[] }} FolderPage */

const PAGE_SIZE = 100;

/** The roots that a search covers, by area. @type {Record<View['area'], 'MEDIA_ROOT' | 'VISITOR_UPLOADS_ROOT' | 'TRASH_ROOT'>} */
const SEARCH_ROOTS = { files: 'MEDIA_ROOT', visitor: 'VISITOR_UPLOADS_ROOT', trash: 'TRASH_ROOT' };

/**
 * Returns the calls of a view. One that is filtered has no folders, unless it keeps them.
 *
 * @param {View} view
 * @returns {{ folders: ListCall<FolderPage, Folder> | undefined, files: ListCall<FilePage, FileDescriptor> }}
 */
export function listCallsOf(view) {
  const { fileIds } = view;
  if (fileIds) return { folders: undefined, files: filesByIdCall({ ...view, fileIds }) };
  const { folders, files } = callsOf(view);
  return { folders: isFiltered(view) && !view.keepsFolders ? undefined : folders, files };
}

/**
 * @param {View} view
 * @returns {{ folders: ListCall<FolderPage, Folder>, files: ListCall<FilePage, FileDescriptor> }}
 */
function callsOf({ area, folderId, query, types, sort }) {
  const paging = { limit: PAGE_SIZE };
  const folderSort = sortOf('folder', sort);
  const filter = types.length > 0 ? { mediaTypes: types } : {};
  if (query) {
    const scope = { search: query, rootFolder: SEARCH_ROOTS[area] };
    const folderOptions = { ...scope, sort: folderSort, paging };
    const fileOptions = { ...scope, ...filter, sort, paging };
    return {
      folders: { name: 'searchFolders', options: folderOptions, search: query, list: (client, call) => client.folders.searchFolders(folderOptions, call) },
      files: { name: 'searchFiles', options: fileOptions, search: query, list: (client, call) => client.files.searchFiles(fileOptions, call) },
    };
  }
  const parent = { parentFolderId: folderId ?? TOPS[area] };
  const folderOptions = { ...parent, sort: folderSort, paging };
  const fileOptions = { ...parent, ...filter, sort, paging };
  if (area === 'trash') {
    return {
      folders: { name: 'listDeletedFolders', options: folderOptions, list: (client, call) => client.folders.listDeletedFolders(folderOptions, call) },
      files: { name: 'listDeletedFiles', options: fileOptions, list: (client, call) => client.files.listDeletedFiles(fileOptions, call) },
    };
  }
  return {
    folders: { name: 'listFolders', options: folderOptions, list: (client, call) => client.folders.listFolders(folderOptions, call) },
    files: { name: 'listFiles', options: fileOptions, list: (client, call) => client.files.listFiles(fileOptions, call) },
  };
}

/**
 * What the panel of calls says of a list.
 *
 * @param {'files' | 'folders'} group
 * @param {Pick<ListCall<unknown, unknown>, 'name' | 'options' | 'search' | 'title' | 'source'>} call
 */
export const aboutList = (group, { name, options, search, title = titleOf(group, search), source }) => ({
  title,
  source: source ?? `for await (const page of ${group}.${name}(${javascript(options)}).pages()) {\n  console.log(page.${group});\n}`,
  names: [group],
  quiet: group === 'folders',
});

/**
 * @param {'files' | 'folders'} group
 * @param {string | undefined} search
 */
function titleOf(group, search) {
  if (group === 'files') return search === undefined ? say`List the files` : say`Search files for “${search}”`;
  return search === undefined ? say`List the folders` : say`Search folders for “${search}”`;
}

/**
 * Whether the service sent something with an ID. A broken entry must not break the list.
 *
 * @param {unknown} value
 */
export const isEntry = (value) => typeof value === 'object' && value !== null && '_id' in value && typeof value._id === 'string';
