// Storage in the origin private file system, which only a dedicated worker can use synchronously.
//
// Opening a file is asynchronous there; reading and writing are not. So the files of the catalog are open for as long as the
// storage is, and blobs are written to files that were opened before they are needed: `prepare` keeps some spare ones, and
// opens those that a request is going to continue. A spare file that is never used is an orphan, and goes with the next start.

/** @import { Fail, ManagerCore, Storage, StorageHost, SyncAccessHandle } from '../internal.d.ts' */

/** How many spare files are kept ready. */
const SPARE_FILES = 8;

/** How many files of blobs stay open. */
const MAX_OPEN = 32;

const CATALOG = ['catalog.db', 'catalog.db-wal', 'catalog.db-journal'];

/** How long a lock or a file is waited for, in milliseconds: those of a page that was closed go a moment after it. */
const PATIENCE_MS = 5000;
const RETRY_MS = 50;

/**
 * Tabs share a manager, so it is somebody else who has the storage open.
 *
 * @param {string} name
 * @param {Fail} fail
 */
const locked = (name, fail) =>
  fail('LOCKED', `the storage ${name} is in use by a worker of another program, or by an earlier version of wix-media.v2: close that first`);

/**
 * Locks the storage for this worker. Resolves to the function that unlocks it.
 *
 * @param {string} name
 * @param {Fail} fail
 * @returns {Promise<() => void>}
 */
