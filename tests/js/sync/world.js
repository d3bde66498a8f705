// Folders and Media Managers for tests of synchronisation, and what is in them.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** @import { Client } from '../harness/sync.js' */
/** @import { Random } from '../oracle/random.js' */

/** What a tree holds: the content of files, and null for folders, by their paths. */
/** @typedef {Record<string, string | null>} Tree */

/**
 * Writes files and folders.
 *
 * @param {string} folder
 * @param {Tree} tree
 */
export async function fill(folder, tree) {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(tree)) {
    const file = join(folder, path);
    await mkdir(content === null ? file : dirname(file), { recursive: true });
    if (content !== null) await writeFile(file, content);
  }
}

/**
 * What is in a folder, without what belongs to the synchronisation.
 *
 * @param {string} folder
 * @returns {Promise<Tree>}
 */
export async function treeOf(folder) {
  /** @type {Tree} */
  const tree = {};
  const visit = async (/** @type {string} */ prefix) => {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (path === '.wix-media') continue;
      tree[path] = entry.isFile() ? await readFile(join(folder, path), 'latin1') : null;
      if (entry.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return sorted(tree);
}

/**
 * What is in a Media Manager. Of several items with one path, the later have ` (2)` and so on.
 *
 * @param {Client} client
 * @param {string} [top]
 * @returns {Promise<Tree>}
 */
export async function siteTreeOf(client, top = '/') {
  /** @type {Tree} */
  const tree = {};
  for await (const entry of client.paths.walk(top)) {
    const plain = entry.path.slice(top === '/' ? 1 : top.length + 1);
    let path = plain;
    for (let number = 2; path in tree; number += 1) path = `${plain} (${number})`;
    tree[path] = entry.kind === 'file' ? Buffer.from(await (await client.downloads.file(entry.id)).arrayBuffer()).toString('latin1') : null;
  }
  return sorted(tree);
}

/** @param {Tree} tree */
const sorted = (tree) => Object.fromEntries(Object.entries(tree).sort(([one], [other]) => (one < other ? -1 : 1)));

/**
 * The numbers of a report that are not 0.
 *
 * @param {object} report
 */
export const counts = (report) => Object.fromEntries(Object.entries(report).filter(([, value]) => typeof value === 'number' && value !== 0));

/**
 * A `fetch` that fails at random while `rate` is above 0.
 *
 * @param {Random} random
 */
export function failing(random) {
  const { fetch: send } = globalThis;
  const state = { rate: 0 };
  /** @type {typeof fetch} */
  const faulty = async (url, init) => {
    const kind = random.chance(state.rate) ? random.below(4) : -1;
    if (kind === 0) throw new TypeError('fetch failed');
    if (kind === 1) return new Response('{}', { status: 500, headers: { 'content-type': 'application/json' } });
    if (kind === 2) return new Response('{}', { status: 429, headers: { 'content-type': 'application/json', 'retry-after': '0' } });
    const response = await send(url, init);
    if (kind !== 3) return response;
    // It was done, and nobody knows.
    await response.arrayBuffer();
    throw new TypeError('terminated');
  };
  return { state, faulty };
}
