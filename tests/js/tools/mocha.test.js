// Mocha, with modules of both kinds.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { project } from '../harness/tarball.js';
import { runTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSION = '12.0.3';

/** @param {string} load */
const checks = (load) => `${load} ${managerScript}
  describe('wix-media.v2', () => { it('works', async () => { deepEqual(await use(wixMedia, 'memory'), ${JSON.stringify(expectedOfManager)}); }); });`;

suite('Mocha 12', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project(
      closing,
      {
        'test/common.cjs': checks("const { deepEqual } = require('node:assert/strict'); const wixMedia = require('wix-media.v2');"),
        'test/module.mjs': checks("import { deepEqual } from 'node:assert/strict'; import * as wixMedia from 'wix-media.v2';"),
      },
      [`mocha@${VERSION}`],
    );
  });

  test('Mocha: runs CommonJS and ES modules', async () => {
    assert.match(await runTool(folder, ['mocha/bin/mocha.js', '--timeout', '600000', 'test/common.cjs', 'test/module.mjs']), /2 passing/);
    ran('Mocha', 'Mocha', VERSION);
  });
});
