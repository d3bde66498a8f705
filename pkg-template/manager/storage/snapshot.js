// A snapshot of a directory: a verified copy of its catalog, and its blobs where they are.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CATALOG, CATALOG_LOG, failures, faultOfCatalog } from './catalog.js';
import { directoryStorage } from './directory.js';
import { FILE_MODE, readerOf, readFully, rootOf } from './files.js';
import { openFiles } from './open-files.js';

/** @import { Storage, StorageHost } from '../internal.d.ts' */
/** @import { ErrorClass } from './catalog.js' */

/** How often a catalog is copied that changes meanwhile, and how long to wait before each attempt. */
const COPY_ATTEMPTS = 40;
const COPY_PAUSE_MS = 50;

/**
 * What changes when a catalog is changed other than by adding to its log.
 *
 * @param {string} root
 */
function markOf(root) {
  const stat = (/** @type {string} */ name) => fs.statSync(path.join(root, name), { bigint: true, throwIfNoEntry: false });
  const { ino, size, mtimeNs } = stat(CATALOG) ?? {};
  const head = new Uint8Array(32);
  if (stat(CATALOG_LOG)) {
    const log = fs.openSync(path.join(root, CATALOG_LOG), 'r');
    try {
      // The log begins with numbers that change when it starts again.
      readFully(log, head, 0);
    } finally {
      fs.closeSync(log);
    }
  }
  return [ino, size, mtimeNs, head].join(' ');
}

/**
 * Copies a catalog that its owner may be writing. Returns the moment that the copy shows.
 *
 * @param {string} root
 * @param {string} target
 */
async function copyCatalog(root, target) {
  for (let attempt = 0; attempt < COPY_ATTEMPTS; attempt += 1) {
    // The times of files are coarse. After the pause, a change moves them.
    const before = markOf(root);
    await new Promise((resolve) => setTimeout(resolve, COPY_PAUSE_MS));
    if (markOf(root) !== before) continue;
    const moment = new Date();
    fs.copyFileSync(path.join(root, CATALOG), path.join(target, CATALOG));
    // Of a log that grows meanwhile, SQLite reads the transactions that are complete.
    const log = path.join(target, CATALOG_LOG);
    fs.rmSync(log, { force: true });
    if (fs.existsSync(path.join(root, CATALOG_LOG))) fs.copyFileSync(path.join(root, CATALOG_LOG), log);
    for (const name of fs.readdirSync(target)) if (name.startsWith(CATALOG)) fs.chmodSync(path.join(target, name), FILE_MODE);
    if (markOf(root) === before) return moment;
  }
  throw new Error('its catalog changes all the time');
}

/**
 * Opens a snapshot of a directory, which needs no lock and no right to write: a copy of the catalog among the temporary files,
 * and the blobs where they are.
 *
 * @param {string | URL} directory
 * @param {{ WixMediaError: ErrorClass }} given
 * @returns {Promise<Storage>}
 */
export async function snapshotStorage(directory, { WixMediaError }) {
  const root = rootOf(directory);
  const blobs = path.join(root, 'blobs');
  const { failed, damaged, explain } = failures(directory, WixMediaError);
  const target = fs.mkdtempSync(path.join(os.tmpdir(), 'wix-media-snapshot-'));
  const discard = () => fs.rmSync(target, { recursive: true, force: true });
  /** @type {Storage} */
  let copy;
  let moment;
  try {
    fs.readdirSync(root);
    const fault = faultOfCatalog(root) ?? (fs.existsSync(path.join(root, CATALOG)) ? undefined : 'is missing');
    if (fault) throw damaged(fault);
    moment = await copyCatalog(root, target);
    copy = await directoryStorage(target, { WixMediaError });
  } catch (cause) {
    discard();
    throw failed(cause);
  }
  const open = openFiles();
  const use = (/** @type {string} */ name) => open.use(name, () => fs.openSync(path.join(blobs, name), 'r'));
  const refuse = () => {
    throw new WixMediaError({ code: 'READ_ONLY', message: 'the Media Manager shows a snapshot, which cannot be changed' });
  };
  /** @type {StorageHost} */
  const host = {
    ...copy.host,
    append: refuse,
    sync: refuse,
    reserve: () => false,
    read: (name, offset, buffer) => readFully(use(name).descriptor, buffer, offset),
    size: (name) => fs.statSync(path.join(blobs, name), { throwIfNoEntry: false })?.size,
    // What the copy no longer needs stays, since the directory may need it.
    remove() {},
    names: () => [],
  };
  return {
    ...copy,
    receive: undefined,
    directory: root,
    durable: false,
    snapshotTime: moment.toISOString(),
    host,
    read: readerOf(host),
    reopen(names) {
      for (const name of names) open.close(name);
    },
    explain,
    damaged: () => damaged('is damaged'),
    close() {
      copy.close();
      open.closeAll();
      discard();
    },
  };
}
