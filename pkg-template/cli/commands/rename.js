// `wix-media rename`: renames a file or folder.
import { entryOf, itemOf } from '../items.js';
import { json } from '../output.js';
import { printable } from '../terminal.js';
import { update } from '../update.js';

/** @import { Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function rename({ words: [word, displayName], options, connect, print }) {
  const { client } = await connect();
  const item = await itemOf(client, word);
  const renamed = await update(client, item, { displayName });
  if (options.json) return print(json(entryOf(renamed)));
  if (!options.quiet) print(`${printable(word)} is called ${printable(renamed.name)}`);
}
