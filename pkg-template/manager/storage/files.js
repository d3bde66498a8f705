// Files and directories of a storage: their modes, whole reads and writes, and what makes them durable.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { Storage, StorageHost } from '../internal.d.ts' */

/** Modes of directories and files: the catalog holds the key that signs links, and blobs may be private. */
export const DIRECTORY_MODE = 0o700;
export const FILE_MODE = 0o600;
/** The permissions of everybody but the owner. */
const OTHERS = 0o077;

/**
 * The code of an error of the system.
 *
 * @param {unknown} error
 */
export const codeOf = (error) => String(/** @type {NodeJS.ErrnoException} */ (error).code);

/**
 * Makes names in a directory durable. Windows cannot open a directory, and needs no such call.
 *
 * @param {string} directory
 */
export function syncDirectory(directory) {
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
export function restrict(name) {
  try {
    const { mode } = fs.statSync(name);
    if ((mode & OTHERS) !== 0) fs.chmodSync(name, mode & 0o777 & ~OTHERS);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'EROFS'].includes(codeOf(error))) throw error;
  }
}

/**
 * Fills a buffer from a file. Returns how many bytes there were.
 *
 * @param {number} descriptor
 * @param {Uint8Array} buffer
 * @param {number} offset
 */
export function readFully(descriptor, buffer, offset) {
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
export function writeFully(descriptor, bytes, offset) {
  for (let done = 0; done < bytes.length; ) {
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
  }
}

/**
 * A call of the system that does not block, as a promise. It is looked up each time, as the synchronous ones are.
 *
 * @template Result
 * @param {(done: (error: Error | null, result: Result) => void) => void} call
 * @returns {Promise<Result>}
 */
const promised = (call) => new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))));

/**
 * Makes the content of a file durable.
 *
 * @param {number} descriptor
 * @returns {Promise<void>}
 */
export const fdatasync = (descriptor) => promised((done) => fs.fdatasync(descriptor, done));

/**
 * Makes a file or the names in a directory durable.
 *
 * @param {number} descriptor
 * @returns {Promise<void>}
 */
export const fsync = (descriptor) => promised((done) => fs.fsync(descriptor, done));

/**
 * Makes a directory, and those above it that are missing. Resolves to the first one that was.
 *
 * @param {string} directory
 * @returns {Promise<string | undefined>}
 */
export const mkdir = (directory) => promised((done) => fs.mkdir(directory, { recursive: true, mode: DIRECTORY_MODE }, done));

/**
 * Opens an empty file, which it makes unless there is one.
 *
 * @param {string} name
 * @returns {Promise<number>}
 */
export const openNew = (name) => promised((done) => fs.open(name, 'w+', FILE_MODE, done));

/**
 * Writes pieces one behind the other.
 *
 * @param {number} descriptor
 * @param {Uint8Array[]} pieces
 * @param {number} offset
 */
export async function writeAll(descriptor, pieces, offset) {
  for (let rest = pieces, at = offset; rest.length > 0; ) {
    const count = await promised((/** @type {(error: Error | null, count: number) => void} */ done) => fs.writev(descriptor, rest, at, done));
    at += count;
    rest = without(rest, count);
  }
}

/**
 * Pieces without their first bytes.
 *
 * @param {Uint8Array[]} pieces
 * @param {number} count
 */
function without(pieces, count) {
  let left = count;
  let first = 0;
  while (first < pieces.length && pieces[first].length <= left) {
    left -= pieces[first].length;
    first += 1;
  }
  const rest = pieces.slice(first);
  if (left > 0) rest[0] = rest[0].subarray(left);
  return rest;
}

/**
 * The absolute path of a directory.
 *
 * @param {string | URL} directory
 */
export const rootOf = (directory) => path.resolve(directory instanceof URL ? fileURLToPath(directory) : directory);

/**
 * How a storage reads a piece of a blob, where its host does.
 *
 * @param {Pick<StorageHost, 'read'>} host
 * @returns {Storage['read']}
 */
export const readerOf = (host) => (name, offset, length) => {
  // Filling it with zeros first takes as long as reading.
  const buffer = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  return buffer.subarray(0, host.read(name, offset, buffer));
};
