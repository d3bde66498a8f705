// `wix-media search`: finds files and folders by a part of their name, type or labels.
import { Failure } from '../failure.js';
import { entryOf, fileItem, folderItem, join, pathOf } from '../items.js';
import { itemTable, json } from '../output.js';

/** @import { RootFolderWithLiterals } from '../../types/index.js' */
/** @import { Context, Item } from '../internal.d.ts' */

/** @type {Record<string, RootFolderWithLiterals>} */
const SCOPES = { site: 'MEDIA_ROOT', trash: 'TRASH_ROOT', visitors: 'VISITOR_UPLOADS_ROOT' };

/** @param {Context} context */
export async function search({ words: [text], options, connect, print, paint }) {
  const { client } = await connect();
  const { limit = 100, type: mediaTypes } = options;
  const rootFolder = SCOPES[options.in ?? 'site'];
  const [folders, files] = await Promise.all([
    mediaTypes ? [] : client.folders.searchFolders({ search: text, rootFolder }).toArray({ limit }),
    client.files.searchFiles({ search: text, rootFolder, mediaTypes }).toArray({ limit }),
  ]);
  const known = new Map();
  /** @returns {Promise<Item>} */
  const located = async (/** @type {Item} */ item, /** @type {{ parentFolderId?: string | null }} */ { parentFolderId }) => ({
    ...item,
    path: join(await pathOf(client, String(parentFolderId), known), item.name),
  });
  const items = [];
  // One after the other: most share their folders, and each folder is fetched once.
  for (const folder of folders) items.push(await located(folderItem(folder), folder));
  for (const file of files) items.push(await located(fileItem(file), file));
  if (options.json) return print(json(items.map(entryOf)));
  if (items.length === 0) throw new Failure(`Nothing matches ${text}`, { code: 'NOTHING_FOUND' });
  for (const line of itemTable(items, { isLong: options.long, withPath: true, paint })) print(line);
}
