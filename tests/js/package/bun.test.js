// The bundler of Bun, which keeps the addresses of files as they are, and its executables.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { bun, bunCommand } from '../harness/runtimes.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, run, versionOf } from '../harness/tarball.js';

const ran = recorder(import.meta.url);
const print = ".then((result) => console.log(JSON.stringify(result)));";

suite("Bun's bundler", () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await realpath(
      await project(closing, {
        'page.js': `import * as wixMedia from 'wix-media.v2'; ${managerScript} use(wixMedia, { opfs: 'bun' })${settleScript}`,
        'server.js': `import * as wixMedia from 'wix-media.v2'; ${managerScript} use(wixMedia, 'memory')${print}`,
        'alone.js': `import * as wixMedia from 'wix-media.v2/inline'; ${managerScript} use(wixMedia, 'memory')${print}`,
      }),
    );
  });

  /**
   * Bundles an entry, and copies the files of the package beside it.
   *
   * @param {string} entry
   * @param {'browser' | 'bun' | 'node'} target
   */
  async function bundle(entry, target) {
    const out = join(folder, target);
    await bunCommand(folder, 'build', entry, `--target=${target}`, `--outdir=${out}`);
    const shipped = join(folder, 'node_modules/wix-media.v2');
    for (const name of await readdir(shipped)) {
      if (name.endsWith('.wasm') || name === 'manager-worker.js') await copyFile(join(shipped, name), join(out, name));
    }
    return out;
  }

  test('a page, with the files copied beside the bundle', async (t) => {
    const root = await bundle('page.js', 'browser');
    await addFiles(root, { 'index.html': '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="./page.js"></script>' });
    const service = await startService({ root });
    t.after(() => service.close());
    const { result, failure } = await reportOf(await startBrowser(t), `${service.origin}/`);
    assert.deepEqual(failure ?? result, expectedOfManager);
    ran('Bun, `bun build`', 'Bun', await versionOf('bun'));
  });

  test('a program for Bun and one for Node, with the files copied beside the bundle', async () => {
    assert.deepEqual(JSON.parse((await bun(await bundle('server.js', 'bun'), 'server.js')).stdout), expectedOfManager);
    const out = await bundle('server.js', 'node');
    assert.deepEqual(JSON.parse((await run(process.execPath, ['server.js'], { cwd: out })).stdout), expectedOfManager);
    ran('Bun, `bun build`', 'Bun', await versionOf('bun'));
  });

  test('an executable of one file', async () => {
    await bunCommand(folder, 'build', 'alone.js', '--compile', '--outfile=program');
    const alone = join(folder, 'elsewhere/with/nothing/beside');
    await mkdir(alone, { recursive: true });
    await rename(join(folder, 'program'), join(alone, 'program'));
    const { stdout } = await run(join(alone, 'program'), [], { cwd: alone });
    assert.deepEqual(JSON.parse(stdout), expectedOfManager);
    ran('Bun, `bun build --compile`', 'Bun', await versionOf('bun'));
  });
});
