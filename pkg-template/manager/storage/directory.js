// Storage in a directory, for Node, Bun and Deno: `catalog.db` with its write-ahead log, and one file for each blob.
//
// Calls are synchronous on purpose: SQLite can use no others, and a change is on disk when its answer is sent.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { failures, faultOfCatalog, replaceCatalog } from './catalog.js';
import { codeOf, DIRECTORY_MODE, FILE_MODE, readerOf, readFully, restrict, rootOf, syncDirectory, writeFully } from './files.js';
import { Held, lockDirectory } from './lock.js';
import { openFiles } from './open-files.js';

/** @import { DirectoryLock, Storage, StorageHost } from '../internal.d.ts' */
/** @import { ErrorClass } from './catalog.js' */

/** The file that holds back room for deletions on a full disk, and its size: enough for some hundred files. */
const RESERVE = 'reserve';
const RESERVE_SIZE = 2 * 1024 * 1024;

/**
 * The directories that this thread holds, by their real paths, so that a second manager is refused at once. It is global,
 * because a process may load the package twice.
 *
 * @type {Set<string>}
 */
const held = (/** @type {any} */ (globalThis)[Symbol.for('wix-media.directories')] ??= new Set());

/**
 * Locks a directory for this process.
 *
 * @param {string} directory How the caller calls it.
 * @param {string} root
 * @param {{ WixMediaError: ErrorClass, owner?: string }} given
 * @returns {Promise<DirectoryLock>}
 */
async function lock(directory, root, { WixMediaError, owner }) {
  const real = fs.realpathSync(root);
  const refuse = (/** @type {string} */ holder) =>
    new WixMediaError({
      code: 'LOCKED',
      retry: 'maybe',
      message: `the directory ${directory} is in use by ${holder}: stop that first, or choose another directory`,
    });
  if (held.has(real)) throw refuse('another manager of this process');
  held.add(real);
  try {
    const found = await lockDirectory(real, { owner });
    const release = () => {
      held.delete(real);
      found.release();
    };
    return { ...found, release };
  } catch (error) {
    held.delete(real);
    throw error instanceof Held ? refuse(error.holder) : error;
  }
}

/**
 * Opens or makes the storage in a directory.
 *
 * @param {string | URL} directory
 * @param {{ WixMediaError: ErrorClass, owner?: string }} given `owner` is the id of the lock's owner. A lock with the same id
 * is taken over at once: pass it to a thread that replaces one that has ended.
 * @returns {Promise<Storage>}
 */
