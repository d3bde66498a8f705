// The commands that move bytes: put and get.
import { createWriteStream, existsSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join as joinLocal, resolve } from 'node:path';
import process from 'node:process';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT, Failure, UsageError } from '../failure.js';
import { entryOf, fileItem, idsOf, itemOf, join } from '../items.js';
import { json } from './listing.js';
import { harmless, progress } from '../terminal.js';
import { bytes, count } from '../units.js';

/** Uploads files and folders of this machine. */
export async function put({ words, options, connect, print, note, stderr }) {
  const target = words.at(-1);
  if (!target.startsWith('/')) throw new UsageError(`The last word is where the files go, and ${target} is no path such as /Holidays`, 'put');
  const sources = words.slice(0, -1);
  check(sources, options);
  const { client } = await connect();
  const bar = progress(stderr, { isQuiet: options.quiet || options.json });
  const controller = new AbortController();
  const stop = () => controller.abort(new Failure('Interrupted', { exitCode: EXIT.interrupted, code: 'INTERRUPTED' }));
  process.once('SIGINT', stop);
  let results;
  try {
    results = await client.uploads.uploadAll(sources, {
      path: target === '/' ? undefined : target,
      concurrency: options.concurrency,
      private: options.private,
      labels: options.label,
      displayName: options.name,
      onDuplicate: options.onDuplicate ?? 'reuse',
      waitUntil: options.wait ? 'ready' : 'accepted',
      signal: controller.signal,
      onProgress: ({ confirmed, total, done, files }) => bar.update({ done: confirmed, total: total ?? 0, text: `${done} of ${count(files, 'file')}` }),
    });
  } finally {
    bar.end();
    process.off('SIGINT', stop);
  }
  return tell(results, target, { options, print, note });
}

/** Makes sure that everything is there before anything is sent. */
function check(sources, { name }) {
  for (const source of sources) {
    const found = statSync(source, { throwIfNoEntry: false });
    if (!found) throw new Failure(`There is no file or directory ${source} here`, { code: 'ENOENT' });
    if (name !== undefined && (found.isDirectory() || sources.length > 1)) throw new UsageError('--name is for one file', 'put');
  }
}

/** What became of each upload. One that failed makes the command fail, but not the others. */
function tell(results, target, { options, print, note }) {
  const entries = results.map(({ status, file, path, error }) => {
    // The file may have another name than its source: one that was asked for, or with an extension.
    const folders = path?.split('/').slice(0, -1) ?? [];
    const whole = join(target, [...folders, file?.displayName ?? basename(path ?? '')].join('/'));
    return error ? { status, path: whole, error: { code: error.code, message: error.message } } : { status, ...entryOf(fileItem(file, whole)) };
  });
  if (options.json) print(json(entries));
  for (const { status, path, error } of options.json ? [] : entries) {
    if (error) note(`Failed: ${harmless(path)}: ${harmless(error.message)}`);
    else if (!options.quiet) print(`${status === 'reused' ? 'Was there already' : 'Uploaded'}: ${harmless(path)}`);
  }
  return entries.some(({ error }) => error) ? EXIT.failed : EXIT.done;
}

/** Downloads files and folders. */
export async function get(context) {
  const { words, options, connect, stderr } = context;
  const { client } = await connect();
  const items = [];
  for (const word of words) items.push(await itemOf(client, word));
  const bar = progress(stderr, { isQuiet: options.quiet || options.json });
  const done = [];
  try {
    if (options.zip) done.push(await getZip(client, items, options, bar));
    else for (const item of items) done.push(...(await getOne(client, item, options, bar, items.length === 1)));
  } finally {
    bar.end();
  }
  const failed = done.filter(({ error }) => error);
  if (options.json) context.print(json(done));
  for (const { to, error, sizeInBytes } of options.json ? [] : done) {
    if (error) context.note(`Failed: ${harmless(to)}: ${harmless(error.message)}`);
    else if (!options.quiet) context.print(`${harmless(to)}  ${bytes(sizeInBytes)}`);
  }
  return failed.length > 0 ? EXIT.failed : EXIT.done;
}

async function getOne(client, item, { to = '.', force }, bar, isOnly) {
  if (item.kind === 'folder') return getFolder(client, item, { to, force }, bar);
  const isDirectory = /[/\\]$/.test(to) || !isOnly || statSync(to, { throwIfNoEntry: false })?.isDirectory();
  const target = isDirectory ? joinLocal(to, localName(item.name)) : to;
  const total = Number(item.file.sizeInBytes);
  const sizeInBytes = await save(() => client.downloads.file(item.id), target, { force, total, bar });
  return [{ path: item.path, id: item.id, to: target, sizeInBytes }];
}

/** A folder, as a directory of the same name; the top one goes straight into the target. */
async function getFolder(client, item, { to, force }, bar) {
  const directory = item.path === '/' ? to : joinLocal(to, localName(item.name));
  const isThere = existsSync(directory) && (await readdir(directory)).length > 0;
  if (isThere && !force) {
    throw new Failure(`${directory} is there already: --force brings it up to date`, { code: 'EEXIST' });
  }
  const results = await client.downloads.toDirectory(item.id, directory, {
    onProgress: ({ received, total, done, files }) => bar.update({ done: received, total, text: `${done} of ${count(files, 'file')}` }),
  });
  return results.map(({ path, file, error }) => ({
    path: join(item.path, path),
    id: file._id,
    to: joinLocal(directory, path),
    sizeInBytes: Number(file.sizeInBytes),
    ...(error && { error: { code: error.code, message: error.message } }),
  }));
}

async function getZip(client, items, { to, force }, bar) {
  const [first] = items;
  const { fileIds, folderIds } = idsOf(items);
  if (folderIds.length > 0 && items.length > 1) throw new UsageError('A zip holds either one folder or several files', 'get');
  const name = `${localName(first.path === '/' ? 'media' : items.length > 1 ? 'files' : first.name)}.zip`;
  const target = to === undefined ? name : statSync(to, { throwIfNoEntry: false })?.isDirectory() ? joinLocal(to, name) : to;
  const what = folderIds.length > 0 ? { folderId: folderIds[0] } : { fileIds };
  const sizeInBytes = await save(() => client.downloads.zip(what), target, { force, bar });
  return { path: first.path, to: target, sizeInBytes };
}

/** A name that is one name in a directory of this machine, whatever it was before. */
function localName(name) {
  const harmlessName = name.replace(/[/\\:*?"<>|\p{Cc}]/gu, '_').replace(/[. ]+$/, '_');
  return /^\.*$/.test(harmlessName) ? '_' : harmlessName;
}

/** Writes what `load` answers to a file that is either whole or not there. */
async function save(load, target, { force, total, bar }) {
  if (existsSync(target) && !force) throw new Failure(`${target} is there already: --force replaces it`, { code: 'EEXIST' });
  const response = await load();
  const whole = total ?? Number(response.headers.get('content-length') ?? 0);
  await mkdir(dirname(resolve(target)), { recursive: true });
  const partial = `${target}.part`;
  let received = 0;
  const counted = new Transform({
    transform(chunk, _, next) {
      received += chunk.length;
      bar.update({ done: received, total: whole, text: basename(target) });
      next(null, chunk);
    },
  });
  try {
    await pipeline(response.body ? Readable.fromWeb(response.body) : Readable.from([]), counted, createWriteStream(partial));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return received;
}
