// `wix-media get`: downloads files and folders.
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join as joinLocal } from 'node:path';
import { safeName } from '../../library/downloads/names.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import { idsOf, itemOf, join } from '../items.js';
import { json } from '../output.js';
import { save } from '../save.js';
import { printable, progress } from '../terminal.js';
import { bytes, count } from '../units.js';

/** @import { Client, Context, Item } from '../internal.d.ts' */
/** @import { Bar } from '../save.js' */

/** @typedef {{ to?: string, force?: boolean }} Where */
/** @typedef {{ path?: string, id?: string, to: string, sizeInBytes: number, error?: { code: string, message: string } }} Got */

/** @param {Context} context */
export async function get({ words, options, connect, print, note, stderr }) {
  const { client } = await connect();
  const items = [];
  for (const word of words) items.push(await itemOf(client, word));
  const bar = progress(stderr, { isQuiet: options.quiet || options.json });
  /** @type {Got[]} */
  const done = [];
  try {
    if (options.zip) done.push(await getZip(client, items, options, bar));
    else for (const item of items) done.push(...(await getOne(client, item, options, bar, items.length === 1)));
  } finally {
    bar.end();
  }
  if (options.json) print(json(done));
  for (const { to, error, sizeInBytes } of options.json ? [] : done) {
    if (error) note(`Failed: ${printable(to)}: ${printable(error.message)}`);
    else if (!options.quiet) print(`${printable(to)}  ${bytes(sizeInBytes)}`);
  }
  return done.some(({ error }) => error) ? EXIT.failed : EXIT.done;
}

/** @param {string} path */
const isDirectory = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * @param {Client} client
 * @param {Item} item
 * @param {Where} where
 * @param {Bar} bar
 * @param {boolean} isOnly
 * @returns {Promise<Got[]>}
 */
async function getOne(client, item, { to = '.', force }, bar, isOnly) {
  if (!item.file) return getFolder(client, item, { to, force }, bar);
  const target = /[/\\]$/.test(to) || !isOnly || isDirectory(to) ? joinLocal(to, safeName(item.name)) : to;
  const total = Number(item.file.sizeInBytes);
  const sizeInBytes = await save(() => client.downloads.file(item.id), target, { force, total, bar });
  return [{ path: item.path, id: item.id, to: target, sizeInBytes }];
}

/**
 * A folder, as a directory of the same name; the content of the top one goes straight into the target.
 *
 * @param {Client} client
 * @param {Item} item
 * @param {{ to: string, force?: boolean }} where
 * @param {Bar} bar
 * @returns {Promise<Got[]>}
 */
async function getFolder(client, item, { to, force }, bar) {
  const directory = item.path === '/' ? to : joinLocal(to, safeName(item.name));
  const isFilled = existsSync(directory) && (await readdir(directory)).length > 0;
  if (isFilled && !force) {
    throw new Failure(`${directory} exists already: --force brings it up to date`, { code: 'EEXIST' });
  }
  const results = await client.downloads.toDirectory(item.id, directory, {
    onProgress: ({ received, total, done, files }) => bar.update({ done: received, total, text: `${done} of ${count(files, 'file')}` }),
  });
  return results.map(({ path, file, error }) => {
    const { code, message } = /** @type {Failure} */ (error ?? {});
    return {
      path: join(item.path, path),
      id: file._id,
      to: joinLocal(directory, path),
      sizeInBytes: Number(file.sizeInBytes),
      ...(error ? { error: { code, message } } : {}),
    };
  });
}

/**
 * @param {Client} client
 * @param {Item[]} items
 * @param {Where} where
 * @param {Bar} bar
 * @returns {Promise<Got>}
 */
async function getZip(client, items, { to, force }, bar) {
  const [first] = items;
  const { fileIds, folderIds } = idsOf(items);
  if (folderIds.length > 0 && items.length > 1) throw new UsageError('A zip holds either one folder or several files', 'get');
  const name = safeName(`${first.path === '/' ? 'media' : items.length > 1 ? 'files' : first.name}.zip`);
  const target = to === undefined ? name : isDirectory(to) ? joinLocal(to, name) : to;
  const what = folderIds.length > 0 ? { folderId: folderIds[0] } : { fileIds };
  const sizeInBytes = await save(() => client.downloads.zip(what), target, { force, bar });
  return { path: first.path, to: target, sizeInBytes };
}
