// Files of this machine, for Node, Bun and Deno: sources, folders, records of resumable uploads, downloads.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, opendir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An MD5 sum by the runtime, which is three times as fast as the module; undefined where the runtime may not make one. */
export function sum() {
  try {
    const hash = createHash('md5');
    return { add: (bytes) => void hash.update(bytes), end: () => hash.digest('hex') };
  } catch {
    return undefined;
  }
}

const pathOf = (given) => (given instanceof URL || /^file:\/\//.test(given) ? fileURLToPath(given) : given);

/** A source of a file, read in pieces of at most `most` bytes. */
export async function openFile(given, most) {
  const path = pathOf(given);
  const handle = await open(path, 'r');
  try {
    const about = await handle.stat();
    if (!about.isFile()) throw Object.assign(new Error(`${path} is not a file`), { code: 'EISDIR' });
    async function* pieces(from, to) {
      for (let at = from; at < to; ) {
        const buffer = new Uint8Array(Math.min(most, to - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    }
    return {
      name: basename(path),
      size: about.size,
      modified: Math.trunc(about.mtimeMs),
      path: resolve(path),
      isRepeatable: true,
      pieces,
      async bytes(from, to) {
        const buffer = new Uint8Array(to - from);
        let at = 0;
        for await (const piece of pieces(from, to)) {
          buffer.set(piece, at);
          at += piece.length;
        }
        return buffer.subarray(0, at);
      },
      forget() {},
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The files and folders of a folder, at every depth, by path relative to it with `/`. Links are not followed, so that a
 * folder that links to itself comes to an end. What begins with a dot is left out unless `hidden`.
 */
export async function* entriesOf(given, { hidden = false } = {}, prefix = '') {
  const folder = pathOf(given);
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    if (!hidden && entry.name.startsWith('.')) continue;
    const path = `${prefix}${entry.name}`;
    const whole = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield { path, isFolder: true };
      yield* entriesOf(whole, { hidden }, `${path}/`);
    } else if (entry.isFile()) {
      yield { path, source: whole, size: (await stat(whole)).size };
    }
  }
}

/**
 * A file, or what is below a folder. The name of a folder goes along, unless the path ends in a slash: then only what is in it
 * is meant, as many tools have it.
 */
export async function folderOrFile(given) {
  const path = pathOf(given);
  const about = await stat(path);
  if (!about.isDirectory()) return { name: basename(path), size: about.size };
  return { name: /[\\/]$/.test(path) ? undefined : basename(resolve(path)), entries: entriesOf(path) };
}

/** The folder for records when the caller names none: what is kept between runs, but is no document of the user's. */
const stateFolder = () => join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'wix-media', 'uploads');

/** Records in a folder, one file each. They hold upload tokens, so they are for their owner alone. */
export function records(given) {
  const folder = given === undefined ? stateFolder() : pathOf(given);
  const fileOf = (id) => join(folder, `${id}.json`);
  const read = async (file) => {
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      // A record that is gone or was cut off is none.
      if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  };
  return {
    get: (id) => read(fileOf(id)),
    async put(id, record) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${fileOf(id)}.${randomBytes(6).toString('hex')}`;
      await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
      await rename(temporary, fileOf(id));
    },
    delete: (id) => rm(fileOf(id), { force: true }),
    async list() {
      const names = await readdir(folder).catch((error) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const all = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => read(join(folder, name))));
      return all.filter((record) => record !== undefined);
    },
  };
}

/** A folder for downloads. Paths are relative and safe; the caller sees to that. */
export function folderAt(given) {
  const root = resolve(pathOf(given));
  const at = (path) => join(root, ...path.split('/'));
  return {
    root,
    at,
    makeFolder: (path) => mkdir(at(path), { recursive: true }),
    async names(path) {
      return readdir(at(path)).catch((error) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
    },
    async size(path) {
      try {
        const about = await stat(at(path));
        return about.isFile() ? about.size : undefined;
      } catch (error) {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    open: (path) => openFile(at(path), 256 * 1024),
    rename: (from, to) => rename(at(from), at(to)),
    remove: (path) => unlink(at(path)).catch(() => {}),
    /** Adds to a file behind `offset`, where it is cut off first. */
    async append(path, offset) {
      const handle = await open(at(path), offset > 0 ? 'r+' : 'w');
      await handle.truncate(offset);
      let position = offset;
      return {
        async write(bytes) {
          for (let done = 0; done < bytes.length; ) {
            const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position);
            done += bytesWritten;
            position += bytesWritten;
          }
        },
        async close() {
          await handle.sync();
          await handle.close();
        },
        abandon: () => handle.close(),
      };
    },
  };
}
