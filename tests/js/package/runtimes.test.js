// Deno, Bun and workerd, as they come from npm.
import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { bun, deno, workerd } from '../harness/runtimes.js';
import { expectedReport, moduleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, versionOf } from '../harness/tarball.js';

const ran = recorder(import.meta.url);

suite('runtimes', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    const service = await startService();
    closing.after(() => service.close());
    folder = await project(closing, {
      'report.js': moduleScript,
      'main.js': `import { report } from './report.js'; console.log(JSON.stringify(await report('${service.origin}')));`,
      'worker.js': `
        import { report } from './report.js';
        export default {
          async fetch() {
            try {
              return Response.json(await report('${service.origin}'));
            } catch (error) {
              return new Response(String(error.cause?.stack ?? error.stack), { status: 500 });
            }
          },
        };`,
    });
    await addFiles(folder, { 'package.json': '{ "name": "project", "private": true, "type": "module", "dependencies": { "wix-media.v2": "*" } }' });
    folder = await realpath(folder);
  });

  test('Deno', async () => {
    const { stdout } = await deno(folder, 'main.js', '--allow-net=127.0.0.1', '--allow-read');
    assert.deepEqual(JSON.parse(stdout), expectedReport);
    ran('Deno', 'Deno', await versionOf('deno'));
  });

  test('Bun', async () => {
    const { stdout } = await bun(folder, 'main.js');
    assert.deepEqual(JSON.parse(stdout), expectedReport);
    ran('Bun', 'Bun', await versionOf('bun'));
  });

  test('workerd', async (t) => {
    const text = await workerd(t, folder, 'worker.js', { entry: 'wix-media.v2/workerd.js', modules: ['client.wasm'] });
    assert.deepEqual(JSON.parse(text), expectedReport);
    ran('workerd (Cloudflare Workers)', 'workerd');
  });
});
