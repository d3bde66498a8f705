// Where the focus is after each action, so that the keyboard alone goes on from there.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, focusIsOn, message, pageSuite, settled, sortBy, textMatches, toast } from './site.js';

/** @import { Page } from 'playwright-core' */

suite('focus on the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  const FILES = Object.fromEntries(['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt'].map((name) => [name, Buffer.from(name)]));

  /** @param {Page} page */
  const sortByName = async (page) => {
    await sortBy(page, 'Name, A to Z');
    await settled(page);
  };

  test('focus: moves to the next item when the one that had it is deleted', async (t) => {
    const { fragment } = await workspace('Deleted by key', FILES);
    const { page } = await open(t, { fragment });
    await sortByName(page);
    await cell(page, 'c.txt').click();
    await page.keyboard.press('Delete');
    await toast(page, '“c.txt” moved to the trash.');
    await focusIsOn(page, 'd.txt');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Delete');
    await toast(page, '“e.txt” moved to the trash.');
    await focusIsOn(page, 'd.txt');
  });

  test('focus: returns to the items from buttons that are gone', async (t) => {
    const { fragment } = await workspace('Deleted by button', FILES);
    const { page } = await open(t, { fragment });
    await sortByName(page);
    await cell(page, 'b.txt').click();
    await page.locator('#chosen').getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    const report = await toast(page, '“b.txt” moved to the trash.');
    await focusIsOn(page, 'c.txt');
    await report.getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await toast(page, '“b.txt” restored.');
    await focusIsOn(page, 'c.txt');

    await page.keyboard.press('Space');
    await textMatches(page, '#chosen', /1 selected/);
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('treeitem', { name: 'Visitor Uploads' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Move here' }).focus();
    await page.keyboard.press('Enter');
    await toast(page, '“c.txt” moved.');
    await focusIsOn(page, 'd.txt');
  });

  test('focus: goes to the first item of a folder that is entered', async (t) => {
    const { id, name } = await workspace('Entered', FILES);
    const { folder } = await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    await site.server.client.folders.createFolder('Innermost', { parentFolderId: folder?._id });
    const { page } = await open(t);
    await cell(page, name).focus();
    await page.keyboard.press('Enter');
    await focusIsOn(page, 'Inner');
    await page.keyboard.press('Enter');
    await focusIsOn(page, 'Innermost');
    await page.keyboard.press('Enter');
    await message(page, 'This folder is empty').waitFor();
    // There is no item to go to.
    await focusIsOn(page, 'Innermost');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'where');
  });

  test('keys: Backspace goes to the folder above, and deletes nothing', async (t) => {
    const { id, fragment, name } = await workspace('Below', { ...FILES, 'only here.txt': Buffer.from('here') });
    await site.server.client.folders.createFolder('Deeper', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    await cell(page, 'Deeper').dblclick();
    await message(page, 'This folder is empty').waitFor();
    await page.goBack();
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Backspace');
    await cell(page, name).waitFor();
    assert.equal(new URL(page.url()).hash, '#files');
    assert.equal((await site.server.client.files.listFiles({ parentFolderId: id }).toArray()).length, 6);
    // With the command key, it is the key of a Mac that deletes.
    await page.goBack();
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Meta+Backspace');
    await toast(page, '“a.txt” moved to the trash.');
    // From the results of a search it leads to the folder.
    await page.getByRole('searchbox').fill('only here');
    await cell(page, 'c.txt').waitFor({ state: 'detached' });
    await cell(page, 'only here.txt').click();
    await page.keyboard.press('Backspace');
    await cell(page, 'c.txt').waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), '');
  });

  test('focus: goes to a folder that was created', async (t) => {
    const { fragment } = await workspace('Made', FILES);
    const { page } = await open(t, { fragment });
    await page.getByRole('button', { name: 'New folder' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Name', { exact: true }).fill('Fresh');
    await page.keyboard.press('Enter');
    await toast(page, '“Fresh” created.');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focusIsOn(page, 'Fresh');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Fresh' }).waitFor();
    await message(page, 'This folder is empty').waitFor();
  });
});
