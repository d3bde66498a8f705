// What a manager begins with: a list of entries, or a folder of real files.

/**
 * The entries of a seed with their bytes, folders before what is in them. `seed` is a list or anything else that can be walked,
 * or `{ directory }`, which Node, Bun and Deno can read.
 */
export async function* seedEntries(seed, { runtime, refusal }) {
  if (typeof seed?.directory === 'string' || seed?.directory instanceof URL) {
    if (!runtime.directory) throw refusal('seed.directory', 'works in Node, Bun and Deno only', 'createManager');
    const { entriesOf } = await runtime.directory();
    yield* entriesOf(seed.directory);
    return;
  }
  if (!seed?.[Symbol.iterator] && !seed?.[Symbol.asyncIterator]) {
    throw refusal('seed', 'must be a list of entries or { directory }', 'createManager');
  }
  let index = 0;
  for await (const entry of seed) {
    const path = entry?.path;
    if (typeof path !== 'string' || path === '') throw refusal(`seed[${index}].path`, 'must be a path such as /a/b.jpg', 'createManager');
    const { content, ...rest } = entry;
    if (!path.endsWith('/') && content === undefined) {
      throw refusal(`seed[${index}].content`, 'must be text, bytes, a Blob or a stream', 'createManager');
    }
    yield { ...rest, content };
    index += 1;
  }
}
