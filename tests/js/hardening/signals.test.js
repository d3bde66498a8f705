// Listeners at signals: Node warns of a leak above ten at one, and programs that are written as documented must not cause that.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { serveManager } from '../harness/manager.js';

suite('listeners at signals', () => {
  for (const [name, options] of /** @type {[string, { concurrency: number, signal?: AbortSignal }][]} */ ([
    ['many at once', { concurrency: 16 }],
    ['with a signal', { concurrency: 8, signal: new AbortController().signal }],
  ])) {
    test(`uploadAll ${name}: causes no warning`, async (t) => {
      /** @type {string[]} */
      const warnings = [];
      const note = (/** @type {Error} */ { name }) => void warnings.push(name);
      process.on('warning', note);
      t.after(() => process.off('warning', note));
      const { client } = await serveManager(t);
      const items = Array.from({ length: 40 }, (_, index) => ({ source: new Uint8Array(20_000).fill(index), displayName: `${index}.bin` }));
      const results = await client.uploads.uploadAll(items, { path: '/P', ...options });
      assert.equal(results.filter(({ status }) => status === 'uploaded').length, items.length);
      // Warnings are emitted in a later turn.
      await new Promise(setImmediate);
      assert.deepEqual(warnings, []);
    });
  }
});
