// Storage in a directory, for Node, Bun and Deno: `catalog.db` with its write-ahead log, and one file for each blob.
//
// The calls of the module are synchronous: SQLite can use no others. Beside them, bodies are written and changes made durable
// without blocking: see `receivers.js` and `commits.js`. A change is on disk when its answer is sent.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { blobIds } from './blob-ids.js';
import { BUILT } from './built.js';
import { CATALOG_LOG, failures, faultOfCatalog, replaceCatalog } from './catalog.js';
import { groupCommit } from './commits.js';
import { codeOf, DIRECTORY_MODE, fdatasync, FILE_MODE, fsync, mkdir, openNew, readerOf, readFully, restrict, rootOf, syncDirectory, writeFully } from './files.js';
import { Held, lockDirectory } from './lock.js';
import { openFiles } from './open-files.js';
import { canReceive, createReceivers } from './receivers.js';
import { shared } from './shared.js';

/** @import { DirectoryLock, Storage, StorageHost } from '../internal.d.ts' */
/** @import { ErrorClass } from './catalog.js' */

/** The file that holds back room for deletions on a full disk, and its size: enough for some hundred files. */
const RESERVE = 'reserve';
const RESERVE_SIZE = 2 * 1024 * 1024;
/** What a start may take of it: a lock is a file of some hundred bytes, and a disk that is full has no room even for that. */
const START_SIZE = 64 * 1024;

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

/** @param {unknown} error */
const isFull = (error) => ['ENOSPC', 'EDQUOT'].includes(codeOf(error));

/**
 * Gives some of the reserve up. Returns whether there was any.
 *
 * @param {string} file
 */
function shrinkReserve(file) {
  const { size } = fs.statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > 0) fs.truncateSync(file, Math.max(0, size - START_SIZE));
  return size > 0;
}

/**
 * Opens or makes the storage in a directory.
 *
 * @param {string | URL} directory
 * @param {{ WixMediaError: ErrorClass, owner?: string, sync?: boolean }} given `owner` is the id of the lock's owner. A lock
 * with the same id is taken over at once: pass it to a thread that replaces one that has ended. Without `sync` a change
 * survives the end of the process, and not that of the system.
 * @returns {Promise<Storage>}
 */
