// Rollup with nothing but the resolution of packages: it keeps addresses of files as they are, so they lie beside the bundle.
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, run } from '../harness/tarball.js';
import { toolModule } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSION = '4.68.8';

const files = ['client.wasm', 'transfers.wasm', 'manager.wasm', 'images.wasm', 'jxl.wasm', 'svg.wasm', 'tiff.wasm'];

suite('Rollup 4', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project(
      closing,
      {
        'page.js': `import * as wixMedia from 'wix-media.v2'; ${managerScript} use(wixMedia, { opfs: 'rollup' })${settleScript}`,
        'server.js': `import * as wixMedia from 'wix-media.v2'; ${managerScript} use(wixMedia, 'memory').then((result) => console.log(JSON.stringify(result)));`,
      },
      [`rollup@${VERSION}`, '@rollup/plugin-node-resolve@16.0.3'],
    );
  });

  /**
   * Bundles an entry, and copies the files of the package beside it.
   *
   * @param {string} input
   * @param {object} settings Of the resolution.
   * @param {{ dir: string, format: string, entryFileNames: string }} output
   * @param {string[]} beside
   */
  async function bundle(input, settings, output, beside) {
    const [{ rollup }, { nodeResolve }] = await Promise.all([toolModule(folder, 'rollup/dist/rollup.js'), toolModule(folder, '@rollup/plugin-node-resolve/dist/es/index.js')]);
    /** @type {string[]} */
    const warnings = [];
    const bundled = await rollup({
      input: join(folder, input),
      plugins: [nodeResolve(settings)],
      external: /^node:/,
      onwarn: (/** @type {{ message: string }} */ { message }) => warnings.push(message),
    });
    await bundled.write(output);
    await bundled.close();
    assert.deepEqual(warnings, []);
    for (const name of beside) await copyFile(join(folder, 'node_modules/wix-media.v2', name), join(output.dir, name));
  }

  test('a page, with the files copied beside the bundle', async (t) => {
    const dir = join(folder, 'page');
    await bundle('page.js', { browser: true }, { dir, format: 'es', entryFileNames: 'main.js' }, [...files, 'manager-worker.js']);
    await addFiles(dir, { 'index.html': '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="./main.js"></script>' });
    const service = await startService({ root: dir });
    t.after(() => service.close());
    const { result, failure } = await reportOf(await startBrowser(t), `${service.origin}/`);
    assert.deepEqual(failure ?? result, expectedOfManager);
    ran('Rollup', 'Rollup', VERSION);
  });

  for (const [format, extension] of [
    ['es', 'mjs'],
    ['cjs', 'cjs'],
  ]) {
    test(`a program for Node (${format}), with the files copied beside the bundle`, async () => {
      const dir = join(folder, format);
      await bundle('server.js', { exportConditions: ['node'] }, { dir, format, entryFileNames: `main.${extension}` }, files);
      const { stdout } = await run(process.execPath, [`main.${extension}`], { cwd: dir });
      assert.deepEqual(JSON.parse(stdout), expectedOfManager);
      ran('Rollup', 'Rollup', VERSION);
    });
  }
});
