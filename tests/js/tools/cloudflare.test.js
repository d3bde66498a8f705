// Tools that build for Cloudflare Workers, run in the workerd that they bring along.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { project } from '../harness/tarball.js';
import { freePort } from '../harness/port.js';
import { nodeOf, runTool, startTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSIONS = { wrangler: '4.164.0', plugin: '1.64.0', vite: '8.3.8', nitro: '2.13.6' };
const WRANGLER = 'wrangler/bin/wrangler.js';
const VITE = 'vite/bin/vite.js';

const use = `import * as wixMedia from 'wix-media.v2'; ${managerScript}`;

suite('Cloudflare Workers', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {string} */
  let node;
  before(async () => {
    // Wrangler refuses Node 20.
    const release = nodeOf(22);
    folder = await project(
      closing,
      {
        'package.json': '{ "name": "project", "private": true, "type": "module" }',
        'worker.js': `${use} export default { fetch: () => use(wixMedia, 'memory').then((result) => Response.json(result), ({ stack }) => new Response(stack, { status: 500 })) };`,
        'wrangler.json': '{ "name": "project", "main": "worker.js", "compatibility_date": "2026-01-01", "send_metrics": false }',
        'vite.config.js': "import { cloudflare } from '@cloudflare/vite-plugin'; export default { plugins: [cloudflare()] };",
        // A folder of its own, because Nitro finds the settings of Wrangler.
        'nitro/routes/index.js': `${use} export default defineEventHandler(() => use(wixMedia, 'memory'));`,
        'nitro/nitro.config.js': "export default { compatibilityDate: '2026-01-01', preset: 'cloudflare-module', experimental: { wasm: true } };",
        'nitro/package.json': '{ "name": "nitro", "private": true, "type": "module" }',
      },
      [`wrangler@${VERSIONS.wrangler}`, `@cloudflare/vite-plugin@${VERSIONS.plugin}`, `vite@${VERSIONS.vite}`, `nitropack@${VERSIONS.nitro}`, release.package],
    );
    node = join(folder, release.path);
  });

  /**
   * @param {import('node:test').TestContext} t
   * @param {string[]} args
   * @param {string} [cwd]
   */
  async function works(t, [script, ...args], cwd = folder) {
    const origin = await startTool(t, cwd, [join(folder, 'node_modules', script), ...args, '--port', String(await freePort())], { node, env: { WRANGLER_SEND_METRICS: 'false' } });
    const response = await fetch(origin);
    assert.deepEqual(JSON.parse(await response.text()), expectedOfManager);
  }

  test('Wrangler: development', async (t) => {
    await works(t, [WRANGLER, 'dev', '--ip', '127.0.0.1']);
    ran('Wrangler', 'Wrangler', VERSIONS.wrangler);
  });

  test('Wrangler: deployment', async () => {
    await runTool(folder, [WRANGLER, 'deploy', '--dry-run', '--outdir', 'deployed'], { node });
    const modules = (await readdir(join(folder, 'deployed'))).filter((name) => name.endsWith('.wasm'));
    assert.deepEqual(modules.map((name) => name.replace(/^[0-9a-f]+-/, '')).sort(), ['client.wasm', 'images.wasm', 'jxl.wasm', 'manager.wasm', 'svg.wasm', 'tiff.wasm', 'transfers.wasm']);
    ran('Wrangler', 'Wrangler', VERSIONS.wrangler);
  });

  test("Cloudflare's plugin for Vite: development", async (t) => {
    await works(t, [VITE, 'dev', '--host', '127.0.0.1']);
    ran('Vite with `@cloudflare/vite-plugin`', '@cloudflare/vite-plugin', VERSIONS.plugin);
  });

  test("Cloudflare's plugin for Vite: a build", async (t) => {
    await runTool(folder, [VITE, 'build'], { node });
    await works(t, [VITE, 'preview', '--host', '127.0.0.1']);
    ran('Vite with `@cloudflare/vite-plugin`', '@cloudflare/vite-plugin', VERSIONS.plugin);
  });

  test('Nitro: a build, as documented', async (t) => {
    const cwd = join(folder, 'nitro');
    await runTool(folder, ['nitropack/dist/cli/index.mjs', 'build'], { node, cwd });
    await works(t, [WRANGLER, 'dev', '.output/server/index.mjs', '--compatibility-date', '2026-01-01', '--ip', '127.0.0.1'], cwd);
    ran('Nuxt or Nitro on Cloudflare', 'Nitro', VERSIONS.nitro);
  });
});