export async function directoryStorage(directory, { WixMediaError, owner, sync: syncs = true }) {
  const root = rootOf(directory);
  const blobs = path.join(root, 'blobs');
  const { failed, damaged, explain } = failures(directory, WixMediaError);
  /** @type {DirectoryLock | undefined} */
  let locked;
  try {
    fs.mkdirSync(blobs, { recursive: true, mode: DIRECTORY_MODE });
    // Earlier versions have left it open. Who made the directory itself decides about that.
    restrict(blobs);
    const locking = () => lock(String(directory), root, { WixMediaError, owner });
    locked = await locking().catch((error) => {
      if (!isFull(error) || !shrinkReserve(path.join(root, RESERVE))) throw error;
      return locking();
    });
    const fault = faultOfCatalog(root);
    if (fault) throw damaged(fault);
    if (!locked.isCertain) replaceCatalog(root);
    // The names of the folders that are there.
    if (syncs) syncDirectory(blobs);
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
   * Folders of blobs that exist, and whether their names are durable.
   *
   * @type {Map<string, boolean>}
   */
  const made = new Map();
  /**
   * Folders of blobs that are being made.
   *
   * @type {Map<string, Promise<void>>}
   */
  const making = new Map();
  /**
   * @param {string} name
   * @param {'r+' | 'w+'} flags
   */
  const opener = (name, flags) => () => {
    const full = pathOf(name);
    const folder = path.dirname(full);
    if (flags !== 'r+' && !made.has(folder)) {
      const first = fs.mkdirSync(folder, { recursive: true, mode: DIRECTORY_MODE });
      made.set(folder, first === undefined && !making.has(folder));
    }
    return fs.openSync(full, flags, FILE_MODE);
  };
  /**
   * Makes a folder of blobs, without blocking.
   *
   * @param {string} folder
   */
  async function makeFolder(folder) {
    try {
      const first = await mkdir(folder);
      if (first !== undefined || !made.has(folder)) made.set(folder, first === undefined);
    } finally {
      making.delete(folder);
    }
  }
  /**
   * Makes an empty file, without blocking.
   *
   * @param {string} name
   */
  async function makeFile(name) {
    const full = pathOf(name);
    const folder = path.dirname(full);
    if (!made.has(folder)) {
      const run = making.get(folder) ?? makeFolder(folder);
      making.set(folder, run);
      await run;
    }
    return openNew(full);
  }
  const use = (/** @type {string} */ name, /** @type {'r+' | 'w+'} */ flags) => open.use(name, opener(name, flags));
  const present = (/** @type {string} */ name) => receivers.file(name) ?? use(name, 'r+');
  const isNamed = (/** @type {string} */ folder) => made.get(folder) !== false;

  /**
   * Makes names in a directory durable, without blocking.
   *
   * @param {string} folder
   */
  async function syncNames(folder) {
    if (process.platform === 'win32') return;
    const descriptor = open.withRoom(() => fs.openSync(folder, 'r'));
    try {
      await fsync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  }
  /** @type {Map<string, () => Promise<void>>} */
  const folderSyncs = new Map();
  /**
   * The same. Names that are new in a folder at the same time share a sync.
   *
   * @param {string} folder
   */
  function syncFolder(folder) {
    const sync = folderSyncs.get(folder) ?? shared(() => syncNames(folder));
    folderSyncs.set(folder, sync);
    return sync();
  }

  const receivers = createReceivers({
    guard,
    take: (name, isNew) => open.take(name, opener(name, isNew ? 'w+' : 'r+')),
    make: (name) => open.make(name, () => makeFile(name)),
    remove: (name) => fs.rmSync(pathOf(name), { force: true }),
    put(name, file, isCurrent) {
      if (isCurrent) open.put(name, file);
      else fs.closeSync(file.descriptor);
    },
    async sync(name, file) {
      if (!syncs) return;
      const folder = path.dirname(pathOf(name));
      const isFolderNamed = isNamed(folder);
      await Promise.all([fdatasync(file.descriptor), file.isNamed || syncFolder(folder), isFolderNamed || syncFolder(blobs)]);
      file.isNamed = true;
      if (!isFolderNamed) made.set(folder, true);
    },
  });

  /**
   * Descriptors of the files of the catalog.
   *
   * @type {Map<number, number>}
   */
  const catalog = new Map();
  const descriptorOf = (/** @type {number} */ file) => /** @type {number} */ (catalog.get(file));
  const commits = groupCommit(fileOf(CATALOG_LOG));
  /**
   * The number of the log among the files of the catalog.
   *
   * @type {number | undefined}
   */
  let log;
  /**
   * The number of a catalog that is being built. Nothing depends on the order in which it becomes durable.
   *
   * @type {number | undefined}
   */
  let built;
  const settle = () => syncs && commits.settle();
  let last = 0;
  /** @type {StorageHost} */
  const host = {
    fresh: blobIds(),
    append(name, offset, bytes) {
      guard();
      const file = use(name, offset === 0 ? 'w+' : 'r+');
      if (file.size !== offset) fs.ftruncateSync(file.descriptor, offset);
      writeFully(file.descriptor, bytes, offset);
      file.size = offset + bytes.length;
    },
    sync(name) {
      if (!syncs) return;
      const file = present(name);
      fs.fdatasyncSync(file.descriptor);
      if (file.isNamed) return;
      const folder = path.dirname(pathOf(name));
      open.withRoom(() => syncDirectory(folder));
      file.isNamed = true;
      if (isNamed(folder)) return;
      open.withRoom(() => syncDirectory(blobs));
      made.set(folder, true);
    },
    read: (name, offset, buffer) => readFully(present(name).descriptor, buffer, offset),
    size(name) {
      return (receivers.file(name) ?? open.get(name))?.size ?? fs.statSync(pathOf(name), { throwIfNoEntry: false })?.size;
    },
    deliveredEnd: receivers.end,
    remove(name) {
      guard();
      // The transaction after which nothing needs the blob has to be durable first, or a power failure would undo it alone.
      settle();
      receivers.stop(name);
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
      const file = fileOf(RESERVE);
      if (!hold) fs.rmSync(file, { force: true });
      const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (!hold || size === RESERVE_SIZE) return hold;
      try {
        // Zeros would take no room on file systems that compress.
        fs.appendFileSync(file, crypto.randomBytes(RESERVE_SIZE - size), { mode: FILE_MODE });
        return true;
      } catch (error) {
        // More would keep room and be of no use. What a start has left of it is the reserve of the next one.
        if (size > 0) fs.truncateSync(file, size);
        else fs.rmSync(file, { force: true });
        throw error;
      }
    },
    openFile(name) {
      guard();
      const exists = fs.existsSync(fileOf(name));
      const descriptor = open.withRoom(() => fs.openSync(fileOf(name), exists ? 'r+' : 'w+', FILE_MODE));
      if (exists) restrict(fileOf(name));
      else if (syncs) open.withRoom(() => syncDirectory(root));
      catalog.set((last += 1), descriptor);
      if (name === CATALOG_LOG) {
        log = last;
        commits.open(descriptor);
      }
      if (name === BUILT) built = last;
      return last;
    },
    closeFile(file) {
      if (file === log) {
        log = undefined;
        commits.close();
      } else fs.closeSync(descriptorOf(file));
      catalog.delete(file);
    },
    readAt(file, offset, buffer) {
      // Keeps the beat while a long call reads.
      check();
      return readFully(descriptorOf(file), buffer, offset);
    },
    writeAt(file, offset, bytes) {
      guard();
      if (file === log) commits.wrote(offset);
      else if (file !== built) settle();
      writeFully(descriptorOf(file), bytes, offset);
    },
    truncate(file, size) {
      guard();
      if (file !== built) settle();
      fs.ftruncateSync(descriptorOf(file), size);
    },
    syncFile(file) {
      if (!syncs) return;
      if (file === log) commits.ask();
      else fs.fdatasyncSync(descriptorOf(file));
    },
    sizeOf: (file) => fs.fstatSync(descriptorOf(file)).size,
    hasFile: (name) => fs.existsSync(fileOf(name)),
    deleteFile(name) {
      guard();
      settle();
      fs.rmSync(fileOf(name), { force: true });
      if (syncs) open.withRoom(() => syncDirectory(root));
    },
    renameFile(from, to) {
      guard();
      settle();
      fs.renameSync(fileOf(from), fileOf(to));
      if (syncs) open.withRoom(() => syncDirectory(root));
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
    syncs,
    host,
    read: readerOf(host),
    fileOf: pathOf,
    ...(canReceive && { receive: receivers.receive }),
    ...(syncs && { commits }),
    async flush(name) {
      if (!syncs) return;
      // The event loop goes on meanwhile, and a sync by the module has little left to wait for.
      const file = await fs.promises.open(fileOf(name), 'r+');
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    reopen(names) {
      // A file that was removed or replaced by somebody else would still be read through its descriptor.
      for (const name of names) open.close(name);
    },
    failure: () => (check() ? undefined : lost()),
    explain,
    recover: closeAll,
    close() {
      closeAll();
      release();
    },
  };
}
