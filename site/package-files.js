// The files of the package that the examples load, and where its entries are.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Entries for Node, for pages and for frameworks, and the one that contains the modules a second time. Examples run in workers. */
const OTHERS = /^(?:inline|node|node-.*|command|directory|network|ffmpeg|converters|threads|manager-thread|workerd|picker|react|uppy)\.js$/;

/** The conditions under which a browser resolves the package, the most special first. */
const CONDITIONS = ['browser', 'import', 'default'];

/**
 * @typedef {string | { [condition: string]: Target }} Target
 */

/**
 * Resolves an entry of `exports`.
 *
 * @param {Target | undefined} target
 * @returns {string | undefined}
 */
function resolve(target) {
  if (target === undefined || typeof target === 'string') return target;
  return CONDITIONS.map((condition) => resolve(target[condition])).find((found) => found !== undefined);
}

/**
 * Lists the files, and the addresses of the entries relative to the root of the site by their names.
 *
 * @param {string} dist
 */
export async function packageFiles(dist) {
  const files = (await readdir(dist)).filter((name) => /\.(?:js|wasm)$/.test(name) && !OTHERS.test(name));
  const { name, exports } = JSON.parse(await readFile(join(dist, 'package.json'), 'utf8'));
  /** @type {Record<string, string>} */
  const entries = {};
  for (const [entry, target] of Object.entries(exports)) {
    const file = resolve(target)?.replace('./', '');
    if (file && files.includes(file) && file.endsWith('.js')) entries[name + entry.slice(1)] = `package/${file}`;
  }
  return { files, entries };
}
