// The catalog of a directory as files: what is wrong with it, and copies of it.
import fs from 'node:fs';
import path from 'node:path';
import { syncDirectory } from './files.js';

/** @import { Storage } from '../internal.d.ts' */

/** @typedef {typeof import('../../types/index.js').WixMediaError} ErrorClass */

/** The files of the catalog, and how one begins. */
export const CATALOG = 'catalog.db';
export const CATALOG_LOG = 'catalog.db-wal';
const CATALOG_INDEX = 'catalog.db-shm';
const CATALOG_MAGIC = 'SQLite format 3\0';
/** What SQLite says about a catalog that is damaged. */
const DAMAGE = /malformed|not a database|disk image/;

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
export function faultOfCatalog(root) {
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
export function replaceCatalog(root) {
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
export function failures(directory, WixMediaError) {
  const make = (/** @type {string} */ message, /** @type {unknown} */ cause) =>
    new WixMediaError({ code: 'STORAGE_FAILED', message, ...(cause ? { cause } : {}) });
  /**
   * @param {string} fault
   * @param {unknown} [cause]
   */
  const damaged = (fault, cause) =>
    make(`the catalog of the directory ${directory} ${fault}: restore it from a backup, or run wix-media recover ${directory}`, cause);
  return {
    damaged,
    /** @param {unknown} cause */
    failed: (cause) =>
      cause instanceof WixMediaError ? cause : make(`cannot use the directory ${directory}: ${/** @type {Error} */ (cause).message}`, cause),
    /** @type {NonNullable<Storage['explain']>} */
    explain: (error) => (error.code === 'STORAGE_FAILED' && DAMAGE.test(error.message) ? damaged('is damaged', error) : error),
  };
}
