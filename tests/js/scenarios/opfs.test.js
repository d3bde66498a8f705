// The scenarios in Chromium: the official client and ours, on a manager that keeps its files in the browser.
import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { startService } from '../harness/service.js';
import { CLIENTS, scenarios } from './run.js';
import { startSource } from './source.js';

const dist = fileURLToPath(new URL('../../../dist', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** A server with the package and the scenarios as one script, and a page in Chromium that has loaded both. */
async function openPage(closing) {
  const root = await mkdtemp(join(tmpdir(), 'wix-media-page-'));
  closing.after(() => rm(root, { recursive: true, force: true }));
  await build({ entryPoints: [join(here, 'page.js')], bundle: true, format: 'esm', platform: 'browser', external: ['/package/*'], outfile: join(root, 'page.mjs'), logLevel: 'error' });
  await symlink(dist, join(root, 'package'));
  await writeFile(join(root, 'index.html'), '<!doctype html><html lang="en"><title>scenarios</title><link rel="icon" href="data:,"><script type="module" src="/page.mjs"></script>');
  const service = await startService({ root });
  closing.after(() => service.close());
  const browser = await startBrowser(closing);
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(service.origin);
  await page.waitForFunction(() => globalThis.result === true, undefined, { timeout: 20_000 });
  return { page, faults };
}

suite('scenarios in Chromium, in its own file system', () => {
  const closing = leftovers();
  let opened;
  let source;
  let number = 0;
  before(async () => {
    source = await startSource(closing);
    opened = await openPage(closing);
  });

  for (const client of Object.keys(CLIENTS)) {
    for (const { name } of scenarios) {
      test(`${client} client: ${name}`, async () => {
        const { page, faults } = opened;
        const settings = { client, source, storage: { opfs: `scenario-${(number += 1)}` } };
        const failure = await page.evaluate(([scenario, given]) => globalThis.runScenario(scenario, given), [name, settings]);
        assert.equal(failure, undefined, failure);
        assert.deepEqual(faults.splice(0), []);
      });
    }
  }
});
