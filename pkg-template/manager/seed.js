// What a manager begins with: a list of entries, or a directory of files.

/** @import { Seed, SeedEntry } from '../types/index.js' */
/** @import { Lent } from './internal.d.ts' */

/**
 * The entries of a seed with their bytes, folders before what is in them.
 *
 * @param {Seed} seed
 * @param {Pick<Lent, 'runtime' | 'refusal'>} given
 * @returns {AsyncGenerator<SeedEntry>}
 */
export async function* seedEntries(seed, { runtime, refusal }) {
  const refuse = (/** @type {string} */ field, /** @type {string} */ description) => refusal(field, description, 'createManager');
  const { directory } = /** @type {{ directory?: unknown }} */ (seed ?? {});
  if (typeof directory === 'string' || directory instanceof URL) {
    if (!runtime.directory) throw refuse('seed.directory', 'works in Node, Bun and Deno only');
    const { entriesOf } = await runtime.directory();
    yield* entriesOf(directory);
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
