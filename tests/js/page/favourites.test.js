// Favourites: marked in the grid, listed from all folders, and kept in the browser for each place.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { barriers, cell, eventually, focusIsOn, keepScreenshot, message, nothingSticksOut, pageSuite, settled, showsInOrder, showsItems, sortBy, textMatches, toast } from './site.js';

suite('favourites of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {Page} page */
  const link = (page) => page.locator('#shelf').getByRole('link', { name: 'Favourites' });
  /** @param {Page} page @param {string} name @param {string} entry */
  const choose = async (page, name, entry) => {
    await cell(page, name).click({ button: 'right' });
    await page.getByRole('menuitem', { name: entry }).click();
  };

  test('favourites: are listed from all folders, survive a reload, and change no file', async (t) => {
    const { id, files, fragment } = await workspace('Starred', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b'), 'c.txt': Buffer.from('c') });
    const other = await workspace('Starred elsewhere', { 'z.txt': Buffer.from('zzz') });
    const { page } = await open(t, { fragment });
    await cell(page, 'a.txt').click();
    await cell(page, 'b.txt').click({ modifiers: ['Control'] });
    await choose(page, 'b.txt', 'Add to favourites');
    await textMatches(page, '#status', /Added to the favourites: 2 files\./);
    await cell(page, 'a.txt').locator('.star').waitFor();
    await cell(page, 'b.txt').locator('.star').waitFor();
    await focusIsOn(page, 'b.txt');
    assert.equal(await cell(page, 'c.txt').locator('.star').count(), 0);
    await page.goto(`${site.server.address}/${other.fragment}`);
    await choose(page, 'z.txt', 'Add to favourites');
    await page.reload();
    await link(page).click();
    await page.getByRole('heading', { name: 'Favourites' }).waitFor();
    await showsItems(page, ['a.txt', 'b.txt', 'z.txt']);
    assert.match(page.url(), /#files\?favourites=true$/);
    assert.equal(await link(page).getAttribute('aria-current'), 'page');
    await sortBy(page, 'Largest first');
    await eventually(async () => assert.equal((await page.locator('.cell .name').allTextContents())[0], 'z.txt'));
    await sortBy(page, 'Name, A to Z');
    await showsInOrder(page, ['a.txt', 'b.txt', 'z.txt']);
    await cell(page, 'z.txt').getByText('in Starred elsewhere').waitFor();
    assert.deepEqual(await barriers(page), []);
    await keepScreenshot(page, 'favourites');
    // What is deleted leaves, and returns with its star.
    await cell(page, 'z.txt').click();
    await page.keyboard.press('Delete');
    const deleted = await toast(page, '“z.txt” moved to the trash.');
    await showsItems(page, ['a.txt', 'b.txt']);
    await deleted.getByRole('button', { name: 'Undo' }).click();
    await showsItems(page, ['a.txt', 'b.txt', 'z.txt']);
    await choose(page, 'a.txt', 'Remove from favourites');
    await showsItems(page, ['b.txt', 'z.txt']);
    // In a folder, only those of the folder.
    await page.goto(`${site.server.address}/${fragment}?favourites=true`);
    await showsItems(page, ['b.txt']);
    const file = await site.server.client.files.getFileDescriptor(String(files['b.txt']._id));
    assert.deepEqual(file.labels ?? [], [], 'a favourite is no label');
    assert.deepEqual(await site.listed(id), ['a.txt', 'b.txt', 'c.txt']);
  });

  test('favourites: other tabs follow, and other places have their own', async (t) => {
    const { fragment } = await workspace('Starred twice', { 'a.txt': Buffer.from('a') });
    const { page, open: openTab } = await open(t, { fragment });
    const second = await openTab(fragment);
    await settled(second);
    await choose(page, 'a.txt', 'Add to favourites');
    await cell(second, 'a.txt').locator('.star').waitFor();
    await page.goto(`${site.server.address}/?place=browser#files?favourites=true`);
    await message(page, 'No favourites yet').waitFor();
    await page.goto(`${site.server.address}/?place=server#files?favourites=true`);
    await showsItems(page, ['a.txt']);
    // IDs that no file has are left out, also if there are no others.
    await page.evaluate(() => {
      for (const key of Object.keys(localStorage)) if (key.startsWith('wix-media favourites server')) localStorage.setItem(key, JSON.stringify(['unknown', 7, null]));
    });
    await page.reload();
    await message(page, 'No favourites yet').waitFor();
    assert.deepEqual(await barriers(page), []);
  });

  test('favourites: the link is marked in forced colours, too', async (t) => {
    const { page } = await open(t, { forcedColors: 'active', fragment: '#files?favourites=true' });
    await link(page).and(page.locator('[aria-current]')).waitFor();
    assert.equal(await link(page).evaluate((one) => getComputedStyle(one).outlineStyle), 'solid');
  });

  test('favourites: a browser that stores nothing says so', async (t) => {
    const { fragment } = await workspace('Not starred', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('the quota has been exceeded', 'QuotaExceededError');
      };
    });
    await choose(page, 'a.txt', 'Add to favourites');
    await toast(page, 'The browser could not save this:');
    assert.equal(await cell(page, 'a.txt').locator('.star').count(), 0);
  });

  test('favourites: the star and the link are there on a phone', async (t) => {
    const { fragment } = await workspace('Starred by hand', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment, hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });
    await cell(page, 'a.txt').locator('.tile-menu').tap();
    await page.getByRole('menuitem', { name: 'Add to favourites' }).tap();
    await cell(page, 'a.txt').locator('.star').waitFor();
    await page.locator('#sidebar-toggle').tap();
    await link(page).tap();
    await page.getByRole('heading', { name: 'Favourites' }).waitFor();
    await nothingSticksOut(page, 'favourites on a phone');
  });
});
