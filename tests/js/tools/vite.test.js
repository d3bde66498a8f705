// Vite: pages during development, and builds of them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { project } from '../harness/tarball.js';
import { toolModule } from '../harness/tools.js';

/** @import { Browser } from 'playwright-core' */

const main = `
import * as wixMedia from 'wix-media.v2';
${managerScript}
use(wixMedia, location.search ? { opfs: location.search.slice(1) } : 'memory')${settleScript}`;
const html = '<!doctype html><meta charset="utf-8"><title>project</title><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';

const ran = recorder(import.meta.url);

/** What docs/platform.md tells users of the versions before 8. */
const excluded = { optimizeDeps: { exclude: ['wix-media.v2'] }, worker: { format: 'es' } };

for (const [version, row, documented] of /** @type {[string, string, object][]} */ ([
  ['5.4.21', 'Vite 5 to 7', excluded],
  ['6.4.6', 'Vite 5 to 7', excluded],
  ['7.3.8', 'Vite 5 to 7', excluded],
  ['8.3.8', 'Vite', {}],
])) {
  suite(`Vite ${version}`, () => {
    const closing = leftovers();
    /** @type {string} */
    let folder;
    /** @type {Browser} */
    let browser;
    /** @type {any} */
    let vite;
    before(async () => {
      browser = await startBrowser(closing);
      // The package is hoisted out of the folder that Vite serves.
      folder = await project(
        closing,
        {
          'package.json': '{ "name": "project", "private": true, "workspaces": ["apps/*"] }',
          'apps/page/package.json': '{ "name": "page", "private": true, "type": "module", "dependencies": { "wix-media.v2": "*" } }',
          'apps/page/index.html': html,
          'apps/page/main.js': main,
          'index.html': html,
          'main.js': main,
        },
        [`vite@${version}`],
      );
      vite = await toolModule(folder, 'vite/dist/node/index.js');
    });

    /**
     * A development server.
     *
     * @param {object} settings
     */
    async function serve(settings) {
      const server = await vite.createServer({ logLevel: 'error', configFile: false, server: { host: '127.0.0.1', port: 0 }, ...settings });
      await server.listen();
      closing.after(() => server.close());
      return `http://127.0.0.1:${server.httpServer.address().port}/`;
    }

    /** @param {string} address */
    async function works(address) {
      for (const storage of ['', '?vite']) {
        const { result, failure } = await reportOf(browser, address + storage);
        assert.deepEqual(failure ?? result, expectedOfManager, storage);
      }
    }

    test('development, as documented', async () => {
      await works(await serve({ root: folder, ...documented }));
      ran(row, 'Vite', version);
    });

    test('development in a workspace with hoisted packages and a cache of its own', async () => {
      await works(await serve({ root: join(folder, 'apps/page'), cacheDir: join(folder, 'cache'), ...documented }));
      ran(row, 'Vite', version);
    });

    test('a build, as documented', async (t) => {
      const outDir = join(folder, 'built');
      await vite.build({ root: join(folder, 'apps/page'), logLevel: 'error', configFile: false, build: { outDir }, ...documented });
      const service = await startService({ root: outDir });
      t.after(() => service.close());
      await works(`${service.origin}/`);
      ran(row, 'Vite', version);
    });
  });
}
