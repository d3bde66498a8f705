// Three things to do with photographs, without any configuration: the program in Node, the page in Chromium.
import assert from 'node:assert/strict';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftovers } from '../harness/leftovers.js';
import { present } from '../harness/present.js';
import { openPage } from './page.js';
import { node, project, remove } from './project.js';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const photographs = fileURLToPath(new URL('../../data/photos/', import.meta.url));

/** The photographs as both show them in the end: the first with its new name, and all with their true sizes. */
const SHOWN = [
  'My astronaut.jpg: 480 by 360', 'chelsea-portrait.jpg: 480 by 360', 'chelsea.jpg: 480 by 319', 'coffee-cup.jpg: 480 by 360', 'coffee.jpg: 480 by 320',
  'hubble_deep_field.jpg: 480 by 360', 'hubble_galaxies.jpg: 480 by 360', 'rocket-tower.jpg: 480 by 360', 'rocket.jpg: 480 by 320',
];

suite('photographs, without configuration', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project();
    closing.after(() => remove(folder));
    await copyFile(join(examples, 'photographs.js'), join(folder, 'photographs.mjs'));
    await copyFile(join(examples, 'photographs.html'), join(folder, 'index.html'));
  });

  test('photographs: runs in Node', async () => {
    const { code, stdout, stderr } = await node(folder, ['photographs.mjs', photographs]);
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split('\n').filter((line) => !line.startsWith('wix-media.v2: there are no credentials'));
    assert.deepEqual(lines, ['Uploaded 9 photographs.', 'astronaut.jpg is now called My astronaut.jpg.', '1 left, 8 in the trash.', ...SHOWN]);
  });

  test('photographs: prints its usage in Node', async () => {
    const { code, stderr } = await node(folder, ['photographs.mjs']);
    assert.notEqual(code, 0);
    assert.match(stderr, /Usage: node photographs\.js FOLDER/);
  });

  test('photographs: runs in a page', async (t) => {
    const { page, service, faults } = await openPage(t, folder);

    /** @param {string} text */
    const said = async (text) => {
      await page.waitForFunction((expected) => document.getElementById('said')?.textContent === expected, text);
      return page.locator('#shown li').allTextContents();
    };
    const names = (await readdir(photographs)).filter((name) => name.endsWith('.jpg')).sort();
    await page.locator('#chosen').setInputFiles(names.map((name) => join(photographs, name)));
    assert.equal((await said('Uploaded 9 photographs.')).length, 9);

    await page.locator('#rename').click();
    const renamed = await page.waitForFunction(() => {
      const shown = document.getElementById('said')?.textContent ?? '';
      return /is now called/.test(shown) && shown;
    });
    const [, old] = present(/^(.*) is now called/.exec(String(await renamed.jsonValue())));
    assert.ok(names.includes(old));
    await page.locator('#delete').click();
    assert.equal((await said('8 are in the trash.')).length, 1);
    await page.locator('#restore').click();
    const all = await said('Restored 8.');
    const original = SHOWN.map((line) => line.replace('My ', ''));
    assert.deepEqual(all.sort(), original.map((line) => (line.startsWith(`${old}:`) ? `My ${line}` : line)).sort());
    assert.deepEqual(faults, []);
    assert.deepEqual(service.requests, [], 'nothing went over the network');
  });
});
