// `wix-media restore`: takes files and folders out of the trash.
import { UsageError } from '../failure.js';
import { entryOf, idsOf, trashed, trashedOf } from '../items.js';
import { json } from '../output.js';
import { printable } from '../terminal.js';
import { count } from '../units.js';
import { batchesOf, FILES_PER_CALL, FOLDERS_PER_CALL } from '../update.js';

/** @import { Client, Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function restore({ words, options, connect, print, note }) {
  const { all, type: mediaTypes } = options;
  if (all && words.length > 0) throw new UsageError('--all takes no paths', 'restore');
  if (!all && words.length === 0) throw new UsageError('restore needs PATH, or --all', 'restore');
  if (mediaTypes && !all) throw new UsageError('--type needs --all', 'restore');
  const { client } = await connect();
  const items = all ? await trashed(client, { mediaTypes }) : await trashedOf(client, words);
  if (!options.dryRun && items.length > 0) {
    if (all) await client.trash.restoreAll({ mediaTypes });
    else await bulkRestore(client, idsOf(items));
  }
  if (options.json) return print(json(items.map(entryOf)));
  if (items.length === 0) return note('Nothing to restore.');
  for (const { name } of options.dryRun ? items : []) print(`Would restore ${printable(name)}`);
  if (!options.dryRun && !options.quiet) print(`Restored: ${count(items.length, 'item')}`);
}

/**
 * Restores folders first: then files that were deleted from them return to them.
 *
 * @param {Client} client
 * @param {ReturnType<typeof idsOf>} ids
 */
async function bulkRestore(client, { fileIds, folderIds }) {
  for (const ids of batchesOf(folderIds, FOLDERS_PER_CALL)) await client.folders.bulkRestoreFoldersFromTrashBin(ids);
  for (const ids of batchesOf(fileIds, FILES_PER_CALL)) await client.files.bulkRestoreFilesFromTrashBin(ids);
}
