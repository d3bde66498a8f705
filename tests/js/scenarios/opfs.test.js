// The scenarios in Chromium: the official client and ours, on a manager that keeps its files in the browser.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundled } from '../harness/bundled.js';
import { leftovers } from '../harness/leftovers.js';
import { CLIENTS, scenarios } from './run.js';
import { startSource } from './source.js';

suite('scenarios in Chromium, in its own file system', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<Awaited<ReturnType<typeof bundled>>['open']>>} */
  let opened;
  /** @type {string} */
  let source;
  let number = 0;
  before(async () => {
    source = await startSource(closing);
    const { open } = await bundled(closing, fileURLToPath(new URL('page.js', import.meta.url)));
    opened = await open();
  });

  for (const client of Object.keys(CLIENTS)) {
    for (const { name } of scenarios) {
      test(`${client} client: ${name}`, async () => {
        const { page, faults } = opened;
        const settings = { client, source, storage: { opfs: `scenario-${(number += 1)}` } };
        const failure = await page.evaluate(({ scenario, given }) => globalThis.runScenario(scenario, given), { scenario: name, given: settings });
        assert.equal(failure, undefined, String(failure));
        assert.deepEqual(faults.splice(0), []);
      });
    }
  }
});
