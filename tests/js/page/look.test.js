// Appearance and accessibility: every view in both colour schemes, on a desktop and on a phone.
/** @import { UploadOptions } from '../../../pkg-template/types/index.js' */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { barriers, cell, choosePlace, drop, eventually, hold, keepScreenshot, message, nothingSticksOut, pageSuite, photo, pictureLoaded, settled, SHOWN, sortBy } from './site.js';

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90"><path d="M10 70 45 20l20 28 14-18 31 40z" fill="#2f8360"/><circle cx="92" cy="22" r="10" fill="#e6b450"/></svg>';

suite('look of the page', () => {
  const site = pageSuite();

  before(async () => {
    const { files, folders, uploads } = site.server.client;
    for (const name of ['Product shots', 'Space 2026', 'صور العائلة', 'Animals']) await folders.createFolder(name);
    /**
     * @param {string} displayName
     * @param {Buffer} bytes
     * @param {UploadOptions} [options]
     */
    const put = (displayName, bytes, options) => uploads.upload(bytes, { displayName, ...options });
    await put('Interview, take 3.mp3', Buffer.alloc(48_000, 1));
    await put('قائمة الأسعار.pdf', Buffer.from('%PDF-1.4\n'));
    await put('Price list.xlsx', Buffer.from('PK'), { private: true });
    await put('Press kit.zip', Buffer.from('PK\x03\x04'));
    await put('Logo.svg', Buffer.from(LOGO));
    for (const [name, from] of [
      ['Spiral, detail.jpg', 'hubble_galaxies.jpg'],
      ['Morning cup.jpg', 'coffee-cup.jpg'],
      ['Countdown.jpg', 'rocket-tower.jpg'],
      ['Flat white.jpg', 'coffee.jpg'],
      ['Crew portrait.jpg', 'astronaut.jpg'],
      ['Hubble deep field.jpg', 'hubble_deep_field.jpg'],
      ['Chelsea on the sofa.jpg', 'chelsea.jpg'],
      ['Launch at dawn.jpg', 'rocket.jpg'],
    ]) {
      await put(name, await photo(from), { labels: [name.split(/[ .,]/)[0].toLowerCase(), 'photo'] });
    }
    const old = await put('Old.jpg', await photo('chelsea-portrait.jpg'));
    const note = await put('Note.txt', Buffer.from('words'));
    await files.bulkDeleteFiles([String(old._id), String(note._id)]);
  });

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`page: every view is accessible and fits, ${colorScheme}`, async (t) => {
      const { page } = await site.open(t, { colorScheme, panel: true });
      /** @param {string} name */
      const look = async (name) => {
        await page.mouse.move(0, 0);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        assert.deepEqual(await barriers(page), [], name);
        await nothingSticksOut(page, name);
        await keepScreenshot(page, `${colorScheme}-${name}`);
      };
      const desk = { width: 1440, height: 900 };
      const phone = { width: 390, height: 844 };
      /** The view on a desktop and on a phone. @param {string} name */
      const both = async (name) => {
        await look(name);
        await page.setViewportSize(phone);
        await look(`${name}-phone`);
        await page.setViewportSize(desk);
      };
      /** @param {string} name */
      const press = (name) => page.getByRole('button', { name, exact: true }).click();
      await page.setViewportSize(desk);

      await look('grid-with-code');
      await page.getByRole('tab', { name: 'Details' }).click();
      await look('grid-nothing-selected');
      await cell(page, 'Chelsea on the sofa.jpg').click();
      await page.locator('details-panel h2').waitFor();
      await both('grid-with-details');
      await page.getByText('Other sizes and formats').click();
      await page.locator('.transform-builder [role=status]').waitFor();
      await page.getByText('As JSON').click();
      await look('transform-builder');
      await page.getByText('Other sizes and formats').click();
      await cell(page, 'Launch at dawn.jpg').click({ modifiers: ['Control'] });
      await look('grid-two-selected');
      await press('Close the panel');
      await page.getByRole('button', { name: 'Unselect' }).click();
      await both('grid');
      await page.locator('[name=layout][value=list]').locator('..').click();
      await both('list');
      await cell(page, 'Launch at dawn.jpg').click({ button: 'right' });
      await look('menu');
      await page.keyboard.press('Escape');
      await page.keyboard.press('F2');
      await look('rename');
      await page.keyboard.press('Escape');
      await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
      await page.getByRole('dialog').getByRole('treeitem', { name: 'Animals' }).waitFor();
      await both('move');
      await page.keyboard.press('Escape');
      await cell(page, 'Launch at dawn.jpg').dblclick();
      await pictureLoaded(page, SHOWN);
      await both('viewer');
      await page.keyboard.press('Escape');
      await press('Keyboard');
      await look('keyboard');
      await page.keyboard.press('Escape');
      await page.locator('[name=layout][value=grid]').locator('..').click();

      await page.getByRole('searchbox').fill('photo');
      await page.getByRole('heading', { name: 'Results for “photo”' }).waitFor();
      await settled(page);
      await both('search');
      await page.getByRole('searchbox').fill('no such thing');
      await message(page, 'Nothing found').waitFor();
      await both('search-empty');
      await page.getByRole('searchbox').fill('');
      await page.getByRole('heading', { name: 'Site Files' }).waitFor();

      await page.getByRole('treeitem', { name: 'Animals' }).click();
      await message(page, 'This folder is empty').waitFor();
      await both('folder-empty');
      await press('New folder');
      await look('new-folder');
      await page.keyboard.press('Escape');
      await press('Upload');
      await page.getByRole('menuitem', { name: 'From an address…' }).click();
      await look('import');
      await page.keyboard.press('Escape');

      const letGo = await hold(page, '**/upload/**', { end: 'abort' });
      await drop(page, '#main', ['one.txt', 'two.txt', 'three.txt', 'four.txt'].map((name) => ({ name, bytes: name })));
      await page.getByRole('heading', { name: /Uploading 4 files/ }).waitFor();
      await page.getByRole('button', { name: 'Pause two.txt' }).click();
      await both('uploads');
      await press('Cancel all uploads');
      await both('cancel-uploads');
      await press('Cancel the uploads');
      letGo();
      await page.unrouteAll({ behavior: 'wait' });

      const body = { message: 'full', details: { applicationError: { code: 'INSUFFICIENT_STORAGE', description: 'full' } } };
      await page.route('**/upload/**', (route) => route.fulfill({ status: 507, json: body }));
      await drop(page, '#main', ['one.txt', 'two.txt', 'three.txt', 'four.txt'].map((name) => ({ name, bytes: name })));
      await page.getByText('Make room, then resume.').waitFor();
      await both('full-disk');
      await press('Cancel all uploads');
      await press('Cancel the uploads');
      await page.unrouteAll({ behavior: 'wait' });

      await page.getByRole('treeitem', { name: 'Site Files' }).click();
      await cell(page, 'Logo.svg').click();
      await page.keyboard.press('Control+a');
      const fail = await hold(page, '**/site-media/v1/*/*', { method: 'PATCH', end: 'abort' });
      await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
      await page.getByRole('dialog').getByRole('treeitem', { name: 'Visitor Uploads' }).click();
      await page.getByRole('button', { name: 'Move here' }).click();
      await page.getByRole('heading', { name: /^Moving 0 of/ }).waitFor();
      await both('job');
      fail();
      await page.getByRole('button', { name: 'Continue' }).waitFor();
      await both('job-stopped');
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.unrouteAll({ behavior: 'wait' });

      await page.getByRole('treeitem', { name: 'Visitor Uploads' }).click();
      await message(page, 'No visitor uploads').waitFor();
      await look('visitor-uploads');
      await page.getByRole('treeitem', { name: 'Trash' }).click();
      await cell(page, 'Old.jpg').waitFor();
      await both('trash');
      await cell(page, 'Old.jpg').click();
      await page.keyboard.press('Delete');
      await page.getByText('This deletes').waitFor();
      await both('purge');
      await page.keyboard.press('Escape');

      await choosePlace(page, 'A Wix site');
      await both('connect');
      await page.keyboard.press('Escape');
      await page.getByRole('treeitem', { name: 'Site Files' }).click();
      await page.setViewportSize(phone);
      await page.getByRole('button', { name: 'Folders and places' }).click();
      await look('sidebar-phone');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Behind the page' }).click();
      await look('code-phone');
      await press('Close the panel');
      await page.setViewportSize(desk);

      await page.route('**/site-media/v1/files?**', (route) => route.fulfill({ status: 500, body: '' }));
      await sortBy(page, 'Oldest first');
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await both('failed');
      await page.unrouteAll({ behavior: 'wait' });
      await page.route('**/_wix-media/health', (route) => route.abort('connectionrefused'));
      await page.reload();
      await page.getByRole('heading', { name: 'The server does not answer' }).waitFor();
      await both('server-silent');
      await page.unrouteAll({ behavior: 'wait' });
    });
  }

  test('page: fits every width of the window', async (t) => {
    const { page } = await site.open(t);
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight);
    for (const width of [320, 480, 640, 735, 896, 1024, 1200, 1440, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      // The page lays its files out once the browser tells it of the new size.
      await eventually(async () => assert.ok(await fits(), `nothing sticks out at ${width}`));
      await eventually(async () => assert.ok((await page.locator('.cell').count()) > 3, `${width}: the files are there`));
      await keepScreenshot(page, `width-${width}`);
    }
  });

  test('page: the buttons for selected items are free in a narrow window', async (t) => {
    const { page } = await site.open(t, { viewport: { width: 320, height: 640 } });
    await cell(page, 'Launch at dawn.jpg').click();
    // Labels are in the menu of the item only, when the window is as narrow as this.
    const buttons = page.locator('#chosen button:visible');
    await buttons.last().waitFor();
    assert.deepEqual(await buttons.evaluateAll((all) => all.map((button) => button.getAttribute('aria-label') ?? button.getAttribute('title'))), ['Unselect', 'Download', 'Move', 'Delete']);
    const covered = await buttons.evaluateAll((all) =>
      all.flatMap((button) => {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        const isFree = [left + 3, right - 3].every((x) => button.contains(document.elementFromPoint(x, (top + bottom) / 2)));
        return isFree ? [] : [button.textContent];
      }),
    );
    assert.deepEqual(covered, []);
  });

  test('page: uploads and messages leave the panel free', async (t) => {
    const { page } = await site.open(t, { panel: true });
    await drop(page, '#main', [{ name: 'empty.txt', bytes: '' }]);
    const uploads = page.getByRole('region', { name: 'Uploads' });
    await uploads.waitFor();
    const [covering, panel] = await Promise.all([uploads.boundingBox(), page.locator('#panel').boundingBox()]);
    assert.ok(covering && panel && covering.x >= 0 && covering.x + covering.width <= panel.x, JSON.stringify({ covering, panel }));
  });

  test('page: marks what is chosen in forced colours', async (t) => {
    const { page } = await site.open(t, { forcedColors: 'active', panel: true });
    await cell(page, 'Logo.svg').click();
    await cell(page, 'Press kit.zip').click({ modifiers: ['Control'] });
    await page.locator('#where').focus();
    for (const chosen of [
      '.segments label:has([value=server])',
      '.segments label:has([value=grid])',
      '#code-toggle',
      '#code-tab',
      '#tree [aria-selected=true] > .tree-line',
      '.cell[aria-selected=true]',
    ]) {
      const marks = await page.locator(chosen).evaluateAll((all) => all.map((one) => getComputedStyle(one).outlineStyle));
      assert.ok(marks.length > 0 && marks.every((mark) => mark === 'solid'), `${chosen}: ${marks}`);
    }
    await keepScreenshot(page, 'forced-colours');
  });

  test('page: animates nothing under prefers-reduced-motion', async (t) => {
    const { page } = await site.open(t);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((one) => {
        const { transitionDuration, animationName } = getComputedStyle(one);
        return /[1-9]/.test(transitionDuration) || animationName !== 'none';
      }).length,
    );
    assert.equal(moving, 0);
  });
});
