// Storage in the origin private file system, which only a dedicated worker can use synchronously.
//
// Opening a file is asynchronous there, reading and writing it is not. So the files of the catalog are open for as long as
// the storage is, and blobs are written to files that were opened before anybody asked: `prepare` keeps some spare ones, and
// opens those that a request is going to continue. A spare file that is never used is an orphan to the next start.

// Spare files to have at hand, and open files of blobs to keep.
const SPARE = 8;
const MOST_OPEN = 32;

const CATALOG = ['catalog.db', 'catalog.db-wal', 'catalog.db-journal'];

/** Takes the storage for this worker, until the promise that it gives is resolved. */
function lock(name, fail) {
  return new Promise((resolve, reject) => {
    const held = (lock) => {
      if (!lock) {
        const message = `The storage ${name} is in use by another tab or worker: close that first`;
        return void reject(fail('LOCKED', message));
      }
      return new Promise((release) => resolve(release));
    };
    navigator.locks.request(`wix-media.v2 ${name}`, { ifAvailable: true }, held).catch(reject);
  });
}

// Chromium forgets a file that nobody refers to, and with it that it is about to be opened: the promise never settles.
const opening = new Set();

/** Opens a file for synchronous use. */
async function openFile(folder, name, options) {
  const file = await folder.getFileHandle(name, options);
  opening.add(file);
  try {
    return await file.createSyncAccessHandle();
  } finally {
    opening.delete(file);
  }
}

/** Opens or makes the storage of a name. See `storage.js` for what its members do. */
export async function opfsStorage(name, { WixMediaError }) {
  const fail = (code, message, cause) => new WixMediaError({ code, message, ...(cause && { cause }) });
  if (typeof name !== 'string' || !/^[\w .-]{1,100}$/.test(name) || /^\.+$/.test(name)) {
    throw fail('INVALID_ARGUMENT', 'createManager: storage.opfs must be a name of letters, digits, spaces, dots, - and _');
  }
  const release = await lock(name, fail);
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
    throw fail('STORAGE_FAILED', `The storage ${name} cannot be used: ${cause?.message ?? cause}`, cause);
  }
}

async function use(root, folder, opened, release) {
  const catalog = [];
  for (const file of CATALOG) {
    const handle = await openFile(root, file, { create: true });
    opened.push(handle);
    catalog.push(handle);
  }
  // Names are paths of two parts; here they are flat, since a path of files is one more asynchronous step each.
  const flat = (name) => name.replace('/', '.');
  const known = new Set();
  for await (const file of folder.keys()) known.add(file);

  const open = new Map();
  const spare = [];
  let nameOf = (id) => id;
  let filling;

  // Files with bytes that are not safe yet stay open: what is written is read again before it is done.
  const unsafe = new Set();
  const keep = (file, handle) => {
    open.delete(file);
    open.set(file, handle);
    if (open.size <= MOST_OPEN) return;
    for (const other of open.keys()) {
      if (open.size <= MOST_OPEN) return;
      if (other !== file && !unsafe.has(other)) drop(other);
    }
  };
  const drop = (file) => {
    open.get(file)?.close();
    open.delete(file);
    unsafe.delete(file);
  };
  const handleOf = (name) => {
    const file = flat(name);
    const handle = open.get(file);
    if (!handle) throw new Error(`the file ${file} is not prepared`);
    keep(file, handle);
    return handle;
  };

  async function fill(count) {
    while (spare.length < count) {
      const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
      const file = flat(nameOf(id));
      const handle = await openFile(folder, file, { create: true });
      spare.push({ id, file, handle });
    }
  }

  const host = {
    fresh() {
      const next = spare.shift();
      if (!next) return undefined;
      // Only now: who asks for all blobs must not get those that are none yet, and remove them.
      known.add(next.file);
      unsafe.add(next.file);
      keep(next.file, next.handle);
      return next.id;
    },
    append(name, offset, bytes) {
      const handle = handleOf(name);
      unsafe.add(flat(name));
      if (handle.getSize() !== offset) handle.truncate(offset);
      for (let done = 0; done < bytes.length; ) done += handle.write(bytes.subarray(done), { at: offset + done });
    },
    sync(name) {
      handleOf(name).flush();
      unsafe.delete(flat(name));
    },
    read: (name, offset, buffer) => handleOf(name).read(buffer, { at: offset }),
    size: (name) => (known.has(flat(name)) ? handleOf(name).getSize() : undefined),
    remove(name) {
      const file = flat(name);
      drop(file);
      known.delete(file);
      // What cannot be removed now is an orphan, and goes with the next start.
      folder.removeEntry(file).catch(() => {});
    },
    names(part) {
      const start = `${part}.`;
      return [...known].filter((file) => file.startsWith(start)).map((file) => file.slice(start.length));
    },
    openFile: (file) => CATALOG.indexOf(file),
    closeFile() {},
    readAt: (file, offset, buffer) => catalog[file].read(buffer, { at: offset }),
    writeAt(file, offset, bytes) {
      for (let done = 0; done < bytes.length; ) done += catalog[file].write(bytes.subarray(done), { at: offset + done });
    },
    truncate: (file, size) => catalog[file].truncate(size),
    syncFile: (file) => catalog[file].flush(),
    sizeOf: (file) => catalog[file].getSize(),
    // The files are there from the start; SQLite takes an empty journal for none.
    hasFile: (file) => (catalog[CATALOG.indexOf(file)]?.getSize() ?? 0) > 0,
    deleteFile: (file) => catalog[CATALOG.indexOf(file)]?.truncate(0),
  };
  return {
    kind: 'opfs',
    durable: true,
    host,
    /** Lets the storage name files as the core does. */
    attach(core) {
      nameOf = core.fileName;
    },
    async read(name, offset, length) {
      const file = flat(name);
      if (open.has(file)) {
        const buffer = new Uint8Array(length);
        return buffer.subarray(0, open.get(file).read(buffer, { at: offset }));
      }
      const content = await (await folder.getFileHandle(file)).getFile();
      return new Uint8Array(await content.slice(offset, offset + length).arrayBuffer());
    },
    async prepare(names, count = SPARE) {
      if (spare.length < count) await (filling ??= fill(count).finally(() => (filling = undefined)));
      for (const name of names) {
        const file = flat(name);
        if (open.has(file) || !known.has(file)) continue;
        const handle = await openFile(folder, file);
        // Somebody else may have been faster in the meantime.
        if (open.has(file)) handle.close();
        else keep(file, handle);
      }
    },
    async estimate() {
      const { usage, quota } = await navigator.storage.estimate();
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
