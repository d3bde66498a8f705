// What is left of a directory whose catalog is lost: its blobs, under names that say nothing.
//
// Recovery moves the files of the old catalog and all blobs to `lost+found`, and a new catalog takes the blobs in one by one.
// A crash in between leaves the rest in `lost+found`, where the next recovery finds it. Nothing is deleted that the new catalog
// does not have.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DIRECTORY_MODE } from './files.js';
import { Held, lockDirectory } from './lock.js';

/** @import { LostBlob } from '../internal.d.ts' */

const LOST = 'lost+found';
/** The room that is held back for deletions; see `directory.js`. */
const RESERVE = 'reserve';
const CATALOG = /^catalog\.db(-wal|-shm)?$/;
const BLOB = /^[A-Za-z0-9_-]{1,100}$/;
/** How much of a file tells whether it is text. */
const SAMPLE_SIZE = 4096;

/**
 * The folder of a blob, as `blobs::file_name` of the crate makes it.
 *
 * @param {string} id
 */
const folderOf = (id) => [...id].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 256, 0).toString(16).padStart(2, '0');

/**
 * Moves the catalog and the blobs of a directory to `lost+found`. Returns the names of the catalog's files there.
 *
 * @param {string} directory
 * @param {{ WixMediaError: typeof import('../../types/index.js').WixMediaError, now: Date }} given
 */
export async function setAside(directory, { WixMediaError, now }) {
  const lock = await lockDirectory(directory).catch((error) => {
    if (!(error instanceof Held)) throw error;
    throw new WixMediaError({ code: 'LOCKED', message: `the directory ${directory} is in use by ${error.holder}: stop that first` });
  });
  try {
    const mark = now.toISOString().replace(/[:.]/g, '-');
    const lost = path.join(directory, LOST);
    fs.mkdirSync(lost, { recursive: true, mode: DIRECTORY_MODE });
    const catalog = [];
    // The blobs first: a catalog without blobs is refused nowhere, blobs without a catalog are.
    const blobs = path.join(directory, 'blobs');
    fs.rmSync(path.join(blobs, RESERVE), { force: true });
    if (fs.existsSync(blobs)) fs.renameSync(blobs, path.join(lost, `blobs-${mark}`));
    for (const name of fs.readdirSync(directory).filter((name) => CATALOG.test(name))) {
      const aside = path.join(lost, name.replace('catalog', `catalog-${mark}`));
      fs.renameSync(path.join(directory, name), aside);
      catalog.push(aside);
    }
    return catalog;
  } finally {
    lock.settle();
    lock.release();
  }
}

/**
 * The blobs that earlier recoveries have set aside.
 *
 * @param {string} directory
 * @returns {Generator<LostBlob>}
 */
export function* lostBlobs(directory) {
  const lost = path.join(directory, LOST);
  if (!fs.existsSync(lost)) return;
  for (const set of fs.readdirSync(lost).filter((name) => name.startsWith('blobs-'))) {
    for (const entry of fs.readdirSync(path.join(lost, set), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      for (const blob of fs.readdirSync(path.join(lost, set, entry.name), { withFileTypes: true })) {
        const file = path.join(lost, set, entry.name, blob.name);
        const isBlob = blob.isFile() && BLOB.test(blob.name) && folderOf(blob.name) === entry.name;
        if (isBlob) yield { file, size: fs.statSync(file).size, modified: fs.statSync(file).mtime };
      }
    }
  }
}

/**
 * How many files `lost+found` holds besides old catalogs. Removes folders that have become empty.
 *
 * @param {string} directory
 */
export function leftInLost(directory) {
  /** @param {string} folder */
  const walk = (folder) => {
    let count = 0;
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      const below = entry.isDirectory() ? walk(full) : 1;
      if (entry.isDirectory() && below === 0) fs.rmdirSync(full);
      count += below;
    }
    return count;
  };
  const lost = path.join(directory, LOST);
  const sets = fs.existsSync(lost) ? fs.readdirSync(lost).filter((name) => name.startsWith('blobs-')) : [];
  let count = 0;
  for (const set of sets) {
    const below = walk(path.join(lost, set));
    if (below === 0) fs.rmdirSync(path.join(lost, set));
    count += below;
  }
  return count;
}

/**
 * The entry of a seed for a blob: named after its MD5, private because nobody knows whether it was.
 *
 * @param {LostBlob} blob
 * @param {string} folder
 */
export async function entryOfBlob({ file, modified }, folder) {
  const hash = createHash('md5');
  for await (const piece of fs.createReadStream(file)) hash.update(piece);
  const content = /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(fs.createReadStream(file)));
  return {
    path: `${folder}/${hash.digest('hex')}`,
    private: true,
    createdDate: modified.toISOString(),
    // A recovery that was interrupted may have taken it in already.
    onDuplicate: 'reuse',
    content,
    ...(isText(file) && { mimeType: 'text/plain' }),
  };
}

/**
 * Whether a file begins with text of no format that begins with text. Everything else is recognised by the manager.
 *
 * @param {string} file
 */
function isText(file) {
  const buffer = new Uint8Array(SAMPLE_SIZE);
  const descriptor = fs.openSync(file, 'r');
  try {
    const sample = buffer.subarray(0, fs.readSync(descriptor, buffer));
    // The last character of a sample may be cut.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    // Tabs, line ends and form feeds are the only control characters of texts.
    const isPlain = sample.every((byte) => byte > 0x1f || (byte > 0x08 && byte < 0x0e));
    return isPlain && !/^(\s*<|%PDF|%!PS|\{\\rtf|GIF8)/.test(text);
  } catch {
    return false;
  } finally {
    fs.closeSync(descriptor);
  }
}
