// A plain folder of this machine.
//
// What belongs to the synchronisation is in its folder `.wix-media`: the journal, the trash, and files that are not complete
// yet. A file is written there and then renamed, so that nobody sees half of it. What it replaces is linked into the trash
// before, so that a file of that name exists at every moment.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, opendir, readdir, realpath, rename, rm, rmdir, stat, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import process from 'node:process';
import { kindOf } from '../../library/disk.js';
import { SyncError } from '../error.js';
import { keyOf, nameOf, numberedKey, TRASH_KEY } from '../names.js';
import { below, folderOf } from '../order.js';
import { failureOf } from '../report.js';
import { sorted } from '../spool.js';

/** @import { Entry, ListOptions, Place } from '../internal.d.ts' */

/** The folder of the synchronisation itself, at the top of a plain folder. */
export const OWN_FOLDER = '.wix-media';

/** How many files are looked at together. */
const STATS_AT_ONCE = 64;
const PIECE_SIZE = 1024 * 1024;

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error)?.code;

/**
 * @param {import('node:fs').BigIntStats} about
 */
const versionOf = ({ size, mtimeNs, ino }) => `${size}-${mtimeNs}-${ino}`;

/**
 * Stays the same when a folder is renamed. A new folder may get the inode of a deleted one: the time of birth tells them apart.
 *
 * @param {import('node:fs').BigIntStats} about
 */
const folderVersionOf = ({ ino, birthtimeNs }) => `${ino}-${birthtimeNs}`;

/**
 * @typedef {object} FolderOptions
 * @property {boolean} [hidden] Whether names that begin with a dot belong to it.
 * @property {boolean} [trash] Whether the trash of a Media Manager belongs to it.
 * @property {boolean} isTarget
 */

/**
 * Opens a plain folder.
 *
 * @param {string} given
 * @param {FolderOptions} options
 * @returns {Promise<Place>}
 */
