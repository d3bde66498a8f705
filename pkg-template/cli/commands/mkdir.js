// `wix-media mkdir`: makes folders, and those above them.
import { UsageError } from '../failure.js';
import { entryOf, folderItem } from '../items.js';
import { report } from '../output.js';

/** @import { Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function mkdir({ words, options, connect, print }) {
  const wrong = words.find((word) => !word.startsWith('/'));
  const { client } = await connect();
  if (wrong !== undefined) throw new UsageError(`invalid path ${wrong}: paths begin with /`, 'mkdir');
  const made = [];
  for (const word of words) made.push(folderItem(await client.paths.ensure(word), word));
  report(made.map(entryOf), { options, print }, ({ path }) => `${path} exists`);
}
