// Old ids and URLs in texts, replaced by those that a synchronisation has given the files.
//
// Texts are changed byte by byte: ids and URLs are ASCII, so the encoding does not matter, and nothing else is touched. A word
// that is an old id becomes the new one, wherever it is: in `wix:image://v1/ID/name.jpg`, in a URL of static media, in a CSV. If
// the beginning of its URL stands before it, that is replaced too.
import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SyncError } from './error.js';
import { pathOf } from './places/index.js';
import { failureOf } from './report.js';
import { linesOf } from './spool.js';

/** @import { RewriteOptions, RewriteResult } from '../types/sync.js' */

/** A word that may be an id; `~` may be escaped, as in URLs. */
const WORD = /(?:[\w.~-]|%7[Ee])+/g;

/** @typedef {{ id: string, prefix: string, oldPrefix: string }} Successor */

/**
 * Reads a map of old and new files.
 *
 * @param {string} file
 */
async function readMap(file) {
  /** @type {Map<string, Successor>} */
  const map = new Map();
  let number = 0;
  for await (const text of linesOf(file)) {
    number += 1;
    if (text === '') continue;
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      // Told below.
    }
    const [from, to] = [line?.from, line?.to];
    if (typeof from?.id !== 'string' || typeof to?.id !== 'string') {
      throw new SyncError('MAP_INVALID', `invalid map ${file}: line ${number} has no ids`);
    }
    const prefixOf = (/** @type {string | undefined} */ url, /** @type {string} */ id) => (url?.includes(id) ? url.slice(0, url.indexOf(id)) : '');
    map.set(from.id, { id: to.id, prefix: prefixOf(to.url, to.id), oldPrefix: prefixOf(from.url, from.id) });
  }
  return map;
}

/**
 * Replaces old ids and URLs in a text.
 *
 * @param {string} text
 * @param {Map<string, Successor>} map
 */
function replaced(text, map) {
  let made = '';
  let end = 0;
  let count = 0;
  for (const match of text.matchAll(WORD)) {
    const [word] = match;
    const plain = word.replaceAll(/%7e/gi, '~');
    // A sentence may end behind it.
    const id = map.has(plain) ? plain : plain.replace(/\.+$/, '');
    const successor = map.get(id);
    if (!successor) continue;
    const tail = plain.slice(id.length);
    const { prefix, oldPrefix } = successor;
    let before = text.slice(end, match.index);
    for (const form of [(/** @type {string} */ url) => url, (/** @type {string} */ url) => url.replaceAll('/', '\\/')]) {
      if (prefix === '' || oldPrefix === '' || !before.endsWith(form(oldPrefix))) continue;
      before = before.slice(0, before.length - form(oldPrefix).length) + form(prefix);
      break;
    }
    made += before + (word === plain ? successor.id : successor.id.replaceAll('~', '%7E')) + tail;
    end = match.index + word.length;
    count += 1;
  }
  return { text: made + text.slice(end), count };
}

/**
 * Replaces ids and URLs in files.
 *
 * @param {string | URL} map
 * @param {Iterable<string | URL>} files
 * @param {RewriteOptions} [options]
 * @returns {Promise<RewriteResult[]>}
 */
export async function rewrite(map, files, { dryRun = false } = {}) {
  const successors = await readMap(resolve(pathOf(map)));
  /** @type {RewriteResult[]} */
  const results = [];
  for (const given of files) {
    const file = resolve(pathOf(given));
    try {
      const { text, count } = replaced(await readFile(file, 'latin1'), successors);
      if (count > 0 && !dryRun) await replaceFile(file, text);
      results.push({ file, replaced: count });
    } catch (error) {
      results.push({ file, replaced: 0, error: failureOf(error) });
    }
  }
  return results;
}

/**
 * Writes a file that is either the old or the new one.
 *
 * @param {string} file
 * @param {string} text
 */
async function replaceFile(file, text) {
  const { mode } = await stat(file);
  const partial = join(dirname(file), `.wix-media-${randomBytes(6).toString('hex')}.part`);
  try {
    await writeFile(partial, text, 'latin1');
    await chmod(partial, mode);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
