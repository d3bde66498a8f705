// The icons of the page: drawn from the document itself, so that no redraw and no slow network makes them vanish.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, message, pageSuite, photo, settled } from './site.js';

suite('icons of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  test('icons: stay while pictures load, without a request of their own', async (t) => {
    const { id, fragment } = await workspace('Icons', { 'cat.jpg': await photo('chelsea.jpg'), 'note.txt': Buffer.from('words') });
    await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    const { page } = await open(t, { serviceWorkers: 'block' });
    // Pictures never arrive. Behind them, a request for an icon would wait too.
    await page.route('**/media/**', () => {});
    /** @type {string[]} */
    const requests = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    await page.goto(`${site.server.address}/${fragment}`);
    await settled(page);

    /** Asserts that every icon on the screen is drawn at this moment, in the same task as the change. @param {string} what */
    const drawn = async (what) => {
      const icons = await page.evaluate(() =>
        [...document.querySelectorAll('svg.icon')]
          .filter((svg) => svg.checkVisibility())
          .map((svg) => {
            const use = svg.querySelector('use');
            const box = use?.getBBox();
            return { name: use?.getAttribute('href'), isDrawn: Number(box?.width) > 0 || Number(box?.height) > 0 };
          }),
      );
      assert.ok(icons.length > 10, `${what}: there are icons`);
      assert.deepEqual(icons.filter(({ isDrawn }) => !isDrawn), [], what);
    };
    await drawn('folder');
    await cell(page, 'cat.jpg').click();
    await drawn('selection');
    await page.locator('[name=layout][value=list]').locator('..').click();
    await drawn('list');
    await cell(page, 'note.txt').click({ button: 'right' });
    await drawn('menu');
    await page.keyboard.press('Escape');
    await cell(page, 'Inner').dblclick();
    await message(page, 'This folder is empty').waitFor();
    await drawn('empty folder');
    assert.deepEqual(requests.filter((path) => path.endsWith('.svg') && path !== '/favicon.svg'), []);
  });
});