async function lock(name, fail) {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), PATIENCE_MS);
  try {
    return await new Promise((resolve, reject) => {
      const held = () => new Promise((release) => resolve(() => release(undefined)));
      navigator.locks.request(`wix-media.v2 ${name}`, { signal: waiting.signal }, held).catch(reject);
    });
  } catch (error) {
    if (!waiting.signal.aborted) throw error;
    throw locked(name, fail);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Files that are being opened. Chromium collects a file that nobody refers to, and then the promise never settles.
 *
 * @type {Set<FileSystemFileHandle>}
 */
const opening = new Set();

/**
 * Writes all of the bytes. A browser may write less where the quota ends, instead of throwing.
 *
 * @param {SyncAccessHandle} handle
 * @param {Uint8Array} bytes
 * @param {number} offset
 */
function writeFully(handle, bytes, offset) {
  for (let done = 0; done < bytes.length; ) {
    const count = handle.write(bytes.subarray(done), { at: offset + done });
    if (count === 0) throw new DOMException('no space left for this origin', 'QuotaExceededError');
    done += count;
  }
}

/**
 * Opens a file for synchronous use.
 *
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 * @param {{ create?: boolean }} [options]
 * @returns {Promise<SyncAccessHandle>}
 */
async function openFile(folder, name, options) {
  const file = await folder.getFileHandle(name, options);
  opening.add(file);
  try {
    // The types of a page do not have this method of workers.
    return await /** @type {any} */ (file).createSyncAccessHandle();
  } finally {
    opening.delete(file);
  }
}

/** @param {unknown} error */
const isInUse = (error) => /** @type {{ name?: string } | undefined} */ (error)?.name === 'NoModificationAllowedError';

/**
 * Opens a file of the catalog. A worker that has just ended may have it open for a moment after it has lost its lock.
 *
 * @param {FileSystemDirectoryHandle} root
 * @param {string} name
 */
async function openCatalogFile(root, name) {
  for (let left = PATIENCE_MS / RETRY_MS; ; left -= 1) {
    try {
      return await openFile(root, name, { create: true });
    } catch (error) {
      if (!isInUse(error) || left <= 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/**
 * Opens or makes the storage of a name.
 *
 * @param {unknown} name
 * @param {{ WixMediaError: typeof import('../../types/index.js').WixMediaError }} given
 * @returns {Promise<Storage>}
 */
export async function opfsStorage(name, { WixMediaError }) {
  /** @type {Fail} */
  const fail = (code, message, cause) => new WixMediaError({ code, message, ...(cause ? { cause } : {}) });
  if (typeof name !== 'string' || !/^[\w .-]{1,100}$/.test(name) || /^\.+$/.test(name)) {
    throw fail('INVALID_ARGUMENT', 'createManager: storage.opfs must be a name of letters, digits, spaces, dots, - and _');
  }
  const release = await lock(name, fail);
  /** @type {SyncAccessHandle[]} */
  const opened = [];
  try {
    const top = await navigator.storage.getDirectory();
    const all = await top.getDirectoryHandle('wix-media', { create: true });
    const root = await all.getDirectoryHandle(name, { create: true });
    const folder = await root.getDirectoryHandle('blobs', { create: true });
    return await use(root, folder, opened, release);
  } catch (cause) {
    for (const handle of opened) handle.close();
    release();
    if (cause instanceof WixMediaError) throw cause;
    if (isInUse(cause)) throw locked(name, fail);
    throw fail('STORAGE_FAILED', `cannot use the storage ${name}: ${/** @type {Error} */ (cause)?.message ?? cause}`, cause);
  }
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {FileSystemDirectoryHandle} folder The folder of the blobs.
 * @param {SyncAccessHandle[]} opened Takes every handle that has to be closed when this fails.
 * @param {() => void} release
 * @returns {Promise<Storage>}
 */
async function use(root, folder, opened, release) {
  /** @type {SyncAccessHandle[]} */
  const catalog = [];
  for (const file of CATALOG) {
    const handle = await openCatalogFile(root, file);
    opened.push(handle);
    catalog.push(handle);
  }
  // Names are paths of two parts. Here they are flat, since each part of a path costs an asynchronous step.
  const flat = (/** @type {string} */ name) => name.replace('/', '.');
  /** @type {Set<string>} */
  const known = new Set();
  for await (const file of folder.keys()) known.add(file);

  /**
   * Files of blobs, least recently used first.
   *
   * @type {Map<string, SyncAccessHandle>}
   */
  const open = new Map();
  /** @type {{ id: string, file: string, handle: SyncAccessHandle }[]} */
  const spare = [];
  let nameOf = (/** @type {string} */ id) => id;
  /** @type {Promise<void> | undefined} */
  let filling;

  /**
   * Files with bytes that are not durable yet. They stay open, because they are read again before their upload ends.
   *
   * @type {Set<string>}
   */
  const unsynced = new Set();
  const keep = (/** @type {string} */ file, /** @type {SyncAccessHandle} */ handle) => {
    open.delete(file);
    open.set(file, handle);
    for (const other of open.keys()) {
      if (open.size <= MAX_OPEN) return;
      if (other !== file && !unsynced.has(other)) drop(other);
    }
  };
  const drop = (/** @type {string} */ file) => {
    open.get(file)?.close();
    open.delete(file);
    unsynced.delete(file);
  };
  const handleOf = (/** @type {string} */ name) => {
    const file = flat(name);
    const handle = open.get(file);
    if (!handle) throw new Error(`file not prepared: ${file}`);
    keep(file, handle);
    return handle;
  };

  /** @param {number} count */
  async function fill(count) {
    while (spare.length < count) {
      const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
      const file = flat(nameOf(id));
      const handle = await openFile(folder, file, { create: true });
      spare.push({ id, file, handle });
    }
  }

  /** @type {StorageHost} */
  const host = {
    fresh() {
      const next = spare.shift();
      if (!next) return undefined;
      // Only now, so that the sweep of orphans does not remove spare files.
      known.add(next.file);
      unsynced.add(next.file);
      keep(next.file, next.handle);
      return next.id;
    },
    append(name, offset, bytes) {
      const handle = handleOf(name);
      unsynced.add(flat(name));
      if (handle.getSize() !== offset) handle.truncate(offset);
      writeFully(handle, bytes, offset);
    },
    sync(name) {
      handleOf(name).flush();
      unsynced.delete(flat(name));
    },
    read: (name, offset, buffer) => handleOf(name).read(buffer, { at: offset }),
    size: (name) => (known.has(flat(name)) ? handleOf(name).getSize() : undefined),
    remove(name) {
      const file = flat(name);
      drop(file);
      known.delete(file);
      // A file that cannot be removed now is an orphan, and goes with the next start.
      folder.removeEntry(file).catch(() => {});
    },
    names(part) {
      const start = `${part}.`;
      return [...known].filter((file) => file.startsWith(start)).map((file) => file.slice(start.length));
    },
    deliveredEnd: () => undefined,
    reserve: () => false,
    openFile: (file) => CATALOG.indexOf(file),
    closeFile() {},
    readAt: (file, offset, buffer) => catalog[file].read(buffer, { at: offset }),
    writeAt(file, offset, bytes) {
      writeFully(catalog[file], bytes, offset);
    },
    truncate: (file, size) => catalog[file].truncate(size),
    syncFile: (file) => catalog[file].flush(),
    sizeOf: (file) => catalog[file].getSize(),
    // The files always exist; SQLite ignores an empty journal.
    hasFile: (file) => (catalog[CATALOG.indexOf(file)]?.getSize() ?? 0) > 0,
    deleteFile: (file) => catalog[CATALOG.indexOf(file)]?.truncate(0),
  };
  return {
    kind: 'opfs',
    durable: true,
    host,
    attach(/** @type {ManagerCore} */ core) {
      nameOf = core.fileName;
    },
    async read(name, offset, length) {
      const file = flat(name);
      const handle = open.get(file);
      if (handle) {
        const buffer = new Uint8Array(length);
        return buffer.subarray(0, handle.read(buffer, { at: offset }));
      }
      const content = await (await folder.getFileHandle(file)).getFile();
      return new Uint8Array(await content.slice(offset, offset + length).arrayBuffer());
    },
    async prepare(names, count = SPARE_FILES) {
      if (spare.length < count) {
        await (filling ??= fill(count).finally(() => {
          filling = undefined;
        }));
      }
      for (const name of names) {
        const file = flat(name);
        if (open.has(file) || !known.has(file)) continue;
        const handle = await openFile(folder, file);
        // Another request may have opened it in the meantime.
        if (open.has(file)) handle.close();
        else keep(file, handle);
      }
    },
    async estimate() {
      const { usage = 0, quota = 0 } = await navigator.storage.estimate();
      return { usage, quota };
    },
    close() {
      for (const file of [...open.keys()]) drop(file);
      for (const { handle } of spare.splice(0)) handle.close();
      for (const handle of catalog) handle.close();
      release();
    },
  };
}
