// Rows that are too many for the memory.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { sorted, Spool } from '../../../pkg-template/sync/spool.js';
import { temporaryFolder } from '../harness/manager.js';

suite('spool', () => {
  test('sorted: in memory or in files, rows come in their order, equal ones in that of their arrival', async (t) => {
    const folder = await temporaryFolder(t);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'd\u2028', 'e"')), async (orders) => {
        const rows = orders.map((order, number) => ({ order, number }));
        async function* all() {
          yield* rows;
        }
        const expected = [...rows].sort((one, other) => (one.order === other.order ? one.number - other.number : one.order < other.order ? -1 : 1));
        for (const [most, width] of [[2], [3], [1000], [1, 2], [1, 3], [2, 2]]) {
          const found = [];
          for await (const row of await sorted(all(), folder, most, width)) found.push(row);
          assert.deepEqual(found, expected);
        }
      }),
      { numRuns: 100 },
    );
    assert.deepEqual(await readdir(folder), [], 'files that were read are gone');
  });

  test('sorted: merges a few files at a time, however many there are', async (t) => {
    const folder = await temporaryFolder(t);
    async function* many() {
      for (let number = 0; number < 200; number += 1) yield { order: String((number * 7919) % 1000).padStart(3, '0') };
    }
    const rows = await sorted(many(), folder, 1, 4);
    // 3 files of each level at the most, and 4 levels.
    const files = await readdir(folder);
    assert.ok(files.length <= 12, `${files.length} files`);
    const found = [];
    for await (const { order } of rows) found.push(order);
    assert.deepEqual(found, [...found].sort());
    assert.equal(found.length, 200);
    assert.deepEqual(await readdir(folder), []);
  });

  test('sorted: leaves no file when its rows end early or fail', async (t) => {
    const folder = await temporaryFolder(t);
    async function* failing() {
      for (let number = 0; number < 5; number += 1) yield { order: String(number) };
      throw new Error('broken');
    }
    await assert.rejects(sorted(failing(), folder, 2), /broken/);
    async function* many() {
      for (let number = 0; number < 9; number += 1) yield { order: String(number) };
    }
    for await (const { order } of await sorted(many(), folder, 2)) if (order === '3') break;
    assert.deepEqual(await readdir(folder), []);
  });

  test('Spool: gives its rows again and again, from memory and from its file', async (t) => {
    const folder = await temporaryFolder(t);
    const spool = new Spool(folder, 3);
    for (let number = 0; number < 8; number += 1) await spool.push({ number });
    for (let time = 0; time < 2; time += 1) {
      const found = [];
      for await (const { number } of spool) found.push(number);
      assert.deepEqual(found, [0, 1, 2, 3, 4, 5, 6, 7]);
    }
    assert.equal(spool.length, 8);
    await spool.close();
    assert.deepEqual(await readdir(folder), []);
  });
});
