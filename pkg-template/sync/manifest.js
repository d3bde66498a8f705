// The manifest of a backup: what a file system cannot hold of a Media Manager.
//
// It is the file `manifest.jsonl` in `.wix-media`: a first line with the version and the site, then a line of JSON for each file
// and folder, in the order of paths. It holds no time of its own, so two backups of the same content have the same manifest,
// and the difference of two is the difference of what they describe.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SyncError } from './error.js';
import { nameOf } from './names.js';
import { OWN_FOLDER } from './places/folder.js';
import { linesOf, sorted } from './spool.js';

/** @import { StoredFile } from '../types/index.js' */
/** @import { Entry, ManifestLine } from './internal.d.ts' */

const VERSION = 1;

/** @param {string} folder */
export const manifestOf = (folder) => join(folder, OWN_FOLDER, 'manifest.jsonl');

/**
 * What the manifest holds of a file beside the members of its entry.
 *
 * @param {StoredFile & { mimeType?: string, internalTags?: string[] }} file
 */
export function detailsOf({ mimeType, mediaType, _updatedDate, url, media, internalTags }) {
  const tags = internalTags?.length ? internalTags : undefined;
  return JSON.parse(JSON.stringify({ mimeType, mediaType, updated: _updatedDate, url, media, tags }));
}

/** The first line. */
export const headerOf = (/** @type {string} */ identity) => ({ manifest: VERSION, site: identity.split(':')[1] });

/**
 * The line of an entry of a Media Manager.
 *
 * @param {Entry} entry
 * @returns {ManifestLine}
 */
export function lineOf({ path, kind, id, name, size, hash, labels, isPrivate, modified, details }) {
  const common = { path, kind, id: String(id), name, created: new Date(modified).toISOString() };
  if (kind === 'folder') return common;
  return { ...common, size, hash, ...(labels && { labels }), ...(isPrivate && { private: true }), ...details };
}

/**
 * Adds to the entries of a folder what its manifest knows of them.
 *
 * @param {AsyncIterable<Entry>} entries
 * @param {string} file
 * @param {(path: string) => string} order
 * @param {string} scratch
 * @returns {AsyncGenerator<Entry, void, undefined>}
 */
export async function* described(entries, file, order, scratch) {
  if (!(await stat(file).catch(() => undefined))) {
    yield* entries;
    return;
  }
  async function* rows() {
    let number = 0;
    for await (const text of linesOf(file)) {
      number += 1;
      let line;
      try {
        line = JSON.parse(text);
      } catch {
        throw new SyncError('MANIFEST_INVALID', `invalid manifest ${file}: line ${number} is not JSON`);
      }
      if (number === 1 && line?.manifest !== VERSION) {
        throw new SyncError('MANIFEST_INVALID', `invalid manifest ${file}: expected version ${VERSION}, found ${line?.manifest}`);
      }
      if (number > 1 && typeof line?.path === 'string') yield { order: order(line.path), line: /** @type {ManifestLine} */ (line) };
    }
  }
  const all = await sorted(rows(), scratch);
  const lines = (async function* () {
    yield* all;
  })();
  try {
    let head = await lines.next();
    for await (const entry of entries) {
      const place = order(entry.path);
      while (!head.done && head.value.order < place) head = await lines.next();
      const line = !head.done && head.value.order === place && head.value.line.kind === entry.kind ? head.value.line : undefined;
      yield line ? withLine(entry, line) : entry;
    }
  } finally {
    await lines.return();
  }
}

/**
 * @param {Entry} entry
 * @param {ManifestLine} line
 * @returns {Entry}
 */
function withLine(entry, { id, name, labels, private: isPrivate, url }) {
  // A manifest that was edited cannot give a file another key than it has.
  const isItsName = typeof name === 'string' && (entry.isShortened || nameOf(entry.path.slice(entry.path.lastIndexOf('/') + 1)).name === name);
  return {
    ...entry,
    name: isItsName ? name : entry.name,
    labels: Array.isArray(labels) ? labels : [],
    isPrivate: isPrivate === true,
    before: { id: String(id), ...(typeof url === 'string' && { url }) },
  };
}
