// Rspack, Rsbuild and Parcel, which find the files of the package by themselves.
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { project, run } from '../harness/tarball.js';
import { freePort } from '../harness/port.js';
import { runTool, startTool, toolModule } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSIONS = { rspack: '2.3.3', rsbuild: '2.3.2', parcel: '2.16.4' };

const use = `import * as wixMedia from 'wix-media.v2'; ${managerScript}`;

suite('bundlers without settings', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {import('playwright-core').Browser} */
  let browser;
  before(async () => {
    browser = await startBrowser(closing);
    folder = await project(
      closing,
      {
        'page.js': `${use} use(wixMedia, location.search ? { opfs: 'bundlers' } : 'memory')${settleScript}`,
        'server.js': `${use} use(wixMedia, 'memory').then((result) => console.log(JSON.stringify(result)));`,
        'index.html': '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="./page.js"></script>',
        'rsbuild.config.mjs': "export default { source: { entry: { index: './page.js' } }, output: { distPath: { root: 'rsbuild' } }, server: { host: '127.0.0.1' } };",
      },
      [`@rspack/core@${VERSIONS.rspack}`, `@rsbuild/core@${VERSIONS.rsbuild}`, `parcel@${VERSIONS.parcel}`],
    );
  });

  /** @param {string} origin */
  async function works(origin) {
    for (const storage of ['', '?opfs']) {
      const { result, failure } = await reportOf(browser, `${origin}/${storage}`);
      assert.deepEqual(failure ?? result, expectedOfManager, storage);
    }
  }

  /**
   * @param {import('node:test').TestContext} t
   * @param {string} root
   */
  async function isServed(t, root) {
    const service = await startService({ root });
    t.after(() => service.close());
    await works(service.origin);
  }

  /** @param {object} settings */
  async function rspack(settings) {
    const { rspack: compile } = await toolModule(folder, '@rspack/core/dist/index.js');
    const stats = await promisify(compile)({ mode: 'production', context: folder, ...settings });
    assert.deepEqual(stats.toJson({ errors: true }).errors, []);
  }

  test('Rspack: builds a page', async (t) => {
    const path = join(folder, 'rspack');
    await rspack({ entry: './page.js', output: { path, filename: 'page.js' } });
    await copyFile(join(folder, 'index.html'), join(path, 'index.html'));
    await isServed(t, path);
    ran('Rspack, Rsbuild', 'Rspack', VERSIONS.rspack);
  });

  test('Rspack: builds a program for Node', async () => {
    const path = join(folder, 'rspack-node');
    await rspack({ entry: './server.js', target: 'node', output: { path, filename: 'main.cjs' } });
    const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: path });
    assert.deepEqual(JSON.parse(stdout), expectedOfManager);
    ran('Rspack, Rsbuild', 'Rspack', VERSIONS.rspack);
  });

  test('Rsbuild: builds a page', async (t) => {
    await runTool(folder, ['@rsbuild/core/bin/rsbuild.js', 'build']);
    await isServed(t, join(folder, 'rsbuild'));
    ran('Rspack, Rsbuild', 'Rsbuild', VERSIONS.rsbuild);
  });

  test('Rsbuild: serves a page during development', async (t) => {
    await works(await startTool(t, folder, [join(folder, 'node_modules/@rsbuild/core/bin/rsbuild.js'), 'dev', '--port', String(await freePort())]));
    ran('Rspack, Rsbuild', 'Rsbuild', VERSIONS.rsbuild);
  });

  test('Parcel: builds a page', async (t) => {
    await runTool(folder, ['parcel/lib/bin.js', 'build', 'index.html', '--dist-dir', 'parcel', '--no-cache', '--no-autoinstall']);
    await isServed(t, join(folder, 'parcel'));
    ran('Parcel', 'Parcel', VERSIONS.parcel);
  });

  test('Parcel: serves a page during development', async (t) => {
    const args = ['serve', 'index.html', '--dist-dir', 'parcel-development', '--host', '127.0.0.1', '--port', String(await freePort()), '--no-cache', '--no-autoinstall', '--no-hmr'];
    await works(await startTool(t, folder, [join(folder, 'node_modules/parcel/lib/bin.js'), ...args]));
    ran('Parcel', 'Parcel', VERSIONS.parcel);
  });
});
