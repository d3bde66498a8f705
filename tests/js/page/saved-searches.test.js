// Saved searches: named, shown below the folders, and kept in the browser for each place.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { barriers, eventually, keepScreenshot, nothingSticksOut, pageSuite, settled, showsItems, toast } from './site.js';

suite('saved searches of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {Page} page */
  const shelf = (page) => page.locator('#shelf');
  /** @param {Page} page */
  const saveButton = (page) => shelf(page).getByRole('button', { name: 'Save this search…' });
  /** @param {Page} page @param {string} name */
  const save = async (page, name) => {
    await saveButton(page).click();
    await page.getByRole('dialog', { name: 'Save this search' }).getByLabel('Name').fill(name);
    await page.keyboard.press('Enter');
    await shelf(page).getByRole('link', { name }).waitFor();
  };

  test('saved searches: lead to search and filters again, can be renamed, and deleted with a way back', async (t) => {
    const { fragment } = await workspace('Saved', { 'river.txt': { bytes: Buffer.from('river'), labels: ['pet'] }, 'road.txt': Buffer.from('road') });
    const { page } = await open(t, { fragment });
    assert.equal(await saveButton(page).isVisible(), false, 'a folder is no search');
    await page.evaluate(() => {
      location.hash += '?label=pet&max=100';
    });
    await showsItems(page, ['river.txt']);
    await saveButton(page).click();
    const dialog = page.getByRole('dialog', { name: 'Save this search' });
    assert.equal(await dialog.getByLabel('Name').inputValue(), 'pet');
    await dialog.getByLabel('Name').fill(' ');
    await page.keyboard.press('Enter');
    await dialog.getByText('Enter a name for the search.').waitFor();
    assert.deepEqual(await barriers(page), []);
    await dialog.getByLabel('Name').fill('Small pets');
    await page.keyboard.press('Enter');
    const link = shelf(page).getByRole('link', { name: 'Small pets' });
    await link.waitFor();
    assert.equal(await link.getAttribute('aria-current'), 'page');
    await saveButton(page).waitFor({ state: 'hidden' });
    await page.evaluate(() => {
      location.hash = '#files?q=road';
    });
    await showsItems(page, ['road.txt']);
    await save(page, 'Roads');
    await page.reload();
    await settled(page);
    await link.focus();
    await page.keyboard.press('Enter');
    await showsItems(page, ['river.txt']);
    assert.match(page.url(), /\?max=100&label=pet$/);
    assert.equal(await link.getAttribute('aria-current'), 'page');
    await page.goBack();
    await showsItems(page, ['road.txt']);
    assert.deepEqual(await barriers(page), []);
    await keepScreenshot(page, 'saved-searches');

    await shelf(page).getByRole('button', { name: 'More for Small pets' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('dialog', { name: 'Rename “Small pets”' }).getByLabel('Name').fill('Pets');
    await page.keyboard.press('Enter');
    await shelf(page).getByRole('link', { name: 'Pets', exact: true }).waitFor();
    await shelf(page).getByRole('button', { name: 'More for Roads' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const deleted = await toast(page, 'The search “Roads” was deleted.');
    await shelf(page).getByRole('link', { name: 'Roads' }).waitFor({ state: 'detached' });
    await saveButton(page).waitFor();
    await deleted.getByRole('button', { name: 'Undo' }).click();
    await shelf(page).getByRole('link', { name: 'Roads' }).waitFor();
  });

  test('saved searches: other tabs follow, other places have their own, and nothing foreign becomes an address', async (t) => {
    const { page, open: openTab } = await open(t, { fragment: '#files?label=pet' });
    const second = await openTab('#files');
    await settled(second);
    await save(page, 'Pets <b>');
    await shelf(second).getByRole('link', { name: 'Pets <b>' }).waitFor();
    await page.goto(`${site.server.address}/?place=browser#files?label=pet`);
    await saveButton(page).waitFor();
    assert.equal(await shelf(page).getByRole('link').count(), 1, 'only the favourites');
    await second.evaluate(() => {
      const key = Object.keys(localStorage).find((one) => one.startsWith('wix-media searches server'));
      const kept = [7, null, { id: 'a' }, { id: 'b', name: 'Bad', fragment: 'javascript:alert(1)' }, { id: 'c', name: 'Odd', fragment: '#trash/x?label=a&shape=round' }];
      localStorage.setItem(String(key), JSON.stringify(kept));
    });
    await second.reload();
    await settled(second);
    const addresses = () => shelf(second).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    await eventually(async () => assert.deepEqual(await addresses(), ['#files?favourites=true', '#files', '#trash/x?label=a']));
  });

  test('saved searches: long names and many of them fit on a phone', async (t) => {
    const { page } = await open(t, { fragment: '#files?label=pet', hasTouch: true, isMobile: true, viewport: { width: 320, height: 700 } });
    await page.locator('#sidebar-toggle').tap();
    await save(page, 'long name '.repeat(9).trim());
    await nothingSticksOut(page, 'a long name');
    await shelf(page).getByRole('button', { name: /^More for long name/ }).tap();
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await nothingSticksOut(page, 'the menu of a search');
  });
});