export async function directoryStorage(directory, { WixMediaError, owner }) {
  const root = rootOf(directory);
  const blobs = path.join(root, 'blobs');
  const { failed, damaged, explain } = failures(directory, WixMediaError);
  /** @type {DirectoryLock | undefined} */
  let locked;
  try {
    fs.mkdirSync(blobs, { recursive: true, mode: DIRECTORY_MODE });
    // Earlier versions have left it open. Who made the directory itself decides about that.
    restrict(blobs);
    locked = await lock(String(directory), root, { WixMediaError, owner });
    const fault = faultOfCatalog(root);
    if (fault) throw damaged(fault);
    if (!locked.isCertain) replaceCatalog(root);
    locked.settle();
  } catch (cause) {
    locked?.release();
    throw failed(cause);
  }
  const { check, release } = locked;
  const lost = () =>
    new WixMediaError({
      code: 'LOCK_LOST',
      retry: 'maybe',
      message: `the directory ${directory} was taken over while this process did not respond: restart it`,
    });
  /** Refuses to change anything once another process may have taken over. */
  const guard = () => {
    if (!check()) throw lost();
  };
  const pathOf = (/** @type {string} */ name) => path.join(blobs, name);
  const fileOf = (/** @type {string} */ name) => path.join(root, name);

  const open = openFiles();
  /**
   * Folders of blobs that exist.
   *
   * @type {Set<string>}
   */
  const made = new Set();
  const use = (/** @type {string} */ name, /** @type {'r+' | 'w+'} */ flags) =>
    open.use(name, () => {
      const full = pathOf(name);
      const folder = path.dirname(full);
      if (flags !== 'r+' && !made.has(folder)) {
        if (fs.mkdirSync(folder, { recursive: true, mode: DIRECTORY_MODE })) syncDirectory(blobs);
        made.add(folder);
      }
      return fs.openSync(full, flags, FILE_MODE);
    });
  /**
   * Descriptors of the files of the catalog.
   *
   * @type {Map<number, number>}
   */
  const catalog = new Map();
  const descriptorOf = (/** @type {number} */ file) => /** @type {number} */ (catalog.get(file));
  let last = 0;
  /** @type {StorageHost} */
  const host = {
    fresh: () => undefined,
    append(name, offset, bytes) {
      guard();
      const file = use(name, offset === 0 ? 'w+' : 'r+');
      if (file.size !== offset) fs.ftruncateSync(file.descriptor, offset);
      writeFully(file.descriptor, bytes, offset);
      file.size = offset + bytes.length;
    },
    sync(name) {
      const { descriptor } = use(name, 'r+');
      fs.fdatasyncSync(descriptor);
      open.withRoom(() => syncDirectory(path.dirname(pathOf(name))));
    },
    read: (name, offset, buffer) => readFully(use(name, 'r+').descriptor, buffer, offset),
    size(name) {
      return open.get(name)?.size ?? fs.statSync(pathOf(name), { throwIfNoEntry: false })?.size;
    },
    remove(name) {
      guard();
      open.close(name);
      fs.rmSync(pathOf(name), { force: true });
    },
    names(folder) {
      try {
        return open.withRoom(() => fs.readdirSync(pathOf(folder)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    },
    reserve(hold) {
      guard();
      if (!hold) fs.rmSync(fileOf(RESERVE), { force: true });
      if (!hold || fs.statSync(fileOf(RESERVE), { throwIfNoEntry: false })?.size === RESERVE_SIZE) return hold;
      try {
        // Zeros would take no room on file systems that compress.
        fs.writeFileSync(fileOf(RESERVE), crypto.randomBytes(RESERVE_SIZE), { mode: FILE_MODE });
        return true;
      } catch (error) {
        // A part of it would keep room and be of no use.
        fs.rmSync(fileOf(RESERVE), { force: true });
        throw error;
      }
    },
    openFile(name) {
      guard();
      const exists = fs.existsSync(fileOf(name));
      const descriptor = open.withRoom(() => fs.openSync(fileOf(name), exists ? 'r+' : 'w+', FILE_MODE));
      if (exists) restrict(fileOf(name));
      else open.withRoom(() => syncDirectory(root));
      catalog.set((last += 1), descriptor);
      return last;
    },
    closeFile(file) {
      fs.closeSync(descriptorOf(file));
      catalog.delete(file);
    },
    readAt(file, offset, buffer) {
      // Keeps the beat while a long call reads.
      check();
      return readFully(descriptorOf(file), buffer, offset);
    },
    writeAt(file, offset, bytes) {
      guard();
      writeFully(descriptorOf(file), bytes, offset);
    },
    truncate(file, size) {
      guard();
      fs.ftruncateSync(descriptorOf(file), size);
    },
    syncFile: (file) => fs.fdatasyncSync(descriptorOf(file)),
    sizeOf: (file) => fs.fstatSync(descriptorOf(file)).size,
    hasFile: (name) => fs.existsSync(fileOf(name)),
    deleteFile(name) {
      guard();
      fs.rmSync(fileOf(name), { force: true });
      open.withRoom(() => syncDirectory(root));
    },
  };

  const closeAll = () => {
    open.closeAll();
    for (const file of [...catalog.keys()]) host.closeFile(file);
  };
  return {
    kind: 'directory',
    directory: root,
    durable: true,
    host,
    read: readerOf(host),
    failure: () => (check() ? undefined : lost()),
    explain,
    recover: closeAll,
    close() {
      closeAll();
      release();
    },
  };
}
