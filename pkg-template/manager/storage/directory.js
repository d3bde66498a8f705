// Storage in a directory, for Node, Bun and Deno: `catalog.db` with its write-ahead log, and one file for each blob.
//
// Synchronous calls on purpose: SQLite asks for nothing else, and a change is on disk when its answer is sent.
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

// So many files of blobs stay open between appends.
const MOST_OPEN = 64;

// The directories that this process holds, by their real paths: a lock file cannot tell two managers of one process apart.
const held = (globalThis[Symbol.for('wix-media.directories')] ??= new Set());

/**
 * When a process began, where the system tells; a number is given again sooner than the same number and time. One that has
 * ended and only waits to be counted is none any more.
 */
function beginning(pid) {
  try {
    const members = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
    return members[0] === 'Z' ? 'ended' : members[19];
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else's is alive too.
    return error.code === 'EPERM';
  }
}

/** Takes the directory for this process; gives the function that lets it go. */
function lock(directory, WixMediaError) {
  const real = fs.realpathSync(directory);
  const file = path.join(real, 'lock');
  const refuse = (holder) =>
    new WixMediaError({
      code: 'LOCKED',
      message: `The directory ${directory} is in use by ${holder}: stop that first, or choose another directory`,
    });
  if (held.has(real)) throw refuse('another manager of this process');
  const mine = `${process.pid} ${beginning(process.pid)}`;
  for (let tries = 0; ; tries += 1) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const [pid, began] = readLock(file);
    // A process of this number that began at another time is not the one that left the lock.
    if (pid && pid !== process.pid && isAlive(pid) && (!began || beginning(pid) === began)) {
      throw refuse(`process ${pid}`);
    }
    if (tries > 10) throw refuse('another process');
    // Moved aside, not deleted: of two processes that find the same leftover only one can move it.
    const aside = `${file}.${process.pid}`;
    try {
      fs.renameSync(file, aside);
      fs.rmSync(aside, { force: true });
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  held.add(real);
  return () => {
    held.delete(real);
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === mine) fs.rmSync(file, { force: true });
  };
}

function readLock(file) {
  try {
    const [pid, began] = fs.readFileSync(file, 'utf8').split(' ');
    return [Number(pid), began];
  } catch {
    return [0, ''];
  }
}

function syncDirectory(directory) {
  // Windows cannot open a directory, and keeps names safe by itself.
  if (process.platform === 'win32') return;
  const file = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** Opens or makes the storage in a directory. See `storage.js` for what its members do. */
export function directoryStorage(directory, { WixMediaError }) {
  const root = path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  const blobs = path.join(root, 'blobs');
  try {
    fs.mkdirSync(blobs, { recursive: true });
  } catch (cause) {
    const message = `The directory ${directory} cannot be used: ${cause.message}`;
    throw new WixMediaError({ code: 'STORAGE_FAILED', message, cause });
  }
  const unlock = lock(root, WixMediaError);
  const pathOf = (name) => path.join(blobs, name);
  const fileOf = (name) => path.join(root, name);

  // Blobs that are being appended to, the least recently used first.
  const open = new Map();
  const made = new Set();
  const drop = (name) => {
    const file = open.get(name);
    if (!file) return;
    open.delete(name);
    fs.closeSync(file.descriptor);
  };
  const use = (name, flags) => {
    let file = open.get(name);
    if (file) open.delete(name);
    else {
      const full = pathOf(name);
      const folder = path.dirname(full);
      if (flags !== 'r+' && !made.has(folder)) {
        if (fs.mkdirSync(folder, { recursive: true })) syncDirectory(blobs);
        made.add(folder);
      }
      const descriptor = fs.openSync(full, flags);
      file = { descriptor, size: fs.fstatSync(descriptor).size };
      if (open.size >= MOST_OPEN) drop(open.keys().next().value);
    }
    open.set(name, file);
    return file;
  };
  const readFully = (descriptor, buffer, offset) => {
    let filled = 0;
    while (filled < buffer.length) {
      const count = fs.readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  };
  const writeFully = (descriptor, bytes, offset) => {
    for (let done = 0; done < bytes.length; ) {
      done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    }
  };

  const catalog = new Map();
  let last = 0;
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
      // Chunks of a transfer go on; a descriptor that nobody needs any more makes room in its turn.
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
        if (error.code === 'ENOENT') return [];
        throw error;
      }
    },
    openFile(name) {
      const exists = fs.existsSync(fileOf(name));
      const descriptor = fs.openSync(fileOf(name), exists ? 'r+' : 'w+');
      if (!exists) syncDirectory(root);
      catalog.set((last += 1), descriptor);
      return last;
    },
    closeFile(file) {
      fs.closeSync(catalog.get(file));
      catalog.delete(file);
    },
    readAt: (file, offset, buffer) => readFully(catalog.get(file), buffer, offset),
    writeAt: (file, offset, bytes) => writeFully(catalog.get(file), bytes, offset),
    truncate: (file, size) => fs.ftruncateSync(catalog.get(file), size),
    syncFile: (file) => fs.fdatasyncSync(catalog.get(file)),
    sizeOf: (file) => fs.fstatSync(catalog.get(file)).size,
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
      // A descriptor of its own: the reader may outlive the file's place among the open ones, and its name.
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

/** The files and folders below a directory as entries of a seed, in the order of their names. */
export async function* entriesOf(directory) {
  const root = path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  const walk = function* (folder, prefix) {
    const found = fs.readdirSync(folder, { withFileTypes: true });
    for (const entry of found.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      // What systems and tools leave in every folder is nobody's picture.
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
    yield { ...entry, content: file && Readable.toWeb(fs.createReadStream(file)) };
  }
}
