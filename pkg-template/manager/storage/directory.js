// Storage in a directory, for Node, Bun and Deno: `catalog.db` with its write-ahead log, and one file for each blob.
//
// Calls are synchronous on purpose: SQLite can use no others, and a change is on disk when its answer is sent.
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** @import { Storage, StorageHost } from '../internal.d.ts' */

/** @typedef {typeof import('../../types/index.js').WixMediaError} ErrorClass */
/** @typedef {{ descriptor: number, size: number }} OpenFile */

/** Modes of directories and files: the catalog holds the key that signs links, and blobs may be private. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** The permissions of everybody but the owner. */
const OTHERS = 0o077;

/** How many files of blobs stay open between appends. */
const MAX_OPEN = 64;

/**
 * The directories that this process holds, by their real paths: a lock file cannot tell two managers of one process apart.
 * It is global, because a process may load the package twice.
 *
 * @type {Set<string>}
 */
const held = (/** @type {any} */ (globalThis)[Symbol.for('wix-media.directories')] ??= new Set());

/**
 * When a process started, where the system tells: process ids are reused, a pair of id and time is not. A zombie counts as
 * ended.
 *
 * @param {number} pid
 */
function beginning(pid) {
  try {
    const members = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? [];
    return members[0] === 'Z' ? 'ended' : members[19];
  } catch {
    return '';
  }
}

/**
 * The code of an error of the system.
 *
 * @param {unknown} error
 */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive too.
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Locks the directory for this process. Returns the function that unlocks it.
 *
 * @param {string} directory
 * @param {ErrorClass} WixMediaError
 */
