// Random trees and edits, synchronised over a connection that fails in every way: what is told as done is done, the runs that
// follow end in the state that a model says, and nothing is there twice.
import assert from 'node:assert/strict';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { sync } from '../harness/sync.js';
import { chosenSeed, Random } from '../oracle/random.js';
import { counts, failing, fill, siteTreeOf, treeOf } from './world.js';

/** @import { Tree } from './world.js' */

const CASES = 6;
const NAMES = ['a', 'b.txt', 'c d', 'é', 'E\u0301'];
const OPTIONS = { delete: true, maxDelete: '100%' };

/**
 * A random tree. Files are not empty, as the service stores none that is.
 *
 * @param {Random} random
 */
function randomTree(random) {
  /** @type {Tree} */
  const tree = {};
  for (let count = random.below(12); count >= 0; count -= 1) {
    const names = Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES));
    const folders = names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
    const path = names.join('/');
    if (path in tree || folders.some((folder) => typeof tree[folder] === 'string')) continue;
    for (const folder of folders) tree[folder] = null;
    tree[path] = random.chance(0.2) ? null : `content ${random.below(4)}${random.chance(0.2) ? ' and more' : ''}`;
  }
  return Object.fromEntries(Object.entries(tree).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Makes a folder hold a tree. Files that keep their content may move.
 *
 * @param {string} folder
 * @param {Tree} tree
 * @param {Random} random
 */
async function edit(folder, tree, random) {
  const before = await treeOf(folder);
  const spare = join(folder, '.spare');
  await fill(spare, {});
  const kept = Object.entries(before).filter(([, content]) => content !== null);
  for (const [index, [path]] of kept.entries()) await rename(join(folder, path), join(spare, String(index)));
  for (const [path, content] of Object.entries(before)) if (content === null) await rm(join(folder, path), { recursive: true, force: true });
  for (const [path, content] of Object.entries(tree)) {
    if (content === null) {
      await fill(folder, { [path]: null });
      continue;
    }
    const found = kept.findIndex(([, own]) => own === Buffer.from(content).toString('latin1'));
    if (found < 0 || random.chance(0.3)) {
      await fill(folder, { [path]: content });
      continue;
    }
    await fill(join(folder, path, '..'), {});
    await rename(join(spare, String(found)), join(folder, path));
    kept[found] = ['', null];
  }
  await rm(spare, { recursive: true });
}

suite(`faults, WIX_MEDIA_SEED=${chosenSeed()}`, () => {
  for (let number = 0; number < CASES; number += 1) {
    test(`sync: random edits over a connection that fails, case ${number}`, async (t) => {
      const random = new Random(chosenSeed() * 100 + number);
      const folder = await temporaryFolder(t);
      const copy = await temporaryFolder(t);
      const { client, baseUrl } = await serveManager(t);
      const { state, faulty } = failing(random);
      const unreliable = createClient({ baseUrl, auth: { apiKey: 'key' }, fetch: faulty, retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 5 } });
      for (let round = 0; round < 3; round += 1) {
        const tree = randomTree(random);
        await edit(folder, tree, random);
        for (const [from, to] of /** @type {const} */ ([[folder, unreliable], [unreliable, copy]])) {
          state.rate = 0.25;
          for (let run = 0; run < 2; run += 1) await sync(from, to, OPTIONS).catch(() => {});
          state.rate = 0;
          const { failures } = await sync(from, to, OPTIONS);
          assert.deepEqual(failures, [], `round ${round}`);
          const { unchanged = 0, ...rest } = counts(await sync(from, to, OPTIONS));
          assert.deepEqual(rest, {}, `round ${round}: the last run has nothing to do`);
          assert.equal(unchanged, Object.values(tree).filter((content) => content !== null).length);
        }
        const expected = Object.fromEntries(Object.entries(tree).map(([path, content]) => [path, content === null ? null : Buffer.from(content).toString('latin1')]));
        assert.deepEqual(await siteTreeOf(client), expected, `round ${round}`);
        assert.deepEqual(await treeOf(copy), expected, `round ${round}`);
      }
    });
  }
});
