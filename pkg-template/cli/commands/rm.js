// `wix-media rm`: deletes files and folders, into the trash or permanently.
import { Failure, UsageError } from '../failure.js';
import { entryOf, idsOf, itemOf, trashedOf } from '../items.js';
import { json } from '../output.js';
import { ask, printable } from '../terminal.js';
import { bytes, count, span } from '../units.js';
import { batchesOf, FILES_PER_CALL, FOLDERS_PER_CALL } from '../update.js';

/** @import { Client, Context, Item } from '../internal.d.ts' */

/**
 * @typedef {object} Removal
 * @property {Item[]} items The items that were named; none where the whole trash is emptied.
 * @property {boolean} isPermanent
 * @property {{ files: number, folders: number, bytes: number }} plan What will be deleted.
 * @property {(isPermanent: boolean) => Promise<unknown>} act Deletes it.
 * @property {string} place The name of the Media Manager.
 */

/** @param {Context} context */
export async function rm(context) {
  const { words, options, connect } = context;
  const { trash, olderThan } = options;
  if (!trash && words.length === 0) throw new UsageError('rm needs PATH', 'rm');
  if (olderThan !== undefined && (!trash || words.length > 0)) throw new UsageError('--older-than needs --trash, and takes no paths', 'rm');
  if (olderThan !== undefined && span(olderThan) === undefined) {
    throw new UsageError(`invalid --older-than: expected a time such as 30d, 12h or 15m, found ${olderThan}`, 'rm');
  }
  const { client, name: place } = await connect();
  if (trash && words.length === 0) return emptyTrash(context, client, place);

  const items = [];
  if (trash) items.push(...(await trashedOf(client, words)));
  else for (const word of words) items.push(await itemOf(client, word));
  const ids = idsOf(items);
  const plan = await client.trash.plan(ids);
  const act = (/** @type {boolean} */ isPermanent) => bulkDelete(client, ids, isPermanent);
  await remove(context, { place, items, isPermanent: Boolean(trash || options.permanent), plan, act });
}

/**
 * @param {Context} context
 * @param {Client} client
 * @param {string} place
 */
async function emptyTrash(context, client, place) {
  const { olderThan } = context.options;
  const plan = await client.trash.empty({ olderThan, dryRun: true });
  await remove(context, { place, items: [], isPermanent: true, plan, act: () => client.trash.empty({ olderThan }) });
}

/**
 * @param {Client} client
 * @param {ReturnType<typeof idsOf>} ids
 * @param {boolean} permanent
 */
async function bulkDelete(client, { fileIds, folderIds }, permanent) {
  for (const ids of batchesOf(fileIds, FILES_PER_CALL)) await client.files.bulkDeleteFiles(ids, { permanent });
  for (const ids of batchesOf(folderIds, FOLDERS_PER_CALL)) await client.folders.bulkDeleteFolders(ids, { permanent });
}

/**
 * Says what will be deleted, asks where that cannot be undone, and deletes it.
 *
 * @param {Context} context
 * @param {Removal} removal
 */
async function remove({ options, print, note, stdin, stderr, paint }, { items, isPermanent, plan, act, place }) {
  const { files, folders, bytes: size } = plan;
  const what = `${count(files, 'file')} and ${count(folders, 'folder')} (${bytes(size)})`;
  const result = { isPermanent, isDryRun: Boolean(options.dryRun), files, folders, bytes: size, items: items.map(entryOf) };
  if (options.dryRun && !options.json) {
    print(`${isPermanent ? 'Would delete permanently' : 'Would move to the trash'}: ${what}`);
    for (const { kind, path, name, id } of items) print(`  ${printable(path ?? name)}${kind === 'folder' ? '/' : ''}  ${paint.dim(id)}`);
    return;
  }
  if (!options.dryRun && files + folders > 0) {
    if (isPermanent && !options.yes) await confirm(`Delete ${what} from ${place} permanently? This cannot be undone.`, { stdin, stderr });
    await act(isPermanent);
  }
  if (options.json) return print(json(result));
  if (options.quiet) return;
  if (files + folders === 0) note('Nothing to delete.');
  else print(`${isPermanent ? 'Deleted permanently' : 'Moved to the trash'}: ${what}`);
}

/**
 * Continues only after a yes. Without a terminal, --yes has to give it.
 *
 * @param {string} question
 * @param {Pick<Context, 'stdin' | 'stderr'>} streams
 */
async function confirm(question, { stdin, stderr }) {
  if (!stdin.isTTY) throw new UsageError('permanent deletion needs --yes where the standard input is not a terminal', 'rm');
  if (!(await ask(question, { stdin, stderr }))) throw new Failure('Nothing was deleted', { code: 'NOT_CONFIRMED' });
}
