// Storage in a directory, for Node, Bun and Deno: `catalog.db` with its write-ahead log, and one file for each blob.
//
// Calls are synchronous on purpose: SQLite can use no others, and a change is on disk when its answer is sent.
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Held, lockDirectory } from './lock.js';
import { openFiles } from './open-files.js';

/** @import { DirectoryLock, Storage, StorageHost } from '../internal.d.ts' */

/** @typedef {typeof import('../../types/index.js').WixMediaError} ErrorClass */

/** Modes of directories and files: the catalog holds the key that signs links, and blobs may be private. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** The permissions of everybody but the owner. */
const OTHERS = 0o077;

/** The files of the catalog, and how one begins. */
const CATALOG = 'catalog.db';
const CATALOG_LOG = 'catalog.db-wal';
const CATALOG_INDEX = 'catalog.db-shm';
const CATALOG_MAGIC = 'SQLite format 3\0';
/** What SQLite says about a catalog that is damaged. */
const DAMAGE = /malformed|not a database|disk image/;

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
 * The code of an error of the system.
 *
 * @param {unknown} error
 */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

/**
 * Makes names in a directory durable. Windows cannot open a directory, and needs no such call.
 *
 * @param {string} directory
 */
function syncDirectory(directory) {
  if (process.platform === 'win32') return;
  const file = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/**
 * Takes the permissions of everybody but the owner from a file or directory. On a file system without permissions, and for
 * a file of somebody else, there is nothing to take.
 *
 * @param {string} name
 */
function restrict(name) {
  try {
    const { mode } = fs.statSync(name);
    if ((mode & OTHERS) !== 0) fs.chmodSync(name, mode & 0o777 & ~OTHERS);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'EROFS'].includes(String(codeOf(error)))) throw error;
  }
}

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
 * Whether a folder holds a file in one of its folders. The native manager has its reserve beside them.
 *
 * @param {string} blobs
 */
function hasBlobs(blobs) {
  const folders = fs.readdirSync(blobs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.some(({ name }) => fs.readdirSync(path.join(blobs, name)).length > 0);
}

/**
 * What is wrong with the catalog of a directory, as far as its first bytes tell: without it, the blobs would look as if
 * nothing needed them.
 *
 * @param {string} root
 */
function faultOfCatalog(root) {
  const file = path.join(root, CATALOG);
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (size) {
    const descriptor = fs.openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(CATALOG_MAGIC.length);
      fs.readSync(descriptor, buffer, 0, buffer.length, 0);
      return buffer.toString('latin1') === CATALOG_MAGIC ? undefined : 'is damaged';
    } finally {
      fs.closeSync(descriptor);
    }
  }
  const hasLog = Boolean(fs.statSync(path.join(root, CATALOG_LOG), { throwIfNoEntry: false })?.size);
  const blobs = path.join(root, 'blobs');
  if (!hasLog && !(fs.existsSync(blobs) && hasBlobs(blobs))) return undefined;
  return size === undefined ? 'is missing' : 'is empty';
}

/**
 * Replaces the files of the catalog by copies: a write of an older owner that was stopped in its middle then hits files that
 * nobody reads.
 *
 * @param {string} root
 */
function replaceCatalog(root) {
  fs.rmSync(path.join(root, CATALOG_INDEX), { force: true });
  for (const name of [CATALOG, CATALOG_LOG]) {
    const file = path.join(root, name);
    if (!fs.existsSync(file)) continue;
    const copy = `${file}.copy`;
    fs.copyFileSync(file, copy);
    const descriptor = fs.openSync(copy, 'r+');
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(copy, file);
  }
  syncDirectory(root);
}

/**
 * The errors of a directory.
 *
 * @param {string | URL} directory
 * @param {ErrorClass} WixMediaError
 */
function failures(directory, WixMediaError) {
  const make = (/** @type {string} */ message, /** @type {unknown} */ cause) =>
    new WixMediaError({ code: 'STORAGE_FAILED', message, ...(cause ? { cause } : {}) });
  return {
    /** @param {unknown} cause */
    failed: (cause) =>
      cause instanceof WixMediaError ? cause : make(`cannot use the directory ${directory}: ${/** @type {Error} */ (cause).message}`, cause),
    /**
     * @param {string} fault
     * @param {unknown} [cause]
     */
    damaged: (fault, cause) =>
      make(`the catalog of the directory ${directory} ${fault}: restore it from a backup, or run wix-media recover ${directory}`, cause),
  };
}

/**
 * Fills a buffer from a file. Returns how many bytes there were.
 *
 * @param {number} descriptor
 * @param {Uint8Array} buffer
 * @param {number} offset
 */
