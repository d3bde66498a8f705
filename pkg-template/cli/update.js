// Changing items, and the limits of the calls that take many.
import { itemOf } from './items.js';

/** @import { Client, Item } from './internal.d.ts' */

export { batchesOf, FILES_PER_CALL, FOLDERS_PER_CALL } from '../library/batches.js';

/**
 * Renames or moves an item. Resolves to the item after the change.
 *
 * @param {Client} client
 * @param {Item} item
 * @param {{ displayName?: string, parentFolderId?: string }} change
 */
export async function update(client, { kind, id }, change) {
  if (kind === 'folder') await client.folders.updateFolder(id, change);
  else await client.files.updateFileDescriptor({ _id: id, ...change });
  return itemOf(client, `id:${id}`);
}
