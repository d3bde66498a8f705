// The commands that change what is there: mkdir, mv, rename, rm, restore.
import { Failure, UsageError } from '../failure.js';
import { entryOf, folderItem, folderOf, idsOf, itemOf, trashed, trashedOf } from '../items.js';
import { json } from './listing.js';
import { ask, harmless } from '../terminal.js';
import { bytes, count, span } from '../units.js';

/** What one bulk call takes. */
const MOST_FILES = 1000;
const MOST_FOLDERS = 100;

function* partsOf(ids, most) {
  for (let at = 0; at < ids.length; at += most) yield ids.slice(at, at + most);
}

/** Makes folders, and those above them. */
export async function mkdir({ words, options, connect, print }) {
  const { client } = await connect();
  const made = [];
  for (const word of words) made.push(folderItem(await client.paths.ensure(pathIn(word)), word));
  report(made.map(entryOf), { options, print }, ({ path }) => `${path} is there`);
}

function pathIn(word) {
  if (!word.startsWith('/')) throw new UsageError(`${word} is no path: paths begin with /`, 'mkdir');
  return word;
}

/** Moves files and folders into a folder. */
export async function mv({ words, options, connect, print }) {
  const { client } = await connect();
  const folder = await folderOf(client, words.at(-1));
  // All of them before the first move, so that a mistyped name moves nothing.
  const items = [];
  for (const word of words.slice(0, -1)) items.push(await itemOf(client, word));
  const moved = [];
  for (const item of items) moved.push(await update(client, item, { parentFolderId: folder.id }));
  report(moved.map(entryOf), { options, print }, ({ name }) => `${name} is in ${words.at(-1)}`);
}

/** Gives a file or folder another name. */
export async function rename({ words: [word, displayName], options, connect, print }) {
  const { client } = await connect();
  const item = await itemOf(client, word);
  const renamed = await update(client, item, { displayName });
  if (options.json) return print(json(entryOf(renamed)));
  if (!options.quiet) print(`${harmless(word)} is called ${harmless(renamed.name)}`);
}

async function update(client, { kind, id }, change) {
  if (kind === 'folder') {
    await client.folders.updateFolder(id, change);
  } else {
    await client.files.updateFileDescriptor({ _id: id, ...change });
  }
  return itemOf(client, `id:${id}`);
}

/** One line for each result, or all as JSON. */
function report(entries, { options, print }, line) {
  if (options.json) return print(json(entries));
  if (!options.quiet) for (const entry of entries) print(harmless(line(entry)));
}

/** Deletes: into the trash, or for good. */
export async function rm(context) {
  const { words, options, connect } = context;
  const { trash, olderThan } = options;
  if (!trash && words.length === 0) throw new UsageError('rm needs PATH', 'rm');
  if (olderThan !== undefined && (!trash || words.length > 0)) throw new UsageError('--older-than empties the trash: it goes with --trash and without paths', 'rm');
  if (olderThan !== undefined && span(olderThan) === undefined) throw new UsageError(`--older-than must be a time such as 30d, 12h or 15m, and ${olderThan} is none`, 'rm');
  const { client, name: place } = await connect();
  if (trash && words.length === 0) return emptyTrash({ ...context, client, place });

  const items = [];
  if (trash) items.push(...(await trashedOf(client, words)));
  else for (const word of words) items.push(await itemOf(client, word));
  const ids = idsOf(items);
  await remove({
    ...context,
    place,
    items,
    isPermanent: Boolean(trash || options.permanent),
    plan: await client.trash.plan(ids),
    act: (isPermanent) => bulkDelete(client, ids, isPermanent),
  });
}

/** Deletes what is in the trash, for good. */
async function emptyTrash(context) {
  const { client, options } = context;
  const { olderThan } = options;
  await remove({
    ...context,
    items: [],
    isPermanent: true,
    plan: await client.trash.empty({ olderThan, dryRun: true }),
    act: () => client.trash.empty({ olderThan }),
  });
}

async function bulkDelete(client, { fileIds, folderIds }, permanent) {
  for (const ids of partsOf(fileIds, MOST_FILES)) await client.files.bulkDeleteFiles(ids, { permanent });
  for (const ids of partsOf(folderIds, MOST_FOLDERS)) await client.folders.bulkDeleteFolders(ids, { permanent });
}

/** Says what goes, asks where it cannot be undone, and lets `act` do it. */
async function remove({ items, isPermanent, plan, act, options, place, print, note, stdin, stderr, paint }) {
  const { files, folders, bytes: size } = plan;
  const what = `${count(files, 'file')} and ${count(folders, 'folder')} (${bytes(size)})`;
  const result = { isPermanent, isDryRun: Boolean(options.dryRun), files, folders, bytes: size, items: items.map(entryOf) };
  if (options.dryRun && !options.json) {
    print(`${isPermanent ? 'Would delete for good' : 'Would move to the trash'}: ${what}`);
    for (const { kind, path, name, id } of items) print(`  ${harmless(path ?? name)}${kind === 'folder' ? '/' : ''}  ${paint.dim(id)}`);
    return;
  }
  if (!options.dryRun && files + folders > 0) {
    if (isPermanent && !options.yes) await confirm(`Delete ${what} from ${place} for good? This cannot be undone.`, { stdin, stderr });
    await act(isPermanent);
  }
  if (options.json) return print(json(result));
  if (options.quiet) return;
  if (files + folders === 0) note('There is nothing to delete.');
  else print(`${isPermanent ? 'Deleted for good' : 'Moved to the trash'}: ${what}`);
}

/** Goes on only after a yes; where nobody can say it, --yes has to. */
async function confirm(question, { stdin, stderr }) {
  if (!stdin.isTTY) throw new UsageError('Deletion for good needs --yes where nobody can be asked', 'rm');
  if (!(await ask(question, { stdin, stderr }))) throw new Failure('Nothing was deleted', { code: 'NOT_CONFIRMED' });
}

/** Takes files and folders out of the trash. */
export async function restore({ words, options, connect, print, note }) {
  const { all, type: mediaTypes } = options;
  if (all && words.length > 0) throw new UsageError('--all takes no paths', 'restore');
  if (!all && words.length === 0) throw new UsageError('restore needs PATH, or --all', 'restore');
  if (mediaTypes && !all) throw new UsageError('--type goes with --all', 'restore');
  const { client } = await connect();
  const items = all ? await trashed(client, { mediaTypes }) : await trashedOf(client, words);
  if (!options.dryRun && items.length > 0) {
    if (all) await client.trash.restoreAll({ mediaTypes });
    else await putBack(client, idsOf(items));
  }
  if (options.json) return print(json(items.map(entryOf)));
  if (items.length === 0) return note('There is nothing to restore.');
  for (const { name } of options.dryRun ? items : []) print(`Would restore ${harmless(name)}`);
  if (!options.dryRun && !options.quiet) print(`Restored: ${count(items.length, 'item')}`);
}

/** Folders first: then the files that were deleted from them find their place again. */
async function putBack(client, { fileIds, folderIds }) {
  for (const ids of partsOf(folderIds, MOST_FOLDERS)) await client.folders.bulkRestoreFoldersFromTrashBin(ids);
  for (const ids of partsOf(fileIds, MOST_FILES)) await client.files.bulkRestoreFilesFromTrashBin(ids);
}