export async function openFolder(given, { hidden = false, trash: hasTrash = false, isTarget }) {
  const root = resolve(given);
  const about = await stat(root).catch((error) => {
    if (codeOf(error) === 'ENOENT' && isTarget) return undefined;
    throw new SyncError(codeOf(error) === 'ENOENT' ? 'PLACE_NOT_FOUND' : 'SOURCE_FAILED', `cannot open the folder ${root}: ${error.message}`, error);
  });
  if (about && !about.isDirectory()) throw new SyncError('PLACE_NOT_FOUND', `${root} is a file: expected a folder`);
  const isOurs = about && (await lstat(join(root, 'catalog.db')).catch(() => undefined));
  if (isOurs) throw new SyncError('PLACE_NOT_FOUND', `${root} is the directory of a Media Manager: open it as such (data:${given} on the command line)`);
  const own = join(root, OWN_FOLDER);
  const belongs = (/** @type {string} */ name) => name !== OWN_FOLDER && (hidden || !name.startsWith('.'));
  /**
   * Where folders are whose names are not their keys, by their paths.
   *
   * @type {Map<string, string>}
   */
  const odd = new Map();

  /**
   * Where an item is on the disk, or is to be.
   *
   * @param {string} path
   */
  function whereOf(path) {
    if (odd.size === 0) return path;
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
      const found = odd.get(folder);
      if (found !== undefined) return found + path.slice(folder.length);
    }
    return path;
  }

  /** Folders that are there, as this run has made them. @type {Set<string>} */
  const made = new Set();

  /**
   * Makes the folder of a file.
   *
   * @param {string} file
   */
  async function makeRoom(file) {
    const folder = dirname(file);
    if (made.has(folder)) return;
    await mkdir(folder, { recursive: true });
    made.add(folder);
  }

  const at = (/** @type {Entry} */ { at: path, path: key }) => join(root, ...(path ?? whereOf(key)).split('/'));
  /** @type {string | undefined} */
  let trash;
  /** What was deleted, in a call that may have failed later. @type {WeakSet<Entry>} */
  const removed = new WeakSet();

  /**
   * The entry of a file that exists.
   *
   * @param {Entry} like
   * @param {string} file
   * @returns {Promise<Entry>}
   */
  const entryAt = async (like, file) => {
    const found = await lstat(file, { bigint: true });
    return { ...like, size: Number(found.size), version: versionOf(found), modified: Number(found.mtimeMs), at: like.at ?? whereOf(like.path) };
  };

  /**
   * Refuses to touch a file that is not the one that was listed any more.
   *
   * @param {string} file
   * @param {Entry | undefined} entry What was listed there.
   */
  const checkUnchanged = async (file, entry) => {
    const found = await lstat(file, { bigint: true }).catch((error) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (found ? entry && found.isFile() && versionOf(found) === entry.version : !entry) return;
    throw new SyncError('TARGET_CHANGED', `${file} was ${found ? (entry ? 'changed' : 'created') : 'deleted'} after it was listed`);
  };

  /**
   * Where an item goes that is deleted.
   *
   * @param {string} path
   */
  async function trashFor(path) {
    trash ??= join(own, 'trash', `${new Date().toISOString().replaceAll(':', '').replace(/\..*/, '')}Z-${randomBytes(2).toString('hex')}`);
    const file = join(trash, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    return file;
  }

  /**
   * The entries of a folder and those below it.
   *
   * @param {string} folder Its path on the disk.
   * @param {string} prefix Its path in keys.
   * @param {ListOptions} options
   * @returns {AsyncGenerator<Entry, void, undefined>}
   */
  async function* list(folder, prefix, options) {
    const { signal, order, isFolded, scratch } = options;
    signal.throwIfAborted();
    async function* rows() {
      for await (const { name: own } of await opendir(join(root, folder))) {
        if (!belongs(own)) continue;
        if (prefix === '' && own === TRASH_KEY) {
          if (hasTrash) yield { order: order(own), own, name: own, key: own, isShortened: false };
          continue;
        }
        const { name, key, isShortened } = nameOf(own);
        yield { order: order(key), own, name, key, isShortened };
      }
    }
    const all = await sorted(rows(), scratch);
    /** @type {string | undefined} */
    let last;
    for await (const batch of batches(all, STATS_AT_ONCE)) {
      const stats = await Promise.all(batch.map(({ own }) => lstat(join(root, folder, own), { bigint: true }).catch((error) => /** @type {Error} */ (error))));
      for (const [index, { own, name, key, isShortened, order: place }] of batch.entries()) {
        signal.throwIfAborted();
        const found = stats[index];
        const path = below(prefix, key);
        const where = below(folder, own);
        /** @type {Entry} */
        const entry = { path, kind: 'file', name, size: 0, version: '', modified: 0, at: where, ...(isShortened && { isShortened }) };
        if (last === place) {
          // Two names of the disk stand for one of the other side, by an escape or by the case of their letters.
          const message = `${where} has the name of another file of its folder${isFolded ? ', as case is not told apart' : ''}: rename it`;
          yield { ...entry, path: below(prefix, numberedKey(keyOf(own), 2)), failure: { code: 'NAME_TAKEN', message } };
          continue;
        }
        last = place;
        if (found instanceof Error) {
          if (codeOf(found) === 'ENOENT') {
            // Node replaces the bytes of a name that it cannot decode. Another file was deleted since it was listed.
            if (own.includes('\ufffd')) yield { ...entry, failure: { code: 'NAME_INVALID', message: `the name of ${where} is not UTF-8: rename it` } };
          } else yield { ...entry, failure: failureOf(found) };
          continue;
        }
        if (found.isFile()) {
          yield { ...entry, size: Number(found.size), version: versionOf(found), modified: Number(found.mtimeMs) };
        } else if (found.isDirectory()) {
          let failure;
          try {
            await (await opendir(join(root, where))).close();
          } catch (error) {
            failure = failureOf(error);
          }
          if (where !== path) odd.set(path, where);
          yield { ...entry, kind: 'folder', version: folderVersionOf(found), failure };
          if (!failure) yield* list(where, path, options);
        } else if (found.isSymbolicLink()) yield { ...entry, ...(await linkOf(where)) };
        else yield { ...entry, skipped: kindOf(found) };
      }
    }
  }

  /** @type {Promise<string> | undefined} */
  let temporary;
  /** A folder for files that are not complete yet. */
  function scratch() {
    const folder = join(own, 'tmp');
    temporary ??= mkdir(folder, { recursive: true, mode: 0o700 }).then(() => folder);
    // The next file tries again.
    temporary.catch(() => {
      temporary = undefined;
    });
    return temporary;
  }

  /**
   * Deletes an item. Of a folder, what is not listed stays, and with it the folder. Returns the number of folders that stay.
   *
   * @param {Entry} entry
   * @param {{ isPermanent: boolean, mustBeEmpty: boolean }} options
   * @returns {Promise<number>}
   */
  async function remove(entry, options) {
    const file = at(entry);
    if (entry.kind === 'file') {
      if (entry.version !== '') await checkUnchanged(file, entry);
      if (options.isPermanent) await unlink(file);
      else await rename(file, await trashFor(entry.path));
      return 0;
    }
    let kept = 0;
    for (const name of options.mustBeEmpty ? [] : (await readdir(file)).filter(belongs)) {
      const child = { ...entry, version: '', path: below(entry.path, nameOf(name).key), at: below(entry.at ?? whereOf(entry.path), name) };
      const about = await lstat(join(file, name));
      kept += await remove({ ...child, kind: about.isDirectory() ? 'folder' : 'file' }, options);
    }
    try {
      await rmdir(file);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(String(codeOf(error)))) throw error;
      kept += 1;
    }
    return kept;
  }

  /**
   * What a symbolic link is: one that leads to a folder above it, or nowhere, is a mistake.
   *
   * @param {string} where
   */
  async function linkOf(where) {
    const file = join(root, where);
    try {
      const target = await realpath(file);
      const folder = await realpath(dirname(file));
      if (folder !== target && !`${folder}${sep}`.startsWith(`${target}${sep}`)) return { skipped: 'a symbolic link' };
      return { failure: { code: 'ELOOP', message: `${where} is a symbolic link to a folder that holds it` } };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { skipped: 'a symbolic link to nothing' };
      return { failure: failureOf(error) };
    }
  }

  return {
    kind: 'folder',
    label: given,
    identity: `folder:${root}`,
    isFolded: await foldsCase(root),
    directory: root,

    async prepare() {
      await mkdir(root, { recursive: true });
    },

    async *list(options) {
      const failure = await stat(root).then(() => undefined, (error) => error);
      // Only a target may be missing: anything else that were taken for an empty folder would delete what the other place has.
      if (codeOf(failure) === 'ENOENT' && isTarget) return;
      if (failure) throw new SyncError(isTarget ? 'TARGET_FAILED' : 'SOURCE_FAILED', `cannot read the folder ${root}: ${failure.message}`, failure);
      yield* list('', '', options);
    },

    digest: (entry, signal) => digestOf(at(entry), signal),

    async take(entry) {
      return { file: at(entry), isScratch: false };
    },

    scratch,

    async makeFolder(entry) {
      const folder = at(entry);
      await mkdir(folder, { recursive: true });
      return { ...entry, at: entry.at ?? whereOf(entry.path), version: folderVersionOf(await lstat(folder, { bigint: true })) };
    },

    async store(entry, taken, old, { isPermanent, isDurable }) {
      const file = at(old ?? entry);
      await makeRoom(file);
      const partial = taken.isScratch ? taken.file : join(await scratch(), `${randomBytes(6).toString('hex')}.part`);
      try {
        if (!taken.isScratch) await copyUnchanged(taken.file, partial);
        if (entry.modified > 0) await utimes(partial, new Date(), new Date(entry.modified));
        if (isDurable) await synced(partial);
        await checkUnchanged(file, old);
        if (old && !isPermanent) {
          // Some file systems have no links.
          await link(file, await trashFor(old.path)).catch(async () => rename(file, await trashFor(old.path)));
        }
        // As it is before others can reach it: what they change then is a change.
        const stored = await entryAt({ ...entry, id: undefined, hash: undefined, at: (old ?? entry).at ?? whereOf(entry.path) }, partial);
        await rename(partial, file).catch(async (error) => {
          if (codeOf(error) !== 'ENOENT') throw error;
          // Somebody has deleted the folder since.
          await mkdir(dirname(file), { recursive: true });
          await rename(partial, file);
        });
        return stored;
      } catch (error) {
        if (!taken.isScratch) await rm(partial, { force: true });
        throw error;
      }
    },

    async move(old, entry) {
      const like = { ...entry, id: undefined, hash: undefined, at: whereOf(entry.path) };
      const file = at(like);
      await mkdir(dirname(file), { recursive: true });
      await checkUnchanged(file, undefined);
      await rename(at(old), file);
      // A version that is not the listed one is a change that the next run finds.
      return { ...(await entryAt(like, file)), version: old.version };
    },

    async moveFolder(old, entry) {
      const like = { ...entry, id: undefined, at: whereOf(entry.path), version: old.version };
      await mkdir(dirname(at(like)), { recursive: true });
      await rename(at(old), at(like));
      return like;
    },

    async remove(entries, options) {
      const kept = new Map();
      for (const entry of entries) {
        if (removed.has(entry)) continue;
        const count = await remove(entry, options);
        if (count > 0) kept.set(entry, count);
        else removed.add(entry);
      }
      return kept;
    },

    async flush() {},

    async close() {
      await rmdir(join(own, 'tmp')).catch(() => {});
    },
  };
}

