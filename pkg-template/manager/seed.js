// What a manager begins with: a list of entries, or a directory of files.

/** @import { Seed, SeedEntry } from '../types/index.js' */
/** @import { Lent } from './internal.d.ts' */

/** @typedef {Omit<SeedEntry, 'content'> & { content?: SeedEntry['content'], failure?: unknown }} Seeding */

/** @param {Seed} seed */
export const isDirectory = (seed) => {
  const { directory } = /** @type {{ directory?: unknown }} */ (seed ?? {});
  return typeof directory === 'string' || directory instanceof URL;
};

/**
 * The entries of a seed with their bytes, folders before what is in them. An entry of a directory that cannot be read has
 * its `failure`.
 *
 * @param {Seed} seed
 * @param {Pick<Lent, 'runtime' | 'refusal'>} given
 * @returns {AsyncGenerator<Seeding>}
 */
export async function* seedEntries(seed, { runtime, refusal }) {
  const refuse = (/** @type {string} */ field, /** @type {string} */ description) => refusal(field, description, 'createManager');
  if (isDirectory(seed)) {
    if (!runtime.disk) throw refuse('seed.directory', 'works in Node, Bun and Deno only');
    const { entriesOf, streamFile } = await runtime.disk();
    for await (const entry of entriesOf(/** @type {{ directory: string | URL }} */ (seed).directory)) {
      const path = `/${entry.path}`;
      const { isFolder, source, skipped, failure = skipped && new Error(`it is ${skipped}`) } = entry;
      if (failure) yield { path, failure };
      else if (isFolder) yield { path: `${path}/` };
      else yield { path, content: streamFile(/** @type {string} */ (source)) };
    }
    return;
  }
  const entries = /** @type {Partial<Iterable<SeedEntry> & AsyncIterable<SeedEntry>>} */ (seed ?? {});
  if (!entries[Symbol.iterator] && !entries[Symbol.asyncIterator]) {
    throw refuse('seed', 'must be a list of entries or { directory }');
  }
  let index = 0;
  for await (const entry of /** @type {Iterable<SeedEntry>} */ (seed)) {
    const path = entry?.path;
    if (typeof path !== 'string' || path === '') throw refuse(`seed[${index}].path`, 'must be a path such as /a/b.jpg');
    if (!path.endsWith('/') && entry.content === undefined) {
      throw refuse(`seed[${index}].content`, 'must be text, bytes, a Blob or a stream');
    }
    yield entry;
    index += 1;
  }
}
