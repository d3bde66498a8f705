// The plan as a function of two listings and the journal, without places.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { joined } from '../../../pkg-template/sync/merge.js';
import { ordering } from '../../../pkg-template/sync/order.js';
import { plan } from '../../../pkg-template/sync/plan.js';

/** @import { Entry, JournalRecord, Step } from '../../../pkg-template/sync/internal.d.ts' */

/** @typedef {Map<string, string | null>} Tree Contents by path; null for a folder. */

/** Trees over few names, so that two of them share some. Names sort around the separator of paths. */
const tree = fc
  .array(fc.tuple(fc.array(fc.constantFrom('a', 'a b', 'a.b', 'b'), { minLength: 1, maxLength: 3 }), fc.constantFrom('1', '2', null)), { maxLength: 12 })
  .map((items) => {
    /** @type {Tree} */
    const made = new Map();
    for (const [names, content] of items) {
      const folders = names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
      if (folders.some((folder) => typeof made.get(folder) === 'string')) continue;
      const path = names.join('/');
      if (made.has(path)) continue;
      for (const folder of folders) made.set(folder, null);
      made.set(path, content);
    }
    return made;
  });

/**
 * @param {Tree} given
 * @param {boolean} [isFolded]
 */
async function* listing(given, isFolded = false) {
  const order = ordering(isFolded);
  for (const path of [...given.keys()].sort((one, other) => (order(one) < order(other) ? -1 : 1))) {
    const content = given.get(path);
    /** @type {Entry} */
    const entry = { path, kind: content === null ? 'folder' : 'file', name: path, size: 1, version: String(content ?? ''), modified: 0 };
    yield entry;
  }
}

/** @returns {AsyncGenerator<JournalRecord>} */
async function* noRecords() {}

/**
 * @param {Tree} source
 * @param {Tree} target
 * @param {boolean} deletes
 */
async function planned(source, target, deletes) {
  /** @type {Step[]} */
  const steps = [];
  const isSame = async (/** @type {Entry} */ one, /** @type {Entry} */ other) => ({ isSame: one.version === other.version });
  const order = ordering(false);
  for await (const step of plan(joined(listing(source), listing(target), noRecords(), order), { isSame, deletes, versions: (one, other) => [one.version, other.version] })) steps.push(step);
  return steps;
}

/**
 * The target after the steps.
 *
 * @param {Tree} target
 * @param {Step[]} steps
 */
function applied(target, steps) {
  const made = new Map(target);
  const remove = (/** @type {string} */ path) => {
    for (const own of [...made.keys()]) if (own === path || own.startsWith(`${path}/`)) made.delete(own);
  };
  for (const { action, path } of steps) if (action === 'clear') remove(path);
  for (const { action, path, source } of steps) {
    if (action === 'create' || action === 'create-folder') assert.ok(!made.has(path), `${path} is there already`);
    if (action === 'create' || action === 'update') made.set(path, String(source?.version));
    if (action === 'create-folder') made.set(path, null);
  }
  for (const { action, path } of steps) if (action === 'delete') remove(path);
  return made;
}

/** @param {Tree} made */
const shown = (made) => Object.fromEntries([...made].sort(([one], [other]) => (one < other ? -1 : 1)));

suite('plan', () => {
  test('plan: with deletions the target becomes the source', async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, async (source, target) => {
        const steps = await planned(source, target, true);
        assert.deepEqual(shown(applied(target, steps)), shown(source));
        // Deletions count what is deleted, so that a limit can be kept.
        const doomed = steps.filter(({ action }) => action === 'delete' || action === 'clear');
        const gone = [...target].filter(([path, content]) => content !== null && typeof source.get(path) !== 'string').length;
        assert.equal(doomed.reduce((sum, step) => sum + Number(step.files), 0), gone);
      }),
      { numRuns: 1000 },
    );
  });

  test('plan: without deletions nothing of the target goes, and the rest becomes the source', async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, async (source, target) => {
        const steps = await planned(source, target, false);
        assert.ok(!steps.some(({ action }) => action === 'delete' || action === 'clear'));
        const made = applied(target, steps);
        const failed = steps.filter(({ action }) => action === 'fail').map(({ path }) => path);
        const isBlocked = (/** @type {string} */ path) => failed.some((own) => path === own || path.startsWith(`${own}/`));
        for (const [path, content] of source) if (!isBlocked(path)) assert.equal(made.get(path), content, path);
        for (const path of target.keys()) assert.ok(made.has(path), path);
        for (const path of failed) assert.notEqual(source.get(path) === null, target.get(path) === null, path);
      }),
      { numRuns: 1000 },
    );
  });

  test('plan: of a tree and itself, everything is kept', async () => {
    await fc.assert(fc.asyncProperty(tree, async (own) => assert.ok((await planned(own, own, true)).every(({ action }) => action === 'keep'))));
  });

  test('joined: refuses a listing that is out of order', async () => {
    async function* wrong() {
      yield* listing(new Map([['b', '1']]));
      yield* listing(new Map([['a', '1']]));
    }
    const rows = joined(wrong(), listing(new Map()), noRecords(), ordering(false));
    await assert.rejects(async () => {
      for await (const row of rows) assert.ok(row);
    }, /out of order at a$/);
  });

  test('ordering: takes letters of either case and form for one where a side does', () => {
    assert.equal(ordering(true)('É/Fox'), ordering(true)('e\u0301/fox'));
    assert.notEqual(ordering(false)('Fox'), ordering(false)('fox'));
  });
});
