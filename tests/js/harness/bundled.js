// A page in Chromium with the built package beside it and a script of the tests, bundled.
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startProfile } from './browser.js';
import { startService } from './service.js';

/** @import { Closing } from './types.d.ts' */

const dist = fileURLToPath(new URL('../../../dist', import.meta.url));

/**
 * Serves the package at `/package/` and the bundled script `entry`, which imports it from there, and starts the browser.
 * `open()` opens a page, and waits until the script has set `globalThis.result` to true.
 *
 * @param {Closing} closing
 * @param {string} entry
 * @param {string[]} [flags]
 */
export async function bundled(closing, entry, flags) {
  const root = await mkdtemp(join(tmpdir(), 'wix-media-page-'));
  closing.after(() => rm(root, { recursive: true, force: true }));
  await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'browser', external: ['/package/*'], outfile: join(root, 'page.mjs'), logLevel: 'error' });
  await symlink(dist, join(root, 'package'));
  await writeFile(join(root, 'index.html'), '<!doctype html><html lang="en"><title>tests</title><link rel="icon" href="data:,"><script type="module" src="/page.mjs"></script>');
  const service = await startService({ root });
  closing.after(() => service.close());
  const context = await startProfile(closing, flags);
  return {
    context,
    async open() {
      const page = await context.newPage();
      /** @type {string[]} */
      const faults = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      await page.goto(service.origin);
      await page.waitForFunction(() => /** @type {{ result?: boolean }} */ (globalThis).result === true);
      return { page, faults };
    },
  };
}
