// `wix-media mv`: moves files and folders into a folder.
import { entryOf, folderOf, itemOf } from '../items.js';
import { report } from '../output.js';
import { update } from '../update.js';

/** @import { Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function mv({ words, options, connect, print }) {
  const { client } = await connect();
  const target = String(words.at(-1));
  const folder = await folderOf(client, target);
  // All of them before the first move, so that a mistyped name moves nothing.
  const items = [];
  for (const word of words.slice(0, -1)) items.push(await itemOf(client, word));
  const moved = [];
  for (const item of items) moved.push(await update(client, item, { parentFolderId: folder.id }));
  report(moved.map(entryOf), { options, print }, ({ name }) => `${name} is in ${target}`);
}
