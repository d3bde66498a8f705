// `wix-media ls`: lists folders, the trash, or the uploads of visitors.
import { UsageError } from '../failure.js';
import { entryOf, fileItem, folderItem, folderSort, itemOf, join, trashed } from '../items.js';
import { itemTable, json } from '../output.js';
import { printable } from '../terminal.js';

/** @import { CommonSorting } from '../../types/index.js' */
/** @import { Client, Context, Item } from '../internal.d.ts' */

const VISITORS = 'visitor-uploads';

/** @type {Record<string, string>} */
const FIELDS = { name: 'displayName', size: 'sizeInBytes', date: 'updatedDate' };

/** @param {Context} context */
export async function ls({ words, options, connect, print, paint }) {
  const { trash, visitors } = options;
  if ((trash || visitors) && words.length > 0) throw new UsageError('--trash and --visitors take no path', 'ls');
  if (trash && visitors) throw new UsageError('--trash and --visitors exclude each other: choose one', 'ls');
  const { client } = await connect();
  /** @type {{ word?: string, items: Item[] }[]} */
  const lists = [];
  if (trash) lists.push({ items: await trashed(client, { mediaTypes: options.type, sort: sortOf(options) }) });
  else if (visitors) lists.push({ items: await childrenOf(client, VISITORS, undefined, options) });
  else for (const word of words.length > 0 ? words : ['/']) lists.push({ word, items: await listed(client, word, options) });

  if (options.json) return print(json(lists.flatMap(({ items }) => items.map(entryOf))));
  for (const [index, { word, items }] of lists.entries()) {
    if (lists.length > 1) print(`${index > 0 ? '\n' : ''}${printable(word)}:`);
    for (const line of itemTable(items, { isLong: options.long, paint })) print(line);
  }
}

/**
 * @param {Client} client
 * @param {string} word
 * @param {Context['options']} options
 */
async function listed(client, word, options) {
  const item = await itemOf(client, word);
  return item.kind === 'file' ? [item] : childrenOf(client, item.id, item.path, options);
}

/**
 * @param {Context['options']} options
 * @returns {CommonSorting}
 */
const sortOf = ({ sort = 'name', reverse }) => ({ fieldName: FIELDS[sort], order: reverse ? 'DESC' : 'ASC' });

/**
 * The direct content of a folder: folders first, unless only files of some types are asked for.
 *
 * @param {Client} client
 * @param {string} parentFolderId
 * @param {string | undefined} path
 * @param {Context['options']} options
 */
async function childrenOf(client, parentFolderId, path, options) {
  const sort = sortOf(options);
  const [folders, files] = await Promise.all([
    options.type ? [] : client.folders.listFolders({ parentFolderId, sort: folderSort(sort) }).toArray(),
    client.files.listFiles({ parentFolderId, sort, mediaTypes: options.type }).toArray(),
  ]);
  return [
    ...folders.map((folder) => folderItem(folder, join(path, folder.displayName))),
    ...files.map((file) => fileItem(file, join(path, file.displayName))),
  ];
}