/**
 * Whether a file system takes names that differ in the case of letters only for one.
 *
 * @param {string} folder
 */
async function foldsCase(folder) {
  for (let path = folder; dirname(path) !== path; path = dirname(path)) {
    const name = basename(path);
    const swapped = name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase();
    if (swapped === name) continue;
    const found = await lstat(path, { bigint: true }).catch(() => undefined);
    if (!found) continue;
    const other = await lstat(join(dirname(path), swapped), { bigint: true }).catch(() => undefined);
    return other?.ino === found.ino && other.dev === found.dev;
  }
  return process.platform === 'darwin' || process.platform === 'win32';
}

/**
 * The MD5 digest of a file.
 *
 * @param {string} file
 * @param {AbortSignal} signal
 */
async function digestOf(file, signal) {
  const hash = createHash('md5');
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(PIECE_SIZE);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/**
 * Waits until the bytes of a file are on the disk.
 *
 * @param {string} file
 */
async function synced(file) {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Copies a file, and fails if it is changed meanwhile.
 *
 * @param {string} from
 * @param {string} to
 */
async function copyUnchanged(from, to) {
  const before = await stat(from, { bigint: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const after = await stat(from, { bigint: true });
  if (versionOf(before) !== versionOf(after)) throw new SyncError('SOURCE_FAILED', `${from} was changed while it was read`);
}

/**
 * @template Item
 * @param {AsyncIterable<Item> | Iterable<Item>} items
 * @param {number} size
 */
async function* batches(items, size) {
  /** @type {Item[]} */
  let batch = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