function lock(directory, WixMediaError) {
  const real = fs.realpathSync(directory);
  const file = path.join(real, 'lock');
  const refuse = (/** @type {string} */ holder) =>
    new WixMediaError({
      code: 'LOCKED',
      message: `the directory ${directory} is in use by ${holder}: stop that first, or choose another directory`,
    });
  if (held.has(real)) throw refuse('another manager of this process');
  const mine = `${process.pid} ${beginning(process.pid)}`;
  for (let tries = 0; ; tries += 1) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx', mode: FILE_MODE });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const { pid, began } = readLock(file);
    // A process with this id that started at another time is not the one that left the lock.
    if (pid && pid !== process.pid && isAlive(pid) && (!began || beginning(pid) === began)) {
      throw refuse(`process ${pid}`);
    }
    if (tries > 10) throw refuse('another process');
    // Moved aside, not deleted: of two processes that find the same stale lock only one can move it.
    const aside = `${file}.${process.pid}`;
    try {
      fs.renameSync(file, aside);
      fs.rmSync(aside, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  held.add(real);
  return () => {
    held.delete(real);
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === mine) fs.rmSync(file, { force: true });
  };
}

/** @param {string} file */
function readLock(file) {
  try {
    const [pid, began] = fs.readFileSync(file, 'utf8').split(' ');
    return { pid: Number(pid), began };
  } catch {
    return { pid: 0, began: '' };
  }
}

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
 * Opens or makes the storage in a directory.
 *
 * @param {string | URL} directory
 * @param {{ WixMediaError: ErrorClass }} given
 * @returns {Storage}
 */
export function directoryStorage(directory, { WixMediaError }) {
  const root = path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  const blobs = path.join(root, 'blobs');
  try {
    fs.mkdirSync(blobs, { recursive: true, mode: DIRECTORY_MODE });
    // Earlier versions have left it open. Who made the directory itself decides about that.
    restrict(blobs);
  } catch (cause) {
    const message = `cannot use the directory ${directory}: ${/** @type {Error} */ (cause).message}`;
    throw new WixMediaError({ code: 'STORAGE_FAILED', message, cause });
  }
  const unlock = lock(root, WixMediaError);
  const pathOf = (/** @type {string} */ name) => path.join(blobs, name);
  const fileOf = (/** @type {string} */ name) => path.join(root, name);

  /**
   * Files of blobs, least recently used first.
   *
   * @type {Map<string, OpenFile>}
   */
  const open = new Map();
  /**
   * Folders of blobs that exist.
   *
   * @type {Set<string>}
   */
  const made = new Set();
  const drop = (/** @type {string} */ name) => {
    const file = open.get(name);
    if (!file) return;
    open.delete(name);
    fs.closeSync(file.descriptor);
  };
  const use = (/** @type {string} */ name, /** @type {string} */ flags) => {
    let file = open.get(name);
    if (file) open.delete(name);
    else {
      const full = pathOf(name);
      const folder = path.dirname(full);
      if (flags !== 'r+' && !made.has(folder)) {
        if (fs.mkdirSync(folder, { recursive: true, mode: DIRECTORY_MODE })) syncDirectory(blobs);
        made.add(folder);
      }
      const descriptor = fs.openSync(full, flags, FILE_MODE);
      file = { descriptor, size: fs.fstatSync(descriptor).size };
      const [oldest] = open.keys();
      if (open.size >= MAX_OPEN) drop(oldest);
    }
    open.set(name, file);
    return file;
  };
  const readFully = (/** @type {number} */ descriptor, /** @type {Uint8Array} */ buffer, /** @type {number} */ offset) => {
    let filled = 0;
    while (filled < buffer.length) {
      const count = fs.readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  };
  const writeFully = (/** @type {number} */ descriptor, /** @type {Uint8Array} */ bytes, /** @type {number} */ offset) => {
    for (let done = 0; done < bytes.length; ) {
      done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    }
  };

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
      const file = use(name, offset === 0 ? 'w+' : 'r+');
      if (file.size !== offset) fs.ftruncateSync(file.descriptor, offset);
      writeFully(file.descriptor, bytes, offset);
      file.size = offset + bytes.length;
    },
    sync(name) {
      const { descriptor } = use(name, 'r+');
      fs.fdatasyncSync(descriptor);
      syncDirectory(path.dirname(pathOf(name)));
    },
    read: (name, offset, buffer) => readFully(use(name, 'r+').descriptor, buffer, offset),
    size(name) {
      return open.get(name)?.size ?? fs.statSync(pathOf(name), { throwIfNoEntry: false })?.size;
    },
    remove(name) {
      drop(name);
      fs.rmSync(pathOf(name), { force: true });
    },
    names(folder) {
      try {
        return fs.readdirSync(pathOf(folder));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    },
    openFile(name) {
      const exists = fs.existsSync(fileOf(name));
      const descriptor = fs.openSync(fileOf(name), exists ? 'r+' : 'w+', FILE_MODE);
      if (exists) restrict(fileOf(name));
      else syncDirectory(root);
      catalog.set((last += 1), descriptor);
      return last;
    },
    closeFile(file) {
      fs.closeSync(descriptorOf(file));
      catalog.delete(file);
    },
    readAt: (file, offset, buffer) => readFully(descriptorOf(file), buffer, offset),
    writeAt: (file, offset, bytes) => writeFully(descriptorOf(file), bytes, offset),
    truncate: (file, size) => fs.ftruncateSync(descriptorOf(file), size),
    syncFile: (file) => fs.fdatasyncSync(descriptorOf(file)),
    sizeOf: (file) => fs.fstatSync(descriptorOf(file)).size,
    hasFile: (name) => fs.existsSync(fileOf(name)),
    deleteFile(name) {
      fs.rmSync(fileOf(name), { force: true });
      syncDirectory(root);
    },
  };

  const closeAll = () => {
    for (const name of [...open.keys()]) drop(name);
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
    recover: closeAll,
    close() {
      closeAll();
      unlock();
    },
  };
}

/**
 * The files and folders below a directory as entries of a seed, in the order of their names.
 *
 * @param {string | URL} directory
 * @returns {AsyncGenerator<import('../../types/index.js').SeedEntry>}
 */
export async function* entriesOf(directory) {
  const root = path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  /**
   * @param {string} folder
   * @param {string} prefix
   * @returns {Generator<{ path: string, file?: string }>}
   */
  const walk = function* (folder, prefix) {
    const found = fs.readdirSync(folder, { withFileTypes: true });
    for (const entry of found.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      // Hidden files are left by systems and tools, not by people.
      if (entry.name.startsWith('.')) continue;
      const full = path.join(folder, entry.name);
      const at = `${prefix}${entry.name}`;
      if (entry.isDirectory()) {
        yield { path: `${at}/` };
        yield* walk(full, `${at}/`);
      } else if (entry.isFile()) {
        yield { path: at, file: full };
      }
    }
  };
  for (const { file, ...entry } of walk(root, '/')) {
    const content = file && /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(fs.createReadStream(file)));
    yield { ...entry, content: content || undefined };
  }
}
