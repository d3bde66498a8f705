// Package managers that do not make the `node_modules` of npm.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { addFiles, project, run } from '../harness/tarball.js';

const ran = recorder(import.meta.url);
const VERSIONS = { pnpm: '12.21.0', yarn: '4.18.1' };

const programs = {
  'main.mjs': `import * as wixMedia from 'wix-media.v2'; ${managerScript} console.log(JSON.stringify([await use(wixMedia, 'memory'), await use(wixMedia, { directory: './media' })]));`,
  'main.cjs': `const wixMedia = require('wix-media.v2'); ${managerScript} use(wixMedia, 'memory').then((found) => console.log(JSON.stringify([found, found])));`,
};

suite('package managers', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {string} */
  let tarball;
  before(async () => {
    folder = await project(closing, {}, [`pnpm@${VERSIONS.pnpm}`, `@yarnpkg/cli-dist@${VERSIONS.yarn}`]);
    const [name] = (await readdir(folder)).filter((each) => each.endsWith('.tgz'));
    tarball = join(folder, name);
  });

  /**
   * Installs the package in a project of its own. Resolves to a function that runs programs of the package manager there.
   *
   * @param {string} name
   * @param {string} program In `node_modules`.
   * @param {Record<string, string>} [files]
   */
  async function installed(name, program, files = {}) {
    const cwd = join(folder, name);
    await addFiles(cwd, { 'package.json': JSON.stringify({ name, private: true, dependencies: { 'wix-media.v2': `file:${tarball}` } }), ...programs, ...files });
    // Nothing of the machine: its stores are below the folder.
    const env = { PATH: process.env.PATH, HOME: folder, CI: 'true', YARN_ENABLE_TELEMETRY: '0' };
    const call = async (/** @type {string[]} */ ...args) => (await run(process.execPath, [join(folder, 'node_modules', program), ...args], { cwd, env, maxBuffer: 1e8 })).stdout;
    await call('install', ...(name === 'pnpm' ? ['--no-frozen-lockfile', '--ignore-scripts'] : ['--no-immutable', '--mode=skip-build']));
    return call;
  }

  test('pnpm: strict node_modules', async () => {
    const call = await installed('pnpm', 'pnpm/bin/pnpm.mjs');
    for (const name of Object.keys(programs)) {
      assert.deepEqual(JSON.parse(await call('exec', 'node', name)), [expectedOfManager, expectedOfManager], name);
    }
    assert.match(await call('exec', 'wix-media', '--version'), /^\d+\.\d+\.\d+/);
    ran('pnpm', 'pnpm', VERSIONS.pnpm);
  });

  test("Yarn: Plug'n'Play", async () => {
    const call = await installed('yarn', '@yarnpkg/cli-dist/bin/yarn.js', { '.yarnrc.yml': 'nodeLinker: pnp\nenableGlobalCache: false\n', 'yarn.lock': '' });
    assert.ok((await readdir(join(folder, 'yarn'))).includes('.pnp.cjs'));
    for (const name of Object.keys(programs)) {
      assert.deepEqual(JSON.parse(await call('node', name)), [expectedOfManager, expectedOfManager], name);
    }
    assert.match(await call('wix-media', '--version'), /^\d+\.\d+\.\d+/);
    ran('Yarn, PnP', 'Yarn', VERSIONS.yarn);
  });
});
