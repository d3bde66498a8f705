// Jest, which implements `require` and modules itself.
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { project } from '../harness/tarball.js';
import { runTool } from '../harness/tools.js';

/** @param {string} load */
const checks = (load) => `
  ${load}
  ${managerScript}
  test('the package works', async () => {
    expect(await use(wixMedia, 'memory')).toEqual(${JSON.stringify(expectedOfManager)});
    const error = await wixMedia.createClient({ manager: await wixMedia.createManager() }).folders.getFolder('missing').catch((thrown) => thrown);
    expect(error).toBeInstanceOf(wixMedia.WixMediaError);
  }, 600_000);`;

suite('Jest 30', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project(
      closing,
      {
        'common.test.js': checks("const wixMedia = require('wix-media.v2');"),
        'module.test.mjs': checks("import * as wixMedia from 'wix-media.v2';"),
        'page.test.js': `
          const { media } = require('wix-media.v2');
          test('importing it needs nothing of the environment', () => {
            expect(typeof window + typeof TextDecoder).toBe('objectundefined');
            expect(media.getImageUrl('wix:image://v1/f1~mv2.jpg/fox.jpg#originWidth=3&originHeight=4').url).toBe('https://static.wixstatic.com/media/f1~mv2.jpg');
          });`,
      },
      ['jest@30.5.2', 'jest-environment-jsdom@30.5.2', 'jest-fixed-jsdom@0.0.11'],
    );
  });

  /**
   * @param {string[]} args
   * @param {string[]} [flags]
   */
  const jest = (args, flags) => runTool(folder, ['jest/bin/jest.js', '--ci', '--runInBand', ...args], { flags });

  test('CommonJS, its default', async () => void (await jest(['common.test.js'])));
  test('ES modules', async () => void (await jest(['--testMatch=**/module.test.mjs'], ['--experimental-vm-modules'])));
  test('jsdom', async () => void (await jest(['--env=jsdom', 'page.test.js'])));
  test('jsdom with what it lacks, as documented', async () => void (await jest(['--env=jest-fixed-jsdom', 'common.test.js'])));
});
