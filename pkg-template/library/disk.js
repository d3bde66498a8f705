// Files of this machine, for Node, Bun and Deno: sources, folders, records of resumable uploads, downloads.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, opendir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { Digest, DiskEntry, Records, SourceReader, UploadRecord } from './internal.d.ts' */

/** Bytes of a piece of a file. */
const PIECE_SIZE = 256 * 1024;

/**
 * An MD5 digest by the runtime, which is three times as fast as the module. Undefined where the runtime refuses MD5.
 *
 * @returns {Digest | undefined}
 */
export function digest() {
  try {
    const hash = createHash('md5');
    return { add: (bytes) => void hash.update(bytes), end: () => hash.digest('hex') };
  } catch {
    return undefined;
  }
}

/** @param {string | URL} given */
const pathOf = (given) => (given instanceof URL || /^file:\/\//.test(given) ? fileURLToPath(given) : given);

/** @param {unknown} error */
const isMissing = (error) => /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';

/** @typedef {{ isFile(): boolean, isDirectory(): boolean, isSymbolicLink(): boolean, isFIFO(): boolean, isSocket(): boolean }} Entry */

/**
 * What an entry of a folder is, in words.
 *
 * @param {Entry} entry
 */
export const kindOf = (entry) => {
  if (entry.isFile()) return 'a file';
  if (entry.isDirectory()) return 'a directory';
  if (entry.isSymbolicLink()) return 'a symbolic link';
  return entry.isFIFO() ? 'a named pipe' : entry.isSocket() ? 'a socket' : 'a device';
};

/**
 * @param {string} path
 * @param {Entry} entry
 */
function assertFile(path, entry) {
  if (entry.isFile()) return;
  throw Object.assign(new Error(`${path} is ${kindOf(entry)}: expected a file`), { code: entry.isDirectory() ? 'EISDIR' : 'EINVAL' });
}

/** Bytes of a piece of a file that is sent slowly. */
const PACED_PIECE_SIZE = 64 * 1024;

/** @typedef {(bytes: number) => Promise<void>} Pace Resolves when that many bytes may be sent. */

/**
 * Opens a file as a source.
 *
 * @param {string | URL & { pace?: Pace }} given A URL can have a `pace`, which limits how fast its bytes are read.
 * @returns {Promise<SourceReader>}
 */
export async function openFile(given) {
  const path = pathOf(given);
  const { pace } = given instanceof URL ? given : {};
  const most = pace ? PACED_PIECE_SIZE : PIECE_SIZE;
  // Opening a pipe waits for a writer, and takes what it writes from another reader.
  assertFile(path, await stat(path));
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const about = await handle.stat({ bigint: true });
    assertFile(path, about);
    /**
     * @param {number} from
     * @param {number} to
     */
    async function* pieces(from, to) {
      for (let at = from; at < to; ) {
        const buffer = new Uint8Array(Math.min(most, to - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        await pace?.(bytesRead);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    }
    return {
      name: basename(path),
      size: Number(about.size),
      modified: Number(about.mtimeMs),
      path: resolve(path),
      isRepeatable: true,
      pieces,
      async confirm() {
        const { size, mtimeNs } = await handle.stat({ bigint: true });
        if (size !== about.size || mtimeNs !== about.mtimeNs) throw new Error(`${path} was changed while it was read`);
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
 * The bytes of a file as a stream, which fails when the file is changed meanwhile.
 *
 * @param {string} path
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
export function streamFile(path) {
  async function* bytes() {
    const reader = await openFile(path);
    try {
      yield* reader.pieces(0, Number(reader.size));
      await reader.confirm?.();
    } finally {
      await reader.close();
    }
  }
  const pieces = bytes();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void pieces.return(),
    },
    { highWaterMark: 0 },
  );
}

/**
 * The files and folders of a folder, at every depth. An entry that cannot be read has its `failure`, and what is neither a
 * file nor a folder is `skipped`; neither ends the walk. Links are not followed, so a folder that links to itself comes to
 * an end. Names that begin with a dot are left out unless `hidden`.
 *
 * @param {string | URL} given
 * @param {{ hidden?: boolean }} [options]
 * @param {string} [prefix]
 * @returns {AsyncGenerator<DiskEntry, void, undefined>}
 */
export async function* entriesOf(given, { hidden = false } = {}, prefix = '') {
  const folder = pathOf(given);
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const { name } of entries) {
    if (!hidden && name.startsWith('.')) continue;
    const path = `${prefix}${name}`;
    const whole = join(folder, name);
    try {
      // Not by the entry: some file systems do not tell its kind there.
      const about = await lstat(whole);
      if (about.isDirectory()) {
        // Opened before it is yielded, so that a folder without rights is one failure, not an empty folder too.
        await (await opendir(whole)).close();
        yield { path, isFolder: true };
        yield* entriesOf(whole, { hidden }, `${path}/`);
      } else if (about.isFile()) yield { path, source: whole, size: about.size };
      else yield { path, skipped: kindOf(about) };
    } catch (error) {
      // Node replaces the bytes of a name that it cannot decode.
      const isUndecodable = isMissing(error) && name.includes('\ufffd');
      yield { path, failure: isUndecodable ? new Error(`the name of ${whole} is not UTF-8: rename it`) : error };
    }
  }
}

/**
 * A file, or the content of a folder. The name of the folder is part of it, unless the path ends in a slash, which means only
 * what is in it, as in rsync.
 *
 * @param {string | URL} given
 */
export async function folderOrFile(given) {
  const path = pathOf(given);
  const about = await stat(path);
  if (!about.isDirectory()) return { name: basename(path), size: about.size };
  return { name: /[\\/]$/.test(path) ? undefined : basename(resolve(path)), entries: entriesOf(path) };
}

/** The default folder for records: the user's state directory. */
const stateFolder = () => join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'wix-media', 'uploads');

/**
 * Records in a folder, one file each. They hold upload tokens, so only their owner can read them.
 *
 * @param {string | URL | undefined} given
 * @returns {Records}
 */
export function records(given) {
  const folder = given === undefined ? stateFolder() : pathOf(given);
  const fileOf = (/** @type {string} */ id) => join(folder, `${id}.json`);
  /** @returns {Promise<UploadRecord | undefined>} */
  const read = async (/** @type {string} */ file) => {
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      // A record that was cut off counts as missing.
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
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
        if (isMissing(error)) return [];
        throw error;
      });
      const all = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => read(join(folder, name))));
      return all.filter((record) => record !== undefined);
    },
  };
}

/**
 * A folder for downloads. The caller makes sure that paths are relative and safe.
 *
 * @param {string | URL} given
 */
export function folderAt(given) {
  const root = resolve(pathOf(given));
  const at = (/** @type {string} */ path) => join(root, ...path.split('/'));
  return {
    root,
    at,
    makeFolder: (/** @type {string} */ path) => mkdir(at(path), { recursive: true }),
    /** The size of a file; undefined where there is none. */
    async size(/** @type {string} */ path) {
      try {
        const about = await stat(at(path));
        return about.isFile() ? about.size : undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    open: (/** @type {string} */ path) => openFile(at(path)),
    rename: (/** @type {string} */ from, /** @type {string} */ to) => rename(at(from), at(to)),
    remove: (/** @type {string} */ path) => unlink(at(path)).catch(() => {}),
    /** Truncates a file to `offset` bytes, and appends to it. */
    async append(/** @type {string} */ path, /** @type {number} */ offset) {
      const handle = await open(at(path), offset > 0 ? 'r+' : 'w');
      await handle.truncate(offset);
      let position = offset;
      return {
        async write(/** @type {Uint8Array} */ bytes) {
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
