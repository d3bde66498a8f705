// `wix-media du`: how much is in folders, with everything below them.
import { folderOf, join } from '../items.js';
import { json } from '../output.js';
import { table } from '../terminal.js';
import { bytes } from '../units.js';

/** @import { FolderTree } from '../../types/index.js' */
/** @import { Column, Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function du({ words: [word = '/'], options, connect, print, paint }) {
  const { client } = await connect();
  const { depth = 1 } = options;
  const top = await folderOf(client, word);
  /** @type {{ path: string | undefined, files: number, folders: number, bytes: number }[]} */
  const shown = [];
  const add = (/** @type {FolderTree} */ node, /** @type {string | undefined} */ path, /** @type {number} */ level) => {
    if (level > depth) return;
    shown.push({ path, files: node.fileCount, folders: foldersBelow(node), bytes: node.sizeInBytes });
    for (const below of node.folders) add(below, join(path, below.folder.displayName), level + 1);
  };
  add(await client.paths.tree('/', { parentFolderId: top.id }), top.path, 0);
  if (options.json) return print(json(shown));
  /** @type {Column[]} */
  const columns = [{ title: 'Size', align: 'right' }, { title: 'Files', align: 'right' }, { title: 'Folder' }];
  const rows = shown.map(({ path, files, bytes: size }) => [bytes(size), String(files), String(path)]);
  for (const line of table(columns, rows, paint)) print(line);
}

/**
 * @param {FolderTree} tree
 * @returns {number}
 */
const foldersBelow = ({ folders }) => folders.reduce((sum, folder) => sum + 1 + foldersBelow(folder), 0);
