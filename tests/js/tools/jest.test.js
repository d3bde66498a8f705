// Jest, which implements `require` and modules itself.
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { project } from '../harness/tarball.js';
import { runTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSION = '30.5.2';

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
      [`jest@${VERSION}`, `jest-environment-jsdom@${VERSION}`, 'jest-fixed-jsdom@0.0.11'],
    );
  });

  /**
   * @param {string} row Of docs/platform.md.
   * @param {string[]} args
   * @param {string[]} [flags]
   */
  async function jest(row, args, flags) {
    await runTool(folder, ['jest/bin/jest.js', '--ci', '--runInBand', ...args], { flags });
    ran(row, 'Jest', VERSION);
  }
  const plain = 'Jest, CommonJS or ES modules';

  test('CommonJS, its default', () => jest(plain, ['common.test.js']));
  test('ES modules', () => jest(plain, ['--testMatch=**/module.test.mjs'], ['--experimental-vm-modules']));
  test('jsdom', () => jest('Jest with jsdom', ['--env=jsdom', 'page.test.js']));
  test('jsdom with what it lacks, as documented', () => jest('Jest with jsdom', ['--env=jest-fixed-jsdom', 'common.test.js']));
});