function readFully(descriptor, buffer, offset) {
  let filled = 0;
  while (filled < buffer.length) {
    const count = fs.readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/**
 * @param {number} descriptor
 * @param {Uint8Array} bytes
 * @param {number} offset
 */
function writeFully(descriptor, bytes, offset) {
  for (let done = 0; done < bytes.length; ) {
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
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
  const root = path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  const blobs = path.join(root, 'blobs');
  const { failed, damaged } = failures(directory, WixMediaError);
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
    async read(name, offset, length) {
      const buffer = new Uint8Array(length);
      return buffer.subarray(0, host.read(name, offset, buffer));
    },
    failure: () => (check() ? undefined : lost()),
    explain: (error) => (error.code === 'STORAGE_FAILED' && DAMAGE.test(error.message) ? damaged('is damaged', error) : error),
    recover: closeAll,
    close() {
      closeAll();
      release();
    },
  };
}

/** How often a catalog is copied that changes meanwhile, and how long to wait before each attempt. */
const COPY_ATTEMPTS = 40;
const COPY_PAUSE_MS = 50;

/**
 * What changes when a catalog is changed other than by adding to its log.
 *
 * @param {string} root
 */
function markOf(root) {
  const stat = (/** @type {string} */ name) => fs.statSync(path.join(root, name), { bigint: true, throwIfNoEntry: false });
  const { ino, size, mtimeNs } = stat(CATALOG) ?? {};
  const head = new Uint8Array(32);
  if (stat(CATALOG_LOG)) {
    const log = fs.openSync(path.join(root, CATALOG_LOG), 'r');
    try {
      // The log begins with numbers that change when it starts again.
      readFully(log, head, 0);
    } finally {
      fs.closeSync(log);
    }
  }
  return [ino, size, mtimeNs, head].join(' ');
}

/**
 * Copies a catalog that its owner may be writing. Returns the moment that the copy shows.
 *
 * @param {string} root
 * @param {string} target
 */
async function copyCatalog(root, target) {
  for (let attempt = 0; attempt < COPY_ATTEMPTS; attempt += 1) {
    // The times of files are coarse. After the pause, a change moves them.
    const before = markOf(root);
    await new Promise((resolve) => setTimeout(resolve, COPY_PAUSE_MS));
    if (markOf(root) !== before) continue;
    const moment = new Date();
    fs.copyFileSync(path.join(root, CATALOG), path.join(target, CATALOG));
    // Of a log that grows meanwhile, SQLite reads the transactions that are complete.
    const log = path.join(target, CATALOG_LOG);
    fs.rmSync(log, { force: true });
    if (fs.existsSync(path.join(root, CATALOG_LOG))) fs.copyFileSync(path.join(root, CATALOG_LOG), log);
    for (const name of fs.readdirSync(target)) if (name.startsWith(CATALOG)) fs.chmodSync(path.join(target, name), FILE_MODE);
    if (markOf(root) === before) return moment;
  }
  throw new Error('its catalog changes all the time');
}

/**
 * Opens a snapshot of a directory, which needs no lock and no right to write: a copy of the catalog among the temporary files,
 * and the blobs where they are.
 *
 * @param {string | URL} directory
 * @param {{ WixMediaError: ErrorClass }} given
 * @returns {Promise<Storage>}
 */
export async function snapshotStorage(directory, { WixMediaError }) {
  const root = path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  const blobs = path.join(root, 'blobs');
  const { failed, damaged } = failures(directory, WixMediaError);
  const target = fs.mkdtempSync(path.join(os.tmpdir(), 'wix-media-snapshot-'));
  const discard = () => fs.rmSync(target, { recursive: true, force: true });
  /** @type {Storage} */
  let copy;
  let moment;
  try {
    fs.readdirSync(root);
    const fault = faultOfCatalog(root) ?? (fs.existsSync(path.join(root, CATALOG)) ? undefined : 'is missing');
    if (fault) throw damaged(fault);
    moment = await copyCatalog(root, target);
    copy = await directoryStorage(target, { WixMediaError });
  } catch (cause) {
    discard();
    throw failed(cause);
  }
  const open = openFiles();
  const use = (/** @type {string} */ name) => open.use(name, () => fs.openSync(path.join(blobs, name), 'r'));
  const refuse = () => {
    throw new WixMediaError({ code: 'READ_ONLY', message: 'the Media Manager shows a snapshot, which cannot be changed' });
  };
  /** @type {StorageHost} */
  const host = {
    ...copy.host,
    append: refuse,
    sync: refuse,
    reserve: () => false,
    read: (name, offset, buffer) => readFully(use(name).descriptor, buffer, offset),
    size: (name) => fs.statSync(path.join(blobs, name), { throwIfNoEntry: false })?.size,
    // What the copy no longer needs stays, since the directory may need it.
    remove() {},
    names: () => [],
  };
  return {
    ...copy,
    directory: root,
    durable: false,
    snapshotTime: moment.toISOString(),
    host,
    async read(name, offset, length) {
      const buffer = new Uint8Array(length);
      return buffer.subarray(0, host.read(name, offset, buffer));
    },
    explain: (error) => (error.code === 'STORAGE_FAILED' && DAMAGE.test(error.message) ? damaged('is damaged', error) : error),
    damaged: () => damaged('is damaged'),
    close() {
      copy.close();
      open.closeAll();
      discard();
    },
  };
}

export { entryOfBlob, leftInLost, lostBlobs, setAside } from './recovery.js';
